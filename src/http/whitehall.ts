/** What barriers and promises mean for progress: counts by locus for a place, and what each department owes whom (domain.md 10.1). */
import type { Audience } from '../domain/access.js';
import { lateBy } from '../domain/progress.js';
import { access } from '../projections/access.js';
import { barrierRegister, type BarrierRow } from '../projections/barrier-register.js';
import { commitmentRegister } from '../projections/commitment-register.js';
import { due } from '../projections/due.js';
import type { DueRow } from '../projections/due-items.js';
import { seen } from '../projections/place-progress.js';
import { register } from '../projections/register.js';
import type { Reading } from './query.js';

const ended = new Set(['removed', 'refused', 'closed', 'merged']);
export const isOpen = (b: BarrierRow): boolean => !ended.has(b.state.status);

/** For each place, what is counted for its reader. */
export type Audiences = ReadonlyMap<string, Audience>;

const asked = new WeakMap<Reading, Map<string, BarrierRow[]>>();
/** Barriers raised by a place that the audience may see; read once for each answer. */
export function visibleBarriers(r: Reading, placeId: string, audience: Audience): BarrierRow[] {
  const key = `${placeId}.${audience}`;
  const known = asked.get(r) ?? new Map<string, BarrierRow[]>();
  asked.set(r, known);
  const records = r.of(access);
  let found = known.get(key);
  if (!found) {
    found = r
      .of(barrierRegister)
      .list(placeId)
      .filter((b) => seen(records.record('barrier', b.id)?.tier ?? 'auditors', audience));
    known.set(key, found);
  }
  return found;
}

/** Of items that wait, those whose record and opening event the audience of their place may see. */
export function itemsFor(r: Reading, items: readonly DueRow[], places: Audiences): DueRow[] {
  const records = r.of(access);
  return items.filter((i) => {
    const audience = i.placeId === undefined ? undefined : places.get(i.placeId);
    if (!audience || i.stopped) return false;
    return audience === 'members' || (!i.private && seen(records.record(i.aggregate, i.recordId)?.tier ?? 'auditors', audience));
  });
}
/** The barrier an item is about, where the audience of its place may see it: the record itself, or what its commitment came from. */
export function barrierOf(r: Reading, i: DueRow, places: Audiences): BarrierRow | undefined {
  const from = i.aggregate === 'commitment' ? r.of(commitmentRegister).one(i.recordId)?.state.from : undefined;
  const id = i.aggregate === 'barrier' ? i.recordId : from?.kind === 'barrier' ? from.id : undefined;
  const row = id === undefined ? undefined : r.of(barrierRegister).one(id);
  const audience = row && places.get(row.state.placeId);
  return audience && seen(r.of(access).record('barrier', row.id)?.tier ?? 'auditors', audience) ? row : undefined;
}
const joinedPlaces = (b: BarrierRow): string[] => [b.state.placeId, ...Object.keys(b.state.joined)];
const isDeed = (i: DueRow): boolean => i.code === 'deed' || i.code === 'delivery';

/** Answers and deeds that are late on the day, and by how many working days the latest. */
function lateness(r: Reading, items: readonly DueRow[]) {
  const late = items.map((i) => ({ i, days: lateBy(i.dueOn, r.day, r.deps.service.ref.workingDays) })).filter((l) => l.days > 0);
  const answers = late.filter((l) => l.i.code === 'answer');
  const deeds = late.filter((l) => isDeed(l.i));
  const days = [...answers, ...deeds].map((l) => l.days);
  return { answersOverdue: answers.length, deedsOverdue: deeds.length, oldest: days.length > 0 ? Math.max(...days) : null };
}

/** Counts for a place; an audience that sees no barrier of a kind gets `null`, never a zero. */
export function barrierCounts(r: Reading, placeId: string, audience: Audience) {
  const barriers = visibleBarriers(r, placeId, audience);
  if (audience !== 'members' && barriers.length === 0) {
    return { whitehall: null, joint: null, local: null, untriaged: null, open: null, answersOverdue: null, deedsOverdue: null, oldestOwedDays: null, notDisclosed: true as const };
  }
  const live = barriers.filter(isOpen);
  const count = (what: (b: BarrierRow) => boolean): number | null => (barriers.some(what) || audience === 'members' ? live.filter(what).length : null);
  // A deed that became a commitment is late with it, and counted once.
  const moved = new Set(barriers.flatMap((b) => Object.values(b.state.owners).flatMap((o) => o.answer?.commitmentId ?? [])));
  const items = itemsFor(r, r.of(due).ofPlace(placeId), new Map([[placeId, audience]])).filter((i) => i.aggregate === 'barrier' || (i.code === 'delivery' && moved.has(i.recordId)));
  const { oldest, ...late } = lateness(r, items);
  const counts = {
    whitehall: count((b) => b.state.locus === 'whitehall'),
    joint: count((b) => b.state.locus === 'joint'),
    local: count((b) => b.state.locus === 'local'),
    untriaged: count((b) => !b.state.locus),
  };
  return { ...counts, open: live.length, ...late, oldestOwedDays: oldest, ...(Object.values(counts).includes(null) ? { notDisclosed: true as const } : {}) };
}

/** Answers given since a date on the barriers of a place that the audience may see; null where it sees no barrier. */
export function answersSince(r: Reading, placeId: string, audience: Audience, since: string): number | null {
  const barriers = visibleBarriers(r, placeId, audience);
  if (barriers.length === 0 && audience !== 'members') return null;
  return barriers.reduce((n, b) => n + b.extra.answers.filter((a) => a.on > since).length, 0);
}

/** Barriers that a department was proposed for and has not declined. */
export const ownedBy = (barriers: readonly BarrierRow[], departmentId: string): BarrierRow[] =>
  barriers.filter((b) => {
    const o = b.state.owners[departmentId];
    return o?.kind === 'department' && !o.struck;
  });

/** What a department owes: its barriers, and whatever else waits for it. Progress and the docket say the same by it. */
export function owedBy(r: Reading, id: string, owned: readonly BarrierRow[], items: readonly DueRow[], audiences: Audiences) {
  const answers = owned.map((b) => b.state.owners[id]!.answer?.position);
  const answered = (position: string): number => answers.filter((a) => a === position).length;
  const { oldest, ...late } = lateness(r, items);
  return {
    department: { id, name: r.of(register).nameOf('agency', id) },
    /** Asked, and not answered yet. */
    proposed: owned.filter((b) => isOpen(b) && !b.state.owners[id]!.answer).length,
    answered: {
      willRemove: answered('will-remove'),
      willPilot: answered('will-pilot'),
      needEvidence: owned.filter((b) => b.state.owners[id]!.leftDays !== undefined).length,
      willNot: answered('will-not'),
    },
    removed: owned.filter((b) => b.state.status === 'removed').length,
    refused: owned.filter((b) => b.state.status === 'refused').length,
    ...late,
    oldestWorkingDays: oldest,
    /** Those that raised or joined what is open, and those of what else waits. */
    places: [...new Set([...[...owned.filter(isOpen), ...items.flatMap((i) => barrierOf(r, i, audiences) ?? [])].flatMap(joinedPlaces), ...items.flatMap((i) => i.placeId ?? [])])].sort(),
    link: `/v1/departments/${id}/docket`,
  };
}

/** What each department owes, made of what each place's audience may see. */
export function whitehallOwes(r: Reading, places: Audiences) {
  const barriers = [...places].flatMap(([id, audience]) => visibleBarriers(r, id, audience));
  const departments = new Set(barriers.flatMap((b) => Object.values(b.state.owners).flatMap((o) => (o.kind === 'department' && !o.struck ? [o.agencyId] : []))));
  const waiting = new Map<string, DueRow[]>();
  for (const id of new Set([...departments, ...r.of(due).parties('department')])) {
    const items = itemsFor(r, r.of(due).waitingFor(`department:${id}`), places);
    if (items.length > 0) departments.add(id);
    waiting.set(id, items);
  }
  return [...departments].sort().map((id) => owedBy(r, id, ownedBy(barriers, id), waiting.get(id)!, places));
}
