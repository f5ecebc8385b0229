/** Commands on a programme's rounds (docs/rules/programme.md#rounds). */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { unlessWaived, waiverRefusals } from '../shared/authority.js';
import { isRefusal, refusedIn, refuse, type Context, type PartOf } from '../kernel/types.js';
import { held, part } from '../kernel/parts.js';
import { DateOn, Prose, ref, RoundNo, idOf, roundId, Reason } from '../shared/values.js';
import {
  RoundDates,
  RoundKind,
  knownRound,
  notClosed,
  roundPart,
  type ProgrammeState,
  type Round,
} from './state.js';
import { command, emit } from './events.js';
import { isOurs } from './places.js';
import { placeNotEnrolled } from '../shared/wording.js';
import * as wording from './wording.js';
import { longestExtension } from './limits.js';

const by = ['programme-office'] as const;
/** A round by its number, as a command's data name it. */
const roundOf = (state: ProgrammeState, roundNo: string) =>
  state.rounds[Number(roundNo)] ?? refuse('ROUND_UNKNOWN', wording.noSuchRound, '/roundNo');
/** A command is about a round, in one of these statuses. */
const aboutRound = (...statuses: readonly Round['status'][]) => ({
  member: 'roundNo' as const,
  among: (state: ProgrammeState): PartOf[] =>
    Object.values(state.rounds)
      .filter(({ status }) => statuses.includes(status))
      .map(roundPart),
});
const submissionId = (programme: string, round: Round, place: string): string =>
  `${programme}.${round.no}.${place}`;
/** A return stays submitted while its next version is on the way. */
const submitted = (state: { versions: readonly unknown[] }): boolean => state.versions.length > 0;
const isHere = (state: ProgrammeState, id: string, context: Context): boolean =>
  part(state.places, id)?.status === 'enrolled' && isOurs(id, context);
const enrolled = (state: ProgrammeState, context: Context): string[] =>
  Object.keys(state.places).filter((id) => isHere(state, id, context));

function outOfOrder({ observation: o, window: w }: RoundDates) {
  return o.from > o.to || o.to > w.from.from || w.from.from > w.to.from
    ? refuse('ROUND_DATES_OUT_OF_ORDER', wording.windowsOutOfOrder, '/window')
    : undefined;
}

const PlanRoundData = RoundDates.extend({
  roundNo: RoundNo.meta({ label: 'Number of the round', hint: 'One more than the last.' }),
  kind: RoundKind.meta({
    field: 'line',
    label: 'What kind of round it is',
    hint: 'Interim, final, or a short word of your own, like quarterly, for rounds that ask for the same.',
  }),
  name: Prose('name').optional().meta({
    label: 'What the round is called',
    hint: 'Like Return for October to December. Without a name it is called by its kind and number.',
  }),
});
const { observation, window } = RoundDates.shape;
const RescheduleRoundData = z.strictObject({
  observation: observation.meta({ from: '/rounds/{roundNo}/observation' }),
  window: window.meta({ from: '/rounds/{roundNo}/window' }),
  roundNo: roundId().meta({ label: 'Round' }),
  reason: Reason,
});
const ExtendRoundData = z.strictObject({
  roundNo: roundId().meta({ label: 'Round' }),
  to: DateOn.meta({ label: 'New closing date' }),
  reason: Reason,
});

export const roundCommands = {
  PlanRound: command(PlanRoundData, {
    title: 'Plan a round of returns',
    segment: 'rounds',
    givenBy: by,
    allowedIn: notClosed,
    refuses: { ROUND_NUMBER_TAKEN: 'state', ROUND_DATES_OUT_OF_ORDER: 'rule' },
    example: {
      roundNo: 1,
      kind: 'interim',
      observation: { from: '2009-06-01', to: '2009-08-31' },
      window: {
        from: { from: '2009-09-01', to: '2009-09-01', precision: 'day', tbc: false },
        to: { from: '2009-09-18', to: '2009-09-18', precision: 'day', tbc: false },
      },
    },
    decide(state, data) {
      const next = Object.keys(state.rounds).length + 1;
      if (data.roundNo !== next) return refuse('ROUND_NUMBER_TAKEN', wording.nextRoundIs(next), '/roundNo');
      return outOfOrder(data) ?? [emit('RoundPlanned', data)];
    },
  }),
  /** Makes a fuzzy date exact, or plans anew: until the round is open its dates bind nobody. */
  RescheduleRound: command(RescheduleRoundData, {
    title: 'Move a round that is not open yet',
    segment: 'round-changes',
    givenBy: by,
    allowedIn: notClosed,
    replaces: true,
    refuses: { ROUND_UNKNOWN: 'rule', ROUND_NOT_PLANNED: 'state', ROUND_DATES_OUT_OF_ORDER: 'rule' },
    example: {
      roundNo: 1,
      observation: { from: '2009-06-01', to: '2009-08-31' },
      window: {
        from: { from: '2009-09-07', to: '2009-09-07', precision: 'day', tbc: false },
        to: { from: '2009-09-25', to: '2009-09-25', precision: 'day', tbc: false },
      },
      reason: 'The dates are confirmed',
    },
    part: aboutRound('planned'),
    guard(state, _context, roundNo) {
      const r = roundOf(state, roundNo);
      if (isRefusal(r)) return r;
      return r.status === 'planned'
        ? undefined
        : refuse('ROUND_NOT_PLANNED', wording.roundNotPlanned(r.status), '/roundNo');
    },
    decide(state, { roundNo, reason, ...to }) {
      const r = knownRound(state, roundNo);
      const from = { observation: r.observation, window: r.window };
      return (
        outOfOrder(to) ??
        (isDeepStrictEqual(from, to)
          ? []
          : [emit('RoundRescheduled', { roundNo, kind: r.kind, from, to, reason })])
      );
    },
  }),
  OpenRound: command(z.strictObject({ roundNo: roundId().meta({ label: 'Round' }) }), {
    title: 'Open a round',
    segment: 'round-openings',
    givenBy: by,
    allowedIn: ['running', 'closing'],
    refuses: {
      ROUND_UNKNOWN: 'rule',
      ROUND_DATE_NOT_EXACT: 'rule',
      NO_PLACES: 'rule',
      ROUND_NOT_PLANNED: 'state',
      TEMPLATE_MISSING: 'rule',
    },
    example: { roundNo: 1 },
    part: aboutRound('planned'),
    guard(state, context, roundNo) {
      const r = roundOf(state, roundNo);
      if (isRefusal(r)) return r;
      if (r.status === 'open') return undefined;
      if (r.status !== 'planned') return refuse('ROUND_NOT_PLANNED', wording.roundClosedForGood, '/roundNo');
      if ([r.window.from, r.window.to].some((x) => x.precision !== 'day' || x.tbc))
        return refuse('ROUND_DATE_NOT_EXACT', wording.windowNotExact, '/roundNo');
      if (context.today < r.window.from.from)
        return refuse('ROUND_DATE_NOT_EXACT', wording.opensLater(r.window.from.from), '/roundNo');
      const places = enrolled(state, context);
      if (places.length === 0) return refuse('NO_PLACES', wording.roundWithoutPlaces);
      const missing = [...new Set(places.map((id) => held(state.places, id).kind))].filter(
        (kind) => !part(state.templates, `${r.kind}.${kind}`),
      );
      return missing.length > 0
        ? refuse('TEMPLATE_MISSING', wording.templateMissing(r.kind, missing))
        : undefined;
    },
    decide(state, data) {
      const r = knownRound(state, data.roundNo);
      return r.status === 'open'
        ? []
        : [
            emit('RoundOpened', {
              roundNo: data.roundNo,
              kind: r.kind,
              ...(r.name ? { name: r.name } : {}),
              to: r.window.to.to,
            }),
          ];
    },
  }),
  ExtendRound: command(ExtendRoundData, {
    title: 'Move a round’s closing date',
    segment: 'round-extensions',
    givenBy: by,
    allowedIn: notClosed,
    replaces: true,
    refuses: {
      ROUND_UNKNOWN: 'rule',
      DEADLINE_CANNOT_MOVE_EARLIER: 'rule',
      ROUND_IS_CLOSED: 'state',
      ROUND_DATES_OUT_OF_ORDER: 'rule',
    },
    example: { roundNo: 1, to: '2009-09-25', reason: 'Holidays' },
    part: aboutRound('planned', 'open'),
    guard(state, _context, roundNo) {
      const r = roundOf(state, roundNo);
      if (isRefusal(r)) return r;
      return r.status === 'closed'
        ? refuse('ROUND_IS_CLOSED', 'This round is closed.', '/roundNo')
        : undefined;
    },
    decide(state, data) {
      const r = knownRound(state, data.roundNo);
      if (r.status === 'open' && data.to <= r.window.to.to)
        return refuse('DEADLINE_CANNOT_MOVE_EARLIER', wording.closesNoEarlier(r.window.to.to), '/to');
      if (data.to < r.window.from.from)
        return refuse('ROUND_DATES_OUT_OF_ORDER', 'The window must not end before it starts.', '/to');
      return [
        emit('RoundExtended', {
          roundNo: data.roundNo,
          from: r.window.to.to,
          to: data.to,
          reason: data.reason,
        }),
      ];
    },
  }),
  ExtendRoundForPlace: command(
    z.strictObject({
      roundNo: roundId().meta({ label: 'Round' }),
      placeId: idOf('place').meta({ label: 'Place' }),
      to: DateOn.meta({ label: 'New closing date for this place' }),
      reason: Reason,
      waiverId: ref('waiver')
        .optional()
        .meta({ label: 'Waiver', hint: 'Needed for more than twenty working days.' }),
    }),
    {
      title: 'Give one place more time',
      segment: 'place-extensions',
      givenBy: by,
      allowedIn: notClosed,
      replaces: (state, data) =>
        ![undefined, data.to].includes(part(state.rounds[data.roundNo]?.extensions, data.placeId)?.to),
      refuses: {
        ROUND_UNKNOWN: 'rule',
        PLACE_UNKNOWN: 'rule',
        EXTENSION_TOO_LONG: 'rule',
        ...waiverRefusals,
        DEADLINE_CANNOT_MOVE_EARLIER: 'rule',
        RETURN_EXISTS: 'state',
      },
      example: { roundNo: 1, placeId: 'kent', to: '2009-09-30', reason: 'The finance director is away' },
      part: aboutRound('planned', 'open', 'closed'),
      guard: (state, _context, roundNo) => refusedIn(roundOf(state, roundNo)),
      decide(state, data, context) {
        const r = knownRound(state, data.roundNo);
        if (!isHere(state, data.placeId, context))
          return refuse('PLACE_UNKNOWN', placeNotEnrolled, '/placeId');
        const now = part(r.extensions, data.placeId)?.to ?? r.window.to.to;
        if (data.to <= now)
          return refuse('DEADLINE_CANNOT_MOVE_EARLIER', wording.extendedNoEarlier(now), '/to');
        // The days before the next working day belong to the last one.
        const long = data.to >= context.ref.workingDays.add(r.window.to.to, longestExtension + 1);
        const tooLong = refuse('EXTENSION_TOO_LONG', wording.extensionTooLong, '/to');
        const no = long
          ? unlessWaived(context, data.waiverId, tooLong, data.placeId, `programme-${context.recordId}`)
          : undefined;
        if (no) return no;
        if (submitted(context.read('submission', submissionId(context.recordId, r, data.placeId)).state))
          return refuse('RETURN_EXISTS', 'The place has submitted already.', '/placeId');
        return [
          emit('ExtensionGranted', {
            placeId: data.placeId,
            roundNo: data.roundNo,
            from: now,
            to: data.to,
            reason: data.reason,
            ...(long ? { waiverId: data.waiverId } : {}),
          }),
        ];
      },
    },
  ),
  CloseRound: command(z.strictObject({ roundNo: roundId().meta({ label: 'Round' }) }), {
    title: 'Close a round',
    segment: 'round-closures',
    givenBy: by,
    allowedIn: ['running', 'closing'],
    refuses: { ROUND_UNKNOWN: 'rule', TOO_EARLY_TO_CLOSE: 'rule', ROUND_NOT_OPENED: 'state' },
    example: { roundNo: 1 },
    part: aboutRound('open'),
    guard(state, context, roundNo) {
      const r = roundOf(state, roundNo);
      if (isRefusal(r)) return r;
      if (r.status === 'closed') return undefined;
      if (r.status !== 'open') return refuse('ROUND_NOT_OPENED', 'Open the round first.', '/roundNo');
      return context.today <= r.window.to.to
        ? refuse('TOO_EARLY_TO_CLOSE', `The round closes after ${r.window.to.to}.`, '/roundNo')
        : undefined;
    },
    decide(state, data, context) {
      const r = knownRound(state, data.roundNo);
      if (r.status === 'closed') return [];
      const all = enrolled(state, context).map((id) => ({
        id,
        state: context.read('submission', submissionId(context.recordId, r, id)).state,
      }));
      const done = all.filter((x) => submitted(x.state));
      const late = done.filter((x) => (x.state.versions[0]?.lateDays ?? 0) > 0);
      return [
        emit('RoundClosed', {
          roundNo: data.roundNo,
          kind: r.kind,
          submitted: done.map((x) => x.id),
          late: late.map((x) => x.id),
          missing: all.filter((x) => !submitted(x.state)).map((x) => x.id),
        }),
      ];
    },
  }),
};
