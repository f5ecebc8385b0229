/** How much of a programme is taken at once (docs/rules/programme.md). */

/** How many of each a programme has, or a command takes. */
export const atMost = {
  /** Sections of a template (docs/rules/programme.md#templates). */
  sections: 50,
  /** Of what places of a kind have to do (docs/rules/programme.md#required-steps). */
  steps: 20,
  /** Areas that are ground of another place too, as one event says them. */
  overlaps: 200,
} as const;

/** Working days after the round's own closing, for one place (docs/rules/programme.md#place-extensions). */
export const longestExtension = 20;
