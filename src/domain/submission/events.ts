/** What happens to a return (domain.md 9.21). Private, but for what was submitted or missed and what PO and TR do. */
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
import { DateOn, Id, PartId, Prose, Sha256, longDate } from '../shared/values.js';
import type { DueChange } from '../progress/due-codes.js';
import { namingPins } from '../kernel/links.js';

const { event } = kit<SubmissionState>();
const RoundNo = z.int().min(1).max(99);
const Sections = z.array(PartId).max(100);
const begun = {
  programmeId: Id,
  roundNo: RoundNo,
  roundKind: z.enum(['interim', 'final']),
  placeId: Id,
  placeKind: z.enum(['pilot', 'parallel']),
  templateVersion: z.int().min(0),
  template: z.array(TemplateSection).max(100),
};
const titled = (n: number): string => (n === 1 ? '1 section' : `${n} sections`);
/** "PledgeChanged" as "pledge changed". */
export const inWords = (type: string): string => type.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase();

function begin(s: SubmissionState, d: z.infer<z.ZodObject<typeof begun>>): void {
  s.programmeId = d.programmeId;
  s.roundNo = d.roundNo;
  s.roundKind = d.roundKind;
  s.placeId = d.placeId;
  s.placeKind = d.placeKind;
  s.template = d.template;
}
/** An edit brings a return back to work; one with changes requested stays so until it is complete again. */
function edited(s: SubmissionState): void {
  if (s.status !== 'changes-requested') s.status = 'in-progress';
  unsent(s);
}
/** What was sent for signature is that no longer. */
function unsent(s: SubmissionState): void {
  s.pins = [];
  delete s.sent;
  delete s.statementHash;
}
const reset = (s: SubmissionState, sections: readonly string[]): void => {
  for (const id of sections) {
    const answer = part(s.answers, id);
    if (answer) answer.complete = false;
  }
};
const noLongerAwaited = (): DueChange[] => [{ close: 'sign-off' }];

export const events = {
  SubmissionStarted: event(z.strictObject(begun), {
    evolve(s, d) {
      begin(s, d);
      s.status = 'in-progress';
    },
    act: true,
    describe: (d) => `began the ${returnName(d)}`,
    private: true,
    access: (d) => ({ tier: 'members', placeId: d.placeId, programmeId: d.programmeId }),
  }),
  SectionAnswered: event(
    z.strictObject({ sectionId: PartId, title: Prose(200), content: Content, prefilled: z.boolean() }),
    {
      evolve(s, d) {
        put(s.answers, d.sectionId, { content: d.content, prefilled: d.prefilled, complete: false });
        edited(s);
      },
      act: (d) => (d.prefilled ? undefined : d.sectionId),
      describe: (d) => (d.prefilled ? `prefilled “${d.title}”` : `answered “${d.title}”`),
      private: true,
      due: noLongerAwaited,
    },
  ),
  SectionCompleted: event(z.strictObject({ sectionId: PartId, title: Prose(200) }), {
    evolve(s, d) {
      changed(s.answers, d.sectionId).complete = true;
      if (s.template.every((t) => part(s.answers, t.sectionId)?.complete)) s.status = 'ready';
    },
    act: true,
    describe: (d) => `marked “${d.title}” complete`,
    private: true,
  }),
  SectionReopened: event(z.strictObject({ sectionId: PartId, title: Prose(200) }), {
    evolve(s, d) {
      reset(s, [d.sectionId]);
      edited(s);
    },
    act: true,
    describe: (d) => `reopened “${d.title}”`,
    private: true,
    due: noLongerAwaited,
  }),
  SubmissionSentForSignOff: event(
    z.strictObject({
      placeId: Id,
      roundKind: z.enum(['interim', 'final']),
      roundNo: RoundNo,
      accountableBodyId: Id.optional(),
      pins: z.array(Pin).max(100),
    }),
    {
      evolve(s, d, m) {
        s.status = 'awaiting-sign-off';
        s.pins = d.pins;
        s.sent = {
          version: m.version,
          submittedVersion: s.versions.length + 1,
          ...(d.accountableBodyId ? { accountableBodyId: d.accountableBodyId } : {}),
        };
        delete s.voided;
      },
      act: true,
      links: { pins: namingPins('includes') },
      describe: (d) =>
        `sent the ${returnName(d)} for sign-off, including ${d.pins.length === 1 ? '1 record' : `${d.pins.length} records`}`,
      private: true,
      due: (d) => [
        {
          open: 'sign-off',
          key: 'sign-off',
          place: d.placeId,
          workingDays: 5,
          deed: `Sign the ${returnName(d)} or say what is wrong`,
          // A light return is signed by the place's own lead contact.
          owedBy: [
            d.accountableBodyId
              ? { kind: 'agency', id: d.accountableBodyId }
              : { kind: 'place', id: d.placeId },
          ],
        },
      ],
    },
  ),
  SignOffDeclined: event(z.strictObject({ reason: Prose(), sections: Sections }), {
    evolve(s, d) {
      reset(s, d.sections);
      if (s.changes) s.changes.sections = [...new Set([...s.changes.sections, ...d.sections])];
      s.status = 'in-progress';
      unsent(s);
    },
    completes: ['sign-off'],
    describe: (d) => `declined to sign, sending back ${titled(d.sections.length)}: ${d.reason}`,
    private: true,
    due: noLongerAwaited,
  }),
  SubmissionSignedOff: event(z.strictObject({ statementHash: Sha256 }), {
    evolve(s, d) {
      s.status = 'signed-off';
      s.statementHash = d.statementHash;
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
      roundKind: z.enum(['interim', 'final']),
      roundNo: RoundNo,
      changed: z.array(Changed).max(100),
      sections: Sections,
    }),
    {
      evolve(s, d) {
        s.status = 'ready';
        unsent(s);
        s.voided = { changed: d.changed, sections: d.sections };
      },
      describe: (d) =>
        d.changed.length
          ? `voided the sign-off because ${d.changed.map((c) => `${c.aggregate} ${c.id} changed (${inWords(c.type)})`).join(', ')}`
          : `voided the sign-off because ${titled(d.sections.length)} changed`,
      private: true,
      due: (d) => [
        { close: 'sign-off' },
        {
          open: 're-sign',
          key: 're-sign',
          owedBy: [{ kind: 'place', id: d.placeId }],
          place: d.placeId,
          workingDays: 5,
          deed: `Send the ${returnName(d)} for sign-off again`,
        },
      ],
    },
  ),
  FindingsSubmitted: event(
    z.strictObject({
      programmeId: Id,
      roundNo: RoundNo,
      roundKind: z.enum(['interim', 'final']),
      placeId: Id,
      version: z.int().min(1),
      lateDays: z.int().min(0),
      statementHash: Sha256,
      sections: z
        .array(
          z.strictObject({
            sectionId: PartId,
            title: Prose(200),
            kind: TemplateSection.shape.kind,
            content: Content,
            prefilled: z.boolean(),
          }),
        )
        .max(100),
      included: z.array(Pin).max(100),
    }),
    {
      evolve(s, d, m) {
        s.status = 'submitted';
        s.versions.push({ version: d.version, submittedOn: m.today, lateDays: d.lateDays });
        delete s.changes;
      },
      act: true,
      links: { included: namingPins('includes') },
      describe: (d) =>
        `submitted the ${returnName(d)}, version ${d.version}${d.lateDays ? `, ${d.lateDays} ${d.lateDays === 1 ? 'day' : 'days'} late` : ''}`,
      access: () => ({ tier: 'programme' }),
    },
  ),
  ChangesRequested: event(z.strictObject({ sections: Sections, reason: Prose(), dueOn: DateOn }), {
    evolve(s, d) {
      s.status = s.versions.length ? 'changes-requested' : 'in-progress';
      s.changes = { ...d };
      reset(s, d.sections);
      unsent(s);
    },
    describe: (d) =>
      `asked for changes${d.sections.length ? ` to ${titled(d.sections.length)}` : ''} by ${longDate(d.dueOn)}: ${d.reason}`,
  }),
  SubmissionQueried: event(z.strictObject({ queryId: PartId, sectionId: PartId, question: Prose() }), {
    evolve(s, d) {
      put(s.queries, d.queryId, { sectionId: d.sectionId, answered: false });
    },
    act: (d) => d.queryId,
    describe: (d) => `asked: ${d.question}`,
  }),
  QueryAnswered: event(z.strictObject({ queryId: PartId, answer: Prose(5000) }), {
    evolve(s, d) {
      changed(s.queries, d.queryId).answered = true;
    },
    act: true,
    // As open as the question: who asked reads the answer.
    describe: (d) => `answered a query: ${d.answer}`,
  }),
  SubmissionAccepted: event(z.strictObject({ version: z.int().min(1) }), {
    evolve(s) {
      s.status = 'accepted';
    },
    describe: (d) => `accepted version ${d.version}`,
  }),
  SubmissionMissed: event(z.strictObject({ ...begun, missing: Sections }), {
    evolve(s, d) {
      if (s.status === 'none') begin(s, d);
      s.status = 'not-submitted';
      unsent(s);
    },
    describe: (d) =>
      `closed the round without the ${returnName(d)}; ${d.missing.length ? `${titled(d.missing.length)} not complete` : 'it was complete but not submitted'}`,
    // That it was missed is a fact for the programme, which can then ask for it.
    access: (d) => ({ tier: 'programme', placeId: d.placeId, programmeId: d.programmeId }),
    due: () => [{ close: '*' }],
  }),
};
export const { command, emit } = decides<SubmissionState>()(events, present);
