/** What events of a pledge set of its figures, so that the next can tell what they were. */
import type { z } from 'zod';
import { restates, sets, type SetValue } from '../kernel/set-value.js';
import { pounds } from '../shared/values.js';
import type { Figures } from './state.js';

/** The key of every figure of a pledge. */
export const pledgeKey = (pledgeId: string): string => `pledge.${pledgeId}`;
const figure =
  (name: string, what: string) =>
  (pledgeId: string, pence: number): SetValue =>
    sets(`${pledgeKey(pledgeId)}.${name}`, what, pounds(pence));
export const pledgedSet = figure('pledged', 'Pledged');
export const confirmedSet = figure('confirmed', 'Confirmed');
export const paidInSet = figure('paid-in', 'Paid in');

interface WithFigures {
  readonly pledgeId: string;
  readonly figures: z.infer<typeof Figures>;
}
/** What was pledged and paid in, said again to those who read from here on. */
export const restatesFigures = ({ pledgeId, figures }: WithFigures): SetValue[] => [
  restates(pledgedSet(pledgeId, figures.pledgedPence)),
  restates(paidInSet(pledgeId, figures.paidInPence)),
];
/** Every figure that a consent opens, said again. */
export const restatesAll = (pledge: WithFigures): SetValue[] => [
  ...restatesFigures(pledge),
  restates(confirmedSet(pledge.pledgeId, pledge.figures.confirmedPence)),
];
