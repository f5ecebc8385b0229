/** While the machine's clock is in doubt commands are answered 503, no day is closed, and reading goes on. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { clockCommand } from '../../src/cli/clock.js';
import { acceptForStart, takeAcceptance } from '../../src/runtime/clock-acceptance.js';
import { ClockInDoubt } from '../../src/commands/executor.js';
import { WatchedClock } from '../../src/commands/clock-watch.js';
import { openService } from '../../src/runtime/embedded.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { decode } from '../../src/log/codec.js';
import { buildOperator } from '../../src/http/server/operator-app.js';
import { asTypeScript } from '../as-typescript.js';
import { give, seatHolder, must, office, pledge, TestClock, world } from '../commands/world.js';
import { loadReference } from '../../src/runtime/reference.js';

const day = 86_400_000;
const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';

/**
 * A service on the machine's clock, which is set by hand, with a small world in it; and the application over
 * it.
 */
async function start(t: Test, { staleReads = false }: { staleReads?: boolean } = {}) {
  const hands = { wall: Date.parse('2009-07-01T09:00:00Z'), steady: 0, told: [] as string[] };
  const clock = new WatchedClock({
    wall: () => hands.wall,
    steady: () => hands.steady,
    tell: (text) => hands.told.push(text),
  });
  const dataDir = t.testdir();
  const errors: unknown[] = [];
  const service = openService({
    dataDir,
    clockKind: 'machine',
    clock,
    ref: loadReference(),
    onError: (e) => errors.push(e),
  });
  await service.built();
  const issuer = await localIssuer();
  const app = await build({
    service,
    verify: createVerifier(issuer.verifier),
    version: 'test',
    operatorToken,
    staleReads,
  });
  t.teardown(async () => {
    await app.close();
    await service.close();
  });
  const account = 'seat-holder.pct';
  const token = await issuer.token(account, [seatHolder('pct').as]);
  const send = (method: 'GET' | 'POST', url: string, body?: object, as = token) =>
    app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${as}`,
        ...(body ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      },
      ...(body ? { payload: body } : {}),
    });
  const closed = (): string[] =>
    service.log
      .readAll(0, 10_000)
      .map(decode)
      .flatMap((e) => (e.type === 'DayClosed' ? [(e.data as { date: string }).date] : []));
  return { hands, clock, dataDir, service, app, send, closed, errors };
}
const offered = (n: number) => pledge(n) as object;

test('a clock that is set while the service runs', async (t) => {
  const started = await start(t);
  await t.rejects(
    must(started.service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', {}),
    ClockInDoubt,
    'before it was compared with the log nothing is recorded',
  );
  // A log that is new was begun on the day of the test.
  started.clock.compare('');
  await world(started.service.log, started.service.executor);
  t.equal((await started.send('POST', '/v1/pools/treatment/pledges', offered(1))).statusCode, 200);
  started.hands.wall += day;
  started.hands.steady += day;
  await started.service.settle();
  t.same(started.closed(), ['2009-07-01']);

  started.hands.wall += 60 * day;
  const head = await started.service.log.head();
  const refused = await started.send('POST', '/v1/pools/treatment/pledges', offered(2));
  t.match(
    [refused.statusCode, refused.json(), refused.headers],
    [
      503,
      { code: 'CLOCK_IN_DOUBT', detail: /Nothing was recorded\. Send it again/ },
      { 'retry-after': '60' },
    ],
  );
  t.equal(
    (await give(started.service.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', {}).catch(
      (e: unknown) => e,
    )) instanceof ClockInDoubt,
    true,
  );
  await started.service.settle();
  t.same(started.closed(), ['2009-07-01'], 'sixty days that were not are not closed');
  t.equal(await started.service.log.head(), head, 'nothing is recorded, no refusal either');
  t.equal((await started.send('GET', '/v1/pools/treatment')).statusCode, 200, 'reading goes on');
  t.equal((await started.send('GET', '/health/live')).statusCode, 200);
  t.match(
    [await started.send('GET', '/health/ready')],
    [{ statusCode: 503, body: '{"status":"not-ready"}' }],
  );
  const details = async () => (await started.send('GET', '/health/details', undefined, operatorToken)).json();
  t.match(await details(), {
    status: 'not-ready',
    clockDoubt: /moved forward by 60 days.*total-place clock accept/,
  });

  started.hands.wall -= 60 * day;
  t.equal(
    (await started.send('POST', '/v1/pools/treatment/pledges', offered(2))).statusCode,
    200,
    'it returned',
  );
  t.equal((await started.send('GET', '/health/ready')).statusCode, 200);
  t.notOk('clockDoubt' in (await details()));
  t.equal(started.hands.told.length, 2);
});

test('a service that may give old answers stays ready for reading', async (t) => {
  const started = await start(t, { staleReads: true });
  started.clock.compare('2009-01-01T00:00:00.000Z');
  t.match(await started.send('GET', '/health/ready'), { statusCode: 200, body: '{"status":"reads-only"}' });
});

test('its operator accepts it, beside the running service', async (t) => {
  const started = await start(t);
  started.clock.compare('2009-01-01T00:00:00.000Z');
  const service = await started.app.listen({ port: 0, host: '127.0.0.1' });
  const said: string[] = [];
  const run = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    clockCommand((line) => said.push(line), env)
      .exitOverride()
      .parseAsync(['accept', ...args], { from: 'user' });
  await t.rejects(run({}, '--service', service), {
    message: /asks for the operator’s token: it must stand in the environment as OPERATOR_TOKEN/,
  });
  await t.rejects(
    run({}, '--data-dir', started.dataDir),
    { message: /a service runs on .*--service http/ },
    'nobody writes beside it what it would not read',
  );
  t.ok(started.clock.doubt());
  t.equal((await started.send('POST', '/operator/clock', { accept: 'yes' }, operatorToken)).statusCode, 400);
  await run({ OPERATOR_TOKEN: operatorToken }, '--service', service);
  t.match(said, [/^Accepted: it is 2009-07-01T09:00:00\.000Z/]);
  t.equal(started.clock.doubt(), undefined);

  const operator = buildOperator(started.app);
  t.teardown(() => operator.close());
  started.hands.wall += day;
  t.ok(started.clock.doubt());
  t.equal(
    (await operator.inject({ method: 'POST', url: '/operator/clock', payload: { accept: true } })).statusCode,
    200,
    'at an address of its own without a token',
  );
  t.equal(started.clock.doubt(), undefined);
});

test('accepted for a service that is stopped: once', async (t) => {
  const dataDir = t.testdir({ 'total-place.db': '' });
  const said: string[] = [];
  const nowhere = clockCommand((line) => said.push(line), {}).parseAsync(
    ['accept', '--data-dir', join(dataDir, 'typo')],
    { from: 'user' },
  );
  await t.rejects(nowhere, { message: /typo is no data directory of a service\. Name its folder/ });
  t.notOk(existsSync(join(dataDir, 'typo')), 'and makes none');
  await clockCommand((line) => said.push(line), {}).parseAsync(['accept', '--data-dir', dataDir], {
    from: 'user',
  });
  t.match(said, [/starts without doubt/]);
  const at = takeAcceptance(dataDir);
  t.ok(Date.parse(at!) <= Date.now());
  t.equal(takeAcceptance(dataDir), undefined);
  acceptForStart(dataDir, 'yesterday');
  t.equal(takeAcceptance(dataDir), undefined, 'what is no instant is none');
  t.notOk(existsSync(join(dataDir, 'clock-accepted.json')));
});

/** `total-place serve` on a folder whose newest event is of 2009. */
async function serveOld(t: Test) {
  const dataDir = join(t.testdir(), 'data');
  const service = openService({
    dataDir,
    clockKind: 'machine',
    clock: new TestClock(),
    ref: loadReference(),
  });
  await must(service.executor, office, 'agency', 'council', 'RegisterAgency', {
    name: 'Council',
    sector: 'council',
    type: 'body',
    identifiers: [{ scheme: 'programme', code: 'council', from: '2009-04-01' }],
    startOn: '2009-04-01',
  });
  await service.close();
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: dataDir,
    PORT: '0',
    OPERATOR_PORT: '0',
    AUTH_ISSUER: 'https://issuer.example',
    AUTH_JWKS_URL: 'https://issuer.example/keys',
  };
  const root = fileURLToPath(new URL('../../', import.meta.url));
  return async function serve(): Promise<{
    operator: string;
    lines: () => string;
    stop: () => Promise<void>;
  }> {
    const child = spawn(process.execPath, [asTypeScript, 'src/cli.ts', 'serve'], { cwd: root, env });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => said.push(String(chunk)));
    t.teardown(() => child.kill('SIGKILL'));
    // The operator's address listens first.
    for (;;) {
      const operator = /Server listening at (http:\/\/[^"]+)/.exec(said.join(''))?.[1];
      if (operator && /listening[^]*listening/.test(said.join('')))
        return {
          operator,
          lines: () => said.join(''),
          stop: async () => void (child.kill('SIGTERM'), await once(child, 'exit')),
        };
      if (child.exitCode !== null) throw new Error(said.join(''));
      await sleep(50);
    }
  };
}

test('serve doubts a clock that stands years after its log, and is told otherwise while it runs, or before it starts', async (t) => {
  const serve = await serveOld(t);
  const details = async (operator: string) =>
    (await fetch(`${operator}/health/details`)).json() as Promise<{ status: string; clockDoubt?: string }>;
  const first = await serve();
  let health = await details(first.operator);
  for (; /not compared/.test(health.clockDoubt ?? ''); health = await details(first.operator))
    await sleep(50);
  t.match(health, {
    status: 'not-ready',
    clockDoubt: /days after the newest event of the log was recorded \(2009-07-01/,
  });
  t.match(first.lines(), /days after the newest event/, 'its log says so');
  await clockCommand(() => {}, {}).parseAsync(['accept', '--service', first.operator], { from: 'user' });
  t.match(await details(first.operator), { status: 'ready' });
  await first.stop();

  const second = await serve();
  t.equal(
    (await fetch(`${second.operator}/health/ready`)).status,
    503,
    'nothing was recorded meanwhile: it doubts again',
  );
  const dataDir = join(t.testdirName, 'data');
  await second.stop();
  await clockCommand(() => {}, {}).parseAsync(['accept', '--data-dir', dataDir], { from: 'user' });
  const third = await serve();
  for (
    health = await details(third.operator);
    health.status !== 'ready' && !/newest event/.test(health.clockDoubt ?? '');
    health = await details(third.operator)
  )
    await sleep(50);
  t.match(health, { status: 'ready' });
  await third.stop();
});
