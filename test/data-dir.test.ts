/** A data directory that others may write, or replace, is nobody's record: `serve` refuses it. */
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { refuseShared } from '../src/runtime/data-dir.js';

/**
 * A folder of one's own, in the machine's folder for such: everybody may write there, and nobody what is
 * another's.
 */
function folder(t: Test): string {
  const dir = mkdtempSync(join(tmpdir(), 'data-dir-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  return dir;
}

test('who may write a data directory', (t) => {
  const above = folder(t);
  const dir = join(above, 'data');
  t.doesNotThrow(() => refuseShared(dir), 'one that is not there yet is made for its user');
  mkdirSync(dir, { mode: 0o700 });
  const file = join(dir, 'total-place.db');
  writeFileSync(file, '', { mode: 0o600 });
  t.doesNotThrow(() => refuseShared(dir));
  for (const [path, mode, who] of [
    [dir, 0o720, /its group/],
    [dir, 0o702, /everybody/],
    [file, 0o660, /its group/],
  ] as const) {
    chmodSync(path, mode);
    t.throws(() => refuseShared(dir), who);
    chmodSync(path, 0o700);
  }
  chmodSync(above, 0o777);
  t.throws(() => refuseShared(dir), /nobody else may replace: .* may be written by others \(mode 777\)/);
  t.throws(() => refuseShared(join(above, 'none-yet')), /nobody else may replace/);
  chmodSync(above, 0o1777);
  t.doesNotThrow(() => refuseShared(dir), 'where each may remove only what is their own');
  t.end();
});

test(
  'whose a data directory is',
  { skip: process.getuid?.() === 0 ? false : 'only root gives a folder to another user' },
  (t) => {
    const dir = folder(t);
    chownSync(dir, 65534, 65534);
    t.throws(() => refuseShared(dir), /own user: .* is the user 65534’s/);
    t.end();
  },
);
