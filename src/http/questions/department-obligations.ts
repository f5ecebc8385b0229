/** What barriers and promises mean for progress: counts by locus for a place, and what each department owes whom (domain.md 10.1). */
import {
  canSee,
  isOpenTo,
  isWithheld,
  type Audience,
  type Tier,
  type Viewer,
} from '../../domain/shared/access.js';
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
import { accessRow } from '../query/deps.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf } from '../query/declare.js';
import { partOf } from '../query/rows.js';
import { placeName } from './due-items.js';
import type { BarrierCounts, Owed, OwedPart, WhitehallOwes } from './department-obligations-shape.js';
import { lateBy } from '../../domain/progress/due-codes.js';

const ended = new Set(['removed', 'refused', 'closed', 'merged']);
export const isOpen = (b: BarrierRow): boolean => !ended.has(b.state.status);

/** For each place, what is counted for its reader. */
export type Audiences = ReadonlyMap<string, Audience>;

const asked = new WeakMap<QueryContext, Map<string, BarrierRow[]>>();
/** Barriers raised by a place that the audience may see; read once for each answer. */
export function visibleBarriers(r: QueryContext, placeId: string, audience: Audience): BarrierRow[] {
  const key = `${placeId}.${audience}`;
  const known = asked.get(r) ?? new Map<string, BarrierRow[]>();
  asked.set(r, known);
  let found = known.get(key);
  if (!found) {
    found = r
      .of(barrierRegister)
      .list(placeId)
      .filter((b) => isShownTo(tierOf(r, 'barrier', b.id), audience));
    known.set(key, found);
  }
  return found;
}

/** Those that a department was proposed for and has not declined, of places whose audience may see them. */
export const visiblyOwnedBy = (r: QueryContext, departmentId: string, places: Audiences): BarrierRow[] =>
  ownedBy(r.of(barrierRegister).proposedTo(departmentId), departmentId).filter((b) => {
    const audience = places.get(b.state.placeId);
    return audience && isShownTo(tierOf(r, 'barrier', b.id), audience);
  });

const anySeen = new WeakMap<Audiences, boolean>();
/** Does the audience of any of these places see a barrier there? */
function seesAny(r: QueryContext, places: Audiences): boolean {
  let found = anySeen.get(places);
  if (found === undefined) {
    found = r
      .of(barrierRegister)
      .places()
      .some((id) => places.has(id) && visibleBarriers(r, id, places.get(id)!).length > 0);
    anySeen.set(places, found);
  }
  return found;
}

/** The tier of a record as it stands; one that is not there is nobody's to read. */
const tierOf = (r: QueryContext, aggregate: string, id: string): Tier =>
  accessRow(r.deps.service.engine, aggregate, id)?.tier ?? 'auditors';

/** Of items that wait, those whose record and opening event the audience of their place may see. */
export function itemsFor(r: QueryContext, items: readonly DueRow[], places: Audiences): DueRow[] {
  return items.filter((i) => {
    const audience = i.placeId === undefined ? undefined : places.get(i.placeId);
    if (!audience || i.stopped) return false;
    return (
      audience === 'members' ||
      (!isWithheld(i.private, audience) && isShownTo(tierOf(r, i.aggregate, i.recordId), audience))
    );
  });
}
/** An item, and the audience that it is told to. */
export interface ToldItem {
  readonly item: DueRow;
  readonly audience: Audience;
}
/**
 * What is told to this reader of what waits for a department: what the audiences of its places may see, and what stands in records to
 * which the reader's own agency is party (a consent to its money, a verification), as members see it, unless they ask for a wider
 * audience. Each names its place.
 */
export function toldOf(r: QueryContext, places: Audiences): (i: DueRow) => ToldItem | undefined {
  const mine = r.audienceAsked ? [] : r.viewer.grants.flatMap((g) => g.agency ?? []);
  return (i) => {
    if (itemsFor(r, [i], places).length > 0) return { item: i, audience: places.get(i.placeId!)! };
    const row =
      mine.length === 0 || i.stopped ? undefined : accessRow(r.deps.service.engine, i.aggregate, i.recordId);
    const placeId = i.placeId ?? row?.placeId;
    return row && placeId && places.has(placeId) && mine.some((id) => row.parties.includes(id))
      ? { item: { ...i, placeId }, audience: 'members' }
      : undefined;
  };
}
/** A department as the list of what waits names it. */
export const departmentParty = (id: string): string => partyKey({ kind: 'department', id });
/** Everything that waits for a department and is told. */
export function waitingFor(r: QueryContext, departmentId: string, places: Audiences): DueRow[] {
  const told = toldOf(r, places);
  return r
    .of(due)
    .waitingFor(departmentParty(departmentId))
    .flatMap((i) => told(i)?.item ?? []);
}
/** The barrier an item is about, where the audience of its place may see it: the record itself, or what its commitment came from. */
export function barrierOf(r: QueryContext, i: DueRow, places: Audiences): BarrierRow | undefined {
  const from =
    i.aggregate === 'commitment' ? r.of(commitmentRegister).one(i.recordId)?.state.from : undefined;
  const id = i.aggregate === 'barrier' ? i.recordId : from?.kind === 'barrier' ? from.id : undefined;
  const row = id === undefined ? undefined : r.of(barrierRegister).one(id);
  const audience = row && places.get(row.state.placeId);
  return audience && isShownTo(tierOf(r, 'barrier', row.id), audience) ? row : undefined;
}
/** The barriers merged into one, as far as the audiences of their places may see them; a place that has left had one too. */
export function mergedFor(r: QueryContext, id: string, places: Audiences): BarrierRow[] {
  return r
    .of(barrierRegister)
    .mergedInto(id, (m) =>
      isShownTo(tierOf(r, 'barrier', m.id), places.get(m.state.placeId) ?? r.audience(m.state.placeId)),
    );
}
const isDeed = (i: DueRow): boolean => i.code === 'deed' || i.code === 'delivery';

/** What the owner of a barrier has to say: its answer, or its answer to a rung's direction. */
const isAnswer = (i: DueRow): boolean =>
  i.code === 'answer' || (i.code === 'rung' && readKey(i.key).directed);
/** What an owner owes of a barrier, by one name, whatever stands for it: the deed, its commitment, an answer, and another that a rung asked for. */
function subjectOf(r: QueryContext, i: DueRow): string {
  const from = i.aggregate === 'commitment' ? r.of(commitmentRegister).one(i.recordId)?.state : undefined;
  if (i.aggregate === 'barrier') return `${i.recordId}.${readKey(i.key).agencyId}`;
  return from?.from?.kind === 'barrier' ? `${from.from.id}.${from.ownerAgencyId}` : i.stream;
}

/** Of what waits, what is late on the day, each owner's answer or deed to a barrier once, and by how many working days the latest. */
function lateness(r: QueryContext, items: readonly DueRow[]) {
  const late = items
    .map((i) => ({ i, days: lateBy(i.dueOn, r.day, r.deps.service.ref.workingDays) }))
    .filter((l) => l.days > 0);
  const count = (what: (i: DueRow) => boolean): number =>
    new Set(late.flatMap(({ i }) => (what(i) ? subjectOf(r, i) : []))).size;
  return {
    ownershipOverdue: count((i) => i.code === 'ownership'),
    answersOverdue: count(isAnswer),
    deedsOverdue: count(isDeed),
    directionsOverdue: count((i) => i.code === 'rung' && !isAnswer(i)),
    oldest: late.length > 0 ? Math.max(...late.map((l) => l.days)) : null,
    assumed: late.some(({ i }) => r.deps.service.ref.workingDays.assumes(r.day, i.dueOn))
      ? { holidaysAssumed: true as const }
      : {},
  };
}
const unseen = { ownershipOverdue: null, answersOverdue: null, deedsOverdue: null, directionsOverdue: null };

/** What the owners of a barrier owe, and the rungs above them; the rest is owed by places. */
const ofOwners: ReadonlySet<string> = new Set(['ownership', 'answer', 'deed', 'rung']);

/** Counts for a place; an audience that sees no barrier of a kind gets `null`, never a zero. */
export function barrierCounts(
  r: QueryContext,
  placeId: string,
  audience: Audience,
): AnswerOf<typeof BarrierCounts> {
  const barriers = visibleBarriers(r, placeId, audience);
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
  const items = itemsFor(r, r.of(due).ofPlace(placeId), new Map([[placeId, audience]])).filter(
    (i) =>
      (i.aggregate === 'barrier' && ofOwners.has(i.code)) || (i.code === 'delivery' && moved.has(i.recordId)),
  );
  const { oldest, assumed, ...late } = lateness(r, items);
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

/** Answers given since a date on the barriers of a place that the audience may see, as far as it is told of them; null where it sees no barrier. */
export function answersSince(
  r: QueryContext,
  placeId: string,
  audience: Audience,
  since: string,
): number | null {
  const barriers = visibleBarriers(r, placeId, audience);
  if (barriers.length === 0 && audience !== 'members') return null;
  return barriers.reduce((n, b) => {
    const row = accessRow(r.deps.service.engine, 'barrier', b.id)!;
    return (
      n +
      b.extra.answers.filter(
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
  barriers.filter((b) => {
    const owner = departmentIn(b, departmentId);
    return owner !== undefined && !owner.struck;
  });

/** Whether an event belongs to what the docket of a department tells of: its barriers, its commitments, and whatever else waited for it then. */
export function isOfDocket(
  engine: Engine,
  viewer: Viewer,
  e: Recorded,
  row: AccessRow,
  departmentId: string,
): boolean {
  if (e.aggregate === 'barrier') {
    const owner = departmentIn(engine.queries(barrierRegister).one(e.recordId), departmentId);
    // What was declined is not the department's any more; that it was is.
    if (owner && (!owner.struck || e.version <= (owner.struckAt ?? 0))) return true;
  }
  if (e.aggregate === 'commitment') {
    // Whose it was is told that it is another's now.
    if (
      engine.queries(commitmentRegister).one(e.recordId)?.state.ownerAgencyId === departmentId ||
      memberOf(e, 'commitment', 'fromAgencyId') === departmentId
    )
      return true;
  }
  return engine
    .queries(due)
    .waitedAt(e.stream, e.position)
    .some(
      (i) =>
        i.owedBy.some((p) => partyKey(p) === departmentParty(departmentId)) &&
        (!i.private || canSee(viewer, row, { version: row.version, private: i.private })),
    );
}

/** The widest of the audiences that an answer about several places is made for: what it says holds in each of them. */
const widest = (places: Audiences): Audience => {
  const all = new Set(places.values());
  return all.has('public') || all.size === 0 ? 'public' : all.has('programme') ? 'programme' : 'members';
};

/**
 * What a department owes: its barriers, and whatever else waits for it. Progress and the docket say the same by it. Who is a member in
 * every place, or sees barriers of the programme at all, counts none as 0; who sees no barrier is told `null`: whether there is one is
 * withheld.
 */
export function owedBy(
  r: QueryContext,
  id: string,
  owned: readonly BarrierRow[],
  items: readonly DueRow[],
  audiences: Audiences,
): AnswerOf<typeof Owed> {
  const audience = widest(audiences);
  const answers = owned.map((b) => heldTo(held(b.state.owners, id))?.position);
  const tells = audience === 'members' || owned.length > 0 || seesAny(r, audiences);
  const count = (what: (b: BarrierRow) => boolean): number | null =>
    tells ? owned.filter(what).length : null;
  const answered = (position: string): number | null =>
    tells ? answers.filter((a) => a === position).length : null;
  const { oldest, assumed, ...late } = lateness(r, items);
  const concerned = [...owned.filter(isOpen), ...items.flatMap((i) => barrierOf(r, i, audiences) ?? [])];
  const waiting = [
    ...new Set([
      ...concerned.flatMap((b) => joinedPlaces(b, mergedFor(r, b.id, audiences)).map((j) => j.placeId)),
      ...items.flatMap((i) => i.placeId ?? []),
    ]),
  ].sort();
  return {
    department: { id, name: r.of(register).nameOf('agency', id) },
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
    placeNames: waiting.map((place) => placeName(r, place)),
    link: `/v1/departments/${id}/docket`,
  };
}

/** As `owedBy`; where it cannot be reckoned, the department and that it failed. */
export const owedPart = (
  r: QueryContext,
  id: string,
  ...of: [barriers: readonly BarrierRow[], items: readonly DueRow[], audiences: Audiences]
): AnswerOf<typeof OwedPart> =>
  partOf(r, `agency-${id}`, { department: { id, name: r.of(register).nameOf('agency', id) } }, () =>
    owedBy(r, id, ...of),
  );

/** What each department owes, made of what each place's audience may see; nothing seen is nothing owed to a member of every place alone. */
export function whitehallOwes(r: QueryContext, places: Audiences): AnswerOf<typeof WhitehallOwes> {
  const owed = owedByEach(r, places);
  return owed.length > 0 || widest(places) === 'members'
    ? { owed }
    : { owed: null, notDisclosed: true as const };
}
function owedByEach(r: QueryContext, places: Audiences) {
  const barriers = [...places].flatMap(([id, audience]) => visibleBarriers(r, id, audience));
  const departments = new Set(
    barriers.flatMap((b) =>
      Object.values(b.state.owners).flatMap((o) =>
        o.kind === 'department' && !o.struck ? [o.agencyId] : [],
      ),
    ),
  );
  const waiting = new Map<string, DueRow[]>();
  for (const id of new Set([...departments, ...r.of(due).parties('department')])) {
    const items = waitingFor(r, id, places);
    if (items.length > 0) departments.add(id);
    waiting.set(id, items);
  }
  return [...departments]
    .sort()
    .map((id) => owedPart(r, id, ownedBy(barriers, id), waiting.get(id)!, places));
}
