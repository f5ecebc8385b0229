/**
 * The golden corpus: for each event type and schema ever released, one history as it was stored, its last
 * event of that type.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { aggregates } from '../../src/domain/registry.js';
import { currentSchema, type Aggregate, type Loaded } from '../../src/domain/kernel/types.js';
import { decode } from '../../src/log/codec.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { checkPresence } from '../domain/presence.js';

/** One line of `{aggregate}.jsonl`: `events` are the stored bodies of one stream, verbatim. */
export interface GoldenLine {
  readonly type: string;
  readonly schema: number;
  readonly events: readonly string[];
}
export const folder = new URL('./', import.meta.url);
/** Every aggregate has these; a line of one stands for all. */
const shared = new Set(['StepRefused', 'RecordDisclosed']);

export function linesOf(aggregate: string): GoldenLine[] {
  if (!readdirSync(folder).includes(`${aggregate}.jsonl`)) return [];
  const text = readFileSync(new URL(`${aggregate}.jsonl`, folder), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as GoldenLine);
}

/** Types and schemas of the registry that have no line. */
export function missing(): { aggregate: Aggregate; type: string; schema: number }[] {
  const known = new Set(aggregates.flatMap((a) => linesOf(a.name).map((l) => key(a.name, l.type, l.schema))));
  return aggregates.flatMap((aggregate: Aggregate) =>
    Object.entries(aggregate.events).flatMap(([type, entry]) => {
      const schema = currentSchema(entry);
      return known.has(key(aggregate.name, type, schema)) ? [] : [{ aggregate, type, schema }];
    }),
  );
}
export const key = (aggregate: string, type: string, schema: number): string =>
  `${shared.has(type) ? '*' : aggregate}.${type}.${schema}`;

/**
 * Reads a stored history as today's code does: decoded, brought to today's schema, checked by it, folded, and
 * told.
 */
export function replay(aggregate: Aggregate, line: GoldenLine): void {
  const loaded = emptyLoaded(aggregate);
  for (const body of line.events) {
    const { id, stream, version, type } = JSON.parse(body) as {
      id: string;
      stream: string;
      version: number;
      type: string;
    };
    const event = decode({ position: version, id, stream, version, type, body });
    const entry = aggregate.events[type]!;
    entry.data.parse(event.data);
    fold(aggregate, loaded, event, event);
    checkPresence(aggregate, loaded as Loaded<object>);
    entry.access?.(event.data, event);
    entry.due?.(event.data, event);
    if (entry.describe(event.data, event).trim() === '') throw new Error(`${type} says nothing`);
  }
  aggregate.title(loaded.state, { id: 'a-record', nameOfPlace: (placeId) => placeId });
}
