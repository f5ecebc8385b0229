/** `seal` and `copy-log` as they are typed: what they say, and what they end with. */
import { join } from 'node:path';
import { test, type Test } from 'tap';
import type { Command } from 'commander';
import { copyCommand, sealCommand } from '../../src/cli/migrate.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { logFile } from '../../src/runtime/embedded.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { events, fresh } from '../log/conformance.js';
import { folder } from '../node/nodes.js';

async function run(
  t: Test,
  command: (say: (line: string) => void) => Command,
  ...args: string[]
): Promise<{ said: string; code: number }> {
  const lines: string[] = [];
  await command((line) => lines.push(line)).parseAsync(args, { from: 'user' });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  t.comment(lines.join('\n'));
  return { said: lines.join('\n'), code };
}

test('the embedded log: copied while open, sealed and watched, copied for the last time, opened again', async (t) => {
  const dir = folder(t);
  const log = new SqliteLog(logFile(dir), { clock: 'machine' });
  t.teardown(() => log.close());
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 3));
  const copy = () =>
    run(
      t,
      copyCommand,
      '--from',
      `sqlite:${dir}`,
      '--to',
      `sqlite:${join(dir, 'new.db')}`,
      '--progress',
      join(dir, 'copy.json'),
    );
  t.match(await copy(), {
    said: /Equal: 3 events[\s\S]*Nothing keeps the source from being written on/,
    code: 0,
  });

  const sealed = await run(t, sealCommand, '--log', `sqlite:${dir}`, '--watch', '0.2');
  t.match(sealed, { said: /Sealed on .*takes no more events[\s\S]*Nothing was added for 0\.2 s/, code: 0 });
  await t.rejects(log.append(stream, 3, events(stream, 3)), /sealed on/);
  t.match(await copy(), { said: /this is all of it\. Point LOG_URL at the target/, code: 0 });

  t.match(await run(t, sealCommand, '--log', `sqlite:${dir}`, '--undo'), { said: /^Open again\.$/, code: 0 });
  await log.append(stream, 3, events(stream, 3));
  t.match(await copy(), { said: /Equal: 4 events/, code: 0 });
});

test('a server: insecure, it cannot be sealed, and a copy from it does not claim to know', async (t) => {
  const dir = folder(t);
  const server = await StandIn.start();
  t.teardown(() => server.close());
  const url = await server.url({ namespace: 'moved' });
  const log = await openEventStoreLog(url, { clock: 'simulated', create: true });
  t.teardown(() => log.close());
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 3));
  const copied = await run(
    t,
    copyCommand,
    '--from',
    url,
    '--to',
    `sqlite:${join(dir, 'home.db')}`,
    '--progress',
    join(dir, 'copy.json'),
  );
  t.match(copied, {
    said: /Equal: 3 events[\s\S]*after "total-place seal"[\s\S]*is not seen from here/,
    code: 0,
  });
  t.notMatch(copied.said, /Nothing keeps/);

  t.match(await run(t, sealCommand, '--log', url, '--watch', '0.2'), {
    said: /insecure[\s\S]*Every node must be stopped by hand[\s\S]*Nothing was added/,
    code: 0,
  });
  let writing = true;
  const writer = (async () => {
    for (let v = 3; writing; v++) await log.append(stream, v, events(stream, v));
  })();
  t.match(await run(t, sealCommand, '--log', url, '--watch', '600'), {
    said: /Somebody is still writing: stop every node/,
    code: 1,
  });
  writing = false;
  await writer;
});
