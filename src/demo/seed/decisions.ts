import { chiefExecutive, give, secretariat, type Giver, type SeedCommand } from './types.js';

/**
 * Decisions of the tables, all illustrative: carried with dissent, refused for a body that did not agree,
 * lapsed, and one that is open.
 */
interface Motion {
  readonly place: string;
  readonly id: string;
  readonly question: string;
  readonly text: string;
  readonly more?: Record<string, unknown>;
  readonly opened: string;
  readonly closesAt: string;
  readonly positions: readonly (readonly [
    when: string,
    role: 'chair' | 'seat-holder',
    agency: string,
    stance: string,
    reason?: string,
  ])[];
}
const ll = 'leicester-leicestershire';
const county = 'leicestershire-county-council';
const trust = 'leicestershire-county-and-rutland-pct';
const police = 'leicestershire-police-authority';

const motions: readonly Motion[] = [
  {
    place: ll,
    id: 'll-strategy-date',
    question: 'Shall the commissioning strategy wait for the ring-fence pilot?',
    text:
      'The strategy is due on 22 January 2010 instead of 27 November 2009, so that it can build on what ' +
      'the department pilots.',
    more: {
      refs: ['commitment-ll-commissioning-strategy'],
      authorises: [
        {
          command: 'Reschedule',
          record: 'commitment-ll-commissioning-strategy',
          terms: { dueOn: '2010-01-22' },
        },
      ],
    },
    opened: '2009-09-14',
    closesAt: '2009-09-25T16:00:00.000Z',
    positions: [
      ['15T10:00', 'chair', county, 'agree'],
      ['15T11:00', 'seat-holder', trust, 'agree'],
      ['16T10:00', 'seat-holder', 'leicester-city-council', 'agree'],
      [
        '17T10:00',
        'seat-holder',
        police,
        'disagree',
        'A strategy in January misses this winter, when the need is greatest',
      ],
      ['18T10:00', 'seat-holder', 'leicester-city-pct', 'abstain'],
    ],
  },
  {
    place: ll,
    id: 'll-emergency-team',
    question: 'Shall an inter-agency team work in the emergency departments this winter?',
    text:
      'Councils, trusts and police pay for a joint team in local emergency departments from December to ' +
      'March.',
    more: { money: [{ agencyId: police, pence: 50_000_00, financialYear: '2009-10' }] },
    opened: '2009-09-16',
    closesAt: '2009-09-28T16:00:00.000Z',
    positions: [
      ['17T11:00', 'chair', county, 'agree'],
      ['17T12:00', 'seat-holder', trust, 'agree'],
      ['18T11:00', 'seat-holder', 'leicester-city-council', 'agree'],
      ['21T11:00', 'seat-holder', 'leicester-city-pct', 'agree'],
    ],
  },
  {
    place: 'kent',
    id: 'kent-gateway-hours',
    question: 'Shall every Gateway open on Saturdays?',
    text: 'All partners staff their Gateway counters on Saturdays from January.',
    opened: '2009-09-21',
    closesAt: '2009-09-30T16:00:00.000Z',
    positions: [['22T10:00', 'chair', 'kent-county-council', 'agree']],
  },
  {
    place: 'suffolk',
    id: 'suffolk-after-the-summit',
    question: 'Shall the collaborative go on after the summit, with a review each spring?',
    text: 'The collaborative meets every month and reviews each spring what was promised at the summit.',
    opened: '2009-10-12',
    closesAt: '2009-10-30T17:00:00.000Z',
    positions: [
      ['13T10:00', 'chair', 'suffolk-county-council', 'agree'],
      ['14T10:00', 'seat-holder', 'ipswich-borough-council', 'agree'],
      ['15T10:00', 'seat-holder', 'suffolk-voluntary-sector-member-1', 'agree'],
      [
        '16T10:00',
        'seat-holder',
        'suffolk-private-sector-member-1',
        'disagree',
        'Every second month is enough for a body without a budget',
      ],
    ],
  },
];

function commands(motion: Motion): SeedCommand[] {
  const on = (when: string, by: Giver, command: string, data: Record<string, unknown> = {}): SeedCommand =>
    give(`${when}:00.000Z`, by, 'decision', motion.id, command, data);
  const office = secretariat(motion.place);
  return [
    on(`${motion.opened}T09:00`, office, 'DraftDecision', {
      placeId: motion.place,
      question: motion.question,
      text: motion.text,
      forum: 'collaborative',
      ...motion.more,
    }),
    on(`${motion.opened}T09:30`, office, 'OpenDecision', { closesAt: motion.closesAt }),
    ...motion.positions.map(([when, role, agency, stance, reason]) =>
      on(`${motion.opened.slice(0, 8)}${when}`, chiefExecutive(role, motion.place, agency), 'TakePosition', {
        stance,
        ...(reason ? { reason } : {}),
      }),
    ),
  ];
}
const chair = chiefExecutive('chair', ll, county);

export const decisions: SeedCommand[] = [
  ...motions.flatMap(commands),
  // All have spoken: the chair need not wait for the clock.
  give('2009-09-21T09:00:00.000Z', chair, 'decision', 'll-strategy-date', 'CloseDecision'),
  give('2009-09-22T09:00:00.000Z', chair, 'decision', 'll-strategy-date', 'RecordOutcome', {
    statement: 'The strategy is due on 22 January 2010. The police’s concern for this winter is recorded.',
  }),
];
