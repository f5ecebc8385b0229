/** The logs on which execution is tested; the memory log is the model. */
import { join } from 'node:path';
import type { Test } from 'tap';
import type { EventLog } from '../src/log/event-log.js';
import { MemoryLog } from '../src/log/memory-log.js';
import { SqliteLog } from '../src/log/sqlite-log.js';

export const logs: readonly { readonly name: string; open(t: Test): EventLog | Promise<EventLog> }[] = [
  { name: 'memory', open: () => new MemoryLog() },
  { name: 'sqlite', open: (t) => new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' }) },
];
