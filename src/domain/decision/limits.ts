/** How long what a decision waits for may take, and how much is taken at once (docs/rules/decision.md). */

/** In working days. */
export const daysFor = {
  /** It is open, at least (docs/rules/decision.md#opening); an urgent one. */
  positions: 5,
  urgentPositions: 1,
  /** Stating the outcome of what was carried (docs/rules/decision.md#outcome-and-review). */
  outcome: 5,
  /**
   * Reviewing money where the outcome was recorded so late that its twelve months are over
   * (docs/rules/decision.md#outcome-and-review).
   */
  lateReview: 5,
  /** The decision that replaces one, where its review names no day: as long as an answer may take. */
  replacement: 20,
} as const;
/** Days, of any kind, that a decision may be open (docs/rules/decision.md#opening). */
export const longestOpen = 90;
/** Years in which money that was spent is reviewed (docs/rules/decision.md#outcome-and-review). */
export const reviewWithinYears = 1;

/** How many of each a motion takes. */
export const atMost = {
  options: 20,
  affectedAgencies: 50,
  amounts: 100,
  refs: 50,
  authorisations: 50,
  /** In a list among the terms of a command, and how deep lists and objects stand in each other there. */
  termsInList: 100,
  termsDeep: 4,
} as const;
/** Characters of the reason for which somebody disagrees or objects (docs/rules/decision.md#positions). */
export const shortestReason = 10;
