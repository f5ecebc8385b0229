/**
 * Users and access lists of the stand-in, as the server applies them: stream metadata, else `$settings`, else
 * the defaults.
 */
import { status, type Metadata } from '@grpc/grpc-js';
import type { Records } from './records.js';
import { failure } from './wire.js';

export type Action = '$r' | '$w' | '$d' | '$mr' | '$mw';
interface User {
  readonly password: string;
  readonly groups: readonly string[];
}

export class Rights {
  readonly users = new Map<string, User>([['admin', { password: 'changeit', groups: ['$admins'] }]]);

  /** An insecure node checks nothing and is sent no credentials. */
  constructor(
    readonly records: () => Records,
    readonly secure: boolean,
  ) {}

  /** Throws what the server answers when this call may not do that. */
  check(call: Metadata, action: Action, stream: string): void {
    if (!this.secure) return;
    const [header] = call.get('authorization');
    if (header === undefined)
      throw failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
    const [name = '', ...rest] = Buffer.from(String(header).replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':');
    const user = this.users.get(name);
    if (!user || user.password !== rest.join(':'))
      throw failure(status.UNAUTHENTICATED, 'Unauthenticated', {});
    const roles = new Set([name, ...user.groups]);
    if (roles.has('$admins')) return;
    if (!this.#allowed(action, stream).some((role) => role === '$all' || roles.has(role)))
      throw failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
  }

  #allowed(action: Action, stream: string): string[] {
    if (stream.startsWith('$$')) return this.#allowed(action === '$r' ? '$mr' : '$mw', stream.slice(2));
    const acl = (this.records().meta(stream)?.$acl ?? {}) as Record<string, string | string[]>;
    const settings = this.records().stream('$settings').at(-1);
    const defaults = settings
      ? (JSON.parse(settings.data.toString()) as Record<string, Record<string, string | string[]>>)
      : {};
    const own = stream.startsWith('$')
      ? (defaults.$systemStreamAcl?.[action] ?? '$admins')
      : (defaults.$userStreamAcl?.[action] ?? '$all');
    return [acl[action] ?? own].flat();
  }
}
