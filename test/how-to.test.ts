/** The how-tos' code is the code: each `ts` block stands, spaces apart, in the file its page names. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import t from 'tap';
import { aggregates } from '../src/domain/index.js';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const bare = (code: string): string => code.replace(/\s+/g, '');

t.test('code in a how-to is taken from the file it names', async (t) => {
  let found = 0;
  for (const page of readdirSync(new URL('docs/how-to/', root))) {
    if (page === 'add-an-event-version.md') {
      // No released event has had a second shape yet: there is nothing to take its example from.
      const again = aggregates.filter((a) => Object.values<{ upcasts?: unknown }>(a.events).some((e) => e.upcasts));
      t.strictSame(
        again.map((a) => a.name),
        [],
        `${page}: show the first real upcast, and drop this exception`,
      );
      continue;
    }
    const text = read(`docs/how-to/${page}`);
    const files = [...text.matchAll(/`((?:src|test|data)\/[\w/-]+\.ts)`/g)].map((m) => bare(read(m[1]!)));
    for (const [, block] of text.matchAll(/```ts\n([\s\S]*?)```/g)) {
      // Where a block leaves something out it says so with a line of its own: `…`.
      const parts = block!.split(/^\s*…\s*$/m).map(bare);
      t.ok(
        files.some((file) => parts.every((part) => file.includes(part))),
        `${page}: ${block!.trim().split('\n')[0]}`,
      );
      found++;
    }
  }
  t.ok(found > 0);
});

t.test('files and commands that a how-to names are there', async (t) => {
  const { scripts } = JSON.parse(read('package.json'));
  for (const page of readdirSync(new URL('docs/how-to/', root))) {
    const text = read(`docs/how-to/${page}`);
    for (const [, path] of text.matchAll(/`((?:src|test|data|docs)\/[\w/-]+(?:\.\w+)?)`/g)) t.ok(existsSync(new URL(path!, root)), `${page}: ${path}`);
    for (const [, script] of text.matchAll(/npm run ([\w:]+)/g)) t.ok(scripts[script!], `${page}: npm run ${script}`);
  }
});
