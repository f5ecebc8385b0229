/**
 * What somebody entered in a form, before it is read: rows, texts, and which branch of a union. Nothing that
 * was entered is passed over without a word: no script hides a field that another answer has no use for.
 */
import { own, type Inputs } from './inputs.js';
import { readLeaf } from './leaf.js';
import { nothingSettled, shapeOf, within, type Member, type Node, type Settled } from './node.js';

/** No list of ours is longer than its schema says; one that says nothing is held to this. */
const mostRows = 1_000;

/** How many rows a list has in a form. */
export function rowsIn(inputs: Inputs, name: string, { maxItems = mostRows }: Node): number {
  const said = Number(inputs.first(own.rows(name)) ?? 0);
  return Number.isInteger(said) && said > 0 ? Math.min(said, maxItems) : 0;
}
/** What was entered for a list of plain values: the boxes ticked, the rows, or the lines of one input. */
export function textsIn(inputs: Inputs, name: string, node: Node): string[] {
  const rows = rowsIn(inputs, name, node);
  const texts =
    rows > 0
      ? Array.from({ length: rows }, (_, i) => inputs.first(within(name, i)) ?? '')
      : inputs.all(name).flatMap((text) => text.split(/\r\n|\n/));
  return texts.filter((text) => text.trim() !== '');
}

/** Whether somebody entered anything at all for a node; what the page itself holds does not count. */
export function isEntered(node: Node, name: string, inputs: Inputs): boolean {
  const shape = shapeOf(node);
  switch (shape.is) {
    case 'fixed':
      return false;
    case 'leaf': {
      if (shape.kind === 'given' || shape.kind === 'new-part') return false;
      const read = readLeaf(shape.kind, inputs, name, node);
      return 'wrong' in read || read.value !== undefined;
    }
    case 'list':
      return textsIn(inputs, name, node).length > 0;
    case 'rows':
      return Array.from({ length: rowsIn(inputs, name, node) }, (_, row) => within(name, row)).some((row) =>
        isEntered(shape.item, row, inputs),
      );
    case 'group':
      return shape.members.some(({ key, node: member }) => isEntered(member, within(name, key), inputs));
    case 'either':
      return (
        inputs.filled(own.branch(name)) !== undefined ||
        shape.branches.some((branch) => isEntered(branch, name, inputs))
      );
  }
}

/** Which branch of a union is meant, and what is to be done where that is not clear. */
export interface Taken {
  readonly index: number | undefined;
  readonly wrong?: string;
  /** Its author chose it in the stead of another, whose fields may still hold what they held. */
  readonly isInstead: boolean;
}
/** Said in the place of a branch by a page that told that two of them were filled in. */
export const wasTold = 'told';

/**
 * The branch that was chosen; where none was, the only one in whose fields something was entered. Where
 * another was filled in than was chosen, it is asked once which is meant; a choice that was changed is clear.
 */
export function branchIn(inputs: Inputs, name: string, branches: readonly Node[]): Taken {
  const said = inputs.filled(own.branch(name));
  const number = said !== undefined && /^\d$/.test(said) ? Number(said) : branches.length;
  const index = number < branches.length ? number : undefined;
  const was = inputs.filled(own.was(name));
  const filled = branches.flatMap((branch, i) => (isEntered(branch, name, inputs) ? [i] : []));
  const others = filled.filter((one) => one !== index);
  const isChanged = was !== undefined && was !== wasTold && was !== String(index);
  const isInstead = isChanged || (was === wasTold && index !== undefined);
  if (isInstead || others.length === 0) return { index, isInstead };
  if (index === undefined && others.length === 1) return { index: others[0], isInstead };
  const titles = others.map((one) => `“${branches[one]?.title ?? ''}”`).join(' and ');
  if (index === undefined) return { index, wrong: `Choose one of these: you filled in ${titles}`, isInstead };
  const chosen = `“${branches[index]?.title ?? ''}”`;
  const wrong = `Choose which of these is meant: you filled in ${titles}, and chose ${chosen}`;
  return { index, wrong, isInstead };
}

/** “Your answer” is “We will remove it” or “We will try a way round it”; undefined: whatever they are. */
function told(
  when: NonNullable<Node['when']>,
  beside: readonly Member[],
  { members }: Settled,
): string | undefined {
  const open = Object.entries(when).filter(([key]) => !members.has(key));
  const said = open.map(([key, values]) => {
    const other = beside.find((member) => member.key === key)?.node;
    const words = [values].flat().map((value) => `“${other?.labels?.[value] ?? value}”`);
    return `“${other?.label ?? key}” is ${words.join(' or ')}`;
  });
  return said.length > 0 ? said.join(' and ') : undefined;
}
/** On which answers, of those that are not settled by earlier steps, a member is asked for. */
export const conditionOf = (
  { node }: Member,
  beside: readonly Member[],
  settled = nothingSettled,
): string | undefined => told(node.when ?? {}, beside, settled);
/** On which of them one that is asked for is needed, where that is not the same. */
export function needOf({ node }: Member, beside: readonly Member[], settled: Settled): string | undefined {
  const { when = {}, neededWhen = {} } = node;
  const others = Object.entries(neededWhen).filter(([key]) => !Object.hasOwn(when, key));
  return told(Object.fromEntries(others), beside, settled);
}
