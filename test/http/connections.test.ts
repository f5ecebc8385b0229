/**
 * Below the routes, over real sockets: what never becomes a request is refused as everything else is, and a
 * closing server ends.
 */
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type Test } from 'tap';
import type { build } from '../../src/app.js';
import { buildOperator } from '../../src/http/server/operator-app.js';
import { office, officeAccount, openHarness, isProblem, type Answer } from './harness.js';

/** What came back on a connection, taken apart. */
function parsed(raw: string): Answer {
  const [head = '', body = ''] = raw.split(/\r\n\r\n(.*)/s);
  const [status = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines
      .map((line) => line.split(/: (.*)/s).slice(0, 2))
      .map(([name, value]) => [name!.toLowerCase(), value]),
  );
  return {
    status: Number(status.split(' ')[1]),
    headers,
    raw: body,
    json: body.startsWith('{') ? JSON.parse(body) : undefined,
  };
}
async function listening(
  t: Test,
  options: Parameters<typeof build>[0]['connections'] = {},
  prepare: (harness: Awaited<ReturnType<typeof openHarness>>) => void = () => {},
) {
  const harness = await openHarness(t, { connections: options });
  prepare(harness);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as AddressInfo;
  const authorization = `Authorization: Bearer ${await harness.token(office, officeAccount)}\r\n`;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  return { ...harness, port, authorization, open };
}
/** Writes as it is and reads until the connection ends. */
async function exchange(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1');
  // All is written before anything is read, as the simplest clients do.
  await new Promise<void>((done) => socket.on('error', () => done()).write(bytes, () => done()));
  return parsed(await text(socket));
}

test('what the parser refuses is a problem document', async (t) => {
  const { app, port, authorization } = await listening(t);
  const operator = buildOperator(app);
  t.teardown(() => operator.close());
  await operator.listen({ port: 0, host: '127.0.0.1' });
  const own = (operator.server.address() as AddressInfo).port;
  const host = 'Host: localhost\r\n';
  const refused: [string, string, number, string][] = [
    [
      'an address too long',
      `GET /v1/barriers?status=${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
      414,
      'ADDRESS_TOO_LONG',
    ],
    [
      'a header too long',
      `GET /v1/barriers HTTP/1.1\r\n${host}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LONG',
    ],
    [
      'headers of a megabyte',
      `GET /v1/barriers HTTP/1.1\r\n${host}${`X-Long: ${'a'.repeat(1000)}\r\n`.repeat(1000)}\r\n`,
      431,
      'HEADERS_TOO_LONG',
    ],
    ['no request line', `nonsense\r\n\r\n`, 400, 'BAD_REQUEST'],
    ['an unknown method', `BREW /pot HTTP/1.1\r\n${host}\r\n`, 400, 'BAD_REQUEST'],
    ['another protocol', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03`, 400, 'BAD_REQUEST'],
    [
      'a length and chunks',
      `POST /v1/barriers HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      'BAD_REQUEST',
    ],
    [
      'a chunk without a size',
      `POST /v1/barriers HTTP/1.1\r\n${host}${authorization}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n`,
      400,
      'BAD_REQUEST',
    ],
    ['no host', `GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n`, 400, 'HOST_REQUIRED'],
    [
      'an expectation',
      `GET /health/live HTTP/1.1\r\n${host}Expect: miracles\r\nConnection: close\r\n\r\n`,
      417,
      'EXPECTATION_FAILED',
    ],
    ['a tunnel', `CONNECT example.org:443 HTTP/1.1\r\n${host}\r\n`, 405, 'METHOD_NOT_ALLOWED'],
  ];
  for (const [what, bytes, status, code] of refused) {
    const answer = await exchange(port, bytes);
    isProblem(t, answer, status, code, what);
    t.equal(
      Number(answer.headers['content-length']),
      Buffer.byteLength(answer.raw),
      `${what}: of the length it says`,
    );
    t.equal(answer.headers.connection, 'close', `${what}: the connection ends`);
    isProblem(t, await exchange(own, bytes), status, code, `${what}, at the operator’s address`);
  }
  t.equal((await exchange(port, 'GET /health/live HTTP/1.0\r\n\r\n')).status, 200, 'HTTP/1.0 knows no Host');
});

test('a request whose head does not come in time is told so', async (t) => {
  const { port } = await listening(t, { headMs: 1 });
  for (const begun of ['', 'GET /health/live HT'])
    isProblem(t, await exchange(port, begun), 408, 'REQUEST_TIMEOUT', begun || 'silence');
});

test('an idle connection is kept longer than a proxy keeps it', async (t) => {
  const ask = (port: number, connection: string) =>
    exchange(port, `GET /health/live HTTP/1.1\r\nHost: localhost\r\n${connection}\r\n\r\n`);
  const kept = async (given: object): Promise<number> => {
    const { port } = await listening(t, given);
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [first] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    t.equal((await ask(port, 'Connection: close')).headers.connection, 'close', 'who asks for an end has it');
    return Number(/timeout=(\d+)/.exec(parsed(first.toString()).headers['keep-alive'])?.[1]);
  };
  t.ok((await kept({})) >= 65, 'of load balancers 60 seconds are usual');
  t.equal(await kept({ keepAliveMs: 300_000 }), 300, 'and where one keeps them longer, it is configured');
});

test('a closing server refuses what comes, and then destroys what does not end', async (t) => {
  const patient = 300_000;
  let begun!: () => void;
  const closing = new Promise<void>((resolve) => (begun = resolve));
  let release!: () => void;
  const held = new Promise<void>((resolve) => (release = resolve));
  let arrived!: () => void;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const { app, open, authorization } = await listening(
    t,
    { closeWithinMs: patient, headMs: patient },
    (harness) => {
      harness.app.get('/held', async () => (arrived(), await held, { ok: true }));
      harness.app.addHook('preClose', async () => begun());
    },
  );
  const late = await open();
  late.write('GET /health/live HTTP/1.1\r\nHost:');
  const slow = await open();
  slow.write(`GET /held HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n`);
  await asked;
  const closed = app.close();
  await closing;
  late.write(' localhost\r\n\r\n');
  isProblem(t, parsed(await text(late)), 503, 'CLOSING', 'a request that comes too late');
  release();
  const answer = parsed(await text(slow));
  t.same(
    [answer.status, answer.headers.connection],
    [200, 'close'],
    'one that was there is answered, and its connection ends',
  );
  await closed;
});

test('with connections that say nothing, say it halfway or do not listen, closing ends', async (t) => {
  let arrived!: () => void;
  const asked = new Promise<void>((resolve) => (arrived = resolve));
  const { app, open, authorization } = await listening(
    t,
    { closeWithinMs: 1, headMs: 300_000 },
    (harness) => {
      harness.app.get('/never', () => (arrived(), new Promise(() => {})));
    },
  );
  const line = 'HTTP/1.1\r\nHost: localhost\r\n';
  const said = {
    nothing: '',
    'half a head': 'GET /health/live HTTP',
    'half a body': `POST /v1/barriers ${line}${authorization}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    'a request that is never answered': `GET /never ${line}${authorization}\r\n`,
  };
  const ends = Object.entries(said).map(async ([what, bytes]) => {
    const socket = await open();
    socket.on('error', () => {}).write(bytes);
    return [what, await text(socket).catch(() => '')];
  });
  // A stream whose reader takes nothing.
  const stream = await open();
  stream.on('error', () => {}).write(`GET /v1/live ${line}${authorization}\r\n`);
  stream.pause();
  await asked;
  await app.close();
  for (const end of ends) t.equal((await end)[1], '', `${(await end)[0]}: cut off without an answer`);
  t.notOk(app.server.listening);
});
