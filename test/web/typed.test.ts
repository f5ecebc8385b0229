/** What people type, and what a form makes of it (docs/rules/fields.md#forms). */
import { test } from 'tap';
import { Inputs } from '../../src/web/form/inputs.js';
import type { Node } from '../../src/web/form/node.js';
import { mistakesOf } from '../../src/web/form/mistakes.js';
import { parse } from '../../src/web/form/parse.js';
import { poundsOf } from '../../src/web/form/typed.js';
import { everyCase } from '../holds.js';

type Sent = Readonly<Record<string, string>>;
const inputs = (sent: Sent): Inputs => Inputs.from(Object.entries(sent));
const group = (properties: Readonly<Record<string, Node>>, required: readonly string[] = []): Node => ({
  type: 'object',
  properties,
  required,
});
/** A value of one field; what is wrong with it in its stead. */
function typed(node: Node, sent: Sent | string): unknown {
  const given = typeof sent === 'string' ? { it: sent } : sent;
  const { body, wrong } = parse(group({ it: node }), inputs(given));
  return wrong.get('it') ?? body.it;
}
const money: Node = { field: 'money', type: 'integer', label: 'Amount' };
const date: Node = { field: 'date', type: 'string', label: 'Day' };
const time: Node = { field: 'time', type: 'string', label: 'When' };

test('each kind of field reads what people type', (t) => {
  const pounds = 'Enter an amount in pounds, like 12,400 or 12,400.50';
  const noDate = 'Enter a real date, like 24 3 2010';
  const noTime = 'Enter a time, like 5pm or 17:00';
  const cases: [node: Node, sent: Sent | string, expected: unknown][] = [
    [money, '12,400.50', 12_400_50],
    [money, '£ 12400.5', 12_400_50],
    [money, '0.07', 7],
    [money, '9,000,000,000,000', 900_000_000_000_000],
    [money, '90071992547409.91', 9_007_199_254_740_991],
    [money, '1,24', pounds],
    [money, '12.345', pounds],
    [money, '-5', pounds],
    [money, '1e3', pounds],
    [money, ' ', undefined],
    [date, { 'it-day': '24', 'it-month': '3', 'it-year': '2010' }, '2010-03-24'],
    [date, { 'it-day': '4', 'it-month': 'March', 'it-year': ' 2010 ' }, '2010-03-04'],
    [date, '24 3 2010', '2010-03-24'],
    [date, '24/03/2010', '2010-03-24'],
    [date, '24 March 2010', '2010-03-24'],
    [date, '2010-03-24', '2010-03-24'],
    [date, { 'it-day': '24', 'it-month': '3' }, 'The date must include a year'],
    [date, { 'it-year': '2010' }, 'The date must include a day and a month'],
    [date, { 'it-day': 'x', 'it-month': '3', 'it-year': '2010' }, noDate],
    [date, 'soon', noDate],
    // That there is no such day, the command itself says.
    [date, '31 2 2010', '2010-02-31'],
    [time, { it: '30 10 2009', 'it-time': '5pm' }, '2009-10-30T17:00:00Z'],
    [time, { it: '30 6 2009', 'it-time': '17:00' }, '2009-06-30T16:00:00Z'],
    [time, { it: '30 10 2009', 'it-time': '5.30 PM' }, '2009-10-30T17:30:00Z'],
    [time, { it: '30 10 2009', 'it-time': 'midday' }, '2009-10-30T12:00:00Z'],
    [time, { it: '30 10 2009', 'it-time': '12am' }, '2009-10-30T00:00:00Z'],
    [time, { it: '30 10 2009', 'it-time': '25:00' }, noTime],
    [time, { it: '30 10 2009', 'it-time': '13pm' }, noTime],
    [time, { it: '30 10 2009', 'it-time': '5' }, noTime],
    [time, { it: '30 10 2009' }, noTime],
    [time, { 'it-time': '5pm' }, 'Enter the day as well as the time'],
    [{ field: 'financial-year', type: 'string' }, '2009/10', '2009-10'],
    [{ field: 'financial-year', type: 'string' }, '2009-2010', '2009-10'],
    [{ field: 'financial-year', type: 'string' }, '2009', 'Enter a financial year, like 2009-10'],
    [{ field: 'month', type: 'string' }, '9 2009', '2009-09'],
    [{ field: 'month', type: 'string' }, 'September 2009', '2009-09'],
    [{ field: 'month', type: 'string' }, 'Q3 2009', 'Enter a month, like 9 2009'],
    [{ field: 'month', type: 'string', quarters: true }, 'Q3 2009', '2009-Q3'],
    [{ field: 'number', type: 'integer' }, '508,500', 508_500],
    [{ field: 'number', type: 'integer' }, '1.5', 'Enter a whole number'],
    [{ field: 'yes-no', type: 'boolean' }, 'yes', true],
    [{ field: 'yes-no', type: 'boolean' }, 'no', false],
    [{ field: 'yes-no', type: 'boolean' }, {}, undefined],
    [{ field: 'yes-no', type: 'boolean' }, 'on', 'Choose yes or no'],
    [{ field: 'part', type: 'integer', part: 'round' }, '2', 2],
    [{ field: 'given', type: 'string' }, 'abc', 'abc'],
    [{ field: 'given', type: 'array' }, '[{"command":"Vire"}]', [{ command: 'Vire' }]],
    [{ field: 'given', type: 'array' }, '[', 'Open the form again: what it held was changed'],
    [
      { field: 'given', type: 'array' },
      '[{"__proto__":{}}]',
      'Open the form again: what it held was changed',
    ],
    [
      { field: 'fuzzy-date', type: 'object' },
      { 'it.precision': 'day', 'it.from': '1 9 2009' },
      { from: '2009-09-01', to: '2009-09-01', precision: 'day' },
    ],
    [
      { field: 'fuzzy-date', type: 'object' },
      { 'it.precision': 'month', 'it.from': '1 9 2009', 'it.to': '30 9 2009', 'it.tbc': 'yes' },
      { from: '2009-09-01', to: '2009-09-30', precision: 'month', tbc: true },
    ],
  ];
  everyCase(t, 'what is typed', (look) => {
    for (const [node, sent, expected] of cases)
      look(`${node.field} ${JSON.stringify(sent)}`, typed(node, sent), expected);
  });
  everyCase(t, 'pounds are written as they are read', (look) => {
    for (const [pence, text] of [
      [0, '0'],
      [7, '0.07'],
      [100, '1'],
      [1_240_050, '12,400.50'],
      [900_000_000_000_000, '9,000,000,000,000'],
    ] as const)
      look(text, poundsOf(pence), text);
  });
  t.end();
});

test('lists, groups and unions hold what was entered and nothing else', (t) => {
  const line: Node = { field: 'line', type: 'string', label: 'Line' };
  const list: Node = { type: 'array', items: line, label: 'Lines' };
  const row = group({ a: line, b: line }, ['a']);
  const rows: Node = { type: 'array', items: row, maxItems: 3, label: 'Rows' };
  const either: Node = {
    label: 'Either',
    anyOf: [
      { const: 'none', title: 'None' },
      { ...group({ kind: { const: 'one' }, a: line }, ['kind', 'a']), title: 'One' },
    ],
  };
  const branch = (sent: Sent): unknown => typed(either, sent);
  everyCase(t, 'what is entered', (look) => {
    look('a line each', typed(list, 'one\r\n\r\n two\n'), ['one', ' two']);
    look('no line', typed(list, '\n'), undefined);
    look('a row that is blank', typed(rows, { '_rows.it': '2', 'it.1.a': 'x' }), [{ a: 'x' }]);
    look('a row half filled', typed(rows, { '_rows.it': '1', 'it.0.b': 'x' }), [{ b: 'x' }]);
    look('rows that nobody counted', typed(rows, { 'it.0.a': 'x' }), undefined);
    look(
      'more rows than there may be',
      typed(rows, { '_rows.it': '9999999', 'it.2.a': 'x', 'it.3.a': 'y' }),
      [{ a: 'x' }],
    );
    look('a group left blank', typed(group({ a: line }, ['a']), {}), undefined);
    look('no branch', branch({}), undefined);
    look('a branch that was filled in', branch({ 'it.a': 'x' }), { kind: 'one', a: 'x' });
    look('a branch that is a word', branch({ '_is.it': '0' }), 'none');
    look('a branch with members', branch({ '_is.it': '1', 'it.a': 'x' }), { kind: 'one', a: 'x' });
    look('a branch that there is not', branch({ '_is.it': '7' }), undefined);
    look('names of nobody', typed(line, { it: 'x', other: 'y', __proto__: 'z', 'it.constructor': 'w' }), 'x');
  });
  const named = parse(
    group({ constructor: line, a: line }),
    inputs({ a: 'x', constructor: 'y', toString: 'z' }),
  );
  t.strictSame(Object.entries(named.body), [
    ['constructor', 'y'],
    ['a', 'x'],
  ]);
  t.equal(Object.getPrototypeOf(named.body), Object.prototype, 'no prototype is written to');
  t.end();
});

test('what is asked in one case only is not read in another', (t) => {
  const answer: Node = { field: 'choice', type: 'string', enum: ['yes', 'no'], label: 'Answer' };
  const reason: Node = { field: 'line', type: 'string', label: 'Reason', when: { answer: 'no' } };
  const form = group({ reason, answer }, ['answer']);
  const read = (sent: Sent): unknown => parse(form, inputs(sent)).body;
  t.strictSame(read({ answer: 'no', reason: 'x' }), { answer: 'no', reason: 'x' }, 'wherever it stands');
  t.strictSame(read({ answer: 'yes', reason: 'x' }), { answer: 'yes' });
  t.strictSame(read({ reason: 'x' }), {}, 'nor where nothing was chosen');
  t.end();
});

test('new parts are named by whoever makes the command', (t) => {
  const id: Node = { field: 'new-part', type: 'string' };
  const line: Node = { field: 'line', type: 'string', label: 'Line' };
  const form = group(
    {
      partId: id,
      id,
      rows: { type: 'array', items: group({ rowId: id, a: line }, ['rowId', 'a']), label: 'Rows' },
    },
    ['partId'],
  );
  const sent = inputs({ '_rows.rows': '3', 'rows.0.a': 'x', 'rows.2.a': 'y', 'rows.2.rowId': 'known' });
  const { body } = parse(form, sent, (at) => ['new', ...at].join('-'));
  t.strictSame(body, {
    partId: 'new',
    rows: [
      { rowId: 'new-0', a: 'x' },
      { rowId: 'known', a: 'y' },
    ],
  });
  t.end();
});

test('what is wrong is said for whoever fills in a form, and where', (t) => {
  const form = group({
    money: { ...money, minimum: 1, maximum: 900_000_000_000_000 },
    day: date,
    kind: { field: 'choice', type: 'string', enum: ['a'], labels: { a: 'A' }, label: 'Kind' },
    rows: { type: 'array', items: group({ money }, ['money']), label: 'Rows' },
  });
  const parsed = parse(form, inputs({ money: '0', kind: 'b', '_rows.rows': '2', 'rows.1.money': '1' }));
  const told = [
    { path: '/kind', message: 'Select a' },
    { path: '/money', message: 'Amount must be more than 0 pence' },
    { path: '/day', message: 'Enter a date' },
    { path: '/rows/0/money', message: 'The pool does not hold this' },
    { path: '/nobodys', message: 'There is no member nobodys here' },
  ];
  const mistakes = mistakesOf(parsed, told);
  t.strictSame(
    [...mistakes.at],
    [
      ['money', 'Enter an amount above £0'],
      ['day', 'Enter a date'],
      ['kind', 'Choose an answer'],
      ['rows.1.money', 'The pool does not hold this'],
    ],
    'in the order of the fields; a row that was left blank is not counted',
  );
  t.strictSame(mistakes.summary, [
    { text: 'There is no member nobodys here' },
    { text: 'Amount: enter an amount above £0', href: '#money' },
    { text: 'Day: enter a date', href: '#day-day' },
    { text: 'Kind: choose an answer', href: '#kind' },
    { text: 'Amount: the pool does not hold this', href: '#rows-1-money' },
  ]);
  const step = mistakesOf(parsed, told, { members: new Set(['day']) });
  t.strictSame([...step.at.keys()], ['day'], 'of a step its own alone');
  const refused = mistakesOf(parsed, [{ path: '/kind', message: 'Nobody may' }], { refused: 'Nobody may' });
  t.equal(refused.at.get('kind'), 'Nobody may', 'a rule is told in its own words');
  t.strictSame(mistakesOf(parsed, [], { refused: 'Not now.' }).summary, [{ text: 'Not now.' }]);
  t.end();
});
