/**
 * `total-place views copy --from http://…`: a copy from a running node, by the operator's secret; what goes
 * wrong leaves nothing.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type Test } from 'tap';
import { build } from '../../src/app.js';
import { viewsCommand } from '../../src/cli/views.js';
import { readConfig } from '../../src/config.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { viewFile } from '../../src/runtime/node/view-file.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { seatHolder, must, world } from '../commands/world.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { differences, folder, gapped, level, nodeOn } from './nodes.js';
import { makeLogger } from '../../src/http/server/logger.js';

const token = 'canary-Qx7-0123456789abcdefghijklmnop';

/** A node on a log, listening; what it logs is kept. */
async function giver(
  t: Test,
  options: { operatorToken?: string } = { operatorToken: token },
  log: Parameters<typeof nodeOn>[1] = gapped(),
) {
  const node = nodeOn(t, log);
  const logged: string[] = [];
  const stream = new Writable({ write: (line: Buffer, _, done) => (logged.push(line.toString()), done()) });
  const app = await build({
    service: node,
    verify: createVerifier((await localIssuer()).verifier),
    version: 'test',
    logger: makeLogger('trace', stream),
    ...options,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(async () => {
    await app.close();
    await node.close();
  });
  await node.built();
  await world(log, node.executor);
  await level(node);
  return { log, node, url, logged };
}
async function copy(
  t: Test,
  from: string,
  dir = folder(t),
  env: NodeJS.ProcessEnv = { OPERATOR_TOKEN: token },
): Promise<{ dir: string; said: string; failed: string }> {
  const lines: string[] = [];
  const failed = await viewsCommand((line) => lines.push(line), env)
    .parseAsync(['copy', '--from', from, '--data-dir', dir], { from: 'user' })
    .then(
      () => '',
      (error: Error) => error.message,
    );
  t.same(readdirSync(dir), failed ? [] : ['views.db'], failed ? 'nothing was left' : 'one whole file');
  return { dir, said: lines.join('\n'), failed };
}
const pledge = (pledgeId: string) => ({ pledgeId, financialYear: '2009-10', pledgedPence: 100 });

test('a copy from a node that goes on; the new node catches up; the secret is told to nobody', async (t) => {
  const { log, node, url, logged } = await giver(t);
  const at = node.position();
  const { dir, said } = await copy(t, `${url}/`);
  t.equal(
    said,
    `Copied: the views of the log ${log.identity.logId} up to position ${at}. Start the node; it catches up from there.`,
  );
  await must(node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge('later'));
  const b = nodeOn(t, log, { dataDir: dir });
  await b.built();
  await level(node, b);
  t.same(await differences(b, log), []);
  await b.close();
  t.notOk(existsSync(join(node.dataDir, 'views.db.given')), 'the giver keeps none');
  t.ok(logged.length > 0);
  t.notMatch(logged.join(''), /canary/, 'it stands in no log line');
});

test('copies while events arrive are of one moment each', async (t) => {
  const { log, node, url } = await giver(t);
  let writing = true;
  const writer = (async () => {
    for (let n = 0; writing; n++)
      await must(node.executor, seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(`p-${n}`)).then(
        () => new Promise((r) => setImmediate(r)),
      );
  })();
  const copies = [];
  for (let n = 0; n < 5; n++) copies.push(await copy(t, url));
  writing = false;
  await writer;
  await level(node);
  for (const { dir } of copies) {
    const b = nodeOn(t, log, { dataDir: dir, holdReactors: true });
    await b.built();
    while (!(await b.waitForPosition(await log.head())));
    t.same(await differences(b, log), []);
    await b.close();
  }
});

test('without the secret, with another, or from a node that has none', async (t) => {
  const { url } = await giver(t);
  for (const authorization of [undefined, 'Bearer', `Bearer ${token}x`, token]) {
    const answer = await fetch(
      `${url}/operator/views`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    t.equal(answer.status, 401);
    t.notMatch(await answer.text(), /canary/);
  }
  t.equal(
    (await fetch(`${url}/operator/views`, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } }))
      .status,
    405,
  );
  t.match((await copy(t, url, folder(t), {})).failed, /OPERATOR_TOKEN must stand in the environment/);
  const wrong = await copy(t, url, folder(t), { OPERATOR_TOKEN: 'canary-another' });
  t.match(wrong.failed, /does not take this token/);
  t.notMatch(wrong.failed, /canary/);
  const closed = await giver(t, {});
  t.equal(
    (await fetch(`${closed.url}/operator/views`, { headers: { authorization: `Bearer ${token}` } })).status,
    404,
  );
  t.match((await copy(t, closed.url)).failed, /gives no copies: .*OPERATOR_TOKEN/);
  t.throws(
    () => readConfig({ OPERATOR_TOKEN: 'canary' }),
    { message: /OPERATOR_TOKEN must be at least 32 printable characters without spaces$/ },
    'a short one is refused, unnamed',
  );
});

test('a transfer that breaks off, is changed on the way, or finds nobody', async (t) => {
  const { url } = await giver(t);
  /** Between the two: hands on the answer, and does something to it. */
  const between = async (handle: (chunk: Buffer, n: number) => Buffer | undefined): Promise<string> => {
    const server = createServer((req, res) => {
      request(url + req.url!, { headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode!, answer.headers);
        let n = 0;
        answer.on('data', (chunk: Buffer) => {
          const on = handle(chunk, n++);
          if (on) res.write(on);
          else {
            answer.destroy();
            res.destroy();
          }
        });
        answer.on('end', () => res.end());
      }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const cut = await between((chunk, n) => (n < 2 ? chunk : undefined));
  t.match(
    (await copy(t, cut)).failed,
    /did not arrive whole: it broke off after \d+ of \d+ bytes .*Nothing was kept; run this again/,
  );
  // The giver hears a little later that nobody listens any more.
  const next = async (from: string): Promise<string> => {
    for (;;) {
      const { failed } = await copy(t, from);
      if (!/another copy is under way/.test(failed)) return failed;
      await new Promise((r) => setTimeout(r, 20));
    }
  };
  const changed = await between((chunk) => {
    const other = Buffer.from(chunk);
    other[other.length - 1]! ^= 1;
    return other;
  });
  t.match(await next(changed), /did not arrive whole: its content is not what was sent/);
  t.match((await copy(t, 'http://127.0.0.1:1')).failed, /cannot be reached: .*Name a running node/);
  t.equal(await next(url), '', 'and then it can be copied');
});

test('the copy must be of the log that LOG_URL names, and not ahead of it', async (t) => {
  const server = await StandIn.start();
  t.teardown(() => server.close());
  const at = (namespace: string): Promise<string> => server.url({ namespace });
  const log = await openEventStoreLog(await at('one'), { clock: 'simulated', create: true });
  await (await openEventStoreLog(await at('two'), { clock: 'simulated', create: true })).close();
  t.teardown(() => log.close());
  const { url } = await giver(t, { operatorToken: token }, log);
  t.match(
    (await copy(t, url, folder(t), { OPERATOR_TOKEN: token, LOG_URL: await at('two') })).failed,
    /was made from the log .* and LOG_URL leads to the log/,
  );
  t.equal((await copy(t, url, folder(t), { OPERATOR_TOKEN: token, LOG_URL: await at('one') })).failed, '');
});

test('one process alone keeps views in a folder, and a copy never replaces a file', async (t) => {
  const { log, node, url } = await giver(t);
  t.throws(() => nodeOn(t, log, { dataDir: node.dataDir }), /another process keeps its views in/);
  const lines: string[] = [];
  const again = viewsCommand((line) => lines.push(line), { OPERATOR_TOKEN: token });
  await t.rejects(
    again.parseAsync(['copy', '--from', url, '--data-dir', node.dataDir], { from: 'user' }),
    /exists\. Move it away first/,
  );
  t.ok(existsSync(viewFile(node.dataDir)));
});
