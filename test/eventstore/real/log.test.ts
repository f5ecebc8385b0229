/**
 * The conformance file on a real server, and what the adapter rests on there. Leaves streams behind, in
 * namespaces of this run.
 */
import { test } from 'tap';
import { OtherLog } from '../../../src/log/event-log.js';
import { openEventStoreLog } from '../../../src/log/eventstore/eventstore-log.js';
import { conformance, events, fresh } from '../../log/conformance.js';
import { eventually, following, streamOf } from '../harness.js';
import { freshLogUrl, serverUrl, skipped } from './url.js';

if (!serverUrl) test('a real server', { skip: skipped }, async () => {});
else
  test('the log on a real server', { timeout: 280_000 }, async (t) => {
    const url = freshLogUrl();
    const open = () => openEventStoreLog(url, { clock: 'simulated', create: true });
    conformance(t, open, open);

    t.test('positions: a stream’s are those of $all, and an append gives its last event’s', async (t) => {
      const log = await open();
      const stream = fresh();
      const { position } = await log.append(stream, 0, events(stream, 0, 5));
      const read = await log.read(stream);
      const f = following(log);
      await f.until((seen) => streamOf(seen, stream).length === 5);
      t.same(
        read.map((e) => e.position),
        f.seen.filter((e) => e.stream === stream).map((e) => e.position),
      );
      t.equal(read.at(-1)!.position, position);
      t.equal(await log.head(), position);
      await eventually(() => log.status().lag === 0);
      f.stop();
      await f.done;
      await log.close();
    });
    t.test('a position inside a record is another log’s', async (t) => {
      const log = await open();
      const stream = fresh();
      const { position } = await log.append(stream, 0, events(stream, 0, 1, 'x'.repeat(5_000)));
      await log.append(stream, 1, events(stream, 1));
      await t.rejects(
        following(log, { position: position + 17, id: (await log.read(stream))[0]!.id }).done,
        OtherLog,
      );
      await log.close();
    });
  });
