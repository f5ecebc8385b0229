/** Every scene; a reactor of the service without one fails the test beside. */
import type { Scene } from '../proof.js';
import { barriers } from './barriers.js';
import { clock } from './clock.js';
import { commitments } from './commitments.js';
import { decisions } from './decisions.js';
import { places } from './places.js';
import { submissions } from './submissions.js';

export const scenes: readonly Scene[] = [
  ...places,
  ...clock,
  ...barriers,
  ...commitments,
  ...decisions,
  ...submissions,
];
