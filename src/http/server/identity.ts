/** Who asks: known before anything of a request is read, at every address but the open ones. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { grantsOfToken } from '../../domain/accounts/state.js';
import type { Grant } from '../../domain/shared/access.js';
import type { Instant } from '../../domain/shared/calendar.js';
import { existing } from '../../domain/kernel/parts.js';
import type { Accounts } from '../../runtime/accounts.js';
import type { HttpDeps, Principal } from '../query/deps.js';
import { probes } from './health.js';
import { tooMany } from './limits.js';
import { operatorAddresses } from './operator.js';
import { personalToken } from './personal-token.js';
import { Problem } from './problem.js';
import { note } from './request-log.js';
import { withoutQuery } from './shown-address.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The reader of a request, remembered as long as the request. */
    principal: HttpDeps['principal'];
  }
  interface FastifyRequest {
    /** Whose token it is, once that is verified. */
    reader: Principal | undefined;
    /** The check, once it is begun: whoever asks again waits for the same one. */
    identified: Promise<Principal> | undefined;
  }
}
/** The limit is of so many milliseconds. */
const minuteMs = 60_000;
type Verify = (authorization: string | undefined) => Promise<Principal>;
/** What is asked of the accounts that stand in the log. */
export type Authority = Pick<Accounts, 'grantsInLog' | 'bound' | 'grantsOf' | 'isOpen' | 'token'>;

/**
 * The reader of a token where the log says who may do what: the token says only who they are. An older log's
 * tokens say what they may do, too.
 */
function standing(said: Principal, accounts: Authority | undefined): Principal {
  if (!accounts?.grantsInLog()) return said;
  const account = said.identity && accounts.bound(said.identity);
  if (account === undefined)
    throw new Problem(
      403,
      'NO_ACCOUNT',
      'You are signed in, and have no account here. Ask an access administrator of your programme, or your ' +
        'place’s secretariat, for an invitation.',
    );
  return { ...said, account, grants: accounts.grantsOf(account), grantsInLog: true };
}

/** What they may do now: nothing once their session, or their token, was ended. */
function grantsInLog({ account, session, chosen }: Principal, accounts: Authority): readonly Grant[] {
  if (session !== undefined && !accounts.isOpen(account, session)) return [];
  return grantsOfToken(accounts.grantsOf(account), chosen ?? null);
}

/** A calendar whose address is a secret: whoever has it sends no token. */
export const privateCalendarAddress = '/v1/calendar/:secret.ics';
/** Open to everybody: they tell nothing of anybody, nor of the node more than whether to ask it. */
export const openAddresses: ReadonlySet<string> = new Set([
  ...probes,
  '/v1/openapi.json',
  '/v1/schemas/:type',
  privateCalendarAddress,
]);
/** Where somebody who has no account yet takes one up. */
export const invitationsAddress = '/v1/invitations';
/** What a browser asks for: all but the API, the probes and what is the operator's. */
export const isPageAddress = (address: string): boolean =>
  !/^\/v1(\/|$)/.test(address) && !openAddresses.has(address) && !operatorAddresses.has(address);
/** The address of the route that was found, else the one that was asked for. */
export const addressOf = (request: FastifyRequest): string =>
  request.routeOptions.url ?? withoutQuery(request.url);

/** The header, where it stands once: of two, one would be taken and the other passed over in silence. */
function authorizationOf(request: FastifyRequest): string | undefined {
  const names = request.raw.rawHeaders.filter((_, i) => i % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'authorization').length > 1)
    throw new Problem(
      400,
      'AUTHORIZATION_REPEATED',
      'Send one Authorization header: this request holds several.',
    );
  return request.headers.authorization;
}

/** What is asked about who asks: the reader by the request's token, and what they may do now. */
export interface Identity extends Pick<HttpDeps, 'principal' | 'grantsNow'> {
  /** Counts a request as this account's, and notes whose it was; an account that asks too often waits. */
  count(request: FastifyRequest, principal: Principal): Promise<void>;
}
/**
 * Installs the check and gives what routes ask for the reader. An account that asks too often waits: several
 * may share an address, and one may come from many.
 */
export function installIdentity(
  app: FastifyInstance,
  verify: Verify,
  mostPerMinute: number,
  {
    accounts,
    logNow = () => new Date().toISOString(),
    isPage = () => false,
  }: {
    readonly accounts?: Authority | undefined;
    /** By which personal tokens end. */
    readonly logNow?: () => Instant;
    /** Which addresses are a browser's: they know their reader by a cookie, and never read a token. */
    readonly isPage?: ((address: string) => boolean) | undefined;
  } = {},
): Identity {
  app.decorateRequest('reader', undefined);
  app.decorateRequest('identified', undefined);
  const check = app.createRateLimit({
    max: mostPerMinute,
    timeWindow: minuteMs,
    keyGenerator: (request) => `account ${existing(request.reader, 'reader').account}`,
  });
  async function readerOf(
    authorization: string | undefined,
    address: string | undefined,
  ): Promise<Principal> {
    const personal = accounts && personalToken(authorization, accounts, logNow);
    if (personal) return personal;
    const said = await verify(authorization);
    return address === invitationsAddress ? said : standing(said, accounts);
  }
  async function count(request: FastifyRequest, principal: Principal): Promise<void> {
    request.reader = principal;
    note(request, { account: principal.account });
    const limit = await check(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
  }
  async function identify(request: FastifyRequest): Promise<Principal> {
    const principal = await readerOf(authorizationOf(request), request.routeOptions.url);
    await count(request, principal);
    return principal;
  }
  const principal: HttpDeps['principal'] = (request) => (request.identified ??= identify(request));
  // Where there is no route, too: that an address is not there is told to readers only.
  app.addHook('onRequest', async (request) => {
    const address = addressOf(request);
    const isAsked = !openAddresses.has(address) && !operatorAddresses.has(address) && !isPage(address);
    if (isAsked) await principal(request);
  });
  app.decorate('principal', principal);
  return {
    principal,
    count,
    grantsNow: (reader) => (reader.grantsInLog && accounts ? grantsInLog(reader, accounts) : reader.grants),
  };
}
