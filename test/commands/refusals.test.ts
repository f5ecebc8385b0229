/**
 * Refusals are recorded, and bounded: so many of an account within a minute, then its commands go undecided;
 * nothing of that is lost.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { TooManyRefusals } from '../../src/commands/executor.js';
import { RefusalBudget, refusalsAMinute } from '../../src/commands/refusal-budget.js';
import { decode } from '../../src/log/codec.js';
import { Unavailable, type Appended, type StoredEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import {
  executorOn,
  give,
  seatHolder,
  must,
  financeOfficer,
  pledge,
  TestClock,
  world,
  type As,
} from './world.js';

interface Kept {
  code: string;
  unrecorded?: number;
}
class Watched extends MemoryLog {
  appends = 0;
  /** The next appends of refusals that fail. */
  failing = 0;
  override async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    if (stream.startsWith('refusal-') && this.failing-- > 0) throw new Unavailable('no log');
    this.appends++;
    return super.append(stream, expected, events);
  }
}

async function open() {
  const log = new Watched();
  const clock = new TestClock();
  const machine = { ms: 1_000_000 };
  const executor = executorOn(log, clock, () => machine.ms);
  await world(log, executor);
  const kept = async (account: string): Promise<Kept[]> =>
    (await log.read(`refusal-${account}.20090701`)).map((e) => decode(e).data as Kept);
  const wrong = (by: As) =>
    give(executor, by, 'pool', 'treatment', 'ConfirmPledge', { pledgeId: randomUUID(), consent: true });
  return { log, clock, machine, executor, kept, wrong };
}
const trustOfficer = financeOfficer('pct');
const tooMany = { message: 'too many refusals' };

test('after sixty refusals within a minute nothing of the account is decided until the minute is over', async (t) => {
  const { log, machine, executor, kept, wrong } = await open();
  for (let n = 0; n < refusalsAMinute; n++) {
    machine.ms += 900;
    t.match(await wrong(trustOfficer), { kind: 'refused' }, `the refusal ${n + 1}`);
  }
  t.equal((await kept('finance-officer.pct')).length, 60);
  const head = log.appends;
  const version = (await log.read('pool-treatment')).length;
  machine.ms += 900;
  await t.rejects(
    wrong(trustOfficer),
    { ...tooMany, retryAfterMs: 6000 },
    'the 61st: and when to come again, a minute after the first',
  );
  await t.rejects(
    give(executor, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(1)),
    tooMany,
    'a command that nothing is wrong with',
  );
  await t.rejects(
    give(executor, trustOfficer, 'agency', 'pct', 'RenameAgency', { name: 'x' }),
    tooMany,
    'on any record',
  );
  await t.rejects(
    give(
      executor,
      { ...trustOfficer, as: 'seat-holder@place:durham+agency:pct' },
      'pool',
      'treatment',
      'Pledge',
      pledge(1),
    ),
    tooMany,
    'in any role',
  );
  t.equal(log.appends, head, 'nothing was recorded');
  t.equal((await log.read('pool-treatment')).length, version, 'and nothing decided');

  t.match(await wrong(financeOfficer('council')), { kind: 'refused' }, 'another account is refused as ever');
  await must(executor, seatHolder('council'), 'pool', 'treatment', 'Pledge', pledge('council'));
  t.same(
    (await kept('finance-officer.council')).map((x) => x.unrecorded),
    [undefined],
    'and tells of none but its own',
  );

  machine.ms += 5999;
  await t.rejects(wrong(trustOfficer), { ...tooMany, retryAfterMs: 1 }, 'the last moment of the minute');
  machine.ms += 1;
  await must(executor, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(1));
  t.match(await wrong(trustOfficer), { kind: 'refused' });
  t.match(await wrong(trustOfficer), { kind: 'refused' });
  t.same(
    (await kept('finance-officer.pct')).slice(60).map((x) => x.unrecorded),
    [5, undefined],
    'the first refusal afterwards tells of the five that were turned away, once',
  );
});

test('of a hundred commands at once sixty are refused, forty turned away, and all are told of', async (t) => {
  const { machine, kept, wrong, executor } = await open();
  const flood = async () => Promise.allSettled(Array.from({ length: 100 }, () => wrong(trustOfficer)));
  const outcomes = await flood();
  t.equal(outcomes.filter((o) => o.status === 'fulfilled').length, 60);
  t.ok(outcomes.every((o) => o.status === 'fulfilled' || o.reason instanceof TooManyRefusals));
  machine.ms += 60_000;
  await flood();
  machine.ms += 60_000;
  await must(executor, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(1));
  await wrong(trustOfficer);
  const all = await kept('finance-officer.pct');
  t.equal(all.length, 121);
  t.same(
    all.flatMap((x) => x.unrecorded ?? []),
    [40, 40],
  );
  t.equal(all[60]!.unrecorded, 40, 'by the first of the next minute');
});

test('what could not be recorded is not counted, and what it was to tell is told by another', async (t) => {
  const { log, machine, kept, wrong } = await open();
  for (let n = 0; n < 63; n++) await wrong(trustOfficer).catch(() => {});
  machine.ms += 60_000;
  log.failing = 1;
  await t.rejects(wrong(trustOfficer), Unavailable, 'the log is away: neither refused nor turned away');
  for (let n = 0; n < refusalsAMinute; n++)
    t.match(await wrong(trustOfficer), { kind: 'refused' }, `the refusal ${n + 1} of the next minute`);
  await t.rejects(wrong(trustOfficer), tooMany);
  t.same(
    (await kept('finance-officer.pct')).slice(60).flatMap((x) => x.unrecorded ?? []),
    [3],
  );
});

test('the minute is the machine’s, whatever the log’s clock does', async (t) => {
  const { clock, machine, wrong } = await open();
  for (let n = 0; n < refusalsAMinute; n++) {
    clock.ms += 60_000;
    await wrong(trustOfficer);
  }
  await t.rejects(wrong(trustOfficer), tooMany, 'an hour of the log has passed, and no minute');
  machine.ms += 60_000;
  t.match(await wrong(trustOfficer), { kind: 'refused' }, 'a minute has');
});

test('each node of a log counts what it records, and tells of what it turned away', async (t) => {
  const { log, executor, clock, kept, wrong, machine } = await open();
  const other = executorOn(log, clock, () => machine.ms);
  const there = () =>
    give(other, trustOfficer, 'pool', 'treatment', 'ConfirmPledge', {
      pledgeId: randomUUID(),
      consent: true,
    });
  for (let n = 0; n < refusalsAMinute; n++) await Promise.all([wrong(trustOfficer), there()]);
  for (const node of [executor, other])
    await t.rejects(give(node, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(1)), tooMany);
  await t.rejects(there(), tooMany);
  machine.ms += 60_000;
  await wrong(trustOfficer);
  await there();
  const all = await kept('finance-officer.pct');
  t.equal(all.length, 2 * refusalsAMinute + 2);
  t.same(
    all.flatMap((x) => x.unrecorded ?? []),
    [1, 2],
  );
});

test('what is no refusal is not counted', async (t) => {
  const { executor, kept } = await open();
  for (let n = 0; n < 2 * refusalsAMinute; n++)
    t.match(
      await give(executor, trustOfficer, 'pool', 'treatment', 'ChangePledge', {
        pledgeId: 'p',
        pledgedPence: 1,
      }),
      { kind: 'refused', status: 400, refusal: { code: 'VERSION_REQUIRED' } },
    );
  t.same(await kept('finance-officer.pct'), [], 'a request without its version is malformed');
});

test('of a thousand accounts that were refused once, those with nothing to tell are forgotten', async (t) => {
  let now = 0;
  const budget = new RefusalBudget(() => now);
  const refuse = (account: string) => budget.take(account) ?? t.fail(`${account} has room`);
  for (let n = 0; n <= refusalsAMinute; n++) if (budget.take('often') === undefined) budget.turnAway('often');
  now = 60_000;
  for (let n = 0; n < 2000; n++) {
    refuse(`account-${n}`);
    now += 60_000;
  }
  t.equal(budget.take('often'), 1, 'what is to be told stays');
});

test('a hidden record and one that does not exist leave the same bytes but for their ids', async (t) => {
  const { log, executor, clock } = await open();
  const askers: Record<string, As> = {
    'of another place': { as: 'secretariat@place:kent', account: 'kent' },
    'of an agency': { as: 'official@agency:dwp', account: 'dwp' },
    'of the programme': { as: 'treasury@programme:tp', account: 'hmt' },
    'of another programme': { as: 'auditor@programme:other', account: 'au' },
    'of nothing': { as: 'public@', account: 'citizen' },
  };
  const form = (body: string): unknown => {
    const { id, commandId, correlation, fingerprint, salt, version, data, ...rest } = JSON.parse(body);
    return { ...rest, data, length: body.length - String(version).length };
  };
  for (const [who, by] of Object.entries(askers)) {
    clock.ms += 1000;
    // Of one length: nothing but the name may differ.
    for (const id of ['treatment', 'nosuchone'])
      t.match(
        await give(executor, by, 'pool', id, 'Disclose', { to: 'programme' }),
        { kind: 'refused', status: 404 },
        `${who}: ${id}`,
      );
    const [hidden, unknown] = (await log.read(`refusal-${by.account}.20090701`)).map((e) =>
      e.body.replace('pool-treatment', 'pool-nosuchone'),
    );
    t.same(form(hidden!), form(unknown!), who);
  }
  t.match(
    await log.read('refusal-kent.20090701').then((all) => decode(all[0]!).data),
    { placeId: 'kent', versionSeen: 0 },
    'kept under who asked',
  );
  const chosen = {
    principal: {
      account: 'two',
      grants: [
        { role: 'secretariat', place: 'kent' } as const,
        { role: 'auditor', programme: 'other' } as const,
      ],
    },
  };
  await give(
    executor,
    askers['of nothing']!,
    'pool',
    'treatment',
    'Disclose',
    { to: 'programme' },
    { ...chosen, actingAs: { role: 'auditor', programme: 'other' } },
  );
  await give(
    executor,
    askers['of nothing']!,
    'pool',
    'treatment',
    'Disclose',
    { to: 'programme' },
    { ...chosen, actingAs: { role: 'secretariat', place: 'durham' } },
  );
  t.match(
    (await log.read('refusal-two.20090701')).map((e) => decode(e).data),
    [{ programmeId: 'other' }, { placeId: 'kent' }],
    'under the grant that was chosen, where it is theirs',
  );
});
