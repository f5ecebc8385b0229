/** What every log must do, whatever it is made of: run by each of them. */
import fc from 'fast-check';
import type { Test } from 'tap';
import { v7 as uuidv7 } from 'uuid';
import {
  Conflict,
  maxAppendBytes,
  maxEventBytes,
  OtherLog,
  type Cursor,
  type EventLog,
  type LoggedEvent,
  type Since,
  type StoredEvent,
} from '../../src/log/event-log.js';

let n = 0;
/** A stream name nobody else uses: a shared server may hold other logs. */
export const fresh = (): string => `pool-conformance-${Date.now().toString(36)}-${process.pid}-${n++}`;
export const events = (stream: string, after: number, count = 1, text = 'x'): StoredEvent[] =>
  Array.from({ length: count }, (_, i) => ({
    id: uuidv7(),
    stream,
    version: after + 1 + i,
    type: 'PledgeMade',
    body: JSON.stringify({ version: after + 1 + i, text }),
  }));

async function collect(
  log: EventLog,
  from: number | Cursor,
  until: (seen: LoggedEvent[]) => boolean,
): Promise<LoggedEvent[]> {
  const abort = new AbortController();
  const seen: LoggedEvent[] = [];
  await log.follow(
    from,
    (batch) => {
      seen.push(...batch);
      if (until(seen)) abort.abort();
    },
    abort.signal,
  );
  return seen;
}

export function conformance(
  t: Test,
  open: () => Promise<EventLog>,
  reopen?: (log: EventLog) => Promise<EventLog>,
): void {
  t.test('a stream that does not exist is at version 0', async (t) => {
    const log = await open();
    t.same(await log.read(fresh()), []);
    await log.close();
  });

  t.test('appends name the exact version; a wrong one writes nothing and says the actual', async (t) => {
    const log = await open();
    const stream = fresh();
    const first = await log.append(stream, 0, events(stream, 0, 3));
    t.equal(first.version, 3);
    const head = await log.head();
    for (const wrong of [0, 2, 4]) {
      const error = await log.append(stream, wrong, events(stream, wrong)).catch((e: unknown) => e);
      t.ok(error instanceof Conflict, `expected ${wrong}`);
      t.equal((error as Conflict).actual, 3);
    }
    t.equal(await log.head(), head, 'nothing was written');
    const second = await log.append(stream, 3, events(stream, 3));
    t.ok(second.position > first.position, 'positions increase');
    t.same(
      (await log.read(stream)).map((e) => e.version),
      [1, 2, 3, 4],
    );
    t.same(
      (await log.read(stream, 3)).map((e) => e.version),
      [4],
      'reads after a version',
    );
    t.same(
      (await log.read(stream, 1, 2)).map((e) => e.version),
      [2, 3],
      'and no more than was asked for',
    );
    t.same(await log.read(stream, 4, 2), []);
    await log.close();
  });

  t.test('what cannot be an append is refused before anything is written', async (t) => {
    const log = await open();
    const stream = fresh();
    const head = await log.head();
    const [one] = events(stream, 0);
    const bad: [string, number, StoredEvent[]][] = [
      [stream, 0, []],
      [stream, -1, events(stream, -1)],
      [stream, 0.5, events(stream, 0)],
      ['$system', 0, events('$system', 0)],
      ['', 0, events('', 0)],
      [stream, 0, [one!, { ...one!, version: 2 }]],
      [stream, 0, events(stream, 1)],
      [stream, 0, [{ ...one!, id: one!.id.toUpperCase() }]],
      [stream, 0, [{ ...one!, body: JSON.stringify('x'.repeat(maxEventBytes)) }]],
      [stream, 0, events(stream, 0, 1 + Math.ceil(maxAppendBytes / 50_000), 'x'.repeat(50_000))],
    ];
    for (const [stream, expected, list] of bad)
      await t.rejects(async () => log.append(stream, expected, list), TypeError);
    t.equal(await log.head(), head);
    await log.close();
  });

  t.test('racing appends have one winner a version, and every stream stays contiguous', async (t) => {
    const log = await open();
    const streams = Array.from({ length: 8 }, fresh);
    let won = 0;
    let lost = 0;
    const race = async (s: string, expected: number): Promise<void> => {
      try {
        await log.append(s, expected, events(s, expected));
        won++;
      } catch (e) {
        if (!(e instanceof Conflict)) throw e;
        lost++;
      }
    };
    for (let version = 0; version < 125; version++)
      await Promise.all(streams.flatMap((s) => Array.from({ length: 10 }, () => race(s, version))));
    t.equal(won, 1000);
    t.equal(lost, 9000);
    for (const stream of streams)
      t.same(
        (await log.read(stream)).map((e) => e.version),
        Array.from({ length: 125 }, (_, i) => i + 1),
      );
    await log.close();
  });

  t.test('one append is all or nothing, and its events stand together in order', async (t) => {
    const log = await open();
    const from = await log.head();
    const streams = Array.from({ length: 20 }, fresh);
    await Promise.all(streams.map((s) => log.append(s, 0, events(s, 0, 7))));
    const seen = (
      await collect(log, from, (all) => all.filter((e) => streams.includes(e.stream)).length >= 140)
    ).filter((e) => streams.includes(e.stream));
    t.equal(seen.length, 140);
    for (let i = 0; i < 140; i += 7)
      t.equal(new Set(seen.slice(i, i + 7).map((e) => e.stream)).size, 1, 'no other append in between');
    t.ok(seen.every((e, i) => i === 0 || e.position > seen[i - 1]!.position));
    await log.close();
  });

  t.test('follow hands over everything from any place, without gaps, and what comes later', async (t) => {
    const log = await open();
    const stream = fresh();
    const from = await log.head();
    await log.append(stream, 0, events(stream, 0, 5));
    const own = (all: LoggedEvent[]) => all.filter((e) => e.stream === stream);
    const all = own(await collect(log, from, (seen) => own(seen).length >= 5));
    t.same(
      all.map((e) => e.version),
      [1, 2, 3, 4, 5],
    );
    t.same(
      own(await collect(log, all[2]!.position, (seen) => own(seen).length >= 2)).map((e) => e.version),
      [4, 5],
      'from the middle',
    );
    const later = collect(log, await log.head(), (seen) => own(seen).length >= 2);
    await log.append(stream, 5, events(stream, 5, 2));
    t.same(
      own(await later).map((e) => e.version),
      [6, 7],
      'from the head, as it happens',
    );
    await log.close();
  });

  t.test('what came since a position is told by its places, and whether that is all', async (t) => {
    const log = await open();
    const stream = fresh();
    const { position: before } = await log.append(stream, 0, events(stream, 0));
    t.same(await log.since(before, 10), { events: [], all: true }, 'nothing came since the newest');
    const { position } = await log.append(stream, 1, events(stream, 1, 5));
    const told = ({ events }: Since): [string, number][] => events.map((e) => [e.stream, e.version]);
    const five = [2, 3, 4, 5, 6].map((version): [string, number] => [stream, version]);
    const all = await log.since(before, 10);
    t.same(told(all), five);
    t.ok(all.all);
    t.equal(all.events.at(-1)!.position, position);
    const few = await log.since(before, 3);
    t.same(told(few), five.slice(0, 3), 'the oldest first');
    t.notOk(few.all);
    t.same(told(await log.since(few.events.at(-1)!.position, 10)), five.slice(3), 'and from there on');
    const first = await log.since(0, 2);
    t.equal(first.events.length <= 2 && first.all, false, 'the log from its start is more');
    await log.close();
  });

  t.test('the largest event and the largest append are taken, and come back whole', async (t) => {
    const log = await open();
    const stream = fresh();
    const fill = (bytes: number): string => 'ü'.repeat(Math.floor((bytes - 60) / 2));
    const list = events(stream, 0, Math.floor(maxAppendBytes / maxEventBytes), fill(maxEventBytes));
    await log.append(stream, 0, list);
    t.same(
      (await log.read(stream)).map((e) => e.body),
      list.map((e) => e.body),
    );
    await log.close();
  });

  t.test(
    'follow goes on from the event that was applied, and refuses another one in its place',
    async (t) => {
      const log = await open();
      const stream = fresh();
      await log.append(stream, 0, events(stream, 0, 3));
      const [, second] = await log.read(stream);
      const own = (all: LoggedEvent[]) => all.filter((e) => e.stream === stream);
      t.same(
        own(
          await collect(log, { position: second!.position, id: second!.id }, (seen) => own(seen).length >= 1),
        ).map((e) => e.version),
        [3],
      );
      const elsewhere = { position: second!.position, id: uuidv7() };
      await t.rejects(
        collect(log, elsewhere, () => true),
        OtherLog,
      );
      await log.close();
      // A log that was refused stays refused: begin again.
      const anew = await open();
      await t.rejects(
        collect(anew, { position: (await anew.head()) + 1_000_000, id: second!.id }, () => true),
        OtherLog,
        'beyond the end',
      );
      await anew.close();
    },
  );

  t.test('what a follower throws ends it', async (t) => {
    const log = await open();
    const stream = fresh();
    const from = await log.head();
    await log.append(stream, 0, events(stream, 0));
    const failing = log.follow(
      from,
      () => {
        throw new Error('a handler failed');
      },
      new AbortController().signal,
    );
    await t.rejects(failing, /a handler failed/);
    await log.close();
  });

  t.test('text comes back as it went in', async (t) => {
    const log = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 1, maxLength: 4 }),
        async (texts) => {
          const stream = fresh();
          const list = texts.map((text, i) => ({ ...events(stream, i)[0]!, body: JSON.stringify({ text }) }));
          await log.append(stream, 0, list);
          const back = await log.read(stream);
          return back.every(
            (e, i) => e.body === list[i]!.body && e.id === list[i]!.id && e.type === list[i]!.type,
          );
        },
      ),
      { numRuns: 50 },
    );
    t.pass('fifty lists of odd Unicode');
    await log.close();
  });

  if (reopen) {
    t.test('a log opened again holds what it held, and knows itself', async (t) => {
      const log = await open();
      const { identity } = log;
      const stream = fresh();
      await log.append(stream, 0, events(stream, 0, 3));
      await log.close();
      const again = await reopen(log);
      t.same(again.identity, identity);
      t.equal((await again.read(stream)).length, 3);
      t.equal((await again.append(stream, 3, events(stream, 3))).version, 4);
      await again.close();
    });
  }
}
