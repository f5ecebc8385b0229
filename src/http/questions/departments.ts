/**
 * Department docket: everything a department owes an answer or a deed to, with its clock and the places
 * waiting (docs/rules/progress.md#what-whitehall-owes).
 */
import { z } from 'zod';
import { readsProgramme } from '../../domain/shared/access.js';
import { DateOn } from '../../domain/shared/values.js';
import { heldTo, readKey } from '../../domain/barrier/state.js';
import { held, part } from '../../domain/kernel/parts.js';
import { sumOf } from '../../domain/shared/sums.js';
import { barrierFor, type BarrierRow } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { due } from '../../projections/views/due.js';
import { itemId, type DueRow } from '../../projections/views/due-items.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { register } from '../../projections/views/register.js';
import type { Spot } from '../../projections/engine/walk.js';
import { recordColumn, words, type ColumnOf } from '../query/csv.js';
import { changedSince, checkSince } from '../query/changed.js';
import { keptWhile } from '../query/deps.js';
import { notThere } from '../server/problem.js';
import { Reader } from '../query/list.js';
import type { QueryContext } from '../query/context.js';
import { paged, type AnswerOf, type Page, type Query } from '../query/declare.js';
import { readerOf } from '../query/etag.js';
import { parameter } from '../query/parameters.js';
import { isFailed, joined, rowOf } from '../query/rows.js';
import { officialTold } from '../../domain/commitment/state.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import type { OwnerAnswer } from './barriers-shape.js';
import { Docket, DocketItem } from './departments-shape.js';
import { countdown, itemAt, placeName } from './due-items.js';
import { titleOf } from '../query/titles.js';
import {
  barrierOf,
  departmentParty,
  mergedFor,
  toldOf,
  visiblyOwnedBy,
  waitingFor,
  type ToldItem,
} from './department-items.js';
import { departmentChanges } from './department-changes.js';
import { pastDocket } from './department-past.js';
import { owedPart } from './department-obligations.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';
import { answerFor, lineageOf, namedIn, pastFor } from './shared.js';
import { lateBy, levelOf } from '../../domain/progress/due-codes.js';

/**
 * Every enrolled place of the programmes that the reader reads, in the audience they are in or ask for: what
 * another programme does changes nothing of their answer. Who reads none is the public of all.
 */
function everyPlace(context: QueryContext): PlaceAudiences {
  const all = context
    .of(placeProgress)
    .enrolled()
    .filter((p) => context.seen('programme', p.programmeId));
  const read = all.filter((p) => readsProgramme(context.viewer, p.programmeId));
  return new Map(
    (read.length > 0 ? read : all).flatMap((place) =>
      place.placeIds.map((id) => [id, context.audience(id)] as const),
    ),
  );
}

/** What a barrier adds to the item: whom it concerns, what it costs, and what was said of it. */
function ofBarrier(context: QueryContext, row: BarrierRow, ownerId: string, places: PlaceAudiences) {
  const audience = places.get(row.state.placeId) ?? 'public';
  const b = barrierFor(
    row,
    audience,
    pastFor(context, 'barrier', row.id, audience),
    mergedFor(context, row.id, places),
  );
  const waiting = b.joined.map((j) => j.placeId);
  const populations = waiting.map((id) => context.of(register).one('place', id)?.state.population?.value);
  const cost = sumOf(b.costs.map((c) => c.pence));
  // Nobody has costed it, as its own record says to the same reader: that is not a cost of nothing.
  const none = b.costs.length === 0;
  const hidden = !none && cost.pence === null;
  const owner = b.owners.find((o) => o.agencyId === ownerId);
  const promised = [...b.answers].reverse().find((a) => a.agencyId === ownerId && a.dueOn !== undefined);
  const concerned = {
    barrier: { id: row.id, link: context.link('barrier', row.id) },
    places: waiting.map((id) => ({ id, name: placeName(context, id) })),
    population: populations.reduce<number>((n, p) => n + (p ?? 0), 0),
    populationOf: populations.filter((p) => p !== undefined).length,
  };
  const said = {
    rung: owner?.rung ?? null,
    asks: b.asks,
    answer: answerFor(context, owner?.answer ?? null, audience),
    handler: owner?.handler ? namedIn(context, owner.handler, row.state.programmeId) : null,
    promisedBy: promised?.official ?? null,
  };
  return joined(
    concerned,
    cost,
    { pence: none ? null : cost.pence },
    hidden ? { notDisclosed: true as const } : {},
    said,
  );
}

/** The commitment that keeps an owner's deed, if one does. */
function keptBy(row: BarrierRow | undefined, ownerId: string): string | undefined {
  const owner = part(row?.state.owners, ownerId);
  return owner && heldTo(owner)?.commitmentId;
}

/**
 * What the item is about: its barrier, the commitment that keeps the deed, and the official who answers for
 * it.
 */
function subject(context: QueryContext, item: DueRow, departmentId: string, places: PlaceAudiences) {
  const row = barrierOf(context, item, places);
  // Before the department's champion it is another owner's barrier.
  const ownerId = item.aggregate === 'barrier' ? readKey(item.key).agencyId : departmentId;
  const about = row
    ? ofBarrier(context, row, ownerId, places)
    : {
        barrier: null,
        places: item.placeId ? [{ id: item.placeId, name: placeName(context, item.placeId) }] : [],
        promisedBy: null,
      };
  const kept = item.aggregate === 'commitment' ? item.recordId : keptBy(row, ownerId);
  // The item's own record was shown already; one that only the barrier names is open to this reader or is not
  // named.
  const id =
    kept !== undefined && (item.aggregate === 'commitment' || context.seen('commitment', kept))
      ? kept
      : undefined;
  const state = id === undefined ? undefined : context.of(commitmentRegister).one(id)?.state;
  const accountable = state?.accountable;
  const promised = state?.baselineDueOn ?? promisedFor(item, 'answer' in about ? about.answer : null);
  return joined(about, {
    commitment: id === undefined ? null : { id, link: context.link('commitment', id) },
    // An acceptance, a report or a verification that is due is none of what was promised.
    firstDueOn: (isPromised(item) ? promised : undefined) ?? item.dueOn,
    ownerOfficial:
      accountable && 'official' in accountable
        ? resolveNames(context, officialTold(accountable.official), undefined)
        : about.promisedBy,
  });
}

/** Is it what its owner promised to do, by an answer or by a commitment? */
const isPromised = ({ code }: DueRow): boolean => code === 'deed' || code === 'delivery';
/** Of a deed that an answer promised: for which day at first. An answer that is still owed has none. */
const promisedFor = ({ code }: DueRow, answer: AnswerOf<typeof OwnerAnswer> | null): string | undefined =>
  code === 'deed' ? (answer?.firstPromisedFor ?? answer?.dueOn) : undefined;

/**
 * How many answers came by the day they were first due, and per cent of all, whole; null where none was
 * given.
 */
function onTimeOf(answers: readonly { on: string; dueBy?: string }[]) {
  const [onTime, of] = [answers.filter((a) => a.on <= (a.dueBy ?? a.on)).length, answers.length];
  return { onTime, of, percent: of === 0 ? null : Math.round((100 * onTime) / of) };
}

type Item = AnswerOf<typeof DocketItem>;
const docketColumns: readonly ColumnOf<Item>[] = [
  'id',
  'code',
  'deed',
  recordColumn,
  'title',
  'placeId',
  'audience',
  ['barrierId', (i) => i.barrier?.id],
  ['places', (i) => words(i.places.map((p) => p.name))],
  'population',
  'populationOf',
  'pence',
  'atLeastPence',
  'figuresNotShared',
  'notDisclosed',
  'rung',
  ['asks', (i) => i.asks && words(i.asks.map((a) => `${a.remedy} by ${a.dueOn}: ${a.detail}`))],
  ['answer', (i) => i.answer?.position],
  ['answeredOn', (i) => i.answer?.on],
  ['handler', (i) => i.handler?.name],
  'promisedBy',
  ['commitmentId', (i) => i.commitment?.id],
  'ownerOfficial',
  'since',
  'dueOn',
  'firstDueOn',
  'workingDaysLeft',
  'holidaysAssumed',
  'daysLate',
  'level',
  'link',
  'lineage',
  'illustrative',
  'failed',
];

/** The counts above the items, of everything that is told; kept until a view changes. */
function totalsOf(context: QueryContext, id: string, places: PlaceAudiences) {
  const kept = totals(context.views, `${readerOf(context)} ${context.audienceAsked ?? ''} ${id}`);
  return (kept.value ??= countedOf(context, id, places));
}
const totals = keptWhile((_engine, _question: string): { value?: ReturnType<typeof countedOf> } => ({}));
function countedOf(context: QueryContext, id: string, places: PlaceAudiences) {
  const owned = visiblyOwnedBy(context, id, places);
  const counts = owedPart(context, id, owned, waitingFor(context, id, places), places);
  const unknown = { onTime: null, of: null, percent: null };
  if (isFailed(counts)) return { ...counts, answeredOnTime: unknown };
  const { link: _, ...rest } = counts;
  const answered = owned.flatMap((b) => heldTo(held(b.state.owners, id)) ?? []);
  return { ...rest, answeredOnTime: rest.proposed === null ? unknown : onTimeOf(answered) };
}

/** A row of the docket of a department. */
function docketRow(
  context: QueryContext,
  { item: i, audience }: ToldItem,
  departmentId: string,
  places: PlaceAudiences,
) {
  const { workingDays } = context.deps.service.ref;
  const known = { id: itemId(i), code: i.code, dueOn: i.dueOn };
  return rowOf(context, known, () =>
    joined(
      known,
      {
        deed: resolveNames(context, i.deed, homeOf(context, i.aggregate, i.recordId)),
        record: { aggregate: i.aggregate, id: i.recordId },
        title: titleOf(context, i.aggregate, i.recordId),
        placeId: i.placeId ?? null,
        audience,
      },
      subject(context, i, departmentId, places),
      { since: i.openedOn },
      countdown(context, i.dueOn),
      {
        daysLate: lateBy(i.dueOn, context.day, workingDays),
        level: levelOf(i.code, i.dueOn, context.day, workingDays) ?? 'green',
        link: context.link(i.aggregate, i.recordId),
        lineage: lineageOf(i.aggregate, i.recordId),
        illustrative: i.illustrative,
      },
    ),
  );
}

export const departments: Query[] = [
  paged({
    title: 'What a department owes: answers and promises that places wait for',
    url: '/v1/departments/:id/docket',
    query: z.object({
      since: DateOn.optional().meta({
        description:
          'Only what changed since the end of this day, as far as you are told of it; the counts are of ' +
          'everything, and `changed` says what became of the reasons of places',
      }),
      audience: parameter.audience,
    }),
    past: ({ id }, context) => pastDocket(context, id),
    csv: { columns: docketColumns, version: 4, row: DocketItem, rows: 'items' },
    body: Docket,
    answer(query, context) {
      const id = query.id;
      context.visible('agency', id);
      if (context.of(register).one('agency', id)?.state.sector !== 'department') throw notThere();
      checkSince(context, query.since);
      const places = everyPlace(context);
      return {
        position: context.deps.service.position(),
        tag: `${[...places.values()].map((a) => a[1]).join('')}${query.since ?? ''}`,
        // Made only where it is sent: whoever asks again while nothing was recorded has it.
        async body({ after, limit, next }: Page) {
          const told = toldOf(context, places);
          const changed = changedSince(context, query.since);
          const show = ({ tie }: Spot) => {
            const i = told(itemAt(context, tie));
            return i && changed(i.item.aggregate, i.item.recordId, i.audience)
              ? docketRow(context, i, id, places)
              : undefined;
          };
          const found = await new Reader([{ walk: context.of(due).walk(departmentParty(id)), show }], {
            after,
            descending: false,
            slices: context.deps.slices,
          }).take(limit + 1);
          const items = found.slice(0, limit);
          const last = items.at(-1);
          return {
            ...totalsOf(context, id, places),
            ...(query.since === undefined
              ? {}
              : { changed: departmentChanges(context, id, places, query.since) }),
            asAt: context.now,
            items: items.map((e) => e.shown),
            next: last && found.length > limit ? next(last.spot) : null,
          };
        },
      };
    },
  }),
];
