/**
 * What is wrong with a form, where it is entered: what could not be read, and what the command's own reader
 * or its rules said, whose pointers are the way to the fields.
 */
import { datesTold, money } from '../../http/words/format.js';
import { idOf } from './field.js';
import { shapeOf, type Node } from './node.js';
import type { Parsed, Spot } from './parse.js';

/** A mistake as the summary at the top tells it; with the field it leads to, where there is one. */
export interface Mistake {
  readonly text: string;
  readonly href?: string;
}
export interface Mistakes {
  readonly summary: readonly Mistake[];
  /** By the names of fields. */
  readonly at: ReadonlyMap<string, string>;
}
export const noMistakes: Mistakes = { summary: [], at: new Map() };

interface Told {
  readonly path: string;
  readonly message: string;
}

/**
 * `members`: of those alone, where a form has more steps; `refused`: what a rule says of the whole, where no
 * field is named; its words are kept.
 */
export function mistakesOf(
  parsed: Parsed,
  told: readonly Told[],
  { members, refused }: { readonly members?: ReadonlySet<string>; readonly refused?: string } = {},
): Mistakes {
  const at = new Map(parsed.wrong);
  const whole: Mistake[] = [];
  for (const { path, message: said } of told) {
    const message = datesTold(said);
    const spot = spotAt(parsed, path);
    if (!spot || spot.name === '') whole.push({ text: message });
    else if (!at.has(spot.name))
      at.set(spot.name, refused === undefined ? wordedFor(spot, message) : message);
  }
  if (refused !== undefined && at.size === 0 && whole.length === 0) whole.push({ text: datesTold(refused) });
  // In the order of the fields, which is that in which they were read.
  const order = [...parsed.spots.values()].map(({ name }) => name);
  const named = [...at]
    .filter(([name]) => members?.has(name.replace(/\..*$/, '')) ?? true)
    .sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  return {
    summary: [...whole, ...named.map(([name, text]) => lineOf(parsed, name, text))],
    at: new Map(named),
  };
}

/** The field of a pointer: its own, else of what it stands in. */
function spotAt({ spots }: Parsed, path: string): Spot | undefined {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const spot = spots.get(at);
    if (spot) return spot;
    if (!at.includes('/')) return undefined;
  }
}
function lineOf(parsed: Parsed, name: string, message: string): Mistake {
  const spot = [...parsed.spots.values()].find((one) => one.name === name);
  const label = spot?.node.label;
  const text = label === undefined ? message : `${label}: ${lower(message)}`;
  return { text, href: `#${firstInput(name, spot?.node)}` };
}
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
/** The id of what is to be filled in first. */
function firstInput(name: string, node: Node | undefined): string {
  const id = idOf(name);
  if (node?.field === 'date' || node?.field === 'time') return `${id}-day`;
  return node?.field === 'fuzzy-date' ? `${id}-precision` : id;
}

/** A command says what a program should send; of some kinds a person enters something else. */
function wordedFor({ node, value }: Spot, message: string): string {
  if (node.field === 'money') return ofMoney(node, value, message);
  // A program is told the values; a person sees their words.
  if (value !== undefined && !(node.field === 'choice' && message.startsWith('Select '))) return message;
  const isChoice = ['choice', 'ref', 'part'].includes(node.field ?? '') || shapeOf(node).is === 'either';
  if (isChoice || message === 'Select true or false') return 'Choose an answer';
  return message;
}
function ofMoney({ minimum = 0, maximum }: Node, value: unknown, message: string): string {
  if (typeof value !== 'number') return 'Enter an amount in pounds, like 12,400 or 12,400.50';
  if (value < minimum) return minimum === 0 ? 'Enter £0 or more' : 'Enter an amount above £0';
  return maximum !== undefined && value > maximum ? `Enter ${money(maximum)} or less` : message;
}
