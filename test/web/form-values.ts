/** Values of commands at random, by the schema that a form is made of. */
import fc from 'fast-check';
import { at } from '../../src/domain/shared/calendar.js';
import { isAsked, shapeOf, type Node } from '../../src/web/form/node.js';

type Values = fc.Arbitrary<unknown>;
const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const digits = (value: number, length = 2): string => String(value).padStart(length, '0');
const day = fc
  .tuple(
    fc.integer({ min: 1900, max: 2100 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([y, m, d]) => `${y}-${digits(m)}-${digits(d)}`);
const year = fc.integer({ min: 1900, max: 2100 }).map((y) => `${y}-${digits((y + 1) % 100)}`);
const text = (lines: boolean): Values =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
        fc.constantFrom('£', '–', '"', '<b>'),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((words) => words.join(lines ? '\n' : ' ').replace(/\r/g, ''))
    .filter((s) => s.trim() !== '' && s.isWellFormed());
const words = fc.stringMatching(/^[a-z]{1,9}$/);

/** A leaf's values: all that its kind can be. */
function leaf(node: Node): Values {
  switch (node.field) {
    case 'money':
      return fc.integer({ min: node.minimum ?? 0, max: 900_000_000_000_000 });
    case 'number':
      return fc.integer({ min: Math.max(node.minimum ?? 0, -1e9), max: Math.min(node.maximum ?? 1e9, 1e9) });
    case 'date':
      return day;
    case 'time':
      // A time that comes twice, when clocks go back, is read as the first.
      return fc
        .tuple(
          day,
          fc.integer({ min: 3, max: 23 }),
          fc.integer({ min: 0, max: 59 }),
          fc.constantFrom('', ':07', ':07.5'),
        )
        .map(([date, hour, minute, rest]) =>
          at(date, `${digits(hour)}:${digits(minute)}${rest}`).replace('.000Z', 'Z'),
        );
    case 'fuzzy-date':
      return fc.record({
        from: day,
        to: day,
        precision: fc.constantFrom('day', 'part-month', 'month', 'quarter'),
        tbc: fc.boolean(),
      });
    case 'financial-year':
      return year;
    case 'month':
      return fc
        .tuple(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 1, max: 12 }))
        .chain(([y, m]) => {
          const month = `${y}-${digits(m)}`;
          return node.quarters ? fc.constantFrom(month, `${y}-Q${Math.ceil(m / 3)}`) : fc.constant(month);
        });
    case 'choice':
      return fc.constantFrom(...(node.enum ?? Object.keys(node.labels ?? {})));
    case 'yes-no':
      return fc.boolean();
    case 'ref':
    case 'part':
      return node.type === 'integer' ? fc.integer({ min: 1, max: 99 }) : id;
    case 'new-part':
      return id;
    case 'given':
      if (node.type === 'string') return id;
      return node.type === 'integer'
        ? fc.nat()
        : fc.array(fc.dictionary(words, fc.oneof(id, fc.nat())), { maxLength: 3 });
    case 'prose':
      return text(true);
    default:
      return text(false);
  }
}

/** Values of a node; some members that may be left out are. */
export function valuesOf(node: Node): Values {
  const shape = shapeOf(node);
  if (shape.is === 'fixed') return fc.constant(shape.value);
  if (shape.is === 'leaf') return leaf(node);
  if (shape.is === 'either') return fc.oneof(...shape.branches.map(valuesOf));
  if (shape.is !== 'group') {
    // An empty list says nothing, which is not enough where something is needed.
    const least = node.needed === undefined ? 0 : 1;
    return fc.array(valuesOf(shape.item), { minLength: node.minItems ?? least, maxLength: 4 });
  }
  const members = Object.fromEntries(shape.members.map((member) => [member.key, valuesOf(member.node)]));
  const requiredKeys = shape.members
    .filter(({ required, node: { needed } }) => required || needed !== undefined)
    .map(({ key }) => key);
  return fc.record(members, { requiredKeys }).map((value) => asked(shape.members, value));
}
/** Without what is not asked for. */
function asked(
  members: readonly { readonly key: string; readonly node: Node }[],
  value: Readonly<Record<string, unknown>>,
): object {
  const kept = members.filter(({ key, node }) => Object.hasOwn(value, key) && isAsked(node, value));
  return Object.fromEntries(kept.map(({ key }) => [key, value[key]]));
}

/** As a form can say it: a list or a group that may be left out is, where nothing is in it. */
export function sayable(node: Node, value: unknown, required = true): unknown {
  const shape = shapeOf(node);
  if (shape.is === 'either') {
    const branch = shape.branches.find((one) => isOf(one, value));
    return branch ? sayable(branch, value) : value;
  }
  if (shape.is === 'list') return (value as unknown[]).length > 0 || required ? value : undefined;
  if (shape.is === 'rows') {
    const rows = (value as unknown[])
      .map((row) => sayable(shape.item, row))
      .filter((row) => saysSomething(shape.item, row));
    return rows.length > 0 || required ? rows : undefined;
  }
  if (shape.is !== 'group') return value;
  const held = value as Readonly<Record<string, unknown>>;
  const entries = shape.members.flatMap(({ key, node: member, required: needed }) => {
    const said = Object.hasOwn(held, key) ? sayable(member, held[key], needed) : undefined;
    return said === undefined ? [] : [[key, said] as const];
  });
  const said = Object.fromEntries(entries);
  return required || saysSomething(node, said) ? said : undefined;
}
function saysSomething(node: Node, value: unknown): boolean {
  const shape = shapeOf(node);
  if (value === undefined || shape.is === 'fixed') return false;
  if (shape.is === 'leaf') return node.field !== 'given';
  if (shape.is === 'list' || shape.is === 'rows') return (value as unknown[]).length > 0;
  if (shape.is === 'either') return true;
  const held = value as Readonly<Record<string, unknown>>;
  return shape.members.some(
    ({ key, node: member }) => Object.hasOwn(held, key) && saysSomething(member, held[key]),
  );
}
function isOf(node: Node, value: unknown): boolean {
  if (node.const !== undefined) return node.const === value;
  if (node.items) return Array.isArray(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, v]) =>
      node.properties?.[key] &&
      (node.properties[key]?.const === undefined || node.properties[key]?.const === v),
  );
}
