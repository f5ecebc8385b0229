/** What pages call records of a kind: several of them. */
import { choice } from '../../http/words/choices.js';

const several: Readonly<Record<string, string>> = {
  programme: 'Programmes',
  place: 'Places',
  collaborative: 'Leadership collaboratives',
  agency: 'Agencies',
  person: 'People',
  fundingstream: 'Funding streams',
  barrier: 'Barriers',
  commitment: 'Commitments',
  decision: 'Decisions',
  pool: 'Pooled budgets',
  submission: 'Returns',
  waiver: 'Waivers',
  account: 'Accounts',
};
export const kinds = (aggregate: string): string =>
  Object.hasOwn(several, aggregate) ? `${several[aggregate]}` : choice(aggregate);
