/**
 * For views that keep a record's state as the domain itself folds it. States are warm in memory, every record is written once
 * a batch however many events it got, and the large maps of a state may be kept a row an entry, so that only what an event
 * touched is written.
 *
 *     const rows = folded<BarrierState, Extra>({ extra: () => ({ answers: [] }), columns: { placeId: ['TEXT NOT NULL', (r) => r.state.placeId] }, indexes: ['placeId, id'] });
 *     view({
 *       tables: rows.tables, // `rows`, and `parts` where the spec names some; add the view's own beside them
 *       handlers(db, t) {
 *         const { fold, batch } = rows.write(db, t);
 *         return { each: (e) => { if (e.aggregate === 'barrier') fold(e).extra.answers.push(…) }, ...batch };
 *       },
 *       queries(db, t) {
 *         const read = rows.read(db, t);
 *         const ofPlace = read.inOrder('placeId = ?');
 *         return { one: (id: string) => read.one(`barrier-${id}`), ofPlace: (placeId: string, slice?: Slice) => ofPlace([placeId], slice) };
 *       },
 *     });
 *
 * Right by the version alone: a warm state is used only for the event that follows it, so what a batch left that was rolled
 * back is never built on; it is read again from the table.
 */
import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { aggregateNamed } from '../domain/index.js';
import { part, put, type Parts } from '../domain/parts.js';
import type { Handlers, Recorded } from './core.js';

/** A record as a view keeps it. */
export interface Folded<S, X = Record<string, never>> {
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

export interface FoldedSpec<S, X> {
  /** The view's own part of a new row; it must survive JSON. */
  readonly extra?: () => X;
  /** Columns to search by: their type and their value. */
  readonly columns?: Readonly<Record<string, readonly [type: string, of: (row: Folded<S, X>) => string | number | null]>>;
  /** Column lists, one an index. */
  readonly indexes?: readonly string[];
  /** Maps of the state (`Record<string, …>`) kept a row an entry: the keys that an event touches. */
  readonly parts?: { readonly [K in keyof S]?: (e: Recorded) => readonly string[] };
}

export interface FoldedWriter<S, X> {
  /** Folds an event into its record; the row that comes back may have its `extra` changed. */
  fold(e: Recorded): Folded<S, X>;
  /** The row of a record that an event of another one changes; its `extra` may be changed. */
  touch(stream: string, e: Recorded): Folded<S, X> | undefined;
  /** The row as it stands within the batch; not to be changed. */
  get(stream: string): Folded<S, X> | undefined;
  /** To be spread into the view's handlers. */
  readonly batch: Required<Pick<Handlers, 'flush' | 'forget'>>;
}

/** At most `limit` rows, those that come after this id. */
export interface Slice {
  readonly after?: string | undefined;
  readonly descending: boolean;
  readonly limit: number;
}
export interface FoldedReader<S, X> {
  /** Shared with other readers: not to be changed. */
  one(stream: string): Folded<S, X> | undefined;
  /** Rows by a condition on `stream`, `aggregate`, `id`, `version`, `position` or the columns; prepared once. */
  where(condition: string): (...values: unknown[]) => Folded<S, X>[];
  /**
   * The same in the order of their ids, all of them or a slice. With `prefix`, that of the streams of a view of one kind of record,
   * they are read along the streams: for a condition that no index has together with the id.
   */
  inOrder(condition: string, prefix?: string): (values: readonly unknown[], slice?: Slice) => Folded<S, X>[];
}

type Names = Readonly<Record<string, string>>;

/** Rows read lately, by table: whoever lists a hundred records reads and parses those again that were written since, and no other. */
const lately = new WeakMap<Database, Map<string, LRUCache<string, Folded<any, any>>>>();
/** Characters of JSON kept a table, and of one row at most: a memory bound, nothing else. */
const keptOf = { table: 2_000_000, row: 16_000 };
function keptRows(db: Database, table: string): LRUCache<string, Folded<any, any>> {
  let tables = lately.get(db);
  if (!tables) lately.set(db, (tables = new Map()));
  let rows = tables.get(table);
  if (!rows) tables.set(table, (rows = new LRUCache({ maxSize: keptOf.table })));
  return rows;
}
/** What several readers share, none may change. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
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
/** After every id and stream. */
const last = '\uffff';
const fixed = ['stream', 'aggregate', 'id', 'version', 'position', 'illustrative', 'corrected', 'source', 'state', 'extra'];

export function folded<S extends object, X extends object = Record<string, never>>(spec: FoldedSpec<S, X>) {
  const columns = Object.entries(spec.columns ?? {});
  const parts = Object.entries(spec.parts ?? {}) as [keyof S & string, (e: Recorded) => readonly string[]][];
  type Row = Changeable<Folded<S, X>>;

  // With a rowid: a row of JSON is too long for the inner pages of a clustered key.
  const rows = [
    `CREATE TABLE {rows} (stream TEXT PRIMARY KEY, aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, illustrative INTEGER NOT NULL,
       corrected INTEGER NOT NULL, source TEXT, state TEXT NOT NULL, extra TEXT NOT NULL${columns.map(([name, [type]]) => `, ${name} ${type}`).join('')}) STRICT`,
    ...(spec.indexes ?? []).map((on, i) => `CREATE INDEX {rows}_${i} ON {rows} (${on})`),
  ].join(';\n');
  const tables: { readonly rows: string } = {
    rows,
    // Rows in the order they came: kept in the order of their keys, which are random, each would cost an event a page of its own.
    ...(parts.length > 0 ? { parts: 'CREATE TABLE {parts} (stream TEXT, field TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (stream, field, key)) STRICT' } : {}),
  };

  function reader(db: Database, t: Names) {
    const get = db.prepare<[string], Stored>(`SELECT ${fixed.join(', ')} FROM ${t.rows} WHERE stream = ?`);
    const partsOf = parts.length > 0 ? db.prepare<[string], { field: string; key: string; value: string }>(`SELECT field, key, value FROM ${t.parts} WHERE stream = ?`) : undefined;
    /** A row, and how long its JSON is. */
    function sized(r: Stored): [row: Row, size: number] {
      const state = JSON.parse(r.state);
      let size = r.state.length + r.extra.length;
      for (const p of partsOf?.all(r.stream) ?? []) {
        put(state[p.field], p.key, JSON.parse(p.value));
        size += p.value.length;
      }
      return [{ ...r, illustrative: r.illustrative === 1, corrected: r.corrected === 1, state, extra: JSON.parse(r.extra) }, size];
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
    write(db: Database, t: Names): FoldedWriter<S, X> {
      const { one } = reader(db, t);
      const names = [...fixed, ...columns.map(([name]) => name)];
      const changed = names.slice(3).map((n) => `${n} = excluded.${n}`);
      const put = db.prepare(`INSERT INTO ${t.rows} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ON CONFLICT (stream) DO UPDATE SET ${changed.join(', ')}`);
      const putPart = parts.length > 0 ? db.prepare(`INSERT INTO ${t.parts} VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`) : undefined;
      const dropPart = parts.length > 0 ? db.prepare(`DELETE FROM ${t.parts} WHERE stream = ? AND field = ? AND key = ?`) : undefined;
      const warm = new LRUCache<string, Row>({ max: warmRows });
      const kept = keptRows(db, t.rows!);
      const dirty = new Map<string, { row: Row; touched: Map<string, Set<string>> }>();

      function mark(row: Row, e: Recorded, own: boolean): void {
        let d = dirty.get(row.stream);
        if (!d) dirty.set(row.stream, (d = { row, touched: new Map() }));
        if (!own) return;
        for (const [field, keysOf] of parts) {
          let keys = d.touched.get(field);
          if (!keys) d.touched.set(field, (keys = new Set()));
          for (const key of keysOf(e)) keys.add(key);
        }
      }
      const current = (stream: string): Row | undefined => dirty.get(stream)?.row ?? one(stream);

      function before(e: Recorded): Row {
        const known = dirty.get(e.stream)?.row ?? warm.get(e.stream);
        if (known?.version === e.version - 1) return known;
        const { stream, aggregate } = e;
        const fresh = { stream, aggregate, id: e.recordId, version: 0, position: 0, illustrative: false, corrected: false, source: null };
        const row: Row = (e.version > 1 ? one(stream) : undefined) ?? { ...fresh, state: aggregateNamed(aggregate).initial() as S, extra: (spec.extra?.() ?? {}) as X };
        if (row.version !== e.version - 1) throw new Error(`version ${e.version} of ${stream} follows version ${row.version} here`);
        warm.set(stream, row);
        return row;
      }

      return {
        fold(e) {
          const row = before(e);
          aggregateNamed(e.aggregate).events[e.type]!.evolve(row.state, e.data, e);
          row.version = e.version;
          row.position = e.position;
          if (e.basis?.kind === 'illustrative') row.illustrative = true;
          if (e.basis?.source) row.source = e.basis.source;
          if (e.type === 'RecordCorrected') row.corrected = true;
          mark(row, e, true);
          return row;
        },
        touch(stream, e) {
          const row = current(stream);
          if (!row) return undefined;
          warm.set(stream, row);
          row.position = e.position;
          mark(row, e, false);
          return row;
        },
        get: current,
        batch: {
          flush() {
            for (const { row, touched } of dirty.values()) {
              const { stream, state } = row;
              kept.delete(stream);
              const rest = { ...state } as Record<string, unknown>;
              for (const [field] of parts) rest[field] = {};
              for (const [field, keys] of touched) {
                const entries = state[field as keyof S] as Parts<unknown>;
                for (const key of keys) {
                  const value = part(entries, key);
                  if (value !== undefined) putPart!.run(stream, field, key, JSON.stringify(value));
                  else dropPart!.run(stream, field, key);
                }
              }
              put.run(
                stream,
                row.aggregate,
                row.id,
                row.version,
                row.position,
                row.illustrative ? 1 : 0,
                row.corrected ? 1 : 0,
                row.source,
                JSON.stringify(rest),
                JSON.stringify(row.extra),
                ...columns.map(([, [, of]]) => of(row)),
              );
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
    read(db: Database, t: Names): FoldedReader<S, X> {
      const { stored, sized } = reader(db, t);
      const kept = keptRows(db, t.rows!);
      const whole = (found: Stored): Row => sized(found)[0];
      const select = (condition: string) => db.prepare<unknown[], Stored>(`SELECT ${fixed.join(', ')} FROM ${t.rows} WHERE ${condition}`);
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
        inOrder(condition, prefix) {
          const key = prefix === undefined ? 'id' : 'stream';
          const up = select(`${condition} AND ${key} > ? ORDER BY ${key} LIMIT ?`);
          const down = select(`${condition} AND ${key} < ? ORDER BY ${key} DESC LIMIT ?`);
          return (values, { after, descending, limit } = { descending: false, limit: -1 }) => {
            const from = after === undefined ? (descending ? last : '') : `${prefix ?? ''}${after}`;
            return (descending ? down : up).all(...values, from, limit).map(whole);
          };
        },
      };
    },
  };
}
