/**
 * Reads LOG_URL: `esdb://` or `esdb+discover://`. Parsed here, so that no client ever prints it; errors never
 * repeat it.
 */
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { characters } from '../../domain/shared/patterns.js';

/** Characters of a namespace at most. */
const longestNamespace = 50;
const namespaceForm = new RegExp(`^${characters('[a-z]', '[a-z0-9-]', longestNamespace)}$`);

/** A text that no log line, error or JSON shows. */
export class Secret {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  reveal(): string {
    return this.#text;
  }
  toJSON(): string {
    return '[secret]';
  }
}

export interface Host {
  readonly address: string;
  readonly port: number;
}
export interface EventStoreSettings {
  /** Where to look first; a node is chosen by gossip where there are several or `discover` is set. */
  readonly hosts: readonly Host[];
  readonly discover: boolean;
  /** Absent: the connection is not encrypted, and no credentials are sent. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly user?: { readonly name: string; readonly password: Secret };
  /** Stands before the name of every stream of this log. */
  readonly namespace: string;
}

export const isEventStoreUrl = (url: string): boolean => /^(esdb|kurrentdb)(\+discover)?:/i.test(url);

/** Options that connection strings often carry: the adapter sets these itself. */
const ownBusiness = new Set([
  'keepaliveinterval',
  'keepalivetimeout',
  'gossiptimeout',
  'discoveryinterval',
  'maxdiscoverattempts',
  'defaultdeadline',
  'throwonappendfailure',
  'connectionname',
]);
const options = 'namespace, tls, tlsCAFile, userCertFile, userKeyFile, nodePreference=leader';

/** Throws an error that names what is wrong, without the URL. */
export function parseEventStoreUrl(
  url: string,
  readFile: (path: string) => Buffer = readFileSync,
): EventStoreSettings {
  const fail = (why: string): never => {
    throw new Error(`LOG_URL ${why}. Write it like esdb://user:password@host:2113?namespace=total-place`);
  };
  if (/^kurrentdb/i.test(url))
    fail('begins with kurrentdb://: the client reads esdb:// and esdb+discover://, the server is the same');
  const match = /^(esdb|esdb\+discover):\/\/(?:([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/i.exec(url);
  if (!match)
    return fail(
      'is not an esdb:// or esdb+discover:// address; a ' +
        'password with @ / ? : or % must have them percent-encoded',
    );
  const [, scheme = '', userinfo, hostList = '', query = ''] = match;
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return fail('has a % that begins no percent-encoding in the user or the password');
    }
  };

  const hosts = hostList.split(',').map((host): Host => {
    const [, address = '', port = '2113'] =
      /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host) ??
      fail(
        host.includes('[')
          ? 'names a host by an IPv6 address: give it a name'
          : 'has a host that is not name:port',
      );
    if (Number(port) < 1 || Number(port) > 65_535) fail('has a port outside 1 to 65535');
    return { address, port: Number(port) };
  });

  const given = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(query)) {
    const known = key.toLowerCase().replaceAll(/[_-]/g, '');
    if (given.has(known)) fail(`has the option ${known} twice`);
    given.set(known, value);
  }
  const take = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  const flag = (name: string, fallback: boolean): boolean => {
    const value = take(name)?.toLowerCase() ?? String(fallback);
    if (value !== 'true' && value !== 'false') fail(`has ${name} that is neither true nor false`);
    return value === 'true';
  };
  const namespace = take('namespace') ?? 'total-place';
  if (!namespaceForm.test(namespace))
    fail(
      'has a namespace that is not a small letter followed by up to ' +
        `${longestNamespace - 1} of a-z, 0-9 and -`,
    );
  const tls = flag('tls', true);
  if (!flag('tlsverifycert', true))
    fail(
      'has tlsVerifyCert=false, which the client does not honour: name the authority with tlsCAFile, ' +
        'or, on a private network, use tls=false',
    );
  if ((take('nodepreference') ?? 'leader').toLowerCase() !== 'leader')
    fail('has a nodePreference other than leader: decisions need the leader');
  const [ca, cert, key] = ['tlscafile', 'usercertfile', 'userkeyfile'].map((name) => {
    const path = take(name);
    if (path === undefined) return undefined;
    try {
      return readFile(path);
    } catch {
      return fail(`has ${name} that cannot be read: ${path}`);
    }
  });
  if ((cert === undefined) !== (key === undefined)) fail('needs userCertFile and userKeyFile together');
  for (const name of given.keys())
    if (!ownBusiness.has(name))
      fail(`has the unknown option ${name.replaceAll(/[^a-z0-9]/g, '')}. Options: ${options}`);

  const colon = userinfo?.indexOf(':') ?? -1;
  if (userinfo !== undefined && colon < 1) fail('has a user without a password: user:password@');
  const user = userinfo
    ? { name: decode(userinfo.slice(0, colon)), password: new Secret(decode(userinfo.slice(colon + 1))) }
    : undefined;
  if (user?.name.includes(':')) fail('has a user name with a colon, which the server cannot read');
  return {
    hosts,
    discover: scheme.toLowerCase() === 'esdb+discover',
    ...(tls ? { tls: { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) } } : {}),
    ...(user ? { user } : {}),
    namespace,
  };
}

/**
 * The nodes to ask first. A name to discover by may stand for several addresses: each is asked by itself,
 * because a node that is frozen with its socket open would hide the others behind it. Not with TLS, where a
 * node is known by its name: name them all there.
 */
export async function seedsOf(
  settings: EventStoreSettings,
  resolve: (name: string) => Promise<{ address: string }[]> = (name) =>
    lookup(name, { all: true, family: 4 }),
): Promise<readonly Host[]> {
  const [only, ...more] = settings.hosts;
  if (!settings.discover || settings.tls || !only || more.length > 0) return settings.hosts;
  const found = await resolve(only.address).catch(() => []);
  return found.length > 1 ? found.map(({ address }) => ({ address, port: only.port })) : settings.hosts;
}
