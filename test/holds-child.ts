/**
 * Tests of which every property is broken: `test/holds.test.ts` runs them and looks at what is told. A record
 * breaks what is looked at in every spec, a view what is looked at of every view.
 */
import { test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../src/domain/kernel/aggregate.js';
import type { Aggregate, Decision } from '../src/domain/kernel/types.js';
import { Id, Pence } from '../src/domain/shared/values.js';
import { SqliteLog } from '../src/log/sqlite/sqlite-log.js';
import { view } from '../src/projections/engine/view.js';
import { executorOn, world } from './commands/world.js';
import { coverage, spec } from './domain/spec.js';
import { everyCase, Property } from './holds.js';
import { viewSpec } from './projections/view-spec.js';

test('a helper', async (t) => {
  everyCase(t, 'small numbers are even', (look) => {
    for (const n of [2, 3, 4]) look(`number ${n}`, n % 2, 0);
  });
  await everyCase(t, 'what is waited for counts too', async (look) => look('late', await 1, 2));
  everyCase(t, 'nothing is looked at', () => {});
  const small = new Property('numbers are small');
  for (let n = 0; n < 30; n++) small.holds(t, `number ${n}`, n < 5, n);
  small.settle(t);
  small.holds(t, 'zero', true);
  small.settle(t);
});

test('a record', async (t) => {
  let decided = 0;
  const known: Record<string, object> = {};
  const { event } = kit<object>();
  const facts = { title: 'Break', givenBy: ['system' as const], refuses: {}, example: {} };
  const decide = (decision: (data: any) => unknown) => (_: object, data: object) =>
    decision(data) as Decision;
  const broken = aggregate<object>()({
    name: 'waiver',
    collection: 'waivers',
    machinery: true,
    initial: () => ({}),
    title: () => 'Broken',
    events: {
      Kept: event(z.strictObject({ at: z.any() }), { evolve() {}, describe: () => 'kept' }),
      Silent: event(z.strictObject({}), { evolve() {}, describe: () => '' }),
    },
    commands: {
      Waver: {
        ...facts,
        data: z.strictObject({}),
        decide: decide(() => [{ type: 'Kept', data: { at: decided++ } }]),
      },
      LookUp: {
        ...facts,
        data: z.strictObject({ id: Id }),
        decide: decide(({ id }) => (known[id] ? [{ type: 'Silent', data: {} }] : [])),
      },
      Spend: {
        ...facts,
        data: z.strictObject({ pence: Pence }),
        decide: decide(() => [{ type: 'Silent', data: {} }]),
      },
      Refuse: {
        ...facts,
        data: z.strictObject({}),
        decide: decide(() => ({ refused: true, code: 'NEVER_DECLARED', detail: 'No.' })),
      },
      Keep: {
        ...facts,
        data: z.strictObject({}),
        decide: decide(() => [{ type: 'Kept', data: { at: new Date(0) } }]),
      },
      Forgotten: { ...facts, data: z.strictObject({}), refuses: { ODD: 'rule' }, decide: () => [] },
    },
  }) as unknown as Aggregate;
  const given = () => spec(t, broken).as('system');
  given().whenAny('Waver').thenAny({ type: 'Kept' });
  given().whenAny('LookUp', { id: 'a' }).nothing();
  given().whenAny('Spend', { pence: 1 }).thenAny({ type: 'Silent' });
  given().whenAny('Refuse').refuses('NEVER_DECLARED');
  given().whenAny('Keep').thenAny({ type: 'Kept' });
  given().whenAny('Spend', { pence: 1 }).thenAny({ type: 'Silent' }, { type: 'Silent' });
  coverage(t, broken);
});

test('a view', async (t) => {
  const log = new SqliteLog(`${t.testdir()}/log.db`, { clock: 'simulated' });
  await world(log, executorOn(log));
  // How many batches there were is told by no event.
  const batches = view({
    name: 'batches',
    version: 1,
    tables: { batch: 'CREATE TABLE {batch} (n INTEGER)', unused: 'CREATE TABLE {unused} (n INTEGER)' },
    handlers: (db, tables) => ({
      flush: () => void db.prepare(`INSERT INTO ${tables.batch} VALUES (1)`).run(),
    }),
    queries: () => ({}),
  });
  viewSpec(t, batches, [{ title: 'a world', events: log.readAll(0, 1000) }]);
  await log.close();
});
