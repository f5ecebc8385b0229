/** What barriers mean for progress: counts by locus for a place, and what each department owes whom (domain.md 10.1). */
import type { Audience } from '../domain/access.js';
import { lateBy } from '../domain/progress.js';
import { barrierRegister, type BarrierRow } from '../projections/barrier-register.js';
import { due } from '../projections/due.js';
import { access } from '../projections/access.js';
import { register } from '../projections/register.js';
import type { Reading } from './query.js';

const ended = new Set(['removed', 'refused', 'closed', 'merged']);
const open = (b: BarrierRow): boolean => !ended.has(b.state.status);

/** Barriers of a place that the audience may see. */
export function visibleBarriers(r: Reading, placeId: string, audience: Audience): BarrierRow[] {
  const records = r.of(access);
  return r
    .of(barrierRegister)
    .list(placeId)
    .filter((b) => {
      const tier = records.record('barrier', b.id)?.tier;
      return audience === 'members' || tier === 'public' || (audience === 'programme' && tier === 'programme');
    });
}

/** Overdue answers and deeds of the barriers given, with the working days they are late. */
function owedLate(r: Reading, barriers: readonly BarrierRow[], by?: string) {
  const { workingDays } = r.deps.service.ref;
  const ids = new Set(barriers.map((b) => b.id));
  // A deed that became a commitment is late with it, and counted once.
  const moved = new Set(barriers.flatMap((b) => Object.values(b.state.owners).flatMap((o) => o.answer?.commitmentId ?? [])));
  return r
    .of(due)
    .overdue(r.day)
    .filter((i) => (i.aggregate === 'barrier' ? ids.has(i.recordId) && (i.code === 'answer' || i.code === 'deed') : i.code === 'delivery' && moved.has(i.recordId)))
    .filter((i) => !by || i.owedBy.some((p) => p.id === by))
    .map((i) => ({ code: i.code === 'answer' ? ('answer' as const) : ('deed' as const), days: lateBy(i.dueOn, r.day, workingDays) }));
}
const oldest = (late: readonly { days: number }[]): number | null => (late.length > 0 ? Math.max(...late.map((l) => l.days)) : null);

/** Counts for a place; an audience that sees no barrier of a kind gets `null`, never a zero. */
export function barrierCounts(r: Reading, placeId: string, audience: Audience) {
  const seen = visibleBarriers(r, placeId, audience);
  if (audience !== 'members' && seen.length === 0) {
    return { whitehall: null, joint: null, local: null, untriaged: null, open: null, answersOverdue: null, deedsOverdue: null, oldestOwedDays: null, notDisclosed: true as const };
  }
  const live = seen.filter(open);
  const count = (what: (b: BarrierRow) => boolean): number | null => {
    const any = seen.some(what);
    return any || audience === 'members' ? live.filter(what).length : null;
  };
  const late = owedLate(r, seen);
  const counts = {
    whitehall: count((b) => b.state.locus === 'whitehall'),
    joint: count((b) => b.state.locus === 'joint'),
    local: count((b) => b.state.locus === 'local'),
    untriaged: count((b) => !b.state.locus),
  };
  return {
    ...counts,
    open: live.length,
    answersOverdue: late.filter((l) => l.code === 'answer').length,
    deedsOverdue: late.filter((l) => l.code === 'deed').length,
    oldestOwedDays: oldest(late),
    ...(Object.values(counts).includes(null) ? { notDisclosed: true as const } : {}),
  };
}

/** Answers given since a date on the barriers of a place that the audience may see. */
export const answersSince = (r: Reading, placeId: string, audience: Audience, since: string): number =>
  visibleBarriers(r, placeId, audience).reduce((n, b) => n + b.extra.answers.filter((a) => a.on > since).length, 0);

/** What each department owes, made of what each place's audience may see. */
export function whitehallOwes(r: Reading, places: readonly { id: string; audience: Audience }[]) {
  const q = r.of(register);
  const barriers = places.flatMap((p) => visibleBarriers(r, p.id, p.audience));
  const departments = new Map<string, BarrierRow[]>();
  for (const b of barriers) for (const o of Object.values(b.state.owners)) if (o.kind === 'department' && !o.struck) departments.set(o.agencyId, [...(departments.get(o.agencyId) ?? []), b]);
  return [...departments]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, owned]) => {
      const answers = owned.map((b) => b.state.owners[id]!.answer?.position);
      const late = owedLate(r, owned, id);
      const answered = (position: string): number => answers.filter((a) => a === position).length;
      return {
        department: { id, name: q.nameOf('agency', id) },
        proposed: owned.filter((b) => open(b) && !b.state.owners[id]!.answer).length,
        answered: {
          willRemove: answered('will-remove'),
          willPilot: answered('will-pilot'),
          needEvidence: owned.filter((b) => b.state.owners[id]!.leftDays !== undefined).length,
          willNot: answered('will-not'),
        },
        removed: owned.filter((b) => b.state.status === 'removed').length,
        refused: owned.filter((b) => b.state.status === 'refused').length,
        answersOverdue: late.filter((l) => l.code === 'answer').length,
        deedsOverdue: late.filter((l) => l.code === 'deed').length,
        oldestWorkingDays: oldest(late),
        places: [...new Set(owned.map((b) => b.state.placeId))],
        link: `/v1/barriers?ownerId=${id}`,
      };
    });
}
