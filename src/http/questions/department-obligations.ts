/**
 * What barriers and promises mean for progress: counts by locus for a place, and what each department owes
 * whom (docs/rules/progress.md#what-whitehall-owes).
 */
import { isOpenTo, type Audience } from '../../domain/shared/access.js';
import { heldTo, isInWork, readKey } from '../../domain/barrier/state.js';
import { held } from '../../domain/kernel/parts.js';
import { joinedPlaces, type BarrierRow } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { due } from '../../projections/views/due.js';
import type { DueRow } from '../../projections/views/due-items.js';
import { register } from '../../projections/views/register.js';
import { accessRow } from '../query/deps.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';
import { partOf } from '../query/rows.js';
import { barrierOf, itemsFor, mergedFor, ownedBy, waitingFor } from './department-items.js';
import { placeName } from './due-items.js';
import type {
  BarrierCounts,
  Owed,
  OwedPart,
  WhitehallLate,
  WhitehallOwes,
} from './department-obligations-shape.js';
import { byLateness, lateBy } from '../../domain/progress/due-codes.js';
import { inView } from './shared.js';

const isOpen = (b: BarrierRow): boolean => isInWork(b.state);

const isDeed = (i: DueRow): boolean => i.code === 'deed' || i.code === 'delivery';

/** What the owner of a barrier has to say: its answer, or its answer to a rung's direction. */
const isAnswer = (item: DueRow): boolean =>
  item.code === 'answer' || (item.code === 'rung' && readKey(item.key).directed);
/**
 * What an owner owes of a barrier, by one name, whatever stands for it: the deed, its commitment, an answer,
 * and another that a rung asked for.
 */
function subjectOf(context: QueryContext, item: DueRow): string {
  const from =
    item.aggregate === 'commitment' ? context.of(commitmentRegister).one(item.recordId)?.state : undefined;
  if (item.aggregate === 'barrier') return `${item.recordId}.${readKey(item.key).agencyId}`;
  return from?.from?.kind === 'barrier' ? `${from.from.id}.${from.ownerAgencyId}` : item.stream;
}

/**
 * Of what waits, what is late on the day, each owner's answer or deed to a barrier once, and by how many
 * working days the latest.
 */
function lateness(context: QueryContext, items: readonly DueRow[]) {
  const late = items
    .map((i) => ({ i, days: lateBy(i.dueOn, context.day, context.deps.service.ref.workingDays) }))
    .filter((l) => l.days > 0);
  const count = (what: (i: DueRow) => boolean): number =>
    new Set(late.flatMap(({ i }) => (what(i) ? subjectOf(context, i) : []))).size;
  return {
    ownershipOverdue: count((i) => i.code === 'ownership'),
    answersOverdue: count(isAnswer),
    deedsOverdue: count(isDeed),
    directionsOverdue: count((i) => i.code === 'rung' && !isAnswer(i)),
    oldest: late.length > 0 ? Math.max(...late.map((l) => l.days)) : null,
    assumed: late.some(({ i }) => context.deps.service.ref.workingDays.assumes(context.day, i.dueOn))
      ? { holidaysAssumed: true as const }
      : {},
  };
}
const unseen = { ownershipOverdue: null, answersOverdue: null, deedsOverdue: null, directionsOverdue: null };

/** What the owners of a barrier owe, and the rungs above them; the rest is owed by places. */
const ofOwners: ReadonlySet<string> = new Set(['ownership', 'answer', 'deed', 'rung']);

/** Counts for a place; an audience that sees no barrier of a kind gets `null`, never a zero. */
export function barrierCounts(
  context: QueryContext,
  placeId: string,
  audience: Audience,
): AnswerOf<typeof BarrierCounts> {
  const barriers = context.barriers.ofPlace(placeId, audience);
  if (audience !== 'members' && barriers.length === 0) {
    return {
      whitehall: null,
      joint: null,
      local: null,
      untriaged: null,
      open: null,
      ...unseen,
      oldestWorkingDays: null,
      notDisclosed: true as const,
    };
  }
  const live = barriers.filter(isOpen);
  const count = (what: (b: BarrierRow) => boolean): number | null =>
    barriers.some(what) || audience === 'members' ? live.filter(what).length : null;
  // A deed that became a commitment is late with it, and counted once.
  const moved = new Set(
    barriers.flatMap((b) => Object.values(b.state.owners).flatMap((o) => heldTo(o)?.commitmentId ?? [])),
  );
  const items = itemsFor(context, context.of(due).ofPlace(placeId), new Map([[placeId, audience]])).filter(
    (item) =>
      (item.aggregate === 'barrier' && ofOwners.has(item.code)) ||
      (item.code === 'delivery' && moved.has(item.recordId)),
  );
  const { oldest, assumed, ...late } = lateness(context, items);
  const counts = {
    whitehall: count((b) => b.state.locus === 'whitehall'),
    joint: count((b) => b.state.locus === 'joint'),
    local: count((b) => b.state.locus === 'local'),
    untriaged: count((b) => !b.state.locus),
  };
  return {
    ...counts,
    open: live.length,
    ...late,
    oldestWorkingDays: oldest,
    ...assumed,
    ...(Object.values(counts).includes(null) ? { notDisclosed: true as const } : {}),
  };
}

/** What departments owe a place and is late; an audience that sees no barrier is told no count of answers. */
export function whitehallLate(
  context: QueryContext,
  placeId: string,
  audience: Audience,
): AnswerOf<typeof WhitehallLate> {
  const items = itemsFor(context, context.of(due).ofPlace(placeId), new Map([[placeId, audience]]));
  const { answersOverdue, oldest } = lateness(
    context,
    items.filter(({ owedBy }) => owedBy.some(({ kind }) => kind === 'department')),
  );
  const isTold = audience === 'members' || context.barriers.ofPlace(placeId, audience).length > 0;
  return isTold
    ? { answersOverdue, oldestWorkingDays: oldest }
    : { answersOverdue: null, oldestWorkingDays: oldest, notDisclosed: true };
}

/**
 * Answers given since a date on the barriers of a place that the audience may see, as far as it is told of
 * them; null where it sees no barrier.
 */
export function answersSince(
  context: QueryContext,
  placeId: string,
  audience: Audience,
  since: string,
): number | null {
  const barriers = context.barriers.ofPlace(placeId, audience);
  if (barriers.length === 0 && audience !== 'members') return null;
  return barriers.reduce((count, barrier) => {
    const row = inView(accessRow(context.views, 'barrier', barrier.id));
    return (
      count +
      barrier.extra.answers.filter(
        (a) => a.on > since && isOpenTo(row, audience, { version: a.version, private: false }),
      ).length
    );
  }, 0);
}

/**
 * The widest of the audiences that an answer about several places is made for: what it says holds in each of
 * them.
 */
const widest = (places: PlaceAudiences): Audience => {
  const all = new Set(places.values());
  if (all.has('public') || all.size === 0) return 'public';
  return all.has('programme') ? 'programme' : 'members';
};

/**
 * What a department owes: its barriers, and whatever else waits for it. Progress and the docket say the same
 * by it. Who is a member in every place, or sees barriers of the programme at all, counts none as 0; who sees
 * no barrier is told `null`: whether there is one is withheld.
 */
export function owedBy(
  context: QueryContext,
  id: string,
  owned: readonly BarrierRow[],
  items: readonly DueRow[],
  audiences: PlaceAudiences,
): AnswerOf<typeof Owed> {
  const audience = widest(audiences);
  const answers = owned.map((b) => heldTo(held(b.state.owners, id))?.position);
  const tells = audience === 'members' || owned.length > 0 || context.barriers.inAny(audiences);
  const count = (what: (b: BarrierRow) => boolean): number | null =>
    tells ? owned.filter(what).length : null;
  const answered = (position: string): number | null =>
    tells ? answers.filter((a) => a === position).length : null;
  const { oldest, assumed, ...late } = lateness(context, items);
  // Whoever it has said no to waits for it no more, unless it is asked again: that is among the items.
  const concerned = [
    ...owned.filter((b) => isOpen(b) && heldTo(held(b.state.owners, id))?.position !== 'will-not'),
    ...items.flatMap((i) => barrierOf(context, i, audiences) ?? []),
  ];
  const waiting = [
    ...new Set([
      ...concerned.flatMap((b) => joinedPlaces(b, mergedFor(context, b.id, audiences)).map((j) => j.placeId)),
      ...items.flatMap((i) => i.placeId ?? []),
    ]),
  ].sort();
  return {
    department: { id, name: context.of(register).nameOf('agency', id) },
    audience,
    proposed: count((b) => isOpen(b) && !heldTo(held(b.state.owners, id))),
    answered: {
      willRemove: answered('will-remove'),
      willPilot: answered('will-pilot'),
      needEvidence: count((b) => held(b.state.owners, id).leftDays !== undefined),
      willNot: answered('will-not'),
    },
    removed: count((b) => b.state.status === 'removed'),
    refused: count((b) => b.state.status === 'refused'),
    ...(tells ? late : { ...unseen, deedsOverdue: items.some(isDeed) ? late.deedsOverdue : null }),
    waiting: byLateness(items.map((i) => lateBy(i.dueOn, context.day, context.deps.service.ref.workingDays))),
    oldestWorkingDays: oldest,
    ...assumed,
    ...(tells ? {} : { notDisclosed: true as const }),
    places: waiting,
    placeNames: waiting.map((place) => placeName(context, place)),
    link: `/v1/departments/${id}/docket`,
  };
}

/** As `owedBy`; where it cannot be reckoned, the department and that it failed. */
export const owedPart = (
  context: QueryContext,
  id: string,
  ...of: [barriers: readonly BarrierRow[], items: readonly DueRow[], audiences: PlaceAudiences]
): AnswerOf<typeof OwedPart> =>
  partOf(
    context,
    `agency-${id}`,
    { department: { id, name: context.of(register).nameOf('agency', id) } },
    () => owedBy(context, id, ...of),
  );

/**
 * What each department owes, made of what each place's audience may see; nothing seen is nothing owed to a
 * member of every place alone.
 */
export function whitehallOwes(context: QueryContext, places: PlaceAudiences): AnswerOf<typeof WhitehallOwes> {
  const owed = owedByEach(context, places);
  return owed.length > 0 || widest(places) === 'members'
    ? { owed }
    : { owed: null, notDisclosed: true as const };
}
function owedByEach(context: QueryContext, places: PlaceAudiences) {
  const barriers = [...places].flatMap(([id, audience]) => context.barriers.ofPlace(id, audience));
  const departments = new Set(
    barriers.flatMap((barrier) =>
      Object.values(barrier.state.owners).flatMap((owner) =>
        owner.kind === 'department' && !owner.struck ? [owner.agencyId] : [],
      ),
    ),
  );
  const waiting = new Map<string, DueRow[]>();
  for (const id of new Set([...departments, ...context.of(due).parties('department')])) {
    const items = waitingFor(context, id, places);
    if (items.length > 0) departments.add(id);
    waiting.set(id, items);
  }
  return [...departments]
    .sort()
    .map((id) => owedPart(context, id, ownedBy(barriers, id), waiting.get(id) ?? [], places));
}
