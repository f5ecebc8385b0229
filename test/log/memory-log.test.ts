import { test } from 'tap';
import { MemoryLog } from '../../src/log/memory-log.js';
import { conformance } from './conformance.js';

test('the memory log', async (t) => conformance(t, async () => new MemoryLog()));

test('the memory log with gaps between positions', async (t) =>
  conformance(t, async () => new MemoryLog('simulated', { gaps: true })));
