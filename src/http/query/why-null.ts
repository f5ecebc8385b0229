/** What a null of an answer means to its reader: that there is nothing, or that they are not told. */
import { z } from 'zod';
import { bare, described, type AnySchema } from './read-schema.js';

/** `either`: for one of two reasons, which the query does not tell apart; `all`: no choice among several. */
export type WhyNull = 'nothing' | 'withheld' | 'either' | 'all';

/** As it is said to people, in a page or in a cell. */
export const untold = {
  withheld: 'Not shared with you',
  either: 'None, or not shared with you',
} as const satisfies Partial<Record<WhyNull, string>>;

/** Of what a schema says of a null: that the reader is not told, or that there is nothing. */
const notTold = new RegExp(
  'not (disclosed|shared|told|open)|withheld|are no member|you may (not )?(read|see)|audience sees|' +
    '(told|open) to you|there for you',
  'i',
);
const empty =
  /\b(none|until|while|before|no |not (yet|known|said|given|there)|nothing|where (it|there|nobody))/i;
/** That a sign beside the null tells which of the two it is. */
const signed = /with notDisclosed/i;
/** That there may be nothing to tell, whatever is withheld beside it. */
const mayBeNone = /\bnull (until|while|before|where)\b/i;
/** Where a null stands for no choice among several. */
const meansAll = /\bnull for all\b/i;

/** By what its schema says of it, and whether figures beside it are withheld. */
export function whyNull(
  schema: AnySchema | undefined,
  { notDisclosed }: { readonly notDisclosed?: unknown },
): WhyNull {
  const said = described(schema);
  const inner = bare(schema);
  if (meansAll.test(said)) return 'all';
  if (signed.test(said)) return notDisclosed === true ? 'withheld' : 'nothing';
  if (notTold.test(said)) return empty.test(said.replace(notTold, '')) ? 'either' : 'withheld';
  const isFigure = inner instanceof z.ZodNumber || inner instanceof z.ZodNull;
  return isFigure && notDisclosed === true && !mayBeNone.test(said) ? 'withheld' : 'nothing';
}
