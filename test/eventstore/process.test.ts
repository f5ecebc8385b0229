/** The server as a process of its own, killed and frozen by signals: what the in-process switches imitate. */
import { join } from 'node:path';
import { test } from 'tap';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually, following, quick, streamOf } from './harness.js';
import { startRemote } from './stand-in/remote.js';

test(
  'killed and started again with the same log, frozen and thawed: nothing acknowledged is lost',
  { timeout: 120_000 },
  async (t) => {
    const file = join(t.testdir(), 'log.jsonl');
    let server = await startRemote({ file });
    t.teardown(() => server.close('SIGKILL'));
    const url = await server.url({ namespace: 'test' });
    const port = Number(/:(\d+)\?/.exec(url)![1]);
    const log = await openEventStoreLog(url, { clock: 'simulated', create: true, timings: quick });
    const f = following(log);
    const stream = fresh();
    let version = 0;
    let going = true;
    const writing = (async () => {
      while (going) version = (await log.append(stream, version, events(stream, version))).version;
    })();
    const more = async (n: number): Promise<void> => {
      const from = version;
      await eventually(() => version >= from + n);
    };
    for (let round = 0; round < 3; round++) {
      await more(20);
      await server.close('SIGKILL');
      server = await startRemote({ file, port });
      await more(20);
      server.process.kill('SIGSTOP');
      await eventually(() => log.status().state !== 'ready');
      server.process.kill('SIGCONT');
    }
    await more(20);
    going = false;
    await writing;
    await f.until((seen) => streamOf(seen, stream).length >= version);
    const all = Array.from({ length: version }, (_, i) => i + 1);
    t.same(streamOf(f.seen, stream), all, `${version} acknowledged, each seen once, in order`);
    t.equal(
      (await server.records()).filter((r) => r.stream === `test:${stream}`).length,
      version,
      'and stored once',
    );
    f.stop();
    await f.done;
    await log.close();
  },
);

test('the handle of a process does what the in-process one does', async (t) => {
  const server = await startRemote({ nodes: 3, electionMs: 50 });
  t.match(await server.url(), /^esdb:\/\/127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\?tls=false$/);
  const was = await server.leader();
  await server.kill();
  await eventually(async () => ![undefined, was].includes(await server.leader()));
  await server.restart(was);
  t.same((await server.counts()).kill, { struck: 1, underWay: 0 });
  await t.rejects(server.kill(7), /no node 7/);
  await server.close();
  await t.rejects(server.url(), /has ended/);
});
