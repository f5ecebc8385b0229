/** What a page says of a null: that there is nothing, or that its reader is not told. */
import { untold, whyNull, type WhyNull } from '../query/why-null.js';
import { isMembers, type AnySchema, type Members } from './schemas.js';
import type { Shown } from './shown.js';
import { money } from './format.js';

export const nothing: Shown = { is: 'nothing', text: 'None' };
const says: Readonly<Record<WhyNull, Shown>> = {
  nothing,
  withheld: { is: 'withheld', text: untold.withheld },
  either: { is: 'withheld', text: untold.either },
  all: { is: 'text', text: 'All of them' },
};

/** What a null means, by what its schema says and whether figures beside it are withheld. */
export const ofNull = (schema: AnySchema | undefined, among: Members): Shown => says[whyNull(schema, among)];

/** A figure of a sum in which some are withheld: what it is at least, and how many are missing. */
export function atLeast(member: string, among: Members): Shown | undefined {
  const least = isMembers(among.atLeastPence) ? among.atLeastPence[member] : undefined;
  const missing = isMembers(among.figuresNotShared) ? among.figuresNotShared[member] : undefined;
  if (typeof least !== 'number' || typeof missing !== 'number') return undefined;
  const figures = missing === 1 ? '1 figure is' : `${missing} figures are`;
  return { is: 'withheld', text: `At least ${money(least)}: ${figures} not shared with you` };
}
