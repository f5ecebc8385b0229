/** What changed since a day, in sentences. */
import type { AnswerOf } from '../../http/query/declare.js';
import type { DepartmentChange } from '../../http/questions/department-changes-shape.js';
import { sentence } from '../../http/words/format.js';
import { colour } from './colours.js';

type Change = AnswerOf<typeof DepartmentChange>;

/** A reason that holds no more: how late it is told to be is how late it was on the day asked about. */
export const goneTold = ({ deed, text }: Pick<Change, 'deed' | 'text'>): string =>
  sentence(
    deed !== '' && text.startsWith(deed) ? `${deed}${text.slice(deed.length).replace(': ', ': was ')}` : text,
  );

/** What changed of what a department owes a place. */
export const changeTold = ({ change, place, text, deed, from }: Change): string =>
  ({
    new: `New: ${place.name}: ${sentence(text)}`,
    changed: `Was ${from === null ? 'none' : colour(from).word}: ${place.name}: ${sentence(text)}`,
    gone: `No longer: ${place.name}: ${goneTold({ deed, text })}`,
  })[change];
