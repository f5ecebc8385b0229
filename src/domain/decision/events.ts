/** Events of a decision. Who dissented, and why, stands in them for ever. */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { Fraction, Rule } from '../collaborative/state.js';
import { londonDate } from '../shared/calendar.js';
import { whyInWords } from './wording.js';
import { Affected, Motion, Stances, Verdict, Voter, present, type DecisionState } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, part, put } from '../kernel/parts.js';
import { Seen } from '../kernel/record-ref.js';
import { DateOn, Id, InstantAt, PartId, Prose, Sha256, longDate } from '../shared/values.js';
import type { DueChange, DueParty } from '../progress/due-codes.js';
import { naming, namingStreams } from '../kernel/links.js';
import type { Meta } from '../kernel/types.js';
import { daysFor } from './limits.js';
import { none, sets, type SetValue } from '../kernel/set-value.js';

const { event } = kit<DecisionState>();
const [authorised, referred] = [namingStreams('authorises'), namingStreams('refers-to')];
const bySeat = (data: { seatId: string }) => [data.seatId];
/**
 * Who spoke: the seat, its agency, and whether its holder or a delegate. `refs` are the records referred to,
 * as they stood then.
 */
const OfSeat = z.strictObject({
  placeId: Id,
  seatId: PartId,
  agencyId: Id,
  capacity: z.enum(['holder', 'delegate']),
  refs: z.array(Seen),
});
/** The consent that is asked for when a seat whose agency's money is spent leaves the vote. */
const Asked = z.strictObject({ question: Prose('remark'), dueOn: DateOn, kind: Affected.shape.kind });
const Whole = z.int().min(0);
const Why = z.enum([
  'QUORUM_NOT_REACHED',
  'OBJECTION_STANDS',
  'NO_MAJORITY',
  'NO_SUPERMAJORITY',
  'AFFECTED_AGENCY_HAS_NOT_AGREED',
]);
const words = { agree: 'agreed', abstain: 'abstained', disagree: 'disagreed', object: 'objected' } as const;
const because = (reason?: string): string => (reason ? `: ${reason}` : '');
const officer = (affected: Affected): DueParty => ({ kind: affected.kind, id: affected.agencyId });
const chairs = (data: { placeId: string; chairAgencyId?: string | undefined }): DueParty[] => [
  data.chairAgencyId ? { kind: 'agency', id: data.chairAgencyId } : { kind: 'place', id: data.placeId },
];
const theDecision = ({ recordId }: Pick<Meta, 'recordId'>): string =>
  `the decision ${nameOf.record(`decision-${recordId}`)}`;
const reviewDue = (
  data: { placeId: string; chairAgencyId?: string | undefined; reviewOn?: string | undefined },
  meta: Pick<Meta, 'recordId'>,
): DueChange[] =>
  data.reviewOn
    ? [
        {
          open: 'review',
          key: 'review',
          place: data.placeId,
          owedBy: chairs(data),
          deed: `Review whether ${theDecision(meta)} is still right`,
          on: data.reviewOn,
        },
      ]
    : [];
const replacementDue = (
  data: {
    placeId: string;
    chairAgencyId?: string | undefined;
    verdict: z.infer<typeof Verdict>;
    reviewOn?: string | undefined;
  },
  meta: Pick<Meta, 'recordId'>,
): DueChange[] => {
  const deed =
    `Carry another decision that ${data.verdict === 'amend' ? 'supersedes' : 'rescinds'} ` +
    `${theDecision(meta)}, or review it again`;
  const item = { open: 'review' as const, key: 'review', place: data.placeId, owedBy: chairs(data), deed };
  return [data.reviewOn ? { ...item, on: data.reviewOn } : { ...item, workingDays: daysFor.replacement }];
};
const motionSet = ({ question, text }: z.infer<typeof Motion>): SetValue[] => [
  sets('question', 'Question', question),
  sets('text', 'What is to be decided', text),
];
const positionSet = (seatId: string, stance: z.infer<typeof Stances>): SetValue =>
  sets(`position.${seatId}`, 'Position', words[stance]);
const reviewSet = (reviewOn: string | undefined): SetValue =>
  sets('review', 'Next review', reviewOn === undefined ? none : longDate(reviewOn));
/** In whose hands outcome and review are. */
const Chaired = z.strictObject({ placeId: Id, chairAgencyId: Id.optional() });

export const events = {
  DecisionDrafted: event(Motion.extend({ placeId: Id, programmeId: Id, replaces: Id.optional() }), {
    evolve(state, { programmeId: _, ...d }) {
      Object.assign(state, structuredClone(d), { status: 'draft' });
    },
    act: true,
    links: { authorises: authorised, refs: referred, replaces: naming('replaces', 'decision') },
    describe: (data) =>
      'drafted a ' +
      `decision${data.replaces ? ` in place of ${nameOf.record(`decision-${data.replaces}`)}` : ''}: ` +
      `${data.question}`,
    sets: motionSet,
    access: (data) => ({ tier: 'members', placeId: data.placeId, programmeId: data.programmeId }),
  }),
  DecisionAmended: event(Motion.extend({ placeId: Id }), {
    evolve(state, data) {
      Object.assign(state, structuredClone(data));
    },
    renames: true,
    act: true,
    links: { authorises: authorised, refs: referred },
    describe: (data) => `amended the draft: ${data.question}`,
    sets: motionSet,
  }),
  DecisionOpened: event(
    z.strictObject({
      placeId: Id,
      question: Prose('remark'),
      textHash: Sha256,
      electorate: z.array(Voter),
      rule: Rule,
      quorum: Fraction,
      affected: z.array(Affected),
      urgent: z.boolean(),
      closesAt: InstantAt,
      refs: z.array(Seen),
    }),
    {
      evolve(state, { textHash, electorate, rule, quorum, affected, urgent, closesAt }) {
        Object.assign(
          state,
          structuredClone({ textHash, electorate, rule, quorum, affected, urgent, closesAt }),
          { status: 'open' },
        );
      },
      act: true,
      links: { refs: referred },
      describe: (data) =>
        `opened the decision${data.urgent ? ' as urgent' : ''} to ${data.electorate.length} seats until ` +
        `${longDate(londonDate(data.closesAt))}: ${data.question}`,
      // Whose consent is asked is a party and may read (docs/rules/shared.md#disclosure).
      access: (data) => ({
        addParties: data.affected.filter((affected) => !affected.votes).map((affected) => affected.agencyId),
      }),
      due: (data): DueChange[] => [
        ...data.electorate.map((voter) => ({
          open: 'position' as const,
          key: voter.seatId,
          place: data.placeId,
          owedBy: [{ kind: 'agency' as const, id: voter.agencyId }],
          deed: `Take a position: ${data.question}`,
          on: londonDate(data.closesAt),
        })),
        ...data.affected
          .filter((affected) => affected.money && !affected.votes)
          .map((affected) => ({
            open: 'consent' as const,
            key: affected.agencyId,
            place: data.placeId,
            owedBy: [officer(affected)],
            deed: `Agree, or not, to spend your agency’s money: ${data.question}`,
            on: londonDate(data.closesAt),
          })),
      ],
    },
  ),
  // With the seat out of the vote, its agency's money waits for the consent of a delegate (`consent`).
  InterestDeclared: event(
    OfSeat.extend({ pecuniary: z.boolean(), nature: Prose('paragraph'), consent: Asked.optional() }),
    {
      evolve(state, data, event) {
        const i =
          part(state.interests, data.seatId) ??
          put(state.interests, data.seatId, { pecuniary: false, conflicted: [], declared: [] });
        i.declared.push({
          account: event.actor.account,
          pecuniary: data.pecuniary,
          nature: data.nature,
          at: event.recordedAt,
          version: event.version,
        });
        if (!data.pecuniary) return;
        i.pecuniary = true;
        if (!i.conflicted.includes(event.actor.account)) i.conflicted.push(event.actor.account);
      },
      links: { refs: referred },
      touches: { interests: bySeat },
      describe: (data) =>
        `declared ${data.pecuniary ? 'a pecuniary' : 'an'} interest for ` +
        `${nameOf.agency(data.agencyId)}: ${data.nature}`,
      due: (data): DueChange[] => [
        ...(data.pecuniary ? [{ close: 'position' as const, key: data.seatId }] : []),
        ...(data.consent
          ? [
              {
                open: 'consent' as const,
                key: data.agencyId,
                place: data.placeId,
                owedBy: [{ kind: data.consent.kind, id: data.agencyId }],
                deed:
                  'Agree, or not, by a delegate without the interest, to spend your agency’s money: ' +
                  `${data.consent.question}`,
                on: data.consent.dueOn,
              },
            ]
          : []),
      ],
    },
  ),
  PositionTaken: event(OfSeat.extend({ stance: Stances, reason: Prose().optional() }), {
    evolve(state, data, event) {
      put(state.positions, data.seatId, {
        agencyId: data.agencyId,
        stance: data.stance,
        ...(data.reason ? { reason: data.reason } : {}),
        at: event.recordedAt,
        version: event.version,
      });
    },
    act: true,
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (data) => `${words[data.stance]} for ${nameOf.agency(data.agencyId)}${because(data.reason)}`,
    sets: (data) => [positionSet(data.seatId, data.stance)],
    due: (data) => [{ close: 'position', key: data.seatId }],
  }),
  PositionChanged: event(OfSeat.extend({ from: Stances, to: Stances, reason: Prose().optional() }), {
    evolve(state, data, event) {
      const { earlier = [], agencyId: _, ...before } = changed(state.positions, data.seatId);
      put(state.positions, data.seatId, {
        agencyId: data.agencyId,
        stance: data.to,
        ...(data.reason ? { reason: data.reason } : {}),
        at: event.recordedAt,
        version: event.version,
        earlier: [...earlier, before],
      });
    },
    act: true,
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (data) =>
      `changed the position of ${nameOf.agency(data.agencyId)} from ${data.from} to ` +
      `${data.to}${because(data.reason)}`,
    sets: (data) => [positionSet(data.seatId, data.to)],
  }),
  ObjectionWithdrawn: event(OfSeat.extend({ reason: Prose() }), {
    evolve(state, data, event) {
      const p = changed(state.positions, data.seatId);
      Object.assign(p, {
        withdrawn: true,
        at: event.recordedAt,
        version: event.version,
        objectedAt: p.version,
      });
    },
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (data) => `withdrew the objection of ${nameOf.agency(data.agencyId)}: ${data.reason}`,
    sets: (data) => [sets(`position.${data.seatId}`, 'Position', 'objected, and withdrew it')],
  }),
  ExternalConsentRecorded: event(
    z.strictObject({ placeId: Id, agencyId: Id, evidence: Prose(), refs: z.array(Seen) }),
    {
      evolve(state, data) {
        state.consents.push(data.agencyId);
      },
      act: true,
      links: { refs: referred },
      describe: (data) => `agreed for ${nameOf.agency(data.agencyId)}: ${data.evidence}`,
      due: (data) => [{ close: 'consent', key: data.agencyId }],
    },
  ),
  DecisionClosed: event(
    Chaired.extend({
      how: z.enum(['all-spoken', 'clock']),
      mayVote: Whole,
      needed: Whole,
      spoken: Whole,
      tally: z.strictObject({
        agree: Whole,
        abstain: Whole,
        disagree: Whole,
        object: Whole,
        withdrawn: Whole,
      }),
      quorate: z.boolean(),
      ruleMet: z.boolean(),
      unagreed: z.array(Id),
      result: z.enum(['carried', 'not-carried', 'lapsed']),
      why: Why.optional(),
    }),
    {
      evolve(state, data, event) {
        state.status = data.result;
        state.closedOn = event.today;
      },
      describe: (data) =>
        `closed the decision ${data.how === 'clock' ? 'at its time' : 'when all had spoken'} as ` +
        (data.result === 'not-carried' ? 'not carried' : data.result) +
        (data.why ? `: ${whyInWords(data.why, 'was')}` : '') +
        ` (${data.tally.agree} agree, ${data.tally.abstain} abstain, ${data.tally.disagree} disagree, ` +
        `${data.tally.object} object)`,
      due: (data, meta) => [
        { close: '*' },
        ...(data.result === 'carried'
          ? [
              {
                open: 'outcome' as const,
                key: 'outcome',
                place: data.placeId,
                owedBy: chairs(data),
                deed: `Record the outcome of ${theDecision(meta)}`,
                workingDays: daysFor.outcome,
              },
            ]
          : []),
      ],
    },
  ),
  OutcomeRecorded: event(Chaired.extend({ statement: Prose(), reviewOn: DateOn.optional() }), {
    evolve(state, data) {
      state.outcome = data.statement;
      if (data.reviewOn) state.reviewOn = data.reviewOn;
    },
    completes: ['outcome'],
    describe: (data) =>
      'recorded the outcome: ' +
      `${data.statement}${data.reviewOn ? ` (to be reviewed on ${longDate(data.reviewOn)})` : ''}`,
    sets: (data) => [reviewSet(data.reviewOn)],
    due: (data, meta) => [{ close: 'outcome' }, ...reviewDue(data, meta)],
  }),
  DecisionWithdrawn: event(z.strictObject({ reason: Prose() }), {
    evolve(state) {
      state.status = 'withdrawn';
    },
    describe: (data) => `withdrew the decision: ${data.reason}`,
    due: () => [{ close: '*' }],
  }),
  DecisionReviewed: event(Chaired.extend({ verdict: Verdict, note: Prose(), reviewOn: DateOn.optional() }), {
    evolve(state, data, event) {
      delete state.reviewOn;
      if (data.reviewOn) state.reviewOn = data.reviewOn;
      state.reviewed = { verdict: data.verdict, on: event.today };
    },
    completes: ['review'],
    describe({ verdict, note, reviewOn }) {
      const stillRight = verdict === 'still-right';
      const said = `reviewed the decision (${stillRight ? 'still right' : `to ${verdict}`}): ${note}`;
      if (!reviewOn) return said;
      return `${said}; to be ${stillRight ? 'reviewed again on' : 'replaced by'} ${longDate(reviewOn)}`;
    },
    sets: (data) => [reviewSet(data.reviewOn)],
    // Until another decision carries, this one stands, and that it should not is somebody's to mend.
    due: (data, meta): DueChange[] => [
      { close: 'review' },
      ...(data.verdict === 'still-right' ? reviewDue(data, meta) : replacementDue(data, meta)),
    ],
  }),
  DecisionSuperseded: event(z.strictObject({ decisionId: Id }), {
    evolve(state, data) {
      Object.assign(state, { status: 'superseded', by: data.decisionId });
    },
    spends: 'decisionId',
    describe: (data) => `superseded the decision by ${nameOf.record(`decision-${data.decisionId}`)}`,
    due: () => [{ close: '*' }],
  }),
  DecisionRescinded: event(z.strictObject({ decisionId: Id }), {
    evolve(state, data) {
      Object.assign(state, { status: 'rescinded', by: data.decisionId });
    },
    spends: 'decisionId',
    describe: (data) => `rescinded the decision by ${nameOf.record(`decision-${data.decisionId}`)}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<DecisionState>()(events, present);
