import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { nameOf } from '../../src/domain/kernel/naming.js';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { collaborative } from '../../src/domain/collaborative/index.js';
import { held, part } from '../../src/domain/kernel/parts.js';
import { holdsSeat, isChair, isPartner } from '../../src/domain/shared/seats.js';
import {
  coverage,
  disclosure,
  eventsFor,
  metaOf,
  spec,
  type EventDataFor,
  type GivenFor,
  type MoreFor,
} from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

type Given = GivenFor<typeof collaborative>;
type More<K extends keyof (typeof collaborative)['events']> = MoreFor<typeof collaborative, K>;
const happened = eventsFor(collaborative);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'agency') => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name,
    collection: name,
    initial: () => ({}),
    title: () => name,
    commands: {},
    events: {
      Stood: event(z.any(), { evolve: (s, d) => void Object.assign(s, d), describe: () => 'stood' }),
    },
  });
};
const stood = (data: object) => ({ type: 'Stood' as const, data });

const half = { n: 1, d: 2 };
const established = happened('CollaborativeEstablished', {
  placeId: 'durham',
  programmeId: 'tp',
  rule: { kind: 'consent' },
  quorum: half,
});
/** Seats are named after their agency, and held by its chief. */
const seat = (agencyId: string, kind = 'voting', account = `${agencyId}-chief`) => ({
  placeId: 'durham',
  seatId: agencyId,
  agencyId,
  account,
  kind,
});
const offered = (agencyId: string, kind?: string, account?: string) =>
  happened('SeatOffered', seat(agencyId, kind, account));
const accepted = (agencyId: string, kind?: string, account?: string) =>
  happened('SeatAccepted', seat(agencyId, kind, account));
const seated = (agencyId: string, kind?: string, account?: string): Given[] => [
  offered(agencyId, kind, account),
  accepted(agencyId, kind, account),
];
const vacated = (agencyId: string) => happened('SeatVacated', { ...seat(agencyId), reason: 'Retires' });
const suspended = (agencyId: string) =>
  happened('SeatSuspended', { ...seat(agencyId), reason: 'Under inquiry' });
const chaired = (agencyId = 'council') =>
  happened('ChairAppointed', { seatId: agencyId, agencyId, account: `${agencyId}-chief` });
const delegated = (to = 'deputy', more: More<'DelegateNominated'> = {}) =>
  happened('DelegateNominated', {
    agencyId: 'council',
    from: 'council-chief',
    to,
    startOn: '2009-09-01',
    endOn: '2009-11-30',
    ...more,
  });
const hash = 'a'.repeat(64);
const terms = happened('TermsAdopted', { hash });
const activated = happened('CollaborativeActivated');
const dissolved = happened('CollaborativeDissolved', { reason: 'Closed out' });

interface World {
  status?: string;
  champion?: string;
}
/** Durham on 1 September 2009, with agencies of several sectors; acted in by its secretariat. */
const world = (t: Test, circumstances: World = {}) => {
  let scene = spec(t, collaborative)
    .id('durham')
    .with(
      standing('programme'),
      'tp',
      stood({
        places: { durham: { name: 'Durham', kind: 'pilot', status: circumstances.status ?? 'enrolled' } },
      }),
    )
    .with(
      standing('place'),
      'durham',
      stood({
        programmeId: 'tp',
        ...(circumstances.champion ? { champion: { accountId: circumstances.champion } } : {}),
      }),
    );
  for (const [id, sector] of [
    ['council', 'council'],
    ['council-2', 'council'],
    ['council-3', 'council'],
    ['pct', 'nhs'],
    ['police', 'police'],
    ['fire', 'fire'],
    ['clg', 'department'],
  ] as const) {
    scene = scene.with(standing('agency'), id, stood({ status: 'registered', sector }));
  }
  return scene
    .with(standing('agency'), 'former', stood({ status: 'retired', sector: 'nhs', retiredOn: '2009-03-31' }))
    .as('secretariat', 'place:durham');
};
const durham = (t: Test, ...given: Given[]) => world(t).given(established, ...given);
const seatHolder = (t: Test, agencyId: string, account: string, ...given: Given[]) =>
  durham(t, ...given).as('seat-holder', `place:durham+agency:${agencyId}`, account);
const chair = (t: Test, ...given: Given[]) =>
  durham(t, ...seated('council'), chaired(), ...given).as(
    'chair',
    'place:durham+agency:council',
    'council-chief',
  );

test('a place has one collaborative', (t) => {
  const establish = (more: object = {}, circumstances: World = {}) =>
    world(t, circumstances).when('EstablishCollaborative', {
      placeId: 'durham',
      rule: { kind: 'consent' },
      quorum: half,
      ...more,
    });
  t.equal(
    collaborative.commands.EstablishCollaborative.id!({
      placeId: 'durham',
      rule: { kind: 'consent' },
      quorum: half,
    }),
    'durham',
  );
  const { state, access } = establish().then({
    type: 'CollaborativeEstablished',
    data: { programmeId: 'tp', quorum: half },
  });
  t.match(state, { status: 'forming', rule: { kind: 'consent' }, seats: {}, delegations: [] });
  t.match(access, { tier: 'programme', placeId: 'durham', programmeId: 'tp' });
  establish({}, { status: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  world(t)
    .when('EstablishCollaborative', { placeId: 'durham', rule: { kind: 'majority' }, quorum: half })
    .then({ type: 'CollaborativeEstablished' });
  durham(t)
    .when('EstablishCollaborative', { placeId: 'durham', rule: { kind: 'consent' }, quorum: half })
    .refuses('RECORD_EXISTS');
  world(t)
    .as('programme-office', 'programme:tp')
    .when('EstablishCollaborative', { placeId: 'durham', rule: { kind: 'consent' }, quorum: half })
    .refuses('NOT_ALLOWED');

  for (const [n, d] of [
    [1, 2],
    [50, 100],
    [2, 3],
    [1, 1],
    [100, 100],
  ])
    establish({ quorum: { n, d } }).then({ type: 'CollaborativeEstablished' });
  for (const [n, d] of [
    [49, 100],
    [1, 3],
    [49, 99],
    [3, 2],
    [100, 99],
  ])
    establish({ quorum: { n, d } }).refuses('QUORUM_OUT_OF_RANGE');
  for (const [n, d] of [
    [51, 100],
    [50, 99],
    [2, 3],
    [1, 1],
  ])
    establish({ rule: { kind: 'supermajority', n, d } }).then({ type: 'CollaborativeEstablished' });
  for (const [n, d] of [
    [1, 2],
    [50, 100],
    [1, 3],
    [3, 2],
  ])
    establish({ rule: { kind: 'supermajority', n, d } }).refuses('RULE_OUT_OF_RANGE');
  t.end();
});

test('seats are offered: one that votes for an agency, one for a person', (t) => {
  const offer = (agencyId: string, more: object = {}, given: Given[] = [], circumstances: World = {}) =>
    world(t, circumstances)
      .given(established, ...given)
      .when('OfferSeat', { seatId: 'new', agencyId, account: `${agencyId}-chief`, kind: 'voting', ...more });
  t.match(
    part(
      offer('pct').then({ type: 'SeatOffered', data: { placeId: 'durham', seatId: 'new', agencyId: 'pct' } })
        .state.seats,
      'new',
    ),
    { status: 'offered', account: 'pct-chief' },
  );
  offer('pct', {}, [], { status: 'withdrawn' }).refuses('PLACE_WITHDRAWN');
  offer('fire', { seatId: 'pct' }, [offered('pct')]).refuses('SEAT_EXISTS');
  offer('never').refuses('AGENCY_UNKNOWN');
  offer('former').refuses('AGENCY_RETIRED', /successor/);
  offer('pct', {}, [dissolved]).refuses('WRONG_STATE');
  seatHolder(t, 'pct', 'pct-chief')
    .when('OfferSeat', { seatId: 'new', agencyId: 'pct', account: 'a', kind: 'voting' })
    .refuses('NOT_ALLOWED');

  offer('clg').refuses('OBSERVERS_ONLY');
  offer('clg', { kind: 'observer' }).then({ type: 'SeatOffered', data: { kind: 'observer' } });
  offer('pct', {}, [], { champion: 'pct-chief' }).refuses('OBSERVERS_ONLY');
  offer('clg', { kind: 'observer' }, [], { champion: 'clg-chief' }).then({ type: 'SeatOffered' });

  const second = { account: 'somebody' };
  for (const given of [[offered('pct')], seated('pct'), [...seated('pct'), suspended('pct')]]) {
    offer('pct', second, given).refuses('AGENCY_HAS_SEAT');
    offer('fire', { account: 'pct-chief' }, given).refuses('PERSON_HAS_SEAT');
    offer('pct', { ...second, kind: 'observer' }, given).then({ type: 'SeatOffered' });
  }
  offer('pct', second, [...seated('pct'), vacated('pct')]).then({ type: 'SeatOffered' });
  offer('fire', { account: 'pct-chief' }, [...seated('pct'), vacated('pct')]).then({ type: 'SeatOffered' });
  offer('pct', {}, seated('pct', 'observer')).then({ type: 'SeatOffered' });
  t.end();
});

test('the person a seat was offered to accepts it', (t) => {
  const accept = (agencyId: string, account: string, ...given: Given[]) =>
    seatHolder(t, agencyId, account, ...given).when('AcceptSeat', { seatId: 'pct' });
  const { state } = accept('pct', 'pct-chief', offered('pct')).then({
    type: 'SeatAccepted',
    data: seat('pct'),
  });
  t.ok(isPartner(state, 'pct'));
  t.ok(holdsSeat(state, 'pct', 'pct-chief', '2009-09-01'));
  t.notOk(holdsSeat(state, 'fire', 'pct-chief', '2009-09-01'));
  accept('pct', 'pct-chief', ...seated('pct')).nothing();
  accept('pct', 'pct-chief').refuses('SEAT_UNKNOWN');
  accept('pct', 'somebody', offered('pct')).refuses('ONLY_THE_PERSON_OFFERED');
  accept('fire', 'pct-chief', offered('pct')).refuses('ONLY_THE_PERSON_OFFERED');
  for (const gone of [vacated('pct'), suspended('pct')])
    accept('pct', 'pct-chief', ...seated('pct'), gone).refuses('SEAT_NOT_OFFERED', /offered again/);
  seatHolder(t, 'former', 'former-chief', offered('former'))
    .when('AcceptSeat', { seatId: 'former' })
    .refuses('AGENCY_RETIRED');
  durham(t, offered('clg', 'observer'))
    .as('official', 'agency:clg', 'clg-chief')
    .when('AcceptSeat', { seatId: 'clg' })
    .then({ type: 'SeatAccepted' });
  durham(t, offered('clg', 'observer'))
    .as('champion', 'place:durham', 'clg-chief')
    .when('AcceptSeat', { seatId: 'clg' })
    .then({ type: 'SeatAccepted' });
  durham(t, offered('clg', 'observer'))
    .as('champion', 'place:kent', 'clg-chief')
    .when('AcceptSeat', { seatId: 'clg' })
    .refuses('NOT_ALLOWED');
  t.end();
});

test('a seat is offered to a new holder', (t) => {
  const replace = (account: string, seatId: string, ...given: Given[]) =>
    durham(t, ...given).when('ReplaceHolder', { seatId, account });
  const { state } = replace('new-chief', 'pct', ...seated('pct')).then({
    type: 'SeatHolderReplaced',
    data: { account: 'new-chief', from: 'pct-chief' },
  });
  t.match(part(state.seats, 'pct'), { account: 'new-chief', status: 'offered' });
  replace('pct-chief', 'pct', offered('pct')).nothing();
  replace('pct-chief', 'pct', ...seated('pct')).nothing();
  for (const gone of [vacated('pct'), suspended('pct')])
    t.equal(
      held(
        replace('pct-chief', 'pct', ...seated('pct'), gone).then({ type: 'SeatHolderReplaced' }).state.seats,
        'pct',
      ).status,
      'offered',
      'a seat that is not held is offered again',
    );
  replace('new-chief', 'never').refuses('SEAT_UNKNOWN');
  replace('council-chief', 'pct', ...seated('pct'), ...seated('council')).refuses('PERSON_HAS_SEAT');
  replace('new-chief', 'pct', ...seated('pct'), vacated('pct'), {
    type: 'SeatOffered',
    data: { ...seat('pct', 'voting', 'other'), seatId: 'pct-2' },
  }).refuses('AGENCY_HAS_SEAT');
  replace('new-chief', 'former', offered('former')).refuses('AGENCY_RETIRED');
  replace('new-chief', 'never', offered('never')).refuses('AGENCY_UNKNOWN');
  world(t, { champion: 'new-chief' })
    .given(established, ...seated('pct'))
    .when('ReplaceHolder', { seatId: 'pct', account: 'new-chief' })
    .refuses('OBSERVERS_ONLY');

  const left = replace('new-chief', 'council', ...seated('council'), chaired(), delegated()).then({
    type: 'SeatHolderReplaced',
  }).state;
  t.equal(left.chair, undefined, 'the chair does not pass with the seat');
  t.equal(left.chairVacantSince, '2009-09-01');
  t.notOk(isChair(left, 'new-chief'));
  t.same(left.delegations, [], 'nor do the delegations of the holder before');
  t.end();
});

test('a seat is vacated, and the chair with it', (t) => {
  const data = { seatId: 'council', reason: 'Retires' };
  const given = [
    ...seated('council'),
    ...seated('pct'),
    chaired(),
    delegated(),
    delegated('pct-deputy', { agencyId: 'pct', from: 'pct-chief' }),
  ];
  const { state } = seatHolder(t, 'council', 'council-chief', ...given)
    .when('VacateSeat', data)
    .then({ type: 'SeatVacated', data: { ...seat('council'), reason: 'Retires' } });
  t.equal(held(state.seats, 'council').status, 'vacated');
  t.equal(state.chair, undefined);
  t.equal(state.chairVacantSince, '2009-09-01');
  t.notOk(isChair(state, 'council-chief'));
  t.notOk(isPartner(state, 'council'));
  t.match(state.delegations, [{ to: 'pct-deputy' }]);
  t.equal(state.delegations.length, 1);
  const other = seatHolder(t, 'pct', 'pct-chief', ...given)
    .when('VacateSeat', { ...data, seatId: 'pct' })
    .then({ type: 'SeatVacated' }).state;
  t.equal(other.chair, 'council');
  const again = durham(t, ...given, vacated('council'))
    .when('AppointChair', { seatId: 'pct' })
    .then({ type: 'ChairAppointed' }).state;
  t.equal(again.chairVacantSince, undefined);
  t.ok(isChair(again, 'pct-chief'));

  durham(t, ...given)
    .when('VacateSeat', data)
    .then({ type: 'SeatVacated' });
  durham(t, ...given, vacated('council'))
    .when('VacateSeat', data)
    .nothing();
  durham(t).when('VacateSeat', data).refuses('SEAT_UNKNOWN');
  seatHolder(t, 'council', 'somebody', ...given)
    .when('VacateSeat', data)
    .refuses('ONLY_THE_PERSON_OFFERED');
  durham(t, ...seated('clg', 'observer'))
    .as('official', 'agency:clg', 'clg-chief')
    .when('VacateSeat', { seatId: 'clg', reason: 'Moves' })
    .then({ type: 'SeatVacated' });
  const both = durham(t, ...seated('council'), delegated(), {
    type: 'SeatOffered',
    data: { ...seat('council', 'observer'), seatId: 'watch' },
  });
  t.equal(
    both.when('VacateSeat', { seatId: 'watch', reason: 'Has a vote' }).then({ type: 'SeatVacated' }).state
      .delegations.length,
    1,
    'an observer’s seat carries no delegation',
  );
  t.end();
});

test('a chair who leaves is owed by the place within 10 working days, until there is one or no collaborative', (t) => {
  const due = (e: NewEvent) =>
    aggregateNamed(collaborative.name).events[e.type]!.due?.(
      e.data,
      metaOf(collaborative, 'durham', e.type, 9, '2009-09-01T09:00:00.000Z', {
        account: 'a',
        role: 'secretariat',
      }),
    ) ?? [];
  const given = [...seated('council'), ...seated('pct'), chaired()];
  const vacancy = [
    {
      open: 'orphan',
      key: 'chair',
      place: 'durham',
      owedBy: [{ kind: 'place', id: 'durham' }],
      deed: `Appoint a chair in ${nameOf.place('durham')}`,
      workingDays: 10,
    },
  ];
  for (const [command, rest] of [
    ['VacateSeat', { reason: 'Retires' }],
    ['ReplaceHolder', { account: 'new-chief' }],
  ] as const) {
    const left = (seatId: string) => durham(t, ...given).whenAny(command, { seatId, ...rest });
    const type = command === 'VacateSeat' ? 'SeatVacated' : 'SeatHolderReplaced';
    left('council').then({ type, data: { wasChair: true } });
    left('pct').then({ type, data: { wasChair: undefined } });
    const data = {
      ...seat('council'),
      ...rest,
      ...(type === 'SeatHolderReplaced' ? { from: 'council-chief' } : {}),
    };
    t.same(due({ type, data: { ...data, wasChair: true } }), vacancy, `${command} of the chair`);
    t.same(due({ type, data }), [], `${command} of another seat, or of before it was recorded`);
  }
  t.same(due(chaired()), [{ close: 'orphan', key: 'chair' }]);
  t.same(due(dissolved), [{ close: '*' }]);
  t.end();
});

test('the chair suspends a seat', (t) => {
  const data = { seatId: 'pct', reason: 'Under inquiry' };
  const { state } = chair(t, ...seated('pct'))
    .when('SuspendSeat', data)
    .then({ type: 'SeatSuspended', data: { ...seat('pct'), reason: 'Under inquiry' } });
  t.notOk(isPartner(state, 'pct'));
  t.notOk(holdsSeat(state, 'pct', 'pct-chief', '2009-09-01'));
  const named = delegated('pct-deputy', { agencyId: 'pct', from: 'pct-chief' });
  const without = chair(t, ...seated('pct'), named)
    .when('SuspendSeat', data)
    .then({ type: 'SeatSuspended' }).state;
  t.notOk(holdsSeat(without, 'pct', 'pct-deputy', '2009-09-01'), 'nobody acts for a suspended seat');
  for (const given of [
    [offered('pct')],
    [...seated('pct'), suspended('pct')],
    [...seated('pct'), vacated('pct')],
  ])
    chair(t, ...given)
      .when('SuspendSeat', data)
      .refuses('SEAT_IS_NOT_HELD');
  chair(t).when('SuspendSeat', data).refuses('SEAT_UNKNOWN');
  chair(t, ...seated('pct'))
    .as('chair', 'place:durham+agency:pct', 'pct-chief')
    .when('SuspendSeat', data)
    .refuses('NOT_A_SEAT_HOLDER');
  for (const gone of [vacated('council'), suspended('council')])
    chair(t, ...seated('pct'), gone)
      .when('SuspendSeat', data)
      .refuses('NOT_A_SEAT_HOLDER');
  durham(t, ...seated('pct'))
    .when('SuspendSeat', data)
    .refuses('NOT_ALLOWED');
  t.end();
});

test('the deputy takes the chair when the chair leaves, and the place owes none', (t) => {
  const three = [...seated('council'), ...seated('pct'), ...seated('police'), chaired()];
  const deputy = (agencyId = 'pct') =>
    happened('DeputyAppointed', { seatId: agencyId, agencyId, account: `${agencyId}-chief` });
  const appoint = (seatId: string, ...given: Given[]) =>
    durham(t, ...given).when('AppointDeputy', { seatId });
  t.equal(appoint('pct', ...three).then(deputy()).state.deputy, 'pct');
  appoint('pct', ...three, deputy()).nothing();
  t.equal(
    appoint('police', ...three, deputy()).then(deputy('police')).state.deputy,
    'police',
    'one at a time',
  );
  appoint('council', ...three).refuses('DEPUTY_NEEDS_VOTING_SEAT', /another one than the chair/);
  appoint('none', ...three).refuses('DEPUTY_NEEDS_VOTING_SEAT');
  for (const given of [
    [offered('fire')],
    seated('fire', 'observer'),
    [...seated('fire'), suspended('fire')],
    [...seated('fire'), vacated('fire')],
  ])
    appoint('fire', ...three, ...given).refuses('DEPUTY_NEEDS_VOTING_SEAT');
  appoint('pct', ...seated('council'), ...seated('pct')).refuses('CHAIR_VACANT', /Appoint the chair/);
  appoint('pct', ...three, vacated('council')).refuses('CHAIR_VACANT');
  appoint('pct', ...three, dissolved).refuses('WRONG_STATE');
  durham(t, ...three)
    .as('chair', 'place:durham+agency:council', 'council-chief')
    .when('AppointDeputy', { seatId: 'pct' })
    .refuses('NOT_ALLOWED');

  const due = (e: NewEvent) =>
    aggregateNamed(collaborative.name).events[e.type]!.due?.(
      e.data,
      metaOf(collaborative, 'durham', e.type, 9, '2009-09-01T09:00:00.000Z', {
        account: 'a',
        role: 'secretariat',
      }),
    ) ?? [];
  const takes = happened('ChairAppointed', {
    seatId: 'pct',
    agencyId: 'pct',
    account: 'pct-chief',
    wasDeputy: true,
  });
  t.match(
    aggregateNamed('collaborative').events.ChairAppointed!.describe(takes.data, {} as never),
    /passed the chair to the deputy, the seat-holder of .*pct/,
  );
  for (const [command, type, rest] of [
    ['VacateSeat', 'SeatVacated', { reason: 'Retires' }],
    ['ReplaceHolder', 'SeatHolderReplaced', { account: 'new-chief' }],
    ['SuspendSeat', 'SeatSuspended', { reason: 'Under inquiry' }],
  ] as const) {
    const leaves = (seatId: string, ...given: Given[]) =>
      command === 'SuspendSeat'
        ? durham(t, ...three, ...given)
            .as('chair', 'place:durham+agency:council', 'council-chief')
            .whenAny(command, { seatId, ...rest })
        : durham(t, ...three, ...given).whenAny(command, { seatId, ...rest });
    const { state } = leaves('council', deputy()).then(
      { type, data: { wasChair: true, deputySeatId: 'pct' } },
      takes,
    );
    t.ok(isChair(state, 'pct-chief'), command);
    t.notOk(isChair(state, 'council-chief'));
    t.match(
      state,
      { chair: 'pct', deputy: undefined, chairVacantSince: undefined },
      'who is chair is deputy no longer',
    );
    const data = {
      ...seat('council'),
      ...rest,
      ...(type === 'SeatHolderReplaced' ? { from: 'council-chief' } : {}),
      wasChair: true,
    };
    t.same(due({ type, data: { ...data, deputySeatId: 'pct' } }), [], 'nothing is vacant');
    // Without one the chair is vacant; a deputy who left is none.
    const left =
      type === 'SeatHolderReplaced'
        ? happened(type, { ...seat('pct'), from: 'pct-chief', account: 'pct-new' })
        : happened(type, { ...seat('pct'), reason: 'Retires' });
    for (const given of [[], [deputy(), left]]) {
      const vacant = leaves('council', ...given).then({
        type,
        data: { wasChair: true, deputySeatId: undefined },
      }).state;
      t.match(vacant, { chair: undefined, deputy: undefined, chairVacantSince: '2009-09-01' }, command);
    }
    t.match(due({ type, data }), [{ open: 'orphan', key: 'chair', workingDays: 10 }]);
    const other = leaves('police', deputy()).then({ type, data: { wasChair: undefined } }).state;
    t.match(other, { chair: 'council', deputy: 'pct' }, 'another who leaves changes neither');
    t.match(leaves('pct', deputy()).then({ type }).state, { chair: 'council', deputy: undefined });
  }
  t.match(
    durham(t, ...three, deputy())
      .when('AppointChair', { seatId: 'pct' })
      .then(chaired('pct')).state,
    { chair: 'pct', deputy: undefined },
  );
  t.match(
    durham(t, ...three, deputy())
      .when('AppointChair', { seatId: 'police' })
      .then(chaired('police')).state,
    { chair: 'police', deputy: 'pct' },
  );
  // A chair's own suspension of before it was said to be the chair's left the chair where it was.
  t.equal(
    durham(t, ...three, suspended('council'))
      .when('AppointSecretary', { account: 'lead' })
      .then({ type: 'SecretaryAppointed' }).state.chair,
    'council',
  );
  t.end();
});

test('chair, secretary and terms', (t) => {
  const appoint = (...given: Given[]) => durham(t, ...given).when('AppointChair', { seatId: 'council' });
  const { state } = appoint(...seated('council')).then({
    type: 'ChairAppointed',
    data: { seatId: 'council', agencyId: 'council', account: 'council-chief' },
  });
  t.equal(state.chair, 'council');
  t.ok(isChair(state, 'council-chief'));
  appoint(...seated('council'), chaired()).nothing();
  for (const given of [
    [],
    [offered('council')],
    seated('council', 'observer'),
    [...seated('council'), suspended('council')],
    [...seated('council'), vacated('council')],
  ])
    appoint(...given).refuses('CHAIR_NEEDS_VOTING_SEAT');

  t.equal(
    durham(t)
      .when('AppointSecretary', { account: 'lead' })
      .then({ type: 'SecretaryAppointed', data: { account: 'lead' } }).state.secretary,
    'lead',
  );
  durham(t, { type: 'SecretaryAppointed', data: { account: 'lead' } })
    .when('AppointSecretary', { account: 'lead' })
    .nothing();
  t.equal(
    durham(t).when('AdoptTerms', { termsHash: hash }).then({ type: 'TermsAdopted', data: { hash } }).state
      .terms,
    hash,
  );
  durham(t, terms).when('AdoptTerms', { termsHash: hash }).nothing();
  t.end();
});

test('a holder names a delegate for 90 days at most', (t) => {
  const data = { to: 'deputy', startOn: '2009-10-01', endOn: '2009-12-30' };
  const nominate = (more: object = {}, account = 'council-chief', ...given: Given[]) =>
    seatHolder(t, 'council', account, ...seated('council'), ...given).when('NominateDelegate', {
      ...data,
      ...more,
    });
  // The last day is at most 90 days after the first.
  const { state } = nominate().then({
    type: 'DelegateNominated',
    data: { agencyId: 'council', from: 'council-chief', ...data },
  });
  nominate({ endOn: '2009-12-31' }).refuses('CANNOT_DELEGATE', /2009-12-30/);
  t.same(
    ['2009-09-30', '2009-10-01', '2009-12-30', '2009-12-31'].map((on) =>
      holdsSeat(state, 'council', 'deputy', on),
    ),
    [false, true, true, false],
  );
  t.notOk(holdsSeat(state, 'pct', 'deputy', '2009-10-01'));
  nominate({ endOn: '2009-10-01' }).then({ type: 'DelegateNominated' });
  nominate({ endOn: '2009-09-30' }).refuses('CANNOT_DELEGATE');
  nominate({ startOn: '2009-08-01', endOn: '2009-09-01' }).then({ type: 'DelegateNominated' });
  nominate({ startOn: '2009-08-01', endOn: '2009-08-31' }).refuses('CANNOT_DELEGATE');
  chair(t).when('NominateDelegate', data).then({ type: 'DelegateNominated' });

  nominate({ to: 'pct-chief' }, undefined, offered('pct')).refuses('CANNOT_DELEGATE', /without one/);
  nominate({ to: 'council-chief' }).refuses('CANNOT_DELEGATE');
  nominate({ to: 'watcher' }, undefined, offered('pct', 'observer', 'watcher')).refuses(
    'CANNOT_DELEGATE',
    /without one/,
  );
  nominate({ to: 'official' }, undefined, ...seated('clg', 'observer', 'official')).refuses(
    'OBSERVERS_ONLY',
    /own agency/,
  );
  for (const [to, ok] of [
    ['the-champion', false],
    ['deputy', true],
  ] as const) {
    const named = world(t, { champion: 'the-champion' })
      .given(established, ...seated('council'))
      .as('seat-holder', 'place:durham+agency:council', 'council-chief')
      .when('NominateDelegate', { ...data, to });
    if (ok) named.then({ type: 'DelegateNominated' });
    else named.refuses('OBSERVERS_ONLY', /[Cc]hampions/);
  }
  nominate({ to: 'pct-chief' }, undefined, ...seated('pct'), vacated('pct')).then({
    type: 'DelegateNominated',
  });
  nominate({ to: 'third' }, 'deputy', delegated()).refuses('CANNOT_DELEGATE', /again/);
  nominate(
    { to: 'third' },
    'deputy',
    delegated('deputy', { endOn: '2009-08-31', startOn: '2009-08-01' }),
  ).refuses('ONLY_SEAT_HOLDERS_DELEGATE');
  nominate({}, 'somebody').refuses('ONLY_SEAT_HOLDERS_DELEGATE');
  seatHolder(t, 'council', 'council-chief', offered('council'))
    .when('NominateDelegate', data)
    .refuses('ONLY_SEAT_HOLDERS_DELEGATE');
  seatHolder(t, 'council', 'council-chief', ...seated('council', 'observer'))
    .when('NominateDelegate', data)
    .refuses('ONLY_SEAT_HOLDERS_DELEGATE');

  const delegationEndedBy = (agencyId: string, account: string, to = 'deputy') =>
    seatHolder(t, agencyId, account, ...seated('council'), ...seated('pct'), delegated()).when(
      'EndDelegation',
      {
        to,
      },
    );
  t.same(
    delegationEndedBy('council', 'council-chief').then({
      type: 'DelegationEnded',
      data: { agencyId: 'council', to: 'deputy' },
    }).state.delegations,
    [],
  );
  delegationEndedBy('council', 'council-chief', 'never').nothing();
  delegationEndedBy('pct', 'pct-chief').nothing();
  delegationEndedBy('council', 'somebody').refuses('NOT_A_SEAT_HOLDER');
  t.end();
});

test('a rule changes only by a decision carried under the old one', (t) => {
  const terms = { rule: { kind: 'majority' as const }, quorum: { n: 2, d: 3 } };
  const authorises = { command: 'ChangeRule', record: 'collaborative-durham', terms };
  const old = { rule: { kind: 'consent' as const }, quorum: half };
  const decided = (scene: ReturnType<typeof world>, more: object = {}, allows: object = {}) =>
    scene.decided('new-rule', 'durham', [{ ...authorises, ...allows }], { ...old, ...more });
  const change = (scene: ReturnType<typeof world>, more: object = {}) =>
    scene.when('ChangeRule', { ...terms, decisionId: 'new-rule', ...more });
  const { state, usedDecisions } = change(decided(durham(t))).then({
    type: 'RuleChanged',
    data: { from: old, to: terms, decisionId: 'new-rule' },
  });
  t.match(state, terms);
  t.same(usedDecisions, ['new-rule']);
  change(decided(chair(t, activated))).then({ type: 'RuleChanged' });
  change(durham(t)).refuses('DECISION_NOT_CARRIED');
  change(decided(durham(t), { status: 'not-carried' })).refuses('DECISION_NOT_CARRIED');
  change(decided(durham(t), { placeId: 'kent' })).refuses('DECISION_NOT_CARRIED', /no such decision/);
  change(decided(durham(t)), { quorum: { n: 1, d: 1 } }).refuses('DECISION_DOES_NOT_MATCH');
  change(decided(durham(t), {}, { record: 'collaborative-kent' })).refuses('DECISION_DOES_NOT_MATCH');
  change(decided(durham(t), { rule: { kind: 'supermajority', n: 2, d: 3 } })).refuses(
    'RULE_CHANGE_NEEDS_DECISION',
    /another rule/,
  );
  change(decided(durham(t), { quorum: { n: 1, d: 1 } })).refuses('RULE_CHANGE_NEEDS_DECISION');
  const changed = (from: EventDataFor<typeof collaborative, 'RuleChanged'>['from'], to: typeof from) =>
    happened('RuleChanged', { from, to, decisionId: 'new-rule' });
  change(decided(durham(t, changed(old, terms)))).nothing();
  change(
    decided(
      durham(t, changed(old, terms), {
        type: 'RuleChanged',
        data: { from: terms, to: old, decisionId: 'back' },
      }),
    ),
  ).refuses('DECISION_ALREADY_USED');
  change(decided(durham(t)), { quorum: { n: 1, d: 3 } }).refuses('QUORUM_OUT_OF_RANGE');
  change(decided(durham(t)), { rule: { kind: 'supermajority', n: 1, d: 2 } }).refuses('RULE_OUT_OF_RANGE');
  change(decided(durham(t)).as('chair', 'place:durham+agency:council', 'not-the-chair')).refuses(
    'NOT_A_SEAT_HOLDER',
  );
  change(decided(durham(t, dissolved))).refuses('WRONG_STATE');
  t.end();
});

test('activation needs three agencies, two sectors, a council, a chair and terms', (t) => {
  const three = [...seated('council'), ...seated('pct'), ...seated('police')];
  const activate = (...given: Given[]) => durham(t, ...given).when('ActivateCollaborative');
  t.equal(
    activate(...three, chaired(), terms).then({ type: 'CollaborativeActivated' }).state.status,
    'active',
  );
  activate().refuses(
    'COLLABORATIVE_INCOMPLETE',
    /3 more agencies, a second sector, a council, a chair, adopted terms/,
  );
  activate(...seated('council'), ...seated('pct'), offered('police'), chaired(), terms).refuses(
    'COLLABORATIVE_INCOMPLETE',
    /needs 1 more agency\.$/,
  );
  // Observers lead nothing: neither their number nor their sector counts, nor that one is a council.
  activate(...seated('council'), ...seated('pct'), ...seated('police', 'observer'), chaired(), terms).refuses(
    'COLLABORATIVE_INCOMPLETE',
    /needs 1 more agency\.$/,
  );
  activate(
    ...seated('council'),
    ...seated('council-2'),
    ...seated('council-3'),
    ...seated('pct', 'observer'),
    chaired(),
    terms,
  ).refuses('COLLABORATIVE_INCOMPLETE', /needs a second sector\.$/);
  activate(
    ...seated('fire'),
    ...seated('pct'),
    ...seated('police'),
    ...seated('council', 'observer'),
    chaired('fire'),
    terms,
  ).refuses('COLLABORATIVE_INCOMPLETE', /needs a council\.$/);
  activate(...seated('council'), ...seated('council-2'), ...seated('council-3'), chaired(), terms).refuses(
    'COLLABORATIVE_INCOMPLETE',
    /needs a second sector\.$/,
  );
  activate(...seated('fire'), ...seated('pct'), ...seated('police'), chaired('fire'), terms).refuses(
    'COLLABORATIVE_INCOMPLETE',
    /needs a council\.$/,
  );
  activate(...three, terms).refuses('COLLABORATIVE_INCOMPLETE', /needs a chair\.$/);
  activate(...three, ...seated('fire'), chaired('fire'), vacated('fire'), terms).refuses(
    'COLLABORATIVE_INCOMPLETE',
    /needs a chair\.$/,
  );
  activate(...three, chaired()).refuses('COLLABORATIVE_INCOMPLETE', /needs adopted terms of reference\.$/);
  activate(...three, chaired(), terms, activated).refuses('WRONG_STATE');
  world(t, { status: 'withdrawn' })
    .given(established, ...three, chaired(), terms)
    .when('ActivateCollaborative')
    .refuses('PLACE_WITHDRAWN');
  const asChair = (account: string) =>
    durham(t, ...three, chaired(), terms)
      .as('chair', 'place:durham+agency:council', account)
      .when('ActivateCollaborative');
  asChair('council-chief').then({ type: 'CollaborativeActivated' });
  asChair('pct-chief').refuses('NOT_A_SEAT_HOLDER');
  t.end();
});

test('a collaborative is dissolved', (t) => {
  const data = { reason: 'The place has closed out' };
  t.equal(
    durham(t).when('DissolveCollaborative', data).then({ type: 'CollaborativeDissolved', data }).state.status,
    'dissolved',
  );
  chair(t, activated).when('DissolveCollaborative', data).then({ type: 'CollaborativeDissolved' });
  chair(t, activated, vacated('council')).when('DissolveCollaborative', data).refuses('NOT_A_SEAT_HOLDER');
  durham(t, dissolved).when('DissolveCollaborative', data).refuses('WRONG_STATE');
  durham(t, dissolved).when('AppointSecretary', { account: 'lead' }).refuses('WRONG_STATE');
  t.end();
});

test('a collaborative is opened to everybody by its own decision', async (t) =>
  disclosure(t, collaborative, [established], { placeId: 'durham' }));

test('every command and refusal has been shown', async (t) => coverage(t, collaborative));
