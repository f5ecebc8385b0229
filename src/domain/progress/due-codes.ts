/**
 * What is due: its codes, how an event changes the list of it, in which roles it is done, and what colour its
 * day gives it.
 */
import type { CivilDate, WorkingDays } from '../shared/calendar.js';
import type { Grant, Role } from '../shared/access.js';
import { readKey } from '../barrier/state.js';

/** Codes of due items. */
export const dueCodes = [
  'step',
  'sign-off',
  're-sign',
  'triage',
  'ownership',
  'answer',
  'rung',
  'evidence',
  'deed',
  'confirmation',
  'pledge',
  'champion',
  'offer',
  'delivery',
  'report',
  'verification',
  'position',
  'consent',
  'outcome',
  'review',
  'orphan',
  'approval',
] as const;
export type DueCode = (typeof dueCodes)[number];

/** Whom something waits for; a programme's access administrators and its office are `programme`. */
export const partyKinds = ['place', 'agency', 'department', 'programme-office', 'programme'] as const;
export interface DueParty {
  readonly kind: (typeof partyKinds)[number];
  readonly id: string;
}

/**
 * Whoever sits there for the item's place, as it stands: its champion's department, its chair's agency, its
 * programme's office.
 */
export interface Sitting {
  readonly sits: 'champion' | 'chair' | 'programme-office';
}

/**
 * How an event changes the list of due items. Items are named by record, code and key. Working days count
 * from the event's day.
 */
export type DueChange =
  | {
      readonly open: DueCode;
      readonly key: string;
      readonly owedBy: readonly (DueParty | Sitting)[];
      readonly deed: string;
      readonly place?: string;
      readonly workingDays: number;
    }
  | {
      readonly open: DueCode;
      readonly key: string;
      readonly owedBy: readonly (DueParty | Sitting)[];
      readonly deed: string;
      readonly place?: string;
      readonly on: CivilDate;
      readonly atLeastWorkingDays?: number;
    }
  /** Closes the items that match every member given; `'*'` for every code of this record. */
  | {
      readonly close: DueCode | '*';
      readonly key?: string;
      readonly owedBy?: string;
      readonly place?: string;
    }
  /** Stops an item's clock; `resume` gives it the working days that were left. */
  | { readonly stop: DueCode; readonly key: string }
  | { readonly resume: DueCode; readonly key: string }
  | { readonly move: DueCode; readonly key: string; readonly on: CivilDate };

/** Of which items: all of these codes, or as the item itself says. */
export type Completes = readonly DueCode[] | ((item: Pick<DueItem, 'code' | 'key'>) => boolean);
export const completesItem = (
  completes: Completes | undefined,
  item: Pick<DueItem, 'code' | 'key'>,
): boolean => (typeof completes === 'function' ? completes(item) : completes?.includes(item.code) === true);

export const levels = ['green', 'amber-green', 'amber', 'amber-red', 'red'] as const;
export type Level = (typeof levels)[number];
/** A place's colour, or that nothing was shared with this audience by which to give it one. */
export type Colour = Level | 'no-information';
const min = (one: Level, other: Level): Level => (levels.indexOf(one) <= levels.indexOf(other) ? one : other);

/**
 * The highest colour an open item can give, by code; steep ones are a level higher when late. The table in
 * `docs/` is made from this one.
 */
export const dueTable: Record<DueCode, { readonly highest: Level; readonly steep?: true }> = {
  step: { highest: 'red', steep: true },
  'sign-off': { highest: 'red' },
  're-sign': { highest: 'amber' },
  triage: { highest: 'amber' },
  ownership: { highest: 'amber' },
  answer: { highest: 'red' },
  rung: { highest: 'red' },
  evidence: { highest: 'amber' },
  deed: { highest: 'red' },
  confirmation: { highest: 'amber-green' },
  pledge: { highest: 'amber-green' },
  champion: { highest: 'amber' },
  offer: { highest: 'amber-green' },
  // Late delivery colours a place through `commitments-late`, which weighs it against all that was accepted.
  delivery: { highest: 'amber-green' },
  report: { highest: 'amber-green' },
  verification: { highest: 'amber' },
  position: { highest: 'amber-green' },
  consent: { highest: 'amber-green' },
  outcome: { highest: 'amber' },
  review: { highest: 'amber' },
  orphan: { highest: 'amber' },
  // Of no place, and nobody else's to know: it colours nothing.
  approval: { highest: 'green' },
};

const anyOf = (...roles: Grant['role'][]): ReadonlySet<Role> => new Set<Role>(roles);
const table = anyOf('secretariat', 'chair');
const seat = anyOf('seat-holder', 'chair', 'official');
const owner = anyOf('seat-holder', 'chair', 'official', 'contributor');
/** In which roles somebody does what is due; the scope is the party that owes it. */
export const dueRoles: Record<DueCode, ReadonlySet<Role>> = {
  step: anyOf('secretariat', 'chair', 'member', 'finance-officer'),
  'sign-off': anyOf('finance-officer', 'secretariat', 'member'),
  're-sign': anyOf('secretariat', 'member'),
  triage: table,
  ownership: seat,
  answer: seat,
  // The rung directs, then the owner answers: `waitsFor` tells which.
  rung: anyOf('champion', 'programme-office', 'chair', 'seat-holder', 'official'),
  evidence: table,
  deed: seat,
  confirmation: table,
  pledge: anyOf('finance-officer'),
  champion: anyOf('programme-office'),
  offer: seat,
  delivery: owner,
  report: owner,
  verification: anyOf('seat-holder', 'chair', 'official', 'finance-officer'),
  position: anyOf('seat-holder', 'chair'),
  // A department asked for its consent has officials, and no seat.
  consent: anyOf('official', 'finance-officer', 'seat-holder', 'chair'),
  outcome: anyOf('chair'),
  review: anyOf('chair'),
  orphan: table,
  approval: anyOf('access-administrator', 'programme-office'),
};

/**
 * In which roles an item of code `rung` is done: the owner answers what was directed; else whoever sits there
 * directs.
 */
function rungRoles(key: string): ReadonlySet<Role> {
  const { rung, directed } = readKey(key);
  return directed ? seat : anyOf(rung === 'champion' || rung === 'chair' ? rung : 'programme-office');
}

/** The party for which a grant does what an item asks; undefined where it is not theirs to do. */
export function waitsFor(
  item: Pick<DueItem, 'code' | 'key' | 'owedBy' | 'placeId'>,
  grant: Grant,
): DueParty | undefined {
  const roles = item.code === 'rung' ? rungRoles(item.key) : dueRoles[item.code];
  if (!roles.has(grant.role)) return undefined;
  // A champion acts for the place, in whichever department's name.
  if (grant.role === 'champion') return grant.place === item.placeId ? item.owedBy[0] : undefined;
  return item.owedBy.find((party) => {
    if (party.kind === 'place') return grant.place === party.id;
    if (party.kind === 'programme-office')
      return grant.role === 'programme-office' && grant.programme === party.id;
    if (party.kind === 'programme') return grant.programme === party.id;
    // A body asked for its consent may have its seat at another place's table.
    return (
      grant.agency === party.id &&
      (!grant.place || !item.placeId || grant.place === item.placeId || item.code === 'consent')
    );
  });
}

/**
 * Working days by which something due on a day is late on another; 0 when it is not. A deadline missed over a
 * weekend is a day late.
 */
export function lateBy(dueOn: CivilDate, day: CivilDate, wd: WorkingDays): number {
  return day > dueOn ? Math.max(1, wd.between(dueOn, day)) : 0;
}

/** Working days before its day from which something is near, and colours who owes it. */
export const nearDays = 10;
/** The colours of what is late, each up to so many working days; after the last of them it is red. */
const lateness: Record<'usual' | 'steep', readonly (readonly [days: number, level: Level])[]> = {
  usual: [
    [10, 'amber'],
    [20, 'amber-red'],
  ],
  steep: [[5, 'amber-red']],
};
/** The colour of an open item seen on a day; undefined while it is not near. */
export function levelOf(code: DueCode, dueOn: CivilDate, day: CivilDate, wd: WorkingDays): Level | undefined {
  const { highest, steep } = dueTable[code];
  const late = lateBy(dueOn, day, wd);
  if (late === 0) return wd.between(day, dueOn) <= nearDays ? min('amber-green', highest) : undefined;
  const [, level = 'red'] = lateness[steep ? 'steep' : 'usual'].find(([days]) => late <= days) ?? [];
  return min(level, highest);
}

/** How many of what waits are how late, given the working days of each: by the days of the usual colours. */
export function byLateness(late: readonly number[]) {
  const count = (from: number, to: number): number =>
    late.filter((days) => days >= from && days <= to).length;
  return {
    notLate: count(0, 0),
    late1To10: count(1, 10),
    late11To20: count(11, 20),
    lateLonger: count(21, Infinity),
  };
}
export type ByLateness = ReturnType<typeof byLateness>;

/** An open item of the one list that everything about time reads. */
export interface DueItem {
  readonly code: DueCode;
  readonly aggregate: string;
  readonly recordId: string;
  readonly key: string;
  readonly placeId?: string;
  readonly owedBy: readonly DueParty[];
  readonly deed: string;
  readonly dueOn: CivilDate;
  readonly openedOn: CivilDate;
  readonly openedBy: string;
  readonly illustrative: boolean;
  /** Where just one command does it: which, and the members by which that is about it. */
  readonly doneBy?: { readonly command: string; readonly names: Readonly<Record<string, string>> };
}
