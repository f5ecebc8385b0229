/**
 * What the owners of a barrier do, each for itself: accept or decline it, answer it, claim that it is removed
 * (docs/rules/barrier.md#owners).
 */
import { z } from 'zod';
import { unlessWaived, waiverRefusals } from '../shared/authority.js';
import { isRefusal, refusedIn, refuse, refuseFor, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { here, judgesActApart, seated, seatedHere } from './rules.js';
import { AnswerKind, following, heldTo, type BarrierState } from './state.js';
import { partOr, held } from '../kernel/parts.js';
import { DateOn, Name, Prose, ref, idOf, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost, daysFor } from './limits.js';

/**
 * Officials answer for departments, holders of an accepted seat for partners; each for its own agency only.
 */
function ownerOf(state: BarrierState, context: Context) {
  const no = seatedHere(state, context);
  if (no) return no;
  const notOwner = () => refuse('NOT_OWNER', 'Only an owner of the barrier can do this, each for itself.');
  const o = partOr(state.owners, context.actor.agency, notOwner);
  if (isRefusal(o)) return o;
  if ((o.kind === 'department') !== (context.actor.role === 'official')) return notOwner();
  return o.struck ? refuse('NOT_OWNER', wording.declinedToOwn) : o;
}
const ownerRefusal = (state: BarrierState, context: Context) => refusedIn(ownerOf(state, context));
const owners = ['official', 'seat-holder', 'chair'] as const;
const mine = { ...seated, NOT_OWNER: 'who' } as const;

const DeclineOwnershipData = z.strictObject({
  reason: Reason,
  suggests: idOf('agency').optional().meta({ label: 'Who owns it instead' }),
});

/** What an answer that it will not be removed is to say. */
const needed = [
  { member: 'reason', detail: 'Enter the reason.' },
  { member: 'official', detail: 'Enter the official who stands by it.' },
] as const;

export const ownerCommands = {
  AcceptOwnership: command(z.strictObject({}), {
    title: 'Accept to own a barrier for your agency',
    segment: 'ownership-acceptances',
    givenBy: owners,
    apart: judgesActApart,
    allowedIn: ['triaged', 'owned'],
    refuses: mine,
    example: {},
    guard: ownerRefusal,
    decide(state, _d, context) {
      const o = held(state.owners, context.actor.agency);
      return o.acceptedOn
        ? []
        : [
            emit('OwnershipAccepted', {
              agencyId: o.agencyId,
              placeId: state.placeId,
              next: following(state, { ...o, acceptedOn: context.today }),
            }),
          ];
    },
  }),
  DeclineOwnership: command(DeclineOwnershipData, {
    title: 'Decline to own a barrier for your agency',
    segment: 'ownership-refusals',
    givenBy: owners,
    allowedIn: ['triaged'],
    refuses: { ...mine, ALREADY_ACCEPTED: 'state' },
    example: { reason: 'The rule is the Treasury’s', suggests: 'hm-treasury' },
    guard(state, context) {
      const o = ownerOf(state, context);
      if (isRefusal(o)) return o;
      return o.acceptedOn ? refuse('ALREADY_ACCEPTED', wording.acceptedToOwn) : undefined;
    },
    decide: (state, data, context) => [
      emit('OwnershipDeclined', { agencyId: context.actor.agency, placeId: state.placeId, ...data }),
    ],
  }),
  Respond: command(
    z.strictObject({
      position: AnswerKind.meta({ label: 'Your answer' }),
      reason: Prose()
        .optional()
        .describe('Required where position is will-not')
        .meta({ label: 'Reason', when: { position: 'will-not' } }),
      official: Name.optional()
        .describe('Required where position is will-not')
        .meta({ label: 'Name and post of the official who answers' }),
      dueOn: DateOn.optional()
        .describe('Required where position is will-remove or will-pilot')
        .meta({ label: 'Date by which it will be done', when: { position: ['will-remove', 'will-pilot'] } }),
      measure: Prose('remark')
        .optional()
        .meta({ label: 'How it will be measured', when: { position: ['will-remove', 'will-pilot'] } }),
      evidenceExpected: Prose('remark')
        .optional()
        .meta({
          label: 'How somebody outside could check that it was done',
          when: { position: ['will-remove', 'will-pilot'] },
        }),
      verifierAgencyId: idOf('agency')
        .optional()
        .meta({ label: 'Agency that will verify it', when: { position: ['will-remove', 'will-pilot'] } }),
      evidenceNeeded: z
        .array(Prose('remark'))
        .max(atMost.evidenceNeeded)
        .optional()
        .describe('Required where position is need-evidence')
        .meta({
          label: 'Evidence that you need',
          hint: 'Enter each piece on a line of its own.',
          when: { position: 'need-evidence' },
        }),
      waiverId: ref('waiver')
        .optional()
        .meta({
          label: 'Waiver',
          hint: 'Needed only for a date after the end of the programme.',
          when: { position: ['will-remove', 'will-pilot'] },
        }),
    }),
    {
      title: 'Answer a barrier for your agency',
      segment: 'answers',
      renamed: { verifierAgency: 'verifierAgencyId' },
      givenBy: owners,
      apart: judgesActApart,
      allowedIn: ['triaged', 'owned'],
      refuses: {
        ...mine,
        ALREADY_ANSWERED: 'state',
        REASON_REQUIRED: 'rule',
        DUE_REQUIRED: 'rule',
        DUE_AFTER_PROGRAMME: 'rule',
        ...waiverRefusals,
        EVIDENCE_LIST_REQUIRED: 'rule',
        EVIDENCE_LOOP: 'rule',
      },
      example: {
        position: 'will-remove',
        official: 'Jane Doe',
        dueOn: '2010-02-26',
        measure: 'One assessment instead of three',
        evidenceExpected: 'The circular',
        verifierAgencyId: 'durham-county-council',
      },
      guard(state, context) {
        const o = ownerOf(state, context);
        if (isRefusal(o)) return o;
        return o.answer ? refuse('ALREADY_ANSWERED', wording.alreadyAnswered) : undefined;
      },
      decide(state, data, context) {
        const o = held(state.owners, context.actor.agency);
        const wd = context.ref.workingDays;
        const { dueOn, evidenceNeeded, waiverId, verifierAgencyId, ...rest } = data;
        const first = heldTo(o)?.firstPromisedFor ?? heldTo(o)?.dueOn;
        const head = {
          agencyId: o.agencyId,
          placeId: state.placeId,
          kind: o.kind,
          ...rest,
          ...(verifierAgencyId ? { verifierAgency: verifierAgencyId } : {}),
          ...(first && data.position !== 'need-evidence' ? { firstPromisedFor: first } : {}),
        };
        const accepted = { ...o, acceptedOn: o.acceptedOn ?? context.today };
        if (data.position === 'need-evidence') {
          if (!evidenceNeeded?.length)
            return refuse(
              'EVIDENCE_LIST_REQUIRED',
              'Enter what evidence you need, item by item.',
              '/evidenceNeeded',
            );
          if (o.leftDays !== undefined || o.evidenceAsked >= atMost.evidenceAsked)
            return refuse('EVIDENCE_LOOP', wording.evidenceAskedTooOften, '/position');
          const next = following(state, accepted);
          return [
            emit('BarrierAnswered', {
              ...head,
              next,
              evidenceNeeded,
              evidenceDueOn: wd.add(context.today, daysFor.evidence),
              leftDays: Math.max(0, wd.between(context.today, o.directionDueOn ?? o.dueOn)),
            }),
          ];
        }
        const acts = data.position !== 'will-not';
        const day = acts ? dueOn : undefined;
        const lacking = needed.filter(({ member }) => !data[member]);
        if (!acts && lacking.length > 0)
          return refuseFor(
            'REASON_REQUIRED',
            lacking.map(({ member, detail }) => ({ path: `/${member}`, detail })),
          );
        if (acts && (!day || day < context.today))
          return refuse('DUE_REQUIRED', 'Enter the date by which it will be done, today or later.', '/dueOn');
        const { endOn } = context.read('programme', state.programmeId).state;
        const after = day !== undefined && day > endOn;
        const tooLate = refuse('DUE_AFTER_PROGRAMME', wording.dateAfterProgramme(endOn), '/dueOn');
        const out = after
          ? unlessWaived(context, waiverId, tooLate, state.placeId, `barrier-${context.recordId}`)
          : undefined;
        if (out) return out;
        const next = following(state, {
          ...accepted,
          answer: { position: data.position, on: context.today },
        });
        const answered = emit('BarrierAnswered', {
          ...head,
          next,
          ...(day ? { dueOn: day } : {}),
          ...(after ? { waiverId } : {}),
        });
        return next === 'refused'
          ? [answered, emit('BarrierRefused', { agencyId: o.agencyId, placeId: state.placeId })]
          : [answered];
      },
    },
  ),
  ClaimRemoved: command(
    z.strictObject({
      evidence: z
        .array(Prose('remark'))
        .min(1, 'Enter the evidence')
        .max(atMost.evidence)
        .meta({ label: 'Evidence that it is removed', hint: 'Enter each piece on a line of its own.' }),
    }),
    {
      title: 'Claim that a barrier is removed',
      segment: 'removal-claims',
      givenBy: owners,
      apart: judgesActApart,
      allowedIn: ['in-action'],
      refuses: mine,
      example: { evidence: ['Circular 12/2009 withdraws the condition'] },
      guard: ownerRefusal,
      decide(state, data, context) {
        const wd = context.ref.workingDays;
        return [
          emit('RemovalClaimed', {
            agencyId: context.actor.agency,
            placeId: state.placeId,
            evidence: data.evidence,
            joined: here(state, context),
            confirmBy: wd.add(context.today, daysFor.confirmation),
            silentUntil: wd.add(context.today, daysFor.silence),
          }),
        ];
      },
    },
  ),
};
