/** What a comparison says in words: labels, money, days and names, and how each value changed. */
import { test } from 'tap';
import { z } from 'zod';
import { changesBetween } from '../../src/http/questions/compare-leaves.js';
import { changeInWords } from '../../src/http/questions/compare-words.js';
import { Shower } from '../../src/http/words/shown.js';

const Answer = z.strictObject({
  status: z.enum(['offered', 'accepted']),
  dueOn: z.iso.date(),
  reviewOn: z.iso.date(),
  pledgedPence: z.int(),
  count: z.int(),
  urgent: z.boolean(),
  title: z.string(),
  ownerAgencyId: z.string(),
  reason: z.string().nullable().meta({ description: 'Null where you are not told' }),
  whitehallRag: z.string(),
  partners: z.array(z.string()),
  pledges: z.array(z.strictObject({ id: z.string(), agencyId: z.string(), status: z.string() })),
  asks: z.array(z.strictObject({ title: z.string(), urgent: z.boolean() })),
  byKind: z.record(z.string(), z.int()),
});
type Answer = z.output<typeof Answer>;
const before: Answer = {
  status: 'offered',
  dueOn: '2010-03-01',
  reviewOn: '2010-04-01',
  pledgedPence: 7_654_321,
  count: 3,
  urgent: false,
  title: 'One front door',
  ownerAgencyId: 'durham-county-council',
  reason: null,
  whitehallRag: 'green',
  partners: ['durham-county-council'],
  pledges: [{ id: 'one', agencyId: 'durham-county-council', status: 'pledged' }],
  asks: [{ title: 'A shared record', urgent: false }],
  byKind: { 'ring-fence': 1 },
};
const named = new Map([
  ['durham-county-council', 'Durham County Council'],
  ['durham-pct', 'County Durham PCT'],
]);
const shower = new Shower({
  nameOf: (_, id) => named.get(id),
  hrefOf: () => undefined,
  partOf: () => undefined,
  serviceOf: () => undefined,
});
const said = (change: Partial<Answer>, from: object = before): string[] => {
  const after = { ...before, ...change };
  return changesBetween(from, after).map((one) => changeInWords(Answer, one, [from, after], shower));
};

test('a difference is said by its label and by what kind of value it is', (t) => {
  const cases: readonly [Partial<Answer>, string][] = [
    [{ status: 'accepted' }, 'Status: offered, then accepted'],
    [{ dueOn: '2010-03-31' }, 'The due date moved from 1 March 2010 to 31 March 2010'],
    [{ reviewOn: '2010-05-01' }, 'Review on: moved from 1 April 2010 to 1 May 2010'],
    [{ pledgedPence: 100 }, 'Pledged: fell from £76,543.21 to £1.00'],
    [{ count: 1200 }, 'Count: rose from 3 to 1,200'],
    [{ urgent: true }, 'Urgent: no, then yes'],
    [{ title: 'Two front doors' }, 'Title: “One front door”, then “Two front doors”'],
    [{ ownerAgencyId: 'durham-pct' }, 'Owner: Durham County Council, then County Durham PCT'],
    [{ reason: 'Because' }, 'Reason: Because (Not shared with you before)'],
    [{ partners: ['durham-county-council', 'durham-pct'] }, 'Partners: County Durham PCT (nothing before)'],
    [{ partners: [] }, 'Partners: was Durham County Council, now nothing'],
  ];
  for (const [change, sentence] of cases) t.same(said(change), [sentence]);
  t.same(said({}), [], 'what did not change is not told');
  t.end();
});

test('a part of a list is called by its name, its title, or its place in it', (t) => {
  const pledges = [{ id: 'one', agencyId: 'durham-county-council', status: 'confirmed' }];
  t.same(said({ pledges }), ['Pledges (one), status: pledged, then confirmed']);
  t.same(said({ asks: [{ title: 'A shared record', urgent: true }] }), [
    'Asks (A shared record), urgent: no, then yes',
  ]);
  t.same(said({ byKind: { 'ring-fence': 2 } }), ['By kind (ring fence): rose from 1 to 2']);
  t.end();
});

test('what was not there before is told as new, and what is null in both is no difference', (t) => {
  const { reason: _, status: __, ...lacking } = before;
  t.same(said({}, lacking), ['Status: offered (nothing before)']);
  t.end();
});
