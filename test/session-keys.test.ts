/** The secrets by which it is known who is signed in: made where one process serves, else shared and closed. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { sessionSecrets } from '../src/runtime/session-keys.js';

const random = (): string => randomBytes(32).toString('hex');

test('one process makes its own, closed to others, and keeps it', async (t) => {
  const dataDir = join(t.testdir(), 'data');
  const made = sessionSecrets({ dataDir, shared: false });
  const file = join(dataDir, 'session-keys');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(readFileSync(file, 'utf8'), `${made[0].toString('hex')}\n`);
  t.same(sessionSecrets({ dataDir, shared: false }), made, 'after a start the same');
  chmodSync(file, 0o644);
  t.throws(
    () => sessionSecrets({ dataDir, shared: false }),
    /DATA_DIR\/session-keys must be closed to others/,
  );
});

test('nodes that share a log share their keys', async (t) => {
  const dataDir = t.testdir();
  t.throws(() => sessionSecrets({ dataDir, shared: true }), /SESSION_KEYS_FILE must name a file .* share/);
  const file = join(dataDir, 'keys');
  const given = (text: string, mode = 0o600): (() => unknown) => {
    writeFileSync(file, text);
    chmodSync(file, mode);
    return () => sessionSecrets({ file, dataDir, shared: true }).map((secret) => secret.toString('hex'));
  };
  const [one, two] = [random(), random()];
  t.same(given(`${one}\n`)(), [one]);
  t.same(given(`${one}\n${two}\n\n`)(), [one, two], 'two while they are changed, the newest first');
  t.same(given(one, 0o440)(), [one], 'a mounted secret is its group’s to read');
  t.throws(given(one, 0o604), /must be closed to others .* it is 604/);
  t.throws(given(one, 0o660), /must be closed to others/);
  for (const [what, text] of [
    ['empty', ''],
    ['three', [one, two, random()].join('\n')],
    ['short', one.slice(1)],
    ['a word', 'secret'],
    ['one that can be guessed', '0123456789abcdef'.repeat(4)],
    ['one of two', `${one}\nsecret`],
  ] as const)
    t.throws(given(text), { message: /^(?!.*secret\n).*must hold a secret of 64 hexadecimal digits/ }, what);
  t.throws(() => sessionSecrets({ file: `${file}-none`, dataDir, shared: true }), /must be a file: /);
});
