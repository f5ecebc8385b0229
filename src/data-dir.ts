/** The data directory holds the record: whoever may write there writes it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const byOthers = 0o022;

/** Throws where others than its user may write a data directory, or anything in it; one that is not there yet is made for its user alone. */
export function refuseShared(dataDir: string): void {
  // There are no such bits elsewhere.
  if (process.platform === 'win32' || !existsSync(dataDir)) return;
  for (const path of [dataDir, ...readdirSync(dataDir).map((name) => join(dataDir, name))]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & byOthers) === 0) continue;
    const who = [...((mode & 0o020) > 0 ? ['its group'] : []), ...((mode & 0o002) > 0 ? ['everybody'] : [])].join(' and ');
    throw new Error(`DATA_DIR must be a folder that nobody else may write: ${path} may be written by ${who} (mode ${(mode & 0o7777).toString(8)}). Mend it: chmod -R go-w ${dataDir}`);
  }
}
