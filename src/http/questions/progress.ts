/** Progress toward the Budget: the programme's page, and one place's (domain.md 10.1). */
import { z } from 'zod';
import type { Audience } from '../../domain/shared/access.js';
import { held } from '../../domain/kernel/parts.js';
import { stepState, type Reason } from '../../domain/progress/judge.js';
import { DateOn } from '../../domain/shared/values.js';
import type { ProgrammeState } from '../../domain/programme/index.js';
import type { PlaceState } from '../../domain/place/state.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import type { PlaceNow, PlaceRow } from '../../projections/place-progress/facts.js';
import { register, type RegisterRow } from '../../projections/views/register.js';
import { AsAtDay } from '../query/as-at.js';
import { placeRecords } from './place-records.js';
import { Problem } from '../server/problem.js';
import { progressColumns } from './progress-csv.js';
import type { QueryContext } from '../query/context.js';
import { record, type AnswerOf, type Query } from '../query/declare.js';
import { parameter } from '../query/parameters.js';
import { partOf } from '../query/rows.js';
import { positionToken } from '../query/position.js';
import { homeOf, resolveNames, personFor } from '../query/present-event.js';
import { assumedTo, partyName } from './due-items.js';
import type { PlaceThen, PlaceToday } from './progress-shape.js';
import { PlacePage, ProgrammePage } from './progress-shape.js';
import type { Champion, Place } from './registers-shape.js';
import { answersSince, barrierCounts, whitehallOwes } from './department-obligations.js';

/** Until it opens, a place is what its programme says of it. */
const statusOf = (state: PlaceState | undefined) =>
  state === undefined || state.status === 'none' ? 'opened' : state.status;

/** A place's profile: what the programme says of it and what it says of itself. */
export function placeSummary(
  r: QueryContext,
  p: RegisterRow<ProgrammeState>,
  id: string,
): AnswerOf<typeof Place> {
  const enrolled = held(p.state.places, id);
  const row = r.own(register).one('place', id);
  const { champion, population, themes = {}, accountableBodyId } = row?.state ?? ({} as Partial<PlaceState>);
  return {
    id,
    version: row?.version ?? 0,
    programmeId: p.id,
    name: enrolled.name,
    kind: enrolled.kind,
    region: enrolled.region,
    status: enrolled.status === 'withdrawn' ? 'withdrawn' : statusOf(row?.state),
    areas: enrolled.areas,
    // Ground that a pilot and a parallel place both cover: allowed, and said.
    warnings: enrolled.overlaps.map((o) => ({
      warning: 'AREA_OVERLAPS' as const,
      ...o,
      name: held(p.state.places, o.placeId).name,
    })),
    population: population?.value ?? null,
    populationSource: population?.source ?? null,
    populationOn: population?.referenceOn ?? null,
    champion: championOf(r, champion, p.id),
    accountableBodyId: accountableBodyId ?? null,
    themes: Object.entries(themes).flatMap(([themeId, { title, status }]) =>
      status === 'dropped' ? [] : [{ themeId, title, status }],
    ),
    illustrative: row?.illustrative ?? false,
  };
}

function championOf(
  r: QueryContext,
  champion: PlaceState['champion'],
  programmeId: string | undefined,
): AnswerOf<typeof Champion> | null {
  if (!champion) return null;
  const q = r.of(register);
  return {
    name: personFor(r, champion.accountId, programmeId)?.state.name ?? champion.accountId,
    department: champion.departmentId ? q.nameOf('agency', champion.departmentId) : null,
  };
}

/** A reason as answered: who owes it by name, and a link that the same reader may open. */
function reasonFor<X extends Reason>(r: QueryContext, x: X) {
  const { aggregate, recordId, owedBy, ...rest } = x;
  const home = homeOf(r, aggregate, recordId);
  return {
    ...rest,
    text: resolveNames(r, x.text, home),
    deed: resolveNames(r, x.deed, home),
    owedBy: owedBy.map((p) => ({ ...p, name: partyName(r, p) })),
    link: r.link(aggregate, recordId),
  };
}
function placeBody(r: QueryContext, p: PlaceNow, since: string | undefined): AnswerOf<typeof PlaceToday> {
  const { workingDays } = r.deps.service.ref;
  const state = r.of(register).one('place', p.id)?.state;
  return {
    id: p.id,
    name: p.name,
    kind: p.kind,
    audience: p.audience,
    champion: championOf(r, state?.champion, state?.programmeId),
    themes: Object.values(state?.themes ?? {})
      .filter((t) => t.status !== 'dropped')
      .map((t) => t.title),
    rag: p.rag,
    whitehallRag: p.whitehallRag,
    lastStepOn: p.lastStepOn,
    reasons: p.reasons.map((x) => reasonFor(r, x)),
    steps: p.steps.map((s) => ({
      id: s.stepId,
      name: s.name,
      dueOn: s.dueOn,
      originalDueOn: s.originalDueOn,
      state: stepState(s, r.day, workingDays),
      doneOn: s.doneOn ?? null,
      ...(s.fuzzy ? { fuzzy: true } : {}),
      // Why a place is excused, or has longer, is the programme's to know.
      ...(s.excused !== undefined && p.audience !== 'public' ? { excused: s.excused } : {}),
      ...(s.extensionReason && p.audience !== 'public' ? { extensionReason: s.extensionReason } : {}),
      illustrative: s.illustrative,
    })),
    barriers: barrierCounts(r, p.id, p.audience),
    pools: p.pools,
    commitments: p.commitments,
    ...(since ? { changed: changedBody(r, p, since) } : {}),
    series: r
      .of(placeProgress)
      .series(p.id, p.audience)
      .filter((d) => !since || d.date >= since),
    illustrative:
      p.illustrative ||
      p.reasons.some((x) => x.illustrative) ||
      p.steps.some((x) => x.illustrative && (x.doneOn !== undefined || x.excused !== undefined)),
  };
}
function changedBody(r: QueryContext, p: PlaceNow, since: string) {
  const c = r.of(placeProgress).changed(p, since);
  const answers = answersSince(r, p.id, p.audience, since);
  return {
    ...c,
    answers,
    ...(answers === null ? { notDisclosed: true as const } : {}),
    reasonsNew: c.reasonsNew.map((x) => reasonFor(r, x)),
    reasonsChanged: c.reasonsChanged.map((x) => reasonFor(r, x)),
    reasonsGone: c.reasonsGone.map((x) => reasonFor(r, x)),
  };
}

/** What is known of a place of which nothing else can be said: a colour that leaves a record out would be a guess. */
const knownOf = ({ id, name, kind }: Pick<PlaceRow, 'id' | 'name' | 'kind'>, audience: Audience) => ({
  id,
  name,
  kind,
  audience,
});
/** A place today. */
const placeRow = (
  r: QueryContext,
  row: Pick<PlaceRow, 'id' | 'name' | 'kind'>,
  audience: Audience,
  since: string | undefined,
) =>
  partOf(r, `place-${row.id}`, knownOf(row, audience), () =>
    placeBody(r, r.of(placeProgress).place(row.id, audience, r.day)!, since),
  );

/** A place on an earlier day, from the row that the day left; undefined where it left none. */
function placeThen(
  r: QueryContext,
  row: Pick<PlaceRow, 'id' | 'name' | 'kind'>,
  audience: Audience,
  date: string,
): AnswerOf<typeof PlaceThen> | undefined {
  const q = r.of(placeProgress);
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
    reasons: reasons.map((x) => reasonFor(r, x)),
    steps: { required, done },
    pledgedPence,
    ...(pledgedPence === null
      ? {
          notDisclosed: true,
          ...(atLeastPence === null || figuresNotShared === null ? {} : { atLeastPence, figuresNotShared }),
        }
      : {}),
    series: q.series(row.id, audience).filter((d) => d.date <= date),
    illustrative: reasons.some((x) => x.illustrative),
  };
}
/** The day asked for, if any: one that is over. Refuses days to come, also as the day since when. */
function dayAsked({ asAt, since }: z.output<typeof Parameters>, r: QueryContext): string | undefined {
  const errors = [
    ...(since && since > r.day ? [{ path: '/since', message: `Enter ${r.day} or a day before it` }] : []),
    ...(asAt && asAt >= r.day
      ? [{ path: '/asAt', message: `Enter a day before ${r.day}: a day has its row when it is over` }]
      : []),
    ...(asAt && since
      ? [{ path: '/asAt', message: 'Ask either for a day (asAt) or for what changed since one' }]
      : []),
  ].slice(0, 1);
  if (errors.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors });
  return asAt;
}

const Parameters = z.object({
  since: DateOn.optional().meta({ description: 'What changed since the end of this day' }),
  asAt: AsAtDay.optional().meta({
    description: 'How it stood at the end of a day that is over; not beside since',
  }),
  audience: parameter.audience,
});

export const progressQueries: readonly Query[] = [
  record({
    title: 'Progress toward the Budget',
    url: '/v1/programmes/:id/progress',
    query: Parameters,
    csv: { columns: progressColumns, version: 2, rows: 'places' },
    body: ProgrammePage,
    answer(query, r) {
      const id = query.id;
      r.visible('programme', id);
      const q = r.of(placeProgress);
      const programme = q.programme(id);
      if (!programme) throw new Problem(404, 'NOT_FOUND', 'There is no such programme.');
      const { log, ref } = r.deps.service;
      const asAt = dayAsked(query, r);
      if (asAt) {
        const then = q.everyPlace(id).map((row) => ({ row, audience: r.audience(row.id) }));
        const places = then.flatMap(
          ({ row, audience }) =>
            partOf(r, `place-${row.id}`, knownOf(row, audience), () => placeThen(r, row, audience, asAt)) ??
            [],
        );
        return {
          position: r.deps.service.position(),
          tag: `${then.map((x) => x.audience[1]).join('')}.${asAt}`,
          body: { programme: { id, name: programme.name }, asAt, places },
        };
      }
      const audiences: Audience[] = [];
      const rows = q.places(id);
      const places = rows.map((row) => {
        const audience = r.audience(row.id);
        audiences.push(audience);
        return placeRow(r, row, audience, query.since);
      });
      const position = r.deps.service.position();
      return {
        position,
        tag: `${audiences.map((a) => a[1]).join('')}${query.since ?? ''}`,
        body: {
          programme: { id, name: programme.name },
          deadline: programme.dueOn
            ? {
                name: programme.deadlineName,
                date: programme.dueOn,
                workingDaysLeft: ref.workingDays.between(r.day, programme.dueOn),
                ...assumedTo(r, programme.dueOn),
              }
            : null,
          asAt: r.now,
          position: positionToken(log.identity, position),
          ...whitehallOwes(r, new Map(rows.map((p, i) => [p.id, audiences[i]!]))),
          places,
        },
      };
    },
  }),
  record({
    title: 'One place’s progress',
    url: '/v1/places/:id/progress',
    query: Parameters,
    csv: { columns: progressColumns, version: 2, rows: 'self' },
    body: PlacePage,
    answer(query, r) {
      const id = query.id;
      r.visible('place', id);
      const audience = r.audience(id);
      const row = r.of(placeProgress).row(id);
      if (!row) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
      const position = r.deps.service.position();
      const asAt = dayAsked(query, r);
      if (asAt) {
        const then = placeThen(r, row, audience, asAt);
        if (!then) throw new Problem(404, 'NOT_FOUND', 'There is no such record, or it is not open to you.');
        return { position, tag: `${audience}.${asAt}`, body: { ...then, asAt } };
      }
      return {
        position,
        tag: `${audience}${query.since ?? ''}`,
        body: {
          ...placeRow(r, row, audience, query.since),
          records: placeRecords(r, id, audience),
          asAt: r.now,
        },
      };
    },
  }),
];
