/** Commitment (domain.md 9.9). */
import { aggregate } from './aggregate.js';
import { initial, type CommitmentState } from './commitment-state.js';

export const commitment = aggregate<CommitmentState>({ name: 'commitment', collection: 'commitments', initial, title: (s) => s.title, events: {}, commands: {} });
