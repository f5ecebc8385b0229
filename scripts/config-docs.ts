/** Writes `.env.example` and `docs/configuration.md` from the schema of the configuration. */
import { writeFileSync } from 'node:fs';
import { envExample, configurationPage } from '../src/config-docs.js';

writeFileSync(new URL('../.env.example', import.meta.url), envExample());
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage());
