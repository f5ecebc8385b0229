/**
 * The device under the log fails: what is not known is said to be not known, nothing acknowledged is lost,
 * and it comes back by itself.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import Database from '../../src/log/sqlite/driver.js';
import { asTypeScript } from '../as-typescript.js';

interface Answer {
  readonly version?: number;
  readonly error?: string;
  readonly actual?: number;
  readonly cause?: string;
  readonly versions: number[];
  readonly status: { readonly state: string; readonly lastError?: string };
  readonly told: string[];
}
const here = (name: string): string => fileURLToPath(new URL(`./disk/${name}`, import.meta.url));

/**
 * A log in a process whose disk fails as `fail` says, until `mend`. Undefined where there is no C compiler,
 * or no Linux.
 */
async function open(t: Test) {
  const dir = t.testdir();
  const library = join(dir, 'failing.so');
  const compiled =
    process.platform === 'linux' &&
    spawnSync('cc', ['-shared', '-fPIC', '-o', library, here('failing.c'), '-ldl'], { encoding: 'utf8' });
  if (!compiled || compiled.status !== 0)
    return void t.pass('a disk that fails', { skip: 'no C compiler makes one here' });
  const flag = join(dir, 'fails');
  const child = fork(here('child.ts'), [join(dir, 'total-place.db')], {
    execArgv: [asTypeScript],
    env: { ...process.env, LD_PRELOAD: library, FAILING: flag },
  });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const ask = async (m: { append?: number; text?: string } = {}): Promise<Answer> => {
    child.send(m);
    const [answer] = (await once(child, 'message')) as [Answer];
    return answer;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return {
    ask,
    kill,
    fail: (what: string) => writeFileSync(flag, what),
    mend: () => rmSync(flag),
    file: join(dir, 'total-place.db'),
  };
}
/** Until nobody's append, but the log's own attempt, found the disk mended. */
async function ready(ask: (m?: object) => Promise<Answer>): Promise<void> {
  while ((await ask()).status.state !== 'ready') await new Promise((r) => setTimeout(r, 100));
}

for (const [what, cause] of [
  ['sync', /SQLITE_IOERR/],
  ['write', /SQLITE_IOERR/],
] as const)
  test(`a ${what} that fails at a commit: nobody is told that nothing was recorded, and nothing is written before the log was read anew`, async (t) => {
    const disk = await open(t);
    if (!disk) return;
    const { ask, fail, mend } = disk;
    t.match(await ask({ append: 0 }), { version: 1 });
    fail(what);
    t.match(await ask({ append: 1 }), { error: 'OutcomeUnknown', cause });
    t.match(await ask(), {
      status: { state: 'not-writable', lastError: String },
      told: [/^The log cannot be written: .*Commands are answered 503/],
    });
    for (let n = 0; n < 3; n++)
      t.match(await ask({ append: 1 }), { error: /^(Unavailable|OutcomeUnknown)$/ }, 'as long as it lasts');
    t.same((await ask()).told, [], 'and is told once a minute');
    mend();
    // The same command again finds out: it is there, or is recorded now.
    const again = await ask({ append: 1 });
    if (again.version === undefined) t.match(again, { error: 'Conflict', actual: 2 });
    else t.equal(again.version, 2);
    t.match(await ask(), {
      versions: [1, 2],
      status: { state: 'ready' },
      told: [/^The log can be written again, after \d+ seconds/],
    });
    t.match(await ask({ append: 2 }), { version: 3 });
  });

test('a disk that is full, or read-only: nothing is recorded, and the log finds by itself that it can be written again', async (t) => {
  for (const what of ['full', 'read-only']) {
    const disk = await open(t);
    if (!disk) return;
    const { ask, fail, mend } = disk;
    t.match(await ask({ append: 0 }), { version: 1 });
    fail(what);
    t.match(
      await ask({ append: 1, text: 'y'.repeat(20_000) }),
      { error: /^(Unavailable|OutcomeUnknown)$/ },
      what,
    );
    t.match(await ask(), { status: { state: 'not-writable' }, told: [/cannot be written/], versions: [1] });
    mend();
    await ready(ask);
    t.match(await ask({ append: 1 }), { version: 2 });
  }
});

test('what was acknowledged before the disk failed is there after the process was killed with the disk still failing', async (t) => {
  const disk = await open(t);
  if (!disk) return;
  const { ask, fail, kill } = disk;
  for (let n = 0; n < 20; n++) t.match(await ask({ append: n }), { version: n + 1 });
  fail('sync');
  t.match(await ask({ append: 20 }), { error: 'OutcomeUnknown' });
  await kill();
  const db = new Database(disk.file, { readonly: true });
  t.ok(db.prepare<[], number>('SELECT count(*) FROM events').pluck().get()! >= 21);
  db.close();
});

test('a sync that fails beside a process that reads an old moment: the log is written again without waiting for that one', async (t) => {
  const disk = await open(t);
  if (!disk) return;
  const { ask, fail, mend } = disk;
  t.match(await ask({ append: 0 }), { version: 1 });
  const reader = new Database(disk.file, { readonly: true });
  t.teardown(() => reader.close());
  reader.exec('BEGIN');
  const seen = reader.prepare<[], number>('SELECT count(*) FROM events').pluck();
  const before = seen.get();
  t.match(await ask({ append: 1 }), { version: 2 });
  fail('sync');
  t.match(await ask({ append: 2 }), { error: 'OutcomeUnknown' });
  mend();
  const again = await ask({ append: 2 });
  if (again.version === undefined) t.match(again, { error: 'Conflict', actual: 3 });
  else t.equal(again.version, 3);
  t.match(await ask(), { versions: [1, 2, 3], status: { state: 'ready' } });
  t.equal(seen.get(), before, 'the reader still reads its own moment');
});
