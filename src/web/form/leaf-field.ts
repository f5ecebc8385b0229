/** Fields of single values, kind by kind, and of records and parts that are chosen. */
import type { FieldKind } from '../../domain/shared/fields.js';
import { idOf, plain, type Field, type Known, type Option, type Said } from './field.js';
import { own, type Inputs } from './inputs.js';
import { isChosen, within, type Node } from './node.js';
import { dateOf as dateTyped } from './typed.js';

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
const moreHint = 'There may be more than those above. Look by a part of the name.';
const unnamedHint = 'By name, or by account where no name is recorded.';
/** Lines of an input for a sentence, and for a page. */
export const [fewLines, manyLines] = [4, 10];
/** What is longer has a page to itself. */
const longProse = 2_000;

/** Nothing of what is not shown and has no value. */
export function leafOf(
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
  if (isChosen(kind)) return [chosenOf(node, said, [value], known, inputs, optional ? 'one-or-none' : 'one')];
  switch (kind) {
    case 'date':
      return [dateOf(said, name, inputs)];
    case 'time':
      return [timeOf(said, name, inputs)];
    case 'fuzzy-date':
      return [fuzzyOf(node, said, name, inputs, known)];
    case 'choice':
      return [choiceOf(node, said, value, optional)];
    case 'yes-no':
      return [yesNoOf(said, value, optional)];
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

function dateOf(said: Said, name: string, inputs: Inputs): Field {
  // One that was sent whole is shown in its parts.
  const [year, month, day] = dateTyped(inputs.filled(name) ?? '')?.split('-') ?? [];
  return {
    is: 'date',
    ...said,
    day: day ?? inputs.first(`${name}-day`) ?? '',
    month: month ?? inputs.first(`${name}-month`) ?? '',
    year: year ?? inputs.first(`${name}-year`) ?? '',
  };
}
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
      yesNoOf(member('tbc')[1], inputs.first(within(name, 'tbc')) ?? '', true),
    ],
  };
}
/** What may be left out can be left out again, once something was chosen. */
const orNone = (options: readonly Option[], optional: boolean): readonly Option[] =>
  optional
    ? [...options, { value: '', text: 'No answer', checked: !options.some(({ checked }) => checked) }]
    : options;
function choiceOf(node: Node, said: Said, value: string, optional = false): Field {
  const { labels = {}, enum: values = Object.keys(labels) } = node;
  const options = values.map((one) => ({ value: one, text: labels[one] ?? one, checked: one === value }));
  const as = few(options);
  return { is: 'options', ...said, as, options: as === 'radios' ? orNone(options, optional) : options };
}
function yesNoOf(said: Said, value: string, optional = false): Field {
  const options = [
    { value: 'yes', text: 'Yes', checked: value === 'yes' },
    { value: 'no', text: 'No', checked: value === 'no' },
  ];
  return { is: 'options', ...said, as: 'radios', options: orNone(options, optional) };
}

/** Records and parts: chosen where there is something to choose from, what is chosen already first. */
export function chosenOf(
  node: Node,
  said: Said,
  values: readonly string[],
  known: Known,
  inputs: Inputs,
  most: 'one' | 'one-or-none' | 'many',
): Field {
  const isList = most === 'many';
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
  const all = [...others, ...offered];
  const as = isList ? 'checkboxes' : few(all);
  const options = as === 'radios' ? orNone(all, most === 'one-or-none') : all;
  const searched = own.search(said.name);
  return {
    is: 'options',
    ...said,
    as,
    options,
    ...(choices.more || choices.isOpen || inputs.filled(searched)
      ? {
          search: {
            name: searched,
            value: inputs.first(searched) ?? '',
            hint: choices.isOpen ? unnamedHint : moreHint,
          },
        }
      : {}),
  };
}
