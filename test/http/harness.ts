/** A service on the seed with its clock standing, the application over it, and tokens of anybody. */
import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { seed } from '../../src/demo/seed/index.js';
import { build, type AppOptions } from '../../src/app.js';
import { openDemo } from '../../src/demo/demo.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer, type Issuer } from '../../src/demo/issuer.js';
import { decode } from '../../src/log/codec.js';
import { loadReference } from '../../src/runtime/reference.js';
import { accountsOn, type Accounts } from '../../src/runtime/accounts.js';
import type { EmbeddedService } from '../../src/runtime/embedded.js';
import { restless } from '../commands/world.js';
import { copySeeded } from '../seeded.js';
import { checkDeclared, checkDescribed, checkLines } from './declared.js';

export const office = 'programme-office@programme:total-place';
export const officeAccount = 'post.programme-office.total-place';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, any>;
  readonly raw: string;
  /** The body as JSON, or undefined. */
  readonly json: any;
}
export interface InjectOptions {
  /** `role@scope`, several apart by a space; empty for a token without grants. */
  readonly as?: string;
  readonly account?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON; a string or bytes as they are. */
  readonly body?: object | string | Buffer;
}

export async function openHarness(
  t: Test,
  {
    seed: given = seed,
    machine = restless(),
    grantsInLog = false,
    pagesOn,
    ...options
  }: Partial<AppOptions> & {
    readonly seed?: typeof seed;
    readonly machine?: () => number;
    /** The log says who may do what, as in the demo itself; else the tokens do, so that a test may be anybody. */
    readonly grantsInLog?: boolean;
    /** Pages that know of their readers what this service does. */
    readonly pagesOn?: (service: EmbeddedService, accounts: Accounts) => AppOptions['pages'];
  } = {},
) {
  const errors: unknown[] = [];
  const dataDir = t.testdir();
  if (given === seed) await copySeeded(dataDir);
  const service = await openDemo({
    dataDir,
    ref: loadReference(),
    seed: given,
    speed: 0,
    machine,
    onError: (e) => errors.push(e),
  });
  const issuer: Issuer = await localIssuer();
  const accounts = accountsOn(service);
  const app = await build({
    service,
    verify: createVerifier(issuer.verifier),
    version: '0.0.0-test',
    ...(grantsInLog ? { accounts } : {}),
    ...(pagesOn ? { pages: pagesOn(service, accounts) } : {}),
    ...options,
  });
  t.teardown(async () => {
    await app.close();
    await service.close();
  });
  const tokens = new Map<string, string>();
  async function token(as: string, account: string): Promise<string> {
    const key = `${as} ${account}`;
    if (!tokens.has(key)) tokens.set(key, await issuer.token(account, as.split(' ').filter(Boolean)));
    return tokens.get(key)!;
  }

  /** Sends as is: no token is added. */
  async function send(
    method: string,
    url: string,
    headers: Record<string, string> = {},
    body?: object | string | Buffer,
  ): Promise<Answer> {
    const payload =
      body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await app.inject({
      method: method as 'GET',
      url,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    let json: any;
    try {
      json = JSON.parse(answer.body);
    } catch {
      json = undefined;
    }
    checkDescribed(method, url, answer.statusCode, answer.statusCode >= 400 ? json?.code : undefined);
    // A single line of events is JSON too.
    if (
      method === 'GET' &&
      answer.statusCode === 200 &&
      json !== undefined &&
      /^application\/json/.test(String(answer.headers['content-type']))
    )
      checkDeclared(url, json);
    if (/^application\/x-ndjson/.test(String(answer.headers['content-type']))) checkLines(answer.body);
    return { status: answer.statusCode, headers: answer.headers, raw: answer.body, json };
  }
  async function inject(
    as: string,
    account: string,
    method: string,
    url: string,
    body?: object | string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return send(method, url, { authorization: `Bearer ${await token(as, account)}`, ...headers }, body);
  }
  /** A command that must be done. */
  async function command(as: string, account: string, url: string, body: object): Promise<Answer> {
    const answer = await inject(as, account, 'POST', url, body, { 'idempotency-key': randomUUID() });
    if (answer.status !== 200 && answer.status !== 201)
      throw new Error(`${url} as ${as}: ${answer.status} ${answer.raw}`);
    await service.reactors.idle();
    return answer;
  }
  const head = async (): Promise<number> => service.log.head();
  /** Types of the events after a position. */
  const eventsAfter = (position: number): string[] =>
    service.log.readAll(position, 10_000).map((e) => decode(e).type);
  return { service, app, issuer, errors, token, send, inject, command, head, eventsAfter };
}
export type Harness = Awaited<ReturnType<typeof openHarness>>;

/** The answer is a problem document of this status and code, and shows nothing of the machine. */
export function isProblem(t: Test, answer: Answer, status: number, code: string, what: string): void {
  const { json, raw, headers } = answer;
  t.strictSame(
    {
      status: answer.status,
      type: String(headers['content-type']).split(';')[0],
      code: json?.code,
      saysStatus: json?.status,
      correlationId: typeof json?.correlationId,
      saysNo: ['detail', 'title', 'type'].filter((member) => !json?.[member]),
      shows: /node_modules|\.ts:\d|\.js:\d|"stack"|\n\s+at /.exec(raw)?.[0],
    },
    {
      status,
      type: 'application/problem+json',
      code,
      saysStatus: status,
      correlationId: 'string',
      saysNo: [],
      shows: undefined,
    },
    `${what}: ${status} ${code}`,
    { answer: raw.slice(0, 300) },
  );
}
