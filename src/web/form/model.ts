/** The fields of a form: what is asked, what was entered, what is wrong with it. */
import { idOf, plain, type Field, type Known, type Row, type Said } from './field.js';
import { Inputs, own } from './inputs.js';
import { chosenOf, fewLines, leafOf } from './leaf-field.js';
import { branchIn, conditionOf, isEntered, needOf, rowsIn, textsIn, wasTold } from './entered.js';
import {
  isChosen,
  isNeeded,
  isPassedOver,
  nothingSettled,
  shapeOf,
  within,
  type Member,
  type Node,
  type Settled,
} from './node.js';

/** Of what a group's fields are a part, where they are those of one step. */
interface Around {
  /** All members of the group. */
  readonly beside?: readonly Member[];
  /** What the steps before it asked for. */
  readonly settled?: Settled;
}

/**
 * The fields of a group of members. What earlier steps have settled is not asked about again: fields of other
 * answers are left out, unless something is wrong with them.
 */
export function fieldsOf(
  all: readonly Member[],
  inputs: Inputs,
  known: Known,
  name = '',
  { beside = all, settled: asked = nothingSettled }: Around = {},
): Field[] {
  const fields: Field[] = [];
  const isWrong = ({ key }: Member): boolean => known.errors.has(within(name, key));
  const members = all.filter((one) => !isPassedOver(one.node, asked) || isWrong(one));
  const settledFor = ({ node }: Member): Settled => (isPassedOver(node, asked) ? nothingSettled : asked);
  for (const [i, member] of members.entries()) {
    const settled = settledFor(member);
    const { node, required } = asSettled(member, beside, settled);
    const shown = fieldOf(node, within(name, member.key), !required, inputs, known);
    const condition = conditionOf(member, beside, settled);
    const last = fields.at(-1);
    const before = members[i - 1];
    const text = `If ${condition}`;
    if (condition === undefined) fields.push(...shown);
    else if (last?.is === 'if' && before && conditionOf(before, beside, settledFor(before)) === condition)
      fields[fields.length - 1] = { ...last, fields: [...last.fields, ...shown] };
    else fields.push({ is: 'if', text, fields: shown });
  }
  return fields;
}
/** A member as it is asked for once earlier steps have settled whether it is needed. */
function asSettled(member: Member, beside: readonly Member[], settled: Settled): Omit<Member, 'key'> {
  const { node, required } = member;
  const needed = isNeeded(node, settled);
  if (needed === true) return { node, required: true };
  const { needed: _, neededWhen: __, ...free } = node;
  if (needed === false) return { node: free, required };
  const on = needOf(member, beside, settled);
  return { node: on === undefined || node.hint ? node : { ...node, hint: `Needed if ${on}.` }, required };
}
function fieldOf(node: Node, name: string, optional: boolean, inputs: Inputs, known: Known): Field[] {
  const shape = shapeOf(node);
  if (shape.is === 'fixed') return [];
  if (shape.is === 'leaf') return leafOf(shape.kind, node, name, optional, inputs, known);
  const said = plain(node, name, optional, known);
  if (shape.is === 'list') return [listOf(shape.item, node, said, inputs, known)];
  if (shape.is === 'rows') return [rowsOf(shape.item, node, said, optional, inputs, known)];
  if (shape.is === 'group')
    return [
      {
        is: 'group',
        ...said,
        fields: fieldsOf(shape.members, inputs, known, name).map((one) => (optional ? orBlank(one) : one)),
      },
    ];
  return eitherOf(shape.branches, said, optional, inputs, known);
}
/** In a group that may be left out, what was chosen can be left out again. */
function orBlank(field: Field): Field {
  if (field.is !== 'options' || field.as !== 'radios') return field;
  const { options } = field;
  if (options.some(({ value }) => value === '')) return field;
  const none = { value: '', text: 'No answer', checked: !options.some(({ checked }) => checked) };
  return { ...field, options: [...options, none] };
}
function eitherOf(
  branches: readonly Node[],
  said: Said,
  optional: boolean,
  inputs: Inputs,
  known: Known,
): Field[] {
  const { name } = said;
  const { index: chosen, wrong, isInstead } = branchIn(inputs, name, branches);
  // What was entered for a branch, before another was chosen in its stead, is not asked about again.
  const isGone = (branch: Node, i: number): boolean =>
    isInstead && i !== chosen && isEntered(branch, name, inputs);
  const options = branches.map((branch, i) => ({
    value: String(i),
    text: branch.title ?? '',
    checked: i === chosen,
    fields: belowBranch(branch, name, isGone(branch, i) ? Inputs.from([]) : inputs, known),
  }));
  if (optional) options.push({ value: '', text: 'No answer', checked: chosen === undefined, fields: [] });
  const was = chosen === undefined ? '' : String(chosen);
  const isTold = wrong !== undefined && known.errors.get(name) === wrong;
  return [
    { is: 'hidden', name: own.was(name), value: isTold ? wasTold : was },
    { is: 'either', ...said, options },
  ];
}
function belowBranch(branch: Node, name: string, inputs: Inputs, known: Known): Field[] {
  const shape = shapeOf(branch);
  return shape.is === 'group'
    ? fieldsOf(shape.members, inputs, known, name)
    : fieldOf(branch, name, false, inputs, known);
}

function listOf(item: Node, node: Node, said: Said, inputs: Inputs, known: Known): Field {
  const texts = textsIn(inputs, said.name, node);
  if (isChosen(item.field ?? 'line')) return chosenOf(item, said, texts, known, inputs, 'many');
  const rows = rowsIn(inputs, said.name, node);
  // Items that have lines of their own.
  if (rows > 0) {
    const fields = Array.from({ length: rows }, (_, i): Field => {
      const name = within(said.name, i);
      const label = `${node.label}: ${i + 1}`;
      return { is: 'prose', id: idOf(name), name, label, value: inputs.first(name) ?? '', rows: fewLines };
    });
    return {
      is: 'rows',
      ...said,
      count: rows,
      rows: fields.map(rowOfItem),
      most: rows >= (node.maxItems ?? rows + 1),
    };
  }
  const hint = said.hint ?? 'Enter each on a line of its own.';
  return { is: 'texts', ...said, hint, value: texts.join('\n'), rows: fewLines };
}
const rowOfItem = (field: Field): Row => ({
  name: 'name' in field ? field.name : '',
  label: 'label' in field ? field.label : '',
  fields: [field],
});

function rowsOf(item: Node, node: Node, said: Said, optional: boolean, inputs: Inputs, known: Known): Field {
  const least = optional ? 0 : Math.max(node.minItems ?? 0, 1);
  // What was sent with no row has none; what was never sent begins with those it needs.
  const count = inputs.has(own.rows(said.name)) ? rowsIn(inputs, said.name, node) : least;
  const rows = Array.from({ length: count }, (_, i): Row => {
    const name = within(said.name, i);
    return { name, label: `${node.label}: ${i + 1}`, fields: belowBranch(item, name, inputs, known) };
  });
  return { is: 'rows', ...said, count, rows, most: count >= (node.maxItems ?? count + 1) };
}
