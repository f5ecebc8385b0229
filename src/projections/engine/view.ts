/** What a view is: tables, handlers that fill them from events alone, and queries over them. */
import type { Database } from 'better-sqlite3';
import type { Withheld } from '../../domain/shared/access.js';
import { handlerFor, type HandlerTable, type Recorded } from '../../domain/registry.js';
import type { Reference } from '../../domain/shared/reference.js';
import { existing } from '../../domain/kernel/parts.js';

export type { Recorded };

/** What answers are made of: the queries of every view, as they stand or as they stood. */
export interface Views {
  /** Of a view that is there; throws `ViewNotLive` of one that is not. */
  queries<Q>(view: View<Q>): Q;
  /** Changes with whatever may change what they answer. */
  readonly epoch: number;
}

/** From whom an event is withheld, as a table keeps it. */
const stored: readonly Withheld[] = [false, true, 'programme'];
export const storedWithheld = (w: Withheld): number => stored.indexOf(w);
export const readWithheld = (n: number): Withheld => stored[n] ?? true;

/** The real names of a view's tables in one generation, by their short names. */
export type Tables<K extends string = string> = Readonly<Record<K, string>>;

/**
 * `tables`: short name → the DDL's statements with `{short}` for the table's real name (also inside index
 * names). `handlers` are prepared once per generation; they use the event and the view's own tables only.
 */
export interface View<Q = unknown, K extends string = string> {
  readonly name: string;
  /** Raised when tables or handlers change: the view is then built anew beside the old one. */
  readonly version: number;
  readonly tables: Readonly<Record<K, string>>;
  handlers(db: Database, t: Tables<K>, ref: Reference): Handlers;
  queries(db: Database, t: Tables<K>, ref: Reference): Q;
  /** Queries only, over this other view's tables: it lives, stops and is rebuilt with that one. */
  readonly over?: View;
}

export interface Handlers {
  /** By record and event. */
  readonly on?: HandlerTable;
  /** Called for every event, after `on`. */
  readonly each?: (event: Recorded) => void;
  /** Called after the last event of a batch, in its transaction: what was held back is written now. */
  readonly flush?: () => void;
  /** Called when a batch was rolled back: nothing that it left in memory may be used. */
  readonly forget?: () => void;
}

/** Gives events to a view's handlers, which may hold back what comes of them until they are flushed. */
export function giveTo(handlers: Handlers, events: readonly Recorded[]): void {
  for (const event of events) giveOne(handlers, event);
}
export function giveOne({ on, each }: Handlers, event: Recorded): void {
  if (on) handlerFor(on, event)?.(event);
  each?.(event);
}
/** Gives a batch of events to a view's handlers, within a transaction of the caller's. */
export function applyTo(handlers: Handlers, events: readonly Recorded[]): void {
  giveTo(handlers, events);
  handlers.flush?.();
}

/** Creates the tables of a view under their real names. */
export function createTables(db: Database, view: View, tables: Tables): void {
  for (const [short, name] of Object.entries(tables))
    db.exec(existing(view.tables[short], `table ${short}`).replaceAll(`{${short}}`, name));
}

export const view = <Q, K extends string>(v: View<Q, K>): View<Q, K> => v;
/** More queries over the tables of a view, under a name of their own. */
export const over = <Q, K extends string>(
  base: View<unknown, K>,
  name: string,
  queries: View<Q, K>['queries'],
): View<Q, K> => ({ ...base, name, queries, over: base });
