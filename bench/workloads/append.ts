/**
 * The log alone: 64 callers with one event each, beside a bare SQLite loop at the same batch and one commit
 * an event.
 */
import { join } from 'node:path';
import Database from '../../src/log/sqlite/driver.js';
import { v7 as uuidv7 } from 'uuid';
import type { StoredEvent } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { setJournal } from '../../src/log/sqlite/pragmas.js';
import { must, time, type Workload } from '../report.js';

const n = 20_000;
const body = JSON.stringify({ n: 1, text: 'x'.repeat(380) });
const event = (stream: string, version: number): StoredEvent => ({
  id: uuidv7(),
  stream,
  version,
  type: 'PledgeMade',
  body,
});

/** The bare loop: the same table, index and pragmas, nothing around them. */
export function bare(file: string) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  setJournal(db);
  db.exec(
    `CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL,
       version INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL) STRICT;
     CREATE UNIQUE INDEX IF NOT EXISTS u ON events (stream, version)`,
  );
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  let position = 0;
  const commit = db.transaction((size: number) => {
    for (let k = 0; k < size; k++) {
      const e = event('pool-x', ++position);
      insert.run(position, position % 1000, position, e.id, e.type, e.body);
    }
  });
  return { commit, close: () => db.close() };
}

/**
 * Appends `count` events by 64 callers, each on streams of its own taken in no order; the number of events a
 * second.
 */
export async function fill(
  log: SqliteLog,
  count: number,
  streams: number,
  versions: Map<string, number>,
): Promise<number> {
  let i = 0;
  const each = Math.ceil(streams / 64);
  const ms = await time(() =>
    Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        while (i < count) {
          const s = `pool-b${caller}-${(i++ * 7919) % each}`;
          const at = versions.get(s) ?? 0;
          versions.set(s, at + 1);
          await log.append(s, at, [event(s, at + 1)]);
        }
      }),
    ),
  );
  return count / (ms / 1000);
}

export const append: Workload = {
  name: 'append',
  async run(b) {
    const bareRatio: number[] = [];
    const singleRatio: number[] = [];
    for (let round = 0; round < b.runs; round++) {
      const log = new SqliteLog(join(b.dir, `log-${round}.db`), { clock: 'simulated' });
      const versions = new Map<string, number>();
      const perSecond = await fill(log, n, 960, versions);
      let there = 0;
      for (const [stream, version] of versions) {
        must((await log.read(stream)).length === version, `${stream} holds what was acknowledged`);
        there += version;
      }
      must((await log.head()) === there + 1, 'nothing else is in the log');
      await log.close();
      const loop = bare(join(b.dir, `bare-${round}.db`));
      const batched =
        n / ((await time(() => Array.from({ length: Math.ceil(n / 64) }, () => loop.commit(64)))) / 1000);
      const single = 1500 / ((await time(() => Array.from({ length: 1500 }, () => loop.commit(1)))) / 1000);
      loop.close();
      bareRatio.push(perSecond / batched);
      singleRatio.push(perSecond / single);
    }
    b.ratio('log append, 64 callers ÷ bare SQLite loop at the same batch', bareRatio, '≥ 0.8');
    b.ratio('log append, 64 callers ÷ one commit an event', singleRatio, '≥ 8');
    b.checked(`${n} acknowledged events are each in their stream, and nothing else`);
  },
};
