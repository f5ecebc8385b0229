import { test } from 'tap';
import { chaos } from './chaos.js';

test('two nodes over HTTP in chaos, seed 3, one server', { timeout: 290_000 }, (t) =>
  chaos(t, { seed: 3, servers: 1, commands: 1_200 }),
);
