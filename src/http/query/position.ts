/** Position tokens: opaque, of one log only. */
import type { LogIdentity } from '../../commands/executor.js';
import { Problem } from '../server/problem.js';

/** Of the log's id, in a token. */
const idDigits = 8;
/** In characters, with room for tokens to come: what is longer is none. */
export const longestToken = 40;
const short = (log: LogIdentity): string => log.logId.slice(0, idDigits);
export const positionToken = (log: LogIdentity, position: number): string =>
  `${short(log)}-${position.toString(36)}`;

/** Reads a token; one of another log, or no token at all, is a 400. */
export function readPosition(log: LogIdentity, token: string): number {
  const [, ofLog, position] = /^([0-9a-f]{8})-([0-9a-z]{1,11})$/.exec(token) ?? [];
  if (ofLog === undefined || position === undefined)
    throw new Problem(400, 'INVALID_POSITION', 'Send a position as this service gave it.');
  if (ofLog !== short(log))
    throw new Problem(400, 'FOREIGN_POSITION', 'This position is of another log. Read again without it.');
  return Number.parseInt(position, 36);
}
