import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { placeOpener } from '../../src/process-managers/places.js';
import { Reactors } from '../../src/process-managers/runner.js';
import { decode } from '../../src/log/codec.js';
import {
  OutcomeUnknown,
  Unavailable,
  type Appended,
  type EventLog,
  type StoredEvent,
} from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { logs } from '../logs.js';
import { executorOn, give, seatHolder, must, office, financeOfficer, pledge, world } from './world.js';

const refusalsOf = async (log: EventLog, account: string) =>
  (await log.read(`refusal-${account}.20090701`)).map(
    (e) => decode(e).data as { code: string; command: string },
  );

for (const { name, open } of logs) {
  test(`on the ${name} log`, async (t) => {
    t.test(
      'the same key sent twice changes nothing and returns the first answer, after a restart too',
      async (t) => {
        const log = await open(t);
        const executor = executorOn(log);
        await world(log, executor);
        const commandId = randomUUID();
        const twins = await Promise.all(
          [1, 2].map(() =>
            must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(1), { commandId }),
          ),
        );
        const [a, b] = twins as [(typeof twins)[0], (typeof twins)[0]];
        t.match(b, { ...a, replayed: !a.replayed });
        const again = await must(
          executorOn(log),
          seatHolder('pct'),
          'pool',
          'treatment',
          'Pledge',
          pledge(1),
          {
            commandId,
          },
        );
        t.same(
          [again.version, again.position, again.events, again.replayed],
          [a.version, a.position, a.events, true],
          'found in the stream itself',
        );
        const other = await give(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(2), {
          commandId,
        });
        t.match(other, { kind: 'refused', status: 422, refusal: { code: 'IDEMPOTENCY_MISMATCH' } });
        t.equal((await log.read('pool-treatment')).length, 2, 'proposed, and pledged once');
        await log.close();
      },
    );

    t.test('64 callers on one pool: no conflicts, every pledge once, in order', async (t) => {
      const log = await open(t);
      const executor = executorOn(log);
      await world(log, executor);
      const all = await Promise.all(
        Array.from({ length: 640 }, (_, i) =>
          must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i)),
        ),
      );
      t.equal(executor.conflicts, 0);
      t.equal(new Set(all.map((o) => o.version)).size, 640);
      const stream = (await log.read('pool-treatment')).map(decode);
      t.same(
        stream.map((e) => e.version),
        Array.from({ length: 641 }, (_, i) => i + 1),
      );
      t.ok(stream.every((e, i) => i === 0 || e.recordedAt >= stream[i - 1]!.recordedAt));
      // Where an append says only the position of its last event, every answer of the batch has that one: to
      // read after it is sound.
      const own = (o: (typeof all)[number]): number => stream.find((e) => e.version === o.version)!.position;
      t.ok(
        all.every((o) => (log.contiguous ? o.position === own(o) : o.position >= own(o))),
        'each answer names its own event, or one after it',
      );
      await log.close();
    });

    t.test('a refusal is recorded before it is answered; a malformed choice is not', async (t) => {
      const log = await open(t);
      const executor = executorOn(log);
      await world(log, executor);
      const trustOfficer = financeOfficer('pct');
      await must(executor, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(1));
      t.match(
        await give(executor, trustOfficer, 'pool', 'treatment', 'ConfirmPledge', {
          pledgeId: 'p-1',
          consent: true,
        }),
        { status: 403, refusal: { code: 'SOD_CONFLICT' } },
      );
      t.match(await give(executor, trustOfficer, 'pool', 'no-such-pool', 'Pledge', pledge(2)), {
        status: 404,
      });
      t.same(
        await refusalsOf(log, 'finance-officer.pct').then((all) => all.map((r) => [r.code, r.command])),
        [
          ['SOD_CONFLICT', 'ConfirmPledge'],
          ['NOT_FOUND', 'Pledge'],
        ],
      );
      const stranger = { as: 'secretariat@place:kent', account: 'kent' };
      t.match(
        await give(executor, stranger, 'pool', 'treatment', 'Disclose', { to: 'programme' }),
        { status: 404 },
        'hidden reads as unknown',
      );
      t.match(
        await give(
          executor,
          { as: 'treasury@programme:tp', account: 't' },
          'programme',
          'tp',
          'RetitleProgramme',
          { name: 'x' },
        ),
        { status: 403, refusal: { code: 'NOT_ALLOWED' } },
      );
      const both = await executor.execute({
        aggregate: 'pool',
        id: 'treatment',
        command: 'Pledge',
        data: pledge(3),
        commandId: randomUUID(),
        principal: {
          account: 'seat-holder.pct',
          grants: [
            { role: 'seat-holder', place: 'durham', agency: 'pct' },
            { role: 'finance-officer', agency: 'pct' },
          ],
        },
      });
      t.match(both, {
        status: 400,
        refusal: { code: 'ACTING_AS_REQUIRED' },
        fits: ['seat-holder@place:durham+agency:pct', 'finance-officer@agency:pct'],
      });
      t.same(await refusalsOf(log, 'seat-holder.pct'), []);
      await log.close();
    });

    t.test('a value is replaced only on the version its author looked at', async (t) => {
      const log = await open(t);
      const executor = executorOn(log);
      await world(log, executor);
      const trust = seatHolder('pct');
      const { version } = await must(executor, trust, 'pool', 'treatment', 'Pledge', pledge(1));
      const change = (pledgedPence: number, extra = {}) =>
        give(
          executor,
          trust,
          'pool',
          'treatment',
          'ChangePledge',
          { pledgeId: 'p-1', pledgedPence, reason: 'more' },
          extra,
        );
      t.match(await change(200), { status: 400, refusal: { code: 'VERSION_REQUIRED' } });
      const [one, two] = await Promise.all([
        change(200, { expectedVersion: version }),
        change(300, { expectedVersion: version }),
      ]);
      t.match(one, { kind: 'done' });
      t.match(two, {
        kind: 'refused',
        status: 409,
        refusal: { code: 'STALE_REVISION' },
        since: [{ version: version + 1, type: 'PledgeChanged' }],
      });
      await log.close();
    });

    t.test(
      'effective dates: before today only with a reason, never before the record, never ahead',
      async (t) => {
        const log = await open(t);
        const executor = executorOn(log);
        await world(log, executor);
        const on = (effectiveOn: string, backdatedBecause?: string) =>
          give(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(effectiveOn), {
            effectiveOn,
            ...(backdatedBecause ? { backdatedBecause } : {}),
          });
        t.match(await on('2009-06-30'), { refusal: { code: 'BACKDATED_WITHOUT_REASON' } });
        t.match(await on('2009-06-30', 'agreed at the board'), {
          refusal: { code: 'BACKDATED_BEFORE_START' },
        });
        t.match(await on('2009-07-02'), { refusal: { code: 'EFFECTIVE_IN_FUTURE' } });
        await log.close();
      },
    );

    t.test('two nodes on one log: conflicts are decided again, nothing is lost or doubled', async (t) => {
      const log = await open(t);
      const first = executorOn(log);
      await world(log, first);
      const second = executorOn(log);
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          must(i % 2 ? first : second, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i)),
        ),
      );
      t.equal(new Set(all.map((o) => o.version)).size, 100);
      t.equal((await log.read('pool-treatment')).length, 101);
      await log.close();
    });

    t.test('a reactor acts once: replayed from the start, killed in between, and two at once', async (t) => {
      const log = await open(t);
      const executor = executorOn(log);
      await world(log, executor);
      await must(executor, office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      const start = () => {
        const reactors = new Reactors(log, executorOn(log), [placeOpener], { get: () => 0, set: () => {} });
        reactors.start();
        return reactors;
      };
      const killed = start();
      await killed.stop();
      const pair = [start(), start()];
      await Promise.all(pair.map((r) => r.idle()));
      await Promise.all(pair.map((r) => r.stop()));
      const replay = start();
      await replay.idle();
      await replay.stop();
      for (const place of ['durham', 'kent'])
        t.same(
          (await log.read(`place-${place}`)).map((e) => e.type),
          ['PlaceOpened'],
          place,
        );
      await log.close();
    });
  });
}

/** A memory log whose appends misbehave as told. */
class Faulty extends MemoryLog {
  next: ('lost-reply' | 'unavailable')[] = [];
  override async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    const fault = this.next.shift();
    if (fault === 'unavailable') throw new Unavailable('no log');
    const appended = await super.append(stream, expected, events);
    if (fault === 'lost-reply') throw new OutcomeUnknown('no reply');
    return appended;
  }
}

test('an append whose reply is lost is settled by reading; one that cannot be written leaves nothing', async (t) => {
  const log = new Faulty();
  const executor = executorOn(log);
  await world(log, executor);
  log.next = ['lost-reply'];
  const outcome = await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(1));
  t.equal(outcome.version, 2);
  t.equal((await log.read('pool-treatment')).length, 2, 'written once');
  log.next = ['unavailable'];
  await t.rejects(give(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(2)), Unavailable);
  t.equal((await log.read('pool-treatment')).length, 2);
  t.equal(
    (await must(executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(2))).version,
    3,
    'and it goes on',
  );
});
