/** What a form sent: its inputs by name, each with its values. No name means anything to JavaScript here. */

export class Inputs {
  private constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /** Of a body as browsers send it. */
  static of(text: string): Inputs {
    const values = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(text)) {
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    }
    return new Inputs(values);
  }
  static from(entries: Iterable<readonly [name: string, value: string]>): Inputs {
    return Inputs.of(
      new URLSearchParams([...entries].map(([name, value]): [string, string] => [name, value])).toString(),
    );
  }

  /** The value of an input that has one: of several the first. */
  first(name: string): string | undefined {
    return this.values.get(name)?.[0];
  }
  /** As `first`; nothing where it was left blank. */
  filled(name: string): string | undefined {
    const value = this.first(name);
    return value === undefined || value.trim() === '' ? undefined : value;
  }
  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }
  has(name: string): boolean {
    return this.values.has(name);
  }
  /** The name of the input that begins so, which is a button that was pressed; of several the first. */
  after(prefix: string): string | undefined {
    for (const name of this.values.keys()) if (name.startsWith(prefix)) return name.slice(prefix.length);
    return undefined;
  }
  /** With another value of an input. */
  with(name: string, value: string): Inputs {
    return new Inputs(new Map([...this.values, [name, [value]]]));
  }
  /** Without a row of a list: those behind it move up. */
  withoutRow(list: string, row: number): Inputs {
    const moved = new Map<string, readonly string[]>();
    for (const [name, values] of this.values) {
      const [, before = '', at, rest = ''] = rowOf(list).exec(name) ?? [];
      if (at === undefined || Number(at) < row) moved.set(name, values);
      else if (Number(at) > row) moved.set(`${before}${list}.${Number(at) - 1}${rest}`, values);
    }
    return new Inputs(moved);
  }
  entries(): [name: string, value: string][] {
    return [...this.values].flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    );
  }
}

/** Of an input of a row, and of what the form itself says about it: `money.1.pence`, `_rows.sections.1`. */
const rowOf = (list: string): RegExp =>
  new RegExp(`^((?:_[a-z]+\\.)?)${list.replaceAll('.', '\\.')}\\.(\\d{1,4})((?:[.-].*)?)$`);

/** The member of the body that an input belongs to: of its own inputs, `_rows.money` say, the member's. */
export const topOf = (name: string): string => name.replace(/^_\w+\./, '').replace(/[.-].*$/, '');

/** Inputs of the form itself: no member of a command begins so. */
export const own = {
  /** How many rows of a list there are: `_rows.subBalances`. */
  rows: (name: string): string => `_rows.${name}`,
  /** Which branch of a union: `_is.rule`, by its number. */
  branch: (name: string): string => `_is.${name}`,
  /** Which of them was chosen when the page was made: what it says else was chosen since. */
  was: (name: string): string => `_was.${name}`,
  /** What to look for among records: `_search.fundingStreamId`. */
  search: (name: string): string => `_search.${name}`,
  /** Buttons, with the name of what they are about as their value. */
  add: '_add',
  remove: '_remove',
  find: '_find',
  change: '_change',
  back: '_back',
  record: '_record',
  next: '_next',
  /** The grant in which it is given. */
  acting: '_as',
} as const;
