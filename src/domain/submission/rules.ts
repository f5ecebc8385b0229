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
import { inWords } from './events.js';
import { sectionOf, type includable, type Changed, type Pin, type SubmissionState } from './state.js';
import { longDate } from '../shared/values.js';

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
  if (!place)
    return refuse('ROUND_NOT_OPEN', 'This place is not enrolled in the programme, so it makes no return.');
  if (!round)
    return refuse(
      'ROUND_NOT_OPEN',
      `The programme has no round ${where.roundNo}. Choose a round that is open.`,
      '/roundNo',
    );
  if (
    changesAsked ||
    round.status === 'open' ||
    (extension && round.status === 'closed' && extension.to >= context.today)
  )
    return undefined;
  return refuse(
    'ROUND_NOT_OPEN',
    round.status === 'planned'
      ? `Round ${where.roundNo} is not open yet.`
      : `Round ${where.roundNo} is closed. Ask the programme office for an extension.`,
  );
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
  if (placeKind === 'pilot' && role === 'member')
    return refuse('NOT_ALLOWED', 'A pilot’s return is made by its secretariat and contributors.');
  if (placeKind === 'parallel' && (role === 'contributor' || role === 'chair'))
    return refuse('NOT_ALLOWED', 'A light return is made by the place’s members and secretariat.');
  return undefined;
}

export function signerRefusal(context: Context, state: SubmissionState) {
  const { account, agency, role } = context.actor;
  const { accountableBodyId, leadContact } = context.read('place', state.placeId).state;
  if (state.placeKind === 'pilot' && !(role === 'finance-officer' && agency === accountableBodyId)) {
    return refuse(
      'ONLY_SIGNER_SIGNS',
      'Only a finance officer of the place’s accountable body can sign this return or decline it.',
    );
  }
  if (state.placeKind === 'parallel' && !(role !== 'finance-officer' && account === leadContact)) {
    return refuse('ONLY_SIGNER_SIGNS', 'Only the place’s lead contact can sign this return or decline it.');
  }
  return undefined;
}

/**
 * A return opens a promise to the programme: it was made, and its owner consents, unless it is open already
 * (docs/rules/submission.md#sending).
 */
function promiseRefusal(state: CommitmentState, id: string, tier: Tier, path: string) {
  if (!isPromised(state))
    return refuse(
      'COMMITMENT_NOT_ACCEPTED',
      `The commitment ${id} is ${state.status}. Include commitments that were accepted.`,
      path,
    );
  return state.consented || tier !== 'members'
    ? undefined
    : refuse(
        'NOT_DISCLOSED',
        `${state.ownerAgencyId} has not consented to show the commitment ${id} to the programme. Ask ` +
          'them to, or leave it out.',
        path,
      );
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
      return refuse(
        'RECORD_UNKNOWN',
        `This place has no ${aggregate} ${id}. Include pools, barriers and commitments of the place, or ` +
          'barriers it has joined.',
        `/included/${i}/id`,
      );
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
    ...changed.map((c) => `${c.aggregate} ${c.id} (${inWords(c.type)})`),
    ...sections.map((id) => `the section “${sectionOf(state, id)?.title ?? id}”`),
  ].join(', ');
  return refuse(
    'SIGN_OFF_VOID',
    `What was to be signed has changed since it was sent: ${what}. Send the return for sign-off again.`,
  );
}

/** The section, if it exists and may be edited now: a request for changes opens the sections it names. */
export function editable(state: SubmissionState, sectionId: string, path = '/sectionId') {
  const section = sectionOf(state, sectionId);
  if (!section)
    return refuse(
      'SECTION_UNKNOWN',
      `This return has no section ${sectionId}. Its sections are ` +
        `${state.template.map((t) => t.sectionId).join(', ')}.`,
      path,
    );
  if (state.versions.length && state.changes && !state.changes.sections.includes(sectionId)) {
    return refuse(
      'SECTION_NOT_NAMED',
      `Changes were asked for in ${state.changes.sections.join(', ')} only, by ` +
        `${longDate(state.changes.dueOn)}.`,
      path,
    );
  }
  return section;
}
