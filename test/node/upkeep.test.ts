/** `verify`, `rebuild` and `export` where LOG_URL names a log that nodes share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { backupCommand } from '../../src/cli/backup.js';
import { exportCommand, rebuildCommand, verifyCommand } from '../../src/cli/upkeep.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { run } from '../cli-run.js';
import { seatHolder, must, world } from '../commands/world.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { differences, everything, folder, level, nodeOn, open } from './nodes.js';

async function stage(t: Test) {
  const server = await StandIn.start();
  t.teardown(() => server.close());
  const url = await server.url({ namespace: 'kept' });
  const log = await openEventStoreLog(url, { clock: 'simulated', create: true });
  t.teardown(() => log.close());
  const dir = folder(t);
  const node = nodeOn(t, log, { dataDir: dir });
  await node.built();
  await world(log, node.executor);
  await must(node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', {
    pledgeId: 'p',
    financialYear: '2009-10',
    pledgedPence: 100,
  });
  await level(node);
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const env = { LOG_URL: url };
  const said = (): string => lines.splice(0).join('\n');
  return { server, url, log, dir, node, env, say, said };
}

test('verify beside a running node, then of a view that was tampered with; rebuild mends it once the node is stopped', async (t) => {
  const { log, dir, node, env, say, said } = await stage(t);
  const verify = () => run(verifyCommand(say, env, say), '--data-dir', dir);
  const rebuild = (...names: string[]) => run(rebuildCommand(say, env), ...names, '--data-dir', dir);
  t.same(await verify(), { code: 0, failed: '' });
  t.equal(said(), 'The log is whole, and its views equal a rebuild.');
  t.match(await rebuild(), { failed: /another process keeps its views in/ }, 'not beside the node');
  await node.close();

  const db = open(dir);
  const [table] = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'timeline_entries_%'",
    )
    .pluck()
    .all();
  db.exec(`DELETE FROM ${table}`);
  db.close();
  t.same(await verify(), { code: 1, failed: '' });
  t.match(
    said(),
    /^view differs: the view timeline differs from a rebuild in entries: 0 rows against \d+\n1 problem\. The log is whole\. Rebuild what differs: total-place rebuild timeline$/,
  );
  t.match(await rebuild('no-such-view'), { failed: /There is no view no-such-view\. Views: / });
  t.same(await rebuild('timeline'), { code: 0, failed: '' });
  t.match(said(), /^timeline: live at \d+$/m);
  t.same(await verify(), { code: 0, failed: '' });
  said();
  t.same(await rebuild(), { code: 0, failed: '' });
  const again = nodeOn(t, log, { dataDir: dir });
  await again.built();
  t.same(await differences(again, log), []);
  await again.close();
});

test('verify without a node’s folder looks at the log alone, and finds what is wrong there', async (t) => {
  const { server, url, node, env, say, said } = await stage(t);
  await node.close();
  const verify = (dir: string) => run(verifyCommand(say, env, say), '--data-dir', dir);
  t.same(await verify(folder(t)), { code: 0, failed: '' });
  t.match(said(), /^The log is whole\. .* holds no views of a node/);
  // Somebody else's event in our namespace.
  await server.writeForeign('kept:pool-treatment', { not: 'ours' });
  t.same(await verify(folder(t)), { code: 1, failed: '' });
  t.match(
    said(),
    /^event changed: .*does not say what its row says\n1 problem\. The log is not what was recorded\. .*rebuild nothing/,
  );
  t.match(await run(verifyCommand(say, { LOG_URL: url.replace('namespace=kept', 'namespace=none') }, say)), {
    failed: /there is no log .*log prepare/,
  });
});

test('a folder whose views are of another log, or ahead of this one', async (t) => {
  const { server, log, dir, node, env, say, said } = await stage(t);
  await node.close();
  const other = await server.url({ namespace: 'other' });
  await (await openEventStoreLog(other, { clock: 'simulated', create: true })).close();
  const elsewhere = { LOG_URL: other };
  t.same(await run(verifyCommand(say, elsewhere, say), '--data-dir', dir), { code: 1, failed: '' });
  t.match(said(), new RegExp(`made from the log ${log.identity.logId}, and this is the log`));
  t.match(await run(rebuildCommand(say, elsewhere), '--data-dir', dir), {
    failed: /made from the log .* and LOG_URL leads to/,
  });
  await server.restoreOlder(3);
  t.same(await run(verifyCommand(say, env, say), '--data-dir', dir), { code: 1, failed: '' });
  t.match(
    said(),
    /^event missing: the views have seen position \d+, and the log ends at \d+: it is an older copy/,
  );
});

test('export gives every event; backup says who makes one', async (t) => {
  const { log, dir, node, env, say } = await stage(t);
  const out = join(dir, 'export.jsonl');
  t.same(await run(exportCommand(env), '--out', out), { code: 0, failed: '' });
  const lines = readFileSync(out, 'utf8').trim().split('\n');
  t.same(
    lines.map((l) => (JSON.parse(l) as { event: string }).event),
    (await everything(log)).map((e) => e.body),
  );
  t.match(await run(backupCommand(say, env), join(dir, 'backup.db')), {
    failed: /its operator backs the server up.*copy-log --from LOG_URL/s,
  });
  await node.close();
});
