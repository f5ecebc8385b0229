/** Steps, dates, sums and what changed, at each edge of docs/rules/progress.md, from events alone. */
import Database from '../../src/log/sqlite/driver.js';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'tap';
import { DoneWhen } from '../../src/domain/programme/state.js';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import { due } from '../../src/projections/views/due.js';
import type { audiences } from '../../src/projections/place-progress/facts.js';
import { placeProgress } from '../../src/projections/place-progress/place-progress.js';
import { reference } from '../domain/spec.js';

const day = (on: string, more: object = {}) => ({ from: on, to: on, precision: 'day', tbc: false, ...more });

/** `own`: a programme that plans its rounds and its steps itself. */
function newWorld(own?: string) {
  const programmeId = own ?? 'tp';
  const db = new Database(':memory:');
  const names = Object.fromEntries(Object.keys(placeProgress.tables).map((k) => [k, `pp_${k}`])) as Record<
    keyof typeof placeProgress.tables,
    string
  >;
  for (const [k, ddl] of Object.entries(placeProgress.tables)) db.exec(ddl.replaceAll(`{${k}}`, `pp_${k}`));
  const handlers = placeProgress.handlers(db, names, reference);
  const versions = new Map<string, number>();
  let position = 0;
  let today = '2009-06-01';
  const apply = (
    aggregate: string,
    recordId: string,
    type: string,
    data: object,
    more: Partial<Recorded> = {},
  ): void => {
    const stream = `${aggregate}-${recordId}`;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const actor = { account: 'somebody', role: 'secretariat' as const };
    applyTo(handlers, [
      {
        id: `${stream}.${version}`,
        type,
        aggregate,
        recordId,
        stream,
        version,
        position: ++position,
        private: false,
        data,
        recordedAt: `${today}T09:00:00.000Z`,
        today,
        actor,
        commandId: 'c',
        ...more,
      },
    ]);
  };
  const totalPlace = (type: string, data: object, more?: Partial<Recorded>): void =>
    apply('programme', programmeId, type, data, more);
  totalPlace('ProgrammeDefined', {
    name: 'Total Place',
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  });
  totalPlace('MilestoneAdded', {
    milestoneId: 'budget',
    name: 'Budget 2010',
    kind: 'deadline',
    date: day('2010-03-24'),
  });
  if (own === undefined) {
    totalPlace('RoundPlanned', {
      roundNo: 1,
      kind: 'interim',
      observation: {},
      window: { from: day('2009-09-01'), to: day('2009-09-18') },
    });
    totalPlace('StepsRequired', {
      placeKind: 'pilot',
      steps: [
        {
          stepId: 'interim',
          name: 'Interim findings',
          due: { roundNo: 1 },
          dueOn: '2009-09-18',
          fuzzy: false,
        },
      ],
    });
  }
  totalPlace('PlaceEnrolled', { placeId: 'durham', name: 'Durham', kind: 'pilot', region: 'North East' });
  apply('place', 'durham', 'PlaceOpened', { programmeId, kind: 'parallel', name: 'Durham' });
  const q = placeProgress.queries(db, names, reference);
  const closeDays = (from: string, to: string): void => {
    for (let d = from; d <= to; d = new Date(Date.parse(d) + 86_400_000).toISOString().slice(0, 10))
      apply(
        'days',
        programmeId,
        'DayClosed',
        { date: d },
        { actor: { account: 'system:clock', role: 'system' } },
      );
  };
  return {
    apply,
    tp: totalPlace,
    q,
    closeDays,
    due: due.queries(db, names, reference),
    on: (d: string) => void (today = d),
    step: () => q.place('durham', 'programme', today)!.steps[0]!,
  };
}

test('a date that moves keeps the first one, and why; a place’s own date counts while it is the later', async (t) => {
  const world = newWorld();
  t.match(world.step(), {
    dueOn: '2009-09-18',
    originalDueOn: '2009-09-18',
    fuzzy: false,
    extensionReason: undefined,
  });
  world.tp('ExtensionGranted', {
    placeId: 'durham',
    roundNo: 1,
    from: '2009-09-18',
    to: '2009-09-30',
    reason: 'The director is away',
  });
  t.match(world.step(), {
    dueOn: '2009-09-30',
    originalDueOn: '2009-09-18',
    extensionReason: 'The director is away',
  });
  world.tp('RoundExtended', { roundNo: 1, from: '2009-09-18', to: '2009-10-09', reason: 'Flu' });
  t.match(
    world.step(),
    { dueOn: '2009-10-09', originalDueOn: '2009-09-18', extensionReason: 'Flu' },
    'the round has moved past the place’s own date',
  );
  world.tp('MilestoneAdded', {
    milestoneId: 'pools-open',
    name: 'Pools open',
    kind: 'programme',
    date: day('2010-01-29', { tbc: true }),
  });
  world.tp('StepsRequired', {
    placeKind: 'pilot',
    steps: [
      {
        stepId: 'pools',
        name: 'A pool open',
        due: { milestoneId: 'pools-open' },
        dueOn: '2010-01-29',
        fuzzy: true,
      },
    ],
  });
  t.match(
    world.step(),
    { stepId: 'pools', dueOn: '2010-01-29', fuzzy: true },
    'to be confirmed is not exact',
  );
  world.tp('MilestoneRescheduled', {
    milestoneId: 'pools-open',
    name: 'Pools open',
    from: day('2010-01-29'),
    to: { from: '2010-02-01', to: '2010-02-28', precision: 'month', tbc: false },
    reason: 'The law is late',
  });
  t.match(
    world.step(),
    { dueOn: '2010-02-28', originalDueOn: '2010-01-29', fuzzy: true, extensionReason: 'The law is late' },
    'a month counts as its last day',
  );
});

test('a step is latched by the first event that completes it', async (t) => {
  const world = newWorld();
  world.on('2009-09-17');
  world.apply('submission', 'tp.1.durham', 'SubmissionStarted', {
    placeId: 'durham',
    roundKind: 'interim',
    roundNo: 1,
    programmeId: 'tp',
  });
  world.apply('submission', 'tp.1.durham', 'FindingsSubmitted', {
    placeId: 'durham',
    roundNo: 1,
    roundKind: 'interim',
  });
  world.on('2009-10-01');
  world.apply('submission', 'tp.1.durham', 'FindingsSubmitted', {
    placeId: 'durham',
    roundNo: 1,
    roundKind: 'interim',
  });
  t.equal(world.step().doneOn, '2009-09-17');
  world.tp('StepExcused', { placeId: 'durham', stepId: 'interim', reason: 'Too late' });
  t.match(world.step(), { doneOn: '2009-09-17', excused: 'Too late' }, 'done stays done');
});

test('what must be signed is owed by its body, and only members know whose signature is missing', async (t) => {
  const world = newWorld();
  world.on('2009-09-21');
  world.apply('submission', 'tp.1.durham', 'SubmissionStarted', {
    placeId: 'durham',
    roundKind: 'interim',
    roundNo: 1,
    programmeId: 'tp',
  });
  world.apply(
    'submission',
    'tp.1.durham',
    'SubmissionSentForSignOff',
    { placeId: 'durham', roundKind: 'interim', roundNo: 1, accountableBodyId: 'council', pins: [] },
    { private: true },
  );
  const reason = (a: 'members' | 'programme') =>
    world.q.place('durham', a, '2009-09-21')!.reasons.find((r) => r.code === 'step')!;
  t.match(reason('members').owedBy, [{ kind: 'agency', id: 'council' }]);
  t.match(reason('programme').owedBy, [{ kind: 'place', id: 'durham' }]);
  t.notOk(
    world.q.place('durham', 'programme', '2009-09-21')!.reasons.some((r) => r.code === 'sign-off'),
    'the sign-off itself is private',
  );
  t.ok(world.q.place('durham', 'members', '2009-09-21')!.reasons.some((r) => r.code === 'sign-off'));
  world.apply('submission', 'tp.1.durham', 'SignOffDeclined', { reason: 'No', sections: [] });
  t.match(reason('members').owedBy, [{ kind: 'place', id: 'durham' }]);
});

test('the public knows of the profile only; no movement is for members', async (t) => {
  const world = newWorld();
  world.on('2009-06-29');
  const codes = (a: (typeof audiences)[number]) =>
    world.q.place('durham', a, '2009-06-29')!.reasons.map((r) => r.code);
  t.same(world.q.place('durham', 'public', '2009-06-29')!.steps, []);
  t.ok(codes('members').includes('no-movement'), 'twenty working days without anything');
  t.notOk(codes('programme').includes('no-movement') || codes('public').includes('no-movement'));
  world.apply('place', 'durham', 'PopulationRecorded', { value: 1, referenceOn: '2009-01-01', source: 'x' });
  t.notOk(codes('members').includes('no-movement'), 'something was done');
  const still = (): boolean =>
    world.q.place('durham', 'members', '2009-08-31')!.reasons.find((r) => r.code === 'no-movement')!
      .illustrative;
  const counted = (more: object = {}): void =>
    world.apply(
      'place',
      'durham',
      'PopulationRecorded',
      { value: 1, referenceOn: '2009-01-01', source: 'x' },
      more,
    );
  const filledIn = { basis: { kind: 'illustrative' as const } };
  t.equal(still(), false);
  counted(filledIn);
  t.equal(still(), false, 'something else of that day stands in print');
  world.on('2009-07-06');
  counted(filledIn);
  t.equal(still(), true, 'the last day was filled in');
  counted();
  t.equal(still(), false);
});

test('sums are made of what the audience sees; what it does not see does not count, what is withheld withholds', async (t) => {
  const world = newWorld();
  const pledged = (a: 'members' | 'programme' | 'public') =>
    world.q.place('durham', a, '2009-06-10')!.pledged.pence;
  t.equal(pledged('members'), 0, 'members know that there is none');
  t.equal(pledged('programme'), null, 'others are not told whether there is one');
  const pool = (id: string, legalBasis: string, pence: number, consented: boolean, open: boolean): void => {
    world.apply('pool', id, 'PoolProposed', {
      placeId: 'durham',
      programmeId: 'tp',
      legalBasis,
      partners: [],
      name: id,
    });
    if (open) world.apply('pool', id, 'RecordDisclosed', { from: 'members', to: 'programme' });
    world.apply(
      'pool',
      id,
      'PledgeMade',
      { pledgeId: 'p', agencyId: 'council', amountPence: pence, financialYear: '2009-10' },
      { private: true },
    );
    world.apply(
      'pool',
      id,
      'PledgeConfirmed',
      { pledgeId: 'p', consented, figures: { confirmedPence: pence } },
      { private: !consented },
    );
  };
  pool('one', 's75', 100, true, true);
  t.same(
    [pledged('members'), pledged('programme'), pledged('public')],
    [100, 100, null],
    'an aligned pool that is not there withholds nothing',
  );
  pool('two', 'aligned', 20, false, false);
  t.same([pledged('members'), pledged('programme')], [120, 100], 'a hidden pool does not count');
  t.equal(world.q.place('durham', 'programme', '2009-06-10')!.pools.aligned.notDisclosed, true);
  pool('three', 'aligned', 3, false, true);
  t.same(
    [pledged('members'), pledged('programme')],
    [123, null],
    'a withheld pledge in a pool that is seen withholds the whole',
  );
  const now = (a: 'members' | 'programme' | 'public') => world.q.place('durham', a, '2009-06-10')!;
  t.same(
    now('programme').pledged,
    { pence: null, atLeastPence: 100, figuresNotShared: 1 },
    'beside it, what is seen, and how many are not: that of a pool not seen is none of them',
  );
  t.same(now('members').pledged, { pence: 123 });
  t.same(
    now('public').pledged,
    { pence: null },
    'where no pool is seen not even that: it would say that there is one',
  );
  t.match(now('programme').pools, {
    pooled: { pledgedPence: 100, confirmedPence: 100, notDisclosed: undefined, atLeastPence: undefined },
    aligned: {
      pledgedPence: null,
      notDisclosed: true,
      atLeastPence: { pledgedPence: 0, drawnPence: 0 },
      figuresNotShared: { pledgedPence: 1, drawnPence: 1 },
    },
  });
  world.closeDays('2009-06-10', '2009-06-10');
  world.apply(
    'pool',
    'one',
    'PledgeMade',
    { pledgeId: 'q', agencyId: 'nhs', amountPence: 7, financialYear: '2009-10' },
    { private: true },
  );
  t.match(world.q.changed(now('programme'), '2009-06-10'), {
    pledgedPence: { from: null, to: null },
    notDisclosed: true,
    atLeastPence: { from: 100, to: 100 },
    figuresNotShared: { from: 1, to: 2 },
  });
  t.match(world.q.changed(now('members'), '2009-06-10'), {
    pledgedPence: { from: 123, to: 130 },
    atLeastPence: undefined,
  });
  t.match(world.q.changed(now('public'), '2009-06-10'), {
    pledgedPence: { from: null, to: null },
    atLeastPence: { from: null, to: null },
  });
  // What moved together with money that is withheld is withheld; what is seen of it still is added up.
  const moved = {
    allocationId: 'a',
    title: 'Clinics',
    purposes: { cofog: ['07'], text: 'x' },
    subBalances: [
      { pledgeId: 'p', pence: 40 },
      { pledgeId: 'q', pence: 5 },
    ],
  };
  world.apply('pool', 'one', 'FundsAllocated', { ...moved, consented: false }, { private: true });
  t.match(now('programme').pools.pooled, {
    atLeastPence: { pledgedPence: 100, allocatedPence: 0 },
    figuresNotShared: { pledgedPence: 1, allocatedPence: 2 },
  });
  t.match(now('members').pools.pooled, { pledgedPence: 107, allocatedPence: 45 });
});

test('what changed since a day, from the row that the day left', async (t) => {
  const world = newWorld();
  world.closeDays('2009-09-01', '2009-09-18');
  world.on('2009-09-21');
  world.closeDays('2009-09-19', '2009-09-20');
  const now = world.q.place('durham', 'programme', '2009-09-21')!;
  t.match(world.q.changed(now, '2009-09-03'), {
    rag: { from: 'green', to: 'amber-red' },
    reasonsNew: [{ code: 'step' }],
    reasonsGone: [],
    stepsDone: [],
    notDisclosed: true,
  });
  t.match(
    world.q.changed(now, '2009-09-18'),
    {
      rag: { from: 'amber-green', to: 'amber-red' },
      reasonsNew: [],
      reasonsChanged: [{ code: 'step', from: 'amber-green', level: 'amber-red' }],
      reasonsGone: [],
    },
    'the same reason, worse',
  );
  t.match(
    world.q.changed(now, '2009-05-01'),
    { rag: { from: null }, pledgedPence: { from: null, to: null } },
    'before the first row nothing is known',
  );
  world.apply('submission', 'tp.1.durham', 'SubmissionStarted', {
    placeId: 'durham',
    roundKind: 'interim',
    roundNo: 1,
    programmeId: 'tp',
  });
  world.apply('submission', 'tp.1.durham', 'FindingsSubmitted', {
    placeId: 'durham',
    roundNo: 1,
    roundKind: 'interim',
  });
  const after = world.q.place('durham', 'programme', '2009-09-22')!;
  t.match(world.q.changed(after, '2009-09-20'), {
    rag: { from: 'amber-red', to: 'amber-green' },
    reasonsNew: [{ code: 'step-done-late' }],
    reasonsGone: [{ code: 'step' }],
    stepsDone: ['interim'],
  });
  t.match(world.q.series('durham', 'programme').at(-1), {
    date: '2009-09-20',
    required: 1,
    done: 0,
    rag: 'amber-red',
    whitehallRag: 'green',
  });
});

test('what was promised is late by its own day, whatever rung looks at it, and the rung’s word is owed by whoever sits there', async (t) => {
  const world = newWorld();
  const department = { agencyId: 'dwp', placeId: 'durham', kind: 'department' };
  const barrier = (type: string, data: object): void => world.apply('barrier', 'b', type, data);
  const described = {
    placeId: 'durham',
    programmeId: 'tp',
    kind: 'guidance',
    statement: 'x',
    effectOnResidents: 'x',
  };
  barrier('BarrierRecorded', { ...described, triageDueOn: '2009-06-15' });
  barrier('BarrierTriaged', { ...described, locus: 'whitehall', reason: 'x', struck: [], asks: [] });
  barrier('OwnerProposed', { ...department, acceptanceDueOn: '2009-06-15', answerDueOn: '2009-06-29' });
  barrier('BarrierAnswered', {
    ...department,
    position: 'will-remove',
    next: 'in-action',
    dueOn: '2009-09-01',
  });
  const on = (day: string) =>
    Object.fromEntries(
      world.q
        .place('durham', 'programme', day)!
        .reasons.flatMap((r) => (r.recordId === 'b' ? [[r.code, [r.level, r.owedBy[0]!.id]]] : [])),
    );
  world.on('2009-09-02');
  t.same(on('2009-09-01'), { deed: ['amber-green', 'dwp'] });
  t.same(on('2009-09-02'), { deed: ['amber', 'dwp'] }, 'the day after');
  world.apply('place', 'durham', 'ChampionAssigned', {
    accountId: 'c',
    departmentId: 'dcsf',
    from: '2009-06-01',
  });
  const rung = (name: string, from: string, dueOn: string, promisedFor?: string) =>
    barrier('BarrierEscalated', {
      ...department,
      rung: name,
      from,
      cause: 'overdue',
      dueOn,
      answered: true,
      ...(promisedFor ? { promisedFor } : {}),
    });
  rung('champion', 'owner', '2009-09-09', '2009-09-01');
  t.same(on('2009-09-02'), { deed: ['amber', 'dwp'], rung: ['amber-green', 'dcsf'] });
  t.same(
    on('2009-09-15'),
    { deed: ['amber', 'dwp'], rung: ['amber', 'dcsf'] },
    '10 working days late, the rung 4',
  );
  t.same(on('2009-09-16').deed, ['amber-red', 'dwp']);
  t.same(on('2009-09-29').deed, ['amber-red', 'dwp']);
  t.same(on('2009-09-30').deed, ['red', 'dwp'], '21 working days');
  const waits = (party: string): string[] => world.due.waitingFor(party).map((i) => `${i.code} ${i.key}`);
  t.same(waits('department:dcsf'), ['rung dwp:champion']);
  world.apply('place', 'durham', 'ChampionEnded', {
    accountId: 'c',
    reason: 'x',
    programmeId: 'tp',
    kind: 'pilot',
  });
  t.same(on('2009-09-02').rung, ['amber-green', 'tp'], 'no champion: the programme office finds one');
  t.same(waits('department:dcsf'), []);
  world.apply('place', 'durham', 'ChampionAssigned', {
    accountId: 'd',
    departmentId: 'hm-treasury',
    from: '2009-09-02',
  });
  t.same(waits('department:hm-treasury'), ['rung dwp:champion'], 'another champion, another department');
  rung('champions-group', 'champion', '2009-09-16');
  t.same(on('2009-09-02'), { deed: ['amber', 'dwp'], rung: ['amber-green', 'tp'] });
  t.same(waits('department:hm-treasury'), []);
  barrier('BarrierDirected', {
    ...department,
    rung: 'champions-group',
    direction: 'x',
    official: 'x',
    answerDueOn: '2009-09-09',
  });
  t.same(
    on('2009-09-30'),
    { deed: ['red', 'dwp'], rung: ['amber-red', 'dwp'] },
    'a direction erases nothing: the owner owes its answer to it besides',
  );
  barrier('BarrierAnswered', {
    ...department,
    position: 'will-remove',
    next: 'in-action',
    dueOn: '2009-10-30',
    firstPromisedFor: '2009-09-01',
  });
  t.same(on('2009-09-30'), {}, 'its own new promise does');
  t.same(on('2009-10-30'), { deed: ['amber-green', 'dwp'] });
  t.match(world.due.waitingFor('department:dwp'), [
    { code: 'deed', deed: /^Remove the barrier .* \(first promised for 1 September 2009\)$/ },
  ]);
  barrier('BarrierAnswered', { ...department, position: 'will-not', next: 'answered', reason: 'x' });
  t.same(on('2009-11-30'), {}, 'a refusal ends its promise');

  const council = { ...department, agencyId: 'council', kind: 'partner' };
  const chair = { seatId: 's', agencyId: 'pct', account: 'c' };
  world.apply('collaborative', 'durham', 'ChairAppointed', chair);
  barrier('OwnerProposed', { ...council, acceptanceDueOn: '2009-06-15', answerDueOn: '2009-06-29' });
  barrier('BarrierEscalated', {
    ...council,
    rung: 'chair',
    from: 'owner',
    cause: 'overdue',
    dueOn: '2009-09-09',
  });
  const owes = (): string =>
    world.q
      .place('durham', 'members', '2009-09-02')!
      .reasons.find((r) => r.code === 'rung')!
      .owedBy.map((p) => `${p.kind}:${p.id}`)
      .join();
  t.equal(owes(), 'agency:pct');
  world.apply('collaborative', 'durham', 'SeatVacated', {
    ...chair,
    seatId: 'other',
    placeId: 'durham',
    kind: 'voting',
    reason: 'x',
  });
  t.equal(owes(), 'agency:pct');
  world.apply('collaborative', 'durham', 'SeatVacated', {
    ...chair,
    placeId: 'durham',
    kind: 'voting',
    reason: 'x',
    wasChair: true,
  });
  t.equal(owes(), 'place:durham', 'who owes itself a chair');
  world.apply('collaborative', 'durham', 'ChairAppointed', { ...chair, seatId: 't', agencyId: 'police' });
  t.equal(owes(), 'agency:police');
});

interface Planned {
  readonly kind: string;
}
interface Wanted {
  readonly doneWhen: DoneWhen;
  readonly round: number;
}
interface Happening {
  readonly what: 'active' | 'pool' | 'return' | 'theme' | 'promise' | 'sent';
  readonly round: number;
}
const planned: fc.Arbitrary<Planned[]> = fc.array(
  fc.record({ kind: fc.constantFrom('quarterly', 'yearly', 'interim') }),
  { minLength: 1, maxLength: 4 },
);
const wanted: fc.Arbitrary<Wanted[]> = fc.array(
  fc.record({ doneWhen: fc.constantFrom(...DoneWhen.options), round: fc.nat(3) }),
  { maxLength: 6 },
);
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    what: fc.constantFrom('active', 'pool', 'return', 'theme', 'promise', 'sent'),
    round: fc.nat(3),
  }),
  { maxLength: 14 },
);
/** The first day on which a step was complete, told from everything that happened in order. */
function firstDone(step: Wanted, rounds: readonly Planned[], all: readonly Happening[]): string | undefined {
  const themes = new Set<number>();
  const promised = new Set<number>();
  const own = step.round % rounds.length;
  for (const [i, { what, round }] of all.entries()) {
    const of = round % rounds.length;
    if (what === 'theme') themes.add(round);
    if (what === 'promise') promised.add(round);
    const isDone = {
      'place-active': what === 'active',
      'pool-open': what === 'pool',
      'return-submitted': what === 'return' && of === own,
      'any-return-submitted': what === 'return' && rounds[of]!.kind === rounds[own]!.kind,
      'commitment-for-each-theme': themes.size > 0 && [...themes].every((theme) => promised.has(theme)),
    }[step.doneWhen];
    if (isDone) return dayOf(i);
  }
  return undefined;
}
const dayOf = (i: number): string => `2009-09-${String(i + 1).padStart(2, '0')}`;

test('steps of a programme’s own are each done when their own rule first holds, whatever they are called', async () => {
  fc.assert(
    fc.property(planned, wanted, happenings, (rounds, steps, all) => {
      const world = newWorld('nh');
      const dates = { from: day('2009-09-01'), to: day('2009-09-30') };
      rounds.forEach(({ kind }, i) =>
        world.tp('RoundPlanned', { roundNo: i + 1, kind, observation: {}, window: dates }),
      );
      world.tp('StepsRequired', {
        placeKind: 'pilot',
        steps: steps.map(({ doneWhen, round }, i) => ({
          stepId: `own-${i}`,
          name: `Step ${i}`,
          doneWhen,
          due: { roundNo: (round % rounds.length) + 1 },
          dueOn: '2009-09-30',
          fuzzy: false,
        })),
      });
      const once = new Set<string>();
      all.forEach(({ what, round }, i) => {
        world.on(dayOf(i));
        const roundNo = (round % rounds.length) + 1;
        const about = { placeId: 'durham', programmeId: 'nh', roundNo, roundKind: rounds[roundNo - 1]!.kind };
        const id = `nh.${roundNo}.durham`;
        const begin = (aggregate: string, of: string, type: string, data: object): void => {
          if (!once.has(of)) world.apply(aggregate, of, type, data);
          once.add(of);
        };
        if (what === 'active') world.apply('place', 'durham', 'PlaceActivated', {});
        if (what === 'theme')
          world.apply('place', 'durham', 'ThemeConfirmed', { themeId: `theme-${round}`, title: 'x' });
        if (what === 'pool') {
          begin('pool', 'drugs', 'PoolProposed', {
            placeId: 'durham',
            programmeId: 'nh',
            legalBasis: 'aligned',
            partners: [],
            name: 'x',
          });
          world.apply('pool', 'drugs', 'PoolOpened', {});
        }
        if (what === 'promise') {
          const promise = { placeId: 'durham', ownerAgencyId: 'council', ownerKind: 'partner' };
          const commitment = `promise-${i}`;
          const terms = { ...promise, title: 'x', themeId: `theme-${round}` };
          begin('commitment', commitment, 'CommitmentDrafted', terms);
          world.apply('commitment', commitment, 'CommitmentAccepted', {
            ...promise,
            dueOn: '2009-12-18',
            baselineDueOn: '2009-12-18',
            reschedules: 0,
            consent: false,
          });
        }
        if (what === 'return' || what === 'sent') begin('submission', id, 'SubmissionStarted', about);
        if (what === 'sent')
          world.apply('submission', id, 'SubmissionSentForSignOff', {
            ...about,
            accountableBodyId: 'x',
            pins: [],
          });
        if (what === 'return') world.apply('submission', id, 'FindingsSubmitted', about);
      });
      const folded = world.q.place('durham', 'programme', '2009-09-29')!.steps;
      assert.deepEqual(
        folded.map(({ stepId, doneOn }) => [stepId, doneOn]),
        steps.map((step, i) => [`own-${i}`, firstDone(step, rounds, all)]),
      );
      assert.deepEqual(
        world.q.place('durham', 'public', '2009-09-29')!.steps.map(({ stepId }) => stepId),
        steps.flatMap(({ doneWhen }, i) => (doneWhen === 'place-active' ? [`own-${i}`] : [])),
        'the public is told of the place’s profile alone, whatever the step is called',
      );
    }),
    { numRuns: 60 },
  );
});

test('several returns, several steps: each is due by its own round, and waits for its own signature', async (t) => {
  const world = newWorld('nh');
  const ends = ['2009-09-18', '2009-12-18'];
  ends.forEach((end, i) =>
    world.tp('RoundPlanned', {
      roundNo: i + 1,
      kind: 'quarterly',
      observation: {},
      window: { from: day('2009-09-01'), to: day(end) },
    }),
  );
  world.tp('StepsRequired', {
    placeKind: 'pilot',
    steps: ends.map((dueOn, i) => ({
      stepId: `q${i + 1}`,
      name: `Return ${i + 1}`,
      doneWhen: 'return-submitted',
      due: { roundNo: i + 1 },
      dueOn,
      fuzzy: false,
    })),
  });
  world.tp('ExtensionGranted', {
    placeId: 'durham',
    roundNo: 2,
    from: '2009-12-18',
    to: '2010-01-08',
    reason: 'Flu',
  });
  world.on('2009-09-10');
  const about = { placeId: 'durham', programmeId: 'nh', roundNo: 2, roundKind: 'quarterly' };
  world.apply('submission', 'nh.2.durham', 'SubmissionStarted', about);
  const send = () =>
    world.apply('submission', 'nh.2.durham', 'SubmissionSentForSignOff', {
      ...about,
      accountableBodyId: 'council',
      pins: [],
    });
  const owed = () =>
    world.q.place('durham', 'members', '2009-09-21')!.steps.map((step) => step.signOffOwedBy);
  send();
  t.same(owed(), [undefined, 'council']);
  world.apply('submission', 'nh.2.durham', 'SignOffDeclined', { reason: 'x', sections: [] });
  t.same(owed(), [undefined, undefined]);
  world.apply('submission', 'nh.2.durham', 'FindingsSubmitted', about);
  const { steps, reasons } = world.q.place('durham', 'programme', '2009-09-21')!;
  t.match(steps, [
    { stepId: 'q1', dueOn: '2009-09-18', doneOn: undefined },
    { stepId: 'q2', dueOn: '2010-01-08', doneOn: '2009-09-10', extensionReason: 'Flu' },
  ]);
  t.match(reasons, [{ code: 'step', text: 'Return 1: 1 working day late (due 18 September 2009)' }]);
});

test('two steps due by one day are two reasons, each new when it is', async (t) => {
  const world = newWorld('nh');
  const step = (stepId: string) => ({
    stepId,
    name: `Step ${stepId}`,
    doneWhen: stepId === 'one' ? 'pool-open' : 'place-active',
    due: { milestoneId: 'budget' },
    dueOn: '2010-03-24',
    fuzzy: false,
  });
  world.tp('StepsRequired', { placeKind: 'pilot', steps: [step('one')] });
  world.closeDays('2010-03-25', '2010-03-25');
  world.tp('StepsRequired', { placeKind: 'pilot', steps: [step('one'), step('two')] });
  const changed = world.q.changed(world.q.place('durham', 'programme', '2010-03-26')!, '2010-03-25');
  t.match(
    changed.reasonsNew.filter(({ code }) => code === 'step').map(({ deed }) => deed),
    ['Step two'],
  );
});

test('a place about which nothing is shared has no colour, and what changes says so', async (t) => {
  const world = newWorld();
  world.tp('StepsRequired', { placeKind: 'pilot', steps: [] });
  world.closeDays('2009-06-02', '2009-06-02');
  const none = world.q.place('durham', 'programme', '2009-06-02')!;
  t.match(none, {
    rag: 'no-information',
    whitehallRag: 'no-information',
    reasons: [{ code: 'no-information' }],
  });
  t.match(world.q.series('durham', 'programme'), [
    { date: '2009-06-02', rag: 'no-information', whitehallRag: 'no-information' },
  ]);
  t.match(world.q.daily('durham', 'programme', '2009-06-02'), {
    rag: 'no-information',
    reasons: [],
    lastStepOn: null,
  });
  t.match(world.q.changed(none, '2009-06-02'), {
    rag: { from: 'no-information', to: 'no-information' },
    reasonsNew: [],
    reasonsGone: [],
  });
  world.tp('StepsRequired', {
    placeKind: 'pilot',
    steps: [
      {
        stepId: 'activation',
        name: 'Active',
        due: { milestoneId: 'budget' },
        dueOn: '2010-03-24',
        fuzzy: false,
      },
    ],
  });
  world.apply('place', 'durham', 'PlaceActivated', {});
  const now = world.q.place('durham', 'programme', '2009-08-31')!;
  t.match(now, {
    rag: 'green',
    lastStepOn: '2009-06-01',
    reasons: [{ text: 'Nothing due is late: 1 of 1 step done, last on 1 June 2009' }],
  });
  t.match(world.q.changed(now, '2009-06-02'), {
    rag: { from: 'no-information', to: 'green' },
    reasonsNew: [],
  });
  world.closeDays('2009-08-31', '2009-08-31');
  t.equal(
    world.q.daily('durham', 'public', '2009-08-31')!.lastStepOn,
    '2009-06-01',
    'the public sees this step too',
  );
});

test('commitments for every theme: whichever came last completes the step, and it stays done', async (t) => {
  const promised = { placeId: 'durham', ownerAgencyId: 'council', ownerKind: 'partner' };
  const accept = (world: ReturnType<typeof newWorld>, id: string, themeId: string): void => {
    world.apply('commitment', id, 'CommitmentDrafted', { ...promised, title: id, themeId });
    world.apply('commitment', id, 'CommitmentAccepted', {
      ...promised,
      dueOn: '2009-12-18',
      baselineDueOn: '2009-12-18',
      reschedules: 0,
      consent: false,
    });
  };
  const theme = (world: ReturnType<typeof newWorld>, type: string, themeId: string): void =>
    world.apply('place', 'durham', type, { themeId, title: themeId, reason: 'x' });
  const step = [
    {
      stepId: 'commitments',
      name: 'Commitments',
      due: { milestoneId: 'budget' },
      dueOn: '2010-03-24',
      fuzzy: false,
    },
  ];
  const started = () => {
    const world = newWorld();
    world.tp('StepsRequired', { placeKind: 'pilot', steps: step });
    return world;
  };
  const world = started();
  world.on('2009-09-01');
  accept(world, 'one', 'access');
  t.equal(world.step().doneOn, undefined, 'no theme is confirmed');
  world.on('2009-09-07');
  theme(world, 'ThemeConfirmed', 'access');
  t.equal(world.step().doneOn, '2009-09-07', 'the theme came last');
  world.on('2009-09-08');
  theme(world, 'ThemeConfirmed', 'young');
  t.equal(world.step().doneOn, '2009-09-07', 'one more does not open it again');
  const two = started();
  two.on('2009-09-01');
  theme(two, 'ThemeConfirmed', 'access');
  accept(two, 'one', 'young');
  theme(two, 'ThemeConfirmed', 'young');
  t.equal(two.step().doneOn, undefined, 'the other theme has none');
  two.on('2009-09-02');
  accept(two, 'two', 'access');
  t.equal(two.step().doneOn, '2009-09-02', 'the commitment came last');
  const over = started();
  accept(over, 'one', 'access');
  over.apply('commitment', 'one', 'CommitmentWithdrawn', {
    ownerAgencyId: 'council',
    accepted: true,
    reason: 'x',
  });
  theme(over, 'ThemeConfirmed', 'access');
  t.equal(over.step().doneOn, undefined, 'what was withdrawn is no commitment');
});

test('a place that leaves is owed nothing and owes nothing', async (t) => {
  const world = newWorld();
  world.apply('barrier', 'b', 'BarrierRecorded', {
    placeId: 'durham',
    programmeId: 'tp',
    kind: 'guidance',
    statement: 'x',
    effectOnResidents: 'x',
    triageDueOn: '2009-06-15',
  });
  t.equal(world.due.waitingFor('place:durham').length, 1);
  world.tp('PlaceWithdrawn', { placeId: 'durham', reason: 'Merged' });
  t.same([world.due.waitingFor('place:durham'), world.due.open(), world.q.places('tp')], [[], [], []]);
});
