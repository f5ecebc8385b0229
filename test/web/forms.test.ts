/** Forms as a person meets them, step by step, in the demo (docs/rules/fields.md#forms). */
import { test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { decode } from '../../src/log/codec.js';
import { fieldFor, inputsOf, openForms, type FormsWorld, type Sent } from './forms-world.js';
import { browserMissing } from './looking.js';
import { SeenPages } from './seen-pages.js';

const reader = (variable: string): DemoReader => readers.find((one) => one.variable === variable)!;
const seatHolder = reader('SEAT_HOLDER');
const pool = '/pools/durham-warm-homes';
type Pair = [name: string, value: string];

const seen = new SeenPages();
const sees = (address: string, sent: Sent): void => seen.add(address, sent);

/** What is on the page, changed where somebody types, and the button that they press. */
function typed(
  page: Sent,
  values: Readonly<Record<string, string>>,
  button: Pair = ['_next', 'yes'],
): Pair[] {
  const kept = inputsOf(page.html).filter(([name]) => !Object.hasOwn(values, name));
  return [...kept, ...Object.entries(values), button];
}
/** Fills a form of one page and goes on to its check. */
async function checked(
  world: FormsWorld,
  who: DemoReader,
  address: string,
  values: Readonly<Record<string, string>>,
): Promise<Sent> {
  const page = await world.open(who, address);
  return world.post(who, address, typed(page, values));
}
const says = (page: Sent, text: string): boolean => page.html.includes(text);
const eventsOf = ({ service }: FormsWorld, from: number): { type: string; data: any }[] =>
  service.log.readAll(from, 1000).map((event) => decode(event));

test('a pledge, asked for step by step, checked, and recorded once', async (t) => {
  const world = await openForms(t, { sees });
  const address = `${pool}/pledges`;
  let page = await world.open(seatHolder, address);
  t.ok(says(page, 'Step 1 of 3') && says(page, 'Amount'), 'the first thing first');
  page = await world.post(seatHolder, address, typed(page, { pledgedPence: 'a lot' }));
  t.equal(page.status, 400);
  t.match(page.html, /<title>Error: /, 'the title says that something is wrong');
  t.ok(says(page, 'href="#pledgedPence"'), 'the summary leads to the field');
  t.ok(says(page, 'value="a lot"'), 'what was typed stays');
  page = await world.post(seatHolder, address, typed(page, { pledgedPence: '12,400.50' }));
  page = await world.post(seatHolder, address, typed(page, { financialYear: '2009/10' }));
  page = await world.post(seatHolder, address, typed(page, {}));
  t.ok(says(page, 'Check before you record it'));
  t.ok(says(page, '£12,400.50') && says(page, '2009 to 2010'), 'in words');
  t.ok(says(page, 'Seat holder of Durham'), 'in which grant');
  t.match(
    page.html,
    /Pledged £12,400\.50 for 2009-10\. Who can see this: /,
    'what would be recorded, for whom',
  );
  t.ok(says(page, 'This cannot be taken back'));

  const changing = await world.post(seatHolder, address, typed(page, {}, ['_change', 'pledgedPence']));
  t.ok(says(changing, 'Step 1 of 3') && says(changing, 'value="12,400.50"'), 'changed where it was asked');

  const from = await world.head();
  const first = await world.post(seatHolder, address, typed(page, {}, ['_record', 'yes']));
  const second = await world.post(seatHolder, address, typed(page, {}, ['_record', 'yes']));
  t.equal(first.status, 303);
  t.equal(second.location, first.location, 'a form sent twice');
  const pledges = eventsOf(world, from).filter(({ type }) => type === 'PledgeMade');
  t.strictSame(
    pledges.map(({ data }) => Object.values(data).includes(12_400_50)),
    [true],
    'is recorded once, to the penny',
  );
  const recorded = await world.open(seatHolder, first.location!);
  t.equal(recorded.status, 200);
  t.ok(says(recorded, 'Recorded') && says(recorded, `href="${pool}"`), 'and leads to its record');
});

test('who fills in who answers for a commitment, and ticks nothing, is understood; and is led on', async (t) => {
  const world = await openForms(t);
  const who = reader('LEICESTERSHIRE');
  const address = '/commitments/new';
  const owner = 'leicestershire-county-council';
  let page = await world.open(who, address);
  const steps: Readonly<Record<string, string>>[] = [
    { title: 'One front door', change: 'One visit instead of four', ownerAgencyId: owner, level: 'place' },
    { 'accountable.seatId': 'council' },
  ];
  for (const values of steps) page = await world.post(who, address, typed(page, values));
  for (let step = 3; says(page, `Step ${step} of`); step++)
    page = await world.post(who, address, typed(page, {}));
  t.ok(says(page, 'Check before you record it') && says(page, 'Who answers for it'), 'what was filled in');
  const done = await world.post(who, address, typed(page, {}, ['_record', 'yes']));
  const recorded = await world.open(who, done.location!);
  const id = /\/commitments\/([^/]+)\/recorded/.exec(done.location!)![1]!;
  t.ok(says(recorded, `href="/commitments/${id}/offer"`), 'what may be done with it now');

  const offer = `/commitments/${id}/offer`;
  const measured = await world.post(who, offer, typed(await world.open(who, offer), {}));
  const lacking = await world.post(who, offer, typed(measured, {}));
  t.equal(lacking.status, 400);
  t.match(lacking.html, /id="measure-error"[^]*Enter how it will be measured/);
  t.equal(
    lacking.html.match(/enter how it will be measured/gi)?.length,
    2,
    'in the summary and at its field',
  );
  t.notOk(says(lacking, 'How it will be measured (optional)'), 'nor is it called optional');
  const full = typed(lacking, {
    measure: 'Visits',
    evidenceExpected: 'A sample',
    verifierAgencyId: 'leicester-city-council',
  });
  const dated = await world.post(who, offer, full);
  const checkedOffer = await world.post(who, offer, typed(dated, { dueOn: '26 2 2010' }));
  const offered = await world.post(who, offer, typed(checkedOffer, {}, ['_record', 'yes']));
  t.equal(offered.status, 303);
  const waiting = await world.open(who, offered.location!);
  t.match(waiting.html, /What waits now[^]*due on [^]*, by Leicestershire County Council/);
});

test('what may be done for a part begins with it', async (t) => {
  const world = await openForms(t);
  const office = reader('PROGRAMME_OFFICE');
  const page = await world.open(office, '/programmes/total-place');
  const [, href] = /href="(\/programmes\/total-place\/[a-z-]+\?placeId=durham)"/.exec(page.html) ?? [];
  const form = await world.open(office, href ?? '/');
  t.match(form.html, /value="durham" (checked|selected)/, 'as it is chosen');
});

test('what an earlier step holds is looked at again at the end', async (t) => {
  const world = await openForms(t, { sees });
  const address = `${pool}/pledges`;
  const sent: Pair[] = [
    fieldFor(seatHolder, address),
    ['_step', '2'],
    ['pledgedPence', '-1'],
    ['financialYear', '2009-10'],
    ['_next', 'yes'],
  ];
  const page = await world.post(seatHolder, address, sent);
  t.ok(says(page, 'Step 1 of 3') && says(page, 'pledgedPence-error'), 'back where it is wrong');
});

test('only whoever a form was written for sends it, to where it was written for', async (t) => {
  const world = await openForms(t, { sees });
  const address = `${pool}/pledges`;
  const values: Pair[] = [
    ['pledgedPence', '1'],
    ['financialYear', '2009-10'],
    ['_record', 'yes'],
  ];
  const from = await world.head();
  const sendWith = (token: Pair | undefined): Promise<Sent> =>
    world.post(seatHolder, address, token ? [token, ...values] : values);
  t.equal((await sendWith(undefined)).status, 403, 'without a field');
  t.equal((await sendWith(['form-token', 'made.up'])).status, 403, 'with one that was made up');
  t.equal((await sendWith(fieldFor(reader('CHAIR'), address))).status, 403, 'with another’s');
  t.equal((await sendWith(fieldFor(seatHolder, `${pool}/payments`))).status, 403, 'with another form’s');
  t.equal(await world.head(), from, 'and nothing is recorded, not even that it was tried');
  const unknown = await world.open(undefined, address);
  t.equal(unknown.status, 303, 'who has not signed in');
  t.equal(unknown.location, `/sign-in?return=${encodeURIComponent(address)}`, 'does so, and comes back');
});

test('rows are added and removed by buttons', async (t) => {
  const world = await openForms(t, { sees });
  const secretariat = reader('LEICESTERSHIRE');
  const address = '/commitments/new';
  let page = await world.open(secretariat, address);
  const token = inputsOf(page.html).find(([name]) => name === 'form-token')!;
  const filled: Pair[] = [
    token,
    ['_step', '3'],
    ['_rows.milestones', '2'],
    ['milestones.0.title', 'First'],
    ['milestones.1.title', 'Second'],
    ['milestones.1.dueOn-year', '2010'],
  ];
  page = await world.post(secretariat, address, [...filled, ['_add', 'milestones']]);
  t.equal(page.status, 200);
  const value = (name: string): string | undefined => inputsOf(page.html).find(([one]) => one === name)?.[1];
  t.strictSame([value('_rows.milestones'), value('milestones.1.title')], ['3', 'Second']);
  page = await world.post(secretariat, address, typed(page, {}, ['_remove', 'milestones.0']));
  t.strictSame(
    [value('_rows.milestones'), value('milestones.0.title'), value('milestones.0.dueOn-year')],
    ['2', 'Second', '2010'],
    'what stood behind it moves up, dates too',
  );
  page = await world.post(secretariat, address, typed(page, {}, ['_remove', 'constructor.0']));
  t.equal(value('_rows.milestones'), '2', 'what is no list has no rows');
});

test('what is refused stands at its field, or above', async (t) => {
  const world = await openForms(t, { sees });
  const office = reader('PROGRAMME_OFFICE');
  const address = '/programmes/total-place/rounds';
  const values = {
    roundNo: '7',
    kind: 'interim',
    'observation.from-day': '1',
    'observation.from-month': '6',
    'observation.from-year': '2009',
    'observation.to': '31 August 2009',
    'window.from.precision': 'day',
    'window.from.from': '1 9 2009',
    'window.to.precision': 'day',
    'window.to.from': '18 9 2009',
  };
  const refused = await checked(world, office, address, values);
  t.equal(refused.status, 409, 'before anything is recorded');
  t.match(refused.html, /id="roundNo-error"/, 'at the field that it names');
  t.ok(says(refused, 'The next is'), 'in its own words');
  const next = /The next is (\d+)/.exec(refused.html)![1]!;
  const check = await world.post(office, address, typed(refused, { roundNo: next }));
  t.ok(says(check, 'Check before you record it'), 'a day need not be said twice');
});

test('who was overtaken is shown what happened, and decides again', async (t) => {
  const world = await openForms(t, { sees });
  const office = reader('PROGRAMME_OFFICE');
  const address = '/programmes/total-place/titles';
  const check = await checked(world, office, address, { name: 'Total Place, renamed' });
  await world.command(office.grant, office.account, `/v1${address}`, {
    name: 'Faster',
    expectedVersion: Number(inputsOf(check.html).find(([name]) => name === 'expectedVersion')![1]),
  });
  const stale = await world.post(office, address, typed(check, {}, ['_record', 'yes']));
  t.equal(stale.status, 409);
  t.ok(says(stale, 'Faster'), 'what happened since');
  t.ok(says(stale, 'value="Total Place, renamed"'), 'what was entered stays');
  const again = await world.post(office, address, typed(stale, {}));
  const done = await world.post(office, address, typed(again, {}, ['_record', 'yes']));
  t.equal(done.status, 303, 'on the version that was shown');
});

test('what cannot be done says why, and what is not there is not there', async (t) => {
  const world = await openForms(t, { sees });
  const chair = reader('CHAIR');
  const closed = await world.open(chair, `${pool}/resumption`);
  t.ok(says(closed, 'You cannot do this now'), 'a pool that is open is not resumed');
  t.equal((await world.open(chair, '/pools/nobodys/resumption')).status, 404);
  t.equal((await world.open(chair, '/pools/constructor/resumption')).status, 404);
  const from = await world.head();
  const address = '/pools/nobodys/resumption';
  const sent = await world.post(chair, address, [
    fieldFor(chair, address),
    ['reason', 'A try'],
    ['_record', 'yes'],
  ]);
  t.equal(sent.status, 404);
  t.strictSame(
    eventsOf(world, from).map(({ type, data }) => [type, data.code]),
    [['CommandRefused', 'NOT_FOUND']],
    'that somebody tried stands in the log, as of any command',
  );
});

test('records and parts are chosen by their names, and looked for where there are many', async (t) => {
  const world = await openForms(t, { sees });
  const secretariat = reader('SECRETARIAT');
  const parts = await world.open(secretariat, `${pool}/allocations`);
  t.match(parts.html, /name="subBalances\.0\.pledgeId"/);
  const barrier = '/barriers/new';
  let page = await world.open(reader('LEICESTERSHIRE'), '/pools/new');
  const token = inputsOf(page.html).find(([name]) => name === 'form-token')!;
  t.ok(says(page, 'name="_search.partners"'), 'agencies are more than can be offered');
  page = await world.post(reader('LEICESTERSHIRE'), '/pools/new', [
    token,
    ['name', 'Alcohol'],
    ['partners', 'leicester-city-council'],
    ['_search.partners', 'department work'],
    ['_find', 'partners'],
  ]);
  t.equal(page.status, 200);
  t.match(page.html, /value="leicester-city-council" checked/, 'what was chosen stays chosen');
  t.match(page.html, /Leicester City Council/, 'by its name');
  t.match(page.html, /Department for Work and Pensions/, 'what was looked for is offered');
  t.notMatch(page.html, /value="durham-county-council"/, 'and what was not is not');
  t.ok(says(page, 'value="Alcohol"'), 'the rest stays');
  t.equal((await world.open(secretariat, barrier)).status, 200);
});

test('somebody whose name nobody has recorded is named by their account', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('SECRETARIAT');
  const address = '/collaboratives/durham/secretary';
  const page = await world.open(who, address);
  t.ok(says(page, 'name="_search.account"'), 'those who are offered are not all');
  t.match(page.html, /aria-describedby="account-search-hint"/, 'how they are found is said');
  const look = (sought: string) =>
    world.post(who, address, [
      ...inputsOf(page.html).filter(([name]) => !name.startsWith('_search')),
      ['_search.account', sought],
      ['_find', 'account'],
    ]);
  const unnamed = await look('post.deputy.durham');
  t.match(unnamed.html, /type="radio" value="post\.deputy\.durham"/, 'what was looked for is offered');
  t.ok(says(unnamed, 'post.deputy.durham (no name is recorded)'), 'with what that is');
  const named = await look('chris-wormald');
  t.match(named.html, /type="radio" value="chris-wormald"/);
  t.notMatch(named.html, /no name is recorded\)/, 'who has a name is offered by it');
  const two = await look('Chris Wormald');
  t.notMatch(two.html, /no name is recorded\)/, 'no account is written so');
});

test('parts of another record follow from the record that is named beside them', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('LEICESTERSHIRE');
  const address = '/commitments/new';
  const page = await world.open(who, address);
  const token = inputsOf(page.html).find(([name]) => name === 'form-token')!;
  const money = await world.post(who, address, [
    token,
    ['_step', '4'],
    ['money.poolId', 'leicester-leicestershire-alcohol'],
    ['_find', 'money.pledgeIds'],
  ]);
  t.match(money.html, /type="checkbox" value="[^"]+"|name="money\.pledgeIds" type="checkbox"/, 'its pledges');
  const from = await world.post(who, address, [
    token,
    ['_step', '4'],
    ['from.kind', 'barrier'],
    ['_find', 'from.id'],
  ]);
  t.match(
    from.html,
    /name="from\.id"[^>]*type="radio"|<select[^>]*name="from\.id"/,
    'barriers, where it says so',
  );
});

test('what would be refused is told before it is recorded, and a decision that is wanted is prepared', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('LEICESTERSHIRE');
  const address = '/collaboratives/leicester-leicestershire/rules';
  const from = await world.head();
  const page = await checked(world, who, address, {
    '_is.rule': '0',
    'rule.kind': 'majority',
    'quorum.n': '2',
    'quorum.d': '3',
    decisionId: 'nobodys',
  });
  t.equal(page.status, 422);
  t.equal(await world.head(), from, 'nothing is recorded');
  t.ok(says(page, 'Prepare this decision'));
  const inset = /<form method="post" action="\/decisions\/new"[^]*?<\/form>/.exec(page.html)?.[0] ?? '';
  const draft = await world.post(who, '/decisions/new', inputsOf(inset));
  t.equal(draft.status, 200);
  const drafted = inputsOf(draft.html);
  t.strictSame(JSON.parse(drafted.find(([name]) => name === 'authorises')![1]), [
    {
      command: 'ChangeRule',
      record: 'collaborative-leicester-leicestershire',
      terms: { rule: { kind: 'majority' }, quorum: { n: 2, d: 3 } },
    },
  ]);
  const check = await world.post(
    who,
    '/decisions/new',
    typed(draft, {
      question: 'Shall a majority decide?',
      text: 'A majority decides.',
      forum: 'collaborative',
    }),
  );
  t.ok(says(check, 'Check before you record it'), 'the draft goes its own way');
  t.ok(says(check, '“Change the rule by a carried decision”, on “'), 'with what it allows, in words');
  t.notOk(says(check, '<div>ChangeRule'), 'not in codes');
});

test('what is amended begins as it stands, lists and all', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('LEICESTERSHIRE');
  const motion = {
    question: 'Shall a majority decide?',
    text: 'A majority decides.',
    forum: 'collaborative',
    options: ['Consent', 'Majority'],
    affectedAgencies: ['leicester-city-council'],
    money: [{ agencyId: 'leicestershire-county-council', pence: 5_000_50, financialYear: '2009-10' }],
    refs: ['pool-leicester-leicestershire-alcohol'],
    authorises: [
      {
        command: 'ChangeRule',
        record: 'collaborative-leicester-leicestershire',
        terms: { rule: { kind: 'majority' }, quorum: { n: 2, d: 3 } },
      },
    ],
  };
  const { json } = await world.command(who.grant, who.account, '/v1/decisions', {
    placeId: 'leicester-leicestershire',
    ...motion,
  });
  const address = `/decisions/${json.id}/amendments`;
  const check = await checked(world, who, address, { text: 'A majority of seats decides.' });
  t.ok(says(check, 'Check before you record it'));
  const from = await world.head();
  await world.post(who, address, typed(check, {}, ['_record', 'yes']));
  const amended = eventsOf(world, from).find(({ type }) => type === 'DecisionAmended')?.data;
  const placeId = 'leicester-leicestershire';
  t.strictSame(amended, { placeId, ...motion, text: 'A majority of seats decides.' });
});

test('who answers a barrier reads first whose answer it is, and of what is one, that it is a promise', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('OFFICIAL');
  const address = '/barriers/kent-gateway-benefits/answers';
  const first = (said: string) => new RegExp(`<h1[^>]*>[^<]*</h1>\\s*<p [^>]*>${said}</p>`);
  const department = 'the Department for Work and Pensions';
  const promise = first(`This is a promise of ${department}, accepted in your name\\.`);
  const answer = first(`This is the answer of ${department}, given in its name\\.`);
  const opened = await world.open(who, address);
  t.match(opened.html, answer, 'before it says which');
  const position = async (value: string) => world.post(who, address, typed(opened, { position: value }));
  const due = { 'dueOn-day': '1', 'dueOn-month': '3', 'dueOn-year': '2010' };
  for (const [value, said, entered] of [
    ['will-pilot', promise, due],
    ['will-remove', promise, due],
    ['will-not', answer, { reason: 'The rule is the law', official: 'A director' }],
    ['need-evidence', answer, { evidenceNeeded: 'Case notes' }],
  ] as const) {
    const second = await position(value);
    t.match(second.html, said, `${value}: on its second step`);
    const check = await world.post(who, address, typed(second, entered));
    t.ok(says(check, 'Check before you record it'), value);
    t.match(check.html, said, `${value}: on its check`);
  }
  const other = await world.open(who, '/barriers/kent-gateway-benefits/ownership-refusals');
  t.equal(other.status, 200);
  t.notMatch(other.html, /This is (a promise|the answer) of/, 'to decline is neither');
});

test('a step asks for what the answer of an earlier one needs, and says what may be left out', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('OFFICIAL');
  const barrier = '/barriers/kent-gateway-benefits';
  const heads = /<(?:label|legend)[^>]*govuk-(?:label|fieldset__legend)--[sm][^>]*>\s*([^<]*?)\s*</g;
  const labelled = (page: Sent): string[] => {
    const [own = ''] = page.html.split('<details');
    return [...own.matchAll(heads)].map(([, label = '']) => label);
  };
  const second = async (form: string, value: string) => {
    const address = `${barrier}/${form}`;
    return world.post(who, address, typed(await world.open(who, address), { position: value }));
  };
  const refusing = await second('answers', 'will-not');
  t.notMatch(refusing.html, /If “Your answer”/, 'which answer it is was said');
  const official = 'Name and post of the official who answers';
  t.strictSame(labelled(refusing), ['Reason', official], 'both are needed');
  const lacking = await world.post(who, `${barrier}/answers`, typed(refusing, {}));
  t.match(lacking, { status: 400, html: /Enter the reason[^]*Enter the official/ });
  const promising = labelled(await second('answers', 'will-remove'));
  t.ok(promising.includes('Date by which it will be done') && promising.includes(`${official} (optional)`));
  t.notOk(
    promising.some((label) => /^(Reason|Evidence that you need)/.test(label)),
    'nothing of others',
    { promising },
  );
  t.strictSame(
    labelled(await second('prepared-answers', 'will-not')),
    ['Reason (optional)', `${official} (optional)`],
    'what is prepared may lack either',
  );
});

test('a check ends its sentences once, and calls final only what cannot be said anew', async (t) => {
  const world = await openForms(t, { sees });
  const who = reader('OFFICIAL');
  const barrier = '/barriers/kent-gateway-benefits';
  const account = 'post.official.department-for-work-and-pensions';
  const handler = await checked(world, who, `${barrier}/handlers`, { account });
  t.ok(says(handler, 'Check before you record it') && says(handler, 'It can be replaced later'));
  t.notOk(says(handler, 'This cannot be taken back'), 'another can be named at any time');
  const declined = await checked(world, who, `${barrier}/ownership-refusals`, { reason: 'Is it ours?' });
  t.ok(says(declined, 'This cannot be taken back'));
  t.match(declined.html, /Is it ours\? Who can see this/);
  t.notMatch(declined.html, /[.?!]\. Who can see/, 'no stop follows another');
});

test('what was met on the way, in a browser', { skip: browserMissing }, (t) => seen.lookAt(t));
