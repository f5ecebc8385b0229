import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import { stateTable } from '../../src/projections/engine/state-table.js';
import { walkOf, type Spot } from '../../src/projections/engine/walk.js';
import type { PoolState } from '../../src/domain/pool/state.js';
import { Property } from '../holds.js';

const spec = stateTable<PoolState, { seen: string[] }>({
  extra: () => ({ seen: [] }),
  columns: {
    placeId: ['TEXT NOT NULL', (r) => r.state.placeId],
    latest: ['TEXT', (r) => r.extra.seen.at(-1) ?? null],
    pledged: ['INTEGER', () => 0],
  },
  orders: { by: ['placeId', 'pledged'], within: 'placeId' },
  parts: ['pledges'],
});
const proposed = {
  name: 'Treatment',
  placeId: 'durham',
  legalBasis: 'joint-committee',
  partners: ['council', 'pct'],
  host: 'council',
  manager: 'council',
  purposes: { cofog: ['07'], text: 'Treatment' },
  years: ['2009-10'],
  noticeMonths: 3,
};
const pledged = (pledgeId: string) => ({
  pledgeId,
  agencyId: 'pct',
  financialYear: '2009-10',
  amountPence: 100,
});

function newWorld() {
  const db = new Database(':memory:');
  const t = { rows: 'r', parts: 'p' };
  for (const ddl of Object.values(spec.tables))
    db.exec(ddl.replace(/\{(\w+)\}/g, (_, k: 'rows' | 'parts') => t[k]));
  const open = () => {
    const { fold, get, batch } = spec.write(db, t);
    return { get, handlers: { each: (e: Recorded) => void fold(e).extra.seen.push(e.type), ...batch } };
  };
  const event = (version: number, type: string, data: object, more: Partial<Recorded> = {}): Recorded => ({
    id: `e${version}`,
    type,
    aggregate: 'pool',
    recordId: 'a',
    stream: 'pool-a',
    version,
    position: version,
    private: false,
    data,
    recordedAt: '2009-11-05T09:00:00.000Z',
    today: '2009-11-05',
    actor: { account: 'finance-officer.council', role: 'finance-officer' },
    commandId: 'c',
    ...more,
  });
  const dump = () =>
    JSON.stringify([
      db.prepare('SELECT * FROM r').all(),
      db.prepare('SELECT * FROM p ORDER BY stream, field, key').all(),
    ]);
  return { db, t, open, event, dump, read: spec.read(db, t) };
}

test('rows are written once a batch, the same for every split, cold and warm', async (t) => {
  const { event } = newWorld();
  const history = [
    event(1, 'PoolProposed', proposed),
    event(2, 'PledgeMade', pledged('p1')),
    event(3, 'PledgeMade', pledged('p2'), { basis: { kind: 'illustrative', source: 'Example' } }),
    event(4, 'PledgeChanged', { pledgeId: 'p1', fromPence: 100, toPence: 300, reason: 'more' }),
    event(5, 'RecordCorrected', { field: 'name', to: 'Drugs', reason: 'Its name' }),
  ];
  const dumps = new Set<string>();
  for (const size of [1, 2, 3, 5])
    for (const cold of [false, true]) {
      const world = newWorld();
      let { handlers } = world.open();
      for (let i = 0; i < history.length; i += size) {
        applyTo(handlers, history.slice(i, i + size));
        if (cold) ({ handlers } = world.open());
      }
      dumps.add(world.dump());
      t.match(world.read.one('pool-a'), {
        id: 'a',
        version: 5,
        position: 5,
        illustrative: true,
        corrected: true,
        source: 'Example',
        state: { name: 'Drugs', pledges: { p1: { pledged: 300 }, p2: { pledged: 100 } } },
        extra: { seen: history.map((e) => e.type) },
      });
    }
  t.equal(dumps.size, 1);
});

test('what a batch left that was rolled back is never built on', async (t) => {
  for (const told of [true, false]) {
    const world = newWorld();
    const { handlers, get } = world.open();
    applyTo(handlers, [world.event(1, 'PoolProposed', proposed)]);
    world.db.exec('BEGIN');
    applyTo(handlers, [world.event(2, 'PledgeMade', pledged('lost'))]);
    world.db.exec('ROLLBACK');
    // A crash of COMMIT tells nobody: the version alone must be enough.
    if (told) handlers.forget();
    applyTo(handlers, [world.event(2, 'PledgeMade', pledged('kept'))]);
    t.same(Object.keys(world.read.one('pool-a')!.state.pledges), ['kept']);
    t.same(world.read.one('pool-a')!.extra.seen, ['PoolProposed', 'PledgeMade']);

    handlers.each(world.event(3, 'PledgeMade', pledged('half')));
    handlers.forget();
    t.same(
      Object.keys(get('pool-a')!.state.pledges),
      ['kept'],
      'a batch that failed half way leaves nothing to write',
    );
  }
});

test('an event that does not follow stops the view instead of being folded', async (t) => {
  const world = newWorld();
  const { handlers } = world.open();
  applyTo(handlers, [world.event(1, 'PoolProposed', proposed)]);
  t.throws(
    () => applyTo(handlers, [world.event(3, 'PledgeMade', pledged('p'))]),
    /version 3 of pool-a follows version 1 here/,
  );
});

test('rows are found by their columns, and an event of another record may touch them', async (t) => {
  const world = newWorld();
  const { fold, touch, batch } = spec.write(world.db, world.t);
  applyTo({ each: (e) => void fold(e), ...batch }, [world.event(1, 'PoolProposed', proposed)]);
  t.same(
    world.read
      .where('placeId = ? ORDER BY id')('durham')
      .map((r) => r.id),
    ['a'],
  );
  touch('pool-a', world.event(1, 'BarrierRaised', {}, { stream: 'barrier-b', position: 9 }))!.extra.seen.push(
    'touched',
  );
  t.equal(touch('pool-none', world.event(1, 'BarrierRaised', {})), undefined);
  batch.flush();
  t.match(world.read.where('latest = ?')('touched'), [
    { id: 'a', version: 1, position: 9, extra: { seen: ['touched'] } },
  ]);
});

test('a row is parsed once for all who read it, until it is written again or a batch is rolled back', async (t) => {
  const world = newWorld();
  const { handlers } = world.open();
  applyTo(handlers, [world.event(1, 'PoolProposed', proposed)]);
  const first = world.read.one('pool-a')!;
  t.equal(world.read.one('pool-a'), first);
  t.equal(spec.read(world.db, world.t).one('pool-a'), first, 'by another reader of the same table too');
  t.throws(
    () => (first.state.partners as string[]).push('nobody'),
    TypeError,
    'what is shared cannot be changed',
  );

  world.db.exec('BEGIN');
  applyTo(handlers, [world.event(2, 'PledgeMade', pledged('lost'))]);
  t.same(Object.keys(world.read.one('pool-a')!.state.pledges), ['lost']);
  world.db.exec('ROLLBACK');
  handlers.forget();
  t.same(world.read.one('pool-a')!.state.pledges, {});

  applyTo(handlers, [world.event(2, 'PledgeMade', pledged('kept'))]);
  t.same(Object.keys(world.read.one('pool-a')!.state.pledges), ['kept']);
  t.same(Object.keys(first.state.pledges), [], 'whoever read before keeps what they read');

  const long = Array.from({ length: 200 }, (_, i) => world.event(i + 3, 'PledgeMade', pledged(`p${i}`)));
  applyTo(handlers, long);
  t.not(world.read.one('pool-a'), world.read.one('pool-a'), 'a long row is read anew');
});

test('rows are walked in every order, up and down, whole or within, what has no key at the end', async (t) => {
  const world = newWorld();
  const placeOf = (id: string): string => (id === 'c' ? 'kent' : 'durham');
  const ids = ['a', 'a-b', 'b', 'c', 'd', '\u{1f600}', '\uffee'];
  const { handlers } = world.open();
  applyTo(
    handlers,
    ['c', 'a', '\uffee', 'd', 'a-b', '\u{1f600}', 'b'].map((id, n) =>
      world.event(
        1,
        'PoolProposed',
        { ...proposed, placeId: placeOf(id) },
        { recordId: id, stream: `pool-${id}`, position: n + 1 },
      ),
    ),
  );
  applyTo(handlers, [
    world.event(2, 'PledgeMade', pledged('p1'), { recordId: 'b', stream: 'pool-b', position: 20 }),
  ]);
  const keys = {
    id: (id: string) => id,
    placeId: placeOf,
    pledged: (id: string) => (id === 'b' ? 1 : id === 'd' ? null : 0),
  } as const;
  world.db.exec("UPDATE r SET pledged = CASE id WHEN 'b' THEN 1 WHEN 'd' THEN NULL ELSE 0 END");
  const walked = new Property('rows of a table are walked in order');
  const inMemoryToo = new Property('and of a list in memory alike');
  for (const [by, keyOf] of Object.entries(keys))
    for (const within of [undefined, 'durham', 'kent', 'nowhere'])
      for (const descending of [false, true]) {
        const rows: Spot[] = ids
          .filter((id) => within === undefined || placeOf(id) === within)
          .map((id) => ({ key: keyOf(id), tie: id }));
        const order = [...rows].sort((x, y) => {
          const bytes = Buffer.compare(Buffer.from(x.tie), Buffer.from(y.tie));
          const [a, b] = [x.key ?? '\u{10ffff}', y.key ?? '\u{10ffff}'];
          return a === b
            ? bytes
            : typeof a === 'number' && typeof b === 'number'
              ? a - b
              : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
        });
        if (descending) order.reverse();
        const spots = (found: readonly Spot[]) => found.map(({ key, tie }) => ({ key, tie }));
        const inMemory = walkOf(rows);
        for (const after of [undefined, ...order])
          for (const limit of [1, 2, 9]) {
            const from = after === undefined ? 0 : order.indexOf(after) + 1;
            const asked = { after, descending, limit };
            const what = `${limit} by ${by} within ${within} after ${JSON.stringify(after)}, ${descending ? 'down' : 'up'}`;
            const expected = order.slice(from, from + limit);
            walked.same(t, what, spots(world.read.walk({ by, within })(asked)), expected);
            inMemoryToo.same(t, what, spots(inMemory(asked)), expected);
          }
      }
  walked.settle(t);
  inMemoryToo.settle(t);
});

test('an event that changes no column leaves the indexes alone, and a changed one is found by what it is now', async (t) => {
  const world = newWorld();
  world.db.exec('CREATE TABLE written (n)');
  const plain = stateTable<PoolState>({
    columns: { name: ['TEXT NOT NULL', (r) => r.state.name] },
    orders: { by: ['name'] },
  });
  world.db.exec(plain.tables.rows.replaceAll('{rows}', 'q'));
  world.db.exec('CREATE TRIGGER named AFTER UPDATE OF name ON q BEGIN INSERT INTO written VALUES (1); END');
  const { fold, batch } = plain.write(world.db, { rows: 'q' });
  const each = { each: (e: Recorded) => void fold(e), ...batch };
  const events = [
    world.event(1, 'PoolProposed', proposed),
    world.event(2, 'PledgeMade', pledged('p1')),
    world.event(3, 'RecordCorrected', { field: 'name', to: 'Drugs', reason: 'Its name' }),
  ];
  for (const e of events) applyTo(each, [e]);
  t.equal(
    world.db.prepare('SELECT count(*) FROM written').pluck().get(),
    1,
    'the name was written once, when it changed',
  );
  const read = plain.read(world.db, { rows: 'q' });
  t.strictSame(read.walk({ by: 'name' })({ descending: false, limit: 9 }), [
    { key: 'Drugs', tie: 'a', name: 'Drugs' },
  ]);
  t.equal(read.one('pool-a')!.version, 3);
});
