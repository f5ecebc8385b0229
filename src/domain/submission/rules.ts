/**
 * Questions the commands of a return ask of other streams: is its round open, who signs, what may it include,
 * what changed.
 */
import { refuse, type Context, type Tier } from '../kernel/types.js';
import { daysBetween } from '../shared/calendar.js';
import type { BarrierState } from '../barrier/state.js';
import { isPromised, type CommitmentState } from '../commitment/state.js';
import { knownRound } from '../programme/state.js';
import { part } from '../kernel/parts.js';
import { isElsewhere } from '../kernel/record-ref.js';
import { eventTypePhrase } from './events.js';
import { sectionOf, type includable, type Changed, type Pin, type SubmissionState } from './state.js';
import * as wording from './wording.js';
import { nameOf } from '../kernel/naming.js';

/** Where a return belongs; the ids come from the data when nothing has begun. */
export type Where = Pick<SubmissionState, 'programmeId' | 'roundNo' | 'placeId'>;

export function roundOf(context: Context, where: Where) {
  const { state } = context.read('programme', where.programmeId);
  // Whose the place is, its own record says.
  const ours = context.read('place', where.placeId).state.programmeId === where.programmeId;
  const place = part(state.places, where.placeId);
  const round = state.rounds[where.roundNo];
  return {
    state,
    place: ours && place?.status === 'enrolled' ? place : undefined,
    round,
    extension: part(round?.extensions, where.placeId),
  };
}

/**
 * A round is open for a place while it is open, until the place's own extension, or while changes are asked
 * for.
 */
export function roundRefusal(context: Context, where: Where, changesAsked: boolean) {
  const { place, round, extension } = roundOf(context, where);
  if (!place) return refuse('ROUND_NOT_OPEN', wording.placeNotEnrolled);
  if (!round) return refuse('ROUND_NOT_OPEN', wording.noSuchRound(where.roundNo), '/roundNo');
  if (
    changesAsked ||
    round.status === 'open' ||
    (extension && round.status === 'closed' && extension.to >= context.today)
  )
    return undefined;
  return refuse('ROUND_NOT_OPEN', wording.roundNotOpen(where.roundNo, round.status));
}

/** The last day on which the next version is on time. */
export function deadline(context: Context, state: SubmissionState): string {
  const { state: programme, extension } = roundOf(context, state);
  const closing = extension?.to ?? knownRound(programme, state.roundNo).window.to.to;
  // Changes to a submitted version have a date of their own; a missed return stays late.
  return state.versions.length && state.changes && state.changes.dueOn > closing
    ? state.changes.dueOn
    : closing;
}
export const lateDays = (context: Context, state: SubmissionState): number =>
  Math.max(0, daysBetween(deadline(context, state), context.today));

/**
 * Full returns are the secretariat's and contributors' work, light ones the secretariat's and members'
 * (docs/rules/submission.md#starting).
 */
export function kindRefusal(context: Context, placeKind: SubmissionState['placeKind']) {
  const { role } = context.actor;
  if (placeKind === 'pilot' && role === 'member') return refuse('NOT_ALLOWED', wording.whoMakesFullReturns);
  if (placeKind === 'parallel' && (role === 'contributor' || role === 'chair'))
    return refuse('NOT_ALLOWED', wording.whoMakesLightReturns);
  return undefined;
}

export function signerRefusal(context: Context, state: SubmissionState) {
  const { account, agency, role } = context.actor;
  const { accountableBodyId, leadContact } = context.read('place', state.placeId).state;
  if (state.placeKind === 'pilot' && !(role === 'finance-officer' && agency === accountableBodyId)) {
    return refuse('ONLY_SIGNER_SIGNS', wording.onlyOfficersSign);
  }
  if (state.placeKind === 'parallel' && !(role !== 'finance-officer' && account === leadContact)) {
    return refuse('ONLY_SIGNER_SIGNS', wording.onlyLeadContactSigns);
  }
  return undefined;
}

/**
 * A return opens a promise to the programme: it was made, and its owner consents, unless it is open already
 * (docs/rules/submission.md#sending).
 */
function promiseRefusal(state: CommitmentState, id: string, tier: Tier, path: string) {
  if (!isPromised(state))
    return refuse('COMMITMENT_NOT_ACCEPTED', wording.includedNotAccepted(id, state.status), path);
  return state.consented || tier !== 'members'
    ? undefined
    : refuse('NOT_DISCLOSED', wording.includedNotDisclosed(id, state.ownerAgencyId), path);
}

/**
 * Pins the records to be included at their present versions; one of another place is as unknown as one that
 * does not exist.
 */
export function pin(
  context: Context,
  placeId: string,
  included: readonly { aggregate: (typeof includable)[number]; id: string }[],
) {
  const pins: Pin[] = [];
  for (const [i, { aggregate, id }] of included.entries()) {
    if (pins.some((p) => p.aggregate === aggregate && p.id === id)) continue;
    const { version, access, state } = context.named(aggregate, id);
    const ours =
      access.placeId === placeId ||
      (aggregate === 'barrier' && part((state as BarrierState).joined, placeId) !== undefined);
    if (version === 0 || !ours || isElsewhere(access, placeId, context))
      return refuse('RECORD_UNKNOWN', wording.nothingToInclude(aggregate, id), `/included/${i}/id`);
    pins.push({ aggregate, id, version });
    if (aggregate !== 'commitment') continue;
    const no = promiseRefusal(state as CommitmentState, id, access.tier, `/included/${i}/id`);
    if (no) return no;
  }
  return pins;
}

/** Pinned records whose last material event came after the pin. */
export function changedSince(context: Context, pins: readonly Pin[]): Changed[] {
  return pins.flatMap(({ aggregate, id, version }) => {
    const { lastMaterial } = context.read(aggregate, id);
    return lastMaterial && lastMaterial.version > version
      ? [{ aggregate, id, version: lastMaterial.version, type: lastMaterial.type }]
      : [];
  });
}

export function voidRefusal(
  state: SubmissionState,
  changed: readonly Changed[],
  sections: readonly string[] = [],
) {
  const what = [
    ...changed.map(
      (c) => `${c.aggregate} ${nameOf.record(`${c.aggregate}-${c.id}`)} (${eventTypePhrase(c.type)})`,
    ),
    ...sections.map((id) => `the section “${sectionOf(state, id)?.title ?? id}”`),
  ].join(', ');
  return refuse('SIGN_OFF_VOID', wording.signOffVoid(what));
}

/** The section, if it exists and may be edited now: a request for changes opens the sections it names. */
export function editable(state: SubmissionState, sectionId: string, path = '/sectionId') {
  const section = sectionOf(state, sectionId);
  if (!section) return refuse('SECTION_UNKNOWN', wording.noSuchSection(sectionId, state.template), path);
  if (state.versions.length && state.changes && !state.changes.sections.includes(sectionId)) {
    return refuse('SECTION_NOT_NAMED', wording.changesAskedElsewhere(state.changes), path);
  }
  return section;
}
