/** Values of a command as its form holds them: what reads them back gives the same. */
import { Inputs, own } from './inputs.js';
import { textKind, writeLeaf } from './leaf.js';
import { shapeOf, within, type Node } from './node.js';

type Pair = readonly [name: string, value: string];

/** The inputs that hold these values. */
export const fill = (node: Node, values: unknown): Inputs => Inputs.from(pairsOf(node, values, ''));

function* pairsOf(node: Node, value: unknown, name: string): Generator<Pair> {
  if (value === undefined || value === null) return;
  const shape = shapeOf(node);
  if (shape.is === 'fixed') return;
  if (shape.is === 'leaf') yield* writeLeaf(shape.kind, value, name, node);
  else if (shape.is === 'list') yield* listed(shape.item, value as readonly unknown[], name);
  else if (shape.is === 'rows') {
    const rows = value as readonly unknown[];
    yield [own.rows(name), String(rows.length)];
    for (const [i, row] of rows.entries()) yield* pairsOf(shape.item, row, within(name, i));
  } else if (shape.is === 'group') {
    const held = value as Readonly<Record<string, unknown>>;
    for (const { key, node: member } of shape.members)
      if (Object.hasOwn(held, key)) yield* pairsOf(member, held[key], within(name, key));
  } else {
    const index = shape.branches.findIndex((branch) => fits(branch, value));
    const branch = shape.branches[index];
    if (!branch) return;
    yield [own.branch(name), String(index)];
    yield* pairsOf(branch, value, name);
  }
}

/** One a line; where an item has lines of its own, each has an input. */
function* listed(item: Node, values: readonly unknown[], name: string): Generator<Pair> {
  const texts = values.map((value) => textKind(item.field ?? 'line')?.show(value) ?? String(value));
  if (isOneALine(texts)) {
    yield [name, texts.join('\n')];
    return;
  }
  yield [own.rows(name), String(texts.length)];
  for (const [i, text] of texts.entries()) yield [within(name, i), text];
}
const isOneALine = (texts: readonly string[]): boolean => !texts.some((text) => /[\r\n]/.test(text));

/** Whether a value can be of this branch: by its members and by what is fixed or chosen in them. */
function fits(node: Node, value: unknown): boolean {
  if (node.const !== undefined) return value === node.const;
  if (node.enum) return typeof value === 'string' && node.enum.includes(value);
  if (node.items) return Array.isArray(value);
  if (!node.properties) return typeof value !== 'object';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { properties, required = [] } = node;
  const held = value as Readonly<Record<string, unknown>>;
  return (
    required.every((key) => Object.hasOwn(held, key)) &&
    Object.entries(held).every(([key, v]) => {
      const member = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return member !== undefined && (v === undefined || fits(member, v));
    })
  );
}
