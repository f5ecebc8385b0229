/**
 * Questions the commands of a commitment ask of other streams: whose it is, who verifies, what its dates may
 * be, what lets it be changed.
 */
import type { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { decisionRefusal } from '../shared/authority.js';
import { refuse, type Context } from '../kernel/types.js';
import {
  agencyOfPlace,
  holdsSeat,
  isChair,
  isPartner,
  seatRefusal,
  withdrawnRefusal,
} from '../shared/seats.js';
import { longDate } from '../shared/values.js';
import type { Accountable, CommitmentState, Level, Source as SourceSchema } from './state.js';
import { existing, part } from '../kernel/parts.js';
import { noSuchAgency } from '../shared/wording.js';
import * as wording from './wording.js';
import { nameOf } from '../kernel/naming.js';

type Source = z.infer<typeof SourceSchema>;
const barrierOf = (from: Source | undefined): string | undefined =>
  from?.kind === 'barrier' ? from.id : undefined;

/** What commands on a commitment of a place can always answer. */
export const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
export const seatedIn = (context: Context, placeId: string) =>
  withdrawnRefusal(context, placeId) ?? seatRefusal(context, placeId);
export const ownerKind = (level: z.infer<typeof Level>) =>
  level === 'whitehall' ? ('department' as const) : ('partner' as const);
export const owned = (state: CommitmentState) => ({
  placeId: state.placeId,
  ownerAgencyId: state.ownerAgencyId,
  ownerKind: ownerKind(state.level),
});

/**
 * True of a body that another programme keeps, which nobody of the place has brought in: it holds no seat
 * there, is not its accountable body or its champion's department, and was not proposed as owner of the
 * barrier that this is about. The place's own people bring in whom they name.
 */
function isStranger(context: Context, agencyId: string, placeId: string, barrierId?: string): boolean {
  const { programmeId, champion } = context.read('place', placeId).state;
  const keptBy = context.read('agency', agencyId).state.programmeId;
  if (keptBy === undefined || keptBy === programmeId || context.actor.place === placeId) return false;
  if (champion?.departmentId === agencyId || agencyOfPlace(context, agencyId, placeId)) return false;
  return (
    barrierId === undefined || part(context.named('barrier', barrierId).state.owners, agencyId) === undefined
  );
}

export const owners = {
  AGENCY_UNKNOWN: 'rule',
  AGENCY_RETIRED: 'rule',
  OWNER_DOES_NOT_FIT_LEVEL: 'rule',
  NOT_A_PARTNER: 'rule',
  OTHER_PROGRAMME: 'who',
} as const;
/** Of an owner that the command itself names. */
export const ownersNamed = { ...owners, OTHER_PROGRAMME: 'who of ownerAgencyId' } as const;
/**
 * Whitehall commitments are owned by departments, a place's by agencies that hold an accepted seat there.
 * `from`: the barrier it comes from.
 */
export function ownerRefusal(
  context: Context,
  level: z.infer<typeof Level>,
  placeId: string,
  agencyId: string,
  path: string,
  from?: Source,
) {
  const agency = context.read('agency', agencyId).state;
  const { status, sector } = agency;
  if (status === 'none') return refuse('AGENCY_UNKNOWN', noSuchAgency(agencyId), path);
  if (isRetired(agency, context.today))
    return refuse(
      'AGENCY_RETIRED',
      `${nameOf.agency(agencyId)} is retired. Offer the commitment to its successor.`,
      path,
    );
  if ((sector === 'department') !== (level === 'whitehall'))
    return refuse('OWNER_DOES_NOT_FIT_LEVEL', wording.ownerFitsLevel, path);
  if (isStranger(context, agencyId, placeId, barrierOf(from))) {
    const keptBy = existing(agency.programmeId, 'the programme of a stranger');
    return refuse('OTHER_PROGRAMME', wording.keptByAnotherProgramme(keptBy, agencyId), path);
  }
  return level === 'whitehall' || isPartner(context.read('collaborative', placeId).state, agencyId)
    ? undefined
    : refuse('NOT_A_PARTNER', wording.ownerHoldsNoSeat(agencyId), path);
}

/**
 * True for who may bind the owner: the holder of its seat or their delegate; for a department its own
 * official.
 */
export function bindsOwner(state: CommitmentState, context: Context): boolean {
  const { role, agency, account } = context.actor;
  if (agency !== state.ownerAgencyId) return false;
  if (state.level === 'whitehall') return role === 'official';
  const table = context.read('collaborative', state.placeId).state;
  return (
    (role === 'seat-holder' || (role === 'chair' && isChair(table, account))) &&
    holdsSeat(table, agency, account, context.today)
  );
}

export const own = { ...seated, NOT_OWNER: 'who' } as const;
/** The owner's own people. `office`: for a place's commitment its secretariat too. */
export function ownRefusal(state: CommitmentState, context: Context, office: boolean) {
  const no = seatedIn(context, state.placeId);
  if (no) return no;
  const { role, agency } = context.actor;
  if (office && state.level === 'place' && (role === 'secretariat' || role === 'member')) return undefined;
  const fits = agency === state.ownerAgencyId && (role === 'official') === (state.level === 'whitehall');
  return fits
    ? undefined
    : refuse('NOT_OWNER', wording.onlyOwnerActs(state.ownerAgencyId, office && state.level === 'place'));
}

/** The seat is the owner's and taken up, or a Whitehall commitment names an official. */
export function accountableProblem(
  context: Context,
  level: z.infer<typeof Level>,
  placeId: string,
  ownerAgencyId: string,
  accountable: Accountable,
): string | undefined {
  if ('official' in accountable) return level === 'whitehall' ? undefined : wording.seatAnswersForPlace;
  if (level === 'whitehall') return wording.officialAnswersForWhitehall;
  const seat = part(context.read('collaborative', placeId).state.seats, accountable.seatId);
  return seat?.agencyId === ownerAgencyId && seat.status === 'accepted'
    ? undefined
    : `Choose a seat that ${nameOf.agency(ownerAgencyId)} has accepted.`;
}

/**
 * Somebody of another body who can look: a department that is not retired and no stranger to the place, or a
 * partner of it.
 */
export function verifierProblem(
  context: Context,
  placeId: string,
  ownerAgencyId: string,
  verifierAgencyId: string,
  from?: Source,
): string | undefined {
  if (verifierAgencyId === ownerAgencyId) return wording.verifierOtherThanOwner(ownerAgencyId);
  const { status, sector } = context.read('agency', verifierAgencyId).state;
  const able =
    status === 'registered' &&
    (sector === 'department'
      ? !isStranger(context, verifierAgencyId, placeId, barrierOf(from))
      : isPartner(context.read('collaborative', placeId).state, verifierAgencyId));
  return able ? undefined : wording.verifiesNothingHere(verifierAgencyId);
}
export const verifierKind = (context: Context, agencyId: string) =>
  context.read('agency', agencyId).state.sector === 'department'
    ? ('department' as const)
    : ('partner' as const);

export const dated = { DATES_OUT_OF_ORDER: 'rule', DUE_AFTER_PROGRAMME: 'rule' } as const;
/** Start ≤ every milestone ≤ due; a date after the programme's end is flagged as meant. */
export function datesRefusal(
  context: Context,
  programmeId: string,
  data: { startOn?: string | undefined; dueOn?: string | undefined; afterProgramme?: boolean | undefined },
  milestones: readonly { title: string; dueOn: string }[],
) {
  const { startOn, dueOn } = data;
  if (startOn && dueOn && startOn > dueOn)
    return refuse(
      'DATES_OUT_OF_ORDER',
      `Due date must be ${longDate(startOn)}, the start, or later.`,
      '/dueOn',
    );
  const outside = milestones.find((m) => (startOn && m.dueOn < startOn) || (dueOn && m.dueOn > dueOn));
  if (outside) return refuse('DATES_OUT_OF_ORDER', wording.milestoneOutside(outside), '/dueOn');
  const { endOn } = context.read('programme', programmeId).state;
  return dueOn && dueOn > endOn && !data.afterProgramme
    ? refuse('DUE_AFTER_PROGRAMME', wording.programmeEndsBefore(endOn), '/dueOn')
    : undefined;
}
export const pastDue = (context: Context, dueOn: string, path?: string) =>
  dueOn < context.today
    ? refuse('DUE_DATE_IN_PAST', `Due date must be today or later; it is ${longDate(dueOn)}.`, path)
    : undefined;

export const worded = {
  DECISION_NOT_CARRIED: 'rule',
  DECISION_DOES_NOT_MATCH: 'rule',
  DECISION_ALREADY_USED: 'state',
  OFFICIAL_REQUIRED: 'rule',
} as const;
/**
 * What ends an accepted promise: for a place a carried decision that authorises exactly this, for Whitehall a
 * named official of the owner.
 */
export function wordRefusal(
  state: CommitmentState,
  context: Context,
  command: string,
  data: { decisionId?: string | undefined; official?: string | undefined },
  terms: Readonly<Record<string, unknown>>,
) {
  if (state.level === 'place' || data.decisionId)
    return decisionRefusal(context, {
      decisionId: data.decisionId,
      placeId: state.placeId,
      aggregate: 'commitment',
      command,
      terms,
    });
  return data.official
    ? undefined
    : refuse('OFFICIAL_REQUIRED', 'Enter the official of the department who stands by this.', '/official');
}

/**
 * A department's own official has answered the barrier in full: that is a promise, and the system may record
 * it as one (docs/rules/commitment.md#an-answer-is-a-promise).
 */
export function answeredInFull(state: CommitmentState, context: Context): boolean {
  if (state.from?.kind !== 'barrier' || state.level !== 'whitehall' || !state.bySystem) return false;
  const answer = part(context.read('barrier', state.from.id).state.owners, state.ownerAgencyId)?.answer;
  const full = answer?.inFull;
  // Whoever offered it may have changed the terms: then the department has not said yes to them.
  return (
    full !== undefined &&
    answer?.dueOn === state.dueOn &&
    full.measure === state.measure &&
    full.evidenceExpected === state.evidenceExpected &&
    full.verifierAgency === state.verifierAgencyId
  );
}
