/** Progress toward the deadline: the programme's page, and one place's (docs/rules/progress.md). */
import { z } from 'zod';
import type { Audience } from '../../domain/shared/access.js';
import { addDays } from '../../domain/shared/calendar.js';
import { stepState, whoseColour, type Reason } from '../../domain/progress/judge.js';
import { DateOn } from '../../domain/shared/values.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { PlaceNow, PlaceRow } from '../../projections/place-progress/facts.js';
import { register } from '../../projections/views/register.js';
import { AsAtDay } from '../query/as-at.js';
import { championOf } from './place-profile.js';
import { placeRecords } from './place-records.js';
import { askedAmong, placesAsked, tagOfAsked } from './places-asked.js';
import { Problem, notThere } from '../server/problem.js';
import { owedCsv } from './owed-csv.js';
import { progressColumns } from './progress-csv.js';
import type { QueryContext } from '../query/context.js';
import { record, type AnswerOf, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { positionToken } from '../query/position.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { assumedTo, partyName } from './due-items.js';
import type { PlaceThen, PlaceToday } from './progress-shape.js';
import { PlacePage, ProgrammePage } from './progress-shape.js';
import { placeDayColumns, programmeDayColumns, seriesOf, seriesOver } from './progress-series.js';
import { totalsOf } from './progress-totals.js';
import { answersSince, barrierCounts, whitehallLate, whitehallOwes } from './department-obligations.js';
import { inView } from './shared.js';

/** A reason as answered: who owes it by name, and a link that the same reader may open. */
export function reasonFor<X extends Reason>(context: QueryContext, reason: X) {
  const { aggregate, recordId, owedBy, ...rest } = reason;
  const home = homeOf(context, aggregate, recordId);
  return {
    ...rest,
    text: resolveNames(context, reason.text, home),
    deed: resolveNames(context, reason.deed, home),
    owedBy: owedBy.map((p) => ({ ...p, name: partyName(context, p) })),
    whose: [...whoseColour(reason)],
    link: context.link(aggregate, recordId),
  };
}
function placeBody(
  context: QueryContext,
  place: PlaceNow,
  { since, series }: Wanted,
): AnswerOf<typeof PlaceToday> {
  const { workingDays } = context.deps.service.ref;
  const state = context.of(register).one('place', place.id)?.state;
  return {
    id: place.id,
    name: place.name,
    kind: place.kind,
    audience: place.audience,
    champion: championOf(context, state?.champion, state?.programmeId),
    themes: Object.values(state?.themes ?? {})
      .filter((t) => t.status !== 'dropped')
      .map((t) => t.title),
    rag: place.rag,
    whitehallRag: place.whitehallRag,
    lastStepOn: place.lastStepOn,
    reasons: place.reasons.map((x) => reasonFor(context, x)),
    steps: place.steps.map((step) => ({
      id: step.stepId,
      name: step.name,
      dueOn: step.dueOn,
      originalDueOn: step.originalDueOn,
      state: stepState(step, context.day, workingDays),
      doneOn: step.doneOn ?? null,
      ...(step.fuzzy ? { fuzzy: true } : {}),
      // Why a place is excused, or has longer, is the programme's to know.
      ...(step.excused !== undefined && place.audience !== 'public' ? { excused: step.excused } : {}),
      ...(step.extensionReason && place.audience !== 'public'
        ? { extensionReason: step.extensionReason }
        : {}),
      illustrative: step.illustrative,
    })),
    barriers: barrierCounts(context, place.id, place.audience),
    whitehallOwes: whitehallLate(context, place.id, place.audience),
    pools: place.pools,
    commitments: place.commitments,
    ...(since ? { changed: changedBody(context, place, since) } : {}),
    ...seriesOf(context, place.id, place.audience, { series, from: since }),
    illustrative:
      place.illustrative ||
      place.reasons.some((x) => x.illustrative) ||
      place.steps.some((x) => x.illustrative && (x.doneOn !== undefined || x.excused !== undefined)),
  };
}
function changedBody(context: QueryContext, place: PlaceNow, since: string) {
  const c = context.of(placeProgress).changed(place, since);
  const answers = answersSince(context, place.id, place.audience, since);
  return {
    ...c,
    answers,
    ...(answers === null ? { notDisclosed: true as const } : {}),
    reasonsNew: c.reasonsNew.map((x) => reasonFor(context, x)),
    reasonsChanged: c.reasonsChanged.map((x) => reasonFor(context, x)),
    reasonsGone: c.reasonsGone.map((x) => reasonFor(context, x)),
  };
}

/**
 * What is known of a place of which nothing else can be said: a colour that leaves a record out would be a
 * guess.
 */
const knownOf = ({ id, name, kind }: Pick<PlaceRow, 'id' | 'name' | 'kind'>, audience: Audience) => ({
  id,
  name,
  kind,
  audience,
});
/** A place today. */
const placeRow = (
  context: QueryContext,
  row: Pick<PlaceRow, 'id' | 'name' | 'kind'>,
  audience: Audience,
  wanted: Wanted,
) =>
  partOf(context, `place-${row.id}`, knownOf(row, audience), () =>
    placeBody(context, inView(context.of(placeProgress).place(row.id, audience, context.day)), wanted),
  );

/** A place on an earlier day, from the row that the day left; undefined where it left none. */
function placeThen(
  context: QueryContext,
  row: Pick<PlaceRow, 'id' | 'name' | 'kind'>,
  audience: Audience,
  date: string,
  { series }: Wanted,
): AnswerOf<typeof PlaceThen> | undefined {
  const q = context.of(placeProgress);
  const then = q.daily(row.id, audience, date);
  if (then?.date !== date) return undefined;
  const {
    rag,
    whitehallRag,
    lastStepOn,
    required,
    done,
    reasons,
    pledgedPence,
    atLeastPence,
    figuresNotShared,
  } = then;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    audience,
    rag,
    whitehallRag,
    lastStepOn,
    reasons: reasons.map((x) => reasonFor(context, x)),
    steps: { required, done },
    pledgedPence,
    ...(pledgedPence === null
      ? {
          notDisclosed: true,
          ...(atLeastPence === null || figuresNotShared === null ? {} : { atLeastPence, figuresNotShared }),
        }
      : {}),
    ...seriesOf(context, row.id, audience, { series, to: date }),
    illustrative: reasons.some((x) => x.illustrative),
  };
}
/** A day to ask for changes since, where nobody says one: a week before. */
export const weekBefore = (day: string): string => addDays(day, -7);

const toCome = (since: string | undefined, { day }: QueryContext) =>
  since && since > day ? [{ path: '/since', message: `Enter ${day} or a day before it` }] : [];
const refuse = (errors: readonly { readonly path: string; readonly message: string }[]): void => {
  if (errors.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
      errors: errors.slice(0, 1),
    });
};
/** The day asked for, if any: one that is over. Refuses days to come, also as the day since when. */
function dayAsked(
  { asAt, since, owed }: z.output<typeof Parameters> & { readonly owed?: 'true' | undefined },
  context: QueryContext,
): string | undefined {
  refuse([
    ...toCome(since, context),
    ...(asAt && asAt >= context.day
      ? [{ path: '/asAt', message: `Enter a day before ${context.day}: a day has its row when it is over` }]
      : []),
    ...(asAt && since
      ? [{ path: '/asAt', message: 'Ask either for a day (asAt) or for what changed since one' }]
      : []),
    ...(asAt && owed
      ? [{ path: '/owed', message: 'Leave it out: what departments owed is not kept by day' }]
      : []),
  ]);
  return asAt;
}

/** What of each place is asked for beside how it stands. */
type Wanted = Pick<z.output<typeof Parameters>, 'since' | 'series'>;

const Parameters = z.object({
  since: DateOn.optional().meta({ description: 'What changed since the end of this day' }),
  asAt: AsAtDay.optional().meta({
    description: 'How it stood at the end of a day that is over; not beside since',
  }),
  series: z
    .enum(['true'], { error: 'Enter true, or leave it out' })
    .optional()
    .meta({ description: 'Steps day by day too; as CSV a row a day' }),
  audience: parameter.audience,
});

/** Of the programme: also which of its places. */
const ProgrammeParameters = Parameters.extend({
  ...placesAsked.shape,
  owed: z
    .enum(['true'], { error: 'Enter true, or leave it out' })
    .optional()
    .meta({ description: 'As CSV what departments owe, a row each; not beside asAt' }),
});

export const progressQueries: readonly Query[] = [
  record({
    title: 'Progress toward the programme’s deadline',
    url: '/v1/programmes/:id/progress',
    query: ProgrammeParameters,
    csv: {
      columns: progressColumns,
      version: 4,
      rows: 'places',
      asked: [
        { parameter: 'series', columns: programmeDayColumns, rows: 'series' },
        { parameter: 'owed', ...owedCsv },
      ],
    },
    body: ProgrammePage,
    answer(query, context) {
      const id = query.id;
      context.visible('programme', id);
      const q = context.of(placeProgress);
      const programme = q.programme(id);
      if (!programme) throw new Problem(404, 'NOT_FOUND', 'There is no such programme.');
      const { log, ref } = context.deps.service;
      const told = tagOfAsked(query);
      const asAt = dayAsked(query, context);
      if (asAt) {
        const then = q.everyPlace(id).map((row) => ({ row, audience: context.audience(row.id) }));
        const places = then.flatMap(
          ({ row, audience }) =>
            partOf(context, `place-${row.id}`, knownOf(row, audience), () =>
              placeThen(context, row, audience, asAt, query),
            ) ?? [],
        );
        return {
          position: context.deps.service.position(),
          tag: `${then.map((x) => x.audience[1]).join('')}.${asAt}${query.series ?? ''}${told}`,
          body: {
            programme: { id, name: programme.name },
            asAt,
            ...seriesOver(places, query),
            places: askedAmong(context, id, places, query),
          },
        };
      }
      const audiences: Audience[] = [];
      const rows = q.places(id);
      const places = rows.map((row) => {
        const audience = context.audience(row.id);
        audiences.push(audience);
        return placeRow(context, row, audience, query);
      });
      const position = context.deps.service.position();
      const whitehall = whitehallOwes(context, new Map(rows.map((p, i) => [p.id, audiences[i] ?? 'public'])));
      const whole = places.flatMap((place) => ('failed' in place ? [] : [place]));
      return {
        position,
        tag: `${audiences.map((a) => a[1]).join('')}${query.since ?? ''}${query.series ?? ''}${told}`,
        body: {
          programme: { id, name: programme.name },
          deadline: programme.dueOn
            ? {
                name: programme.deadlineName,
                date: programme.dueOn,
                workingDaysLeft: ref.workingDays.between(context.day, programme.dueOn),
                ...assumedTo(context, programme.dueOn),
              }
            : null,
          asAt: context.now,
          position: positionToken(log.identity, position),
          totals: totalsOf(whole, whitehall.owed, {
            day: context.day,
            placesFailed: places.length - whole.length,
          }),
          ...whitehall,
          ...seriesOver(whole, query),
          places: askedAmong(context, id, places, query),
        },
      };
    },
  }),
  record({
    title: 'One place’s progress',
    url: '/v1/places/:id/progress',
    query: Parameters,
    csv: {
      columns: progressColumns,
      version: 4,
      rows: 'self',
      asked: [{ parameter: 'series', columns: placeDayColumns, rows: 'series' }],
    },
    body: PlacePage,
    answer(query, context) {
      const id = query.id;
      context.visible('place', id);
      const audience = context.audience(id);
      const row = context.of(placeProgress).row(id);
      if (!row) throw notThere();
      const position = context.deps.service.position();
      const asAt = dayAsked(query, context);
      if (asAt) {
        const then = placeThen(context, row, audience, asAt, query);
        if (!then) throw notThere();
        return { position, tag: `${audience}.${asAt}${query.series ?? ''}`, body: { ...then, asAt } };
      }
      return {
        position,
        tag: `${audience}${query.since ?? ''}${query.series ?? ''}`,
        body: {
          ...placeRow(context, row, audience, query),
          records: placeRecords(context, id, audience),
          asAt: context.now,
        },
      };
    },
  }),
];
