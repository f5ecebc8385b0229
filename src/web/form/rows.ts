/** *Add another* and *Remove*: buttons of a form, so that lists can be filled in without a script. */
import { own, type Inputs } from './inputs.js';
import { rowsIn } from './entered.js';
import { shapeOf, type Node } from './node.js';

/** The inputs with one row more, or without one; undefined where no such button was pressed. */
export function rowChanged(root: Node, inputs: Inputs): Inputs | undefined {
  const added = inputs.first(own.add);
  if (added !== undefined) {
    const node = nodeAt(root, added);
    if (!node) return inputs;
    const rows = rowsIn(inputs, added, node);
    return rows >= (node.maxItems ?? rows + 1) ? inputs : inputs.with(own.rows(added), String(rows + 1));
  }
  const removed = inputs.first(own.remove);
  const [, name, at] = /^(.+)\.(\d{1,4})$/.exec(removed ?? '') ?? [];
  if (removed === undefined) return undefined;
  const node = name === undefined ? undefined : nodeAt(root, name);
  if (name === undefined || !node) return inputs;
  const rows = rowsIn(inputs, name, node);
  const row = Number(at);
  return row < rows ? inputs.withoutRow(name, row).with(own.rows(name), String(rows - 1)) : inputs;
}

/** The list at a name, by the schema. */
function nodeAt(root: Node, name: string): Node | undefined {
  let at: readonly Node[] = [root];
  for (const key of name.split('.')) at = at.flatMap((node) => below(node, key));
  return at.find((node) => node.items !== undefined);
}
function below(node: Node, key: string): readonly Node[] {
  if (node.anyOf) return node.anyOf.flatMap((branch) => below(branch, key));
  if (node.items && /^\d+$/.test(key)) return [node.items];
  const shape = node.field || !node.properties ? undefined : shapeOf(node);
  return shape?.is === 'group' ? shape.members.filter((one) => one.key === key).map((one) => one.node) : [];
}
