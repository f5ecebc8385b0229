/** What whoever asks too often, or is refused too often, is told. */
import type { TooManyRefusals } from '../commands/execute.js';
import { Problem } from './problem.js';

function waiting(code: string, before: string, ttl: number): Problem {
  const seconds = Math.max(1, Math.ceil(ttl / 1000));
  return new Problem(429, code, `${before}Wait ${seconds} second${seconds === 1 ? '' : 's'} and try again.`, { headers: { 'retry-after': String(seconds) } });
}
export const tooMany = (ttl: number): Problem => waiting('TOO_MANY_REQUESTS', '', ttl);
export const tooManyRefusals = ({ retryAfterMs }: TooManyRefusals): Problem =>
  waiting('TOO_MANY_REFUSALS', 'Too many of your commands were refused within a minute. This one was not decided. ', retryAfterMs);
