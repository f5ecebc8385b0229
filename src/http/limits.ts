/** What whoever asks too often is told. */
import { Problem } from './problem.js';

export const tooMany = (ttl: number): Problem => {
  const seconds = Math.ceil(ttl / 1000);
  return new Problem(429, 'TOO_MANY_REQUESTS', `Wait ${seconds} second${seconds === 1 ? '' : 's'} and try again.`, { headers: { 'retry-after': String(seconds) } });
};
