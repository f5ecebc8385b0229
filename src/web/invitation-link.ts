/**
 * The link of an invitation. The form that invites makes its secret, of its own key: sent twice, it is one
 * invitation. What the log is given is the secret's fingerprint; the link is shown once, after the form was
 * recorded, to whoever sent it.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { secretHash } from '../domain/accounts/state.js';
import type { CommandRoute } from '../http/query/command-routes.js';
import { bodySchema } from '../http/query/command-schema.js';
import type { Cookies } from './cookies.js';
import { originFor } from './cross-site.js';
import type { Inputs } from './form/inputs.js';
import type { Keyring } from './keyring.js';

/** Seconds within which the page after the form is looked at. */
const shownWithin = 600;
const cookie = 'made';
const Made = z.strictObject({ account: z.string(), record: z.string(), secret: z.string() });

/** The member of a command that takes the fingerprint of an invitation, if it has one. */
function memberOf(route: CommandRoute): string | undefined {
  const { properties = {} } = bodySchema(route) as { properties?: Readonly<Record<string, unknown>> };
  return Object.entries(properties).find(
    ([, member]) => (member as { readonly makes?: unknown }).makes === 'invitation',
  )?.[0];
}

export class InvitationLinks {
  readonly #keyring: Keyring;
  readonly #cookies: Cookies;
  readonly #origin: string;

  /** `origin`: where people reach the service. */
  constructor(keyring: Keyring, cookies: Cookies, origin: string) {
    this.#keyring = keyring;
    this.#cookies = cookies;
    this.#origin = origin;
  }

  /** What a form sent, with the fingerprint of the secret that its key makes. */
  filled(route: CommandRoute, inputs: Inputs, key: string): Inputs {
    const member = memberOf(route);
    if (member === undefined || inputs.filled(member) !== undefined) return inputs;
    return inputs.with(member, secretHash(this.#secretOf(key)));
  }
  #secretOf(key: string): string {
    return this.#keyring.mac('invitation', key);
  }

  /** Keeps the link for the page after the form. */
  keep(reply: FastifyReply, route: CommandRoute, account: string, record: string, key: string): void {
    if (memberOf(route) === undefined) return;
    const made = { account, record, secret: this.#secretOf(key) };
    const sealed = this.#keyring.seal('invitation', JSON.stringify(made));
    this.#cookies.set(reply, cookie, sealed, { maxAge: shownWithin });
  }
  /** The link of what was just recorded on this record, once. */
  take(request: FastifyRequest, reply: FastifyReply, account: string, record: string): string | undefined {
    const sealed = this.#cookies.read(request, cookie);
    if (sealed === undefined) return undefined;
    this.#cookies.clear(reply, cookie);
    const text = this.#keyring.open('invitation', sealed);
    const made = text === undefined ? undefined : Made.safeParse(JSON.parse(text)).data;
    return made?.account === account && made.record === record
      ? `${originFor(request, this.#origin)}/invitation/${made.secret}`
      : undefined;
  }
}
