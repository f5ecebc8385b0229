/** When the embedded log was last backed up, and how large the copy is: a file in the data directory, for who watches the service. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LastBackup {
  /** The instant at which the copy was whole. */
  readonly at: string;
  readonly bytes: number;
}

const fileIn = (dataDir: string): string => join(dataDir, 'last-backup.json');

/** To be called once a backup is whole. False where it could not be noted: a folder that cannot be written to is backed up all the same. */
export function noteBackup(dataDir: string, { at, bytes }: LastBackup): boolean {
  const file = fileIn(dataDir);
  try {
    writeFileSync(`${file}.new`, JSON.stringify({ at, bytes }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return true;
  } catch {
    return false;
  }
}

/** The last backup that was noted; undefined where none was, or the note cannot be read. */
export function lastBackup(dataDir: string): LastBackup | undefined {
  try {
    const { at, bytes } = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as Partial<LastBackup>;
    return typeof at === 'string' && Number.isFinite(Date.parse(at)) && typeof bytes === 'number' ? { at, bytes } : undefined;
  } catch {
    return undefined;
  }
}
