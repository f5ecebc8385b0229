import { createHash } from 'node:crypto';
import { slug } from './agencies.js';
import {
  chiefExecutive,
  give,
  office,
  programmeOffice,
  secretariat,
  supplement,
  type SeedCommand,
} from './types.js';

/** Id, name, region and the area codes in force in 2009. */
type Row = readonly [id: string, name: string, region: string, codes: string];
const pilots: Row[] = [
  ['birmingham', 'Birmingham', 'West Midlands', 'E08000025'],
  ['bournemouth-dorset-poole', 'Bournemouth, Dorset & Poole', 'South West', 'E06000028 E06000029 E10000009'],
  ['bradford', 'Bradford', 'Yorkshire and The Humber', 'E08000032'],
  ['central-bedfordshire-luton', 'Central Bedfordshire & Luton', 'East of England', 'E06000056 E06000032'],
  [
    'coventry-solihull-warwickshire',
    'Coventry, Solihull & Warwickshire',
    'West Midlands',
    'E08000026 E08000029 E10000031',
  ],
  ['croydon', 'Croydon', 'London', 'E09000008'],
  ['durham', 'Durham', 'North East', 'E06000047'],
  ['kent', 'Kent', 'South East', 'E10000016'],
  ['leicester-leicestershire', 'Leicester/Leicestershire', 'East Midlands', 'E06000016 E10000018'],
  ['lewisham', 'Lewisham', 'London', 'E09000023'],
  [
    'manchester-city-region-warrington',
    'Manchester City region & Warrington',
    'North West',
    'E08000001 E08000002 E08000003 E08000004 E08000005 E08000006 E08000007 E08000008 E08000009 ' +
      'E08000010 E06000007',
  ],
  [
    'gateshead-south-tyneside-sunderland',
    'Gateshead, South Tyneside and Sunderland',
    'North East',
    'E08000020 E08000023 E08000024',
  ],
  ['worcestershire', 'Worcestershire', 'West Midlands', 'E10000034'],
];
const parallel: Row[] = [
  [
    'sw-devon-plymouth-torbay',
    'Devon County and Districts, Plymouth City Council and Torbay Council',
    'South West',
    'E10000008 E06000026 E06000027',
  ],
  ['sw-cornwall-scilly', 'Cornwall Council and the Isles of Scilly', 'South West', 'E06000052 E06000053'],
  [
    'sw-gloucestershire',
    'Gloucestershire districts with Gloucestershire County Council',
    'South West',
    'E10000013',
  ],
  [
    'sw-west-of-england',
    'West of England authorities (Bath & North East Somerset, Bristol, N Somerset, and S ' +
      'Gloucestershire Councils)',
    'South West',
    'E06000022 E06000023 E06000024 E06000025',
  ],
  [
    'sw-wiltshire-swindon',
    'Wiltshire Council and Swindon Borough Council',
    'South West',
    'E06000054 E06000030',
  ],
  ['sw-somerset', 'Somerset Districts with Somerset County Council', 'South West', 'E10000027'],
  ['suffolk', 'Suffolk', 'East of England', 'E10000029'],
  ['norfolk', 'Norfolk', 'East of England', 'E10000020'],
  ['cumbria', 'Cumbria', 'North West', 'E10000006'],
  ['blackburn-with-darwen', 'Blackburn with Darwen', 'North West', 'E06000008'],
];

/** Residents in mid-2008: the sum of the councils of a place. */
const residents: Readonly<Record<string, number>> = {
  birmingham: 1_016_800,
  'bournemouth-dorset-poole': 710_500,
  bradford: 501_700,
  'central-bedfordshire-luton': 446_800,
  'coventry-solihull-warwickshire': 1_045_800,
  croydon: 341_800,
  durham: 508_500,
  kent: 1_406_600,
  'leicester-leicestershire': 940_500,
  lewisham: 261_600,
  'manchester-city-region-warrington': 2_769_700,
  'gateshead-south-tyneside-sunderland': 622_500,
  worcestershire: 557_600,
  'sw-devon-plymouth-torbay': 1_141_600,
  'sw-cornwall-scilly': 534_300,
  'sw-gloucestershire': 582_500,
  'sw-west-of-england': 1_066_100,
  'sw-wiltshire-swindon': 648_400,
  'sw-somerset': 525_800,
  suffolk: 715_700,
  norfolk: 850_800,
  cumbria: 496_600,
  'blackburn-with-darwen': 140_700,
};

/** A theme as printed; one that stands under another names it. */
type Theme = readonly [
  themeId: string,
  title: string,
  more?: {
    readonly under?: string;
    readonly exclusions?: string;
    readonly rationale?: string;
    readonly policy?: string;
  },
];
type Seat = readonly [seatId: string, agency: string];
interface Pilot {
  readonly champion: string;
  readonly department?: string;
  readonly themes: readonly Theme[];
  /**
   * The first holds the chair and is the accountable body; which agencies sit here, and when they began, does
   * not stand in print.
   */
  readonly seats: readonly [Seat, ...Seat[]];
  readonly established: string;
  readonly activated: string;
}
const table = (lead: string, trust: string, force: string, ...more: [string, string][]): Pilot['seats'] => [
  ['council', lead],
  ['health', slug(trust)],
  ['police', slug(`${force} Police Authority`)],
  ...more,
];
const defra = 'department-for-environment-food-and-rural-affairs';
const dclg = 'department-for-communities-and-local-government';
const early = { established: '2009-06-22', activated: '2009-07-14' };
/** Where several councils are involved the governance took longer. */
const later = { established: '2009-07-06', activated: '2009-08-12' };

export const pilotTable: Readonly<Record<string, Pilot>> = {
  birmingham: {
    champion: 'helen-ghosh',
    department: defra,
    ...early,
    seats: table('birmingham-city-council', 'Heart of Birmingham Teaching PCT', 'West Midlands'),
    themes: [
      ['drugs-alcohol', 'Drugs & alcohol', { policy: 'drugs-and-alcohol' }],
      ['learning-disability', 'Learning disability'],
      ['mental-health', 'Mental health'],
      ['gangs', 'Gangs'],
      ['early-intervention', 'Early intervention'],
      ['community-demonstrator', "'Community demonstrator' project"],
      ['lsp', 'To prepare the LSP for the results of the 6'],
    ],
  },
  'bournemouth-dorset-poole': {
    champion: 'andrew-campbell',
    department: dclg,
    ...later,
    seats: table(
      'dorset-county-council',
      'Dorset PCT',
      'Dorset',
      ['bournemouth', 'bournemouth-borough-council'],
      ['poole', 'borough-of-poole'],
    ),
    themes: [['older-people', "Older people's services", { rationale: 'Focusing on people over 65' }]],
  },
  bradford: {
    champion: 'mark-fisher',
    department: 'department-for-work-and-pensions',
    ...early,
    seats: table(
      'city-of-bradford-metropolitan-district-council',
      'Bradford and Airedale Teaching PCT',
      'West Yorkshire',
    ),
    themes: [
      ['gateway', 'Gateway to integrated services'],
      ['older-people', 'Older people', { under: 'gateway' }],
      ['leaving-hospital', 'Leaving hospitals', { under: 'gateway' }],
      ['leaving-care', 'Young people leaving care', { under: 'gateway' }],
      ['offenders', 'Offenders over 18 or youth offenders', { under: 'gateway' }],
    ],
  },
  'central-bedfordshire-luton': {
    champion: 'bill-stow',
    department: defra,
    ...later,
    seats: table('central-bedfordshire-council', 'Bedfordshire PCT', 'Bedfordshire', [
      'luton',
      'luton-borough-council',
    ]),
    themes: [
      ['self-reliance', 'From dependence to self reliance'],
      ['offender-management', 'Integrated offender management', { under: 'self-reliance' }],
      ['benefits', 'Access to benefits', { under: 'self-reliance' }],
    ],
  },
  'coventry-solihull-warwickshire': {
    champion: 'carolyn-downs',
    department: 'ministry-of-justice',
    ...later,
    seats: table(
      'coventry-city-council',
      'Coventry Teaching PCT',
      'Warwickshire',
      ['solihull', 'solihull-metropolitan-borough-council'],
      ['warwickshire', 'warwickshire-county-council'],
    ),
    themes: [['children', "Children's services and education", { exclusions: 'Not schools' }]],
  },
  croydon: {
    champion: 'tom-jeffrey',
    department: 'department-for-children-schools-and-families',
    ...early,
    seats: table('london-borough-of-croydon', 'Croydon PCT', 'Metropolitan'),
    themes: [['0-7', '0-7yrs', { rationale: '7 priorities. Focusing on the youngest' }]],
  },
  durham: {
    champion: 'chris-wormald',
    department: 'cabinet-office',
    ...early,
    seats: table('durham-county-council', 'County Durham PCT', 'Durham'),
    themes: [['housing', 'Housing and regeneration']],
  },
  kent: {
    champion: 'alexis-cleveland',
    department: 'cabinet-office',
    ...early,
    seats: table('kent-county-council', 'Eastern and Coastal Kent PCT', 'Kent'),
    themes: [
      ['gateway', 'Gateway – multi channel access'],
      ['assets', 'Single asset management strategy', { policy: 'asset-management' }],
      ['margate', 'Margate task force'],
    ],
  },
  'leicester-leicestershire': {
    champion: 'helen-bailey',
    department: 'hm-treasury',
    ...early,
    seats: table(
      'leicestershire-county-council',
      'Leicestershire County and Rutland PCT',
      'Leicestershire',
      ['city', 'leicester-city-council'],
      ['city-health', 'leicester-city-pct'],
    ),
    themes: [
      ['drugs-alcohol', 'Drugs & alcohol', { policy: 'drugs-and-alcohol' }],
      ['access', 'Access to services (county only)'],
    ],
  },
  lewisham: {
    champion: 'lindsay-bell',
    department: dclg,
    ...early,
    seats: table('london-borough-of-lewisham', 'Lewisham PCT', 'Metropolitan'),
    themes: [
      ['crime', 'Crime reduction and offender management'],
      ['commissioning', 'Commissioning of health and social care'],
      ['worklessness', 'Worklessness & unemployment'],
      [
        'assets',
        'Assets and energy',
        { rationale: 'Chosen as they have the greatest scope for collaboration' },
      ],
    ],
  },
  'manchester-city-region-warrington': {
    champion: 'peter-makeham',
    department: 'home-office',
    ...later,
    seats: table(
      'manchester-city-council',
      'Manchester PCT',
      'Greater Manchester',
      ['wigan', 'wigan-metropolitan-borough-council'],
      ['warrington', 'warrington-borough-council'],
    ),
    themes: [['0-5', '0-5s', { policy: '0-5' }]],
  },
  'gateshead-south-tyneside-sunderland': {
    champion: 'david-behan',
    department: 'department-of-health',
    ...later,
    seats: table(
      'gateshead-metropolitan-borough-council',
      'Gateshead PCT',
      'Northumbria',
      ['south-tyneside', 'south-tyneside-council'],
      ['sunderland', 'sunderland-city-council'],
    ),
    themes: [
      [
        'communities',
        'Safer, stronger and healthier communities',
        {
          rationale: 'Starting with alcohol & drug abuse (cross cutting issue)',
          policy: 'drugs-and-alcohol',
        },
      ],
    ],
  },
  worcestershire: {
    champion: 'michael-bichard',
    ...early,
    seats: table('worcestershire-county-council', 'Worcestershire PCT', 'West Mercia'),
    themes: [
      ['neets', 'Reducing the number of NEETs'],
      ['highest-need', 'Transforming outcomes and opportunities in the areas of highest need'],
      [
        'assets',
        'Strategic inter-agency property asset management and utilisation',
        { policy: 'asset-management' },
      ],
    ],
  },
};
/** The parallel places that are active in October; the others follow. */
const active: Readonly<Record<string, string>> = {
  suffolk: '2009-08-03',
  cumbria: '2009-08-10',
  'blackburn-with-darwen': '2009-08-10',
  'sw-somerset': '2009-09-07',
  'sw-wiltshire-swindon': '2009-09-14',
  'sw-gloucestershire': '2009-09-21',
  'sw-cornwall-scilly': '2009-10-05',
  'sw-devon-plymouth-torbay': '2009-10-12',
};

const register = 'mySociety, UK local authorities register';
const enrol = (at: string, kind: 'pilot' | 'parallel', rows: readonly Row[]): SeedCommand[] =>
  rows.flatMap(([placeId, name, region, codes]) => [
    office(`${at}:00.000Z`, 'EnrolPlace', { placeId, name, kind, region }, supplement),
    ...codes
      .split(' ')
      .map((code) => office(`${at}:30.000Z`, 'AddArea', { placeId, code, from: '2009-06-01' }, register)),
    give(
      `${at}:40.000Z`,
      programmeOffice,
      'place',
      placeId,
      'RecordPopulation',
      // eslint-disable-next-line @typescript-eslint/no-non-null-assertion -- the table has every place
      { value: residents[placeId]!, referenceOn: '2008-06-30', source: 'ONS mid-2008 population estimates' },
      'ONS mid-2008 population estimates',
    ),
  ]);

/** A pilot of the table by its place. */
export function pilotOf(place: string): Pilot {
  const pilot = pilotTable[place];
  if (!pilot) throw new Error(`${place} is no pilot`);
  return pilot;
}
/** The agency that holds a pilot's chair and is its accountable body. */
export const leadOf = ({ seats: [[, agency]] }: Pilot): string => agency;

/** Champion and themes stand in print; the pilots began in June. */
const inPrint = (id: string, pilot: Pilot): SeedCommand[] => [
  give(
    '2009-06-01T08:20:00.000Z',
    programmeOffice,
    'place',
    id,
    'AssignChampion',
    {
      account: pilot.champion,
      ...(pilot.department ? { departmentId: pilot.department } : {}),
      from: '2009-06-01',
    },
    supplement,
  ),
  ...pilot.themes.map(([themeId, title, { under, policy, ...more } = {}]) =>
    give(
      '2009-06-15T08:00:00.000Z',
      programmeOffice,
      'place',
      id,
      'ProposeTheme',
      {
        themeId,
        title,
        ...more,
        ...(under ? { parentThemeId: under } : {}),
        policyThemeIds: policy ? [policy] : [],
      },
      supplement,
    ),
  ),
];
/** A place's table: offered, accepted, chaired, with terms of reference. */
const collaborative = (id: string, pilot: Pilot): SeedCommand[] => {
  const lead = leadOf(pilot);
  const chair = chiefExecutive('chair', id, lead);
  const day = (on: string, time: string) => `${on}T${time}:00.000Z`;
  const setUp = (time: string, command: string, data: Record<string, unknown>): SeedCommand =>
    give(day(pilot.established, time), secretariat(id), 'collaborative', id, command, data);
  return [
    give(day(pilot.established, '08:00'), secretariat(id), 'place', id, 'NominateAccountableBody', {
      agencyId: lead,
    }),
    setUp('08:05', 'EstablishCollaborative', {
      placeId: id,
      rule: { kind: 'consent' },
      quorum: { n: 1, d: 2 },
    }),
    ...pilot.seats.flatMap(([seatId, agencyId]) => [
      setUp('08:10', 'OfferSeat', {
        seatId,
        agencyId,
        account: `post.chief-executive.${agencyId}`,
        kind: 'voting',
      }),
      give(
        day(pilot.established, '13:00'),
        chiefExecutive('seat-holder', id, agencyId),
        'collaborative',
        id,
        'AcceptSeat',
        { seatId },
      ),
    ]),
    setUp('14:00', 'AppointChair', { seatId: 'council' }),
    setUp('14:05', 'AdoptTerms', {
      termsHash: createHash('sha256').update(`Terms of reference, ${id}`).digest('hex'),
    }),
    setUp('14:10', 'ActivateCollaborative', {}),
    ...pilot.themes.map(([themeId]) =>
      give(day(pilot.activated, '09:00'), chair, 'place', id, 'ConfirmTheme', { themeId }),
    ),
    give(day(pilot.activated, '09:30'), chair, 'place', id, 'ActivatePlace'),
  ];
};

/** The thirteen pilots and the parallel places. A county's area contains its districts. */
export const places: SeedCommand[] = [
  ...enrol('2009-06-01T08:10', 'pilot', pilots),
  ...enrol('2009-07-22T08:10', 'parallel', parallel),
  ...Object.entries(pilotTable).flatMap(([id, p]) => [...inPrint(id, p), ...collaborative(id, p)]),
  ...parallel.flatMap(([id]) => [
    give('2009-07-27T09:00:00.000Z', programmeOffice, 'place', id, 'NominateLeadContact', {
      account: `post.programme-lead.${id}`,
    }),
    office('2009-08-28T09:00:00.000Z', 'ExcuseStep', {
      placeId: id,
      stepId: 'interim',
      reason: 'Joined after the time the interim round looks at',
    }),
    ...(active[id]
      ? [give(`${active[id]}T09:00:00.000Z`, programmeOffice, 'place', id, 'ActivatePlace')]
      : []),
  ]),
];
