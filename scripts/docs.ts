/** Writes the documents that are made from the code itself; `test/docs.test.ts` fails when one is stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { envExample, configurationPage } from './docs/config.js';
import { columnsLost, csvPage } from './docs/csv.js';
import { eventsPage } from './docs/event.js';
import { apiLines } from './docs/api.js';
import { openapi } from '../src/http/openapi.js';
import { dueItemsPage, permissionsPage } from './docs/domain.js';

const write = (name: string, text: string): void =>
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
write('.env.example', envExample());
write('docs/configuration.md', configurationPage());
write('docs/permissions.md', permissionsPage());
write('docs/due-items.md', dueItemsPage());
write('docs/events.md', eventsPage());

const csv = new URL('../docs/csv.md', import.meta.url);
const lost = existsSync(csv) ? columnsLost(readFileSync(csv, 'utf8'), csvPage()) : [];
if (lost.length > 0) throw new Error(`docs/csv.md promises columns that are gone:\n${lost.join('\n')}`);
write('docs/csv.md', csvPage());

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
// Built, not committed: what of it is promised stands in docs/api.txt.
const document = openapi(version);
write('docs/openapi.json', `${JSON.stringify(document, null, 1)}\n`);
write('docs/api.txt', `${apiLines(document).join('\n')}\n`);
