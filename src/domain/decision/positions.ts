/** What is said while a decision is open: interests, positions, and the consent of those whose money it is (domain.md 9.8). */
import { z } from 'zod';
import { londonDate } from '../shared/calendar.js';
import { refuse, type Act, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { Stances, type DecisionState, type Voter } from './state.js';
import { part } from '../kernel/parts.js';
import { atCurrentVersions } from '../kernel/record-ref.js';
import { apartRefusal } from '../shared/acts.js';
import { holdsSeat, seatRefusal, type AtTable } from '../shared/seats.js';
import { Prose } from '../shared/values.js';

const closed = () =>
  refuse(
    'DECISION_CLOSED',
    'This decision is closed. Nothing is added to it after its time but its outcome and reviews.',
  );
/** What may still be recorded ends with the clock, whether or not the closing was. */
export const whileOpen = {
  allowedIn: ['open'],
  otherwiseRefuse: (s: DecisionState) =>
    ['carried', 'not-carried', 'lapsed', 'superseded', 'rescinded'].includes(s.status) ? closed() : undefined,
} as const;
export const overdue = (s: DecisionState, ctx: Pick<Context, 'now'>): boolean => ctx.now > s.closesAt;
export const closedRefusal = (s: DecisionState, ctx: Pick<Context, 'now'>) =>
  s.status === 'open' && overdue(s, ctx) ? closed() : undefined;
/** The actor's seat among those that stood at the opening, and whether its holder or a delegate of today speaks. */
function seatOf(s: DecisionState, ctx: Context) {
  const late = closedRefusal(s, ctx);
  if (late) return late;
  const { account, agency } = ctx.actor;
  const voter = s.electorate.find((v) => v.agencyId === agency);
  const { state } = ctx.read('collaborative', s.placeId);
  if (!voter || !holdsSeat(state, voter.agencyId, account, ctx.today))
    return refuse(
      'NOT_IN_ELECTORATE',
      'Only the holder of a seat that could vote when the decision was opened, or a delegate valid today, can do this.',
    );
  const holder = Object.values(state.seats).some(
    (x) => x.agencyId === agency && x.account === account && x.kind === 'voting' && x.status === 'accepted',
  );
  return { voter, capacity: holder ? ('holder' as const) : ('delegate' as const) };
}
const said = (
  s: DecisionState,
  ctx: Context,
  { voter, capacity }: { voter: Voter; capacity: 'holder' | 'delegate' },
) => ({
  placeId: s.placeId,
  seatId: voter.seatId,
  agencyId: voter.agencyId,
  capacity,
  refs: atCurrentVersions(s.refs, ctx),
});
const conflicted = (s: DecisionState, v: Voter) =>
  part(s.interests, v.seatId)?.pecuniary
    ? refuse(
        'INTEREST_DECLARED',
        'This seat declared a pecuniary interest and is out of vote and quorum. Where its agency’s money is spent, a delegate without the interest can consent for it.',
      )
    : undefined;
const unreasoned = (d: { stance: string; reason?: string | undefined }) =>
  (d.stance === 'disagree' || d.stance === 'object') && (d.reason ?? '').trim().length < 10
    ? refuse(
        'REASON_REQUIRED',
        'Enter why you disagree or object, in at least 10 characters. It stays on the record.',
        '/reason',
      )
    : undefined;
const voters = ['seat-holder', 'chair'] as const;
/** In one decision one person speaks for one body, and nobody agrees for a body to what they wrote for the place. */
const forTheSame = (act: Act, _s: DecisionState, ctx: Pick<Context, 'actor'>): boolean =>
  act.agency === ctx.actor.agency;
const spoken = ['PositionTaken', 'PositionChanged', 'ExternalConsentRecorded'] as const;
const voices = {
  code: 'SOD_CONFLICT',
  after: spoken,
  but: forTheSame,
  detail: 'You spoke for another agency in this decision. Somebody else speaks for this one.',
};
const consenters = {
  code: 'SOD_CONFLICT',
  after: [...spoken, 'DecisionDrafted', 'DecisionAmended', 'DecisionOpened'] as const,
  but: forTheSame,
  detail:
    'You wrote or opened this decision, or spoke for another agency in it. Somebody else agrees for this agency.',
};
const electoral = { NOT_IN_ELECTORATE: 'who', DECISION_CLOSED: 'state' } as const;
const Stand = z.strictObject({ stance: Stances, reason: Prose().optional() });

/** What is looked at before somebody's consent is taken: no more than their reader's list has at hand. */
export type Consenting = Pick<Context, 'now' | 'acts'> & AtTable;
/** Refuses who does not agree for their agency outside the vote, whatever else they did on the decision. */
function consentRefusal(s: DecisionState, ctx: Pick<Context, 'now'> & AtTable) {
  const late = closedRefusal(s, ctx);
  if (late) return late;
  const agencyId = ctx.actor.agency!;
  if (!s.affected.some((a) => a.agencyId === agencyId))
    return refuse('NOT_AFFECTED', 'This decision names neither your agency nor its money.');
  const no = seatRefusal(ctx, ctx.actor.place ?? s.placeId);
  if (no) return no;
  const voter = s.electorate.find((v) => v.agencyId === agencyId);
  const interest = voter && part(s.interests, voter.seatId);
  if (voter && !interest?.pecuniary)
    return refuse(
      'AGREES_BY_POSITION',
      'Your agency votes on this decision. It agrees by the position of its seat.',
    );
  // For a conflicted seat somebody acts who may act for it and did not declare the interest: its delegate.
  const acts =
    voter &&
    holdsSeat(ctx.read('collaborative', s.placeId).state, agencyId, ctx.actor.account, ctx.today) &&
    !interest!.conflicted.includes(ctx.actor.account);
  if (voter && !acts)
    return refuse(
      'INTEREST_DECLARED',
      'Your agency’s seat declared a pecuniary interest. A delegate consents for it, who is not the one with the interest.',
    );
  return undefined;
}
/** Would the consent that waits be taken from whoever acts here? `RecordExternalConsent` goes by the same. */
export const mayConsent = (s: DecisionState, ctx: Consenting): boolean =>
  s.status === 'open' &&
  (apartRefusal(consenters, s, undefined, ctx) ?? consentRefusal(s, ctx)) === undefined;

export const positionCommands = {
  DeclareInterest: command(
    z.strictObject({
      pecuniary: z.boolean({ error: 'Select whether the interest is pecuniary' }),
      nature: Prose(1000),
    }),
    {
      title: 'Declare an interest in a decision',
      segment: 'interests',
      givenBy: voters,
      ...whileOpen,
      refuses: electoral,
      example: { pecuniary: true, nature: 'Trustee of the provider that would be paid' },
      decide(s, d, ctx) {
        const seat = seatOf(s, ctx);
        if ('refused' in seat) return seat;
        const before = part(s.interests, seat.voter.seatId);
        // Another interest of the same person is another declaration; the same one twice is one.
        if (
          before?.declared.some(
            (x) => x.account === ctx.actor.account && x.pecuniary === d.pecuniary && x.nature === d.nature,
          )
        )
          return [];
        const mine = s.affected.find((a) => a.agencyId === seat.voter.agencyId);
        const asks = d.pecuniary && !before?.pecuniary && mine?.money;
        return [
          emit('InterestDeclared', {
            ...said(s, ctx, seat),
            ...d,
            ...(asks
              ? { consent: { question: s.question, dueOn: londonDate(s.closesAt), kind: mine.kind } }
              : {}),
          }),
        ];
      },
    },
  ),
  TakePosition: command(Stand, {
    title: 'Take a position on a decision',
    segment: 'positions',
    givenBy: voters,
    ...whileOpen,
    apart: voices,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', REASON_REQUIRED: 'rule', POSITION_EXISTS: 'state' },
    example: { stance: 'agree' },
    decide(s, d, ctx) {
      const seat = seatOf(s, ctx);
      if ('refused' in seat) return seat;
      const no = conflicted(s, seat.voter) ?? unreasoned(d);
      if (no) return no;
      const before = part(s.positions, seat.voter.seatId);
      if (before && before.stance === d.stance && before.reason === d.reason && !before.withdrawn) return [];
      if (before)
        return refuse(
          'POSITION_EXISTS',
          'Your seat has taken a position. Change it instead, with position-changes.',
          '/stance',
        );
      return [emit('PositionTaken', { ...said(s, ctx, seat), ...d })];
    },
  }),
  ChangePosition: command(Stand, {
    title: 'Change a position on a decision',
    segment: 'position-changes',
    givenBy: voters,
    ...whileOpen,
    apart: voices,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', REASON_REQUIRED: 'rule', NO_POSITION: 'state' },
    example: { stance: 'disagree', reason: 'The figures of September changed the case' },
    decide(s, d, ctx) {
      const seat = seatOf(s, ctx);
      if ('refused' in seat) return seat;
      const no = conflicted(s, seat.voter) ?? unreasoned(d);
      if (no) return no;
      const before = part(s.positions, seat.voter.seatId);
      if (!before) return refuse('NO_POSITION', 'Your seat has not taken a position yet. Take one.');
      if (before.stance === d.stance && before.reason === d.reason && !before.withdrawn) return [];
      return [
        emit('PositionChanged', {
          ...said(s, ctx, seat),
          from: before.stance,
          to: d.stance,
          ...(d.reason ? { reason: d.reason } : {}),
        }),
      ];
    },
  }),
  WithdrawObjection: command(z.strictObject({ reason: Prose() }), {
    title: 'Withdraw an objection',
    segment: 'objection-withdrawals',
    givenBy: voters,
    ...whileOpen,
    refuses: { ...electoral, INTEREST_DECLARED: 'rule', NO_OBJECTION: 'state' },
    example: { reason: 'The text of the agreement settles it' },
    decide(s, d, ctx) {
      const seat = seatOf(s, ctx);
      if ('refused' in seat) return seat;
      const no = conflicted(s, seat.voter);
      if (no) return no;
      const p = part(s.positions, seat.voter.seatId);
      if (p?.stance !== 'object') return refuse('NO_OBJECTION', 'Your seat has not objected.');
      return p.withdrawn ? [] : [emit('ObjectionWithdrawn', { ...said(s, ctx, seat), ...d })];
    },
  }),
  RecordExternalConsent: command(z.strictObject({ evidence: Prose() }), {
    title: 'Agree for an affected agency outside the vote',
    segment: 'consents',
    givenBy: ['official', 'finance-officer', 'seat-holder', 'chair'],
    // Their seat may be at another place's table.
    target: () => ({}),
    ...whileOpen,
    apart: consenters,
    refuses: {
      DECISION_CLOSED: 'state',
      NOT_AFFECTED: 'who',
      NOT_A_SEAT_HOLDER: 'who',
      AGREES_BY_POSITION: 'rule',
      INTEREST_DECLARED: 'rule',
    },
    example: { evidence: 'Minute 7 of the board of 12 October 2009' },
    decide(s, d, ctx) {
      const no = consentRefusal(s, ctx);
      if (no) return no;
      const agencyId = ctx.actor.agency!;
      return s.consents.includes(agencyId)
        ? []
        : [
            emit('ExternalConsentRecorded', {
              placeId: s.placeId,
              agencyId,
              ...d,
              refs: atCurrentVersions(s.refs, ctx),
            }),
          ];
    },
  }),
};
