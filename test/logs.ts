/** The logs on which execution is tested; the memory log is the model. */
import { join } from 'node:path';
import type { Test } from 'tap';
import type { EventLog } from '../src/log/event-log.js';
import { openEventStoreLog } from '../src/log/eventstore/eventstore-log.js';
import { MemoryLog } from '../src/log/memory-log.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { StandIn } from './eventstore/stand-in/index.js';

export const logs: readonly { readonly name: string; open(t: Test): EventLog | Promise<EventLog> }[] = [
  { name: 'memory', open: () => new MemoryLog() },
  {
    name: 'stand-in',
    async open(t) {
      const server = await StandIn.start();
      const log = await openEventStoreLog(await server.url({ namespace: 'test' }), {
        clock: 'simulated',
        create: true,
      });
      t.teardown(async () => {
        await log.close();
        await server.close();
      });
      return log;
    },
  },
  { name: 'sqlite', open: (t) => new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' }) },
];
