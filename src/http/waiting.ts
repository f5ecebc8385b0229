/** What waits and may be seen: due items of records, and the required steps that are still open. */
import { canSee, grantName, type Grant } from '../domain/access.js';
import { isRefusal, type Acts, type Context, type DueParty } from '../domain/core.js';
import { aggregateNamed } from '../domain/index.js';
import { lateBy, stepItem, waitsFor, type DueItem } from '../domain/progress.js';
import { access } from '../projections/access.js';
import { barrierRegister } from '../projections/barrier-register.js';
import { commitmentRegister } from '../projections/commitment-register.js';
import { decisionLog } from '../projections/decision-log.js';
import { due } from '../projections/due.js';
import { partyKey, type DueRow } from '../projections/due-items.js';
import { placeProgress } from '../projections/place-progress.js';
import { poolLedger } from '../projections/pool-ledger.js';
import { register } from '../projections/register.js';
import { keptWhile } from './deps.js';
import type { Reading } from './query.js';
import { isFailed, partOf, type Failed } from './rows.js';

/** Items whose record, and whose opening event, the reader may see. */
export const visibleItems = (r: Reading, items: readonly DueRow[]): DueRow[] =>
  items.filter((i) => {
    const row = r.seen(i.aggregate, i.recordId);
    return !!row && (!i.private || canSee(r.viewer, row, { version: row.version, private: i.private }));
  });

/** The place of an item: its own, or its record's. */
export const placeOf = (r: Reading, i: DueItem): string | null => i.placeId ?? r.seen(i.aggregate, i.recordId)?.placeId ?? null;

/** Required steps of a place that are open on the day, as the reader's own audience knows them. */
export function stepsWaiting(r: Reading, placeId: string): DueItem[] {
  const { workingDays } = r.deps.service.ref;
  return r
    .of(placeProgress)
    .openSteps(placeId, r.audience(placeId), r.day)
    .map((s) => stepItem(s, placeId, workingDays));
}

/** Working days until an item is due; negative by how many it is late. */
export function daysLeft(r: Reading, dueOn: string): number {
  const { workingDays } = r.deps.service.ref;
  const late = lateBy(dueOn, r.day, workingDays);
  return late > 0 ? -late : workingDays.between(r.day, dueOn);
}
/** As a row says it: `holidaysAssumed` where they are counted into a year whose holidays are not known, by its weekends alone. */
export const countdown = (r: Reading, dueOn: string): { workingDaysLeft: number; holidaysAssumed?: true } => ({
  workingDaysLeft: daysLeft(r, dueOn),
  ...assumedTo(r, dueOn),
});
export const assumedTo = (r: Reading, dueOn: string): { holidaysAssumed?: true } => (r.deps.service.ref.workingDays.assumes(r.day, dueOn) ? { holidaysAssumed: true } : {});

const placeNames = keptWhile((engine, placeId) => engine.queries(placeProgress).nameOf(placeId));
/** A place by name; its id where it has none. */
export const placeName = (r: Reading, placeId: string): string => placeNames(r.deps.service.engine, placeId) ?? placeId;

/** A party by name. */
export function partyName(r: Reading, p: DueParty): string {
  const q = r.of(register);
  if (p.kind === 'place') return placeName(r, p.id);
  return p.kind === 'programme-office' ? `Programme office of ${q.nameOf('programme', p.id)}` : q.nameOf('agency', p.id);
}

/** What a record is called in a list; its id where it has no words of its own. Ask only for what the reader may see. */
export function titleOf(r: Pick<Reading, 'of'>, aggregate: string, id: string): string {
  switch (aggregate) {
    case 'barrier':
      return r.of(barrierRegister).one(id)?.state.statement ?? id;
    case 'pool':
      return r.of(poolLedger).one(id)?.state.name ?? id;
    case 'commitment':
      return r.of(commitmentRegister).one(id)?.state.title ?? id;
    case 'decision':
      return r.of(decisionLog).one(id)?.state.question ?? id;
    case 'place':
      return r.of(placeProgress).nameOf(id) ?? id;
    case 'collaborative':
      return `Leadership collaborative of ${r.of(placeProgress).nameOf(id) ?? id}`;
    case 'submission':
      return `Return of round ${id.split('.').at(-2)}`;
    default:
      return r.of(register).nameOf(aggregate, id);
  }
}

/** The parties that a grant can act for. */
function partiesOf(g: Grant): DueParty[] {
  return [
    ...(g.place ? [{ kind: 'place' as const, id: g.place }] : []),
    ...(g.agency
      ? [
          { kind: 'agency' as const, id: g.agency },
          { kind: 'department' as const, id: g.agency },
        ]
      : []),
    ...(g.programme && g.role === 'programme-office' ? [{ kind: 'programme-office' as const, id: g.programme }] : []),
  ];
}

export interface Action {
  readonly id: string;
  readonly item: DueItem;
  /** In which of the reader's grants, and for whom. */
  readonly grant: Grant;
  readonly party: DueParty;
}
/** What could not be looked at: it may wait for the reader, or not. */
export type FailedAction = Failed & { readonly id: string; readonly code: string; readonly dueOn: string; readonly placeId: string | null };

/** Would the consent that is asked for be taken from the reader in this grant? The command itself is asked: a seat with an interest leaves few who may. */
function mayConsent(r: Reading, item: DueItem, { role, agency, place }: Grant): boolean {
  const row = r.of(decisionLog).one(item.recordId);
  if (!row) return false;
  const read = (aggregate: string, id: string) => ({
    version: r.of(access).record(aggregate, id)?.version ?? 0,
    state: r.of(register).one(aggregate, id)?.state ?? aggregateNamed(aggregate).initial(),
  });
  const actor = { account: r.viewer.account, role, ...(agency ? { agency } : {}), ...(place ? { place } : {}) };
  const mine = r
    .of(decisionLog)
    .steps(item.recordId)
    .filter((x) => x.account === actor.account);
  const done = mine.map((x) => ({ type: x.type, part: '', ...(x.agencyId ? { agency: x.agencyId } : {}) }));
  const acts: Acts = new Map([[actor.account, new Map([['', done]])]]);
  const ctx = { now: r.now, today: r.day, actor, recordId: item.recordId, acts, read } as unknown as Context;
  return !isRefusal(aggregateNamed('decision').commands.RecordExternalConsent!.decide(row.state, { evidence: '' }, ctx));
}

/** What waits for these grants, each item once, in the first grant that fits. */
export function actionsOf(r: Reading, grants: readonly Grant[]): (Action | FailedAction)[] {
  const found = new Map<string, Action | FailedAction>();
  /** What is made together, and fails together. */
  const all = (id: string, code: DueItem['code'], placeId: string | null, make: () => DueItem[]): DueItem[] => {
    const items = partOf(r, id, { id, code, dueOn: r.day, placeId }, make);
    if (!isFailed(items)) return items;
    found.set(id, items);
    return [];
  };
  const add = (id: string, item: DueItem, grant: Grant): void => {
    const party = found.has(id) ? undefined : waitsFor(item, grant);
    if (!party) return;
    const known = { id, code: item.code, dueOn: item.dueOn, placeId: placeOf(r, item) };
    const fits = partOf(r, id, known, () => item.code !== 'consent' || mayConsent(r, item, grant));
    if (fits !== false) found.set(id, fits === true ? { id, item, grant, party } : fits);
  };
  for (const grant of grants) {
    for (const p of partiesOf(grant)) {
      for (const i of visibleItems(r, r.of(due).waitingFor(partyKey(p)))) add(`${i.stream}.${i.code}.${i.key}`, i, grant);
    }
    // A champion directs for the place, in whichever department's name the item waits.
    for (const i of grant.role === 'champion' ? visibleItems(r, r.of(due).ofPlace(grant.place!)) : []) if (i.code === 'rung') add(`${i.stream}.${i.code}.${i.key}`, i, grant);
    // Reports recur, and are no rows of the list: they follow from the commitment and the day.
    for (const i of grant.agency ? all(`agency-${grant.agency}.reports`, 'report', null, () => r.of(placeProgress).reportsOf(grant.agency!, r.day)) : []) {
      if (r.seen(i.aggregate, i.recordId)) add(`${i.aggregate}-${i.recordId}.${i.code}.${i.key}`, i, grant);
    }
    const places = grant.place ? [grant.place] : grant.role === 'finance-officer' ? [...r.viewer.placesOf(grant.agency!)] : [];
    for (const placeId of places) for (const i of all(`place-${placeId}.steps`, 'step', placeId, () => stepsWaiting(r, placeId))) add(`place-${placeId}.step.${i.key}`, i, grant);
  }
  return [...found.values()];
}
/** Why it waits for the reader: the role and for whom. */
export const why = (r: Reading, a: Action): string => `${a.grant.role.replaceAll('-', ' ')} for ${partyName(r, a.party)}`;
export const asName = (a: Action): string => grantName(a.grant);
