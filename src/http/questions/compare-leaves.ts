/** Where two answers about one record differ: the leaves of each, and the steps that lead to them. */
import { z } from 'zod';
import { pointer } from '../server/input-errors.js';

/** What tells the members of a list apart; a list without is compared by place in it. */
const keys = [
  'id',
  'pledgeId',
  'allocationId',
  'seatId',
  'askId',
  'sectionId',
  'stepId',
  'themeId',
  'queryId',
  'milestoneId',
  'commitmentId',
  'decisionId',
  'agencyId',
  'placeId',
  'account',
  'code',
];
const own = new Set(['asAt', 'recordVersion', 'version', 'position']);

export const ComparedValue = z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({
  id: 'ComparedValue',
  description: 'A text, a number, true or false; null also where the member was not there',
});
export type LeafValue = z.infer<typeof ComparedValue>;
/** Everything that JSON has but lists, objects and nothing at all. */
const isLeaf = (value: unknown): value is LeafValue =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** A step from an answer to a leaf: into a member, or to a part of a list. */
export interface Step {
  readonly name: string;
  /** What stands there. */
  readonly held: unknown;
  /** Of a part of a list: the member that tells it from others; null where its place does. */
  readonly key?: string | null;
}
/** A leaf, and the steps that lead to it. */
export interface Leaf {
  readonly value: LeafValue;
  readonly steps: readonly Step[];
}
/** A difference: what was there, what is; undefined where nothing is there. */
export interface Change {
  readonly field: string;
  readonly then: Leaf | undefined;
  readonly now: Leaf | undefined;
}

/** The steps into a value: a list's parts are named by what tells them apart. */
function stepsInto(value: unknown): Step[] {
  if (Array.isArray(value)) {
    const parts: readonly (Readonly<Record<string, unknown>> | null)[] = value;
    const key = keys.find(
      (member) =>
        parts.every((part) => typeof part?.[member] === 'string') &&
        new Set(parts.map((part) => part?.[member])).size === parts.length,
    );
    return parts.map((held, i) => ({
      name: key === undefined ? String(i) : String(held?.[key]),
      held,
      key: key ?? null,
    }));
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([name, held]) => ({ name, held }));
  return [];
}
function leaves(
  value: unknown,
  into = new Map<string, Leaf>(),
  path = '',
  steps: readonly Step[] = [],
): Map<string, Leaf> {
  if (isLeaf(value)) into.set(path, { value, steps });
  for (const step of stepsInto(value))
    if (path !== '' || !own.has(step.name))
      leaves(step.held, into, `${path}${pointer(step.name)}`, [...steps, step]);
  return into;
}

/** Where two answers differ, in the order of the earlier one; null and not there are alike. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const [then, now] = [leaves(before), leaves(after)];
  return [...new Set([...then.keys(), ...now.keys()])]
    .map((field) => ({ field, then: then.get(field), now: now.get(field) }))
    .filter((change) => (change.then?.value ?? null) !== (change.now?.value ?? null));
}
