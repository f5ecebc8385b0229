/** The fields of a form: what is asked, what was entered, what is wrong with it. */
import { idOf, plain, type Field, type Known, type Row, type Said } from './field.js';
import { Inputs, own } from './inputs.js';
import { chosenOf, fewLines, leafOf } from './leaf-field.js';
import { branchIn, conditionOf, isEntered, rowsIn, textsIn, wasTold } from './entered.js';
import { isChosen, shapeOf, within, type Member, type Node } from './node.js';

/** The fields of a group of members. `beside`: all of the group, where these are those of one step. */
export function fieldsOf(
  members: readonly Member[],
  inputs: Inputs,
  known: Known,
  name = '',
  beside = members,
): Field[] {
  const fields: Field[] = [];
  for (const [i, member] of members.entries()) {
    const shown = fieldOf(member.node, within(name, member.key), !member.required, inputs, known);
    const condition = conditionOf(member, beside);
    const last = fields.at(-1);
    const before = members[i - 1];
    const text = `If ${condition}`;
    if (condition === undefined) fields.push(...shown);
    else if (last?.is === 'if' && before && conditionOf(before, beside) === condition)
      fields[fields.length - 1] = { ...last, fields: [...last.fields, ...shown] };
    else fields.push({ is: 'if', text, fields: shown });
  }
  return fields;
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
