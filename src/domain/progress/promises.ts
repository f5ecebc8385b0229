/**
 * What promises mean for a place's progress on a day (docs/rules/progress.md#reports-and-silence): reports
 * owed, and `commitments-late`. Pure, of facts and a day.
 */
import type { CivilDate, WorkingDays } from '../shared/calendar.js';
import { addDays } from '../shared/calendar.js';
import { periodEnd, reportDue, silentSince, unreported, type PeriodKind } from '../shared/reporting.js';
import type { DueParty } from './due-codes.js';

/** A commitment that was accepted and not withdrawn, superseded or handed on, as an audience may know it. */
export interface PromiseFact {
  readonly recordId: string;
  readonly placeId: string;
  readonly title: string;
  readonly owner: DueParty;
  readonly status: 'delivering' | 'claimed' | 'completed';
  /** By the present owner. */
  readonly acceptedOn: CivilDate;
  readonly dueOn: CivilDate;
  /** The day of the last report, if that is red in any dimension. */
  readonly redSince?: CivilDate;
  /** Periods that were reported. */
  readonly reported: readonly string[];
  readonly illustrative: boolean;
}
export interface PromiseCounts {
  readonly live: number;
  readonly onTime: number;
  readonly overdue: number;
  readonly silent: number;
  readonly red: number;
  readonly completed: number;
}

/** Reports that are open on a day, as due items: each period once it has ended. */
export function reportItems(
  promises: readonly PromiseFact[],
  kind: PeriodKind,
  day: CivilDate,
  wd: WorkingDays,
) {
  return promises.flatMap((promise) =>
    (promise.status === 'delivering' ? unreported(kind, promise.acceptedOn, day, promise.reported) : []).map(
      (period) => ({
        code: 'report' as const,
        aggregate: 'commitment',
        recordId: promise.recordId,
        key: period,
        placeId: promise.placeId,
        owedBy: [promise.owner],
        deed: `Report progress for ${period}: ${promise.title}`,
        dueOn: reportDue(period, wd),
        openedOn: addDays(periodEnd(period), 1),
        openedBy: 'report',
        illustrative: promise.illustrative,
      }),
    ),
  );
}

/** Since when a promise is overdue, silent or red; undefined when it is none of these on the day. */
export function troubled(promise: PromiseFact, kind: PeriodKind, day: CivilDate, wd: WorkingDays) {
  if (promise.status !== 'delivering') return { overdue: undefined, silent: undefined, red: undefined };
  return {
    overdue: day > promise.dueOn ? addDays(promise.dueOn, 1) : undefined,
    silent: silentSince(kind, promise.acceptedOn, day, promise.reported, wd),
    red: promise.redSince,
  };
}

/** Counts of a place's promises on a day. `onTime`: live and not overdue. */
export function promiseCounts(
  promises: readonly PromiseFact[],
  kind: PeriodKind,
  day: CivilDate,
  wd: WorkingDays,
): PromiseCounts {
  const live = promises.filter((p) => p.status !== 'completed');
  const states = live.map((p) => troubled(p, kind, day, wd));
  const overdue = states.filter((s) => s.overdue).length;
  return {
    live: live.length,
    onTime: live.length - overdue,
    overdue,
    silent: states.filter((s) => s.silent).length,
    red: states.filter((s) => s.red).length,
    completed: promises.length - live.length,
  };
}

/** So many late ones, and so large a part of all, are red; so many are amber-red. */
const many = { fewest: 3, onePartIn: 2 } as const;
const several = { fewest: 2, onePartIn: 4 } as const;
/**
 * Any / at least a quarter and two / at least half and three of all that were accepted, completed ones
 * included.
 */
export function lateLevel(late: number, all: number): 'amber' | 'amber-red' | 'red' | undefined {
  if (late >= many.fewest && late * many.onePartIn >= all) return 'red';
  if (late >= several.fewest && late * several.onePartIn >= all) return 'amber-red';
  return late >= 1 ? 'amber' : undefined;
}

const listed = (count: number, word: string): string[] => (count > 0 ? [`${count} ${word}`] : []);

/**
 * `commitments-late`, once for what the place's agencies promised and once for what departments did: nobody
 * is coloured for another's lateness. Each is owed by the owners of the late ones.
 */
export function commitmentsLate(
  placeId: string,
  promises: readonly PromiseFact[],
  kind: PeriodKind,
  day: CivilDate,
  wd: WorkingDays,
) {
  return [false, true].flatMap((whitehall) => {
    const all = promises.filter((p) => (p.owner.kind === 'department') === whitehall);
    const late = all
      .map((p) => ({ p, state: troubled(p, kind, day, wd) }))
      .filter(({ state: s }) => s.overdue ?? s.silent ?? s.red);
    const level = lateLevel(late.length, all.length);
    if (!level) return [];
    const count = (k: 'overdue' | 'silent' | 'red'): number => late.filter(({ state }) => state[k]).length;
    const why = [
      ...listed(count('overdue'), 'overdue'),
      ...listed(count('silent'), 'silent'),
      ...listed(count('red'), 'red'),
    ].join(', ');
    const overdue = late.filter(({ state }) => state.overdue).map(({ p }) => p.dueOn);
    const [first] = late;
    const one = late.length === 1 ? first?.p : undefined;
    const [since = day] = late
      .flatMap(({ state: s }) => [s.overdue, s.silent, s.red].filter((x) => x !== undefined))
      .sort();
    return [
      {
        code: 'commitments-late' as const,
        level,
        text:
          `${late.length} of ${all.length} ` +
          `${whitehall ? 'Whitehall ' : ''}commitment${all.length === 1 ? '' : 's'} overdue, silent or ` +
          `red: ${why}`,
        since,
        owedBy: late
          .map(({ p }) => p.owner)
          .filter((o, i, owners) => owners.findIndex((x) => x.id === o.id) === i),
        deed: one
          ? `Deliver, report or recover: ${one.title}`
          : 'Deliver, report or recover what was promised',
        dueOn: overdue.sort()[0] ?? null,
        aggregate: one ? 'commitment' : 'place',
        recordId: one?.recordId ?? placeId,
        illustrative: late.every(({ p }) => p.illustrative),
      },
    ];
  });
}
