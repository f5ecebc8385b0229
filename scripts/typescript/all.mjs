/** Takes the types out of every source before the tests run: else each of them would load the compiler for the files it meets first. */
import { readdirSync } from 'node:fs';
import { load } from './hooks.mjs';

for (const folder of ['src', 'test', 'scripts']) {
  const url = new URL(`../../${folder}/`, import.meta.url);
  for (const path of readdirSync(url, { recursive: true, encoding: 'utf8' })) if (path.endsWith('.ts')) await load(new URL(path, url).href);
}
