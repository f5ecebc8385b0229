/**
 * That a form was written by this service, for this session and address, and is sent by a page of its own. A
 * form's hidden field is that proof and its Idempotency-Key in one: sent twice, it is done once.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '../http/server/loopback.js';
import type { Keyring } from './keyring.js';

/** The hidden field's name. */
export const formField = 'form-token';
const nonceBytes = 16;
const nonceForm = /^[A-Za-z0-9_-]{22}$/;

const signed = (sid: string, address: string, nonce: string): string => [sid, address, nonce].join('|');

export const newNonce = (): string => randomBytes(nonceBytes).toString('base64url');

/**
 * The hidden field of a form that is sent to `address` (a path). The steps of one form keep its nonce: what
 * they check and what is then recorded is one command.
 */
export const writeFormToken = (keyring: Keyring, sid: string, address: string, nonce = newNonce()): string =>
  `${nonce}.${keyring.mac('form', signed(sid, address, nonce))}`;

/** The Idempotency-Key of a form; undefined where it was not written for this session and address. */
export function readFormToken(
  keyring: Keyring,
  sid: string,
  address: string,
  field: unknown,
): string | undefined {
  if (typeof field !== 'string') return undefined;
  const [nonce = '', mac = '', ...rest] = field.split('.');
  if (rest.length > 0 || !nonceForm.test(nonce)) return undefined;
  return keyring.isMac('form', signed(sid, address, nonce), mac) ? nonce : undefined;
}

/**
 * Where this request's browser reaches the service: as its operator says; on this machine alone, where it has
 * several names and a port that is known when it listens, as it was asked.
 */
export function originFor({ headers }: { readonly headers: IncomingHttpHeaders }, origin: string): string {
  const { host, protocol } = new URL(origin);
  return protocol === 'http:' && isLoopback(host) && isLoopback(headers.host ?? '')
    ? `${protocol}//${headers.host}`
    : origin;
}

/**
 * Whether a request that changes something comes from a page of this service, as the browser itself says it.
 * `origin`: where people reach the service. On this machine it has several names, of which a page has the one
 * that it was asked by. One that says neither is no browser's.
 */
export function isOwnRequest(headers: IncomingHttpHeaders, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const from = headers.origin;
  // A page that tells nobody where it is from is told of by the browser alone.
  if (from === undefined || from === 'null') return site !== undefined;
  const { host, protocol } = new URL(origin);
  if (from === `${protocol}//${host}`) return true;
  return isLoopback(host) && isLoopback(headers.host ?? '') && from === `${protocol}//${headers.host}`;
}
