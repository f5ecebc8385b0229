/** The fields of a form as its template shows them: what is asked, what was entered, what is wrong with it. */
import type { FieldKind } from '../../domain/shared/fields.js';
import { own, type Inputs } from './inputs.js';
import { branchIn, rowsIn, textsIn } from './parse.js';
import { isChosen, shapeOf, within, type Member, type Node } from './node.js';

export interface Choice {
  readonly id: string | number;
  readonly title: string;
}
/** What a record or part is chosen from; `more`: these are not all there are. */
export interface Choices {
  readonly items: readonly Choice[];
  readonly more: boolean;
}
/** What a form knows beside its schema. */
export interface Known {
  /** Of a member by its name in the form; undefined where nothing is known to choose from: it is typed. */
  choices(name: string, node: Node): Choices | undefined;
  /** What is wrong, by the names of fields. */
  readonly errors: ReadonlyMap<string, string>;
}

interface Said {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}
export interface Option {
  readonly value: string;
  readonly text: string;
  readonly checked: boolean;
}
interface Typed extends Said {
  readonly value: string;
}
export type Field =
  | (Typed & {
      readonly is: 'text';
      readonly prefix?: string;
      /** Characters that fit it; as wide as the page where it is not said. */
      readonly width?: number;
      readonly digits?: boolean;
    })
  | (Typed & { readonly is: 'texts' | 'prose'; readonly rows: number })
  | (Said & { readonly is: 'date'; readonly day: string; readonly month: string; readonly year: string })
  | (Said & {
      readonly is: 'options';
      readonly as: 'radios' | 'select' | 'checkboxes';
      readonly options: readonly Option[];
      /** Where there are more to choose from: what was looked for. */
      readonly search?: { readonly name: string; readonly value: string };
    })
  | (Said & { readonly is: 'group'; readonly fields: readonly Field[] })
  | { readonly is: 'if'; readonly text: string; readonly fields: readonly Field[] }
  | (Said & {
      readonly is: 'either';
      readonly options: readonly (Option & { readonly fields: readonly Field[] })[];
    })
  | (Said & {
      readonly is: 'rows';
      readonly count: number;
      readonly rows: readonly Row[];
      readonly most: boolean;
    })
  | { readonly is: 'hidden'; readonly name: string; readonly value: string };
interface Row {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly Field[];
}

export const idOf = (name: string): string => name.replace(/[^A-Za-z0-9-]/g, '-');
const plain = (node: Node, name: string, optional: boolean, { errors }: Known): Said => ({
  id: idOf(name),
  name,
  label: `${node.label ?? ''}${optional ? ' (optional)' : ''}`,
  hint: node.hint,
  error: errors.get(name),
});

/** The fields of a group of members. */
export function fieldsOf(members: readonly Member[], inputs: Inputs, known: Known, name = ''): Field[] {
  const fields: Field[] = [];
  for (const [i, member] of members.entries()) {
    const shown = fieldOf(member.node, within(name, member.key), !member.required, inputs, known);
    const condition = conditionOf(member, members);
    const last = fields.at(-1);
    const before = members[i - 1];
    if (condition === undefined) fields.push(...shown);
    else if (last?.is === 'if' && before && conditionOf(before, members) === condition)
      fields[fields.length - 1] = { ...last, fields: [...last.fields, ...shown] };
    else fields.push({ is: 'if', text: condition, fields: shown });
  }
  return fields;
}
/** "If “Your answer” is “We will remove it” or “We will try a way round it”". */
function conditionOf({ node }: Member, beside: readonly Member[]): string | undefined {
  const said = Object.entries(node.when ?? {}).map(([key, values]) => {
    const other = beside.find((member) => member.key === key)?.node;
    const words = [values].flat().map((value) => `“${other?.labels?.[value] ?? value}”`);
    return `“${other?.label ?? key}” is ${words.join(' or ')}`;
  });
  return said.length > 0 ? `If ${said.join(' and ')}` : undefined;
}

function fieldOf(node: Node, name: string, optional: boolean, inputs: Inputs, known: Known): Field[] {
  const shape = shapeOf(node);
  if (shape.is === 'fixed') return [];
  if (shape.is === 'leaf') return leafOf(shape.kind, node, name, optional, inputs, known);
  const said = plain(node, name, optional, known);
  if (shape.is === 'list') return [listOf(shape.item, node, said, inputs, known)];
  if (shape.is === 'rows') return [rowsOf(shape.item, node, said, optional, inputs, known)];
  if (shape.is === 'group')
    return [{ is: 'group', ...said, fields: fieldsOf(shape.members, inputs, known, name) }];
  const chosen = branchIn(inputs, name, shape.branches);
  const options = shape.branches.map((branch, i) => ({
    value: String(i),
    text: branch.title ?? '',
    checked: i === chosen,
    fields: belowBranch(branch, name, inputs, known),
  }));
  return [{ is: 'either', ...said, options }];
}
function belowBranch(branch: Node, name: string, inputs: Inputs, known: Known): Field[] {
  const shape = shapeOf(branch);
  return shape.is === 'group'
    ? fieldsOf(shape.members, inputs, known, name)
    : fieldOf(branch, name, false, inputs, known);
}

/** Of few options all are seen at once. */
const mostRadios = 8;
const few = (options: readonly Option[]): 'radios' | 'select' =>
  options.length <= mostRadios ? 'radios' : 'select';
/** Characters of inputs whose values are as long as that. */
const widths: Partial<Record<FieldKind, number>> = { money: 10, 'financial-year': 10, month: 20, number: 10 };
const hints: Partial<Record<FieldKind, string>> = {
  'financial-year': 'For example, 2009-10',
  month: 'For example, 9 2009',
  date: 'For example, 24 3 2010',
  time: 'By the clock in London.',
};
/** Lines of an input for a sentence, and for a page. */
const [fewLines, manyLines] = [4, 10];
/** What is longer has a page to itself. */
const longProse = 2_000;

function leafOf(
  kind: FieldKind,
  node: Node,
  name: string,
  optional: boolean,
  inputs: Inputs,
  known: Known,
): Field[] {
  const value = inputs.first(name) ?? '';
  if (kind === 'new-part' || kind === 'given') return value === '' ? [] : [{ is: 'hidden', name, value }];
  const quarters = node.quarters ? ', or Q3 2009' : '';
  const hint = node.hint ?? (hints[kind] && `${hints[kind]}${quarters}`);
  const said: Said = { ...plain(node, name, optional, known), hint };
  if (isChosen(kind)) return [chosenOf(node, said, [value], known, inputs, false)];
  switch (kind) {
    case 'date':
      return [dateOf(said, name, inputs)];
    case 'time':
      return [timeOf(said, name, inputs)];
    case 'fuzzy-date':
      return [fuzzyOf(node, said, name, inputs, known)];
    case 'choice':
      return [choiceOf(node, said, value)];
    case 'yes-no':
      return [yesNoOf(said, value)];
    case 'prose':
      return [
        { is: 'prose', ...said, value, rows: (node.maxLength ?? 0) > longProse ? manyLines : fewLines },
      ];
    default: {
      const width = widths[kind];
      return [
        {
          is: 'text',
          ...said,
          value,
          ...(kind === 'money' ? { prefix: '£' } : {}),
          ...(width === undefined ? {} : { width }),
          ...(kind === 'number' ? { digits: true } : {}),
        },
      ];
    }
  }
}

const dateOf = (said: Said, name: string, inputs: Inputs): Field => ({
  is: 'date',
  ...said,
  day: inputs.first(`${name}-day`) ?? '',
  month: inputs.first(`${name}-month`) ?? '',
  year: inputs.first(`${name}-year`) ?? '',
});
function timeOf({ hint, ...said }: Said, name: string, inputs: Inputs): Field {
  const at = `${name}-time`;
  const day: Said = { id: said.id, name, label: 'Day', hint: hints.date };
  const time = { id: idOf(at), name: at, label: 'Time', hint: 'For example, 5pm or 17:00' };
  return {
    is: 'group',
    ...said,
    id: `${said.id}-group`,
    hint,
    fields: [dateOf(day, name, inputs), { is: 'text', ...time, value: inputs.first(at) ?? '', width: 10 }],
  };
}
function fuzzyOf(node: Node, said: Said, name: string, inputs: Inputs, known: Known): Field {
  const { properties = {} } = node;
  const member = (key: string): [node: Node, said: Said] => {
    const of = properties[key] ?? {};
    const at = within(name, key);
    return [of, { ...plain(of, at, false, known), hint: key === 'tbc' ? undefined : hints.date }];
  };
  const [precision, saidPrecision] = member('precision');
  const [, saidTo] = member('to');
  return {
    is: 'group',
    ...said,
    fields: [
      choiceOf(
        precision,
        { ...saidPrecision, hint: undefined },
        inputs.first(within(name, 'precision')) ?? '',
      ),
      dateOf(member('from')[1], within(name, 'from'), inputs),
      dateOf({ ...saidTo, hint: 'Leave it empty for one day.' }, within(name, 'to'), inputs),
      yesNoOf(member('tbc')[1], inputs.first(within(name, 'tbc')) ?? ''),
    ],
  };
}
function choiceOf(
  { labels = {}, enum: values = Object.keys(labels) }: Node,
  said: Said,
  value: string,
): Field {
  const options = values.map((one) => ({ value: one, text: labels[one] ?? one, checked: one === value }));
  return { is: 'options', ...said, as: few(options), options };
}
const yesNoOf = (said: Said, value: string): Field => ({
  is: 'options',
  ...said,
  as: 'radios',
  options: [
    { value: 'yes', text: 'Yes', checked: value === 'yes' },
    { value: 'no', text: 'No', checked: value === 'no' },
  ],
});

/** Records and parts: chosen where there is something to choose from, what is chosen already first. */
function chosenOf(
  node: Node,
  said: Said,
  values: readonly string[],
  known: Known,
  inputs: Inputs,
  isList: boolean,
): Field {
  const choices = known.choices(said.name, node);
  const chosen = values.filter((value) => value.trim() !== '');
  if (!choices)
    return isList
      ? { is: 'texts', ...said, value: chosen.join('\n'), rows: fewLines }
      : { is: 'text', ...said, value: chosen[0] ?? '' };
  const offered = choices.items.map(({ id, title }) => ({
    value: String(id),
    text: title,
    checked: chosen.includes(String(id)),
  }));
  const others = chosen
    .filter((value) => !offered.some((option) => option.value === value))
    .map((value) => ({ value, text: value, checked: true }));
  const options = [...others, ...offered];
  const searched = own.search(said.name);
  return {
    is: 'options',
    ...said,
    as: isList ? 'checkboxes' : few(options),
    options,
    ...(choices.more || inputs.filled(searched)
      ? { search: { name: searched, value: inputs.first(searched) ?? '' } }
      : {}),
  };
}

function listOf(item: Node, node: Node, said: Said, inputs: Inputs, known: Known): Field {
  const texts = textsIn(inputs, said.name, node);
  if (isChosen(item.field ?? 'line')) return chosenOf(item, said, texts, known, inputs, true);
  const rows = rowsIn(inputs, said.name, node);
  // Items that have lines of their own.
  if (rows > 0) {
    const fields = Array.from({ length: rows }, (_, i): Field => {
      const name = within(said.name, i);
      const label = `${node.label} ${i + 1}`;
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
    return { name, label: `${node.label} ${i + 1}`, fields: belowBranch(item, name, inputs, known) };
  });
  return { is: 'rows', ...said, count, rows, most: count >= (node.maxItems ?? count + 1) };
}
