/**
 * Cookies of the door. Over https each is this host's alone (`__Host-`), sent over https only and read by no
 * script; without it, which is on this machine alone, they have their plain names.
 */
import cookies from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface CookieOptions {
  /** Seconds; without it it lasts as long as the browser is open. */
  readonly maxAge?: number;
  /** The addresses it is sent to, all where it is not said. */
  readonly path?: string;
}

export class Cookies {
  readonly #secure: boolean;

  /** `origin`: where people reach the service. */
  constructor(origin: string) {
    this.#secure = origin.startsWith('https:');
  }

  /** Cookies are written from here on; they are read where somebody asks, and never of the API. */
  async install(app: FastifyInstance): Promise<void> {
    await app.register(cookies, { hook: false });
  }

  /** `__Host-` cookies are sent everywhere. */
  nameOf(name: string, path = '/'): string {
    if (!this.#secure) return name;
    return path === '/' ? `__Host-${name}` : `__Secure-${name}`;
  }
  read(request: FastifyRequest, name: string, path = '/'): string | undefined {
    const { cookie } = request.headers;
    return cookie === undefined ? undefined : request.server.parseCookie(cookie)[this.nameOf(name, path)];
  }
  set(reply: FastifyReply, name: string, value: string, { maxAge, path = '/' }: CookieOptions = {}): void {
    reply.setCookie(this.nameOf(name, path), value, {
      path,
      httpOnly: true,
      sameSite: 'lax',
      secure: this.#secure,
      ...(maxAge === undefined ? {} : { maxAge }),
    });
  }
  clear(reply: FastifyReply, name: string, path = '/'): void {
    this.set(reply, name, '', { maxAge: 0, path });
  }
}
