/** What no schema sees of a file: names that lead nowhere or stand twice, days out of order. */
import { doneWhenOf, givenRoundKinds } from '../domain/programme/state.js';
import type { Areas } from '../domain/shared/reference.js';
import type { ProgrammeFile } from './file.js';
import type { Path } from './read.js';

export interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** Every one of them. */
export const faultsIn = (file: ProgrammeFile, areas: Areas): Fault[] => [
  ...repeated(file),
  ...dangling(file),
  ...outOfOrder(file),
  ...unfitAreas(file, areas),
];

/** A list in the file, and what each of its rows is known by. */
interface Listed {
  readonly path: Path;
  readonly rows: readonly object[];
  readonly by: string;
}
const listsOf = (file: ProgrammeFile): Listed[] => [
  { path: ['milestones'], rows: file.milestones, by: 'milestoneId' },
  { path: ['policyThemes'], rows: file.policyThemes, by: 'policyThemeId' },
  { path: ['requiredSteps'], rows: file.requiredSteps, by: 'placeKind' },
  { path: ['restrictions'], rows: file.restrictions, by: 'restrictionId' },
  { path: ['agencies'], rows: file.agencies, by: 'id' },
  { path: ['people'], rows: file.people, by: 'account' },
  { path: ['places'], rows: file.places, by: 'placeId' },
  ...file.requiredSteps.map(({ steps }, i) => ({
    path: ['requiredSteps', i, 'steps'],
    rows: steps,
    by: 'stepId',
  })),
  ...file.places.flatMap(({ areas, themes, collaborative }, i) => [
    { path: ['places', i, 'areas'], rows: areas, by: 'code' },
    { path: ['places', i, 'themes'], rows: themes, by: 'themeId' },
    { path: ['places', i, 'collaborative', 'seats'], rows: collaborative?.seats ?? [], by: 'seatId' },
  ]),
];
const valueOf = (row: object, member: string): unknown => (row as Record<string, unknown>)[member];

function repeated(file: ProgrammeFile): Fault[] {
  const faults: Fault[] = [];
  for (const { path, rows, by } of listsOf(file)) {
    const seen = new Set<unknown>();
    for (const [i, row] of rows.entries()) {
      const name = valueOf(row, by);
      if (seen.has(name))
        faults.push({
          path: [...path, i, by],
          message: `${String(name)} stands twice. Leave one of them out`,
        });
      seen.add(name);
    }
  }
  const deadlines = file.milestones.flatMap(({ kind }, i) => (kind === 'deadline' ? [i] : []));
  if (deadlines.length === 0)
    faults.push({
      path: ['milestones'],
      message: 'Enter the milestone of kind deadline that progress counts toward',
    });
  for (const i of deadlines.slice(1))
    faults.push({
      path: ['milestones', i, 'kind'],
      message: 'A programme has exactly one milestone of kind deadline',
    });
  return faults;
}

/** What names something that the file does not have. */
function dangling(file: ProgrammeFile): Fault[] {
  const agencies = new Set(file.agencies.map(({ id }) => id));
  const milestones = new Set(file.milestones.map(({ milestoneId }) => milestoneId));
  const policyThemes = new Set(file.policyThemes.map(({ policyThemeId }) => policyThemeId));
  const rounds = new Set(file.rounds.map(({ roundNo }) => roundNo));
  const roundKinds = new Set([...givenRoundKinds, ...file.rounds.map(({ kind }) => kind)]);
  const isNamed = <T>(known: ReadonlySet<T>, name: T | undefined, path: Path, list: string): Fault[] =>
    name === undefined || known.has(name)
      ? []
      : [{ path, message: `There is no ${String(name)} under ${list}. Add it there, or mend the name` }];
  return [
    ...file.templates.flatMap(({ roundKind }, i) =>
      isNamed(roundKinds, roundKind, ['templates', i, 'roundKind'], 'rounds'),
    ),
    ...file.requiredSteps.flatMap(({ steps }, i) =>
      steps.flatMap((step, j) => {
        const path = ['requiredSteps', i, 'steps', j];
        const { due } = step;
        return [
          ...(doneWhenOf(step) === undefined
            ? [{ path, message: 'Say with doneWhen what completes it' }]
            : []),
          ...('roundNo' in due
            ? isNamed(rounds, due.roundNo, [...path, 'due', 'roundNo'], 'rounds')
            : isNamed(milestones, due.milestoneId, [...path, 'due', 'milestoneId'], 'milestones')),
        ];
      }),
    ),
    ...file.places.flatMap((place, i) => [
      ...isNamed(agencies, place.accountableBodyId, ['places', i, 'accountableBodyId'], 'agencies'),
      ...isNamed(
        agencies,
        place.champion?.departmentId,
        ['places', i, 'champion', 'departmentId'],
        'agencies',
      ),
      ...(place.collaborative?.seats ?? []).flatMap(({ agencyId }, j) =>
        isNamed(agencies, agencyId, ['places', i, 'collaborative', 'seats', j, 'agencyId'], 'agencies'),
      ),
      ...place.themes.flatMap(({ policyThemeIds }, j) =>
        policyThemeIds.flatMap((id, k) =>
          isNamed(policyThemes, id, ['places', i, 'themes', j, 'policyThemeIds', k], 'policyThemes'),
        ),
      ),
    ]),
  ];
}

function outOfOrder({ programme, rounds }: ProgrammeFile): Fault[] {
  return [
    ...(programme.startOn < programme.endOn
      ? []
      : [{ path: ['programme', 'endOn'], message: 'The programme must end after it starts' }]),
    ...rounds.flatMap(({ roundNo }, i) =>
      roundNo === i + 1
        ? []
        : [
            {
              path: ['rounds', i, 'roundNo'],
              message: `Rounds are numbered one after the other. This is ${i + 1}`,
            },
          ],
    ),
  ];
}

/** Codes that the register knows, on days when they stood for nothing; the service may know more codes. */
function unfitAreas({ places }: ProgrammeFile, areas: Areas): Fault[] {
  return places.flatMap((place, i) =>
    place.areas.flatMap(({ code, from }, j) => {
      const known = areas.get(code);
      if (!known || areas.validOn(code, from)) return [];
      const { name, to, successors } = known;
      const instead = to && to < from ? `. Use ${successors.join(' or ')}` : '';
      const stood = `${known.from}${to ? ` to ${to}` : ''}`;
      return [
        {
          path: ['places', i, 'areas', j, 'code'],
          message: `${name} had the code ${code} from ${stood}, not on ${from}${instead}`,
        },
      ];
    }),
  );
}
