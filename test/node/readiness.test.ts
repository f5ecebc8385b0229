/**
 * Readiness of a node that cannot follow its log: it says so, before it knows the log's end and after it lost
 * sight of it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import type { LogStatus } from '../../src/log/event-log.js';
import { prepareLog } from '../../src/log/eventstore/rights.js';
import { sealRights } from '../../src/log/eventstore/seal.js';
import { propose, world } from '../commands/world.js';
import { openAdmin, openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { eventually, quick, standIn } from '../eventstore/harness.js';
import { folder, level, nodeOn } from './nodes.js';

const file = (name: string): string => fileURLToPath(new URL(`../eventstore/tls/${name}`, import.meta.url));

const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';

interface Ready {
  readonly code: number;
  readonly status: string;
  readonly log: LogStatus;
  readonly views: readonly { readonly state: string }[];
}
async function probed(t: Test, log: Parameters<typeof nodeOn>[1], dataDir: string) {
  const node = nodeOn(t, log, { dataDir });
  const app = await build({
    service: node,
    verify: createVerifier((await localIssuer()).verifier),
    version: 'test',
    staleReads: false,
    operatorToken,
  });
  const ready = async (): Promise<Ready> => {
    const details = await app.inject({
      method: 'GET',
      url: '/health/details',
      headers: { authorization: `Bearer ${operatorToken}` },
    });
    const answer = await app.inject({ method: 'GET', url: '/health/ready' });
    return {
      ...(JSON.parse(details.body) as Omit<Ready, 'code'>),
      ...(JSON.parse(answer.body) as { status: string }),
      code: answer.statusCode,
    };
  };
  const close = async (): Promise<void> => {
    await app.close();
    await node.close();
  };
  return { node, ready, close };
}

test('a node whose right to read $all is gone is not ready, nor is one that starts so on old views', async (t) => {
  const server = await standIn(t, {
    tls: { cert: readFileSync(file('node.crt')), key: readFileSync(file('node.key')) },
  });
  await server.addUser('service', 'x', ['total-place']);
  const url = async (user: string): Promise<string> =>
    `${await server.url({ namespace: 'durham', user })}&tlsCAFile=${file('node.crt')}`;
  await (
    await openEventStoreLog(await url('admin:changeit'), { clock: 'simulated', create: true, timings: quick })
  ).close();
  const admin = await openAdmin(await url('admin:changeit'));
  t.teardown(() => admin.close());
  const readers = (...roles: string[]) =>
    admin.setMetadata('$all', { acl: { readRoles: ['$admins', ...roles] } });
  await readers('total-place');
  const log = await openEventStoreLog(await url('service:x'), { clock: 'simulated', timings: quick });
  t.teardown(() => log.close());
  const dir = folder(t);
  const first = await probed(t, log, dir);
  await first.node.built();
  await world(log, first.node.executor);
  await level(first.node);
  await eventually(async () => (await first.ready()).code === 200);
  await eventually(async () => (await first.ready()).log.lag === 0);

  await readers();
  await server.dropSubscriptions('with a status');
  await eventually(async () => ((await first.ready()).log.lag ?? 0) > 0);
  await eventually(async () => {
    const { code, log } = await first.ready();
    return code === 503 && log.state === 'ready';
  });
  t.match(
    await first.ready(),
    { code: 503, status: 'not-ready', log: { state: 'ready' } },
    'the log is there: it is the node that is behind',
  );
  await first.close();

  const again = await probed(t, log, dir);
  await eventually(async () => (await again.ready()).views.every((v) => v.state === 'live'));
  const before = await again.ready();
  t.match(
    before,
    { code: 503, status: 'not-ready', log: { state: 'ready' } },
    'old views alone do not make a node ready',
  );
  t.equal(before.log.lag, undefined);
  await readers('total-place');
  await eventually(async () => (await again.ready()).code === 200);
  t.equal((await again.ready()).log.lag, 0);
  await again.close();
});

test('a node whose right to append is gone says so, reads on, and is ready again by itself when it has it back', async (t) => {
  const server = await standIn(t, {
    tls: { cert: readFileSync(file('node.crt')), key: readFileSync(file('node.key')) },
  });
  await server.addUser('service', 'x', ['total-place']);
  const url = async (user: string): Promise<string> =>
    `${await server.url({ namespace: 'durham', user })}&tlsCAFile=${file('node.crt')}`;
  const admin = await openAdmin(await url('admin:changeit'));
  t.teardown(() => admin.close());
  const prepared = () => prepareLog(admin, 'simulated', { readers: 'total-place', writers: 'total-place' });
  await prepared();
  const log = await openEventStoreLog(await url('service:x'), { clock: 'simulated', timings: quick });
  t.teardown(() => log.close());
  const { node, ready, close } = await probed(t, log, folder(t));
  await node.built();
  await world(log, node.executor);
  await level(node);
  await eventually(async () => (await ready()).code === 200);

  // One record that is closed to the account is told, and takes no node away from those who ask for another.
  await admin.setMetadata('durham:pool-closed', { acl: { writeRoles: ['$admins'] } });
  await t.rejects(propose(node.executor, 'closed'), {
    name: 'Unavailable',
    message: /refuses this account.*"total-place log check" says what is missing/,
  });
  t.match(await ready(), { code: 200, log: { state: 'ready', lastError: /refuses this account/ } });
  await propose(node.executor, 'open');
  t.equal((await ready()).log.lastError, undefined, 'until something is appended again');

  await sealRights(admin);
  t.match((await ready()).code, 200, 'before it tries nobody can know');
  await t.rejects(propose(node.executor, 'after'), { name: 'Unavailable' });
  await eventually(async () => (await ready()).code === 503);
  t.match(await ready(), {
    status: 'not-ready',
    log: { state: 'not-writable', lastError: /refuses this account.*"total-place log check"/ },
  });
  t.equal((await node.executor.load('pool', 'open')).version, 1, 'it reads on');
  const written = (await server.records()).length;
  await prepared();
  await eventually(async () => (await ready()).code === 200);
  t.equal((await ready()).log.lastError, undefined);
  t.equal((await server.records()).length, written + 1, 'asking wrote nothing: only the rights were set');
  await propose(node.executor, 'after');
  await close();
});
