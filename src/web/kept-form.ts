/**
 * A form that was sent when its session was over: kept in the browser that sent it, sealed, for whoever it
 * was written for, and offered again when they have signed in. No node holds it, so each finds it again.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cookies } from './cookies.js';
import type { Keyring } from './keyring.js';

export interface KeptForm {
  readonly account: string;
  /** Where it is sent. */
  readonly address: string;
  /** Its Idempotency-Key: sent again, it is the same command. */
  readonly key: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
}

const dayMs = 86_400_000;
/** So long it is kept. */
const keptMs = 14 * dayMs;
/** Where it is offered: its cookies are sent to no other address. */
export const keptFormAddress = '/kept-form';
const name = 'kept-form';
/** Says at every address that there is one, by its key, and nothing of it. */
const marker = 'kept';
/**
 * Browsers take cookies of 4,096 bytes with their names, and this service 16 KiB of headers: some 20 pages of
 * prose.
 */
const [longestPart, mostParts] = [3_800, 3];
/** Characters that are unpacked at most: what is longer was never kept. */
const longestUnpacked = 1_000_000;

const Kept = z.strictObject({
  account: z.string(),
  address: z.string(),
  key: z.string(),
  entries: z.array(z.tuple([z.string(), z.string()])),
  until: z.number(),
});

export class KeptForms {
  readonly #keyring: Keyring;
  readonly #cookies: Cookies;
  readonly #now: () => number;

  constructor(keyring: Keyring, cookies: Cookies, now: () => number = Date.now) {
    this.#keyring = keyring;
    this.#cookies = cookies;
    this.#now = now;
  }

  /** Keeps a form in place of any other; false where it is too long to be kept. */
  keep(reply: FastifyReply, form: KeptForm): boolean {
    const text = JSON.stringify({ ...form, until: this.#now() + keptMs });
    const sealed = this.#keyring.seal('kept-form', deflateRawSync(text).toString('base64'));
    const parts = sealed.match(new RegExp(`.{1,${longestPart}}`, 'g')) ?? [];
    if (parts.length > mostParts) return false;
    const maxAge = keptMs / 1000;
    for (let part = 0; part < mostParts; part++) {
      const value = parts[part];
      if (value === undefined) this.#cookies.clear(reply, `${name}-${part}`, keptFormAddress);
      else this.#cookies.set(reply, `${name}-${part}`, value, { maxAge, path: keptFormAddress });
    }
    this.#cookies.set(reply, marker, form.key, { maxAge });
    return true;
  }

  /** Whether there may be one: it is looked at where it is offered. */
  isThere(request: FastifyRequest): boolean {
    return this.#cookies.read(request, marker) !== undefined;
  }
  /** The form that an account left here, at the address where it is offered; nobody is told another's. */
  read(request: FastifyRequest, account: string): KeptForm | undefined {
    const parts = Array.from({ length: mostParts }, (_, part) =>
      this.#cookies.read(request, `${name}-${part}`, keptFormAddress),
    );
    const packed = this.#keyring.open('kept-form', parts.join(''));
    if (packed === undefined) return undefined;
    const text = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: longestUnpacked });
    const { until, ...form } = Kept.parse(JSON.parse(text.toString('utf8')));
    return form.account === account && this.#now() < until ? form : undefined;
  }
  /** Forgets it where this is the form that was kept. */
  done(request: FastifyRequest, reply: FastifyReply, key: string): void {
    if (this.#cookies.read(request, marker) === key) this.forget(reply);
  }
  forget(reply: FastifyReply): void {
    for (let part = 0; part < mostParts; part++)
      this.#cookies.clear(reply, `${name}-${part}`, keptFormAddress);
    this.#cookies.clear(reply, marker);
  }
}
