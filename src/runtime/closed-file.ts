/** A file that holds a secret: whose it is to read, the machine says. */
import { readFileSync, statSync } from 'node:fs';

/** That others may read, or a group write: a mounted secret is often its group's to read. */
const byOthers = 0o027;

/** The text of a file; throws, beginning with what names it, where it is none or is open to others. */
export function readClosed(file: string, named: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new Error(`${named} must be a file: ${file}`);
  // There are no such bits elsewhere.
  if (process.platform !== 'win32' && (stat.mode & byOthers) > 0) {
    const mode = (stat.mode & 0o777).toString(8);
    throw new Error(`${named} must be closed to others (chmod o-rwx,g-w; it is ${mode}): ${file}`);
  }
  return readFileSync(file, 'utf8');
}
