/**
 * Configuration: the environment, read once, checked together, frozen. `.env.example` and the documentation
 * come from the same schema.
 */
import { z } from 'zod';
import { usual } from './http/server/at-once.js';
import { lifeOfToken, signatureAlgorithms } from './http/server/auth.js';
import { IssuerAddress } from './http/server/issuer-address.js';
import { parseTokenKind, tokenKinds } from './http/server/token-kind.js';
import { demoIssuer } from './demo/issuer.js';
import { isEventStoreUrl, parseEventStoreUrl } from './log/eventstore/url.js';
import { usualKeptDays } from './reads/reads-log.js';
import { bitsOf } from './runtime/secret.js';

const whole = (what: string, min: number, max: number) =>
  z.coerce.number({ error: what }).int(what).min(min, what).max(max, what);

/**
 * What is wrong with it, in the words of a `must be`; never the address itself, which may hold a password.
 */
function wrongLogUrl(url: string): string | undefined {
  if (url === 'sqlite:') return undefined;
  if (!isEventStoreUrl(url)) return 'sqlite: or an address that begins with esdb:// or esdb+discover://';
  try {
    parseEventStoreUrl(url);
    return undefined;
  } catch (error) {
    return `an address that can be used: ${(error as Error).message}`;
  }
}
const secrets = new Set(['LOG_URL', 'OPERATOR_TOKEN']);
/** What is wrong is shown, but no secret, nor an address that may hold one. */
const shown = (name: string, value: string | undefined): string =>
  secrets.has(name) || value?.includes('@') ? '' : `; it is ${JSON.stringify(value)}`;

/**
 * A random token of 32 hexadecimal digits has more, even an unlucky one; a sentence or a repetition of that
 * length fewer.
 */
const fewestBits = 64;

/** Whether a text is where something is served from: a host alone, over https, or on this machine. */
const isOrigin = (text: string): boolean =>
  IssuerAddress.safeParse(text).success && new URL(text).origin === text;

/** A proxy, or a network of them. */
const proxy = String.raw`(loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(\/\d{1,3})?)`;

const Schema = z.object({
  PORT: whole('a port from 0 to 65535', 0, 65_535)
    .default(3000)
    .describe('Port to listen on; 0 for any free one'),
  HOST: z.string().min(1, 'an address').default('127.0.0.1').describe('Address to listen on'),
  DATA_DIR: z.string().min(1, 'a folder').default('./var').describe('Where the embedded log lives'),
  LOG_URL: z
    .string()
    .default('sqlite:')
    .superRefine((url, context) => {
      const wrong = wrongLogUrl(url);
      if (wrong) context.addIssue({ code: 'custom', message: wrong });
    })
    .describe(
      'Which log: `sqlite:` (embedded, in DATA_DIR), or `esdb://…` or `esdb+discover://…` for ' +
        'EventStoreDB, with `?namespace=…`',
    ),
  READS_WHILE_LOG_AWAY: z
    .enum(['yes', 'no'], 'yes or no')
    .default('no')
    .describe(
      'On EventStoreDB: whether reads are answered from what this node has seen while the log is away',
    ),
  READS_KEPT_DAYS: whole('a number of days from 1 to 3650', 1, 3_650)
    .default(usualKeptDays)
    .describe(
      'Days for which it is kept who read what (`reads.db` in DATA_DIR), for auditors; what is older is ' +
        'deleted',
    ),
  OPERATOR_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{32,}$/, 'at least 32 printable characters without spaces')
    .refine((token) => bitsOf(token) >= fewestBits, {
      error: 'a random secret, such as `openssl rand -hex 32` makes: this one can be guessed',
      when: ({ issues }) => issues.length === 0,
    })
    .optional()
    .describe(
      'The secret by which the operator reads `/metrics` and `/health/details`, and on EventStoreDB ' +
        '`total-place views copy --from http(s)://…` takes a copy of this node’s views; without it nobody ' +
        'can. `openssl rand -hex 32` makes one',
    ),
  OPERATOR_PORT: whole('a port from 0 to 65535', 0, 65_535)
    .optional()
    .describe('A port of the operator’s own: `/metrics` and the health addresses there ask for no token'),
  OPERATOR_ADDRESS: z
    .string()
    .min(1, 'an address')
    .default('127.0.0.1')
    .describe('Address to listen on for OPERATOR_PORT; nobody but the operator should reach it'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'fatal, error, warn, info, debug or silent')
    .default('info')
    .describe('How much to log'),
  AREAS_FILE: z
    .string()
    .optional()
    .describe('A larger register of areas, in the form of data/reference/areas.csv'),
  GRANTS: z
    .enum(['log', 'token'], 'log or token')
    .optional()
    .describe(
      'Who may do what: `log`, accounts and their grants stand in the log, and a token says only who ' +
        'somebody is; ' +
        '`token`, tokens say it, for the API alone. Without it a new log says it itself, and an older one ' +
        'goes on ' +
        'as it was until `total-place account adopt`',
    ),
  AUTH_ISSUER: z
    .string()
    .min(1, 'the issuer exactly as tokens state it')
    .refine((issuer) => issuer !== demoIssuer, 'an issuer of your own: this is the demo’s')
    .optional()
    .describe('Issuer of the bearer tokens'),
  AUTH_AUDIENCE: z
    .string()
    .min(1, 'the audience exactly as tokens state it')
    .default('total-place')
    .describe('Audience of the bearer tokens'),
  AUTH_JWKS_URL: IssuerAddress.optional().describe(
    'Where the issuer’s public keys are, over https; a redirect is not followed',
  ),
  AUTH_ALGORITHMS: z
    .string()
    .default('RS256,ES256,EdDSA')
    .transform((s) => s.split(','))
    .refine(
      (list) => list.every((name) => signatureAlgorithms.some((known) => known === name)),
      'a list like RS256,ES256,EdDSA',
    )
    .describe('Accepted signature algorithms'),
  AUTH_TOKEN_KIND: z
    .string()
    .default('at+jwt')
    .transform((text, context) => {
      const kind = parseTokenKind(text);
      if (!kind) context.addIssue({ code: 'custom', message: tokenKinds });
      return kind ?? z.NEVER;
    })
    .describe(
      `What tells an access token from the issuer’s other tokens, such as ID tokens: its type ${tokenKinds}`,
    ),
  AUTH_LONGEST_AGE: whole(lifeOfToken.what, lifeOfToken.shortest, lifeOfToken.longest)
    .default(lifeOfToken.usual)
    .describe(
      'Longest life of a token in seconds, from when it was issued; one that says it lives longer is refused',
    ),
  ISSUERS_FILE: z
    .string()
    .min(1, 'the name of a file')
    .optional()
    .describe(
      'In place of the `AUTH_…` above: the organisations whose people sign in, and whose tokens are taken ' +
        '([how to sign in](how-to/sign-in.md))',
    ),
  PUBLIC_ADDRESS: z
    .string()
    .refine(isOrigin, 'an address like https://total-place.example, without a path (http on this machine)')
    .optional()
    .describe(
      'Where people reach the pages: organisations send them back there. With ISSUERS_FILE, there are pages',
    ),
  SESSION_KEYS_FILE: z
    .string()
    .min(1, 'the name of a file')
    .optional()
    .describe(
      'A file with the secret by which it is known who is signed in, and under it, while it is changed, ' +
        'the one before; nodes that share a log share it. `openssl rand -hex 32` makes one; without it the ' +
        'embedded log makes its own in DATA_DIR',
    ),
  RATE_PER_MINUTE: whole('a whole number from 1', 1, 10_000_000)
    .default(6000)
    .describe('Requests a minute, by address'),
  ACCOUNT_RATE_PER_MINUTE: whole('a whole number from 1', 1, 10_000_000)
    .default(3000)
    .describe('Requests a minute, by account'),
  EXPORTS: whole('a whole number from 1', 1, 100_000)
    .default(usual.exports.all)
    .describe('Exports under way at once on this node (`/v1/events`)'),
  ACCOUNT_EXPORTS: whole('a whole number from 1', 1, 100_000)
    .default(usual.exports.account)
    .describe('Exports of one account under way at once on this node'),
  LIVE_STREAMS: whole('a whole number from 1', 1, 100_000)
    .default(usual.streams.all)
    .describe('Live streams open at once on this node (`/v1/live`)'),
  ACCOUNT_LIVE_STREAMS: whole('a whole number from 1', 1, 100_000)
    .default(usual.streams.account)
    .describe('Live streams of one account open at once on this node'),
  TRUST_PROXY: z
    .string()
    .regex(
      new RegExp(`^${proxy}(,${proxy})*$`),
      'addresses, networks, loopback or uniquelocal, with commas between',
    )
    .optional()
    .describe('Proxies whose word on a client’s address is taken'),
  KEEP_ALIVE_SECONDS: whole('a number of seconds from 1 to 3600', 1, 3600)
    .default(75)
    .describe(
      'How long an idle connection is kept: longer than the proxy or load balancer in front of it keeps ' +
        'one, which is 60 seconds with most',
    ),
  COMMAND_WAIT_MS: whole('a number of milliseconds from 100 to 60000', 100, 60_000)
    .default(2000)
    .describe(
      'How long a command may have to wait for its turn; where more wait than are done in that time, ' +
        'the next is told to come again (503 `OVERLOADED`)',
    ),
  BODY_LIMIT: whole('a number of bytes from 1024 to 1048576', 1024, 1_048_576)
    .default(102_400)
    .describe('Longest body in bytes'),
});
export type Config = Readonly<z.infer<typeof Schema>>;

/**
 * Reads the environment; throws one error that names every variable in need of mending and what would be
 * right.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(Schema.shape).flatMap((k) => (env[k] === undefined || env[k] === '' ? [] : [[k, env[k]]])),
  );
  const parsed = Schema.safeParse(given);
  if (!parsed.success)
    throw new Error(
      [
        'The configuration needs mending:',
        ...parsed.error.issues.map(
          (item) =>
            `  ${String(item.path[0])} must be ` +
            `${item.message}${shown(String(item.path[0]), given[String(item.path[0])])}`,
        ),
      ].join('\n'),
    );
  return Object.freeze(parsed.data);
}

/** Every variable with its default and meaning, for documents. */
export const describeConfig = (): { name: string; fallback: string; meaning: string }[] =>
  Object.entries<z.core.$ZodType>(Schema.shape).map(([name, s]) => ({
    name,
    fallback: String(
      (z.toJSONSchema(s, { io: 'input', unrepresentable: 'any' }) as { default?: unknown }).default ?? '',
    ),
    meaning: z.globalRegistry.get(s)?.description ?? '',
  }));
