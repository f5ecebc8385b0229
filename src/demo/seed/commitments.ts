import { chiefExecutive, give, secretariat, type Giver, type SeedCommand } from './types.js';

/**
 * Promises of the places. What they are about stands in print for Leicester and Leicestershire and for
 * Suffolk; who promised it when, and what became of it, is filled in. Reports are given in the month that
 * follows.
 */
interface Promise {
  readonly place: string;
  readonly id: string;
  readonly title: string;
  readonly change: string;
  readonly owner: readonly [seatId: string, agency: string];
  readonly theme?: string;
  readonly measure: string;
  readonly evidence: string;
  readonly due: string;
  readonly verifier: string;
  readonly drafted: string;
  /** Offered on the day it is drafted; without this the offer waits. */
  readonly accepted?: string;
  readonly consent?: boolean;
  readonly milestones?: readonly {
    readonly milestoneId: string;
    readonly title: string;
    readonly dueOn: string;
  }[];
  readonly money?: Record<string, unknown>;
}
const ll = 'leicester-leicestershire';
const county = ['council', 'leicestershire-county-council'] as const;
const city = ['city', 'leicester-city-council'] as const;
const trust = ['health', 'leicestershire-county-and-rutland-pct'] as const;
const police = ['police', 'leicestershire-police-authority'] as const;
const july = { place: ll, drafted: '2009-07-16', accepted: '2009-07-20' };
const summit = { place: 'suffolk', drafted: '2009-10-08' };

const promises: readonly Promise[] = [
  {
    ...july,
    id: 'll-efficiency-target',
    title: 'Meet the 9.3% efficiency target of the multi-area agreement',
    change:
      'Partners co-ordinate their savings, so that the target is met without shunting costs from one to ' +
      'another',
    owner: county,
    measure: 'Efficiency gained by the partners, against 9.3%',
    evidence: 'The yearly efficiency statements of the partners',
    due: '2010-03-26',
    verifier: city[1],
    consent: true,
  },
  {
    ...july,
    id: 'll-commissioning-strategy',
    title: 'One Drug and Alcohol Integrated Commissioning Strategy for the place',
    change:
      'The needs of people who misuse drugs or alcohol are met as one system, from early help to treatment',
    owner: trust,
    theme: 'drugs-alcohol',
    measure: 'A strategy adopted by both councils and both trusts',
    evidence: 'The adopted strategy and the minutes',
    due: '2009-11-27',
    verifier: city[1],
    consent: true,
    milestones: [{ milestoneId: 'draft', title: 'Draft to all partners', dueOn: '2009-10-02' }],
  },
  {
    ...july,
    id: 'll-night-time-economy',
    title: 'A review of the night time economy and what it costs',
    change:
      'The consequential costs of alcohol and drug misuse are mapped, and what works elsewhere is known',
    owner: police,
    theme: 'drugs-alcohol',
    measure: 'A map of costs by agency',
    evidence: 'The published review',
    due: '2010-01-29',
    verifier: city[1],
  },
  {
    ...july,
    id: 'll-websites',
    title: 'A common approach to the agencies’ websites',
    change: 'Style, searching, payments and bookings work alike on every agency’s website',
    owner: county,
    theme: 'access',
    measure: 'Agencies that have signed the common approach',
    evidence: 'The signed standard',
    due: '2009-09-30',
    verifier: city[1],
    consent: true,
  },
  {
    ...july,
    id: 'll-service-centres',
    title: 'Customer service centres aligned',
    change: 'Peaks of demand are managed together, and opening hours are the same',
    owner: city,
    theme: 'access',
    measure: 'Centres that share hours and peaks',
    evidence: 'Rotas and call figures of each centre',
    due: '2009-12-11',
    verifier: county[1],
  },
  {
    place: 'durham',
    drafted: '2009-10-13',
    accepted: '2009-10-14',
    id: 'durham-home-from-hospital',
    title: 'People leaving hospital come home to a house they can live in',
    change: 'Adaptations are made before a patient is discharged',
    owner: ['council', 'durham-county-council'],
    theme: 'housing',
    measure: 'Homes adapted before the day of discharge',
    evidence: 'Discharge records sampled by the trust',
    due: '2010-02-26',
    verifier: 'county-durham-pct',
    consent: true,
    money: {
      poolId: 'durham-warm-homes',
      financialYear: '2009-10',
      pence: 250_000_00,
      pledgeIds: ['council-2009', 'health-2009'],
    },
  },
  {
    ...summit,
    accepted: '2009-10-08',
    id: 'suffolk-green-enterprises',
    title: 'Ten green social enterprises',
    change: 'A new partnership establishes 10 green social enterprises in Suffolk',
    owner: ['voluntary-1', 'suffolk-voluntary-sector-member-1'],
    theme: 'environment',
    measure: 'Enterprises that trade',
    evidence: 'Registrations and first accounts',
    due: '2010-03-19',
    verifier: 'suffolk-county-council',
    consent: true,
  },
  {
    ...summit,
    accepted: '2009-10-08',
    id: 'suffolk-young-people',
    title: 'Work opportunities for young people, apprenticeships among them',
    change: 'The public, voluntary and private sectors offer work to young people together',
    owner: ['council', 'suffolk-county-council'],
    theme: 'skills',
    measure: 'Places taken up',
    evidence: 'Starts recorded by the colleges',
    due: '2010-03-12',
    verifier: 'suffolk-private-sector-member-1',
    consent: true,
  },
  {
    ...summit,
    accepted: '2009-10-09',
    id: 'suffolk-simpler-partnerships',
    title: 'Joint working simplified and focused',
    change:
      'Statutory partnership arrangements are tested for whether they are the most efficient way to ' +
      'local outcomes',
    owner: ['ipswich', 'ipswich-borough-council'],
    theme: 'helping-people',
    measure: 'Partnership boards reviewed',
    evidence: 'The review and what was closed',
    due: '2010-02-19',
    verifier: 'suffolk-pct',
  },
  {
    ...summit,
    id: 'suffolk-all-ages',
    title: 'A society for all ages',
    change: 'What was begun at the fringe events of the summit goes on in every district',
    owner: ['voluntary-2', 'suffolk-voluntary-sector-member-2'],
    theme: 'aspiration',
    measure: 'Districts with a programme of their own',
    evidence: 'The programmes',
    due: '2010-03-05',
    verifier: 'suffolk-county-council',
  },
];
/** Who speaks for an agency at its place's table: the chair's seat is `council`. */
const speaker = (place: string, [seatId, agency]: readonly [string, string]): Giver =>
  chiefExecutive(seatId === 'council' ? 'chair' : 'seat-holder', place, agency);

function made(promise: Promise): SeedCommand[] {
  const lead = secretariat(promise.place);
  const on = (when: string, by: Giver, command: string, data: Record<string, unknown> = {}): SeedCommand =>
    give(when, by, 'commitment', promise.id, command, data);
  return [
    on(`${promise.drafted}T09:00:00.000Z`, lead, 'DraftCommitment', {
      placeId: promise.place,
      title: promise.title,
      change: promise.change,
      ownerAgencyId: promise.owner[1],
      level: 'place',
      ...(promise.theme ? { themeId: promise.theme } : {}),
      accountable: { seatId: promise.owner[0] },
      measure: promise.measure,
      evidenceExpected: promise.evidence,
      startOn: promise.accepted ?? promise.drafted,
      dueOn: promise.due,
      verifierAgencyId: promise.verifier,
      ...(promise.milestones ? { milestones: promise.milestones } : {}),
      ...(promise.money ? { money: promise.money } : {}),
    }),
    on(`${promise.drafted}T10:00:00.000Z`, lead, 'Offer'),
    ...(promise.accepted
      ? [
          on(`${promise.accepted}T14:00:00.000Z`, speaker(promise.place, promise.owner), 'Accept', {
            consent: promise.consent ?? false,
          }),
        ]
      : []),
  ];
}

const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const of = (
  id: string,
  when: string,
  by: Giver,
  command: string,
  data: Record<string, unknown> = {},
): SeedCommand => give(`2009-${when}:00.000Z`, by, 'commitment', id, command, data);
const report = (
  id: string,
  when: string,
  period: string,
  progress: number,
  narrative: string,
  nextStep: string,
  more: Record<string, unknown> = {},
): SeedCommand =>
  of(id, when, secretariat(ll), 'Report', { period, progress, rag: green, narrative, nextStep, ...more });

/**
 * What became of Leicester and Leicestershire's: one on course, one moved by decision, one silent, one
 * verified, one returned.
 */
const since: SeedCommand[] = [
  report(
    'll-efficiency-target',
    '09-10T09:00',
    '2009-08',
    30,
    'Year one’s targets are met',
    'Set up the partnership efficiency programme',
  ),
  report(
    'll-efficiency-target',
    '10-09T09:00',
    '2009-09',
    40,
    'Year one’s targets are met; future years look more difficult',
    'Bring the back office projects of all partners together',
    {
      rag: { ...green, risk: 'amber-green', confidence: 'amber' },
      cause: 'other',
      causeText: 'What is left to save lies between the agencies',
      recovery: 'A formal partnership efficiency programme across the sub-region',
      recoveryOn: '2009-12-18',
    },
  ),
  report(
    'll-commissioning-strategy',
    '09-10T09:30',
    '2009-08',
    25,
    'The partners have agreed what the strategy is to cover',
    'Write the draft',
  ),
  of('ll-commissioning-strategy', '09-24T09:00', speaker(ll, trust), 'Reschedule', {
    dueOn: '2010-01-22',
    reason: 'The strategy waits for what the department pilots with the ring-fence',
    decisionId: 'll-strategy-date',
  }),
  of('ll-commissioning-strategy', '10-01T15:00', speaker(ll, trust), 'ReachCommitmentMilestone', {
    milestoneId: 'draft',
    note: 'Sent to all partners',
  }),
  report(
    'll-commissioning-strategy',
    '10-09T09:30',
    '2009-09',
    50,
    'The draft is with all partners',
    'Put it to the boards',
    { rag: { ...green, delivery: 'amber-green' } },
  ),
  report(
    'll-websites',
    '09-10T10:00',
    '2009-08',
    70,
    'Four of five agencies have signed',
    'The last signature',
  ),
  of('ll-websites', '09-29T11:00', speaker(ll, county), 'ClaimComplete', {
    evidence: [
      {
        type: 'document',
        description: 'The common approach, signed by every agency',
        date: '2009-09-28',
        locator: 'Paper 4 of the collaborative, September',
      },
    ],
  }),
  of('ll-websites', '10-06T11:00', speaker(ll, city), 'Verify', { level: 'complete' }),
  report('ll-service-centres', '09-10T10:30', '2009-08', 40, 'Hours are agreed', 'Share the peaks'),
  report(
    'll-service-centres',
    '10-08T10:30',
    '2009-09',
    90,
    'Peaks are shared by two centres',
    'The third centre',
  ),
  of('ll-service-centres', '10-09T11:00', speaker(ll, city), 'ClaimComplete', {
    evidence: [
      {
        type: 'monitoring-data',
        description: 'Call figures of two centres',
        date: '2009-10-08',
        locator: 'Figures of week 41',
      },
    ],
  }),
  of('ll-service-centres', '10-16T11:00', speaker(ll, county), 'ReturnClaim', {
    reason: 'The figures are of two centres; the promise was for all',
  }),
];

export const commitments: SeedCommand[] = [...promises.flatMap(made), ...since];
