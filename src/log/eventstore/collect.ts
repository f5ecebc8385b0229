/** Bounded, cancelled reads. */
import type { ReadStream, Received } from './driver.js';
import { TimedOut } from './classify.js';
import { alarm } from './timings.js';

/** Takes a read to its end, at most `ms` long; it is cancelled however it ends. */
export function collect(stream: ReadStream, ms: number): Promise<Received[]> {
  return new Promise((resolve, reject) => {
    const found: Received[] = [];
    const off = alarm(ms, () => done(new TimedOut(`no answer to a read within ${ms} ms`)));
    let over = false;
    function done(error?: unknown): void {
      if (over) return;
      over = true;
      off();
      stream.cancel();
      if (error === undefined) resolve(found);
      else reject(error);
    }
    // Listening to the end of days: an error that comes later still must not go unheard.
    stream.on('error', done);
    stream.on('data', (e) => void found.push(e));
    stream.on('end', () => done());
  });
}
