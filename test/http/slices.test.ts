/**
 * Long answers give way to everything else after a slice, and to each other in turn; by a clock and turns of
 * the test's own.
 */
import { test } from 'tap';
import { Slices } from '../../src/http/server/slices.js';

/** A clock that moves when it is told to, and an event loop whose turns are taken one by one. */
function standing() {
  let time = 0;
  const turns: (() => void)[] = [];
  const slices = new Slices({ ms: 10, now: () => time, later: (callback) => turns.push(callback) });
  return {
    slices,
    spend: (ms: number) => void (time += ms),
    /** Everything that asked for a later turn gets it, and works until it asks again. */
    async turn(): Promise<number> {
      const now = turns.splice(0);
      for (const callback of now) callback();
      await new Promise((r) => setImmediate(r));
      return now.length;
    },
  };
}

test('an answer works for a slice and then waits for the next turn', async (t) => {
  const { slices, spend, turn } = standing();
  const done: number[] = [];
  const all = slices.each([1, 2, 3, 4, 5, 6, 7], (n) => {
    done.push(n);
    spend(4);
  });
  await turn();
  t.strictSame(done, [1, 2, 3], 'what was begun within the slice is ended');
  await turn();
  t.strictSame(done, [1, 2, 3, 4, 5, 6]);
  await turn();
  await all;
  t.strictSame(done, [1, 2, 3, 4, 5, 6, 7]);
  t.equal(await turn(), 0, 'nothing is left behind');
});

test('many answers take one slice a turn together, each in its order', async (t) => {
  const { slices, spend, turn } = standing();
  const done: string[] = [];
  const answers = ['a', 'b', 'c'].map((name) =>
    slices.each([1, 2], (n) => {
      done.push(`${name}${n}`);
      spend(10);
    }),
  );
  for (let n = 1; n <= 6; n++) {
    await turn();
    t.equal(done.length, n, `one piece in turn ${n}`);
  }
  await Promise.all(answers);
  t.strictSame(done, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('while others keep the turns busy a slice comes after the fourth; after an idle turn at once', async (t) => {
  const { slices, spend, turn } = standing();
  let done = 0;
  const all = slices.each([1, 2, 3, 4], () => {
    done++;
    spend(10);
  });
  const turns = async (others: number): Promise<number> => {
    const before = done;
    let n = 0;
    while (done === before) {
      spend(others);
      await turn();
      n++;
    }
    return n;
  };
  t.equal(await turns(0), 1);
  t.equal(await turns(5), 4);
  t.equal(await turns(5), 4, 'each time');
  t.equal(await turns(0), 1);
  await turn();
  await all;
});

test('what is left of a slice goes to the next in the queue, within the same turn', async (t) => {
  const { slices, spend, turn } = standing();
  const done: string[] = [];
  const answer = async (name: string): Promise<void> => {
    const slice = await slices.turn();
    done.push(name);
    spend(4);
    slice.end();
    slice.end();
    t.ok(slice.over, 'nobody goes on in a slice that was given away');
  };
  const answers = ['a', 'b', 'c', 'd', 'e'].map(answer);
  await turn();
  t.strictSame(done, ['a', 'b', 'c'], 'until it is over');
  const late = answer('f');
  await turn();
  await Promise.all([...answers, late]);
  t.strictSame(done, ['a', 'b', 'c', 'd', 'e', 'f']);
  await turn();
  t.equal(await turn(), 0, 'nothing goes on turning');
});

test('an answer that is done early leaves the next turn to the others; one that fails ends alone', async (t) => {
  const { slices, spend, turn } = standing();
  const done: string[] = [];
  const failing = slices.each(['x'], () => {
    throw new Error('gone');
  });
  const other = slices.each(['y', 'z'], (s) => {
    done.push(s);
    spend(1);
  });
  failing.catch(() => {});
  await turn();
  await t.rejects(failing, { message: 'gone' });
  await turn();
  await other;
  t.strictSame(done, ['y', 'z'], 'within one slice');
});

test('on the real event loop others are served between two slices', async (t) => {
  // A slice of no length: every piece is a turn.
  const slices = new Slices({ ms: 0 });
  let [pieces, others, longest, since] = [0, 0, 0, 0];
  let on = true;
  const other = (): void => {
    others++;
    longest = Math.max(longest, pieces - since);
    since = pieces;
    if (on) setImmediate(other);
  };
  setImmediate(other);
  await Promise.all(
    Array.from({ length: 20 }, () => slices.each(Array.from({ length: 20 }), () => void pieces++)),
  );
  on = false;
  t.equal(pieces, 400);
  t.ok(others >= 400, 'a turn for each');
  t.equal(longest, 1, 'never two pieces of however many answers without a turn for others between');
});
