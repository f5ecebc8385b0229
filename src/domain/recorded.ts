/** A recorded event as views and process managers read it, and tables of handlers: the registry knows which events there are, and what their data holds. */
import type { Withheld } from './shared/access.js';
import type { EventEntry, Meta } from './kernel/types.js';
import { ofEvent, registry, type ByEvent, type EventData, type EventName, type Registry } from './registry.js';

/** An event of whatever record. */
export interface Recorded extends Meta {
  /** Total order within one log; opaque, increasing, not always by one. */
  readonly position: number;
  /** `{aggregate}-{recordId}`. */
  readonly stream: string;
  /** The data at the current schema version (upcast): what it holds, `is` says of an event, `memberOf` of a record's, and `textOf` of any. */
  readonly data: object;
  /** True when the event never widens with its record (domain.md 8.4). */
  readonly private: Withheld;
  /** The event that a step of the system followed from, `{stream}@{version}`. */
  readonly because?: string;
}

/** An event of a record, by its name. */
export interface EventOf<A extends keyof Registry, T extends EventName<A>> extends Omit<Recorded, 'aggregate' | 'type' | 'data'> {
  readonly aggregate: A;
  readonly type: T;
  readonly data: EventData<A, T>;
}
/** The names of all events. */
export type AnyEventName = { [A in keyof Registry]: EventName<A> }[keyof Registry];

/** Is it this event of this record? */
export const is = <A extends keyof Registry, T extends EventName<A>>(event: Omit<Recorded, 'data'>, aggregate: A, ...types: readonly T[]): event is EventOf<A, T> =>
  event.aggregate === aggregate && (types as readonly string[]).includes(event.type);

/** Names of events that are the same in every record: a step of the system that was refused, more readers, a text that was corrected. */
export type SharedEventName = EventName<keyof Registry>;
/** Is it this event, of whichever record? */
export const isShared = <T extends SharedEventName>(event: Recorded, type: T): event is Recorded & { readonly type: T; readonly data: EventData<'pool', T> } => event.type === type;

// The data of an event that holds nothing is of no member, and would be of every one.
type MemberIn<D> = D extends unknown ? (string extends keyof D ? never : keyof D & string) : never;
/** The names of what a record's events hold. */
export type MemberName<A extends keyof Registry> = { [T in EventName<A>]: MemberIn<EventData<A, T>> }[EventName<A>];
type ValueIn<D, M extends string> = D extends unknown ? (M extends MemberIn<D> ? D[M] : never) : never;
type ValueOf<A extends keyof Registry, M extends string> = { [T in EventName<A>]: ValueIn<EventData<A, T>, M> }[EventName<A>];
/** The names of what any event holds. */
export type AnyMemberName = { [A in keyof Registry]: MemberName<A> }[keyof Registry];

const own = (object: object, key: string): unknown => (Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined);
/** What an event of this record holds by a name, whichever event it is; undefined where it holds none, or is another record's. */
export const memberOf = <A extends keyof Registry, M extends MemberName<A>>(event: Recorded, aggregate: A, member: M): ValueOf<A, M> | undefined =>
  // The registry's schemas have read the data: what an event of the record holds by this name is of this type.
  event.aggregate === aggregate ? (own(event.data, member) as ValueOf<A, M> | undefined) : undefined;
/** The text that an event holds by a name, of whatever record it is. */
export function textOf({ data }: Pick<Recorded, 'data'>, member: AnyMemberName): string | undefined {
  const value = own(data, member);
  return typeof value === 'string' ? value : undefined;
}

/** What is done about a record's events. */
export type HandlersOf<A extends keyof Registry, R = void> = { readonly [T in EventName<A>]?: (event: EventOf<A, T>) => R };
/** What is done about events, by record and name: of a name that no record has, the compiler says so. */
export type HandlerTable<R = void> = { readonly [A in keyof Registry]?: HandlersOf<A, R> };

/** The handler of an event, if the table has one: it is found by the event's names, and so takes this event. */
export const handlerFor = <R>(table: HandlerTable<R>, event: Pick<Recorded, 'aggregate' | 'type'>): ((event: Recorded) => R) | undefined =>
  ofEvent(table as ByEvent<(event: Recorded) => R>, event);

/** A table that does the same about every event of these records that `which` says, where their names are not written but follow from how each is declared. */
export const onEvery = <R>(records: readonly (keyof Registry)[], which: (entry: EventEntry) => boolean, handler: (event: Recorded) => R): HandlerTable<R> =>
  Object.fromEntries(
    records.map((record) => {
      const names = Object.entries<EventEntry>(registry[record].events).filter(([, entry]) => which(entry));
      return [record, Object.fromEntries(names.map(([type]) => [type, handler]))];
    }),
  );
