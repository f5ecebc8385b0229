import { give, secretariat, supplement, textOf, type Giver, type SeedCommand } from './types.js';

/**
 * Barriers of the places. The strands of Leicester and Leicestershire are as printed, in their words; the day
 * of each, who was asked and what was answered, is filled in. Days are London mornings.
 */
interface Barrier {
  readonly place: string;
  readonly id: string;
  readonly kind: string;
  readonly statement: string;
  readonly effect: string;
  readonly recordedOn: string;
  /** Its text stands in print. */
  readonly printed?: boolean;
  readonly triaged?: readonly [on: string, locus: 'whitehall' | 'joint' | 'local'];
  readonly owners?: readonly [on: string, ids: readonly string[]];
  /** What is asked, as printed, on the day of the triage. */
  readonly asks?: readonly (readonly [askId: string, remedy: string, detail: string, dueOn: string])[];
  readonly acceptedOn?: string;
  readonly answer?: { readonly on: string; readonly by: string; readonly data: Record<string, unknown> };
}
const ll = 'leicester-leicestershire';
const lead = 'leicestershire-county-council';
const barriers: readonly Barrier[] = [
  {
    place: ll,
    id: 'll-unit-price',
    kind: 'legislation',
    printed: true,
    statement:
      'A minimum unit price, stronger licensing and limits on marketing to the young need national action',
    effect: 'Alcohol stays cheap and easy to get',
    recordedOn: '2009-08-17',
    triaged: ['2009-08-24', 'whitehall'],
    asks: [
      [
        'unit-price',
        'A minimum unit price',
        'National action on minimum unit pricing, to reduce the availability of alcohol',
        '2010-01-29',
      ],
      [
        'licensing',
        'Stronger licensing',
        'Stronger licensing, and room for local action on licensing and happy hours',
        '2010-01-29',
      ],
      ['marketing', 'Limits on marketing', 'Restrict marketing at young people', '2010-01-29'],
    ],
    owners: ['2009-08-25', ['home-office']],
    acceptedOn: '2009-09-03',
  },
  {
    place: ll,
    id: 'll-ring-fences',
    kind: 'ring-fence',
    printed: true,
    statement: 'Pooling drug and alcohol budgets may require the removal of national ring-fencing',
    effect: 'Money cannot follow the person from early help to treatment',
    recordedOn: '2009-08-17',
    triaged: ['2009-08-24', 'joint'],
    asks: [
      [
        'ring-fence',
        'The ring-fence removed for this place',
        'Pooled budgets and joint commissioning by a joint strategy of the place',
        '2010-01-29',
      ],
    ],
    owners: ['2009-08-25', ['department-of-health', lead]],
    acceptedOn: '2009-09-03',
    answer: {
      on: '2009-09-18',
      by: 'department-of-health',
      // In full, so that it is a commitment of the department.
      data: {
        position: 'will-pilot',
        dueOn: '2010-01-29',
        measure: 'One commissioning strategy in one place',
        evidenceExpected: 'The strategy, and what it spends',
        official: 'Director, drugs policy',
        verifierAgencyId: 'leicester-city-council',
      },
    },
  },
  {
    place: ll,
    id: 'll-emergency-departments',
    kind: 'governance',
    printed: true,
    statement: 'No inter-agency service for alcohol and drugs works inside local emergency departments',
    effect: 'People are treated for the injury and sent home with the cause',
    recordedOn: '2009-08-18',
    triaged: ['2009-08-26', 'local'],
    owners: ['2009-08-27', [lead]],
    acceptedOn: '2009-09-04',
    answer: {
      on: '2009-09-21',
      by: lead,
      data: {
        position: 'will-remove',
        dueOn: '2009-12-18',
        measure: 'A joint team in each emergency department',
        evidenceExpected: 'Referrals made',
      },
    },
  },
  {
    place: ll,
    id: 'll-shared-data',
    kind: 'data-sharing',
    printed: true,
    statement: 'Service and customer data are managed apart, agency by agency',
    effect: 'People tell their story again at every door',
    recordedOn: '2009-10-12',
  },
  {
    place: 'kent',
    id: 'kent-gateway-benefits',
    kind: 'guidance',
    statement: 'Guidance keeps benefit advice out of the shared Gateway counters',
    effect: 'People travel to a second office for the same question',
    recordedOn: '2009-08-10',
    triaged: ['2009-08-19', 'whitehall'],
    owners: ['2009-08-20', ['department-for-work-and-pensions']],
  },
  {
    place: 'durham',
    id: 'durham-housing-returns',
    kind: 'performance-regime',
    statement: 'Each of the housing agencies reports to another department in another form',
    effect: 'Officers count instead of letting homes',
    recordedOn: '2009-08-12',
    triaged: ['2009-08-21', 'whitehall'],
    owners: ['2009-08-24', ['department-for-communities-and-local-government']],
    acceptedOn: '2009-09-02',
    answer: {
      on: '2009-09-17',
      by: 'department-for-communities-and-local-government',
      data: {
        position: 'will-remove',
        dueOn: '2009-10-16',
        measure: 'One housing return a year',
        evidenceExpected: 'The withdrawn forms',
      },
    },
  },
  {
    place: 'croydon',
    id: 'croydon-early-years',
    kind: 'ring-fence',
    statement: 'Grants for the youngest come under separate conditions',
    effect: 'Families meet three services where one would do',
    recordedOn: '2009-09-01',
    triaged: ['2009-09-10', 'whitehall'],
    owners: ['2009-09-11', ['department-for-children-schools-and-families']],
    acceptedOn: '2009-09-22',
    answer: {
      on: '2009-10-08',
      by: 'department-for-children-schools-and-families',
      data: {
        position: 'will-not',
        reason: 'The conditions are being reviewed as a whole',
        official: 'Director, early years',
      },
    },
  },
  {
    place: 'bradford',
    id: 'bradford-discharge',
    kind: 'data-sharing',
    statement: 'Hospitals cannot tell councils in time who is about to leave',
    effect: 'People go home to an empty house',
    recordedOn: '2009-09-29',
    triaged: ['2009-10-08', 'joint'],
  },
];

const official = (agency: string): Giver => ({
  as: `official@agency:${agency}`,
  account: `post.official.${agency}`,
});
const owner = (place: string, id: string): Giver =>
  /^(department|home-office)/.test(id)
    ? official(id)
    : { as: `chair@place:${place}+agency:${id}`, account: `post.chief-executive.${id}` };
const at = (on: string, hour: string): string => `${on}T${hour}:00.000Z`;

function commands(barrier: Barrier): SeedCommand[] {
  const { triaged, owners, acceptedOn } = barrier;
  const by = secretariat(barrier.place);
  const on = (when: string, who: Giver, command: string, data: Record<string, unknown> = {}) =>
    give(when, who, 'barrier', barrier.id, command, data);
  const worded = (c: SeedCommand): SeedCommand => (barrier.printed ? textOf(c, supplement) : c);
  return [
    worded(
      on(at(barrier.recordedOn, '10:00'), by, 'RecordBarrier', {
        placeId: barrier.place,
        kind: barrier.kind,
        statement: barrier.statement,
        effectOnResidents: barrier.effect,
      }),
    ),
    ...(triaged
      ? [
          on(at(triaged[0], '10:00'), by, 'Triage', {
            locus: triaged[1],
            reason: 'Who must act was agreed at the table',
          }),
          ...(barrier.asks ?? []).map(([askId, remedy, detail, dueOn]) =>
            worded(on(at(triaged[0], '11:00'), by, 'Ask', { askId, remedy, detail, dueOn })),
          ),
        ]
      : []),
    ...(owners ? [on(at(owners[0], '10:00'), by, 'ProposeOwner', { agencyIds: owners[1] })] : []),
    ...(owners && acceptedOn
      ? owners[1].map((id) => on(at(acceptedOn, '11:00'), owner(barrier.place, id), 'AcceptOwnership'))
      : []),
    ...(barrier.answer
      ? [
          on(
            at(barrier.answer.on, '14:00'),
            owner(barrier.place, barrier.answer.by),
            'Respond',
            barrier.answer.data,
          ),
        ]
      : []),
  ];
}
export const barriersSeed: SeedCommand[] = barriers.flatMap(commands);

/** How many of a place's barriers were Whitehall's, joint and local by a day. */
export function locusCounts(place: string, on: string): { whitehall: number; joint: number; local: number } {
  const of = (locus: string): number =>
    barriers.filter((b) => b.place === place && b.triaged && b.triaged[0] <= on && b.triaged[1] === locus)
      .length;
  return { whitehall: of('whitehall'), joint: of('joint'), local: of('local') };
}
