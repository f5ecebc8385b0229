/** How long what a return waits for may take, and how much it holds (docs/rules/submission.md). */

/** In working days. */
export const daysFor = {
  /** Signing what was sent (docs/rules/submission.md#sending). */
  signature: 5,
  /** Sending it again once the signature is void (docs/rules/submission.md#sign-off-void). */
  sendingAgain: 5,
} as const;

/** How many of each a return holds, or a command takes. */
export const atMost = {
  sections: 100,
  /** Records it includes, and those of them that have changed. */
  records: 100,
  /** In one section. */
  rows: 200,
  risks: 50,
  barriers: 100_000,
} as const;
/** How much a risk matters, how likely and how near it is, from 1 (docs/rules/submission.md#sections). */
export const highest = { impact: 6, likelihood: 4, proximity: 5 } as const;
/** In characters, of an event's name. */
export const longestName = 100;
/**
 * A submitted version is one event that holds every answer; what cannot be submitted is refused when it is
 * written.
 */
export const maxReturnBytes = 40_000;
