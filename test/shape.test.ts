/** The shape of the source: what neither the formatter nor the linter looks at. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const root = fileURLToPath(new URL('../src/', import.meta.url));
/** Columns of a line: the formatter's width, which long texts and templates keep to as well. */
const most = 110;

test('no line of the source is longer than it can be read', async (t) => {
  const long = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (line.length > most ? [`src/${file}:${index + 1}`] : [])),
    );
  t.strictSame(long, []);
});
