/** How refusals reach the log: together, each once, whoever else writes and whatever becomes of an append. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { ClockInDoubt, Executor, OutcomeUnknown, TooBusy, Unavailable } from '../../src/commands/executor.js';
import { RefusalRecorder, type RefusalToWrite } from '../../src/commands/refusal-recorder.js';
import { textOf } from '../../src/domain/registry.js';
import { decode, encode, fingerprint } from '../../src/log/codec.js';
import { Conflict, type Appended, type StoredEvent } from '../../src/log/event-log.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { executorOn, give, must, financeOfficer, pledge, TestClock, world } from './world.js';

type Fault = 'away' | 'lost before writing' | 'lost after writing' | 'late' | undefined;
/** A log whose next appends go wrong in the ways that are named, in order. */
class Faulty extends MemoryLog {
  readonly faults: Fault[] = [];
  readonly sizes: number[] = [];
  reads = 0;
  #late: (() => Promise<unknown>) | undefined;
  override async append(stream: string, expected: number, events: readonly StoredEvent[]): Promise<Appended> {
    const fault = this.faults.shift();
    if (fault === 'away') throw new Unavailable('away');
    const write = () => super.append(stream, expected, events);
    if (fault === 'lost after writing') await write();
    // What came too late for its answer lands before the next append.
    if (fault === 'late') this.#late = write;
    if (fault) throw new OutcomeUnknown(fault);
    const late = this.#late;
    this.#late = undefined;
    await late?.();
    this.sizes.push(events.length);
    return write();
  }
  override read(...args: Parameters<MemoryLog['read']>): ReturnType<MemoryLog['read']> {
    this.reads++;
    return super.read(...args);
  }
}

const stream = 'refusal-somebody.20090701';
const refusal = (code: string, more: Partial<RefusalToWrite> = {}): RefusalToWrite => ({
  stream,
  commandId: randomUUID(),
  actor: { account: 'somebody', role: 'public' },
  data: { code, command: 'OpenPool', target: 'pool-x', versionSeen: 0, payload: 'sha256:00' },
  again: false,
  ...more,
});
function open(log = new Faulty()) {
  const clock: TestClock & { doubt?: () => string | undefined } = new TestClock();
  const recorder = new RefusalRecorder({ log, clock });
  const codes = async () => (await log.read(stream)).map((e) => textOf(decode(e), 'code')!);
  return { log, clock, recorder, codes };
}

test('what is refused in one turn is one append, and what comes while it is under way the next', async (t) => {
  for (const log of [new Faulty(), new Faulty('simulated', { gaps: true })]) {
    const { recorder, codes } = open(log);
    const first = ['A', 'B', 'C'].map((code) => recorder.write(refusal(code)));
    await null;
    await null;
    const second = ['D', 'E'].map((code) => recorder.write(refusal(code)));
    const positions = await Promise.all([...first, ...second]);
    t.same(await codes(), ['A', 'B', 'C', 'D', 'E']);
    t.same(log.sizes, [3, 2]);
    const logged = (await log.read(stream)).map((e) => e.position);
    const [, , third, , fifth] = logged;
    t.same(
      positions,
      log.contiguous ? logged : [third, third, third, fifth, fifth],
      'each its own position, or the append’s where the log tells no other',
    );
  }
});

test('a stream is read once, and another account’s waits for nobody', async (t) => {
  const { log, recorder, codes } = open();
  for (const code of ['A', 'B', 'C']) await recorder.write(refusal(code));
  t.equal(log.reads, 1);
  await Promise.all([
    recorder.write(refusal('D')),
    recorder.write(refusal('X', { stream: 'refusal-other.20090701' })),
  ]);
  t.same(log.sizes, [1, 1, 1, 1, 1]);
  t.equal(recorder.streamOf('other'), 'refusal-other.20090701');
  t.same(await codes(), ['A', 'B', 'C', 'D']);
});

test('an event is as it always was: stored bytes, its fingerprint among them, stay', async (t) => {
  const { log, recorder } = open();
  const given = refusal('NOT_ALLOWED', {
    actor: { account: 'somebody', role: 'finance-officer', agency: 'pct' },
  });
  await recorder.write(given);
  const [stored] = await log.read(stream);
  const context = {
    recordedAt: '2009-07-01T09:00:00.000Z',
    actor: given.actor,
    commandId: given.commandId,
    correlation: given.commandId,
    fingerprint: fingerprint({ aggregate: 'refusal', command: 'RecordRefusal', data: given.data }),
  };
  const bare = (body: string): unknown => ({ ...JSON.parse(body), id: '', salt: '' });
  t.strictSame(
    bare(stored!.body),
    bare(encode(stream, 0, [{ type: 'CommandRefused', data: given.data }], context)[0]!.body),
  );
});

test('two nodes that write one stream at once lose nothing and write nothing twice', async (t) => {
  const { log, clock, recorder, codes } = open();
  const other = new RefusalRecorder({ log, clock });
  const given = Array.from({ length: 40 }, (_, n) => `C${n}`);
  for (let n = 0; n < given.length; n += 2)
    await Promise.all([recorder.write(refusal(given[n]!)), other.write(refusal(given[n + 1]!))]);
  t.same((await codes()).sort(), [...given].sort());
  t.ok(recorder.conflicts + other.conflicts > 0, 'they met');
  const instants = (await log.read(stream)).map((e) => decode(e).recordedAt);
  t.same(instants, [...instants].sort());
});

test('a clock behind the stream’s newest event records at that event’s time', async (t) => {
  const { log, clock, recorder } = open();
  await recorder.write(refusal('A'));
  clock.ms -= 5000;
  await recorder.write(refusal('B'));
  await new RefusalRecorder({ log, clock }).write(refusal('C'));
  t.same(
    (await log.read(stream)).map((e) => decode(e).recordedAt),
    Array(3).fill('2009-07-01T09:00:00.000Z'),
  );
});

test('of an append whose answer was lost, what stands is found and what does not is written', async (t) => {
  for (const fault of ['lost before writing', 'lost after writing', 'late'] as const) {
    const { log, recorder, codes } = open();
    await recorder.write(refusal('before'));
    log.faults.push(fault);
    const positions = await Promise.all([recorder.write(refusal('A')), recorder.write(refusal('B'))]);
    t.same(await codes(), ['before', 'A', 'B'], fault);
    t.same(
      positions,
      (await log.read(stream)).slice(1).map((e) => e.position),
      fault,
    );
    t.equal(recorder.conflicts, fault === 'late' ? 2 : 1, fault);
  }
});

test('what fails for good says how, and is found when it is given again', async (t) => {
  const { log, recorder, codes } = open();
  log.faults.push('away');
  await t.rejects(recorder.write(refusal('A')), Unavailable, 'at once');
  t.same(await codes(), []);
  log.faults.push(...Array<Fault>(4).fill('lost before writing'), 'lost after writing');
  const given = refusal('B');
  await t.rejects(recorder.write(given), OutcomeUnknown, 'after five tries');
  await recorder.write(refusal('between'));
  const position = await recorder.write({ ...given, again: true });
  t.equal(position, (await log.read(stream))[0]!.position);
  t.same(await codes(), ['B', 'between']);
  log.faults.push('lost before writing', 'away');
  await t.rejects(
    recorder.write(refusal('C')),
    OutcomeUnknown,
    'nobody knows of the first try, whatever becomes of the second',
  );
  log.append = async () => Promise.reject(new Conflict(0));
  await t.rejects(
    recorder.write(refusal('D')),
    new TooBusy('the record kept changing'),
    'where others were always sooner',
  );
});

test('nothing is recorded by a clock in doubt', async (t) => {
  const { clock, recorder, codes } = open();
  clock.doubt = () => 'it was set back';
  await t.rejects(recorder.write(refusal('A')), ClockInDoubt);
  t.same(await codes(), []);
});

test('where neither a command nor the refusal beside it can be written, both are told, and the process goes on', async (t) => {
  const log = new Faulty();
  const shared = executorOn(log);
  await world(log, shared);
  const executor = new Executor({ ...shared.deps, alone: true });
  const trustOfficer = financeOfficer('pct');
  const wrong = () =>
    give(executor, trustOfficer, 'pool', 'treatment', 'ConfirmPledge', {
      pledgeId: randomUUID(),
      consent: true,
    });
  const right = (n: number) => must(executor, trustOfficer, 'pool', 'treatment', 'Pledge', pledge(n));
  await right(1);
  const refusals = async () => (await log.read('refusal-finance-officer.pct.20090701')).length;
  log.faults.push('away', 'away');
  const outcomes = await Promise.allSettled([wrong(), right(2)]);
  t.match(outcomes, Array(2).fill({ status: 'rejected', reason: Unavailable }));
  t.equal(await refusals(), 0);
  // Both are tried again, and the command not before the refusal has been: it would be given a second time
  // beside itself.
  for (let n = 3; n < 11; n++) {
    log.faults.push('lost before writing', 'lost before writing');
    t.match(await Promise.all([wrong(), right(n)]), [{ kind: 'refused' }, { kind: 'done' }]);
    t.equal(await refusals(), n - 2);
  }
});
