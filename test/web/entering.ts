/**
 * Entering answers into a page as somebody does who has nothing but what it draws: they type into what is
 * there, choose among what is offered, and press the buttons that draw more of it.
 */
import { own } from '../../src/web/form/inputs.js';
import type { Node } from '../../src/web/form/node.js';
import { inputsOf, type Sent } from './forms-world.js';

export type Pair = readonly [name: string, value: string];
type Drawn = ReadonlyMap<string, 'typed' | { readonly as: string; readonly values: ReadonlySet<string> }>;

/** What a page has to enter something into, by name: typed, or among what is chosen. */
function drawnOn(html: string): Drawn {
  const drawn = new Map<string, 'typed' | { as: string; values: Set<string> }>();
  const form = html.slice(Math.max(0, html.indexOf('<main')));
  for (const [whole] of form.matchAll(/<(?:input|textarea)\b[^>]*>|<select\b[^>]*>[^]*?<\/select>/g)) {
    const attribute = (key: string): string => new RegExp(`^[^>]*\\s${key}="([^"]*)"`).exec(whole)?.[1] ?? '';
    const [name, type] = [attribute('name'), attribute('type')];
    const before = drawn.get(name);
    const values = before && before !== 'typed' ? before.values : new Set<string>();
    if (whole.startsWith('<select'))
      for (const [, value = ''] of whole.matchAll(/<option value="([^"]*)"/g)) values.add(value);
    else if (type === 'radio' || type === 'checkbox') values.add(attribute('value'));
    else {
      drawn.set(name, 'typed');
      continue;
    }
    drawn.set(name, { as: type || 'select', values });
  }
  return drawn;
}
const valuesOf = (value: string): string[] => value.split('\n').filter((one) => one !== '');
const listOf = (name: string): string | undefined =>
  name.startsWith(own.rows('')) ? name.slice(own.rows('').length) : undefined;
/** The values of an answer that a page cannot be told; of a list, its rows where there are not so many. */
function wanting(html: string, drawn: Drawn, [name, value]: Pair): string[] {
  if (listOf(name) !== undefined) return rowsOn(html, name) === Number(value) ? [] : [value];
  const field = drawn.get(name);
  return field === 'typed' ? [] : valuesOf(value).filter((one) => !field?.values.has(one));
}
const rowsOn = (html: string, name: string): number =>
  Number(inputsOf(html).find(([other]) => other === name)?.[1] ?? 0);
/** As a browser sends it: each box that is ticked by itself, and nothing that is not there. */
function sentOf(html: string, drawn: Drawn, [name, value]: Pair): Pair[] {
  const field = drawn.get(name);
  if (field === 'typed') return [[name, value]];
  const not = wanting(html, drawn, [name, value]);
  return valuesOf(value)
    .filter((one) => !not.includes(one))
    .map((one) => [name, one]);
}
/** The button that draws what is wanted: a row more or less, or what a search finds. */
function buttonFor(html: string, name: string, value: string): Pair[] | undefined {
  const has = (button: string, of: string): boolean =>
    [...html.matchAll(/<button\b[^>]*>/g)].some(
      ([tag]) => tag.includes(`name="${button}"`) && tag.includes(`value="${of}"`),
    );
  const list = listOf(name);
  if (list !== undefined) {
    const rows = rowsOn(html, name);
    const [button, of] = rows < Number(value) ? [own.add, list] : [own.remove, `${list}.${rows - 1}`];
    return has(button, of) ? [[button, of]] : undefined;
  }
  if (!has(own.find, name)) return undefined;
  return [
    [own.search(name), value],
    [own.find, name],
  ];
}
/** What a page makes itself, of its own key or of what it shows, stands in no input of its own. */
function isMade(node: Node | undefined, [key, ...rest]: readonly string[]): boolean {
  if (!node) return false;
  if (key === undefined) return node.field === 'new-part' || node.field === 'given';
  if (node.items) return isMade(node.items, /^\d+$/.test(key) ? rest : [key, ...rest]);
  return [node, ...(node.anyOf ?? [])].some(({ properties }) => isMade(properties?.[key], rest));
}

/**
 * Enters answers into a page, and whatever the page holds besides; `post` sends inputs from it. Gives what is
 * to be sent from the page as it is then, and the names of what could not be entered.
 */
export async function enter(
  node: Node,
  page: Sent,
  answers: readonly Pair[],
  besidesOf: (html: string) => readonly Pair[],
  post: (inputs: readonly Pair[]) => Promise<Sent>,
): Promise<{ readonly inputs: readonly Pair[]; readonly missing: readonly string[] }> {
  const entered = answers.filter(([name]) => !isMade(node, name.split('.')));
  const sought = new Set<string>();
  let { html } = page;
  for (;;) {
    const drawn = drawnOn(html);
    const missing = entered.flatMap((answer) =>
      wanting(html, drawn, answer).map((value) => [answer[0], value] as const),
    );
    const press = missing
      .filter(([name, value]) => listOf(name) !== undefined || !sought.has(`${name} ${value}`))
      .map(([name, value]) => ({ of: `${name} ${value}`, button: buttonFor(html, name, value) }))
      .find(({ button }) => button !== undefined);
    if (!press?.button)
      return { inputs: [...besidesOf(html), ...answers], missing: missing.map(([name]) => name) };
    sought.add(press.of);
    const rows = inputsOf(html).filter(([name]) => listOf(name) !== undefined);
    const besides = besidesOf(html).filter(([name]) => listOf(name) === undefined);
    const offered = entered
      .filter(([name]) => listOf(name) === undefined)
      .flatMap((answer) => sentOf(html, drawn, answer));
    ({ html } = await post([...besides, ...rows, ...offered, ...press.button]));
  }
}
