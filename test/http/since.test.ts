/** Lists of what changed since a day: by when it was recorded, and as far as the reader is told. */
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { addDays, londonDate } from '../../src/domain/shared/calendar.js';
import { decode } from '../../src/log/codec.js';
import { isProblem, openHarness } from './harness.js';

const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const treasury = ['treasury@programme:total-place', 'post.treasury'] as const;
const kinds = {
  barrier: 'barriers',
  commitment: 'commitments',
  decision: 'decisions',
  pool: 'pools',
  submission: 'submissions',
};

test('lists since a day have the records with an event after it, and no others', async (t) => {
  const harness = await openHarness(t);
  const items = async (reader: readonly [string, string], url: string): Promise<any[]> =>
    (await harness.inject(...reader, 'GET', url)).json.items;
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  const newest = new Map(events.map((e) => [e.stream, londonDate(e.recordedAt)]));
  for (const [kind, collection] of Object.entries(kinds)) {
    const all = await items(auditor, `/v1/${collection}?limit=200`);
    const days = [...new Set(all.map(({ id }) => newest.get(`${kind}-${id}`)!))].sort();
    // On the day of a record's last event, the day before, and after everything.
    for (const day of [days[0]!, days[Math.floor(days.length / 2)]!, days.at(-1)!]) {
      const asked = `/v1/${collection}?limit=200&since=${day}`;
      const expected = all.filter(({ id }) => newest.get(`${kind}-${id}`)! > day);
      t.strictSame(await items(auditor, asked), expected, `${collection} since ${day}`);
      const paged: unknown[] = [];
      for (let next: string | null = `/v1/${collection}?limit=1&since=${day}`; next !== null;) {
        const page: any = (await harness.inject(...auditor, 'GET', next)).json;
        paged.push(...page.items);
        next = page.next;
      }
      t.strictSame(paged, expected, 'a page at a time');
      const { raw } = await harness.inject(...auditor, 'GET', `/v1/${collection}?since=${day}&format=csv`);
      const rows = parse(raw, { bom: true, columns: true }) as Record<string, string>[];
      t.strictSame(
        rows.map(({ id }) => id),
        expected.map(({ id }) => id),
        'as CSV',
      );
    }
    t.ok(days.length > 1, `${collection} changed on ${days.length} days`);
    isProblem(
      t,
      await harness.inject(...auditor, 'GET', `/v1/${collection}?since=2009-10-23`),
      400,
      'INVALID_PARAMETER',
      'a day to come',
    );
  }

  const exceptions = await items(auditor, '/v1/exceptions?limit=200');
  const [of] = exceptions.filter((one) => one.recordedAt !== null);
  const day = londonDate(of.recordedAt);
  t.strictSame(
    await items(auditor, `/v1/exceptions?limit=200&since=${day}`),
    exceptions.filter((one) => (one.recordedAt === null ? one.day >= day : londonDate(one.recordedAt) > day)),
  );
});

test('what a reader is not told of is no change to them', async (t) => {
  const harness = await openHarness(t);
  const get = async (reader: readonly [string, string], url: string): Promise<any[]> =>
    (await harness.inject(...reader, 'GET', url)).json.items;
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  let apart = 0;
  for (const [kind, collection] of Object.entries(kinds)) {
    const shown = (await get(treasury, `/v1/${collection}?limit=200`)).map(({ id }) => `${kind}-${id}`);
    const days = new Set(events.filter((e) => shown.includes(e.stream)).map((e) => londonDate(e.recordedAt)));
    for (const since of [...days].sort().slice(-6)) {
      const from = addDays(since, 1);
      const changed = (await get(treasury, `/v1/${collection}?limit=200&since=${since}`)).map(
        ({ id }) => `${kind}-${id}`,
      );
      const told = new Set<string>();
      for (const stream of shown)
        if ((await get(treasury, `/v1/timeline?record=${stream}&limit=1&from=${from}`)).length > 0)
          told.add(stream);
      t.strictSame(
        changed,
        shown.filter((stream) => told.has(stream)),
        `${collection} since ${since}`,
      );
      const moved = events.filter((e) => shown.includes(e.stream) && londonDate(e.recordedAt) > since);
      apart += moved.filter((e) => !told.has(e.stream)).length;
    }
  }
  t.ok(apart > 0, 'something happened of which the treasury is not told');
});

test('a docket since a day has the items whose record changed after it', async (t) => {
  const harness = await openHarness(t);
  const get = async (url: string) => (await harness.inject(...auditor, 'GET', url)).json;
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  const newest = new Map(events.map((e) => [e.stream, londonDate(e.recordedAt)]));
  let [items, left] = [0, 0];
  for (const { id } of (await get('/v1/agencies?sort=sector&limit=200')).items.filter(
    ({ sector }: { sector: string }) => sector === 'department',
  )) {
    const url = `/v1/departments/${id}/docket?limit=200`;
    const { items: all, next: _, ...counts } = await get(url);
    const changedOn = (item: any): string => newest.get(`${item.record.aggregate}-${item.record.id}`)!;
    for (const day of new Set<string>(all.map(changedOn)))
      for (const since of [addDays(day, -1), day]) {
        const told = await get(`${url}&since=${since}`);
        const expected = all.filter((item: any) => changedOn(item) > since);
        t.strictSame(told.items, expected, `${id} since ${since}`);
        t.match(told, { ...counts, changed: Array }, 'the counts are of everything');
        const csv = await harness.inject(...auditor, 'GET', `${url}&since=${since}&format=csv`);
        t.strictSame(
          (parse(csv.raw, { bom: true, columns: true }) as Record<string, string>[]).map((row) => row.id),
          expected.map((item: any) => item.id),
          'as CSV',
        );
        items += expected.length;
        left += all.length - expected.length;
      }
  }
  t.ok(items > 3 && left > 3, `${items} items changed, and ${left} did not`);
});
