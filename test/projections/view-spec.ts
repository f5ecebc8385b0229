/**
 * `viewSpec(t, view, histories)`: what every view must hold. Its tables are the same however a history is
 * split into batches, when batches are delivered again or overlap, and when it is rebuilt.
 */
import Database from '../../src/log/sqlite/driver.js';
import type { Test } from 'tap';
import type { LoggedEvent } from '../../src/log/event-log.js';
import type { View } from '../../src/projections/engine/view.js';
import { Engine } from '../../src/projections/engine/engine.js';
import { reference } from '../domain/spec.js';
import { Property } from '../holds.js';

export interface History {
  readonly title: string;
  readonly events: readonly LoggedEvent[];
}
/**
 * The last events of a history are split in every way there is; what stands before them comes as one batch.
 */
const tail = 5;

type Dump = Record<string, string[]>;
function tablesOf(db: Database.Database): Dump {
  const names = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'views'")
    .pluck()
    .all();
  const rows = (n: string): string[] =>
    db
      .prepare(`SELECT * FROM ${n}`)
      .raw()
      .all()
      .map((r) => JSON.stringify(r))
      .sort();
  // A rebuild is another generation of the same tables.
  return Object.fromEntries(names.map((n) => [n.replace(/_g\d+$/, ''), rows(n)]));
}

/** A live, empty view; `events` are what a rebuild reads. */
function live(view: View<any, any>, events: readonly LoggedEvent[]) {
  const db = new Database(':memory:');
  let empty = true;
  const source = {
    readAll: (after: number, limit: number) =>
      empty ? [] : events.filter((e) => e.position > after).slice(0, limit),
    head: () => events.at(-1)!.position,
  };
  const engine = new Engine(db, [view], reference, source);
  engine.step();
  empty = false;
  return {
    db,
    engine,
    apply: (batch: readonly LoggedEvent[]) => db.transaction(() => engine.apply(batch))(),
  };
}

function filled(view: View<any, any>, batches: readonly (readonly LoggedEvent[])[]): Dump {
  const { db, apply } = live(view, batches.flat());
  for (const batch of batches) if (batch.length > 0) apply(batch);
  const dump = tablesOf(db);
  db.close();
  return dump;
}

/** Every way to cut a list into consecutive batches. */
function* splits<T>(list: readonly T[]): Generator<T[][]> {
  for (let cuts = 0; cuts < 2 ** (list.length - 1); cuts++) {
    const batches: T[][] = [[list[0]!]];
    for (let i = 1; i < list.length; i++) {
      if (cuts & (1 << (i - 1))) batches.push([list[i]!]);
      else batches.at(-1)!.push(list[i]!);
    }
    yield batches;
  }
}

export function viewSpec(t: Test, view: View<any, any>, histories: readonly History[]): void {
  const filledEver = new Set<string>();
  const oneByOne = new Property('its tables are the same when events come one by one');
  const split = new Property(`and however the last ${tail} events are split into batches`);
  const again = new Property('and when events are delivered again, and overlapping');
  const rebuilt = new Property('and when it is rebuilt');
  const rolledBack = new Property('and when a batch was rolled back and is applied again');
  for (const { title, events } of histories) {
    const whole = filled(view, [events]);
    for (const [name, rows] of Object.entries(whole)) if (rows.length > 0) filledEver.add(name);

    const each = events.map((event) => [event]);
    oneByOne.same(t, title, filled(view, each), whole);
    const [before, last] = [events.slice(0, -tail), events.slice(-tail)];
    for (const batches of splits(last))
      split.same(
        t,
        `${title}, split ${batches.map((batch) => batch.length).join('+')}`,
        filled(view, [before, ...batches]),
        whole,
      );

    const repeated = live(view, events);
    for (const [i, event] of events.entries()) repeated.apply(i === 0 ? [event] : [events[i - 1]!, event]);
    repeated.apply(events);
    again.same(t, title, tablesOf(repeated.db), whole);
    repeated.engine.rebuild(view.name);
    while (repeated.engine.step());
    const states = repeated.engine.status().map(({ state }) => state);
    rebuilt.same(t, title, [states, tablesOf(repeated.db)], [['live'], whole]);

    const torn = live(view, events);
    for (const batch of [before, last]) {
      if (batch.length === 0) continue;
      torn.db.exec('BEGIN');
      torn.engine.apply(batch);
      torn.db.exec('ROLLBACK');
      torn.engine.rolledBack();
      torn.apply(batch);
    }
    rolledBack.same(t, title, tablesOf(torn.db), whole);
  }
  for (const property of [oneByOne, split, again, rebuilt, rolledBack]) property.settle(t);
  const never = Object.keys(view.tables).filter(
    (short) =>
      ![...filledEver].some((n) => n === `${view.name.replaceAll('-', '_')}_${short}_v${view.version}`),
  );
  t.strictSame(
    never,
    [],
    `every table of ${view.name} has had a row (if not: add a scene to test/process-managers/scenes)`,
  );
}
