/**
 * Making a return: start, answer, complete, send for sign-off; and what reactors do to it
 * (docs/rules/submission.md#sections).
 */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { isRefusal, refusedIn, refuse, type Context, type PartOf } from '../kernel/types.js';
import { existing, held, part } from '../kernel/parts.js';
import { knownRound } from '../programme/state.js';
import { command, emit } from './events.js';
import { changedSince, editable, kindRefusal, pin, roundOf, roundRefusal, type Where } from './rules.js';
import {
  Changed,
  Content,
  IncludedRecord,
  contentProblem,
  incomplete,
  roundOfReturn,
  sectionOf,
  stillWanted,
  tooLong,
  type SubmissionState,
} from './state.js';
import { PartId, idOf, partId, roundId } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

const Start = z.strictObject({
  programmeId: idOf('programme').meta({ label: 'Programme' }),
  roundNo: roundId('programme').meta({ label: 'Round' }),
  placeId: idOf('place').meta({ label: 'Place' }),
});
const example = { programmeId: 'total-place', roundNo: 1, placeId: 'durham' };
const editing = ['in-progress', 'ready', 'awaiting-sign-off', 'signed-off', 'changes-requested'] as const;

/** The place's template, as the return keeps it. */
function begun(context: Context, where: Where) {
  const { state } = roundOf(context, where);
  // A withdrawn place keeps its kind.
  const placeKind = held(state.places, where.placeId).kind;
  const { kind, name } = knownRound(state, where.roundNo);
  const template = part(state.templates, `${kind}.${placeKind}`);
  return {
    programmeId: where.programmeId,
    roundNo: where.roundNo,
    roundKind: kind,
    ...(name ? { roundName: name } : {}),
    placeId: where.placeId,
    placeKind,
    templateVersion: template?.version ?? 0,
    template: (template?.sections ?? []).map(({ sectionId, title, prompt, kind: k, maxWords }) => ({
      sectionId,
      title,
      prompt,
      kind: k,
      ...(maxWords ? { maxWords } : {}),
    })),
  };
}

/** An edit after signing says first that the signature is gone. */
function voidFirst(state: SubmissionState, sectionId: string) {
  if (state.status !== 'signed-off') return [];
  return [
    emit('SignOffVoided', {
      placeId: state.placeId,
      ...roundOfReturn(state),
      changed: [],
      sections: [sectionId],
    }),
  ];
}
const editRefusal = (context: Context, state: SubmissionState) =>
  kindRefusal(context, state.placeKind) ?? roundRefusal(context, state, state.changes !== undefined);

/** A section that may be edited now. */
const sectionRefusal = (state: SubmissionState, context: Context, sectionId: string) =>
  editRefusal(context, state) ?? refusedIn(editable(state, sectionId));
type Answered = SubmissionState['answers'][keyof SubmissionState['answers']];
/** A command is about a section, whose answer is as it is asked; one that was asked to be changed. */
const aboutSection = (which: (answer: Answered | undefined) => boolean) => ({
  member: 'sectionId' as const,
  among: (state: SubmissionState): PartOf[] =>
    state.template.flatMap(({ sectionId: id, title }) =>
      which(part(state.answers, id)) ? [{ id, title }] : [],
    ),
});

/** It says so already, by somebody's hand. */
function isAnswer(state: SubmissionState, data: { sectionId: string; content: Content }): boolean {
  const now = part(state.answers, data.sectionId);
  return now !== undefined && !now.prefilled && isDeepStrictEqual(now.content, data.content);
}

const AnswerSectionData = z.strictObject({
  sectionId: partId('section').meta({ label: 'Section' }),
  content: Content.meta({ label: 'Answer', from: '/sections/{sectionId}/content' }),
});

export const making = {
  StartSubmission: command(Start, {
    title: 'Start a return',
    creates: true,
    id: (data) => `${data.programmeId}.${data.roundNo}.${data.placeId}`,
    givenBy: ['secretariat', 'contributor', 'member'],
    refuses: { ROUND_NOT_OPEN: 'rule', TEMPLATE_NOT_SET: 'rule' },
    example,
    guard(_s, context) {
      const { programmeId } = context.read('place', context.actor.place).state;
      const here = part(context.read('programme', programmeId).state.places, context.actor.place);
      return here && kindRefusal(context, here.kind);
    },
    decide(_s, given, context) {
      const closed = roundRefusal(context, given, false);
      if (closed) return closed;
      const data = begun(context, given);
      if (!data.template.length) return refuse('TEMPLATE_NOT_SET', wording.templateNotSet);
      return [emit('SubmissionStarted', data)];
    },
  }),
  AnswerSection: command(AnswerSectionData, {
    title: 'Answer a section of a return',
    segment: 'answers',
    givenBy: ['secretariat', 'contributor', 'member'],
    allowedIn: editing,
    replaces: (state, data) => part(state.answers, data.sectionId) !== undefined && !isAnswer(state, data),
    refuses: {
      ROUND_NOT_OPEN: 'rule',
      SECTION_UNKNOWN: 'rule',
      SECTION_NOT_NAMED: 'rule',
      SECTION_NOT_VALID: 'rule',
    },
    example: {
      sectionId: 'narrative',
      content: { text: 'Residents told us the same story to nine services.' },
    },
    part: aboutSection(() => true),
    guard: sectionRefusal,
    decide(state, data) {
      const section = editable(state, data.sectionId);
      if (isRefusal(section)) return section;
      const problem =
        contentProblem(section, data.content) ??
        stillWanted(section, data.content) ??
        tooLong(state, data.sectionId, data.content);
      if (problem) return refuse('SECTION_NOT_VALID', problem, '/content');
      if (isAnswer(state, data)) return [];
      return [
        ...voidFirst(state, data.sectionId),
        emit('SectionAnswered', {
          sectionId: data.sectionId,
          title: section.title,
          content: data.content,
          prefilled: false,
        }),
      ];
    },
  }),
  CompleteSection: command(z.strictObject({ sectionId: partId('section').meta({ label: 'Section' }) }), {
    title: 'Mark a section complete',
    segment: 'section-completions',
    givenBy: ['secretariat', 'contributor', 'member'],
    allowedIn: ['in-progress', 'changes-requested'],
    refuses: {
      ROUND_NOT_OPEN: 'rule',
      SECTION_UNKNOWN: 'rule',
      SECTION_NOT_NAMED: 'rule',
      SECTION_INCOMPLETE: 'rule',
    },
    example: { sectionId: 'narrative' },
    part: aboutSection((answer) => answer !== undefined && !answer.complete),
    guard(state, context, sectionId) {
      const section = editRefusal(context, state) ?? editable(state, sectionId);
      if (isRefusal(section)) return section;
      const answer = part(state.answers, sectionId);
      if (!answer)
        return refuse(
          'SECTION_INCOMPLETE',
          `Answer “${section.title}” before marking it complete.`,
          '/sectionId',
        );
      const wanted = stillWanted(section, answer.content);
      return wanted ? refuse('SECTION_INCOMPLETE', wanted, '/sectionId') : undefined;
    },
    decide(state, { sectionId }) {
      const title = existing(sectionOf(state, sectionId), `section ${sectionId}`).title;
      return held(state.answers, sectionId).complete ? [] : [emit('SectionCompleted', { sectionId, title })];
    },
  }),
  ReopenSection: command(z.strictObject({ sectionId: partId('section').meta({ label: 'Section' }) }), {
    title: 'Reopen a section',
    segment: 'section-reopenings',
    givenBy: ['secretariat', 'contributor', 'member'],
    allowedIn: editing,
    refuses: { ROUND_NOT_OPEN: 'rule', SECTION_UNKNOWN: 'rule', SECTION_NOT_NAMED: 'rule' },
    example: { sectionId: 'narrative' },
    part: aboutSection((answer) => answer?.complete === true),
    guard: sectionRefusal,
    decide(state, data) {
      const section = editable(state, data.sectionId);
      if (isRefusal(section)) return section;
      if (!part(state.answers, data.sectionId)?.complete) return [];
      return [
        ...voidFirst(state, data.sectionId),
        emit('SectionReopened', { sectionId: data.sectionId, title: section.title }),
      ];
    },
  }),
  SendForSignOff: command(
    z.strictObject({
      included: z
        .array(IncludedRecord)
        .max(atMost.records, `Include ${atMost.records} records or fewer`)
        .meta({ label: 'Records that the return includes' }),
    }),
    {
      title: 'Send a return for sign-off',
      segment: 'sign-off-requests',
      givenBy: ['secretariat', 'member'],
      // In the states before ready the refusal names the sections.
      allowedIn: ['in-progress', 'changes-requested', 'ready'],
      refuses: {
        ROUND_NOT_OPEN: 'rule',
        SECTION_INCOMPLETE: 'rule',
        NO_SIGNER: 'rule',
        RECORD_UNKNOWN: 'rule',
        COMMITMENT_NOT_ACCEPTED: 'rule',
        NOT_DISCLOSED: 'rule',
      },
      example: { included: [{ aggregate: 'pool', id: 'durham-drugs' }] },
      guard(state, context) {
        const no = editRefusal(context, state);
        if (no) return no;
        const open = incomplete(state);
        if (open.length)
          return refuse(
            'SECTION_INCOMPLETE',
            `Complete ${open.map((t) => `“${t.title}”`).join(', ')} first.`,
          );
        const { accountableBodyId, leadContact } = context.read('place', state.placeId).state;
        const full = state.placeKind === 'pilot';
        return (full ? accountableBodyId : leadContact)
          ? undefined
          : refuse('NO_SIGNER', wording.noSigner(full));
      },
      decide(state, data, context) {
        const { accountableBodyId } = context.read('place', state.placeId).state;
        const full = state.placeKind === 'pilot';
        const pins = pin(context, state.placeId, data.included);
        if (isRefusal(pins)) return pins;
        return [
          emit('SubmissionSentForSignOff', {
            placeId: state.placeId,
            ...roundOfReturn(state),
            ...(full ? { accountableBodyId } : {}),
            pins,
          }),
        ];
      },
    },
  ),
};

export const reacting = {
  /** By the submission assembler. What somebody answered by hand or has confirmed as complete stands. */
  PrefillSections: command(
    z.strictObject({
      sections: z.array(z.strictObject({ sectionId: PartId, content: Content })).max(atMost.sections),
    }),
    {
      title: 'Prefill sections from what the programme may see',
      givenBy: ['system'],
      refuses: {},
      example: {
        sections: [
          { sectionId: 'pools', content: { rows: [{ label: 'Drugs and alcohol', value: 'open' }] } },
        ],
      },
      decide(state, data) {
        if (state.status !== 'in-progress' && state.status !== 'changes-requested') return [];
        let filled = state;
        return data.sections.flatMap(({ sectionId, content }) => {
          const section = editable(state, sectionId);
          const now = part(state.answers, sectionId);
          if (isRefusal(section) || (section.kind !== 'prefilled' && section.kind !== 'locus-counts'))
            return [];
          if (
            contentProblem(section, content) ||
            tooLong(filled, sectionId, content) ||
            (now && (!now.prefilled || now.complete || isDeepStrictEqual(now.content, content)))
          )
            return [];
          filled = {
            ...filled,
            answers: { ...filled.answers, [sectionId]: { content, prefilled: true, complete: false } },
          };
          return [emit('SectionAnswered', { sectionId, title: section.title, content, prefilled: true })];
        });
      },
    },
  ),
  /** By the sign-off voider. Only what came after the pin voids. */
  VoidSignOff: command(z.strictObject({ changed: Changed }), {
    title: 'Void a sign-off because an included record changed',
    givenBy: ['system'],
    refuses: {},
    example: { changed: { aggregate: 'pool', id: 'durham-drugs', version: 5, type: 'PledgeChanged' } },
    decide(state, { changed }, context) {
      if (state.status !== 'awaiting-sign-off' && state.status !== 'signed-off') return [];
      const pinned = state.pins.find((p) => p.aggregate === changed.aggregate && p.id === changed.id);
      if (!pinned || changed.version <= pinned.version) return [];
      const all = changedSince(context, state.pins);
      const others = all.filter((c) => c.aggregate !== changed.aggregate || c.id !== changed.id);
      return [
        emit('SignOffVoided', {
          placeId: state.placeId,
          ...roundOfReturn(state),
          changed: [changed, ...others],
          sections: [],
        }),
      ];
    },
  }),
  /** Clock. Starts the stream where nothing was begun. */
  MissSubmission: command(Start, {
    title: 'Record that a round closed without a return',
    givenBy: ['system'],
    refuses: {},
    example,
    decide(state, given, context) {
      if (state.versions.length || state.status === 'not-submitted' || state.changes) return [];
      const { place, round, extension } = roundOf(context, given);
      if (!place || round?.status !== 'closed' || (extension && extension.to >= context.today)) return [];
      const data = begun(context, given);
      if (state.status === 'none')
        return [emit('SubmissionMissed', { ...data, missing: data.template.map((t) => t.sectionId) })];
      // What was begun keeps its own template.
      const own = { roundKind: state.roundKind, placeKind: state.placeKind, template: state.template };
      return [
        emit('SubmissionMissed', { ...data, ...own, missing: incomplete(state).map((t) => t.sectionId) }),
      ];
    },
  }),
};
export const knows = (state: SubmissionState, ids: readonly string[]): string | undefined =>
  ids.find((id) => !sectionOf(state, id));
