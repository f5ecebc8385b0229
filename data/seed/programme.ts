import { office, type SeedCommand } from './types.js';

const day = (on: string, tbc = false): object => ({ from: on, to: on, precision: 'day', tbc });
const span = (from: string, to: string, precision: 'part-month' | 'month', tbc = false): object => ({ from, to, precision, tbc });
const article = 'Total Place supplement, October 2009';
const milestone = (milestoneId: string, name: string, kind: string, date: object, source?: string): SeedCommand => office('2009-06-01T08:01:00.000Z', 'AddMilestone', { milestoneId, name, kind, date }, source);

/** The programme's frame, its calendar and its one deadline. */
export const programme: SeedCommand[] = [
  office('2009-06-01T08:00:00.000Z', 'DefineProgramme', { name: 'Total Place', kind: 'national', ragScale: 'five', period: 'month', startOn: '2009-06-01', endOn: '2010-03-31' }),
  milestone('budget-2010', 'Budget 2010', 'deadline', day('2010-03-24'), 'HM Treasury, Budget 2010'),
  milestone('lga-conference', 'LGA Total Place conference', 'engagement', day('2009-11-03'), article),
  milestone('ministerial-group', 'Working groups report to the ministerial group', 'engagement', span('2009-11-01', '2009-11-10', 'part-month', true), article),
  milestone('croydon-networking', "Pilots' networking event, Croydon", 'engagement', day('2009-11-06'), article),
  milestone('queens-speech-2009', "Queen's Speech", 'political', day('2009-11-18'), article),
  milestone('pre-budget-report-2009', 'Pre-Budget Report', 'political', day('2009-12-09'), 'HM Treasury, Pre-Budget Report 2009'),
  milestone('final-reports', "Pilots' final reports", 'programme', span('2010-02-01', '2010-02-28', 'month'), article),
  office('2009-06-01T08:02:00.000Z', 'StartProgramme', {}),
  ...[
    ['drugs-and-alcohol', 'Drugs and alcohol'],
    ['reducing-re-offending', 'Reducing re-offending'],
    ['asset-management', 'Asset management'],
    ['0-5', '0–5'],
  ].map(([policyThemeId, title]) => office('2009-06-01T08:03:00.000Z', 'AddPolicyTheme', { policyThemeId, title }, article)),
];
