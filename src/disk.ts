/** What a service keeps on its disk, for who watches it. */
import { statSync } from 'node:fs';
import { logFile } from './embedded.js';
import { lastBackup, type LastBackup } from './last-backup.js';
import { viewFile } from './node/view-file.js';

export interface Disk {
  /** Bytes by name: `log` and `views`, and what waits in their journals (`log-wal`, `views-wal`); what is not there has none. */
  readonly files: Readonly<Record<string, number>>;
  readonly lastBackup: LastBackup | undefined;
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
