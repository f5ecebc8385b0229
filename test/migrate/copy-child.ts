/** Copies until it is killed, telling its parent of every step. */
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import type { EventLog } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { copyLog } from '../../src/migrate/copy.js';

const [from, to, progressFile] = process.argv.slice(2) as [string, string, string];
const open = async (address: string, readOnly: boolean): Promise<EventLog> =>
  address.startsWith('esdb')
    ? openEventStoreLog(address, { clock: 'simulated', create: true })
    : new SqliteLog(address, { clock: 'simulated', readOnly });
const [source, target] = [await open(from, true), await open(to, false)];
const done = await copyLog({ source, target, progressFile, onProgress: (n) => process.send!(n) });
process.send!({ done: done.copied });
await target.close();
await source.close();
process.disconnect();
