/**
 * How every list is read: along the order asked for, a few rows at a time, until a page is full or the list
 * is at its end. A list says where its rows come from, each source a walk along an index; several are merged.
 * Rows that the reader may not see, or did not ask for, are passed over, and between so many of them the
 * event loop has its turn.
 */
import { compareSpots, type Spot, type Walk } from '../../projections/engine/walk.js';
import type { Slice, Slices } from '../server/slices.js';

/**
 * Rows of a list in one order. `show` answers undefined for a row that is not the reader's, or not asked for.
 */
export interface Source<S> {
  readonly walk: Walk;
  /** Given a row of the walk. */
  show(row: Spot): S | undefined;
}
/** A row as it is shown, and where it stands. */
export interface Entry<S> {
  readonly spot: Spot;
  readonly shown: S;
}

/** Milliseconds for which a list is read before it first takes a turn: most pages are made by then. */
const atOnceMs = 2;
/** Rows looked at in one turn of the event loop, at most. */
export const rowsATurn = 250;

interface Head<S> {
  readonly source: Source<S>;
  rows: readonly Spot[];
  at: number;
  after: Spot | undefined;
  ended: boolean;
}

/** A list being read: each `take` goes on where the last one stopped. */
export class Reader<S> {
  readonly #heads: readonly Head<S>[];
  readonly #descending: boolean;
  readonly #slices: Pick<Slices, 'turn'>;
  #slice: Slice;
  #looked = 0;

  constructor(
    sources: readonly Source<S>[],
    {
      after,
      descending,
      slices,
    }: {
      readonly after: Spot | undefined;
      readonly descending: boolean;
      readonly slices: Pick<Slices, 'turn'>;
    },
  ) {
    this.#heads = sources.map((source) => ({ source, rows: [], at: 0, after, ended: false }));
    this.#descending = descending;
    this.#slices = slices;
    const until = performance.now() + atOnceMs;
    this.#slice = {
      get over() {
        return performance.now() >= until;
      },
      end() {},
    };
  }

  /** The next rows, fewer than asked for at the end of the list alone. */
  async take(count: number): Promise<Entry<S>[]> {
    const found: Entry<S>[] = [];
    // Few are read for a page; where most are passed over, more at once.
    let size = Math.min(count, rowsATurn);
    while (found.length < count) {
      if (this.#looked >= rowsATurn || this.#slice.over) {
        this.#slice = await this.#slices.turn();
        this.#looked = 0;
      }
      const head = this.#next(size);
      const spot = head?.rows[head.at];
      if (!head || !spot) break;
      head.at++;
      this.#looked++;
      if (head.at === head.rows.length) size = Math.min(size * 2, rowsATurn);
      const shown = head.source.show(spot);
      if (shown !== undefined) found.push({ spot, shown });
    }
    this.#slice.end();
    return found;
  }

  /** The source whose next row comes first. */
  #next(size: number): Head<S> | undefined {
    let first: Head<S> | undefined;
    let firstSpot: Spot | undefined;
    for (const head of this.#heads) {
      if (head.at === head.rows.length) {
        if (head.ended) continue;
        head.rows = head.source.walk({ after: head.after, descending: this.#descending, limit: size });
        head.at = 0;
        head.ended = head.rows.length < size;
        head.after = head.rows.at(-1) ?? head.after;
      }
      const spot = head.rows[head.at];
      if (!spot) continue;
      if (!firstSpot || (this.#descending ? -1 : 1) * compareSpots(spot, firstSpot) < 0) {
        first = head;
        firstSpot = spot;
      }
    }
    return first;
  }
}
