/** What only a real connection shows: bodies that are still on their way, headers sent twice. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'tap';
import { office, officeAccount, openHarness } from './harness.js';

const path = '/v1/programmes/total-place/milestones';
const long = 10 * 1024 * 1024;

test('on a real connection', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as AddressInfo;
  const authorization = `Bearer ${await harness.token(office, officeAccount)}`;
  const url = `http://127.0.0.1:${port}${path}`;
  const head = await harness.head();

  async function* inParts(): AsyncGenerator<Buffer> {
    for (let sent = 0; sent < long; sent += 65_536) yield Buffer.alloc(65_536, ' ');
  }
  const headers = { authorization, 'content-type': 'application/json' };
  const bodies = [
    ['of a known length', { body: Buffer.alloc(long, ' ') }],
    ['in parts', { body: inParts(), duplex: 'half' }],
  ] as const;
  for (const [what, init] of bodies) {
    const answer = await fetch(url, { method: 'POST', headers, ...(init as RequestInit) });
    const json = (await answer.json()) as { code: string };
    t.same([answer.status, json.code], [413, 'BODY_TOO_LARGE'], `10 MiB ${what}, by fetch`);
    t.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  }

  // A client that writes all before it reads anything, as the simplest do.
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: ${long}\r\nconnection: close\r\n\r\n`,
  );
  await new Promise<void>((done, fail) =>
    socket.on('error', fail).write(Buffer.alloc(long, ' '), () => done()),
  );
  const raw = await text(socket);
  t.match(raw, /^HTTP\/1\.1 413 /, '10 MiB, by a plain socket');
  t.match(raw, /"code":"BODY_TOO_LARGE"/);

  // More than anybody has a reason to send: answered at once, and cut off.
  const huge = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method: 'POST',
    headers: { ...headers, 'content-length': String(2 ** 40) },
  });
  huge.on('error', () => undefined).flushHeaders();
  const [cut] = (await once(huge, 'response')) as [IncomingMessage];
  t.same([cut.statusCode, cut.headers.connection], [413, 'close'], 'a terabyte is not waited for');
  huge.destroy();

  const twice = async (...given: string[]): Promise<[number | undefined, string]> => {
    const req = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/v1/programmes',
      headers: given.flatMap((value) => ['Authorization', value]).concat('host', 'localhost') as never,
    });
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    return [res.statusCode, (JSON.parse(await text(res)) as { code: string }).code];
  };
  t.same((await twice(authorization))[0], 200, 'one Authorization header');
  const other = `Bearer ${await harness.token('', 'somebody')}`;
  for (const second of [authorization, other, 'Basic x'])
    t.same(
      await twice(authorization, second),
      [400, 'AUTHORIZATION_REPEATED'],
      'two are refused, the same one twice too',
    );
  t.equal(await harness.head(), head, 'nothing recorded');
  t.same(harness.errors, []);
});
