/**
 * What stands beside a withheld sum tells nothing new (docs/rules/shared.md#withheld-figures): whatever
 * happens to pools, each reader's `atLeastPence` and `figuresNotShared`, of a pool and of its place, are what
 * that reader counts by hand from the pledges shown to them one by one.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import type { Audience } from '../../src/domain/shared/access.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { access } from '../../src/projections/views/access.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { tellsAll } from '../../src/projections/views/past.js';
import { poolLedger, statement } from '../../src/projections/views/pool-ledger.js';
import { viewsOn } from '../views-on.js';
import { reference } from '../domain/spec.js';
import {
  executorOn,
  give,
  seatHolder,
  must,
  financeOfficer,
  pledge,
  propose,
  secretariat,
  TestClock,
  world,
} from '../commands/world.js';
import { agencies, move, type Move } from './pool-grammar.js';

const chair = { as: 'chair@place:durham+agency:council', account: 'seat-holder.council' };
const agreement = {
  agreementVersion: 1,
  hash: '0'.repeat(64),
  partners: [...agencies],
  hostAgencyId: 'council',
  purposes: { cofog: ['07'], text: 'Treatment' },
  years: ['2009-10', '2010-11'],
  riskShare: agencies.map((agencyId, i) => ({ agencyId, overBp: i ? 3000 : 4000, underBp: i ? 3000 : 4000 })),
};
const figures = [
  'pledgedPence',
  'confirmedPence',
  'paidInPence',
  'reservedPence',
  'allocatedPence',
  'drawnPence',
] as const;
type Figure = (typeof figures)[number];
type Shown = Pick<ReturnType<typeof statement>, 'pledges'> &
  Record<Figure, number | null> & { atLeastPence?: object; figuresNotShared?: object; notDisclosed?: true };

/** By hand: pledge by pledge, as shown; a pledge withdrawn is none. */
function byHand(pledges: Shown['pledges'], of: readonly Figure[]) {
  const counted = of.map((k) => {
    const all = pledges.filter((p) => p.status !== 'withdrawn').map((p) => p[k]);
    const known = all.filter((n) => n !== null);
    return [k, { sum: known.reduce((n, p) => n + p, 0), missing: all.length - known.length }] as const;
  });
  const withheld = counted.filter(([, c]) => c.missing > 0);
  return {
    ...Object.fromEntries(counted.map(([k, c]) => [k, c.missing > 0 ? null : c.sum])),
    ...(withheld.length > 0
      ? {
          notDisclosed: true,
          atLeastPence: Object.fromEntries(withheld.map(([k, c]) => [k, c.sum])),
          figuresNotShared: Object.fromEntries(withheld.map(([k, c]) => [k, c.missing])),
        }
      : {}),
  };
}
const told = (s: object, of: readonly Figure[]): object => {
  const { notDisclosed, atLeastPence, figuresNotShared } = s as Shown;
  return {
    ...Object.fromEntries(of.map((k) => [k, (s as Shown)[k]])),
    ...(notDisclosed ? { notDisclosed, atLeastPence, figuresNotShared } : {}),
  };
};

test(
  'what is at least in a sum, and how many figures are not shared, is counted by hand from what the same reader is shown',
  { timeout: 120_000 },
  async (t) => {
    const log = new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' });
    t.teardown(() => log.close());
    const { engine, built } = viewsOn(log, reference);
    await built;
    const clock = new TestClock();
    const executor = executorOn(log, clock);
    await world(log, executor);
    await must(
      executor,
      secretariat,
      'collaborative',
      'durham',
      'AppointChair',
      { seatId: 'council' },
      { expectedVersion: (await log.read('collaborative-durham')).length },
    );
    const seen = { partly: 0, moved: 0, whole: 0, none: 0 };
    const same = (a: object, b: object, what: string): void => {
      if (JSON.stringify(a) !== JSON.stringify(b))
        throw new Error(`${what}: it says ${JSON.stringify(a)}, by hand ${JSON.stringify(b)}`);
    };
    function check(): void {
      for (const audience of ['members', 'programme', 'public'] as const satisfies readonly Audience[]) {
        const open = (id: string): boolean => {
          const { tier } = engine.queries(access).record('pool', id)!;
          return (
            audience === 'members' || tier === 'public' || (audience === 'programme' && tier === 'programme')
          );
        };
        const shown = engine
          .queries(poolLedger)
          .list('durham')
          .filter((p) => open(p.id))
          .map((p) =>
            statement(
              p,
              audience,
              audience === 'members' ? tellsAll : (part) => part.private !== true,
              '2009-09-01',
            ),
          );
        for (const s of shown) same(told(s, figures), byHand(s.pledges, figures), `${audience}: ${s.id}`);
        const now = engine.queries(placeProgress).place('durham', audience, '2009-09-01')!;
        for (const kind of ['pooled', 'aligned'] as const) {
          const mine = shown.filter((s) => s.kind === kind);
          const of = figures.filter((k) => k !== 'reservedPence');
          const whole = byHand(
            mine.flatMap((s) => s.pledges),
            of,
          );
          const unseen = mine.length === 0 && audience !== 'members';
          same(
            told(now.pools[kind], of),
            unseen ? { ...Object.fromEntries(of.map((k) => [k, null])), notDisclosed: true } : whole,
            `${audience}: the ${kind} budgets of the place`,
          );
          const { atLeastPence, figuresNotShared, pledgedPence } = now.pools[kind];
          if (unseen) seen.none++;
          else if ((figuresNotShared?.allocatedPence ?? 0) > (figuresNotShared?.pledgedPence ?? 0))
            seen.moved++;
          else if (atLeastPence?.pledgedPence) seen.partly++;
          else if (pledgedPence) seen.whole++;
        }
        const all = byHand(
          shown.flatMap((s) => s.pledges),
          ['pledgedPence'],
        ) as Shown;
        const { pence, ...beside } = now.pledged;
        const some = shown.length > 0 || audience === 'members';
        same(
          { pence, ...beside },
          some
            ? {
                pence: all.pledgedPence,
                ...(all.notDisclosed
                  ? {
                      atLeastPence: Object.values(all.atLeastPence!)[0],
                      figuresNotShared: Object.values(all.figuresNotShared!)[0],
                    }
                  : {}),
              }
            : { pence: null },
          `${audience}: all that is pledged`,
        );
      }
    }
    const system = (id: string, command: string, data: Record<string, unknown>) =>
      executor.execute({
        aggregate: 'pool',
        id,
        command,
        data,
        commandId: randomUUID(),
        actor: { account: 'system:test', role: 'system' },
      });
    const together: Move = {
      ...secretariat,
      command: 'Allocate',
      data: {
        allocationId: 'a-1',
        title: 'Clinics',
        purposes: { cofog: ['07'], text: 'Treatment' },
        subBalances: [
          { pledgeId: 'p-1', pence: 1 },
          { pledgeId: 'p-2', pence: 1 },
        ],
        for: 'none',
      },
    };
    const paidIn: Move = {
      as: 'finance-officer@agency:council',
      account: 'finance-officer.council',
      command: 'PayIn',
      data: { pledgeId: 'p-1', pence: 50, reference: 'BACS' },
    };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(move, { minLength: 5, maxLength: 25, size: 'max' }),
        fc.constantFrom('members', 'programme', 'programme', 'public'),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
        async (moves, tier, consents) => {
          const id = `one-${++run}`;
          await propose(executor, id);
          await must(executor, secretariat, 'pool', id, 'ProposeAgreement', agreement);
          for (const a of agencies)
            await must(executor, financeOfficer(a), 'pool', id, 'SignAgreement', { agreementVersion: 1 });
          // One that is withdrawn stands in the statement, and in no sum.
          await must(executor, seatHolder('council'), 'pool', id, 'Pledge', {
            ...pledge(1),
            pledgeId: 'p-0',
          });
          await must(executor, seatHolder('council'), 'pool', id, 'WithdrawPledge', {
            pledgeId: 'p-0',
            reason: 'Given once already',
          });
          for (const [i, a] of agencies.entries()) {
            await must(executor, seatHolder(a), 'pool', id, 'Pledge', pledge(i + 1));
            await must(
              executor,
              financeOfficer(a, `other-finance-officer.${a}`),
              'pool',
              id,
              'ConfirmPledge',
              {
                pledgeId: `p-${i + 1}`,
                consent: consents[i],
              },
            );
          }
          await must(executor, chair, 'pool', id, 'OpenPool');
          if (tier !== 'members') await system(id, 'Disclose', { to: tier });
          for (const m of moves) {
            const { version } = await executor.load('pool', id);
            if (m.as === 'system') await system(id, m.command, structuredClone(m.data));
            else
              await give(executor, m, 'pool', id, m.command, structuredClone(m.data), {
                expectedVersion: version,
              });
            check();
          }
          for (const [i, a] of agencies.entries()) {
            if (consents[i] || run % 4 > 1) continue;
            await give(executor, financeOfficer(a), 'pool', id, 'ConsentToDisclosure', {
              pledgeId: `p-${i + 1}`,
            });
            check();
          }
        },
      ),
      {
        numRuns: 25,
        examples: [
          [[], 'programme', [true, false, false]],
          // One allocation of money whose agency consents and of money whose agency does not; what was paid
          // in goes back at the year's end, then is carried on.
          [[paidIn, together], 'programme', [true, false, false]],
          [[paidIn, together], 'programme', [true, false, false]],
        ],
      },
    );
    // At the year's end money moves on, or back: each pledge by its own consent.
    clock.ms = Date.parse('2010-04-06T09:00:00Z');
    const ended = new Set<string>();
    for (let n = 1; n <= run; n++) {
      const id = `one-${n}`;
      if (n % 2)
        for (const a of agencies)
          await give(executor, financeOfficer(a), 'pool', id, 'CarryForward', { financialYear: '2009-10' });
      else {
        for (const allocationId of ['a-1', 'a-2'])
          await give(executor, secretariat, 'pool', id, 'ReleaseAllocation', {
            allocationId,
            reason: 'Over',
          });
        for (const commitmentId of ['c-1', 'c-2']) await system(id, 'ReleaseFunds', { commitmentId });
      }
      check();
      await give(executor, financeOfficer('council'), 'pool', id, 'SettleYear', { financialYear: '2009-10' });
      check();
      for (const e of await log.read(`pool-${id}`)) ended.add(e.type);
    }
    for (const type of ['CarriedForward', 'CashReturned', 'PledgeDisclosureConsented'])
      t.ok(ended.has(type), type);
    for (const [what, n] of Object.entries(seen)) t.ok(n > 0, `${what}: ${n} times`);
  },
);
