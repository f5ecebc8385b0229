/** Folds a stream into its state; access and what a partner would sign come with it. */
import { noteAct } from '../shared/acts.js';
import { isWider, type RecordAccess } from '../shared/access.js';
import { decisionSpent, flag, type AccessChange, type Aggregate, type Loaded, type Meta } from './types.js';

export function emptyLoaded<S>(agg: Aggregate<S>): Loaded<S> {
  return {
    version: 0,
    state: agg.initial(),
    access: { tier: 'members', tierSince: 0, parties: [] },
    illustrative: false,
    usedDecisions: [],
    acts: new Map(),
  };
}

/** Applies what an event says about access; the fold and the `access` view share it. */
export function applyAccess(access: RecordAccess, change: AccessChange, version: number): void {
  if (change.tier && (version === 1 || isWider(change.tier, access.tier))) {
    if (access.tier === 'programme') access.programmeSince = access.tierSince;
    access.tier = change.tier;
    access.tierSince = version;
  }
  if (change.placeId) access.placeId = change.placeId;
  if (change.programmeId) access.programmeId = change.programmeId;
  if (change.addParties) access.parties = [...new Set([...access.parties, ...change.addParties])];
  if (change.holder !== undefined) access.holder = change.holder;
  if (change.addProgrammes) access.alsoOf = [...new Set([...(access.alsoOf ?? []), ...change.addProgrammes])];
  const { dropParties } = change;
  if (dropParties) access.parties = access.parties.filter((p) => !dropParties.includes(p));
}

/** Folds one event into a loaded stream, in place. */
export function fold<S>(
  agg: Aggregate<S>,
  loaded: Loaded<S>,
  event: { readonly type: string; readonly data: object },
  meta: Meta,
): void {
  const entry = agg.events[event.type];
  if (!entry) throw new Error(`${agg.name} has no event ${event.type}`);
  entry.evolve(loaded.state, event.data, meta);
  loaded.version = meta.version;
  loaded.lastAt = meta.recordedAt;
  loaded.startedOn ??= meta.today;
  if (meta.basis?.kind === 'illustrative') loaded.illustrative = true;
  if (entry.access) applyAccess(loaded.access, entry.access(event.data, meta), meta.version);
  const decision = decisionSpent(entry, event.data);
  if (decision !== undefined) loaded.usedDecisions.push(decision);
  noteAct(loaded.acts, event.type, entry, event.data, meta.actor);
  if (flag(entry.material, event.data)) loaded.lastMaterial = { version: meta.version, type: event.type };
}
