/**
 * For views that keep a record's state as the domain itself folds it. States are warm in memory, every record
 * is written once a batch however many events it got, and the large maps of a state may be kept a row an
 * entry, so that only what an event touched is written.
 *
 * ```ts
 * const rows = stateTable<BarrierState, Extra>({
 *   extra: () => ({ answers: [] }),
 *   columns: { placeId: ['TEXT NOT NULL', (row) => row.state.placeId] },
 *   indexes: ['placeId, id'],
 * });
 * view({
 *   tables: rows.tables, // `rows`, and `parts` where the spec names some; the view's own stand beside them
 *   handlers(db, tables) {
 *     const { fold, batch } = rows.write(db, tables);
 *     return { each: (event) => void (event.aggregate === 'barrier' && fold(event)), ...batch };
 *   },
 *   queries(db, tables) {
 *     const read = rows.read(db, tables);
 *     const ofPlace = read.where('placeId = ? ORDER BY id');
 *     return { one: (id: string) => read.one(`barrier-${id}`), ofPlace, walk: read.walk };
 *   },
 * });
 * ```
 *
 * Right by the version alone: a warm state is used only for the event that follows it, so what a batch left
 * that was rolled back is never built on; it is read again from the table.
 */
import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { aggregateNamed, entryOf, isShared } from '../../domain/registry.js';
import { part, put, type Parts } from '../../domain/kernel/parts.js';
import type { Handlers, Recorded } from './view.js';
import { frozen, lately } from './read-cache.js';
import { walker, type Key, type Spot, type Walk } from './walk.js';

/** A record as a view keeps it. */
export interface StateRow<S, X = Record<string, never>> {
  readonly stream: string;
  readonly aggregate: string;
  readonly id: string;
  readonly version: number;
  /** Of the last event that touched the row. */
  readonly position: number;
  /** An event of it was invented for illustration. */
  readonly illustrative: boolean;
  /** A text of it was corrected. */
  readonly corrected: boolean;
  /** Where its newest facts come from. */
  readonly source: string | null;
  readonly state: S;
  /** What the view keeps beside the state. */
  readonly extra: X;
}

export interface StateTableSpec<S, X> {
  /** The view's own part of a new row; it must survive JSON. */
  readonly extra?: () => X;
  /** Columns to search by: their type and their value. */
  readonly columns?: Readonly<
    Record<string, readonly [type: string, of: (row: StateRow<S, X>) => string | number | null]>
  >;
  /** Column lists, one an index. */
  readonly indexes?: readonly string[];
  /** The orders in which the rows are walked (`read.walk`), besides that of the ids. */
  readonly orders?: {
    /** Columns, each an order. */
    readonly by: readonly string[];
    /** A column by whose value the rows are told apart first: every walk is of one value. */
    readonly of?: string;
    /**
     * A column by which few rows are alike: those of one value are found by it and sorted, whatever the
     * order.
     */
    readonly within?: string;
    /** Conditions by name: the rows that fulfil one are walked in the order of their ids by themselves. */
    readonly only?: Readonly<Record<string, string>>;
  };
  /** Maps of the state (`Parts`) kept a row an entry: written is what an event says it touches there. */
  readonly parts?: readonly (keyof S & string)[];
}

export interface FoldedWriter<S, X> {
  /** Folds an event into its record; the row that comes back may have its `extra` changed. */
  fold(e: Recorded): StateRow<S, X>;
  /** The row of a record that an event of another one changes; its `extra` may be changed. */
  touch(stream: string, e: Recorded): StateRow<S, X> | undefined;
  /** The row as it stands within the batch; not to be changed. */
  get(stream: string): StateRow<S, X> | undefined;
  /** To be spread into the view's handlers. */
  readonly batch: Required<Pick<Handlers, 'flush' | 'forget'>>;
}

/** What a walk gives of a row: its id (`tie`) and every column of the spec. */
export type Light = Spot & Readonly<Record<string, Key>>;
/**
 * In which order; of which value of `orders.of`, and of `orders.within`; of which rows only, by the name of a
 * condition.
 */
export interface Order {
  readonly by: string;
  readonly of?: string | undefined;
  readonly within?: string | undefined;
  readonly only?: string;
}
export interface FoldedReader<S, X> {
  /** Shared with other readers: not to be changed. */
  one(stream: string): StateRow<S, X> | undefined;
  /**
   * Rows by a condition on `stream`, `aggregate`, `id`, `version`, `position` or the columns; prepared once.
   */
  where(condition: string): (...values: unknown[]) => StateRow<S, X>[];
  /** The streams of such rows, without a look at what they hold. */
  streams(condition: string): (...values: unknown[]) => string[];
  /** Rows in an order (`id`, or one of `orders.by`), light. */
  walk(order: Order): Walk<Light>;
}

/** `parts` where the spec names some. */
interface Names {
  readonly rows: string;
  readonly parts?: string;
}

/** Characters of JSON kept a table, and of one row at most: a memory bound, nothing else. */
const keptOf = { table: 2_000_000, row: 16_000 };
const keptRows = <S, X>(db: Database, table: string) =>
  lately<StateRow<S, X>>(db, table, { maxSize: keptOf.table });
type Changeable<T> = { -readonly [K in keyof T]: T[K] };
interface Stored {
  stream: string;
  aggregate: string;
  id: string;
  version: number;
  position: number;
  illustrative: number;
  corrected: number;
  source: string | null;
  state: string;
  extra: string;
}

/** Rows kept warm by one view: a memory bound, nothing else. */
const warmRows = 1000;
const fixed = [
  'stream',
  'aggregate',
  'id',
  'version',
  'position',
  'illustrative',
  'corrected',
  'source',
  'state',
  'extra',
];

export function stateTable<S extends object, X extends object = Record<string, never>>(
  spec: StateTableSpec<S, X>,
) {
  const columns = Object.entries(spec.columns ?? {});
  const parts = spec.parts ?? [];
  type Row = Changeable<StateRow<S, X>>;

  const { by = [], of: told, within, only = {} } = spec.orders ?? {};
  const front = told === undefined ? '' : `${told}, `;
  const names = columns.map(([name]) => name);
  const orderIndexes = [
    ...by.map((column) => `${front}${column}, id`),
    ...(spec.orders === undefined ? [] : [`${front}id`]),
    // Everything that a light row has: those of one value are sorted without a look at the table.
    ...(within === undefined ? [] : [[within, 'id', ...names.filter((n) => n !== within)].join(', ')]),
  ];
  // With a rowid: a row of JSON is too long for the inner pages of a clustered key. Columns come before it:
  // to be read without it.
  const rows = [
    `CREATE TABLE {rows} (
        stream TEXT PRIMARY KEY, aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        position INTEGER NOT NULL, illustrative INTEGER NOT NULL, corrected INTEGER NOT NULL,
        source TEXT${columns.map(([name, [type]]) => `, ${name} ${type}`).join('')}, state TEXT NOT NULL,
        extra TEXT NOT NULL
      ) STRICT`,
    ...[...(spec.indexes ?? []), ...orderIndexes].map(
      (on, i) => `CREATE INDEX {rows}_${i} ON {rows} (${on})`,
    ),
    ...Object.entries(only).map(
      ([name, condition]) => `CREATE INDEX {rows}_${name} ON {rows} (${front}id) WHERE ${condition}`,
    ),
  ].join(';\n');
  const tables: { readonly rows: string } = {
    rows,
    // Rows in the order they came: kept in the order of their keys, which are random, each would cost an
    // event a page of its own.
    ...(parts.length > 0
      ? {
          parts: `CREATE TABLE {parts} (
              stream TEXT, field TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (stream, field, key)
            ) STRICT`,
        }
      : {}),
  };

  function reader(db: Database, tables: Names) {
    const get = db.prepare<[string], Stored>(
      `SELECT ${fixed.join(', ')} FROM ${tables.rows} WHERE stream = ?`,
    );
    const partsOf =
      parts.length > 0
        ? db.prepare<[string], { field: string; key: string; value: string }>(
            `SELECT field, key, value FROM ${tables.parts} WHERE stream = ?`,
          )
        : undefined;
    /** A row, and how long its JSON is. */
    function sized(stored: Stored): [row: Row, size: number] {
      const state = JSON.parse(stored.state);
      let size = stored.state.length + stored.extra.length;
      for (const p of partsOf?.all(stored.stream) ?? []) {
        put(state[p.field], p.key, JSON.parse(p.value));
        size += p.value.length;
      }
      return [
        {
          ...stored,
          illustrative: stored.illustrative === 1,
          corrected: stored.corrected === 1,
          state,
          extra: JSON.parse(stored.extra),
        },
        size,
      ];
    }
    const stored = (stream: string): Stored | undefined => get.get(stream);
    const one = (stream: string): Row | undefined => {
      const row = stored(stream);
      return row && sized(row)[0];
    };
    return { one, stored, sized };
  }

  return {
    tables,
    write(db: Database, tables: Names): FoldedWriter<S, X> {
      const { one } = reader(db, tables);
      const all = [...fixed, ...names];
      const changed = all.slice(3).map((n) => `${n} = excluded.${n}`);
      const put = db.prepare(
        `INSERT INTO ${tables.rows} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')})
          ON CONFLICT (stream) DO UPDATE SET ${changed.join(', ')}`,
      );
      // Most events change no column: the indexes on them are left alone.
      const keep = db.prepare(
        `UPDATE ${tables.rows} SET ${fixed
          .slice(3)
          .map((n) => `${n} = ?`)
          .join(', ')} WHERE stream = ?`,
      );
      const valuesOf = (row: Row): readonly (string | number | null)[] =>
        columns.map(([, [, of]]) => of(row));
      /** The columns of a row as they stand in the table. */
      const written = new WeakMap<Row, readonly (string | number | null)[]>();
      const putPart =
        parts.length > 0
          ? db.prepare(
              `INSERT INTO ${tables.parts} VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET value = excluded.value`,
            )
          : undefined;
      const dropPart =
        parts.length > 0
          ? db.prepare(`DELETE FROM ${tables.parts} WHERE stream = ? AND field = ? AND key = ?`)
          : undefined;
      const warm = new LRUCache<string, Row>({ max: warmRows });
      const kept = keptRows<S, X>(db, tables.rows);
      const dirty = new Map<string, { row: Row; touched: Map<string, Set<string>> }>();

      function mark(row: Row, event: Recorded, own: boolean): void {
        let d = dirty.get(row.stream);
        if (!d) dirty.set(row.stream, (d = { row, touched: new Map() }));
        if (!own) return;
        const { touches } = entryOf(event);
        for (const field of parts) {
          let keys = d.touched.get(field);
          if (!keys) d.touched.set(field, (keys = new Set()));
          for (const key of touches?.[field]?.(event.data) ?? []) keys.add(key);
        }
      }
      function found(stream: string): Row | undefined {
        const row = one(stream);
        if (row) written.set(row, valuesOf(row));
        return row;
      }
      const current = (stream: string): Row | undefined => dirty.get(stream)?.row ?? found(stream);

      function before(event: Recorded): Row {
        const known = dirty.get(event.stream)?.row ?? warm.get(event.stream);
        if (known?.version === event.version - 1) return known;
        const { stream, aggregate } = event;
        const fresh = {
          stream,
          aggregate,
          id: event.recordId,
          version: 0,
          position: 0,
          illustrative: false,
          corrected: false,
          source: null,
        };
        const row: Row = (event.version > 1 ? found(stream) : undefined) ?? {
          ...fresh,
          state: aggregateNamed(aggregate).initial() as S,
          extra: (spec.extra?.() ?? {}) as X,
        };
        if (row.version !== event.version - 1)
          throw new Error(`version ${event.version} of ${stream} follows version ${row.version} here`);
        warm.set(stream, row);
        return row;
      }

      return {
        fold(event) {
          const row = before(event);
          entryOf(event).evolve(row.state, event.data, event);
          row.version = event.version;
          row.position = event.position;
          if (event.basis?.kind === 'illustrative') row.illustrative = true;
          if (event.basis?.source) row.source = event.basis.source;
          if (isShared(event, 'RecordCorrected')) row.corrected = true;
          mark(row, event, true);
          return row;
        },
        touch(stream, event) {
          const row = current(stream);
          if (!row) return undefined;
          warm.set(stream, row);
          row.position = event.position;
          mark(row, event, false);
          return row;
        },
        get: current,
        batch: {
          flush() {
            for (const { row, touched } of dirty.values()) {
              const { stream, state } = row;
              kept.delete(stream);
              const rest = { ...state } as Record<string, unknown>;
              for (const field of parts) rest[field] = {};
              for (const [field, keys] of touched) {
                const entries = state[field as keyof S] as Parts<unknown>;
                for (const key of keys) {
                  const value = part(entries, key);
                  if (value !== undefined) putPart?.run(stream, field, key, JSON.stringify(value));
                  else dropPart?.run(stream, field, key);
                }
              }
              const { version, position, source } = row;
              const own = [
                version,
                position,
                row.illustrative ? 1 : 0,
                row.corrected ? 1 : 0,
                source,
                JSON.stringify(rest),
                JSON.stringify(row.extra),
              ];
              const [before, now] = [written.get(row), valuesOf(row)];
              if (before && now.every((value, i) => value === before[i])) keep.run(...own, stream);
              else put.run(stream, row.aggregate, row.id, ...own, ...now);
              written.set(row, now);
            }
            dirty.clear();
          },
          forget() {
            dirty.clear();
            warm.clear();
            kept.clear();
          },
        },
      };
    },
    read(db: Database, tables: Names): FoldedReader<S, X> {
      const { stored, sized } = reader(db, tables);
      const kept = keptRows<S, X>(db, tables.rows);
      const whole = (found: Stored): Row => sized(found)[0];
      const typeOf = (name: string) => {
        const type = spec.columns?.[name]?.[0] ?? 'TEXT NOT NULL';
        return {
          type: type.startsWith('TEXT') ? ('text' as const) : ('number' as const),
          nullable: !type.includes('NOT NULL'),
        };
      };
      const light = (key: string) =>
        `SELECT ${[`${key} AS key`, 'id AS tie', ...names].join(', ')} FROM ${tables.rows}`;
      const equals = told === undefined ? [] : [`${told} = ?`];
      const walkBy = (key: string, where: readonly string[], plus: '' | '+') =>
        walker<Light>(db, {
          select: light(key),
          where,
          key: { sql: `${plus}${key}`, ...typeOf(key) },
          tie: { sql: [`${plus}id`], of: (id) => [id], type: 'text' },
        });
      const walks = new Map<string, (...values: unknown[]) => Walk<Light>>();
      const select = (condition: string) =>
        db.prepare<unknown[], Stored>(`SELECT ${fixed.join(', ')} FROM ${tables.rows} WHERE ${condition}`);
      return {
        one(stream) {
          const known = kept.get(stream);
          if (known) return known;
          const found = stored(stream);
          if (!found) return undefined;
          const [row, size] = sized(found);
          if (size <= keptOf.row) kept.set(stream, frozen(row), { size });
          return row;
        },
        where(condition) {
          const statement = select(condition);
          return (...values) => statement.all(...values).map(whole);
        },
        streams(condition) {
          const statement = db
            .prepare<unknown[], string>(`SELECT stream FROM ${tables.rows} WHERE ${condition}`)
            .pluck();
          return (...values) => statement.all(...values);
        },
        walk({ by: key, of, within: value, only: name }) {
          const called = [key, value !== undefined, name].join();
          let walk = walks.get(called);
          // The plus keeps the order from choosing the index: the few are found first.
          if (!walk) {
            const condition = name === undefined ? undefined : only[name];
            const more = condition === undefined ? [] : [condition];
            walk =
              value === undefined
                ? walkBy(key, [...equals, ...more], '')
                : walkBy(key, [...equals, `${within} = ?`, ...more], '+');
            walks.set(called, walk);
          }
          return walk(...(told === undefined ? [] : [of]), ...(value === undefined ? [] : [value]));
        },
      };
    },
  };
}
