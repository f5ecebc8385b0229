/**
 * Checks a log without changing it: order, versions, canonical text, what its views were given, and that live
 * views equal a rebuild.
 */
import canonicalize from 'canonicalize';
import Database from '../log/sqlite/driver.js';
import type { Reference } from '../domain/shared/reference.js';
import type { EventLog, LoggedEvent } from '../log/event-log.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { batches } from '../migrate/batches.js';
import { digestOf } from './node/digests.js';
import type { View } from '../projections/engine/view.js';
import { isDamage } from '../projections/engine/disk.js';
import { views } from '../projections/index.js';
import { Engine } from '../projections/engine/engine.js';

/** What a finding is of; only a view that differs alone is mended by building it anew. */
export type Finding = { readonly text: string } & (
  | { readonly kind: 'file' | 'event-missing' | 'event-changed' | 'views' }
  | { readonly kind: 'view-differs'; readonly view: string }
);

/** Looks at events in global order. */
class Look {
  readonly #versions = new Map<string, number>();
  #position = 0;
  constructor(
    /** Positions follow by one. */
    readonly contiguous: boolean,
    readonly findings: Finding[],
    /** What the views keep of the event at a position, from when they were given it. */
    readonly digestAt: (position: number) => number | undefined,
  ) {}

  at(event: LoggedEvent): void {
    const missing = (text: string): unknown => this.findings.push({ kind: 'event-missing', text });
    const changed = (text: string): unknown =>
      this.findings.push({
        kind: 'event-changed',
        text: `the event at position ${event.position} (${event.stream}, version ${event.version}) ${text}`,
      });
    if (this.contiguous && event.position !== this.#position + 1)
      missing(`position ${this.#position + 1} is missing before ${event.position}`);
    if (event.position <= this.#position) changed(`stands after position ${this.#position}`);
    this.#position = event.position;
    const version = (this.#versions.get(event.stream) ?? 0) + 1;
    if (event.version > version)
      missing(
        `${event.stream} has version ${event.version} where ${version} belongs (position ${event.position})`,
      );
    if (event.version < version) changed(`has a version that was there before: ${version} belongs there`);
    this.#versions.set(event.stream, event.version);
    const given = this.digestAt(event.position);
    if (given !== undefined && given !== digestOf(event))
      return void changed('is not what it was when the views were given it');
    try {
      const body = JSON.parse(event.body);
      if (canonicalize(body) !== event.body) changed('is not in canonical form');
      if (
        body.id !== event.id ||
        body.stream !== event.stream ||
        body.version !== event.version ||
        body.type !== event.type
      )
        changed('does not say what its row says');
    } catch {
      changed('is not JSON');
    }
  }
}

/**
 * Everything that is wrong with a log, and with the views made from it where their file is given, also while
 * the service runs: what each view holds at one moment is compared with what the log makes up to there. Views
 * are compared only where the log itself is whole.
 */
export async function verify(
  log: EventLog,
  viewFile: string | undefined,
  ref: Reference,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (log instanceof SqliteLog) {
    const integrity = log.db.pragma('quick_check(1)', { simple: true });
    if (integrity !== 'ok')
      findings.push({
        kind: 'file',
        text: `the log's file is damaged: ${firstLine(integrity)}. Put a backup back: total-place restore`,
      });
  }
  let file: Database.Database | undefined;
  const memory = new Database(':memory:');
  try {
    file = viewFile === undefined ? undefined : wholeFile(viewFile, findings);
    const cursor = file
      ?.prepare<[], { log: string; position: number }>('SELECT log, position FROM cursor')
      .get();
    if (cursor && cursor.log !== log.identity.logId)
      return [
        {
          kind: 'views',
          text: `the views were made from the log ${cursor.log}, and this is the log ${log.identity.logId}`,
        },
      ];
    const end = cursor?.position ?? 0;
    const engine = new Engine(memory, views, ref, { readAll: () => [], head: () => end });
    const digest =
      file && hasDigests(file)
        ? file.prepare<[number], number>('SELECT digest FROM digests WHERE position = ?').pluck()
        : undefined;
    const look = new Look(log.contiguous, findings, (position) => digest?.get(position));
    let seen = 0;
    for await (const batch of batchesUntilUnreadable(log, findings)) {
      for (const e of batch) look.at(e);
      if (seen < end)
        feed(
          memory,
          engine,
          batch.filter((e) => e.position <= end),
          false,
        );
      seen = batch.at(-1)?.position ?? seen;
    }
    if (seen < end && !findings.some((f) => f.kind === 'file'))
      findings.push({
        kind: 'event-missing',
        text:
          `the views have seen position ${end}, and the log ends at ` +
          `${seen}: it is an older copy, or its end was cut off`,
      });
    if (!file || findings.length > 0) return findings;
    feed(memory, engine, [], true);
    for (const v of engine.status())
      if (v.state === 'stopped')
        findings.push({ kind: 'views', text: `the view ${v.name} cannot be built: ${v.error}` });
    // A moment for each view, and no longer: the journal of a file that is written grows as long as somebody
    // reads one moment of it.
    let at = end;
    for (const view of views) {
      file.exec('BEGIN');
      const to = position(file);
      for await (const events of batches(log, at, to)) memory.transaction(() => engine.apply(events))();
      at = to;
      for (const text of compareTables(file, memory, [view]))
        findings.push({ kind: 'view-differs', view: view.name, text });
      file.exec('COMMIT');
    }
    return findings;
  } finally {
    memory.close();
    file?.close();
  }
}

/** Every event up to now; where the log cannot be read on, that is found, and nothing more. */
async function* batchesUntilUnreadable(
  log: EventLog,
  findings: Finding[],
): AsyncGenerator<readonly LoggedEvent[]> {
  try {
    yield* batches(log, 0, await log.head());
  } catch (error) {
    const why = ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
    if (!(log instanceof SqliteLog)) throw error;
    findings.push({ kind: 'file', text: `the log cannot be read on: ${why}` });
  }
}

/** The view file, for reading. Undefined, with a finding, where it is damaged. */
function wholeFile(path: string, findings: Finding[]): Database.Database | undefined {
  const damaged = (what: string): undefined =>
    void findings.push({
      kind: 'views',
      text:
        `the view file is damaged: ${what}. Rebuild them all, with --service where it runs: total-place ` +
        'rebuild. The file is set aside, and the views are built anew',
    });
  let file: Database.Database | undefined;
  try {
    file = new Database(path, { readonly: true, fileMustExist: true });
    const integrity = file.pragma('quick_check(1)', { simple: true });
    if (integrity !== 'ok') return (file.close(), damaged(firstLine(integrity)));
    return file;
  } catch (error) {
    file?.close();
    if (!isDamage(error)) throw error;
    return damaged((error as Error).message);
  }
}
const firstLine = (text: unknown): string =>
  String(text)
    .replace(/^\*\*\*.*\*\*\*\n/, '')
    .replace(/\n[^]*/, '');
const position = (file: Database.Database): number =>
  file.prepare<[], number>('SELECT position FROM cursor').pluck().get() ?? 0;
const hasDigests = (file: Database.Database): boolean =>
  file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'digests'").get() !== undefined;

/** Gives events to the views of a rebuild; one whose handler fails stops, and the rest of them go on. */
function feed(
  memory: Database.Database,
  engine: Engine,
  events: readonly LoggedEvent[],
  finished: boolean,
): void {
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
}

/**
 * Builds every view of a log in memory, up to where the views stand, and compares each table with the live
 * one, row by row.
 */
export async function compareViews(
  log: SqliteLog,
  file: Database.Database,
  ref: Reference,
): Promise<string[]> {
  const memory = new Database(':memory:');
  const end = position(file);
  const rebuilt = new Engine(memory, views, ref, {
    readAll: (after, limit) => log.readAll(after, limit).filter((e) => e.position <= end),
    head: () => end,
  });
  await rebuilt.catchUp();
  const problems = rebuilt
    .status()
    .filter((v) => v.state === 'stopped')
    .map((v) => `the view ${v.name} cannot be built: ${v.error}`);
  problems.push(...compareTables(file, memory));
  memory.close();
  return problems;
}

/** Every view as these events make it, in memory: to be compared with what a node holds. */
export async function rebuildFrom(
  events: readonly LoggedEvent[],
  ref: Reference,
): Promise<Database.Database> {
  const memory = new Database(':memory:');
  const head = events.at(-1)?.position ?? 0;
  let at = 0;
  const after = (position: number, limit: number): LoggedEvent[] => {
    // Every view reads from the start, one after the other.
    if ((events[at - 1]?.position ?? 0) > position) at = 0;
    while ((events[at]?.position ?? Infinity) <= position) at++;
    return events.slice(at, at + limit);
  };
  await new Engine(memory, views, ref, { readAll: after, head: () => head }).catchUp();
  return memory;
}

/** Where live views in one file differ from rebuilt ones in another, as sentences. */
export function compareTables(
  file: Database.Database,
  rebuilt: Database.Database,
  which: readonly View[] = views,
): string[] {
  const problems: string[] = [];
  const rowsOf = (db: Database.Database) =>
    db
      .prepare<[], { name: string; version: number; generation: number; state: string }>(
        "SELECT * FROM views WHERE state = 'live'",
      )
      .all();
  const [live, fresh] = [rowsOf(file), rowsOf(rebuilt)];
  for (const view of which) {
    const row = live.find((l) => l.name === view.name && l.version === view.version);
    const other = fresh.find((l) => l.name === view.name && l.version === view.version);
    if (!row || !other) continue;
    for (const short of Object.keys(view.tables)) {
      const name = (generation: number): string =>
        `${view.name.replaceAll('-', '_')}_${short}_v${view.version}_g${generation}`;
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
        problems.push(
          `the view ${view.name} differs from a rebuild in ${short}: ${a.length} rows against ${b.length}`,
        );
    }
  }
  return problems;
}
