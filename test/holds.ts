/**
 * A property that is looked at over many cases counts as one assertion. A case that holds is silent; one that
 * does not is told of where it was looked at, with what was found and what should have been, and is named once
 * more when the property is settled.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';

/** So many cases are told of with their difference; of a property that never holds, these are enough. */
const mostDifferences = 10;

/** Something that has to hold in every case of many. */
export class Property {
  #cases = 0;
  #failing: string[] = [];

  constructor(readonly what: string) {}

  /** Looks at a case in which something is so or is not; `seen` is told where it is not. */
  holds(t: Test, name: string, isSo: boolean, seen?: unknown): void {
    this.#cases++;
    if (!isSo) this.#fail(name, () => t.fail(`${this.what}: ${name}`, { seen }));
  }
  /** Looks at a case in which what is found is exactly what is expected. */
  same(t: Test, name: string, found: unknown, expected: unknown): void {
    this.#cases++;
    if (!isDeepStrictEqual(found, expected))
      this.#fail(name, () => t.strictSame(found, expected, `${this.what}: ${name}`));
  }
  #fail(name: string, tell: () => void): void {
    this.#failing.push(name);
    if (this.#failing.length <= mostDifferences) tell();
  }

  /** The one assertion: there were cases, and it held in each. Whoever goes on looking begins anew. */
  settle(t: Test): void {
    t.strictSame(
      { failing: this.#failing, looked: this.#cases > 0 },
      { failing: [], looked: true },
      `${this.what} (${this.#cases} cases)`,
    );
    this.#cases = 0;
    this.#failing = [];
  }
}

/** Looks at a case: its name, what is found, and what it should be. */
export type Look = (name: string, found: unknown, expected: unknown) => void;

/** A property whose cases are looked at in one place: one assertion. */
export function everyCase(t: Test, what: string, cases: (look: Look) => Promise<void>): Promise<void>;
export function everyCase(t: Test, what: string, cases: (look: Look) => void): void;
export function everyCase(
  t: Test,
  what: string,
  cases: (look: Look) => Promise<void> | void,
): Promise<void> | void {
  const property = new Property(what);
  const looking = cases((name, found, expected) => property.same(t, name, found, expected));
  return looking ? looking.then(() => property.settle(t)) : property.settle(t);
}
