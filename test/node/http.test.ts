/**
 * Nodes over HTTP: a write through one is read through the other; a log that is away; tokens of other logs.
 */
import { randomUUID } from 'node:crypto';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { Unavailable, type EventLog, type LoggedEvent, type LogStatus } from '../../src/log/event-log.js';
import { world } from '../commands/world.js';
import { gapped, lent, level, nodeOn, sharedLogs } from './nodes.js';
import { Property } from '../holds.js';

/** A log that can be taken away, and whose follower can be held. */
function away(log: EventLog) {
  const control = { gone: false, held: undefined as Promise<void> | undefined };
  const gate = <T>(work: () => Promise<T>): Promise<T> =>
    control.gone ? Promise.reject(new Unavailable('the log is away')) : work();
  const lended = lent(log);
  const wrapped: EventLog = {
    identity: log.identity,
    contiguous: log.contiguous,
    read: (stream, after) => gate(() => lended.read(stream, after)),
    append: (stream, expected, events) => gate(() => lended.append(stream, expected, events)),
    follow: (from, onBatch, signal) =>
      lended.follow(
        from,
        async (batch: readonly LoggedEvent[]) => {
          await control.held;
          await onBatch(batch);
        },
        signal,
      ),
    head: () => gate(() => lended.head()),
    since: (position, max) => gate(() => lended.since(position, max)),
    status: (): LogStatus =>
      control.gone
        ? { state: 'away', lastError: 'connection refused' }
        : { state: 'ready', lag: 0, leader: '127.0.0.1:2113' },
    close: async () => {},
  };
  return { wrapped, control };
}

const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';

async function start(
  t: Test,
  options: { staleReads?: boolean; readAfterMs?: number | 'the default'; log?: EventLog } = {},
) {
  const { log = gapped(), readAfterMs = 60_000 } = options;
  const issuer = await localIssuer();
  const token = await issuer.token('seat-holder.pct', ['seat-holder@place:durham+agency:pct']);
  const one = async (staleReads: boolean) => {
    const { wrapped, control } = away(log);
    const node = nodeOn(t, wrapped, readAfterMs === 'the default' ? {} : { readAfterMs });
    const app = await build({
      service: node,
      verify: createVerifier(issuer.verifier),
      version: 'test',
      staleReads,
      operatorToken,
    });
    const send = async (
      method: 'GET' | 'POST',
      url: string,
      headers: Record<string, string> = {},
      payload?: object,
    ) => {
      const answer = await app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(payload ? { payload } : {}),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        json: answer.headers['content-type']?.toString().includes('json')
          ? JSON.parse(answer.body)
          : undefined,
      };
    };
    t.teardown(async () => {
      await app.close();
      await node.close();
    });
    return { node, app, control, send };
  };
  const staleReads = options.staleReads ?? false;
  const [a, b, c] = [await one(staleReads), await one(staleReads), await one(staleReads)];
  await Promise.all([a.node.built(), b.node.built(), c.node.built()]);
  await world(log, a.node.executor);
  await level(a.node, b.node, c.node);
  return { log, a, b, c, issuer, token };
}
const body = { financialYear: '2009-10', pledgedPence: 100 };

for (const [name, open] of sharedLogs)
  test(
    `three nodes on ${name}: a write through one is readable through the others with its Position`,
    { timeout: 120_000 },
    async (t) => {
      const { a, b, c } = await start(t, { log: await open(t), readAfterMs: 'the default' });
      const nodes = [a, b, c];
      const readable = new Property('what one node wrote is read at its version through another');
      for (let i = 0; i < 21; i++) {
        const writer = nodes[i % 3]!;
        const wrote = await writer.send(
          'POST',
          '/v1/pools/treatment/pledges',
          {},
          { ...body, pledgeId: `p-${i}` },
        );
        readable.same(t, `write ${i}`, wrote.status, 200);
        const headers = { 'read-after': String(wrote.headers.position) };
        for (const reader of nodes.filter((n) => n !== writer)) {
          // A reader that is told that the node is behind asks again, as a client does: how fast the machine
          // is proves nothing.
          const ask = async (url: string): ReturnType<typeof reader.send> => {
            for (;;) {
              const read = await reader.send('GET', url, headers);
              if (read.json.code !== 'READ_MODEL_BEHIND') return read;
            }
          };
          const read = await ask('/v1/pools/treatment');
          const timeline = await ask('/v1/timeline?limit=1');
          const { version } = wrote.json;
          readable.same(
            t,
            `write ${i} through another`,
            [read.status, read.json.version, timeline.json.items[0].record.version],
            [200, version, version],
          );
        }
      }
      readable.settle(t);
    },
  );

test('a node that is behind waits, and then says so; a token of another log is a 400', async (t) => {
  const { a, b } = await start(t, { readAfterMs: 50 });
  let release!: () => void;
  b.control.held = new Promise((resolve) => (release = resolve));
  const wrote = await a.send('POST', '/v1/pools/treatment/pledges', {}, { ...body, pledgeId: 'p-1' });
  const headers = { 'read-after': String(wrote.headers.position) };
  const behind = await b.send('GET', '/v1/pools/treatment', headers);
  t.match([behind.status, behind.json.code, behind.headers['retry-after']], [503, 'READ_MODEL_BEHIND', '1']);
  t.equal(
    (await b.send('GET', '/v1/pools/treatment')).status,
    200,
    'without the header it answers what it knows',
  );
  release();
  t.ok(await b.node.follower.waitForPosition(await a.node.log.head(), 60_000));
  t.equal((await b.send('GET', '/v1/pools/treatment', headers)).status, 200);
  const foreign = await b.send('GET', '/v1/pools/treatment', { 'read-after': '00000000-1a' });
  t.match([foreign.status, foreign.json.code], [400, 'FOREIGN_POSITION']);
});

test('while the log is away writes are 503 with Retry-After; reads go on only where the operator allows it', async (t) => {
  for (const staleReads of [false, true]) {
    const { a } = await start(t, { staleReads });
    const details = async () =>
      (await a.send('GET', '/health/details', { authorization: `Bearer ${operatorToken}` })).json;
    t.match(await details(), { status: 'ready', log: { state: 'ready', lag: 0, leader: '127.0.0.1:2113' } });
    t.strictSame((await a.send('GET', '/health/ready')).json, { status: 'ready' });
    a.control.gone = true;
    const key = randomUUID();
    const write = () =>
      a.send('POST', '/v1/pools/treatment/pledges', { 'idempotency-key': key }, { ...body, pledgeId: 'p-1' });
    const refused = await write();
    t.match(
      [refused.status, refused.json.code, refused.headers['retry-after']],
      [503, 'LOG_UNAVAILABLE', '2'],
    );
    const read = await a.send('GET', '/v1/pools/treatment');
    t.equal(read.status, staleReads ? 200 : 503);
    if (!staleReads) t.match([read.json.code, read.headers['retry-after']], ['LOG_UNAVAILABLE', '2']);
    const ready = await a.send('GET', '/health/ready');
    t.equal(ready.status, staleReads ? 200 : 503);
    t.strictSame(ready.json, { status: staleReads ? 'reads-only' : 'not-ready' });
    t.match(await details(), { ...ready.json, log: { state: 'away', lastError: 'connection refused' } });
    t.equal((await a.send('GET', '/health/live')).status, 200, 'the process is well');
    a.control.gone = false;
    t.equal((await write()).status, 200, 'and goes on when the log is back');
  }
});

test('a live stream of any node shows what was written through another, and resumes there', async (t) => {
  const { a, b, token } = await start(t);
  const [urlA, urlB] = await Promise.all([a, b].map((n) => n.app.listen({ port: 0, host: '127.0.0.1' })));
  const listen = async (url: string, last: string | undefined, want: number): Promise<string[]> => {
    const abort = new AbortController();
    const response = await fetch(`${url}/v1/live?scope=place:durham`, {
      headers: { authorization: `Bearer ${token}`, ...(last ? { 'last-event-id': last } : {}) },
      signal: abort.signal,
    });
    const ids: string[] = [];
    let text = '';
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk as Uint8Array).toString();
      ids.splice(0, ids.length, ...[...text.matchAll(/^id: (\S+)$/gm)].map((m) => m[1]!));
      if (ids.length >= want) break;
    }
    abort.abort();
    return ids;
  };
  const first = listen(urlB!, undefined, 3);
  let done = false;
  void first.then(() => (done = true));
  // The stream opens while this writes: what it sees begins where it was opened.
  for (let i = 0; i < 6 || !done; i++) {
    await a.send('POST', '/v1/pools/treatment/pledges', {}, { ...body, pledgeId: `p-${i}` });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const seen = await first;
  const rest = await listen(urlA!, seen[0], 2);
  t.same(rest.slice(0, 2), seen.slice(1, 3), 'the other node goes on where this one stopped');
});
