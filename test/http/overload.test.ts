/** More commands than can be done: each that is too many is told when to come again, and everything else is answered as ever. */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'tap';
import { CommandQueue } from '../../src/commands/queue.js';
import { isProblem, office, officeAccount, openHarness, type Answer } from './harness.js';

const url = '/v1/programmes/total-place/milestones';
const milestone = (id: string) => ({ milestoneId: id, name: 'Extra', kind: 'engagement', date: { from: '2009-11-26', to: '2009-11-26', precision: 'day', tbc: false } });

test('while the log stands still and as many wait as may, commands are turned away and nothing else is', async (t) => {
  const queue = new CommandQueue({ longestMs: 10, now: () => 0 });
  const h = await openHarness(t, { queue, operatorToken: 'a-token-of-the-operator-0123456789abcdef' });
  const { log } = h.service;
  const append = log.append.bind(log);
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  log.append = async (...given) => (await held, append(...given));

  let n = 0;
  const give = (key: string = randomUUID(), body: object | string = milestone(`extra-${n++}`)): Promise<Answer> =>
    h.inject(office, officeAccount, 'POST', url, body, { 'idempotency-key': key });
  // 128 are decided and wait for the log; 11 wait for these.
  const waiting = Array.from({ length: 128 + 11 }, () => give());
  while (queue.waiting !== 11 || queue.expectedMs() <= 10) await turn();

  const head = await h.head();
  const key = randomUUID();
  const last = milestone('last');
  const refused = await give(key, last);
  isProblem(t, refused, 503, 'OVERLOADED', 'one more');
  t.equal(refused.headers['retry-after'], '1', 'says when to come again');
  isProblem(t, await give(randomUUID(), '{"no JSON'), 503, 'OVERLOADED', 'one that nobody read');
  isProblem(t, await h.send('POST', url, {}, last), 503, 'OVERLOADED', 'whose token nobody read');
  for (const probe of ['/health/live', '/health/ready']) t.equal((await h.send('GET', probe)).status, 200, `${probe} meanwhile`);
  t.equal((await h.inject(office, officeAccount, 'GET', '/v1/programmes/total-place')).status, 200, 'reads meanwhile');
  const { raw } = await h.send('GET', '/metrics', { authorization: 'Bearer a-token-of-the-operator-0123456789abcdef' });
  t.match(raw, /^commands_waiting 11$/m, 'the operator sees how many wait');
  t.match(raw, /^commands_refused_total\{code="OVERLOADED"\} 3$/m, 'and how many were turned away');
  t.equal(await h.head(), head, 'nothing was recorded');

  release();
  for (const answer of await Promise.all(waiting)) t.equal(answer.status, 200, 'who waited is served');
  const again = await give(key, last);
  t.same([again.status, again.headers['idempotent-replayed']], [200, undefined], 'who comes again with the same key is served as if for the first time');
  t.equal((await give(key, last)).headers['idempotent-replayed'], 'true');
  t.same(h.errors, []);
});
