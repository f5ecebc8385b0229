import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { collaborative } from '../../src/domain/collaborative/index.js';
import type { Actor, Meta } from '../../src/domain/kernel/types.js';
import { addDays } from '../../src/domain/shared/calendar.js';
import { decision } from '../../src/domain/decision/index.js';
import { shownStatus, type Authorisation } from '../../src/domain/decision/state.js';
import { part } from '../../src/domain/kernel/parts.js';
import {
  coverage,
  disclosure,
  eventsFor,
  load,
  spec,
  type DataFor,
  type GivenFor,
  type MoreFor,
} from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

const happened = eventsFor(decision);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'agency' | 'barrier' | 'decision') => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name,
    collection: name,
    initial: () => ({}),
    title: () => name,
    commands: {},
    events: {
      Stood: event(z.any(), {
        evolve: (s, d) => void Object.assign(s, d),
        describe: () => 'stood',
        access: (d) => d.access ?? {},
      }),
    },
  });
};
const stood = (data: object) => ({ type: 'Stood' as const, data });

const seats = ['college', 'council', 'fire', 'pct', 'police', 'probation', 'voluntary'];
const seat = (agencyId: string, kind = 'voting') => ({
  placeId: 'durham',
  seatId: `seat-${agencyId}`,
  agencyId,
  account: `${agencyId}-chief`,
  kind,
});
const seated = (agencyId: string, kind?: string) =>
  (['SeatOffered', 'SeatAccepted'] as const).map((type) =>
    eventsFor(collaborative)(type, seat(agencyId, kind)),
  );
const delegated = (agencyId: string, to: string, endOn = '2009-10-30') =>
  eventsFor(collaborative)('DelegateNominated', {
    agencyId,
    from: `${agencyId}-chief`,
    to,
    startOn: '2009-10-01',
    endOn,
  });
const established = eventsFor(collaborative)('CollaborativeEstablished', {
  placeId: 'durham',
  programmeId: 'tp',
  rule: { kind: 'consent' },
  quorum: { n: 1, d: 2 },
});
const chaired = eventsFor(collaborative)('ChairAppointed', {
  seatId: 'seat-council',
  agencyId: 'council',
  account: 'council-chief',
});
const table = [
  established,
  ...seats.flatMap((s) => seated(s)),
  ...seated('clg', 'observer'),
  chaired,
  delegated('police', 'police-deputy'),
];
const vacated = (agencyId: string) =>
  eventsFor(collaborative)('SeatVacated', { ...seat(agencyId), reason: 'Retires' });

interface World {
  status?: string;
  table?: GivenFor<typeof collaborative>[];
}
/** Durham in October 2009: seven voting seats, an observer, and departments; acted in by its secretariat. */
const world = (t: Test, circumstances: World = {}) => {
  let scene = spec(t, decision)
    .id('pooling')
    .at('2009-10-05')
    .with(
      standing('programme'),
      'tp',
      stood({
        places: { durham: { name: 'Durham', kind: 'pilot', status: circumstances.status ?? 'enrolled' } },
      }),
    )
    .with(standing('place'), 'durham', stood({ programmeId: 'tp' }))
    .with(collaborative, 'durham', ...(circumstances.table ?? table))
    .with(standing('barrier'), 'ours', stood({ access: { tier: 'members', placeId: 'durham' } }), stood({}))
    .with(standing('barrier'), 'theirs', stood({ access: { tier: 'members', placeId: 'kent' } }))
    .with(standing('barrier'), 'open', stood({ access: { tier: 'programme', placeId: 'kent' } }))
    .with(standing('decision'), 'earlier', stood({ placeId: 'durham', access: { placeId: 'durham' } }))
    .with(standing('decision'), 'of-kent', stood({ placeId: 'kent', access: { placeId: 'kent' } }));
  for (const id of seats)
    scene = scene.with(
      standing('agency'),
      id,
      stood({ status: 'registered', sector: id === 'pct' ? 'nhs' : id }),
    );
  for (const id of ['clg', 'dwp'])
    scene = scene.with(standing('agency'), id, stood({ status: 'registered', sector: 'department' }));
  return scene
    .with(standing('agency'), 'former', stood({ status: 'retired', sector: 'nhs', retiredOn: '2009-03-31' }))
    .as('secretariat', 'place:durham');
};
const motion = {
  question: 'Shall we pool?',
  text: 'The partners pool their treatment budgets.',
  forum: 'collaborative',
  options: [],
  affectedAgencies: [] as string[],
  money: [] as { agencyId: string; pence: number; financialYear: string }[],
  refs: [] as string[],
  authorises: [] as Authorisation[],
};
type More = Partial<typeof motion>;
const spends = (...ids: string[]): More => ({
  money: ids.map((agencyId) => ({ agencyId, pence: 5_000_000, financialYear: '2009-10' })),
});
const drafted = (more: More = {}) =>
  happened('DecisionDrafted', { ...motion, ...more, placeId: 'durham', programmeId: 'tp' });
const closesAt = '2009-10-30T17:00:00.000Z';
const opened = (more: MoreFor<typeof decision, 'DecisionOpened'> = {}, spend: string[] = []) =>
  happened('DecisionOpened', {
    placeId: 'durham',
    question: motion.question,
    textHash: 'a'.repeat(64),
    electorate: seats.map((agencyId) => ({
      seatId: `seat-${agencyId}`,
      agencyId,
      account: `${agencyId}-chief`,
      delegates: [],
    })),
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
    affected: spend.map((agencyId) => ({
      agencyId,
      kind: agencyId === 'dwp' ? 'department' : 'agency',
      money: true,
      votes: seats.includes(agencyId),
    })),
    urgent: false,
    closesAt,
    refs: [],
    ...more,
  });
const seatOf = (agencyId: string, capacity = 'holder') => ({
  placeId: 'durham',
  seatId: `seat-${agencyId}`,
  agencyId,
  capacity,
  refs: [],
});
const holderOf = (agencyId: string): Actor => ({
  account: `${agencyId}-chief`,
  role: 'seat-holder',
  agency: agencyId,
  place: 'durham',
});
const took = (agencyId: string, stance: string, at = '2009-10-20T10:00:00.000Z') => ({
  event: happened('PositionTaken', {
    ...seatOf(agencyId),
    stance,
    ...(stance === 'object' ? { reason: 'The money is not ours' } : {}),
  }),
  at,
  by: holderOf(agencyId),
});
const interest = (agencyId: string, pecuniary = true) => ({
  event: happened('InterestDeclared', { ...seatOf(agencyId), pecuniary, nature: 'Trustee' }),
  at: '2009-10-19T10:00:00.000Z',
  by: holderOf(agencyId),
});
const consented = (agencyId: string) =>
  happened('ExternalConsentRecorded', { placeId: 'durham', agencyId, evidence: 'Minute 7', refs: [] });
const closed = (result = 'carried') =>
  happened('DecisionClosed', {
    placeId: 'durham',
    chairAgencyId: 'council',
    how: 'clock',
    mayVote: 7,
    needed: 4,
    spoken: 7,
    tally: { agree: 7, abstain: 0, disagree: 0, object: 0, withdrawn: 0 },
    quorate: true,
    ruleMet: true,
    unagreed: [],
    result,
  });
type Given = GivenFor<typeof decision>[];
const draft = (t: Test, more: More = {}, circumstances: World = {}) =>
  world(t, circumstances).given(drafted(more));
const open = (t: Test, ...given: Given) =>
  world(t)
    .given(drafted(), opened(), ...given)
    .at('2009-10-21');
const spending = (t: Test, ids: string[], ...given: Given) =>
  world(t)
    .given(drafted(spends(...ids)), opened({}, ids), ...given)
    .at('2009-10-21');
const carried = (t: Test, ...given: Given) =>
  open(t, closed(), ...given)
    .at('2009-11-02')
    .as('chair', 'place:durham+agency:council', 'council-chief');
const seatHolder = (scene: ReturnType<typeof world>, agencyId: string, account = `${agencyId}-chief`) =>
  scene.as('seat-holder', `place:durham+agency:${agencyId}`, account);
const chair = (scene: ReturnType<typeof world>) =>
  scene.as('chair', 'place:durham+agency:council', 'council-chief');

test('a decision is drafted for a place, about what exists and may be known', (t) => {
  const make = (more: object = {}, circumstances: World = {}) =>
    world(t, circumstances).when('DraftDecision', { ...motion, placeId: 'durham', ...more });
  const authorises = [
    {
      command: 'ChangeRule',
      record: 'collaborative-durham',
      terms: { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 } },
    },
  ];
  const { state, access } = make({
    ...spends('police', 'dwp'),
    affectedAgencies: ['fire'],
    refs: ['barrier-ours', 'barrier-open'],
    authorises,
    replaces: 'earlier',
  }).then({
    type: 'DecisionDrafted',
    data: { programmeId: 'tp', authorises, replaces: 'earlier' },
  });
  t.match(state, { status: 'draft', placeId: 'durham', question: 'Shall we pool?', replaces: 'earlier' });
  t.match(access, { tier: 'members', placeId: 'durham', programmeId: 'tp' });
  make({ affectedAgencies: ['never'] }).refuses('AGENCY_UNKNOWN');
  make(spends('never')).refuses('AGENCY_UNKNOWN');
  make(spends('former')).refuses('AGENCY_RETIRED');
  make({ refs: ['barrier-ours', 'barrier-never'] }).refuses('RECORD_UNKNOWN');
  make({ refs: ['barrier-theirs'] }).refuses('RECORD_UNKNOWN', /or it is not open/);
  make({ replaces: 'never' }).refuses('DECISION_UNKNOWN');
  make({ replaces: 'of-kent' }).refuses('DECISION_UNKNOWN');
  make({}, { status: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  chair(world(t))
    .when('DraftDecision', { ...motion, placeId: 'durham' })
    .then({ type: 'DecisionDrafted' });
  world(t)
    .as('chair', 'place:durham+agency:council', 'not-the-chair')
    .when('DraftDecision', { ...motion, placeId: 'durham' })
    .refuses('NOT_A_SEAT_HOLDER');
  seatHolder(world(t), 'pct')
    .when('DraftDecision', { ...motion, placeId: 'durham' })
    .refuses('NOT_ALLOWED');
  const parse = (data: object) =>
    decision.commands.DraftDecision!.data.safeParse({ ...motion, placeId: 'durham', ...data }).success;
  t.notOk(parse({ refs: ['days-tp'] }), 'nor the machinery’s streams');
  t.notOk(parse({ authorises: [{ command: 'change rule', record: 'collaborative-durham', terms: {} }] }));
  t.notOk(
    parse({
      authorises: [{ command: 'ChangeRule', record: 'collaborative-durham', terms: { a: [[[[[[1]]]]]] } }],
    }),
    'terms are not endlessly deep',
  );
  const twice = ['Vire', 'Disclose'].map((command) => ({ command, record: 'pool-a', terms: {} }));
  t.notOk(parse({ authorises: twice }), 'a record remembers one use');
  t.ok(parse({ authorises: twice.map((a, i) => ({ ...a, record: `pool-${i}` })) }));
  t.notOk(parse(spends('police') && { money: [{ agencyId: 'police', pence: 0, financialYear: '2009-10' }] }));
  t.end();
});

test('what a decision authorises is looked at as it is drafted: the command, and its terms', (t) => {
  const barrier = (command: string, terms: Authorisation['terms'] = {}): More => ({
    authorises: [{ command, record: 'barrier-ours', terms }],
  });
  const table = (terms: Authorisation['terms']): More => ({
    authorises: [{ command: 'ChangeRule', record: 'collaborative-durham', terms }],
  });
  const quorum = { n: 1, d: 2 };
  type Case = [more: More, code: string, detail: RegExp];
  const cases: Case[] = [
    [barrier('Triage'), 'COMMAND_UNKNOWN', /authorises Disclose, and not Triage/],
    [barrier('Disclose'), 'TERMS_NOT_VALID', /on to\. to:/],
    [barrier('Disclose', { to: 'members' }), 'TERMS_NOT_VALID', /to:/],
    [barrier('Disclose', { to: 'public', reason: 'It is time' }), 'TERMS_NOT_VALID', /reason: leave it out/],
    [table({ rule: { kind: 'majority' } }), 'TERMS_NOT_VALID', /quorum:/],
    [table({ rule: { kind: 'majority' }, quorum: { n: 0, d: 2 } }), 'TERMS_NOT_VALID', /quorum:/],
    [table({ rule: { kind: 'majority' }, quorum, decisionId: 'x' }), 'TERMS_NOT_VALID', /decisionId: leave/],
  ];
  for (const [more, code, detail] of cases) {
    world(t)
      .when('DraftDecision', { ...motion, placeId: 'durham', ...more })
      .refuses(code, detail);
    draft(t)
      .when('AmendDecision', { ...motion, ...more })
      .refuses(code, detail);
    // One of before this was looked at is amended before it is put to anybody.
    draft(t, more).when('OpenDecision', { closesAt, urgent: false }).refuses(code, detail);
  }
  world(t)
    .when('DraftDecision', { ...motion, placeId: 'durham', ...barrier('Disclose', { to: 'public' }) })
    .then({ type: 'DecisionDrafted' });
  t.end();
});

test('a draft is amended; once opened its text is frozen', (t) => {
  const amend = (more: object, ...given: Given) =>
    draft(t)
      .given(...given)
      .when('AmendDecision', { ...motion, ...more });
  const { state } = amend({
    question: 'Another question?',
    text: 'Another text',
    affectedAgencies: ['fire'],
  }).then({ type: 'DecisionAmended', data: { question: 'Another question?', text: 'Another text' } });
  t.match(state, { status: 'draft', text: 'Another text', affectedAgencies: ['fire'], placeId: 'durham' });
  amend({ affectedAgencies: ['never'] }).refuses('AGENCY_UNKNOWN');
  amend({ affectedAgencies: ['former'] }).refuses('AGENCY_RETIRED');
  amend({ refs: ['barrier-theirs'] }).refuses('RECORD_UNKNOWN');
  draft(t, {}, { status: 'withdrawn' }).when('AmendDecision', motion).refuses('PLACE_WITHDRAWN');
  draft(t)
    .as('chair', 'place:durham+agency:council', 'not-the-chair')
    .when('AmendDecision', motion)
    .refuses('NOT_A_SEAT_HOLDER');
  for (const given of [
    [opened()],
    [opened(), closed()],
    [opened(), closed('lapsed')],
    [happened('DecisionWithdrawn', { reason: 'x' })],
  ])
    amend({ text: 'Another text' }, ...given).refuses('TEXT_FROZEN', /names this one in replaces/);
  t.end();
});

test('opening takes down who may vote, by which rule, on what exactly', (t) => {
  const openedWith = (data: object, more: More = {}, circumstances: World = {}) =>
    draft(t, more, circumstances).when('OpenDecision', { closesAt, urgent: false, ...data });
  const { state, access } = openedWith(
    { closesAt: '2009-10-30T17:00:00Z' },
    { ...spends('police', 'dwp'), affectedAgencies: ['fire', 'clg'], refs: ['barrier-ours'] },
  ).then({
    type: 'DecisionOpened',
    data: {
      closesAt,
      rule: { kind: 'consent' },
      quorum: { n: 1, d: 2 },
      refs: [{ record: 'barrier-ours', version: 2 }],
      affected: [
        { agencyId: 'fire', kind: 'agency', money: false, votes: true },
        { agencyId: 'clg', kind: 'department', money: false, votes: false },
        { agencyId: 'police', kind: 'agency', money: true, votes: true },
        { agencyId: 'dwp', kind: 'department', money: true, votes: false },
      ],
    },
  });
  t.equal(state.status, 'open');
  t.same(
    state.electorate.map((v) => [v.seatId, v.account, v.delegates]),
    seats.map((s) => [`seat-${s}`, `${s}-chief`, s === 'police' ? ['police-deputy'] : []]),
    'voting seats, observers not, and the delegates of the day',
  );
  t.same(access.parties, ['clg', 'dwp'], 'those outside the vote may read');
  t.match(state.textHash, /^[0-9a-f]{64}$/);
  const hash = (more: More) => openedWith({}, more).then({ type: 'DecisionOpened' }).state.textHash;
  t.equal(
    hash({}),
    hash({ forum: 'board', options: [] as never[], refs: ['barrier-ours'] }),
    'the hash is over question, text, money and authorises',
  );
  for (const more of [
    { question: 'Shall we not?' },
    { text: 'Other' },
    spends('police'),
    {
      authorises: [
        {
          command: 'ChangeRule',
          record: 'collaborative-durham',
          terms: { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 } },
        },
      ],
    },
  ])
    t.not(hash(more), hash({}));

  // Monday 5 October 2009: five working days end on the 12th, ninety days on 3 January.
  const closing = (when: string, urgent = false) => openedWith({ closesAt: when, urgent });
  closing('2009-10-11T22:59:59Z').refuses('CLOSING_TIME_OUT_OF_RANGE', /12 October 2009/);
  closing('2009-10-11T23:00:00Z').then({ type: 'DecisionOpened' });
  closing('2010-01-03T23:59:59Z').then({ type: 'DecisionOpened' });
  closing('2010-01-04T00:00:00Z').refuses('CLOSING_TIME_OUT_OF_RANGE', /3 January 2010/);
  closing('2009-10-05T17:00:00Z', true).refuses('CLOSING_TIME_OUT_OF_RANGE', /one working day/);
  closing('2009-10-06T17:00:00Z', true).then({ type: 'DecisionOpened', data: { urgent: true } });
  closing('2010-01-04T00:00:00Z', true).refuses('CLOSING_TIME_OUT_OF_RANGE');

  openedWith(
    {},
    {},
    { table: [established, ...seated('clg', 'observer'), { type: 'SeatOffered', data: seat('council') }] },
  ).refuses('NO_ELECTORATE');
  openedWith(
    {},
    {},
    { table: [...table, { type: 'CollaborativeDissolved', data: { reason: 'x' } }] },
  ).refuses('NO_ELECTORATE');
  openedWith({}, {}, { status: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  openedWith({}, { affectedAgencies: ['former'] }).refuses('AGENCY_RETIRED');
  openedWith({}, spends('never')).refuses('AGENCY_UNKNOWN');
  openedWith({}, { refs: ['barrier-theirs'] }).refuses('RECORD_UNKNOWN');
  draft(t)
    .as('chair', 'place:durham+agency:council', 'not-the-chair')
    .when('OpenDecision', { closesAt, urgent: false })
    .refuses('NOT_A_SEAT_HOLDER');
  open(t).when('OpenDecision', { closesAt, urgent: false }).refuses('WRONG_STATE');
  t.end();
});

test('due items: each seat and each body whose money waits, then the outcome, then the review', (t) => {
  const due = (type: string, data: object) =>
    aggregateNamed(decision.name).events[type]!.due!(data as never, { today: '2009-10-30' } as never);
  t.match(due('DecisionOpened', opened({}, ['police', 'dwp']).data), [
    ...seats.map((id) => ({
      open: 'position',
      key: `seat-${id}`,
      place: 'durham',
      owedBy: [{ kind: 'agency', id }],
      on: '2009-10-30',
    })),
    { open: 'consent', key: 'dwp', owedBy: [{ kind: 'department', id: 'dwp' }], on: '2009-10-30' },
  ]);
  t.same(due('PositionTaken', seatOf('pct')), [{ close: 'position', key: 'seat-pct' }]);
  t.same(due('InterestDeclared', { ...seatOf('pct'), pecuniary: true }), [
    { close: 'position', key: 'seat-pct' },
  ]);
  t.same(
    due('InterestDeclared', { ...seatOf('pct'), pecuniary: false }),
    [],
    'who has another interest is still asked',
  );
  t.same(due('ExternalConsentRecorded', consented('dwp').data), [{ close: 'consent', key: 'dwp' }]);
  t.match(due('DecisionClosed', closed().data), [
    { close: '*' },
    { open: 'outcome', owedBy: [{ kind: 'agency', id: 'council' }], workingDays: 5 },
  ]);
  t.match(
    due('DecisionClosed', { ...closed().data, chairAgencyId: undefined })[1],
    { owedBy: [{ kind: 'place', id: 'durham' }] },
    'without a chair the place owes it',
  );
  t.same(due('DecisionClosed', closed('lapsed').data), [{ close: '*' }]);
  t.match(due('OutcomeRecorded', { placeId: 'durham', statement: 'x', reviewOn: '2010-09-30' }), [
    { close: 'outcome' },
    { open: 'review', on: '2010-09-30' },
  ]);
  t.same(due('OutcomeRecorded', { placeId: 'durham', statement: 'x' }), [{ close: 'outcome' }]);
  t.match(due('DecisionReviewed', { placeId: 'durham', reviewOn: '2011-09-30' }), [
    { close: 'review' },
    { open: 'review', on: '2011-09-30' },
  ]);
  for (const type of ['DecisionWithdrawn', 'DecisionSuperseded', 'DecisionRescinded'])
    t.same(due(type, {}), [{ close: '*' }]);
  t.end();
});

test('only seats of the electorate take positions, each once, with reasons where they dissent', (t) => {
  const take = (
    scene: ReturnType<typeof world>,
    data: DataFor<typeof decision, 'TakePosition'> = { stance: 'agree' },
  ) => scene.when('TakePosition', data);
  const { state } = take(seatHolder(open(t), 'pct')).then({
    type: 'PositionTaken',
    data: { ...seatOf('pct'), stance: 'agree' },
  });
  t.match(part(state.positions, 'seat-pct'), { agencyId: 'pct', stance: 'agree' });
  take(chair(open(t))).then({ type: 'PositionTaken', data: { agencyId: 'council', capacity: 'holder' } });
  take(seatHolder(open(t), 'police', 'police-deputy')).then({
    type: 'PositionTaken',
    data: { agencyId: 'police', capacity: 'delegate' },
  });
  take(
    world(t)
      .given(drafted({ refs: ['barrier-ours'] }), opened())
      .at('2009-10-21')
      .as('seat-holder', 'place:durham+agency:pct', 'pct-chief'),
  ).then({
    type: 'PositionTaken',
    data: { refs: [{ record: 'barrier-ours', version: 2 }] },
  });

  take(seatHolder(open(t), 'pct', 'somebody')).refuses('NOT_IN_ELECTORATE');
  take(seatHolder(open(t), 'clg')).refuses('NOT_IN_ELECTORATE');
  take(
    seatHolder(
      world(t, { table: [...table, delegated('pct', 'pct-deputy', '2009-10-20')] })
        .given(drafted(), opened())
        .at('2009-10-21'),
      'pct',
      'pct-deputy',
    ),
  ).refuses('NOT_IN_ELECTORATE');
  take(
    seatHolder(
      world(t, { table: [...table, vacated('pct')] })
        .given(drafted(), opened())
        .at('2009-10-21'),
      'pct',
    ),
  ).refuses('NOT_IN_ELECTORATE');
  take(
    seatHolder(
      world(t, { table: [...table, ...seated('late')] })
        .given(drafted(), opened())
        .at('2009-10-21'),
      'late',
    ),
  ).refuses('NOT_IN_ELECTORATE', /when the decision was opened/);
  take(open(t)).refuses('NOT_ALLOWED');

  for (const stance of ['disagree', 'object']) {
    take(seatHolder(open(t), 'pct'), { stance }).refuses('REASON_REQUIRED');
    take(seatHolder(open(t), 'pct'), { stance, reason: 'Too short ' }).refuses(
      'REASON_REQUIRED',
      /10 characters/,
    );
    take(seatHolder(open(t), 'pct'), { stance, reason: 'Long enough' }).then({
      type: 'PositionTaken',
      data: { stance, reason: 'Long enough' },
    });
  }
  take(seatHolder(open(t), 'pct'), { stance: 'abstain' }).then({ type: 'PositionTaken' });
  take(seatHolder(open(t, took('pct', 'agree')), 'pct')).nothing();
  take(seatHolder(open(t, took('pct', 'abstain')), 'pct')).refuses('POSITION_EXISTS');
  take(seatHolder(open(t, interest('pct')), 'pct')).refuses('INTEREST_DECLARED');
  take(seatHolder(open(t, interest('police')), 'police', 'police-deputy')).refuses('INTEREST_DECLARED');
  take(seatHolder(open(t, interest('pct', false)), 'pct')).then({ type: 'PositionTaken' });
  take(seatHolder(draft(t), 'pct')).refuses('WRONG_STATE');
  t.end();
});

test('positions are changed and objections withdrawn; what was said stays', (t) => {
  const change = (given: Given, data: DataFor<typeof decision, 'ChangePosition'>, agency = 'pct') =>
    seatHolder(open(t, ...given), agency).when('ChangePosition', data);
  t.match(
    part(
      change([took('pct', 'agree')], { stance: 'object', reason: 'New figures today' }).then({
        type: 'PositionChanged',
        data: { from: 'agree', to: 'object' },
      }).state.positions,
      'seat-pct',
    ),
    {
      stance: 'object',
    },
  );
  change([], { stance: 'agree' }).refuses('NO_POSITION');
  change([took('pct', 'agree')], { stance: 'agree' }).nothing();
  change([took('pct', 'agree')], { stance: 'disagree' }).refuses('REASON_REQUIRED');
  change([took('pct', 'agree'), interest('pct')], { stance: 'abstain' }).refuses('INTEREST_DECLARED');
  change([took('pct', 'agree')], { stance: 'abstain' }, 'clg').refuses('NOT_IN_ELECTORATE');
  const withdraw = (given: Given, agency = 'pct') =>
    seatHolder(open(t, ...given), agency).when('WithdrawObjection', { reason: 'Settled' });
  const objectionWithdrawn = happened('ObjectionWithdrawn', { ...seatOf('pct'), reason: 'Settled' });
  t.match(
    part(withdraw([took('pct', 'object')]).then({ type: 'ObjectionWithdrawn' }).state.positions, 'seat-pct'),
    { stance: 'object', withdrawn: true },
  );
  withdraw([took('pct', 'object'), objectionWithdrawn]).nothing();
  change([took('pct', 'object'), objectionWithdrawn], {
    stance: 'object',
    reason: 'The money is not ours',
  }).then({
    type: 'PositionChanged',
    data: { from: 'object', to: 'object' },
  });
  withdraw([took('pct', 'disagree')]).refuses('NO_OBJECTION');
  withdraw([]).refuses('NO_OBJECTION');
  withdraw([took('pct', 'object'), interest('pct')]).refuses('INTEREST_DECLARED');
  withdraw([took('pct', 'object')], 'clg').refuses('NOT_IN_ELECTORATE');
  t.end();
});

test('an interest is declared; a pecuniary one puts the seat out', (t) => {
  const declare = (given: Given, pecuniary = true, agency = 'pct') =>
    seatHolder(open(t, ...given), agency).when('DeclareInterest', { pecuniary, nature: 'Trustee' });
  t.match(declare([]).then({ type: 'InterestDeclared', data: { pecuniary: true } }).state.interests, {
    'seat-pct': { pecuniary: true, conflicted: ['pct-chief'] },
  });
  t.match(declare([], false).then({ type: 'InterestDeclared' }).state.interests, {
    'seat-pct': { pecuniary: false, conflicted: [] },
  });
  declare([interest('pct', false)]).then({ type: 'InterestDeclared' });
  declare([interest('pct')]).nothing();
  declare([interest('pct', false)], false).nothing();
  t.match(
    declare([interest('pct')], false).then({ type: 'InterestDeclared' }).state.interests,
    { 'seat-pct': { pecuniary: true, conflicted: ['pct-chief'] } },
    'a further interest is kept',
  );
  seatHolder(open(t, interest('pct')), 'pct')
    .when('DeclareInterest', { pecuniary: true, nature: 'Owner of shares' })
    .then({ type: 'InterestDeclared', data: { nature: 'Owner of shares' } });
  t.match(
    seatHolder(open(t, interest('police')), 'police', 'police-deputy')
      .when('DeclareInterest', { pecuniary: true, nature: 'Trustee' })
      .then({ type: 'InterestDeclared' }).state.interests,
    {
      'seat-police': { conflicted: ['police-chief', 'police-deputy'] },
    },
  );
  declare([], true, 'clg').refuses('NOT_IN_ELECTORATE');
  t.end();
});

test('where the money of a conflicted seat is spent, the consent of its agency is asked for', (t) => {
  const declare = (scene: ReturnType<typeof world>, agency: string, pecuniary = true, account?: string) =>
    seatHolder(scene, agency, account).when('DeclareInterest', { pecuniary, nature: 'Owner' });
  const asks = { question: 'Shall we pool?', dueOn: '2009-10-30', kind: 'agency' };
  declare(spending(t, ['police']), 'police').then({ type: 'InterestDeclared', data: { consent: asks } });
  const unasked = { type: 'InterestDeclared', data: { consent: undefined } } as const;
  // Who still votes agrees by a position; whose money is not spent is not asked; and who was asked is not
  // asked again.
  declare(spending(t, ['police']), 'police', false).then(unasked);
  declare(spending(t, ['police']), 'pct').then(unasked);
  declare(spending(t, ['police'], interest('police')), 'police', true, 'police-deputy').then(unasked);
  const due = decision.events.InterestDeclared!.due!(
    { ...seatOf('police'), pecuniary: true, nature: 'Owner', consent: asks } as never,
    {} as never,
  );
  t.match(due, [
    { close: 'position', key: 'seat-police' },
    {
      open: 'consent',
      key: 'police',
      place: 'durham',
      owedBy: [{ kind: 'agency', id: 'police' }],
      deed: /by a delegate/,
      on: '2009-10-30',
    },
  ]);
  t.end();
});

test('after its time nothing is added, by the clock and not by the job', (t) => {
  const late = '2009-10-30T17:00:01.000Z';
  const every: [string, object][] = [
    ['TakePosition', { stance: 'agree' }],
    ['ChangePosition', { stance: 'agree' }],
    ['WithdrawObjection', { reason: 'Settled' }],
    ['DeclareInterest', { pecuniary: true, nature: 'Trustee' }],
  ];
  const after = [
    [],
    [closed()],
    [closed('lapsed')],
    [closed('not-carried')],
    [closed(), happened('DecisionRescinded', { decisionId: 'x' })],
  ];
  for (const given of after) {
    for (const [command, data] of every)
      seatHolder(open(t, took('pct', 'object'), ...given).at(late), 'pct')
        .whenAny(command, data)
        .refuses('DECISION_CLOSED');
    spending(t, ['dwp'], ...given)
      .at(late)
      .as('official', 'agency:dwp')
      .when('RecordExternalConsent', { evidence: 'x' })
      .refuses('DECISION_CLOSED');
    chair(open(t, ...given).at(late))
      .when('WithdrawDecision', { reason: 'We lost' })
      .refuses('DECISION_CLOSED');
  }
  for (const [command, data] of every.slice(0, 2))
    seatHolder(open(t, ...(command === 'ChangePosition' ? [took('pct', 'abstain')] : [])).at(closesAt), 'pct')
      .whenAny(command, data)
      .then({ type: command === 'TakePosition' ? 'PositionTaken' : 'PositionChanged' });
  const positions = ['college', 'fire', 'pct', 'probation'].map((a) =>
    took(a, 'agree', '2009-10-30T17:00:00.000Z'),
  );
  open(t, ...positions)
    .at('2009-10-30T18:10:00.000Z')
    .as('system')
    .when('CloseDecision')
    .then({ type: 'DecisionClosed', data: { how: 'clock', spoken: 4, result: 'carried' } });
  t.end();
});

test('closing counts what was said, and asks those whose money it is', (t) => {
  const said = [
    took('college', 'agree'),
    took('council', 'agree'),
    took('fire', 'agree'),
    took('pct', 'abstain'),
    interest('probation'),
  ];
  const tally = { agree: 3, abstain: 1, disagree: 0, object: 0, withdrawn: 0 };
  const close = (scene: ReturnType<typeof world>) =>
    scene.at('2009-10-30T18:10:00.000Z').as('system').when('CloseDecision');
  const { state } = close(open(t, ...said)).then({
    type: 'DecisionClosed',
    data: { chairAgencyId: 'council', how: 'clock', needed: 4, spoken: 4, tally, result: 'carried' },
  });
  t.match(state, { status: 'carried', closedOn: '2009-10-30' });
  close(spending(t, ['police'], ...said)).then({
    type: 'DecisionClosed',
    data: { result: 'not-carried', why: 'AFFECTED_AGENCY_HAS_NOT_AGREED', unagreed: ['police'] },
  });
  close(spending(t, ['police'], ...said, took('police', 'agree'))).then({
    type: 'DecisionClosed',
    data: { result: 'carried' },
  });
  close(spending(t, ['dwp'], ...said, consented('dwp'))).then({
    type: 'DecisionClosed',
    data: { result: 'carried' },
  });
  close(open(t, ...said.slice(1))).then({
    type: 'DecisionClosed',
    data: { spoken: 3, result: 'lapsed', why: 'QUORUM_NOT_REACHED' },
  });
  close(
    world(t, { table: [...table, vacated('voluntary'), vacated('police'), vacated('council')] }).given(
      drafted(),
      opened(),
      ...said.slice(1),
    ),
  ).then({
    type: 'DecisionClosed',
    data: { needed: 4, spoken: 3, result: 'lapsed' },
  });
  t.end();
});

test('the chair closes early only when all have spoken', (t) => {
  const all = seats.map((s) => took(s, 'agree'));
  const close = (scene: ReturnType<typeof world>) => chair(scene).when('CloseDecision');
  close(open(t, ...all)).then({ type: 'DecisionClosed', data: { how: 'all-spoken', result: 'carried' } });
  close(open(t, ...all.slice(1))).refuses('TOO_EARLY_TO_CLOSE', /seat-college/);
  close(open(t, ...all.slice(1), interest('college'))).then({
    type: 'DecisionClosed',
    data: { result: 'carried' },
  });
  close(spending(t, ['dwp'], ...all)).refuses('TOO_EARLY_TO_CLOSE', /dwp/);
  close(spending(t, ['dwp'], ...all, consented('dwp'))).then({
    type: 'DecisionClosed',
    data: { result: 'carried' },
  });
  close(open(t, ...all).at('2009-10-30T17:00:01.000Z')).then({
    type: 'DecisionClosed',
    data: { how: 'clock' },
  });
  open(t, ...all)
    .as('system')
    .when('CloseDecision')
    .refuses('TOO_EARLY_TO_CLOSE');
  open(t, ...all)
    .at(closesAt)
    .as('system')
    .when('CloseDecision')
    .refuses('TOO_EARLY_TO_CLOSE');
  open(t, ...all)
    .as('chair', 'place:durham+agency:council', 'not-the-chair')
    .when('CloseDecision')
    .refuses('NOT_A_SEAT_HOLDER');
  open(t, ...all)
    .when('CloseDecision')
    .refuses('NOT_ALLOWED');
  close(open(t, closed())).refuses('WRONG_STATE');
  t.end();
});

test('an affected agency outside the vote consents itself', (t) => {
  const consent = (scene: ReturnType<typeof world>) =>
    scene.when('RecordExternalConsent', { evidence: 'Minute 7' });
  const externalConsent = {
    type: 'ExternalConsentRecorded',
    data: { agencyId: 'dwp', evidence: 'Minute 7' },
  } as const;
  t.same(consent(spending(t, ['dwp']).as('official', 'agency:dwp')).then(externalConsent).state.consents, [
    'dwp',
  ]);
  consent(spending(t, ['dwp']).as('finance-officer', 'agency:dwp')).then(externalConsent);
  consent(spending(t, ['dwp'], consented('dwp')).as('official', 'agency:dwp')).nothing();
  const kent = (account: string) =>
    spending(t, ['dwp'])
      .with(collaborative, 'kent', established, ...seated('dwp'))
      .as('seat-holder', 'place:kent+agency:dwp', account);
  consent(kent('dwp-chief')).then(externalConsent);
  consent(kent('somebody')).refuses('NOT_A_SEAT_HOLDER');
  consent(spending(t, ['dwp']).as('official', 'agency:clg')).refuses('NOT_AFFECTED');
  consent(seatHolder(spending(t, ['police']), 'police')).refuses('AGREES_BY_POSITION');
  consent(spending(t, ['police']).as('finance-officer', 'agency:police')).refuses('AGREES_BY_POSITION');
  consent(seatHolder(spending(t, ['police'], interest('police', false)), 'police')).refuses(
    'AGREES_BY_POSITION',
  );
  consent(seatHolder(spending(t, ['police'], interest('police')), 'police')).refuses(
    'INTEREST_DECLARED',
    /delegate/,
  );
  consent(spending(t, ['police'], interest('police')).as('finance-officer', 'agency:police')).refuses(
    'INTEREST_DECLARED',
  );
  consent(seatHolder(spending(t, ['police'], interest('police')), 'police', 'police-deputy')).then({
    type: 'ExternalConsentRecorded',
    data: { agencyId: 'police' },
  });
  consent(spending(t, ['dwp']).as('auditor', 'programme:tp')).refuses('NOT_ALLOWED');
  t.end();
});

test('a draft or an open decision is withdrawn', (t) => {
  const withdraw = (scene: ReturnType<typeof world>) =>
    scene.when('WithdrawDecision', { reason: 'New figures' });
  t.equal(withdraw(draft(t)).then({ type: 'DecisionWithdrawn' }).state.status, 'withdrawn');
  withdraw(chair(open(t, took('pct', 'object')))).then({
    type: 'DecisionWithdrawn',
    data: { reason: 'New figures' },
  });
  withdraw(open(t).as('chair', 'place:durham+agency:council', 'not-the-chair')).refuses('NOT_A_SEAT_HOLDER');
  withdraw(draft(t).given({ type: 'DecisionWithdrawn', data: { reason: 'x' } })).refuses('WRONG_STATE');
  t.end();
});

test('the outcome is recorded, and a decision on money is reviewed within twelve months', (t) => {
  const outcome = (scene: ReturnType<typeof world>, data: object = {}) =>
    scene.when('RecordOutcome', { statement: 'Pooled', ...data });
  const money = (...given: Given) => chair(spending(t, ['police'], closed(), ...given).at('2009-11-02'));
  t.match(outcome(carried(t)).then({ type: 'OutcomeRecorded', data: { chairAgencyId: 'council' } }).state, {
    status: 'carried',
    outcome: 'Pooled',
  });
  outcome(carried(t), { reviewOn: '2020-01-01' }).then({ type: 'OutcomeRecorded' });
  outcome(carried(t), { reviewOn: '2009-11-02' }).refuses('REVIEW_DATE_OUT_OF_RANGE');
  outcome(money()).refuses('REVIEW_DATE_REQUIRED');
  // From the closing, on 29 October, however late the outcome is recorded; where that year is over, at once.
  const closedOn = money()
    .when('RecordOutcome', { statement: 'x', reviewOn: '2010-01-01' })
    .then({ type: 'OutcomeRecorded' }).state.closedOn!;
  const year = `2010${closedOn.slice(4)}`;
  t.ok(closedOn < '2009-11-02' && year < '2010-11-02');
  t.equal(outcome(money(), { reviewOn: year }).then({ type: 'OutcomeRecorded' }).state.reviewOn, year);
  outcome(money(), { reviewOn: addDays(year, 1) }).refuses('REVIEW_DATE_OUT_OF_RANGE', /12 months/);
  outcome(money().at('2011-03-01'), { reviewOn: '2011-03-08' }).then({ type: 'OutcomeRecorded' });
  outcome(money().at('2011-03-01'), { reviewOn: '2011-03-09' }).refuses('REVIEW_DATE_OUT_OF_RANGE');
  const recorded = happened('OutcomeRecorded', {
    placeId: 'durham',
    statement: 'Pooled',
    reviewOn: '2010-10-01',
  });
  outcome(carried(t, recorded)).nothing();
  outcome(carried(t, recorded), { statement: 'Something else' }).refuses('OUTCOME_EXISTS');
  outcome(carried(t).as('chair', 'place:durham+agency:council', 'not-the-chair')).refuses(
    'NOT_A_SEAT_HOLDER',
  );
  outcome(chair(open(t, closed('lapsed')))).refuses('WRONG_STATE');
  t.end();
});

test('a review comes when it is due, and what is right is reviewed again', (t) => {
  const recorded = happened('OutcomeRecorded', {
    placeId: 'durham',
    statement: 'Pooled',
    reviewOn: '2010-10-01',
  });
  const review = (scene: ReturnType<typeof world>, data: object) =>
    scene.when('RecordReview', { verdict: 'still-right', note: 'As promised', ...data });
  const due = (scene = carried(t, recorded)) => scene.at('2010-10-01');
  t.equal(
    review(due(), { reviewOn: '2011-10-01' }).then({ type: 'DecisionReviewed' }).state.reviewOn,
    '2011-10-01',
  );
  review(due(), {}).refuses('REVIEW_DATE_REQUIRED');
  review(due(), { reviewOn: '2010-10-01' }).refuses('REVIEW_DATE_OUT_OF_RANGE');
  review(due(chair(spending(t, ['police'], closed(), recorded))), { reviewOn: '2011-10-02' }).refuses(
    'REVIEW_DATE_OUT_OF_RANGE',
  );
  for (const verdict of ['amend', 'rescind']) {
    const { state } = review(due(), { verdict }).then({ type: 'DecisionReviewed', data: { verdict } });
    t.match(
      [state.status, shownStatus(state), state.reviewOn],
      ['carried', 'carried', undefined],
      'it stands until another carries',
    );
    t.equal(
      review(due(), { verdict, reviewOn: '2011-01-31' }).then({ type: 'DecisionReviewed' }).state.reviewOn,
      '2011-01-31',
      'by when it is to be replaced',
    );
    // Nothing came: it is looked at again, at any time.
    const reviewed = happened('DecisionReviewed', { placeId: 'durham', verdict, note: 'No longer' });
    const again = review(due(carried(t, recorded, reviewed)).at('2010-10-04'), {
      reviewOn: '2011-10-01',
    }).then({ type: 'DecisionReviewed' });
    t.match([again.state.status, shownStatus(again.state)], ['carried', 'confirmed']);
    // Somebody owes the other decision until then: twenty working days, or the day that was named.
    const dueOf = (more: object) =>
      aggregateNamed('decision').events.DecisionReviewed!.due!(
        { ...reviewed.data, chairAgencyId: 'council', ...more },
        {} as Meta,
      );
    t.match(dueOf({}), [
      { close: 'review' },
      { open: 'review', owedBy: [{ kind: 'agency', id: 'council' }], workingDays: 20 },
    ]);
    t.match(dueOf({ reviewOn: '2011-01-31' }), [{ close: 'review' }, { open: 'review', on: '2011-01-31' }]);
  }
  const still = happened('DecisionReviewed', {
    placeId: 'durham',
    verdict: 'still-right',
    note: 'Yes',
    reviewOn: '2011-10-01',
  });
  review(carried(t, recorded, still).at('2011-09-30'), { reviewOn: '2012-10-01' }).refuses('REVIEW_NOT_DUE');
  review(carried(t, recorded).at('2010-09-30'), {}).refuses('REVIEW_NOT_DUE', /1 October 2010/);
  review(carried(t), {}).refuses('REVIEW_NOT_DUE');
  review(due(carried(t, recorded).as('chair', 'place:durham+agency:council', 'not-the-chair')), {}).refuses(
    'NOT_A_SEAT_HOLDER',
  );
  t.end();
});

test('a decision is superseded or rescinded only by a carried one that authorises it', (t) => {
  for (const [command, type, status] of [
    ['Supersede', 'DecisionSuperseded', 'superseded'],
    ['Rescind', 'DecisionRescinded', 'rescinded'],
  ] as const) {
    const authorises = [{ command, record: 'decision-pooling', terms: {} }];
    const other = (scene: ReturnType<typeof world>, data: object) =>
      scene.with(
        standing('decision'),
        'again',
        stood({ status: 'carried', placeId: 'durham', access: { placeId: 'durham' }, authorises, ...data }),
      );
    const endedWith = (data: object = {}, ...given: Given) =>
      other(carried(t, ...given), data).whenAny(command, { byDecisionId: 'again' });
    t.match(endedWith().then({ type, data: { decisionId: 'again' } }).state, { status, by: 'again' });
    carried(t).whenAny(command, { byDecisionId: 'never' }).refuses('DECISION_NOT_CARRIED');
    for (const not of ['open', 'not-carried', 'lapsed', 'superseded', 'rescinded', 'withdrawn'])
      endedWith({ status: not }).refuses('DECISION_NOT_CARRIED');
    endedWith({ placeId: 'kent', access: { placeId: 'kent' } }).refuses(
      'DECISION_NOT_CARRIED',
      /no such decision/,
    );
    endedWith({ authorises: [{ command, record: 'decision-other', terms: {} }] }).refuses(
      'DECISION_DOES_NOT_MATCH',
    );
    endedWith({ authorises: [{ command: 'Disclose', record: 'decision-pooling', terms: {} }] }).refuses(
      'DECISION_DOES_NOT_MATCH',
    );
    endedWith({ authorises: [{ command, record: 'decision-pooling', terms: { more: 1 } }] }).refuses(
      'DECISION_DOES_NOT_MATCH',
    );
    const used = load(decision, 'pooling', [
      drafted(),
      opened(),
      closed(),
      { type: 'DecisionSuperseded', data: { decisionId: 'again' } },
    ]);
    t.same(used.usedDecisions, ['again'], 'the record remembers the use');
    endedWith(
      {},
      { type: 'RecordDisclosed', data: { from: 'members', to: 'programme', decisionId: 'again' } },
    ).refuses('DECISION_ALREADY_USED');
    other(carried(t), {})
      .as('chair', 'place:durham+agency:council', 'not-the-chair')
      .whenAny(command, { byDecisionId: 'again' })
      .refuses('NOT_A_SEAT_HOLDER');
    other(open(t), {})
      .as('chair', 'place:durham+agency:council', 'council-chief')
      .whenAny(command, { byDecisionId: 'again' })
      .refuses('WRONG_STATE');
  }
  t.end();
});

test('a decision is opened by another, and stays readable to whom it was', (t) => {
  disclosure(t, decision, [drafted()], { placeId: 'durham' });
  const open = happened('RecordDisclosed', { from: 'members', to: 'programme', decisionId: 'open-it' });
  for (const end of [
    happened('DecisionWithdrawn', { reason: 'New figures' }),
    happened('DecisionSuperseded', { decisionId: 'again' }),
    happened('DecisionRescinded', { decisionId: 'again' }),
  ])
    t.match(
      load(decision, 'pooling', [drafted(), opened(), open, closed(), end]).access,
      { tier: 'programme', tierSince: 3 },
      end.type,
    );
  t.end();
});

test('in one decision one person speaks for one body, and agrees for none to what they wrote', async (t) => {
  // The deputy of the police acts for the fire service too, and has a token of the department.
  const seatedTwice = [...table, delegated('fire', 'police-deputy')];
  const deputy = (agency: string): Actor => ({
    account: 'police-deputy',
    role: 'seat-holder',
    agency,
    place: 'durham',
  });
  const spoke = (agency: string, stance = 'agree') => ({ ...took(agency, stance), by: deputy(agency) });
  const speaks = (agency: string, ...given: Given) =>
    world(t, { table: seatedTwice })
      .at('2009-10-21')
      .given(drafted(spends('dwp')), opened({}, ['dwp']), ...given)
      .as('seat-holder', `place:durham+agency:${agency}`, 'police-deputy');
  speaks('fire', spoke('police'))
    .when('TakePosition', { stance: 'agree' })
    .refuses('SOD_CONFLICT', /another agency/);
  speaks('fire').when('TakePosition', { stance: 'agree' }).then({ type: 'PositionTaken' });
  speaks('fire', spoke('police'), took('fire', 'agree'))
    .when('ChangePosition', { stance: 'abstain' })
    .refuses('SOD_CONFLICT');
  speaks('police', spoke('police'))
    .when('ChangePosition', { stance: 'abstain' })
    .then({ type: 'PositionChanged' });
  speaks('fire', {
    event: consented('dwp'),
    by: { account: 'police-deputy', role: 'official', agency: 'dwp' },
  })
    .when('TakePosition', { stance: 'agree' })
    .refuses('SOD_CONFLICT');
  const consents = (...given: Given) =>
    world(t, { table: seatedTwice })
      .at('2009-10-21')
      .given(...given)
      .as('official', 'agency:dwp', 'police-deputy')
      .when('RecordExternalConsent', { evidence: 'Minute 7' });
  consents(drafted(), opened({}, ['dwp']), spoke('police')).refuses('SOD_CONFLICT', /wrote or opened/);
  const office = { account: 'police-deputy', role: 'secretariat' as const, place: 'durham' };
  consents({ event: drafted(), by: office }, opened({}, ['dwp'])).refuses('SOD_CONFLICT');
  consents(drafted(), { event: opened({}, ['dwp']), by: office }).refuses('SOD_CONFLICT');
  consents(drafted(), opened({}, ['dwp'])).then({ type: 'ExternalConsentRecorded' });
});

test('every command and refusal of a decision has a spec', (t) => {
  coverage(t, decision);
  t.end();
});
