/**
 * What a view's handlers keep in memory between events: values written once a batch, and answers of its
 * tables.
 */
import { LRUCache } from 'lru-cache';
import type { Handlers } from './view.js';

type Batch = Required<Pick<Handlers, 'flush' | 'forget'>>;

/** Values that are written at the end of the batch: the last one of each key. */
export interface WriteBuffer<V> extends Batch {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  drop(key: string): void;
}
export function writeBuffer<V>(write: (key: string, value: V) => void): WriteBuffer<V> {
  const held = new Map<string, V>();
  return {
    get: (key) => held.get(key),
    set: (key, value) => void held.set(key, value),
    drop: (key) => void held.delete(key),
    flush() {
      for (const [key, value] of held) write(key, value);
      held.clear();
    },
    forget: () => held.clear(),
  };
}

/** What a table says of a key, kept in memory; whoever writes the table says so with `set`. */
export interface ReadCache<V> extends Batch {
  get(key: string): V;
  set(key: string, value: V): void;
}
/** Keys of a table kept in memory: a memory bound, nothing else. */
const mostKeys = 5000;
export function readCache<V>(read: (key: string) => V, max = mostKeys): ReadCache<V> {
  const known = new LRUCache<string, { value: V }>({ max });
  return {
    get(key) {
      let found = known.get(key);
      if (!found) known.set(key, (found = { value: read(key) }));
      return found.value;
    },
    set: (key, value) => void known.set(key, { value }),
    flush() {},
    forget: () => known.clear(),
  };
}

/** One batch of several: to be spread into a view's handlers. */
export const batchOf = (...parts: readonly Batch[]): Batch => ({
  flush: () => parts.forEach((p) => p.flush()),
  forget: () => parts.forEach((p) => p.forget()),
});
