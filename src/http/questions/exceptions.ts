/** For those who audit: what went otherwise than it should, and is there to be looked at. */
import { z } from 'zod';
import {
  ActorShape,
  AggregateName,
  DayShape,
  HolidaysAssumed,
  IdShape,
  InstantShape,
  LineageAddress,
  LinkShape,
  StoredDay,
  Text,
  Version,
} from '../query/shapes.js';
import { canSee } from '../../domain/shared/access.js';
import { londonDate } from '../../domain/shared/calendar.js';
import { part } from '../../domain/kernel/parts.js';
import { due } from '../../projections/views/due.js';
import { itemId } from '../../projections/views/due-items.js';
import {
  exceptionKinds,
  exceptions,
  readException,
  type ExceptionOrder,
  type ExceptionRow,
  type ExceptionSpot,
} from '../../projections/views/exceptions.js';
import { refusals } from '../../projections/views/refusals.js';
import { register } from '../../projections/views/register.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import { under } from '../../projections/engine/walk.js';
import { actorColumns, recordColumn, recordVersionColumn } from '../query/csv.js';
import type { QueryContext } from '../query/context.js';
import { parameter } from '../query/parameters.js';
import { checkSince, Since } from '../query/changed.js';
import { list, type Query, type RowOf } from '../query/declare.js';
import type { Source } from '../query/list.js';
import { rowOf } from '../query/rows.js';
import { seesRefusal } from '../query/refusal-sight.js';
import { actorFor, homeOf, resolveNames, targetFor } from '../query/present-event.js';
import { assumedTo, daysLeft, visibleItems } from './due-items.js';
import { titleOf } from '../query/titles.js';
import { along, lineageOf, whole } from './shared.js';

/** An exception, of whatever kind. */
const Exception = z
  .strictObject({
    id: IdShape,
    kind: z.enum(exceptionKinds),
    recordedAt: InstantShape.nullable().meta({
      description: 'Null of what is overdue: that is seen on the day and never recorded',
    }),
    day: DayShape,
    type: z.string().nullable().meta({ description: 'The event, or the command that was refused' }),
    record: z.strictObject({ aggregate: AggregateName, id: IdShape, version: Version.optional() }),
    title: Text.nullable().meta({ description: 'Null where it is not open to you' }),
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    actor: ActorShape.nullable().meta({ description: 'Who did it; null of what is overdue' }),
    dueOn: DayShape.nullable().meta({
      description: 'By when it was to be done; null of what is not late, or has no such day in the record',
    }),
    days: z.int().nullable().meta({
      description: 'By how many days it is late or backdated; working days of reports and verifications',
    }),
    holidaysAssumed: HolidaysAssumed,
    reason: Text.nullable().meta({
      description: 'In the words given with it; of a refusal, what was told; null where none are',
    }),
    code: z.string().nullable().meta({ description: 'Of a refusal; null of what is none' }),
    waiverId: IdShape.nullable().meta({
      description: 'The waiver by which it passed; null where it was without',
    }),
    link: LinkShape,
    lineage: LineageAddress.nullable().meta({ description: 'Null where the record is not open to you' }),
  })
  .meta({ id: 'ExceptionRow' });
type ShownException = RowOf<typeof Exception>;
/**
 * Verifications whose day has passed: seen on the day, never recorded. What is overdue now, of all places
 * together, is no long list.
 */
function overdueVerifications(
  query: Asked,
  context: QueryContext,
  key: ExceptionOrder,
): Source<ShownException>[] {
  const rows = visibleItems(context, context.of(due).verificationsOverdue(context.day)).map(
    (item): ShownException => {
      const known = {
        id: itemId(item),
        kind: 'overdue-verification' as const,
        day: item.dueOn,
        placeId: item.placeId ?? null,
      };
      return rowOf(context, known, () => ({
        ...known,
        recordedAt: null,
        type: null,
        record: { aggregate: item.aggregate, id: item.recordId },
        title: titleOf(context, item.aggregate, item.recordId),
        actor: null,
        dueOn: item.dueOn,
        days: -daysLeft(context, item.dueOn),
        ...assumedTo(context, item.dueOn),
        reason: null,
        code: null,
        waiverId: null,
        link: context.link(item.aggregate, item.recordId),
        lineage: lineageOf(item.aggregate, item.recordId),
      }));
    },
  );
  return whole(
    key,
    // It is one from the day after the one it was due.
    rows.filter((x) => isAsked(query, x) && (!query.since || String(x.day) >= query.since)),
  );
}

/**
 * Why a place was excused from the return that it did not send. An excuse counts whenever it was given:
 * nobody missed what is not asked.
 */
function excuseOf(context: QueryContext, spot: Pick<ExceptionRow, 'type' | 'recordId'>): string | undefined {
  if (spot.type !== 'SubmissionMissed') return undefined;
  const missed = context.of(submissionTracker).one(spot.recordId);
  return (
    missed &&
    part(
      part(context.of(register).one('programme', missed.programmeId)?.state.places, missed.placeId)?.excused,
      missed.roundKind,
    )
  );
}
/** Days and a place asked for. */
interface Asked {
  readonly kind?: string | undefined;
  readonly placeId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly since?: string | undefined;
}
/** Was it recorded after the day since when is asked? */
const isNewer = ({ since }: Asked, { recordedAt }: { readonly recordedAt: string }): boolean =>
  since === undefined || londonDate(recordedAt) > since;
/** Is an exception among those asked for, whatever its kind? */
const isAsked = (
  query: Asked,
  { placeId, day }: { readonly placeId?: unknown; readonly day?: unknown },
): boolean =>
  (!query.placeId || placeId === query.placeId) &&
  (!query.from || String(day) >= query.from) &&
  (!query.to || String(day) <= query.to);

function recorded(query: Asked, context: QueryContext, by: ExceptionOrder): Source<ShownException>[] {
  function show(stored: ExceptionSpot): ShownException | undefined {
    const x = readException(stored);
    if (!isAsked(query, stored) || !isNewer(query, x)) return undefined;
    const row = context.seen(stored.aggregate, stored.recordId);
    if (!row || !canSee(context.viewer, row, x)) return undefined;
    const excuse = excuseOf(context, x);
    const { kind, reason } = excuse === undefined ? x : { kind: 'excused' as const, reason: excuse };
    if (query.kind && kind !== query.kind) return undefined;
    const known = { id: `${x.position}.${kind}`, kind, day: x.day, placeId: x.placeId };
    return rowOf(context, known, () => ({
      ...known,
      recordedAt: x.recordedAt,
      type: x.type,
      record: { aggregate: x.aggregate, id: x.recordId, version: x.version },
      title: titleOf(context, x.aggregate, x.recordId),
      actor: actorFor(context, x, row.programmeId ?? row.placeProgrammeId),
      dueOn: x.dueOn,
      days: x.days,
      reason,
      code: null,
      waiverId: x.waiverId,
      link: context.link(x.aggregate, x.recordId),
      lineage: lineageOf(x.aggregate, x.recordId),
    }));
  }
  const asked = query.kind === 'excused' ? 'late' : query.kind;
  const ofKind = (spot: ExceptionSpot): ShownException | undefined =>
    !asked || spot.kind === asked ? show(spot) : undefined;
  if (by !== 'kind') return along(context.of(exceptions).walk(by), ofKind);
  // A missed return that was excused stands with those excused.
  return [
    ...along(context.of(exceptions).walk('kind'), (spot) =>
      excuseOf(context, spot) === undefined ? ofKind(spot) : undefined,
    ),
    ...along(context.of(exceptions).missed('excused'), (spot) =>
      spot.kind === 'late' && excuseOf(context, spot) !== undefined ? ofKind(spot) : undefined,
    ),
  ];
}

/** Refused because one person would have done two parts that are to be apart; auditors alone are told. */
function nearMisses(query: Asked, context: QueryContext, key: ExceptionOrder): Source<ShownException>[] {
  if (!context.viewer.grants.some((g) => g.role === 'auditor')) return [];
  const { nearMisses } = context.of(refusals);
  const walk =
    key === 'day' || key === 'placeId'
      ? nearMisses(key)
      : under(key === 'kind' ? 'near-miss' : null, nearMisses('position'));
  return along(walk, (spot) => {
    if (
      !isAsked(query, spot) ||
      !isNewer(query, spot) ||
      !seesRefusal(context.deps.service.engine, context.viewer, spot)
    )
      return undefined;
    const { aggregate, id, title, link } = targetFor(context, spot.target);
    const home = homeOf(context, aggregate, id);
    return {
      id: `${spot.position}.near-miss`,
      kind: 'near-miss' as const,
      recordedAt: spot.recordedAt,
      day: spot.day,
      type: spot.command,
      record: { aggregate, id },
      title,
      placeId: spot.placeId,
      actor: actorFor(context, spot, home),
      dueOn: null,
      days: null,
      reason: spot.sentence === null ? null : resolveNames(context, spot.sentence, home),
      code: spot.code,
      waiverId: null,
      link,
      lineage: link && lineageOf(aggregate, id),
    };
  });
}

export const exceptionQueries: readonly Query[] = [
  list({
    title:
      'Exceptions: backdated, late, reported late, excused, waived, voided, contradicted, reopened, ' +
      'orphaned, bound ' +
      'twice, urgent, overdue verification; for auditors, near misses of separated duties',
    url: '/v1/exceptions',
    sorts: ['day', 'kind', 'placeId', 'days'],
    // The reason of a near miss was its code, which has a column of its own since.
    columnsVersion: 3,
    columns: [
      'id',
      'kind',
      'recordedAt',
      'day',
      'type',
      recordColumn,
      recordVersionColumn,
      'title',
      'placeId',
      ...actorColumns,
      'dueOn',
      'days',
      'reason',
      'code',
      'waiverId',
      'link',
      'lineage',
      'failed',
    ],
    query: z.object({
      kind: z.enum(exceptionKinds).optional().meta({ description: 'Of this kind alone' }),
      placeId: parameter.placeId,
      from: parameter.from,
      to: parameter.to,
      since: Since,
    }),
    row: Exception,
    failedRow: z.strictObject({
      id: IdShape,
      kind: z.enum(exceptionKinds),
      day: StoredDay,
      placeId: IdShape.nullable(),
    }),
    sources(query, context, key) {
      const { kind, since } = query;
      checkSince(context, since);
      return [
        ...(kind === 'overdue-verification' || kind === 'near-miss' ? [] : recorded(query, context, key)),
        ...(kind === undefined || kind === 'near-miss' ? nearMisses(query, context, key) : []),
        ...(kind === undefined || kind === 'overdue-verification'
          ? overdueVerifications(query, context, key)
          : []),
      ];
    },
  }),
];
