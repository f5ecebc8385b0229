import { office, supplement, type SeedCommand } from './types.js';

const day = (on: string, tbc = false): object => ({ from: on, to: on, precision: 'day', tbc });
const span = (from: string, to: string, precision: 'part-month' | 'month', tbc = false): object => ({
  from,
  to,
  precision,
  tbc,
});
const milestone = (
  milestoneId: string,
  name: string,
  kind: string,
  date: object,
  source?: string,
): SeedCommand =>
  office('2009-06-01T08:01:00.000Z', 'AddMilestone', { milestoneId, name, kind, date }, source);

const section = (
  sectionId: string,
  title: string,
  prompt: string,
  kind: 'prefilled' | 'prose' | 'risks' | 'locus-counts' = 'prose',
  maxWords?: number,
): object => ({
  sectionId,
  title,
  prompt,
  kind,
  ...(maxWords ? { maxWords } : {}),
});
const full = [
  section(
    'place',
    'Place and leadership',
    'Which bodies take part, who leads, who answers for the money?',
    'prefilled',
  ),
  section('count', 'The high level count', 'What public money is spent here, and what did counting it show?'),
  section(
    'themes',
    'Themes and deep dives',
    'Which themes do you look at in depth, and why these?',
    'prefilled',
  ),
  section(
    'barriers',
    'Barriers by who must act',
    'How many barriers wait for Whitehall, for both, and for the place itself? What stands here is what ' +
      'the programme can see.',
    'locus-counts',
  ),
  section(
    'commitments',
    'Progress of commitments',
    'What have the partners promised, and how far is it?',
    'prefilled',
  ),
  section('pools', 'Pooled and aligned budgets', 'Which money is to be brought together?', 'prefilled'),
  section('proposals', 'Proposals', 'Which changes do you propose, with what evidence and at what cost?'),
  section('risks', 'Risks', 'What could stop the work, and what do you do about it?', 'risks'),
  section('learning', 'Learning', 'What have you learned that other places could use?'),
  section('narrative', 'Narrative', 'Tell the story of the place in 500 words.', 'prose', 500),
];
const light = [
  section('contact', 'Contact', 'Whom can other places ask?'),
  section('theme', 'Theme', 'Which theme are you working on?'),
  section('progress', 'Progress in one line', 'What has been done so far?', 'prose', 40),
  section('barriers', 'Barriers', 'What stands in the way, and whose is it?'),
  section('lessons', 'Lessons', 'What could other places learn from yours?'),
  section('next-step', 'Next step', 'What comes next?'),
];
const template = (roundKind: string, placeKind: string, sections: object[]): SeedCommand =>
  office('2009-06-01T08:02:20.000Z', 'SetSubmissionTemplate', { roundKind, placeKind, sections });
const interim = { stepId: 'interim', name: 'Interim findings', due: { roundNo: 1 } };
const final = { stepId: 'final', name: 'Final report', due: { roundNo: 2 } };
const activation = (milestoneId: string): object => ({
  stepId: 'activation',
  name: 'Place active',
  due: { milestoneId },
});
/**
 * Rounds, what a return holds, and what a place must have done by when: the months stand in print, days and
 * sections do not.
 */
const rounds: SeedCommand[] = [
  milestone('places-active', 'Pilots active', 'programme', day('2009-07-31')),
  milestone('parallel-active', 'Parallel places active', 'programme', day('2009-10-30')),
  milestone('commitments-made', 'A commitment for every theme', 'programme', day('2009-12-18')),
  milestone('pools-open', 'Pooled or aligned budgets open', 'programme', day('2010-01-29')),
  office('2009-06-01T08:02:10.000Z', 'PlanRound', {
    roundNo: 1,
    kind: 'interim',
    observation: { from: '2009-06-01', to: '2009-08-31' },
    window: { from: day('2009-09-01'), to: day('2009-09-18') },
  }),
  office('2009-06-01T08:02:10.000Z', 'PlanRound', {
    roundNo: 2,
    kind: 'final',
    observation: { from: '2009-09-01', to: '2010-01-31' },
    window: {
      from: span('2010-02-01', '2010-02-28', 'month'),
      to: span('2010-02-01', '2010-02-28', 'month'),
    },
  }),
  template('interim', 'pilot', full),
  template('final', 'pilot', full),
  template('interim', 'parallel', light),
  template('final', 'parallel', light),
  office('2009-06-01T08:02:30.000Z', 'RequireSteps', {
    placeKind: 'pilot',
    steps: [
      activation('places-active'),
      interim,
      {
        stepId: 'commitments',
        name: 'A commitment for every theme',
        due: { milestoneId: 'commitments-made' },
      },
      { stepId: 'pools', name: 'A pool open', due: { milestoneId: 'pools-open' } },
      final,
    ],
  }),
  office('2009-06-01T08:02:30.000Z', 'RequireSteps', {
    placeKind: 'parallel',
    steps: [activation('parallel-active'), interim, final],
  }),
  office('2009-09-01T08:00:00.000Z', 'OpenRound', { roundNo: 1 }),
  office('2009-10-05T08:00:00.000Z', 'CloseRound', { roundNo: 1 }),
  // Not in print: a round that is open where the demo begins, so that a return can be tried.
  office('2009-10-12T08:00:00.000Z', 'PlanRound', {
    roundNo: 3,
    kind: 'interim',
    observation: { from: '2009-09-01', to: '2009-10-18' },
    window: { from: day('2009-10-19'), to: day('2009-11-13') },
  }),
  office('2009-10-19T08:00:00.000Z', 'OpenRound', { roundNo: 3 }),
];

/** The programme's frame, its calendar and its one deadline. */
export const programme: SeedCommand[] = [
  office('2009-06-01T08:00:00.000Z', 'DefineProgramme', {
    name: 'Total Place',
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  }),
  milestone('budget-2010', 'Budget 2010', 'deadline', day('2010-03-24'), 'HM Treasury, Budget 2010'),
  milestone('lga-conference', 'LGA Total Place conference', 'engagement', day('2009-11-03'), supplement),
  milestone(
    'ministerial-group',
    'Working groups report to the ministerial group',
    'engagement',
    span('2009-11-01', '2009-11-10', 'part-month', true),
    supplement,
  ),
  milestone(
    'croydon-networking',
    "Pilots' networking event, Croydon",
    'engagement',
    day('2009-11-06'),
    supplement,
  ),
  milestone('queens-speech-2009', "Queen's Speech", 'political', day('2009-11-18'), supplement),
  milestone(
    'pre-budget-report-2009',
    'Pre-Budget Report',
    'political',
    day('2009-12-09'),
    'HM Treasury, Pre-Budget Report 2009',
  ),
  milestone(
    'budget-2009',
    'Budget 2009: Total Place launched',
    'political',
    span('2009-04-01', '2009-04-30', 'month'),
    'HM Treasury, Budget 2009',
  ),
  milestone(
    'pilots-start',
    'Thirteen pilots start',
    'programme',
    span('2009-06-01', '2009-06-30', 'month'),
    'HM Treasury, Budget 2009',
  ),
  milestone(
    'themes-forming',
    'Themes and governance take form; the South West opts for a programme of its own',
    'info',
    span('2009-07-01', '2009-07-31', 'month'),
    supplement,
  ),
  milestone(
    'counts-complete',
    'High level counts complete; preliminary findings of all thirteen',
    'programme',
    span('2009-09-01', '2009-09-30', 'month'),
    supplement,
  ),
  milestone(
    'workshops',
    'Supplement published; workshops begin; deep dives under way',
    'info',
    span('2009-10-01', '2009-10-31', 'month'),
    supplement,
  ),
  milestone(
    'early-years-workshop',
    '0–5 theme workshop with Croydon, Manchester and Nottingham',
    'engagement',
    span('2009-11-01', '2009-11-10', 'part-month', true),
    supplement,
  ),
  milestone(
    'nlgn-conference',
    'NLGN Local Area Agreement conference',
    'engagement',
    day('2009-11-24'),
    supplement,
  ),
  milestone(
    'lga-improvement',
    'LGA improvement conference',
    'engagement',
    span('2009-11-25', '2009-11-26', 'part-month'),
    supplement,
  ),
  milestone('improvement-east', 'Improvement East, Hinxton', 'engagement', day('2009-11-26'), supplement),
  milestone(
    'smarter-government',
    'Putting the Frontline First: Smarter Government',
    'political',
    day('2009-12-07'),
    'HM Government, December 2009',
  ),
  milestone(
    'agma-paper',
    'A paper of Greater Manchester notes that Treasury wants specific savings',
    'info',
    day('2010-01-27'),
    'AGMA, January 2010',
  ),
  milestone(
    'treasury-report',
    'Report of HM Treasury and CLG',
    'programme',
    day('2010-03-25'),
    'HM Treasury and CLG, Total Place, March 2010',
  ),
  milestone(
    'single-offers',
    'First Single Offers planned',
    'programme',
    span('2011-04-01', '2011-04-30', 'month'),
    'HM Treasury and CLG, Total Place, March 2010',
  ),
  // Recalled, not looked up: illustrative.
  milestone('election-called', 'General election called', 'political', day('2010-04-06', true)),
  milestone('polling-day', 'Polling day', 'political', day('2010-05-06', true)),
  office('2009-06-01T08:01:30.000Z', 'DeclareRestriction', {
    restrictionId: 'pre-election-2010',
    from: '2010-04-06',
    to: '2010-05-06',
    reason: 'Pre-election period, expected before mid-2010; its days are filled in',
  }),
  milestone(
    'final-reports',
    "Pilots' final reports",
    'programme',
    span('2010-02-01', '2010-02-28', 'month'),
    supplement,
  ),
  office('2009-06-01T08:02:00.000Z', 'StartProgramme', {}),
  ...rounds,
  ...[
    ['drugs-and-alcohol', 'Drugs and alcohol'],
    ['reducing-re-offending', 'Reducing re-offending'],
    ['asset-management', 'Asset management'],
    ['0-5', '0–5'],
  ].map(([policyThemeId, title]) =>
    office('2009-06-01T08:03:00.000Z', 'AddPolicyTheme', { policyThemeId, title }, supplement),
  ),
];
