/** A file that cannot be used is kept under another name, and never deleted. */
import { existsSync, renameSync } from 'node:fs';

/** Gives the file, with its journal, another name in its folder; gives that name. The file must be closed. */
export function setAside(file: string, now = new Date()): string {
  const aside = `${file}.damaged-${now.toISOString().replaceAll(':', '')}`;
  for (const part of ['', '-wal', '-shm'])
    if (existsSync(`${file}${part}`)) renameSync(`${file}${part}`, `${aside}${part}`);
  return aside;
}
