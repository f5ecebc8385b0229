import { test } from 'tap';
import { seed } from '../data/seed/index.js';
import { demoStart, openDemo } from '../src/demo.js';
import { placeProgress } from '../src/projections/place-progress.js';
import { loadReference } from '../src/reference.js';
import { compareViews } from '../src/verify.js';

const ref = loadReference();

test('the demo seeds once, goes on when run again, and its views equal a rebuild', { timeout: 240_000 }, async (t) => {
  const dataDir = t.testdir();
  const first = await openDemo({ dataDir, ref, seed, speed: 0 });
  t.ok(first.clock.now() >= demoStart && first.clock.now() < '2009-10-22T08:10');
  const places = first.engine.queries(placeProgress).places('total-place');
  t.equal(places.filter((p) => p.kind === 'pilot').length, 13);
  t.equal(places.filter((p) => p.kind === 'parallel').length, 10);
  t.same(await compareViews(first.log, ref), []);
  const head = await first.log.head();
  await first.close();
  const again = await openDemo({ dataDir, ref, seed, speed: 0 });
  t.equal(await again.log.head(), head + 1, 'only the clock was set again');
  await again.close();
  await t.rejects(openDemo({ dataDir, ref, seed: seed.slice(0, -1), speed: 0 }), { message: /seeded by other seed data/ });
});
