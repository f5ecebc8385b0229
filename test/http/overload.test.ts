/**
 * More commands than can be done: each that is too many is told when to come again, and everything else is
 * answered as ever.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'tap';
import { Agent, request } from 'node:http';
import { CommandQueue, Overloaded } from '../../src/commands/queue.js';
import { isProblem, office, officeAccount, openHarness, type Answer } from './harness.js';

const url = '/v1/programmes/total-place/milestones';
const milestone = (id: string) => ({
  milestoneId: id,
  name: 'Extra',
  kind: 'engagement',
  date: { from: '2009-11-26', to: '2009-11-26', precision: 'day', tbc: false },
});

test('while the log stands still and as many wait as may, commands are turned away and nothing else is', async (t) => {
  const queue = new CommandQueue({ longestMs: 10, now: () => 0 });
  const harness = await openHarness(t, { queue, operatorToken: 'a-token-of-the-operator-0123456789abcdef' });
  const { log } = harness.service;
  const append = log.append.bind(log);
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  log.append = async (...given) => (await held, append(...given));

  let n = 0;
  const give = (
    key: string = randomUUID(),
    body: object | string = milestone(`extra-${n++}`),
  ): Promise<Answer> => harness.inject(office, officeAccount, 'POST', url, body, { 'idempotency-key': key });
  // 128 are decided and wait for the log; 11 wait for these.
  const waiting = Array.from({ length: 128 + 11 }, () => give());
  while (queue.waiting !== 11 || queue.expectedMs() <= 10) await turn();

  const head = await harness.head();
  const key = randomUUID();
  const last = milestone('last');
  const refused = await give(key, last);
  isProblem(t, refused, 503, 'OVERLOADED', 'one more');
  t.equal(refused.headers['retry-after'], '1', 'says when to come again');
  isProblem(t, await give(randomUUID(), '{"no JSON'), 503, 'OVERLOADED', 'one that nobody read');
  isProblem(t, await harness.send('POST', url, {}, last), 503, 'OVERLOADED', 'whose token nobody read');
  for (const probe of ['/health/live', '/health/ready'])
    t.equal((await harness.send('GET', probe)).status, 200, `${probe} meanwhile`);
  t.equal(
    (await harness.inject(office, officeAccount, 'GET', '/v1/programmes/total-place')).status,
    200,
    'reads meanwhile',
  );
  const { raw } = await harness.send('GET', '/metrics', {
    authorization: 'Bearer a-token-of-the-operator-0123456789abcdef',
  });
  t.match(raw, /^commands_waiting 11$/m, 'the operator sees how many wait');
  t.match(raw, /^commands_refused_total\{code="OVERLOADED"\} 3$/m, 'and how many were turned away');
  t.equal(await harness.head(), head, 'nothing was recorded');

  release();
  for (const answer of await Promise.all(waiting)) t.equal(answer.status, 200, 'who waited is served');
  const again = await give(key, last);
  t.same(
    [again.status, again.headers['idempotent-replayed']],
    [200, undefined],
    'who comes again with the same key is served as if for the first time',
  );
  t.equal((await give(key, last)).headers['idempotent-replayed'], 'true');
  t.same(harness.errors, []);
});

test('over a socket what is turned away is answered before the framework sees it, and the connection serves on', async (t) => {
  const queue = new CommandQueue({ longestMs: 10, now: () => 0 });
  const harness = await openHarness(t, { queue, seed: [] });
  const address = await harness.app.listen({ port: 0, host: '127.0.0.1' });

  let refuse = true;
  queue.admit = () => {
    if (refuse) throw new Overloaded(2500);
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const send = (
    method: string,
    path: string,
    body = '',
  ): Promise<{ status: number; type: string; after: string; reused: boolean; text: string }> =>
    new Promise((resolve, reject) => {
      const asking = request(
        new URL(path, address),
        {
          agent,
          method,
          headers: body
            ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
            : {},
        },
        (res) => {
          let text = '';
          res.setEncoding('utf8').on('data', (part: string) => (text += part));
          res.on('end', () =>
            resolve({
              status: res.statusCode!,
              type: res.headers['content-type']!,
              after: String(res.headers['retry-after']),
              reused: asking.reusedSocket,
              text,
            }),
          );
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  const first = await send('POST', '/v1/barriers', JSON.stringify({ statement: 'x'.repeat(50_000) }));
  t.match(first, { status: 503, type: 'application/problem+json; charset=utf-8', after: '3' });
  t.match(JSON.parse(first.text), { code: 'OVERLOADED', status: 503, correlationId: /^[0-9a-f-]{36}$/ });
  t.match(
    await send('POST', '/v1/nothing-of-the-kind', '{}'),
    { status: 503, reused: true },
    'no route was looked for',
  );
  t.match(
    await send('GET', '/health/live'),
    { status: 200, reused: true },
    'the body was read away, and the connection serves on',
  );
  refuse = false;
  t.match(
    await send('POST', '/v1/barriers', '{}'),
    { status: 401, reused: true },
    'once there is room the framework answers',
  );
});
