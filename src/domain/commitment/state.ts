/**
 * A commitment as it stands (docs/rules/commitment.md), its words, and the pure questions its commands ask of
 * it.
 */
import { z } from 'zod';
import { daysBetween, type WorkingDays } from '../shared/calendar.js';
import { nameOf } from '../kernel/naming.js';
import { part, type Parts } from '../kernel/parts.js';
import { oneOf, statusQuestion, type InStatus, type Presence } from '../kernel/presence.js';
import { choice, whole } from '../shared/fields.js';
import { characters } from '../shared/patterns.js';
import { periodPattern, silentSince, type PeriodKind } from '../shared/reporting.js';
import {
  DateOn,
  FinancialYear,
  Id,
  Name,
  PositivePence,
  Prose,
  Sha256,
  partRef,
  ref,
  idOf,
  partId,
  NewPartId,
  Reason,
} from '../shared/values.js';
import { atMost } from './limits.js';
import { sourcesToCome } from './wording.js';

export const Level = choice({ place: 'An agency of the place', whitehall: 'A department in Whitehall' });
export const OwnerKind = z.enum(['department', 'partner']);
export const Colour = choice({
  green: 'Green',
  'amber-green': 'Amber-green',
  amber: 'Amber',
  'amber-red': 'Amber-red',
  red: 'Red',
}).meta({ id: 'Colour' });
export type Colour = z.infer<typeof Colour>;
export const dimensions = ['delivery', 'spend', 'risk', 'confidence'] as const;
export const Rag = z
  .strictObject({
    delivery: Colour.meta({ label: 'Delivery' }),
    spend: Colour.meta({ label: 'Spending' }),
    risk: Colour.meta({ label: 'Risk' }),
    confidence: Colour.meta({ label: 'Confidence' }),
  })
  .meta({ id: 'Rag', description: 'A colour in each dimension of a report' });
export type Rag = z.infer<typeof Rag>;
/** Causes of delay; `other` needs a text. */
export const Cause = choice({
  'cost-rise': 'Costs have risen',
  procurement: 'Procurement',
  'partner-capacity': 'A partner lacks capacity',
  'staff-capacity': 'Staff lack capacity',
  'policy-change': 'Policy has changed',
  'ring-fence': 'Money is ring-fenced',
  'legal-or-consent': 'Law or consent',
  'data-sharing': 'Sharing data',
  dependency: 'Something it depends on',
  'evidence-gap': 'Evidence is missing',
  stakeholder: 'People concerned do not agree',
  other: 'Something else',
}).meta({ id: 'Cause', description: 'Why it is behind' });
export const Period = z
  .string({ error: 'Enter a period' })
  .regex(periodPattern, 'Enter a month, like 2009-09, or a quarter, like 2009-Q3')
  .refine((s) => s < '9998', 'Enter a period before the year 9998')
  .meta({
    id: 'ReportingPeriod',
    description: 'A month, 2009-09, or a quarter, 2009-Q3',
    field: 'month',
    quarters: true,
  });
/** Who answers for it: a seat of the owner, or for Whitehall a named official. */
export const Accountable = z
  .union([
    z
      .strictObject({ seatId: partId('seat', 'collaborative').meta({ label: 'Seat' }) })
      .meta({ title: 'Whoever holds a seat at the place’s table' }),
    z
      .strictObject({ official: Name.meta({ label: 'Name and post of the official' }) })
      .meta({ title: 'A named official of a department' }),
  ])
  .meta({ id: 'Accountable', description: 'Who answers for it: a seat of its owner, or a named official' });
export type Accountable = z.infer<typeof Accountable>;
const unnamed = 'The official who answers for ';
/** Of a department that named nobody yet. */
export const unnamedOfficial = (agencyId: string): string => `${unnamed}${agencyId}`;
/** An official as sentences tell of them: where nobody is named, the department by its name. */
export const officialTold = (official: string): string =>
  official.startsWith(unnamed) ? `${unnamed}${nameOf.agency(official.slice(unnamed.length))}` : official;
/** The seat or the official, as the change from one to another is told. */
export const whoAnswers = (accountable: Accountable): string =>
  'seatId' in accountable ? `the seat ${accountable.seatId}` : officialTold(accountable.official);
export const Milestone = z.strictObject({
  milestoneId: NewPartId,
  title: Prose('title').meta({ label: 'What it is called' }),
  dueOn: DateOn.meta({ label: 'When it is due' }),
});
export const Money = z.strictObject({
  poolId: ref('pool').meta({ label: 'Pooled budget' }),
  financialYear: FinancialYear.meta({ label: 'Which year' }),
  pence: PositivePence.meta({ label: 'Amount' }),
  pledgeIds: z
    .array(partRef('pledge'))
    .min(1, 'Enter the pledges the money comes from')
    .max(atMost.pledges)
    .meta({ label: 'Pledges that the money comes from' }),
});
/** What a commitment follows from. */
export const Source = z.strictObject({
  kind: choice({ barrier: 'A barrier', decision: 'A decision' }, sourcesToCome).meta({
    label: 'What it follows from',
    hint:
      'A proposal, or an engagement such as a workshop, can be named once they are recorded here. ' +
      'Until then say it in what will be different.',
  }),
  id: Id.meta({ names: 'kind', field: 'ref', kindFrom: 'kind', label: 'Which one' }),
});
export const EvidenceType = choice({
  evaluation: 'An evaluation',
  'monitoring-data': 'Monitoring data',
  'audited-accounts': 'Audited accounts',
  'inspection-finding': 'What an inspection found',
  'resident-account': 'What residents say',
  benchmark: 'A comparison with others',
  document: 'A document',
  'expert-view': 'The view of an expert',
});
/** Characters on either side of a media type's slash at most. */
const longestMediaTypePart = 63;
const mediaTypePart = characters('[A-Za-z0-9]', '[A-Za-z0-9!#$&^_.+-]', longestMediaTypePart);
/** Evidence of completion: where it is, or the SHA-256 of what was looked at. */
export const Evidence = z
  .strictObject({
    type: EvidenceType.meta({ label: 'Kind of evidence' }),
    description: Prose('remark').meta({ label: 'What it is' }),
    date: DateOn.meta({ label: 'Date of the evidence' }),
    locator: Prose('remark')
      .optional()
      .meta({ label: 'Where it is', hint: 'Needed where no fingerprint is given.' }),
    sha256: Sha256.optional().meta({
      label: 'Fingerprint of the document',
      hint: 'Its SHA-256, 64 hexadecimal digits.',
    }),
    bytes: whole()
      .min(0)
      .optional()
      .meta({ description: 'How long the document is' })
      .meta({ label: 'Length of the document in bytes' }),
    mediaType: z
      .string()
      .regex(new RegExp(`^${mediaTypePart}/${mediaTypePart}$`), 'Enter a media type, like application/pdf')
      .optional()
      .meta({ field: 'line', label: 'Media type of the document', hint: 'For example: application/pdf.' }),
  })
  .meta({ id: 'Evidence' });
/** How far it was done, on the scale of the Open Government Partnership. */
export const Completion = choice({
  complete: 'Complete',
  substantial: 'Done in substance',
  limited: 'Done in part',
  'not-started': 'Not started',
  'no-evidence': 'There is no evidence',
}).meta({
  id: 'Completion',
  description: 'How far it was done, on the scale of the Open Government Partnership',
});

/** Whose it is; kept with every event that opens something this agency owes. */
export const Owned = z.strictObject({ placeId: Id, ownerAgencyId: Id, ownerKind: OwnerKind });
export const Terms = z.strictObject({
  accountable: Accountable.optional().meta({ label: 'Who answers for it', from: '/accountable' }),
  measure: Prose('remark').optional().meta({ label: 'How it will be measured', from: '/measure' }),
  evidenceExpected: Prose('remark')
    .optional()
    .meta({ label: 'How somebody outside could check that it was done', from: '/evidenceExpected' }),
  startOn: DateOn.optional().meta({ label: 'First day', from: '/startOn' }),
  dueOn: DateOn.optional().meta({ label: 'Date by which it will be done', from: '/dueOn' }),
  verifierAgencyId: idOf('agency')
    .optional()
    .meta({ label: 'Agency that will verify it', from: '/verifierAgencyId' }),
});
/**
 * By what an accepted promise is changed or ended: a carried decision (place), a named official (Whitehall).
 */
export const Word = z.strictObject({
  reason: Reason,
  decisionId: ref('decision').optional().meta({
    label: 'Decision that allows it',
    hint: 'Needed for what was accepted, unless a department’s official says so.',
  }),
  official: Name.optional().meta({
    label: 'Name and post of the official',
    hint: 'For commitments of a department.',
  }),
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
