/**
 * What a node counts and how it is are its operator's: by their token, or at an address of their own.
 * Everybody else learns whether to ask it.
 */
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { buildOperator } from '../../src/http/server/operator-app.js';
import { isProblem, office, officeAccount, openHarness, type Answer } from './harness.js';

const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';
const authorization = `Bearer ${operatorToken}`;
const own = ['/metrics', '/health/details'];

test('with the operator’s token, and with no other', async (t) => {
  const harness = await openHarness(t, { operatorToken });
  const reader = `Bearer ${await harness.token(office, officeAccount)}`;
  for (const url of own) {
    for (const [what, headers] of [
      ['nobody', {}],
      ['a reader', { authorization: reader }],
      ['part of it', { authorization: authorization.slice(0, -1) }],
      ['more than it', { authorization: `${authorization}0` }],
      [
        'it as a user’s password',
        { authorization: `Basic ${Buffer.from(`operator:${operatorToken}`).toString('base64')}` },
      ],
    ] as const)
      for (const method of ['GET', 'HEAD']) {
        const answer = await harness.send(method, url, headers);
        t.equal(answer.status, 401, `${method} ${url}: ${what}`);
        if (method === 'GET') isProblem(t, answer, 401, 'OPERATOR_TOKEN_REQUIRED', `${url}: ${what}`);
      }
    t.notMatch(
      (await harness.send('GET', `${url}?token=${operatorToken}`)).raw,
      /http_request_seconds|"views"/,
      'nor in the address',
    );
    isProblem(
      t,
      await harness.send('GET', `${url}/`, { authorization }),
      401,
      'INVALID_TOKEN',
      'another address is no operator’s',
    );
  }
  isProblem(
    t,
    await harness.send('GET', '/v1/programmes', { authorization }),
    401,
    'INVALID_TOKEN',
    'the operator is no reader',
  );
  const metrics = await harness.send('GET', '/metrics', { authorization });
  t.match(metrics, { status: 200, headers: { 'content-type': /^text\/plain/, 'cache-control': 'no-store' } });
  t.match(metrics.raw, /http_request_seconds_count\{method="GET",route="\/v1\/programmes",status="401"\} 1/);
  t.notMatch(metrics.raw, /post\.programme-office|somebody/, 'no account is named');
  const details = await harness.send('GET', '/health/details', { authorization });
  t.match(details.json, {
    status: 'ready',
    position: await harness.head(),
    clock: String,
    log: { state: 'ready', lag: 0 },
  });
  t.ok(
    details.json.views.length > 5 && details.json.views.every((v: { state: string }) => v.state === 'live'),
  );
});

test('without one they are not there', async (t) => {
  const harness = await openHarness(t);
  for (const url of own)
    for (const sent of ['', 'Bearer undefined', authorization])
      isProblem(
        t,
        await harness.send('GET', url, sent ? { authorization: sent } : {}),
        404,
        'NOT_FOUND',
        url,
      );
  t.strictSame((await harness.send('GET', '/health/live')).json, { status: 'live' });
  t.strictSame((await harness.send('GET', '/health/ready')).json, { status: 'ready' }, 'ready, and no more');
});

test('at the operator’s own address without a token', async (t) => {
  const harness = await openHarness(t, { operatorToken });
  const operator = buildOperator(harness.app);
  t.teardown(() => operator.close());
  const get = async (url: string): Promise<Answer> => {
    const answer = await operator.inject({ method: 'GET', url });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      raw: answer.body,
      json: answer.headers['content-type']?.toString().includes('json') ? answer.json() : undefined,
    };
  };
  await harness.inject(office, officeAccount, 'GET', '/v1/programmes');
  t.match(
    (await get('/metrics')).raw,
    /http_request_seconds_count\{method="GET",route="\/v1\/programmes",status="200"\} 1/,
    'of the main address',
  );
  t.match((await get('/health/details')).json, { status: 'ready', position: await harness.head() });
  t.strictSame((await get('/health/ready')).json, { status: 'ready' });
  t.strictSame((await get('/health/live')).json, { status: 'live' });
  for (const url of ['/v1/programmes', '/v1/openapi.json', '/'])
    isProblem(t, await get(url), 404, 'NOT_FOUND', `${url} is not there`);
});

test('a log that cannot be written is not ready, says why, and is read', async (t) => {
  const harness = await openHarness(t, { seed: [], operatorToken });
  const { db } = harness.service.log;
  const account = officeAccount;
  const definition = {
    id: 'total-place',
    name: 'Total Place',
    kind: 'national',
    ragScale: 'three',
    period: 'quarter',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  };
  await harness.command(office, account, '/v1/programmes', definition);
  const details = async () =>
    (await harness.send('GET', '/health/details', { authorization: `Bearer ${operatorToken}` })).json;
  const milestone = (n: number) => ({
    milestoneId: `m-${n}`,
    name: 'x'.repeat(200),
    kind: 'info',
    date: { from: '2009-09-01', to: '2009-09-01', precision: 'day', tbc: false },
  });
  db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) as number}`);
  let answer: Answer | undefined;
  for (let n = 0; n < 500 && answer?.status !== 503; n++)
    answer = await harness.inject(
      office,
      account,
      'POST',
      '/v1/programmes/total-place/milestones',
      milestone(n),
    );
  isProblem(t, answer!, 503, 'LOG_UNAVAILABLE', 'a full disk');
  t.match(await details(), { status: 'not-ready', log: { state: 'not-writable', lastError: /full/ } });
  t.equal((await harness.send('GET', '/health/ready')).status, 503);
  t.equal(
    (await harness.inject(office, account, 'GET', '/v1/programmes/total-place')).status,
    200,
    'what was recorded is read',
  );
  db.pragma('max_page_count = 1000000');
  t.equal(
    (await harness.inject(office, account, 'POST', '/v1/programmes/total-place/milestones', milestone(999)))
      .status,
    200,
  );
  t.match(await details(), { status: 'ready', log: { state: 'ready' } });
});

test('every metric of ours is explained to who runs the service', async (t) => {
  const harness = await openHarness(t, { seed: [], operatorToken });
  const { raw } = await harness.send('GET', '/metrics', { authorization });
  const names = [...raw.matchAll(/^# HELP (\w+)/gm)]
    .map((m) => m[1]!)
    .filter((name) => !/^(process|nodejs)_/.test(name));
  t.ok(names.length > 8, names.join(' '));
  const page = readFileSync(new URL('../../docs/how-to/run.md', import.meta.url), 'utf8');
  for (const name of names) t.ok(page.includes(`\`${name}\``), name);
  for (const [, name] of page.matchAll(/^\| `(\w+)`/gm))
    if (!/^(total|views|last)/.test(name!)) t.ok(names.includes(name!), `${name} is measured`);
});
