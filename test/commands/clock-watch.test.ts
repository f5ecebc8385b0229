/**
 * A wall clock that leaves the steady one, or does not fit the log at the start, is in doubt until it returns
 * or is accepted.
 */
import { test } from 'tap';
import { WatchedClock } from '../../src/commands/clock-watch.js';

const minute = 60_000;
const day = 86_400_000;
/** A machine whose two clocks are set by hand, from 1 July 2009. */
function machine() {
  const m = { wall: Date.parse('2009-07-01T09:00:00Z'), steady: 5000, told: [] as string[] };
  const clock = new WatchedClock({
    wall: () => m.wall,
    steady: () => m.steady,
    tell: (text) => m.told.push(text),
  });
  const pass = (ms: number): void => void ((m.wall += ms), (m.steady += ms));
  return Object.assign(m, { clock, pass });
}

test('before it was compared with the log it is not believed, and nothing is told', async (t) => {
  const m = machine();
  t.match(m.clock.doubt(), /was not compared with the log yet/);
  m.clock.compare('');
  t.equal(m.clock.doubt(), undefined, 'a log without events says nothing against it');
  t.equal(m.clock.now(), '2009-07-01T09:00:00.000Z');
  t.same(m.told, []);
});

test('while a process runs: ten minutes from the steady clock, either way, until it returns', async (t) => {
  const m = machine();
  m.clock.compare('2009-06-30T09:00:00.000Z');
  m.pass(400 * day);
  t.equal(m.clock.doubt(), undefined, 'however long it runs and nothing happens');
  for (const [way, said] of [
    [1, /moved forward by 3 hours/],
    [-1, /moved back by 3 hours/],
  ] as const) {
    m.wall += way * 10 * minute;
    t.equal(m.clock.doubt(), undefined, 'ten minutes are no doubt');
    m.wall += way * 170 * minute;
    t.match(m.clock.doubt(), said);
    t.match(m.clock.doubt(), /total-place clock accept/);
    m.pass(day);
    t.match(m.clock.doubt(), said, 'it does not end with time');
    m.wall -= way * 180 * minute;
    t.equal(m.clock.doubt(), undefined, 'it returned');
  }
  t.equal(m.told.length, 4, 'each begin and end is told once, however often it is asked');
  t.match(m.told, [/moved forward/, /no longer in doubt/, /moved back/, /no longer in doubt/]);
});

test('accepted, it is measured from there', async (t) => {
  const m = machine();
  m.clock.compare('2009-06-30T09:00:00.000Z');
  m.wall += 5 * day;
  t.match(m.clock.doubt(), /forward by 5 days/);
  m.clock.accept();
  t.equal(m.clock.doubt(), undefined);
  m.wall -= 5 * day;
  t.match(m.clock.doubt(), /back by 5 days/);
});

test('at the start: forty days after the newest event, or before it', async (t) => {
  for (const [newest, said] of [
    ['2009-05-22T09:00:00.000Z', undefined],
    ['2009-05-22T08:59:00.000Z', /40 days after the newest event of the log was recorded \(2009-05-22/],
    ['2009-07-01T09:10:00.000Z', undefined],
    ['2009-07-01T09:11:00.000Z', /11 minutes before the newest event/],
    ['2031-01-01T00:00:00.000Z', /before the newest event/],
  ] as const) {
    const m = machine();
    m.clock.compare(newest);
    if (said) t.match(m.clock.doubt(), said, newest);
    else t.equal(m.clock.doubt(), undefined, newest);
    t.equal(m.told.length, said ? 1 : 0);
  }
  const m = machine();
  m.clock.compare('2009-01-01T09:00:00.000Z');
  m.wall = Date.parse('2009-01-02T09:00:00Z');
  t.equal(m.clock.doubt(), undefined, 'set right, it is believed without a word');
  m.wall += 20 * minute;
  t.match(m.clock.doubt(), /while the service ran/, 'and watched from there');
});

test('accepted before the start: for a day, and no clock that stands before it', async (t) => {
  const newest = '2009-01-01T09:00:00.000Z';
  for (const [accepted, doubted] of [
    ['2009-07-01T08:00:00.000Z', false],
    ['2009-07-01T09:09:00.000Z', false],
    ['2009-07-01T09:11:00.000Z', true],
    ['2009-06-30T08:00:00.000Z', true],
  ] as const) {
    const m = machine();
    m.clock.compare(newest, accepted);
    t.equal(m.clock.doubt() !== undefined, doubted, accepted);
  }
});
