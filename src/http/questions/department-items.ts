/** Of what waits for a department, and of the barriers that are its own, what is told to whom. */
import { canSee, isWithheld, type Audience, type Viewer } from '../../domain/shared/access.js';
import type { Owner } from '../../domain/barrier/state.js';
import { part } from '../../domain/kernel/parts.js';
import { memberOf } from '../../domain/registry.js';
import type { Engine } from '../../projections/engine/engine.js';
import type { Recorded } from '../../projections/engine/view.js';
import { isShownTo } from '../../projections/place-progress/facts.js';
import type { AccessRow } from '../../projections/views/access.js';
import { barrierRegister, type BarrierRow } from '../../projections/views/barrier-register.js';
import { commitmentRegister } from '../../projections/views/commitment-register.js';
import { due } from '../../projections/views/due.js';
import { partyKey, type DueRow } from '../../projections/views/due-items.js';
import type { QueryContext } from '../query/context.js';
import { tierOf } from '../query/deps.js';
import type { PlaceAudiences } from '../query/visible-barriers.js';

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
/** Those that a department was proposed for and has not declined, of places whose audience may see them. */
export const visiblyOwnedBy = (
  context: QueryContext,
  departmentId: string,
  places: PlaceAudiences,
): BarrierRow[] =>
  ownedBy(context.of(barrierRegister).proposedTo(departmentId), departmentId).filter((barrier) => {
    const audience = places.get(barrier.state.placeId);
    return audience && isShownTo(tierOf(context.views, 'barrier', barrier.id), audience);
  });

/** Of items that wait, those whose record and opening event the audience of their place may see. */
export function itemsFor(context: QueryContext, items: readonly DueRow[], places: PlaceAudiences): DueRow[] {
  return items.filter((item) => {
    const audience = item.placeId === undefined ? undefined : places.get(item.placeId);
    if (!audience || item.stopped) return false;
    return (
      audience === 'members' ||
      (!isWithheld(item.private, audience) &&
        isShownTo(tierOf(context.views, item.aggregate, item.recordId), audience))
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
    const row = mine.length === 0 || item.stopped ? undefined : context.seen(item.aggregate, item.recordId);
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
  return audience && isShownTo(tierOf(context.views, 'barrier', row.id), audience) ? row : undefined;
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
        tierOf(context.views, 'barrier', barrier.id),
        places.get(barrier.state.placeId) ?? context.audience(barrier.state.placeId),
      ),
    );
}

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
