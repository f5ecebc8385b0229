/** Opens what LOG_URL names: the embedded log in DATA_DIR, or a node on EventStoreDB. */
import { existsSync } from 'node:fs';
import Database from '../log/sqlite/driver.js';
import type { Clock } from '../commands/executor.js';
import type { Reference } from '../domain/shared/reference.js';
import { OtherLog, type EventLog, type LogIdentity } from '../log/event-log.js';
import { isEventStoreUrl } from '../log/eventstore/url.js';
import { openService, type EmbeddedService } from './embedded.js';
import { openNode, type NodeService } from './node/node.js';
import { viewFile } from './node/view-file.js';

export interface OpenOptions {
  readonly logUrl: string;
  readonly dataDir: string;
  readonly clockKind: LogIdentity['clock'];
  readonly clock: Clock;
  readonly ref: Reference;
  readonly onError?: (error: unknown) => void;
  readonly readsKeptDays?: number;
}

export async function openAny({ logUrl, ...options }: OpenOptions): Promise<EmbeddedService | NodeService> {
  if (!isEventStoreUrl(logUrl)) return openService(options);
  const log = await openSharedLog(logUrl, options);
  try {
    return openNode({ log, ...options });
  } catch (error) {
    await log.close();
    throw error;
  }
}

/**
 * The log on EventStoreDB. A node that has a view file knows which log it must be, so it starts while the log
 * is away. The client is loaded only where it is used: it is large.
 */
export async function openSharedLog(
  url: string,
  {
    dataDir,
    clockKind,
    create = false,
  }: { readonly dataDir: string; readonly clockKind: LogIdentity['clock']; readonly create?: boolean },
): Promise<EventLog> {
  const { openEventStoreLog } = await import('../log/eventstore/eventstore-log.js');
  const logId = knownLog(viewFile(dataDir));
  return openEventStoreLog(url, {
    clock: clockKind,
    create,
    ...(logId ? { identity: { logId, clock: clockKind } } : {}),
  });
}

/**
 * The log that an esdb address names, whatever its clock: for looking at it. Throws when it is away, or there
 * is none.
 */
export async function openForReading(url: string): Promise<EventLog> {
  const { openEventStoreLog } = await import('../log/eventstore/eventstore-log.js');
  try {
    return await openEventStoreLog(url, { clock: 'machine' });
  } catch (error) {
    if (!(error instanceof OtherLog && /simulated/.test(error.message))) throw error;
    return openEventStoreLog(url, { clock: 'simulated' });
  }
}

/** The log a view file was made from; undefined where there is no file yet. */
function knownLog(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare<[], string>('SELECT log FROM cursor').pluck().get();
  } catch {
    return undefined;
  } finally {
    db.close();
  }
}
