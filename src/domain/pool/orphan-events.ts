/**
 * Events of pledges that nobody answers for any more (docs/rules/pool.md#orphaned-pledges): one a pledge, so
 * that each goes by its own consent.
 */
import { z } from 'zod';
import { kit } from '../kernel/aggregate.js';
import { nameOf } from '../kernel/naming.js';
import { changed } from '../kernel/parts.js';
import { Id } from '../shared/values.js';
import { OfPledge, ofPledge, unlessConsented, clearOrphan, type PoolState } from './state.js';
import { daysFor } from './limits.js';

const { event } = kit<PoolState>();
/**
 * Paid in or spent in full, reduced to that, carried into the next year, over with its year, or the agency is
 * at the table again.
 */
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
    evolve(state, data, event) {
      Object.assign(changed(state.pledges, data.pledgeId), {
        orphanedOn: event.today,
        orphanCause: data.cause,
      });
    },
    touches: ofPledge,
    describe: (data) =>
      `noted that ${nameOf.agency(data.agencyId)} ` +
      `${data.cause === 'seat-left' ? 'left the table' : 'is retired'} and its pledge for ` +
      `${data.financialYear} is to be settled`,
    private: unlessConsented,
    // Nobody is left who could confirm it: that clock stands still.
    due: (data, meta) => [
      { stop: 'pledge', key: data.pledgeId },
      {
        open: 'orphan',
        key: data.pledgeId,
        place: data.placeId,
        owedBy: [{ kind: 'place', id: data.placeId }],
        deed:
          `Have the pledge of ${nameOf.agency(data.agencyId)} for ${data.financialYear} to ` +
          `${nameOf.record(`pool-${meta.recordId}`)} paid in, or release it`,
        workingDays: daysFor.orphan,
      },
    ],
  }),
  PledgeOrphanEnded: event(OfPledge.extend({ because: OrphanEnd }), {
    evolve(state, data) {
      clearOrphan(changed(state.pledges, data.pledgeId));
    },
    touches: ofPledge,
    completes: ['orphan'],
    describe: (data) =>
      `noted that the pledge of ${nameOf.agency(data.agencyId)} for ${data.financialYear} needs no ` +
      `settling any more: ${ends[data.because]}`,
    private: unlessConsented,
    due: (data) => [
      { close: 'orphan', key: data.pledgeId },
      ...(data.because === 'seated-again' ? [{ resume: 'pledge' as const, key: data.pledgeId }] : []),
    ],
  }),
};
