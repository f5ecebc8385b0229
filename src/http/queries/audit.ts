/** For those who audit: exceptions, and commands that were refused, with their trend by place and rule. */
import { z } from 'zod';
import { canSee } from '../../domain/access.js';
import { part } from '../../domain/parts.js';
import type { ProgrammeState } from '../../domain/programme.js';
import { AccountId, DateOn, Id } from '../../domain/values.js';
import { due } from '../../projections/due.js';
import type { DueRow } from '../../projections/due-items.js';
import { exceptionKinds, exceptions, type ExceptionRow } from '../../projections/exceptions.js';
import { refusals, type RefusalFilter, type RefusalRow } from '../../projections/refusals.js';
import { register } from '../../projections/register.js';
import { submissionTracker } from '../../projections/submission-tracker.js';
import { actorColumns, recordColumn, recordVersionColumn } from '../csv.js';
import { Problem } from '../problem.js';
import type { Query, Reading } from '../query.js';
import type { Page } from '../reading.js';
import { rowOf } from '../rows.js';
import { seesRefusal, type RefusalScope } from '../refusal-sight.js';
import { actorFor, homeOf, targetFor } from '../told.js';
import { daysLeft, titleOf, visibleItems } from '../waiting.js';
import { lineageOf, list, type Row } from './shared.js';

/** Verifications whose day has passed: seen on the day, never recorded. */
const overdueVerifications = (r: Reading): Row[] =>
  visibleItems(
    r,
    r
      .of(due)
      .overdue(r.day)
      .filter((i) => i.code === 'verification'),
  ).map((i) => rowOf(r, { id: `${i.stream}.${i.code}.${i.key}`, kind: 'overdue-verification', day: i.dueOn, placeId: i.placeId ?? null }, () => overdueVerification(r, i)));
const overdueVerification = (r: Reading, i: DueRow): Row => ({
  id: `${i.stream}.${i.code}.${i.key}`,
  kind: 'overdue-verification',
  recordedAt: null,
  day: i.dueOn,
  type: null,
  record: { aggregate: i.aggregate, id: i.recordId },
  title: titleOf(r, i.aggregate, i.recordId),
  placeId: i.placeId ?? null,
  actor: null,
  days: -daysLeft(r, i.dueOn),
  reason: null,
  waiverId: null,
  link: r.link(i.aggregate, i.recordId),
  lineage: lineageOf(i.aggregate, i.recordId),
});

/** Why a place was excused from the return that it did not send. An excuse counts whenever it was given: nobody missed what is not asked. */
function excuseOf(r: Reading, x: ExceptionRow): string | undefined {
  if (x.type !== 'SubmissionMissed') return undefined;
  const missed = r.of(submissionTracker).one(x.recordId);
  return missed && part(part(r.of(register).one<ProgrammeState>('programme', missed.programmeId)?.state.places, missed.placeId)?.excused, missed.roundKind);
}

function recorded(r: Reading, kind: string | undefined): Row[] {
  return r
    .of(exceptions)
    .list(kind === 'excused' ? 'late' : kind)
    .map((x): ExceptionRow => {
      const reason = excuseOf(r, x);
      return reason === undefined ? x : { ...x, kind: 'excused', reason };
    })
    .filter((x) => !kind || x.kind === kind)
    .flatMap((x) => {
      const row = r.seen(x.aggregate, x.recordId);
      if (!row || !canSee(r.viewer, row, x)) return [];
      const known = { id: `${x.position}.${x.kind}`, kind: x.kind, day: x.day, placeId: row.placeId ?? null };
      return [
        rowOf(r, known, () => ({
          ...known,
          recordedAt: x.recordedAt,
          type: x.type,
          record: { aggregate: x.aggregate, id: x.recordId, version: x.version },
          title: titleOf(r, x.aggregate, x.recordId),
          actor: actorFor(r, x, row.programmeId ?? row.placeProgrammeId),
          days: x.days,
          reason: x.reason,
          waiverId: x.waiverId,
          link: r.link(x.aggregate, x.recordId),
          lineage: lineageOf(x.aggregate, x.recordId),
        })),
      ];
    });
}

/** Refusals are for auditors, each within their scope; nobody else is told whether there are any. */
function audited<T extends Omit<RefusalScope, 'target'> & { readonly target?: string }>(r: Reading, rows: readonly T[]): T[] {
  if (!r.viewer.grants.some((g) => g.role === 'auditor')) throw new Problem(403, 'NOT_ALLOWED', 'Refusals are read by auditors.');
  return rows.filter((row) => seesRefusal(r.deps.service.engine, r.viewer, { target: '', ...row }));
}
const Filter = { placeId: Id.optional(), code: z.string().max(60).optional() };
/** Refused because one person would have done two parts that are to be apart; auditors alone are told. */
function nearMisses(r: Reading): Row[] {
  if (!r.viewer.grants.some((g) => g.role === 'auditor')) return [];
  const rows = ['SOD_CONFLICT', 'VERIFIER_NOT_INDEPENDENT', 'SECOND_PERSON_REQUIRED', 'OWNER_CANNOT_CONFIRM'].flatMap((code) =>
    r.of(refusals).page({ code }, 0, false, Number.MAX_SAFE_INTEGER),
  );
  return audited(r, rows).map((x) => {
    const { aggregate, id, title, link } = targetFor(r, x.target);
    return {
      id: `${x.position}.near-miss`,
      kind: 'near-miss',
      recordedAt: x.recordedAt,
      day: x.day,
      type: x.command,
      record: { aggregate, id },
      title,
      placeId: x.placeId,
      actor: actorFor(r, x, homeOf(r, aggregate, id)),
      days: null,
      reason: x.code,
      waiverId: null,
      link,
      lineage: link && lineageOf(aggregate, id),
    };
  });
}

/** The page's refusals within the reader's scope: as many as are asked for, however many of others stand between them. */
function refused(r: Reading, { after, descending, limit }: Page): RefusalRow[] {
  const found = audited(r, [] as RefusalRow[]);
  let from = after === undefined ? (descending ? Number.MAX_SAFE_INTEGER : 0) : Number(after);
  for (const size = Math.max(limit, 200); found.length < limit;) {
    const rows = r.of(refusals).page(r.query as RefusalFilter, from, descending, size);
    found.push(...audited(r, rows));
    if (rows.length < size) break;
    from = rows.at(-1)!.position;
  }
  return found.slice(0, limit);
}

export const audit: Query[] = [
  list({
    title: 'Exceptions: backdated, late, excused, waived, voided, contradicted, reopened, orphaned, urgent, overdue verification; for auditors, near misses of separated duties',
    url: '/v1/exceptions',
    sorts: ['day', 'kind', 'placeId', 'days'],
    columns: ['id', 'kind', 'recordedAt', 'day', 'type', recordColumn, recordVersionColumn, 'title', 'placeId', ...actorColumns, 'days', 'reason', 'waiverId', 'link', 'lineage', 'failed'],
    query: z.object({ kind: z.enum(exceptionKinds).optional(), placeId: Id.optional(), from: DateOn.optional(), to: DateOn.optional() }),
    rows: (r) =>
      [
        ...(['overdue-verification', 'near-miss'].includes(r.query.kind) ? [] : recorded(r, r.query.kind)),
        ...(r.query.kind === undefined || r.query.kind === 'near-miss' ? nearMisses(r) : []),
        ...(r.query.kind === undefined || r.query.kind === 'overdue-verification' ? overdueVerifications(r) : []),
      ].filter((x) => (!r.query.placeId || x.placeId === r.query.placeId) && (!r.query.from || String(x.day) >= r.query.from) && (!r.query.to || String(x.day) <= r.query.to)),
  }),
  list({
    title: 'Commands refused by rule, or on a record that was not found (auditors)',
    url: '/v1/refusals',
    sorts: ['-recordedAt', 'recordedAt'],
    inOrder: ['recordedAt'],
    columns: ['id', 'recordedAt', ...actorColumns, 'command', recordColumn, 'title', 'code', 'placeId', 'link', 'unrecorded'],
    query: z.object({ ...Filter, account: AccountId.optional(), from: DateOn.optional(), to: DateOn.optional() }),
    rows: (r, page) =>
      refused(r, page!).map((x) => {
        const { aggregate, id, title, link } = targetFor(r, x.target);
        const { recordedAt, command, code, placeId, unrecorded } = x;
        return { id: String(x.position), recordedAt, actor: actorFor(r, x, homeOf(r, aggregate, id)), command, record: { aggregate, id }, title, code, placeId, link, unrecorded };
      }),
  }),
  list({
    title: 'How many commands were refused, by month, place and rule (auditors)',
    url: '/v1/refusals/trend',
    sorts: ['month', 'count', 'placeId', 'code'],
    columns: ['id', 'month', 'placeId', 'code', 'count', 'unrecorded'],
    query: z.object(Filter),
    rows: (r) =>
      audited(r, r.of(refusals).counts())
        .filter((x) => (!r.query.placeId || x.placeId === r.query.placeId) && (!r.query.code || x.code === r.query.code))
        .map(({ month, placeId, programmeId, code, count, unrecorded }) => ({
          id: [month, placeId ?? 'no-place', programmeId ?? 'no-programme', code].join('.'),
          month,
          placeId,
          code,
          count,
          unrecorded,
        })),
  }),
];
