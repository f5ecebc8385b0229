/** What a record's table of members says of its states, looked at: after every fold of a spec, and of generated histories. */
import type { Aggregate, Loaded } from '../../src/domain/kernel/types.js';

/** Members that the table says are there in this status, and are not. */
export function absent({ present = {} }: Aggregate, state: object): string[] {
  const { status } = state as { status?: string };
  return Object.entries(present).flatMap(([member, statuses]) => (statuses!.includes(status ?? '') && (state as Record<string, unknown>)[member] === undefined ? [member] : []));
}

/** Throws where a folded record lacks what its table says is there. */
export function checkPresence(agg: Aggregate, { state, version }: Loaded<object>): void {
  const missing = absent(agg, state);
  if (missing.length > 0) throw new Error(`version ${version} of a ${agg.name} is ${(state as { status?: string }).status} without ${missing.join(', ')}`);
}
