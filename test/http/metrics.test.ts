/**
 * What an operator sees: metrics of everything that can go wrong slowly, and a line of the log for each
 * request.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { logFile } from '../../src/runtime/embedded.js';
import { backUp, backupMark } from '../../src/log/sqlite/backup.js';
import { openHarness } from './harness.js';
import { makeLogger } from '../../src/http/server/logger.js';

const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';
const authorization = { authorization: `Bearer ${operatorToken}` };
const secretariat = ['secretariat@place:durham', 'post.lead.durham'] as const;
const barrier = {
  id: 'slow',
  placeId: 'durham',
  kind: 'guidance',
  statement: 'Slow',
  effectOnResidents: 'They wait',
};

test('metrics: files, views, the last day, the last backup, refusals by code', async (t) => {
  const harness = await openHarness(t, { operatorToken });
  const { dataDir } = harness.service;
  const read = async (): Promise<ReadonlyMap<string, number>> => {
    const { raw } = await harness.send('GET', '/metrics', authorization);
    return new Map(
      raw
        .split('\n')
        .flatMap((line) =>
          line === '' || line.startsWith('#')
            ? []
            : [[line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]],
        ),
    );
  };
  await harness.command(...secretariat, '/v1/barriers', barrier);
  t.equal((await harness.inject(...secretariat, 'POST', '/v1/barriers', barrier)).status, 409);
  t.equal((await harness.inject(...secretariat, 'POST', '/v1/barriers', {})).status, 400);
  t.equal((await harness.inject(...secretariat, 'GET', '/v1/barriers/none')).status, 404);
  let m = await read();
  t.equal(m.get('commands_refused_total{code="RECORD_EXISTS"}'), 1);
  t.equal(m.get('commands_refused_total{code="INVALID_REQUEST"}'), 1);
  t.notOk(m.has('commands_refused_total{code="NOT_FOUND"}'), 'a question is no command');
  t.equal(m.get('file_bytes{file="log"}'), statSync(logFile(dataDir)).size);
  for (const file of ['log-wal', 'views', 'views-wal']) t.ok(m.get(`file_bytes{file="${file}"}`)! > 0, file);
  t.match(
    [
      m.get('views_behind'),
      m.get('views_behind_seconds'),
      m.get('views_not_live'),
      m.get('clock_in_doubt'),
      m.get('failed_parts'),
    ],
    [0, 0, 0, 0, 0],
  );
  t.equal(
    m.get('last_day_closed_seconds{programme="total-place"}'),
    Date.parse('2009-10-21T22:59:59.999Z') / 1000,
  );
  t.equal(m.get('last_backup_seconds'), 0, 'never');
  t.match(
    ['live_streams', 'exports', 'commands_waiting', 'commands_expected_wait_seconds'].map((name) =>
      m.get(name),
    ),
    [0, 0, 0, 0],
  );

  const backup = join(t.testdir(), 'backup.db');
  await backUp(harness.service.log, backup, new Date('2009-10-22T09:00:00Z'));
  m = await read();
  t.match(
    [m.get('last_backup_seconds'), m.get('last_backup_bytes')],
    [Date.parse('2009-10-22T09:00:00Z') / 1000, statSync(backup).size],
  );
  writeFileSync(backupMark(dataDir), '{"at":"tomorrow"');
  t.equal((await read()).get('last_backup_seconds'), 0, 'a mark that cannot be read is none');
  rmSync(backupMark(dataDir));
  mkdirSync(backupMark(dataDir));
  await backUp(harness.service.log, `${backup}.second`);
  t.equal(
    (await read()).get('last_backup_seconds'),
    0,
    'where the mark cannot be written the backup is made all the same',
  );

  t.match((await harness.send('GET', '/health/details', authorization)).json, {
    holidaysKnownTo: '2030-12-31',
  });
});

test('each request has one line: account, role, code and correlation; those who watch are not told of', async (t) => {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const harness = await openHarness(t, { operatorToken, logger: makeLogger('info', stream) });
  const key = randomUUID();
  const done = await harness.inject(...secretariat, 'POST', '/v1/barriers', barrier, {
    'idempotency-key': key,
  });
  t.equal(done.status, 201);
  const refused = await harness.inject(
    'seat-holder@place:durham+agency:county-durham-pct',
    'somebody',
    'POST',
    '/v1/barriers/slow/triage',
    { locus: 'local', reason: 'Ours' },
  );
  t.equal(refused.status, 403, refused.raw);
  await harness.send('GET', '/v1/programmes');
  for (const url of ['/health/live', '/health/ready', '/health/details', '/metrics'])
    await harness.send('GET', url, authorization);
  const answered = lines.filter((l) => l.msg === 'answered');
  t.match(answered, [
    {
      level: 30,
      method: 'POST',
      url: '/v1/barriers',
      status: 201,
      account: 'post.lead.durham',
      role: 'secretariat',
      command: 'barrier.RecordBarrier',
      record: 'barrier-slow',
      ms: Number,
    },
    {
      level: 30,
      status: 403,
      account: 'somebody',
      code: refused.json.code,
      role: 'seat-holder',
      command: 'barrier.Triage',
      correlation: refused.json.correlationId,
    },
    { level: 30, method: 'GET', status: 401, code: String },
  ]);
  t.equal(answered.length, 3);
  const event = harness.service.log.readAll(0, 100_000).find((e) => e.stream === 'barrier-slow')!;
  t.equal(
    (JSON.parse(event.body) as { correlation: string }).correlation,
    answered[0]!.correlation,
    'the line and the event have one correlation',
  );
  t.notMatch(JSON.stringify(lines), new RegExp(`Slow|They wait|eyJ|${operatorToken}`), 'no body, no token');
});

test('what went wrong on our side is a warning', async (t) => {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const harness = await openHarness(t, { logger: makeLogger('warn', stream) });
  harness.service.engine.queries = () => {
    throw new Error('broken');
  };
  t.equal((await harness.inject(...secretariat, 'GET', '/v1/barriers')).status, 500);
  t.match(
    lines.map((l) => l.msg),
    ['unexpected error', 'answered'],
  );
});
