/** The registry: every aggregate by name. Routes, OpenAPI, codec, permission matrix and documents are derived from it. */
import type { Aggregate, DataOf } from './kernel/types.js';
import type { States } from './states.js';
import { agency } from './agency/index.js';
import { barrier } from './barrier/index.js';
import { collaborative } from './collaborative/index.js';
import { commitment } from './commitment/index.js';
import { decision } from './decision/index.js';
import { clock, days, logIdentity, refusals } from './system/index.js';
import { fundingStream } from './funding-stream/index.js';
import { person } from './person/index.js';
import { place } from './place/index.js';
import { pool } from './pool/index.js';
import { programme } from './programme/index.js';
import { submission } from './submission/index.js';
import { waiver } from './waiver/index.js';

/** By the names that streams begin with. */
export const registry = {
  programme,
  place,
  agency,
  person,
  collaborative,
  barrier,
  fundingstream: fundingStream,
  pool,
  submission,
  commitment,
  decision,
  waiver,
  days,
  clock,
  log: logIdentity,
  refusal: refusals,
} as const satisfies { readonly [K in keyof States]: Aggregate<States[K]> };
export type Registry = typeof registry;
/** Names of a record's events, those that every record has among them. */
export type EventName<A extends keyof Registry> = keyof Registry[A]['events'] & string;
/** The data of a record's event. */
export type EventData<A extends keyof Registry, T extends EventName<A>> = DataOf<Registry[A]['events'][T]>;

/** Names of a record's commands, those that every record may have among them. */
export type CommandName<A extends keyof Registry> = keyof Registry[A]['commands'] & string;
/** What a record's command decides on. */
export type CommandData<A extends keyof Registry, C extends CommandName<A>> = DataOf<Registry[A]['commands'][C]>;

/** Something of events, by their records and names. */
export type ByEvent<V> = { readonly [A in keyof Registry]?: { readonly [T in EventName<A>]?: V } };
/** What a table says of an event, if anything. Names of events are texts here, and a table has nothing by those that every object inherits. */
export function ofEvent<V>(table: ByEvent<V>, { aggregate, type }: { readonly aggregate: string; readonly type: string }): V | undefined {
  if (!Object.hasOwn(table, aggregate)) return undefined;
  const ofRecord = (table as Readonly<Record<string, Readonly<Record<string, V>>>>)[aggregate]!;
  return Object.hasOwn(ofRecord, type) ? ofRecord[type] : undefined;
}
/** Events of a record by name. */
export const eventsOf = <A extends keyof Registry>(_aggregate: A, ...names: readonly EventName<A>[]): ReadonlySet<string> => new Set(names);

export const aggregates: readonly Aggregate[] = Object.values(registry);

const byName = new Map<string, Aggregate>(aggregates.map((a) => [a.name, a]));

/** The aggregate of a name; throws for one that does not exist (a bug, or a log of another product). */
export function aggregateNamed(name: string): Aggregate {
  const found = byName.get(name);
  if (!found) throw new Error(`there is no aggregate ${name}`);
  return found;
}

/** Splits a stream's name into that of its aggregate, which nobody has looked up, and the record's id. */
export function splitStream(stream: string): { aggregate: string; recordId: string } {
  const dash = stream.indexOf('-');
  return { aggregate: stream.slice(0, dash), recordId: stream.slice(dash + 1) };
}
/** Splits a stream's name into its aggregate and the record's id; throws for an aggregate that does not exist. */
export function parseStream(stream: string): { aggregate: Aggregate; recordId: string } {
  const { aggregate, recordId } = splitStream(stream);
  return { aggregate: aggregateNamed(aggregate), recordId };
}
