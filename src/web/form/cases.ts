/**
 * What a form begins with once its author has said which part, or which kind of thing, it is about: what the
 * record says of that one already.
 */
import { fill } from './fill.js';
import { Inputs, topOf } from './inputs.js';
import { shapeOf, type Node } from './node.js';

/** As `GET …/commands` says it: what stands where these members have these values. */
export interface Case {
  readonly when: Readonly<Record<string, string | number>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The input that says of which case the others were filled in. */
const caseInput = '_case';
/** The members by which cases are told apart. */
export const casesBy = (cases: readonly Case[]): readonly string[] => [
  ...new Set(cases.flatMap(({ when }) => Object.keys(when))),
];
const fits = ({ when }: Case, said: (member: string) => unknown): boolean =>
  Object.entries(when).every(([member, value]) => String(said(member)) === String(value));

/** Values of the case that is named beside them; what is named itself stands. */
export function withCase(
  cases: readonly Case[],
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const found = cases.find((one) => fits(one, (member) => values[member]));
  return found ? { ...found.values, ...values } : values;
}

/**
 * The inputs with those that the case of their author's choice fills in, where it is another than before:
 * what was written of one part is not said of another. Unchanged where nothing is told apart.
 */
export function inCase(node: Node, cases: readonly Case[], inputs: Inputs): Inputs {
  const shape = shapeOf(node);
  const by = casesBy(cases);
  if (by.length === 0 || shape.is !== 'group') return inputs;
  const chosen = JSON.stringify(by.map((member) => inputs.first(member) ?? ''));
  if (inputs.first(caseInput) === chosen) return inputs;
  const filled = new Set(cases.flatMap(({ values }) => Object.keys(values)));
  const found = cases.find((one) => fits(one, (member) => inputs.first(member)));
  const kept = inputs.entries().filter(([name]) => name !== caseInput && !filled.has(topOf(name)));
  return Inputs.from([...kept, [caseInput, chosen], ...fill(node, found?.values ?? {}).entries()]);
}
/** Of which case they were filled in, to be carried. */
export const caseOf = (inputs: Inputs): readonly { readonly name: string; readonly value: string }[] => {
  const value = inputs.first(caseInput);
  return value === undefined ? [] : [{ name: caseInput, value }];
};
