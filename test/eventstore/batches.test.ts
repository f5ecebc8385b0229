/** What arrives together is handed over together: a handler pays once for many events, not once for each. */
import { test } from 'tap';
import { events, fresh } from '../log/conformance.js';
import { open, standIn } from './harness.js';

for (const busy of [false, true])
  test(`an append of 64 events under a live follower is a few batches${busy ? ', for a handler that takes its time too' : ''}`, async (t) => {
    const server = await standIn(t);
    const log = await open(t, server);
    const abort = new AbortController();
    const batches: number[] = [];
    let all = (): void => {};
    const seen = (n: number) =>
      new Promise<void>((resolve) => (all = () => batches.reduce((a, b) => a + b, 0) >= n && resolve()));
    const live = seen(1);
    const done = log.follow(
      0,
      async (batch) => {
        batches.push(batch.length);
        if (busy) await new Promise((resolve) => setImmediate(resolve));
        all();
      },
      abort.signal,
    );
    await live;
    for (let round = 0; round < 5; round++) {
      batches.length = 0;
      const whole = seen(64);
      const stream = fresh();
      await log.append(stream, 0, events(stream, 0, 64));
      await whole;
      t.ok(batches.length <= 8, `64 events were handed over as ${batches.join(', ')}`);
    }
    abort.abort();
    await done;
    await log.close();
  });
