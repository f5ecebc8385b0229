/**
 * What a record's tables say of its states and events, looked at: after every fold of a spec, and of
 * generated histories.
 */
import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../src/domain/kernel/fold.js';
import type { Aggregate, Loaded, Meta, NewEvent } from '../../src/domain/kernel/types.js';

/** Members that the table says are there in this status, and are not. */
export function absent({ present = {} }: Aggregate, state: object): string[] {
  const { status } = state as { status?: string };
  return Object.entries(present).flatMap(([member, statuses]) =>
    statuses!.includes(status ?? '') && (state as Record<string, unknown>)[member] === undefined
      ? [member]
      : [],
  );
}

/** Throws where a folded record lacks what its table says is there. */
export function checkPresence(aggregate: Aggregate, { state, version }: Loaded<object>): void {
  const missing = absent(aggregate, state);
  if (missing.length > 0)
    throw new Error(
      `version ${version} of a ${aggregate.name} is ${(state as { status?: string }).status} without ${missing.join(', ')}`,
    );
}

/** Maps of a record's state of which some event says that it touches them. */
const touchedMaps = (aggregate: Aggregate): ReadonlySet<string> =>
  new Set(Object.values(aggregate.events).flatMap((e) => Object.keys(e.touches ?? {})));

/**
 * Folds an event; throws where the record lacks what its table says is there, or where entries of a map
 * changed of which the event says nothing.
 */
export function foldChecked(aggregate: Aggregate, loaded: Loaded<object>, event: NewEvent, meta: Meta): void {
  const maps = [...touchedMaps(aggregate)];
  const state = loaded.state as Record<string, Record<string, unknown>>;
  const before = structuredClone(Object.fromEntries(maps.map((map) => [map, state[map]!])));
  fold(aggregate, loaded, event, meta);
  checkPresence(aggregate, loaded);
  for (const map of maps) {
    const said = aggregate.events[event.type]!.touches?.[map]?.(event.data) ?? [];
    const changed = [...new Set([...Object.keys(before[map]!), ...Object.keys(state[map]!)])].filter(
      (key) => !isDeepStrictEqual(before[map]![key], state[map]![key]),
    );
    const silent = changed.filter((key) => !said.includes(key));
    if (silent.length > 0)
      throw new Error(`${event.type} changed ${silent.join(', ')} of ${map} and says nothing of it`);
  }
}
