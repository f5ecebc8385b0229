/**
 * Each reactor does its work once: replayed, killed in between, two at once
 * (docs/rules/shared.md#steps-of-the-system).
 */
import { test } from 'tap';
import type { Executor } from '../../src/commands/executor.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { reactorsOf } from '../../src/runtime/service.js';
import { executorOn } from '../commands/world.js';
import { prove } from './proof.js';
import { scenes } from './scenes/index.js';

for (const scene of scenes) test(`${scene.reactor}: ${scene.title}`, (t) => prove(t, scene));

test('every reactor of the service has a scene, and one in which a step is refused', async (t) => {
  const executor: Executor = executorOn(new MemoryLog());
  const names = reactorsOf(executor, { queries: () => ({}) } as never).map((r) => r.name);
  t.strictSame(
    [...names, 'clock', 'decision-closer'].filter((name) => !scenes.some((s) => s.reactor === name)),
    [],
    'each has a scene',
  );
  t.strictSame(
    names.filter((name) => !scenes.some((s) => s.reactor === name && s.meanwhile)),
    [],
    'each has a scene in which its step comes too late',
  );
});
