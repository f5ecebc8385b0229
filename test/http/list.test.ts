/**
 * Lists read a few rows at a time: in bounded turns of the event loop, from several sources at once, and
 * whole as CSV.
 */
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { build } from '../../src/app.js';
import { usual } from '../../src/http/server/at-once.js';
import { queries } from '../../src/http/questions/index.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { Reader, rowsATurn } from '../../src/http/query/list.js';
import { walkOf, type Spot, type Walk } from '../../src/projections/engine/walk.js';
import { Property } from '../holds.js';
import { officeAccount, openHarness } from './harness.js';

const numbered = (from: number, to: number, key = (n: number) => n): Spot[] =>
  Array.from({ length: to - from }, (_, i) => ({
    key: key(from + i),
    tie: String(from + i).padStart(6, '0'),
  }));
/** Slices that are never over: the number of rows alone ends a turn. */
function turns() {
  const seen = { rows: 0, most: 0, turns: 0 };
  return {
    seen,
    slices: {
      turn: () => {
        Object.assign(seen, { rows: 0, turns: seen.turns + 1 });
        return Promise.resolve({ over: false, end() {} });
      },
    },
    counted:
      <L extends Spot>(walk: Walk<L>): Walk<L> =>
      (from) => {
        const rows = walk(from);
        seen.rows += rows.length;
        seen.most = Math.max(seen.most, seen.rows);
        return rows;
      },
  };
}

test('rows that are passed over are looked at in bounded turns, however few are shown', async (t) => {
  for (const wanted of [0, 1, 9_999]) {
    const { seen, slices, counted } = turns();
    let looked = 0;
    const show = ({ key }: Spot) => (looked++, key === wanted - 1 ? key : undefined);
    const reader = new Reader<unknown>([{ walk: counted(walkOf(numbered(0, 10_000))), show }], {
      after: undefined,
      descending: false,
      slices,
    });
    const found = await reader.take(51);
    t.strictSame(
      found.map((e) => e.shown),
      wanted === 0 ? [] : [wanted - 1],
    );
    t.equal(looked, 10_000, 'all were looked at');
    t.ok(seen.turns >= 10_000 / rowsATurn - 1, `${seen.turns} turns`);
    // What was read ahead in one turn is looked at in the next.
    t.ok(seen.most <= 2 * rowsATurn, `${seen.most} rows in a turn`);
  }
});

test('several sources are one list, up and down, from anywhere', async (t) => {
  const { slices } = turns();
  const [even, odd] = [
    numbered(0, 700).filter((x) => Number(x.key) % 2 === 0),
    numbered(0, 700, (n) => Math.floor(n / 7)).filter((_, n) => n % 2 === 1),
  ];
  const all = walkOf([...even, ...odd]);
  for (const descending of [false, true]) {
    const order = all({ descending, limit: 1000 });
    for (const after of [undefined, order[0], order[333], order.at(-1)]) {
      const reader = new Reader<Spot>(
        [even, odd].map((rows) => ({ walk: walkOf(rows), show: (x: Spot) => x })),
        { after, descending, slices },
      );
      const found: Spot[] = [];
      for (let page = await reader.take(17); page.length > 0; page = await reader.take(17))
        found.push(...page.map((e) => e.shown));
      t.strictSame(found, order.slice(after === undefined ? 0 : order.indexOf(after) + 1));
    }
  }
});

type Who = readonly [as: string, account: string];
const lead: Who = ['secretariat@place:suffolk', 'post.lead'];
const auditor: Who = ['auditor@programme:total-place', officeAccount];

test('a CSV without a limit is every row that its reader may see', { timeout: 240_000 }, async (t) => {
  const harness = await openHarness(t);
  for (let n = 0; n < rowsATurn + 20; n++) {
    const draft = {
      id: `form-${n}`,
      placeId: 'suffolk',
      title: `Form ${n % 9}`,
      change: 'One form',
      ownerAgencyId: 'suffolk-county-council',
      level: 'place',
    };
    const answer = await harness.inject(...lead, 'POST', '/v1/commitments', draft, {
      'idempotency-key': `form-${n}`,
    });
    t.ok(answer.status === 201 || t.fail(answer.raw));
  }
  const rowsOf = (raw: string) => parse(raw, { bom: true, columns: true }) as Record<string, string>[];
  for (const [url, reader] of [
    ['/v1/calendar', auditor],
    ['/v1/commitments?sort=-title', auditor],
    ['/v1/commitments?sort=daysLate', lead],
    ['/v1/agencies', ['', 'nobody']],
  ] as readonly (readonly [url: string, reader: Who])[]) {
    const paged: string[] = [];
    for (let next: string | null = `${url}${url.includes('?') ? '&' : '?'}limit=60`; next !== null;) {
      const { json }: { json: any } = await harness.inject(...reader, 'GET', next);
      paged.push(...json.items.map((x: { id: string }) => x.id));
      next = json.next;
    }
    const csv = await harness.inject(...reader, 'GET', url, undefined, { accept: 'text/csv' });
    t.strictSame(
      rowsOf(csv.raw).map((x) => x.id),
      paged,
      `${url}: all ${paged.length}`,
    );
    t.equal(csv.headers.link, undefined, 'there is no other page');
    const few = await harness.inject(
      ...reader,
      'GET',
      `${url}${url.includes('?') ? '&' : '?'}format=csv&limit=5`,
    );
    t.strictSame(
      [rowsOf(few.raw).map((x) => x.id), /rel="next"/.test(few.headers.link)],
      [paged.slice(0, 5), true],
      'with a limit it is that page',
    );
    const head = await harness.inject(...reader, 'HEAD', url, undefined, { accept: 'text/csv' });
    t.strictSame(
      [head.status, head.raw, head.headers['content-type']],
      [200, '', csv.headers['content-type']],
      'HEAD reads nothing',
    );
  }
  const text = (await harness.inject(...auditor, 'GET', '/v1/commitments?format=csv')).raw;
  t.equal(text.split('illustrative').length, 2, 'the names of the columns stand at the top alone');
});

test('a docket comes a page at a time, its totals of everything', async (t) => {
  const harness = await openHarness(t);
  const url = '/v1/departments/department-for-work-and-pensions/docket';
  for (const reader of [
    auditor,
    ['official@agency:department-for-work-and-pensions', 'post.official'],
    ['secretariat@place:kent', 'post.kent'],
  ] as readonly Who[]) {
    const whole = await harness.inject(...reader, 'GET', url);
    const { items, next: none, asAt: _, ...totals } = whole.json;
    t.ok(items.length > 1);
    t.strictSame([none, whole.headers.link], [null, undefined]);
    const paged: unknown[] = [];
    for (let next: string | null = `${url}?limit=1`; next !== null;) {
      const page: { json: any; headers: any } = await harness.inject(...reader, 'GET', next);
      const { items: some, next: more, asAt: __, ...same } = page.json;
      t.strictSame(same, totals, 'the totals are of the whole docket');
      t.equal(page.headers.link, more === null ? undefined : `<${more}>; rel="next"`);
      t.equal(some.length, 1);
      paged.push(...some);
      next = more;
    }
    t.strictSame(paged, items);
    const csv = await harness.inject(...reader, 'GET', `${url}?format=csv`);
    t.equal((parse(csv.raw, { bom: true }) as string[][]).length, items.length + 1, 'as CSV it is whole');
    t.equal((await harness.inject(...reader, 'GET', `${url}?limit=1&cursor=x`)).json.code, 'INVALID_CURSOR');
  }
});

test(
  'the CSV of a long docket is sent as it is read, and takes the place of an export',
  { timeout: 240_000 },
  async (t) => {
    const harness = await openHarness(t);
    const department = 'department-for-work-and-pensions';
    const url = `/v1/departments/${department}/docket`;
    const terms = {
      accountable: { official: 'Deputy director, families' },
      measure: 'One form',
      evidenceExpected: 'The circular',
      dueOn: '2009-12-18',
      verifierAgencyId: 'suffolk-county-council',
    };
    for (let n = 0; n < rowsATurn + 5; n++) {
      const draft = {
        id: `asked-${n}`,
        placeId: 'suffolk',
        title: `Form ${n}`,
        change: 'One form',
        ownerAgencyId: department,
        level: 'whitehall',
        ...terms,
      };
      const drafted = await harness.inject(...lead, 'POST', '/v1/commitments', draft, {
        'idempotency-key': `asked-${n}`,
      });
      t.ok(drafted.status === 201 || t.fail(drafted.raw));
      const offered = await harness.inject(
        ...lead,
        'POST',
        `/v1/commitments/asked-${n}/offer`,
        {},
        { 'idempotency-key': `offered-${n}` },
      );
      t.ok(offered.status === 200 || t.fail(offered.raw));
    }
    const ids: string[] = [];
    for (let next: string | null = `${url}?limit=200`; next !== null;) {
      const { json }: { json: any } = await harness.inject(...lead, 'GET', next);
      ids.push(...json.items.map((x: { id: string }) => x.id));
      next = json.next;
    }
    t.ok(ids.length > rowsATurn);
    const csv = await harness.inject(...lead, 'GET', `${url}?format=csv`);
    t.strictSame(
      (parse(csv.raw, { bom: true, columns: true }) as { id: string }[]).map((x) => x.id),
      ids,
    );
    const full = await build({
      service: harness.service,
      verify: createVerifier(harness.issuer.verifier),
      version: 'test',
      atOnce: { ...usual, exports: { account: 0, all: 8 } },
    });
    t.teardown(() => full.close());
    const [as, account] = lead;
    const ask = async (method: 'GET' | 'HEAD', path: string) =>
      full.inject({
        method,
        url: path,
        headers: { authorization: `Bearer ${await harness.token(as, account)}` },
      });
    t.match((await ask('GET', `${url}?format=csv`)).json(), { status: 429, code: 'TOO_MANY_EXPORTS' });
    t.equal((await ask('GET', `${url}?format=csv&limit=5`)).statusCode, 200, 'a page of it is no export');
    const head = await ask('HEAD', `${url}?format=csv`);
    t.strictSame(
      [head.statusCode, head.headers['content-type']],
      [200, csv.headers['content-type']],
      'HEAD reads nothing and takes no place',
    );
  },
);

test('an order that a list does not have is refused with the members that it is sorted by', async (t) => {
  const harness = await openHarness(t);
  const refused = new Property('What cannot be asked for is told of what can');
  for (const { url, ...question } of queries) {
    if (question.kind !== 'list') continue;
    const { sorts } = question;
    for (const sort of [`--${sorts[0]}`, 'nothing', '-']) {
      const { status, json } = await harness.inject(
        'auditor@programme:total-place',
        'post.auditor',
        'GET',
        `${url}?sort=${sort}`,
      );
      refused.same(
        t,
        `${url} by ${sort}`,
        [status, json.code, json.detail],
        [
          400,
          'INVALID_PARAMETER',
          `sort must be one of ${sorts.join(', ')}, with - before it for the other way round.`,
        ],
      );
    }
  }
  refused.settle(t);
});
test('refusals are told the last first, where no order is asked for', async (t) => {
  const harness = await openHarness(t);
  const as = 'auditor@programme:total-place';
  const list = async (sort: string): Promise<string[]> =>
    (await harness.inject(as, 'post.auditor', 'GET', `/v1/refusals${sort}`)).json.items.map(
      (x: { id: string }) => x.id,
    );
  for (const until of ['2009-11-30', '2010-12-01'])
    await harness.inject(as, 'post.auditor', 'POST', '/v1/waivers', {
      rule: 'EXTENSION_TOO_LONG',
      placeId: 'durham',
      reason: 'The finance director is away until November',
      until,
    });
  const up = await list('?sort=recordedAt');
  t.ok(up.length > 1, `${up.length} refusals`);
  t.strictSame(await list(''), [...up].reverse());
  t.strictSame(await list('?sort=-recordedAt'), [...up].reverse());
});
