/**
 * Sums for an audience (docs/rules/shared.md#withheld-figures): of figures of which one is withheld there is
 * none, and beside it stand what it is at least and how many figures are not shared. Both are counted from
 * the figures that the audience is given one by one, so they tell nothing new.
 */
import { exceeds } from './money.js';

export interface Withheld {
  readonly atLeastPence: number;
  readonly figuresNotShared: number;
}
export interface Sum extends Partial<Withheld> {
  readonly pence: number | null;
}

/**
 * `null` is a figure that is withheld. A sum that a number cannot hold is told as what it is at least, with
 * no figure that is not shared.
 */
export function sumOf(figures: readonly (number | null)[]): Sum {
  let atLeastPence = 0;
  let figuresNotShared = 0;
  let tooLarge = false;
  for (const pence of figures) {
    if (pence === null) figuresNotShared++;
    else atLeastPence += pence;
    if (exceeds(atLeastPence, Number.MAX_SAFE_INTEGER))
      [atLeastPence, tooLarge] = [Number.MAX_SAFE_INTEGER, true];
  }
  return figuresNotShared === 0 && !tooLarge
    ? { pence: atLeastPence }
    : { pence: null, atLeastPence, figuresNotShared };
}

/**
 * Several sums over the same rows, by name; `atLeastPence` and `figuresNotShared` name those that are
 * withheld.
 */
export type Sums<K extends string> = { readonly [k in K]: number | null } & {
  readonly notDisclosed?: true;
  readonly atLeastPence?: { readonly [k in K]?: number };
  readonly figuresNotShared?: { readonly [k in K]?: number };
};
export function sumsOf<K extends string>(
  names: readonly K[],
  rows: readonly { readonly [k in K]: number | null }[],
): Sums<K> {
  const sums = names.map((name) => ({ name, ...sumOf(rows.map((row) => row[name])) }));
  const withheld = sums.filter((s) => s.pence === null);
  const of = (value: (s: (typeof sums)[number]) => unknown, all = sums): object =>
    Object.fromEntries(all.map((s) => [s.name, value(s)]));
  return {
    ...of((s) => s.pence),
    ...(withheld.length > 0
      ? {
          notDisclosed: true,
          atLeastPence: of((s) => s.atLeastPence, withheld),
          figuresNotShared: of((s) => s.figuresNotShared, withheld),
        }
      : {}),
  } as Sums<K>;
}
