/**
 * A page reduced to its structure: tags, classes and what they say to those who do not see them, without its
 * words; of siblings that are alike one stands for all. Pages of one structure are looked at once.
 */

const empty = new Set(['area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
/** What an element says of itself beside its words, so far as that is the structure's. */
const told = /^(class|role|type|scope|tabindex|aria-[a-z]+)$/;
/** Whose values name other elements: that there is one is the structure's. */
const naming = /^aria-(label|labelledby|describedby|controls)$/;

interface Element {
  readonly name: string;
  readonly children: Set<string>;
  /** Pairs of a parent and its child in it. */
  readonly inner: Set<string>;
}

function nameOf(tag: string, attributes: string): string {
  const said = [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)]
    .filter(([, name = '']) => told.test(name))
    .map(([, name = '', value = '']) => (naming.test(name) ? name : `${name}=${value}`));
  return [tag, ...said].join(' ');
}

export interface Structure {
  /** The whole of it as one text: pages that have the same are alike. */
  readonly whole: string;
  /** Each element in the two that it stands in. */
  readonly places: ReadonlySet<string>;
}
/** The structure of a page; throws where an element is not closed, or another is. */
export function structureOf(html: string): Structure {
  const places = new Set<string>();
  const root: Element = { name: '', children: new Set(), inner: new Set() };
  const open: Element[] = [root];
  const last = (): Element => open.at(-1)!;
  for (const [, close, tag = '', attributes = '', alone, words = ''] of html.matchAll(
    /<(\/?)([a-z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/g,
  )) {
    if (tag === '') {
      if (words.trim() !== '') last().children.add('text');
      continue;
    }
    if (close === '/') {
      const { name, children } = open.pop()!;
      if (name.split(' ')[0] !== tag) throw new Error(`</${tag}> closes <${name}>`);
      last().children.add(`${name}(${[...children].join(' ')})`);
      continue;
    }
    const name = nameOf(tag, attributes);
    places.add([open.at(-2)?.name, last().name, name].join(' > '));
    // A shape of a figure closes itself.
    if (alone === '/' || empty.has(tag)) last().children.add(name);
    else open.push({ name, children: new Set(), inner: new Set() });
  }
  if (open.length > 1) throw new Error(`<${last().name}> is not closed`);
  return { whole: [...root.children].join(' '), places };
}

/**
 * Of pages by their structures, so few that every place of an element stands in one of them, or in one that was
 * `seen` before, to whose places theirs are added.
 */
export function covering<P>(pages: readonly (readonly [P, Structure])[], seen: Set<string>): P[] {
  const chosen: P[] = [];
  for (;;) {
    let best: readonly [P, Structure] | undefined;
    let most = 0;
    for (const one of pages) {
      const fresh = [...one[1].places].filter((place) => !seen.has(place)).length;
      if (fresh > most) [best, most] = [one, fresh];
    }
    if (!best) return chosen;
    chosen.push(best[0]);
    for (const place of best[1].places) seen.add(place);
  }
}
