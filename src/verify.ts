/** Checks a log without changing it: order, versions, canonical text, and that its live views equal a rebuild. */
import canonicalize from 'canonicalize';
import Database from './log/driver.js';
import type { Reference } from './domain/reference.js';
import type { EventLog, LoggedEvent } from './log/event-log.js';
import { SqliteLog } from './log/sqlite-log.js';
import { batches } from './move/batches.js';
import { views } from './projections/index.js';
import { Engine } from './projections/engine.js';

/** Looks at events in global order; what is wrong with them, as sentences. */
class Look {
  readonly problems: string[] = [];
  readonly #versions = new Map<string, number>();
  #position = 0;
  /** `contiguous`: positions follow by one. */
  constructor(readonly contiguous: boolean) {}

  at(e: LoggedEvent): void {
    const { problems } = this;
    if (this.contiguous ? e.position !== this.#position + 1 : e.position <= this.#position)
      problems.push(this.contiguous ? `position ${this.#position + 1} is missing before ${e.position}` : `position ${e.position} stands after ${this.#position}`);
    this.#position = e.position;
    const version = (this.#versions.get(e.stream) ?? 0) + 1;
    if (e.version !== version) problems.push(`${e.stream} has version ${e.version} where ${version} belongs (position ${e.position})`);
    this.#versions.set(e.stream, e.version);
    try {
      const body = JSON.parse(e.body);
      if (canonicalize(body) !== e.body) problems.push(`the event at position ${e.position} is not in canonical form`);
      if (body.id !== e.id || body.stream !== e.stream || body.version !== e.version || body.type !== e.type)
        problems.push(`the event at position ${e.position} does not say what its row says`);
    } catch {
      problems.push(`the event at position ${e.position} is not JSON`);
    }
  }
}

/** Every problem found, as a sentence; none for a log that is whole. */
export async function verifyLog(file: string, ref: Reference): Promise<string[]> {
  const log = new SqliteLog(file, { clock: 'machine', readOnly: true });
  const look = new Look(true);
  const { problems } = look;
  const integrity = log.db.pragma('quick_check', { simple: true });
  if (integrity !== 'ok') problems.push(`the file is damaged: ${String(integrity)}`);
  for (let at = 0, batch = log.readAll(0, 1000); batch.length > 0; batch = log.readAll(at, 1000)) {
    for (const e of batch) look.at(e);
    at = batch.at(-1)!.position;
  }
  if (problems.length === 0) problems.push(...(await compareViews(log, ref)));
  await log.close();
  return problems;
}

/**
 * The same for a log that nodes share, and for the views of one of them, where its file is given: what it holds at one moment, also
 * while the node runs, is compared with what the log makes up to there.
 */
export async function verifyShared(log: EventLog, viewFile: string | undefined, ref: Reference): Promise<string[]> {
  const look = new Look(log.contiguous);
  const { problems } = look;
  const file = viewFile === undefined ? undefined : new Database(viewFile, { readonly: true, fileMustExist: true });
  const memory = new Database(':memory:');
  try {
    const integrity = file?.pragma('quick_check', { simple: true }) ?? 'ok';
    if (integrity !== 'ok') problems.push(`the view file is damaged: ${String(integrity)}. Move it away and start the node again, or copy another node's`);
    // From here on one moment: what the node commits meanwhile is not seen.
    file?.exec('BEGIN');
    const cursor = file?.prepare<[], { log: string; position: number }>('SELECT log, position FROM cursor').get();
    if (cursor && cursor.log !== log.identity.logId) return [`the views were made from the log ${cursor.log}, and LOG_URL leads to the log ${log.identity.logId}`];
    const end = cursor?.position ?? 0;
    const engine = new Engine(memory, views, ref, { readAll: () => [], head: () => end });
    const feed = (events: readonly LoggedEvent[], finished: boolean): void => {
      for (;;) {
        memory.exec('BEGIN');
        try {
          const fed = engine.feed(events, finished);
          memory.exec('COMMIT');
          return fed();
        } catch (error) {
          memory.exec('ROLLBACK');
          engine.rolledBack();
          if (!engine.stopCurrent(error)) throw error;
        }
      }
    };
    let seen = 0;
    for await (const batch of batches(log, 0, await log.head())) {
      for (const e of batch) look.at(e);
      if (seen < end)
        feed(
          batch.filter((e) => e.position <= end),
          false,
        );
      seen = batch.at(-1)!.position;
    }
    if (seen < end) problems.push(`the views stand at position ${end}, and the log ends at ${seen}: it is an older copy of the log`);
    if (!file || problems.length > 0) return problems;
    feed([], true);
    for (const v of engine.status()) if (v.state === 'stopped') problems.push(`the view ${v.name} cannot be built: ${v.error}`);
    problems.push(...compareTables(file, memory));
    return problems;
  } finally {
    memory.close();
    file?.close();
  }
}

/** Builds every view in memory and compares each table with the live one, row by row. */
export async function compareViews(log: SqliteLog, ref: Reference): Promise<string[]> {
  const memory = new Database(':memory:');
  const head = await log.head();
  const rebuilt = new Engine(memory, views, ref, { readAll: (after, limit) => log.readAll(after, limit).filter((e) => e.position <= head), head: () => head });
  await rebuilt.catchUp();
  const problems = rebuilt
    .status()
    .filter((v) => v.state === 'stopped')
    .map((v) => `the view ${v.name} cannot be built: ${v.error}`);
  problems.push(...compareTables(log.db, memory));
  memory.close();
  return problems;
}

/** Every view as these events make it, in memory: to be compared with what a node holds. */
export async function rebuildFrom(events: readonly LoggedEvent[], ref: Reference): Promise<Database.Database> {
  const memory = new Database(':memory:');
  const head = events.at(-1)?.position ?? 0;
  let at = 0;
  const after = (position: number, limit: number): LoggedEvent[] => {
    // Every view reads from the start, one after the other.
    if (at > 0 && events[at - 1]!.position > position) at = 0;
    while (at < events.length && events[at]!.position <= position) at++;
    return events.slice(at, at + limit);
  };
  await new Engine(memory, views, ref, { readAll: after, head: () => head }).catchUp();
  return memory;
}

/** Where live views in one file differ from rebuilt ones in another, as sentences. */
export function compareTables(file: Database.Database, rebuilt: Database.Database): string[] {
  const problems: string[] = [];
  const rowsOf = (db: Database.Database) => db.prepare<[], { name: string; version: number; generation: number; state: string }>("SELECT * FROM views WHERE state = 'live'").all();
  const [live, fresh] = [rowsOf(file), rowsOf(rebuilt)];
  for (const view of views) {
    const row = live.find((l) => l.name === view.name && l.version === view.version);
    const other = fresh.find((l) => l.name === view.name && l.version === view.version);
    if (!row || !other) continue;
    for (const short of Object.keys(view.tables)) {
      const name = (generation: number): string => `${view.name.replaceAll('-', '_')}_${short}_v${view.version}_g${generation}`;
      const rows = (db: Database.Database, table: string): string[] =>
        db
          .prepare(`SELECT * FROM ${table}`)
          .raw()
          .all()
          .map((r) => JSON.stringify(r))
          .sort();
      const [a, b] = [rows(file, name(row.generation)), rows(rebuilt, name(other.generation))];
      const at = a.findIndex((r, i) => r !== b[i]);
      if (a.length !== b.length || at >= 0)
        problems.push(`the view ${view.name} differs from a rebuild in ${short}: ${a.length} rows against ${b.length}. Rebuild it: total-place rebuild ${view.name}`);
    }
  }
  return problems;
}
