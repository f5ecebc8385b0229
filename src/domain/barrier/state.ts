/** A barrier as it stands (docs/rules/barrier.md), and the pure questions its commands ask of it. */
import { z } from 'zod';
import { nameOf } from '../kernel/naming.js';
import type { Parts } from '../kernel/parts.js';
import { statusQuestion, type InStatus, type Presence } from '../kernel/presence.js';
import { choice } from '../shared/fields.js';
import { Id } from '../shared/values.js';

export const Kind = choice({
  'ring-fence': 'Money that is ring-fenced',
  legislation: 'Legislation',
  guidance: 'Guidance',
  'performance-regime': 'Targets and inspection',
  'data-sharing': 'Sharing data',
  procurement: 'Procurement',
  governance: 'Who decides',
  it: 'Computer systems',
  workforce: 'Workforce',
  culture: 'Culture',
  other: 'Something else',
});
export const Locus = choice({
  whitehall: 'Whitehall',
  joint: 'Whitehall and the place together',
  local: 'The place itself',
});
export const AnswerKind = choice({
  'will-remove': 'We will remove it',
  'will-pilot': 'We will try a way round it',
  'need-evidence': 'We need evidence first',
  'will-not': 'We will not remove it',
});
/** The answers that are promises: something will be done, by a date. */
export const promising = ['will-remove', 'will-pilot'] as const satisfies readonly AnswerKind[];
export const OwnerKind = z.enum(['department', 'partner']);
export const Rung = choice({
  owner: 'The owner',
  champion: 'The place’s champion',
  'champions-group': 'The champions’ group',
  'ministerial-group': 'The ministerial group',
  chair: 'The chair of the place',
});
export const Cause = z.enum(['overdue', 'declined', 'will-not']);
export const Status = z.enum([
  'raised',
  'triaged',
  'owned',
  'answered',
  'in-action',
  'removal-claimed',
  'removed',
  'refused',
  'closed',
  'merged',
]);
export type Locus = z.infer<typeof Locus>;
export type AnswerKind = z.infer<typeof AnswerKind>;
export type Rung = z.infer<typeof Rung>;
export type Status = z.infer<typeof Status>;

/** What makes of a department's answer, by its own official, a promise (docs/rules/barrier.md#deeds). */
export interface FullAnswer {
  measure: string;
  evidenceExpected: string;
  verifierAgency: string;
}
/**
 * An answer other than need-evidence. With `commitmentId` its deed is owed by that commitment, and no longer
 * here.
 */
export interface Answer {
  position: AnswerKind;
  on: string;
  /** When this answer was first due, whatever rungs came in between. */
  dueBy?: string;
  dueOn?: string;
  /** The date of the promise that it came in the place of, the first one given. */
  firstPromisedFor?: string;
  inFull?: FullAnswer;
  commitmentId?: string;
}
/** An answer that one of an owner's people prepared, until one of them gives it. */
export interface Prepared {
  by: string;
  on: string;
  answer: {
    position: AnswerKind;
    reason?: string | undefined;
    official?: string | undefined;
    dueOn?: string | undefined;
    measure?: string | undefined;
    evidenceExpected?: string | undefined;
    verifierAgencyId?: string | undefined;
    evidenceNeeded?: string[] | undefined;
    waiverId?: string | undefined;
  };
}
export interface Owner {
  agencyId: string;
  kind: z.infer<typeof OwnerKind>;
  proposedOn: string;
  acceptedOn?: string;
  /** Declined; a direction reinstates. */
  struck?: boolean;
  /** The barrier's version that says so. */
  struckAt?: number;
  answer?: Answer;
  prepared?: Prepared;
  /** The account of who handles it for this owner. */
  handler?: string;
  /** What it had answered when a rung directed it: that stands until it answers anew. */
  before?: Answer;
  /** When its answer is due by its own clock, which no rung moves. */
  dueOn: string;
  /** The day its next answer was first due by: a rung that still waits for it does not move that. */
  answerDueOn?: string;
  evidenceAsked: number;
  /** Working days left of a stopped clock: the place owes evidence. */
  leftDays?: number;
  rung: Rung;
  /** An escalation waits for the rung's direction, until this day. */
  rungDueOn?: string;
  directedBy?: Rung;
  /** When its answer to the last direction is due, beside what it owed before. */
  directionDueOn?: string;
  /** It asked for evidence after the direction: the clock of that answer stands too. */
  directionStopped?: boolean;
}
export interface Claim {
  agencyId: string;
  on: string;
  /** The last day of the raiser's fifteen working days. */
  silentUntil: string;
  confirmed: string[];
}
export interface Cost {
  pence: number;
  evidence: string;
  consented: boolean;
}
export interface BarrierState {
  status: 'none' | Status;
  placeId: string;
  programmeId: string;
  kind: z.infer<typeof Kind>;
  statement: string;
  effectOnResidents: string;
  recordedAt: string;
  locus?: Locus;
  owners: Parts<Owner>;
  /** Keyed by place id; the raiser is joined from the start. */
  joined: Parts<{ since: string; localEffect?: string }>;
  asks: Parts<{ remedy: string; detail: string; dueOn: string }>;
  costs: Parts<Cost>;
  claim?: Claim;
  /** When it was removed or refused. */
  endedOn?: string;
  mergedInto?: string;
}
/** What is there in which status. A barrier may be merged or closed before anybody said whose it is. */
export const present = {
  locus: ['triaged', 'owned', 'answered', 'in-action', 'removal-claimed'],
  claim: ['removal-claimed'],
  endedOn: ['removed', 'refused'],
  mergedInto: ['merged'],
} as const satisfies Presence<BarrierState>;
export const isIn = statusQuestion<BarrierState>()(present);
/** A barrier in one of these statuses, with what is there in all of them. */
export type BarrierIn<F extends BarrierState['status']> = InStatus<BarrierState, typeof present, F>;
/** One of which it was said whose it is. */
export type Triaged = BarrierIn<(typeof present.locus)[number]>;

export const initial = (): BarrierState => ({
  status: 'none',
  placeId: '',
  programmeId: '',
  kind: 'other',
  statement: '',
  effectOnResidents: '',
  recordedAt: '',
  owners: {},
  joined: {},
  asks: {},
  costs: {},
});

/** States in which a barrier is being worked on. */
export const inWork = [
  'raised',
  'triaged',
  'owned',
  'answered',
  'in-action',
  'removal-claimed',
] as const satisfies readonly BarrierState['status'][];
/** Is it being worked on? What was merged, closed, removed or refused is not. */
export const isInWork = (state: BarrierState): boolean => isIn(state, ...inWork);

export const OfOwner = z.strictObject({ agencyId: Id, placeId: Id });
export const OfPlace = z.strictObject({ placeId: Id });

export const ladder = (locus: Locus): readonly Rung[] =>
  locus === 'local' ? ['owner', 'chair'] : ['owner', 'champion', 'champions-group', 'ministerial-group'];
export const lastRung = (locus: Locus): Rung => (locus === 'local' ? 'chair' : 'ministerial-group');
export const live = (state: BarrierState): Owner[] =>
  Object.values(state.owners).filter((owner) => !owner.struck);

/** Whitehall: departments; local: partners; joint: one department and at least one partner. */
export function fits(locus: Locus, kinds: readonly string[]): boolean {
  const departments = kinds.filter((k) => k === 'department').length;
  if (kinds.length === 0) return false;
  if (locus === 'joint') return departments === 1 && kinds.length > 1;
  return locus === 'whitehall' ? departments === kinds.length : departments === 0;
}

/** Where the owners' acceptances and answers lead while a barrier is triaged or owned. */
export function following(state: Triaged, changed: Owner): Status {
  const owners = [...live(state).filter((owner) => owner.agencyId !== changed.agencyId), changed];
  const complete =
    fits(
      state.locus,
      owners.map((owner) => owner.kind),
    ) && owners.every((owner) => owner.acceptedOn);
  if (!complete) return state.status === 'owned' ? 'owned' : 'triaged';
  if (!owners.every((owner) => owner.answer)) return 'owned';
  const wont = owners.filter((owner) => owner.answer?.position === 'will-not');
  if (wont.some((owner) => owner.directedBy === lastRung(state.locus))) return 'refused';
  return wont.length ? 'answered' : 'in-action';
}

/**
 * The raiser and at least half of all joined places have confirmed, and all have answered or the days have
 * passed.
 */
export function isRemoved(
  state: BarrierIn<'removal-claimed'>,
  joined: readonly string[],
  confirmed: readonly string[],
  today: string,
): boolean {
  const yes = joined.filter((p) => confirmed.includes(p));
  return (
    yes.includes(state.placeId) &&
    yes.length * 2 >= joined.length &&
    (yes.length === joined.length || today > state.claim.silentUntil)
  );
}

/** The answer that an owner is held to: its last one, also while a rung's direction asks for another. */
export const heldTo = (owner: Owner): Answer | undefined => owner.answer ?? owner.before;

/** The rungs above an owner. */
export const rungsAbove = Rung.exclude(['owner']).options;
/**
 * Keys of due items of code `rung`: what waits before a rung to be directed, and the owner's answer to what
 * the rung directed.
 */
export const beforeRung = (agencyId: string, rung: Rung): string => `${agencyId}:${rung}`;
export const directionOf = (agencyId: string, rung: Rung): string => `${agencyId}:${rung}:answer`;
/**
 * The owner an item of a barrier is about, and for one of code `rung` which rung, and whether that or the
 * owner owes it.
 */
export function readKey(key: string): { agencyId: string; rung?: Rung; directed: boolean } {
  const [agencyId = '', rung, directed] = key.split(':');
  return { agencyId, ...(rung ? { rung: Rung.parse(rung) } : {}), directed: directed !== undefined };
}

/** Whom a due item of this owner is owed by. */
export const ownerOwes = (owner: { agencyId: string; kind: z.infer<typeof OwnerKind> }) => [
  { kind: owner.kind === 'department' ? ('department' as const) : ('agency' as const), id: owner.agencyId },
];

/** A barrier in a sentence, by its title. */
export const theBarrier = ({ recordId }: { readonly recordId: string }): string =>
  `the barrier ${nameOf.record(`barrier-${recordId}`)}`;
