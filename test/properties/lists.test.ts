/**
 * Any list, in any order it offers, by any of its filters, walked by any limits: its pages one after another
 * are the whole list, sorted. The whole is read in the default order without a filter; what is asked for is
 * picked and sorted here, by what the rows show.
 */
import fc from 'fast-check';
import { test } from 'tap';
import { defaultOrder, type Query } from '../../src/http/query/declare.js';
import { queries } from '../../src/http/questions/index.js';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { officeAccount, openHarness, type Harness } from '../http/harness.js';

type Row = Record<string, any>;
/**
 * What a filter keeps, of rows as they are shown, where it is not those whose member of the same name is what
 * is asked for.
 */
const filters: Record<string, Record<string, (row: Row, value: string) => boolean>> = {
  '/v1/barriers': { ownerAgencyId: (b, id) => b.owners.some((o: Row) => o.agencyId === id) },
  '/v1/exceptions': { from: (x, day) => x.day >= day, to: (x, day) => x.day <= day },
  '/v1/refusals': { account: (x, id) => x.actor.account === id },
  '/v1/me/actions': { to: (x, day) => x.dueOn <= day },
  '/v1/calendar': {
    programmeId: (e, id) => e.programmeId === id || (e.programmeId === null && e.kind === 'due'),
    placeId: (e, id) => e.placeId === id || (e.placeId === null && e.kind !== 'due'),
    from: (e, day) => e.to >= day,
    to: (e, day) => e.from <= day,
  },
};
/** Parameters that say who is answered, and keep no rows. */
const answered = ['audience', 'as'];
/** The filters of a list, of which the tests need not be told. */
const filtersOf = (q: Query): string[] =>
  Object.keys(q.query?.shape ?? {}).filter((name) => !answered.includes(name));
const keeps = (url: string, name: string): ((row: Row, value: string) => boolean) =>
  filters[url]?.[name] ?? same(name);
function same(member: string): (row: Row, value: string) => boolean {
  return (row, value) => String(row[member]) === value;
}
/** What a filter is tried with: what rows show, and something that none does. */
const valuesOf = (filter: string, rows: readonly Row[]): string[] => [
  ...new Set(
    rows
      .flatMap((row) =>
        filter === 'ownerAgencyId'
          ? (row.owners?.map((o: Row) => o.agencyId) ?? [row.ownerAgencyId])
          : filter === 'account'
            ? [row.actor?.account ?? row.account]
            : filter === 'from'
              ? [row.day ?? row.to]
              : filter === 'to'
                ? [row.day ?? row.dueOn ?? row.to]
                : [row[filter]],
      )
      .filter((x: unknown) => x !== null && x !== undefined)
      .map(String),
  ),
];

const readers = [
  ['auditor@programme:total-place', officeAccount],
  ['secretariat@place:suffolk', 'post.lead'],
  [
    'seat-holder@place:durham+agency:durham-county-council official@agency:department-for-work-and-pensions',
    'post.both',
  ],
  ['champion@place:kent finance-officer@agency:kent-county-council', 'post.champion'],
  ['', 'nobody.at-all'],
] as const;

/** Code points, nothing last. */
function compareKeys(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Records in the same place by titles that sort oddly, without a theme or a date, and refusals. */
async function fill(harness: Harness): Promise<void> {
  const lead = ['secretariat@place:suffolk', 'post.lead'] as const;
  for (const [n, title] of [
    'Zebra',
    'apple',
    'Éclair',
    '\u{1f600} smile',
    '\uffee half',
    'apple',
  ].entries()) {
    const draft = {
      id: `odd-${n}`,
      placeId: 'suffolk',
      title,
      change: 'One form',
      ownerAgencyId: 'suffolk-county-council',
      level: 'place',
      ...(n % 2 ? { dueOn: '2010-01-15' } : {}),
    };
    await harness.command(...lead, '/v1/commitments', draft);
  }
  for (let n = 0; n < 7; n++)
    await harness.inject(...lead, 'POST', `/v1/commitments/odd-${n % 3}/acceptance`, { consent: true });
}

test(
  'the pages of any list, in any order, by any filter, are the whole list sorted',
  { timeout: 280_000 },
  async (t) => {
    const harness = await openHarness(t);
    await fill(harness);
    // Promises are late by then, by different days.
    (harness.service.clock as SimulatedClock).advance('2010-04-15T09:00:00Z');
    // Asking adds to who read what: no two pages would be of one list.
    const lists = queries.flatMap((q) => (q.kind === 'list' && q.url !== '/v1/reads' ? [q] : []));
    async function walk(
      reader: (typeof readers)[number],
      url: string,
      limits: readonly number[],
    ): Promise<Row[]> {
      const rows: Row[] = [];
      let next: string | null = url;
      for (let n = 0; next !== null; n++) {
        const at = new URL(next, 'http://local');
        at.searchParams.set('limit', String(limits[n % limits.length]));
        const page = await harness.inject(reader[0], reader[1], 'GET', at.pathname + at.search);
        if (page.status !== 200) throw new Error(`${next}: ${page.raw}`);
        rows.push(...page.json.items);
        if (rows.length > 3000) throw new Error(`${url} has no end`);
        next = page.json.next;
      }
      return rows;
    }
    const wholes = new Map<string, Row[]>();
    for (const reader of readers)
      for (const q of lists) {
        if (q.url.startsWith('/v1/refusals') && !reader[0].includes('auditor')) continue;
        wholes.set(`${reader[0]} ${q.url}`, await walk(reader, q.url, [200]));
      }
    const auditors = lists.map((q) => [q.url, wholes.get(`${readers[0][0]} ${q.url}`)!.length] as const);
    t.ok(
      auditors.every(
        ([url, n]) =>
          n > 1 ||
          [
            '/v1/waivers',
            '/v1/programmes',
            '/v1/me/actions',
            '/v1/funding-streams',
            '/v1/refusals/trend',
          ].includes(url),
      ),
      `lists have rows: ${JSON.stringify(auditors)}`,
    );

    const cases = [...wholes.keys()].flatMap((key) => {
      const [as, url] = [key.slice(0, key.lastIndexOf(' ')), key.slice(key.lastIndexOf(' ') + 1)];
      const reader = readers.find((r) => r[0] === as)!;
      const q = lists.find((l) => l.url === url)!;
      return q.sorts.map((sort) => ({ reader, q, sort, whole: wholes.get(key)! }));
    });
    // Each list in each of its orders both ways for each reader, by each of its filters, and whatever else is
    // drawn.
    const anyCase = fc.record({
      case: fc.nat(cases.length - 1),
      filters: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 2 }),
      limits: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
    });
    async function holds({
      case: n,
      filters: drawn,
      limits,
    }: {
      case: number;
      filters: [number, number][];
      limits: number[];
    }): Promise<void> {
      const { reader, q, sort, whole } = cases[n]!;
      const own = filtersOf(q);
      const given = new Map<string, string>();
      for (const [which, value] of own.length === 0 ? [] : drawn) {
        const name = own[which % own.length]!;
        const values = valuesOf(name, whole);
        if (values.length > 0) given.set(name, values[value % values.length]!);
      }
      const wanted = whole.filter((row) =>
        [...given].every(([name, value]) => keeps(q.url, name)(row, value)),
      );
      const url = (way: string): string =>
        `${q.url}?${new URLSearchParams({ ...Object.fromEntries(given), sort: `${way}${sort}` }).toString()}`;
      const up = await walk(reader, url(''), limits);
      const down = await walk(reader, url('-'), limits);
      const ids = (rows: readonly Row[]) => rows.map((r) => r.id);
      const keys = (rows: readonly Row[]) => rows.map((r) => r[sort] ?? null);
      const what = `${url('')} for ${reader[0]}, ${limits.join()} at a time`;
      const sorted = [...wanted].sort((a, b) => compareKeys(a[sort], b[sort]));
      const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
      if (differ(ids(up).sort(), ids(wanted).sort()))
        throw new Error(`${what}: ${JSON.stringify(ids(up))} is not ${JSON.stringify(ids(wanted))}`);
      if (differ(keys(up), keys(sorted)))
        throw new Error(
          `${what}: its keys are ${JSON.stringify(keys(up))}, not ${JSON.stringify(keys(sorted))}`,
        );
      if (differ(ids(down), ids(up).reverse()))
        throw new Error(`${what}: the other way round is not the other way round`);
    }
    for (const n of cases.keys()) await holds({ case: n, filters: [], limits: [7, 40] });
    for (const [n, { q, sort }] of cases.entries())
      if (defaultOrder(q).endsWith(sort))
        for (const which of filtersOf(q).keys())
          await holds({ case: n, filters: [[which, 0]], limits: [40] });
    await fc.assert(fc.asyncProperty(anyCase, holds), { numRuns: 250 });
    t.pass(`${cases.length} lists in an order`);
  },
);
