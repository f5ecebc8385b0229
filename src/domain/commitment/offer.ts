/** From draft to promise: drafted by anyone in the collaborative, accepted only by the body that must keep it (domain.md 9.9). */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { refuse, type Context } from '../kernel/types.js';
import { withdrawnRefusal } from '../shared/seats.js';
import { Id, PartId, Prose, longDate, pounds, ref } from '../shared/values.js';
import { Level, Milestone, Money, Source, Terms, delivering, isIn, type CommitmentState } from './state.js';
import { command, emit } from './events.js';
import {
  answeredInFull,
  bindsOwner,
  dated,
  datesRefusal,
  own,
  ownRefusal,
  owned,
  ownerKind,
  ownerRefusal,
  owners,
  pastDue,
  seated,
  seatedIn,
  verifierKind,
} from './rules.js';
import { askRefusal, asking, baseline, refersRefusal, unverifiable } from './terms.js';
import { part } from '../kernel/parts.js';

const drafters = [
  'seat-holder',
  'chair',
  'secretariat',
  'contributor',
  'official',
  'member',
  'system',
] as const;
/** Working days for which an offer stands. */
const standsFor = 20;
export const lapseDay = (ctx: Context): string => ctx.ref.workingDays.add(ctx.today, standsFor);

/** Who drafted it, or the place's secretariat or chair. */
export function drafterRefusal(s: CommitmentState, ctx: Context) {
  const no = seatedIn(ctx, s.placeId);
  if (no ?? ctx.actor.role === 'system') return no;
  const office = ctx.actor.role === 'secretariat' || ctx.actor.role === 'chair';
  return office || ctx.actor.account === s.draftedBy
    ? undefined
    : refuse(
        'NOT_DRAFTER',
        'Only who drafted the commitment, or the place’s secretariat or chair, can do this.',
      );
}

/** Why a commitment's money is not there, by what its funds are. */
const unreserved = {
  requested: 'It was asked for and not answered yet.',
  refused: 'The pool did not reserve it, or has let go of it; ask again when there is room.',
  released: 'It was given back when the commitment had ended; ask for it again.',
} as const;
/** Where the pool's answer may find a commitment that asked. */
const waits = ['offered', ...delivering, 'completion-claimed'] as const;

const offerExample = {
  placeId: 'durham',
  title: 'One assessment for families',
  change: 'Families in contact with three services are assessed once',
  ownerAgencyId: 'durham-county-council',
  level: 'place' as const,
  themeId: 'families',
  accountable: { seatId: 'council' },
  measure: 'Families assessed once, of all assessed',
  evidenceExpected: 'Case records sampled by the primary care trust',
  startOn: '2009-10-01',
  dueOn: '2010-01-29',
  milestones: [{ milestoneId: 'form', title: 'Common form agreed', dueOn: '2009-11-27' }],
  verifierAgencyId: 'county-durham-pct',
  dependsOn: [],
};

export const offerCommands = {
  DraftCommitment: command(
    z.strictObject({
      placeId: Id,
      title: Prose(300),
      change: Prose(),
      ownerAgencyId: Id,
      level: Level,
      themeId: PartId.optional(),
      ...Terms.shape,
      afterProgramme: z.boolean().optional(),
      milestones: z.array(Milestone).max(50).default([]),
      money: Money.optional(),
      dependsOn: z.array(ref('commitment')).max(20).default([]),
      from: Source.optional(),
      supersedes: ref('commitment').optional(),
    }),
    {
      title: 'Draft a commitment',
      creates: true,
      givenBy: drafters,
      refuses: {
        ...seated,
        ...owners,
        ...dated,
        ONLY_OWN_DEPARTMENT: 'who',
        MILESTONE_EXISTS: 'state',
        THEME_UNKNOWN: 'rule',
        ...asking,
        PLEDGE_UNKNOWN: 'rule',
        SOURCE_UNKNOWN: 'rule',
        COMMITMENT_UNKNOWN: 'rule',
        DEPENDENCY_CYCLE: 'rule',
      },
      example: offerExample,
      decide(_s, d, ctx) {
        const no = seatedIn(ctx, d.placeId);
        if (no) return no;
        if (ctx.actor.role === 'official' && ctx.actor.agency !== d.ownerAgencyId)
          return refuse(
            'ONLY_OWN_DEPARTMENT',
            'An official drafts commitments of their own department.',
            '/ownerAgencyId',
          );
        const { programmeId } = ctx.read('place', d.placeId).state;
        if (new Set(d.milestones.map((m) => m.milestoneId)).size < d.milestones.length)
          return refuse(
            'MILESTONE_EXISTS',
            'Two milestones have the same id. Choose another.',
            '/milestones',
          );
        const wrong =
          ownerRefusal(ctx, d.level, d.placeId, d.ownerAgencyId, '/ownerAgencyId', d.from) ??
          datesRefusal(ctx, programmeId, d, d.milestones) ??
          refersRefusal(ctx, d);
        return (
          wrong ?? [
            emit('CommitmentDrafted', {
              ...d,
              dependsOn: [...new Set(d.dependsOn)],
              programmeId,
              ownerKind: ownerKind(d.level),
            }),
          ]
        );
      },
    },
  ),
  Offer: command(Terms.extend({ afterProgramme: z.boolean().optional() }), {
    title: 'Offer a commitment to the agency that must keep it, adding what the draft lacks',
    segment: 'offer',
    givenBy: ['seat-holder', 'chair', 'secretariat', 'official', 'member', 'system'],
    allowedIn: ['draft'],
    refuses: {
      ...seated,
      ...owners,
      ...dated,
      ...asking,
      NOT_DRAFTER: 'who',
      COMMITMENT_NOT_VERIFIABLE: 'rule',
      DUE_DATE_IN_PAST: 'rule',
    },
    example: {},
    decide(s, d, ctx) {
      const no =
        drafterRefusal(s, ctx) ??
        ownerRefusal(ctx, s.level, s.placeId, s.ownerAgencyId, '/ownerAgencyId', s.from);
      if (no) return no;
      const { accountable, measure, evidenceExpected, startOn, dueOn, verifierAgencyId, afterProgramme } = {
        ...s,
        ...d,
      };
      const terms = { accountable, measure, evidenceExpected, startOn, dueOn, verifierAgencyId };
      const wrong =
        unverifiable(s, terms as z.infer<typeof Terms>, ctx) ??
        datesRefusal(ctx, s.programmeId, { startOn, dueOn, afterProgramme }, Object.values(s.milestones)) ??
        pastDue(ctx, dueOn!, '/dueOn') ??
        (s.money && askRefusal(ctx, s.money, s.placeId));
      if (wrong) return wrong;
      const offered = emit('CommitmentOffered', {
        ...owned(s),
        title: s.title,
        change: s.change,
        accountable: accountable!,
        measure: measure!,
        evidenceExpected: evidenceExpected!,
        ...(startOn ? { startOn } : {}),
        dueOn: dueOn!,
        ...(afterProgramme ? { afterProgramme } : {}),
        verifierAgencyId: verifierAgencyId!,
        verifierKind: verifierKind(ctx, verifierAgencyId!),
        lapsesOn: lapseDay(ctx),
      });
      return s.money ? [offered, emit('FundsRequested', s.money)] : [offered];
    },
  }),
  RequestFunds: command(z.strictObject({}), {
    title: 'Ask the pool again for a commitment’s money',
    segment: 'fund-requests',
    givenBy: ['seat-holder', 'chair', 'secretariat', 'official', 'member'],
    allowedIn: ['offered', ...delivering],
    refuses: { ...seated, ...asking, NOT_DRAFTER: 'who', NO_FUNDS_ASKED: 'rule' },
    example: {},
    decide(s, _d, ctx) {
      const no = bindsOwner(s, ctx) ? seatedIn(ctx, s.placeId) : drafterRefusal(s, ctx);
      if (no) return no;
      if (!s.money) return refuse('NO_FUNDS_ASKED', 'This commitment asks no money of a pool.');
      const unpaid = askRefusal(ctx, s.money, s.placeId);
      if (unpaid) return unpaid;
      return s.funds === 'refused' || s.funds === 'released' ? [emit('FundsRequested', s.money)] : [];
    },
  }),
  Accept: command(
    z.strictObject({
      consent: z.boolean({ error: 'Select whether the commitment may be shown to the programme' }),
    }),
    {
      title: 'Accept a commitment for your agency',
      segment: 'acceptance',
      givenBy: ['seat-holder', 'chair', 'official', 'system'],
      allowedIn: ['offered'],
      refuses: {
        PLACE_WITHDRAWN: 'state',
        ONLY_OWNER_CAN_ACCEPT: 'who',
        AGENCY_RETIRED: 'rule',
        OFFER_LAPSED: 'state',
        DUE_DATE_IN_PAST: 'rule',
        NO_FUNDS_RESERVED: 'rule',
      },
      example: { consent: true },
      decide(s, d, ctx) {
        const own = ctx.actor.role === 'system' ? answeredInFull(s, ctx) : bindsOwner(s, ctx);
        if (!own) {
          return refuse(
            'ONLY_OWNER_CAN_ACCEPT',
            `Only ${s.ownerAgencyId} can accept this commitment: ${s.level === 'whitehall' ? 'an official of that department' : 'the holder of its seat, or their delegate'}.`,
          );
        }
        const no = withdrawnRefusal(ctx, s.placeId);
        if (no) return no;
        if (isRetired(ctx.read('agency', s.ownerAgencyId).state, ctx.today))
          return refuse('AGENCY_RETIRED', `The agency ${s.ownerAgencyId} is retired.`);
        if (ctx.today > s.lapsesOn)
          return refuse('OFFER_LAPSED', `The offer stood until ${longDate(s.lapsesOn)}. Draft it again.`);
        const late = pastDue(ctx, s.dueOn);
        if (late) return late;
        if (s.money && s.funds !== 'confirmed') {
          return refuse(
            'NO_FUNDS_RESERVED',
            `The pool has not reserved ${pounds(s.money.pence)} for this commitment. ${unreserved[s.funds ?? 'requested']}`,
          );
        }
        const { themeId } = s;
        return [
          emit('CommitmentAccepted', {
            ...owned(s),
            ...(themeId ? { themeId } : {}),
            dueOn: s.dueOn,
            ...baseline(s, ctx),
            consent: d.consent,
          }),
        ];
      },
    },
  ),
  Decline: command(z.strictObject({ reason: Prose() }), {
    title: 'Decline a commitment for your agency',
    segment: 'refusal',
    givenBy: ['seat-holder', 'chair', 'official'],
    allowedIn: ['offered'],
    refuses: own,
    example: { reason: 'The service is not ours to change' },
    decide: (s, d, ctx) =>
      ownRefusal(s, ctx, false) ?? [
        emit('CommitmentDeclined', {
          ownerAgencyId: s.ownerAgencyId,
          reason: d.reason,
          ...promisedBefore(s),
        }),
      ],
  }),
  ConsentToCommitmentDisclosure: command(z.strictObject({}), {
    title: 'Consent to show your agency’s commitment to the programme',
    segment: 'disclosure-consent',
    givenBy: ['seat-holder', 'chair', 'official'],
    allowedIn: ['accepted', 'in-delivery', 'completion-claimed', 'completed'],
    refuses: own,
    example: {},
    decide: (s, _d, ctx) =>
      ownRefusal(s, ctx, false) ??
      (s.consented ? [] : [emit('CommitmentDisclosureConsented', { ownerAgencyId: s.ownerAgencyId })]),
  }),
  ConfirmFunds: command(z.strictObject({}), {
    title: 'Record that the pool has reserved the money',
    givenBy: ['system'],
    allowedIn: waits,
    refuses: { NO_FUNDS_ASKED: 'rule', NO_FUNDS_RESERVED: 'rule' },
    example: {},
    decide: (s, _d, ctx) =>
      answerOf(s, ({ poolId, pence }) => {
        // An answer to an earlier request may come after the money was given back: the pool itself is looked at.
        return isHeld(poolId, ctx)
          ? [emit('CommitmentFundsConfirmed', { poolId, pence })]
          : refuse('NO_FUNDS_RESERVED', 'The pool holds nothing for this commitment any more.');
      }),
  }),
  RefuseFunds: command(z.strictObject({ code: z.string().max(100), reason: Prose() }), {
    title: 'Record that the pool has refused the money',
    givenBy: ['system'],
    allowedIn: waits,
    refuses: { NO_FUNDS_ASKED: 'rule' },
    example: { code: 'NOT_RESERVED', reason: 'The pool has not reserved it' },
    decide(s, d, ctx) {
      const refused = ({ poolId }: Asked) => [emit('CommitmentFundsRefused', { poolId, ...d })];
      // What was confirmed is refused once the pool has let go of it.
      return s.money && s.funds === 'confirmed' && !isHeld(s.money.poolId, ctx)
        ? refused(s.money)
        : answerOf(s, refused);
    },
  }),
  LapseOffer: command(z.strictObject({}), {
    title: 'Let an offer lapse that nobody answered in twenty working days',
    givenBy: ['system'],
    refuses: {},
    example: {},
    decide: (s, _d, ctx) =>
      isIn(s, 'offered') && ctx.today > s.lapsesOn
        ? [
            emit('OfferLapsed', {
              ownerAgencyId: s.ownerAgencyId,
              offeredOn: s.offeredOn,
              ...promisedBefore(s),
            }),
          ]
        : [],
  }),
};

type Asked = NonNullable<CommitmentState['money']>;
function isHeld(poolId: string, ctx: Context): boolean {
  const reserved = part(ctx.read('pool', poolId).state.reservations, ctx.recordId);
  return reserved !== undefined && !reserved.released;
}
const promisedBefore = (s: CommitmentState): { promisedBefore?: true } =>
  s.baselineDueOn === undefined ? {} : { promisedBefore: true };
function answerOf<A>(s: CommitmentState, say: (money: Asked) => A) {
  return s.money && s.funds === 'requested'
    ? say(s.money)
    : refuse('NO_FUNDS_ASKED', 'This commitment waits for no money.');
}
