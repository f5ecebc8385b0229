/**
 * On Node 24 a collected statement of the driver ends the process: nothing of it may be collected. Run as a
 * process, since it would take this one along.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { asTypeScript } from '../as-typescript.js';

test('statements and copies made, dropped and collected while no script runs do not end the process', async (t) => {
  const script = `
    const { default: Database } = await import(${JSON.stringify(new URL('../../src/log/sqlite/driver.ts', import.meta.url).href)});
    const db = new Database(':memory:');
    db.exec('CREATE TABLE t (a)');
    for (let round = 0; round < 30; round++) {
      const other = new Database(':memory:');
      for (let i = 0; i < 1000; i++) db.prepare('SELECT a FROM t');
      if (other.pragma('cache_size = -1000') === undefined || typeof other.pragma('page_size', { simple: true }) !== 'number') throw new Error('pragma');
      await db.backup(${JSON.stringify(`${t.testdir()}/copy`)} + round);
      db.transaction(() => db.exec('INSERT INTO t VALUES (1)'))();
      other.close();
      // Collected on the way through the event loop, where no script runs.
      await new Promise((r) => setImmediate(r));
      const garbage = [];
      for (let i = 0; i < 1e5; i++) garbage.push({ i });
    }
    console.log('alive');`;
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const out = execFileSync(process.execPath, [asTypeScript, '--input-type=module', '-e', script], {
    cwd,
    encoding: 'utf8',
  });
  t.match(out, /alive/);
});
