import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import { flag, type Actor, type NewEvent } from '../../src/domain/kernel/types.js';
import { barrier } from '../../src/domain/barrier/index.js';
import { doesReplace } from '../../src/domain/kernel/command.js';
import { commitment } from '../../src/domain/commitment/index.js';
import { decision } from '../../src/domain/decision/index.js';
import { inDelivery, isSilent, slippage, type CommitmentState } from '../../src/domain/commitment/state.js';
import { held, part } from '../../src/domain/kernel/parts.js';
import {
  nextPeriod,
  periodEnd,
  periodOf,
  periodStart,
  periodsOwed,
} from '../../src/domain/shared/reporting.js';
import { waiver } from '../../src/domain/waiver/index.js';
import {
  coverage,
  disclosure,
  eventsFor,
  load,
  metaOf,
  reference,
  spec,
  type DataFor,
  type EventDataFor,
  type EventFor,
  type GivenFor,
  type MoreFor,
} from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

type Given = GivenFor<typeof commitment>;
type More<K extends keyof (typeof commitment)['events']> = MoreFor<typeof commitment, K>;

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'collaborative' | 'agency' | 'pool') => {
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
            ? {
                tier: d.tier ?? 'members',
                placeId: d.placeId,
                programmeId: 'tp',
                addParties: d.parties ?? [],
              }
            : {},
      }),
    },
  });
};
const happened = eventsFor(commitment);
const stood = (data: object) => ({ type: 'Stood' as const, data });

const seat = (seatId: string, agencyId = seatId, kind = 'voting', status = 'accepted') => ({
  [seatId]: { seatId, agencyId, account: `sh.${agencyId}`, kind, status },
});
const seats = { ...seat('council'), ...seat('pct'), ...seat('police') };
const ownedByCouncil = { placeId: 'durham', ownerAgencyId: 'council', ownerKind: 'partner' };
const ownedByDepartment = { placeId: 'durham', ownerAgencyId: 'dwp', ownerKind: 'department' };
const terms = {
  accountable: { seatId: 'council' },
  measure: 'Families assessed once',
  evidenceExpected: 'Case records',
  dueOn: '2009-12-18',
  verifierAgencyId: 'pct',
};
const official = { ...terms, accountable: { official: 'Jane Doe' } };
const money = { poolId: 'treatment', financialYear: '2009-10', pence: 400_00, pledgeIds: ['p-1'] };
const about = { title: 'One assessment', change: 'Families are assessed once', themeId: 'families' };
const data = { placeId: 'durham', ...about, ownerAgencyId: 'council', level: 'place', ...terms };
const whitehallData = { ...data, ownerAgencyId: 'dwp', level: 'whitehall', ...official };
const evidence = [{ type: 'document', description: 'Board paper', date: '2009-09-01', locator: 'Paper 12' }];
const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const red = { ...green, risk: 'red' };

const drafted = (more: More<'CommitmentDrafted'> = {}) =>
  happened('CommitmentDrafted', {
    programmeId: 'tp',
    ...ownedByCouncil,
    level: 'place',
    ...about,
    milestones: [],
    dependsOn: [],
    ...terms,
    ...more,
  });
const draftedWhitehall = (more: More<'CommitmentDrafted'> = {}) =>
  happened('CommitmentDrafted', {
    programmeId: 'tp',
    ...ownedByDepartment,
    level: 'whitehall',
    ...about,
    milestones: [],
    dependsOn: [],
    ...official,
    ...more,
  });
const offered = (more: More<'CommitmentOffered'> = {}) =>
  happened('CommitmentOffered', {
    ...ownedByCouncil,
    title: 'One assessment',
    change: 'Once',
    ...terms,
    verifierKind: 'partner',
    lapsesOn: '2009-09-10',
    ...more,
  });
const offeredWhitehall = (more: object = {}) => offered({ ...ownedByDepartment, ...official, ...more });
const accepted = (more: More<'CommitmentAccepted'> = {}) =>
  happened('CommitmentAccepted', {
    ...ownedByCouncil,
    dueOn: '2009-12-18',
    baselineDueOn: '2009-12-18',
    reschedules: 0,
    consent: false,
    ...more,
  });
const reported = (period = '2009-08', more: More<'ProgressReported'> = {}) =>
  happened('ProgressReported', {
    placeId: 'durham',
    ownerAgencyId: 'council',
    period,
    progress: 40,
    rag: green,
    narrative: 'Well',
    nextStep: 'More',
    turnedRed: false,
    ...more,
  });
const rescheduled = (from: string, to: string) =>
  happened('CommitmentRescheduled', { from, to, reason: 'Later' });
const claimed = happened('CompletionClaimed', {
  ...ownedByCouncil,
  evidence,
  verifierAgencyId: 'pct',
  verifierKind: 'partner',
  verifyBy: '2009-09-22',
});
const verified = happened('CompletionVerified', {
  ...ownedByCouncil,
  verifierAgencyId: 'pct',
  level: 'complete',
  closes: true,
  dueOn: '2009-12-18',
});
const draft = [drafted()];
const atOffer = [drafted(), offered()];
const atAccepted = [...atOffer, accepted()];
const inWork = [...atAccepted, reported()];
const atClaim = [...inWork, claimed];
const atDone = [...atClaim, verified];
const atWhitehall = [draftedWhitehall(), offeredWhitehall(), accepted(ownedByDepartment)];
const funded = [drafted({ money }), offered(), happened('FundsRequested', money)];

interface World {
  status?: string;
  seats?: object;
  ragScale?: string;
  period?: string;
  /** The pool holds the money of the commitment, or has given it back. */
  held?: boolean;
  /** Who may read the pool besides. */
  pool?: object;
  given?: Given[];
}
/**
 * Durham, its council, trust and police with seats, two departments; given as the secretariat of the place.
 */
const world = (t: Test, circumstances: World = {}) => {
  let scene = spec(t, commitment)
    .id('one')
    .given(...(circumstances.given ?? []))
    .with(
      standing('programme'),
      'tp',
      stood({
        places: { durham: { status: circumstances.status ?? 'enrolled' } },
        endOn: '2010-03-31',
        period: circumstances.period ?? 'month',
        ragScale: circumstances.ragScale ?? 'five',
      }),
    )
    .with(
      standing('place'),
      'durham',
      stood({
        programmeId: 'tp',
        themes: {
          families: { title: 'Families', status: 'confirmed' },
          gone: { title: 'Gone', status: 'dropped' },
        },
      }),
    )
    .with(
      standing('collaborative'),
      'durham',
      stood({
        chair: 'pct',
        delegations: [
          {
            from: 'sh.council',
            to: 'deputy',
            agencyId: 'council',
            startOn: '2009-08-01',
            endOn: '2009-09-30',
          },
        ],
        seats: circumstances.seats ?? seats,
      }),
    )
    .with(
      standing('pool'),
      'treatment',
      stood({
        placeId: 'durham',
        ...circumstances.pool,
        pledges: {
          'p-1': { status: 'confirmed', financialYear: '2009-10', agencyId: 'council' },
          'p-2': { status: 'pledged', financialYear: '2009-10', agencyId: 'pct' },
          'p-3': { status: 'confirmed', financialYear: '2009-10', agencyId: 'dwp' },
        },
        reservations:
          circumstances.held === undefined
            ? {}
            : { one: { subBalances: { 'p-1': 400_00 }, released: !circumstances.held } },
      }),
    )
    .with(standing('pool'), 'elsewhere', stood({ placeId: 'kent', pledges: {} }))
    .as('secretariat', 'place:durham');
  for (const [id, status, sector] of [
    ['council', 'registered', 'council'],
    ['pct', 'registered', 'nhs'],
    ['police', 'registered', 'police'],
    ['fire', 'registered', 'fire'],
    ['dwp', 'registered', 'department'],
    ['dh', 'registered', 'department'],
    ['old', 'retired', 'council'],
    ['nobody', 'none', 'other'],
  ] as const)
    scene = scene.with(
      standing('agency'),
      id,
      stood({ status, sector, ...(status === 'retired' ? { retiredOn: '2009-03-31' } : {}) }),
    );
  for (const id of ['theirs', 'theirs-too'])
    scene = scene.with(
      standing('agency'),
      id,
      stood({ status: 'registered', sector: 'department', programmeId: 'nh' }),
    );
  return scene;
};
const durham = (t: Test, ...given: Given[]) => world(t, { given });
const actors = {
  council: ['seat-holder', 'place:durham+agency:council', 'sh.council'],
  pct: ['seat-holder', 'place:durham+agency:pct', 'sh.pct'],
  police: ['seat-holder', 'place:durham+agency:police', 'sh.police'],
  chair: ['chair', 'place:durham+agency:pct', 'sh.pct'],
  dwp: ['official', 'agency:dwp', 'do.dwp'],
} as const;
const stranger = ['seat-holder', 'place:durham+agency:council', 'somebody'] as const;

test('anyone in the collaborative drafts; an official for their own department', async (t) => {
  const { state, access } = durham(t)
    .when('DraftCommitment', data)
    .then({ type: 'CommitmentDrafted', data: { programmeId: 'tp', ownerKind: 'partner', milestones: [] } });
  t.match(state, {
    status: 'draft',
    title: 'One assessment',
    ownerAgencyId: 'council',
    draftedBy: 'secretariat-1',
  });
  t.match(access, { tier: 'members', placeId: 'durham', programmeId: 'tp', parties: ['council'] });
  for (const [role, scope, account] of [
    actors.council,
    actors.chair,
    ['contributor', 'place:durham+agency:police', 'contributor.police'],
    ['member', 'place:durham', 'member.durham'],
  ] as const)
    durham(t).as(role, scope, account).when('DraftCommitment', data).then({ type: 'CommitmentDrafted' });
  const whitehall = durham(t)
    .as(...actors.dwp)
    .when('DraftCommitment', whitehallData)
    .then({ type: 'CommitmentDrafted', data: { ownerKind: 'department' } });
  t.equal(whitehall.access.tier, 'programme');
  durham(t).as('official', 'agency:dh').when('DraftCommitment', whitehallData).refuses('ONLY_OWN_DEPARTMENT');
  durham(t)
    .as(...stranger)
    .when('DraftCommitment', data)
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t).as('champion', 'place:durham').when('DraftCommitment', data).refuses('NOT_ALLOWED');
  world(t, { status: 'withdrawn' }).when('DraftCommitment', data).refuses('PLACE_WITHDRAWN');
  durham(t, ...draft)
    .when('DraftCommitment', data)
    .refuses('RECORD_EXISTS');
  t.equal(
    flag(commitment.events.CommitmentDrafted!.private, { money }),
    true,
    'what is asked of a pool is not shown outside',
  );
});

test('a body that another programme keeps promises and verifies nothing here, until the place brings it in', async (t) => {
  const theirs = { ownerAgencyId: 'theirs' };
  const official = ['official', 'agency:theirs'] as const;
  const from = { from: { kind: 'barrier', id: 'three-forms' } };
  const drafts = (w: ReturnType<typeof world>, more: object = {}, by: readonly [string, string] = official) =>
    w.as(...by).when('DraftCommitment', { ...whitehallData, ...theirs, ...more });
  const three = {
    placeId: 'durham',
    programmeId: 'tp',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  };
  const owns = (agencyId: string) =>
    durham(t).with(
      barrier,
      'three-forms',
      eventsFor(barrier)('BarrierRecorded', { ...three, triageDueOn: '2009-06-15' }),
      eventsFor(barrier)('BarrierTriaged', {
        ...three,
        locus: 'whitehall',
        reason: 'Theirs',
        struck: [],
        asks: [],
      }),
      eventsFor(barrier)('OwnerProposed', {
        agencyId,
        placeId: 'durham',
        kind: 'department',
        acceptanceDueOn: '2009-09-03',
        answerDueOn: '2009-09-10',
      }),
    );
  drafts(durham(t)).refuses('OTHER_PROGRAMME', /nh keeps theirs/);
  drafts(owns('dwp'), from).refuses('OTHER_PROGRAMME');
  drafts(owns('theirs'), from).then({ type: 'CommitmentDrafted' });
  drafts(owns('theirs')).refuses('OTHER_PROGRAMME');
  drafts(durham(t), {}, ['secretariat', 'place:durham']).then({ type: 'CommitmentDrafted' });
  const themes = { families: { title: 'Families', status: 'confirmed' } };
  for (const brought of [
    { champion: { accountId: 'ann', departmentId: 'theirs' } },
    { accountableBodyId: 'theirs' },
  ])
    drafts(
      durham(t).with(standing('place'), 'durham', stood({ programmeId: 'tp', themes, ...brought })),
    ).then({ type: 'CommitmentDrafted' });
  // What was drafted before is judged when it is offered, and whoever it is passed to.
  const offers = (agency: string, more: object) => {
    const by = { account: `do.${agency}`, role: 'official' as const, agency };
    return world(t, { given: [{ event: draftedWhitehall({ ownerAgencyId: agency, ...more }), by }] })
      .as('official', `agency:${agency}`, by.account)
      .when('Offer');
  };
  offers('theirs', {}).refuses('OTHER_PROGRAMME');
  offers('dwp', { verifierAgencyId: 'theirs-too' }).refuses(
    'COMMITMENT_NOT_VERIFIABLE',
    /can verify nothing here/,
  );
  offers('dwp', { verifierAgencyId: 'dh' }).then({ type: 'CommitmentOffered' });
  durham(t, draftedWhitehall({ verifierAgencyId: 'theirs-too' }))
    .when('Offer')
    .then({ type: 'CommitmentOffered' });
  durham(t, ...atWhitehall)
    .as(...actors.dwp)
    .when('Reassign', { ownerAgencyId: 'theirs', accountable: { official: 'Jim Doe' }, reason: 'Moves' })
    .refuses('OTHER_PROGRAMME');
});

test('a draft names what exists, fits its level, and lies in order', async (t) => {
  const refusesWith = (more: object, code: string) =>
    durham(t)
      .when('DraftCommitment', { ...data, ...more })
      .refuses(code);
  refusesWith({ ownerAgencyId: 'nobody' }, 'AGENCY_UNKNOWN');
  refusesWith({ ownerAgencyId: 'old' }, 'AGENCY_RETIRED');
  refusesWith({ ownerAgencyId: 'dwp' }, 'OWNER_DOES_NOT_FIT_LEVEL');
  refusesWith({ level: 'whitehall' }, 'OWNER_DOES_NOT_FIT_LEVEL');
  refusesWith({ ownerAgencyId: 'fire' }, 'NOT_A_PARTNER');
  refusesWith({ themeId: 'none' }, 'THEME_UNKNOWN');
  refusesWith({ themeId: 'gone' }, 'THEME_UNKNOWN');
  refusesWith({ startOn: '2009-12-19' }, 'DATES_OUT_OF_ORDER');
  refusesWith(
    { startOn: '2009-10-01', milestones: [{ milestoneId: 'a', title: 'A', dueOn: '2009-09-30' }] },
    'DATES_OUT_OF_ORDER',
  );
  refusesWith({ milestones: [{ milestoneId: 'a', title: 'A', dueOn: '2009-12-19' }] }, 'DATES_OUT_OF_ORDER');
  refusesWith(
    { milestones: ['2009-10-01', '2009-10-02'].map((dueOn) => ({ milestoneId: 'a', title: 'A', dueOn })) },
    'MILESTONE_EXISTS',
  );
  refusesWith({ dueOn: '2010-04-01' }, 'DUE_AFTER_PROGRAMME');
  durham(t)
    .when('DraftCommitment', { ...data, dueOn: '2010-04-01', afterProgramme: true })
    .then({ type: 'CommitmentDrafted' });
  refusesWith({ money: { ...money, poolId: 'elsewhere' } }, 'POOL_UNKNOWN');
  refusesWith({ money: { ...money, poolId: 'none' } }, 'POOL_UNKNOWN');
  refusesWith({ money: { ...money, pledgeIds: ['p-2'] } }, 'PLEDGE_UNKNOWN');
  refusesWith({ money: { ...money, financialYear: '2010-11' } }, 'PLEDGE_UNKNOWN');
  durham(t)
    .when('DraftCommitment', { ...data, money })
    .then({ type: 'CommitmentDrafted', data: { money } });
});

test('money is asked for by the pool’s own place, or by an agency for what it pledged itself', async (t) => {
  const departments = { ...whitehallData, placeId: 'durham' };
  const stored = [
    draftedWhitehall({ money }),
    offeredWhitehall(),
    happened('FundsRequested', money),
    happened('CommitmentFundsRefused', { poolId: 'treatment', code: 'OVER_ALLOCATED', reason: 'Less' }),
  ];
  const ask = (pool: object, pledgeIds: string[], more: object = {}) => {
    const asked = { ...money, pledgeIds, ...more };
    const asDepartment = (...given: Given[]) => world(t, { given, pool }).as(...actors.dwp);
    return [
      () => asDepartment().when('DraftCommitment', { ...departments, money: asked }),
      // What was drafted before stands in the log.
      () =>
        world(t, {
          given: [
            {
              event: draftedWhitehall({ money: asked }),
              by: { account: 'do.dwp', role: 'official', agency: 'dwp' },
            },
          ],
          pool,
        })
          .as(...actors.dwp)
          .when('Offer'),
      () =>
        world(t, { given: [draftedWhitehall({ money: asked }), ...stored.slice(1)], pool })
          .as(...actors.dwp)
          .when('RequestFunds'),
    ];
  };
  // Hidden and unknown are one; another agency's pledge and none are.
  for (const give of [
    ...ask({}, ['p-1']),
    ...ask({}, ['p-3']),
    ...ask({}, ['nowhere']),
    ...ask({}, ['p-1'], { poolId: 'never' }),
  ])
    give().refuses('POOL_UNKNOWN', /^This place has no pool (treatment|never)\.$/);
  const says =
    /^Only members of the pool’s place ask for its money, or an agency for what it pledged itself\./;
  for (const pool of [{ tier: 'programme' }, { parties: ['dwp'] }])
    for (const pledgeIds of [['p-1'], ['p-2'], ['nowhere'], ['p-3', 'p-1']])
      for (const give of ask(pool, pledgeIds)) give().refuses('ONLY_OWN_MONEY', says);
  const [draft, offer, request] = ask({ parties: ['dwp'] }, ['p-3']);
  draft!().then({ type: 'CommitmentDrafted' });
  offer!().then({ type: 'CommitmentOffered' }, { type: 'FundsRequested' });
  request!().then({ type: 'FundsRequested' });
  // The place asks for a department's promise, whoever pledged.
  durham(t)
    .when('DraftCommitment', { ...departments, money })
    .then({ type: 'CommitmentDrafted' });
  durham(t, ...stored)
    .when('RequestFunds')
    .then({ type: 'FundsRequested' });
});

test('a draft follows from records this place may read, and depends only on what was offered before it', async (t) => {
  const recorded = (placeId: string, programmeId = 'tp') =>
    eventsFor(barrier)('BarrierRecorded', {
      placeId,
      programmeId,
      kind: 'guidance',
      statement: 'Forms',
      effectOnResidents: 'Wait',
      triageDueOn: '2009-06-15',
    });
  const base = () =>
    durham(t).with(barrier, 'ours', recorded('durham')).with(barrier, 'theirs', recorded('kent'));
  base()
    .when('DraftCommitment', { ...data, from: { kind: 'barrier', id: 'ours' } })
    .then({ type: 'CommitmentDrafted' });
  base()
    .when('DraftCommitment', { ...data, from: { kind: 'barrier', id: 'theirs' } })
    .refuses('SOURCE_UNKNOWN');
  base()
    .when('DraftCommitment', { ...data, from: { kind: 'decision', id: 'none' } })
    .refuses('SOURCE_UNKNOWN');
  const inKent = { placeId: 'kent', programmeId: 'nh' };
  durham(t)
    .with(
      barrier,
      'nh',
      recorded('kent', 'nh'),
      eventsFor(barrier)('BarrierTriaged', {
        ...inKent,
        locus: 'whitehall',
        reason: 'r',
        kind: 'guidance',
        statement: 'Forms',
        effectOnResidents: 'Wait',
        struck: [],
        asks: [],
      }),
    )
    .when('DraftCommitment', { ...data, from: { kind: 'barrier', id: 'nh' } })
    .refuses('SOURCE_UNKNOWN');
  const others = () =>
    durham(t)
      .with(commitment, 'nh', drafted({ ...inKent, level: 'whitehall' }), offered())
      .with(commitment, 'offered', ...atOffer)
      .with(commitment, 'draft', ...draft)
      .with(commitment, 'kent', drafted({ placeId: 'kent' }), offered())
      .with(commitment, 'accepted', ...atAccepted)
      .with(
        commitment,
        'dropped',
        ...draft,
        happened('CommitmentWithdrawn', { ownerAgencyId: 'council', accepted: false, reason: 'Not needed' }),
      )
      .with(
        commitment,
        'ended',
        ...atOffer,
        happened('CommitmentDeclined', { ownerAgencyId: 'council', reason: 'No' }),
      );
  const depends = (...dependsOn: string[]) => others().when('DraftCommitment', { ...data, dependsOn });
  depends('offered', 'offered', 'accepted').then({
    type: 'CommitmentDrafted',
    data: { dependsOn: ['offered', 'accepted'] },
  });
  depends('ended').then({ type: 'CommitmentDrafted' });
  for (const id of ['one', 'draft', 'dropped', 'none', 'kent', 'nh']) depends(id).refuses('DEPENDENCY_CYCLE');
  others()
    .when('DraftCommitment', { ...data, supersedes: 'accepted' })
    .then({ type: 'CommitmentDrafted' });
  for (const supersedes of ['offered', 'none', 'kent'])
    others()
      .when('DraftCommitment', { ...data, supersedes })
      .refuses('COMMITMENT_UNKNOWN');
});

test('an offer can be verified by somebody else, and freezes its terms', async (t) => {
  const { state, access } = durham(t, ...draft)
    .when('Offer')
    .then({ type: 'CommitmentOffered', data: { ...terms, verifierKind: 'partner', lapsesOn: '2009-09-29' } });
  t.match(state, { status: 'offered', lapsesOn: '2009-09-29' });
  t.same(access.parties, ['council', 'pct']);
  const bare = drafted({
    measure: undefined,
    evidenceExpected: undefined,
    dueOn: undefined,
    accountable: undefined,
    verifierAgencyId: undefined,
  });
  for (const missing of ['measure', 'evidenceExpected', 'dueOn', 'accountable', 'verifierAgencyId'])
    durham(t, bare)
      .when('Offer', { ...terms, [missing]: undefined })
      .refuses('COMMITMENT_NOT_VERIFIABLE');
  durham(t, bare)
    .when('Offer', {})
    .refuses(
      'COMMITMENT_NOT_VERIFIABLE',
      /measured.+outside council could.+date by which.+who answers.+agency that will verify/,
    );
  durham(t, bare).when('Offer', terms).then({ type: 'CommitmentOffered', data: terms });
  for (const wrong of [
    { verifierAgencyId: 'council' },
    { verifierAgencyId: 'fire' },
    { verifierAgencyId: 'old' },
    { accountable: { seatId: 'pct' } },
    { accountable: { seatId: 'none' } },
    { accountable: { official: 'Jane Doe' } },
  ])
    durham(t, ...draft)
      .when('Offer', wrong)
      .refuses('COMMITMENT_NOT_VERIFIABLE');
  durham(t, draftedWhitehall())
    .when('Offer', { accountable: { seatId: 'council' } })
    .refuses('COMMITMENT_NOT_VERIFIABLE', /named official/);
  durham(t, ...draft)
    .when('Offer', { verifierAgencyId: 'dwp' })
    .then({ type: 'CommitmentOffered', data: { verifierKind: 'department' } });
  durham(t, drafted({ money }))
    .when('Offer')
    .then({ type: 'CommitmentOffered' }, { type: 'FundsRequested', data: money });
});

test('only its drafter, the secretariat or the chair offers', async (t) => {
  durham(t, ...draft)
    .as(...actors.chair)
    .when('Offer')
    .then({ type: 'CommitmentOffered' });
  durham(t, ...draft)
    .as(...actors.police)
    .when('Offer')
    .refuses('NOT_DRAFTER');
  world(t, { given: [{ event: drafted(), by: { account: 'sh.police', role: 'seat-holder' } } as never] })
    .as(...actors.police)
    .when('Offer')
    .then({ type: 'CommitmentOffered' });
  durham(t, ...draft)
    .as('contributor', 'place:durham+agency:council')
    .when('Offer')
    .refuses('NOT_ALLOWED');
  durham(t, ...draft)
    .as(...stranger)
    .when('Offer')
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, ...atOffer)
    .when('Offer')
    .refuses('WRONG_STATE');
  world(t, { given: draft, status: 'withdrawn' }).when('Offer').refuses('PLACE_WITHDRAWN');
  for (const [ownerAgencyId, code] of [
    ['nobody', 'AGENCY_UNKNOWN'],
    ['old', 'AGENCY_RETIRED'],
    ['dwp', 'OWNER_DOES_NOT_FIT_LEVEL'],
    ['fire', 'NOT_A_PARTNER'],
  ] as const)
    durham(t, drafted({ ownerAgencyId })).when('Offer').refuses(code);
  durham(t, ...draft)
    .when('Offer', { startOn: '2009-12-19' })
    .refuses('DATES_OUT_OF_ORDER');
  durham(t, ...draft)
    .when('Offer', { dueOn: '2010-04-01' })
    .refuses('DUE_AFTER_PROGRAMME');
  durham(t, ...draft)
    .at('2009-12-19')
    .when('Offer')
    .refuses('DUE_DATE_IN_PAST');
});

test('nobody can bind another body: only the owner’s seat-holder, delegate or official accepts', async (t) => {
  const { state } = durham(t, ...atOffer)
    .as(...actors.council)
    .when('Accept', { consent: true })
    .then({
      type: 'CommitmentAccepted',
      data: {
        ownerAgencyId: 'council',
        themeId: 'families',
        baselineDueOn: '2009-12-18',
        reschedules: 0,
        consent: true,
      },
    });
  t.match(state, { status: 'accepted', acceptedOn: '2009-09-01', consented: true });
  durham(t, ...atOffer)
    .as('seat-holder', 'place:durham+agency:council', 'deputy')
    .when('Accept', { consent: false })
    .then({ type: 'CommitmentAccepted' });
  durham(t, drafted({ ownerAgencyId: 'pct' }), offered({ ownerAgencyId: 'pct' }))
    .as(...actors.chair)
    .when('Accept', { consent: false })
    .then({ type: 'CommitmentAccepted' });
  const whitehall = [draftedWhitehall(), offeredWhitehall()];
  durham(t, ...whitehall)
    .as(...actors.dwp)
    .when('Accept', { consent: true })
    .then({ type: 'CommitmentAccepted', data: { ownerKind: 'department' } });
  for (const [role, scope, account] of [
    actors.pct,
    actors.chair,
    actors.dwp,
    stranger,
    ['official', 'agency:council', 'x'],
  ] as const)
    durham(t, ...atOffer)
      .as(role, scope, account)
      .when('Accept', { consent: false })
      .refuses('ONLY_OWNER_CAN_ACCEPT', /Only council can accept/);
  for (const [role, scope, account] of [
    actors.council,
    ['official', 'agency:dh', 'do.dh'],
    ['seat-holder', 'place:durham+agency:dwp', 'sh.dwp'],
  ] as const)
    durham(t, ...whitehall)
      .as(role, scope, account)
      .when('Accept', { consent: false })
      .refuses('ONLY_OWNER_CAN_ACCEPT');
  durham(t, ...atOffer)
    .when('Accept', { consent: false })
    .refuses('NOT_ALLOWED');
  durham(t, ...atOffer)
    .as('system')
    .when('Accept', { consent: false })
    .refuses('ONLY_OWNER_CAN_ACCEPT');
  // A chair's grant without the chair, though the seat is held.
  durham(t, ...atOffer)
    .as('chair', 'place:durham+agency:council', 'sh.council')
    .when('Accept', { consent: false })
    .refuses('ONLY_OWNER_CAN_ACCEPT');
  // A delegation that has ended binds nobody.
  durham(t, ...atOffer)
    .at('2009-10-01')
    .as('seat-holder', 'place:durham+agency:council', 'deputy')
    .when('Accept', { consent: false })
    .refuses('ONLY_OWNER_CAN_ACCEPT');
});

test('an acceptance comes in time, of a body that exists, with its money', async (t) => {
  const council = (...given: Given[]) => durham(t, ...given).as(...actors.council);
  council(...atOffer)
    .at('2009-09-10')
    .when('Accept', { consent: false })
    .then({ type: 'CommitmentAccepted' });
  council(...atOffer)
    .at('2009-09-11')
    .when('Accept', { consent: false })
    .refuses('OFFER_LAPSED');
  council(drafted(), offered({ lapsesOn: '2010-01-11' }))
    .at('2009-12-19')
    .when('Accept', { consent: false })
    .refuses('DUE_DATE_IN_PAST');
  council(...draft)
    .when('Accept', { consent: false })
    .refuses('WRONG_STATE');
  council(...atAccepted)
    .when('Accept', { consent: false })
    .refuses('WRONG_STATE');
  world(t, { given: atOffer, status: 'withdrawn' })
    .as(...actors.council)
    .when('Accept', { consent: false })
    .refuses('PLACE_WITHDRAWN');
  world(t, {
    given: [drafted({ ownerAgencyId: 'old' }), offered({ ownerAgencyId: 'old' })],
    seats: { ...seats, ...seat('old') },
  })
    .as('seat-holder', 'place:durham+agency:old', 'sh.old')
    .when('Accept', { consent: false })
    .refuses('AGENCY_RETIRED');
  council(...funded)
    .when('Accept', { consent: false })
    .refuses('NO_FUNDS_RESERVED', /not answered yet/);
  council(
    ...funded,
    happened('CommitmentFundsRefused', { poolId: 'treatment', code: 'OVER_ALLOCATED', reason: 'Too little' }),
  )
    .when('Accept', { consent: false })
    .refuses('NO_FUNDS_RESERVED', /ask again/);
  council(...funded, happened('CommitmentFundsConfirmed', { poolId: 'treatment', pence: 400_00 }))
    .when('Accept', { consent: false })
    .then({ type: 'CommitmentAccepted' });
});

test('a department’s own answer in full is its promise, on exactly its terms', async (t) => {
  const by = { account: 'do.dwp', role: 'official' as const, agency: 'dwp' };
  const answered = (more: MoreFor<typeof barrier, 'BarrierAnswered'> = {}) => ({
    event: eventsFor(barrier)('BarrierAnswered', {
      agencyId: 'dwp',
      placeId: 'durham',
      kind: 'department',
      position: 'will-remove',
      next: 'in-action',
      dueOn: '2009-12-18',
      measure: terms.measure,
      evidenceExpected: terms.evidenceExpected,
      verifierAgency: 'pct',
      ...more,
    }),
    by,
  });
  const described = {
    placeId: 'durham',
    programmeId: 'tp',
    kind: 'guidance',
    statement: 'Forms',
    effectOnResidents: 'Wait',
  };
  const forms = (answer: GivenFor<typeof barrier>): GivenFor<typeof barrier>[] => [
    eventsFor(barrier)('BarrierRecorded', { ...described, triageDueOn: '2009-06-15' }),
    eventsFor(barrier)('BarrierTriaged', {
      ...described,
      locus: 'whitehall',
      reason: 'Theirs',
      struck: [],
      asks: [],
    }),
    eventsFor(barrier)('OwnerProposed', {
      agencyId: 'dwp',
      placeId: 'durham',
      kind: 'department',
      acceptanceDueOn: '2009-09-03',
      answerDueOn: '2009-09-10',
    }),
    answer,
  ];
  const from = { kind: 'barrier', id: 'forms' };
  const accepts = (
    answer: GivenFor<typeof barrier>,
    given = [draftedWhitehall({ from }), offeredWhitehall()],
  ) =>
    durham(t, ...given)
      .with(barrier, 'forms', ...forms(answer))
      .as('system')
      .when('Accept', { consent: true });
  accepts(answered()).then({ type: 'CommitmentAccepted', data: { ownerAgencyId: 'dwp' } });
  for (const missing of ['measure', 'evidenceExpected', 'verifierAgency'])
    accepts(answered({ [missing]: undefined })).refuses('ONLY_OWNER_CAN_ACCEPT');
  accepts({ ...answered(), by: { account: 'x', role: 'seat-holder', agency: 'council' } }).refuses(
    'ONLY_OWNER_CAN_ACCEPT',
  );
  for (const changed of [
    { dueOn: '2009-11-18' },
    { measure: 'Something else' },
    { evidenceExpected: 'Less' },
    { verifierAgencyId: 'police' },
  ])
    accepts(answered(), [draftedWhitehall({ from }), offeredWhitehall(changed)]).refuses(
      'ONLY_OWNER_CAN_ACCEPT',
    );
  const draftedByPlace = {
    event: draftedWhitehall({ from }),
    by: { account: 'lead', role: 'secretariat', place: 'durham' },
  };
  accepts(answered(), [draftedByPlace as never, offeredWhitehall()]).refuses('ONLY_OWNER_CAN_ACCEPT');
});

test('the owner declines, consents later; an unanswered offer lapses by the clock', async (t) => {
  t.match(
    durham(t, ...atOffer)
      .as(...actors.council)
      .when('Decline', { reason: 'Not ours' })
      .then({ type: 'CommitmentDeclined' }).state,
    { status: 'declined', endedOn: '2009-09-01' },
  );
  durham(t, ...atOffer)
    .as(...actors.pct)
    .when('Decline', { reason: 'No' })
    .refuses('NOT_OWNER');
  durham(t, ...atOffer)
    .as(...stranger)
    .when('Decline', { reason: 'No' })
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: atOffer, status: 'withdrawn' })
    .as(...actors.council)
    .when('Decline', { reason: 'No' })
    .refuses('PLACE_WITHDRAWN');
  const consents = (...given: Given[]) => durham(t, ...given).as(...actors.council);
  t.equal(
    consents(...atAccepted)
      .when('ConsentToCommitmentDisclosure')
      .then({ type: 'CommitmentDisclosureConsented' }).state.consented,
    true,
  );
  consents(...atOffer, accepted({ consent: true }))
    .when('ConsentToCommitmentDisclosure')
    .refuses('CONSENT_STANDS', /consented already/);
  consents(...atOffer)
    .when('ConsentToCommitmentDisclosure')
    .refuses('WRONG_STATE');
  durham(t, ...atAccepted)
    .as(...actors.pct)
    .when('ConsentToCommitmentDisclosure')
    .refuses('NOT_OWNER');
  durham(t, ...atAccepted)
    .as(...stranger)
    .when('ConsentToCommitmentDisclosure')
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: atAccepted, status: 'withdrawn' })
    .as(...actors.council)
    .when('ConsentToCommitmentDisclosure')
    .refuses('PLACE_WITHDRAWN');
  const clock = (at: string, ...given: Given[]) =>
    durham(t, ...given)
      .at(at)
      .as('system')
      .when('LapseOffer');
  clock('2009-09-10', ...atOffer).nothing();
  t.equal(clock('2009-09-11', ...atOffer).then({ type: 'OfferLapsed' }).state.status, 'lapsed');
  clock('2009-09-11', ...atAccepted).nothing();
});

test('money is asked of a pool, and its answer recorded', async (t) => {
  const system = (...given: Given[]) => durham(t, ...given).as('system');
  const confirms = (held: boolean | undefined, ...given: Given[]) =>
    world(t, { given, ...(held === undefined ? {} : { held }) })
      .as('system')
      .when('ConfirmFunds');
  t.equal(
    confirms(true, ...funded).then({
      type: 'CommitmentFundsConfirmed',
      data: { poolId: 'treatment', pence: 400_00 },
    }).state.funds,
    'confirmed',
  );
  // An old answer, after the money was given back.
  confirms(false, ...funded).refuses('NO_FUNDS_RESERVED');
  confirms(undefined, ...funded).refuses('NO_FUNDS_RESERVED');
  const tooLittle = { code: 'OVER_ALLOCATED', reason: 'Too little' };
  t.equal(
    system(...funded)
      .when('RefuseFunds', tooLittle)
      .then({ type: 'CommitmentFundsRefused', data: tooLittle }).state.funds,
    'refused',
  );
  system(...atOffer)
    .when('ConfirmFunds')
    .refuses('NO_FUNDS_ASKED');
  system(...atOffer)
    .when('RefuseFunds', tooLittle)
    .refuses('NO_FUNDS_ASKED');
  // Confirmed, it is refused once the pool has let go of it, a promise too; what the place asked for is
  // known.
  const confirmed = happened('CommitmentFundsConfirmed', { poolId: 'treatment', pence: 400_00 });
  for (const given of [
    [...funded, confirmed],
    [...funded, confirmed, accepted()],
  ]) {
    const refuses = (held: boolean) => world(t, { given, held }).as('system').when('RefuseFunds', tooLittle);
    refuses(true).refuses('NO_FUNDS_ASKED');
    t.equal(refuses(false).then({ type: 'CommitmentFundsRefused', data: tooLittle }).state.funds, 'refused');
  }
  const askedBy = (place?: string) =>
    load(commitment, 'one', [
      drafted({ money }),
      offered(),
      {
        event: happened('FundsRequested', money),
        by: { account: 'a', role: 'secretariat', ...(place ? { place } : {}) },
      },
    ]);
  t.same(
    [askedBy('durham'), askedBy('kent'), askedBy()].map((c) => c.state.askedByPlace),
    [true, false, false],
  );
  system(...atDone)
    .when('ConfirmFunds')
    .refuses('WRONG_STATE');
  const refused = [...funded, happened('CommitmentFundsRefused', { poolId: 'treatment', ...tooLittle })];
  t.equal(
    durham(t, ...refused)
      .when('RequestFunds')
      .then({ type: 'FundsRequested', data: money }).state.funds,
    'requested',
  );
  durham(t, ...refused)
    .as(...actors.council)
    .when('RequestFunds')
    .then({ type: 'FundsRequested' });
  durham(t, ...funded)
    .when('RequestFunds')
    .nothing();
  durham(t, ...refused)
    .as(...actors.police)
    .when('RequestFunds')
    .refuses('NOT_DRAFTER');
  durham(t, ...refused)
    .as(...stranger)
    .when('RequestFunds')
    .refuses('NOT_A_SEAT_HOLDER');
  // What was drafted without money is accepted without; then it is asked for what it is given.
  durham(t, ...atOffer)
    .when('RequestFunds', { money })
    .refuses('NO_FUNDS_ASKED', /offered without money/);
  const penniless = [...atOffer, accepted()];
  durham(t, ...penniless)
    .when('RequestFunds')
    .refuses('NO_FUNDS_ASKED', /Enter how much/);
  t.match(
    durham(t, ...penniless)
      .when('RequestFunds', { money })
      .then({ type: 'FundsRequested', data: money }).state,
    { money, funds: 'requested' },
  );
  durham(t, ...penniless)
    .when('RequestFunds', { money: { ...money, pledgeIds: ['nowhere'] } })
    .refuses('PLEDGE_UNKNOWN');
  durham(t, ...penniless)
    .when('RequestFunds', { money: { ...money, poolId: 'never' } })
    .refuses('POOL_UNKNOWN');
  durham(t, ...refused)
    .when('RequestFunds', { money })
    .refuses('FUNDS_ASKED', /asks £400 of the pool/);
  world(t, { given: refused, status: 'withdrawn' }).when('RequestFunds').refuses('PLACE_WITHDRAWN');
  // A promise that ended gave its money back: reopened and offered on, it is accepted only when the pool
  // holds the money again.
  const fundsConfirmed = happened('CommitmentFundsConfirmed', { poolId: 'treatment', pence: 400_00 });
  const reopened = [
    ...funded,
    fundsConfirmed,
    accepted(),
    reported(),
    claimed,
    verified,
    happened('CommitmentReopened', { ...ownedByCouncil, evidence, reason: 'Back', dueOn: '2009-12-18' }),
  ];
  const reassigned = happened('CommitmentReassigned', {
    ...ownedByCouncil,
    ownerAgencyId: 'police',
    fromAgencyId: 'council',
    accountable: { seatId: 'police' },
    reason: 'Theirs now',
    lapsesOn: '2009-09-29',
  });
  const police = (...given: Given[]) => durham(t, ...reopened, ...given).as(...actors.police);
  police(reassigned)
    .when('Accept', { consent: false })
    .refuses('NO_FUNDS_RESERVED', /given back/);
  t.equal(
    police(reassigned).when('RequestFunds').then({ type: 'FundsRequested', data: money }).state.funds,
    'requested',
  );
  durham(t, ...reopened)
    .as(...actors.council)
    .when('RequestFunds')
    .then({ type: 'FundsRequested', data: money });
  const asked = happened('FundsRequested', money);
  police(reassigned, asked)
    .when('Accept', { consent: false })
    .refuses('NO_FUNDS_RESERVED', /not answered yet/);
  for (const waiting of [[asked], [asked, claimed]]) {
    confirms(true, ...reopened, ...waiting).then({ type: 'CommitmentFundsConfirmed' });
    system(...reopened, ...waiting)
      .when('RefuseFunds', tooLittle)
      .then({ type: 'CommitmentFundsRefused' });
  }
  police(asked, fundsConfirmed, reassigned)
    .when('Accept', { consent: false })
    .then({ type: 'CommitmentAccepted' });
  t.equal(
    load(commitment, 'one', [
      ...funded,
      happened('CommitmentFundsRefused', { poolId: 'treatment', ...tooLittle }),
      happened('OfferLapsed', { ownerAgencyId: 'council', offeredOn: '2009-08-01' }),
    ]).state.funds,
    'refused',
  );
  for (const type of ['FundsRequested', 'CommitmentFundsConfirmed', 'CommitmentFundsRefused'])
    t.equal(flag(aggregateNamed(commitment.name).events[type]!.private, {}), true, `${type} is private`);
});

const report = {
  period: '2009-09',
  progress: 40,
  rag: green,
  narrative: 'The form is agreed',
  nextStep: 'Train',
};
const explained = { cause: 'procurement', recovery: 'Let again', recoveryOn: '2009-11-01' };

test('a period is reported once; later it is corrected', async (t) => {
  const { state } = durham(t, ...atAccepted)
    .as(...actors.council)
    .when('Report', report)
    .then({ type: 'ProgressReported', data: { period: '2009-09', turnedRed: false } });
  t.match(state, { status: 'in-delivery', reports: { '2009-09': { progress: 40, on: '2009-09-01' } } });
  for (const [role, scope] of [
    ['secretariat', 'place:durham'],
    ['member', 'place:durham'],
    ['contributor', 'place:durham+agency:council'],
  ] as const)
    durham(t, ...atAccepted)
      .as(role, scope)
      .when('Report', report)
      .then({ type: 'ProgressReported' });
  durham(t, ...atWhitehall)
    .as(...actors.dwp)
    .when('Report', report)
    .then({ type: 'ProgressReported' });
  durham(t, ...atAccepted)
    .as(...actors.pct)
    .when('Report', report)
    .refuses('NOT_OWNER');
  durham(t, ...atWhitehall)
    .when('Report', report)
    .refuses('NOT_OWNER', /Only dwp can do this/);
  durham(t, ...atAccepted)
    .as(...stranger)
    .when('Report', report)
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, ...atOffer)
    .when('Report', report)
    .refuses('WRONG_STATE');
  world(t, { given: atAccepted, status: 'withdrawn' }).when('Report', report).refuses('PLACE_WITHDRAWN');
  const again = durham(t, ...atAccepted, reported('2009-09'));
  again.when('Report', report).refuses('PERIOD_ALREADY_REPORTED', /correctionReason/);
  const corrected = again
    .when('Report', { ...report, progress: 45, correctionReason: 'Two cases more' })
    .then({ type: 'ProgressReported', data: { correctionReason: 'Two cases more' } });
  t.match(part(corrected.state.reports, '2009-09'), { progress: 45, correctionReason: 'Two cases more' });
  const first = durham(t, ...atAccepted)
    .when('Report', { ...report, correctionReason: 'None before' })
    .then({ type: 'ProgressReported' });
  t.notOk(held(first.state.reports, '2009-09').correctionReason, 'a first report corrects nothing');
});

test('a period is of the programme’s calendar, begun, and not before the promise', async (t) => {
  const reportedFor = (circumstances: World, period: string) =>
    world(t, { given: atAccepted, ...circumstances }).when('Report', { ...report, period });
  reportedFor({}, '2009-10').refuses('PERIOD_NOT_VALID', /has begun/);
  reportedFor({}, '2009-05').refuses('PERIOD_NOT_VALID', /accepted on 1 June/);
  reportedFor({}, '2009-Q3').refuses('PERIOD_NOT_VALID', /by month/);
  reportedFor({ period: 'quarter' }, '2009-09').refuses('PERIOD_NOT_VALID', /by quarter/);
  reportedFor({ period: 'quarter' }, '2009-Q3').then({ type: 'ProgressReported' });
  reportedFor({}, '2009-06').then({ type: 'ProgressReported' });
  world(t, { given: atAccepted, ragScale: 'three' })
    .when('Report', { ...report, rag: { ...green, risk: 'amber-green' } })
    .refuses('RAG_NOT_ON_SCALE');
});

test('amber or worse, and falling progress, are explained', async (t) => {
  const reportedWith = (more: object, ...given: Given[]) =>
    durham(t, ...atAccepted, ...given).when('Report', { ...report, ...more });
  const amber = { rag: { ...green, spend: 'amber' } };
  reportedWith({ rag: { ...green, spend: 'amber-green' } }).then({ type: 'ProgressReported' });
  reportedWith(amber).refuses('EXPLANATION_REQUIRED', /cause/);
  reportedWith({ ...amber, cause: 'procurement' }).refuses('EXPLANATION_REQUIRED', /what is done/);
  reportedWith({ ...amber, ...explained, recoveryOn: undefined }).refuses('EXPLANATION_REQUIRED', /date/);
  reportedWith({ ...amber, ...explained, cause: 'other' }).refuses('EXPLANATION_REQUIRED', /Enter the cause/);
  reportedWith({ ...amber, ...explained, cause: 'other', causeText: 'A flood' }).then({
    type: 'ProgressReported',
  });
  reportedWith({ ...amber, ...explained }).then({ type: 'ProgressReported', data: explained });
  reportedWith({ progress: 39 }, reported()).refuses('EXPLANATION_REQUIRED', /falls from 40/);
  reportedWith({ progress: 39, fallReason: 'Recounted' }, reported()).then({ type: 'ProgressReported' });
  t.equal(
    reportedWith({ progress: 100 }, reported()).then({ type: 'ProgressReported' }).state.status,
    'in-delivery',
    '100 does not complete',
  );
});

test('a report is material when it turns red', async (t) => {
  const material = (d: object) => flag(commitment.events.ProgressReported!.material, d);
  const turned = (rag: DataFor<typeof commitment, 'Report'>['rag'], ...given: Given[]) =>
    durham(t, ...atAccepted, ...given).when('Report', { ...report, rag, ...explained });
  turned(red).then({ type: 'ProgressReported', data: { turnedRed: true } });
  turned(red, reported()).then({ type: 'ProgressReported', data: { turnedRed: true } });
  turned(red, reported('2009-08', { rag: red })).then({
    type: 'ProgressReported',
    data: { turnedRed: false },
  });
  turned({ ...green, risk: 'amber-red' }).then({ type: 'ProgressReported', data: { turnedRed: false } });
  t.same([material({ turnedRed: true }), material({ turnedRed: false })], [true, false]);
});

test('green delivery against the facts is contradicted', async (t) => {
  const milestoneDue = (dueOn: string) =>
    happened('CommitmentMilestoneAdded', { milestoneId: 'form', title: 'Form agreed', dueOn });
  const reportedAfter = (...given: Given[]) => durham(t, ...atAccepted, ...given).when('Report', report);
  // Ten working days before 1 September 2009 is 17 August (the 31st was a bank holiday); twelve is the 13th.
  reportedAfter(milestoneDue('2009-08-13')).refuses(
    'RAG_CONTRADICTED',
    /Form agreed is 12 working days overdue/,
  );
  reportedAfter(milestoneDue('2009-08-17')).then({ type: 'ProgressReported' });
  reportedAfter(milestoneDue('2009-08-14')).refuses('RAG_CONTRADICTED', /11 working days/);
  reportedAfter(
    milestoneDue('2009-08-13'),
    happened('CommitmentMilestoneReached', { milestoneId: 'form', title: 'Form agreed' }),
  ).then({
    type: 'ProgressReported',
  });
  durham(t, ...atAccepted, milestoneDue('2009-08-13'))
    .when('Report', { ...report, rag: { ...green, delivery: 'amber' }, ...explained })
    .then({ type: 'ProgressReported' });
  const waiver = { waiverId: 'late-form', overrideReason: 'The form is signed, the minutes are late' };
  durham(t, ...atAccepted, milestoneDue('2009-08-13'))
    .when('Report', { ...report, waiverId: 'late-form' })
    .refuses('RAG_CONTRADICTED');
  durham(t, ...atAccepted, milestoneDue('2009-08-13'))
    .when('Report', { ...report, ...waiver })
    .refuses('WAIVER_DOES_NOT_APPLY');
  const plain = durham(t, ...atAccepted)
    .when('Report', { ...report, ...waiver })
    .then({ type: 'ProgressReported' });
  t.notOk(held(plain.state.reports, '2009-09').waiverId, 'a waiver that is not needed is not used');
  const depends = [drafted({ dependsOn: ['other'] }), offered(), accepted()];
  const other = (rag: EventDataFor<typeof commitment, 'ProgressReported'>['rag']) =>
    durham(t, ...depends).with(commitment, 'other', ...atAccepted, reported('2009-08', { rag }));
  other(red)
    .when('Report', report)
    .refuses('RAG_CONTRADICTED', /other, on which it depends, is red/);
  other({ ...green, risk: 'amber-red' })
    .when('Report', report)
    .then({ type: 'ProgressReported' });
});

test('milestones lie between start and due date', async (t) => {
  const milestone = { milestoneId: 'form', title: 'Form agreed', dueOn: '2009-11-01' };
  const durhamAfter = (...given: Given[]) => durham(t, ...given);
  t.match(
    durhamAfter(...atAccepted)
      .when('AddCommitmentMilestone', milestone)
      .then({ type: 'CommitmentMilestoneAdded' }).state.milestones,
    { form: { title: 'Form agreed' } },
  );
  durhamAfter(...atAccepted, happened('CommitmentMilestoneAdded', milestone))
    .when('AddCommitmentMilestone', milestone)
    .refuses('MILESTONE_EXISTS');
  durhamAfter(...atAccepted)
    .when('AddCommitmentMilestone', { ...milestone, dueOn: '2009-12-19' })
    .refuses('DATES_OUT_OF_ORDER');
  durhamAfter(drafted(), offered({ startOn: '2009-11-02' }), accepted())
    .when('AddCommitmentMilestone', milestone)
    .refuses('DATES_OUT_OF_ORDER');
  durhamAfter(...atAccepted)
    .as(...actors.pct)
    .when('AddCommitmentMilestone', milestone)
    .refuses('NOT_OWNER');
  durhamAfter(...atAccepted)
    .as(...stranger)
    .when('AddCommitmentMilestone', milestone)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: atAccepted, status: 'withdrawn' })
    .when('AddCommitmentMilestone', milestone)
    .refuses('PLACE_WITHDRAWN');
  const with1 = [...atAccepted, happened('CommitmentMilestoneAdded', milestone)];
  t.equal(
    held(
      durhamAfter(...with1)
        .when('ReachCommitmentMilestone', { milestoneId: 'form' })
        .then({ type: 'CommitmentMilestoneReached' }).state.milestones,
      'form',
    ).reachedOn,
    '2009-09-01',
  );
  durhamAfter(...with1, happened('CommitmentMilestoneReached', { milestoneId: 'form', title: 'Form agreed' }))
    .when('ReachCommitmentMilestone', { milestoneId: 'form' })
    .nothing();
  durhamAfter(...with1)
    .when('ReachCommitmentMilestone', { milestoneId: 'none' })
    .refuses('MILESTONE_UNKNOWN');
  durhamAfter(...with1)
    .as(...actors.pct)
    .when('ReachCommitmentMilestone', { milestoneId: 'form' })
    .refuses('NOT_OWNER');
  durhamAfter(...with1)
    .as(...stranger)
    .when('ReachCommitmentMilestone', { milestoneId: 'form' })
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: with1, status: 'withdrawn' })
    .when('ReachCommitmentMilestone', { milestoneId: 'form' })
    .refuses('PLACE_WITHDRAWN');
});

test('completion is claimed with evidence, once the work has begun', async (t) => {
  const claims = (...given: Given[]) => durham(t, ...given).as(...actors.council);
  t.match(
    claims(...inWork)
      .when('ClaimComplete', { evidence })
      .then({
        type: 'CompletionClaimed',
        data: { verifierAgencyId: 'pct', verifierKind: 'partner', verifyBy: '2009-09-22' },
      }).state,
    {
      status: 'completion-claimed',
      claim: { by: 'sh.council', evidence },
    },
  );
  claims(...atAccepted)
    .when('ClaimComplete', { evidence })
    .then({ type: 'CompletionClaimed' });
  claims(drafted(), offered({ startOn: '2009-09-02' }), accepted())
    .when('ClaimComplete', { evidence })
    .refuses('WRONG_STATE', /starts on 2 September/);
  claims(...inWork)
    .when('ClaimComplete', { evidence: [] })
    .refuses('EVIDENCE_REQUIRED');
  claims(...inWork)
    .when('ClaimComplete', { evidence: [{ ...evidence[0]!, locator: undefined }] })
    .refuses('EVIDENCE_REQUIRED', /SHA-256/);
  claims(...inWork)
    .when('ClaimComplete', { evidence: [{ ...evidence[0]!, date: '2009-09-02' }] })
    .refuses('EVIDENCE_REQUIRED', /today or earlier/);
  claims(...inWork)
    .when('ClaimComplete', {
      evidence: [
        { type: 'document', description: 'Board paper', date: '2009-09-01', sha256: 'a'.repeat(64) },
      ],
    })
    .then({ type: 'CompletionClaimed' });
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('ClaimComplete', { evidence })
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('ClaimComplete', { evidence })
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: inWork, status: 'withdrawn' })
    .as(...actors.council)
    .when('ClaimComplete', { evidence })
    .refuses('PLACE_WITHDRAWN');
});

test('somebody else verifies, and says how far', async (t) => {
  const verify = (level: string, reason?: string, ...given: Given[]) =>
    durham(t, ...(given.length ? given : atClaim))
      .as(...actors.pct)
      .when('Verify', { level, ...(reason ? { reason } : {}) });
  t.match(verify('complete').then({ type: 'CompletionVerified', data: { closes: true } }).state, {
    status: 'completed',
    endedOn: '2009-09-01',
    verification: { level: 'complete', agencyId: 'pct' },
  });
  t.equal(
    verify('substantial', 'One town is left').then({ type: 'CompletionVerified', data: { closes: true } })
      .state.status,
    'completed',
  );
  verify('substantial').refuses('REASON_REQUIRED');
  for (const level of ['limited', 'not-started', 'no-evidence'])
    t.match(verify(level, 'Too little').then({ type: 'CompletionVerified', data: { closes: false } }).state, {
      status: 'in-delivery',
    });
  verify('complete', undefined, ...inWork).refuses('WRONG_STATE');
  const claimSeenBy = (role: string, scope: string, account: string, given = atClaim) =>
    durham(t, ...given)
      .as(role, scope, account)
      .when('Verify', { level: 'complete' });
  claimSeenBy(...actors.council).refuses('VERIFIER_NOT_INDEPENDENT');
  claimSeenBy(...actors.police).refuses('VERIFIER_NOT_INDEPENDENT');
  claimSeenBy('seat-holder', 'place:durham+agency:pct', 'somebody').refuses('NOT_A_SEAT_HOLDER');
  claimSeenBy('finance-officer', 'agency:pct', 'finance-officer.pct').refuses(
    'VERIFIER_NOT_INDEPENDENT',
    /money/,
  );
  const claimedBy = (account: string) => [
    drafted({ money }),
    offered(),
    accepted(),
    { event: claimed, by: { account, role: 'seat-holder' } } as never,
  ];
  claimSeenBy('finance-officer', 'agency:pct', 'finance-officer.pct', claimedBy('sh.council')).then({
    type: 'CompletionVerified',
  });
  claimSeenBy(
    'finance-officer',
    'agency:pct',
    'finance-officer.pct',
    claimedBy('finance-officer.pct'),
  ).refuses('VERIFIER_NOT_INDEPENDENT', /You had a part/);
  const byDwp = [
    drafted(),
    offered({ verifierAgencyId: 'dwp', verifierKind: 'department' }),
    accepted(),
    claimed,
  ];
  claimSeenBy(...actors.dwp, byDwp).then({ type: 'CompletionVerified' });
  world(t, { given: atClaim, status: 'withdrawn' })
    .as(...actors.pct)
    .when('Verify', { level: 'complete' })
    .refuses('PLACE_WITHDRAWN');
});

test('whoever had a part in a promise but for the verifying agency judges nothing of it, in whatever token', async (t) => {
  const twoHats = { account: 'two-hats', role: 'secretariat' as const, place: 'durham' };
  const history = [
    ...atAccepted,
    happened('CommitmentDisclosureConsented', { ownerAgencyId: 'council' }),
    reported(),
    happened('CommitmentMilestoneAdded', { milestoneId: 'm', title: 'M', dueOn: '2009-11-27' }),
  ];
  const more = [
    happened('CommitmentMilestoneReached', { milestoneId: 'm', title: 'M' }),
    rescheduled('2009-12-18', '2009-12-21'),
    happened('AccountableReplaced', {
      from: { seatId: 'council' },
      to: { seatId: 'council' },
      reason: 'Again',
    }),
    claimed,
  ];
  const whole = [...history, ...more];
  const given = (at: number, by: Actor, all: EventFor<typeof commitment>[] = whole) =>
    all.map((event, i) => (i === at ? { event, by } : event));
  const trustSeatOf = (list: Given[], account = 'two-hats') =>
    world(t, { given: list, seats: { ...seats, pct: { ...seats.pct, account } } }).as(
      'seat-holder',
      'place:durham+agency:pct',
      account,
    );
  for (const [i, { type }] of whole.entries()) {
    trustSeatOf(given(i, twoHats))
      .when('Verify', { level: 'complete' })
      .refuses('VERIFIER_NOT_INDEPENDENT', /had a part/);
    trustSeatOf(given(i, twoHats), 'another')
      .when('Verify', { level: 'complete' })
      .then({ type: 'CompletionVerified' });
    t.pass(type);
  }
  const reassigned = [
    ...atAccepted,
    happened('CommitmentReassigned', {
      ...ownedByCouncil,
      ownerAgencyId: 'police',
      fromAgencyId: 'council',
      accountable: { seatId: 'police' },
      reason: 'Theirs',
      lapsesOn: '2009-09-29',
    }),
  ];
  const anew = [...reassigned, accepted({ ownerAgencyId: 'police' }), reported(), claimed];
  trustSeatOf(given(3, twoHats, anew))
    .when('Verify', { level: 'complete' })
    .refuses('VERIFIER_NOT_INDEPENDENT');
  trustSeatOf(given(0, twoHats))
    .when('ReturnClaim', { reason: 'One town only' })
    .refuses('VERIFIER_NOT_INDEPENDENT');
  const again = [{ ...evidence[0]!, description: 'A visit' }];
  trustSeatOf(given(0, twoHats, [...whole, verified]))
    .when('ReopenCommitment', { evidence: again, reason: 'Back' })
    .refuses('VERIFIER_NOT_INDEPENDENT');
  // The verifying agency itself may have asked for the promise.
  for (const i of [0, 1])
    trustSeatOf(given(i, { account: 'two-hats', role: 'seat-holder', agency: 'pct', place: 'durham' }))
      .when('Verify', { level: 'complete' })
      .then({ type: 'CompletionVerified' });
  // What the system does on somebody's behalf is theirs.
  trustSeatOf(given(2, { account: 'system:x', role: 'system', onBehalfOf: 'two-hats' }))
    .when('Verify', { level: 'complete' })
    .refuses('VERIFIER_NOT_INDEPENDENT');
});

test('a claim is returned, a completed commitment reopened within two years', async (t) => {
  const returns = (...given: Given[]) => durham(t, ...given).as(...actors.pct);
  const back = returns(...atClaim)
    .when('ReturnClaim', { reason: 'One town only' })
    .then({ type: 'CompletionReturned', data: { dueOn: '2009-12-18' } }).state;
  t.equal(back.status, 'in-delivery');
  t.equal(back.claim, undefined);
  durham(t, ...atClaim)
    .as(...actors.council)
    .when('ReturnClaim', { reason: 'No' })
    .refuses('VERIFIER_NOT_INDEPENDENT');
  durham(t, ...atClaim)
    .as('seat-holder', 'place:durham+agency:pct', 'x')
    .when('ReturnClaim', { reason: 'No' })
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: atClaim, status: 'withdrawn' })
    .as(...actors.pct)
    .when('ReturnClaim', { reason: 'No' })
    .refuses('PLACE_WITHDRAWN');
  const again = {
    evidence: [{ ...evidence[0]!, description: 'Visit to two towns' }],
    reason: 'The forms are back',
  };
  t.match(
    returns(...atDone)
      .when('ReopenCommitment', again)
      .then({ type: 'CommitmentReopened', data: { dueOn: '2009-12-18' } }).state,
    { status: 'in-delivery' },
  );
  returns(...atDone)
    .at('2009-12-18')
    .when('ReopenCommitment', again)
    .then({ type: 'CommitmentReopened', data: { dueOn: '2010-01-06' } });
  returns(...atDone)
    .at('2011-06-01')
    .when('ReopenCommitment', again)
    .then({ type: 'CommitmentReopened' });
  returns(...atDone)
    .at('2011-06-02')
    .when('ReopenCommitment', again)
    .refuses('REOPEN_TOO_LATE');
  returns(...atDone)
    .when('ReopenCommitment', { ...again, evidence: [] })
    .refuses('EVIDENCE_REQUIRED', /at least one piece/);
  returns(...atDone)
    .when('ReopenCommitment', { ...again, evidence })
    .refuses('EVIDENCE_REQUIRED', /was looked at/);
  returns(...atDone)
    .when('ReopenCommitment', { ...again, evidence: [...evidence, ...again.evidence] })
    .then({ type: 'CommitmentReopened' });
  durham(t, ...atDone)
    .as(...actors.council)
    .when('ReopenCommitment', again)
    .refuses('VERIFIER_NOT_INDEPENDENT');
  durham(t, ...atDone)
    .as('seat-holder', 'place:durham+agency:pct', 'x')
    .when('ReopenCommitment', again)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: atDone, status: 'withdrawn' })
    .as(...actors.pct)
    .when('ReopenCommitment', again)
    .refuses('PLACE_WITHDRAWN');
});

test('a date moves on the owner’s word twice, by thirty days in all, before it has passed', async (t) => {
  const move = (dueOn: string, ...given: Given[]) =>
    durham(t, ...given)
      .as(...actors.council)
      .when('Reschedule', { dueOn, reason: 'Later' });
  const { state } = move('2010-01-17', ...inWork).then({
    type: 'CommitmentRescheduled',
    data: { from: '2009-12-18', to: '2010-01-17' },
  });
  t.match(state, { dueOn: '2010-01-17', baselineDueOn: '2009-12-18', reschedules: 1 });
  t.equal(slippage(state), 30);
  move('2009-12-18', ...inWork).nothing();
  move('2010-01-18', ...inWork).refuses('RESCHEDULE_NEEDS_DECISION', /31 days/);
  const twice = [...inWork, rescheduled('2009-12-18', '2009-12-19'), rescheduled('2009-12-19', '2009-12-21')];
  move('2009-12-22', ...twice.slice(0, -1)).then({ type: 'CommitmentRescheduled' });
  move('2009-12-22', ...twice).refuses('RESCHEDULE_NEEDS_DECISION', /carried decision.*rescheduled 2 times/);
  durham(t, ...inWork)
    .at('2009-12-18')
    .when('Reschedule', { dueOn: '2009-12-22', reason: 'Later' })
    .then({ type: 'CommitmentRescheduled' });
  durham(t, ...inWork)
    .at('2009-12-19')
    .when('Reschedule', { dueOn: '2009-12-22', reason: 'Later' })
    .refuses('RESCHEDULE_NEEDS_DECISION', /has passed/);
  const laterDay = { dueOn: '2010-02-26', reason: 'Later' };
  durham(t, ...inWork)
    .when('Reschedule', { ...laterDay, decisionId: 'none' })
    .refuses('DECISION_NOT_CARRIED');
  // Whitehall: a named official instead of a decision.
  const late = durham(t, ...atWhitehall).as(...actors.dwp);
  late.when('Reschedule', laterDay).refuses('RESCHEDULE_NEEDS_DECISION', /by name/);
  late
    .when('Reschedule', { ...laterDay, official: 'Jane Doe' })
    .then({ type: 'CommitmentRescheduled', data: { official: 'Jane Doe' } });
  durham(t, ...inWork)
    .when('Reschedule', { ...laterDay, official: 'Jane Doe' })
    .refuses('RESCHEDULE_NEEDS_DECISION');
  t.equal(flag(commitment.events.CommitmentRescheduled!.material, {}), true);
});

test('a new date lies in the future, after the milestones, and is the owner’s', async (t) => {
  const move = (dueOn: string, ...given: Given[]) =>
    durham(t, ...given).when('Reschedule', { dueOn, reason: 'Later' });
  move('2009-08-31', ...inWork).refuses('DUE_DATE_IN_PAST');
  move(
    '2009-11-01',
    ...inWork,
    happened('CommitmentMilestoneAdded', { milestoneId: 'a', title: 'A', dueOn: '2009-11-02' }),
  ).refuses('DATES_OUT_OF_ORDER');
  move('2010-04-01', ...inWork).refuses('DUE_AFTER_PROGRAMME');
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('Reschedule', { dueOn: '2010-01-04', reason: 'No' })
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('Reschedule', { dueOn: '2010-01-04', reason: 'No' })
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, ...atWhitehall)
    .when('Reschedule', { dueOn: '2010-01-04', reason: 'No' })
    .refuses('NOT_OWNER');
  move('2010-01-04', ...atOffer).refuses('WRONG_STATE');
  world(t, { given: inWork, status: 'withdrawn' })
    .when('Reschedule', { dueOn: '2010-01-04', reason: 'No' })
    .refuses('PLACE_WITHDRAWN');
  t.equal(commitment.commands.Reschedule!.replaces, true);
  const corrects = (data: object) =>
    doesReplace(commitment.commands.Report!, {}, data, { account: 'a', role: 'seat-holder' });
  t.same(
    [corrects({ correctionReason: 'Late figures' }), corrects({})],
    [true, false],
    'a correction takes another report’s stead, a first report nobody’s',
  );
});

test('who answers for it is replaced within the owner', async (t) => {
  const two = {
    ...seats,
    council2: {
      seatId: 'council2',
      agencyId: 'council',
      account: 'second',
      kind: 'observer',
      status: 'accepted',
    },
  };
  const to = { accountable: { seatId: 'council2' }, reason: 'New chief executive' };
  const orphaned = happened('DutyOrphaned', {
    placeId: 'durham',
    ownerAgencyId: 'council',
    cause: 'seat-left',
    dueOn: '2009-09-29',
  });
  const { state } = world(t, { given: [...inWork, orphaned], seats: two })
    .as(...actors.council)
    .when('ReplaceAccountable', to)
    .then({ type: 'AccountableReplaced' });
  t.match(state, { accountable: { seatId: 'council2' }, orphanedOn: undefined });
  durham(t, ...inWork)
    .when('ReplaceAccountable', { ...to, accountable: { seatId: 'council' } })
    .nothing();
  durham(t, ...inWork, orphaned)
    .when('ReplaceAccountable', { ...to, accountable: { seatId: 'council' } })
    .then({ type: 'AccountableReplaced' });
  durham(t, ...inWork)
    .when('ReplaceAccountable', to)
    .refuses('ACCOUNTABLE_NOT_OF_OWNER');
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('ReplaceAccountable', to)
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('ReplaceAccountable', to)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: inWork, status: 'withdrawn' }).when('ReplaceAccountable', to).refuses('PLACE_WITHDRAWN');
});

test('a commitment is offered to another agency, keeping its baseline', async (t) => {
  const to = { ownerAgencyId: 'police', accountable: { seatId: 'police' }, reason: 'The service moves' };
  const moved = [...inWork, rescheduled('2009-12-18', '2010-01-08')];
  const { state, access } = durham(t, ...moved)
    .as(...actors.council)
    .when('Reassign', to)
    .then({
      type: 'CommitmentReassigned',
      data: { fromAgencyId: 'council', ownerAgencyId: 'police', lapsesOn: '2009-09-29' },
    });
  t.match(state, { status: 'offered', ownerAgencyId: 'police', consented: false, acceptedOn: undefined });
  t.same(access.parties, ['council', 'pct', 'police'], 'who could read it still can');
  const reassigned = happened('CommitmentReassigned', {
    ...ownedByCouncil,
    ownerAgencyId: 'police',
    fromAgencyId: 'council',
    accountable: { seatId: 'police' },
    reason: 'Moves',
    lapsesOn: '2009-09-29',
  });
  durham(t, ...moved, reassigned)
    .as(...actors.council)
    .when('Accept', { consent: true })
    .refuses('ONLY_OWNER_CAN_ACCEPT');
  durham(t, ...moved, reassigned)
    .as(...actors.police)
    .when('Accept', { consent: true })
    .then({
      type: 'CommitmentAccepted',
      data: { dueOn: '2010-01-08', baselineDueOn: '2009-12-18', reschedules: 1 },
    });
  const refusesWith = (more: object, code: string, given: Given[] = inWork) =>
    durham(t, ...given)
      .when('Reassign', { ...to, ...more })
      .refuses(code);
  refusesWith({ ownerAgencyId: 'nobody' }, 'AGENCY_UNKNOWN');
  refusesWith({ ownerAgencyId: 'old' }, 'AGENCY_RETIRED');
  refusesWith({ ownerAgencyId: 'fire' }, 'NOT_A_PARTNER');
  refusesWith({ ownerAgencyId: 'dwp' }, 'OWNER_DOES_NOT_FIT_LEVEL');
  refusesWith({ ownerAgencyId: 'pct', accountable: { seatId: 'pct' } }, 'COMMITMENT_NOT_VERIFIABLE');
  refusesWith({ accountable: { seatId: 'council' } }, 'COMMITMENT_NOT_VERIFIABLE');
  refusesWith({}, 'WRONG_STATE', atOffer);
  durham(t, ...inWork)
    .at('2009-12-19')
    .when('Reassign', to)
    .refuses('DUE_DATE_IN_PAST');
  durham(t, ...inWork)
    .when('Reassign', { ...to, ownerAgencyId: 'council' })
    .nothing();
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('Reassign', to)
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('Reassign', to)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: inWork, status: 'withdrawn' }).when('Reassign', to).refuses('PLACE_WITHDRAWN');
});

test('a promise is withdrawn before acceptance by its drafter, afterwards by decision or by name', async (t) => {
  const notNeeded = { reason: 'Not needed' };
  for (const given of [draft, atOffer])
    t.equal(
      durham(t, ...given)
        .when('Withdraw', notNeeded)
        .then({ type: 'CommitmentWithdrawn', data: { accepted: false } }).state.status,
      'withdrawn',
    );
  const unused = durham(t, ...draft)
    .when('Withdraw', { ...notNeeded, decisionId: 'kept' })
    .then({ type: 'CommitmentWithdrawn', data: { accepted: false } });
  t.same(unused.usedDecisions, [], 'no decision is used where none is needed');
  durham(t, ...draft)
    .as(...actors.police)
    .when('Withdraw', notNeeded)
    .refuses('NOT_DRAFTER');
  durham(t, ...inWork)
    .when('Withdraw', notNeeded)
    .refuses('DECISION_NOT_CARRIED');
  durham(t, ...inWork)
    .when('Withdraw', { ...notNeeded, official: 'Jane Doe' })
    .refuses('DECISION_NOT_CARRIED', /Enter its id/);
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('Withdraw', notNeeded)
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('Withdraw', notNeeded)
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, ...atClaim)
    .when('Withdraw', notNeeded)
    .refuses('WRONG_STATE');
  durham(t, ...atWhitehall)
    .as(...actors.dwp)
    .when('Withdraw', notNeeded)
    .refuses('OFFICIAL_REQUIRED');
  durham(t, ...atWhitehall)
    .as(...actors.dwp)
    .when('Withdraw', { ...notNeeded, official: 'Jane Doe' })
    .then({ type: 'CommitmentWithdrawn', data: { accepted: true, official: 'Jane Doe' } });
  world(t, { given: inWork, status: 'withdrawn' }).when('Withdraw', notNeeded).refuses('PLACE_WITHDRAWN');
  t.equal(flag(commitment.events.CommitmentWithdrawn!.material, {}), true);
});

test('a promise that was offered on is still one: its end needs the same word, or says that nobody keeps it', async (t) => {
  const handedToPolice = (more: More<'CommitmentReassigned'> = {}) =>
    happened('CommitmentReassigned', {
      ...ownedByCouncil,
      ownerAgencyId: 'police',
      fromAgencyId: 'council',
      accountable: { seatId: 'police' },
      reason: 'Moves',
      lapsesOn: '2009-09-29',
      ...more,
    });
  const offeredOn = [...inWork, handedToPolice()];
  const notNeeded = { reason: 'Not needed' };
  durham(t, ...offeredOn)
    .when('Withdraw', notNeeded)
    .refuses('DECISION_NOT_CARRIED');
  durham(t, ...offeredOn)
    .as(...actors.police)
    .when('Withdraw', notNeeded)
    .refuses('DECISION_NOT_CARRIED');
  durham(t, ...offeredOn)
    .as(...actors.chair)
    .when('Withdraw', notNeeded)
    .refuses('NOT_OWNER');
  durham(t, ...offeredOn)
    .with(decision, 'd1', ...carriedFor([{ command: 'Withdraw', record: 'commitment-one', terms: {} }]))
    .when('Withdraw', { ...notNeeded, decisionId: 'd1' })
    .then({ type: 'CommitmentWithdrawn', data: { accepted: true, decisionId: 'd1' } });
  const whitehall = durham(
    t,
    ...atWhitehall,
    handedToPolice({
      ...ownedByDepartment,
      ownerAgencyId: 'dh',
      fromAgencyId: 'dwp',
      accountable: { official: 'John Roe' },
    }),
  ).as('official', 'agency:dh');
  whitehall.when('Withdraw', notNeeded).refuses('OFFICIAL_REQUIRED');
  whitehall
    .when('Withdraw', { ...notNeeded, official: 'John Roe' })
    .then({ type: 'CommitmentWithdrawn', data: { accepted: true } });
  // Nobody is bound by what another accepted: the agency it is offered to may decline, and the record says
  // what that leaves.
  durham(t, ...offeredOn)
    .as(...actors.police)
    .when('Decline', notNeeded)
    .then({ type: 'CommitmentDeclined', data: { promisedBefore: true } });
  durham(t, ...offeredOn)
    .at('2009-09-30')
    .as('system')
    .when('LapseOffer')
    .then({ type: 'OfferLapsed', data: { promisedBefore: true } });
});

test('what stands in another’s stead is accepted first and inherits its baseline', async (t) => {
  const rescheduledOnce = [...inWork, rescheduled('2009-12-18', '2010-01-08')];
  durham(t, drafted({ supersedes: 'old', dueOn: '2010-02-26' }), offered({ dueOn: '2010-02-26' }))
    .with(commitment, 'old', ...rescheduledOnce)
    .as(...actors.council)
    .when('Accept', { consent: true })
    .then({
      type: 'CommitmentAccepted',
      data: { dueOn: '2010-02-26', baselineDueOn: '2009-12-18', reschedules: 1 },
    });
  const next = (...given: Given[]) =>
    durham(t, ...atWhitehall)
      .with(commitment, 'next', ...given)
      .as(...actors.dwp);
  const supersession = { by: 'next', reason: 'One for both', official: 'Jane Doe' };
  const successor = [
    draftedWhitehall({ supersedes: 'one' }),
    offeredWhitehall(),
    accepted(ownedByDepartment),
  ];
  t.match(
    next(...successor)
      .when('Supersede', supersession)
      .then({ type: 'CommitmentSuperseded', data: { by: 'next' } }).state,
    { status: 'superseded', supersededBy: 'next' },
  );
  next(...successor.slice(0, 2))
    .when('Supersede', supersession)
    .refuses('SUCCESSOR_NOT_ACCEPTED');
  next(...atWhitehall)
    .when('Supersede', supersession)
    .refuses('SUCCESSOR_NOT_ACCEPTED');
  next(...successor)
    .when('Supersede', { ...supersession, official: undefined })
    .refuses('OFFICIAL_REQUIRED');
  durham(t, ...inWork)
    .with(commitment, 'next', ...successor)
    .when('Supersede', supersession)
    .refuses('DECISION_NOT_CARRIED', /Enter its id/);
  durham(t, ...inWork)
    .as(...actors.pct)
    .when('Supersede', supersession)
    .refuses('NOT_OWNER');
  durham(t, ...inWork)
    .as(...stranger)
    .when('Supersede', supersession)
    .refuses('NOT_A_SEAT_HOLDER');
  world(t, { given: inWork, status: 'withdrawn' }).when('Supersede', supersession).refuses('PLACE_WITHDRAWN');
});

test('a duty whose seat or agency is gone is orphaned', async (t) => {
  const look = (circumstances: World) => world(t, circumstances).as('system').when('OrphanDuty');
  look({ given: inWork }).nothing();
  const left = { ...seats, ...seat('council', 'council', 'voting', 'vacated') };
  t.equal(
    look({ given: inWork, seats: left }).then({
      type: 'DutyOrphaned',
      data: { cause: 'seat-left', dueOn: '2009-09-29' },
    }).state.orphanedOn,
    '2009-09-01',
  );
  look({ given: atOffer, seats: left }).nothing();
  look({ given: atDone, seats: left }).nothing();
  look({ given: atClaim, seats: left }).then({ type: 'DutyOrphaned' });
  look({
    given: [
      drafted({ ownerAgencyId: 'old' }),
      offered({ ownerAgencyId: 'old' }),
      accepted({ ownerAgencyId: 'old' }),
    ],
  }).then({
    type: 'DutyOrphaned',
    data: { cause: 'agency-retired' },
  });
  look({
    given: [
      ...inWork,
      happened('DutyOrphaned', {
        placeId: 'durham',
        ownerAgencyId: 'council',
        cause: 'seat-left',
        dueOn: '2009-09-29',
      }),
    ],
    seats: left,
  }).nothing();
  look({ given: atWhitehall }).nothing();
});

test('who owes what when: offer, delivery, verification, orphan', async (t) => {
  const due = (event: NewEvent) =>
    aggregateNamed(commitment.name).events[event.type]!.due!(
      event.data,
      metaOf(commitment, 'one', event.type, 2, '2009-09-01T09:00:00.000Z', {
        account: 'a',
        role: 'secretariat',
      }),
    );
  t.match(due(offeredWhitehall()), [
    { open: 'offer', place: 'durham', owedBy: [{ kind: 'department', id: 'dwp' }], on: '2009-09-10' },
  ]);
  t.match(due(accepted()), [
    { close: 'offer' },
    { open: 'delivery', owedBy: [{ kind: 'agency', id: 'council' }], on: '2009-12-18' },
  ]);
  t.match(due(rescheduled('2009-12-18', '2010-01-08')), [
    { move: 'delivery', key: 'delivery', on: '2010-01-08' },
  ]);
  t.match(due(claimed), [
    { close: 'delivery' },
    { open: 'verification', owedBy: [{ kind: 'agency', id: 'pct' }], on: '2009-09-22' },
  ]);
  t.match(due(verified), [{ close: '*' }]);
});

test('periods follow the programme’s calendar, and two unreported running are silence', async (t) => {
  t.same(
    [
      periodOf('month', '2009-09-15'),
      periodOf('quarter', '2009-09-15'),
      nextPeriod('2009-12'),
      nextPeriod('2009-Q4'),
    ],
    ['2009-09', '2009-Q3', '2010-01', '2010-Q1'],
  );
  t.same(
    [periodStart('2009-Q3'), periodEnd('2009-Q3'), periodEnd('2010-02')],
    ['2009-07-01', '2009-09-30', '2010-02-28'],
  );
  t.same(periodsOwed('month', '2009-06-15', '2009-09-30'), ['2009-07', '2009-08']);
  t.same(periodsOwed('month', '2009-06-15', '2009-10-01'), ['2009-07', '2009-08', '2009-09']);
  const stateAfter = (...given: Given[]): CommitmentState => load(commitment, 'one', given).state;
  const silent = (s: CommitmentState, day: string) => isSilent(s, 'month', day, reference.workingDays);
  // Accepted on 1 June; July and August are owed, the second by 14 September.
  t.equal(silent(stateAfter(...atAccepted), '2009-09-14'), false);
  t.equal(silent(stateAfter(...atAccepted), '2009-09-15'), true);
  t.equal(silent(stateAfter(...atAccepted, reported('2009-08')), '2009-09-15'), false);
  t.equal(silent(stateAfter(...atAccepted, reported('2009-07')), '2009-09-15'), false);
  // A later report is the newest word, also of the period that still runs: who has just spoken is not silent.
  t.equal(silent(stateAfter(...atAccepted, reported('2009-09')), '2009-09-15'), false);
  t.equal(silent(stateAfter(...atClaim), '2009-12-15'), false);
  t.equal(inDelivery(stateAfter(...atAccepted), '2009-06-01'), true);
  t.equal(
    inDelivery(stateAfter(drafted(), offered({ startOn: '2009-10-01' }), accepted()), '2009-09-30'),
    false,
  );
});

const carriedFor = (
  authorises: EventDataFor<typeof decision, 'DecisionDrafted'>['authorises'],
  more: MoreFor<typeof decision, 'DecisionDrafted'> = {},
): GivenFor<typeof decision>[] => [
  eventsFor(decision)('DecisionDrafted', {
    placeId: 'durham',
    programmeId: 'tp',
    question: 'Change it?',
    text: 'As moved',
    forum: 'collaborative',
    options: [],
    affectedAgencies: [],
    money: [],
    refs: [],
    authorises,
    ...more,
  }),
  eventsFor(decision)('DecisionClosed', {
    placeId: 'durham',
    how: 'all-spoken',
    mayVote: 3,
    needed: 2,
    spoken: 3,
    tally: { agree: 3, abstain: 0, disagree: 0, object: 0, withdrawn: 0 },
    quorate: true,
    ruleMet: true,
    unagreed: [],
    result: 'carried',
  }),
];

test('a carried decision changes a promise on exactly its terms, once', async (t) => {
  const successor = [drafted({ supersedes: 'one' }), offered(), accepted()];
  const cases = [
    ['Reschedule', { dueOn: '2010-02-26' }, 'CommitmentRescheduled'],
    ['Reschedule', { dueOn: '2010-06-30', afterProgramme: true }, 'CommitmentRescheduled'],
    ['Withdraw', {}, 'CommitmentWithdrawn'],
    ['Supersede', { by: 'next' }, 'CommitmentSuperseded'],
  ] as const;
  for (const [command, terms, type] of cases) {
    const give = (decided: GivenFor<typeof decision>[], given: Given[] = inWork) =>
      durham(t, ...given)
        .with(decision, 'd1', ...decided)
        .with(commitment, 'next', ...successor)
        .whenAny(command, { ...terms, reason: 'As decided', decisionId: 'd1' });
    const entry = { command, record: 'commitment-one', terms };
    t.same(give(carriedFor([entry])).then({ type, data: { decisionId: 'd1' } }).usedDecisions, ['d1']);
    give(carriedFor([entry]).slice(0, 1)).refuses('DECISION_NOT_CARRIED', /is draft/);
    give(carriedFor([{ ...entry, record: 'commitment-other' }])).refuses('DECISION_DOES_NOT_MATCH');
    give(carriedFor([{ ...entry, terms: { dueOn: '2010-02-27' } }])).refuses('DECISION_DOES_NOT_MATCH');
    give(carriedFor([entry], { placeId: 'kent' })).refuses('DECISION_NOT_CARRIED', /no such decision/);
    const used = happened('CommitmentRescheduled', {
      from: '2009-12-18',
      to: '2009-12-21',
      reason: 'Before',
      decisionId: 'd1',
    });
    give(carriedFor([entry]), [...inWork, used]).refuses('DECISION_ALREADY_USED');
  }
});

test('a place’s promise is opened by a decision and, once accepted, its owner’s consent; a department opens its own', async (t) => {
  disclosure(t, commitment, draft, { placeId: 'durham' });
  disclosure(t, commitment, [...atOffer, accepted({ consent: true })], { placeId: 'durham' });
  const allows = { command: 'Disclose', record: 'commitment-subject', terms: { to: 'programme' } };
  const open = (...given: Given[]) =>
    spec(t, commitment)
      .given(...given)
      .decided('open-it', 'durham', [allows])
      .as('secretariat', 'place:durham')
      .when('Disclose', { to: 'programme', decisionId: 'open-it' });
  open(...atAccepted).refuses('NOT_DISCLOSED', /council/);
  open(...atAccepted, happened('CommitmentDisclosureConsented', { ownerAgencyId: 'council' })).then({
    type: 'RecordDisclosed',
  });
  spec(t, commitment)
    .given(...atAccepted)
    .as('system')
    .when('Disclose', { to: 'programme' })
    .refuses('NOT_DISCLOSED');
  spec(t, commitment)
    .given(...atWhitehall)
    .as('official', 'agency:dwp')
    .when('Disclose', { to: 'public' })
    .then({ type: 'RecordDisclosed', data: { from: 'programme', to: 'public' } });
  spec(t, commitment)
    .given(...atWhitehall)
    .as('official', 'agency:dh')
    .when('Disclose', { to: 'public' })
    .refuses('NOT_DISCLOSED');
});

test('its title is corrected without hiding what it said', async (t) => {
  const mend = { field: 'title', to: 'One assessment a family', reason: 'As agreed' };
  const correct = (more: object = {}) =>
    spec(t, commitment)
      .given(...draft)
      .as('secretariat', 'place:durham')
      .when('Correct', { ...mend, ...more });
  correct().then({
    type: 'RecordCorrected',
    data: { from: 'One assessment', to: 'One assessment a family' },
  });
  correct({ to: 'One assessment' }).nothing();
  correct({ to: 'x'.repeat(301) }).refuses('CORRECTION_NOT_VALID');
});

test('with a waiver of that rule, for that record, green passes, and says so', async (t) => {
  const waived = (more: MoreFor<typeof waiver, 'WaiverRequested'> = {}): GivenFor<typeof waiver>[] => [
    eventsFor(waiver)('WaiverRequested', {
      rule: 'RAG_CONTRADICTED',
      placeId: 'durham',
      programmeId: 'tp',
      record: 'commitment-one',
      reason: 'Minutes are late',
      until: '2009-09-30',
      ...more,
    }),
    eventsFor(waiver)('WaiverGranted', { rule: 'RAG_CONTRADICTED', placeId: 'durham', until: '2009-09-30' }),
  ];
  const late = happened('CommitmentMilestoneAdded', {
    milestoneId: 'form',
    title: 'Form agreed',
    dueOn: '2009-08-13',
  });
  const word = { waiverId: 'late-form', overrideReason: 'The form is signed, the minutes are late' };
  const reportedUnder = (...given: GivenFor<typeof waiver>[]) =>
    durham(t, ...atAccepted, late)
      .with(waiver, 'late-form', ...given)
      .when('Report', { ...report, ...word });
  t.match(
    part(reportedUnder(...waived()).then({ type: 'ProgressReported', data: word }).state.reports, '2009-09'),
    word,
  );
  reportedUnder(...waived().slice(0, 1)).refuses('WAIVER_DOES_NOT_APPLY');
  for (const more of [
    { rule: 'EXTENSION_TOO_LONG' },
    { record: 'commitment-other' },
    { placeId: 'kent' },
    { until: '2009-08-31' },
  ])
    reportedUnder(...waived(more)).refuses('WAIVER_DOES_NOT_APPLY');
});

test('every command and every refusal code of the commitment has a spec', async (t) =>
  coverage(t, commitment));
