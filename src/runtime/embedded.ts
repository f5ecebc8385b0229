/** The service on the embedded log: the log is one file of this machine, its views another beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Notice, type LogIdentity } from '../log/event-log.js';
import { likeBackups } from '../log/sqlite/backup.js';
import { SqliteLog } from '../log/sqlite/sqlite-log.js';
import { openNode, type NodeOptions, type NodeService } from './node/node.js';
import { viewFile } from './node/view-file.js';

export type EmbeddedService = NodeService & { readonly log: SqliteLog };

export interface EmbeddedOptions extends Omit<NodeOptions, 'log'> {
  readonly clockKind: LogIdentity['clock'];
}

export const logFile = (dataDir: string): string => join(dataDir, 'total-place.db');

/**
 * Opens the embedded log and what stands on it. Views that are not live, or do not fit the log, are built in
 * the background (`built`).
 */
export function openService({ clockKind, ...options }: EmbeddedOptions): EmbeddedService {
  // A record of its own would begin where another's views lie: a wrong mount, or a file that was moved away.
  if (!existsSync(logFile(options.dataDir)) && existsSync(viewFile(options.dataDir)))
    throw new Error(
      `There is no log at ${logFile(options.dataDir)}, and views of one lie beside where it was. Put it ` +
        'back, or total-place restore a backup; to begin a new record here, move ' +
        `${viewFile(options.dataDir)} away.`,
    );
  const log = new SqliteLog(logFile(options.dataDir), {
    clock: clockKind,
    ...(options.onError ? { onError: options.onError } : {}),
  });
  const others = log.newest === 1 ? likeBackups(options.dataDir) : [];
  if (others.length > 0)
    options.onError?.(
      new Notice(
        `The log in ${options.dataDir} is new and empty, and beside it lie ${others.join(', ')}. If one ` +
          'of them is its backup: stop the service, and total-place restore it.',
      ),
    );
  try {
    return openNode({ log, ...options }, log) as EmbeddedService;
  } catch (error) {
    void log.close();
    throw error;
  }
}
