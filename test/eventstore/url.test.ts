/** LOG_URL is read by us, and what is secret in it is told to nobody. */
import { inspect } from 'node:util';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'tap';
import { readConfig } from '../../src/config.js';
import { parseEventStoreUrl, Secret, seedsOf } from '../../src/log/eventstore/url.js';
import { asTypeScript } from '../as-typescript.js';
import { StandIn } from './stand-in/index.js';

test('addresses as people write them', async (t) => {
  const none = { discover: false, namespace: 'total-place' };
  t.match(parseEventStoreUrl('esdb://localhost'), {
    ...none,
    hosts: [{ address: 'localhost', port: 2113 }],
    tls: {},
  });
  t.match(parseEventStoreUrl('esdb+discover://cluster.example:2114?tls=false'), {
    discover: true,
    hosts: [{ address: 'cluster.example', port: 2114 }],
    tls: undefined,
  });
  t.match(parseEventStoreUrl('ESDB://a:1,b:2,c:3/?Namespace=durham&TLS=False').hosts, [
    { address: 'a', port: 1 },
    { address: 'b', port: 2 },
    { address: 'c', port: 3 },
  ]);
  const { user } = parseEventStoreUrl('esdb://total-place:p%40ss%3Aword%25@h');
  t.equal(user!.name, 'total-place');
  t.equal(user!.password.reveal(), 'p@ss:word%', 'a colon is not lost, as the client would lose it');
  t.equal(parseEventStoreUrl('esdb://u:a:b@h').user!.password.reveal(), 'a:b');
  const files: string[] = [];
  const { tls } = parseEventStoreUrl(
    'esdb://h?tlsCAFile=/ca.crt&userCertFile=/u.crt&userKeyFile=/u.key',
    (path) => (files.push(path), Buffer.from(path)),
  );
  t.same(files, ['/ca.crt', '/u.crt', '/u.key']);
  t.equal(String(tls!.ca), '/ca.crt');
  t.doesNotThrow(
    () =>
      parseEventStoreUrl(
        'esdb://h?keepAliveInterval=5000&keep_alive_timeout=1&tlsVerifyCert=true&nodePreference=leader',
      ),
    'options of other clients that we set ourselves',
  );
});

test('a name to discover by is asked at each of its addresses, but for TLS, where a name is what is checked', async (t) => {
  const asked: string[] = [];
  const resolve = async (name: string): Promise<{ address: string }[]> => {
    asked.push(name);
    if (name === 'gone.example') throw new Error('ENOTFOUND');
    return [{ address: '10.0.0.1' }, { address: '10.0.0.2' }];
  };
  const seeds = (url: string) => seedsOf(parseEventStoreUrl(url), resolve);
  t.same(await seeds('esdb+discover://nodes.example:2114?tls=false'), [
    { address: '10.0.0.1', port: 2114 },
    { address: '10.0.0.2', port: 2114 },
  ]);
  t.same(
    await seeds('esdb+discover://gone.example?tls=false'),
    [{ address: 'gone.example', port: 2113 }],
    'a name that is not found stays, and is tried again',
  );
  t.same(asked, ['nodes.example', 'gone.example']);
  for (const url of [
    'esdb+discover://nodes.example',
    'esdb://nodes.example?tls=false',
    'esdb+discover://a,b?tls=false',
  ])
    t.same(await seeds(url), parseEventStoreUrl(url).hosts);
  t.equal(asked.length, 2);
});

const canary = 'Canary-7f3a';
const wrong: [string, RegExp][] = [
  [`esdb://u:${canary}@`, /is not an esdb:\/\/ or esdb\+discover:\/\/ address/],
  [`esdb://u:${canary}@h/path`, /is not an esdb/],
  [`esdb://u:${canary}@[::1]:2113`, /IPv6 address: give it a name/],
  [`esdb://u:${canary}@h:99999`, /port outside/],
  [`esdb://u:${canary}@h h`, /not name:port/],
  [`esdb://u:%zz${canary}@h`, /percent-encoding/],
  [`esdb://${canary}@h`, /user without a password/],
  [`esdb://u:${canary}@h?tls=perhaps`, /tls that is neither/],
  [`esdb://u:${canary}@h?tlsVerifyCert=false`, /does not honour/],
  [`esdb://u:${canary}@h?namespace=Durham`, /namespace/],
  [`esdb://u:${canary}@h?namespace=a&namespace=b`, /twice/],
  [`esdb://u:${canary}@h?nodePreference=follower`, /nodePreference/],
  [`esdb://u:${canary}@h?colour=red`, /unknown option colour/],
  [`esdb://u:${canary}@h?tlsCAFile=/nowhere/ca.crt`, /cannot be read/],
  [`esdb://u:${canary}@h?userCertFile=/dev/null`, /together/],
  [`kurrentdb://u:${canary}@h`, /the server is the same/],
  [`https://u:${canary}@h`, /must be sqlite: or an address/],
];

test('a mistake is named, and what is secret stands in no error', async (t) => {
  for (const [url, why] of wrong) {
    const error = await Promise.resolve()
      .then(() => readConfig({ LOG_URL: url }))
      .catch((e: unknown) => e as Error);
    t.ok(error instanceof Error, url);
    t.match((error as Error).message, why);
    t.notMatch(inspect(error, { depth: 9, showHidden: true }), canary);
  }
});

test('a secret shows itself to nobody who does not ask', async (t) => {
  const settings = parseEventStoreUrl(`esdb://u:${canary}@h`);
  for (const text of [
    inspect(settings, { depth: 9, showHidden: true }),
    JSON.stringify(settings),
    String(settings.user!.password),
    `${new Secret(canary)}`,
  ])
    t.notMatch(text, canary);
});

test('canary: with every debug switch on, and everything going wrong, no output holds the password', async (t) => {
  const server = await StandIn.start();
  t.teardown(() => server.close());
  const open = (await server.url({ namespace: 'test', user: `u:${canary}` })).replace(
    /127\.0\.0\.1:(\d+)/,
    'localhost:$1',
  );
  const urls = [
    open,
    open.replace('tls=false', 'tls=true'),
    `esdb://u:${canary}@localhost:1,localhost:2?tls=false`,
    `esdb+discover://u:${canary}@localhost:1?tls=false`,
    `esdb://u:${canary}@h?colour=red`,
  ];
  const script = `
    import { openEventStoreLog } from ${JSON.stringify(new URL('../../src/log/eventstore/eventstore-log.ts', import.meta.url).href)};
    import { inspect } from 'node:util';
    for (const url of ${JSON.stringify(urls)}) {
      const timings = { readBudget: 400, connectTimeout: 300 };
      const log = await openEventStoreLog(url, { clock: 'simulated', create: true, timings }).catch((e) => (console.log(inspect(e, { depth: 9, showHidden: true }), String(e.stack)), undefined));
      if (!log) continue;
      console.log(inspect(log, { depth: 12, showHidden: true }), JSON.stringify(log.status()));
      await log.read('pool-x');
      await log.close();
    }
    console.log('looked at them all');`;
  const child = spawn(process.execPath, [asTypeScript, '--input-type=module', '-e', script], {
    env: { ...process.env, DEBUG: 'esdb:*', NODE_V8_COVERAGE: '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  t.match(output, 'looked at them all');
  t.match(output, 'esdb:', 'the debug switch was on');
  t.notMatch(output, canary);
  t.notMatch(output, Buffer.from(`u:${canary}`).toString('base64'));
});
