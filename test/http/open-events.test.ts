/**
 * What a reader may see of the log is decided before an event is read where that can be, and is what it was
 * when all were read.
 */
import { test } from 'tap';
import { canSee } from '../../src/domain/shared/access.js';
import { decode } from '../../src/log/codec.js';
import { access } from '../../src/projections/views/access.js';
import { is } from '../../src/domain/registry.js';
import type { Recorded } from '../../src/projections/engine/view.js';
import { viewerFor, type HttpDeps } from '../../src/http/query/deps.js';
import { OpenEvents } from '../../src/http/query/open-events.js';
import { seesRefusal } from '../../src/http/query/refusal-sight.js';
import { office, officeAccount, openHarness } from './harness.js';
import { Property } from '../holds.js';

test('what is closed to a reader is passed over unread', async (t) => {
  const harness = await openHarness(t);
  // A refusal among the events, which its auditors alone read.
  t.equal(
    (
      await harness.inject(
        'seat-holder@place:durham+agency:county-durham-pct',
        'somebody',
        'POST',
        '/v1/pools',
        {
          id: 'mine',
        },
      )
    ).status,
    400,
  );
  await harness.inject(
    office,
    officeAccount,
    'POST',
    '/v1/programmes/total-place/theme-recognitions',
    {},
    { 'idempotency-key': 'x' },
  );
  await harness.inject(
    'seat-holder@place:durham+agency:county-durham-pct',
    'somebody',
    'POST',
    '/v1/places/durham/withdrawal',
    { reason: 'no' },
    { 'idempotency-key': 'y' },
  );
  const { engine, log } = harness.service;
  const logged = log.readAll(0, 100_000).map(({ decoded: _, ...stored }) => stored);
  const rows = engine.queries(access);
  const readers: [name: string, grants: Parameters<typeof viewerFor>[1]['grants']][] = [
    ['the public', [{ role: 'public' }]],
    ['Treasury', [{ role: 'treasury', programme: 'total-place' }]],
    ['a member', [{ role: 'secretariat', place: 'durham' }]],
    ['a seat of an agency', [{ role: 'seat-holder', place: 'durham', agency: 'county-durham-pct' }]],
    ['an auditor', [{ role: 'auditor', programme: 'total-place' }]],
  ];
  const unasked = new Property('an event that is closed is not shown, whatever its body');
  for (const [name, grants] of readers) {
    const viewer = viewerFor({ service: harness.service } as unknown as HttpDeps, {
      account: 'reader',
      grants,
    });
    const sees = (e: Recorded): boolean => {
      const row = rows.record(e.aggregate, e.recordId);
      return (
        row !== undefined &&
        (is(e, 'refusal', 'CommandRefused') ? seesRefusal(engine, viewer, e.data) : canSee(viewer, row, e))
      );
    };
    const expected = logged.map((l) => decode(l) as Recorded).filter(sees);
    const open = new OpenEvents(engine);
    const told = logged.flatMap((l) => open.of(viewer, l) ?? []);
    t.strictSame(
      told.map(({ e }) => e.position),
      expected.map((e) => e.position),
      `${name}: ${expected.length} of ${logged.length}`,
    );
    const seen = new Set(told.map(({ e }) => e.position));
    let unread = 0;
    for (const l of logged) {
      if (seen.has(l.position)) continue;
      try {
        const shown = new OpenEvents(engine).of(viewer, { ...l, body: 'not to be read' });
        unasked.same(t, `${name}, ${l.stream}@${l.version}`, shown, undefined);
        unread++;
      } catch {
        // What its own data withholds was read.
      }
    }
    const closed = logged.length - told.length;
    t.ok(unread >= closed * 0.9, `${name}: ${unread} of ${closed} that are closed were not read`);
    const none = new OpenEvents(engine);
    t.equal(
      logged
        .filter((l) => l.stream.split('-')[0] !== 'refusal')
        .find((l) => none.of(viewer, { ...l, body: 'not to be read' }, () => false)),
      undefined,
      'nor what was not asked for',
    );
  }
  unasked.settle(t);
  const again = new OpenEvents(engine);
  const auditor = viewerFor({ service: harness.service } as unknown as HttpDeps, {
    account: 'auditor',
    grants: [{ role: 'auditor', programme: 'total-place' }],
  });
  const last = logged.at(-1)!;
  const first = again.of(auditor, last);
  t.equal(
    again.of(auditor, { ...last, body: 'read once' })?.e,
    first?.e,
    'what one reader read the next need not',
  );
});
