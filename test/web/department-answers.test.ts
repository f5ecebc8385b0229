/** One answer of a department to several barriers, by its form (docs/rules/barrier.md#several-at-once). */
import { test, type Test } from 'tap';
import { inputsOf, openForms, type Sent } from './forms-world.js';
import { waitingBarrier } from './waiting-barriers.js';
import { readerCalled, wordsOf } from './world.js';
import type { DemoReader } from '../../src/demo/readers.js';

const department = 'department-for-work-and-pensions';
const address = `/departments/${department}/answers`;
const kent = 'kent-gateway-benefits';
const official = readerCalled('OFFICIAL') as DemoReader;
const given = 'This is the answer of the Department for Work and Pensions, given in its name.';
const promise = 'This is a promise of the Department for Work and Pensions, accepted in your name.';
type Pairs = readonly (readonly [string, string])[];
const answer: Pairs = [
  ['official', 'A director'],
  ['dueOn-day', '26'],
  ['dueOn-month', '2'],
  ['dueOn-year', '2010'],
  ['measure', 'One assessment instead of three'],
];

async function openAnswers(t: Test) {
  const world = await openForms(t);
  const second = await waitingBarrier(world, 'Two letters for one claim');
  const third = await waitingBarrier(world, 'Three assessments of one family');
  /** Sends a page on as it stands, with what is entered and a button. */
  const send = (page: Sent, ...entered: Pairs) => {
    const names = new Set(entered.map(([name]) => name));
    const left = inputsOf(page.html).filter(([name]) => !names.has(name));
    return world.post(official, address, [...left, ...entered]);
  };
  /** The form up to its check, with these barriers ticked. */
  const checked = async (...barriers: readonly string[]) => {
    const ticked = barriers.map((id) => ['barriers', id] as const);
    const first = await send(
      await world.open(official, address),
      ...ticked,
      ['position', 'will-remove'],
      ['_next', 'yes'],
    );
    t.match(wordsOf(first.html), promise, 'on a step of its own');
    t.notMatch(wordsOf(first.html), /If “Your answer”|Reason/, 'which asks for nothing of other answers');
    return send(first, ...answer, ['_next', 'yes']);
  };
  const answersOf = async (id: string) =>
    JSON.parse((await world.open(official, `/barriers/${id}?format=json`)).html).answers as {
      position: string;
    }[];
  return { ...world, second, third, send, checked, answersOf };
}

test('several barriers are ticked, checked each by itself, and answered once', async (t) => {
  const { open, second, third, send, checked, answersOf, head, service, post } = await openAnswers(t);
  const page = await open(official, `/departments/${department}`);
  t.match(page.html, `href="${address}"`, 'a link leads to it from what the department owes');
  const form = await open(official, address);
  t.match(wordsOf(form.html), given, 'first it says whose answer it is');
  t.match(wordsOf(form.html), /Two letters for one claim – Durham/, 'each by its title and place');
  t.equal((form.html.match(/type="checkbox" value/g) ?? form.html.match(/type="checkbox"/g) ?? []).length, 3);

  const none = await send(form, ['position', 'will-remove'], ['_next', 'yes']);
  t.match(none, { status: 400, html: /<title>Error: / });
  t.match(wordsOf(none.html), /Choose the barriers that you answer/);

  const before = await head();
  const check = await checked(kent, second);
  t.equal(check.status, 200);
  const said = wordsOf(check.html);
  t.match(said, promise, 'and again before it is recorded');
  t.match(said, /Two letters for one claim – Durham .*will remove.*Who can see this/i);
  t.equal(await head(), before, 'a check records nothing');
  const recorded = await send(check, ['_record', 'yes']);
  t.match(recorded, { status: 200, html: '2 barriers answered' });
  for (const id of [kent, second]) {
    t.match(recorded.html, `href="/barriers/${id}"`);
    t.match(await answersOf(id), [{ position: 'will-remove' }]);
  }
  t.same(await answersOf(third), [], 'who was not ticked is not answered');
  await service.reactors.idle();
  const after = await head();
  const again = await send(check, ['_record', 'yes']);
  t.match(again.html, '2 barriers answered', 'sent twice it says the same');
  t.equal(await head(), after, 'and records nothing');
  const foreign = await post(
    official,
    address,
    inputsOf(check.html).filter(([name]) => name !== 'form-token'),
  );
  t.equal(foreign.status, 403, 'a form that is not ours is not taken');
});

test('what is refused meanwhile is told by name, and tried again alone', async (t) => {
  const { third, send, checked, inject, service } = await openAnswers(t);
  const check = await checked(kent, third);
  const close = async (id: string) => {
    const body = { as: 'not-a-barrier', reason: 'It is no barrier any more' };
    const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
    const { status, raw } = await inject(...lead, 'POST', `/v1/barriers/${id}/closure`, body);
    t.equal(status, 200, raw);
    await service.reactors.idle();
  };
  await close(third);
  const left = wordsOf((await checked(kent, third)).html);
  t.match(
    left,
    /Three assessments of one family .*This one would be refused, and is left out/,
    'a check says so',
  );
  const result = await send(check, ['_record', 'yes']);
  t.match(result, { status: 200, html: '1 barrier answered, 1 not' });
  t.match(wordsOf(result.html), /What was refused, and why Three assessments of one family .*closed/);
  t.match(result.html, `href="/barriers/${third}"`);
  const again = await send(result, ['_change', 'barriers']);
  t.same(
    inputsOf(again.html).filter(([name]) => name === 'barriers'),
    [['barriers', third]],
    'that one alone is ticked',
  );
  const on = await send(again, ['_next', 'yes']);
  t.same(
    inputsOf(on.html).filter(([name]) => name === 'measure'),
    [['measure', 'One assessment instead of three']],
    'with the answer that was given',
  );
  const refused = await send(on, ['_next', 'yes']);
  t.match(refused, { status: 409, html: /<title>Error: / }, 'where none is taken the form says why');
});

test('whoever is not of the department has nothing to answer here', async (t) => {
  const { open } = await openAnswers(t);
  const others = await open(readerCalled('TREASURY'), address);
  t.match(
    wordsOf(others.html),
    /You cannot do this now.*No barrier that you may answer waits for this department/,
  );
  t.match(await open(undefined, address), { status: 303, location: /^\/sign-in\?return=/ });
  t.match(await open(official, '/departments/nobody/answers'), { status: 404 });
  const page = await open(readerCalled('TREASURY'), `/departments/${department}`);
  t.notMatch(page.html, address, 'nor is a link shown');
});
