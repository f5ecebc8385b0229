/**
 * From draft to promise: drafted by anyone in the collaborative, accepted only by the body that must keep it
 * (docs/rules/commitment.md#offering).
 */
import { z } from 'zod';
import { isRetired } from '../agency/state.js';
import { isRefusal, refuse, type Context } from '../kernel/types.js';
import { yesNo } from '../shared/fields.js';
import { withdrawnRefusal } from '../shared/seats.js';
import { Prose, longDate, ref, idOf, partId, Reason } from '../shared/values.js';
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
  ownersNamed,
  pastDue,
  seated,
  seatedIn,
  verifierKind,
} from './rules.js';
import { askRefusal, asking, askingFor, baseline, moneyRefusal, refersRefusal, verifiable } from './terms.js';
import { part } from '../kernel/parts.js';
import { agencyRetired } from '../shared/wording.js';
import * as wording from './wording.js';
import { atMost, daysFor, longestCode } from './limits.js';

const drafters = [
  'seat-holder',
  'chair',
  'secretariat',
  'contributor',
  'official',
  'member',
  'system',
] as const;
export const lapseDay = (context: Context): string =>
  context.ref.workingDays.add(context.today, daysFor.offer);

/** Who drafted it, or the place's secretariat or chair. */
export function drafterRefusal(state: CommitmentState, context: Context) {
  const no = seatedIn(context, state.placeId);
  if (no ?? context.actor.role === 'system') return no;
  const office = context.actor.role === 'secretariat' || context.actor.role === 'chair';
  return office || context.actor.account === state.draftedBy
    ? undefined
    : refuse('NOT_DRAFTER', wording.onlyDraftersActHere);
}

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

const { accountable, measure, evidenceExpected, dueOn, verifierAgencyId } = Terms.shape;
const OfferData = Terms.extend({
  accountable: accountable.meta({ needed: 'Choose who answers for it' }),
  measure: measure.meta({ needed: 'Enter how it will be measured' }),
  evidenceExpected: evidenceExpected.meta({ needed: 'Enter how somebody outside could check it' }),
  dueOn: dueOn.meta({ needed: 'Enter the date by which it will be done' }),
  verifierAgencyId: verifierAgencyId.meta({ needed: 'Choose the agency that will verify it' }),
  afterProgramme: yesNo().optional().meta({ label: 'May it be done after the programme ends?' }),
});
const RequestFundsData = z.strictObject({
  money: Money.optional().meta({
    label: 'Money',
    hint: 'Only where the commitment was accepted without any. What it asks for already is asked for again.',
  }),
});

export const offerCommands = {
  DraftCommitment: command(
    z.strictObject({
      placeId: idOf('place').meta({ label: 'Place' }),
      title: Prose('title').meta({ label: 'What is promised' }),
      change: Prose().meta({ label: 'What will be different' }),
      ownerAgencyId: idOf('agency').meta({ label: 'Who must keep it' }),
      level: Level.meta({ label: 'Who promises' }),
      themeId: partId('theme', 'place').optional().meta({ label: 'Theme' }),
      ...Terms.shape,
      afterProgramme: yesNo().optional().meta({ label: 'May it be done after the programme ends?' }),
      milestones: z
        .array(Milestone)
        .max(atMost.milestones)
        .default([])
        .meta({ label: 'Milestones', hint: 'Steps on the way, each with its date.' }),
      money: Money.optional().meta({ label: 'Money' }),
      dependsOn: z
        .array(ref('commitment'))
        .max(atMost.dependencies)
        .default([])
        .meta({ label: 'Commitments that it depends on' }),
      from: Source.optional().meta({ label: 'Where it comes from' }),
      supersedes: ref('commitment').optional().meta({ label: 'Commitment that it takes the place of' }),
    }),
    {
      title: 'Draft a commitment',
      creates: true,
      givenBy: drafters,
      refuses: {
        ...seated,
        ...ownersNamed,
        ...dated,
        ONLY_OWN_DEPARTMENT: 'who of ownerAgencyId',
        MILESTONE_EXISTS: 'state',
        THEME_UNKNOWN: 'rule',
        ...askingFor,
        PLEDGE_UNKNOWN: 'rule',
        SOURCE_UNKNOWN: 'rule',
        COMMITMENT_UNKNOWN: 'rule',
        DEPENDENCY_CYCLE: 'rule',
      },
      example: offerExample,
      guard: (_s, context) =>
        context.actor.place === undefined ? undefined : seatedIn(context, context.actor.place),
      decide(_s, data, context) {
        const no = context.actor.place === undefined ? withdrawnRefusal(context, data.placeId) : undefined;
        if (no) return no;
        if (context.actor.role === 'official' && context.actor.agency !== data.ownerAgencyId)
          return refuse(
            'ONLY_OWN_DEPARTMENT',
            'An official drafts commitments of their own department.',
            '/ownerAgencyId',
          );
        const { programmeId } = context.read('place', data.placeId).state;
        if (new Set(data.milestones.map((m) => m.milestoneId)).size < data.milestones.length)
          return refuse(
            'MILESTONE_EXISTS',
            'Two milestones have the same id. Choose another.',
            '/milestones',
          );
        const wrong =
          ownerRefusal(context, data.level, data.placeId, data.ownerAgencyId, '/ownerAgencyId', data.from) ??
          datesRefusal(context, programmeId, data, data.milestones) ??
          refersRefusal(context, data);
        return (
          wrong ?? [
            emit('CommitmentDrafted', {
              ...data,
              dependsOn: [...new Set(data.dependsOn)],
              programmeId,
              ownerKind: ownerKind(data.level),
            }),
          ]
        );
      },
    },
  ),
  Offer: command(OfferData, {
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
    guard: (state, context) =>
      drafterRefusal(state, context) ??
      ownerRefusal(context, state.level, state.placeId, state.ownerAgencyId, '/ownerAgencyId', state.from) ??
      (state.money && askRefusal(context, state.money, state.placeId)),
    decide(state, data, context) {
      const { startOn, afterProgramme, ...offers } = { ...state, ...data };
      const terms = verifiable(state, offers, context);
      if (isRefusal(terms)) return terms;
      const { dueOn } = terms;
      const wrong =
        datesRefusal(
          context,
          state.programmeId,
          { startOn, dueOn, afterProgramme },
          Object.values(state.milestones),
        ) ?? pastDue(context, dueOn, '/dueOn');
      if (wrong) return wrong;
      const offered = emit('CommitmentOffered', {
        ...owned(state),
        title: state.title,
        change: state.change,
        ...terms,
        ...(startOn ? { startOn } : {}),
        ...(afterProgramme ? { afterProgramme } : {}),
        verifierKind: verifierKind(context, terms.verifierAgencyId),
        lapsesOn: lapseDay(context),
      });
      return state.money ? [offered, emit('FundsRequested', state.money)] : [offered];
    },
  }),
  RequestFunds: command(RequestFundsData, {
    title: 'Ask a pool for a commitment’s money',
    segment: 'fund-requests',
    givenBy: ['seat-holder', 'chair', 'secretariat', 'official', 'member'],
    allowedIn: ['offered', ...delivering],
    refuses: {
      ...seated,
      ...askingFor,
      PLEDGE_UNKNOWN: 'rule',
      NOT_DRAFTER: 'who',
      NO_FUNDS_ASKED: 'rule',
      FUNDS_ASKED: 'state',
    },
    example: {},
    guard(state, context) {
      const no = bindsOwner(state, context)
        ? seatedIn(context, state.placeId)
        : drafterRefusal(state, context);
      if (no) return no;
      if (state.money) return askRefusal(context, state.money, state.placeId);
      return isIn(state, 'offered') ? refuse('NO_FUNDS_ASKED', wording.offeredWithoutMoney) : undefined;
    },
    decide(state, { money }, context) {
      if (state.money) {
        if (money) return refuse('FUNDS_ASKED', wording.fundsAsked(state.money), '/money');
        return state.funds === 'refused' || state.funds === 'released'
          ? [emit('FundsRequested', state.money)]
          : [];
      }
      if (!money) return refuse('NO_FUNDS_ASKED', wording.sayWhichMoney, '/money');
      return moneyRefusal(context, money, state.placeId) ?? [emit('FundsRequested', money)];
    },
  }),
  Accept: command(
    z.strictObject({
      consent: yesNo('Select whether the commitment may be shown to the programme').meta({
        label: 'May the commitment be shown to the programme?',
      }),
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
      guard(state, context) {
        const own =
          context.actor.role === 'system' ? answeredInFull(state, context) : bindsOwner(state, context);
        if (!own) {
          return refuse('ONLY_OWNER_CAN_ACCEPT', wording.onlyOwnerAccepts(state.ownerAgencyId, state.level));
        }
        const no = withdrawnRefusal(context, state.placeId);
        if (no) return no;
        if (isRetired(context.read('agency', state.ownerAgencyId).state, context.today))
          return refuse('AGENCY_RETIRED', agencyRetired(state.ownerAgencyId));
        if (context.today > state.lapsesOn)
          return refuse('OFFER_LAPSED', `The offer stood until ${longDate(state.lapsesOn)}. Draft it again.`);
        const late = pastDue(context, state.dueOn);
        if (late) return late;
        return state.money && state.funds !== 'confirmed'
          ? refuse(
              'NO_FUNDS_RESERVED',
              wording.fundsNotReserved(state.money.pence, state.funds ?? 'requested'),
            )
          : undefined;
      },
      decide(state, data, context) {
        const { themeId } = state;
        return [
          emit('CommitmentAccepted', {
            ...owned(state),
            ...(themeId ? { themeId } : {}),
            dueOn: state.dueOn,
            ...baseline(state, context),
            consent: data.consent,
          }),
        ];
      },
    },
  ),
  Decline: command(z.strictObject({ reason: Reason }), {
    title: 'Decline a commitment for your agency',
    segment: 'refusal',
    givenBy: ['seat-holder', 'chair', 'official'],
    allowedIn: ['offered'],
    refuses: own,
    example: { reason: 'The service is not ours to change' },
    guard: (state, context) => ownRefusal(state, context, false),
    decide: (state, data) => [
      emit('CommitmentDeclined', {
        ownerAgencyId: state.ownerAgencyId,
        reason: data.reason,
        ...promisedBefore(state),
      }),
    ],
  }),
  ConsentToCommitmentDisclosure: command(z.strictObject({}), {
    title: 'Consent to show your agency’s commitment to the programme',
    segment: 'disclosure-consent',
    givenBy: ['seat-holder', 'chair', 'official'],
    allowedIn: ['accepted', 'in-delivery', 'completion-claimed', 'completed'],
    refuses: { ...own, CONSENT_STANDS: 'rule' },
    example: {},
    guard: (state, context) =>
      ownRefusal(state, context, false) ??
      (state.consented ? refuse('CONSENT_STANDS', wording.consentStands) : undefined),
    decide: (state) => [emit('CommitmentDisclosureConsented', { ownerAgencyId: state.ownerAgencyId })],
  }),
  ConfirmFunds: command(z.strictObject({}), {
    title: 'Record that the pool has reserved the money',
    givenBy: ['system'],
    allowedIn: waits,
    refuses: { NO_FUNDS_ASKED: 'rule', NO_FUNDS_RESERVED: 'rule' },
    example: {},
    decide: (state, _d, context) =>
      answerOf(state, ({ poolId, pence }) => {
        // An answer to an earlier request may come after the money was given back: the pool itself is looked
        // at.
        return isHeld(poolId, context)
          ? [emit('CommitmentFundsConfirmed', { poolId, pence })]
          : refuse('NO_FUNDS_RESERVED', 'The pool holds nothing for this commitment any more.');
      }),
  }),
  RefuseFunds: command(z.strictObject({ code: z.string().max(longestCode), reason: Prose() }), {
    title: 'Record that the pool has refused the money',
    givenBy: ['system'],
    allowedIn: waits,
    refuses: { NO_FUNDS_ASKED: 'rule' },
    example: { code: 'NOT_RESERVED', reason: 'The pool has not reserved it' },
    decide(state, data, context) {
      const refused = ({ poolId }: Asked) => [emit('CommitmentFundsRefused', { poolId, ...data })];
      // What was confirmed is refused once the pool has let go of it.
      return state.money && state.funds === 'confirmed' && !isHeld(state.money.poolId, context)
        ? refused(state.money)
        : answerOf(state, refused);
    },
  }),
  LapseOffer: command(z.strictObject({}), {
    title: 'Let an offer lapse that nobody answered in twenty working days',
    givenBy: ['system'],
    refuses: {},
    example: {},
    decide: (state, _d, context) =>
      isIn(state, 'offered') && context.today > state.lapsesOn
        ? [
            emit('OfferLapsed', {
              ownerAgencyId: state.ownerAgencyId,
              offeredOn: state.offeredOn,
              ...promisedBefore(state),
            }),
          ]
        : [],
  }),
};

type Asked = NonNullable<CommitmentState['money']>;
function isHeld(poolId: string, context: Context): boolean {
  const reserved = part(context.read('pool', poolId).state.reservations, context.recordId);
  return reserved !== undefined && !reserved.released;
}
const promisedBefore = (state: CommitmentState): { promisedBefore?: true } =>
  state.baselineDueOn === undefined ? {} : { promisedBefore: true };
function answerOf<A>(state: CommitmentState, say: (money: Asked) => A) {
  return state.money && state.funds === 'requested'
    ? say(state.money)
    : refuse('NO_FUNDS_ASKED', 'This commitment waits for no money.');
}
