/**
 * What happens to a return (docs/rules/submission.md#who-reads-it). Private, but for what was submitted or
 * missed and what the programme office and treasury do.
 */
import { z } from 'zod';
import { decides, kit } from '../kernel/aggregate.js';
import { changed, part, put } from '../kernel/parts.js';
import {
  Changed,
  Content,
  Pin,
  TemplateSection,
  present,
  returnName,
  type SubmissionState,
} from './state.js';
import { DateOn, Id, longDate, PartId, Prose, RoundNo, Sha256 } from '../shared/values.js';
import type { DueChange } from '../progress/due-codes.js';
import { RoundKind } from '../programme/state.js';
import { namingPins } from '../kernel/links.js';
import { countOf } from '../shared/wording.js';
import { atMost, daysFor } from './limits.js';
import { contentInWords } from './wording.js';
import { nameOf } from '../kernel/naming.js';
import { sets } from '../kernel/set-value.js';

const { event } = kit<SubmissionState>();
const Sections = z.array(PartId).max(atMost.sections);
const begun = {
  programmeId: Id,
  roundNo: RoundNo,
  roundKind: RoundKind,
  roundName: Prose('name').optional(),
  placeId: Id,
  placeKind: z.enum(['pilot', 'parallel']),
  templateVersion: z.int().min(0),
  template: z.array(TemplateSection).max(atMost.sections),
};
/** "PledgeChanged" as "pledge changed". */
export const eventTypePhrase = (type: string): string => type.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase();

function begin(state: SubmissionState, data: z.infer<z.ZodObject<typeof begun>>): void {
  state.programmeId = data.programmeId;
  state.roundNo = data.roundNo;
  state.roundKind = data.roundKind;
  if (data.roundName) state.roundName = data.roundName;
  state.placeId = data.placeId;
  state.placeKind = data.placeKind;
  state.template = data.template;
}
/** An edit brings a return back to work; one with changes requested stays so until it is complete again. */
function edited(state: SubmissionState): void {
  if (state.status !== 'changes-requested') state.status = 'in-progress';
  unsent(state);
}
/** What was sent for signature is that no longer. */
function unsent(state: SubmissionState): void {
  state.pins = [];
  delete state.sent;
  delete state.statementHash;
}
const reset = (state: SubmissionState, sections: readonly string[]): void => {
  for (const id of sections) {
    const answer = part(state.answers, id);
    if (answer) answer.complete = false;
  }
};
const noLongerAwaited = (): DueChange[] => [{ close: 'sign-off' }];

export const events = {
  SubmissionStarted: event(z.strictObject(begun), {
    evolve(state, data) {
      begin(state, data);
      state.status = 'in-progress';
    },
    act: true,
    describe: (data) => `began the ${returnName(data)}`,
    private: true,
    access: (data) => ({ tier: 'members', placeId: data.placeId, programmeId: data.programmeId }),
  }),
  SectionAnswered: event(
    z.strictObject({ sectionId: PartId, title: Prose('name'), content: Content, prefilled: z.boolean() }),
    {
      evolve(state, data) {
        put(state.answers, data.sectionId, {
          content: data.content,
          prefilled: data.prefilled,
          complete: false,
        });
        edited(state);
      },
      act: (data) => (data.prefilled ? undefined : data.sectionId),
      describe: (data) => (data.prefilled ? `prefilled “${data.title}”` : `answered “${data.title}”`),
      sets: (data) => [sets(`section.${data.sectionId}`, data.title, contentInWords(data.content))],
      private: true,
      due: noLongerAwaited,
    },
  ),
  SectionCompleted: event(z.strictObject({ sectionId: PartId, title: Prose('name') }), {
    evolve(state, data) {
      changed(state.answers, data.sectionId).complete = true;
      if (state.template.every((t) => part(state.answers, t.sectionId)?.complete)) state.status = 'ready';
    },
    act: true,
    describe: (data) => `marked “${data.title}” complete`,
    private: true,
  }),
  SectionReopened: event(z.strictObject({ sectionId: PartId, title: Prose('name') }), {
    evolve(state, data) {
      reset(state, [data.sectionId]);
      edited(state);
    },
    act: true,
    describe: (data) => `reopened “${data.title}”`,
    private: true,
    due: noLongerAwaited,
  }),
  SubmissionSentForSignOff: event(
    z.strictObject({
      placeId: Id,
      roundKind: RoundKind,
      roundName: Prose('name').optional(),
      roundNo: RoundNo,
      accountableBodyId: Id.optional(),
      pins: z.array(Pin).max(atMost.records),
    }),
    {
      evolve(state, data, event) {
        state.status = 'awaiting-sign-off';
        state.pins = data.pins;
        state.sent = {
          version: event.version,
          submittedVersion: state.versions.length + 1,
          ...(data.accountableBodyId ? { accountableBodyId: data.accountableBodyId } : {}),
        };
        delete state.voided;
      },
      act: true,
      links: { pins: namingPins('includes') },
      describe: (data) =>
        `sent the ${returnName(data)} for sign-off, including ` +
        `${data.pins.length === 1 ? '1 record' : `${data.pins.length} records`}`,
      private: true,
      due: (data) => [
        {
          open: 'sign-off',
          key: 'sign-off',
          place: data.placeId,
          workingDays: daysFor.signature,
          deed: `Sign the ${returnName(data)} or say what is wrong`,
          // A light return is signed by the place's own lead contact.
          owedBy: [
            data.accountableBodyId
              ? { kind: 'agency', id: data.accountableBodyId }
              : { kind: 'place', id: data.placeId },
          ],
        },
      ],
    },
  ),
  SignOffDeclined: event(z.strictObject({ reason: Prose(), sections: Sections }), {
    evolve(state, data) {
      reset(state, data.sections);
      if (state.changes) state.changes.sections = [...new Set([...state.changes.sections, ...data.sections])];
      state.status = 'in-progress';
      unsent(state);
    },
    completes: ['sign-off'],
    describe: (data) =>
      `declined to sign, sending back ${countOf(data.sections.length, 'section')}: ${data.reason}`,
    private: true,
    due: noLongerAwaited,
  }),
  SubmissionSignedOff: event(z.strictObject({ statementHash: Sha256 }), {
    evolve(state, data) {
      state.status = 'signed-off';
      state.statementHash = data.statementHash;
    },
    act: true,
    completes: ['sign-off'],
    describe: () => 'signed the return off',
    private: true,
    due: () => [{ close: 'sign-off' }, { close: 're-sign' }],
  }),
  SignOffVoided: event(
    z.strictObject({
      placeId: Id,
      roundKind: RoundKind,
      roundName: Prose('name').optional(),
      roundNo: RoundNo,
      changed: z.array(Changed).max(atMost.records),
      sections: Sections,
    }),
    {
      evolve(state, data) {
        state.status = 'ready';
        unsent(state);
        state.voided = { changed: data.changed, sections: data.sections };
      },
      describe: (data) =>
        data.changed.length
          ? 'voided the sign-off because ' +
            data.changed
              .map(
                ({ aggregate, id, type }) =>
                  `${aggregate} ${nameOf.record(`${aggregate}-${id}`)} changed (${eventTypePhrase(type)})`,
              )
              .join(', ')
          : `voided the sign-off because ${countOf(data.sections.length, 'section')} changed`,
      private: true,
      due: (data) => [
        { close: 'sign-off' },
        {
          open: 're-sign',
          key: 're-sign',
          owedBy: [{ kind: 'place', id: data.placeId }],
          place: data.placeId,
          workingDays: daysFor.sendingAgain,
          deed: `Send the ${returnName(data)} for sign-off again`,
        },
      ],
    },
  ),
  FindingsSubmitted: event(
    z.strictObject({
      programmeId: Id,
      roundNo: RoundNo,
      roundKind: RoundKind,
      roundName: Prose('name').optional(),
      placeId: Id,
      version: z.int().min(1),
      lateDays: z.int().min(0),
      statementHash: Sha256,
      sections: z
        .array(
          z.strictObject({
            sectionId: PartId,
            title: Prose('name'),
            kind: TemplateSection.shape.kind,
            content: Content,
            prefilled: z.boolean(),
          }),
        )
        .max(atMost.sections),
      included: z.array(Pin).max(atMost.records),
    }),
    {
      evolve(state, data, event) {
        state.status = 'submitted';
        state.versions.push({ version: data.version, submittedOn: event.today, lateDays: data.lateDays });
        delete state.changes;
      },
      act: true,
      links: { included: namingPins('includes') },
      describe: (data) =>
        `submitted the ${returnName(data)}, version ${data.version}` +
        (data.lateDays ? `, ${countOf(data.lateDays, 'day')} late` : ''),
      sets: (data) => [sets('version', 'Version submitted', String(data.version))],
      access: () => ({ tier: 'programme' }),
    },
  ),
  ChangesRequested: event(z.strictObject({ sections: Sections, reason: Prose(), dueOn: DateOn }), {
    evolve(state, data) {
      state.status = state.versions.length ? 'changes-requested' : 'in-progress';
      state.changes = { ...data };
      reset(state, data.sections);
      unsent(state);
    },
    describe: (data) =>
      'asked for changes' +
      (data.sections.length ? ` to ${countOf(data.sections.length, 'section')}` : '') +
      ' by ' +
      `${longDate(data.dueOn)}: ${data.reason}`,
    sets: (data) => [sets('changes-due', 'Changes due', longDate(data.dueOn))],
  }),
  SubmissionQueried: event(z.strictObject({ queryId: PartId, sectionId: PartId, question: Prose() }), {
    evolve(state, data) {
      put(state.queries, data.queryId, { sectionId: data.sectionId, answered: false });
    },
    act: (data) => data.queryId,
    describe: (data) => `asked: ${data.question}`,
  }),
  QueryAnswered: event(z.strictObject({ queryId: PartId, answer: Prose('report') }), {
    evolve(state, data) {
      changed(state.queries, data.queryId).answered = true;
    },
    act: true,
    // As open as the question: who asked reads the answer.
    describe: (data) => `answered a query: ${data.answer}`,
  }),
  SubmissionAccepted: event(z.strictObject({ version: z.int().min(1) }), {
    evolve(state) {
      state.status = 'accepted';
    },
    describe: (data) => `accepted version ${data.version}`,
  }),
  SubmissionMissed: event(z.strictObject({ ...begun, missing: Sections }), {
    evolve(state, data) {
      if (state.status === 'none') begin(state, data);
      state.status = 'not-submitted';
      unsent(state);
    },
    describe: (data) =>
      `closed the round without the ${returnName(data)}; ` +
      (data.missing.length
        ? `${countOf(data.missing.length, 'section')} not complete`
        : 'it was complete but not submitted'),
    // That it was missed is a fact for the programme, which can then ask for it.
    access: (data) => ({ tier: 'programme', placeId: data.placeId, programmeId: data.programmeId }),
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<SubmissionState>()(events, present);
