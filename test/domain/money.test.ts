/** Sums are exact or none (docs/rules/shared.md#amounts). */
import fc from 'fast-check';
import { test } from 'tap';
import { exactSum, exceeds, totalRefusal } from '../../src/domain/shared/money.js';
import { sumOf, sumsOf } from '../../src/domain/shared/sums.js';
import { largestPence } from '../../src/domain/shared/values.js';

const amount = fc.oneof(
  fc.integer({ min: 0, max: largestPence }),
  fc.constantFrom(0, 1, largestPence, largestPence - 1),
);

test('a sum is what it is to the penny, or there is none', async (t) => {
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 25 }), (list) => {
      const exact = list.reduce((n, x) => n + BigInt(x), 0n);
      return exactSum(list) === (exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : undefined);
    }),
    { numRuns: 2000 },
  );
  // Eleven pledges of a penny less than the most: a number would say …988.
  t.equal(exactSum(Array(11).fill(largestPence - 1)), undefined);
  for (const no of [NaN, Infinity, 2 ** 53, 0.5]) t.equal(exactSum([1, no]), undefined, String(no));
});

test('what is no amount is more than anything, and nothing is there of it', async (t) => {
  fc.assert(fc.property(amount, amount, (pence, there) => exceeds(pence, there) === pence > there));
  for (const no of [NaN, Infinity, 2 ** 53, 0.5])
    t.ok(exceeds(no, largestPence) && exceeds(0, no), String(no));
  t.equal(totalRefusal([largestPence - 1, 1], 'They', '/pence'), undefined);
  for (const list of [[largestPence, 1], [NaN], Array(11).fill(largestPence)])
    t.match(totalRefusal(list, 'They', '/pence'), { code: 'TOTAL_TOO_LARGE', path: '/pence' });
});

test('a sum over records that a number cannot hold is told as what it is at least', async (t) => {
  const safe = Number.MAX_SAFE_INTEGER;
  t.same(sumOf([largestPence, 1]), { pence: largestPence + 1 });
  t.same(sumOf([safe - 1, 1]), { pence: safe });
  t.same(sumOf([safe - 1, 1, 1]), { pence: null, atLeastPence: safe, figuresNotShared: 0 });
  t.same(sumOf([safe, null, safe]), { pence: null, atLeastPence: safe, figuresNotShared: 1 });
  t.match(sumsOf(['a'], Array(11).fill({ a: largestPence - 1 })), {
    a: null,
    atLeastPence: { a: safe },
    figuresNotShared: { a: 0 },
  });
});
