/**
 * An operator's word, given while no process runs, that the machine's clock is right: a file in the data
 * directory, good for one start.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../log/sqlite/lock.js';
import { viewFile } from './node/view-file.js';

const fileIn = (dataDir: string): string => join(dataDir, 'clock-accepted.json');

/**
 * Writes that the clock was right at an instant. Throws where a process runs on the directory: that one must
 * be asked.
 */
export function acceptForStart(dataDir: string, at: string): void {
  mkdirSync(dataDir, { recursive: true });
  const lock = takeLock(
    `${viewFile(dataDir)}.lock`,
    `a service runs on ${dataDir}. Give its operator’s address: ` +
      'total-place clock accept --service http(s)://host:port',
  );
  try {
    writeFileSync(fileIn(dataDir), JSON.stringify({ at }), { mode: 0o600 });
  } finally {
    lock.close();
  }
}

/** The instant at which the clock was accepted for this start, if it was; it is taken once. */
export function takeAcceptance(dataDir: string): string | undefined {
  try {
    const { at } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as { at?: unknown };
    return typeof at === 'string' && Number.isFinite(Date.parse(at)) ? at : undefined;
  } catch {
    // None was given, or none that can be read.
    return undefined;
  } finally {
    rmSync(fileIn(dataDir), { force: true });
  }
}
