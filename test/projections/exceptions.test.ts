/** Each event that lists of exceptions name is one: as it was stored, in the history that it ended. */
import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import { decode } from '../../src/projections/engine/engine.js';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import { tablesIn } from '../views-on.js';
import { always, exceptions, sometimes } from '../../src/projections/views/exceptions.js';
import { loadReference } from '../../src/runtime/reference.js';
import { linesOf } from '../golden/corpus.js';

const ref = loadReference();
/** What left nobody to answer for it, of events whose stored history has no such: it comes before them. */
const orphaned: Readonly<Record<string, { readonly type: string; readonly data: object }>> = {
  CommitmentReassigned: {
    type: 'DutyOrphaned',
    data: { cause: 'agency-retired', dueOn: '2009-09-29', ownerAgencyId: 'council', placeId: 'durham' },
  },
  PledgeWithdrawn: {
    type: 'PledgeOrphaned',
    data: {
      agencyId: 'council',
      cause: 'seat-left',
      consented: false,
      financialYear: '2009-10',
      placeId: 'durham',
      pledgeId: 'council',
    },
  },
  ChairAppointed: {
    type: 'SeatVacated',
    data: {
      account: 'council-chief',
      agencyId: 'council',
      kind: 'voting',
      placeId: 'durham',
      reason: 'Moves',
      seatId: 'council',
      wasChair: true,
    },
  },
};

/** What the last event of a stored history is, recorded on that day or its own. */
function kindsOf(aggregate: string, type: string, today?: string): string[] {
  const db = new Database(':memory:');
  const tables = tablesIn(db, exceptions);
  const line = linesOf(aggregate).findLast((l) => l.type === type)!;
  const events = line.events.map((body): Recorded => {
    const { id, stream, version, type } = JSON.parse(body) as Recorded;
    return decode({ position: 10 * version, id, stream, version, type, body });
  });
  const last = events.at(-1)!;
  const before =
    orphaned[type] === undefined ? [] : [{ ...last, position: last.position - 1, ...orphaned[type] }];
  applyTo(exceptions.handlers(db, tables, ref), [
    ...events.slice(0, -1),
    ...before,
    today === undefined ? last : { ...last, today },
  ]);
  const found = exceptions.queries(db, tables, ref).list();
  db.close();
  return found.filter((x) => x.position === last.position).map((x) => x.kind);
}
const named = (table: Readonly<Record<string, object | undefined>>): [aggregate: string, type: string][] =>
  Object.entries(table).flatMap(([aggregate, events]) =>
    Object.keys(events ?? {}).map((type): [string, string] => [aggregate, type]),
  );

test('lists of exceptions name events that there are', async (t) => {
  for (const [aggregate, type] of [always, sometimes].flatMap(named)) {
    t.ok(aggregates.find((a) => a.name === aggregate)?.events[type], `${aggregate}.${type}`);
  }
});

test('what is an exception whatever it says is one', async (t) => {
  for (const [aggregate, type] of named(always)) {
    const kind = Object.values(always).flatMap((events) =>
      Object.entries(events).flatMap(([name, kind]) => (name === type ? [kind] : [])),
    )[0]!;
    t.ok(kindsOf(aggregate, type).includes(kind), `${aggregate}.${type} is ${kind}`);
  }
});

test('what is done after its day is late', async (t) => {
  for (const { name: aggregate, events } of aggregates)
    for (const [type, { completes }] of Object.entries(events)) {
      if (!completes) continue;
      t.ok(kindsOf(aggregate, type, '2012-01-04').includes('late'), `${aggregate}.${type}`);
    }
});
