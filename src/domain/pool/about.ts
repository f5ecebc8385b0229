/** The parts of a pool that its commands are about, as they are offered to whoever gives one. */
import type { PartOf } from '../kernel/types.js';
import { nameOf } from '../kernel/naming.js';
import type { Allocation, Pledge, PoolState } from './state.js';

/** By whose money it is and of which year: an agency may have pledged several times. */
const pledge = ({ pledgeId, agencyId, financialYear }: Pledge): PartOf => ({
  id: pledgeId,
  title: `${nameOf.agency(agencyId)}, ${financialYear} (${pledgeId})`,
});
/** A command is about a pledge, one of these. */
export const aboutPledge = (which: (pledge: Pledge) => boolean) => ({
  member: 'pledgeId' as const,
  among: (state: PoolState): PartOf[] => Object.values(state.pledges).filter(which).map(pledge),
});

const unreleased = (state: PoolState): PartOf[] =>
  Object.entries(state.allocations)
    .filter(([, { released }]: [string, Allocation]) => !released)
    .map(([id, { title }]) => ({ id, title }));
/** A command is about an allocation that holds its money still. */
export const aboutAllocation = { member: 'allocationId' as const, among: unreleased };
export const aboutAllocationLeft = { member: 'from' as const, among: unreleased };

/** Of a commitment for which money is held. */
export const aboutReservation = {
  member: 'commitmentId' as const,
  among: (state: PoolState): PartOf[] =>
    Object.entries(state.reservations)
      .filter(([, { released }]) => !released)
      .map(([id]) => ({ id, title: nameOf.record(`commitment-${id}`) })),
};

/** A year that has confirmed money and whose accounts are open. */
export const aboutYear = {
  member: 'financialYear' as const,
  among: (state: PoolState): PartOf[] =>
    [...new Set(Object.values(state.pledges).map(({ financialYear }) => financialYear))]
      .filter((year) => !state.settled.includes(year))
      .sort()
      .map((year) => ({ id: year, title: year })),
};

/** A version of the agreement that is not in force yet, nor was. */
export const aboutAgreement = {
  member: 'agreementVersion' as const,
  among: (state: PoolState): PartOf[] =>
    state.agreements
      .filter(({ version }) => version > (state.inForce ?? 0))
      .map(({ version }) => ({ id: version, title: `Version ${version}` })),
};
