/** Nothing that was entered in a form is passed over without a word (docs/rules/fields.md#forms). */
import { test } from 'tap';
import { Inputs, own } from '../../src/web/form/inputs.js';
import { fieldsOf } from '../../src/web/form/model.js';
import type { Node } from '../../src/web/form/node.js';
import { parse } from '../../src/web/form/parse.js';
import { shapeOf } from '../../src/web/form/node.js';

const leaf = (label: string): Node => ({ type: 'string', field: 'line', label });
const either: Node = {
  label: 'Who answers',
  anyOf: [
    { title: 'A seat', type: 'object', properties: { seatId: leaf('Seat') }, required: ['seatId'] },
    { title: 'An official', type: 'object', properties: { official: leaf('Name') }, required: ['official'] },
  ],
};
const form: Node = {
  type: 'object',
  properties: {
    who: either,
    answer: { field: 'choice', label: 'Your answer', enum: ['yes', 'no'], labels: { yes: 'Yes', no: 'No' } },
    reason: { ...leaf('Reason'), when: { answer: 'no' } },
    list: { type: 'array', label: 'Each', items: either },
    on: { type: 'object', field: 'fuzzy-date', label: 'When', properties: {} },
  },
  required: ['answer'],
};
type Sent = Readonly<Record<string, string>>;
const inputsOf = (sent: Sent): Inputs => Inputs.from(Object.entries({ answer: 'yes', ...sent }));
function read(sent: Sent): { body: object; wrong: object } {
  const { body, wrong } = parse(form, inputsOf(sent));
  return { body, wrong: Object.fromEntries(wrong) };
}
/** What the page says that was chosen before. */
function drawn(sent: Sent): { was: unknown; checked: unknown; values: unknown } {
  const inputs = inputsOf(sent);
  const shape = shapeOf(form);
  const fields = fieldsOf(shape.is === 'group' ? shape.members : [], inputs, {
    choices: () => undefined,
    errors: parse(form, inputs).wrong,
  });
  const was = fields.find((one) => one.is === 'hidden' && one.name === own.was('who'));
  const who = fields.find((one) => one.is === 'either');
  const options = who?.is === 'either' ? who.options : [];
  return {
    was: was?.is === 'hidden' ? was.value : undefined,
    checked: options.filter(({ checked }) => checked).map(({ value }) => value),
    values: options.flatMap(({ fields: below }) => below.map((one) => (one.is === 'text' ? one.value : one))),
  };
}

test('a branch whose fields were filled in is the one that is meant', (t) => {
  const seat = { answer: 'yes', who: { seatId: 'pct' } };
  t.match(read({ 'who.seatId': 'pct' }).body, seat, 'where nothing was chosen');
  t.match(read({ '_is.who': '', '_was.who': '', 'who.seatId': 'pct' }).body, seat, '“No answer” stayed');
  t.strictSame(drawn({ 'who.seatId': 'pct' }).checked, ['0'], 'and is shown so');
  t.match(read({ '_rows.list': '1', 'list.0.official': 'Mary' }).body, { list: [{ official: 'Mary' }] });
  t.match(read({ '_is.who': '', '_was.who': '' }), { body: { who: undefined }, wrong: {} });
  t.end();
});
test('where another branch was filled in than was chosen, it is asked which is meant, once', (t) => {
  const other = { '_is.who': '1', '_was.who': '', 'who.seatId': 'pct' };
  t.match(read(other).wrong, { who: /^Choose which of these is meant: .*“A seat”.*“An official”/ });
  t.equal(drawn(other).was, 'told');
  t.match(read({ ...other, 'who.official': 'Mary' }).wrong, { who: /“A seat”/ }, 'both');
  const both = { 'who.seatId': 'pct', 'who.official': 'Mary' };
  t.match(read(both).wrong, { who: /^Choose one of these: .*“A seat” and “An official”/ }, 'and none chosen');
  t.match(read({ ...both, '_is.who': '1', '_was.who': 'told' }), {
    body: { who: { official: 'Mary' } },
    wrong: {},
  });
  t.end();
});
test('a branch that was chosen in the stead of another needs nothing emptied', (t) => {
  const sent = { '_is.who': '1', '_was.who': '0', 'who.seatId': 'pct', 'who.official': 'Mary' };
  t.match(read(sent), { body: { who: { official: 'Mary' } }, wrong: {} });
  t.strictSame(drawn(sent), { was: '1', checked: ['1'], values: ['', 'Mary'] }, 'nor is shown again');
  const none = read({ '_is.who': '', '_was.who': '0', 'who.seatId': 'pct' });
  t.strictSame([Object.hasOwn(none.body, 'who'), none.wrong], [false, {}], '“No answer” was chosen');
  t.end();
});
test('what is asked for with another answer only is not thrown away', (t) => {
  t.match(read({ reason: 'Too dear' }).wrong, { reason: /^Leave this empty.*“Your answer” is “No”$/ });
  t.match(read({ answer: 'no', reason: 'Too dear' }), { body: { reason: 'Too dear' }, wrong: {} });
  t.end();
});
test('in a group that may be left out, what was chosen can be left out again', (t) => {
  const { labels, ...choice } = { field: 'choice' as const, label: 'Kind', enum: ['a'], labels: { a: 'A' } };
  const group: Node = {
    label: 'Money',
    type: 'object',
    properties: { kind: { ...choice, labels } },
    required: ['kind'],
  };
  const known = { choices: () => undefined, errors: new Map<string, string>() };
  const of = (required: boolean) =>
    JSON.stringify(fieldsOf([{ key: 'it', node: group, required }], inputsOf({}), known));
  t.match(of(false), /No answer/);
  t.notMatch(of(true), /No answer/);
  t.end();
});
test('of a date only that it may still move', (t) => {
  t.match(read({ 'on.tbc': 'yes' }).body, { on: { tbc: true } }, 'is told to the command’s reader');
  t.end();
});

test('what earlier steps have settled is not asked for again, and is needed or not as they say', (t) => {
  const needed: Node = { ...leaf('Words'), needed: 'Enter words', neededWhen: { answer: 'no' } };
  const asked: Node = {
    type: 'object',
    properties: {
      answer: { ...form.properties!.answer! },
      reason: { ...leaf('Reason'), when: { answer: 'no' } },
      words: needed,
      both: { ...leaf('Both'), when: { answer: 'no', words: 'many' } },
    },
    required: ['answer'],
  };
  const shape = shapeOf(asked);
  const members = shape.is === 'group' ? shape.members : [];
  const draw = (answer: string | undefined, errors = new Map<string, string>()): object[] =>
    fieldsOf(members.slice(1), Inputs.from([]), { choices: () => undefined, errors }, '', {
      beside: members,
      ...(answer === undefined ? {} : { settled: { members: new Set(['answer']), values: { answer } } }),
    });
  const reason = { label: 'Reason (optional)' };
  const words = { label: 'Words', hint: undefined };
  t.match(
    draw(undefined),
    [
      { is: 'if', text: 'If “Your answer” is “No”', fields: [reason] },
      { label: 'Words', hint: 'Needed if “Your answer” is “No”.' },
      { is: 'if', text: 'If “Your answer” is “No” and “Words” is “many”' },
    ],
    'on one page each says when',
  );
  t.match(draw('no'), [reason, words, { is: 'if', text: 'If “Words” is “many”' }]);
  t.match(draw('yes'), [{ label: 'Words (optional)', hint: undefined }]);
  t.equal(draw('yes').length, 1, 'what belongs to another answer is left out');
  t.match(
    draw('yes', new Map([['reason', 'Leave this empty']])),
    [{ is: 'if', text: 'If “Your answer” is “No”', fields: [{ error: 'Leave this empty' }] }, {}],
    'unless something is wrong with it',
  );
  t.end();
});
