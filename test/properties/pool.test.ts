/**
 * However commands come, no pool is ever over its cap: what is reserved and allocated is confirmed, what is
 * drawn was paid in.
 */
import fc from 'fast-check';
import { test, type Test } from 'tap';
import {
  isRefusal,
  type Actor,
  type Context,
  type Loaded,
  type NewEvent,
} from '../../src/domain/kernel/types.js';
import { checkState } from '../../src/domain/kernel/command.js';
import { emptyLoaded } from '../../src/domain/kernel/fold.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { pool } from '../../src/domain/pool/index.js';
import type { PoolState } from '../../src/domain/pool/state.js';
import { foldChecked } from '../domain/presence.js';
import { metaOf, reference } from '../domain/spec.js';
import { agencies, move, type Move } from './pool-grammar.js';

const now = '2009-09-01T09:00:00.000Z';
/** What stands beside the pool, as it stands. */
function beside(name: string): Loaded<any> {
  const loaded = emptyLoaded(aggregateNamed(name));
  loaded.version = 1;
  const seats = Object.fromEntries(
    agencies.map((agencyId) => [
      agencyId,
      { seatId: agencyId, agencyId, account: `seat-holder.${agencyId}`, kind: 'voting', status: 'accepted' },
    ]),
  );
  const states: Record<string, object> = {
    place: { programmeId: 'tp' },
    programme: { places: { durham: { status: 'enrolled' } } },
    collaborative: { chair: 'council', seats, delegations: [] },
    commitment: { placeId: 'durham', status: 'accepted' },
    agency: { status: 'registered' },
  };
  Object.assign(loaded.state as object, states[name]);
  return loaded;
}
const others = new Map(
  ['place', 'programme', 'collaborative', 'commitment', 'agency', 'fundingstream'].map((name) => [
    name,
    beside(name),
  ]),
);

function apply(loaded: Loaded<PoolState>, events: readonly NewEvent[], actor: Actor): void {
  for (const e of events)
    foldChecked(pool, loaded, e, metaOf(pool, 'treatment', e.type, loaded.version + 1, now, actor));
}
/** Decides and folds; the code of a refusal, or the types of the events. */
function play(loaded: Loaded<PoolState>, { as, account, command, data }: Move): string {
  const [role = '', scope = ''] = as.split('@');
  const grant = as === 'system' ? undefined : parseGrant(role, scope)!;
  const actor: Actor = grant
    ? { account, role: grant.role, ...(grant.agency ? { agency: grant.agency } : {}) }
    : { account, role: 'system' };
  const entry = aggregateNamed('pool').commands[command]!;
  const context = {
    now,
    today: '2009-09-01',
    effectiveOn: '2009-09-01',
    actor,
    commandId: 'c',
    recordId: 'treatment',
    acts: loaded.acts,
    ref: reference,
    views: {},
    read: (name: string) => others.get(name),
    named: (name: string) => others.get(name),
  } as unknown as Context;
  const outcome =
    checkState(pool, entry, loaded.state) ?? entry.decide(loaded.state, entry.data.parse(data), context);
  if (isRefusal(outcome)) return outcome.code;
  apply(loaded, outcome, actor);
  return outcome.map((e) => e.type).join();
}
/** Every way in which the figures do not hold together. */
function faults(s: PoolState): string[] {
  const sum = (
    of: Record<
      string,
      { subBalances: Record<string, number>; released: boolean; drawn?: Record<string, number> }
    >,
    id: string,
  ): number =>
    Object.values(of).reduce((n, x) => n + (x.released ? (x.drawn?.[id] ?? 0) : (x.subBalances[id] ?? 0)), 0);
  return Object.values(s.pledges).flatMap((p) => [
    ...(p.reserved + p.allocated > p.confirmed
      ? [`${p.pledgeId}: ${p.reserved} reserved and ${p.allocated} allocated of ${p.confirmed} confirmed`]
      : []),
    ...(p.paidIn > p.confirmed ? [`${p.pledgeId}: ${p.paidIn} paid in of ${p.confirmed}`] : []),
    ...(p.drawn > p.paidIn || p.drawn > p.allocated
      ? [`${p.pledgeId}: ${p.drawn} drawn of ${p.allocated} allocated, ${p.paidIn} paid in`]
      : []),
    ...(p.allocated !== sum(s.allocations, p.pledgeId)
      ? [`${p.pledgeId}: ${p.allocated} allocated, its allocations come to ${sum(s.allocations, p.pledgeId)}`]
      : []),
    ...(p.reserved !== sum(s.reservations, p.pledgeId)
      ? [`${p.pledgeId}: ${p.reserved} reserved, its reservations come to ${sum(s.reservations, p.pledgeId)}`]
      : []),
    ...([p.pledged, p.confirmed, p.reserved, p.allocated, p.paidIn, p.drawn].some(
      (n) => !Number.isSafeInteger(n) || n < 0,
    )
      ? [`${p.pledgeId} has a figure that is no amount`]
      : []),
  ]);
}

/** Pledged, confirmed, signed and open; or as it was proposed. */
function start(opened: boolean): Loaded<PoolState> {
  const loaded = emptyLoaded(pool);
  const actor: Actor = { account: 'lead', role: 'secretariat' };
  const common = {
    partners: [...agencies],
    host: 'council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
  };
  apply(
    loaded,
    [
      {
        type: 'PoolProposed',
        data: pool.events.PoolProposed!.data.parse({
          ...common,
          name: 'Treatment',
          placeId: 'durham',
          programmeId: 'tp',
          legalBasis: 'joint-committee',
          manager: 'council',
          noticeMonths: 3,
        }),
      },
    ],
    actor,
  );
  if (!opened) return loaded;
  const agreement = { ...common, version: 1, hash: '0'.repeat(64), riskShare: [] };
  apply(
    loaded,
    [
      { type: 'AgreementProposed', data: { agreement } },
      ...agencies.map((agencyId, i) => ({
        type: 'AgreementSigned',
        data: { agencyId, version: 1, agreed: i === 2 },
      })),
    ],
    actor,
  );
  for (const [i, a] of agencies.entries()) {
    play(loaded, {
      as: `seat-holder@place:durham+agency:${a}`,
      account: `seat-holder.${a}`,
      command: 'Pledge',
      data: { pledgeId: `p-${i + 1}`, financialYear: '2009-10', pledgedPence: 100 },
    });
    play(loaded, {
      as: `finance-officer@agency:${a}`,
      account: `finance-officer.${a}`,
      command: 'ConfirmPledge',
      data: { pledgeId: `p-${i + 1}`, consent: i === 0 },
    });
  }
  play(loaded, {
    as: 'chair@place:durham+agency:council',
    account: 'seat-holder.council',
    command: 'OpenPool',
    data: {},
  });
  return loaded;
}

async function holds(t: Test, opened: boolean, musts: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 1, maxLength: 80, size: 'max' }), (moves) => {
      const loaded = start(opened);
      for (const m of moves) {
        seen.add(play(loaded, m));
        const wrong = faults(loaded.state);
        if (wrong.length > 0) throw new Error(`after ${m.command}: ${wrong.join('; ')}`);
      }
    }),
    { numRuns: 300 },
  );
  for (const what of musts) t.ok(seen.has(what), `the sequences came upon ${what}`);
}

test('an open pool, whose money is reserved, allocated, paid in and drawn', (t) =>
  holds(t, true, [
    'FundsReserved',
    'FundsReservationRefused',
    'FundsReleased',
    'FundsAllocated',
    'FundsDrawn',
    'AllocationReleased',
    'CashPaidIn',
    'OVER_ALLOCATED',
    'POOL_OVERDRAWN',
    'PAID_IN_FULL',
  ]));

test('a pool that is only proposed, whose pledges come and go', (t) =>
  holds(t, false, ['PledgeMade', 'PledgeChanged', 'PledgeConfirmed', 'PledgeWithdrawn', 'PledgeReduced']));
