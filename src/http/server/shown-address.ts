/**
 * Addresses as they may be kept: in lines of the log, and among the reads. What people type or programs send
 * after `?` may be a token, a code of an issuer or anything else, so only the values of parameters that a
 * route says it takes are kept; and of an address that is a secret itself, its form.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Names of the parameters whose values are no secrets. */
    readonly parameters?: readonly string[];
    /** Something in the path is a secret: it is kept as the route has it. */
    readonly secretInPath?: true;
  }
  interface FastifyInstance {
    /** What stands before a secret in an address, where there may be any. */
    secretPrefixes?: string[];
  }
}

export interface ShownAddress {
  readonly path: string;
  /** Empty, or with its `?`. */
  readonly query: string;
}

/** In place of a secret, of what may be one, and of what is too long to be kept. */
const withheld = '…';
/** Characters of a path, and of what is asked of it, that are kept. */
const [longestPath, longestQuery] = [300, 2_000];
/** A name of a parameter; anything else between `&` and `&` may be a token that somebody forgot to name. */
const name = /^[A-Za-z][\w-]{0,30}$/;
type Route = Pick<FastifyRequest['routeOptions'], 'url' | 'config'>;
const none: readonly string[] = [];

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest)}${withheld}` : text;

/** An address without what is asked of it. */
export function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** Remembers where secrets are in addresses. Call before routes are added. */
export function rememberSecretAddresses(app: FastifyInstance): void {
  const prefixes: string[] = [];
  app.decorate('secretPrefixes', prefixes);
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.secretInPath) prefixes.push(url.slice(0, url.indexOf(':')));
  });
}

function pathOf(request: FastifyRequest, { url, config }: Route): string {
  if (config.secretInPath && url !== undefined) return url;
  const path = withoutQuery(request.url);
  // Mistyped, it is at no route, and may be the secret all the same.
  const prefix =
    url === undefined ? request.server.secretPrefixes?.find((p) => path.startsWith(p)) : undefined;
  return prefix === undefined ? path : `${prefix}${withheld}`;
}

function queryOf({ url }: FastifyRequest, { config }: Route): string {
  const start = url.indexOf('?');
  if (start < 0 || start === url.length - 1) return '';
  const { parameters = none } = config;
  const pieces = url
    .slice(start + 1)
    .split('&')
    .map((piece) => {
      const at = piece.indexOf('=');
      const given = at < 0 ? piece : piece.slice(0, at);
      if (at >= 0 && parameters.includes(given)) return piece;
      return name.test(given) && at >= 0 ? `${given}=${withheld}` : withheld;
    });
  return cut(`?${pieces.join('&')}`, longestQuery);
}

/**
 * An address without what may be a secret in it. `route`: the request's, which is made anew whenever it is
 * asked for.
 */
export function shownAddress(request: FastifyRequest, route: Route = request.routeOptions): ShownAddress {
  return { path: cut(pathOf(request, route), longestPath), query: queryOf(request, route) };
}
