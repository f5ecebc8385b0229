/**
 * The registry: every aggregate by name. Routes, OpenAPI, codec, permission matrix and documents are derived
 * from it; and it alone knows which events there are and what their data holds, for whoever reads them from a
 * log.
 */
import type { Aggregate, DataOf, EventEntry, Meta } from './kernel/types.js';
import { splitStream } from './kernel/record-ref.js';
import type { Withheld } from './shared/access.js';
import type { States } from './states.js';
import { account } from './accounts/index.js';
import { session } from './accounts/session.js';
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

export { splitStream };

/** By the names that streams begin with. */
export const registry = {
  programme,
  place,
  agency,
  person,
  account,
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
  session,
} as const satisfies { readonly [K in keyof States]: Aggregate<States[K]> };
export type Registry = typeof registry;
/** Names of a record's events, those that every record has among them. */
export type EventName<A extends keyof Registry> = keyof Registry[A]['events'] & string;
/** The data of a record's event. */
export type EventData<A extends keyof Registry, T extends EventName<A>> = DataOf<Registry[A]['events'][T]>;

/** Names of a record's commands, those that every record may have among them. */
export type CommandName<A extends keyof Registry> = keyof Registry[A]['commands'] & string;
/** What a record's command decides on. */
export type CommandData<A extends keyof Registry, C extends CommandName<A>> = DataOf<
  Registry[A]['commands'][C]
>;

/** Something of events, by their records and names. */
export type ByEvent<V> = { readonly [A in keyof Registry]?: { readonly [T in EventName<A>]?: V } };
/**
 * What a table says of an event, if anything. Names of events are texts here, and a table has nothing by
 * those that every object inherits.
 */
export function ofEvent<V>(
  table: ByEvent<V>,
  { aggregate, type }: { readonly aggregate: string; readonly type: string },
): V | undefined {
  if (!Object.hasOwn(table, aggregate)) return undefined;
  const ofRecord = (table as Readonly<Record<string, Readonly<Record<string, V>>>>)[aggregate];
  return ofRecord && Object.hasOwn(ofRecord, type) ? ofRecord[type] : undefined;
}
/** Events of a record by name. */
export const eventsOf = <A extends keyof Registry>(
  _aggregate: A,
  ...names: readonly EventName<A>[]
): ReadonlySet<string> => new Set(names);

export const aggregates: readonly Aggregate[] = Object.values(registry);

const byName = new Map<string, Aggregate>(aggregates.map((a) => [a.name, a]));

/** The aggregate of a name; throws for one that does not exist (a bug, or a log of another product). */
export function aggregateNamed(name: string): Aggregate {
  const found = byName.get(name);
  if (!found) throw new Error(`there is no aggregate ${name}`);
  return found;
}

/**
 * How an event is declared; throws for one that its record does not have (a bug, or another product’s log).
 */
export function entryOf({ aggregate, type }: Pick<Recorded, 'aggregate' | 'type'>): EventEntry {
  const found = aggregateNamed(aggregate).events[type];
  if (!found) throw new Error(`there is no event ${type} of the aggregate ${aggregate}`);
  return found;
}

/**
 * Splits a stream's name into its aggregate and the record's id; throws for an aggregate that does not exist.
 */
export function parseStream(stream: string): { aggregate: Aggregate; recordId: string } {
  const [aggregate, recordId] = splitStream(stream);
  return { aggregate: aggregateNamed(aggregate), recordId };
}

/** An event of whatever record. */
export interface Recorded extends Meta {
  /** Total order within one log; opaque, increasing, not always by one. */
  readonly position: number;
  /** `{aggregate}-{recordId}`. */
  readonly stream: string;
  /**
   * The data at the current schema version (upcast): what it holds, `is` says of an event, `memberOf` of a
   * record's, and `textOf` of any.
   */
  readonly data: object;
  /** True when the event never widens with its record. */
  readonly private: Withheld;
  /** The event that a step of the system followed from, `{stream}@{version}`. */
  readonly because?: string;
}

/** An event of a record, by its name. */
export interface EventOf<A extends keyof Registry, T extends EventName<A>> extends Omit<
  Recorded,
  'aggregate' | 'type' | 'data'
> {
  readonly aggregate: A;
  readonly type: T;
  readonly data: EventData<A, T>;
}
/** Is it this event of this record? */
export const is = <A extends keyof Registry, T extends EventName<A>>(
  event: Omit<Recorded, 'data'>,
  aggregate: A,
  ...types: readonly T[]
): event is EventOf<A, T> =>
  event.aggregate === aggregate && (types as readonly string[]).includes(event.type);

/**
 * Names of events that are the same in every record: a step of the system that was refused, more readers, a
 * text that was corrected.
 */
export type SharedEventName = EventName<keyof Registry>;
/** Is it this event, of whichever record? */
export const isShared = <T extends SharedEventName>(
  event: Recorded,
  type: T,
): event is Recorded & { readonly type: T; readonly data: EventData<'pool', T> } => event.type === type;

// The data of an event that holds nothing is of no member, and would be of every one.
type MemberIn<D> = D extends unknown ? (string extends keyof D ? never : keyof D & string) : never;
/** The names of what a record's events hold. */
export type MemberName<A extends keyof Registry> = {
  [T in EventName<A>]: MemberIn<EventData<A, T>>;
}[EventName<A>];
type ValueIn<D, M extends string> = D extends unknown ? (M extends MemberIn<D> ? D[M] : never) : never;
type ValueOf<A extends keyof Registry, M extends string> = {
  [T in EventName<A>]: ValueIn<EventData<A, T>, M>;
}[EventName<A>];
/** The names of what any event holds. */
export type AnyMemberName = { [A in keyof Registry]: MemberName<A> }[keyof Registry];

const own = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined;
/**
 * What an event of this record holds by a name, whichever event it is; undefined where it holds none, or is
 * another record's.
 */
export const memberOf = <A extends keyof Registry, M extends MemberName<A>>(
  event: Recorded,
  aggregate: A,
  member: M,
): ValueOf<A, M> | undefined =>
  // The registry's schemas have read the data: what an event of the record holds by this name is of this
  // type.
  event.aggregate === aggregate ? (own(event.data, member) as ValueOf<A, M> | undefined) : undefined;
/** The text that an event holds by a name, of whatever record it is. */
export function textOf({ data }: Pick<Recorded, 'data'>, member: AnyMemberName): string | undefined {
  const value = own(data, member);
  return typeof value === 'string' ? value : undefined;
}

/** What is done about a record's events. */
export type HandlersOf<A extends keyof Registry, R = void> = {
  readonly [T in EventName<A>]?: (event: EventOf<A, T>) => R;
};
/** What is done about events, by record and name: of a name that no record has, the compiler says so. */
export type HandlerTable<R = void> = { readonly [A in keyof Registry]?: HandlersOf<A, R> };

/**
 * The handler of an event, if the table has one: it is found by the event's names, and so takes this event.
 */
export const handlerFor = <R>(
  table: HandlerTable<R>,
  event: Pick<Recorded, 'aggregate' | 'type'>,
): ((event: Recorded) => R) | undefined => ofEvent(table as ByEvent<(event: Recorded) => R>, event);

/**
 * A table that does the same about every event of these records that `which` says, where their names are not
 * written but follow from how each is declared.
 */
export function onEvery<R>(
  records: readonly (keyof Registry)[],
  which: (entry: EventEntry) => boolean,
  handler: (event: Recorded) => R,
): HandlerTable<R> {
  const table: Record<string, Record<string, (event: Recorded) => R>> = {};
  for (const record of records) {
    const names = Object.entries(aggregateNamed(record).events).filter(([, entry]) => which(entry));
    table[record] = Object.fromEntries(names.map(([type]) => [type, handler]));
  }
  return table as object;
}
