/** Submission (domain.md 9.14): a place's interim findings or final report. One per programme, round and place. */
import { z } from 'zod';
import { aggregate } from '../kernel/aggregate.js';
import { isRefusal, refuse } from '../kernel/types.js';
import { held, part, partOr } from '../kernel/parts.js';
import { seatRefusal } from '../shared/seats.js';
import { knows, making, reacting } from './commands.js';
import { command, emit, events } from './events.js';
import { changedSince, kindRefusal, lateDays, roundRefusal, signerRefusal, voidRefusal } from './rules.js';
import { initial, isIn, present, returnName, sectionOf, type SubmissionState } from './state.js';
import { statementOf } from './statement.js';
import { DateOn, PartId, Prose, Sha256 } from '../shared/values.js';

const SectionIds = z.array(PartId).max(100);
const unknownSection = (id: string) =>
  refuse('SECTION_UNKNOWN', `This return has no section ${id}. Name its own sections.`, '/sections');

const signing = {
  SignOff: command(z.strictObject({ statementHash: Sha256 }), {
    title: 'Sign a return off',
    segment: 'sign-off',
    givenBy: ['finance-officer', 'member', 'secretariat'],
    // Ready: voided while it waited for the signature.
    allowedIn: ['awaiting-sign-off', 'ready'],
    apart: {
      code: 'SOD_CONFLICT',
      after: ['SectionAnswered', 'SectionCompleted', 'SubmissionSentForSignOff'],
      detail:
        'You answered or completed a section of this return, or sent it. Somebody who did neither signs it.',
    },
    refuses: { ONLY_SIGNER_SIGNS: 'who', SIGN_OFF_VOID: 'rule', STATEMENT_DIFFERS: 'rule' },
    example: { statementHash: 'a'.repeat(64) },
    decide(s, d, ctx) {
      const no = signerRefusal(ctx, s);
      if (no) return no;
      if (!isIn(s, 'awaiting-sign-off'))
        return s.voided
          ? voidRefusal(s, s.voided.changed, s.voided.sections)
          : refuse('WRONG_STATE', 'This is ready. Send it for sign-off first.');
      const changed = changedSince(ctx, s.pins);
      if (changed.length) return voidRefusal(s, changed);
      const to = s.sent.accountableBodyId;
      if (s.placeKind === 'pilot' && to !== ctx.actor.agency)
        return refuse(
          'SIGN_OFF_VOID',
          `It was sent to ${to}, which is not the place’s accountable body any more. Decline it, so that it is sent to yours.`,
        );
      if (statementOf(s).sha256 !== d.statementHash)
        return refuse(
          'STATEMENT_DIFFERS',
          'This is not the hash of the statement as it stands. Read the return’s statement again, and send its sha256.',
          '/statementHash',
        );
      return [emit('SubmissionSignedOff', d)];
    },
  }),
  DeclineSignOff: command(
    z.strictObject({ reason: Prose(), sections: SectionIds.min(1, 'Select at least one section') }),
    {
      title: 'Decline to sign a return',
      segment: 'sign-off-refusals',
      givenBy: ['finance-officer', 'member', 'secretariat'],
      allowedIn: ['awaiting-sign-off'],
      refuses: { ONLY_SIGNER_SIGNS: 'who', SECTION_UNKNOWN: 'rule' },
      example: { reason: 'The pool’s figure is last month’s', sections: ['pools'] },
      decide(s, d, ctx) {
        const no = signerRefusal(ctx, s);
        if (no) return no;
        const unknown = knows(s, d.sections);
        return unknown
          ? unknownSection(unknown)
          : [emit('SignOffDeclined', { reason: d.reason, sections: [...new Set(d.sections)] })];
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
    decide(s, _d, ctx) {
      const no =
        kindRefusal(ctx, s.placeKind) ??
        seatRefusal(ctx, s.placeId) ??
        roundRefusal(ctx, s, s.changes !== undefined);
      if (no) return no;
      if (!isIn(s, 'signed-off'))
        return s.voided
          ? voidRefusal(s, s.voided.changed, s.voided.sections)
          : refuse('WRONG_STATE', 'This is ready but not signed off. Send it for sign-off first.');
      const changed = changedSince(ctx, s.pins);
      if (changed.length) return voidRefusal(s, changed);
      return [
        emit('FindingsSubmitted', {
          programmeId: s.programmeId,
          roundNo: s.roundNo,
          roundKind: s.roundKind,
          placeId: s.placeId,
          version: s.versions.length + 1,
          lateDays: lateDays(ctx, s),
          statementHash: s.statementHash,
          sections: s.template.map(({ sectionId, title, kind }) => ({
            sectionId,
            title,
            kind,
            content: held(s.answers, sectionId).content,
            prefilled: held(s.answers, sectionId).prefilled,
          })),
          included: s.pins,
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
  detail: 'You had a part in the making of this return. Somebody else of the programme office does this.',
};
const reviewing = {
  RequestChanges: command(z.strictObject({ sections: SectionIds, reason: Prose(), dueOn: DateOn }), {
    title: 'Ask a place to change its return',
    segment: 'change-requests',
    givenBy: ['programme-office'],
    allowedIn: ['submitted', 'not-submitted'],
    apart: makers,
    refuses: { SECTION_UNKNOWN: 'rule', SECTION_REQUIRED: 'rule', DUE_IN_PAST: 'rule' },
    example: { sections: ['narrative'], reason: 'Say what residents would notice', dueOn: '2009-11-20' },
    decide(s, d, ctx) {
      if (d.dueOn < ctx.today) return refuse('DUE_IN_PAST', 'Enter a date today or later.', '/dueOn');
      const unknown = knows(s, d.sections);
      if (unknown) return unknownSection(unknown);
      if (s.status === 'submitted' && !d.sections.length)
        return refuse('SECTION_REQUIRED', 'Name at least one section that needs changing.', '/sections');
      return [
        emit('ChangesRequested', { sections: [...new Set(d.sections)], reason: d.reason, dueOn: d.dueOn }),
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
    decide: (s) => [emit('SubmissionAccepted', { version: s.versions.length })],
  }),
  QueryAnswer: command(z.strictObject({ queryId: PartId, sectionId: PartId, question: Prose() }), {
    title: 'Query what a return says',
    segment: 'queries',
    givenBy: ['programme-office', 'treasury'],
    allowedIn: ['submitted', 'changes-requested', 'accepted'],
    refuses: { QUERY_EXISTS: 'state', SECTION_UNKNOWN: 'rule' },
    example: { queryId: 'q1', sectionId: 'pools', question: 'Is this figure for the whole year?' },
    decide(s, d) {
      if (part(s.queries, d.queryId))
        return refuse(
          'QUERY_EXISTS',
          'This return already has a query with this id. Choose another.',
          '/queryId',
        );
      return sectionOf(s, d.sectionId)
        ? [emit('SubmissionQueried', d)]
        : refuse('SECTION_UNKNOWN', `This return has no section ${d.sectionId}.`, '/sectionId');
    },
  }),
  AnswerQuery: command(z.strictObject({ queryId: PartId, answer: Prose(5000) }), {
    title: 'Answer a query about a return',
    segment: 'query-answers',
    givenBy: ['secretariat', 'contributor', 'member'],
    allowedIn: ['in-progress', 'submitted', 'changes-requested', 'accepted'],
    apart: {
      code: 'SOD_CONFLICT',
      after: ['SubmissionQueried'],
      of: (d) => d.queryId,
      detail: 'You asked this. Somebody else of the place answers it.',
    },
    refuses: { QUERY_UNKNOWN: 'rule', QUERY_ANSWERED: 'state' },
    example: { queryId: 'q1', answer: 'Yes, for 2009-10.' },
    decide(s, d, ctx) {
      const no = kindRefusal(ctx, s.placeKind);
      if (no) return no;
      const query = partOr(s.queries, d.queryId, () =>
        refuse('QUERY_UNKNOWN', `This return has no query ${d.queryId}.`, '/queryId'),
      );
      if (isRefusal(query)) return query;
      return query.answered
        ? refuse('QUERY_ANSWERED', 'This query has been answered. Ask for a new one if more is to be said.')
        : [emit('QueryAnswered', d)];
    },
  }),
};

export const submission = aggregate<SubmissionState>()({
  name: 'submission',
  collection: 'submissions',
  initial,
  present,
  title: (s) => returnName(s).replace(/^./, (c) => c.toUpperCase()),
  events,
  commands: { ...making, ...signing, ...reviewing, ...reacting },
});
