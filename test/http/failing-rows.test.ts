/**
 * One record whose stored data cannot be read never makes a page fail: it is shown as failed, and logged
 * once.
 */
import { test, type Test } from 'tap';
import { office, officeAccount, openHarness, type Harness } from './harness.js';
import { makeLogger } from '../../src/http/server/logger.js';

const auditor = ['auditor@programme:total-place', 'auditor'] as const;
const department = ['official@agency:department-for-work-and-pensions', 'official'] as const;
const damaged = 'barrier-kent-gateway-benefits.answer.';

/** Damages what the views say of one due item: its day is none. */
async function openDamaged(
  t: Test,
  code = 'answer',
): Promise<{ h: Harness; logged: { part: string; err: { message: string } }[] }> {
  const lines: { part: string; err: { message: string } }[] = [];
  const stream = { write: (line: string) => void (line.includes('"part"') && lines.push(JSON.parse(line))) };
  const harness = await openHarness(t, { logger: makeLogger('error', stream) });
  const table = harness.service.db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE name LIKE 'place_progress_items_%' AND type = 'table'",
    )
    .pluck()
    .get()!;
  const { changes } = harness.service.db
    .prepare(
      `UPDATE ${table} SET dueOn = '2009-09-xx', code = ? WHERE recordId = 'kent-gateway-benefits' AND code = 'answer' AND closedOn IS NULL`,
    )
    .run(code);
  t.equal(changes, 1, 'one item is damaged');
  harness.service.db
    .prepare(
      `UPDATE ${table.replace('items', 'waiting')} SET dueOn = '2009-09-xx' WHERE dueOn = '2009-09-18'`,
    )
    .run();
  return { h: harness, logged: lines };
}
const failed = (rows: { failed?: boolean }[]) => rows.filter((x) => x.failed);

test('the calendar, its feed, what waits, the docket and progress show what fails, and the rest of the page', async (t) => {
  const { h: harness, logged } = await openDamaged(t);
  const get = async (who: readonly [string, string], url: string, headers = {}) => {
    const answer = await harness.inject(...who, 'GET', url, undefined, headers);
    t.equal(answer.status, 200, `${url}: ${answer.raw.slice(0, 200)}`);
    return answer;
  };
  const calendar = (await get(auditor, '/v1/calendar?limit=200')).json.items;
  t.match(failed(calendar), [
    { id: new RegExp(`^${damaged}`), from: '2009-09-xx', to: '2009-09-xx', failed: true },
  ]);
  t.ok(
    calendar.length > 50 &&
      calendar.filter((x: { title?: string }) => x.title).length === calendar.length - 1,
    'every other entry is whole',
  );
  const csv = (await get(auditor, '/v1/calendar?limit=200', { accept: 'text/csv' })).raw;
  t.match(csv, new RegExp(`\n${damaged}.*,true\r?\n`), 'the failed row says so in its last column');
  t.match((await get(auditor, '/v1/calendar.ics?from=2009-01-01')).raw, /cannot be shown now/);
  t.match(failed((await get(department, '/v1/me/actions')).json.items), [
    { id: new RegExp(`^${damaged}`), dueOn: '2009-09-xx' },
  ]);

  const docket = (await get(department, '/v1/departments/department-for-work-and-pensions/docket')).json;
  t.match(
    docket,
    { department: { id: 'department-for-work-and-pensions' }, failed: true },
    'its sums are not made of half',
  );
  t.equal(failed(docket.items).length, 1);
  t.ok(docket.items.length > 1);

  const programme = (await get([office, officeAccount], '/v1/programmes/total-place/progress')).json;
  t.match(failed(programme.places), [{ id: 'kent', name: 'Kent', audience: 'programme', failed: true }]);
  t.notOk('rag' in failed(programme.places)[0]!, 'a colour that leaves a record out would be a guess');
  t.equal(programme.places.filter((p: { rag?: string }) => p.rag).length, programme.places.length - 1);
  t.match(
    programme.owed.find((o: { failed?: boolean }) => o.failed),
    { department: { id: 'department-for-work-and-pensions' } },
  );
  t.ok(programme.owed.some((o: { failed?: boolean }) => !o.failed));
  t.match((await get([office, officeAccount], '/v1/places/kent/progress')).json, {
    id: 'kent',
    failed: true,
    records: [{}],
  });
  t.match(
    (await get([office, officeAccount], '/v1/programmes/total-place/progress', { accept: 'text/csv' })).raw,
    /\nkent,.*,true\r?\n/,
  );

  const parts = logged.map((l) => l.part);
  t.equal(new Set(parts).size, parts.length, 'each is logged once, however often it is asked for');
  t.match(logged.find((l) => l.part.startsWith(damaged))?.err.message, /2009-09-xx.* is no date/);
  t.match(
    logged.find((l) => l.part === 'place-kent')?.err.message,
    /barrier-kent-gateway-benefits/,
    'a place that fails names the record that made it fail',
  );
});

test('exceptions show what fails', async (t) => {
  const { h: harness } = await openDamaged(t, 'verification');
  const answer = await harness.inject(...auditor, 'GET', '/v1/exceptions?limit=200');
  t.equal(answer.status, 200, answer.raw);
  t.match(failed(answer.json.items), [
    { kind: 'overdue-verification', placeId: 'kent', day: '2009-09-xx', failed: true },
  ]);
  t.ok(answer.json.items.length > 1);
});

test('what is wrong with all the views is no row’s fault', async (t) => {
  const { h: harness } = await openDamaged(t);
  harness.service.engine.queries = () => {
    throw Object.assign(new Error('disk I/O error'), { name: 'SqliteError', code: 'SQLITE_IOERR' });
  };
  t.equal((await harness.inject(...auditor, 'GET', '/v1/programmes/total-place/progress')).status, 503);
});

test('of every list the row that cannot be read is shown as failed, and the others are there', async (t) => {
  const harness = await openHarness(t);
  const lead = ['secretariat@place:durham', 'post.lead'] as const;
  await harness.command(...lead, '/v1/waivers', {
    id: 'more-time',
    rule: 'EXTENSION_TOO_LONG',
    placeId: 'durham',
    reason: 'A flood',
    until: '2009-11-30',
  });
  const rows: [url: string, view: string, stream: string, id?: string][] = [
    ['/v1/agencies', 'register', 'agency-department-of-health'],
    ['/v1/funding-streams', 'register', 'fundingstream-'],
    ['/v1/programmes', 'register', 'programme-total-place'],
    ['/v1/places', 'register', 'programme-total-place', 'total-place.places'],
    ['/v1/waivers', 'register', 'waiver-more-time'],
    ['/v1/submissions', 'submission_tracker', 'submission-total-place.1.durham'],
    ['/v1/commitments', 'commitment_register', 'commitment-'],
    ['/v1/barriers', 'barrier_register', 'barrier-kent-gateway-benefits'],
    ['/v1/pools', 'place_progress', 'pool-durham-warm-homes'],
    ['/v1/decisions', 'decision_log', 'decision-'],
  ];
  for (const [url, view, stream, id] of rows) {
    const whole = await harness.inject(...auditor, 'GET', `${url}?limit=200`);
    t.equal(whole.status, 200);
    if (whole.json.items.length === 0) t.fail(`${url} has no row to damage`);
    const { db } = harness.service;
    const table = db
      .prepare<[string], string>("SELECT name FROM sqlite_schema WHERE name LIKE ? AND type = 'table'")
      .pluck()
      .get(`${view}_rows_%`)!;
    const found = db
      .prepare<[string], { stream: string; state: string }>(
        `SELECT stream, state FROM ${table} WHERE stream LIKE ? || '%' ORDER BY stream LIMIT 1`,
      )
      .get(stream)!;
    const set = db.prepare(`UPDATE ${table} SET state = ? WHERE stream = ?`);
    set.run('{', found.stream);
    harness.service.engine.rolledBack();
    const answer = await harness.inject(...auditor, 'GET', `${url}?limit=200`);
    t.equal(answer.status, 200, `${url}: ${answer.raw.slice(0, 200)}`);
    if (answer.status === 200) {
      t.match(
        failed(answer.json.items),
        [{ id: id ?? found.stream.slice(found.stream.indexOf('-') + 1), failed: true }],
        url,
      );
      if (!id) t.equal(answer.json.items.length, whole.json.items.length, 'the others are there');
    }
    set.run(found.state, found.stream);
    harness.service.engine.rolledBack();
  }
});
