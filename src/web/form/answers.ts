/** What was entered, in words: for whoever checks it before it is recorded. */
import { day, financialYear, grouped, instant, money, month } from '../../http/words/format.js';
import type { Choices } from './field.js';
import { shapeOf, within, type Node } from './node.js';

/** A line of the check: what was asked and what was answered; `name` is the field to change it in. */
export interface Answer {
  readonly label: string;
  readonly lines: readonly string[];
  readonly name: string;
}
/** What records and parts are called; undefined where that is not known: then by their ids. */
export type TitleOf = (name: string, node: Node, id: string) => string | undefined;

export const titleAmong =
  (choices: (name: string, node: Node) => Choices | undefined): TitleOf =>
  (name, node, id) =>
    choices(name, node)?.items.find((item) => String(item.id) === id)?.title;

/** What a decision allows, in words: a command by its name, and the record by the name of its stream. */
export type AllowedTold = (allowed: { readonly command: string; readonly record: string }) => string;
/** The titles of what is chosen, and what is said of what a decision allows. */
interface Told {
  readonly titleOf: TitleOf;
  readonly allowedTold: AllowedTold;
}

/** The answers of a command, one a member of its body; what was left out is not told. */
export function answersOf(node: Node, body: Readonly<Record<string, unknown>>, told: Told): Answer[] {
  const shape = shapeOf(node);
  if (shape.is !== 'group') return [];
  return shape.members.flatMap(({ key, node: member }) => {
    if (!Object.hasOwn(body, key) || member.label === undefined) return [];
    if (member.field === 'given' && member.type !== 'array') return [];
    const lines = linesOf(member, body[key], key, told);
    return lines.length > 0 ? [{ label: member.label, lines, name: key }] : [];
  });
}

function linesOf(node: Node, value: unknown, name: string, told: Told): string[] {
  const shape = shapeOf(node);
  if (shape.is === 'fixed') return [];
  if (shape.is === 'leaf') return node.field === 'new-part' ? [] : leafLines(node, value, name, told);
  if (shape.is === 'list')
    return (value as readonly unknown[]).flatMap((item) => leafLines(shape.item, item, name, told));
  if (shape.is === 'rows')
    return (value as readonly unknown[]).map((row, i) =>
      oneLine(linesOf(shape.item, row, within(name, i), told)),
    );
  if (shape.is === 'either') {
    const branch = shape.branches.find((one) => isOf(one, value));
    return branch ? [branch.title ?? '', ...linesOf(branch, value, name, told)] : [];
  }
  const held = value as Readonly<Record<string, unknown>>;
  return shape.members.flatMap(({ key, node: member }) => {
    if (!Object.hasOwn(held, key)) return [];
    const lines = linesOf(member, held[key], within(name, key), told);
    return lines.length > 0 && member.label !== undefined ? [`${member.label}: ${oneLine(lines)}`] : lines;
  });
}
const oneLine = (lines: readonly string[]): string => lines.join('; ');
const isOf = (node: Node, value: unknown): boolean => {
  if (node.const !== undefined) return node.const === value;
  if (node.items) return Array.isArray(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).every((key) => Object.hasOwn(node.properties ?? {}, key));
};

interface Fuzzy {
  readonly from: string;
  readonly to: string;
  readonly tbc?: boolean;
}
function leafLines(node: Node, value: unknown, name: string, told: Told): string[] {
  const text = typeof value === 'string' ? value : String(value as number);
  switch (node.field) {
    case 'money':
      return [money(value as number)];
    case 'date':
      return [day(text)];
    case 'time':
      return [instant(text)];
    case 'fuzzy-date': {
      const { from, to, tbc } = value as Fuzzy;
      const span = from === to ? day(from) : `${day(from)} to ${day(to)}`;
      return [tbc ? `${span}, which may still move` : span];
    }
    case 'financial-year':
      return [financialYear(text)];
    case 'month':
      return [month(text)];
    case 'number':
      return [grouped(value as number)];
    case 'choice':
      return [node.labels?.[text] ?? text];
    case 'yes-no':
      return [value === true ? 'Yes' : 'No'];
    case 'ref':
    case 'part':
      return [told.titleOf(name, node, text) ?? text];
    case 'given':
      return typeof value === 'object' ? givenLines(value, told.allowedTold) : [];
    default:
      return text.split('\n');
  }
}
/** What a decision allows, as it was prepared: a command and its record. */
function givenLines(value: object | null, allowedTold: AllowedTold): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap(({ command, record }: { readonly command?: unknown; readonly record?: unknown }) =>
    typeof command === 'string' && typeof record === 'string' ? [allowedTold({ command, record })] : [],
  );
}
