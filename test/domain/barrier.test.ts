import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { nameOf } from '../../src/domain/kernel/naming.js';
import { flag, type NewEvent } from '../../src/domain/kernel/types.js';
import { barrier } from '../../src/domain/barrier/index.js';
import { heldTo, type BarrierState } from '../../src/domain/barrier/state.js';
import { commitment } from '../../src/domain/commitment/index.js';
import { held } from '../../src/domain/kernel/parts.js';
import { coverage, disclosure, eventsFor, load, metaOf, spec, type GivenFor, type MoreFor } from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

type Given = GivenFor<typeof barrier>;

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'collaborative' | 'agency' | 'waiver' | 'account') => {
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
        access: (d) =>
          typeof d.placeId === 'string'
            ? { tier: d.tier ?? 'members', placeId: d.placeId, programmeId: 'tp' }
            : {},
      }),
    },
  });
};
const happened = eventsFor(barrier);
const stood = (data: object) => ({ type: 'Stood' as const, data });

const described = {
  placeId: 'durham',
  programmeId: 'tp',
  kind: 'guidance',
  statement: 'Three forms',
  effectOnResidents: 'They wait',
};
const recorded = happened('BarrierRecorded', { ...described, triageDueOn: '2009-06-15' });
const triaged = (locus = 'whitehall') =>
  happened('BarrierTriaged', { ...described, locus, reason: 'Their rule', struck: [], asks: [] });
const kindOf = (id: string) => (['dwp', 'dh'].includes(id) ? 'department' : 'partner');
const proposed = (agencyId = 'dwp', answerDueOn = '2009-09-10') =>
  happened('OwnerProposed', {
    agencyId,
    placeId: 'durham',
    kind: kindOf(agencyId),
    acceptanceDueOn: '2009-09-03',
    answerDueOn,
  });
const accepted = (agencyId = 'dwp', next = 'owned') =>
  happened('OwnershipAccepted', { agencyId, placeId: 'durham', next });
const declined = (agencyId = 'dwp') =>
  happened('OwnershipDeclined', { agencyId, placeId: 'durham', reason: 'Not ours' });
const answered = (position: string, more: object = {}, agencyId = 'dwp') => {
  const next = position === 'will-not' ? 'answered' : position === 'need-evidence' ? 'owned' : 'in-action';
  return happened('BarrierAnswered', {
    agencyId,
    placeId: 'durham',
    kind: kindOf(agencyId),
    position,
    next,
    ...(next === 'in-action' ? { dueOn: '2009-10-30' } : {}),
    ...more,
  });
};
const answeredWillNot = answered('will-not', { reason: 'No', official: 'Jane Doe' });
const asksEvidence = answered('need-evidence', {
  evidenceNeeded: ['Cases'],
  evidenceDueOn: '2009-09-10',
  leftDays: 7,
});
const escalated = (rung: string, dueOn = '2009-09-08', agencyId = 'dwp') =>
  happened('BarrierEscalated', {
    agencyId,
    kind: 'department',
    placeId: 'durham',
    rung,
    from: 'owner',
    cause: 'will-not',
    dueOn,
  });
const directed = (rung: string, agencyId = 'dwp') =>
  happened('BarrierDirected', {
    agencyId,
    placeId: 'durham',
    kind: kindOf(agencyId),
    rung,
    direction: 'Agree',
    official: 'Jane Doe',
    answerDueOn: '2009-09-08',
  });
const joined = (placeId: string) => happened('BarrierJoined', { placeId, localEffect: 'Same here' });
const claimed = happened('RemovalClaimed', {
  agencyId: 'dwp',
  placeId: 'durham',
  evidence: ['Circular'],
  joined: ['durham'],
  confirmBy: '2009-09-08',
  silentUntil: '2009-09-15',
});
const confirmed = (placeId: string) => happened('RemovalConfirmed', { placeId });
const removed = happened('BarrierRemoved', { unconfirmed: false, joined: ['durham'] });
const costed = happened('BarrierCosted', {
  agencyId: 'council',
  pence: 100,
  evidence: 'Posts',
  consent: false,
});

const atTriaged = [recorded, triaged()];
const atProposed = [...atTriaged, proposed()];
const atOwned = [...atProposed, accepted()];
const inAction = [...atOwned, answered('will-remove')];
const atClaimed = [...inAction, joined('gateshead'), joined('kent'), claimed];

interface World {
  status?: string;
  /** A joined place that is no longer enrolled. */
  gone?: string;
  champion?: object | undefined;
  given?: Given[];
}
/**
 * Durham, Gateshead and Kent in one programme; chairs are `chair-1`, and Durham's council seat is
 * `seat-holder-1`'s.
 */
const durham = (t: Test, ...given: Given[]) => world(t, { given });
const world = (t: Test, circumstances: World) => {
  const places = Object.fromEntries(
    ['durham', 'gateshead', 'kent'].map((id) => [
      id,
      {
        name: id,
        kind: 'pilot',
        status: circumstances.gone === id ? 'withdrawn' : (circumstances.status ?? 'enrolled'),
      },
    ]),
  );
  let scene = spec(t, barrier)
    .id('forms')
    .given(...(circumstances.given ?? []))
    .with(standing('programme'), 'tp', stood({ places, endOn: '2010-03-31' }))
    .as('secretariat', 'place:durham');
  for (const id of Object.keys(places)) {
    const champion =
      'champion' in circumstances ? circumstances.champion : { accountId: 'champion-1', departmentId: 'dh' };
    scene = scene
      .with(
        standing('place'),
        id,
        stood({ programmeId: 'tp', accountableBodyId: 'council', ...(champion ? { champion } : {}) }),
      )
      .with(
        standing('collaborative'),
        id,
        stood({
          chair: 's1',
          delegations: [],
          seats: {
            s1: { seatId: 's1', agencyId: 'pct', account: 'chair-1', kind: 'voting', status: 'accepted' },
            s2: {
              seatId: 's2',
              agencyId: 'council',
              account: 'seat-holder-1',
              kind: 'voting',
              status: 'accepted',
            },
          },
        }),
      );
  }
  const agencies: [string, string, string][] = [
    ['dwp', 'registered', 'department'],
    ['dh', 'registered', 'department'],
    ['council', 'registered', 'council'],
    ['pct', 'registered', 'nhs'],
    ['kcc', 'registered', 'council'],
    ['old', 'retired', 'department'],
    ['nobody', 'none', 'other'],
  ];
  for (const [id, status, sector] of agencies)
    scene = scene.with(
      standing('agency'),
      id,
      stood({ status, sector, ...(status === 'retired' ? { retiredOn: '2009-03-31' } : {}) }),
    );
  return scene;
};
const councilSeat = 'place:durham+agency:council';
const chairSeat = 'place:durham+agency:pct';
const record = {
  placeId: 'durham',
  kind: 'guidance',
  statement: 'Three forms',
  effectOnResidents: 'They wait',
};

test('a barrier is recorded, and triage is due in ten working days', async (t) => {
  const { state, access } = durham(t)
    .when('RecordBarrier', record)
    .then({ type: 'BarrierRecorded', data: { programmeId: 'tp', triageDueOn: '2009-09-15' } });
  t.match(state, { status: 'raised', joined: { durham: {} } });
  t.match(access, { tier: 'members', placeId: 'durham', programmeId: 'tp' });
  durham(t).as('contributor', councilSeat).when('RecordBarrier', record).then({ type: 'BarrierRecorded' });
  durham(t).as('official', 'agency:dwp').when('RecordBarrier', record).refuses('NOT_ALLOWED');
});

test('triage as whitehall or joint opens the record to the programme; local stays with the members', async (t) => {
  const ask = { askId: 'one', remedy: 'One form', detail: 'Only one', dueOn: '2009-10-01' };
  const open = durham(t, recorded, happened('RemedyAsked', ask))
    .when('Triage', { locus: 'whitehall', reason: 'Their rule' })
    .then({
      type: 'BarrierTriaged',
      data: { statement: 'Three forms', effectOnResidents: 'They wait', asks: [ask] },
    });
  t.equal(open.access.tier, 'programme');
  t.equal(
    durham(t, recorded).when('Triage', { locus: 'joint', reason: 'Both' }).then({ type: 'BarrierTriaged' })
      .access.tier,
    'programme',
  );
  t.equal(
    durham(t, recorded).when('Triage', { locus: 'local', reason: 'Ours' }).then({ type: 'BarrierTriaged' })
      .access.tier,
    'members',
  );
  durham(t, recorded)
    .when('Triage', { locus: 'local', reason: 'Ours' })
    .needsVersion(false)
    .then({ type: 'BarrierTriaged' });
  durham(t, ...atTriaged)
    .when('Triage', { locus: 'whitehall', reason: 'Again' })
    .needsVersion(false)
    .nothing();
  const again = durham(t, ...atProposed)
    .when('Triage', { locus: 'local', reason: 'Ours after all' })
    .needsVersion(true)
    .then({ type: 'BarrierTriaged', data: { from: 'whitehall', struck: ['dwp'] } });
  t.same(again.state.owners, {});
});

test('owners fit the locus, and their clocks start when they are proposed', async (t) => {
  durham(t, ...atTriaged)
    .when('ProposeOwner', { agencyIds: ['dwp', 'dh'] })
    .then(
      {
        type: 'OwnerProposed',
        data: {
          agencyId: 'dwp',
          kind: 'department',
          acceptanceDueOn: '2009-09-15',
          answerDueOn: '2009-09-29',
        },
      },
      { type: 'OwnerProposed' },
    );
  durham(t, ...atProposed)
    .when('ProposeOwner', { agencyIds: ['dwp'] })
    .nothing();
  durham(t, recorded, triaged('joint'))
    .when('ProposeOwner', { agencyIds: ['dwp', 'council'] })
    .then({ type: 'OwnerProposed' }, { type: 'OwnerProposed', data: { kind: 'partner' } });
  durham(t, recorded, triaged('local'))
    .when('ProposeOwner', { agencyIds: ['council'] })
    .then({ type: 'OwnerProposed' });
  for (const [locus, ids] of [
    ['whitehall', ['council']],
    ['local', ['dwp']],
    ['local', ['kcc']],
    ['joint', ['dwp']],
    ['joint', ['council']],
    ['joint', ['dwp', 'dh', 'council']],
  ] as const) {
    durham(t, recorded, triaged(locus))
      .when('ProposeOwner', { agencyIds: ids })
      .refuses('OWNER_DOES_NOT_FIT_LOCUS');
  }
  durham(t, ...atTriaged)
    .when('ProposeOwner', { agencyIds: ['nobody'] })
    .refuses('AGENCY_UNKNOWN');
  durham(t, ...atTriaged)
    .when('ProposeOwner', { agencyIds: ['old'] })
    .refuses('AGENCY_RETIRED');
  durham(t, recorded)
    .when('ProposeOwner', { agencyIds: ['dwp'] })
    .refuses('WRONG_STATE');
});

test('owners accept or decline, each for itself', async (t) => {
  const department = (...given: Given[]) => durham(t, ...given).as('official', 'agency:dwp');
  t.equal(
    department(...atProposed)
      .when('AcceptOwnership')
      .then({ type: 'OwnershipAccepted', data: { next: 'owned' } }).state.status,
    'owned',
  );
  department(...atProposed, proposed('dh'))
    .when('AcceptOwnership')
    .then({ type: 'OwnershipAccepted', data: { next: 'triaged' } });
  department(...atOwned)
    .when('AcceptOwnership')
    .nothing();
  department(...atTriaged)
    .when('AcceptOwnership')
    .refuses('NOT_OWNER');
  department(...atProposed, declined())
    .when('AcceptOwnership')
    .refuses('NOT_OWNER');
  durham(t, recorded, triaged('local'), proposed('council'))
    .as('seat-holder', councilSeat)
    .when('AcceptOwnership')
    .then({ type: 'OwnershipAccepted' });
  durham(t, ...atProposed)
    .as('seat-holder', councilSeat)
    .when('DeclineOwnership', { reason: 'No' })
    .refuses('NOT_OWNER');
  t.equal(
    held(
      department(...atProposed)
        .when('DeclineOwnership', { reason: 'Not ours', suggests: 'dh' })
        .then({ type: 'OwnershipDeclined' }).state.owners,
      'dwp',
    ).struck,
    true,
  );
  department(...atProposed, accepted('dwp', 'triaged'))
    .when('DeclineOwnership', { reason: 'No' })
    .refuses('ALREADY_ACCEPTED');
});

test('an owner names who handles a barrier, and another in their place', async (t) => {
  const department = (...given: Given[]) => durham(t, ...given).as('official', 'agency:dwp');
  const names = (account: string, ...given: Given[]) =>
    department(...given).when('AssignHandler', { account });
  const handled = happened('HandlerAssigned', { agencyId: 'dwp', account: 'post.desk' });
  const handler = (given: Given[]) =>
    held(
      department(...given)
        .when('AcceptOwnership')
        .then({ type: 'OwnershipAccepted' }).state.owners,
      'dwp',
    ).handler;
  t.equal(
    held(
      names('post.desk', ...atProposed).then({ type: 'HandlerAssigned', data: { account: 'post.desk' } })
        .state.owners,
      'dwp',
    ).handler,
    'post.desk',
  );
  t.equal(handler([...atProposed, handled]), 'post.desk');
  names('post.desk', ...atProposed, handled).nothing();
  names('post.desk-2', ...atProposed, handled).then({ type: 'HandlerAssigned', data: { from: 'post.desk' } });
  names('post.desk', ...atTriaged).refuses('NOT_OWNER');
  t.equal(
    held(load(barrier, 'one', [...atProposed, handled, declined()]).state.owners, 'dwp').handler,
    undefined,
    'with its ownership it ends',
  );
  const after = (given: Given) =>
    held(load(barrier, 'one', [...atProposed, handled, given]).state.owners, 'dwp').handler;
  t.equal(after(asksEvidence), 'post.desk', 'who asks for evidence handles it still');
  t.equal(after(answered('will-remove')), undefined, 'answered, it is handled');
  t.equal(after(answeredWillNot), undefined);
  names('post.desk', ...atProposed, handled, answered('will-remove')).then({
    type: 'HandlerAssigned',
    data: { account: 'post.desk', from: undefined },
  });
});

test('who handles a barrier for an agency is of that agency, where the log says who is', async (t) => {
  const account = standing('account');
  const grant = (agencyId: string, until = '2009-12-31') => ({
    role: 'official',
    agencyId,
    until,
    status: 'approved',
  });
  const holder = (held: object) => stood({ status: 'active', grants: { held } });
  const dwp = (...given: Given[]) =>
    durham(t, ...atProposed, ...given)
      .with(account, 'official-1', holder(grant('dwp')))
      .with(account, 'colleague', holder(grant('dwp')))
      .with(account, 'other', holder(grant('dh')))
      .with(account, 'former', holder(grant('dwp', '2009-08-31')))
      .as('official', 'agency:dwp');
  dwp().when('AssignHandler', { account: 'colleague' }).then({ type: 'HandlerAssigned' });
  for (const stranger of ['other', 'former', 'nobody'])
    dwp()
      .when('AssignHandler', { account: stranger })
      .refuses('NOT_OF_THE_AGENCY', /acts for .*dwp/);
  const elsewhere = durham(t, ...atProposed)
    .with(account, 'other', holder(grant('dh')))
    .as('official', 'agency:dwp');
  elsewhere.when('AssignHandler', { account: 'other' }).then({ type: 'HandlerAssigned' });
});

test('an answer is prepared by one of an owner’s people and given by another', async (t) => {
  const department = (...given: Given[]) => durham(t, ...given).as('official', 'agency:dwp');
  const answer = { position: 'will-pilot' as const, measure: 'One form' };
  const written = department(...atProposed)
    .when('PrepareAnswer', answer)
    .then({ type: 'AnswerPrepared', data: { agencyId: 'dwp', answer } });
  t.match(held(written.state.owners, 'dwp').prepared, { answer });
  t.equal(written.state.status, 'triaged', 'nothing is answered yet');
  const prepared = {
    event: happened('AnswerPrepared', { agencyId: 'dwp', answer }),
    by: { account: 'post.desk', role: 'official' as const, agency: 'dwp' },
  };
  const given = department(...atProposed, prepared)
    .when('Respond', { ...answer, dueOn: '2010-03-01' })
    .then({ type: 'BarrierAnswered', data: { preparedBy: 'post.desk', position: 'will-pilot' } });
  t.equal(held(given.state.owners, 'dwp').prepared, undefined, 'given, it is prepared no more');
  department(...atProposed, prepared)
    .when('Respond', { ...answer, position: 'will-remove', dueOn: '2010-03-01' })
    .then({ type: 'BarrierAnswered', data: { preparedBy: undefined, position: 'will-remove' } });
  department(...atProposed, answered('will-remove'))
    .when('PrepareAnswer', answer)
    .refuses('WRONG_STATE');
  department(...atProposed, proposed('dh'), answered('will-remove', { next: 'triaged' }))
    .when('PrepareAnswer', answer)
    .refuses('ALREADY_ANSWERED');
  department(...atTriaged)
    .when('PrepareAnswer', answer)
    .refuses('NOT_OWNER');
});

test('an answer needs what its position needs', async (t) => {
  const department = (...given: Given[]) => durham(t, ...given).as('official', 'agency:dwp');
  const will = { position: 'will-remove', dueOn: '2010-03-31' };
  t.equal(
    department(...atProposed)
      .when('Respond', will)
      .then({ type: 'BarrierAnswered', data: { next: 'in-action', dueOn: '2010-03-31' } }).state.status,
    'in-action',
  );
  department(...atOwned)
    .when('Respond', { ...will, dueOn: '2010-04-01' })
    .refuses('DUE_AFTER_PROGRAMME');
  const waived = (w: object) =>
    department(...atOwned)
      .with(
        standing('waiver'),
        'w1',
        stood({
          status: 'granted',
          rule: 'DUE_AFTER_PROGRAMME',
          tier: 'programme',
          placeId: 'durham',
          until: '2010-06-30',
          ...w,
        }),
      )
      .when('Respond', { ...will, dueOn: '2010-04-01', waiverId: 'w1' });
  waived({}).then({ type: 'BarrierAnswered', data: { dueOn: '2010-04-01', waiverId: 'w1' } });
  for (const other of [
    { rule: 'EXTENSION_TOO_LONG' },
    { placeId: 'kent' },
    { record: 'barrier-other' },
    { until: '2009-08-31' },
  ])
    waived(other).refuses('WAIVER_DOES_NOT_APPLY');
  department(...atOwned)
    .when('Respond', { position: 'will-pilot' })
    .refuses('DUE_REQUIRED');
  department(...atOwned)
    .when('Respond', { ...will, dueOn: '2009-08-31' })
    .refuses('DUE_REQUIRED');
  department(...atOwned)
    .when('Respond', { position: 'will-not', official: 'Jane Doe' })
    .refuses('REASON_REQUIRED');
  department(...atOwned)
    .when('Respond', { position: 'will-not', reason: 'No' })
    .refuses('REASON_REQUIRED');
  department(...atOwned)
    .when('Respond', { position: 'will-not', reason: 'No', official: 'Jane Doe' })
    .then({ type: 'BarrierAnswered', data: { next: 'answered' } });
  department(...atOwned, proposed('dh'), accepted('dh'), answered('will-remove', { next: 'owned' }))
    .when('Respond', will)
    .refuses('ALREADY_ANSWERED');
  department(...atOwned, proposed('dh'), accepted('dh'))
    .when('Respond', will)
    .then({ type: 'BarrierAnswered', data: { next: 'owned' } });
  durham(t, ...atOwned)
    .as('official', 'agency:dh')
    .when('Respond', will)
    .refuses('NOT_OWNER');
  const ask = { position: 'need-evidence', evidenceNeeded: ['Cases'] };
  // From 1 to 10 September there are seven working days left.
  t.equal(
    held(
      department(...atOwned)
        .when('Respond', ask)
        .then({ type: 'BarrierAnswered', data: { next: 'owned', leftDays: 7, evidenceDueOn: '2009-09-15' } })
        .state.owners,
      'dwp',
    ).evidenceAsked,
    1,
  );
  department(...atOwned)
    .when('Respond', { position: 'need-evidence' })
    .refuses('EVIDENCE_LIST_REQUIRED');
  department(...atOwned, asksEvidence)
    .when('Respond', ask)
    .refuses('EVIDENCE_LOOP');
  const supplied = happened('EvidenceSupplied', {
    placeId: 'durham',
    evidence: 'Cases',
    waiting: [{ agencyId: 'dwp', answerDueOn: '2009-09-10' }],
  });
  department(...atOwned, asksEvidence, supplied)
    .when('Respond', ask)
    .then({ type: 'BarrierAnswered' });
  department(...atOwned, asksEvidence, supplied, asksEvidence, supplied)
    .when('Respond', ask)
    .refuses('EVIDENCE_LOOP');
  const last = [...atOwned, answeredWillNot, escalated('ministerial-group'), directed('ministerial-group')];
  t.equal(
    department(...last)
      .when('Respond', { position: 'will-not', reason: 'No', official: 'Jane Doe' })
      .then({ type: 'BarrierAnswered' }, { type: 'BarrierRefused' }).state.status,
    'refused',
  );
});

test('evidence gives the owner the days that were left', async (t) => {
  durham(t, ...atOwned, asksEvidence)
    .when('SupplyEvidence', { placeId: 'durham', evidence: 'Cases' })
    .then({ type: 'EvidenceSupplied', data: { waiting: [{ agencyId: 'dwp', answerDueOn: '2009-09-10' }] } });
  durham(t, ...atOwned, asksEvidence)
    .when('SupplyEvidence', { placeId: 'durham', evidence: 'Cases', agencyId: 'dwp' })
    .then({ type: 'EvidenceSupplied', data: { waiting: [{ agencyId: 'dwp' }] } });
  durham(t, ...atOwned, asksEvidence)
    .when('SupplyEvidence', { placeId: 'durham', evidence: 'Cases', agencyId: 'dh' })
    .refuses('EVIDENCE_NOT_ASKED', /dh does not wait/);
  durham(t, ...atOwned)
    .when('SupplyEvidence', { placeId: 'durham', evidence: 'Cases' })
    .refuses('EVIDENCE_NOT_ASKED', /No owner waits/);
  // Where nobody waits it is said before its author has named anybody.
  durham(t, ...atOwned)
    .when('SupplyEvidence', { placeId: 'durham', evidence: 'Cases', agencyId: 'dwp' })
    .refuses('EVIDENCE_NOT_ASKED', /No owner waits/);
});

test('costs are private unless their agency opens them', async (t) => {
  const cost = { pence: 100, evidence: 'Posts', consent: false };
  const seat = (...given: Given[]) => durham(t, ...given).as('seat-holder', councilSeat);
  seat(recorded)
    .when('CostBarrier', cost)
    .needsVersion(false)
    .then({ type: 'BarrierCosted', data: { agencyId: 'council' } });
  seat(recorded, costed).when('CostBarrier', cost).needsVersion(false).nothing();
  for (const other of [{ pence: 200 }, { evidence: 'Other posts' }, { consent: true }])
    seat(recorded, costed)
      .when('CostBarrier', { ...cost, ...other })
      .needsVersion(true)
      .then({ type: 'BarrierCosted', data: other });
  // Another agency's figure is not replaced.
  durham(t, recorded, costed)
    .as('finance-officer', 'agency:pct')
    .when('CostBarrier', cost)
    .needsVersion(false)
    .then({ type: 'BarrierCosted' });
  durham(t, recorded, joined('kent'))
    .as('seat-holder', 'place:kent+agency:council')
    .when('CostBarrier', cost)
    .then({ type: 'BarrierCosted' });
  durham(t, recorded)
    .as('finance-officer', 'agency:pct')
    .when('CostBarrier', cost)
    .then({ type: 'BarrierCosted' });
  durham(t, recorded)
    .as('finance-officer', 'agency:kcc')
    .when('CostBarrier', cost)
    .refuses('NOT_OF_THE_PLACE');
  durham(t, recorded, costed)
    .as('finance-officer', 'agency:kcc')
    .when('DiscloseBarrierCost')
    .refuses('NOT_OF_THE_PLACE');
  seat(recorded).when('DiscloseBarrierCost').refuses('COST_UNKNOWN');
  const opened = happened('BarrierCostDisclosed', { agencyId: 'council', pence: 100, evidence: 'Posts' });
  seat(recorded, costed, opened)
    .when('DiscloseBarrierCost')
    .refuses('CONSENT_STANDS', /open already/);
  t.equal(
    held(
      seat(recorded, costed)
        .when('DiscloseBarrierCost')
        .then({ type: 'BarrierCostDisclosed', data: { pence: 100 } }).state.costs,
      'council',
    ).consented,
    true,
  );
  t.equal(flag(barrier.events.BarrierCosted!.private, cost), true);
  t.equal(flag(barrier.events.BarrierCosted!.private, { ...cost, consent: true }), false);
});

test('places join and leave, and ask', async (t) => {
  const kent = (...given: Given[]) => durham(t, ...given).as('secretariat', 'place:kent');
  const join = { placeId: 'kent', localEffect: 'Same here' };
  kent(...atTriaged)
    .when('JoinBarrier', join)
    .then({ type: 'BarrierJoined' });
  kent(...atTriaged, joined('kent'))
    .when('JoinBarrier', join)
    .nothing();
  durham(t, ...atTriaged)
    .when('JoinBarrier', join)
    .refuses('NOT_ALLOWED');
  kent(...atTriaged, joined('kent'))
    .when('LeaveBarrier', { placeId: 'kent', reason: 'Solved' })
    .then({ type: 'BarrierLeft' });
  durham(t, ...atTriaged)
    .when('LeaveBarrier', { placeId: 'durham', reason: 'Solved' })
    .refuses('RAISER_STAYS');
  kent(...inAction, joined('kent'), claimed, confirmed('durham'))
    .when('LeaveBarrier', { placeId: 'kent', reason: 'Solved' })
    .then({ type: 'BarrierLeft' }, { type: 'BarrierRemoved' });
  // What was merged is waited for where it went; leaving it ends that, for the place that raised it too.
  const merged = happened('BarrierMerged', {
    into: 'other',
    joined: ['durham', 'kent'],
    reason: 'Same rule',
  });
  kent(...atTriaged, joined('kent'), merged)
    .when('LeaveBarrier', { placeId: 'kent', reason: 'Solved' })
    .then({ type: 'BarrierLeft' });
  durham(t, ...atTriaged, joined('kent'), merged)
    .when('LeaveBarrier', { placeId: 'durham', reason: 'Solved' })
    .then({ type: 'BarrierLeft' });
  kent(...atTriaged, merged)
    .when('LeaveBarrier', { placeId: 'kent', reason: 'Solved' })
    .refuses('NOT_JOINED');
  kent(...atTriaged, merged)
    .when('JoinBarrier', join)
    .refuses('WRONG_STATE', /merged/);
  const ask = { askId: 'one', remedy: 'One form', detail: 'Only one', dueOn: '2009-09-01' };
  durham(t, recorded).when('Ask', ask).then({ type: 'RemedyAsked' });
  durham(t, recorded)
    .when('Ask', { ...ask, dueOn: '2009-08-31' })
    .refuses('DUE_IN_PAST');
  durham(t, recorded, happened('RemedyAsked', ask)).when('Ask', ask).refuses('ASK_EXISTS');
});

test('escalation goes one rung at a time, and only when due', async (t) => {
  const byDepartment = { agencyId: 'dwp' };
  durham(t, ...atOwned)
    .at('2009-09-10')
    .when('Escalate', byDepartment)
    .refuses('ESCALATION_NOT_DUE');
  durham(t, ...atOwned)
    .at('2009-09-11')
    .when('Escalate', byDepartment)
    .then({
      type: 'BarrierEscalated',
      data: { rung: 'champion', from: 'owner', cause: 'overdue', dueOn: '2009-09-18' },
    });
  durham(t, ...atOwned, asksEvidence)
    .at('2009-12-01')
    .when('Escalate', byDepartment)
    .refuses('ESCALATION_NOT_DUE');
  durham(t, ...atProposed, declined())
    .when('Escalate', byDepartment)
    .then({ type: 'BarrierEscalated', data: { cause: 'declined' } });
  durham(t, ...atOwned, answeredWillNot)
    .when('Escalate', byDepartment)
    .then({ type: 'BarrierEscalated', data: { cause: 'will-not' } });
  durham(t, ...inAction)
    .at('2009-10-30')
    .when('Escalate', byDepartment)
    .refuses('ESCALATION_NOT_DUE');
  durham(t, ...inAction)
    .at('2009-10-31')
    .when('Escalate', byDepartment)
    .then({ type: 'BarrierEscalated', data: { cause: 'overdue', answered: true } });
  durham(t, ...atOwned, answeredWillNot, escalated('champion'))
    .at('2009-09-08')
    .when('Escalate', byDepartment)
    .refuses('ESCALATION_NOT_DUE');
  durham(t, ...atOwned, answeredWillNot, escalated('champion'))
    .at('2009-09-09')
    .when('Escalate', byDepartment)
    .then({ type: 'BarrierEscalated', data: { rung: 'champions-group' } });
  durham(t, ...atOwned, answeredWillNot, escalated('ministerial-group'))
    .at('2009-09-09')
    .when('Escalate', byDepartment)
    .refuses('ESCALATION_NOT_DUE', /Nobody is above/);
  for (const champion of [undefined, { accountId: 'c', departmentId: 'dwp' }]) {
    world(t, { given: [...atOwned, answeredWillNot], champion })
      .when('Escalate', byDepartment)
      .then({ type: 'BarrierEscalated', data: { rung: 'champions-group' } });
  }
  const local = [recorded, triaged('local'), proposed('council'), declined('council')];
  durham(t, ...local)
    .when('Escalate', { agencyId: 'council' })
    .then({ type: 'BarrierEscalated', data: { rung: 'chair' } });
  durham(t, ...local, escalated('chair', '2009-08-03', 'council'))
    .when('Escalate', { agencyId: 'council' })
    .refuses('ESCALATION_NOT_DUE');
  durham(t, ...atOwned)
    .when('Escalate', { agencyId: 'dh' })
    .refuses('OWNER_UNKNOWN');
  for (const [role, scope] of [
    ['champion', 'place:durham'],
    ['programme-office', 'programme:tp'],
  ] as const) {
    durham(t, ...atOwned, answeredWillNot)
      .as(role, scope)
      .when('Escalate', byDepartment)
      .then({ type: 'BarrierEscalated' });
    durham(t, ...atOwned)
      .as(role, scope)
      .when('Escalate', byDepartment)
      .refuses('ESCALATION_NOT_DUE');
  }
  durham(t, ...atOwned)
    .as('system')
    .when('Escalate', byDepartment)
    .nothing();
  durham(t, ...atOwned, answeredWillNot)
    .as('system')
    .when('Escalate', byDepartment)
    .then({ type: 'BarrierEscalated' });
});

test('a rung directs one owner, who answers anew', async (t) => {
  const direction = { agencyId: 'dwp', rung: 'champion', direction: 'Agree', official: 'Jane Doe' };
  const beforeChampion = [...atProposed, declined(), escalated('champion')];
  const { state } = durham(t, ...beforeChampion)
    .as('champion', 'place:durham')
    .when('Direct', direction)
    .then({ type: 'BarrierDirected', data: { answerDueOn: '2009-09-08' } });
  t.equal(state.status, 'owned');
  t.notOk(held(state.owners, 'dwp').struck);
  durham(t, ...beforeChampion)
    .as('champion', 'place:durham', 'another')
    .when('Direct', direction)
    .refuses('NOT_THIS_RUNG');
  durham(t, ...beforeChampion)
    .as('programme-office', 'programme:tp')
    .when('Direct', direction)
    .refuses('NOT_THIS_RUNG');
  durham(t, ...beforeChampion)
    .as('programme-office', 'programme:tp')
    .when('Direct', { ...direction, rung: 'champions-group' })
    .refuses('RUNG_NOT_OPEN');
  durham(t, ...atProposed, declined(), escalated('champions-group'))
    .as('programme-office', 'programme:tp')
    .when('Direct', { ...direction, rung: 'champions-group' })
    .then({ type: 'BarrierDirected' });
  durham(t, ...beforeChampion)
    .as('champion', 'place:durham')
    .when('Direct', { ...direction, agencyId: 'dh' })
    .refuses('OWNER_UNKNOWN');
  durham(
    t,
    recorded,
    triaged('local'),
    proposed('council'),
    declined('council'),
    escalated('chair', '2009-09-08', 'council'),
  )
    .as('chair', chairSeat)
    .when('Direct', { ...direction, agencyId: 'council', rung: 'chair' })
    .then({ type: 'BarrierDirected' });
});

test('what was promised stays promised until the owner answers anew, whoever directs', async (t) => {
  const departmentAsOwner = (loaded: { state: BarrierState }) => held(loaded.state.owners, 'dwp');
  const directs = (given: Given[]) =>
    departmentAsOwner(
      durham(t, ...given, escalated('champion'))
        .as('champion', 'place:durham')
        .when('Direct', { agencyId: 'dwp', rung: 'champion', direction: 'Agree', official: 'Jane Doe' })
        .then({ type: 'BarrierDirected' }),
    );
  t.match(directs(inAction), {
    before: { position: 'will-remove', dueOn: '2009-10-30' },
    directionDueOn: '2009-09-08',
    dueOn: '2009-09-08',
  });
  t.match(
    directs(atOwned),
    { before: undefined, directionDueOn: '2009-09-08', dueOn: '2009-09-10' },
    'what was never answered is due when it was',
  );
  t.match(heldTo(directs(inAction)), { position: 'will-remove' });
  const again = [...inAction, escalated('champion'), directed('champion')];
  const anew = (...given: Given[]) =>
    durham(t, ...given)
      .as('official', 'agency:dwp')
      .at('2009-09-03')
      .when('Respond', { position: 'will-remove', dueOn: '2009-12-18' });
  const owner = departmentAsOwner(
    anew(...again).then({
      type: 'BarrierAnswered',
      data: { dueOn: '2009-12-18', firstPromisedFor: '2009-10-30' },
    }),
  );
  t.match(owner, {
    answer: { dueOn: '2009-12-18', firstPromisedFor: '2009-10-30' },
    before: undefined,
    directionDueOn: undefined,
  });
  anew(
    ...again,
    answered('will-remove', { dueOn: '2009-11-30' }),
    escalated('champions-group'),
    directed('champions-group'),
  ).then({
    type: 'BarrierAnswered',
    data: { firstPromisedFor: '2009-10-30' },
  });
  anew(...atOwned, escalated('champion'), directed('champion')).then({
    type: 'BarrierAnswered',
    data: { firstPromisedFor: undefined },
  });
  durham(t, ...again)
    .as('official', 'agency:dwp')
    .when('Respond', { position: 'need-evidence', evidenceNeeded: ['Cases'] })
    .then({ type: 'BarrierAnswered', data: { leftDays: 5, firstPromisedFor: undefined } });
});

test('a rung that was asked in vain, or not answered, is followed by the next; what was answered meanwhile is not', async (t) => {
  const byDepartment = { agencyId: 'dwp' };
  const onDay = (day: string, ...given: Given[]) =>
    durham(t, ...given)
      .at(day)
      .when('Escalate', byDepartment);
  const asked = [...atOwned, escalated('champion', '2009-09-18')];
  onDay('2009-09-18', ...asked).refuses('ESCALATION_NOT_DUE');
  onDay('2009-09-19', ...asked).then({
    type: 'BarrierEscalated',
    data: { rung: 'champions-group', from: 'champion', cause: 'overdue' },
  });
  const told = [
    ...asked,
    happened('BarrierDirected', { ...directed('champion').data, answerDueOn: '2009-09-25' }),
  ];
  onDay('2009-09-25', ...told).refuses('ESCALATION_NOT_DUE');
  onDay('2009-09-26', ...told).then({ type: 'BarrierEscalated', data: { rung: 'champions-group' } });
  // The clock of its answer to the direction stands still while the place owes evidence; what was asked for
  // before it does not stop that clock.
  onDay('2009-09-26', ...told, asksEvidence).refuses('ESCALATION_NOT_DUE');
  onDay('2009-09-26', ...atOwned, escalated('champion'), asksEvidence, told.at(-1)!).then({
    type: 'BarrierEscalated',
  });
  const supplied = happened('EvidenceSupplied', {
    placeId: 'durham',
    evidence: 'Cases',
    waiting: [{ agencyId: 'dwp', answerDueOn: '2009-10-05' }],
  });
  onDay('2009-10-05', ...told, asksEvidence, supplied).refuses('ESCALATION_NOT_DUE');
  onDay('2009-10-06', ...told, asksEvidence, supplied).then({ type: 'BarrierEscalated' });
  // What the rung was called for has come; a refusal has not made its word needless.
  onDay('2009-09-19', ...asked, answered('will-remove')).refuses('ESCALATION_NOT_DUE');
  onDay('2009-09-19', ...asked, answeredWillNot).then({
    type: 'BarrierEscalated',
    data: { rung: 'champions-group' },
  });
  onDay('2009-09-18', ...asked, answeredWillNot).refuses('ESCALATION_NOT_DUE');
  const direct = (...given: Given[]) =>
    durham(t, ...given)
      .as('champion', 'place:durham')
      .when('Direct', { ...byDepartment, rung: 'champion', direction: 'Agree', official: 'Jane Doe' });
  direct(...asked, answered('will-remove')).refuses('RUNG_NOT_OPEN');
  direct(...asked, answeredWillNot).then({ type: 'BarrierDirected' });
  // A promise overdue that is claimed done, and disputed, has its days again.
  const disputed = happened('RemovalDisputed', {
    placeId: 'durham',
    reason: 'Still there',
    agencyId: 'dwp',
    kind: 'department',
    raisedBy: 'durham',
    deedDueOn: '2009-11-16',
  });
  onDay('2009-11-10', ...inAction, escalated('champion', '2009-11-06'), claimed, disputed).refuses(
    'ESCALATION_NOT_DUE',
  );
});

test('joined places say whether a barrier is gone', async (t) => {
  const { state } = durham(t, ...inAction)
    .as('official', 'agency:dwp')
    .when('ClaimRemoved', { evidence: ['Circular'] })
    .then({
      type: 'RemovalClaimed',
      data: { confirmBy: '2009-09-15', silentUntil: '2009-09-22', joined: ['durham'] },
    });
  t.equal(state.status, 'removal-claimed');
  durham(t, ...inAction)
    .as('official', 'agency:dh')
    .when('ClaimRemoved', { evidence: ['Circular'] })
    .refuses('NOT_OWNER');
  const inDurham = { placeId: 'durham' };
  durham(t, ...inAction, claimed)
    .when('ConfirmRemoved', inDurham)
    .then({ type: 'RemovalConfirmed' }, { type: 'BarrierRemoved', data: { unconfirmed: false } });
  durham(t, ...atClaimed)
    .when('ConfirmRemoved', inDurham)
    .then({ type: 'RemovalConfirmed' });
  durham(t, ...atClaimed, confirmed('durham'))
    .when('ConfirmRemoved', inDurham)
    .nothing();
  // Two of three: half is reached, but one is silent and may speak until the fifteenth working day.
  durham(t, ...atClaimed, confirmed('kent'))
    .at('2009-09-15')
    .when('ConfirmRemoved', inDurham)
    .then({ type: 'RemovalConfirmed' });
  durham(t, ...atClaimed, confirmed('kent'))
    .at('2009-09-16')
    .when('ConfirmRemoved', inDurham)
    .then({ type: 'RemovalConfirmed' }, { type: 'BarrierRemoved' });
  durham(
    t,
    recorded,
    triaged('local'),
    proposed('pct'),
    accepted('pct'),
    answered('will-remove', {}, 'pct'),
    happened('RemovalClaimed', { ...claimed.data, agencyId: 'pct' }),
  )
    .as('chair', chairSeat)
    .when('ConfirmRemoved', inDurham)
    .refuses('OWNER_CANNOT_CONFIRM');
  // What the record knows of the account, in whatever token: nobody who acted for an owner speaks for a place
  // about what it owes.
  const officialOfDepartment = { account: 'two-hats', role: 'official' as const, agency: 'dwp' };
  const asOwner = [accepted(), answered('will-remove'), claimed].map(({ type }) =>
    atClaimed.map((event) => (event.type === type ? { event, by: officialOfDepartment } : event)),
  );
  const here = (given: Given[]) => world(t, { given }).as('secretariat', 'place:durham', 'two-hats');
  for (const given of asOwner) {
    here(given)
      .when('ConfirmRemoved', inDurham)
      .refuses('OWNER_CANNOT_CONFIRM', /You acted for an owner/);
    here(given)
      .when('DisputeRemoval', { ...inDurham, reason: 'Still there' })
      .refuses('OWNER_CANNOT_CONFIRM');
    here(given)
      .as('secretariat', 'place:kent', 'two-hats')
      .when('LeaveBarrier', { placeId: 'kent', reason: 'Solved here' })
      .refuses('SOD_CONFLICT');
    world(t, { given }).when('ConfirmRemoved', inDurham).then({ type: 'RemovalConfirmed' });
  }
  const behalf = {
    event: claimed,
    by: { account: 'system:x', role: 'system' as const, onBehalfOf: 'two-hats' },
  };
  here([...atClaimed.slice(0, -1), behalf])
    .when('ConfirmRemoved', inDurham)
    .refuses('OWNER_CANNOT_CONFIRM');
  const took = [...atProposed, { event: accepted(), by: officialOfDepartment }];
  here(took).when('Close', { as: 'not-a-barrier', reason: 'The guidance allows it' }).refuses('SOD_CONFLICT');
  here(took).when('MergeInto', { barrierId: 'other', reason: 'The same' }).refuses('SOD_CONFLICT');
  const direct = { agencyId: 'dwp', rung: 'champions-group', direction: 'Agree', official: 'Jane Doe' };
  const calledUp = [...took, answeredWillNot, escalated('champions-group')];
  const group = (account: string) =>
    world(t, { given: calledUp }).as('programme-office', 'programme:tp', account).when('Direct', direct);
  group('two-hats').refuses('SOD_CONFLICT');
  group('office').then({ type: 'BarrierDirected' });
  // And the other way round: who directed an owner, or disputed its claim, does not act for it.
  const judged = { account: 'two-hats', role: 'programme-office' as const };
  const ordered = [
    ...atOwned,
    answeredWillNot,
    escalated('champions-group'),
    { event: directed('champions-group'), by: judged },
  ];
  const disputed = [
    ...atClaimed,
    {
      event: happened('RemovalDisputed', {
        ...inDurham,
        reason: 'Still there',
        agencyId: 'dwp',
        kind: 'department',
        raisedBy: 'durham',
        deedDueOn: '2009-10-30',
      }),
      by: judged,
    },
  ];
  const forDwp = (given: Given[], account = 'two-hats') =>
    world(t, { given }).as('official', 'agency:dwp', account);
  const answer = { position: 'will-remove', dueOn: '2009-10-30' };
  forDwp(ordered)
    .when('Respond', answer)
    .refuses('SOD_CONFLICT', /You directed this owner/);
  forDwp(ordered).when('AcceptOwnership').refuses('SOD_CONFLICT');
  forDwp(ordered).when('PrepareAnswer', { position: 'will-remove' }).refuses('SOD_CONFLICT');
  forDwp(disputed)
    .when('ClaimRemoved', { evidence: ['Circular'] })
    .refuses('SOD_CONFLICT');
  forDwp(ordered, 'official').when('Respond', answer).then({ type: 'BarrierAnswered' });
  forDwp(disputed, 'official')
    .when('ClaimRemoved', { evidence: ['Circular'] })
    .then({ type: 'RemovalClaimed' });
  // For another owner of the barrier they do.
  world(t, { given: [...ordered, proposed('dh')] })
    .as('official', 'agency:dh', 'two-hats')
    .when('AcceptOwnership')
    .then({ type: 'OwnershipAccepted' });
  // Who declined owes nothing, nor who owned it before it was reopened.
  const gone = [
    ...atTriaged,
    proposed('dh'),
    proposed(),
    { event: accepted('dh', 'triaged'), by: { ...officialOfDepartment, agency: 'dh' } },
    declined('dh'),
  ];
  here(gone)
    .when('Close', { as: 'not-a-barrier', reason: 'The guidance allows it' })
    .then({ type: 'BarrierClosed' });
  const reopened = [
    ...took,
    answered('will-remove'),
    claimed,
    removed,
    happened('BarrierReopened', { placeId: 'durham', evidence: 'Back' }),
  ];
  here(reopened)
    .when('Close', { as: 'not-a-barrier', reason: 'The guidance allows it' })
    .then({ type: 'BarrierClosed' });
  const back = durham(t, ...atClaimed)
    .when('DisputeRemoval', { ...inDurham, reason: 'Still there' })
    .then({ type: 'RemovalDisputed', data: { deedDueOn: '2009-10-30', agencyId: 'dwp' } });
  t.equal(back.state.status, 'in-action');
  durham(t, ...atClaimed)
    .at('2009-10-26')
    .when('DisputeRemoval', { ...inDurham, reason: 'Still there' })
    .then({ type: 'RemovalDisputed', data: { deedDueOn: '2009-11-09' } });
  durham(t, ...atClaimed)
    .as('system')
    .at('2009-09-15')
    .when('PresumeRemoved')
    .nothing();
  durham(t, ...atClaimed)
    .as('system')
    .at('2009-09-16')
    .when('PresumeRemoved')
    .then({ type: 'BarrierRemoved', data: { unconfirmed: true } });
  durham(t, ...atClaimed, confirmed('durham'), confirmed('kent'))
    .as('system')
    .at('2009-09-16')
    .when('PresumeRemoved')
    .then({ type: 'BarrierRemoved', data: { unconfirmed: false } });
  durham(t, ...atClaimed, removed)
    .as('system')
    .at('2009-09-16')
    .when('PresumeRemoved')
    .nothing();
});

test('a place that was withdrawn has no say in a removal, and is taken out', async (t) => {
  const without = (gone: string, ...given: Given[]) => world(t, { given, gone });
  // Durham alone is not half of three, but of two.
  const half = (gone: string) =>
    without(gone, ...atClaimed, confirmed('gateshead'))
      .at('2009-09-16')
      .when('ConfirmRemoved', atDurham);
  half('nobody').then({ type: 'RemovalConfirmed' }, { type: 'BarrierRemoved' });
  half('kent').then(
    { type: 'RemovalConfirmed' },
    { type: 'BarrierRemoved', data: { joined: ['durham', 'gateshead'] } },
  );
  const alone = (gone: string) =>
    without(gone, ...inAction, joined('kent'), claimed)
      .at('2009-09-02')
      .when('ConfirmRemoved', atDurham);
  alone('nobody').then({ type: 'RemovalConfirmed' });
  alone('kent').then({ type: 'RemovalConfirmed' }, { type: 'BarrierRemoved', data: { joined: ['durham'] } });
  // What it confirmed before counts no more.
  without('kent', ...atClaimed, confirmed('kent'))
    .when('ConfirmRemoved', atDurham)
    .then({ type: 'RemovalConfirmed' });
  without('kent', ...inAction, joined('kent'))
    .as('official', 'agency:dwp')
    .when('ClaimRemoved', { evidence: ['Circular'] })
    .then({ type: 'RemovalClaimed', data: { joined: ['durham'] } });
  without('kent', ...inAction, moved, joined('kent'))
    .as('system')
    .when('ClaimDeedDone', { agencyId: 'dwp', commitmentId: 'own', evidence: ['Circular'] })
    .then({ type: 'RemovalClaimed', data: { joined: ['durham'] } });
  // The raiser's own confirmation neither: its silence is the claim's end.
  without('durham', ...atClaimed, confirmed('durham'))
    .as('system')
    .at('2009-09-16')
    .when('PresumeRemoved')
    .then({ type: 'BarrierRemoved', data: { unconfirmed: true, joined: ['gateshead', 'kent'] } });

  const kentLeaves = (...given: Given[]) =>
    without('kent', ...given)
      .as('system')
      .when('LeaveBarrier', { placeId: 'kent', reason: 'Withdrawn' });
  kentLeaves(...atTriaged, joined('kent')).then({ type: 'BarrierLeft' });
  kentLeaves(...inAction, joined('kent'), claimed, confirmed('durham')).then(
    { type: 'BarrierLeft' },
    { type: 'BarrierRemoved' },
  );
  kentLeaves(...atTriaged).nothing();
  // It is here still: the programme that says it left is not its own.
  without('gateshead', ...atTriaged, joined('kent'))
    .as('system')
    .when('LeaveBarrier', { placeId: 'kent', reason: 'Withdrawn' })
    .nothing();
  without('kent', ...atTriaged, joined('kent'))
    .as('secretariat', 'place:kent')
    .when('LeaveBarrier', { placeId: 'kent', reason: 'x' })
    .refuses('PLACE_WITHDRAWN');
});

test('a barrier is merged into an earlier one, closed, or opened again', async (t) => {
  const early = { event: recorded, at: '2009-05-01T08:00:00.000Z' };
  const late = { event: recorded, at: '2009-07-01T08:00:00.000Z' };
  const merge = { barrierId: 'other', reason: 'Same rule' };
  durham(t, recorded)
    .with(barrier, 'other', early)
    .when('MergeInto', merge)
    .then({ type: 'BarrierMerged', data: { into: 'other', joined: ['durham'] } });
  durham(t, recorded).with(barrier, 'other', late).when('MergeInto', merge).refuses('CANNOT_MERGE');
  durham(t, recorded)
    .when('MergeInto', { ...merge, barrierId: 'forms' })
    .refuses('CANNOT_MERGE');
  durham(t, recorded).with(barrier, 'other', early, removed).when('MergeInto', merge).refuses('CANNOT_MERGE');
  durham(t, recorded).when('MergeInto', merge).refuses('BARRIER_UNKNOWN');
  const kents = { ...early, event: happened('BarrierRecorded', { ...recorded.data, placeId: 'kent' }) };
  const intoKents = (circumstances: World) =>
    world(t, { given: [recorded], ...circumstances }).with(barrier, 'other', kents, triaged());
  intoKents({}).when('MergeInto', merge).then({ type: 'BarrierMerged' });
  intoKents({ gone: 'kent' })
    .when('MergeInto', merge)
    .refuses('CANNOT_MERGE', /has left the programme/);
  // Who may read this one can follow it.
  for (const own of [[triaged('local')], []])
    durham(t, recorded, triaged('local'))
      .with(barrier, 'other', early, ...own)
      .when('MergeInto', merge)
      .then({ type: 'BarrierMerged' });
  durham(t, ...atTriaged)
    .with(barrier, 'other', early, triaged('joint'))
    .when('MergeInto', merge)
    .then({ type: 'BarrierMerged' });
  for (const own of [[triaged('local')], []])
    durham(t, ...atTriaged)
      .with(barrier, 'other', early, ...own)
      .when('MergeInto', merge)
      .refuses('CANNOT_MERGE', /not open to everybody/);
  durham(t, recorded)
    .with(barrier, 'other', {
      ...early,
      event: happened('BarrierRecorded', { ...recorded.data, placeId: 'kent' }),
    })
    .when('MergeInto', merge)
    .refuses('BARRIER_UNKNOWN');
  // Another programme's is as unknown, however widely it is open.
  const theirs = { programmeId: 'nh', placeId: 'kent' };
  durham(t, recorded)
    .with(
      barrier,
      'other',
      { ...early, event: happened('BarrierRecorded', { ...recorded.data, ...theirs }) },
      happened('BarrierTriaged', { ...triaged('joint').data, ...theirs }),
    )
    .when('MergeInto', merge)
    .refuses('BARRIER_UNKNOWN');
  durham(t, ...inAction, removed)
    .when('MergeInto', merge)
    .refuses('WRONG_STATE');
  durham(t, recorded)
    .when('Close', { as: 'not-a-barrier', reason: 'Allowed' })
    .then({ type: 'BarrierClosed' });
  const open = { placeId: 'durham', evidence: 'It is back' };
  const { state } = durham(t, ...inAction, removed)
    .at('2011-06-01')
    .when('Reopen', open)
    .then({ type: 'BarrierReopened' });
  t.match(state, { status: 'triaged', owners: {} });
  durham(t, ...inAction, removed)
    .at('2011-06-02')
    .when('Reopen', open)
    .refuses('REOPEN_TOO_LATE');
});

const atDurham = { placeId: 'durham' };
const samples: Record<string, [Given[], object, string?]> = {
  RecordBarrier: [[], record],
  Triage: [[recorded], { locus: 'local', reason: 'Ours' }],
  ProposeOwner: [atTriaged, { agencyIds: ['dwp'] }],
  Ask: [[recorded], { askId: 'one', remedy: 'One', detail: 'One', dueOn: '2009-10-01' }],
  AcceptOwnership: [atProposed, {}],
  AssignHandler: [atProposed, { account: 'post.desk' }],
  PrepareAnswer: [atProposed, { position: 'will-remove' }],
  DeclineOwnership: [atProposed, { reason: 'No' }],
  Respond: [atProposed, { position: 'will-remove', dueOn: '2009-10-01' }],
  ClaimRemoved: [inAction, { evidence: ['x'] }],
  CostBarrier: [[recorded], { pence: 1, evidence: 'x', consent: false }],
  DiscloseBarrierCost: [[recorded, costed], {}],
  JoinBarrier: [[recorded], { ...atDurham, localEffect: 'x' }],
  LeaveBarrier: [[recorded], { ...atDurham, reason: 'x' }, 'kent'],
  SupplyEvidence: [[recorded], { ...atDurham, evidence: 'x' }, 'kent'],
  Escalate: [atOwned, { agencyId: 'dwp' }],
  Direct: [atOwned, { agencyId: 'dwp', rung: 'chair', direction: 'x', official: 'Jane Doe' }],
  ConfirmRemoved: [[...inAction, claimed], atDurham, 'kent'],
  DisputeRemoval: [[...inAction, claimed], { ...atDurham, reason: 'x' }, 'kent'],
  MergeInto: [[recorded], { barrierId: 'other', reason: 'x' }],
  Reopen: [[...inAction, removed], { ...atDurham, evidence: 'x' }, 'kent'],
  Close: [[recorded], { as: 'not-a-barrier', reason: 'x' }],
};
test('every command needs an enrolled place and a seat behind the grant, some a place that joined', async (t) => {
  for (const [name, [given, data, stranger]] of Object.entries(samples)) {
    world(t, { given, status: 'withdrawn' })
      .as('chair', chairSeat)
      .whenAny(name, data)
      .refuses('PLACE_WITHDRAWN');
    durham(t, ...given)
      .as('chair', chairSeat, 'no-chair')
      .whenAny(name, data)
      .refuses('NOT_A_SEAT_HOLDER');
    if (stranger)
      durham(t, ...given)
        .as('secretariat', `place:${stranger}`)
        .whenAny(name, { ...data, placeId: stranger })
        .refuses('NOT_JOINED');
  }
});

test('answers and directions open and close what is owed', async (t) => {
  const due = (event: NewEvent) =>
    aggregateNamed(barrier.name).events[event.type]!.due!(
      event.data,
      metaOf(barrier, 'forms', event.type, 2, '2009-09-01T09:00:00.000Z', { account: 'a', role: 'system' }),
    );
  const [first, stops] = due(asksEvidence);
  t.match(
    [first, stops, due(asksEvidence).at(-1)],
    [
      { close: 'ownership' },
      { stop: 'answer', key: 'dwp' },
      { open: 'evidence', owedBy: [{ kind: 'place', id: 'durham' }] },
    ],
  );
  t.match(due(answered('will-remove')).at(-1), {
    open: 'deed',
    key: 'dwp',
    on: '2009-10-30',
    owedBy: [{ kind: 'department', id: 'dwp' }],
    deed: `Remove the barrier ${nameOf.record('barrier-forms')}`,
  });
  const again = answered('will-remove', { firstPromisedFor: '2009-08-31' });
  t.match(
    due(again).at(-1),
    {
      open: 'deed',
      deed: `Remove the barrier ${nameOf.record('barrier-forms')} (first promised for 31 August 2009)`,
    },
    'a new answer shows what was promised first',
  );
  const closed = (event: NewEvent) =>
    due(event).flatMap((c) => ('close' in c ? `${c.close} ${c.key ?? ''}` : []));
  for (const owed of ['answer dwp', 'deed dwp']) {
    t.ok(closed(again).includes(owed), `the owner’s own word ends ${owed}`);
    for (const rung of [escalated('champion'), directed('champion')])
      t.notOk(closed(rung).includes(owed), `${rung.type} does not`);
  }
  t.ok(closed(again).includes('rung dwp:champion:answer') && closed(again).includes('rung dwp:champion'));
  t.ok(
    closed(answeredWillNot).includes('rung dwp:champion:answer') &&
      !closed(answeredWillNot).includes('rung dwp:champion'),
    'a refusal is what the rung still has to direct about',
  );
  const before = (more: MoreFor<typeof barrier, 'BarrierEscalated'>) =>
    due(happened('BarrierEscalated', { ...escalated('champion').data, ...more })).at(-1);
  const rung = { open: 'rung', key: 'dwp:champion', owedBy: [{ sits: 'champion' }], on: '2009-09-08' };
  t.match(before({ cause: 'overdue' }), {
    ...rung,
    deed: /^Direct .*, which has not answered, on the barrier .*barrier-forms/,
  });
  t.match(before({ cause: 'declined' }), { ...rung, deed: /, which declined to own the barrier, on / });
  t.match(before({ cause: 'will-not', answered: true }), {
    ...rung,
    deed: /, which will not change it, on /,
  });
  t.match(before({ cause: 'overdue', answered: true, promisedFor: '2009-10-30' }), {
    ...rung,
    deed: /, which promised to act by 30 October 2009, on /,
  });
  t.match(before({ rung: 'ministerial-group', from: 'champions-group' }), {
    key: 'dwp:ministerial-group',
    owedBy: [{ sits: 'programme-office' }],
  });
  t.match(before({ rung: 'chair' }), { owedBy: [{ sits: 'chair' }] });
  t.same(closed(escalated('champions-group')), ['rung dwp:owner'], 'the rung below directs no more');
  t.ok(
    closed(claimed).includes('deed dwp') && closed(claimed).includes('rung dwp:champion'),
    'a claim is what its deed waited for, and what the rung was called for',
  );
  t.same(closed(directed('champion')), ['rung dwp:champion']);
  t.match(due(directed('champion')).at(-1), {
    open: 'rung',
    key: 'dwp:champion:answer',
    owedBy: [{ kind: 'department', id: 'dwp' }],
    on: '2009-09-08',
  });
  for (const event of [removed, claimed, declined(), proposed(), recorded, triaged()])
    t.ok(due(event).length > 0);
});

const moved = happened('DeedMoved', {
  agencyId: 'dwp',
  placeId: 'durham',
  kind: 'department',
  commitmentId: 'own',
});
type Promised = GivenFor<typeof commitment>;
const there = eventsFor(commitment);
/** The department's commitment from the barrier, as it stands after these events. */
const promise = (...more: Promised[]): Promised[] => {
  const owned = { placeId: 'durham', ownerAgencyId: 'dwp', ownerKind: 'department' };
  const terms = {
    accountable: { official: 'Jane Doe' },
    measure: 'Forms',
    evidenceExpected: 'Circular',
    dueOn: '2009-10-30',
    verifierAgencyId: 'pct',
  };
  return [
    there('CommitmentDrafted', {
      ...owned,
      programmeId: 'tp',
      title: 'One form',
      change: 'One',
      level: 'whitehall',
      milestones: [],
      dependsOn: [],
      from: { kind: 'barrier', id: 'forms' },
    }),
    there('CommitmentOffered', {
      ...owned,
      title: 'One form',
      change: 'One',
      ...terms,
      verifierKind: 'partner',
      lapsesOn: '2009-09-29',
    }),
    ...more,
  ];
};
const kept = there('CommitmentAccepted', {
  placeId: 'durham',
  ownerAgencyId: 'dwp',
  ownerKind: 'department',
  dueOn: '2009-10-30',
  baselineDueOn: '2009-10-30',
  reschedules: 0,
  consent: false,
});
const later = there('CommitmentRescheduled', { from: '2009-10-30', to: '2009-11-27', reason: 'The bill' });
const claimedThere = there('CompletionClaimed', {
  placeId: 'durham',
  ownerAgencyId: 'dwp',
  ownerKind: 'department',
  evidence: [],
  verifierAgencyId: 'pct',
  verifierKind: 'partner',
  verifyBy: '2009-12-01',
});

test('a deed that became a commitment is owed there, and here again at its original date when that is withdrawn', async (t) => {
  const byDepartment = { agencyId: 'dwp', commitmentId: 'own' };
  const system = (given: Given[], own: Promised[] = promise(kept)) =>
    durham(t, ...given)
      .with(commitment, 'own', ...own)
      .as('system');
  const due = (event: NewEvent) =>
    aggregateNamed(barrier.name).events[event.type]!.due!(
      event.data,
      metaOf(barrier, 'forms', event.type, 2, '2009-09-01T09:00:00.000Z', { account: 'a', role: 'system' }),
    );
  t.equal(
    held(
      system(inAction)
        .when('MoveDeed', byDepartment)
        .then({ type: 'DeedMoved', data: { kind: 'department' } }).state.owners,
      'dwp',
    ).answer!.commitmentId,
    'own',
  );
  system([...inAction, moved])
    .when('MoveDeed', byDepartment)
    .nothing();
  system(inAction, promise()).when('MoveDeed', byDepartment).nothing();
  system(atOwned).when('MoveDeed', byDepartment).nothing();
  system(inAction).id('others').when('MoveDeed', byDepartment).nothing();
  system([...inAction, claimed])
    .when('MoveDeed', byDepartment)
    .refuses('WRONG_STATE');
  t.equal(
    held(
      system([...inAction, moved])
        .when('ReturnDeed', byDepartment)
        .then({ type: 'DeedReturned', data: { dueOn: '2009-10-30', open: true } }).state.owners,
      'dwp',
    ).answer!.commitmentId,
    undefined,
  );
  system(inAction).when('ReturnDeed', byDepartment).nothing();
  // It stands beside what waits before a rung, and after a direction until the owner answers anew.
  for (const more of [[escalated('champion')], [escalated('champion'), directed('champion')]])
    system([...inAction, moved, ...more])
      .when('ReturnDeed', byDepartment)
      .then({ type: 'DeedReturned', data: { dueOn: '2009-10-30', open: true } });
  system([
    ...inAction,
    moved,
    escalated('champion'),
    directed('champion'),
    answered('will-remove', { dueOn: '2009-11-30' }),
  ])
    .when('ReturnDeed', byDepartment)
    .nothing();
  t.equal(
    held(
      system([...inAction, escalated('champion'), directed('champion')])
        .when('MoveDeed', byDepartment)
        .then({ type: 'DeedMoved' }).state.owners,
      'dwp',
    ).before!.commitmentId,
    'own',
    'accepted late, it keeps what was promised all the same',
  );
  t.same(due(moved), [{ close: 'deed', key: 'dwp' }]);
  const back = {
    agencyId: 'dwp',
    placeId: 'durham',
    kind: 'department',
    commitmentId: 'own',
    dueOn: '2009-10-30',
  };
  t.match(due(happened('DeedReturned', { ...back, open: true })), [
    { open: 'deed', key: 'dwp', on: '2009-10-30' },
  ]);
  t.match(
    due(happened('DeedReturned', { ...back, open: false })),
    [{ open: 'deed', key: 'dwp', on: '2009-10-30' }],
    'as events said of before, when a rung’s item stood in its place',
  );
  const evidence = ['Circular 12/2009'];
  t.equal(
    system([...inAction, moved])
      .when('ClaimDeedDone', { ...byDepartment, evidence })
      .then({ type: 'RemovalClaimed', data: { agencyId: 'dwp', evidence, confirmBy: '2009-09-15' } }).state
      .status,
    'removal-claimed',
  );
  system(inAction)
    .when('ClaimDeedDone', { ...byDepartment, evidence })
    .refuses('DEED_NOT_MOVED');
  system([...inAction, moved, claimed])
    .when('ClaimDeedDone', { ...byDepartment, evidence })
    .refuses('WRONG_STATE');
});

test('a moved deed is late when its commitment is', async (t) => {
  const onDay = (day: string, own: Promised[]) =>
    durham(t, ...inAction, moved)
      .with(commitment, 'own', ...own)
      .at(day)
      .when('Escalate', { agencyId: 'dwp' });
  onDay('2009-10-31', promise(kept)).then({ type: 'BarrierEscalated', data: { cause: 'overdue' } });
  onDay('2009-10-31', promise(kept, later)).refuses('ESCALATION_NOT_DUE');
  onDay('2009-11-28', promise(kept, later)).then({ type: 'BarrierEscalated' });
  onDay('2009-11-28', promise(kept, claimedThere)).refuses('ESCALATION_NOT_DUE');
});

test('a disputed removal opens the deed once: here, or where its commitment still owes it', async (t) => {
  const dispute = (...own: Promised[]) =>
    durham(t, ...inAction, moved, claimed)
      .with(commitment, 'own', ...promise(...own))
      .when('DisputeRemoval', { placeId: 'durham', reason: 'Still there' });
  const due = (data: object) =>
    aggregateNamed('barrier').events.RemovalDisputed!.due!(
      data,
      metaOf(barrier, 'forms', 'RemovalDisputed', 2, '2009-09-01T09:00:00.000Z', {
        account: 'a',
        role: 'secretariat',
      }),
    );
  const here = {
    placeId: 'durham',
    reason: 'Still there',
    agencyId: 'dwp',
    kind: 'department',
    raisedBy: 'durham',
    deedDueOn: '2009-10-30',
  };
  t.equal(
    held(dispute(kept, claimedThere).then({ type: 'RemovalDisputed', data: here }).state.owners, 'dwp')
      .answer!.commitmentId,
    undefined,
  );
  t.match(due(here), [{ close: 'confirmation' }, { open: 'deed', key: 'dwp' }]);
  t.equal(
    held(dispute(kept).then({ type: 'RemovalDisputed', data: { commitmentId: 'own' } }).state.owners, 'dwp')
      .answer!.commitmentId,
    'own',
  );
  t.same(due({ ...here, commitmentId: 'own' }), [{ close: 'confirmation' }]);
});

test('its words are corrected without hiding what they said', async (t) => {
  const mend = { field: 'statement', to: 'Four forms', reason: 'One was overlooked' };
  const said = { field: 'statement', from: 'Three forms', to: 'Four forms' };
  t.equal(
    durham(t, ...atTriaged)
      .when('Correct', mend)
      .then({ type: 'RecordCorrected', data: said }).state.statement,
    'Four forms',
  );
  durham(t, ...atTriaged)
    .when('Correct', { ...mend, to: 'Three forms' })
    .nothing();
  durham(t, ...atTriaged)
    .when('Correct', { ...mend, to: 'x'.repeat(1001) })
    .refuses('CORRECTION_NOT_VALID', /1000 characters/);
});

test('a local barrier is opened by a decision of its place', async (t) =>
  disclosure(t, barrier, [recorded], { placeId: 'durham' }));

test('whether an answer came in time is told by the day it was first due, not by a rung’s', (t) => {
  const dueBy = (...given: Given[]) =>
    held(load(barrier, 'one', [...atOwned, ...given]).state.owners, 'dwp').answer!.dueBy;
  const will = answered('will-remove');
  t.equal(dueBy(will), '2009-09-10');
  t.equal(
    dueBy(escalated('champion', '2009-09-18'), will),
    '2009-09-10',
    'a rung later, it is late all the same',
  );
  const supplied = happened('EvidenceSupplied', {
    placeId: 'durham',
    evidence: 'Cases',
    waiting: [{ agencyId: 'dwp', answerDueOn: '2009-09-24' }],
  });
  t.equal(dueBy(asksEvidence, supplied, will), '2009-09-24', 'the clock stood still while evidence was owed');
  t.equal(dueBy(escalated('champion', '2009-09-18'), asksEvidence, supplied, will), '2009-09-10');
  // Another answer is another clock's: the direction's, for who had answered or declined. Who never did is
  // late by the first.
  const direction = [
    escalated('champion', '2009-09-18'),
    happened('BarrierDirected', { ...directed('champion').data, answerDueOn: '2009-09-25' }),
  ];
  t.equal(dueBy(answeredWillNot, ...direction, will), '2009-09-25');
  t.equal(dueBy(declined(), ...direction, will), '2009-09-25');
  t.equal(dueBy(...direction, will), '2009-09-10');
  t.equal(
    dueBy(answeredWillNot, ...direction, asksEvidence, supplied, will),
    '2009-09-24',
    'its clock stood still as well',
  );
  t.equal(dueBy(...direction, asksEvidence, supplied, will), '2009-09-10');
  t.end();
});

test('every command and refusal of a barrier has a spec', async (t) => coverage(t, barrier));
