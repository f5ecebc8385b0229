/** What an exception is to its reader, and where each is known: recorded, refused, or overdue. */
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
  Text,
  Version,
} from '../query/shapes.js';
import { canSee } from '../../domain/shared/access.js';
import { londonDate } from '../../domain/shared/calendar.js';
import { idsMarked } from '../../domain/kernel/naming.js';
import { part } from '../../domain/kernel/parts.js';
import { isDoneBy } from '../../domain/programme/state.js';
import { due } from '../../projections/views/due.js';
import { itemId } from '../../projections/views/due-items.js';
import {
  exceptionKinds,
  exceptions,
  readException,
  type ExceptionKind,
  type ExceptionOrder,
  type ExceptionRow,
  type ExceptionSpot,
} from '../../projections/views/exceptions.js';
import { refusals } from '../../projections/views/refusals.js';
import { register } from '../../projections/views/register.js';
import { submissionTracker } from '../../projections/views/submission-tracker.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { under, walkOf } from '../../projections/engine/walk.js';
import type { QueryContext } from '../query/context.js';
import { checkSince } from '../query/changed.js';
import type { AnswerOf, RowOf } from '../query/declare.js';
import type { Source } from '../query/list.js';
import type { PastOf } from '../query/past-streams.js';
import { seesRefusal } from '../query/refusal-sight.js';
import { actorFor, homeOf, resolveNames, targetFor } from '../query/present-event.js';
import type { Counted } from './counts.js';
import { assumedTo, daysLeft, visibleItems } from './due-items.js';
import { titleOf } from '../query/titles.js';
import { along, lineageOf } from './shared.js';

/** An exception, of whatever kind. */
export const Exception = z
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
export type ShownException = RowOf<typeof Exception>;
/** What is known of a row before it is made. */
export interface Known extends Counted<ExceptionKind> {
  readonly id: string;
}
/** Makes what is asked of a row: all of it, or what is known. */
type Make<S> = (known: Known, whole: () => AnswerOf<typeof Exception>) => S;
/**
 * Verifications whose day has passed: seen on the day, never recorded. What is overdue now, of all places
 * together, is no long list.
 */
function overdueVerifications<S>(
  query: Asked,
  context: QueryContext,
  by: ExceptionOrder,
  make: Make<S>,
): Source<S>[] {
  const spots = visibleItems(context, context.of(due).verificationsOverdue(context.day))
    .map((item) => {
      const known: Known = {
        id: itemId(item),
        kind: 'overdue-verification',
        day: item.dueOn,
        placeId: item.placeId ?? null,
      };
      const key = by === 'days' ? -daysLeft(context, item.dueOn) : known[by];
      return { key, tie: known.id, item, known };
    })
    // It is one from the day after the one it was due.
    .filter(({ known }) => isAsked(query, known) && (!query.since || known.day >= query.since));
  return along(walkOf(spots), ({ item, known }) =>
    make(known, () => ({
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
    })),
  );
}

/**
 * Why a place was excused from the return that it did not send. An excuse counts whenever it was given:
 * nobody missed what is not asked.
 */
function excuseOf(context: QueryContext, spot: Pick<ExceptionRow, 'type' | 'recordId'>): string | undefined {
  if (spot.type !== 'SubmissionMissed') return undefined;
  const missed = context.of(submissionTracker).one(spot.recordId);
  const programme = missed && context.of(register).one('programme', missed.programmeId)?.state;
  const place = programme && part(programme.places, missed.placeId);
  if (!place) return undefined;
  const { roundNo, roundKind: kind } = missed;
  const reasons = (part(programme.steps, place.kind) ?? []).flatMap((step) =>
    isDoneBy(programme, step, { roundNo, kind }) ? (part(place.excused, step.stepId) ?? []) : [],
  );
  return reasons[0];
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
/** Was it recorded after the moment asked about? */
const isLater = ({ now }: QueryContext, { recordedAt }: { readonly recordedAt: string }): boolean =>
  recordedAt > now;
/** Is an exception among those asked for, whatever its kind? */
const isAsked = (
  query: Asked,
  { placeId, day }: { readonly placeId?: unknown; readonly day?: unknown },
): boolean =>
  (!query.placeId || placeId === query.placeId) &&
  (!query.from || String(day) >= query.from) &&
  (!query.to || String(day) <= query.to);

function recorded<S>(query: Asked, context: QueryContext, by: ExceptionOrder, make: Make<S>): Source<S>[] {
  function show(stored: ExceptionSpot): S | undefined {
    const x = readException(stored);
    if (!isAsked(query, stored) || !isNewer(query, x) || isLater(context, x)) return undefined;
    const row = context.seen(stored.aggregate, stored.recordId);
    if (!row || !canSee(context.viewer, row, x)) return undefined;
    const excuse = excuseOf(context, x);
    const { kind, reason } = excuse === undefined ? x : { kind: 'excused' as const, reason: excuse };
    if (query.kind && kind !== query.kind) return undefined;
    const known = { id: `${x.position}.${kind}`, kind, day: x.day, placeId: x.placeId };
    return make(known, () => ({
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
  const ofKind = (spot: ExceptionSpot): S | undefined =>
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
function nearMisses<S>(query: Asked, context: QueryContext, key: ExceptionOrder, make: Make<S>): Source<S>[] {
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
      isLater(context, spot) ||
      !seesRefusal(context.views, context.viewer, spot)
    )
      return undefined;
    const known = {
      id: `${spot.position}.near-miss`,
      kind: 'near-miss' as const,
      day: spot.day,
      placeId: spot.placeId,
    };
    return make(known, () => {
      const { aggregate, id, title, link } = targetFor(context, spot.target);
      const home = homeOf(context, aggregate, id);
      return {
        ...known,
        recordedAt: spot.recordedAt,
        type: spot.command,
        record: { aggregate, id },
        title,
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
  });
}

/**
 * Of a place's exceptions of an earlier moment: the records that had one by now, those whose verification may
 * have waited, and what a near miss names.
 */
export function pastExceptions(context: QueryContext, placeId: string): PastOf {
  const missed = context.of(refusals).nearMissesOf(placeId);
  return {
    name: `exceptions of ${placeId}`,
    records: [
      ...context.of(exceptions).streamsOf(placeId),
      ...context
        .of(commitmentRegister)
        .list(placeId)
        .flatMap(({ extra, stream }) => (extra.claims.length > 0 ? stream : [])),
    ],
    beside: missed.map(({ target }) => target),
    named: missed.flatMap(({ account, agencyId, sentence }) => [
      account,
      ...(agencyId === null ? [] : [agencyId]),
      ...(sentence === null ? [] : idsMarked(sentence)),
    ]),
  };
}

/** Every kind that is asked for, each from where it is known. */
export function exceptionSources<S>(
  query: Asked,
  context: QueryContext,
  key: ExceptionOrder,
  make: Make<S>,
): Source<S>[] {
  const { kind, since } = query;
  checkSince(context, since);
  return [
    ...(kind === 'overdue-verification' || kind === 'near-miss' ? [] : recorded(query, context, key, make)),
    ...(kind === undefined || kind === 'near-miss' ? nearMisses(query, context, key, make) : []),
    ...(kind === undefined || kind === 'overdue-verification'
      ? overdueVerifications(query, context, key, make)
      : []),
  ];
}
