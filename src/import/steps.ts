/** The steps of a file, in the order in which they can be given. */
import { beside } from './compare.js';
import type { ProgrammeFile } from './file.js';
import { placeSteps } from './place-steps.js';
import type { Records } from './records.js';
import type { Standing, Step } from './step.js';
import { doneWhenOf, roundInWords } from '../domain/programme/state.js';
import { longDate } from '../domain/shared/values.js';
import { personId } from '../domain/person/state.js';

type FuzzyDate = ProgrammeFile['milestones'][number]['date'];
function day({ from, to, precision }: FuzzyDate): string {
  if (precision === 'month') return longDate(from).replace(/^\d+ /, '');
  return from === to ? longDate(from) : `${longDate(from)} to ${longDate(to)}`;
}

/** What the programme’s office gives: all but what each place’s secretariat does. */
export const stepsOf = (file: ProgrammeFile): Step[] => [
  definition(file),
  ...calendar(file),
  ...registers(file),
  ...file.places.flatMap((place, i) => placeSteps(file, place, ['places', i])),
  ...requirements(file),
  ...start(file),
];
export const officeOf = ({ programme }: ProgrammeFile): string =>
  `programme-office@programme:${programme.id}`;

/** A command on the programme, of its office. */
const onProgramme = (
  file: ProgrammeFile,
  step: Omit<Step, 'aggregate' | 'recordId' | 'grant' | 'needs' | 'stands'> & {
    readonly needs?: readonly string[];
    stands(programme: NonNullable<Awaited<ReturnType<typeof programmeIn>>>): Standing;
  },
): Step => ({
  ...step,
  aggregate: 'programme',
  recordId: file.programme.id,
  grant: officeOf(file),
  needs: ['programme', ...(step.needs ?? [])],
  async stands(records) {
    const programme = await programmeIn(records, file);
    return programme ? step.stands(programme) : 'new';
  },
});
const programmeIn = (records: Records, { programme }: ProgrammeFile) =>
  records.read('programmes', programme.id);

function definition(file: ProgrammeFile): Step {
  const { start: _, id, ...said } = file.programme;
  return {
    key: 'programme',
    needs: [],
    path: ['programme'],
    text: `Define the programme ${said.name}, from ${longDate(said.startOn)} to ${longDate(said.endOn)}`,
    aggregate: 'programme',
    command: 'DefineProgramme',
    body: { id, ...said },
    grant: officeOf(file),
    stands: async (records) => beside(await programmeIn(records, file), said),
  };
}

const calendar = (file: ProgrammeFile): Step[] => [
  ...file.milestones.map((milestone, i) => {
    const { milestoneId, ...said } = milestone;
    return onProgramme(file, {
      key: `milestone ${milestoneId}`,
      path: ['milestones', i],
      text: `Add the milestone ${said.name}, ${day(said.date)}`,
      command: 'AddMilestone',
      body: milestone,
      stands({ milestones }) {
        const standing = milestones[milestoneId];
        // One that was moved since is still the one that the file planned.
        return beside(standing && { ...standing, date: standing.originalDate }, said);
      },
    });
  }),
  ...file.policyThemes.map((theme, i) =>
    onProgramme(file, {
      key: `policy theme ${theme.policyThemeId}`,
      path: ['policyThemes', i],
      text: `Add the policy theme ${theme.title}`,
      command: 'AddPolicyTheme',
      body: theme,
      stands: ({ policyThemes }) => beside(policyThemes[theme.policyThemeId], { title: theme.title }),
    }),
  ),
  ...file.restrictions.map((restriction, i) =>
    onProgramme(file, {
      key: `restriction ${restriction.restrictionId}`,
      path: ['restrictions', i],
      text: `Restrict publication from ${longDate(restriction.from)} to ${longDate(restriction.to)}`,
      command: 'DeclareRestriction',
      body: restriction,
      stands: ({ restrictions }) =>
        beside(
          restrictions.find(({ restrictionId }) => restrictionId === restriction.restrictionId),
          restriction,
        ),
    }),
  ),
  ...file.rounds.map((round, i) => {
    const { roundNo, ...said } = round;
    return onProgramme(file, {
      key: `round ${roundNo}`,
      needs: i === 0 ? [] : [`round ${roundNo - 1}`],
      path: ['rounds', i],
      text: `Plan round ${roundInWords(round)}, whose returns are sent until ${day(said.window.to)}`,
      command: 'PlanRound',
      body: round,
      stands: ({ rounds }) => beside(rounds[roundNo], said),
    });
  }),
];

const kinds = { pilot: 'pilots', parallel: 'parallel places' } as const;
const requirements = (file: ProgrammeFile): Step[] => [
  ...file.templates.map((template, i) => {
    const { roundKind, placeKind, sections } = template;
    return onProgramme(file, {
      key: `template ${roundKind}.${placeKind}`,
      needs: file.rounds.flatMap(({ kind, roundNo }) => (kind === roundKind ? [`round ${roundNo}`] : [])),
      path: ['templates', i],
      text: `Set what the ${roundKind} return of ${kinds[placeKind]} holds`,
      command: 'SetSubmissionTemplate',
      body: template,
      stands: ({ templates }) => beside(templates[`${roundKind}.${placeKind}`], { sections }),
    });
  }),
  ...file.requiredSteps.map((required, i) => {
    const { placeKind, steps } = required;
    return onProgramme(file, {
      key: `required steps ${placeKind}`,
      needs: steps.map(({ due }) =>
        'roundNo' in due ? `round ${due.roundNo}` : `milestone ${due.milestoneId}`,
      ),
      path: ['requiredSteps', i],
      text: `Ask ${kinds[placeKind]} for ${steps.map(({ name }) => name).join('; ')}`,
      command: 'RequireSteps',
      body: required,
      stands: (programme) => {
        const standing = programme.steps[placeKind];
        // A step may be said by its id alone, and its record says what completes it.
        const said = steps.map((step) => ({ ...step, doneWhen: doneWhenOf(step) }));
        return beside(standing && { steps: standing }, { steps: said });
      },
    });
  }),
];

const registers = (file: ProgrammeFile): Step[] => [
  ...file.agencies.map((agency, i): Step => {
    const { id, ...said } = agency;
    return {
      key: `agency ${id}`,
      // Whose people registered it stands in its record: the programme is there first.
      needs: ['programme'],
      path: ['agencies', i],
      text: `Register ${said.name}`,
      aggregate: 'agency',
      command: 'RegisterAgency',
      body: agency,
      grant: officeOf(file),
      async stands(records) {
        const standing = await records.read('agencies', id);
        if (!standing) return 'new';
        const { identifiers, ...others } = said;
        const held = standing.identifiers.map(({ scheme, code, from }) => ({ scheme, code, from }));
        // It may have been given more codes since.
        const kept = identifiers.filter((wanted) =>
          held.some(({ scheme, code }) => scheme === wanted.scheme && code === wanted.code),
        );
        return beside({ ...standing, identifiers: kept }, { ...others, identifiers });
      },
    };
  }),
  ...file.people.map((person, i): Step => {
    const body = { programmeId: file.programme.id, ...person };
    return {
      key: `person ${person.account}`,
      needs: ['programme'],
      path: ['people', i],
      text: `Name ${person.name}`,
      aggregate: 'person',
      command: 'RegisterPerson',
      body,
      grant: officeOf(file),
      stands: async (records) =>
        beside(await records.read('people', personId(person.account, file.programme.id)), body),
    };
  }),
];

const start = (file: ProgrammeFile): Step[] =>
  file.programme.start
    ? [
        onProgramme(file, {
          key: 'start',
          needs: file.milestones.flatMap(({ kind, milestoneId }) =>
            kind === 'deadline' ? [`milestone ${milestoneId}`] : [],
          ),
          path: ['programme', 'start'],
          text: `Start the programme ${file.programme.name}`,
          command: 'StartProgramme',
          body: {},
          stands: ({ status }) => (status === 'planned' ? 'new' : 'same'),
        }),
      ]
    : [];
