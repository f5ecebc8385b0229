/**
 * `log prepare` and `log check` on a secure node: the service's account appends and reads, and can remove
 * nothing.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { logCommand } from '../../src/cli/log.js';
import { sealCommand } from '../../src/cli/migrate.js';
import { Unavailable } from '../../src/log/event-log.js';
import { openAdmin, openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { events, fresh } from '../log/conformance.js';
import { following, quick, streamOf } from './harness.js';
import { StandIn } from './stand-in/index.js';

const file = (name: string): string => fileURLToPath(new URL(`./tls/${name}`, import.meta.url));
const tls = { cert: readFileSync(file('node.crt')), key: readFileSync(file('node.key')) };

async function secure(t: Test): Promise<{ server: StandIn; url: (user: string) => Promise<string> }> {
  const server = await StandIn.start({ tls });
  t.teardown(() => server.close());
  await server.addUser('service', 'secret:of@service', ['total-place']);
  await server.addUser('stranger', 'x', []);
  return {
    server,
    url: async (user) => `${await server.url({ namespace: 'durham', user })}&tlsCAFile=${file('node.crt')}`,
  };
}
async function run(
  t: Test,
  args: string[],
  env: Record<string, string>,
  command = logCommand,
): Promise<{ lines: string[]; code: number; error?: Error }> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  const lines: string[] = [];
  const error = await command((line) => lines.push(line))
    .parseAsync(args, { from: 'user' })
    .then(() => undefined)
    .catch((e: Error) => e);
  process.env = before;
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  t.comment(lines.join('\n'));
  return { lines, code, ...(error ? { error } : {}) };
}
const service = 'service:secret%3Aof%40service';
const admin = { LOG_ADMIN_PASSWORD: 'changeit' };

test('prepared once, the service appends and reads, and can neither delete nor change metadata', async (t) => {
  const { server, url } = await secure(t);
  const LOG_URL = await url(service);
  await t.test('before: what is missing is said', async (t) => {
    const { lines, code } = await run(t, ['check'], { LOG_URL });
    t.equal(code, 1);
    t.match(
      lines.join('\n'),
      /NO +there is no log in the namespace durham[\s\S]*NO +it may not read \$all[\s\S]*NO +it may delete a stream[\s\S]*NO +it may change a stream’s metadata/,
    );
    await t.rejects(openEventStoreLog(LOG_URL, { clock: 'machine', timings: quick }), /log prepare/);
  });
  await t.test('prepare needs an administrator', async (t) => {
    t.match((await run(t, ['prepare'], { LOG_URL })).error?.message, /LOG_ADMIN_PASSWORD/);
    t.match(
      (await run(t, ['prepare'], { LOG_URL, LOG_ADMIN_PASSWORD: '' })).error?.message,
      /LOG_ADMIN_PASSWORD must hold/,
      'an empty one is none',
    );
    t.ok(
      (await run(t, ['prepare'], { LOG_URL, LOG_ADMIN_PASSWORD: 'wrong' })).error,
      'a wrong password is refused',
    );
    t.ok(
      (await run(t, ['prepare'], { LOG_URL, LOG_ADMIN_USER: 'stranger', LOG_ADMIN_PASSWORD: 'x' })).error,
      'so is somebody else',
    );
    t.notOk(
      (await server.records()).some((r) => r.stream.startsWith('durham:')),
      'and nothing was made',
    );
  });
  await t.test('prepared, and prepared again', async (t) => {
    const first = await run(t, ['prepare'], { LOG_URL, ...admin });
    t.match(first.lines.join('\n'), /may read \$all[\s\S]*neither delete[\s\S]*made the log/);
    const written = (await server.records()).length;
    const again = await run(t, ['prepare'], { LOG_URL, ...admin });
    t.equal((await server.records()).length, written, 'the second time nothing is written');
    t.match(again.lines.join('\n'), /right already[\s\S]*right already[\s\S]*is there/);
    const { lines, code } = await run(t, ['check'], { LOG_URL });
    t.equal(code, 0, lines.join('\n'));
    t.equal((await server.records()).length, written, 'looking changes nothing');
  });
  await t.test('the service works with it', async (t) => {
    const log = await openEventStoreLog(LOG_URL, { clock: 'machine', timings: quick });
    const stream = fresh();
    await log.append(stream, 0, events(stream, 0, 3));
    const f = following(log);
    await f.until((seen) => streamOf(seen, stream).length === 3);
    f.stop();
    await f.done;
    const own = await openAdmin(LOG_URL);
    for (const attempt of [
      own.remove(`durham:${stream}`, 2n),
      own.setMetadata(`durham:${stream}`, { maxCount: 1 }),
      own.setMetadata('$all', { acl: {} }),
    ])
      t.match(await attempt.catch((e: unknown) => e), { type: 'access-denied' });
    own.close();
    t.equal((await log.read(stream)).length, 3, 'everything is still there');
    await log.close();
  });
  await t.test('nobody else can', async (t) => {
    for (const user of ['stranger:x', 'service:wrong', 'nobody:x']) {
      const error = await openEventStoreLog(await url(user), {
        clock: 'machine',
        timings: { ...quick, readBudget: 1_500 },
      }).catch((e: unknown) => e);
      t.ok(error instanceof Unavailable, user);
      const { lines, code } = await run(t, ['check'], { LOG_URL: await url(user) });
      t.equal(code, 1);
      t.match(lines[0], /the log cannot be read/);
    }
  });
});

test('sealed, the service reads and appends no more, until prepared again', async (t) => {
  const { url } = await secure(t);
  const LOG_URL = await url(service);
  await run(t, ['prepare'], { LOG_URL, ...admin });
  const log = await openEventStoreLog(LOG_URL, {
    clock: 'machine',
    timings: { ...quick, appendBudget: 1_500 },
  });
  t.teardown(() => log.close());
  const stream = fresh();
  await log.append(stream, 0, events(stream, 0, 2));
  const seal = ['--log', 'LOG_URL', '--watch', '1'];
  t.match((await run(t, seal, { LOG_URL }, sealCommand)).error?.message, /LOG_ADMIN_PASSWORD must hold/);
  t.match(
    (await run(t, ['--undo', ...seal], { LOG_URL, ...admin }, sealCommand)).error?.message,
    /log prepare/,
  );
  await log.append(stream, 2, events(stream, 2));
  const sealed = await run(t, seal, { LOG_URL, ...admin }, sealCommand);
  t.equal(sealed.error, undefined);
  t.equal(sealed.code, 0);
  t.match(sealed.lines.join('\n'), /Only administrators append now[\s\S]*Nothing was added for 1 s/);
  await t.rejects(log.append(stream, 3, events(stream, 3)), Unavailable);
  t.equal((await log.read(stream)).length, 3, 'reads go on');
  t.equal((await run(t, ['prepare'], { LOG_URL, ...admin })).error, undefined);
  await log.append(stream, 3, events(stream, 3));
  t.equal((await log.read(stream)).length, 4, 'prepare gave the right back');
});

test('rights that are on the server already are kept', async (t) => {
  const { server, url } = await secure(t);
  const LOG_URL = await url(service);
  const root = await openAdmin(LOG_URL, { name: 'admin', password: 'changeit' });
  await root.setMetadata('$all', { acl: { readRoles: ['auditors'] }, cacheControl: 5 });
  const acl = {
    $userStreamAcl: { $r: ['orders'], $w: ['orders'], $d: ['orders', '$all'], $mw: '$all' },
    $systemStreamAcl: { $r: ['ops'] },
  };
  await root.driver.append(
    '$settings',
    'no_stream',
    [{ id: crypto.randomUUID(), type: 'update-default-acl', content: { json: acl } }],
    5_000,
  );
  t.notOk((await run(t, ['prepare', '--writers', 'clerks'], { LOG_URL, ...admin })).error);
  t.match(await root.metadata('$all'), {
    acl: { readRoles: ['auditors', 'total-place', '$admins'] },
    cacheControl: 5,
  });
  await server.addUser('clerk', 'x', ['total-place', 'clerks']);
  const { lines, code } = await run(t, ['check'], { LOG_URL: await url('clerk:x') });
  t.equal(code, 0, lines.join('\n'));
  t.equal((await run(t, ['check'], { LOG_URL })).code, 1, 'who is not in the writers’ group may not append');
  await server.addUser('order-service', 'x', ['orders']);
  const orders = await openAdmin(await url('order-service:x'));
  await orders.driver.append(
    'order-1',
    'no_stream',
    [{ id: crypto.randomUUID(), type: 'X', content: { json: {} } }],
    5_000,
  );
  await orders.remove('order-1', 0n);
  t.pass('others keep theirs');
  for (const a of [root, orders]) a.close();
});

test('an untrusted certificate is told apart from a server that is away, in words', async (t) => {
  const { server } = await secure(t);
  const { lines, code } = await run(t, ['check'], {
    LOG_URL: await server.url({ namespace: 'durham', user: service }),
  });
  t.equal(code, 1);
  t.match(lines.join('\n'), /certificate/);
});

test('an insecure server is said to be one', async (t) => {
  const server = await StandIn.start();
  t.teardown(() => server.close());
  const LOG_URL = await server.url({ namespace: 'durham' });
  t.match(
    (await run(t, ['prepare', '--simulated-clock'], { LOG_URL })).lines.join('\n'),
    /insecure[\s\S]*made the log/,
  );
  t.equal(
    (await run(t, ['prepare', '--simulated-clock'], { LOG_URL, ...admin })).error,
    undefined,
    'a password it has no use for does no harm',
  );
  const { lines, code } = await run(t, ['check'], { LOG_URL });
  t.equal(code, 1);
  t.match(lines.join('\n'), /yes +the log[\s\S]*NO +the server is insecure/);
  t.match(
    (await run(t, ['check'], { LOG_URL: 'sqlite:' })).error?.message,
    /embedded log needs no preparing/,
  );
});
