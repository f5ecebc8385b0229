/**
 * What barriers and promises mean for progress: counts by locus for a place, and what each department owes
 * whom (docs/rules/progress.md#what-whitehall-owes).
 */
import { canSee, isOpenTo, isWithheld, type Audience, type Viewer } from '../../domain/shared/access.js';
import { heldTo, readKey, type Owner } from '../../domain/barrier/state.js';
import { held, part } from '../../domain/kernel/parts.js';
import { memberOf } from '../../domain/registry.js';
import { barrierRegister, joinedPlaces, type BarrierRow } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { due } from '../../projections/views/due.js';
import { partyKey, type DueRow } from '../../projections/views/due-items.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Engine } from '../../projections/engine/engine.js';
import type { Recorded } from '../../projections/engine/view.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import { register } from '../../projections/views/register.js';
import { accessRow, tierOf } from '../query/deps.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';
import { partOf } from '../query/rows.js';
import { placeName } from './due-items.js';
import type { BarrierCounts, Owed, OwedPart, WhitehallOwes } from './department-obligations-shape.js';
import { lateBy } from '../../domain/progress/due-codes.js';
import { inView } from './shared.js';

const ended = new Set(['removed', 'refused', 'closed', 'merged']);
export const isOpen = (b: BarrierRow): boolean => !ended.has(b.state.status);

/** Those that a department was proposed for and has not declined, of places whose audience may see them. */
export const visiblyOwnedBy = (
  context: QueryContext,
  departmentId: string,
  places: PlaceAudiences,
): BarrierRow[] =>
  ownedBy(context.of(barrierRegister).proposedTo(departmentId), departmentId).filter((barrier) => {
    const audience = places.get(barrier.state.placeId);
    return audience && isShownTo(tierOf(context.deps.service.engine, 'barrier', barrier.id), audience);
  });

/** Of items that wait, those whose record and opening event the audience of their place may see. */
export function itemsFor(context: QueryContext, items: readonly DueRow[], places: PlaceAudiences): DueRow[] {
  return items.filter((item) => {
    const audience = item.placeId === undefined ? undefined : places.get(item.placeId);
    if (!audience || item.stopped) return false;
    return (
      audience === 'members' ||
      (!isWithheld(item.private, audience) &&
        isShownTo(tierOf(context.deps.service.engine, item.aggregate, item.recordId), audience))
    );
  });
}
/** An item, and the audience that it is told to. */
export interface ToldItem {
  readonly item: DueRow;
  readonly audience: Audience;
}
/**
 * What is told to this reader of what waits for a department: what the audiences of its places may see, and
 * what stands in records to which the reader's own agency is party (a consent to its money, a verification),
 * as members see it, unless they ask for a wider audience. Each names its place.
 */
export function toldOf(context: QueryContext, places: PlaceAudiences): (i: DueRow) => ToldItem | undefined {
  const mine = context.audienceAsked ? [] : context.viewer.grants.flatMap((g) => g.agency ?? []);
  return (item) => {
    const audience = item.placeId === undefined ? undefined : places.get(item.placeId);
    if (audience && itemsFor(context, [item], places).length > 0) return { item, audience };
    const row =
      mine.length === 0 || item.stopped
        ? undefined
        : accessRow(context.deps.service.engine, item.aggregate, item.recordId);
    const placeId = item.placeId ?? row?.placeId;
    return row && placeId && places.has(placeId) && mine.some((id) => row.parties.includes(id))
      ? { item: { ...item, placeId }, audience: 'members' }
      : undefined;
  };
}
/** A department as the list of what waits names it. */
export const departmentParty = (id: string): string => partyKey({ kind: 'department', id });
/** Everything that waits for a department and is told. */
export function waitingFor(context: QueryContext, departmentId: string, places: PlaceAudiences): DueRow[] {
  const told = toldOf(context, places);
  return context
    .of(due)
    .waitingFor(departmentParty(departmentId))
    .flatMap((i) => told(i)?.item ?? []);
}
function barrierIdOf(context: QueryContext, item: DueRow): string | undefined {
  if (item.aggregate === 'barrier') return item.recordId;
  if (item.aggregate !== 'commitment') return undefined;
  const from = context.of(commitmentRegister).one(item.recordId)?.state.from;
  return from?.kind === 'barrier' ? from.id : undefined;
}
/**
 * The barrier an item is about, where the audience of its place may see it: the record itself, or what its
 * commitment came from.
 */
export function barrierOf(
  context: QueryContext,
  item: DueRow,
  places: PlaceAudiences,
): BarrierRow | undefined {
  const id = barrierIdOf(context, item);
  const row = id === undefined ? undefined : context.of(barrierRegister).one(id);
  const audience = row && places.get(row.state.placeId);
  return audience && isShownTo(tierOf(context.deps.service.engine, 'barrier', row.id), audience)
    ? row
    : undefined;
}
/**
 * The barriers merged into one, as far as the audiences of their places may see them; a place that has left
 * had one too.
 */
export function mergedFor(context: QueryContext, id: string, places: PlaceAudiences): BarrierRow[] {
  return context
    .of(barrierRegister)
    .mergedInto(id, (barrier) =>
      isShownTo(
        tierOf(context.deps.service.engine, 'barrier', barrier.id),
        places.get(barrier.state.placeId) ?? context.audience(barrier.state.placeId),
      ),
    );
}
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
      oldestOwedDays: null,
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
    oldestOwedDays: oldest,
    ...assumed,
    ...(Object.values(counts).includes(null) ? { notDisclosed: true as const } : {}),
  };
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
    const row = inView(accessRow(context.deps.service.engine, 'barrier', barrier.id));
    return (
      count +
      barrier.extra.answers.filter(
        (a) => a.on > since && isOpenTo(row, audience, { version: a.version, private: false }),
      ).length
    );
  }, 0);
}

/** A department that was proposed for a barrier, as its owner. */
function departmentIn(barrier: BarrierRow | undefined, departmentId: string): Owner | undefined {
  const owner = part(barrier?.state.owners, departmentId);
  return owner?.kind === 'department' ? owner : undefined;
}
/** Barriers that a department was proposed for and has not declined. */
export const ownedBy = (barriers: readonly BarrierRow[], departmentId: string): BarrierRow[] =>
  barriers.filter((barrier) => {
    const owner = departmentIn(barrier, departmentId);
    return owner !== undefined && !owner.struck;
  });

/**
 * Whether an event belongs to what the docket of a department tells of: its barriers, its commitments, and
 * whatever else waited for it then.
 */
export function isOfDocket(
  engine: Engine,
  viewer: Viewer,
  event: Recorded,
  row: AccessRow,
  departmentId: string,
): boolean {
  if (event.aggregate === 'barrier') {
    const owner = departmentIn(engine.queries(barrierRegister).one(event.recordId), departmentId);
    // What was declined is not the department's any more; that it was is.
    if (owner && (!owner.struck || event.version <= (owner.struckAt ?? 0))) return true;
  }
  if (event.aggregate === 'commitment') {
    // Whose it was is told that it is another's now.
    if (
      engine.queries(commitmentRegister).one(event.recordId)?.state.ownerAgencyId === departmentId ||
      memberOf(event, 'commitment', 'fromAgencyId') === departmentId
    )
      return true;
  }
  return engine
    .queries(due)
    .waitedAt(event.stream, event.position)
    .some(
      (item) =>
        item.owedBy.some((p) => partyKey(p) === departmentParty(departmentId)) &&
        (!item.private || canSee(viewer, row, { version: row.version, private: item.private })),
    );
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
  const concerned = [
    ...owned.filter(isOpen),
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
