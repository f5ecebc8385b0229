/** How often somebody may ask: by address before anything is read, by account once the token is known. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps, Principal } from './deps.js';
import { Problem } from './problem.js';

export const tooMany = (ttl: number): Problem => {
  const seconds = Math.ceil(ttl / 1000);
  return new Problem(429, 'TOO_MANY_REQUESTS', `Wait ${seconds} second${seconds === 1 ? '' : 's'} and try again.`, { headers: { 'retry-after': String(seconds) } });
};

/** Who asks, unless the account has asked too often: several may share an address, and one may come from many. */
export function limitedByAccount(app: FastifyInstance, verify: (authorization: string | undefined) => Promise<Principal>, max: number): HttpDeps['principal'] {
  const accounts = new WeakMap<FastifyRequest, string>();
  const check = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator: (request) => `account ${accounts.get(request)}` });
  return async (request) => {
    const principal = await verify(request.headers.authorization);
    accounts.set(request, principal.account);
    const limit = await check(request);
    if (!limit.isAllowed && limit.isExceeded) throw tooMany(limit.ttl);
    return principal;
  };
}
