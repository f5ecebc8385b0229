import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { parseBody } from '../../src/http/server/body.js';
import { isProblem, office, officeAccount, openHarness, type Answer } from './harness.js';

const programme = '/v1/programmes/total-place';
const utf8 = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))));

test('what is wrong with a request is a problem document, and nothing is recorded but refusals', async (t) => {
  const harness = await openHarness(t);
  const ask = (
    method: string,
    url: string,
    body?: object | string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> => harness.inject(office, officeAccount, method, url, body, headers);
  /** Asks, and looks that the log holds nothing new but recorded refusals. */
  async function refused(
    what: string,
    status: number,
    code: string,
    method: string,
    url: string,
    body?: object | string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const head = await harness.head();
    const answer = await ask(method, url, body, headers);
    await harness.service.reactors.idle();
    isProblem(t, answer, status, code, what);
    t.same(
      harness.eventsAfter(head).filter((type) => type !== 'CommandRefused'),
      [],
      `${what}: nothing recorded but the refusal`,
    );
    if (status < 409 || status === 413 || status === 415)
      if (status !== 403 && code !== 'NOT_FOUND')
        t.equal(await harness.head(), head, `${what}: nothing recorded`);
    return answer;
  }
  const milestone = {
    milestoneId: 'extra',
    name: 'Extra',
    kind: 'engagement',
    date: { from: '2009-11-26', to: '2009-11-26', precision: 'day', tbc: false },
  };
  const addMilestone = `${programme}/milestones`;

  // The body as bytes.
  await refused('10 MiB', 413, 'BODY_TOO_LARGE', 'POST', addMilestone, Buffer.alloc(10 * 1024 * 1024, ' '));
  await refused(
    'invalid UTF-8',
    400,
    'INVALID_UTF8',
    'POST',
    addMilestone,
    utf8('{"milestoneId":"', [0xc3, 0x28], '"}'),
  );
  await refused(
    'an overlong encoding',
    400,
    'INVALID_UTF8',
    'POST',
    addMilestone,
    utf8('{"name":"', [0xc0, 0xaf], '"}'),
  );
  await refused(
    'a surrogate in UTF-8',
    400,
    'INVALID_UTF8',
    'POST',
    addMilestone,
    utf8('{"name":"', [0xed, 0xa0, 0x80], '"}'),
  );
  await refused('no JSON', 400, 'MALFORMED_JSON', 'POST', addMilestone, '{"name":');
  await refused('a BOM', 400, 'MALFORMED_JSON', 'POST', addMilestone, utf8([0xef, 0xbb, 0xbf], '{}'));
  await refused('a duplicate key', 400, 'DUPLICATE_KEY', 'POST', addMilestone, '{"name":"a","name":"b"}');
  await refused(
    'a duplicate key, escaped',
    400,
    'DUPLICATE_KEY',
    'POST',
    addMilestone,
    '{"name":"a","n\\u0061me":"b"}',
  );
  await refused(
    'a duplicate key, nested',
    400,
    'DUPLICATE_KEY',
    'POST',
    addMilestone,
    '{"date":{"from":"2009-11-26","from":"2009-11-27"}}',
  );
  for (const key of ['__proto__', 'constructor', 'prototype'])
    await refused(key, 400, 'FORBIDDEN_KEY', 'POST', addMilestone, `{"date":{"${key}":{"admin":true}}}`);
  t.equal(({} as Record<string, unknown>).admin, undefined, 'no prototype is changed');
  await refused('a lone surrogate', 400, 'LONE_SURROGATE', 'POST', addMilestone, '{"name":"half \\ud83d"}');
  await refused('a lone surrogate in a key', 400, 'LONE_SURROGATE', 'POST', addMilestone, '{"\\udc00":1}');
  await refused('NUL', 400, 'NUL_CHARACTER', 'POST', addMilestone, '{"name":"a\\u0000b"}');
  await refused(
    'nested too deep',
    400,
    'BODY_TOO_DEEP',
    'POST',
    addMilestone,
    '['.repeat(60) + ']'.repeat(60),
  );
  for (const n of [
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-0',
    '899999999999999.99',
    '100.000000000000000001',
    '1e-400',
  ]) {
    await refused(
      `the number ${n}`,
      400,
      'NUMBER_OUT_OF_RANGE',
      'POST',
      addMilestone,
      `{"expectedVersion":${n}}`,
    );
  }
  await refused('a list', 400, 'BODY_NOT_AN_OBJECT', 'POST', addMilestone, '[]');
  await refused('a text', 400, 'BODY_NOT_AN_OBJECT', 'POST', addMilestone, '"text"');
  await refused('null', 400, 'BODY_NOT_AN_OBJECT', 'POST', addMilestone, 'null');
  await refused('an empty body', 400, 'INVALID_REQUEST', 'POST', addMilestone, '');
  await refused('no body', 400, 'INVALID_REQUEST', 'POST', addMilestone);
  await refused(
    'text/plain',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'POST',
    addMilestone,
    JSON.stringify(milestone),
    { 'content-type': 'text/plain' },
  );
  await refused('a form', 415, 'UNSUPPORTED_MEDIA_TYPE', 'POST', addMilestone, 'name=a', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  for (const coding of ['gzip', 'br', 'GZIP', 'identity, gzip', 'x-unknown']) {
    const packed = await refused(
      `packed as ${coding}`,
      415,
      'UNSUPPORTED_CONTENT_ENCODING',
      'POST',
      addMilestone,
      gzipSync(JSON.stringify(milestone)),
      { 'content-encoding': coding },
    );
    t.equal(packed.headers['accept-encoding'], 'identity', 'and how to send it');
  }
  await refused('as it is, and said so', 400, 'INVALID_REQUEST', 'POST', addMilestone, '{}', {
    'content-encoding': 'Identity',
  });

  // Members and their types.
  const unknown = await refused('unknown members', 400, 'INVALID_REQUEST', 'POST', addMilestone, {
    ...milestone,
    colour: 'red',
    'a/b~c': 1,
  });
  t.ok(
    unknown.json.errors.some((e: any) => e.path === '/colour'),
    'the unknown member is named',
  );
  const types = await refused('wrong types', 400, 'INVALID_REQUEST', 'POST', addMilestone, {
    milestoneId: 7,
    name: ['x'],
    kind: 'party',
    date: 'soon',
  });
  t.same(
    types.json.errors.map((e: any) => e.path).sort(),
    ['/date', '/kind', '/milestoneId', '/name'],
    'every mistake is named at once',
  );
  for (const date of ['2009-02-29', '2009-11-31', '2009-13-01', '2009-1-1', '20091126', '']) {
    await refused(`the date ${date}`, 400, 'INVALID_REQUEST', 'POST', addMilestone, {
      ...milestone,
      date: { ...milestone.date, from: date, to: date },
    });
  }
  await refused('effectiveOn that does not exist', 400, 'INVALID_REQUEST', 'POST', addMilestone, {
    ...milestone,
    effectiveOn: '2009-02-30',
  });
  await refused('a negative version', 400, 'INVALID_REQUEST', 'POST', addMilestone, {
    ...milestone,
    expectedVersion: -1,
  });
  await refused('tomorrow', 422, 'EFFECTIVE_IN_FUTURE', 'POST', addMilestone, {
    ...milestone,
    effectiveOn: '2009-10-23',
  });
  await refused('yesterday without a reason', 422, 'BACKDATED_WITHOUT_REASON', 'POST', addMilestone, {
    ...milestone,
    effectiveOn: '2009-10-21',
  });

  // Money: a pool that is not there is reached after its body was checked.
  const pledges = '/v1/pools/no-such-pool/pledges';
  const pledge = { pledgeId: 'p', financialYear: '2009-10', pledgedPence: 100 };
  for (const pledgedPence of [-1, 0, 0.5, 100.5, 900_000_000_000_001, '100', null]) {
    const answer = await refused(
      `${JSON.stringify(pledgedPence)} pence`,
      400,
      'INVALID_REQUEST',
      'POST',
      pledges,
      {
        ...pledge,
        pledgedPence,
      },
    );
    t.same(
      answer.json.errors.map((e: any) => e.path),
      ['/pledgedPence'],
      'the amount is named',
    );
  }
  for (const financialYear of ['2009-11', '2009', '09-10'])
    await refused(`the year ${financialYear}`, 400, 'INVALID_REQUEST', 'POST', pledges, {
      ...pledge,
      financialYear,
    });
  await refused('an unknown record', 404, 'NOT_FOUND', 'POST', pledges, pledge);
  await refused('an id that is none', 404, 'NOT_FOUND', 'POST', '/v1/pools/NO%20ID/pledges', pledge);

  // Areas.
  const area = { placeId: 'durham', code: 'E08000020', from: '2013-05-01' };
  const retired = await refused(
    'an area after its end',
    422,
    'AREA_NOT_VALID_ON_DATE',
    'POST',
    `${programme}/areas`,
    area,
  );
  t.match(retired.json.detail, /E08000037/, 'its successor is named');
  t.same(
    retired.json.errors?.map((e: any) => e.path),
    ['/code'],
    'the code is named',
  );
  await refused('an unknown area', 422, 'AREA_NOT_VALID_ON_DATE', 'POST', `${programme}/areas`, {
    ...area,
    code: 'E99999999',
    from: '2009-10-22',
  });
  await refused('no area code', 400, 'INVALID_REQUEST', 'POST', `${programme}/areas`, {
    ...area,
    code: '00EJ',
  });

  // Versions.
  const { version } = (await ask('GET', programme)).json;
  const reschedule = {
    milestoneId: 'lga-conference',
    date: { ...milestone.date, from: '2009-11-04', to: '2009-11-04' },
    reason: 'The hall was taken',
  };
  const url = `${programme}/${(await import('../../src/http/commands.js')).commandRoutes.find((r) => r.name === 'RescheduleMilestone')!.entry.segment}`;
  const missing = await refused('no expectedVersion', 400, 'VERSION_REQUIRED', 'POST', url, reschedule);
  t.same(
    missing.json.errors.map((e: any) => e.path),
    ['/expectedVersion'],
  );
  const stale = await refused('a stale expectedVersion', 409, 'STALE_REVISION', 'POST', url, {
    ...reschedule,
    expectedVersion: version - 2,
  });
  t.same(
    stale.json.since?.map((e: any) => e.version),
    [version - 1, version],
    'what happened since is told',
  );
  t.ok(
    stale.json.since?.every((e: any) => e.type && e.text),
    'in plain words',
  );
  await refused('a version not reached', 409, 'STALE_REVISION', 'POST', url, {
    ...reschedule,
    expectedVersion: version + 1,
  });

  const matched = await refused(
    'a version in If-Match',
    400,
    'IF_MATCH_NOT_READ',
    'POST',
    addMilestone,
    milestone,
    { 'if-match': `"${version}"` },
  );
  t.match(matched.json.detail, /expectedVersion in the body/);

  // Idempotency.
  const key = randomUUID();
  const before = await harness.head();
  const first = await ask('POST', addMilestone, milestone, { 'idempotency-key': key });
  t.equal(first.status, 200, first.raw);
  t.equal(first.headers['idempotent-replayed'], undefined, 'the first is no replay');
  const again = await ask('POST', addMilestone, milestone, { 'idempotency-key': key });
  t.equal(again.status, 200);
  t.equal(again.headers['idempotent-replayed'], 'true', 'the second says that it is one');
  t.same(again.json, first.json, 'and answers the same');
  t.equal(harness.eventsAfter(before).filter((type) => type === 'MilestoneAdded').length, 1, 'one event');
  await refused(
    'the key with another body',
    422,
    'IDEMPOTENCY_MISMATCH',
    'POST',
    addMilestone,
    { ...milestone, name: 'Other' },
    { 'idempotency-key': key },
  );
  for (const bad of ['', 'a b', 'x'.repeat(129)])
    await refused(
      `the key ${JSON.stringify(bad.slice(0, 5))}`,
      400,
      'INVALID_IDEMPOTENCY_KEY',
      'POST',
      addMilestone,
      milestone,
      { 'idempotency-key': bad },
    );

  // Roles.
  await refused('Acting-As that is none', 400, 'INVALID_ACTING_AS', 'POST', addMilestone, milestone, {
    'acting-as': 'king@england',
  });
  await refused(
    'Acting-As of somebody else',
    403,
    'NOT_ALLOWED',
    'POST',
    addMilestone,
    { ...milestone, milestoneId: 'x' },
    { 'acting-as': 'programme-office@programme:other' },
  );

  // Positions, parameters, methods, addresses.
  const foreign = `${(harness.service.log.identity.logId.startsWith('0') ? '1' : '0') + harness.service.log.identity.logId.slice(1, 8)}-1`;
  await refused('Read-After of another log', 400, 'FOREIGN_POSITION', 'GET', programme, undefined, {
    'read-after': foreign,
  });
  await refused('before of another log', 400, 'FOREIGN_POSITION', 'GET', `/v1/timeline?before=${foreign}`);
  await refused('Last-Event-ID of another log', 400, 'FOREIGN_POSITION', 'GET', '/v1/live', undefined, {
    'last-event-id': foreign,
  });
  await refused('Read-After that is no position', 400, 'INVALID_POSITION', 'GET', programme, undefined, {
    'read-after': '17',
  });
  await refused('Read-After beyond the log', 400, 'POSITION_BEYOND_LOG', 'GET', programme, undefined, {
    'read-after': `${harness.service.log.identity.logId.slice(0, 8)}-zzzzz`,
  });
  for (const path of [
    '/v1/programmes?colour=red',
    `${programme}?x=1`,
    `${programme}/progress?shade=red`,
    '/v1/places?limit=0',
    '/v1/places?limit=201',
    '/v1/places?limit=1.5',
    '/v1/places?limit=1&limit=2',
    '/v1/places?sort=colour',
    '/v1/places?format=xml',
    '/v1/pools?audience=everybody',
    '/v1/timeline?colour=red',
    '/v1/timeline?from=2009-02-30',
    '/v1/timeline?__proto__=1',
    '/v1/calendar.ics?x=1',
    `${programme}/progress?since=yesterday`,
    '/v1/live?scope=everything',
  ]) {
    await refused(path, 400, 'INVALID_PARAMETER', 'GET', path);
  }
  // What a filter names that is not there is told, and what there is; a place that is hidden reads like one
  // that is not there.
  const choices: Record<string, [path: string, says: RegExp]> = {
    '/v1/barriers?status=x': ['/status', /Select raised, triaged, .* or merged/],
    '/v1/decisions?status=x': ['/status', /Select draft, open, .* or rescinded/],
    '/v1/commitments?status=x': ['/status', /Select draft, offered, .* or superseded/],
    '/v1/submissions?status=x': ['/status', /Select in-progress, .* or not-submitted/],
    '/v1/agencies?sector=x': ['/sector', /Select council, .* or other/],
    '/v1/waivers?rule=x': ['/rule', /Select RAG_CONTRADICTED, /],
    '/v1/barriers?placeId=nope': ['/placeId', /There is no place nope that you may see/],
    '/v1/pools?placeId=nope': ['/placeId', /no place nope/],
    '/v1/timeline?placeId=nope': ['/placeId', /no place nope/],
    '/v1/timeline?place=nope': ['/placeId', /no place nope/],
    '/v1/compare?record=durham-warm-homes&from=2009-10-01': ['/record', /like pool-durham-warm-homes/],
    '/v1/compare?record=teapot&from=2009-10-01': ['/record', /like pool-durham-housing/],
    '/v1/calendar?placeId=nope': ['/placeId', /no place nope/],
    '/v1/calendar.ics?programmeId=nope': ['/programmeId', /no programme nope/],
    '/v1/commitments?ownerAgencyId=nope': ['/ownerAgencyId', /no agency nope/],
    [`${programme}/progress?since=2030-01-01`]: ['/since', /Enter 2009-10-22 or a day before it/],
    '/v1/places/durham/progress?since=2009-10-23': ['/since', /Enter 2009-10-22/],
  };
  for (const [path, [member, says]] of Object.entries(choices)) {
    const answer = await refused(path, 400, 'INVALID_PARAMETER', 'GET', path);
    t.match(answer.json.errors, [{ path: member, message: says }], path);
  }
  for (const path of [
    '/v1/barriers?status=merged',
    '/v1/pools?placeId=kent',
    `${programme}/progress?since=2009-10-22`,
  ])
    t.equal((await ask('GET', path)).status, 200, path);
  t.match((await ask('GET', '/v1/places?limit=1&limit=2')).json.errors, [
    { path: '/limit', message: 'Give limit once' },
  ]);
  await refused('/v1/live?colour=red', 400, 'INVALID_PARAMETER', 'GET', '/v1/live?colour=red');
  await refused('a cursor that is none', 400, 'INVALID_CURSOR', 'GET', '/v1/places?cursor=bm9uZQ');
  const wrong = async (method: string, path: string, allow: string[]): Promise<void> => {
    const answer = await refused(`${method} ${path}`, 405, 'METHOD_NOT_ALLOWED', method, path);
    t.same(String(answer.headers.allow).split(', ').sort(), allow, 'Allow names the others');
  };
  await wrong('DELETE', '/v1/programmes', ['GET', 'POST']);
  await wrong('PUT', programme, ['GET']);
  await wrong('POST', `${programme}/progress`, ['GET']);
  await wrong('GET', addMilestone, ['POST']);
  await wrong('PATCH', '/health/live', ['GET']);
  await refused('an unknown address', 404, 'NOT_FOUND', 'GET', '/v1/nothing');
  await refused('an unknown address below a record', 404, 'NOT_FOUND', 'POST', `${programme}/nothing`, {});
  await refused('an id too long for any', 404, 'NOT_FOUND', 'GET', `/v1/pools/${'a'.repeat(300)}`);
  await refused('an address that is not well formed', 400, 'BAD_URL', 'GET', '/v1/places/%ff');
  t.same(harness.errors, [], 'nothing failed behind the answers');
});

test('bodies made to be slow are read to the end', async (t) => {
  for (const text of [
    '\\"'.repeat(51_200),
    '"'.repeat(102_399),
    '['.repeat(102_400),
    `[1${'0'.repeat(50_000)}1]`,
    `{"a":"${'\\"'.repeat(51_000)}"}`,
  ]) {
    try {
      parseBody(Buffer.from(text));
    } catch {
      // Refused or not: a reader that were quadratic would run into the test's time limit.
    }
    t.pass(`${text.slice(0, 8)}…`);
  }
  t.same(
    parseBody(Buffer.from('{"a":[1,-2,0.5,1e3,1.50,100.0,0,0.0,"1:2,{",{"b":9007199254740991}]}')),
    { a: [1, -2, 0.5, 1000, 1.5, 100, 0, 0, '1:2,{', { b: 9007199254740991 }] },
    'ordinary numbers pass',
  );
});
