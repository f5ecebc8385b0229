/**
 * Runs this repository's TypeScript as it stands, for tests: `node --import=./scripts/typescript/register.mjs test/x.test.ts`. It does
 * what tsx does, for what is found here: a test loads 300 files, and tsx looks for each in more ways than one.
 */
import { register } from 'node:module';

process.setSourceMapsEnabled(true);
register('./hooks.mjs', import.meta.url);
