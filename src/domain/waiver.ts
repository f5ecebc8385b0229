/** Waiver (domain.md 9.18). */
import { aggregate } from './aggregate.js';
import { initial, type WaiverState } from './waiver-state.js';

export const waiver = aggregate<WaiverState>({ name: 'waiver', collection: 'waivers', initial, title: (s) => s.rule, events: {}, commands: {} });
