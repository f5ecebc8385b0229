/** A recorded event as views and process managers read it, and tables of handlers: the registry knows which events there are, and what their data holds. */
import type { Withheld } from './shared/access.js';
import type { Meta } from './kernel/types.js';
import type { EventData, EventName, Registry } from './registry.js';

/** An event of whatever record. */
export interface Recorded extends Meta {
  /** Total order within one log; opaque, increasing, not always by one. */
  readonly position: number;
  /** `{aggregate}-{recordId}`. */
  readonly stream: string;
  /** The data at the current schema version (upcast). */
  readonly data: any;
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

/** What is done about a record's events. */
export type HandlersOf<A extends keyof Registry, R = void> = { readonly [T in EventName<A>]?: (event: EventOf<A, T>) => R };
/** What is done about events, by record and name: of a name that no record has, the compiler says so. */
export type HandlerTable<R = void> = { readonly [A in keyof Registry]?: HandlersOf<A, R> };

const own = <T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined => (table && Object.hasOwn(table, key) ? table[key] : undefined);
/** The handler of an event, if the table has one. Names are texts here: that a handler is given its own event is seen to by looking it up, so this is where a table's types end. */
export function handlerFor<R>(table: HandlerTable<R>, aggregate: string, type: string): ((event: Recorded) => R) | undefined {
  const handlers: Readonly<Record<string, ((event: never) => R) | undefined>> | undefined = own(table, aggregate);
  return own(handlers, type) as ((event: Recorded) => R) | undefined;
}
