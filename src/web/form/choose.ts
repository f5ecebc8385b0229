/**
 * What records and parts are chosen from, among what whoever fills in the form may see: looked up for those
 * fields that a form shows, and for what they look for.
 */
import type { Choices, Field, Known } from './field.js';
import { own, type Inputs } from './inputs.js';
import type { Node } from './node.js';

/** What is asked about a field that is chosen. */
export interface Wanted {
  /** The member in the schema, without numbers of rows: `subBalances.pledgeId`. */
  readonly member: string;
  readonly name: string;
  readonly node: Node;
  /** What to look for; empty where nothing was said. */
  readonly sought: string;
  /** What was chosen before. */
  readonly chosen: readonly string[];
}
export type Chooser = (wanted: Wanted) => Promise<Choices | undefined>;

export const memberOf = (name: string): string => name.replace(/\.\d+(?=\.|$)/g, '');

/**
 * Draws fields twice: to learn what they let somebody choose, and again with it. Fields of one member that
 * look for the same are asked about once.
 */
export async function withChoices(
  draw: (known: Known) => readonly Field[],
  inputs: Inputs,
  errors: Known['errors'],
  chooser: Chooser,
): Promise<{ readonly fields: readonly Field[]; readonly choices: Known['choices'] }> {
  const wanted = new Map<string, Wanted>();
  // What a field lets choose may hang on the fields beside it: then rows differ.
  const keyOf = (name: string, { kindFrom, of }: Node): string => {
    const hangs = kindFrom !== undefined || of !== undefined;
    return `${hangs ? name : memberOf(name)} ${inputs.first(own.search(name)) ?? ''}`;
  };
  draw({
    errors,
    choices(name, node) {
      const sought = inputs.first(own.search(name))?.trim() ?? '';
      const before = wanted.get(keyOf(name, node));
      const chosen = inputs
        .all(name)
        .flatMap((text) => text.split(/\r\n|\n/))
        .filter((text) => text.trim() !== '');
      wanted.set(keyOf(name, node), {
        member: memberOf(name),
        name,
        node,
        sought,
        chosen: [...new Set([...(before?.chosen ?? []), ...chosen])],
      });
      return undefined;
    },
  });
  const found = new Map<string, Choices | undefined>();
  await Promise.all([...wanted].map(async ([key, one]) => void found.set(key, await chooser(one))));
  const choices: Known['choices'] = (name, node) => found.get(keyOf(name, node));
  return { fields: draw({ errors, choices }), choices };
}
