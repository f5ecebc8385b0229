/** How long what a pool waits for may take, and how much is taken at once (docs/rules/pool.md). */

/** In working days. */
export const daysFor = {
  /** Confirming a pledge (docs/rules/pool.md#confirming). */
  confirmation: 20,
  /** Having a pledge paid in, or released, that nobody answers for (docs/rules/pool.md#orphaned-pledges). */
  orphan: 20,
} as const;

/** How many of each a command takes. */
export const atMost = {
  /** Partners, and so the shares of a risk. */
  partners: 100,
  years: 20,
  /** Pledges that one agreement reduces, or one allocation, draw or reservation takes from. */
  pledges: 200,
} as const;

/** The longest notice an agreement may ask of a partner who leaves (docs/rules/pool.md#notice). */
export const longestNoticeMonths = 60;
/** All of what is over or under, in basis points (docs/rules/pool.md#agreement). */
export const wholeRisk = 10_000;
/**
 * A forecast is explained that is further from what is confirmed than this (docs/rules/pool.md#position): in
 * pence, however large the pool is, or as one part in so many of it.
 */
export const unexplainedVariance = { pence: 100_000_00, onePartIn: 50 } as const;
/** Beyond one part in so many of what is confirmed for a year it is decided (docs/rules/pool.md#virement). */
export const undecidedVirement = { onePartIn: 10 } as const;
