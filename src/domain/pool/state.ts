/**
 * A pooled budget as it stands (docs/rules/pool.md#pledges): each pledge is its own sub-balance, the pool's
 * figures are their sums.
 */
import { z } from 'zod';
import { held, part, type Parts } from '../kernel/parts.js';
import type { Presence } from '../kernel/presence.js';
import { choice, whole } from '../shared/fields.js';
import {
  FinancialYear,
  Id,
  PartId,
  Pence,
  PositivePence,
  Prose,
  Purposes,
  Sha256,
  idOf,
  partId,
} from '../shared/values.js';
import { atMost, wholeRisk } from './limits.js';

export const LegalBasis = choice({
  s75: 'Section 75 of the National Health Service Act 2006',
  aligned: 'Budgets are aligned, and each partner pays itself',
  'grant-to-accountable-body': 'A grant to the accountable body',
  'joint-committee': 'A joint committee',
  'other-statute': 'Another statute',
});
export const Functions = z.strictObject({
  nhs: Prose('title').meta({ label: 'Functions of the health service' }),
  localAuthority: Prose('title').meta({ label: 'Functions of the local authority' }),
});
/** Each once: one body named twice is no pool. */
export const Partners = z
  .array(idOf('agency'))
  .min(2, 'Enter at least two partners')
  .max(atMost.partners)
  .refine((list) => new Set(list).size === list.length, 'Enter each partner once');
/** The years that a pool, or an agreement of one, is for. */
export const Years = z
  .array(FinancialYear)
  .min(1, 'Enter a financial year')
  .max(atMost.years)
  .meta({ label: 'Years', hint: 'Enter each year on a line of its own, like 2009-10.' });
/** Who bears what is over or under, in whole basis points. */
export const Share = z
  .strictObject({
    agencyId: idOf('agency').meta({ label: 'Partner' }),
    overBp: whole()
      .min(0)
      .max(wholeRisk)
      .meta({ description: 'Of what is overspent, in basis points (hundredths of a per cent)' })
      .meta({ label: 'Its part of an overspend', hint: 'In hundredths of a per cent: 10000 is all of it.' }),
    underBp: whole()
      .min(0)
      .max(wholeRisk)
      .meta({ description: 'Of what is left, in basis points' })
      .meta({ label: 'Its part of what is left', hint: 'In hundredths of a per cent: 10000 is all of it.' }),
  })
  .meta({ id: 'RiskShare', description: 'Which part of a risk a partner bears' });
export const Agreement = z.strictObject({
  version: whole().min(1).meta({ label: 'Version of the agreement', hint: 'One more than the last.' }),
  hash: Sha256.meta({
    label: 'Fingerprint of the agreement',
    hint: 'The SHA-256 of the document, 64 hexadecimal digits.',
  }),
  partners: Partners.meta({ label: 'Partners' }),
  host: idOf('agency').meta({ label: 'Partner that holds the money' }),
  purposes: Purposes.meta({ label: 'What it may be spent on' }),
  years: Years,
  riskShare: z
    .array(Share)
    .max(atMost.partners)
    .meta({ label: 'Who bears which risk', hint: 'Every partner once; each column comes to 10000.' }),
  /** Confirmed pledges that are less from the day every partner has signed this. */
  reductions: z
    .array(
      z.strictObject({
        pledgeId: partId('pledge').meta({ label: 'Pledge' }),
        toPence: Pence.meta({ label: 'New amount' }),
      }),
    )
    .max(atMost.pledges)
    .refine((list) => new Set(list.map((x) => x.pledgeId)).size === list.length, 'Enter each pledge once')
    .optional()
    .meta({ label: 'Pledges that become less', hint: 'From the day on which every partner has signed.' }),
});
export type Agreement = z.infer<typeof Agreement>;
/** What a release leaves of a sub-balance may be nothing. */
export const SubBalances = z
  .array(z.strictObject({ pledgeId: PartId, pence: Pence }))
  .min(1, 'Enter at least one amount')
  .max(atMost.pledges);

/** What is asked for never is. */
export const Amounts = z
  .array(
    z.strictObject({
      pledgeId: partId('pledge').meta({ label: 'From which pledge' }),
      pence: PositivePence.meta({ label: 'Amount' }),
    }),
  )
  .min(1, 'Enter at least one amount')
  .max(atMost.pledges);

/**
 * Members that name a pledge in an event; `consented` is the consent in force, without which the event is
 * private.
 */
export const OfPledge = z.strictObject({
  pledgeId: PartId,
  agencyId: Id,
  financialYear: FinancialYear,
  consented: z.boolean(),
});
/** The pledge that such an event changes. */
export const ofPledge = { pledges: (d: { pledgeId: string }) => [d.pledgeId] };
/** A pledge's figures as they stand. */
export const Figures = z.strictObject({
  pledgedPence: Pence,
  confirmedPence: Pence,
  paidInPence: Pence,
  allocatedPence: Pence,
  drawnPence: Pence,
});
export const unlessConsented = (data: { consented: boolean }): boolean => !data.consented;
export const total = (list: readonly { pence: number }[]): number => list.reduce((n, x) => n + x.pence, 0);

/** Pence throughout. `confirmed` is 0 until the finance officer has confirmed. */
export interface Pledge {
  pledgeId: string;
  agencyId: string;
  financialYear: string;
  status: 'pledged' | 'confirmed' | 'withdrawn';
  pledged: number;
  confirmed: number;
  reserved: number;
  allocated: number;
  paidIn: number;
  drawn: number;
  fundingStreamId?: string;
  /** The pool's version that says it was withdrawn. */
  withdrawnAt?: number;
  consented: boolean;
  /**
   * What moved since the figures were last open, in an event that is private: reserved, allocated and drawn,
   * or with cash returned all but what was pledged. Set on consented pledges alone; the others are withheld
   * anyway.
   */
  hidden?: 'moves' | 'all';
  /**
   * Since when nobody answers for it, and why: its agency left the table or is retired, and something of it
   * is owed.
   */
  orphanedOn?: string;
  orphanCause?: 'seat-left' | 'agency-retired';
}
export interface Allocation {
  title: string;
  cofog: string[];
  /** Pence by pledge. */
  subBalances: Parts<number>;
  drawn: Parts<number>;
  released: boolean;
  /** The commitment it was reserved for. */
  commitmentId?: string;
  /** Moved in an event that is private: not opened by one since. */
  hidden?: boolean;
}
/** What is held for a commitment until it is allocated to it or the commitment ends. */
export interface Reservation {
  /** Pence still reserved, by pledge. */
  subBalances: Parts<number>;
  released: boolean;
}
/** A month, `YYYY-MM`. */
export const Period = z
  .string({ error: 'Enter a month' })
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'Enter a month, like 2009-09')
  .meta({ id: 'Month', description: 'A month, like 2009-09', field: 'month' });
export interface MonthlyPosition {
  actualPence: number;
  forecastPence: number;
  budgetPence: number;
  consented: boolean;
  /** Of the pool, that says it. */
  version: number;
  cause?: string;
  action?: string;
}
export interface PoolState {
  status: 'none' | 'proposed' | 'agreed' | 'open' | 'suspended' | 'closed';
  name: string;
  placeId: string;
  legalBasis: z.infer<typeof LegalBasis>;
  partners: string[];
  host: string;
  manager: string;
  purposes: Purposes;
  years: string[];
  noticeMonths: number;
  pledges: Parts<Pledge>;
  /**
   * All that was ever pledged, each change as if for the first time: no less than what the pledges are
   * together.
   */
  everPledged: number;
  agreements: Agreement[];
  /** Agencies that signed, by agreement version. */
  signatures: Record<number, string[]>;
  /** The last agreement signed by every partner. */
  inForce?: number;
  allocations: Parts<Allocation>;
  /** By commitment. */
  reservations: Parts<Reservation>;
  /** As last reported, by month. */
  positions: Parts<MonthlyPosition>;
  /** The day a partner leaves, by agency. */
  notices: Parts<string>;
  /** Pence moved between allocations, by the financial year of the money. */
  vired: Parts<number>;
  /** Contributors who agreed to carry a year's money forward, by year. */
  carrying: Parts<string[]>;
  /** Financial years whose accounts are settled. */
  settled: string[];
}
/** What is there in which status. A pool may be closed before its agreement was in force. */
export const present = { inForce: ['agreed', 'open', 'suspended'] } as const satisfies Presence<PoolState>;

export const initial = (): PoolState => ({
  status: 'none',
  name: '',
  placeId: '',
  legalBasis: 'aligned',
  partners: [],
  host: '',
  manager: '',
  purposes: { cofog: [], text: '' },
  years: [],
  noticeMonths: 0,
  pledges: {},
  everPledged: 0,
  agreements: [],
  signatures: {},
  allocations: {},
  reservations: {},
  positions: {},
  notices: {},
  vired: {},
  carrying: {},
  settled: [],
});
/** A code covers itself and what lies below it: 07 covers 07.3. */
export const within = (codes: readonly string[], allowed: readonly string[]): boolean =>
  codes.every((c) => allowed.some((a) => c === a || c.startsWith(`${a}.`)));
/** What of a confirmed pledge is neither allocated nor reserved. */
export const free = (pledge: Pledge): number => pledge.confirmed - pledge.allocated - pledge.reserved;
export const consentedAll = (state: PoolState, list: readonly { pledgeId: string }[]): boolean =>
  list.every((x) => part(state.pledges, x.pledgeId)?.consented);
/** What an agency has given of its pledge: paid in, or in an aligned pool, which holds no cash, spent. */
export const givenOf = (state: PoolState, pledge: Pledge): number =>
  state.legalBasis === 'aligned' ? pledge.drawn : pledge.paidIn;
/**
 * What is still owed of a pledge, before its confirmation all of it; a settled year asks for nothing more.
 */
export function owing(state: PoolState, pledge: Pledge): number {
  if (pledge.status === 'withdrawn' || state.settled.includes(pledge.financialYear)) return 0;
  return (pledge.status === 'confirmed' ? pledge.confirmed : pledge.pledged) - givenOf(state, pledge);
}
/** What of a pledge is paid in, allocated or reserved: it is not reduced below that. */
export const committedOf = (pledge: Pledge): number =>
  Math.max(pledge.paidIn, pledge.allocated + pledge.reserved);

/** A pledge is somebody's again, or owes nothing. */
export function clearOrphan(pledge: Pledge): void {
  delete pledge.orphanedOn;
  delete pledge.orphanCause;
}
/** Marks what an event moved without every consent: its figures are no longer open. */
export function hide(
  state: PoolState,
  data: { subBalances: readonly { pledgeId: string }[]; consented: boolean },
  allocation?: Allocation,
): void {
  if (data.consented) return;
  if (allocation) allocation.hidden = true;
  for (const { pledgeId } of data.subBalances) {
    const p = part(state.pledges, pledgeId);
    if (p?.consented) p.hidden ??= 'moves';
  }
}
/**
 * What a pledge's consent opens beside its own figures: whatever moved with it and now holds nothing without
 * consent.
 */
export function openedBy(
  state: PoolState,
  pledgeId: string,
): { pledgeIds: string[]; allocationIds: string[] } {
  const open = (ids: readonly string[]): boolean =>
    ids.every((id) => id === pledgeId || held(state.pledges, id).consented);
  const moved = [...Object.values(state.allocations), ...Object.values(state.reservations)].map(
    (reservation) => Object.keys(reservation.subBalances),
  );
  return {
    pledgeIds: Object.values(state.pledges)
      .filter(
        (pledge) =>
          pledge.hidden &&
          pledge.pledgeId !== pledgeId &&
          moved.every((ids) => !ids.includes(pledge.pledgeId) || open(ids)),
      )
      .map((p) => p.pledgeId),
    allocationIds: Object.entries(state.allocations)
      .filter(([, a]) => a.hidden && open(Object.keys(a.subBalances)))
      .map(([id]) => id),
  };
}
