/** Readiness of a node that cannot follow its log: it says so, before it knows the log's end and after it lost sight of it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { createVerifier } from '../../src/http/auth.js';
import { localIssuer } from '../../src/issuer.js';
import type { LogStatus } from '../../src/log/event-log.js';
import { world } from '../commands/world.js';
import { openAdmin, openEventStoreLog } from '../../src/log/eventstore-log.js';
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
  const app = await build({ service: node, verify: createVerifier((await localIssuer()).verifier), version: 'test', staleReads: false, operatorToken });
  const ready = async (): Promise<Ready> => {
    const details = await app.inject({ method: 'GET', url: '/health/details', headers: { authorization: `Bearer ${operatorToken}` } });
    const r = await app.inject({ method: 'GET', url: '/health/ready' });
    return { ...(JSON.parse(details.body) as Omit<Ready, 'code'>), ...(JSON.parse(r.body) as { status: string }), code: r.statusCode };
  };
  const close = async (): Promise<void> => {
    await app.close();
    await node.close();
  };
  return { node, ready, close };
}

test('a node whose right to read $all is gone is not ready, nor is one that starts so on old views', async (t) => {
  const server = await standIn(t, { tls: { cert: readFileSync(file('node.crt')), key: readFileSync(file('node.key')) } });
  await server.addUser('service', 'x', ['total-place']);
  const url = async (user: string): Promise<string> => `${await server.url({ namespace: 'durham', user })}&tlsCAFile=${file('node.crt')}`;
  await (await openEventStoreLog(await url('admin:changeit'), { clock: 'simulated', create: true, timings: quick })).close();
  const admin = await openAdmin(await url('admin:changeit'));
  t.teardown(() => admin.close());
  const readers = (...roles: string[]) => admin.setMetadata('$all', { acl: { readRoles: ['$admins', ...roles] } });
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
  t.match(await first.ready(), { code: 503, status: 'not-ready', log: { state: 'ready' } }, 'the log is there: it is the node that is behind');
  await first.close();

  const again = await probed(t, log, dir);
  await eventually(async () => (await again.ready()).views.every((v) => v.state === 'live'));
  const before = await again.ready();
  t.match(before, { code: 503, status: 'not-ready', log: { state: 'ready' } }, 'old views alone do not make a node ready');
  t.equal(before.log.lag, undefined);
  await readers('total-place');
  await eventually(async () => (await again.ready()).code === 200);
  t.equal((await again.ready()).log.lag, 0);
  await again.close();
});
