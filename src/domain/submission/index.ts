/**
 * Submission (docs/rules/submission.md): what a place returns in a round, such as its interim findings or
 * final report. One per programme, round and place.
 */
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { isRefusal, refuse, type PartOf } from '../kernel/types.js';
import { existing, held, part, partOr } from '../kernel/parts.js';
import { seatRefusal } from '../shared/seats.js';
import { knows, making, reacting } from './commands.js';
import { command, emit, events } from './events.js';
import { changedSince, kindRefusal, lateDays, roundRefusal, signerRefusal, voidRefusal } from './rules.js';
import { initial, isIn, present, roundOfReturn, sectionOf, type SubmissionState } from './state.js';
import { statementOf } from './statement.js';
import { DateOn, Prose, Sha256, partId, NewPartId, Reason } from '../shared/values.js';
import * as wording from './wording.js';
import { atMost } from './limits.js';

/** A query that is not answered yet. */
const aboutQuery = {
  member: 'queryId' as const,
  among: (state: SubmissionState): PartOf[] =>
    Object.entries(state.queries).flatMap(([id, { sectionId, answered }]) =>
      answered ? [] : [{ id, title: `Query ${id}, on “${sectionOf(state, sectionId)?.title ?? sectionId}”` }],
    ),
};
const SectionIds = z.array(partId('section')).max(atMost.sections);
const unknownSection = (id: string) => refuse('SECTION_UNKNOWN', wording.notItsSection(id), '/sections');

const SignOffData = z.strictObject({
  statementHash: Sha256.meta({
    field: 'given',
    from: '/statement/hash',
    label: 'Fingerprint of the statement that you sign',
  }),
});

const signing = {
  SignOff: command(SignOffData, {
    title: 'Sign a return off',
    segment: 'sign-off',
    freshSignIn: true,
    givenBy: ['finance-officer', 'member', 'secretariat'],
    // Ready: voided while it waited for the signature.
    allowedIn: ['awaiting-sign-off', 'ready'],
    apart: {
      code: 'SOD_CONFLICT',
      after: ['SectionAnswered', 'SectionCompleted', 'SubmissionSentForSignOff'],
      detail: wording.signedApart,
    },
    refuses: { ONLY_SIGNER_SIGNS: 'who', SIGN_OFF_VOID: 'rule', STATEMENT_DIFFERS: 'rule' },
    example: { statementHash: 'a'.repeat(64) },
    guard(state, context) {
      const no = signerRefusal(context, state);
      if (no) return no;
      if (!isIn(state, 'awaiting-sign-off'))
        return state.voided
          ? voidRefusal(state, state.voided.changed, state.voided.sections)
          : refuse('WRONG_STATE', 'This is ready. Send it for sign-off first.');
      const changed = changedSince(context, state.pins);
      if (changed.length) return voidRefusal(state, changed);
      const to = state.sent.accountableBodyId;
      return state.placeKind === 'pilot' && to !== context.actor.agency
        ? refuse('SIGN_OFF_VOID', wording.sentToAnother(existing(to, 'the accountable body it was sent to')))
        : undefined;
    },
    decide(state, data) {
      if (existing(statementOf(state), 'statement to sign').hash !== data.statementHash)
        return refuse('STATEMENT_DIFFERS', wording.statementDiffers, '/statementHash');
      return [emit('SubmissionSignedOff', data)];
    },
  }),
  DeclineSignOff: command(
    z.strictObject({
      reason: Reason,
      sections: SectionIds.min(1, 'Select at least one section').meta({
        label: 'Sections that you object to',
      }),
    }),
    {
      title: 'Decline to sign a return',
      segment: 'sign-off-refusals',
      givenBy: ['finance-officer', 'member', 'secretariat'],
      allowedIn: ['awaiting-sign-off'],
      refuses: { ONLY_SIGNER_SIGNS: 'who', SECTION_UNKNOWN: 'rule' },
      example: { reason: 'The pool’s figure is last month’s', sections: ['pools'] },
      guard: (state, context) => signerRefusal(context, state),
      decide(state, data) {
        const unknown = knows(state, data.sections);
        return unknown
          ? unknownSection(unknown)
          : [emit('SignOffDeclined', { reason: data.reason, sections: [...new Set(data.sections)] })];
      },
    },
  ),
  Submit: command(z.strictObject({}), {
    title: 'Submit findings',
    segment: 'submission',
    givenBy: ['secretariat', 'chair', 'member'],
    // Ready: voided after it was signed.
    allowedIn: ['signed-off', 'ready'],
    refuses: { ROUND_NOT_OPEN: 'rule', NOT_A_SEAT_HOLDER: 'who', SIGN_OFF_VOID: 'rule' },
    example: {},
    guard(state, context) {
      const no =
        kindRefusal(context, state.placeKind) ??
        seatRefusal(context, state.placeId) ??
        roundRefusal(context, state, state.changes !== undefined);
      if (no) return no;
      if (!isIn(state, 'signed-off'))
        return state.voided
          ? voidRefusal(state, state.voided.changed, state.voided.sections)
          : refuse('WRONG_STATE', wording.notSignedOff);
      const changed = changedSince(context, state.pins);
      return changed.length ? voidRefusal(state, changed) : undefined;
    },
    decide(state, _d, context) {
      const statementHash = existing(state.statementHash, 'hash of the statement that was signed');
      return [
        emit('FindingsSubmitted', {
          programmeId: state.programmeId,
          ...roundOfReturn(state),
          placeId: state.placeId,
          version: state.versions.length + 1,
          lateDays: lateDays(context, state),
          statementHash,
          sections: state.template.map(({ sectionId, title, kind }) => ({
            sectionId,
            title,
            kind,
            content: held(state.answers, sectionId).content,
            prefilled: held(state.answers, sectionId).prefilled,
          })),
          included: state.pins,
        }),
      ];
    },
  }),
};

/** Who made a return for its place is not who judges it for the programme. */
const makers = {
  code: 'SOD_CONFLICT',
  after: [
    'SubmissionStarted',
    'SectionAnswered',
    'SectionCompleted',
    'SectionReopened',
    'SubmissionSentForSignOff',
    'SubmissionSignedOff',
    'FindingsSubmitted',
    'QueryAnswered',
  ] as const,
  detail: wording.judgedApart,
};
const RequestChangesData = z.strictObject({
  sections: SectionIds.meta({ label: 'Sections to change' }),
  reason: Reason,
  dueOn: DateOn.meta({ label: 'By when' }),
});
const QueryAnswerData = z.strictObject({
  queryId: NewPartId,
  sectionId: partId('section').meta({ label: 'Section' }),
  question: Prose().meta({ label: 'Question' }),
});
const AnswerQueryData = z.strictObject({
  queryId: partId('query').meta({ label: 'Query' }),
  answer: Prose('report').meta({ label: 'Answer' }),
});

const reviewing = {
  RequestChanges: command(RequestChangesData, {
    title: 'Ask a place to change its return',
    segment: 'change-requests',
    givenBy: ['programme-office'],
    allowedIn: ['submitted', 'not-submitted'],
    apart: makers,
    refuses: { SECTION_UNKNOWN: 'rule', SECTION_REQUIRED: 'rule', DUE_IN_PAST: 'rule' },
    example: { sections: ['narrative'], reason: 'Say what residents would notice', dueOn: '2009-11-20' },
    decide(state, data, context) {
      if (data.dueOn < context.today) return refuse('DUE_IN_PAST', 'Enter a date today or later.', '/dueOn');
      const unknown = knows(state, data.sections);
      if (unknown) return unknownSection(unknown);
      if (state.status === 'submitted' && !data.sections.length)
        return refuse('SECTION_REQUIRED', 'Name at least one section that needs changing.', '/sections');
      return [
        emit('ChangesRequested', {
          sections: [...new Set(data.sections)],
          reason: data.reason,
          dueOn: data.dueOn,
        }),
      ];
    },
  }),
  Accept: command(z.strictObject({}), {
    title: 'Accept a return',
    segment: 'acceptance',
    givenBy: ['programme-office'],
    allowedIn: ['submitted'],
    apart: makers,
    refuses: {},
    example: {},
    decide: (state) => [emit('SubmissionAccepted', { version: state.versions.length })],
  }),
  QueryAnswer: command(QueryAnswerData, {
    title: 'Query what a return says',
    segment: 'queries',
    givenBy: ['programme-office', 'treasury'],
    allowedIn: ['submitted', 'changes-requested', 'accepted'],
    refuses: { QUERY_EXISTS: 'state', SECTION_UNKNOWN: 'rule' },
    example: { queryId: 'q1', sectionId: 'pools', question: 'Is this figure for the whole year?' },
    decide(state, data) {
      if (part(state.queries, data.queryId)) return refuse('QUERY_EXISTS', wording.queryExists, '/queryId');
      return sectionOf(state, data.sectionId)
        ? [emit('SubmissionQueried', data)]
        : refuse('SECTION_UNKNOWN', `This return has no section ${data.sectionId}.`, '/sectionId');
    },
  }),
  AnswerQuery: command(AnswerQueryData, {
    title: 'Answer a query about a return',
    segment: 'query-answers',
    givenBy: ['secretariat', 'contributor', 'member'],
    allowedIn: ['in-progress', 'submitted', 'changes-requested', 'accepted'],
    part: aboutQuery,
    apart: {
      code: 'SOD_CONFLICT',
      after: ['SubmissionQueried'],
      ofPart: true,
      detail: 'You asked this. Somebody else of the place answers it.',
    },
    refuses: { QUERY_UNKNOWN: 'rule', QUERY_ANSWERED: 'state' },
    example: { queryId: 'q1', answer: 'Yes, for 2009-10.' },
    guard(state, context, queryId) {
      const query =
        kindRefusal(context, state.placeKind) ??
        partOr(state.queries, queryId, () =>
          refuse('QUERY_UNKNOWN', `This return has no query ${queryId}.`, '/queryId'),
        );
      if (isRefusal(query)) return query;
      return query.answered ? refuse('QUERY_ANSWERED', wording.queryAnswered) : undefined;
    },
    decide: (_s, data) => [emit('QueryAnswered', data)],
  }),
};

export const submission = aggregate<SubmissionState>()({
  name: 'submission',
  collection: 'submissions',
  initial,
  present,
  title: (state, { nameOfPlace }) =>
    `${state.roundName ?? `Return of round ${state.roundNo}`}, ${nameOfPlace(state.placeId)}`,
  events,
  commands: { ...making, ...signing, ...reviewing, ...reacting },
});
