/** E12: what a return was signed for turns red before it is submitted (domain.md 9.24). */
import { join } from 'node:path';
import { test } from 'tap';
import { Reactors } from '../../src/commands/reactors/runner.js';
import { SqliteLog } from '../../src/log/sqlite-log.js';
import { openEngine, reactorsOf } from '../../src/service.js';
import { reference } from '../domain/spec.js';
import { promised } from './reactors/scenes/commitments.js';
import { id, ofReturn, sent } from './reactors/scenes/submissions.js';
import type { Node } from './reactors/proof.js';
import { executorOn, give, holder, must, officer, secretariat, TestClock } from './world.js';

const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const report = { period: '2009-09', progress: 40, rag: green, narrative: 'As it is', nextStep: 'More' };
const red = { ...report, rag: { ...green, risk: 'red' }, cause: 'procurement', recovery: 'Let again', recoveryOn: '2009-10-01', correctionReason: 'The contract fell' };

test('E12: a green report leaves a signature alone; one that turns red voids it, until it is signed again', async (t) => {
  const log = new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' });
  const clock = new TestClock();
  const engine = openEngine(log, reference);
  await engine.catchUp();
  const executor = executorOn(log, clock);
  const w: Node = {
    log,
    engine,
    executor,
    clock,
    must: (as, aggregate, record, command, data = {}, extra = {}) => must(executor, as, aggregate, record, command, data, extra),
    on: (day) => void (clock.ms = Date.parse(`${day}T08:00:00Z`)),
  };
  await sent(w, promised, [{ aggregate: 'commitment', id: 'one' }]);
  const sign = () => w.must(officer('council'), 'submission', id, 'SignOff', { statementHash: 'a'.repeat(64) });
  const submit = async () => give(executor, secretariat, 'submission', id, 'Submit', {}, { expectedVersion: (await log.read(`submission-${id}`)).length });
  await sign();
  await w.must(holder('council'), 'commitment', 'one', 'Report', report);
  await w.must(holder('council'), 'commitment', 'one', 'Report', red, { expectedVersion: (await log.read('commitment-one')).length });
  // Refused at once, whether or not the reactor has already said so.
  t.match(await submit(), { kind: 'refused', status: 422, refusal: { code: 'SIGN_OFF_VOID', detail: /commitment one \(progress reported\)/ } });
  const reactors = new Reactors(log, executor, reactorsOf(executor, engine), { get: () => 0, set: () => {} });
  reactors.start();
  await reactors.idle();
  t.match((await executor.load('submission', id)).state, { status: 'ready' }, 'the reactor has voided it');

  await ofReturn(w, 'SendForSignOff', { included: [{ aggregate: 'commitment', id: 'one' }] });
  await sign();
  await w.must(
    holder('council'),
    'commitment',
    'one',
    'Report',
    { ...red, progress: 45, correctionReason: 'Two cases more' },
    { expectedVersion: (await log.read('commitment-one')).length },
  );
  t.match(await submit(), { kind: 'done', events: ['FindingsSubmitted'] }, 'red as it was signed for: submitted');
  await reactors.idle();
  t.equal((await executor.load('commitment', 'one')).access.tier, 'programme', 'and open to the programme');
  await reactors.stop();
  await log.close();
});
