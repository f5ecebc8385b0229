/** What a service keeps on its disk, for who watches it. */
import { readFileSync, statSync } from 'node:fs';
import { logFile } from './embedded.js';
import { backupMark, type BackupMark } from '../log/sqlite/backup.js';
import { readsFile } from '../reads/reads-log.js';
import { viewFile } from './node/view-file.js';

const mebibyte = 1_048_576;
/** Milliseconds between two looks at the journals. */
const lookEveryMs = 60_000;

export interface Disk {
  /**
   * Bytes by name: `log`, `views` and `reads`, and what waits in their journals (`log-wal` and so on); what
   * is not there has none.
   */
  readonly files: Readonly<Record<string, number>>;
  readonly lastBackup: Pick<BackupMark, 'at' | 'bytes'> | undefined;
}

/** The last backup; undefined where none was made, or its mark cannot be read. */
function lastBackup(dataDir: string): Disk['lastBackup'] {
  try {
    const { at, bytes } = JSON.parse(readFileSync(backupMark(dataDir), 'utf8')) as Partial<BackupMark>;
    return typeof at === 'string' && Number.isFinite(Date.parse(at)) && typeof bytes === 'number'
      ? { at, bytes }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at the files of a data directory. */
export function diskOf(dataDir: string): Disk {
  const named = { log: logFile(dataDir), views: viewFile(dataDir), reads: readsFile(dataDir) };
  const files = Object.entries(named).flatMap(([name, file]) =>
    ['', '-wal'].flatMap((end) => {
      const stat = statSync(`${file}${end}`, { throwIfNoEntry: false });
      return stat ? [[`${name}${end}`, stat.size] as const] : [];
    }),
  );
  return { files: Object.fromEntries(files), lastBackup: lastBackup(dataDir) };
}

/**
 * Looks at the journals of a data directory. One is brought into its file and begun anew at some 16 MiB,
 * unless another process reads an old moment of the file: then it grows until that ends, whatever the service
 * does. That it is told once, and once that it is over.
 */
export class Journals {
  readonly #large = new Set<string>();
  constructor(
    readonly dataDir: string,
    readonly tell: (text: string) => void,
    /** Bytes above which a journal is told of. */
    readonly most = 256 * mebibyte,
  ) {}

  look(): void {
    const { files } = diskOf(this.dataDir);
    for (const [name, file] of [
      ['log', logFile(this.dataDir)],
      ['views', viewFile(this.dataDir)],
      ['reads', readsFile(this.dataDir)],
    ] as const) {
      const bytes = files[`${name}-wal`] ?? 0;
      const size = `${file}-wal is ${Math.ceil(bytes / mebibyte)} MiB`;
      if (bytes > this.most === this.#large.has(name)) continue;
      if (this.#large.delete(name)) this.tell(`${size} again.`);
      else {
        this.#large.add(name);
        this.tell(
          `${size} and grows, because another process has long been reading ` +
            `${file} in one transaction. Find it (fuser -v ${file}) and end ` +
            'it: the room is given back as soon as the service writes on.',
        );
      }
    }
  }

  /** Looks now and then, as long as anything else keeps the process alive. */
  watch(): void {
    setInterval(() => this.look(), lookEveryMs).unref();
  }
}
