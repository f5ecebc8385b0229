/**
 * What an owner says of a barrier: its answer, given by one of its people and prepared by another where they
 * like (docs/rules/barrier.md#answers).
 */
import { z } from 'zod';
import { unlessWaived, waiverRefusals } from '../shared/authority.js';
import { isRefusal, refuse, refuseFor, type Context } from '../kernel/types.js';
import { command, emit } from './events.js';
import { mine, ownerOf, owners } from './owners.js';
import { judgesActApart } from './rules.js';
import { AnswerKind, promising, following, heldTo, type BarrierState } from './state.js';
import { held, part } from '../kernel/parts.js';
import { DateOn, Name, Prose, ref, idOf } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost, daysFor } from './limits.js';

/** What an answer is to say, where its position asks for it. */
const lacks = {
  reason: 'Enter the reason.',
  official: 'Enter the official who stands by it.',
  dueOn: 'Enter the date by which it will be done, today or later.',
  evidenceNeeded: 'Enter what evidence you need, item by item.',
} as const;
const needed = [
  { member: 'reason', detail: lacks.reason },
  { member: 'official', detail: lacks.official },
] as const;

/** An answer as it is entered; what was prepared stands in its form. */
const AnswerData = z.strictObject({
  position: AnswerKind.meta({ from: '/prepared/answer/position', label: 'Your answer' }),
  reason: Prose()
    .optional()
    .meta({ from: '/prepared/answer/reason', label: 'Reason', when: { position: 'will-not' } }),
  official: Name.optional().meta({
    from: '/prepared/answer/official',
    label: 'Name and post of the official who answers',
  }),
  dueOn: DateOn.optional().meta({
    from: '/prepared/answer/dueOn',
    label: 'Date by which it will be done',
    when: { position: [...promising] },
  }),
  measure: Prose('remark')
    .optional()
    .meta({
      from: '/prepared/answer/measure',
      label: 'How it will be measured',
      when: { position: [...promising] },
    }),
  evidenceExpected: Prose('remark')
    .optional()
    .meta({
      from: '/prepared/answer/evidenceExpected',
      label: 'How somebody outside could check that it was done',
      when: { position: [...promising] },
    }),
  verifierAgencyId: idOf('agency')
    .optional()
    .meta({
      from: '/prepared/answer/verifierAgencyId',
      label: 'Agency that will verify it',
      when: { position: [...promising] },
    }),
  evidenceNeeded: z
    .array(Prose('remark'))
    .max(atMost.evidenceNeeded)
    .optional()
    .meta({
      from: '/prepared/answer/evidenceNeeded',
      label: 'Evidence that you need',
      hint: 'Enter each piece on a line of its own.',
      when: { position: 'need-evidence' },
    }),
  waiverId: ref('waiver')
    .optional()
    .meta({
      from: '/prepared/answer/waiverId',
      label: 'Waiver',
      hint: 'Needed only for a date after the end of the programme.',
      when: { position: [...promising] },
    }),
});
/** The same, as it is given: what its position asks for is there. */
const { reason, official, dueOn, evidenceNeeded } = AnswerData.shape;
const GivenData = AnswerData.extend({
  reason: reason.meta({ needed: lacks.reason, neededWhen: { position: 'will-not' } }),
  official: official.meta({ needed: lacks.official, neededWhen: { position: 'will-not' } }),
  dueOn: dueOn.meta({ needed: lacks.dueOn, neededWhen: { position: [...promising] } }),
  evidenceNeeded: evidenceNeeded.meta({
    needed: lacks.evidenceNeeded,
    neededWhen: { position: 'need-evidence' },
  }),
});

/** The owner may answer: it has not, or was directed to answer anew. */
function answerRefusal(state: BarrierState, context: Context) {
  const o = ownerOf(state, context);
  if (isRefusal(o)) return o;
  return o.answer ? refuse('ALREADY_ANSWERED', wording.alreadyAnswered) : undefined;
}

export const answerCommands = {
  PrepareAnswer: command(AnswerData, {
    title: 'Prepare an answer that somebody else of your agency gives',
    segment: 'prepared-answers',
    givenBy: owners,
    apart: judgesActApart,
    allowedIn: ['triaged', 'owned'],
    replaces: (state, _data, { agency }) => part(state.owners, agency)?.prepared !== undefined,
    refuses: { ...mine, ALREADY_ANSWERED: 'state' },
    example: { position: 'will-pilot', measure: 'One assessment instead of three' },
    guard: answerRefusal,
    decide: (state, answer, { actor }) => [
      emit('AnswerPrepared', { agencyId: held(state.owners, actor.agency).agencyId, answer }),
    ],
  }),
  Respond: command(GivenData, {
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
    guard: answerRefusal,
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
        // Who prepared another position did not prepare this answer.
        ...(o.prepared?.answer.position === data.position ? { preparedBy: o.prepared.by } : {}),
        ...(first && data.position !== 'need-evidence' ? { firstPromisedFor: first } : {}),
      };
      const accepted = { ...o, acceptedOn: o.acceptedOn ?? context.today };
      if (data.position === 'need-evidence') {
        if (!evidenceNeeded?.length)
          return refuse('EVIDENCE_LIST_REQUIRED', lacks.evidenceNeeded, '/evidenceNeeded');
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
      if (acts && (!day || day < context.today)) return refuse('DUE_REQUIRED', lacks.dueOn, '/dueOn');
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
  }),
};
