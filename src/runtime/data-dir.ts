/** The data directory holds the record: whoever may write there writes it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const byOthers = 0o022;
const sticky = 0o1000;

/**
 * Throws where others than its user (and root) may write a data directory, or anything in it, or put another
 * in its place. One that is not there yet is made for its user alone.
 */
export function refuseShared(dataDir: string): void {
  // There are no such bits elsewhere.
  if (process.platform === 'win32') return;
  for (let above = dirname(resolve(dataDir)); ; above = dirname(above)) {
    const mode = statSync(above, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & byOthers) > 0 && (mode & sticky) === 0)
      throw new Error(
        `DATA_DIR must be a folder that nobody else may replace: ${above}, above ` +
          `it, may be written by others (mode ${(mode & 0o7777).toString(8)}). Give ` +
          `another folder, or mend it: chmod go-w ${above}`,
      );
    if (above === dirname(above)) break;
  }
  if (!existsSync(dataDir)) return;
  const { uid } = statSync(dataDir);
  if (uid !== 0 && uid !== process.getuid?.())
    throw new Error(
      `DATA_DIR must be a folder of this service’s own user: ${dataDir} is the user ${uid}’s. Mend it: ` +
        'chown it to the user that runs the service',
    );
  for (const path of [dataDir, ...readdirSync(dataDir).map((name) => join(dataDir, name))]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    if ((mode & byOthers) === 0) continue;
    const who = [
      ...((mode & 0o020) > 0 ? ['its group'] : []),
      ...((mode & 0o002) > 0 ? ['everybody'] : []),
    ].join(' and ');
    throw new Error(
      `DATA_DIR must be a folder that nobody else may write: ${path} may be written by ${who} (mode ` +
        `${(mode & 0o7777).toString(8)}). Mend it: chmod -R go-w ${dataDir}`,
    );
  }
}
