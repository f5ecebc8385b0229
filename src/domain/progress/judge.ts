/**
 * Progress toward the deadline (docs/rules/progress.md#colours): step states, reasons and the two colours, as
 * pure functions of facts and a day.
 */
import type { CivilDate, WorkingDays } from '../shared/calendar.js';
import { commitmentsLate, reportItems, type PromiseFact } from './promises.js';
import type { PeriodKind } from '../shared/reporting.js';
import { longDate } from '../shared/values.js';
import { nameOf } from '../kernel/naming.js';
import {
  type Colour,
  type DueCode,
  type DueItem,
  type DueParty,
  type Level,
  lateBy,
  levelOf,
  levels,
  nearDays,
} from './due-codes.js';

const worst = (all: readonly Level[]): Level =>
  all.reduce((worst, level) => (levels.indexOf(level) > levels.indexOf(worst) ? level : worst), 'green');
/** Working days for which a step that was done late is still told of. */
const toldLate = 20;
/** Working days after which nothing done to any record is worth telling. */
const still = 20;
/** Working days after which the day of the last step stands beside the colour. */
const longAgo = 40;

/** A step of a place, as the programme requires it. Without `doneOn` it is open. */
export interface PlaceStep {
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
export type StepState =
  'not-required' | 'excused' | 'done' | 'done-late' | 'overdue' | 'due-soon' | 'not-yet-due';

/** The state of a step on a day. */
export function stepState(step: PlaceStep, day: CivilDate, wd: WorkingDays): StepState {
  if (!step.required) return 'not-required';
  if (step.doneOn && step.doneOn <= day) return step.doneOn > step.dueOn ? 'done-late' : 'done';
  if (step.excused !== undefined) return 'excused';
  if (day > step.dueOn) return 'overdue';
  return wd.between(day, step.dueOn) <= nearDays ? 'due-soon' : 'not-yet-due';
}

export type ReasonCode =
  | DueCode
  | 'commitments-late'
  | 'deadline-missed'
  | 'step-done-late'
  | 'no-movement'
  | 'nothing-late'
  | 'no-information';
/** Codes that say that there is no reason. */
export const isQuiet = (reason: Pick<Reason, 'code'>): boolean =>
  reason.code === 'nothing-late' || reason.code === 'no-information';

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
  readonly steps: readonly PlaceStep[];
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
  /**
   * The day of the last step done, where that is more than 40 working days ago: it stands beside the colour.
   */
  readonly lastStepOn: CivilDate | null;
}

const whitehall = (party: DueParty): boolean =>
  party.kind === 'department' || party.kind === 'programme-office';
/** Whose colour a reason counts toward: a quiet one is said of both. */
export function whoseColour(reason: Pick<Reason, 'code' | 'owedBy'>): readonly ('place' | 'whitehall')[] {
  if (isQuiet(reason)) return ['place', 'whitehall'];
  const { owedBy } = reason;
  return [
    ...(owedBy.some((party) => !whitehall(party)) ? (['place'] as const) : []),
    ...(owedBy.some(whitehall) ? (['whitehall'] as const) : []),
  ];
}
const days = (count: number): string => `${count} working day${count === 1 ? '' : 's'}`;

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
function namingItemInErrors<T>({ aggregate, recordId, code }: DueItem, judged: () => T): T {
  try {
    return judged();
  } catch (error) {
    throw new Error(
      `${aggregate}-${recordId} (${code}): ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Steps seen as due items: an open step is owed by the place, or by the body whose sign-off alone is missing.
 * It is looked at from ten working days before.
 */
export function stepItem(step: PlaceStep, placeId: string, wd: WorkingDays): DueItem {
  return {
    code: 'step',
    aggregate: 'place',
    recordId: placeId,
    key: step.stepId,
    placeId,
    owedBy: step.signOffOwedBy
      ? [{ kind: 'agency', id: step.signOffOwedBy }]
      : [{ kind: 'place', id: placeId }],
    deed: step.signOffOwedBy ? `${step.name}: sign it off` : step.name,
    dueOn: step.dueOn,
    openedOn: wd.add(step.dueOn, -nearDays),
    openedBy: 'step',
    illustrative: step.illustrative,
  };
}

/** How many of the required steps are done, and when the last was. */
function howFar(all: readonly PlaceStep[], done: number, lastOn: CivilDate | undefined): string {
  const required = all.filter((s) => s.required && (s.excused === undefined || s.doneOn)).length;
  if (required === 0) return '';
  return (
    `: ${done} of ${required} step${required === 1 ? '' : 's'} ` +
    `done${lastOn ? `, last on ${longDate(lastOn)}` : ''}`
  );
}

/**
 * The place's colour, Whitehall's colour, and every reason behind them, worst first. Five-scale; `foldScale`
 * makes three of it.
 */
export function judge(facts: PlaceFacts, day: CivilDate, wd: WorkingDays): Judgement {
  const { placeId } = facts;
  const place: DueParty[] = [{ kind: 'place', id: placeId }];
  const about = { aggregate: 'place', recordId: placeId };
  const reasons: Reason[] = [];
  const open = (step: PlaceStep): boolean =>
    ['overdue', 'due-soon', 'not-yet-due'].includes(stepState(step, day, wd));
  const { promises = [], period = 'month' } = facts;
  for (const item of [
    ...facts.steps.filter(open).map((s) => stepItem(s, placeId, wd)),
    ...facts.items,
    ...reportItems(promises, period, day, wd),
  ]) {
    const reason = namingItemInErrors(item, () => itemReason(item, day, wd));
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
    const { doneOn } = s;
    if (doneOn && stepState(s, day, wd) === 'done-late' && wd.between(doneOn, day) <= toldLate) {
      reasons.push({
        code: 'step-done-late',
        level: 'amber-green',
        text: `${s.name} was done ${days(lateBy(s.dueOn, doneOn, wd))} late, on ${longDate(doneOn)}`,
        since: doneOn,
        owedBy: place,
        deed: s.name,
        dueOn: s.dueOn,
        ...about,
        illustrative: s.illustrative,
      });
    }
  }
  if (facts.lastMovement && wd.between(facts.lastMovement.on, day) >= still) {
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
    .flatMap((s) => s.doneOn ?? [])
    .sort()
    .at(-1);
  const lastStepOn = lastOn !== undefined && wd.between(lastOn, day) > longAgo ? lastOn : null;
  const quiet = { since: day, owedBy: [], deed: '', dueOn: null, ...about, illustrative: false };
  // Open steps are due items like the others, however far off.
  if (reasons.length === 0 && !lastOn && missing.length === 0 && facts.items.length === 0) {
    const colour = 'no-information';
    return {
      rag: colour,
      whitehallRag: colour,
      reasons: [{ code: colour, level: colour, text: 'No information shared', ...quiet }],
      lastStepOn,
    };
  }
  const colourOf = (whose: 'place' | 'whitehall'): Level =>
    worst(reasons.flatMap((reason) => (whoseColour(reason).includes(whose) ? (reason.level as Level) : [])));
  const [rag, whitehallRag] = [colourOf('place'), colourOf('whitehall')];
  if (reasons.length === 0)
    reasons.push({
      code: 'nothing-late',
      level: 'green',
      text: `Nothing due is late${howFar(facts.steps, steps.length, lastOn)}`,
      ...quiet,
    });
  const height = (reason: Reason): number => levels.indexOf(reason.level as Level);
  reasons.sort(
    (one, other) =>
      height(other) - height(one) ||
      (one.dueOn ?? '').localeCompare(other.dueOn ?? '') ||
      one.code.localeCompare(other.code) ||
      one.recordId.localeCompare(other.recordId),
  );
  return { rag, whitehallRag, reasons: toldApart(reasons), lastStepOn };
}

/** Where several owe the same by the same day, each reason names whose it is. */
function toldApart(reasons: readonly Reason[]): Reason[] {
  const seen = new Map<string, number>();
  for (const { text } of reasons) seen.set(text, (seen.get(text) ?? 0) + 1);
  return reasons.map((reason) => {
    if (seen.get(reason.text) === 1 || !reason.text.startsWith(reason.deed)) return reason;
    const owners = reason.owedBy.map(partyInWords).join(', ');
    const rest = reason.text.slice(reason.deed.length);
    return owners ? { ...reason, text: `${reason.deed} (${owners})${rest}` } : reason;
  });
}
/** A party as a sentence marks it. */
function partyInWords({ kind, id }: DueParty): string {
  if (kind === 'place') return nameOf.place(id);
  if (kind === 'agency' || kind === 'department') return nameOf.agency(id);
  return 'the programme office';
}

const threeColours: Partial<Record<Colour, Level>> = { 'amber-green': 'green', 'amber-red': 'red' };
/** The three-scale folds amber-green into green and amber-red into red. */
export function foldScale(level: Colour, scale: 'five' | 'three'): Colour {
  return scale === 'five' ? level : (threeColours[level] ?? level);
}

/** The reason's identity from one day to the next, for `reasonsNew` and `reasonsGone`. */
export const reasonKey = (reason: Reason): string =>
  [
    reason.code,
    reason.aggregate,
    reason.recordId,
    reason.dueOn ?? '',
    // A place may owe several steps by one day.
    reason.code === 'step' || reason.code === 'step-done-late' ? reason.deed : '',
    reason.owedBy.map((p) => p.id).join('+'),
  ].join('|');
