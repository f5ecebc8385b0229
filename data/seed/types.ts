/** One command of the seed, given at its historical time through the ordinary command path. */
export interface SeedCommand {
  /** UTC instant. */
  readonly at: string;
  /** The grant in which it is given, e.g. `programme-office@programme:total-place`. */
  readonly as: string;
  readonly account: string;
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  readonly data: Record<string, unknown>;
  /** Filled in at run time for commands that replace a value. */
  readonly expectedVersion?: 'current';
  /** What stands in print or was looked up is sourced; everything else is illustrative. */
  readonly basis: { readonly kind: 'sourced' | 'illustrative'; readonly source?: string };
}

/** A command of the programme office. */
export const office = (at: string, command: string, data: Record<string, unknown>, source?: string): SeedCommand => ({
  at, as: 'programme-office@programme:total-place', account: 'post.programme-office.total-place', aggregate: 'programme', id: 'total-place', command, data,
  basis: source ? { kind: 'sourced', source } : { kind: 'illustrative' },
});
