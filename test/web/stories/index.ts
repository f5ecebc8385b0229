/** The stories, one record each or more; each in two services of its own. */
import { decision } from './decision.js';
import { fundingStream } from './funding-stream.js';
import type { Story } from './story.js';

export const stories: readonly Story[] = [decision, fundingStream];

/** Records whose commands no story records yet. */
export const notYet: readonly string[] = [
  'account',
  'agency',
  'barrier',
  'collaborative',
  'commitment',
  'fundingstream',
  'person',
  'place',
  'pool',
  'programme',
  'submission',
  'waiver',
];
