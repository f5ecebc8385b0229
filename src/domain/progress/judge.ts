/** Progress toward the Budget (domain.md 10.1): step states, reasons and the two colours, as pure functions of facts and a day. */
import type { CivilDate, WorkingDays } from '../shared/calendar.js';
import type { Grant, Role } from '../shared/access.js';
import { readKey } from '../barrier/state.js';
import type { DueCode, DueParty } from '../kernel/types.js';
import { commitmentsLate, reportItems, type PromiseFact } from './promises.js';
import type { PeriodKind } from '../shared/reporting.js';
import { longDate } from '../shared/values.js';

export const levels = ['green', 'amber-green', 'amber', 'amber-red', 'red'] as const;
export type Level = (typeof levels)[number];
/** A place's colour, or that nothing was shared with this audience by which to give it one. */
export type Colour = Level | 'no-information';
const worst = (all: readonly Level[]): Level => levels[Math.max(0, ...all.map((l) => levels.indexOf(l)))]!;
const min = (a: Level, b: Level): Level => (levels.indexOf(a) <= levels.indexOf(b) ? a : b);

/** The highest colour an open item can give, by code; steep ones are a level higher when late. The table in `docs/` is made from this one. */
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
};

const anyOf = (...roles: Grant['role'][]): ReadonlySet<Role> => new Set<Role>(roles);
const table = anyOf('secretariat', 'chair');
const seat = anyOf('seat-holder', 'chair', 'official');
const owner = anyOf('seat-holder', 'chair', 'official', 'contributor');
/** In which roles somebody does what is due (domain.md 6.1, 6.2); the scope is the party that owes it. */
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
};

/** In which roles an item of code `rung` is done: the owner answers what was directed; else whoever sits there directs. */
function rungRoles(key: string): ReadonlySet<Role> {
  const { rung, directed } = readKey(key);
  return directed ? seat : anyOf(rung === 'champion' || rung === 'chair' ? rung : 'programme-office');
}

/** The party for which a grant does what an item asks; undefined where it is not theirs to do. */
export function waitsFor(item: Pick<DueItem, 'code' | 'key' | 'owedBy' | 'placeId'>, grant: Grant): DueParty | undefined {
  const roles = item.code === 'rung' ? rungRoles(item.key) : dueRoles[item.code];
  if (!roles.has(grant.role)) return undefined;
  // A champion acts for the place, in whichever department's name.
  if (grant.role === 'champion') return grant.place === item.placeId ? item.owedBy[0] : undefined;
  return item.owedBy.find((p) => {
    if (p.kind === 'place') return grant.place === p.id;
    if (p.kind === 'programme-office') return grant.role === 'programme-office' && grant.programme === p.id;
    // A body asked for its consent may have its seat at another place's table.
    return grant.agency === p.id && (!grant.place || !item.placeId || grant.place === item.placeId || item.code === 'consent');
  });
}

/** Working days by which something due on a day is late on another; 0 when it is not. A deadline missed over a weekend is a day late. */
export function lateBy(dueOn: CivilDate, day: CivilDate, wd: WorkingDays): number {
  return day > dueOn ? Math.max(1, wd.between(dueOn, day)) : 0;
}

/** The colour of an open item seen on a day; undefined while it is more than 10 working days off. */
export function levelOf(code: DueCode, dueOn: CivilDate, day: CivilDate, wd: WorkingDays): Level | undefined {
  const { highest, steep } = dueTable[code];
  const late = lateBy(dueOn, day, wd);
  if (late === 0) return wd.between(day, dueOn) <= 10 ? min('amber-green', highest) : undefined;
  const level: Level = steep ? (late <= 5 ? 'amber-red' : 'red') : late <= 10 ? 'amber' : late <= 20 ? 'amber-red' : 'red';
  return min(level, highest);
}

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
}

/** A step of a place, as the programme requires it. Without `doneOn` it is open. */
export interface Step {
  readonly stepId: string;
  readonly name: string;
  readonly required: boolean;
  readonly dueOn: CivilDate;
  readonly originalDueOn: CivilDate;
  /** The date is not exact; it counts as its last day. */
  readonly fuzzy: boolean;
  readonly extensionReason?: string;
  readonly excused?: string;
  readonly doneOn?: CivilDate;
  readonly illustrative: boolean;
  /** The agency that owes it where only its sign-off is missing. */
  readonly signOffOwedBy?: string;
}
export type StepState = 'not-required' | 'excused' | 'done' | 'done-late' | 'overdue' | 'due-soon' | 'not-yet-due';

/** The state of a step on a day. */
export function stepState(step: Step, day: CivilDate, wd: WorkingDays): StepState {
  if (!step.required) return 'not-required';
  if (step.doneOn && step.doneOn <= day) return step.doneOn > step.dueOn ? 'done-late' : 'done';
  if (step.excused !== undefined) return 'excused';
  if (day > step.dueOn) return 'overdue';
  return wd.between(day, step.dueOn) <= 10 ? 'due-soon' : 'not-yet-due';
}

export type ReasonCode = DueCode | 'commitments-late' | 'deadline-missed' | 'step-done-late' | 'no-movement' | 'nothing-late' | 'no-information';
/** Codes that say that there is no reason. */
export const isQuiet = (r: Pick<Reason, 'code'>): boolean => r.code === 'nothing-late' || r.code === 'no-information';

/** Why a place has its colour. `aggregate` and `recordId` say what to link to. */
export interface Reason {
  readonly code: ReasonCode;
  readonly level: Colour;
  readonly text: string;
  readonly since: CivilDate;
  readonly owedBy: readonly DueParty[];
  readonly deed: string;
  readonly dueOn: CivilDate | null;
  readonly aggregate: string;
  readonly recordId: string;
  readonly illustrative: boolean;
}

/** What one audience may know of a place on a day. */
export interface PlaceFacts {
  readonly placeId: string;
  readonly steps: readonly Step[];
  readonly items: readonly DueItem[];
  /** What was accepted and is still owed, or was kept. */
  readonly promises?: readonly PromiseFact[];
  /** How the programme reports; months where it does not say. */
  readonly period?: PeriodKind;
  /** The milestone that progress counts toward. */
  readonly deadline?: { readonly name: string; readonly date: CivilDate };
  /** The last day on which anything was done to a record of the place; members' audience only. */
  readonly lastMovement?: { readonly on: CivilDate; readonly illustrative: boolean };
}

export interface Judgement {
  readonly rag: Colour;
  readonly whitehallRag: Colour;
  readonly reasons: readonly Reason[];
  /** The day of the last step done, where that is more than 40 working days ago: it stands beside the colour. */
  readonly lastStepOn: CivilDate | null;
}

const whitehall = (p: DueParty): boolean => p.kind === 'department' || p.kind === 'programme-office';
const days = (n: number): string => `${n} working day${n === 1 ? '' : 's'}`;

function itemReason(item: DueItem, day: CivilDate, wd: WorkingDays): Reason | undefined {
  const level = levelOf(item.code, item.dueOn, day, wd);
  if (!level) return undefined;
  const late = lateBy(item.dueOn, day, wd);
  // Over a weekend it is late, though by no working day yet.
  const howLate = wd.between(item.dueOn, day) > 0 ? `${days(late)} late` : 'late';
  const when = late > 0 ? `${howLate} (due ${longDate(item.dueOn)})` : `due ${longDate(item.dueOn)}`;
  return {
    code: item.code,
    level,
    text: `${item.deed}: ${when}`,
    since: late > 0 ? wd.add(item.dueOn, 1) : item.openedOn,
    owedBy: item.owedBy,
    deed: item.deed,
    dueOn: item.dueOn,
    aggregate: item.aggregate,
    recordId: item.recordId,
    illustrative: item.illustrative,
  };
}

/** What goes wrong with an item of many names the record that it is of. */
function named<T>({ aggregate, recordId, code }: DueItem, judged: () => T): T {
  try {
    return judged();
  } catch (error) {
    throw new Error(`${aggregate}-${recordId} (${code}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Steps seen as due items: an open step is owed by the place, or by the body whose sign-off alone is missing. It is looked at from ten working days before. */
export function stepItem(step: Step, placeId: string, wd: WorkingDays): DueItem {
  return {
    code: 'step',
    aggregate: 'place',
    recordId: placeId,
    key: step.stepId,
    placeId,
    owedBy: step.signOffOwedBy ? [{ kind: 'agency', id: step.signOffOwedBy }] : [{ kind: 'place', id: placeId }],
    deed: step.signOffOwedBy ? `${step.name}: sign it off` : step.name,
    dueOn: step.dueOn,
    openedOn: wd.add(step.dueOn, -10),
    openedBy: 'step',
    illustrative: step.illustrative,
  };
}

/** How many of the required steps are done, and when the last was. */
function howFar(all: readonly Step[], done: number, lastOn: CivilDate | undefined): string {
  const required = all.filter((s) => s.required && (s.excused === undefined || s.doneOn)).length;
  if (required === 0) return '';
  return `: ${done} of ${required} step${required === 1 ? '' : 's'} done${lastOn ? `, last on ${longDate(lastOn)}` : ''}`;
}

/** The place's colour, Whitehall's colour, and every reason behind them, worst first. Five-scale; `foldScale` makes three of it. */
export function judge(facts: PlaceFacts, day: CivilDate, wd: WorkingDays): Judgement {
  const { placeId } = facts;
  const place: DueParty[] = [{ kind: 'place', id: placeId }];
  const about = { aggregate: 'place', recordId: placeId };
  const reasons: Reason[] = [];
  const open = (s: Step): boolean => ['overdue', 'due-soon', 'not-yet-due'].includes(stepState(s, day, wd));
  const { promises = [], period = 'month' } = facts;
  for (const item of [...facts.steps.filter(open).map((s) => stepItem(s, placeId, wd)), ...facts.items, ...reportItems(promises, period, day, wd)]) {
    const reason = named(item, () => itemReason(item, day, wd));
    if (reason) reasons.push(reason);
  }
  reasons.push(...commitmentsLate(placeId, promises, period, day, wd));
  const { deadline } = facts;
  const missing = facts.steps.filter(open);
  if (deadline && day > deadline.date && missing.length > 0) {
    reasons.push({
      code: 'deadline-missed',
      level: 'red',
      text: `${deadline.name} has passed without: ${missing.map((s) => s.name).join(', ')}`,
      since: deadline.date,
      owedBy: place,
      deed: missing.map((s) => s.name).join(', '),
      dueOn: deadline.date,
      ...about,
      illustrative: missing.every((s) => s.illustrative),
    });
  }
  for (const s of facts.steps) {
    if (stepState(s, day, wd) === 'done-late' && wd.between(s.doneOn!, day) <= 20) {
      reasons.push({
        code: 'step-done-late',
        level: 'amber-green',
        text: `${s.name} was done ${days(lateBy(s.dueOn, s.doneOn!, wd))} late, on ${longDate(s.doneOn!)}`,
        since: s.doneOn!,
        owedBy: place,
        deed: s.name,
        dueOn: s.dueOn,
        ...about,
        illustrative: s.illustrative,
      });
    }
  }
  if (facts.lastMovement && wd.between(facts.lastMovement.on, day) >= 20) {
    reasons.push({
      code: 'no-movement',
      level: 'amber',
      text: `Nothing was done to any record of the place since ${longDate(facts.lastMovement.on)}`,
      since: facts.lastMovement.on,
      owedBy: place,
      deed: 'Show what has moved',
      dueOn: null,
      ...about,
      illustrative: facts.lastMovement.illustrative,
    });
  }
  const steps = facts.steps.filter((s) => ['done', 'done-late'].includes(stepState(s, day, wd)));
  const lastOn = steps
    .map((s) => s.doneOn!)
    .sort()
    .at(-1);
  const lastStepOn = lastOn !== undefined && wd.between(lastOn, day) > 40 ? lastOn : null;
  const quiet = { since: day, owedBy: [], deed: '', dueOn: null, ...about, illustrative: false };
  // Open steps are due items like the others, however far off.
  if (reasons.length === 0 && !lastOn && missing.length === 0 && facts.items.length === 0) {
    const colour = 'no-information';
    return { rag: colour, whitehallRag: colour, reasons: [{ code: colour, level: colour, text: 'No information shared', ...quiet }], lastStepOn };
  }
  const level = (of: (p: DueParty) => boolean): Level => worst(reasons.flatMap((r) => (r.owedBy.some(of) ? (r.level as Level) : [])));
  const [rag, whitehallRag] = [level((p) => !whitehall(p)), level(whitehall)];
  if (reasons.length === 0) reasons.push({ code: 'nothing-late', level: 'green', text: `Nothing due is late${howFar(facts.steps, steps.length, lastOn)}`, ...quiet });
  const height = (r: Reason): number => levels.indexOf(r.level as Level);
  reasons.sort((a, b) => height(b) - height(a) || (a.dueOn ?? '').localeCompare(b.dueOn ?? '') || a.code.localeCompare(b.code) || a.recordId.localeCompare(b.recordId));
  return { rag, whitehallRag, reasons, lastStepOn };
}

/** The three-scale folds amber-green into green and amber-red into red. */
export function foldScale(level: Colour, scale: 'five' | 'three'): Colour {
  if (scale === 'five') return level;
  return level === 'amber-green' ? 'green' : level === 'amber-red' ? 'red' : level;
}

/** The reason's identity from one day to the next, for `reasonsNew` and `reasonsGone`. */
export const reasonKey = (r: Reason): string => [r.code, r.aggregate, r.recordId, r.dueOn ?? '', r.owedBy.map((p) => p.id).join('+')].join('|');
