/** Questions the commands of a commitment ask of other streams: whose it is, who verifies, what its dates may be, what lets it be changed. */
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
import { part } from '../kernel/parts.js';

type Source = z.infer<typeof SourceSchema>;
const barrierOf = (from: Source | undefined): string | undefined =>
  from?.kind === 'barrier' ? from.id : undefined;

/** What commands on a commitment of a place can always answer. */
export const seated = { PLACE_WITHDRAWN: 'state', NOT_A_SEAT_HOLDER: 'who' } as const;
export const seatedIn = (ctx: Context, placeId: string) =>
  withdrawnRefusal(ctx, placeId) ?? seatRefusal(ctx, placeId);
export const ownerKind = (level: z.infer<typeof Level>) =>
  level === 'whitehall' ? ('department' as const) : ('partner' as const);
export const owned = (s: CommitmentState) => ({
  placeId: s.placeId,
  ownerAgencyId: s.ownerAgencyId,
  ownerKind: ownerKind(s.level),
});

/**
 * True of a body that another programme keeps, which nobody of the place has brought in: it holds no seat there, is not its accountable body
 * or its champion's department, and was not proposed as owner of the barrier that this is about. The place's own people bring in whom they name.
 */
function isStranger(ctx: Context, agencyId: string, placeId: string, barrierId?: string): boolean {
  const { programmeId, champion } = ctx.read('place', placeId).state;
  const keptBy = ctx.read('agency', agencyId).state.programmeId;
  if (keptBy === undefined || keptBy === programmeId || ctx.actor.place === placeId) return false;
  if (champion?.departmentId === agencyId || agencyOfPlace(ctx, agencyId, placeId)) return false;
  return (
    barrierId === undefined || part(ctx.named('barrier', barrierId).state.owners, agencyId) === undefined
  );
}

export const owners = {
  AGENCY_UNKNOWN: 'rule',
  AGENCY_RETIRED: 'rule',
  OWNER_DOES_NOT_FIT_LEVEL: 'rule',
  NOT_A_PARTNER: 'rule',
  OTHER_PROGRAMME: 'who',
} as const;
/** Whitehall commitments are owned by departments, a place's by agencies that hold an accepted seat there. `from`: the barrier it comes from. */
export function ownerRefusal(
  ctx: Context,
  level: z.infer<typeof Level>,
  placeId: string,
  agencyId: string,
  path: string,
  from?: Source,
) {
  const agency = ctx.read('agency', agencyId).state;
  const { status, sector } = agency;
  if (status === 'none')
    return refuse('AGENCY_UNKNOWN', `There is no agency ${agencyId}. Register it first.`, path);
  if (isRetired(agency, ctx.today))
    return refuse(
      'AGENCY_RETIRED',
      `The agency ${agencyId} is retired. Offer the commitment to its successor.`,
      path,
    );
  if ((sector === 'department') !== (level === 'whitehall'))
    return refuse(
      'OWNER_DOES_NOT_FIT_LEVEL',
      'A Whitehall commitment is owned by a department, a place’s by a partner of the place.',
      path,
    );
  if (isStranger(ctx, agencyId, placeId, barrierOf(from)))
    return refuse(
      'OTHER_PROGRAMME',
      `The programme ${agency.programmeId} keeps ${agencyId}, and it promises nothing here unasked. Have the place draft it, or propose it as owner of a barrier first.`,
      path,
    );
  return level === 'whitehall' || isPartner(ctx.read('collaborative', placeId).state, agencyId)
    ? undefined
    : refuse(
        'NOT_A_PARTNER',
        `${agencyId} holds no seat in this place’s collaborative, so it cannot be offered a commitment.`,
        path,
      );
}

/** True for who may bind the owner: the holder of its seat or their delegate; for a department its own official. */
export function bindsOwner(s: CommitmentState, ctx: Context): boolean {
  const { role, agency, account } = ctx.actor;
  if (agency !== s.ownerAgencyId) return false;
  if (s.level === 'whitehall') return role === 'official';
  const table = ctx.read('collaborative', s.placeId).state;
  return (
    (role === 'seat-holder' || (role === 'chair' && isChair(table, account))) &&
    holdsSeat(table, agency, account, ctx.today)
  );
}

export const own = { ...seated, NOT_OWNER: 'who' } as const;
/** The owner's own people. `office`: for a place's commitment its secretariat too. */
export function ownRefusal(s: CommitmentState, ctx: Context, office: boolean) {
  const no = seatedIn(ctx, s.placeId);
  if (no) return no;
  const { role, agency } = ctx.actor;
  if (office && s.level === 'place' && (role === 'secretariat' || role === 'member')) return undefined;
  const fits = agency === s.ownerAgencyId && (role === 'official') === (s.level === 'whitehall');
  return fits
    ? undefined
    : refuse(
        'NOT_OWNER',
        `Only ${s.ownerAgencyId}${office && s.level === 'place' ? ' or the place’s secretariat' : ''} can do this.`,
      );
}

/** The seat is the owner's and taken up, or a Whitehall commitment names an official. */
export function accountableProblem(
  ctx: Context,
  level: z.infer<typeof Level>,
  placeId: string,
  ownerAgencyId: string,
  a: Accountable,
): string | undefined {
  if ('official' in a)
    return level === 'whitehall'
      ? undefined
      : 'A seat of the owner answers for a place’s commitment. Enter its seatId.';
  if (level === 'whitehall') return 'A named official answers for a Whitehall commitment. Enter official.';
  const seat = part(ctx.read('collaborative', placeId).state.seats, a.seatId);
  return seat?.agencyId === ownerAgencyId && seat.status === 'accepted'
    ? undefined
    : `${a.seatId} is not an accepted seat of ${ownerAgencyId}.`;
}

/** Somebody of another body who can look: a department that is not retired and no stranger to the place, or a partner of it. */
export function verifierProblem(
  ctx: Context,
  placeId: string,
  ownerAgencyId: string,
  verifierAgencyId: string,
  from?: Source,
): string | undefined {
  if (verifierAgencyId === ownerAgencyId)
    return `Enter a verifier other than ${ownerAgencyId}: nobody verifies their own promise.`;
  const { status, sector } = ctx.read('agency', verifierAgencyId).state;
  const able =
    status === 'registered' &&
    (sector === 'department'
      ? !isStranger(ctx, verifierAgencyId, placeId, barrierOf(from))
      : isPartner(ctx.read('collaborative', placeId).state, verifierAgencyId));
  return able
    ? undefined
    : `${verifierAgencyId} can verify nothing here. Enter a partner of the place or a department.`;
}
export const verifierKind = (ctx: Context, agencyId: string) =>
  ctx.read('agency', agencyId).state.sector === 'department' ? ('department' as const) : ('partner' as const);

export const dated = { DATES_OUT_OF_ORDER: 'rule', DUE_AFTER_PROGRAMME: 'rule' } as const;
/** Start ≤ every milestone ≤ due; a date after the programme's end is flagged as meant. */
export function datesRefusal(
  ctx: Context,
  programmeId: string,
  d: { startOn?: string | undefined; dueOn?: string | undefined; afterProgramme?: boolean | undefined },
  milestones: readonly { title: string; dueOn: string }[],
) {
  const { startOn, dueOn } = d;
  if (startOn && dueOn && startOn > dueOn)
    return refuse(
      'DATES_OUT_OF_ORDER',
      `Due date must be ${longDate(startOn)}, the start, or later.`,
      '/dueOn',
    );
  const outside = milestones.find((m) => (startOn && m.dueOn < startOn) || (dueOn && m.dueOn > dueOn));
  if (outside)
    return refuse(
      'DATES_OUT_OF_ORDER',
      `The milestone ${outside.title} (${longDate(outside.dueOn)}) must lie between the start and the due date.`,
      '/dueOn',
    );
  const { endOn } = ctx.read('programme', programmeId).state;
  return dueOn && dueOn > endOn && !d.afterProgramme
    ? refuse(
        'DUE_AFTER_PROGRAMME',
        `The programme ends on ${longDate(endOn)}. Enter an earlier date, or afterProgramme to say that later is meant.`,
        '/dueOn',
      )
    : undefined;
}
export const pastDue = (ctx: Context, dueOn: string, path?: string) =>
  dueOn < ctx.today
    ? refuse('DUE_DATE_IN_PAST', `Due date must be today or later; it is ${longDate(dueOn)}.`, path)
    : undefined;

export const worded = {
  DECISION_NOT_CARRIED: 'rule',
  DECISION_DOES_NOT_MATCH: 'rule',
  DECISION_ALREADY_USED: 'state',
  OFFICIAL_REQUIRED: 'rule',
} as const;
/** What ends an accepted promise: for a place a carried decision that authorises exactly this, for Whitehall a named official of the owner. */
export function wordRefusal(
  s: CommitmentState,
  ctx: Context,
  command: string,
  d: { decisionId?: string | undefined; official?: string | undefined },
  terms: Readonly<Record<string, unknown>>,
) {
  if (s.level === 'place' || d.decisionId)
    return decisionRefusal(ctx, {
      decisionId: d.decisionId,
      placeId: s.placeId,
      aggregate: 'commitment',
      command,
      terms,
    });
  return d.official
    ? undefined
    : refuse('OFFICIAL_REQUIRED', 'Enter the official of the department who stands by this.', '/official');
}

/** A department's own official has answered the barrier in full: that is a promise, and the system may record it as one (domain.md 8.2). */
export function answeredInFull(s: CommitmentState, ctx: Context): boolean {
  if (s.from?.kind !== 'barrier' || s.level !== 'whitehall' || !s.bySystem) return false;
  const answer = part(ctx.read('barrier', s.from.id).state.owners, s.ownerAgencyId)?.answer;
  const full = answer?.inFull;
  // Whoever offered it may have changed the terms: then the department has not said yes to them.
  return (
    full !== undefined &&
    answer!.dueOn === s.dueOn &&
    full.measure === s.measure &&
    full.evidenceExpected === s.evidenceExpected &&
    full.verifierAgency === s.verifierAgencyId
  );
}
