/** How the state of a step is told to whoever cannot tell colours apart: words, and a symbol of its own. */
import type { AnswerOf } from '../../http/query/declare.js';
import type { PlaceToday } from '../../http/questions/progress-shape.js';

export type Step = AnswerOf<typeof PlaceToday>['steps'][number];
export interface StepTold {
  readonly word: string;
  readonly symbol: string;
  readonly look: 'done' | 'late' | 'soon' | 'open';
}
const told: Readonly<Record<Step['state'], StepTold>> = {
  done: { word: 'Done', symbol: '✓', look: 'done' },
  'done-late': { word: 'Done late', symbol: '✓', look: 'done' },
  overdue: { word: 'Overdue', symbol: '✕', look: 'late' },
  'due-soon': { word: 'Due soon', symbol: '◔', look: 'soon' },
  'not-yet-due': { word: 'Not yet due', symbol: '○', look: 'open' },
  excused: { word: 'Excused', symbol: '–', look: 'open' },
  'not-required': { word: 'Not required', symbol: '–', look: 'open' },
};
export const stepTold = (state: Step['state']): StepTold => told[state];
