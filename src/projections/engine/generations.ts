/** The stored generations of views: a row each in `views`, and tables of their own. */
import type { Database } from 'better-sqlite3';
import type { Reference } from '../../domain/shared/reference.js';
import { createTables, type Handlers, type Tables, type View } from './view.js';

/** A generation at work: what fills its tables, and how far it has come. */
export interface Generation {
  readonly view: View;
  readonly generation: number;
  readonly tables: Tables;
  readonly handlers: Handlers;
  position: number;
}
export interface GenerationRow {
  readonly version: number;
  readonly generation: number;
  readonly state: string;
  readonly position: number;
  readonly error: string | null;
}

const prefixOf = (view: { readonly name: string }): string => `${view.name.replaceAll('-', '_')}_`;
const suffixOf = (version: number, generation: number): string => `_v${version}_g${generation}`;
const tablesOf = (view: View, generation: number): Tables =>
  Object.fromEntries(
    Object.keys(view.tables).map((k) => [k, `${prefixOf(view)}${k}${suffixOf(view.version, generation)}`]),
  );

export class Generations {
  readonly #db: Database;
  readonly #ref: Reference;
  readonly #sql;

  constructor(db: Database, ref: Reference) {
    this.#db = db;
    this.#ref = ref;
    db.exec(`CREATE TABLE IF NOT EXISTS views (
        name TEXT NOT NULL, version INTEGER NOT NULL, generation INTEGER NOT NULL, state TEXT NOT NULL,
        position INTEGER NOT NULL, error TEXT, PRIMARY KEY (name, generation)
      ) STRICT`);
    this.#sql = {
      rows: db.prepare<[string], GenerationRow>('SELECT * FROM views WHERE name = ? ORDER BY generation'),
      add: db.prepare("INSERT INTO views VALUES (?, ?, ?, 'building', 0, NULL)"),
      advanceLive: db.prepare("UPDATE views SET position = ? WHERE state = 'live' AND position < ?"),
      advance: db.prepare('UPDATE views SET position = ? WHERE name = ? AND generation = ?'),
      state: db.prepare('UPDATE views SET state = ?, error = ? WHERE name = ? AND generation = ?'),
      drop: db.prepare('DELETE FROM views WHERE name = ? AND generation = ?'),
      stored: db.prepare<[], Pick<GenerationRow, 'version' | 'generation'> & { name: string }>(
        'SELECT name, version, generation FROM views',
      ),
      tables: db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck(),
    };
  }

  rows(name: string): GenerationRow[] {
    return this.#sql.rows.all(name);
  }

  /** As far as its row says: what was rolled back does not count. */
  positionOf(generation: Generation): number {
    return this.rows(generation.view.name).find((r) => r.generation === generation.generation)?.position ?? 0;
  }

  /** One that is stored already, made ready to go on. */
  open(view: View, generation: number, position: number): Generation {
    const tables = tablesOf(view, generation);
    return { view, generation, tables, handlers: view.handlers(this.#db, tables, this.#ref), position };
  }

  /** A fresh, empty one beside what there is. */
  create(view: View): Generation {
    const generation = Math.max(0, ...this.rows(view.name).map((r) => r.generation)) + 1;
    const tables = tablesOf(view, generation);
    this.#db.transaction(() => {
      createTables(this.#db, view, tables);
      this.#sql.add.run(view.name, view.version, generation);
    })();
    return this.open(view, generation, 0);
  }

  /** Its tables and its row; a version of before this one's too. */
  remove(view: View, generation: number, version = view.version): void {
    this.#drop(view.name, version, generation, []);
  }

  /** What is stored of views that are none of these, such as a file of an earlier release holds. */
  removeAllBut(views: readonly View[]): void {
    const names = new Set(views.map((view) => view.name));
    const kept = views.map(prefixOf);
    for (const { name, version, generation } of this.#sql.stored.all())
      if (!names.has(name)) this.#drop(name, version, generation, kept);
  }

  /** `kept`: how the names of other views' tables begin. */
  #drop(name: string, version: number, generation: number, kept: readonly string[]): void {
    const prefix = prefixOf({ name });
    const others = kept.filter((other) => other.length > prefix.length);
    const tables = this.#sql.tables
      .all()
      .filter((table) => table.startsWith(prefix) && table.endsWith(suffixOf(version, generation)))
      .filter((table) => !others.some((other) => table.startsWith(other)));
    for (const table of tables) this.#db.exec(`DROP TABLE ${table}`);
    this.#sql.drop.run(name, generation);
  }

  advanceLive(position: number): void {
    this.#sql.advanceLive.run(position, position);
  }

  advance(generation: Generation, position: number): void {
    this.#sql.advance.run(position, generation.view.name, generation.generation);
  }

  setState(generation: Generation, state: 'live' | 'stopped', error: string | null = null): void {
    this.#sql.state.run(state, error, generation.view.name, generation.generation);
  }
}
