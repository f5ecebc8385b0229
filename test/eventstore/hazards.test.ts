/**
 * What the client does wrong (it ends the process, never answers, leaks), each in a process of its own: ours
 * must survive it, and end by itself, with no handle left open. The rest of the hazards stands in the tests
 * of appends, the follower, clusters and rights.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { asTypeScript } from '../as-typescript.js';

const child = fileURLToPath(new URL('./hazard-child.ts', import.meta.url));
async function run(name: string): Promise<{ code: number | null; output: string }> {
  const it = spawn(process.execPath, [asTypeScript, '--unhandled-rejections=strict', child, name], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [it.stdout, it.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(it, 'close')) as [number | null];
  return { code, output };
}

test('every hazard is survived', { timeout: 280_000 }, async (t) => {
  const names = JSON.parse((await run('')).output) as string[];
  t.ok(names.length >= 12);
  const left = [...names];
  // They wait more than they work: three at a time.
  await Promise.all(
    [1, 2, 3].map(async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        const { code, output } = await run(name);
        t.equal(code, 0, name);
        t.match(output, /survived\n$/, `${name}: to its end`);
        t.notMatch(output, /Warning/, `${name}: without a warning`);
        if (code !== 0) t.comment(output);
      }
    }),
  );
});
