import { createHash } from 'node:crypto';
import { leadOf, pilotOf } from './places.js';
import { chiefExecutive, financeOfficer, give, secretariat, type Giver, type SeedCommand } from './types.js';

interface Pool {
  readonly id: string;
  readonly place: string;
  readonly name: string;
  readonly legalBasis: 's75' | 'aligned';
  readonly functions?: { readonly nhs: string; readonly localAuthority: string };
  readonly purposes: { readonly cofog: readonly string[]; readonly text: string };
  /**
   * The first partner hosts and manages; shares in pounds, `consent` from the agency that lets the programme
   * see its figures.
   */
  readonly pledges: readonly {
    readonly id: string;
    readonly agency: string;
    readonly pounds: number;
    readonly consent?: boolean;
    readonly stream?: string;
  }[];
  readonly proposed: string;
  /** Signed, confirmed and opened on this day; until then the pledges wait. */
  readonly opened?: string;
}

/** No pool stands in print: all of this is illustrative. */
const table: readonly Pool[] = [
  {
    id: 'durham-warm-homes',
    place: 'durham',
    name: 'Warm and safe homes',
    legalBasis: 's75',
    purposes: { cofog: ['06', '07'], text: 'Repairs and adaptations that keep people well at home' },
    functions: { nhs: 'Community health services', localAuthority: 'Housing adaptations and home care' },
    proposed: '2009-09-03',
    opened: '2009-09-29',
    pledges: [
      { id: 'council-2009', agency: 'durham-county-council', pounds: 1_200_000, consent: true },
      { id: 'health-2009', agency: 'county-durham-pct', pounds: 800_000 },
    ],
  },
  {
    id: 'kent-gateways',
    place: 'kent',
    name: 'Gateways',
    legalBasis: 'aligned',
    purposes: { cofog: ['01', '07', '10'], text: 'One front door to the services of all partners' },
    proposed: '2009-09-04',
    opened: '2009-09-25',
    pledges: [
      { id: 'council-2009', agency: 'kent-county-council', pounds: 650_000, consent: true },
      { id: 'health-2009', agency: 'eastern-and-coastal-kent-pct', pounds: 250_000, consent: true },
    ],
  },
  {
    id: 'leicester-leicestershire-alcohol',
    place: 'leicester-leicestershire',
    name: 'Drugs and alcohol commissioning',
    legalBasis: 's75',
    purposes: { cofog: ['07'], text: 'Joint commissioning of treatment and prevention' },
    functions: {
      nhs: 'Drug and alcohol treatment',
      localAuthority: 'Social care for people who misuse drugs or alcohol',
    },
    proposed: '2009-10-08',
    pledges: [
      { id: 'county-2009', agency: 'leicestershire-county-council', pounds: 400_000 },
      { id: 'city-2009', agency: 'leicester-city-council', pounds: 350_000 },
      {
        id: 'health-2009',
        agency: 'leicestershire-county-and-rutland-pct',
        pounds: 900_000,
        stream: 'pooled-treatment-budget',
      },
    ],
  },
];
const year = '2009-10';
const official: Giver = {
  as: 'official@agency:department-of-health',
  account: 'post.drugs-policy.department-of-health',
};

function lifeOf(pool: Pool): SeedCommand[] {
  const partners = pool.pledges.map((x) => x.agency);
  const [host = ''] = partners;
  const on = (
    day: string,
    time: string,
    by: Giver,
    command: string,
    data: Record<string, unknown> = {},
  ): SeedCommand => give(`${day}T${time}:00.000Z`, by, 'pool', pool.id, command, data);
  const lead = secretariat(pool.place);
  // What two leave over the last bears, so that the shares total 10,000.
  const share = (index: number): number =>
    index < partners.length - 1
      ? Math.floor(10_000 / partners.length)
      : 10_000 - (partners.length - 1) * Math.floor(10_000 / partners.length);
  const { opened } = pool;
  return [
    on(pool.proposed, '09:00', lead, 'ProposePool', {
      name: pool.name,
      placeId: pool.place,
      legalBasis: pool.legalBasis,
      partners,
      hostAgencyId: host,
      managerAgencyId: host,
      purposes: pool.purposes,
      years: [year],
      noticeMonths: 6,
      ...(pool.functions ? { functions: pool.functions } : {}),
    }),
    on(pool.proposed, '10:00', lead, 'ProposeAgreement', {
      agreementVersion: 1,
      hash: createHash('sha256').update(`Agreement, ${pool.id}`).digest('hex'),
      partners,
      hostAgencyId: host,
      purposes: pool.purposes,
      years: [year],
      riskShare: partners.map((agencyId, i) => ({ agencyId, overBp: share(i), underBp: share(i) })),
    }),
    ...pool.pledges.map((pledge) =>
      on(pool.proposed, '14:00', chiefExecutive('seat-holder', pool.place, pledge.agency), 'Pledge', {
        pledgeId: pledge.id,
        financialYear: year,
        pledgedPence: pledge.pounds * 100,
        ...(pledge.stream ? { fundingStreamId: pledge.stream } : {}),
      }),
    ),
    ...(opened
      ? [
          ...pool.pledges.flatMap((pledge) => [
            on(opened, '09:00', financeOfficer(pledge.agency), 'SignAgreement', { agreementVersion: 1 }),
            on(opened, '09:30', financeOfficer(pledge.agency), 'ConfirmPledge', {
              pledgeId: pledge.id,
              consent: pledge.consent ?? false,
            }),
          ]),
          on(opened, '11:00', chiefExecutive('chair', pool.place, leadOf(pilotOf(pool.place))), 'OpenPool'),
        ]
      : []),
  ];
}
const durham = (time: string, by: Giver, command: string, data: Record<string, unknown>): SeedCommand =>
  give(`2009-10-${time}:00.000Z`, by, 'pool', 'durham-warm-homes', command, data);

/**
 * Durham's pool is open and in use, Kent's budgets are aligned, Leicester and Leicestershire's pledges wait
 * for confirmation.
 */
export const pools: SeedCommand[] = [
  give('2009-09-14T09:00:00.000Z', official, 'fundingstream', 'pooled-treatment-budget', 'RegisterStream', {
    name: 'Pooled Treatment Budget',
    years: { from: '2009-10', to: '2010-11' },
    ringFenced: true,
    purposes: { cofog: ['07'], text: 'Drug treatment' },
    conditions: 'For drug treatment only',
  }),
  ...table.flatMap(lifeOf),
  durham('14T10:00', financeOfficer('durham-county-council'), 'PayIn', {
    pledgeId: 'council-2009',
    pence: 600_000_00,
    reference: 'First half of the year',
  }),
  durham('15T10:00', secretariat('durham'), 'Allocate', {
    allocationId: 'adaptations',
    title: 'Adaptations for people leaving hospital',
    purposes: { cofog: ['06'], text: 'Adaptations at home' },
    subBalances: [{ pledgeId: 'council-2009', pence: 450_000_00 }],
    for: 'none',
  }),
  durham('15T11:00', secretariat('durham'), 'Allocate', {
    allocationId: 'home-from-hospital',
    title: 'Adaptations before discharge',
    purposes: { cofog: ['06'], text: 'Adaptations at home' },
    subBalances: [{ pledgeId: 'council-2009', pence: 200_000_00 }],
    for: { kind: 'commitment', id: 'durham-home-from-hospital' },
  }),
  durham('20T10:00', financeOfficer('durham-county-council'), 'Draw', {
    allocationId: 'adaptations',
    subBalances: [{ pledgeId: 'council-2009', pence: 120_000_00 }],
  }),
];
