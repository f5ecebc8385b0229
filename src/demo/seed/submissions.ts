import { locusCounts } from './barriers.js';
import { leadOf, pilotOf, pilotTable } from './places.js';
import { financeOfficer, give, secretariat, supplement, type Giver, type SeedCommand } from './types.js';

/**
 * What the supplement prints of the pilots' findings; the rest of a return stands in for what was not
 * printed.
 */
const printed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'central-bedfordshire-luton': { count: '£3.4bn is spent locally, equating to £6,853 per person.' },
  durham: { count: 'Housing services are provided by 25 agencies for a single county.' },
  'leicester-leicestershire': {
    count:
      'The costs of the many local public agencies just being in business vary from 3% to 12% of ' +
      'budget; the total is estimated to be around £200m. Obligatory performance reporting and ' +
      'inspection cost more than £7m this year.',
    themes:
      'Drugs and alcohol misuse is a gap in our current programme of service improvement projects. ' +
      'People in the county are behind some others in having access to services as a whole rather than ' +
      'as separate agencies.',
  },
};
/** What the system cannot count yet, or the programme could not see by then, is answered by hand. */
const standIn = {
  count:
    'The high level count of public spend in the area is complete. It is too early to draw detailed ' +
    'conclusions.',
  commitments: 'No commitment is logged yet.',
  pools: 'Partners are looking at which budgets could be pooled or aligned. Nothing is agreed yet.',
  proposals: 'Nothing is costed yet. Proposals follow the deep looks at the themes.',
  learning:
    'Counting together brought the agencies round one table. Little of what is spent here is under ' +
    'local political control.',
  narrative:
    'Since June the partners have counted what is spent, agreed their themes and begun to look at ' +
    'services as residents meet them. What comes next needs Whitehall as well as the place.',
};
const ofPlace: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'leicester-leicestershire': {
    commitments:
      'The partners logged their first commitments in July. The first reports on them are due this month.',
  },
};
const risks = [
  {
    description: 'Departments do not answer in time for the Budget',
    mitigation: 'Raise the questions through the champion',
    before: { impact: 5, likelihood: 3 },
    after: { impact: 5, likelihood: 2 },
    ownerRole: 'The lead of the place’s own office',
    proximity: 3,
  },
];
/** Days in September on which the pilots submitted: the month stands in print, the day does not. */
const days = ['09', '10', '11', '14', '15', '15', '16', '16', '17', '17', '17', '18', '18'];

/** Pools that were proposed by then: the programme reads what their agencies consent to show. */
const included: Readonly<Record<string, readonly { aggregate: string; id: string }[]>> = {
  durham: [{ aggregate: 'pool', id: 'durham-warm-homes' }],
  kent: [{ aggregate: 'pool', id: 'kent-gateways' }],
};

const findings = (place: string, lead: string, day: string): SeedCommand[] => {
  const id = `total-place.1.${place}`;
  const office = secretariat(place);
  const step = (
    time: string,
    command: string,
    data: Record<string, unknown> = {},
    source?: string,
  ): SeedCommand => give(`2009-09-${time}:00.000Z`, office, 'submission', id, command, data, source);
  const text = (sectionId: keyof typeof standIn): string =>
    printed[place]?.[sectionId] ?? ofPlace[place]?.[sectionId] ?? standIn[sectionId];
  const themes = printed[place]?.themes;
  const rows = pilotOf(place).themes.map(([, title]) => ({ label: title, value: 'confirmed' }));
  const counts = locusCounts(place, '2009-09-07');
  const recorded = counts.whitehall + counts.joint + counts.local > 0;
  /** By section; the rest was prefilled when the return was begun, and stands. */
  const byHand: Readonly<Record<string, object>> = {
    count: { text: text('count') },
    ...(themes ? { themes: { text: themes, rows } } : {}),
    barriers: {
      counts,
      ...(recorded
        ? {}
        : { text: 'No barrier is decided on yet: whose each is, the partners are still finding out.' }),
    },
    commitments: { text: text('commitments') },
    pools: { text: text('pools') },
    proposals: { text: text('proposals') },
    risks: { risks },
    learning: { text: text('learning') },
    narrative: { text: text('narrative') },
  };
  return [
    step('02T09:00', 'StartSubmission', { programmeId: 'total-place', roundNo: 1, placeId: place }),
    ...[
      'place',
      'count',
      'themes',
      'barriers',
      'commitments',
      'pools',
      'proposals',
      'risks',
      'learning',
      'narrative',
    ].flatMap((sectionId) => [
      ...(byHand[sectionId]
        ? [
            step(
              '07T10:00',
              'AnswerSection',
              { sectionId, content: byHand[sectionId] },
              printed[place]?.[sectionId] ? supplement : undefined,
            ),
          ]
        : []),
      step('07T11:00', 'CompleteSection', { sectionId }),
    ]),
    step('08T09:00', 'SendForSignOff', { included: included[place] ?? [] }),
    {
      ...give(`2009-09-${day}T09:00:00.000Z`, financeOfficer(lead), 'submission', id, 'SignOff'),
      statementHash: 'current',
    },
    step(`${day}T14:00`, 'Submit'),
  ];
};

/**
 * Light returns of the South West's six and of Suffolk. Their themes and Suffolk's mapping stand in print.
 */
const undecided = 'The topic of the deep dive has yet to be confirmed.';
const light: Readonly<Record<string, { readonly theme: string; readonly progress?: string }>> = {
  'sw-devon-plymouth-torbay': { theme: undecided },
  'sw-cornwall-scilly': { theme: undecided },
  'sw-gloucestershire': { theme: undecided },
  'sw-west-of-england': { theme: undecided },
  'sw-wiltshire-swindon': {
    theme:
      'Families who experience interventions by many public services, too often uncoordinated and reactive.',
  },
  'sw-somerset': {
    theme:
      'Services for older people. Within the county, one in four residents are above statutory ' +
      'retirement age.',
  },
  suffolk: {
    theme: 'Skills, the environment, building aspiration and helping people to help themselves.',
    progress:
      "A leadership collaborative of 22 chief executives has mapped the county's £4.8bn of public money.",
  },
};
function lightReturn(place: string, printedText: { theme: string; progress?: string }): SeedCommand[] {
  const id = `total-place.1.${place}`;
  const member: Giver = { as: `member@place:${place}`, account: `post.partnership-officer.${place}` };
  const step = (
    time: string,
    by: Giver,
    command: string,
    data: Record<string, unknown> = {},
    source?: string,
  ): SeedCommand => give(`2009-09-${time}:00.000Z`, by, 'submission', id, command, data, source);
  const texts = {
    contact: 'The programme lead, by their post.',
    progress: printedText.progress ?? 'The councils and their partners have begun to work together.',
    barriers: 'None is recorded yet.',
    lessons: 'It is too early to say what others could learn from us.',
    'next-step': 'An in-depth look at the theme with the partners.',
    theme: printedText.theme,
  };
  return [
    step('04T09:00', member, 'StartSubmission', { programmeId: 'total-place', roundNo: 1, placeId: place }),
    ...(['contact', 'theme', 'progress', 'barriers', 'lessons', 'next-step'] as const).flatMap(
      (sectionId) => [
        step(
          '10T10:00',
          member,
          'AnswerSection',
          { sectionId, content: { text: texts[sectionId] } },
          printedText[sectionId as 'theme'] ? supplement : undefined,
        ),
        step('10T11:00', member, 'CompleteSection', { sectionId }),
      ],
    ),
    step('11T09:00', member, 'SendForSignOff', { included: [] }),
    // The lead contact signs, having answered nothing.
    { ...step('14T09:00', secretariat(place), 'SignOff'), statementHash: 'current' },
    step('15T14:00', secretariat(place), 'Submit'),
  ];
}

/**
 * By September all thirteen pilots have submitted their interim findings; seven parallel places make a light
 * return.
 */
export const submissions: SeedCommand[] = [
  ...Object.entries(pilotTable).flatMap(([place, p], i) => findings(place, leadOf(p), days[i] ?? '18')),
  ...Object.entries(light).flatMap(([place, texts]) => lightReturn(place, texts)),
];
