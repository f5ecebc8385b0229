/**
 * What of a file stands already, what is to be given, and what whoever gives it cannot: looked at before
 * anything is given.
 */
import type { ProgrammeFile } from './file.js';
import { Records, type AskRecord } from './records.js';
import { stepsOf } from './steps.js';
import type { Step } from './step.js';

/** A command that was not done, and why. */
export interface Refused {
  readonly code: string;
  readonly detail: string;
  /** JSON Pointer into the command’s body; empty of the whole. */
  readonly pointer: string;
}
/** Whoever gives it, and asks beforehand what it would do. */
export interface Giver {
  readonly ask: AskRecord;
  /** What they may act in, as Acting-As takes it. */
  readonly grants: readonly string[];
  /** Nothing where it can be given; `'nothing'` where it would change nothing. */
  preview(step: Step): Promise<Refused | 'nothing' | undefined>;
  give(step: Step): Promise<Refused | undefined>;
}

/**
 * `there`: the same stands. `other`: something else stands, which an import does not change. `ready`: to be
 * given. `refused`: it would be refused now. `theirs`: somebody else gives it.
 */
export type Planned =
  | { readonly step: Step; readonly outlook: 'there' | 'ready' | 'theirs' }
  | { readonly step: Step; readonly outlook: 'other'; readonly because: readonly string[] }
  | { readonly step: Step; readonly outlook: 'refused'; readonly refused: Refused };

/** Looks at each step. What rests on what does not stand yet is looked at when it is given. */
export async function planOf(file: ProgrammeFile, giver: Giver): Promise<Planned[]> {
  const records = new Records(giver.ask);
  const plan: Planned[] = [];
  const standing = new Set<string>();
  for (const step of stepsOf(file)) {
    const planned = await lookAt(step, records, giver, standing);
    if (planned.outlook === 'there' || planned.outlook === 'other') standing.add(step.key);
    plan.push(planned);
  }
  return plan;
}

async function lookAt(
  step: Step,
  records: Records,
  giver: Giver,
  standing: ReadonlySet<string>,
): Promise<Planned> {
  const stands = await step.stands(records);
  if (stands === 'same') return { step, outlook: 'there' };
  if (stands !== 'new') return { step, outlook: 'other', because: stands };
  if (!giver.grants.includes(step.grant)) return { step, outlook: 'theirs' };
  if (!step.needs.every((key) => standing.has(key))) return { step, outlook: 'ready' };
  const foreseen = await giver.preview(step);
  if (foreseen === 'nothing') return { step, outlook: 'there' };
  return foreseen ? { step, outlook: 'refused', refused: foreseen } : { step, outlook: 'ready' };
}
