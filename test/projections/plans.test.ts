/**
 * Every query of every view, those made on the way too, is answered from an index: no table that grows is
 * read whole.
 */
import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import { queries } from '../../src/http/questions/index.js';
import { openHarness } from '../http/harness.js';
import { questions } from '../http/questions.js';
import { Property } from '../holds.js';

const [auditor, secretariat] = ['auditor@programme:total-place', 'secretariat@place:durham'];
/** What a place's secretariat may not ask: of refusals, and as the members of other places. */
const forAuditors = /^\/v1\/(refusals|reads)|audience=members/;
/** No record of these kinds is open to everybody on the demo's first morning. */
const notOpen = /^\/v1\/(barriers|commitments|pools)\/.*audience=public/;

test('no view’s statement scans a table', { timeout: 240_000 }, async (t) => {
  const statements = new Set<string>();
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (this: Database.Database, sql: string) {
    statements.add(sql);
    return prepare.call(this, sql);
  } as typeof prepare;
  t.teardown(() => void (Database.prototype.prepare = prepare));
  const harness = await openHarness(t);
  const world: Record<string, readonly string[]> = {};
  for (const { name, collection } of aggregates) {
    const url = `/v1/${collection}`;
    if (!queries.some((q) => q.kind === 'list' && q.url === url) || forAuditors.test(url)) continue;
    const { items } = (await harness.inject(secretariat, 'post.somebody', 'GET', `${url}?limit=1`)).json;
    world[name] = items.map((row: { id: string }) => row.id);
  }
  Object.assign(world, { place: ['durham'], agency: ['department-for-work-and-pensions'] });
  const sorted = queries.flatMap((q) =>
    q.kind === 'list' ? q.sorts.flatMap((by) => [`${q.url}?sort=${by}`, `${q.url}?sort=-${by}`]) : [],
  );
  const within = sorted
    .filter((url) => /barriers|commitments|decisions|pools|submissions|calendar/.test(url))
    .map((url) => `${url}&placeId=suffolk`);
  const answered = new Property('A question whose statements are looked at is answered');
  for (const url of [...questions(world), ...sorted, ...within])
    for (const as of [auditor, secretariat]) {
      if ((as === secretariat && forAuditors.test(url)) || notOpen.test(url)) continue;
      // What waits is asked for by a grant of whoever asks.
      const asked = url.replace(/([?&]as=).*/, `$1${as}`);
      const { status, raw } = await harness.inject(as, 'post.somebody', 'GET', asked);
      answered.same(t, `${asked} as ${as}`, status === 200 ? status : `${status} ${raw}`, 200);
    }
  answered.settle(t);

  const { db } = harness.service;
  const views = harness.service.engine.status().map((v) => `${v.name.replaceAll('-', '_')}_`);
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all()
    .filter((name) => views.some((v) => name.startsWith(v)));
  t.ok(tables.length > 20, `${tables.length} tables of views`);
  const scans: string[] = [];
  let looked = 0;
  for (const sql of statements) {
    if (!/^\s*(SELECT|UPDATE|DELETE|INSERT)/i.test(sql) || !tables.some((name) => sql.includes(name)))
      continue;
    looked++;
    const names = [...sql.matchAll(/[@$](\w+)/g)].map((m) => m[1]!);
    const values =
      names.length > 0
        ? [Object.fromEntries(names.map((n) => [n, null]))]
        : Array(sql.split('?').length - 1).fill(null);
    const explain = prepare.call(db, `EXPLAIN QUERY PLAN ${sql}`) as unknown as Database.Statement<
      unknown[],
      { detail: string }
    >;
    const plan = explain.all(...values);
    for (const { detail } of plan) {
      // A walk stops where it has enough: sorted first, it would read everything. Within a place the few are
      // found, and then sorted.
      if (sql.includes(' AS key') && !sql.includes('ORDER BY +') && detail.includes('TEMP B-TREE'))
        scans.push(`${detail}: ${sql}`);
      const table = /^SCAN (\S+)/.exec(detail)?.[1];
      // An alias, a table under another name, or the rows of a subquery that was itself searched.
      const whole =
        table !== undefined &&
        (tables.includes(table) ||
          new RegExp(`(FROM|JOIN) (${tables.join('|')}) (AS )?${table}\\b`, 'i').test(sql));
      if (whole && !/\bLIMIT 1\b/.test(sql)) scans.push(`${detail}: ${sql}`);
    }
  }
  t.ok(looked > 80, `${looked} statements looked at`);
  t.same(scans, []);
});
