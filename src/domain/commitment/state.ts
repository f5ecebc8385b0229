/**
 * A commitment as it stands (docs/rules/commitment.md), its words, and the pure questions its commands ask of
 * it.
 */
import { z } from 'zod';
import { daysBetween, type WorkingDays } from '../shared/calendar.js';
import { part, type Parts } from '../kernel/parts.js';
import { oneOf, statusQuestion, type InStatus, type Presence } from '../kernel/presence.js';
import { characters } from '../shared/patterns.js';
import { periodPattern, silentSince, type PeriodKind } from '../shared/reporting.js';
import {
  DateOn,
  FinancialYear,
  Id,
  Name,
  PartId,
  PositivePence,
  Prose,
  Sha256,
  partRef,
  ref,
} from '../shared/values.js';
import { atMost } from './limits.js';

export const Level = z.enum(['place', 'whitehall']);
export const OwnerKind = z.enum(['department', 'partner']);
export const Colour = z.enum(['green', 'amber-green', 'amber', 'amber-red', 'red']).meta({ id: 'Colour' });
export type Colour = z.infer<typeof Colour>;
export const dimensions = ['delivery', 'spend', 'risk', 'confidence'] as const;
export const Rag = z
  .strictObject({ delivery: Colour, spend: Colour, risk: Colour, confidence: Colour })
  .meta({ id: 'Rag', description: 'A colour in each dimension of a report' });
export type Rag = z.infer<typeof Rag>;
/** Causes of delay; `other` needs a text. */
export const Cause = z
  .enum([
    'cost-rise',
    'procurement',
    'partner-capacity',
    'staff-capacity',
    'policy-change',
    'ring-fence',
    'legal-or-consent',
    'data-sharing',
    'dependency',
    'evidence-gap',
    'stakeholder',
    'other',
  ])
  .meta({ id: 'Cause', description: 'Why it is behind' });
export const Period = z
  .string({ error: 'Enter a period' })
  .regex(periodPattern, 'Enter a month, like 2009-09, or a quarter, like 2009-Q3')
  .refine((s) => s < '9998', 'Enter a period before the year 9998')
  .meta({ id: 'ReportingPeriod', description: 'A month, 2009-09, or a quarter, 2009-Q3' });
/** Who answers for it: a seat of the owner, or for Whitehall a named official. */
export const Accountable = z
  .union([z.strictObject({ seatId: PartId }), z.strictObject({ official: Name })])
  .meta({ id: 'Accountable', description: 'Who answers for it: a seat of its owner, or a named official' });
export type Accountable = z.infer<typeof Accountable>;
/** The seat or the official, as the change from one to another is told. */
export const whoAnswers = (accountable: Accountable): string =>
  'seatId' in accountable ? accountable.seatId : accountable.official;
export const Milestone = z.strictObject({ milestoneId: PartId, title: Prose('title'), dueOn: DateOn });
export const Money = z.strictObject({
  poolId: ref('pool'),
  financialYear: FinancialYear,
  pence: PositivePence,
  pledgeIds: z.array(partRef('pledge')).min(1, 'Enter the pledges the money comes from').max(atMost.pledges),
});
/** What a commitment follows from. */
export const Source = z.strictObject({
  kind: z.enum(['barrier', 'decision']),
  id: Id.meta({ names: 'kind' }),
});
export const EvidenceType = z.enum([
  'evaluation',
  'monitoring-data',
  'audited-accounts',
  'inspection-finding',
  'resident-account',
  'benchmark',
  'document',
  'expert-view',
]);
/** Characters on either side of a media type's slash at most. */
const longestMediaTypePart = 63;
const mediaTypePart = characters('[A-Za-z0-9]', '[A-Za-z0-9!#$&^_.+-]', longestMediaTypePart);
/** Evidence of completion: where it is, or the SHA-256 of what was looked at. */
export const Evidence = z
  .strictObject({
    type: EvidenceType,
    description: Prose('remark'),
    date: DateOn,
    locator: Prose('remark').optional(),
    sha256: Sha256.optional(),
    bytes: z.int().min(0).optional().meta({ description: 'How long the document is' }),
    mediaType: z
      .string()
      .regex(new RegExp(`^${mediaTypePart}/${mediaTypePart}$`), 'Enter a media type, like application/pdf')
      .optional(),
  })
  .meta({ id: 'Evidence' });
/** How far it was done, on the scale of the Open Government Partnership. */
export const Completion = z.enum(['complete', 'substantial', 'limited', 'not-started', 'no-evidence']).meta({
  id: 'Completion',
  description: 'How far it was done, on the scale of the Open Government Partnership',
});

/** Whose it is; kept with every event that opens something this agency owes. */
export const Owned = z.strictObject({ placeId: Id, ownerAgencyId: Id, ownerKind: OwnerKind });
export const Terms = z.strictObject({
  accountable: Accountable.optional(),
  measure: Prose('remark').optional(),
  evidenceExpected: Prose('remark').optional(),
  startOn: DateOn.optional(),
  dueOn: DateOn.optional(),
  verifierAgencyId: Id.optional(),
});
/**
 * By what an accepted promise is changed or ended: a carried decision (place), a named official (Whitehall).
 */
export const Word = z.strictObject({
  reason: Prose(),
  decisionId: ref('decision').optional(),
  official: Name.optional(),
});

export interface Report {
  progress: number;
  rag: Rag;
  narrative: string;
  nextStep: string;
  on: string;
  cause?: z.infer<typeof Cause>;
  causeText?: string;
  recovery?: string;
  recoveryOn?: string;
  /** Why progress fell. */
  fallReason?: string;
  /** Why the report of this period was given again. */
  correctionReason?: string;
  /** A waiver let green stand against the facts. */
  waiverId?: string;
  overrideReason?: string;
  /** Of the commitment, that says it. */
  version: number;
}
export interface CommitmentState {
  status:
    | 'none'
    | 'draft'
    | 'offered'
    | 'accepted'
    | 'in-delivery'
    | 'completion-claimed'
    | 'completed'
    | 'declined'
    | 'lapsed'
    | 'withdrawn'
    | 'superseded';
  placeId: string;
  programmeId: string;
  title: string;
  /** What will change. */
  change: string;
  level: z.infer<typeof Level>;
  ownerAgencyId: string;
  themeId?: string;
  accountable?: Accountable;
  measure?: string;
  evidenceExpected?: string;
  startOn?: string;
  dueOn?: string;
  /** Known to end after the programme. */
  afterProgramme?: boolean;
  verifierAgencyId?: string;
  milestones: Parts<{ title: string; dueOn: string; reachedOn?: string }>;
  /** Pence asked of a pool for one financial year, from these pledges in this order. */
  money?: z.infer<typeof Money>;
  /**
   * `released`: the promise had ended, and the pool gave the money back; it is asked for anew once that is
   * reopened.
   */
  funds?: 'requested' | 'confirmed' | 'refused' | 'released';
  /** Somebody of its own place asked for the money last; else an agency did, for what it pledged itself. */
  askedByPlace?: boolean;
  dependsOn: string[];
  from?: z.infer<typeof Source>;
  /** The commitment in whose stead this one stands: it inherits that one's baseline. */
  supersedes?: string;
  supersededBy?: string;
  draftedBy: string;
  /** Drafted by the system, from a department's answer. */
  bySystem?: boolean;
  offeredOn?: string;
  /** The last day on which the offer can be accepted. */
  lapsesOn?: string;
  /** By the present owner. */
  acceptedOn?: string;
  /** Fixed at the first acceptance. */
  baselineDueOn?: string;
  /** How often it was rescheduled, by all its owners and by what it stands in the stead of. */
  reschedules: number;
  /** The owner consents to its being shown to the programme with a return. */
  consented: boolean;
  reports: Parts<Report>;
  claim?: { by: string; on: string; evidence: z.infer<typeof Evidence>[] };
  verification?: {
    level: z.infer<typeof Completion>;
    by: string;
    agencyId: string;
    on: string;
    reason?: string;
    version: number;
  };
  orphanedOn?: string;
  endedOn?: string;
}
export const delivering = ['accepted', 'in-delivery'] as const satisfies readonly CommitmentState['status'][];
/** Accepted and not ended: what its owner still owes. */
const live = [...delivering, 'completion-claimed'] as const;
const promised = [...live, 'completed'] as const;
const offered = ['offered', ...promised, 'declined', 'lapsed', 'superseded'] as const;
/** What is there in which status. The terms are those of the offer: a draft may lack them. */
export const present = {
  accountable: offered,
  measure: offered,
  evidenceExpected: offered,
  dueOn: offered,
  verifierAgencyId: offered,
  offeredOn: offered,
  lapsesOn: ['offered', 'declined', 'lapsed'],
  acceptedOn: [...promised, 'superseded'],
  baselineDueOn: [...promised, 'superseded'],
  claim: ['completion-claimed', 'completed'],
  verification: ['completed'],
  endedOn: ['completed', 'declined', 'lapsed', 'withdrawn', 'superseded'],
  supersededBy: ['superseded'],
} as const satisfies Presence<CommitmentState>;
export const isIn = statusQuestion<CommitmentState>()(present);
/** A commitment in one of these statuses, with what is there in all of them. */
export type CommitmentIn<F extends CommitmentState['status']> = InStatus<CommitmentState, typeof present, F>;
/** One whose terms stand. */
export type Offered = CommitmentIn<(typeof offered)[number]>;

export const initial = (): CommitmentState => ({
  status: 'none',
  placeId: '',
  programmeId: '',
  title: '',
  change: '',
  level: 'place',
  ownerAgencyId: '',
  milestones: {},
  dependsOn: [],
  draftedBy: '',
  reschedules: 0,
  consented: false,
  reports: {},
});

/** Accepted and not ended: what its owner still owes. */
export const isLive = (state: CommitmentState): state is CommitmentIn<(typeof live)[number]> =>
  oneOf(live, state.status);
/** Promised at some time and still counted: live or completed. */
export const isPromised = (state: CommitmentState): state is CommitmentIn<(typeof promised)[number]> =>
  oneOf(promised, state.status);
/**
 * In delivery by its first report or by its start date, which is the day of acceptance where none is named.
 */
export const inDelivery = (state: CommitmentState, today: string): boolean =>
  state.status === 'in-delivery' || (isIn(state, 'accepted') && (state.startOn ?? state.acceptedOn) <= today);

/** Days by which the due date has moved since the first acceptance. */
export const slippage = (state: CommitmentState): number | undefined =>
  state.baselineDueOn && state.dueOn ? daysBetween(state.baselineDueOn, state.dueOn) : undefined;

const order = Colour.options;
/** The worst of the four dimensions. */
export const worstOf = (rag: Rag): Colour =>
  dimensions
    .map((d) => rag[d])
    .reduce((worst, colour) => (order.indexOf(colour) > order.indexOf(worst) ? colour : worst));
/** The report of the latest period, or of the latest before one. */
export function lastReport(state: CommitmentState, before?: string): Report | undefined {
  const periods = Object.keys(state.reports).filter((p) => before === undefined || p < before);
  return part(state.reports, periods.sort().at(-1));
}
export const isRed = (state: CommitmentState): boolean => {
  const last = lastReport(state);
  return last !== undefined && worstOf(last.rag) === 'red';
};
/** No report for two periods running whose report was due before a day. */
export const isSilent = (state: CommitmentState, kind: PeriodKind, day: string, wd: WorkingDays): boolean =>
  state.acceptedOn !== undefined &&
  oneOf(delivering, state.status) &&
  silentSince(kind, state.acceptedOn, day, Object.keys(state.reports), wd) !== undefined;
