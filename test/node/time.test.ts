/**
 * Time on several nodes: one demo clock, days closed once, and each day's row made of what stands before its
 * DayClosed.
 */
import { test } from 'tap';
import { newestSetting, SimulatedClock } from '../../src/commands/clock.js';
import { at } from '../../src/domain/shared/calendar.js';
import { is } from '../../src/domain/registry.js';
import { decode } from '../../src/log/codec.js';
import { OutcomeUnknown } from '../../src/log/event-log.js';
import { openSharedDemo } from '../../src/demo/demo.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { seed } from '../../src/demo/seed/index.js';
import { reference } from '../domain/spec.js';
import { seatHolder, must, office, pledge, world } from '../commands/world.js';
import { copyViews } from '../../src/runtime/node/copy.js';
import { differences, everything, folder, gapped, lent, level, nodeOn } from './nodes.js';

test('reactors of two nodes whose clocks differ by three seconds act once, refused steps included', async (t) => {
  const log = gapped();
  const [a, b] = [nodeOn(t, log), nodeOn(t, log)];
  await Promise.all([a.built(), b.built()]);
  await world(log, a.executor);
  await level(a, b);
  const midnight = Date.parse(at('2009-07-02', '00:00'));
  const trust = seatHolder('pct');
  let n = 0;
  for (let day = 0; day < 12; day++) {
    const end = midnight + day * 86_400_000;
    // Around each midnight one node's day is over while the other's goes on for three seconds, and both
    // write.
    for (const offset of [-2_000, 500, 1_500, 2_900, 3_100, 4_000]) {
      a.time.ms = end + offset;
      b.time.ms = end + offset - 3_000;
      if (offset === 500) {
        // The one has closed the day; the other still writes on it.
        await a.settle();
        await must(b.executor, trust, 'pool', 'treatment', 'Pledge', pledge(n++));
      }
      await Promise.all([
        a.settle(),
        b.settle(),
        ...[a, b].map((node) => must(node.executor, trust, 'pool', 'treatment', 'Pledge', pledge(n++))),
        must(a.executor, office, 'programme', 'tp', 'EnrolPlace', {
          placeId: `place-${n++}`,
          name: `Place ${n}`,
          kind: 'parallel',
          region: 'North East',
        }),
      ]);
    }
  }
  await level(a, b);
  const events = (await everything(log)).map((e) => decode(e));
  const closed = events.filter((e) => is(e, 'days', 'DayClosed')).map((e) => e.data.date);
  t.same(closed, [...new Set(closed)].sort(), 'every day once, in order');
  t.equal(closed.length, 12);
  const opened = events.filter((e) => e.type === 'PlaceOpened').map((e) => e.recordId);
  t.equal(new Set(opened).size, opened.length);
  t.equal(opened.length, 1 + 72, 'each place was opened by one of the two');
  const steps = events
    .filter((e) => e.actor.role === 'system' && e.type !== 'LogCreated')
    .map((e) => `${e.commandId}.${e.index}`);
  t.equal(new Set(steps).size, steps.length, 'no step of a reactor left two events');
  for (const node of [a, b]) {
    t.same(await differences(node, log), []);
    t.same(node.errors, []);
  }

  // What a day's row holds is what stands before its DayClosed in the log, by whichever clock it was written.
  const rows = (node: typeof a) =>
    JSON.stringify(closed.map((date) => node.engine.queries(placeProgress).daily('durham', 'members', date)));
  t.equal(rows(a), rows(b));
  let pledged = 0;
  for (const e of events) {
    if (is(e, 'pool', 'PledgeMade')) pledged += e.data.amountPence;
    if (is(e, 'days', 'DayClosed'))
      t.equal(
        a.engine.queries(placeProgress).daily('durham', 'members', e.data.date)!.pledgedPence,
        pledged,
        `${e.data.date}: what stands before it, and no more`,
      );
  }
  const late = events.filter(
    (e, i) =>
      e.type === 'PledgeMade' &&
      events.slice(0, i).some((d) => is(d, 'days', 'DayClosed') && d.data.date >= e.today),
  );
  t.ok(
    late.length > 0,
    `${late.length} events were recorded on a day that the other node had closed already`,
  );
  await Promise.all([a.close(), b.close()]);
});

test('a killed node’s reactors are made good by any other', async (t) => {
  const log = gapped();
  const a = nodeOn(t, log, { holdReactors: true });
  await a.built();
  // Nobody reacts: the writer's node was killed right after its commands.
  await must(a.executor, office, 'programme', 'tp', 'DefineProgramme', {
    name: 'Total Place',
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  });
  const day = { from: '2010-03-24', to: '2010-03-24', precision: 'day', tbc: false };
  await must(a.executor, office, 'programme', 'tp', 'AddMilestone', {
    milestoneId: 'budget',
    name: 'Budget 2010',
    kind: 'deadline',
    date: day,
  });
  await must(a.executor, office, 'programme', 'tp', 'StartProgramme');
  await must(a.executor, office, 'programme', 'tp', 'EnrolPlace', {
    placeId: 'durham',
    name: 'Durham',
    kind: 'pilot',
    region: 'North East',
  });
  await a.close();
  t.equal((await log.read('place-durham')).length, 0);
  const b = nodeOn(t, log);
  await b.built();
  await level(b);
  t.same(
    (await log.read('place-durham')).map((e) => e.type),
    ['PlaceOpened'],
  );
  await b.close();
});

test('a new node starts from a copied view file and catches up; a file is never copied over another', async (t) => {
  const log = gapped();
  const dir = folder(t);
  const a = nodeOn(t, log, { dataDir: dir });
  await a.built();
  await world(log, a.executor);
  await level(a);
  const fresh = folder(t);
  const copied = await copyViews(dir, fresh);
  t.same(copied, { log: log.identity.logId, position: a.position() });
  for (let i = 0; i < 10; i++)
    await must(a.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(i));
  await level(a);
  const from: number[] = [];
  const watched = lent(log);
  const follow = watched.follow;
  const spy = Object.assign(Object.create(watched) as typeof watched, {
    identity: log.identity,
    follow: (...args: Parameters<typeof follow>) => (
      from.push(typeof args[0] === 'number' ? args[0] : args[0].position),
      follow(...args)
    ),
    head: () => log.head(),
    read: log.read.bind(log),
    append: log.append.bind(log),
    status: () => log.status(),
  });
  const b = nodeOn(t, spy, { dataDir: fresh });
  await b.built();
  t.ok(await b.waitForPosition(await log.head()));
  await level(b);
  t.equal(from[0], copied.position, 'its views go on from where the file ends');
  t.same(await differences(b, log), []);
  await t.rejects(copyViews(dir, fresh), /exists. Move it away first/);
  await t.rejects(copyViews(folder(t), folder(t)), /holds no view file/);
  await Promise.all([a.close(), b.close()]);
});

test('one clock for every node: adopted, never one that lies before a node’s own time; two who set it at once', async (t) => {
  const log = gapped();
  let machine = 1_000_000;
  const [a, b, c] = [0, 0, 0].map(() => new SimulatedClock(() => machine));
  const start = '2009-10-22T08:00:00.000Z';
  a!.advance(start);
  await a!.run(log, 60, 'seed');
  machine += 1000;
  t.equal(a!.now(), '2009-10-22T08:01:00.000Z');
  const set = (await newestSetting(log))!;
  t.match(set, { logAt: start, speed: 60, seed: 'seed' });
  t.equal(b!.adopt(set), true);
  t.equal(b!.now(), a!.now(), 'the machine time in between counts');
  c!.advance('2009-10-23T08:00:00.000Z');
  t.equal(c!.adopt(set), false, 'it lies before this node’s own time');
  t.equal(c!.now(), '2009-10-23T08:00:00.000Z');
  // Two nodes set it at the same version of its stream: one event wins, the other node goes by it, or sets a
  // later one.
  const [x, y] = [new SimulatedClock(() => machine), new SimulatedClock(() => machine)];
  for (const k of [x, y]) k.advance('2009-10-24T08:00:00.000Z');
  await Promise.all([x.run(log, 5), y.run(log, 7)]);
  machine += 10_000;
  t.equal(x.now(), y.now());
  const versions = (await log.read('clock-demo')).map((e) => e.version);
  t.same(
    versions,
    versions.map((_, i) => i + 1),
  );
  // The reply is lost: found by its command id, not set again.
  const { append } = log;
  let lost = 0;
  log.append = async (...args) => {
    const done = await append.apply(log, args);
    if (lost++ === 0) throw new OutcomeUnknown('no reply');
    return done;
  };
  await x.run(log, 9);
  log.append = append;
  t.equal((await log.read('clock-demo')).length, versions.length + 1);
});

test(
  'the demo on a shared log: seeded once, joined, its clock followed, and changed by nothing when run again',
  { timeout: 280_000 },
  async (t) => {
    const log = gapped();
    const dirs = [folder(t), folder(t)];
    const errors: unknown[] = [];
    const options = {
      ref: reference,
      seed: seed.slice(0, 120),
      speed: 0,
      onError: (e: unknown) => errors.push(e),
    };
    const joining = openSharedDemo({ ...options, log: lent(log), dataDir: dirs[1]!, join: true });
    const first = await openSharedDemo({ ...options, log: lent(log), dataDir: dirs[0]! });
    const second = await joining;
    t.equal(first.clock.now(), second.clock.now());
    await level(first, second);
    for (const node of [first, second]) t.same(await differences(node, log), []);
    t.equal(
      (await everything(log)).filter((e) => e.type !== 'LogCreated' && decode(e).recordedAt < '2009').length,
      0,
      'nothing was done by a clock that was not set yet',
    );
    const head = (await everything(log)).length;
    await first.close();
    const again = await openSharedDemo({ ...options, speed: 60, log: lent(log), dataDir: dirs[0]! });
    const all = await everything(log);
    t.same(
      all.slice(head).map((e) => e.type),
      ['ClockSet'],
      'only the clock was set again',
    );
    while (second.clock.now() < again.clock.now().slice(0, 16)) await new Promise((r) => setTimeout(r, 5));
    t.pass('the other node goes by it');
    await t.rejects(
      openSharedDemo({ ...options, seed: seed.slice(0, 119), log: lent(log), dataDir: folder(t) }),
      { message: /seeded by other seed data/ },
    );
    await Promise.all([again.close(), second.close()]);
    t.same(errors, []);
  },
);
