/** How long what a commitment waits for may take, and how much it takes (docs/rules/commitment.md). */

/** In working days. */
export const daysFor = {
  /** An offer stands (docs/rules/commitment.md#offering). */
  offer: 20,
  /** The verifier's answer to a claim (docs/rules/commitment.md#completing). */
  verification: 15,
  /** What was reopened is due again, unless its own date is later (docs/rules/commitment.md#completing). */
  reopened: 10,
  /** Naming anew who answers for it (docs/rules/commitment.md#orphaned-duties). */
  orphan: 20,
  /** A milestone may be overdue and delivery still be green (docs/rules/commitment.md#reporting). */
  lateMilestone: 10,
} as const;

/** What the owner's own word can move (docs/rules/commitment.md#rescheduling): how often, and days in all. */
export const ownWord = { reschedules: 2, days: 30 } as const;
/** Years after its end in which a commitment may be reopened (docs/rules/commitment.md#completing). */
export const reopenWithinYears = 2;

/** How many of each a command takes. */
export const atMost = { milestones: 50, dependencies: 20, pledges: 20, evidence: 50 } as const;
/** Progress in per cent of the whole. */
export const allOfIt = 100;
/** In characters, of a refusal's code. */
export const longestCode = 100;
