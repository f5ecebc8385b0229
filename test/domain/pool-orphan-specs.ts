// Specs of pledges that nobody answers for any more; pool.test.ts runs them with its own.
import { test } from 'tap';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { held, part } from '../../src/domain/kernel/parts.js';
import { pool } from '../../src/domain/pool/index.js';
import { metaOf, type MoreFor } from './spec.js';
import {
  agreed,
  agreement,
  allocated,
  chair,
  closed,
  confirmed,
  data,
  draw,
  drawn,
  durham,
  financeOfficer,
  pledgeOf,
  offered,
  open,
  opened,
  orphaned,
  paid,
  pledged,
  proposed,
  ready,
  reserved,
  signed,
  suspended,
  happened,
  type Givens,
  type World,
} from './pool-world.js';
import { aggregateNamed } from '../../src/domain/registry.js';

const left: World = { councilSeat: 'vacated' };
const ended = (because: string, more: MoreFor<typeof pool, 'PledgeOrphanEnded'> = {}) =>
  happened('PledgeOrphanEnded', { ...pledgeOf('council'), because, ...more });
const settled = happened('YearSettled', { financialYear: '2009-10' });
const aligned = { legalBasis: 'aligned' };

test('an agency leaves the table: each of its pledges that owes something is orphaned, once', (t) => {
  const look = (given: Givens, circumstances: World = left) =>
    durham(t, given, circumstances).as('system').when('OrphanPledges', { agencyId: 'council' });
  const { state } = look(open()).then(orphaned());
  t.match(part(state.pledges, 'council'), { orphanedOn: '2009-09-01', orphanCause: 'seat-left' });
  t.notOk(held(state.pledges, 'pct').orphanedOn, 'the other agency’s is not');
  for (const given of [
    [proposed(), pledged()],
    [...open(), suspended],
    [...open(), paid(99_99)],
  ])
    look(given).then(orphaned());
  const next = { pledgeId: 'next', financialYear: '2010-11' };
  look([proposed(), pledged(), pledged('council', 1, next)]).then(orphaned(), {
    type: 'PledgeOrphaned',
    data: next,
  });

  const withdrawn = happened('PledgeWithdrawn', { ...pledgeOf('council'), reason: 'Cut' });
  for (const given of [
    [],
    [...open(), orphaned()],
    [...open(), paid(100_00)],
    [proposed(), pledged(), withdrawn],
    [...open(), settled],
    [...ready(), closed],
  ])
    look(given).nothing();
  // In an aligned pool, which holds no cash, what is spent is what it gives.
  look([...open(aligned), allocated(), drawn(99_99)]).then(orphaned());
  look([...open(aligned), allocated(), drawn(100_00)]).nothing();

  // Still of the place, or waiting for the next holder of the seat; a place that was withdrawn settles
  // nothing.
  for (const councilSeat of ['accepted', 'offered', 'suspended']) look(open(), { councilSeat }).nothing();
  look(open(), { ...left, durham: { accountableBodyId: 'council' } }).nothing();
  look(open(), { ...left, place: 'withdrawn' }).nothing();
  look(open(), { council: { status: 'retired', retiredOn: '2010-03-31' } }).then({
    type: 'PledgeOrphaned',
    data: { cause: 'agency-retired' },
  });
  t.end();
});

test('an agency is at the table again: its pledges are its own', (t) => {
  const back = (given: Givens, circumstances: World = {}) =>
    durham(t, given, circumstances).as('system').when('OrphanPledges', { agencyId: 'council' });
  const { state } = back([...open(), orphaned()]).then(ended('seated-again'));
  t.notOk(held(state.pledges, 'council').orphanedOn);
  t.notOk(held(state.pledges, 'council').orphanCause);
  back([...open(), orphaned()], { council: { status: 'retired', retiredOn: '2009-03-31' } }).nothing();
  back([...open(), orphaned('pct')]).nothing();
  t.end();
});

test('that something is owed is open only where the figures are', (t) => {
  const look = (given: Givens) =>
    durham(t, given, left).as('system').when('OrphanPledges', { agencyId: 'council' });
  const given = [
    proposed(),
    pledged(),
    confirmed('council', 100_00, true),
    pledged('pct'),
    confirmed('pct'),
    ...agreed(),
    opened,
  ];
  const both = happened('FundsAllocated', {
    ...allocated(1).data,
    subBalances: ['council', 'pct'].map((pledgeId) => ({ pledgeId, pence: 1 })),
    consented: false,
  });
  look(given).then(orphaned('council', true));
  look([...given, both]).then(orphaned('council', false));
  t.end();
});

test('an agency that left still pays in what it owes, and nothing else', (t) => {
  const afterLeaving = (...more: Givens) => financeOfficer(t, [...open(), ...more], left);
  const pay = (pence: number, ...more: Givens) =>
    afterLeaving(...more).when('PayIn', { pledgeId: 'council', pence, reference: 'BACS 2' });
  pay(40_00, orphaned()).then({ type: 'CashPaidIn', data: { paidInPence: 40_00 } });
  t.notOk(
    held(
      pay(60_00, paid(40_00), orphaned()).then(
        { type: 'CashPaidIn', data: { paidInPence: 100_00 } },
        ended('kept'),
      ).state.pledges,
      'council',
    ).orphanedOn,
  );
  pay(40_00).refuses('NOT_A_PARTNER');
  pay(60_01, paid(40_00), orphaned()).refuses('PAID_IN_FULL');
  financeOfficer(t, [...open(), orphaned('pct')], left)
    .when('PayIn', { ...data.PayIn, pledgeId: 'pct' })
    .refuses('NOT_OWN_PLEDGE', /^Only the agency that pledged/);
  const before: Givens = [...ready(), orphaned()];
  financeOfficer(t, before, left).when('ReducePledge', data.ReducePledge).refuses('NOT_A_PARTNER');
  financeOfficer(t, [proposed(), pledged(), orphaned()], left)
    .when('WithdrawPledge', data.WithdrawPledge)
    .refuses('NOT_A_PARTNER');
  t.end();
});

test('the chair releases a pledge that nobody answers for', (t) => {
  const release = (given: Givens, circumstances: World = {}) =>
    chair(t, given, circumstances).when('ReleasePledge', data.ReleasePledge);
  const back = release([proposed(), pledged(), orphaned()]).then({
    type: 'PledgeWithdrawn',
    data: { ...pledgeOf('council'), reason: 'Left' },
  });
  t.match(part(back.state.pledges, 'council'), { status: 'withdrawn', orphanedOn: undefined });
  for (const given of [ready(), open(), [...open(), suspended]])
    release([...given, orphaned()]).then(
      {
        type: 'PledgeReduced',
        data: { ...pledgeOf('council'), fromPence: 100_00, toPence: 0, reason: 'Left' },
      },
      ended('reduced'),
    );
  // What was paid in stays, and what is in use within it.
  const used = [...open(), paid(60_00), orphaned()];
  t.equal(
    held(
      release([...used, allocated(60_00)]).then(
        { type: 'PledgeReduced', data: { toPence: 60_00 } },
        ended('reduced'),
      ).state.pledges,
      'council',
    ).confirmed,
    60_00,
  );
  release([...used, allocated(60_01)]).refuses(
    'PLEDGE_IN_USE',
    /^£0\.01 of it is allocated or reserved beyond/,
  );
  release([...used, reserved(['council', 60_01])]).refuses('PLEDGE_IN_USE');
  release([...open(aligned), allocated(60_00), drawn(60_00), orphaned()]).then(
    { type: 'PledgeReduced', data: { toPence: 60_00 } },
    ended('reduced'),
  );
  release([...open(aligned), allocated(60_00), drawn(59_99), orphaned()]).refuses('PLEDGE_IN_USE');

  release(open()).refuses('PLEDGE_NOT_ORPHANED');
  release([...open(), orphaned(), ended('kept')]).refuses('PLEDGE_NOT_ORPHANED');
  release([proposed()]).refuses('PLEDGE_UNKNOWN');
  release([...ready(), orphaned(), closed]).refuses('WRONG_STATE');
  release([...open(), orphaned()], { place: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  release([...open(), orphaned()], left).refuses('NOT_A_SEAT_HOLDER');
  financeOfficer(t, [...open(), orphaned()])
    .when('ReleasePledge', data.ReleasePledge)
    .refuses('NOT_ALLOWED');
  t.end();
});

test('what ends an obligation ends that it is to be settled', (t) => {
  // A retired agency that has its seat still acts for itself.
  const reduce = (toPence: number) =>
    financeOfficer(t, [...ready(), paid(40_00), orphaned()]).when('ReducePledge', {
      pledgeId: 'council',
      toPence,
      reason: 'Cut',
    });
  reduce(40_01).then({ type: 'PledgeReduced' });
  reduce(40_00).then({ type: 'PledgeReduced' }, ended('reduced'));
  const version = (toPence: number) =>
    agreement({ version: 2, reductions: [{ pledgeId: 'council', toPence }] });
  const sign = (toPence: number) =>
    financeOfficer(
      t,
      [...open(), orphaned(), offered(version(toPence)), signed('council', false, 2)],
      {},
      'pct',
    ).when('SignAgreement', { agreementVersion: 2 });
  sign(1).then({ type: 'AgreementSigned' }, { type: 'PledgeReduced' });
  sign(0).then({ type: 'AgreementSigned' }, { type: 'PledgeReduced' }, ended('reduced'));
  const spend = (pence: number, basis: object) =>
    financeOfficer(t, [
      ...open(basis),
      ...(basis === aligned ? [] : [paid(60_00)]),
      allocated(),
      drawn(40_00),
      orphaned(),
    ]).when('Draw', draw(pence));
  spend(59_99, aligned).then({ type: 'FundsDrawn' });
  spend(60_00, aligned).then({ type: 'FundsDrawn' }, ended('kept'));
  spend(20_00, {}).then({ type: 'FundsDrawn' });
  t.end();
});

test('the year ends while a pledge is orphaned', (t) => {
  const after = (given: Givens, command: string) =>
    financeOfficer(t, given).at('2010-04-01').whenAny(command, { financialYear: '2009-10' });
  const unconfirmed = [
    pledged('council', 5_00, { pledgeId: 'late' }),
    happened('PledgeOrphaned', { ...orphaned().data, pledgeId: 'late' }),
  ];
  after([...open(), ...unconfirmed, orphaned()], 'SettleYear').then(
    settled,
    ended('year-settled'),
    ended('year-settled', { pledgeId: 'late' }),
  );
  const agreedByPct = happened('CarryForwardAgreed', {
    agencyId: 'pct',
    financialYear: '2009-10',
    agreed: false,
  });
  const carry = (...more: Givens) => after([...open(), ...more, orphaned(), agreedByPct], 'CarryForward');
  const next = happened('PledgeOrphaned', {
    ...orphaned().data,
    pledgeId: 'council-2010-11',
    financialYear: '2010-11',
  });
  // £60 of £100 is allocated, £20 paid in: £40 is owed there, £40 here.
  const { state } = carry(paid(20_00), allocated(60_00)).then(
    { type: 'CarryForwardAgreed' },
    { type: 'CarriedForward', data: { pence: 60_00 } },
    next,
  );
  t.match(state.pledges, {
    council: { orphanCause: 'seat-left' },
    'council-2010-11': { orphanedOn: '2010-04-01' },
  });
  carry(paid(20_00), allocated(100_00)).then(
    { type: 'CarryForwardAgreed' },
    { type: 'CarriedForward' },
    next,
    ended('carried-forward'),
  );
  t.notOk(
    held(
      carry(paid(20_00)).then(
        { type: 'CarryForwardAgreed' },
        { type: 'CarriedForward', data: { pence: 20_00 } },
      ).state.pledges,
      'council-2010-11',
    ).orphanedOn,
    'what is paid in owes nothing',
  );
  t.end();
});

test('an orphaned pledge is due of the place in twenty working days, and waits for no confirmation', (t) => {
  const due = (e: NewEvent) =>
    aggregateNamed(pool.name).events[e.type]!.due?.(
      e.data,
      metaOf(pool, 'alcohol', e.type, 1, '2009-09-01T09:00:00.000Z', {
        account: 'system:orphan-guard',
        role: 'system',
      }),
    );
  t.match(due(orphaned()), [
    { stop: 'pledge', key: 'council' },
    {
      open: 'orphan',
      key: 'council',
      place: 'durham',
      owedBy: [{ kind: 'place', id: 'durham' }],
      workingDays: 20,
    },
  ]);
  t.same(due(ended('kept')), [{ close: 'orphan', key: 'council' }]);
  t.same(due(ended('seated-again')), [
    { close: 'orphan', key: 'council' },
    { resume: 'pledge', key: 'council' },
  ]);
  t.end();
});
