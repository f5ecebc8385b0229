import { test } from 'tap';
import { nameOf } from '../../src/domain/kernel/naming.js';
import {
  foldScale,
  judge,
  stepState,
  type PlaceFacts,
  type PlaceStep,
} from '../../src/domain/progress/judge.js';
import { promiseCounts, reportItems, type PromiseFact } from '../../src/domain/progress/promises.js';
import { reference } from './spec.js';
import {
  type DueCode,
  type DueItem,
  type DueParty,
  dueTable,
  lateBy,
  levelOf,
  waitsFor,
} from '../../src/domain/progress/due-codes.js';

const workingDays = reference.workingDays;
const dueOn = '2009-10-01'; // a Thursday
const item = (over: Partial<DueItem> = {}): DueItem => ({
  code: 'answer',
  aggregate: 'barrier',
  recordId: 'b',
  key: 'k',
  placeId: 'durham',
  owedBy: [{ kind: 'department', id: 'dwp' }],
  deed: 'Answer',
  dueOn,
  openedOn: '2009-09-01',
  openedBy: 'e',
  illustrative: false,
  ...over,
});
const step = (over: Partial<PlaceStep> = {}): PlaceStep => ({
  stepId: 'interim',
  name: 'Interim findings',
  required: true,
  dueOn,
  originalDueOn: dueOn,
  fuzzy: false,
  illustrative: false,
  ...over,
});
const facts = (over: Partial<PlaceFacts> = {}): PlaceFacts => ({
  placeId: 'durham',
  steps: [],
  items: [],
  ...over,
});
/** The n-th working day after the due date. */
const late = (n: number) => workingDays.add(dueOn, n);

test('lateness in working days; a weekend counts as a day', async (t) => {
  t.equal(lateBy(dueOn, dueOn, workingDays), 0, 'the day itself ends at midnight');
  t.equal(lateBy(dueOn, '2009-10-02', workingDays), 1);
  t.equal(lateBy('2009-10-02', '2009-10-03', workingDays), 1, 'due on a Friday, seen on Saturday');
  t.equal(
    lateBy('2009-12-24', '2009-12-29', workingDays),
    1,
    'Christmas and its substitute days do not count',
  );
});

test('the colour of an open item at each edge', async (t) => {
  t.equal(
    levelOf('answer', workingDays.add('2009-09-01', 11), '2009-09-01', workingDays),
    undefined,
    '11 working days off',
  );
  t.equal(
    levelOf('answer', workingDays.add('2009-09-01', 10), '2009-09-01', workingDays),
    'amber-green',
    '10 working days off',
  );
  const edges: [number, string][] = [
    [1, 'amber'],
    [10, 'amber'],
    [11, 'amber-red'],
    [20, 'amber-red'],
    [21, 'red'],
  ];
  for (const [n, level] of edges)
    t.equal(levelOf('answer', dueOn, late(n), workingDays), level, `${n} working days late`);
  t.equal(levelOf('step', dueOn, late(1), workingDays), 'amber-red', 'steep');
  t.equal(levelOf('step', dueOn, late(5), workingDays), 'amber-red');
  t.equal(levelOf('step', dueOn, late(6), workingDays), 'red');
  for (const code of Object.keys(dueTable) as DueCode[])
    t.equal(
      levelOf(code, dueOn, late(60), workingDays),
      dueTable[code].highest,
      `${code} never above its highest`,
    );
});

test('a place has two colours: nobody is coloured for another’s lateness', async (t) => {
  const whitehall = judge(facts({ items: [item()] }), late(21), workingDays);
  t.match(whitehall, { rag: 'green', whitehallRag: 'red' });
  const own = judge(
    facts({ items: [item({ owedBy: [{ kind: 'agency', id: 'council' }] })] }),
    late(11),
    workingDays,
  );
  t.match(own, { rag: 'amber-red', whitehallRag: 'green' });
  const none = judge(facts({ steps: [step({ doneOn: dueOn })] }), late(1), workingDays);
  t.match(none, {
    rag: 'green',
    whitehallRag: 'green',
    reasons: [
      {
        code: 'nothing-late',
        level: 'green',
        text: 'Nothing due is late: 1 of 1 step done, last on 1 October 2009',
      },
    ],
  });
  t.equal(
    judge(facts({ items: [item({ illustrative: true })] }), late(1), workingDays).reasons[0]!.illustrative,
    true,
    'an invented fact is marked on its reason',
  );
});

test('where several owe the same by the same day, each reason names whose it is; one alone does not', async (t) => {
  const asked = (key: string, owedBy: DueParty): DueItem => item({ code: 'position', key, owedBy: [owedBy] });
  const told = (...items: DueItem[]): readonly string[] =>
    judge(facts({ items }), dueOn, workingDays).reasons.map((reason) => reason.text);
  const council = asked('1', { kind: 'agency', id: 'council' });
  t.same(told(council), ['Answer: due 1 October 2009']);
  t.same(
    told(
      council,
      asked('2', { kind: 'department', id: 'dwp' }),
      asked('3', { kind: 'place', id: 'durham' }),
      asked('4', { kind: 'programme-office', id: 'tp' }),
      item({ deed: 'Another' }),
    ),
    [
      'Another: due 1 October 2009',
      ...[nameOf.agency('council'), nameOf.agency('dwp'), nameOf.place('durham'), 'the programme office'].map(
        (owner) => `Answer (${owner}): due 1 October 2009`,
      ),
    ],
  );
});

test('steps: states, done late, excused, the deadline missed', async (t) => {
  t.equal(stepState(step({ required: false }), dueOn, workingDays), 'not-required');
  t.equal(stepState(step({ excused: 'merged' }), late(3), workingDays), 'excused');
  t.equal(stepState(step({ doneOn: dueOn }), late(3), workingDays), 'done');
  t.equal(stepState(step({ doneOn: late(1) }), late(3), workingDays), 'done-late');
  t.equal(stepState(step({ doneOn: late(1) }), dueOn, workingDays), 'due-soon', 'not done yet on that day');
  t.equal(stepState(step(), late(1), workingDays), 'overdue');
  t.equal(stepState(step({ dueOn: workingDays.add(dueOn, 10) }), dueOn, workingDays), 'due-soon');
  t.equal(stepState(step({ dueOn: workingDays.add(dueOn, 11) }), dueOn, workingDays), 'not-yet-due');
  const doneLate = step({ doneOn: late(2) });
  t.match(judge(facts({ steps: [doneLate] }), workingDays.add(late(2), 20), workingDays).reasons, [
    { code: 'step-done-late', level: 'amber-green' },
  ]);
  t.match(judge(facts({ steps: [doneLate] }), workingDays.add(late(2), 21), workingDays).reasons, [
    { code: 'nothing-late' },
  ]);
  const deadline = { name: 'Budget 2010', date: '2010-03-24' };
  t.match(
    judge(facts({ steps: [step({ dueOn: '2010-03-20' })], deadline }), '2010-03-25', workingDays).reasons.map(
      (r) => r.code,
    ),
    ['deadline-missed', 'step'],
  );
  t.notOk(
    judge(facts({ steps: [step({ excused: 'merged' })], deadline }), '2010-03-25', workingDays).reasons.some(
      (r) => r.code === 'deadline-missed',
    ),
  );
  t.same(
    judge(facts({ steps: [step({ signOffOwedBy: 'council' })] }), late(1), workingDays).reasons[0]!.owedBy,
    [{ kind: 'agency', id: 'council' }],
    'where only the sign-off is missing, its body owes',
  );
});

test('no movement for 20 working days', async (t) => {
  const reasons = (n: number) =>
    judge(
      facts({ steps: [step({ doneOn: dueOn })], lastMovement: { on: dueOn, illustrative: n > 20 } }),
      late(n),
      workingDays,
    ).reasons.map((r) => r.code);
  t.same(reasons(19), ['nothing-late']);
  t.same(reasons(20), ['no-movement']);
  for (const illustrative of [false, true])
    t.match(
      judge(facts({ lastMovement: { on: dueOn, illustrative } }), late(20), workingDays).reasons,
      [{ illustrative }],
      'the last day may be filled in',
    );
});

const promise = (over: Partial<PromiseFact> = {}): PromiseFact => ({
  recordId: 'p',
  placeId: 'durham',
  title: 'One form',
  owner: { kind: 'agency', id: 'council' },
  status: 'delivering',
  acceptedOn: '2009-06-15',
  dueOn: '2010-03-31',
  reported: ['2009-09'],
  illustrative: false,
  ...over,
});
const many = (n: number, over: Partial<PromiseFact>): PromiseFact[] =>
  Array.from({ length: n }, (_, i) => promise({ recordId: `p${i}`, ...over }));

test('commitments late: any, a quarter and two, half and three of all that were accepted', async (t) => {
  const level = (late: number, fine: number, completed: number) =>
    judge(
      facts({
        promises: [
          ...many(late, { dueOn }),
          ...many(fine, {}),
          ...many(completed, { status: 'completed', dueOn }),
        ],
      }),
      '2009-10-02',
      workingDays,
    ).reasons.find((r) => r.code === 'commitments-late')?.level;
  t.equal(level(0, 3, 2), undefined);
  t.equal(level(1, 0, 0), 'amber', 'one of one: never worse than amber by itself');
  t.equal(level(2, 6, 0), 'amber-red', 'exactly a quarter, and two');
  t.equal(level(2, 7, 0), 'amber', 'under a quarter');
  t.equal(level(2, 0, 0), 'amber-red', 'two of two: three are needed for red');
  t.equal(level(3, 3, 0), 'red', 'exactly half, and three');
  t.equal(level(3, 4, 0), 'amber-red', 'under half');
  t.equal(level(3, 0, 3), 'red');
  t.equal(level(3, 0, 4), 'amber-red', 'completed ones are of all');
  const last = judge(facts({ promises: [promise({ dueOn })] }), dueOn, workingDays);
  t.notOk(
    last.reasons.some((r) => r.code === 'commitments-late'),
    'the day itself ends at midnight',
  );
});

test('a commitment is late when overdue, silent or red, once, and colours its owners only', async (t) => {
  const red = promise({ recordId: 'red', redSince: '2009-09-20' });
  const one = judge(facts({ promises: [red, promise()] }), '2009-10-02', workingDays).reasons[0]!;
  t.match(one, {
    code: 'commitments-late',
    text: '1 of 2 commitments overdue, silent or red: 1 red',
    since: '2009-09-20',
    dueOn: null,
    aggregate: 'commitment',
    recordId: 'red',
    owedBy: [{ id: 'council' }],
  });
  const department = { kind: 'department', id: 'dwp' } as const;
  const whitehall = judge(
    facts({ promises: [...many(4, {}), promise({ recordId: 'w', owner: department, dueOn })] }),
    '2009-10-02',
    workingDays,
  );
  t.match(whitehall, {
    rag: 'green',
    whitehallRag: 'amber',
    reasons: [
      { text: '1 of 1 Whitehall commitment overdue, silent or red: 1 overdue', owedBy: [department] },
    ],
  });
  t.match(
    promiseCounts(
      [
        red,
        promise({ dueOn, redSince: '2009-09-20' }),
        promise({ status: 'claimed', dueOn }),
        promise({ status: 'completed' }),
      ],
      'month',
      '2009-10-02',
      workingDays,
    ),
    {
      live: 3,
      onTime: 2,
      overdue: 1,
      silent: 0,
      red: 2,
      completed: 1,
    },
  );
});

test('a report is owed for each whole period after acceptance, ten working days after its end; two missed are silence', async (t) => {
  const owed = (day: string, over: Partial<PromiseFact> = {}) =>
    reportItems([promise({ reported: [], ...over })], 'month', day, workingDays).map((i) => [i.key, i.dueOn]);
  t.same(owed('2009-06-30'), [], 'the month of acceptance is not whole');
  t.same(owed('2009-07-31'), [], 'not before the period has ended');
  t.same(owed('2009-08-01'), [['2009-07', '2009-08-14']]);
  t.same(owed('2009-09-01'), [
    ['2009-07', '2009-08-14'],
    ['2009-08', '2009-09-14'],
  ]);
  t.same(owed('2009-09-01', { reported: ['2009-08'] }), [], 'a later report is the newest word');
  t.same(owed('2009-09-01', { status: 'claimed' }), []);
  t.same(
    reportItems([promise({ reported: [] })], 'quarter', '2009-10-01', workingDays).map((i) => i.key),
    ['2009-Q3'],
  );
  const silent = (day: string, reported: string[] = []) =>
    promiseCounts([promise({ reported })], 'month', day, workingDays).silent;
  t.same(
    [
      silent('2009-09-14'),
      silent('2009-09-15'),
      silent('2009-09-15', ['2009-07']),
      silent('2009-09-15', ['2009-08']),
    ],
    [0, 1, 0, 0],
  );
  const { reasons } = judge(facts({ promises: [promise({ reported: [] })] }), '2009-08-17', workingDays);
  t.match(reasons, [
    {
      code: 'report',
      level: 'amber-green',
      owedBy: [{ kind: 'agency', id: 'council' }],
      dueOn: '2009-08-14',
    },
  ]);
});

test('nothing shared is no colour: no step seen done, and no due item, however far off', async (t) => {
  const seen = (over: Partial<PlaceFacts>, day = late(1)) => judge(facts(over), day, workingDays);
  const none = seen({});
  t.match(none, { rag: 'no-information', whitehallRag: 'no-information', lastStepOn: null });
  t.match(none.reasons, [
    {
      code: 'no-information',
      level: 'no-information',
      text: 'No information shared',
      owedBy: [],
      dueOn: null,
    },
  ]);
  t.match(
    seen({ steps: [step({ excused: 'merged' })] }),
    { rag: 'no-information' },
    'nothing is due of a step that is excused',
  );
  t.match(seen({ steps: [step({ required: false })] }), { rag: 'no-information' });
  const green = { rag: 'green', whitehallRag: 'green' };
  t.match(
    seen({ items: [item({ dueOn: '2010-12-01' })] }),
    { ...green, reasons: [{ text: 'Nothing due is late' }] },
    'an item is one, also of Whitehall’s',
  );
  t.match(seen({ steps: [step({ dueOn: '2010-12-01' })] }), {
    ...green,
    reasons: [{ text: 'Nothing due is late: 0 of 1 step done' }],
  });
  t.match(seen({ steps: [step({ doneOn: dueOn })] }), green);
  t.match(seen({ steps: [step({ doneOn: late(2) })] }), { rag: 'amber-red' }, 'not done yet on that day');
  t.match(
    seen({ lastMovement: { on: '2009-06-01', illustrative: false } }),
    { rag: 'amber', whitehallRag: 'green' },
    'a reason is one to be given a colour by',
  );
  const steps = [
    step({ doneOn: '2009-09-17' }),
    step({ stepId: 'a', doneOn: '2009-09-10' }),
    step({ stepId: 'b', dueOn: '2010-12-01' }),
    step({ stepId: 'c', excused: 'merged' }),
  ];
  t.match(seen({ steps }).reasons, [
    { text: 'Nothing due is late: 2 of 3 steps done, last on 17 September 2009' },
  ]);
});

test('a last step of more than forty working days ago stands beside the colour', async (t) => {
  const last = (n: number, more: Partial<PlaceFacts> = {}) =>
    judge(
      facts({ steps: [step({ doneOn: dueOn }), step({ stepId: 'a', doneOn: '2009-09-01' })], ...more }),
      late(n),
      workingDays,
    ).lastStepOn;
  t.same([last(40), last(41)], [null, dueOn]);
  t.equal(last(41, { items: [item()] }), dueOn, 'whatever colour that is');
  t.equal(last(60, { steps: [step({ dueOn: '2010-12-01' })] }), null, 'none was done');
});

test('the three-scale folds', async (t) => {
  t.equal(foldScale('no-information', 'three'), 'no-information');
  t.same(
    (['green', 'amber-green', 'amber', 'amber-red', 'red'] as const).map((l) => foldScale(l, 'three')),
    ['green', 'green', 'amber', 'red', 'red'],
  );
});

test('what is asked of a body waits in its grants of that place; its consent also in those of another table', async (t) => {
  const grant = { role: 'seat-holder', place: 'kent', agency: 'kent-police' } as const;
  const owed = { key: 'k', owedBy: [{ kind: 'agency', id: 'kent-police' }], placeId: 'durham' } as const;
  t.equal(waitsFor({ ...owed, code: 'position' }, grant), undefined);
  t.match(waitsFor({ ...owed, code: 'position', placeId: 'kent' }, grant), { id: 'kent-police' });
  t.match(waitsFor({ ...owed, code: 'consent' }, grant), { id: 'kent-police' });
  t.equal(waitsFor({ ...owed, code: 'consent' }, { ...grant, agency: 'kent-fire' }), undefined);
});

test('what waits before a rung is for who sits there to direct, and after the direction for the owner to answer', async (t) => {
  const champion = { role: 'champion', place: 'durham' } as const;
  const office = { role: 'programme-office', programme: 'tp' } as const;
  const chair = { role: 'chair', place: 'durham', agency: 'council' } as const;
  const departmentOfficial = { role: 'official', agency: 'dwp' } as const;
  const item = (key: string, kind: DueParty['kind'], id: string) =>
    ({ code: 'rung', key, placeId: 'durham', owedBy: [{ kind, id }] }) as const;
  const waitedFor = (i: ReturnType<typeof item>) =>
    [champion, office, chair, departmentOfficial].filter((g) => waitsFor(i, g)).map((g) => g.role);
  t.same(
    waitedFor(item('dwp:champion', 'department', 'dcsf')),
    ['champion'],
    'who has no grant of the department',
  );
  t.same(waitedFor(item('dwp:champion', 'programme-office', 'tp')), ['champion'], 'or is of none');
  t.equal(waitsFor(item('dwp:champion', 'department', 'dcsf'), { ...champion, place: 'kent' }), undefined);
  t.same(waitedFor(item('dwp:champions-group', 'programme-office', 'tp')), ['programme-office']);
  t.same(waitedFor(item('council:chair', 'agency', 'council')), ['chair']);
  t.equal(
    waitsFor(item('council:chair', 'agency', 'council'), { ...chair, role: 'seat-holder' }),
    undefined,
    'the chair’s agency holds a seat besides',
  );
  t.same(waitedFor(item('dwp:champion:answer', 'department', 'dwp')), ['official']);
  t.ok(waitsFor(item('council:chair:answer', 'agency', 'council'), { ...chair, role: 'seat-holder' }));
});
