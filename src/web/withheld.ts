/** What a page says of a null: that there is nothing, or that its reader is not told. */
import { z } from 'zod';
import { bare, described, isMembers, type AnySchema, type Members } from './schemas.js';
import type { Shown } from './shown.js';
import { money } from './words/format.js';

const withheld: Shown = { is: 'withheld', text: 'Not shared with you' };
export const nothing: Shown = { is: 'nothing', text: 'None' };
/** A value that is null for either of two reasons, which its query does not tell apart. */
const either: Shown = { is: 'withheld', text: 'None, or not shared with you' };

/** Of what a schema says of a null: that the reader is not told, or that there is nothing. */
const untold = new RegExp(
  'not (disclosed|shared|told|open)|withheld|are no member|you may (not )?(read|see)|audience sees|' +
    '(told|open) to you|there for you|with notDisclosed',
  'i',
);
const empty =
  /\b(none|until|while|before|no |not (yet|known|said|given|there)|nothing|where (it|there|nobody))/i;
/** Where a null stands for no choice among several. */
const all: Shown = { is: 'text', text: 'All of them' };
const meansAll = /\bnull for all\b/i;

/** What a null means, by what its schema says and whether figures beside it are withheld. */
export function ofNull(schema: AnySchema | undefined, among: Members): Shown {
  const said = described(schema);
  const inner = bare(schema);
  if (meansAll.test(said)) return all;
  if (untold.test(said)) return empty.test(said.replace(untold, '')) ? either : withheld;
  if (among.notDisclosed === true && (inner instanceof z.ZodNumber || inner instanceof z.ZodNull))
    return withheld;
  return nothing;
}

/** A figure of a sum in which some are withheld: what it is at least, and how many are missing. */
export function atLeast(member: string, among: Members): Shown | undefined {
  const least = isMembers(among.atLeastPence) ? among.atLeastPence[member] : undefined;
  const missing = isMembers(among.figuresNotShared) ? among.figuresNotShared[member] : undefined;
  if (typeof least !== 'number' || typeof missing !== 'number') return undefined;
  const figures = missing === 1 ? '1 figure is' : `${missing} figures are`;
  return { is: 'withheld', text: `At least ${money(least)}: ${figures} not shared with you` };
}
