/** What a service keeps on its disk, for who watches it. */
import { readFileSync, statSync } from 'node:fs';
import { logFile } from './embedded.js';
import { backupMark, type BackupMark } from './log/sqlite/backup.js';
import { viewFile } from './node/view-file.js';

export interface Disk {
  /** Bytes by name: `log` and `views`, and what waits in their journals (`log-wal`, `views-wal`); what is not there has none. */
  readonly files: Readonly<Record<string, number>>;
  readonly lastBackup: Pick<BackupMark, 'at' | 'bytes'> | undefined;
}

/** The last backup; undefined where none was made, or its mark cannot be read. */
function lastBackup(dataDir: string): Disk['lastBackup'] {
  try {
    const { at, bytes } = JSON.parse(readFileSync(backupMark(dataDir), 'utf8')) as Partial<BackupMark>;
    return typeof at === 'string' && Number.isFinite(Date.parse(at)) && typeof bytes === 'number' ? { at, bytes } : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at the files of a data directory. */
export function diskOf(dataDir: string): Disk {
  const named = { log: logFile(dataDir), views: viewFile(dataDir) };
  const files = Object.entries(named).flatMap(([name, file]) =>
    ['', '-wal'].flatMap((end) => {
      const stat = statSync(`${file}${end}`, { throwIfNoEntry: false });
      return stat ? [[`${name}${end}`, stat.size] as const] : [];
    }),
  );
  return { files: Object.fromEntries(files), lastBackup: lastBackup(dataDir) };
}
