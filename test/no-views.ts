import type { ViewChecks } from '../src/domain/kernel/types.js';

/** View checks of a world in which no view has seen anything. */
export const noViews: ViewChecks = {
  agenciesWithIdentifier: () => [],
  agencyReferenced: () => false,
  accountOfSubject: () => undefined,
  accountsHolding: () => [],
  isAccountableBody: () => false,
  certificationsDue: () => false,
  openCases: () => [],
  liveCommitments: () => [],
};
