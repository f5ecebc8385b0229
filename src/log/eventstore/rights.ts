/**
 * The rights of the service's own account on a secure server: it reads and appends, and can neither delete a
 * stream nor change its metadata, so that history cannot be removed through it. `prepareLog` sets them with
 * an administrator's credentials; `checkLog` looks with the service's own and changes nothing.
 */
import { existing } from '../../domain/kernel/parts.js';
import { logCreated, identityOf } from '../codec.js';
import type { LogIdentity } from '../event-log.js';
import type { Admin } from './admin.js';
import { classify, textOf } from './classify.js';
import type { Received } from './driver.js';
import { prepare, serverName } from './names.js';
import { collect } from './collect.js';
import { allowed, never, tryAppend } from './refusals.js';

export interface Roles {
  /** Groups whose members may read every stream, and `$all`. */
  readonly readers: string;
  /** Groups whose members may append. */
  readonly writers: string;
}
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}
type Acl = Record<string, string | string[]>;

const ms = 5_000;
/**
 * Makes the log and sets the rights; says what it did. Safe to repeat: what is right already is left as it
 * is.
 */
export async function prepareLog(
  admin: Admin,
  clock: LogIdentity['clock'],
  { readers, writers }: Roles,
): Promise<string[]> {
  const done = admin.secure
    ? await setRights(admin, { readers, writers })
    : [
        'the server is insecure: it has no users and no rights to ' +
          'set. Use it on a private network and for trying out only',
      ];
  const stream = serverName(admin.namespace, 'log-identity');
  const there = await firstOf(admin, stream);
  if (there) return [...done, `the log ${identityOf({ body: there.body() }).logId} is there`];
  await admin.driver.append(stream, 'no_stream', [prepare(logCreated(clock))], ms).catch((error: unknown) => {
    if (classify(error).kind !== 'conflict') throw error;
  });
  const made = existing(await firstOf(admin, stream), 'log, though it was made');
  return [
    ...done,
    `made the log ${identityOf({ body: made.body() }).logId} in the namespace ${admin.namespace}`,
  ];
}

/** First of all, so that somebody who is no administrator changes nothing. */
async function setRights(admin: Admin, { readers, writers }: Roles): Promise<string[]> {
  const done: string[] = [];
  const metadata = await admin.metadata('$all');
  const acl = (metadata.acl ?? {}) as Record<string, string | string[]>;
  const wanted = union(acl.readRoles, [readers, '$admins']);
  if (!same(acl.readRoles, wanted)) {
    await admin.setMetadata('$all', { ...metadata, acl: { ...acl, readRoles: wanted } });
    done.push(`members of ${readers} may read $all`);
  } else done.push('$all is right already');

  const [settings] = await collect(admin.driver.readStream('$settings', 'end', 1), ms).catch(nothing);
  const before = settings ? (JSON.parse(settings.body()) as Record<string, Acl>) : {};
  const user = before.$userStreamAcl ?? {};
  const after = {
    ...before,
    $userStreamAcl: {
      ...user,
      $r: union(user.$r, [readers, '$admins']),
      $w: union(user.$w, [writers, '$admins']),
      $d: without(user.$d, ['$all', readers, writers]),
      $mr: union(user.$mr, [readers, '$admins']),
      $mw: without(user.$mw, ['$all', readers, writers]),
    },
    $systemStreamAcl: before.$systemStreamAcl ?? {
      $r: '$admins',
      $w: '$admins',
      $d: '$admins',
      $mr: '$admins',
      $mw: '$admins',
    },
  };
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    const event = { id: crypto.randomUUID(), type: 'update-default-acl', content: { json: after } };
    await admin.driver.append('$settings', settings ? settings.revision : 'no_stream', [event], ms);
    done.push(
      `members of ${writers} may append to streams, and neither delete them nor change their metadata; ` +
        'the same holds for every stream on this server without rights of its own',
    );
  } else done.push('the default rights are right already');
  return done;
}

/** Looks, with the service's own account, whether it can do what it needs and nothing more. */
export async function checkLog(service: Admin): Promise<Finding[]> {
  const stream = serverName(service.namespace, 'log-identity');
  const found: Finding[] = [];
  const prepareIt = 'run "total-place log prepare" with an administrator’s credentials';
  try {
    const first = await firstOf(service, stream);
    found.push(
      first
        ? { ok: true, what: `the log ${identityOf({ body: first.body() }).logId} is there` }
        : { ok: false, what: `there is no log in the namespace ${service.namespace}`, remedy: prepareIt },
    );
  } catch (error) {
    const rights = classify(error);
    const wrongUser = rights.kind === 'refused' && rights.what === 'rights';
    found.push({
      ok: false,
      what: `the log cannot be read${service.user ? ` as ${service.user}` : ''}: ${textOf(error)}`,
      remedy: wrongUser
        ? 'give LOG_URL the service’s user and password, put ' +
          `the user into the readers’ group, and ${prepareIt}`
        : 'see that LOG_URL names the server, its port, and the authority of its certificate (tlsCAFile)',
    });
    if (!wrongUser) return found;
  }
  if (!service.secure)
    return [
      ...found,
      {
        ok: false,
        what: 'the server is insecure: whoever reaches it may read, append and delete',
        remedy: 'for anything of worth use a secure one: docs/how-to/secure-eventstore.md',
      },
    ];

  const needs = async (what: string, remedy: string, work: Promise<unknown>): Promise<void> => {
    const ok = await allowed(work);
    found.push(ok ? { ok, what: `it may ${what}` } : { ok, what: `it may not ${what}`, remedy });
  };
  const mustNot = async (what: string, work: Promise<unknown>): Promise<void> => {
    const may = await allowed(work);
    found.push(
      may
        ? {
            ok: false,
            what: `it may ${what}, and must not`,
            remedy: `${prepareIt}, and see that the user is in no group that may`,
          }
        : { ok: true, what: `it may not ${what}` },
    );
  };
  await needs(
    'read $all',
    `put the user into the readers’ group, and ${prepareIt}`,
    collect(service.driver.readAll('end', 1), ms),
  );
  await needs(
    'append',
    `put the user into the writers’ group, and ${prepareIt}`,
    tryAppend(service.driver, stream, ms),
  );
  await mustNot('delete a stream', service.remove(stream, never));
  await mustNot('change a stream’s metadata', service.setMetadata(stream, {}, never));
  return found;
}

async function firstOf(admin: Admin, stream: string): Promise<Received | undefined> {
  const [first] = await collect(admin.driver.readStream(stream, 0n, 1), ms).catch(nothing);
  return first;
}
const nothing = (error: unknown): Received[] => {
  if (classify(error).kind !== 'no-stream') throw error;
  return [];
};
const listOf = (roles: string | string[] | undefined): string[] =>
  roles === undefined ? [] : [roles].flat();
const union = (roles: string | string[] | undefined, more: readonly string[]): string[] => [
  ...new Set([...listOf(roles), ...more]),
];
const without = (roles: string | string[] | undefined, gone: readonly string[]): string | string[] => {
  const left = listOf(roles).filter((r) => !gone.includes(r));
  return left.length > 1 ? left : (left[0] ?? '$admins');
};
const same = (one: string | string[] | undefined, other: readonly string[]): boolean =>
  JSON.stringify(listOf(one)) === JSON.stringify(other);
