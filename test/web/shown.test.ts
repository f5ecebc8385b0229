/** How values read on pages, and what a page says of what it is not told. */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { DayShape, IdShape, InstantShape, LinkShape, PenceShape, Text } from '../../src/http/query/shapes.js';
import { FinancialYear } from '../../src/domain/shared/values.js';
import { queries } from '../../src/http/questions/index.js';
import { bare } from '../../src/http/words/schemas.js';
import { hasPage } from '../../src/web/words/subjects.js';
import { render } from '../../src/web/html.js';
import { Shower, type Names, type Shown } from '../../src/http/words/shown.js';
import {
  basisPoints,
  day,
  financialYear,
  instant,
  money,
  month,
  withArticle,
} from '../../src/http/words/format.js';
import { withAsked, withoutEmpty } from '../../src/web/address.js';

const names: Names = {
  nameOf: (kind, id) => (id === 'hidden' ? undefined : `${kind} ${id}, by name`),
  hrefOf: (kind, id) => (id === 'hidden' ? undefined : `/${kind}s/${id}`),
  partOf: (kind, id) => (id === 'council' || id === 'homes' ? `${kind} ${id}, by name` : undefined),
  serviceOf: (code) => (code === '07' ? 'Health' : undefined),
};
const shower = new Shower(names);
const text = (said: string, href?: string): Shown => ({ is: 'text', text: said, href });
const shown = (schema: z.ZodType, value: unknown, member = '', among = {}): Shown =>
  shower.show(schema, value, member, among);
const withheld = { is: 'withheld', text: 'Not shared with you' };

t.test('money, days and moments', async (t) => {
  t.equal(money(123_456), '£1,234.56');
  t.equal(money(0), '£0.00');
  t.equal(money(-5), '−£0.05');
  t.equal(money(900_000_000_000_000), '£9,000,000,000,000.00');
  t.equal(day('2010-03-24'), '24 March 2010');
  t.equal(day('2010-13-24'), '2010-13-24', 'what is no day stays as it is stored');
  t.equal(month('2009-09'), 'September 2009');
  t.equal(financialYear('2009-10'), '2009 to 2010');
  t.equal(financialYear('1999-00'), '1999 to 2000');
  t.equal(instant('2010-03-24T13:30:00.000Z'), '24 March 2010 at 1:30pm');
  t.equal(instant('2009-06-30T23:05:00.000Z'), '1 July 2009 at 12:05am', 'by clocks in London');
  t.equal(instant('2009-06-30T11:00:00.000Z'), '30 June 2009 at midday');
  t.equal(instant('2009-12-31T00:00:00.000Z'), '31 December 2009 at midnight');
  t.equal(basisPoints(5000), '50%');
  t.equal(withArticle('Department of Health'), 'the Department of Health');
  t.equal(withArticle('Home Office'), 'the Home Office');
  t.equal(withArticle('HM Treasury'), 'HM Treasury');
});

t.test('what was not entered yet is no zero', async (t) => {
  const schema = z.object({
    status: z.string(),
    confirmedPence: PenceShape,
    daysLate: z.int(),
    workingDaysLeft: z.int(),
  });
  const told = (status: string, confirmedPence = 0) =>
    shower
      .rowsOf(schema, { status, confirmedPence, daysLate: 0, workingDaysLeft: 0 })
      .map(({ label, value }) => `${label}: ${'text' in value ? value.text : ''}`);
  for (const status of ['draft', 'proposed', 'pledged', 'offered'])
    t.same(told(status).slice(1), ['Working days left: 0'], `${status}: what is due today is told`);
  t.same(told('confirmed').slice(1), ['Confirmed: £0.00', 'Days late: 0', 'Working days left: 0']);
  t.same(told('pledged', 100)[1], 'Confirmed: £1.00');
});

t.test('a value is shown by its schema and its member’s name', async (t) => {
  t.same(shown(PenceShape, 100), { is: 'text', text: '£1.00', figure: true });
  t.same(shown(DayShape, '2010-03-24'), text('24 March 2010'));
  t.same(shown(InstantShape, '2010-03-24T13:30:00.000Z'), text('24 March 2010 at 1:30pm'));
  t.same(shown(FinancialYear, '2009-10'), text('2009 to 2010'));
  t.same(shown(z.boolean(), false), text('No'));
  t.same(shown(z.enum(['not-carried']), 'not-carried'), text('Not carried'));
  t.same(shown(Text, 'not-carried'), text('not-carried'), 'what people wrote stays as they wrote it');
  t.same(shown(IdShape, 'durham', 'placeId'), text('place durham, by name', '/places/durham'));
  t.same(
    shown(IdShape, 'hidden', 'placeId'),
    text('hidden'),
    'of what is hidden, the id that the answer has',
  );
  t.same(
    shown(IdShape, 'hidden', 'ownerAgencyId', { ownerAgencyId: 'hidden', owner: 'A council' }),
    text('A council'),
    'the name that the answer has beside it',
  );
  t.same(shown(z.array(z.string()), ['07'], 'cofog'), { is: 'list', items: [text('Health')] });
  t.same(
    shown(z.string(), 'chair@place:durham+agency:x', 'as'),
    text('Chair of place durham, by name for agency x, by name'),
  );
});

t.test('a word of several closed lists is called by the member that holds it', async (t) => {
  const word = (member: string, said: string) => shown(z.enum([said]), said, member);
  for (const [member, said, called] of [
    ['tier', 'programme', 'Everybody in the programme'],
    ['kind', 'programme', 'Programme'],
    ['scheme', 'programme', 'The programme’s own'],
    ['role', 'public', 'The public'],
    ['audience', 'public', 'Everybody'],
    ['role', 'champion', 'Champion'],
    ['rung', 'champion', 'The champion'],
    ['kind', 'aligned', 'Aligned'],
    ['legalBasis', 'aligned', 'Aligned budgets'],
  ] as const)
    t.same(word(member, said), text(called), `${member}: ${said}`);
});

t.test('what a null means stands in its schema', async (t) => {
  const told = (description: string) => Text.nullable().meta({ description });
  t.same(shown(told('Null until it is accepted'), null), { is: 'nothing', text: 'None' });
  t.same(shown(told('Null where you are not told'), null), withheld);
  t.same(
    shown(PenceShape.nullable().meta({ description: 'null where the figure is not disclosed' }), null),
    withheld,
  );
  t.same(shown(LinkShape, null), { is: 'withheld', text: 'None, or not shared with you' }, 'either of two');
  t.same(
    shown(PenceShape.nullable(), null, 'pence', { notDisclosed: true }),
    withheld,
    'what stands beside says so',
  );
  t.same(
    shown(PenceShape.nullable(), null, 'drawnPence', {
      notDisclosed: true,
      atLeastPence: { drawnPence: 100 },
      figuresNotShared: { drawnPence: 2 },
    }),
    { is: 'withheld', text: 'At least £1.00: 2 figures are not shared with you' },
  );
});

t.test('no null that may mean that its reader is not told is shown as nothing', async (t) => {
  const asNothing: string[] = [];
  let looked = 0;
  const walked = new Set<unknown>();
  const walk = (schema: z.core.$ZodType | undefined, member: string): void => {
    if (!schema || walked.has(schema)) return;
    walked.add(schema);
    const said = z.globalRegistry.get(schema)?.description ?? '';
    if (schema instanceof z.ZodNullable && /\byou\b|your|notDisclosed|disclosed/i.test(said)) {
      looked++;
      const beside = /with notDisclosed/i.test(said) ? { notDisclosed: true } : {};
      if (shown(schema as never, null, member, beside).is !== 'withheld')
        asNothing.push(`${member}: ${said}`);
    }
    const inner = bare(schema);
    if (inner !== schema) walk(inner, member);
    if (inner instanceof z.ZodObject) for (const [name, of] of Object.entries(inner.shape)) walk(of, name);
    if (inner instanceof z.ZodArray) walk(inner.element, member);
    if (inner instanceof z.ZodRecord) walk(inner.valueType as z.core.$ZodType, member);
    if (inner instanceof z.ZodUnion) for (const option of inner.options) walk(option, member);
  };
  for (const question of queries)
    if (hasPage(question.url)) walk(question.kind === 'list' ? question.row : question.body, '');
  t.strictSame(asNothing, []);
  t.ok(looked > 30, `${looked} were looked at`);
});

t.test('of several forms a value has the one that fits', async (t) => {
  const Whole = z.strictObject({ kind: z.literal('whole'), on: DayShape });
  const Failed = z.strictObject({ kind: z.literal('failed'), on: Text });
  const either = z.union([Whole, Failed, z.string(), z.array(DayShape)]);
  const on = (value: object): unknown => {
    const rows = shown(either, value);
    return rows.is === 'rows' ? rows.rows.find(({ label }) => label === 'On')?.value : rows;
  };
  t.match(on({ kind: 'whole', on: '2010-03-24' }), { text: '24 March 2010' });
  t.match(on({ kind: 'failed', on: 'in March' }), { text: 'in March' });
  t.match(shown(either, 'said'), { text: 'said' });
  t.match(shown(either, ['2010-03-24']), { is: 'list', items: [{ text: '24 March 2010' }] });
});

t.test('parts are tables where they are short, and else stand one by one', async (t) => {
  const Pledge = z.strictObject({ agencyId: IdShape, pence: PenceShape.nullable() });
  t.match(
    shown(z.array(Pledge), [
      { agencyId: 'a', pence: 1 },
      { agencyId: 'b', pence: 2 },
    ]),
    {
      is: 'table',
      columns: [
        { label: 'Agency', figure: false },
        { label: 'Amount', figure: true },
      ],
      rows: { length: 2 },
    },
  );
  const Owner = z.strictObject({ agency: Text, answer: z.strictObject({ on: DayShape }).nullable() });
  t.match(
    shown(z.array(Owner), [
      { agency: 'A', answer: { on: '2009-10-01' } },
      { agency: 'B', answer: null },
    ]),
    {
      is: 'cards',
      cards: [
        { title: 'A', rows: [{ label: 'Answer', value: { is: 'rows' } }] },
        { title: 'B', rows: [{ label: 'Nothing recorded of' }] },
      ],
    },
  );
});

t.test('whatever is written is text: no template trusts a value', async (t) => {
  const html = render('problem.njk', {
    layout: { navigation: [], path: '/' },
    title: '<script>alert(1)</script>',
    detail: '"><img src=x onerror=alert(1)>',
    check: ['<b>bold</b>'],
    errors: [],
    reference: "'",
  });
  t.notMatch(html, /<script|<img|<b>/);
  const home = new URL('../../src/web/templates/', import.meta.url);
  const trusting = readdirSync(home).filter((file) =>
    /\|\s*safe\b|autoescape/.test(readFileSync(new URL(file, home), 'utf8')),
  );
  t.strictSame(trusting, []);
});

t.test('addresses keep what is asked in them', async (t) => {
  t.equal(withAsked('/pools?status=open', { sort: '-id' }), '/pools?status=open&sort=-id');
  t.equal(withAsked('/pools?status=open', { status: undefined }), '/pools');
  t.equal(withoutEmpty('/pools?status=&sort=id'), '/pools?sort=id');
  t.equal(withoutEmpty('/pools?sort=id'), undefined);
  t.equal(
    withoutEmpty('/pools?status=&status=open'),
    undefined,
    'what is said twice is for the query to refuse',
  );
});

t.test('people, grants, seats and themes are called by name', async (t) => {
  t.same(shown(Text, 'secretariat@place:kent', 'grant'), text('Secretariat of place kent, by name'));
  t.same(
    shown(Text, 'chair@place:durham+agency:council', 'as'),
    text('Chair of place durham, by name for agency council, by name'),
  );
  t.same(shown(Text, 'auditor@place:hidden', 'grant'), text('Auditor of hidden'));
  t.same(shown(Text, 'king@place:kent', 'grant'), text('king@place:kent'), 'what is no grant stays');
  const actor = { account: 'anna', role: 'secretariat' };
  t.same(shown(z.looseObject({}), actor), text('person anna, by name (secretariat)'));
  t.same(
    shown(z.looseObject({}), { ...actor, name: 'Anna' }),
    text('Anna (secretariat)'),
    'the name that the answer has first',
  );
  t.same(shown(IdShape, 'council', 'seatId'), text('seat council, by name'));
  t.same(shown(IdShape, 'council', 'chair'), text('seat council, by name'));
  t.same(shown(IdShape, 'homes', 'themeId'), text('theme homes, by name'));
  t.same(shown(IdShape, 'unknown', 'themeId'), text('unknown'));
  t.same(shown(Text, 'pool-drugs', 'record'), text('pool drugs, by name', '/pools/drugs'));
  t.same(
    shown(z.looseObject({}), { kind: 'department', id: 'dwp' }),
    text('agency dwp, by name', '/agencys/dwp'),
    'for whom something waits',
  );
  t.same(
    shown(z.array(z.looseObject({})), [{ themeId: 'homes', title: 'Homes', status: 'confirmed' }]),
    {
      is: 'table',
      columns: ['Title', 'Status'].map((label) => ({ label, figure: false })),
      rows: [[text('Homes'), text('confirmed')]],
    },
    'an id beside its name is left out',
  );
});

t.test('a session is told without its id, and which grants count in it', async (t) => {
  const own = queries.find(({ url }) => url === '/v1/account');
  const schema = own?.kind === 'record' ? (bare(own.body) as z.ZodObject).shape.sessions : undefined;
  const session = {
    sid: '93eeae0bd3f04b1c',
    kind: 'browser',
    label: null,
    startedAt: '2009-10-22T08:00:00.000Z',
    until: '2009-10-22T16:00:00.000Z',
    endedAt: null,
    grants: null,
  };
  const said = JSON.stringify(new Shower(names).show(schema as z.ZodType, [session], 'sessions'));
  t.notMatch(said, '93eeae0b');
  t.match(said, 'All of them', 'none that are chosen are all');
});

t.test('what happened is told in words, and one entry is one', async (t) => {
  const shower = new Shower(names);
  t.match(shower.show(z.string(), 'SubmissionSignedOff', 'type'), { text: 'Submission signed off' });
  const about = (entries: number): string =>
    render('about.njk', { entry: 1, entries, layout: { madeFor: 'everybody' } });
  t.match(about(1), 'it has 1 entry.');
  t.match(about(2), 'it has 2 entries.');
});

t.test('what is not recorded is folded away', async (t) => {
  const template = readFileSync(new URL('../../src/web/templates/record.njk', import.meta.url), 'utf8');
  t.match(template, /<details class="govuk-details">\s*<summary[^>]*><span[^>]*>What is not recorded/);
});
