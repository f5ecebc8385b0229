/** Working days of any year, and the ends of the calendar. */
import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import {
  WorkingDays,
  addDays,
  daysBetween,
  endOfDay,
  londonDate,
  startOfDay,
  yearsLater,
} from '../../src/domain/shared/calendar.js';
import { Period } from '../../src/domain/commitment/state.js';
import { DateOn, FinancialYear, InstantAt } from '../../src/domain/shared/values.js';
import { loadReference } from '../../src/runtime/reference.js';

const { workingDays } = loadReference();
const anyDate = fc.integer({ min: 0, max: 3_287_181 }).map((n) => addDays('0999-12-31', n));

test('what is reckoned is what counting day by day gives, wherever the holidays end', async () => {
  const holidays = ['2009-12-25', '2009-12-28', '2010-01-01', '2010-01-02', '2011-01-03'];
  const calendar = new WorkingDays(holidays);
  const counts = (date: string): boolean =>
    new Date(`${date}T00:00:00Z`).getUTCDay() % 6 !== 0 && !holidays.includes(date);
  const near = fc.integer({ min: -800, max: 800 }).map((n) => addDays('2010-01-01', n));
  fc.assert(
    fc.property(near, fc.integer({ min: -30, max: 30 }), (date, n) => {
      let [day, left] = [date, n];
      // The n-th before a day that is none is reckoned from the working day before it.
      if (n < 0) while (!counts(day)) day = addDays(day, -1);
      while (left !== 0) {
        day = addDays(day, Math.sign(n));
        if (counts(day)) left -= Math.sign(n);
      }
      equal(calendar.add(date, n), day, `${date} and ${n}`);
      equal(calendar.isWorkingDay(date), counts(date));
      if (n > 0) equal(calendar.between(date, day), n);
    }),
    { numRuns: 300 },
  );
});

test('every year has working days; beyond the holidays that are known they rest on weekends, and it is said', async (t) => {
  t.same(workingDays.holidaysKnown, { from: '2005-01-01', to: '2030-12-31' });
  t.equal(workingDays.add('2030-12-24', 1), '2030-12-27', 'a known Christmas');
  t.equal(workingDays.add('2031-12-24', 1), '2031-12-25', 'an assumed one is a weekday like others');
  t.equal(workingDays.between('2009-10-22', '2061-03-31') > 13_000, true);
  t.equal(workingDays.assumes('2009-10-22', '2030-12-31'), false);
  t.equal(workingDays.assumes('2009-10-22', '2031-01-01'), true);
  t.equal(workingDays.assumes('2004-12-31'), true);
  t.equal(new WorkingDays([]).assumes('2009-10-22'), true);
  fc.assert(
    fc.property(anyDate, fc.integer({ min: 1, max: 400 }), (date, n) => {
      const later = workingDays.add(date, n);
      if (later < '9999-12-31') equal(workingDays.between(date, later), n, `${date} and ${n}`);
    }),
    { numRuns: 300 },
  );
  t.throws(() => workingDays.between('2009-10-xx', '2009-10-22'), RangeError, 'what is no date is no day');
});

test('the calendar stands at its ends', async (t) => {
  t.equal(addDays('9999-12-31', 1), '9999-12-31');
  t.equal(addDays('0000-01-01', -1), '0000-01-01');
  t.equal(yearsLater('9998-02-28', 2), '9999-02-28');
  t.equal(yearsLater('0099-02-28', 1), '0100-02-28');
  t.equal(workingDays.add('9999-12-31', 20), '9999-12-31');
  t.equal(endOfDay('9999-12-31'), '9999-12-31T23:59:59.999Z');
  t.equal(londonDate('9999-12-31T12:00:00.000Z'), '9999-12-31');
  fc.assert(
    fc.property(anyDate, (date) => {
      if (date >= '9999-12-31') return;
      equal(
        Date.parse(endOfDay(date)) + 1,
        Date.parse(startOfDay(addDays(date, 1))),
        `${date} ends where the next day begins`,
      );
      equal(daysBetween(date, addDays(date, 1)), 1);
    }),
    { numRuns: 300 },
  );
});

test('nothing can be given that the calendar cannot end', async (t) => {
  for (const d of ['9998-12-31', '2061-03-31', '0001-01-01']) t.ok(DateOn.safeParse(d).success, d);
  for (const d of ['9999-01-01', '9999-12-31', '2009-02-30']) t.notOk(DateOn.safeParse(d).success, d);
  t.equal(DateOn.safeParse('9999-12-31').error?.issues[0]?.message, 'Enter a date before the year 9999');
  for (const i of ['9998-12-31T23:59:59Z', '2061-03-31T17:00:00Z']) t.ok(InstantAt.safeParse(i).success, i);
  for (const i of ['9999-01-01T00:00:00Z', '0000-01-01T00:00:00Z', 'noon'])
    t.notOk(InstantAt.safeParse(i).success, i);
  for (const y of ['9997-98', '2060-61']) t.ok(FinancialYear.safeParse(y).success, y);
  for (const y of ['9999-00', '9998-99']) t.notOk(FinancialYear.safeParse(y).success, y);
  t.ok(Period.safeParse('9997-Q4').success);
  t.notOk(Period.safeParse('9999-12').success);
});
