// Specs of virement, reductions by agreement and the year end; pool.test.ts runs them with its own.
import { test } from 'tap';
import { held, part } from '../../src/domain/kernel/parts.js';
import type { Pledge } from '../../src/domain/pool/state.js';
import {
  agreed,
  agreementSent,
  allocated,
  chair,
  confirmed,
  data,
  draw,
  drawn,
  durham,
  financeOfficer,
  seatHolder,
  pledgeOf,
  offered,
  open,
  opened,
  paid,
  pledged,
  proposed,
  ready,
  released,
  reserved,
  signed,
  stream,
  suspended,
  happened,
  unreserved,
  type Givens,
  type World,
} from './pool-world.js';

const moves = (...list: [string, number][]) => ({
  subBalances: list.map(([pledgeId, pence]) => ({ pledgeId, pence })),
});

test('a new agreement reduces a confirmed pledge of an open pool', (t) => {
  const reductions = (pledgeId: string, toPence: number) => ({
    version: 2,
    reductions: [{ pledgeId, toPence }],
  });
  const propose = (pledgeId: string, toPence: number, given: Givens = open()) =>
    durham(t, given).when('ProposeAgreement', agreementSent(reductions(pledgeId, toPence)));
  propose('council', 60_00).then({
    type: 'AgreementProposed',
    data: { agreement: reductions('council', 60_00) },
  });
  propose('nowhere', 1).refuses('PLEDGE_UNKNOWN');
  propose('later', 1, [...open(), pledged('council', 5_00, { pledgeId: 'later' })]).refuses('PLEDGE_UNKNOWN');
  propose('council', 100_00).refuses('NOT_A_REDUCTION');
  for (const use of [paid(60_00), allocated(60_00), reserved(['council', 60_00])]) {
    propose('council', 60_00, [...open(), use]).then({ type: 'AgreementProposed' });
    propose('council', 59_99, [...open(), use]).refuses('PLEDGE_IN_USE', /£60/);
  }
  // Nobody's pledge is lowered by an agreement they do not sign.
  durham(t, open())
    .when(
      'ProposeAgreement',
      agreementSent({
        ...reductions('pct', 1),
        partners: ['council', 'police'],
        riskShare: [{ agencyId: 'council', overBp: 10_000, underBp: 10_000 }],
      }),
    )
    .refuses('REDUCTION_NOT_SIGNED_FOR');
  const twice = { version: 2, reductions: [{ pledgeId: 'council', toPence: 1 }, { pledgeId: 'council', toPence: 2 }] }; // prettier-ignore
  t.notOk(
    durham(t, open()).aggregate.commands.ProposeAgreement!.data.safeParse(agreementSent(twice)).success,
    'a pledge is reduced once',
  );

  const sign = (toPence: number, more: Givens = [], agency = 'pct') =>
    financeOfficer(
      t,
      [...open(), offered(reductions('council', toPence)), signed('council', false, 2), ...more],
      {},
      agency,
    ).when('SignAgreement', { agreementVersion: 2 });
  const { state, lastMaterial } = sign(60_00).then(
    { type: 'AgreementSigned', data: { agreed: true } },
    { type: 'PledgeReduced', data: { ...pledgeOf('council'), fromPence: 100_00, toPence: 60_00 } },
  );
  t.equal(held(state.pledges, 'council').confirmed, 60_00);
  t.match(lastMaterial, { type: 'PledgeReduced' });
  // Until everybody has signed nothing is less.
  financeOfficer(t, [...open(), offered(reductions('council', 60_00))])
    .when('SignAgreement', { agreementVersion: 2 })
    .then({ type: 'AgreementSigned', data: { agreed: false } });
  sign(60_00, [paid(60_01)]).refuses('PLEDGE_IN_USE', /Propose a new version/);
  const lower = happened('PledgeReduced', {
    ...pledgeOf('council'),
    fromPence: 100_00,
    toPence: 50_00,
    reason: 'Version 2',
  });
  sign(60_00, [lower]).then({ type: 'AgreementSigned', data: { agreed: true } });
  t.end();
});

test('money is moved between allocations, within its fences; much of it by a decision', (t) => {
  const beds = (cofog = ['07']) => allocated(10_00, 'pct', cofog, 'beds');
  const given = [...open(), allocated(60_00), beds()];
  const vire = (
    list: [string, number][],
    more: object = {},
    events: Givens = given,
    circumstances: World = {},
  ) =>
    durham(t, events, circumstances).when('Vire', { from: 'nurses', to: 'beds', ...moves(...list), ...more });
  // A tenth of the £200 confirmed for the year.
  const { state, lastMaterial } = vire([['council', 20_00]]).then({
    type: 'FundsVired',
    data: { from: 'nurses', to: 'beds', ...moves(['council', 20_00]), consented: false },
  });
  t.match(state.allocations, {
    nurses: { subBalances: { council: 40_00 } },
    beds: { subBalances: { pct: 10_00, council: 20_00 } },
  });
  t.match(part(state.pledges, 'council'), { allocated: 60_00 });
  t.match(state.vired, { '2009-10': 20_00 });
  t.match(lastMaterial, { type: 'FundsVired' });
  const before = happened('FundsVired', {
    from: 'nurses',
    to: 'beds',
    fromTitle: 'Nurses',
    toTitle: 'Nurses',
    ...moves(['council', 15_00]),
    consented: false,
  });
  vire([['council', 5_00]], {}, [...given, before]).then({ type: 'FundsVired' });
  vire([['council', 5_01]], {}, [...given, before]).refuses('DECISION_NOT_CARRIED');
  vire([['council', 20_01]]).refuses(
    'DECISION_NOT_CARRIED',
    /authorises pool.Vire on pool-alcohol .* Enter its id/,
  );
  const decided = (terms: object, more: object = {}) => ({
    decision: { authorises: [{ command: 'Vire', record: 'pool-alcohol', terms }], ...more },
  });
  const terms = { from: 'nurses', to: 'beds', ...moves(['council', 50_00]) };
  const by = { decisionId: 'd1' };
  const after = vire([['council', 50_00]], by, given, decided(terms)).then({ type: 'FundsVired', data: by });
  t.same(after.usedDecisions, ['d1']);
  vire([['council', 50_01]], by, given, decided(terms)).refuses('DECISION_DOES_NOT_MATCH');
  vire([['council', 50_00]], by, given, decided(terms, { placeId: 'kent' })).refuses(
    'DECISION_NOT_CARRIED',
    /no such decision/,
  );
  for (const status of ['open', 'not-carried', 'rescinded'])
    vire([['council', 50_00]], by, given, decided(terms, { status })).refuses('DECISION_NOT_CARRIED');
  const large = { ...before, data: { ...before.data, ...moves(['council', 10_00]), ...by } };
  vire([['council', 50_00]], by, [...given, large], decided(terms)).refuses('DECISION_ALREADY_USED');
  // One that is named is looked at, though it is not needed.
  vire([['council', 1]], by).refuses('DECISION_DOES_NOT_MATCH');

  vire([['council', 60_01]]).refuses(
    'OVER_ALLOCATED',
    /£60 of the pledge of .* for 2009-10 is left in Nurses/,
  );
  vire([['council', 30_00], ['council', 30_01]]).refuses('OVER_ALLOCATED'); // prettier-ignore
  vire([['council', 40_01]], {}, [...given, paid(100_00), drawn(20_00)]).refuses('OVER_ALLOCATED', /£40 /);
  vire([['pct', 1]]).refuses('OVER_ALLOCATED');
  vire([['nowhere', 1]]).refuses('OVER_ALLOCATED');
  // There and back until what was moved of the year is beyond what a number holds.
  const most = 900_000_000_000_000;
  const rich = [
    proposed(),
    pledged('council', most),
    confirmed('council', most),
    pledged('pct'),
    confirmed('pct'),
    ...agreed(),
    opened,
    allocated(most),
    beds(),
  ];
  const turns = (n: number): Givens =>
    Array.from({ length: n }, (_, i) => ({
      ...before,
      data: { ...before.data, ...moves(['council', most]), ...(i % 2 ? { from: 'beds', to: 'nurses' } : {}) },
    }));
  vire([['council', most]], {}, [...rich, ...turns(10)]).refuses('TOTAL_TOO_LARGE');
  vire([['council', most]], {}, [...rich, ...turns(8)]).refuses('DECISION_NOT_CARRIED');
  vire([['council', 1]], { to: 'nurses' }).refuses('NOT_A_VIREMENT');
  vire([['council', 1]], { to: 'homes' }).refuses('ALLOCATION_UNKNOWN');
  vire([['council', 1]], { from: 'homes' }).refuses('ALLOCATION_UNKNOWN');
  vire([['council', 1]], {}, [...open(), allocated(60_00), beds(), released(60_00)]).refuses(
    'ALLOCATION_UNKNOWN',
  );
  vire([['pct', 1]], { from: 'beds', to: 'nurses' }, [...given, released(60_00)]).refuses(
    'ALLOCATION_UNKNOWN',
  );
  vire([['council', 1]], {}, [...given, suspended]).refuses('WRONG_STATE');
  // A later agreement may have narrowed what the pool is for.
  const narrowed = [
    offered({ version: 2, purposes: { cofog: ['10'], text: 'Support' } }),
    signed('council', false, 2),
    signed('pct', true, 2),
  ];
  vire([['council', 1]], {}, [...given, ...narrowed]).refuses('PURPOSE_OUTSIDE_POOL');
  const fenced = [
    proposed(),
    pledged('council', 100_00, { fundingStreamId: 'ptb' }),
    confirmed(),
    pledged('pct'),
    confirmed('pct'),
    ...agreed(),
    opened,
    allocated(60_00),
  ];
  vire([['council', 1]], {}, [...fenced, beds(['10'])], { streams: { ptb: [stream()] } }).refuses(
    'RING_FENCE_BREACH',
  );
  vire([['council', 1]], {}, [...fenced, beds(['07.1'])], { streams: { ptb: [stream()] } }).then({
    type: 'FundsVired',
  });
  t.end();
});

const later = '2010-04-01';
const year = { financialYear: '2009-10' };
const said = (agencyId: string, done = false) =>
  happened('CarryForwardAgreed', { agencyId, ...year, agreed: done });
const settled = happened('YearSettled', year);

test('what is left of a year is carried forward by every contributor', (t) => {
  const spent = [...open(), paid(100_00), allocated(60_00), drawn(20_00)];
  const carry = (given: Givens = spent, agency = 'council', now = later, circumstances: World = {}) =>
    financeOfficer(t, given, circumstances, agency).at(now).when('CarryForward', year);
  t.same(
    carry().then({ type: 'CarryForwardAgreed', data: { agencyId: 'council', agreed: false } }).state.carrying,
    { '2009-10': ['council'] },
  );
  carry([...spent, said('council')]).nothing();
  // £80 in cash, £40 of it allocated; the other partner paid nothing in and has nothing in use.
  const { state } = carry([...spent, said('council')], 'pct').then(
    { type: 'CarryForwardAgreed', data: { agencyId: 'pct', agreed: true } },
    {
      type: 'CarriedForward',
      data: {
        ...pledgeOf('council'),
        toPledgeId: 'council-2010-11',
        toYear: '2010-11',
        pence: 80_00,
        paidInPence: 80_00,
        reservedPence: 0,
        allocatedPence: 40_00,
      },
    },
  );
  const figures = (p: Pledge) => [
    p.financialYear,
    p.pledged,
    p.confirmed,
    p.paidIn,
    p.reserved,
    p.allocated,
    p.drawn,
  ];
  t.same(figures(held(state.pledges, 'council')), ['2009-10', 20_00, 20_00, 20_00, 0, 20_00, 20_00]);
  t.same(figures(held(state.pledges, 'council-2010-11')), ['2010-11', 80_00, 80_00, 80_00, 0, 40_00, 0]);
  t.match(part(state.allocations, 'nurses'), {
    subBalances: { council: 20_00, 'council-2010-11': 40_00 },
    drawn: { council: 20_00 },
  });
  // What is allocated or reserved and not yet paid in is still owed.
  const owed = carry([
    ...open(),
    paid(30_00),
    allocated(60_00),
    reserved(['council', 10_00]),
    said('pct'),
  ]).then(
    { type: 'CarryForwardAgreed', data: { agreed: true } },
    {
      type: 'CarriedForward',
      data: { pence: 70_00, paidInPence: 30_00, reservedPence: 10_00, allocatedPence: 60_00 },
    },
  );
  t.same(figures(held(owed.state.pledges, 'council-2010-11')), [
    '2010-11',
    70_00,
    70_00,
    30_00,
    10_00,
    60_00,
    0,
  ]);
  t.match(part(owed.state.reservations, 'promise'), {
    subBalances: { council: 0, 'council-2010-11': 10_00 },
  });
  carry([...open({ legalBasis: 'aligned' }), allocated(60_00), drawn(20_00), said('pct')]).then(
    { type: 'CarryForwardAgreed' },
    { type: 'CarriedForward', data: { pence: 40_00, paidInPence: 0, allocatedPence: 40_00 } },
  );
  // An id that is taken is not used again.
  const taken = carry([
    ...spent,
    pledged('council', 5_00, { pledgeId: 'council-2010-11', financialYear: '2010-11' }),
    said('pct'),
  ]);
  taken.then(
    { type: 'CarryForwardAgreed' },
    { type: 'CarriedForward', data: { toPledgeId: 'council-2010-11-c' } },
  );
  // Money whose stream ends with the year stays, and is returned.
  const fenced = [
    proposed(),
    pledged('council', 100_00, { fundingStreamId: 'ptb' }),
    confirmed(),
    ...agreed(),
    opened,
    paid(100_00),
  ];
  const reaching = (to: string) =>
    carry(fenced, 'council', later, { streams: { ptb: [stream({ years: { from: '2009-10', to } })] } });
  reaching('2010-11').then({ type: 'CarryForwardAgreed' }, { type: 'CarriedForward' });
  reaching('2009-10').then({ type: 'CarryForwardAgreed', data: { agreed: true } });
  carry(spent, 'council', '2010-03-31').refuses('YEAR_NOT_OVER', /31 March 2010/);
  carry([...spent, settled]).refuses('YEAR_SETTLED');
  carry(spent, 'fire').refuses('NOT_A_CONTRIBUTOR');
  financeOfficer(t, spent)
    .at('2011-04-01')
    .when('CarryForward', { financialYear: '2010-11' })
    .refuses('YEAR_NOT_IN_POOL');
  carry([proposed(), pledged(), confirmed(), ...agreed({ years: ['2009-10'] }), opened]).refuses(
    'YEAR_NOT_IN_POOL',
    /covers 2010-11 first/,
  );
  carry(ready()).refuses('WRONG_STATE');
  t.end();
});

test('a settled year returns its cash, and the pool can close', (t) => {
  const settle = (given: Givens, now = later) => financeOfficer(t, given).at(now).when('SettleYear', year);
  const spent = [...open(), paid(100_00), allocated(60_00), drawn(60_00)];
  const back = happened('CashReturned', { ...pledgeOf('council'), pence: 40_00, paidInPence: 60_00 });
  const { state } = settle(spent).then(back, { type: 'YearSettled', data: year });
  t.match(state, { settled: ['2009-10'], pledges: { council: { paidIn: 60_00, drawn: 60_00 } } });
  settle(open()).then({ type: 'YearSettled' });
  settle([...spent, settled]).nothing();
  settle([...open(), allocated(1)]).refuses('MONEY_NOT_DRAWN');
  settle([...open(), reserved(['council', 1])]).refuses('MONEY_NOT_DRAWN');
  settle(spent, '2010-03-31').refuses('YEAR_NOT_OVER');
  financeOfficer(t, spent)
    .at(later)
    .when('SettleYear', { financialYear: '2008-09' })
    .refuses('YEAR_NOT_IN_POOL');
  financeOfficer(t, spent, {}, 'pct').at(later).when('SettleYear', year).refuses('ONLY_THE_MANAGER_SETTLES');
  seatHolder(t, open({ manager: 'pct' }))
    .at(later)
    .when('SettleYear', year)
    .then({ type: 'YearSettled' });
  chair(t, [...spent, back, settled])
    .when('ClosePool', data.ClosePool)
    .then({ type: 'PoolClosed' });
  chair(t, [...open(), reserved(['council', 1])])
    .when('ClosePool', data.ClosePool)
    .refuses('POOL_NOT_SETTLED', /reserved/);
  chair(t, spent)
    .when('ClosePool', data.ClosePool)
    .refuses('POOL_NOT_SETTLED', /Settle the years/);

  const over = [...open(), pledged('council', 5_00, { pledgeId: 'later' }), settled];
  financeOfficer(t, over).when('Pledge', data.Pledge).refuses('YEAR_SETTLED');
  financeOfficer(t, over).when('ConfirmPledge', { pledgeId: 'later', consent: true }).refuses('YEAR_SETTLED');
  financeOfficer(t, over).when('PayIn', data.PayIn).refuses('YEAR_SETTLED');
  durham(t, over).when('Allocate', data.Allocate).refuses('YEAR_SETTLED');
  const reserve = { commitmentId: 'promise', pence: 1, ...year, pledgeIds: ['council'] };
  durham(t, over)
    .as('system')
    .when('ReserveFunds', reserve)
    .then({ type: 'FundsReservationRefused', data: { code: 'YEAR_SETTLED' } });
  t.end();
});

test('a year that is not settled by 30 September stops the draws', (t) => {
  const next = [
    pledged('council', 50_00, { pledgeId: 'next', financialYear: '2010-11' }),
    happened('PledgeConfirmed', {
      ...confirmed('council', 50_00).data,
      pledgeId: 'next',
      financialYear: '2010-11',
    }),
  ];
  const cash = happened('CashPaidIn', {
    ...pledgeOf('council', false, 'next'),
    financialYear: '2010-11',
    pence: 50_00,
    paidInPence: 50_00,
    reference: 'BACS',
  });
  const given = [...open(), ...next, cash, allocated(50_00, 'next')];
  const spend = (now: string, ...more: Givens) =>
    financeOfficer(t, [...given, ...more])
      .at(now)
      .when('Draw', draw(1, 'next'));
  spend('2010-09-30').then({ type: 'FundsDrawn' });
  spend('2010-10-01').refuses('YEAR_NOT_SETTLED', /2009-10 was to be settled by 30 September 2010/);
  spend('2010-10-01', settled).then({ type: 'FundsDrawn' });
  t.end();
});

test('consent opens what moved with the pledge, and nothing that still holds money without consent', (t) => {
  const both = happened('FundsAllocated', {
    ...allocated(0).data,
    ...moves(['council', 10_00], ['pct', 20_00]),
    consented: false,
  });
  const given = [
    proposed(),
    pledged(),
    confirmed('council', 100_00, true),
    pledged('pct'),
    confirmed('pct'),
    ...agreed(),
    opened,
  ];
  const consent = (...more: Givens) =>
    financeOfficer(t, [...given, ...more], {}, 'pct').when('ConsentToDisclosure', { pledgeId: 'pct' });
  const figures = {
    pledgedPence: 100_00,
    confirmedPence: 100_00,
    paidInPence: 0,
    allocatedPence: 10_00,
    drawnPence: 0,
  };
  const { state } = consent(both).then({
    type: 'PledgeDisclosureConsented',
    data: {
      figures: { ...figures, allocatedPence: 20_00 },
      opened: {
        pledges: [{ pledgeId: 'council', figures, reservedPence: 0 }],
        allocations: [{ allocationId: 'nurses', pence: 30_00, drawnPence: 0 }],
      },
    },
  });
  t.notOk(held(state.pledges, 'council').hidden);
  t.notOk(held(state.allocations, 'nurses').hidden);
  // A third pledge without consent keeps it closed.
  const third = [
    pledged('pct', 100_00, { pledgeId: 'third' }),
    happened('PledgeConfirmed', { ...confirmed('pct').data, pledgeId: 'third' }),
  ];
  const three = happened('FundsAllocated', {
    ...both.data,
    ...moves(['council', 10_00], ['pct', 20_00], ['third', 1_00]),
  });
  const still = consent(...third, three).then({
    type: 'PledgeDisclosureConsented',
    data: { opened: { pledges: [], allocations: [] } },
  });
  t.equal(held(still.state.pledges, 'council').hidden, 'moves');
  // Nor does a reservation that was released and made again forget with whom it moved.
  const again = [
    ...third,
    reserved(['council', 1], ['third', 1]),
    unreserved(['council', 1], ['third', 1]),
    reserved(['council', 1], ['pct', 1]),
  ];
  consent(...again).then({ type: 'PledgeDisclosureConsented', data: { opened: { pledges: [] } } });
  consent(reserved(['council', 1], ['pct', 1])).then({
    type: 'PledgeDisclosureConsented',
    data: { reservedPence: 1, opened: { pledges: [{ pledgeId: 'council', reservedPence: 1 }] } },
  });
  t.end();
});

test('a partner that left pledges no more', (t) => {
  const notice = happened('ExitNoticeGiven', {
    agencyId: 'council',
    leavesOn: '2010-03-01',
    reason: 'Reorganised',
  });
  const pledge = (now: string) =>
    financeOfficer(t, [...open(), notice])
      .at(now)
      .when('Pledge', data.Pledge);
  pledge('2010-02-28').then({ type: 'PledgeMade' });
  pledge('2010-03-01').refuses('NOT_A_PARTNER', /left the pool on 1 March 2010/);
  t.end();
});

test('an agency pledges until its last day', (t) => {
  const pledge = (agency: string) =>
    financeOfficer(t, [proposed({ partners: ['council', agency] })], {}, agency).when('Pledge', data.Pledge);
  pledge('going').then({ type: 'PledgeMade' });
  pledge('gone').refuses('AGENCY_RETIRED');
  // What it pledged before becomes no contribution afterwards, nor does it sign for one.
  const confirm = (agency: string) =>
    financeOfficer(t, [proposed({ partners: ['council', agency] }), pledged(agency)], {}, agency).when(
      'ConfirmPledge',
      {
        pledgeId: agency,
        consent: true,
      },
    );
  confirm('going').then({ type: 'PledgeConfirmed' });
  confirm('gone').refuses('AGENCY_RETIRED', /successor/);
  const sign = (agency: string) =>
    financeOfficer(
      t,
      [proposed({ partners: ['council', agency] }), offered({ partners: ['council', agency] })],
      {},
      agency,
    ).when('SignAgreement', { agreementVersion: 1 });
  sign('going').then({ type: 'AgreementSigned' });
  sign('gone').refuses('AGENCY_RETIRED', /successor/);
  t.end();
});
