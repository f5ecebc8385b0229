import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { test } from 'tap';
import { loadReference } from '../src/runtime/reference.js';
import { Property } from './holds.js';

const home = new URL('../data/reference/', import.meta.url);
const rows = (file: URL): Record<string, string>[] =>
  parse(readFileSync(file), { bom: true, columns: true, skip_empty_lines: true });
const { areas, cofog } = loadReference();
const areaRows = rows(new URL('areas.csv', home));
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

const register = new URL('../../shared/data/authorities.csv', import.meta.url);
test(
  'areas agree with the register of authorities',
  { skip: existsSync(register) ? false : 'the register of authorities is not beside the repository' },
  async (t) => {
    const known = rows(register);
    const strange = areaRows.filter(
      ({ snac, code }) => snac && !known.some((k) => k.snac_2009 === snac && (k.gss_2009 || '') === code),
    );
    t.strictSame(strange, [], 'each has its codes there');
    const abolished = known.filter((k) => k.existed_2009_06_30 === 'false');
    t.equal(abolished.length, 44);
    t.strictSame(
      abolished.filter((a) => !areaRows.some((r) => r.snac === a.snac_2009 && r.successors)),
      [],
      'what was abolished has its successor',
    );
  },
);
