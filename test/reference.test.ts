import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { Temporal } from 'temporal-polyfill';
import { loadReference } from '../src/runtime/reference.js';
import { Property } from './holds.js';

const home = new URL('../data/reference/', import.meta.url);
const rows = (file: URL): Record<string, string>[] =>
  parse(readFileSync(file), { bom: true, columns: true, skip_empty_lines: true });
const { areas, cofog } = loadReference();
const areaRows = rows(new URL('areas.csv', home));
const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();
const keyOf = (r: Record<string, string>): string => r.code || `snac:${r.snac}`;

test('Gateshead has one code in 2009 and another in 2015, joined by succession', async (t) => {
  t.equal(areas.validOn('E08000020', '2009-06-01'), true);
  t.equal(areas.validOn('E08000037', '2009-06-01'), false);
  t.equal(areas.validOn('E08000020', '2015-06-01'), false);
  t.equal(areas.validOn('E08000037', '2015-06-01'), true);
  t.same(areas.get('E08000020')!.successors, ['E08000037']);
});

test('areas: keys are unique, every successor and parent is in the file, dates are in order', async (t) => {
  const keys = new Set(areaRows.map(keyOf));
  t.equal(keys.size, areaRows.length);
  const whole = new Property('successors and parents of an area are in the file, its dates in order');
  for (const key of keys) {
    const { name, successors, parent, from, to } = areas.get(key)!;
    for (const successor of successors)
      whole.holds(t, `${name}: successor ${successor}`, keys.has(successor));
    if (parent) whole.holds(t, `${name}: parent ${parent}`, keys.has(parent));
    if (to) whole.holds(t, `${name}: ${from} to ${to}`, from <= to);
  }
  whole.settle(t);
});

test('bank holidays: 2005 to 2030, with the days moved and added', async (t) => {
  const dates = rows(new URL('holidays.csv', home)).map((r) => r.date!);
  const days = new Set(dates);
  t.equal(days.size, dates.length);
  const extra: Record<number, number> = { 2011: 9, 2012: 9, 2022: 10, 2023: 9 };
  for (let year = 2005; year <= 2030; year++)
    t.equal(dates.filter((d) => d.startsWith(`${year}-`)).length, extra[year] ?? 8, `${year}`);
  for (const d of [
    '2009-08-31',
    '2009-12-28',
    '2011-04-29',
    '2012-06-04',
    '2012-06-05',
    '2020-05-08',
    '2022-06-02',
    '2022-06-03',
    '2022-09-19',
    '2023-05-08',
  ])
    t.ok(days.has(d), d);
  for (const d of ['2009-12-26', '2012-05-28', '2020-05-04', '2022-05-30']) t.notOk(days.has(d), `not ${d}`);
});

test('COFOG: ten divisions and their groups', async (t) => {
  const codes = [...cofog.keys()];
  t.equal(codes.filter((c) => /^\d\d$/.test(c)).length, 10);
  t.equal(codes.filter((c) => /^\d\d\.\d$/.test(c)).length, 69);
  t.strictSame(
    codes.filter((code) => !cofog.has(code.slice(0, 2))),
    [],
    'each is of a division',
  );
});

test('areas: every council of the United Kingdom on a day is in the file', async (t) => {
  // Councils of the day: England's 353, the greater London authority among its own; Scotland, Wales, the North.
  const councils = (day: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { type, ...area } of areaRows.map((row) => areas.get(keyOf(row))!))
      if (areas.validOn(area.code, day)) counts[type] = (counts[type] ?? 0) + 1;
    return counts;
  };
  const everywhere = {
    'metropolitan district': 36,
    'london borough': 32,
    'city corporation': 1,
    'greater london authority': 1,
    'council area of Scotland': 32,
    'unitary authority of Wales': 22,
  };
  t.strictSame(councils('2009-06-01'), {
    ...everywhere,
    'county council': 27,
    'non-metropolitan district': 201,
    'unitary authority': 56,
    'district of Northern Ireland': 26,
  });
  t.strictSame(councils('2026-11-01'), {
    ...everywhere,
    'county council': 21,
    'non-metropolitan district': 164,
    'unitary authority': 63,
    'district of Northern Ireland': 11,
    'integrated care board': 36,
  });
});

test('areas: a successor stands when what it succeeds has ended, and no code outlives it', async (t) => {
  const order = new Property('an area that ended is succeeded without a gap');
  for (const { name, to, successors } of areaRows.map((row) => areas.get(keyOf(row))!)) {
    order.same(t, `${name}: ends when it is succeeded`, to !== undefined, successors.length > 0);
    for (const code of successors)
      order.holds(t, `${name}: ${code} the day after ${to}`, areas.validOn(code, dayAfter(to!)));
  }
  order.settle(t);
});

const shared = new URL('../../shared/data/', import.meta.url);
const besides = { skip: existsSync(shared) ? false : 'the registers of authorities are not beside this' };
test('areas agree with the registers of authorities', besides, async (t) => {
  const known = rows(new URL('authorities.csv', shared));
  const strange = areaRows.filter(
    ({ snac, code, type }) =>
      snac &&
      type !== 'district of Northern Ireland' &&
      !known.some((k) => k.snac_2009 === snac && (k.gss_2009 || '') === code),
  );
  t.strictSame(strange, [], 'each has its codes there');
  const abolished = known.filter((k) => k.existed_2009_06_30 === 'false');
  t.equal(abolished.length, 44);
  t.strictSame(
    abolished.filter((a) => !areaRows.some((r) => r.snac === a.snac_2009 && r.successors)),
    [],
    'what was abolished has its successor',
  );
  const held = new Set(areaRows.map((r) => r.code));
  const missing = [
    ...known.flatMap((k) => [k.gss_2009!, k.gss_latest!]),
    ...rows(new URL('authorities_current.csv', shared))
      // What several authorities have set up together is no authority of an area of its own.
      .filter((k) => k['local-authority-type'] !== 'COMB')
      .map((k) => k['gss-code']!),
  ].filter((code) => code !== '' && !held.has(code));
  t.strictSame(missing, [], 'each authority is there');
});
