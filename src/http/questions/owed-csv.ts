/** What each department owes, as a spreadsheet has it: a row a department. */
import { toldOrNot, words, type ColumnOf } from '../query/csv.js';
import { csvOf, type AnswerOf } from '../query/declare.js';
import type { OwedPart } from './department-obligations-shape.js';
import type { ProgrammePage } from './progress-shape.js';

type Owed = AnswerOf<typeof OwedPart>;
type Told = Exclude<Owed, { readonly failed: unknown }>;
const told = (owed: Owed): Told | undefined => ('failed' in owed ? undefined : owed);

const waiting = (key: keyof Told['waiting']): ColumnOf<Owed> => [key, (owed) => told(owed)?.waiting[key]];
const counted = (
  key: 'proposed' | 'ownershipOverdue' | 'answersOverdue' | 'deedsOverdue' | 'directionsOverdue',
): ColumnOf<Owed> => [key, (owed) => ('failed' in owed ? undefined : toldOrNot(owed[key]))];

/** Of a programme's progress. */
export const owedCsv = csvOf({
  columns: [
    ['id', ({ department }) => department.id],
    ['name', ({ department }) => department.name],
    ['oldestWorkingDays', (owed) => told(owed)?.oldestWorkingDays],
    waiting('lateLonger'),
    waiting('late11To20'),
    waiting('late1To10'),
    waiting('notLate'),
    counted('proposed'),
    counted('ownershipOverdue'),
    counted('answersOverdue'),
    counted('deedsOverdue'),
    counted('directionsOverdue'),
    ['places', (owed) => words(told(owed)?.placeNames ?? [])],
    'failed',
  ] satisfies readonly ColumnOf<Owed>[],
  rows: (progress: AnswerOf<typeof ProgrammePage>): readonly Owed[] =>
    ('owed' in progress && progress.owed) || [],
});
