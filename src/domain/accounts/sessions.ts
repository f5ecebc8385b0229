/** The sessions of an account as they stand. */
import type { Parts } from '../kernel/parts.js';

export interface Session {
  readonly kind: 'browser' | 'token';
  readonly startedAt: string;
  readonly until: string;
  readonly grants?: readonly string[] | undefined;
  readonly secret?: string | undefined;
  readonly label?: string | undefined;
  endedAt?: string;
}
export interface SessionsState {
  accountId: string;
  sessions: Parts<Session>;
}
