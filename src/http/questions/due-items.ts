/** What waits and may be seen: due items of records, and the required steps that are still open. */
import { canSee, grantName, type Grant } from '../../domain/shared/access.js';
import { collaborative } from '../../domain/collaborative/index.js';
import { mayConsent } from '../../domain/decision/positions.js';
import { stepItem } from '../../domain/progress/judge.js';
import { decisionLog } from '../../projections/views/decision-log.js';
import { due, type WaitingOrder } from '../../projections/views/due.js';
import { itemId, partyKey, type DueRow } from '../../projections/views/due-items.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { register } from '../../projections/views/register.js';
import { walkOf, type Spot, type Walk } from '../../projections/engine/walk.js';
import { keptWhile } from '../query/deps.js';
import type { Source } from '../query/list.js';
import type { QueryContext } from '../query/context.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { isFailed, partOf, type Failed } from '../query/rows.js';
import { approvalsFor } from './approvals.js';
import { type DueItem, type DueParty, lateBy, waitsFor } from '../../domain/progress/due-codes.js';

/** Items whose record, and whose opening event, the reader may see. */
export const visibleItems = (context: QueryContext, items: readonly DueRow[]): DueRow[] =>
  items.filter((item) => {
    const row = context.seen(item.aggregate, item.recordId);
    return (
      !!row && (!item.private || canSee(context.viewer, row, { version: row.version, private: item.private }))
    );
  });

/** The place of an item: its own, or its record's. */
export const placeOf = (context: QueryContext, item: DueItem): string | null =>
  item.placeId ?? context.seen(item.aggregate, item.recordId)?.placeId ?? null;

/** Required steps of a place that are open on the day, as the reader's own audience knows them. */
export function stepsWaiting(context: QueryContext, placeId: string): DueItem[] {
  const { workingDays } = context.deps.service.ref;
  return context
    .of(placeProgress)
    .openSteps(placeId, context.audience(placeId), context.day)
    .map((s) => stepItem(s, placeId, workingDays));
}

/** Working days until an item is due; negative by how many it is late. */
export function daysLeft(context: QueryContext, dueOn: string): number {
  const { workingDays } = context.deps.service.ref;
  const late = lateBy(dueOn, context.day, workingDays);
  return late > 0 ? -late : workingDays.between(context.day, dueOn);
}
/**
 * As a row says it: `holidaysAssumed` where they are counted into a year whose holidays are not known, by its
 * weekends alone.
 */
export const countdown = (
  context: QueryContext,
  dueOn: string,
): { workingDaysLeft: number; holidaysAssumed?: true } => ({
  workingDaysLeft: daysLeft(context, dueOn),
  ...assumedTo(context, dueOn),
});
export const assumedTo = (context: QueryContext, dueOn: string): { holidaysAssumed?: true } =>
  context.deps.service.ref.workingDays.assumes(context.day, dueOn) ? { holidaysAssumed: true } : {};

/** A place by name; its id where it has none. */
export const placeName = (context: QueryContext, placeId: string): string =>
  context.of(placeProgress).nameOf(placeId) ?? placeId;

/** An item by where it stands among those that wait (`due.walk`). */
export const itemAt = (context: QueryContext, tie: string): DueRow => context.of(due).at(tie);
const dayChars = 'YYYY-MM-DD'.length;
/** What an agency is to report, by day and agency. */
const reportsOf = keptWhile((engine, key) =>
  engine.queries(placeProgress).reportsOf(key.slice(dayChars + 1), key.slice(0, dayChars)),
);
/** One that was read for this answer. */
interface ItemSpot extends Spot {
  readonly item: DueRow;
}

/** A party by name. */
export function partyName(context: QueryContext, party: DueParty): string {
  const q = context.of(register);
  if (party.kind === 'place') return placeName(context, party.id);
  if (party.kind === 'agency' || party.kind === 'department') return q.nameOf('agency', party.id);
  const programme = q.nameOf('programme', party.id);
  return party.kind === 'programme'
    ? `Access administrators and programme office of ${programme}`
    : `Programme office of ${programme}`;
}

/** What waits on a record, as its reader may know it: of each what, by when and whose. */
export function waitingOn(
  context: QueryContext,
  aggregate: string,
  id: string,
): { readonly text: string; readonly dueOn: string; readonly owedBy: readonly string[] }[] {
  const home = homeOf(context, aggregate, id);
  return visibleItems(context, context.of(due).ofRecord(`${aggregate}-${id}`)).map((item) => ({
    text: resolveNames(context, item.deed, home),
    dueOn: item.dueOn,
    owedBy: item.owedBy.map((party) => partyName(context, party)),
  }));
}

/** The parties that a grant can act for. */
function partiesOf(grant: Grant): DueParty[] {
  return [
    ...(grant.place ? [{ kind: 'place' as const, id: grant.place }] : []),
    ...(grant.agency
      ? [
          { kind: 'agency' as const, id: grant.agency },
          { kind: 'department' as const, id: grant.agency },
        ]
      : []),
    ...(grant.programme && grant.role === 'programme-office'
      ? [{ kind: 'programme-office' as const, id: grant.programme }]
      : []),
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
export type FailedAction = Failed & {
  readonly id: string;
  readonly code: DueItem['code'];
  readonly dueOn: string;
  readonly placeId: string | null;
};

/**
 * Would the consent that is asked for be taken from the reader in this grant? A seat with an interest leaves
 * few who may.
 */
function consents(context: QueryContext, item: DueItem, { role, agency, place }: Grant): boolean {
  const row = context.of(decisionLog).one(item.recordId);
  if (!row) return false;
  const actor = {
    account: context.viewer.account,
    role,
    ...(agency ? { agency } : {}),
    ...(place ? { place } : {}),
  };
  const mine = context
    .of(decisionLog)
    .events(item.recordId)
    .filter((x) => x.account === actor.account);
  const done = mine.map((x) => ({ type: x.type, part: '', ...(x.agencyId ? { agency: x.agencyId } : {}) }));
  const read = (_: 'collaborative', placeId: string) => ({
    state: context.of(register).one('collaborative', placeId)?.state ?? collaborative.initial(),
  });
  return mayConsent(row.state, {
    now: context.now,
    today: context.day,
    actor,
    acts: new Map([[actor.account, new Map([['', done]])]]),
    read,
  });
}

/** The orders of actions. */
export type ActionOrder = WaitingOrder;

/** What waits for these grants, each item once, in the first grant that fits. */
export function actionSources<S>(
  context: QueryContext,
  grants: readonly Grant[],
  by: ActionOrder,
  show: (action: Action | FailedAction) => S | undefined,
): Source<S>[] {
  /** By whom it would be done: the first of these grants that it waits for. */
  function actionOf(id: string, item: DueItem, among: readonly Grant[]): Action | FailedAction | undefined {
    const known = { id, code: item.code, dueOn: item.dueOn, placeId: placeOf(context, item) };
    for (const grant of among) {
      const party = waitsFor(item, grant);
      if (!party) continue;
      const fits = partOf(
        context,
        id,
        known,
        () => item.code !== 'consent' || consents(context, item, grant),
      );
      if (fits !== false) return fits === true ? { id, item, grant, party } : fits;
    }
    return undefined;
  }
  const mine = new Map(grants.map((grant) => [grant, new Set(partiesOf(grant).map(partyKey))]));
  const parties = new Set([...mine.values()].flatMap((keys) => [...keys]));
  // A champion directs for the place, in whichever department's name the item waits.
  const directs = (grant: Grant, item: DueRow): boolean =>
    grant.role === 'champion' && grant.place === item.placeId && item.code === 'rung';
  const found = (item: DueRow): S | undefined => {
    if (visibleItems(context, [item]).length === 0) return undefined;
    const owes = item.owedBy.map(partyKey);
    const among = grants.filter((grant) => directs(grant, item) || owes.some((p) => mine.get(grant)?.has(p)));
    const action = actionOf(itemId(item), item, among);
    return action && show(action);
  };
  const keyOf = (
    { code, dueOn }: { readonly code: string; readonly dueOn: string },
    placeId: string | null,
  ): string | null => ({ dueOn, code, placeId })[by];
  const read = (items: readonly DueRow[]): Walk<ItemSpot> =>
    walkOf(items.map((item) => ({ key: keyOf(item, placeOf(context, item)), tie: itemId(item), item })));
  function waiting(party: string): Source<S> {
    // One that waits for several parties of the reader's is found with the first of them.
    const first = (item: DueRow): S | undefined =>
      item.owedBy.map(partyKey).find((p) => parties.has(p)) === party ? found(item) : undefined;
    return { walk: context.of(due).walk(party, by), show: ({ tie }) => first(itemAt(context, tie)) };
  }
  const champions = grants.filter((g) => g.role === 'champion');
  const rungs = champions
    .flatMap((g) => (g.place ? context.of(due).ofPlace(g.place) : []))
    .filter((i) => champions.some((g) => directs(g, i)));
  const elsewhere = new Map(
    rungs
      .filter((i) => i.stopped || !i.owedBy.some((p) => parties.has(partyKey(p))))
      .map((i) => [itemId(i), i]),
  );
  const rest = [...unlisted(context, grants, actionOf).values()].map((action) => ({
    key: isFailed(action) ? keyOf(action, action.placeId) : keyOf(action.item, placeOf(context, action.item)),
    tie: action.id,
    action,
  }));
  return [
    ...[...parties].map(waiting),
    { walk: read([...elsewhere.values()]), show: ({ item }: ItemSpot) => found(item) },
    { walk: walkOf(rest), show: ({ action }: (typeof rest)[number]) => show(action) },
  ];
}

/**
 * What waits and is no row of the list: reports, which recur, required steps, and what waits for a second
 * person; each follows from what is stored and the day.
 */
function unlisted(
  context: QueryContext,
  grants: readonly Grant[],
  actionOf: (id: string, item: DueItem, among: readonly Grant[]) => Action | FailedAction | undefined,
) {
  const found = new Map<string, Action | FailedAction>();
  /** What is made together, and fails together. */
  const all = (
    id: string,
    code: DueItem['code'],
    placeId: string | null,
    make: () => readonly DueItem[],
  ): readonly DueItem[] => {
    const items = partOf(context, id, { id, code, dueOn: context.day, placeId }, make);
    if (!isFailed(items)) return items;
    found.set(id, items);
    return [];
  };
  const add = (id: string, item: DueItem, grant: Grant): void => {
    const action = found.has(id) ? undefined : actionOf(id, item, [grant]);
    if (action) found.set(id, action);
  };
  const seconding = all('accounts.approvals', 'approval', null, () => approvalsFor(context, grants));
  for (const grant of grants) {
    for (const i of seconding) add(`${i.aggregate}-${i.recordId}.${i.code}.${i.key}`, i, grant);
    for (const i of grant.agency
      ? all(`agency-${grant.agency}.reports`, 'report', null, () =>
          reportsOf(context.views, `${context.day} ${grant.agency}`),
        )
      : []) {
      if (context.seen(i.aggregate, i.recordId))
        add(`${i.aggregate}-${i.recordId}.${i.code}.${i.key}`, i, grant);
    }
    for (const placeId of placesOf(context, grant))
      for (const i of all(`place-${placeId}.steps`, 'step', placeId, () => stepsWaiting(context, placeId)))
        add(`place-${placeId}.step.${i.key}`, i, grant);
  }
  return found;
}
/** Places whose steps wait for whoever holds a grant: the grant's own, or those where its agency sits. */
function placesOf({ viewer }: QueryContext, { role, place, agency }: Grant): Iterable<string> {
  if (place) return [place];
  return role === 'finance-officer' && agency ? viewer.placesOf(agency) : [];
}
/** Why it waits for the reader: the role and for whom. */
export function why(context: QueryContext, { grant, party }: Action): string {
  const role = grant.role.replaceAll('-', ' ');
  return party.kind === 'programme'
    ? `${role} of ${context.of(register).nameOf('programme', party.id)}`
    : `${role} for ${partyName(context, party)}`;
}
export const asName = (a: Action): string => grantName(a.grant);
