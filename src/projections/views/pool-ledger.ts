/**
 * `pool-ledger`, queries over the pools that `place-progress` keeps: each pooled budget with its pledges and
 * allocations, for the audience that asks.
 */
import type { Audience } from '../../domain/shared/access.js';
import { held, part, type Parts } from '../../domain/kernel/parts.js';
import { free, type Pledge, type PoolState } from '../../domain/pool/state.js';
import { disclosureOf, figuresFor } from '../../domain/pool/withholding.js';
import { settlement } from '../../domain/pool/year-end.js';
import { sumsOf } from '../../domain/shared/sums.js';
import { yearEnd } from '../../domain/shared/values.js';
import { over } from '../engine/view.js';
import { placeProgress } from '../place-progress/place-progress.js';
import { poolRows, type PoolRow } from '../place-progress/pools.js';
import { Past, type Tells } from './past.js';

/** A pool's figures: each is the sum of its pledges'. */
export const poolFigures = [
  'pledgedPence',
  'confirmedPence',
  'paidInPence',
  'reservedPence',
  'allocatedPence',
  'drawnPence',
] as const;

/**
 * What a stream's conditions say of its money in a place on a day: codes it may be spent on, and until when a
 * relaxation adds to them.
 */
export interface StreamTerms {
  readonly purposes: readonly string[];
  readonly relaxationUntil: string | null;
}
/**
 * Terms of a stream; `null` where it binds nothing beyond the pool's purposes, undefined where the audience
 * may not read it.
 */
export type TermsOf = (fundingStreamId: string) => StreamTerms | null | undefined;

/** A pledge as an audience may see it. */
function pledgeFor(pledge: Pledge, member: boolean, state: PoolState, termsOf: TermsOf) {
  const { identity, moved } = disclosureOf(pledge, member);
  const terms = pledge.fundingStreamId ? termsOf(pledge.fundingStreamId) : null;
  // Cash in the sub-balance; an aligned pool holds none, what is left there is left of what was allocated.
  const held = state.legalBasis === 'aligned' ? pledge.allocated : pledge.paidIn;
  const figures = figuresFor(pledge, member);
  // What is left of figures is told where each of them is.
  const isTold = (...told: readonly (number | null)[]): boolean => told.every((pence) => pence !== null);
  const { confirmedPence, reservedPence, allocatedPence, drawnPence } = figures;
  return {
    pledgeId: identity ? pledge.pledgeId : null,
    agencyId: identity ? pledge.agencyId : null,
    financialYear: identity ? pledge.financialYear : null,
    status: identity ? pledge.status : null,
    fundingStreamId: (identity && pledge.fundingStreamId) || null,
    // That something is owed of it follows from figures.
    orphanedOn: moved ? (pledge.orphanedOn ?? null) : null,
    ...figures,
    freePence: isTold(confirmedPence, reservedPence, allocatedPence) ? free(pledge) : null,
    toDrawPence: isTold(allocatedPence, drawnPence) ? pledge.allocated - pledge.drawn : null,
    leftPence: moved ? held - pledge.drawn : null,
    ...(moved ? {} : { notDisclosed: true as const }),
    purposes: terms === undefined || !identity ? null : (terms?.purposes ?? state.purposes.cofog),
    relaxationUntil: (identity && terms?.relaxationUntil) || null,
  };
}

/** Whether a year's accounts are settled, and how late they are. */
export type YearEnd = 'settled' | 'running' | 'to-settle' | 'late' | 'stops-draws';
function yearEndOn(state: PoolState, financialYear: string, day: string): YearEnd {
  const { dueOn, stopsDrawsAfter } = settlement(financialYear);
  if (state.settled.includes(financialYear)) return 'settled';
  if (day <= yearEnd(financialYear)) return 'running';
  if (day <= dueOn) return 'to-settle';
  return day <= stopsDrawsAfter ? 'late' : 'stops-draws';
}
function yearEndFor(state: PoolState, financialYear: string, day: string) {
  const { dueOn, stopsDrawsAfter } = settlement(financialYear);
  return {
    financialYear,
    state: yearEndOn(state, financialYear, day),
    dueOn,
    stopsDrawsAfter,
    carryForwardAgreedBy: part(state.carrying, financialYear) ?? [],
  };
}

/** The status of a pool that is one: a stream may hold a refused step alone. */
export type Standing = Exclude<PoolState['status'], 'none'>;
function statusOf({ status }: PoolState): Standing {
  if (status === 'none') throw new Error('no pool stands in this row');
  return status;
}

/**
 * The statement of a pool on a day, as an audience may see it: a withheld figure is `null` with
 * `notDisclosed`, and so is every sum it is in, beside what that is at least. An allocation's figure is told
 * as one event did, whole or not at all. Pledges stand until they are withdrawn, allocations for good (what
 * was spent is spent), and of what was reported by month the last.
 */
export function statement(
  { id, version, illustrative, corrected, state: s }: PoolRow,
  audience: Audience,
  tells: Tells,
  day: string,
  termsOf: TermsOf = () => undefined,
) {
  const member = audience === 'members';
  const past = new Past(tells);
  const shownPledges = Object.values(s.pledges).filter((pledge) =>
    past.part(
      pledge,
      { version: pledge.withdrawnAt ?? 0, private: !pledge.consented },
      pledge.status !== 'withdrawn',
    ),
  );
  const pledges = shownPledges.map((p) => pledgeFor(p, member, s, termsOf));
  const live = pledges.filter((_, i) => shownPledges[i]?.status !== 'withdrawn');
  const total = (x: Parts<number>): number => Object.values(x).reduce((n, v) => n + v, 0);
  const shown = (pledgeIds: readonly string[]): boolean =>
    member || pledgeIds.every((p) => held(s.pledges, p).consented);
  const positions = Object.entries(s.positions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, p], index, all) =>
      past.part(p, { version: p.version, private: !p.consented }, index === all.length - 1),
    )
    .map(([period, { consented, version: _, ...figures }]) =>
      member || consented
        ? { period, ...figures }
        : { period, budgetPence: null, actualPence: null, forecastPence: null, notDisclosed: true as const },
    );
  const agreement = s.agreements.find((a) => a.version === s.inForce);
  return {
    id,
    version,
    name: s.name,
    placeId: s.placeId,
    status: statusOf(s),
    legalBasis: s.legalBasis,
    kind: s.legalBasis === 'aligned' ? ('aligned' as const) : ('pooled' as const),
    partners: s.partners,
    host: s.host,
    manager: s.manager,
    purposes: s.purposes,
    years: s.years,
    agreement: agreement
      ? {
          agreementVersion: agreement.version,
          hash: agreement.hash,
          signedBy: s.signatures[agreement.version] ?? [],
          riskShare: agreement.riskShare,
        }
      : null,
    ...sumsOf(poolFigures, live),
    pledges,
    allocations: Object.entries(s.allocations).map(([allocationId, a]) => {
      const named = member || shown(Object.keys(a.subBalances));
      const visible = member || (named && !a.hidden);
      return {
        allocationId,
        // Of a pledge that is not open, private events alone say what it was given for.
        title: named ? a.title : null,
        cofog: named ? a.cofog : null,
        released: a.released,
        // The promise may be closed to whom the pool is open.
        commitmentId: member ? (a.commitmentId ?? null) : null,
        pence: visible ? total(a.subBalances) : null,
        drawnPence: visible ? total(a.drawn) : null,
        ...(visible ? {} : { notDisclosed: true as const }),
      };
    }),
    // For whom money is held is the members' to see; others have the sums.
    ...(member
      ? {
          reservations: Object.entries(s.reservations)
            .filter(([, r]) => !r.released)
            .map(([commitmentId, r]) => ({ commitmentId, pence: total(r.subBalances) })),
        }
      : {}),
    positions,
    yearEnds: s.years.map((y) => yearEndFor(s, y, day)),
    /**
     * Pledges that were withdrawn, and positions, of before it was opened to this audience or without
     * consent.
     */
    earlierNotShared: past.notShared,
    audience,
    illustrative,
    corrected,
  };
}

/** Over the pools that `place-progress` keeps, whose daily rows need them as of each day's close. */
export const poolLedger = over(placeProgress, 'pool-ledger', (db, tables) => {
  const read = poolRows.read(db, tables);
  const ofPlace = read.where('placeId = ? ORDER BY id');
  const inPlace = read.streams('placeId = ?');
  const sources = db
    .prepare<[string], string>(
      `SELECT fundingStream FROM ${tables.sources} WHERE pool = ? ORDER BY fundingStream`,
    )
    .pluck();
  const pledgedTo = db.prepare<[string, number], { id: string; placeId: string }>(
    `SELECT pool AS id, place AS placeId FROM ${tables.pledgers} WHERE agency = ? AND since < ?
      ORDER BY pool`,
  );
  return {
    /** The pools that an agency had pledged to before a position of the log. */
    pledgedTo: (agencyId: string, before: number) => pledgedTo.all(agencyId, before),
    /** The funding streams that its pledges come from. */
    streamsOf: (id: string): string[] => sources.all(id),
    one: (id: string): PoolRow | undefined => read.one(`pool-${id}`),
    list: (placeId: string): PoolRow[] => ofPlace(placeId),
    /** The streams of those of a place. */
    inPlace: (placeId: string): string[] => inPlace(placeId),
    walk: read.walk,
  };
});
