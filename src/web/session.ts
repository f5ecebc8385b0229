/**
 * Who is signed in, as their browser's cookie says it: signed, so that nobody makes one, and dated, so that
 * none lasts. Whether it was ended meanwhile stands in the log (docs/adr/0030-signing-in.md).
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SignedIn } from '../http/query/deps.js';
import type { Keyring } from './keyring.js';

/** A session; its moments are milliseconds of the machine's clock. */
export interface Session {
  readonly account: string;
  /** Another at each sign-in: who knew one before knows none after. */
  readonly sid: string;
  readonly began: number;
  /** When it was last used, to within a minute. */
  readonly seen: number;
  /** The organisation they signed in with, as its tokens state it; none in the demo. */
  readonly issuer?: string;
  readonly signedIn?: SignedIn;
  /** The grant they chose to act in, `role@scope`. */
  readonly acting?: string;
}

const minuteMs = 60_000;
/** A session that is not used for so long is over. */
export const idleMs = 30 * minuteMs;
/** And one that is as old, however much it is used. */
export const longestMs = 8 * 60 * minuteMs;
/** Its cookie is renewed no more often than that. */
const renewedAfterMs = minuteMs;
/** Another node's clock may be ahead by so much. */
const aheadMs = minuteMs;
/** Of a session's id: nobody guesses one. */
const sidBytes = 16;

const Text = z.strictObject({
  account: z.string().min(1),
  sid: z.string().min(1),
  began: z.int(),
  seen: z.int(),
  issuer: z.string().optional(),
  signedIn: z.strictObject({ at: z.string(), acr: z.string().optional(), issuer: z.string() }).optional(),
  acting: z.string().optional(),
});

/** How somebody came in: by which organisation, and how that proved who they are, where it says so. */
export type Entrance = Pick<Session, 'issuer' | 'signedIn'>;

export const beginSession = (account: string, now: number, by: Entrance = {}): Session => ({
  account,
  sid: randomBytes(sidBytes).toString('hex'),
  began: now,
  seen: now,
  ...(by.issuer === undefined ? {} : { issuer: by.issuer }),
  ...(by.signedIn ? { signedIn: by.signedIn } : {}),
});

/** When it is over at the latest, and when it is if it is not used again. */
export const endsAtLatest = ({ began }: Session): number => began + longestMs;
export const endsUnused = (session: Session): number =>
  Math.min(session.seen + idleMs, endsAtLatest(session));

/** A cookie's value: what it says, and its signature. */
export function writeSession(keyring: Keyring, session: Session): string {
  const text = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `${text}.${keyring.mac('session', text)}`;
}

/**
 * The session that a cookie holds, over or not; undefined where nobody here wrote it. One that is over still
 * tells whose form came too late, and nothing else.
 */
export function readSession(
  keyring: Keyring,
  cookie: string,
  now: number,
): { readonly session: Session; readonly over: boolean } | undefined {
  const [text = '', mac = '', ...rest] = cookie.split('.');
  if (rest.length > 0 || !keyring.isMac('session', text, mac)) return undefined;
  const session = Text.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  // Seen in times to come, it would never be idle.
  const over = now >= endsUnused(session) || session.seen > now + aheadMs || session.began > now + aheadMs;
  return { session, over };
}

/** The same session, used now; itself where that was noted a moment ago. */
export const usedNow = (session: Session, now: number): Session =>
  now - session.seen >= renewedAfterMs ? { ...session, seen: now } : session;
