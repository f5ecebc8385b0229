/**
 * Reference facts handed to the domain as values: areas, holidays, COFOG. Read once at start, never fetched.
 */
import type { CivilDate, WorkingDays } from './calendar.js';

/** One row of `data/reference/areas.csv`. `to` is the last day on which the code was valid. */
export interface Area {
  readonly code: string;
  readonly snac?: string;
  readonly name: string;
  readonly type: string;
  readonly parent?: string;
  readonly from: CivilDate;
  readonly to?: CivilDate;
  readonly successors: readonly string[];
}

/** Area codes with their dates, parents and successors. */
export class Areas {
  readonly #byCode: ReadonlyMap<string, Area>;
  constructor(areas: Iterable<Area>) {
    this.#byCode = new Map([...areas].map((a) => [a.code, a]));
  }
  get(code: string): Area | undefined {
    return this.#byCode.get(code);
  }
  validOn(code: string, date: CivilDate): boolean {
    const area = this.#byCode.get(code);
    return !!area && area.from <= date && (!area.to || date <= area.to);
  }
  /** True when the areas are the same or one lies within the other (a county contains its districts). */
  overlap(one: string, other: string): boolean {
    return one === other || this.#within(one, other) || this.#within(other, one);
  }
  #within(inner: string, outer: string): boolean {
    for (let parent = this.#byCode.get(inner)?.parent; parent; parent = this.#byCode.get(parent)?.parent) {
      if (parent === outer) return true;
    }
    return false;
  }
}

export interface Reference {
  readonly workingDays: WorkingDays;
  readonly areas: Areas;
  /** COFOG codes with their names. */
  readonly cofog: ReadonlyMap<string, string>;
}
