/** How long a place may be without a champion, and how much is taken at once (docs/rules/place.md). */

/** Working days in which a pilot is assigned a champion (docs/rules/place.md#champion). */
export const championWithin = 10;

/** How many of each a command takes. */
export const atMost = {
  /** Themes of the programme that one of the place's belongs to. */
  policyThemes: 20,
  /** What stands in a close-out: lessons, and commitments that go on (docs/rules/place.md#closing-out). */
  lessons: 100,
  commitments: 500,
} as const;
