/** Decision (domain.md 9.8). */
import { aggregate } from './aggregate.js';
import { initial, type DecisionState } from './decision-state.js';

export const decision = aggregate<DecisionState>({ name: 'decision', collection: 'decisions', initial, title: (s) => s.question, events: {}, commands: {} });
