/** The demo’s log with a door on it: nodes that listen, and what their lines of the log say. */
import { createHash, randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Test } from 'tap';
import { build } from '../../src/app.js';
import { openDemo } from '../../src/demo/demo.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { seed } from '../../src/demo/seed/index.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { decode } from '../../src/log/codec.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { loadReference } from '../../src/runtime/reference.js';
import { Door, type DoorOptions } from '../../src/web/door.js';
import type { Issuer } from '../../src/web/issuers.js';
import { restless } from '../commands/world.js';
import { copySeeded } from '../seeded.js';
import { inputsOf } from './forms-world.js';
import { freePort, Provider } from './providers.js';

export const [first, second] = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
export const secretariat = 'post.programme-lead.durham';

export async function openWorld(t: Test) {
  const dataDir = t.testdir();
  await copySeeded(dataDir);
  const service = await openDemo({ dataDir, ref: loadReference(), seed, speed: 0, machine: restless() });
  t.teardown(() => service.close());
  const accounts = accountsOn(service);
  const issuer = await localIssuer();
  const secrets = [randomBytes(32)] as const;
  const log: string[] = [];
  const into = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  /** A node of it, listening. */
  async function open(given: Partial<DoorOptions> & { port?: number } = {}) {
    const port = given.port ?? (await freePort());
    const door = new Door({
      secrets,
      accounts,
      issuers: [],
      origin: `http://127.0.0.1:${port}`,
      logNow: () => service.clock.now(),
      waitForPosition: (position) => service.waitForPosition(position),
      ...given,
    });
    const app = await build({
      service,
      version: '0',
      accounts,
      verify: createVerifier(issuer.verifier),
      logger: pino({ level: 'debug' }, into) as never,
      pages: { door },
    });
    const own = `http://127.0.0.1:${port}`;
    await app.listen({ port, host: '127.0.0.1' });
    t.teardown(() => app.close());
    return { app, own, door };
  }
  /** A command of the API by one of the demo's accounts. */
  async function give(
    app: Awaited<ReturnType<typeof open>>['app'],
    account: string,
    url: string,
    body: object,
  ) {
    const authorization = `Bearer ${await issuer.token(account, [])}`;
    const answer = await app.inject({ method: 'POST', url, headers: { authorization }, payload: body });
    if (answer.statusCode > 201) throw new Error(`${url}: ${answer.body}`);
  }
  /** Invites somebody with a grant, which a second administrator approves; gives the one-time secret. */
  async function invite(
    app: Awaited<ReturnType<typeof open>>['app'],
    account: string,
    grant: { readonly role: string; readonly placeId?: string; readonly programmeId?: string },
  ): Promise<string> {
    const secret = `canary${randomBytes(24).toString('base64url')}`;
    const invitation = createHash('sha256').update(secret).digest('hex');
    const wanted = { grantId: 'first', until: '2010-05-01', ...grant };
    await give(app, first, '/v1/accounts', {
      account,
      programmeId: 'total-place',
      invitation,
      grant: wanted,
    });
    await give(app, second, `/v1/accounts/${account}/grant-approvals`, { grantId: 'first' });
    return secret;
  }
  const eventsOf = (type: string) =>
    service.log
      .readAll(0, 100_000)
      .map(decode)
      .filter((event) => event.type === type);
  return { service, accounts, open, give, invite, eventsOf, log };
}

export const onPort = (port: number): string => `http://127.0.0.1:${port}`;
/** A provider for some of these nodes, and how it stands in the file of issuers. */
export async function openCounty(
  t: Test,
  ...origins: string[]
): Promise<{ county: Provider; issuers: Issuer[] }> {
  const county = await Provider.start(t, {
    name: 'county',
    redirectUris: origins.map((origin) => `${origin}/sign-in/county/callback`),
    signedOut: `${origins[0]}/signed-out`,
  });
  const signIn = {
    clientId: 'total-place',
    scopes: [],
    proof: { secret: 'a secret of this service', by: 'basic' as const },
  };
  const { issuer } = county;
  const name = 'Testshire County Council';
  return { county, issuers: [{ id: 'county', name, issuer, freshSignIn: { acr: [] }, signIn }] };
}

/** The hidden field of the form that signs out. */
export const fieldOf = (html: string): string => /name="form-token" value="([^"]+)"/.exec(html)?.[1] ?? '';
export const heading = (html: string): string => /<h1[^>]*>([^<]*)/.exec(html)?.[1] ?? '';
/** The inputs of the form that is sent to an address, as a browser sends them if nobody touches anything. */
export function formAt(html: string, address: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`action="${address}"`)) ?? '';
  return Object.fromEntries(inputsOf(form.slice(0, form.indexOf('</form>'))));
}
