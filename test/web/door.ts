/** A door with nothing behind it: sessions and signing in, and a page that says who asks. */
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Test } from 'tap';
import { parseGrant, type Grant } from '../../src/domain/shared/access.js';
import { installProblems } from '../../src/http/server/problem.js';
import { RequestLog } from '../../src/http/server/request-log.js';
import { formField } from '../../src/web/cross-site.js';
import type { Issuer } from '../../src/web/issuers.js';
import { KeptForms } from '../../src/web/kept-form.js';
import { keyring, type Keyring } from '../../src/web/keyring.js';
import { Sessions, type SessionAccounts } from '../../src/web/sessions.js';
import { installSignIn, type SignInAccounts } from '../../src/web/sign-in.js';

type Accounts = SignInAccounts & SessionAccounts;
/** What the log knows, as far as the door asks it. */
export class AccountsInMemory implements Accounts {
  readonly bindings = new Map<string, string>();
  readonly grants = new Map<string, Grant[]>();
  readonly invitations = new Map<string, string>();
  readonly started: { account: string; sid: string; until: string }[] = [];
  readonly ended = new Set<string>();

  bind(issuer: string, subject: string, account: string, ...grants: string[]): void {
    this.bindings.set(`${issuer}#${subject}`, account);
    this.grants.set(
      account,
      grants.map((g) => parseGrant(...(g.split('@') as [string, string]))!),
    );
  }
  bound = ({ issuer, subject }: { issuer: string; subject: string }) =>
    this.bindings.get(`${issuer}#${subject}`);
  grantsOf = (account: string) => this.grants.get(account) ?? [];
  invited = (secret: string) => this.invitations.get(secret);
  activate: Accounts['activate'] = async ({ issuer, subject }, secret) => {
    this.bind(issuer, subject, this.invitations.get(secret)!);
    this.invitations.delete(secret);
    const done = { events: ['AccountActivated'], version: 2, position: 7, replayed: false, created: false };
    return { kind: 'done', id: 'a', ...done };
  };
  startSession: Accounts['startSession'] = async (account, { sid, until }) =>
    void this.started.push({ account, sid, until });
  endSession = async (_: string, sid: string) => void this.ended.add(sid);
  token = () => undefined;
  isOpen = (_: string, sid: string) => !this.ended.has(sid);
}

export interface DoorOptions {
  readonly port: number;
  readonly issuers: readonly Issuer[];
  readonly accounts: Accounts;
  readonly keys?: Keyring;
  readonly now?: () => number;
  readonly origin?: string;
}
export interface Door {
  readonly app: FastifyInstance;
  readonly origin: string;
  readonly sessions: Sessions;
  /** Every line that was logged, as it was written. */
  readonly log: string[];
}

export async function openDoor(t: Test, given: DoorOptions): Promise<Door> {
  const { port, issuers, accounts, keys = keyring([randomBytes(32)]), now } = given;
  const log: string[] = [];
  const into = new Writable({
    write(line: Buffer, _, done) {
      log.push(line.toString());
      done();
    },
  });
  const app = Fastify({
    loggerInstance: pino({ level: 'debug' }, into) as never,
    logController: new RequestLog(),
  }) as unknown as FastifyInstance;
  installProblems(app);
  await app.register(rateLimit, { global: false });
  const here = `http://127.0.0.1:${port}`;
  const origin = given.origin ?? here;
  const timed = now ? { now } : {};
  const logNow = () => '2009-10-22T09:00:00.000Z';
  const sessions = new Sessions({ keyring: keys, accounts, origin, logNow, issuers, ...timed });
  await sessions.install(app);
  installSignIn(app, {
    issuers,
    accounts,
    sessions,
    kept: new KeptForms(keys, sessions.cookies),
    keyring: keys,
    origin,
    waitForPosition: async () => true,
    show: (_request, reply, page) => reply.code(page.status).send(page),
    ...timed,
  });
  for (const address of ['/', '/who', '/pools/youth'])
    app.get(address, async (request) => ({
      reader: (await sessions.reader(request)) ?? null,
      field: sessions.formToken(request, '/sign-out'),
      name: formField,
    }));
  await app.listen({ port, host: '127.0.0.1' });
  t.teardown(() => app.close());
  return { app, origin: here, sessions, log };
}
