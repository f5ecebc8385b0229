/** What was asked for and refused, in the words of the rule: who audits a programme asks for that too. */
import { chiefExecutive, financeOfficer, give, type SeedCommand } from './types.js';

/** It is refused by this code, or the seed is wrong. */
const refused = (code: string, command: SeedCommand): SeedCommand => ({ ...command, refused: code });

export const refusedSeed: readonly SeedCommand[] = [
  refused(
    'NOT_OWN_PLEDGE',
    give(
      '2009-10-05T10:00:00.000Z',
      financeOfficer('durham-county-council'),
      'pool',
      'durham-warm-homes',
      'ConfirmPledge',
      { pledgeId: 'health-2009', consent: true },
    ),
  ),
  refused(
    'POOL_OVERDRAWN',
    give(
      '2009-10-20T14:00:00.000Z',
      financeOfficer('durham-county-council'),
      'pool',
      'durham-warm-homes',
      'Draw',
      { allocationId: 'adaptations', subBalances: [{ pledgeId: 'council-2009', pence: 500_000_00 }] },
    ),
  ),
  refused(
    'RESCHEDULE_NEEDS_DECISION',
    give(
      '2009-10-21T11:00:00.000Z',
      chiefExecutive('chair', 'durham', 'durham-county-council'),
      'commitment',
      'durham-home-from-hospital',
      'Reschedule',
      { dueOn: '2010-03-31', reason: 'The contractor has no room before the spring' },
    ),
  ),
];
