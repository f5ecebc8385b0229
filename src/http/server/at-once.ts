/**
 * How many long answers are under way at once: of one account, and of all on this node. What has ended gives
 * its place back.
 */
import { Problem } from './problem.js';

/** How many at most. */
export interface Most {
  readonly account: number;
  readonly all: number;
}
/** Each kind of long answer, with its name in the plural. */
export const kinds = { exports: 'exports', streams: 'live streams' } as const;
export type Kind = keyof typeof kinds;
export type AtOnce = Readonly<Record<Kind, Most>>;
/**
 * An export takes of the time of all who ask; a stream costs little while nothing happens. One account cannot
 * take every place.
 */
export const usual: AtOnce = { exports: { account: 2, all: 8 }, streams: { account: 8, all: 400 } };

/** Seconds. An export ends by itself, soon; a stream when its reader goes. */
const retryAfter: Record<Kind, number> = { exports: 5, streams: 10 };

/** Those of one kind. */
export class Places {
  readonly #of = new Map<string, number>();
  #all = 0;

  constructor(
    readonly kind: Kind,
    readonly most: Most,
  ) {}

  /** How many are under way. */
  get taken(): number {
    return this.#all;
  }

  /**
   * Takes a place for an account; call what it returns once the answer has ended, however it ended. Throws
   * the 429 of the account, else the 503 of all.
   */
  take(account: string): () => void {
    const mine = this.#of.get(account) ?? 0;
    const [what, seconds] = [kinds[this.kind], retryAfter[this.kind]];
    const headers = { 'retry-after': String(seconds) };
    if (mine >= this.most.account)
      throw new Problem(
        429,
        `TOO_MANY_${this.kind.toUpperCase() as Uppercase<Kind>}`,
        `Your account has ${mine} ${what} under way, and may have ` +
          `no more. End one, or try again in ${seconds} seconds.`,
        {
          headers,
        },
      );
    if (this.#all >= this.most.all)
      throw new Problem(
        503,
        `NO_PLACE_FOR_${this.kind.toUpperCase() as Uppercase<Kind>}`,
        `As many ${what} are under way as this node serves. Try again in ${seconds} seconds.`,
        {
          headers,
        },
      );
    this.#of.set(account, mine + 1);
    this.#all++;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#all--;
      const left = (this.#of.get(account) ?? 0) - 1;
      if (left > 0) this.#of.set(account, left);
      else this.#of.delete(account);
    };
  }
}
