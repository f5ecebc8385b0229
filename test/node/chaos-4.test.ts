import { test } from 'tap';
import { chaos } from './chaos.js';

test('two nodes over HTTP in chaos, seed 4, three servers', { timeout: 290_000 }, (t) =>
  chaos(t, { seed: 4, servers: 3, commands: 1_200 }),
);
