/** Events of pledges that nobody answers for any more (domain.md 9.4): one a pledge, so that each goes by its own consent (8.4). */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { changed } from '../kernel/parts.js';
import { Id } from '../shared/values.js';
import { OfPledge, ofPledge, unlessConsented, clearOrphan, type PoolState } from './state.js';

const { event } = kit<PoolState>();
/** Paid in or spent in full, reduced to that, carried into the next year, over with its year, or the agency is at the table again. */
export const OrphanEnd = z.enum(['kept', 'reduced', 'carried-forward', 'year-settled', 'seated-again']);
const ends: Readonly<Record<z.infer<typeof OrphanEnd>, string>> = {
  kept: 'it was kept in full',
  reduced: 'it was reduced to what was paid',
  'carried-forward': 'what was left of it was carried forward',
  'year-settled': 'its year is settled',
  'seated-again': 'the agency is at the table again',
};

export const orphanEvents = {
  PledgeOrphaned: event(OfPledge.extend({ placeId: Id, cause: z.enum(['seat-left', 'agency-retired']) }), {
    evolve(s, d, m) {
      Object.assign(changed(s.pledges, d.pledgeId), { orphanedOn: m.today, orphanCause: d.cause });
    },
    touches: ofPledge,
    describe: (d) =>
      `noted that ${nameOf.agency(d.agencyId)} ${d.cause === 'seat-left' ? 'left the table' : 'is retired'} and its pledge for ${d.financialYear} is to be settled`,
    private: unlessConsented,
    // Nobody is left who could confirm it: that clock stands still.
    due: (d) => [
      { stop: 'pledge', key: d.pledgeId },
      {
        open: 'orphan',
        key: d.pledgeId,
        place: d.placeId,
        owedBy: [{ kind: 'place', id: d.placeId }],
        deed: `Have the pledge of ${nameOf.agency(d.agencyId)} for ${d.financialYear} paid in, or release it`,
        workingDays: 20,
      },
    ],
  }),
  PledgeOrphanEnded: event(OfPledge.extend({ because: OrphanEnd }), {
    evolve(s, d) {
      clearOrphan(changed(s.pledges, d.pledgeId));
    },
    touches: ofPledge,
    completes: ['orphan'],
    describe: (d) =>
      `noted that the pledge of ${nameOf.agency(d.agencyId)} for ${d.financialYear} needs no settling any more: ${ends[d.because]}`,
    private: unlessConsented,
    due: (d) => [
      { close: 'orphan', key: d.pledgeId },
      ...(d.because === 'seated-again' ? [{ resume: 'pledge' as const, key: d.pledgeId }] : []),
    ],
  }),
};
