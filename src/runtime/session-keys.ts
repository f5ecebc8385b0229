/**
 * The secrets by which the service knows who is signed in: in a file that all nodes of a log share, or made
 * in DATA_DIR, where one process alone serves the log.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClosed } from './closed-file.js';
import { bitsOf } from './secret.js';

/** The newest, and the one that it replaces. */
const most = 2;
const secretForm = /^[0-9a-f]{64}$/;
const secretBytes = 32;
/** A random secret of that length has more than three times as many. */
const fewestBits = 64;
const how = 'openssl rand -hex 32 makes one';

export type SessionSecrets = readonly [Buffer, ...Buffer[]];

/**
 * `file`: as the setting names it, which is SESSION_KEYS_FILE where nothing else is said; `shared`: several
 * nodes may serve the log. Throws with what would be right.
 */
export function sessionSecrets(given: {
  readonly file?: string | undefined;
  readonly setting?: string;
  readonly dataDir: string;
  readonly shared: boolean;
}): SessionSecrets {
  const { setting = 'SESSION_KEYS_FILE' } = given;
  if (given.file !== undefined) return read(given.file, setting);
  if (given.shared)
    throw new Error(
      `${setting} must name a file with a secret that all nodes of this log share: without it a ` +
        `browser would be signed in on one node alone (${how})`,
    );
  const file = join(given.dataDir, 'session-keys');
  if (!existsSync(file)) {
    mkdirSync(given.dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${randomBytes(secretBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return read(file, 'DATA_DIR/session-keys');
}

function read(file: string, named: string): SessionSecrets {
  const lines = readClosed(file, named)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const [first, ...rest] = lines
    .filter((line) => secretForm.test(line) && bitsOf(line) >= fewestBits)
    .map((line) => Buffer.from(line, 'hex'));
  if (!first || rest.length + 1 !== lines.length || lines.length > most)
    throw new Error(
      `${named} must hold a secret of 64 hexadecimal digits that cannot be guessed, and under it, while it ` +
        `is changed, the one before (${how}): ${file}`,
    );
  return [first, ...rest];
}
