/** Each event that lists of exceptions name is one: as it was stored, in the history that it ended. */
import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import { decode } from '../../src/projections/engine/engine.js';
import { applyTo, type Recorded, type View } from '../../src/projections/engine/view.js';
import { tablesIn } from '../views-on.js';
import { periodEnd } from '../../src/domain/shared/reporting.js';
import { always, exceptions, sometimes, type ExceptionRow } from '../../src/projections/views/exceptions.js';
import { accounts } from '../../src/projections/views/accounts.js';
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
function lastOf(aggregate: string, type: string, today?: string): ExceptionRow[] {
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
  return found.filter((x) => x.position === last.position);
}
const kindsOf = (aggregate: string, type: string, today?: string): string[] =>
  lastOf(aggregate, type, today).map(({ kind }) => kind);
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

test('a subject that is bound to two accounts at once has the first, and the second is an exception', async (t) => {
  const subject = { issuer: 'https://login.durham.gov.uk', subject: 'anna', binding: 'a'.repeat(64) };
  const other = { ...subject, subject: 'anna@trust', binding: 'b'.repeat(64) };
  const invitedTo = (accountId: string) => ({
    accountId,
    programmeId: 'tp',
    invitation: 'c'.repeat(64),
    until: '2009-09-15',
  });
  // Each of two nodes had seen that nobody has this subject, and took an invitation up.
  const history = [
    ['anna', 'AccountInvited', invitedTo('anna')],
    ['anna.gill', 'AccountInvited', invitedTo('anna.gill')],
    ['anna', 'AccountActivated', subject],
    ['anna.gill', 'AccountActivated', subject],
    // It is mended: one goes over to another sign-in, and what is free is bound again without exception.
    ['anna.gill', 'AccountRebound', { ...other, from: subject.binding }],
    ['anna', 'AccountRebound', { ...subject, from: subject.binding }],
    ['anna', 'AccountRebound', { ...other, from: subject.binding }],
  ] as const;
  const events = history.map(([recordId, type, data], index): Recorded => ({
    id: `event-${index}`,
    aggregate: 'account',
    stream: `account-${recordId}`,
    recordId,
    version: history.slice(0, index + 1).filter(([id]) => id === recordId).length,
    position: index + 1,
    type,
    data,
    private: false,
    recordedAt: '2009-09-01T09:00:00.000Z',
    today: '2009-09-01',
    actor: { account: 'system:door', role: 'system', onBehalfOf: recordId },
    commandId: `command-${index}`,
  }));
  /** What a view answers that has seen so many of them. */
  function seen<Q, K extends string>(view: View<Q, K>, upTo: number): Q {
    const db = new Database(':memory:');
    t.teardown(() => db.close());
    const tables = tablesIn(db, view);
    applyTo(view.handlers(db, tables, ref), events.slice(0, upTo));
    return view.queries(db, tables, ref);
  }
  const found = (upTo: number) => seen(exceptions, upTo).list('bound-twice');
  t.match(found(4), [{ position: 4, kind: 'bound-twice', aggregate: 'account', recordId: 'anna.gill' }]);
  t.strictSame(
    found(7).map(({ position }) => position),
    [4, 7],
    'what the first one keeps is the next one’s exception',
  );
  const bound = (upTo: number): (string | undefined)[] => {
    const { ofSubject } = seen(accounts, upTo);
    return [ofSubject(subject.binding), ofSubject(other.binding)];
  };
  t.strictSame(bound(4), ['anna', undefined], 'nobody signs in to the second');
  t.strictSame(bound(5), ['anna', 'anna.gill']);
});

test('what is done after its day is late', async (t) => {
  for (const { name: aggregate, events } of aggregates)
    for (const [type, { completes }] of Object.entries(events)) {
      if (!completes) continue;
      t.ok(kindsOf(aggregate, type, '2012-01-04').includes('late'), `${aggregate}.${type}`);
    }
});

test('a report that comes after its day is late, by working days', async (t) => {
  const stored = linesOf('commitment').findLast(({ type }) => type === 'ProgressReported')!;
  const { period } = (JSON.parse(stored.events.at(-1)!) as { data: { period: string } }).data;
  const dueOn = ref.workingDays.add(periodEnd(period), 10);
  const on = (today: string) => lastOf('commitment', 'ProgressReported', today).filter(isLateReport);
  t.same(on(dueOn), [], 'on its day it is in time');
  t.match(on(ref.workingDays.add(dueOn, 3)), [{ dueOn, days: 3 }]);
});
const isLateReport = ({ kind }: { readonly kind: string }): boolean => kind === 'late-report';
