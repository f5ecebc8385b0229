/** How long what a barrier waits for may take, and how much is taken at once (docs/rules/barrier.md). */

/** In working days from the day on which a clock is started. */
export const daysFor = {
  /** Saying whose it is (docs/rules/barrier.md#recording-and-triage). */
  triage: 10,
  /** An owner's word whether it takes the barrier, and its answer (docs/rules/barrier.md#owners). */
  acceptance: 10,
  answer: 20,
  /** Supplying the evidence that an owner asked for (docs/rules/barrier.md#evidence). */
  evidence: 10,
  /** A rung's direction (docs/rules/barrier.md#escalation). */
  direction: 5,
  /** The owner's answer to it (docs/rules/barrier.md#directions). */
  directedAnswer: 5,
  /** Confirming or disputing a removal, and how long silence is no answer (docs/rules/barrier.md#removal). */
  confirmation: 10,
  silence: 15,
  /** The deed again, where its removal was disputed (docs/rules/barrier.md#removal). */
  disputedDeed: 10,
} as const;

/** How many of each a command takes. */
export const atMost = {
  owners: 20,
  /** Pieces of evidence for a removal: that an owner enters, and that its commitment has. */
  evidence: 20,
  evidenceOfDeed: 50,
  evidenceNeeded: 20,
  /** How often an owner may ask for evidence (docs/rules/barrier.md#evidence). */
  evidenceAsked: 2,
} as const;
