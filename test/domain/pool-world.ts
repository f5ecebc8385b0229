/** What the specs of a pool stand on: other records as they are, and the events of a pool that are given. */
import type { Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import type { Actor, Aggregate } from '../../src/domain/kernel/types.js';
import { fundingStream } from '../../src/domain/funding-stream/index.js';
import { pool } from '../../src/domain/pool/index.js';
import { eventsFor, spec, type AnyGiven, type EventDataFor, type GivenFor, type MoreFor } from './spec.js';

type More<K extends keyof (typeof pool)['events']> = MoreFor<typeof pool, K>;
export const happened = eventsFor(pool);

// Other records as they stand, so that these specs show this aggregate's rules alone.
export const standing = (
  name: 'programme' | 'place' | 'collaborative' | 'agency' | 'commitment' | 'decision',
) => {
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
export const stood = (data: object) => ({ type: 'Stood' as const, data });

export const health = { cofog: ['07'], text: 'Treatment' };
export const functions = { nhs: 'NHS Act 2006 s.3', localAuthority: 'Public health' };
export const proposal = {
  name: 'Alcohol treatment',
  placeId: 'durham',
  legalBasis: 'grant-to-accountable-body',
  partners: ['council', 'pct'],
  hostAgencyId: 'council',
  managerAgencyId: 'council',
  purposes: { cofog: ['07', '10'], text: 'Treatment and support' },
  years: ['2009-10', '2010-11'],
  noticeMonths: 6,
};
const { hostAgencyId: host, managerAgencyId: manager, ...proposedTerms } = proposal;
export const proposed = (more: More<'PoolProposed'> = {}) =>
  happened('PoolProposed', { ...proposedTerms, host, manager, programmeId: 'tp', ...more });
export const half = (agencyId: string, overBp = 5000, underBp = 5000) => ({ agencyId, overBp, underBp });
type Agreement = EventDataFor<typeof pool, 'AgreementProposed'>['agreement'];
export const agreement = (more: Partial<Agreement> = {}) => ({
  version: 1,
  hash: 'a'.repeat(64),
  partners: ['council', 'pct'],
  host: 'council',
  purposes: proposal.purposes,
  years: proposal.years,
  riskShare: [half('council'), half('pct')],
  ...more,
});
/** An agreement as it is sent to be proposed. */
export const agreementSent = (more: Partial<Agreement> = {}) => {
  const { version, host, ...terms } = agreement(more);
  return { ...terms, agreementVersion: version, hostAgencyId: host };
};
export const offered = (more: Partial<Agreement> = {}) =>
  happened('AgreementProposed', { agreement: agreement(more) });
export const signed = (agencyId: string, agreed = false, version = 1) =>
  happened('AgreementSigned', { agencyId, version, agreed });
export const agreed = (more: Partial<Agreement> = {}) => [
  offered(more),
  signed('council'),
  signed('pct', true),
];
export const pledgeOf = (agencyId: string, consented = false, pledgeId = agencyId) => ({
  pledgeId,
  agencyId,
  financialYear: '2009-10',
  consented,
});
export const asFinanceOfficer = (account: string): Actor => ({ account, role: 'finance-officer' });
export const pledged = (
  agencyId = 'council',
  amountPence = 100_00,
  more: More<'PledgeMade'> = {},
  account = 'pledger',
) => ({
  event: happened('PledgeMade', { ...pledgeOf(agencyId), amountPence, ...more }),
  by: asFinanceOfficer(account),
});
export const confirmed = (agencyId = 'council', pence = 100_00, consented = false) =>
  happened('PledgeConfirmed', {
    ...pledgeOf(agencyId, consented),
    figures: { pledgedPence: pence, confirmedPence: pence, paidInPence: 0, allocatedPence: 0, drawnPence: 0 },
  });
export const withdrawn = happened('PledgeWithdrawn', { ...pledgeOf('council'), reason: 'Cut' });
export const opened = happened('PoolOpened', { placeId: 'durham' });
export const paid = (pence: number, agencyId = 'council') =>
  happened('CashPaidIn', { ...pledgeOf(agencyId), pence, paidInPence: pence, reference: 'BACS 1' });
export const allocated = (pence = 100_00, agencyId = 'council', cofog = ['07'], allocationId = 'nurses') =>
  happened('FundsAllocated', {
    allocationId,
    title: 'Nurses',
    subBalances: [{ pledgeId: agencyId, pence }],
    consented: false,
    purposes: { cofog, text: 'Nurses' },
  });
export const drawn = (pence: number, agencyId = 'council') =>
  happened('FundsDrawn', {
    allocationId: 'nurses',
    title: 'Nurses',
    subBalances: [{ pledgeId: agencyId, pence }],
    consented: false,
  });
export const released = (pence: number) =>
  happened('AllocationReleased', {
    allocationId: 'nurses',
    title: 'Nurses',
    subBalances: [{ pledgeId: 'council', pence }],
    consented: false,
    reason: 'Less',
  });
export const suspended = happened('PoolSuspended', { reason: 'Audit' });
export const closed = happened('PoolClosed', { reason: 'Over' });
/** Each pledges £100, confirmed by another; the agreement is in force. */
export const ready = (more: More<'PoolProposed'> = {}) => [
  proposed(more),
  pledged(),
  confirmed(),
  pledged('pct'),
  confirmed('pct'),
  ...agreed(),
];
export const open = (more: More<'PoolProposed'> = {}) => [...ready(more), opened];

export const stream = (more: MoreFor<typeof fundingStream, 'StreamRegistered'> = {}) =>
  eventsFor(fundingStream)('StreamRegistered', {
    name: 'Treatment Budget',
    departmentId: 'dh',
    years: { from: '2009-10', to: '2010-11' },
    ringFenced: true,
    purposes: health,
    conditions: 'Drugs only',
    ...more,
  });
export const relaxed = (more: MoreFor<typeof fundingStream, 'RingFenceRelaxed'> = {}) =>
  eventsFor(fundingStream)('RingFenceRelaxed', {
    relaxationId: 'r1',
    placeIds: ['durham'],
    from: '2009-08-01',
    to: '2009-09-01',
    purposes: { cofog: ['10'], text: 'Support' },
    retrospective: false,
    ...more,
  });
export const seat = (seatId: string, agencyId: string, account: string) => ({
  seatId,
  agencyId,
  account,
  kind: 'voting',
  status: 'accepted',
});

export interface World {
  place?: 'withdrawn' | 'never';
  streams?: Record<string, GivenFor<typeof fundingStream>[]>;
  decision?: object;
  commitment?: {
    status?: string;
    placeId?: string;
    baselineDueOn?: string;
    endedOn?: string;
    askedByPlace?: boolean;
  };
  /**
   * The status of the council's one seat, the chair's; and what stands in the records of the place and of the
   * council.
   */
  councilSeat?: string;
  durham?: object;
  council?: object;
}
export const others = (circumstances: World = {}) =>
  [
    [
      standing('programme'),
      'tp',
      [
        stood({
          places:
            circumstances.place === 'never' ? {} : { durham: { status: circumstances.place ?? 'enrolled' } },
        }),
      ],
    ],
    [standing('place'), 'durham', [stood({ programmeId: 'tp', ...circumstances.durham })]],
    [
      standing('collaborative'),
      'durham',
      [
        stood({
          chair: 's1',
          seats: {
            s1: { ...seat('s1', 'council', 'chair-1'), status: circumstances.councilSeat ?? 'accepted' },
            s2: seat('s2', 'pct', 'pat'),
            s3: seat('s3', 'fire', 'fay'),
            s4: seat('s4', 'gone', 'gus'),
            s5: seat('s5', 'going', 'gil'),
          },
          delegations: [],
        }),
      ],
    ],
    ...[
      ['council', 'council'],
      ['pct', 'nhs'],
      ['police', 'police'],
      ['fire', 'fire'],
    ].map(([id, sector]) => [
      standing('agency'),
      id,
      [stood({ status: 'registered', sector, ...(id === 'council' ? circumstances.council : {}) })],
    ]),
    [standing('agency'), 'gone', [stood({ status: 'retired', sector: 'council', retiredOn: '2009-08-31' })]],
    [standing('agency'), 'going', [stood({ status: 'retired', sector: 'council', retiredOn: '2009-09-01' })]],
    [
      standing('agency'),
      'former',
      [stood({ status: 'retired', sector: 'council', retiredOn: '2009-03-31' })],
    ],
    [standing('agency'), 'never', [stood({ status: 'none' })]],
    [
      standing('commitment'),
      'promise',
      [stood({ status: 'accepted', placeId: 'durham', ...circumstances.commitment })],
    ],
    [
      standing('decision'),
      'd1',
      [stood({ status: 'carried', placeId: 'durham', authorises: [], ...circumstances.decision })],
    ],
    ...Object.entries(circumstances.streams ?? {}).map(([id, events]) => [fundingStream, id, events]),
  ] as [Aggregate, string, AnyGiven[]][];
export const world = (t: Test, circumstances: World = {}) =>
  others(circumstances).reduce(
    (scene, [aggregate, id, events]) => scene.withAny(aggregate, id, ...events),
    spec(t, pool).id('alcohol'),
  );
export type Givens = GivenFor<typeof pool>[];
export const durham = (t: Test, given: Givens = [proposed()], circumstances: World = {}) =>
  world(t, circumstances)
    .given(...given)
    .as('secretariat', 'place:durham');
export const seatHolder = (t: Test, given: Givens, circumstances: World = {}) =>
  durham(t, given, circumstances).as('seat-holder', 'place:durham+agency:pct', 'pat');
export const chair = (t: Test, given: Givens, circumstances: World = {}) =>
  durham(t, given, circumstances).as('chair', 'place:durham+agency:council', 'chair-1');
export const financeOfficer = (t: Test, given: Givens, circumstances: World = {}, agency = 'council') =>
  durham(t, given, circumstances).as('finance-officer', `agency:${agency}`, 'checker');

export const allocate = {
  allocationId: 'nurses',
  title: 'Nurses',
  purposes: health,
  subBalances: [{ pledgeId: 'council', pence: 60_00 }],
};
export const draw = (pence: number, pledgeId = 'council') => ({
  allocationId: 'nurses',
  subBalances: [{ pledgeId, pence }],
});
export const data = {
  ProposePool: proposal,
  ProposeAgreement: agreementSent(),
  SignAgreement: { agreementVersion: 1 },
  OpenPool: {},
  Allocate: allocate,
  ReleaseAllocation: { allocationId: 'nurses', reason: 'Less' },
  Draw: draw(1),
  SuspendPool: { reason: 'Audit' },
  ResumePool: { reason: 'Done' },
  ClosePool: { reason: 'Over' },
  Pledge: { pledgeId: 'more', financialYear: '2009-10', pledgedPence: 50_00 },
  ChangePledge: { pledgeId: 'council', pledgedPence: 80_00, reason: 'Cut' },
  WithdrawPledge: { pledgeId: 'council', reason: 'Cut' },
  ConfirmPledge: { pledgeId: 'council', consent: false },
  ConsentToDisclosure: { pledgeId: 'council' },
  ReducePledge: { pledgeId: 'council', toPence: 80_00, reason: 'Cut' },
  PayIn: { pledgeId: 'council', pence: 10_00, reference: 'BACS 1' },
  ReportPosition: { period: '2009-09', actualPence: 50_00, forecastPence: 200_00 },
  Vire: { from: 'nurses', to: 'beds', subBalances: [{ pledgeId: 'council', pence: 10_00 }] },
  CarryForward: { financialYear: '2009-10' },
  SettleYear: { financialYear: '2009-10' },
  ReleasePledge: { pledgeId: 'council', reason: 'Left' },
  GiveNotice: { leavesOn: '2010-03-01', reason: 'Reorganised' },
};
export const orphaned = (agencyId = 'council', consented = false) =>
  happened('PledgeOrphaned', { ...pledgeOf(agencyId, consented), placeId: 'durham', cause: 'seat-left' });
/** Commands of the system: a refusal is an event. */
export const reserved = (...list: [string, number][]) =>
  happened('FundsReserved', {
    commitmentId: 'promise',
    subBalances: list.map(([pledgeId, pence]) => ({ pledgeId, pence })),
    consented: false,
  });
export const unreserved = (...list: [string, number][]) => happened('FundsReleased', reserved(...list).data);
/** A pool in a state from which the command is possible. */
export const before = (command: string): Givens =>
  ({
    ProposePool: [],
    OpenPool: ready(),
    ResumePool: [...open(), suspended],
    Allocate: open(),
    ReleaseAllocation: [...open(), allocated()],
    Draw: [...open(), allocated()],
    SuspendPool: open(),
    PayIn: open(),
    ReportPosition: open(),
    Vire: [...open(), allocated(60_00), allocated(10_00, 'pct', ['07'], 'beds')],
    CarryForward: open(),
    SettleYear: open(),
    ReleasePledge: [proposed(), pledged(), orphaned()],
  })[command] ?? ready();
