/** Events of a decision (domain.md 9.21). Who dissented, and why, stands in them for ever. */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { Fraction, Rule } from '../collaborative/state.js';
import { londonDate } from '../shared/calendar.js';
import { whyInWords } from './rule.js';
import { Affected, Motion, Stances, Verdict, Voter, present, type DecisionState } from './state.js';
import { nameOf } from '../kernel/naming.js';
import { changed, part, put } from '../kernel/parts.js';
import { Seen } from '../kernel/record-ref.js';
import { DateOn, Id, InstantAt, PartId, Prose, Sha256, longDate } from '../shared/values.js';
import type { DueChange, DueParty } from '../progress/due-codes.js';
import { naming, namingStreams } from '../kernel/links.js';

const { event } = kit<DecisionState>();
const [authorised, referred] = [namingStreams('authorises'), namingStreams('refers-to')];
const bySeat = (d: { seatId: string }) => [d.seatId];
/** Who spoke: the seat, its agency, and whether its holder or a delegate. `refs` are the records referred to, as they stood then. */
const OfSeat = z.strictObject({
  placeId: Id,
  seatId: PartId,
  agencyId: Id,
  capacity: z.enum(['holder', 'delegate']),
  refs: z.array(Seen),
});
/** The consent that is asked for when a seat whose agency's money is spent leaves the vote. */
const Asked = z.strictObject({ question: Prose(500), dueOn: DateOn, kind: Affected.shape.kind });
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
const officer = (a: Affected): DueParty => ({ kind: a.kind, id: a.agencyId });
const chairs = (d: { placeId: string; chairAgencyId?: string | undefined }): DueParty[] => [
  d.chairAgencyId ? { kind: 'agency', id: d.chairAgencyId } : { kind: 'place', id: d.placeId },
];
const reviewDue = (d: {
  placeId: string;
  chairAgencyId?: string | undefined;
  reviewOn?: string | undefined;
}): DueChange[] =>
  d.reviewOn
    ? [
        {
          open: 'review',
          key: 'review',
          place: d.placeId,
          owedBy: chairs(d),
          deed: 'Review whether the decision is still right',
          on: d.reviewOn,
        },
      ]
    : [];
/** Working days for the decision that replaces one, where its review names no day: as long as an answer may take. */
const replaceWithin = 20;
const replacementDue = (d: {
  placeId: string;
  chairAgencyId?: string | undefined;
  verdict: z.infer<typeof Verdict>;
  reviewOn?: string | undefined;
}): DueChange[] => {
  const deed = `Carry another decision that ${d.verdict === 'amend' ? 'supersedes' : 'rescinds'} this one, or review it again`;
  const item = { open: 'review' as const, key: 'review', place: d.placeId, owedBy: chairs(d), deed };
  return [d.reviewOn ? { ...item, on: d.reviewOn } : { ...item, workingDays: replaceWithin }];
};
/** In whose hands outcome and review are. */
const Chaired = z.strictObject({ placeId: Id, chairAgencyId: Id.optional() });

export const events = {
  DecisionDrafted: event(Motion.extend({ placeId: Id, programmeId: Id, replaces: Id.optional() }), {
    evolve(s, { programmeId: _, ...d }) {
      Object.assign(s, structuredClone(d), { status: 'draft' });
    },
    act: true,
    links: { authorises: authorised, refs: referred, replaces: naming('replaces', 'decision') },
    describe: (d) =>
      `drafted a decision${d.replaces ? ` in place of ${nameOf.record(`decision-${d.replaces}`)}` : ''}: ${d.question}`,
    access: (d) => ({ tier: 'members', placeId: d.placeId, programmeId: d.programmeId }),
  }),
  DecisionAmended: event(Motion.extend({ placeId: Id }), {
    evolve(s, d) {
      Object.assign(s, structuredClone(d));
    },
    act: true,
    links: { authorises: authorised, refs: referred },
    describe: (d) => `amended the draft: ${d.question}`,
  }),
  DecisionOpened: event(
    z.strictObject({
      placeId: Id,
      question: Prose(500),
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
      evolve(s, { textHash, electorate, rule, quorum, affected, urgent, closesAt }) {
        Object.assign(
          s,
          structuredClone({ textHash, electorate, rule, quorum, affected, urgent, closesAt }),
          { status: 'open' },
        );
      },
      act: true,
      links: { refs: referred },
      describe: (d) =>
        `opened the decision${d.urgent ? ' as urgent' : ''} to ${d.electorate.length} seats until ${longDate(londonDate(d.closesAt))}: ${d.question}`,
      // Whose consent is asked is a party and may read (domain.md 8.4).
      access: (d) => ({ addParties: d.affected.filter((a) => !a.votes).map((a) => a.agencyId) }),
      due: (d): DueChange[] => [
        ...d.electorate.map((v) => ({
          open: 'position' as const,
          key: v.seatId,
          place: d.placeId,
          owedBy: [{ kind: 'agency' as const, id: v.agencyId }],
          deed: `Take a position: ${d.question}`,
          on: londonDate(d.closesAt),
        })),
        ...d.affected
          .filter((a) => a.money && !a.votes)
          .map((a) => ({
            open: 'consent' as const,
            key: a.agencyId,
            place: d.placeId,
            owedBy: [officer(a)],
            deed: `Agree, or not, to spend your agency’s money: ${d.question}`,
            on: londonDate(d.closesAt),
          })),
      ],
    },
  ),
  // With the seat out of the vote, its agency's money waits for the consent of a delegate (`consent`).
  InterestDeclared: event(
    OfSeat.extend({ pecuniary: z.boolean(), nature: Prose(1000), consent: Asked.optional() }),
    {
      evolve(s, d, m) {
        const i =
          part(s.interests, d.seatId) ??
          put(s.interests, d.seatId, { pecuniary: false, conflicted: [], declared: [] });
        i.declared.push({
          account: m.actor.account,
          pecuniary: d.pecuniary,
          nature: d.nature,
          at: m.recordedAt,
          version: m.version,
        });
        if (!d.pecuniary) return;
        i.pecuniary = true;
        if (!i.conflicted.includes(m.actor.account)) i.conflicted.push(m.actor.account);
      },
      links: { refs: referred },
      touches: { interests: bySeat },
      describe: (d) =>
        `declared ${d.pecuniary ? 'a pecuniary' : 'an'} interest for ${nameOf.agency(d.agencyId)}: ${d.nature}`,
      due: (d): DueChange[] => [
        ...(d.pecuniary ? [{ close: 'position' as const, key: d.seatId }] : []),
        ...(d.consent
          ? [
              {
                open: 'consent' as const,
                key: d.agencyId,
                place: d.placeId,
                owedBy: [{ kind: d.consent.kind, id: d.agencyId }],
                deed: `Agree, or not, by a delegate without the interest, to spend your agency’s money: ${d.consent.question}`,
                on: d.consent.dueOn,
              },
            ]
          : []),
      ],
    },
  ),
  PositionTaken: event(OfSeat.extend({ stance: Stances, reason: Prose().optional() }), {
    evolve(s, d, m) {
      put(s.positions, d.seatId, {
        agencyId: d.agencyId,
        stance: d.stance,
        ...(d.reason ? { reason: d.reason } : {}),
        at: m.recordedAt,
        version: m.version,
      });
    },
    act: true,
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (d) => `${words[d.stance]} for ${nameOf.agency(d.agencyId)}${because(d.reason)}`,
    due: (d) => [{ close: 'position', key: d.seatId }],
  }),
  PositionChanged: event(OfSeat.extend({ from: Stances, to: Stances, reason: Prose().optional() }), {
    evolve(s, d, m) {
      const { earlier = [], agencyId: _, ...before } = changed(s.positions, d.seatId);
      put(s.positions, d.seatId, {
        agencyId: d.agencyId,
        stance: d.to,
        ...(d.reason ? { reason: d.reason } : {}),
        at: m.recordedAt,
        version: m.version,
        earlier: [...earlier, before],
      });
    },
    act: true,
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (d) =>
      `changed the position of ${nameOf.agency(d.agencyId)} from ${d.from} to ${d.to}${because(d.reason)}`,
    changes: (d) => ({ before: d.from, after: d.to }),
  }),
  ObjectionWithdrawn: event(OfSeat.extend({ reason: Prose() }), {
    evolve(s, d, m) {
      const p = changed(s.positions, d.seatId);
      Object.assign(p, { withdrawn: true, at: m.recordedAt, version: m.version, objectedAt: p.version });
    },
    links: { refs: referred },
    touches: { positions: bySeat },
    describe: (d) => `withdrew the objection of ${nameOf.agency(d.agencyId)}: ${d.reason}`,
  }),
  ExternalConsentRecorded: event(
    z.strictObject({ placeId: Id, agencyId: Id, evidence: Prose(), refs: z.array(Seen) }),
    {
      evolve(s, d) {
        s.consents.push(d.agencyId);
      },
      act: true,
      links: { refs: referred },
      describe: (d) => `agreed for ${nameOf.agency(d.agencyId)}: ${d.evidence}`,
      due: (d) => [{ close: 'consent', key: d.agencyId }],
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
      evolve(s, d, m) {
        s.status = d.result;
        s.closedOn = m.today;
      },
      describe: (d) =>
        `closed the decision ${d.how === 'clock' ? 'at its time' : 'when all had spoken'} as ${d.result === 'not-carried' ? 'not carried' : d.result}${d.why ? `: ${whyInWords(d.why, 'was')}` : ''} (${d.tally.agree} agree, ${d.tally.abstain} abstain, ${d.tally.disagree} disagree, ${d.tally.object} object)`,
      due: (d) => [
        { close: '*' },
        ...(d.result === 'carried'
          ? [
              {
                open: 'outcome' as const,
                key: 'outcome',
                place: d.placeId,
                owedBy: chairs(d),
                deed: 'Record the outcome of the decision',
                workingDays: 5,
              },
            ]
          : []),
      ],
    },
  ),
  OutcomeRecorded: event(Chaired.extend({ statement: Prose(), reviewOn: DateOn.optional() }), {
    evolve(s, d) {
      s.outcome = d.statement;
      if (d.reviewOn) s.reviewOn = d.reviewOn;
    },
    completes: ['outcome'],
    describe: (d) =>
      `recorded the outcome: ${d.statement}${d.reviewOn ? ` (to be reviewed on ${longDate(d.reviewOn)})` : ''}`,
    due: (d) => [{ close: 'outcome' }, ...reviewDue(d)],
  }),
  DecisionWithdrawn: event(z.strictObject({ reason: Prose() }), {
    evolve(s) {
      s.status = 'withdrawn';
    },
    describe: (d) => `withdrew the decision: ${d.reason}`,
    due: () => [{ close: '*' }],
  }),
  DecisionReviewed: event(Chaired.extend({ verdict: Verdict, note: Prose(), reviewOn: DateOn.optional() }), {
    evolve(s, d, m) {
      delete s.reviewOn;
      if (d.reviewOn) s.reviewOn = d.reviewOn;
      s.reviewed = { verdict: d.verdict, on: m.today };
    },
    completes: ['review'],
    describe: (d) =>
      `reviewed the decision (${d.verdict === 'still-right' ? 'still right' : `to ${d.verdict}`}): ${d.note}${d.reviewOn ? `; to be ${d.verdict === 'still-right' ? 'reviewed again on' : 'replaced by'} ${longDate(d.reviewOn)}` : ''}`,
    // Until another decision carries, this one stands, and that it should not is somebody's to mend.
    due: (d): DueChange[] => [
      { close: 'review' },
      ...(d.verdict === 'still-right' ? reviewDue(d) : replacementDue(d)),
    ],
  }),
  DecisionSuperseded: event(z.strictObject({ decisionId: Id }), {
    evolve(s, d) {
      Object.assign(s, { status: 'superseded', by: d.decisionId });
    },
    spends: 'decisionId',
    describe: (d) => `superseded the decision by ${nameOf.record(`decision-${d.decisionId}`)}`,
    due: () => [{ close: '*' }],
  }),
  DecisionRescinded: event(z.strictObject({ decisionId: Id }), {
    evolve(s, d) {
      Object.assign(s, { status: 'rescinded', by: d.decisionId });
    },
    spends: 'decisionId',
    describe: (d) => `rescinded the decision by ${nameOf.record(`decision-${d.decisionId}`)}`,
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<DecisionState>()(events, present);
