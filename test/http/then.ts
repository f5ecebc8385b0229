/** A service whose log ends where another one's stood: what that one would have answered then. */
import { join } from 'node:path';
import type { Test } from 'tap';
import { build } from '../../src/app.js';
import { Executor } from '../../src/commands/executor.js';
import { createVerifier } from '../../src/http/server/auth.js';
import Database from '../../src/log/sqlite/driver.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { loadReference } from '../../src/runtime/reference.js';
import type { Service } from '../../src/runtime/service.js';
import { noViews } from '../no-views.js';
import { viewsOn } from '../views-on.js';
import type { Harness } from './harness.js';

/**
 * The service as it stood after a position: a log cut there, every view built from it, the clock at that
 * instant.
 */
export async function then(t: Test, harness: Harness, position: number, instant: string) {
  const file = join(t.testdir(), `cut-${position}.db`);
  await harness.service.log.db.backup(file);
  const db = new Database(file);
  db.prepare('DELETE FROM events WHERE position > ?').run(position);
  for (const name of db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('events', 'streams')",
    )
    .pluck()
    .all())
    db.exec(`DROP TABLE ${name}`);
  db.close();
  const log = new SqliteLog(file, { clock: 'simulated' });
  const ref = loadReference();
  const { engine, built } = viewsOn(log, ref);
  await built;
  const clock = { now: () => instant };
  const executor = new Executor({
    log,
    clock,
    ref,
    views: noViews,
  });
  const service = {
    log,
    engine,
    executor,
    reads: harness.service.reads,
    clock,
    ref,
    position: () => position,
    seen: async () => true,
    logStatus: () => ({ state: 'ready' }),
  } as unknown as Service;
  const app = await build({
    service,
    verify: createVerifier(harness.issuer.verifier),
    version: '0.0.0-test',
  });
  const close = async (): Promise<void> => {
    await app.close();
    await log.close();
  };
  return { app, close };
}
