/**
 * Exports and live streams: how many at once, what gives a place back, HEAD, and that nobody waits for who
 * reads from the beginning.
 */
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { test, type Test } from 'tap';
import { build, type AppOptions } from '../../src/app.js';
import { usual, type AtOnce } from '../../src/http/server/at-once.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { LongAnswers } from '../../src/http/server/long-answer.js';
import { positionToken } from '../../src/http/query/position.js';
import { Slices } from '../../src/http/server/slices.js';
import { isProblem, office, officeAccount, openHarness, type Answer, type Harness } from './harness.js';

const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';
type Follow = Harness['service']['follow'];

/**
 * A second application over the harness's service, listening; `follow` may stand before the service's own.
 */
async function listening(
  t: Test,
  harness: Harness,
  { follow, ...options }: Partial<AppOptions> & { follow?: Follow } = {},
) {
  const service = { ...harness.service, ...(follow ? { follow } : {}) };
  const app = await build({
    service,
    verify: createVerifier(harness.issuer.verifier),
    version: '0.0.0-test',
    operatorToken,
    ...options,
  });
  const open = new Set<ClientRequest>();
  t.teardown(async () => {
    for (const request of open) request.destroy();
    await app.close();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;

  /** The answer, its body still to come. */
  async function ask(
    account: string,
    path: string,
    {
      method = 'GET',
      as = office,
      headers = {},
    }: { method?: string; as?: string; headers?: Record<string, string> } = {},
  ) {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      method,
      headers: { authorization: `Bearer ${await harness.token(as, account)}`, ...headers },
    });
    open.add(request);
    request.on('error', () => {});
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    return { request, response, status: response.statusCode!, headers: response.headers };
  }
  async function whole(...args: Parameters<typeof ask>): Promise<Answer> {
    const { response, status, headers } = await ask(...args);
    let raw = '';
    for await (const chunk of response) raw += String(chunk);
    return { status, headers, raw, json: raw.startsWith('{') ? JSON.parse(raw.split('\n')[0]!) : undefined };
  }
  async function streams(): Promise<number> {
    const { raw } = await app
      .inject({ method: 'GET', url: '/metrics', headers: { authorization: `Bearer ${operatorToken}` } })
      .then((r) => ({ raw: r.body }));
    return Number(/^live_streams (\d+)$/m.exec(raw)![1]);
  }
  return { app, port, ask, whole, streams };
}
/** Asks again until the server has noticed; a test that waits in vain ends by its own timeout. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}
const few: AtOnce = { exports: { account: 1, all: 2 }, streams: { account: 2, all: 3 } };

/** Exports that wait at their beginning until they are let go, or their reader goes. */
function gate(harness: Harness) {
  const held: (() => void)[] = [];
  const follow: Follow = async (from, onBatch, signal) => {
    await new Promise<void>((go) => {
      held.push(go);
      signal.addEventListener('abort', () => go(), { once: true });
      if (signal.aborted) go();
    });
    return harness.service.follow(from, onBatch, signal);
  };
  return { follow, letGo: () => held.splice(0).forEach((go) => go()), held };
}

test('how many at once', { timeout: 120_000 }, async (t) => {
  const harness = await openHarness(t);

  await t.test('live streams: of an account, and in all; who has gone gives the place back', async (t) => {
    const { ask, whole, streams } = await listening(t, harness, { atOnce: few });
    const first = await ask('one', '/v1/live');
    t.equal((await ask('one', '/v1/live', { as: '' })).status, 200, 'a second');
    const third = await whole('one', '/v1/live', { as: '' });
    isProblem(t, third, 429, 'TOO_MANY_STREAMS', 'a third of one account, whatever its grants');
    t.equal(third.headers['retry-after'], '10');
    t.match(third.json.detail, /2 live streams/);
    t.equal((await ask('two', '/v1/live')).status, 200, 'another account');
    const full = await whole('three', '/v1/live');
    isProblem(t, full, 503, 'NO_PLACE_FOR_STREAMS', 'a fourth in all');
    t.equal(full.headers['retry-after'], '10');
    t.equal(await streams(), 3);
    first.request.destroy();
    await until(async () => (await streams()) === 2);
    t.equal((await ask('one', '/v1/live')).status, 200, 'in the place of who has gone');
    t.equal((await whole('one', '/v1/events')).status, 200, 'exports are counted apart');
  });

  await t.test('exports: ended, cut off by their reader, or failed, they give the place back', async (t) => {
    const { follow, letGo, held } = gate(harness);
    let fails = false;
    const failing: Follow = (...args) =>
      fails ? Promise.reject(new Error('the disk is gone')) : follow(...args);
    const { ask, whole } = await listening(t, harness, { atOnce: few, follow: failing });
    const first = await ask('one', '/v1/events');
    isProblem(t, await whole('one', '/v1/events'), 429, 'TOO_MANY_EXPORTS', 'a second of one account');
    const second = await ask('two', '/v1/events');
    const full = await whole('three', '/v1/events');
    isProblem(t, full, 503, 'NO_PLACE_FOR_EXPORTS', 'a third in all');
    t.equal(full.headers['retry-after'], '5');
    first.request.destroy();
    let next: Awaited<ReturnType<typeof ask>> | undefined;
    await until(async () => (next = await ask('three', '/v1/events')).status === 200);
    letGo();
    for (const { response } of [second, next!]) {
      let raw = '';
      for await (const chunk of response) raw += String(chunk);
      t.ok(raw.split('\n').length > 300, 'whoever waited gets the whole');
    }
    t.equal(held.length, 0);
    fails = true;
    for (let n = 0; n < 3; n++) {
      const { response, status } = await ask('one', '/v1/events');
      t.equal(status, 200);
      await t.rejects(async () => {
        for await (const chunk of response) t.fail(`nothing was read: ${String(chunk)}`);
      }, 'cut off: nobody takes a part for the whole');
    }
  });

  await t.test('whoever goes before they are known takes no place', async (t) => {
    const verify = createVerifier(harness.issuer.verifier);
    let [asked, known] = [(): void => {}, (): void => {}];
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    const wait = new Promise<void>((resolve) => (known = resolve));
    const gone = await harness.token(office, 'gone');
    const { port, streams, whole } = await listening(t, harness, {
      atOnce: { ...usual, streams: { account: 1, all: 1 } },
      verify: async (authorization) => {
        if (authorization === `Bearer ${gone}`) {
          asked();
          await wait;
        }
        return verify(authorization);
      },
    });
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/v1/live',
      headers: { authorization: `Bearer ${gone}` },
    });
    request.on('error', () => {});
    request.end();
    await arrived;
    request.destroy();
    await new Promise((closed) => request.once('close', closed));
    // The server has read the end of the connection before it answers a later one.
    await whole('other', '/v1/programmes');
    known();
    await whole('other', '/v1/programmes');
    await until(async () => (await streams()) === 0);
    t.pass('none is held');
  });
});

test(
  'HEAD has the headers of GET, ends at once, takes no place and reads nothing',
  { timeout: 60_000 },
  async (t) => {
    const harness = await openHarness(t);
    let followed = 0;
    const follow: Follow = (...args) => (followed++, harness.service.follow(...args));
    const { ask, whole, streams } = await listening(t, harness, {
      follow,
      atOnce: { exports: { account: 1, all: 1 }, streams: { account: 1, all: 1 } },
    });
    for (const path of ['/v1/live', '/v1/events']) {
      const got = await ask('one', path);
      if (path === '/v1/events') for await (const _ of got.response);
      const before = [followed, await streams()];
      for (let n = 0; n < 3; n++) {
        const head = await whole('one', path, { method: 'HEAD' });
        t.equal(head.status, 200, `${path}: though no place is left`);
        t.equal(head.raw, '');
        const named = (headers: Record<string, unknown>): Record<string, unknown> => {
          const {
            date: _date,
            'keep-alive': _alive,
            connection: _connection,
            'transfer-encoding': _coding,
            ...rest
          } = headers;
          return rest;
        };
        t.strictSame(named(head.headers), named(got.headers), `${path}: the headers of GET`);
      }
      t.strictSame([followed, await streams()], before, `${path}: nothing was read or counted`);
    }
    isProblem(t, await whole('one', '/v1/live?colour=red'), 400, 'INVALID_PARAMETER', 'GET');
    t.equal(
      (await whole('one', '/v1/live?colour=red', { method: 'HEAD' })).status,
      400,
      'what GET refuses, HEAD does',
    );
    t.strictSame(harness.errors, []);
  },
);

test(
  'a position that the log does not reach is refused wherever one is taken',
  { timeout: 30_000 },
  async (t) => {
    const harness = await openHarness(t);
    const beyond = positionToken(harness.service.log.identity, (await harness.head()) + 20);
    const asked: [url: string, headers: Record<string, string>][] = [
      ['/v1/live', { 'last-event-id': beyond }],
      [`/v1/events?from=${beyond}`, {}],
      [`/v1/timeline?before=${beyond}`, {}],
      ['/v1/programmes', { 'read-after': beyond }],
    ];
    for (const [url, headers] of asked) {
      isProblem(
        t,
        await harness.inject(office, officeAccount, 'GET', url, undefined, headers),
        400,
        'POSITION_BEYOND_LOG',
        `${url} ${Object.keys(headers).join()}`,
      );
      t.equal((await harness.inject(office, officeAccount, 'HEAD', url, undefined, headers)).status, 400);
    }
    const end = positionToken(harness.service.log.identity, await harness.head());
    t.equal(
      (await harness.inject(office, officeAccount, 'GET', `/v1/timeline?before=${end}`)).status,
      200,
      'the log’s end is reached',
    );
  },
);

test(
  'a command is answered while many streams still read from the beginning',
  { timeout: 120_000 },
  async (t) => {
    const harness = await openHarness(t);
    // A clock that moves with every look at it: a slice is so many events. The event loop’s turns are given
    // one by one.
    let [time, moves] = [0, 1];
    const turns: (() => void)[] = [];
    const slices = new Slices({
      ms: 10,
      now: () => (time += moves),
      later: (callback) => turns.push(callback),
    });
    const { ask, app } = await listening(t, harness, { slices });
    const auditor = 'auditor@programme:total-place';
    const first = positionToken(harness.service.log.identity, 1);
    const readers = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const stream = await ask(`reader-${n}`, '/v1/live', {
          as: auditor,
          headers: { 'last-event-id': first },
        });
        let raw = '';
        stream.response.setEncoding('utf8').on('data', (chunk: string) => (raw += chunk));
        return {
          events: () => raw.split('\nid: ').length - 1,
          ids: () => [...raw.matchAll(/^id: (.*)$/gm)].map((m) => m[1]),
        };
      }),
    );
    const told = (): number => readers.reduce((sum, r) => sum + r.events(), 0);
    const turn = async (): Promise<void> => {
      for (const callback of turns.splice(0)) callback();
      await sleep(1);
    };
    t.equal(told(), 0, 'nobody is told anything before it is their turn');
    for (let n = 0; n < 40; n++) await turn();
    const before = told();
    t.ok(before > 0 && before <= 40 * 10, `${before} events in 40 turns of 10 looks at the clock`);
    const url = '/v1/programmes/total-place/milestones';
    const milestone = {
      milestoneId: 'beside',
      name: 'Beside the readers',
      kind: 'info',
      date: { from: '2009-11-26', to: '2009-11-26', precision: 'day', tbc: false },
    };
    const headers = {
      authorization: `Bearer ${await harness.token(office, officeAccount)}`,
      'content-type': 'application/json',
      'idempotency-key': 'beside',
    };
    const answer = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(milestone) });
    t.match(
      answer.statusCode,
      /^20[01]$/,
      `no turn of theirs was needed for a command (${answer.body.slice(0, 200)})`,
    );
    t.equal(told(), before, 'and nobody was told anything meanwhile');

    // All come to the end, in order, the new event included; how often they give way on the way there was
    // seen.
    moves = 0;
    const { position } = answer.json() as { position: string };
    await until(async () => {
      await turn();
      return readers.every((reader) => reader.ids().at(-1) === position);
    });
    const [one, ...others] = readers.map((reader) => reader.ids());
    t.equal(new Set(one).size, one!.length, 'each event once');
    t.ok(one!.length > 300);
    for (const other of others) t.strictSame(other, one);
    t.strictSame(harness.errors, []);
  },
);

test('a reader who takes nothing is let go, and its place with it', { timeout: 60_000 }, async (t) => {
  const app = Fastify({ forceCloseConnections: true });
  const answers = new LongAnswers({ slices: new Slices(), atOnce: usual, patience: 20 });
  let gone = false;
  app.get('/endless', (request, reply) =>
    answers.send(request, reply, { account: 'one', kind: 'exports', headers: {} }, async (answer) => {
      while (!answer.signal.aborted) {
        answer.write('x'.repeat(100_000));
        await answer.turn();
      }
      gone = true;
    }),
  );
  t.teardown(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const request = httpRequest({
    port: (app.server.address() as AddressInfo).port,
    host: '127.0.0.1',
    path: '/endless',
  });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  t.equal(answers.count('exports'), 1);
  response.pause();
  await until(async () => answers.count('exports') === 0);
  t.ok(gone, 'who makes it is told');
  const cut = once(response, 'error');
  response.resume();
  await cut;
  t.pass('the connection is cut');
});

test(
  'an export that a closing server ends is cut, though whoever makes it stops quietly; a stream just ends',
  { timeout: 60_000 },
  async (t) => {
    for (const kind of ['exports', 'streams'] as const) {
      const app = Fastify({ forceCloseConnections: true });
      const answers = new LongAnswers({ slices: new Slices(), atOnce: usual });
      app.get('/rows', (request, reply) =>
        answers.send(request, reply, { account: 'one', kind, headers: {} }, async (answer) => {
          while (!answer.signal.aborted) {
            answer.write('a row\n');
            await answer.turn();
          }
        }),
      );
      t.teardown(() => app.close());
      await app.listen({ port: 0, host: '127.0.0.1' });
      const request = httpRequest({
        port: (app.server.address() as AddressInfo).port,
        host: '127.0.0.1',
        path: '/rows',
      });
      request.end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await once(response, 'data');
      answers.endAll();
      const read = async (): Promise<void> => {
        for await (const _ of response);
      };
      if (kind === 'exports') await t.rejects(read(), 'nobody takes a part for the whole');
      else await t.resolves(read());
    }
  },
);
