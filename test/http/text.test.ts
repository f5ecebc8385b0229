/**
 * Texts that would begin a line, turn its order round or hide: refused at the door, and harmless where an
 * older log has them.
 */
import { parse } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { test } from 'tap';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { listen } from './live.js';
import { held } from '../../src/domain/kernel/parts.js';

const secretariat = ['secretariat@place:durham', 'post.lead.durham'] as const;
const date = { from: '2009-12-01', to: '2009-12-01', precision: 'day', tbc: false };
/**
 * As an older version let them in: a new line in four alphabets, text that runs backwards, a control of a
 * terminal.
 */
const old =
  'Kerb\rURL:https://phish.example/\u2028X-A:1\u0085X-B:2\u000bX-C:3\r\nX-D:4 \u202eesrever\u202c \u009b2J, \u{e0041}end';
const plain = 'Kerb\nURL:https://phish.example/\nX-A:1\nX-B:2\nX-C:3\nX-D:4 esrever 2J, end';

/** What the log of an older version holds: the executor takes what the routes' schemas have read. */
async function plantOld(harness: Harness): Promise<void> {
  const outcome = await harness.service.executor.execute({
    aggregate: 'programme',
    id: 'total-place',
    command: 'AddMilestone',
    data: { milestoneId: 'old', name: old, kind: 'info', date },
    commandId: '6f1e4a52-8f0f-5a3e-9d8a-2f6f0c1f7a99',
    actor: { account: officeAccount, role: 'programme-office' },
  });
  if (outcome.kind !== 'done') throw new Error(`not planted: ${outcome.refusal.code}`);
}

test('a text that hides something is refused, and one with a form’s line ends is stored with newlines', async (t) => {
  const harness = await openHarness(t);
  const commitment = (title: string) => ({
    id: 'cr-url',
    placeId: 'durham',
    title,
    change: 'c',
    ownerAgencyId: 'county-durham-pct',
    level: 'place',
    accountable: { seatId: 'health' },
    measure: 'm',
    evidenceExpected: 'e',
    startOn: '2009-10-26',
    dueOn: '2010-01-29',
    verifierAgencyId: 'durham-county-council',
  });
  const draft = (title: string) =>
    harness.inject(...secretariat, 'POST', '/v1/commitments', commitment(title));
  for (const title of [
    'Kerb\rURL:https://phish.example/',
    'Kerb\u2028URL',
    'Kerb \u202egpj',
    'Kerb\u009b2J',
  ]) {
    const answer = await draft(title);
    isProblem(t, answer, 400, 'INVALID_REQUEST', encodeURIComponent(title));
    t.same(answer.json.errors, [{ path: '/title', message: 'Enter text without control characters' }]);
  }
  const hidden = await harness.inject(...secretariat, 'POST', '/v1/barriers', {
    id: 'zw',
    placeId: 'durham',
    kind: 'guidance',
    statement: '\u200b',
    effectOnResidents: '\u2060\ufeff',
  });
  isProblem(t, hidden, 400, 'INVALID_REQUEST', 'nothing to be seen');
  t.same(hidden.json.errors, [
    { path: '/statement', message: 'Enter text' },
    { path: '/effectOnResidents', message: 'Enter text' },
  ]);
  const person = await harness.inject(office, officeAccount, 'POST', '/v1/people', {
    programmeId: 'total-place',
    account: 'somebody',
    name: '\u3164\u2800',
  });
  t.same(person.json.errors, [{ path: '/name', message: 'Enter a name' }]);

  const key = { 'idempotency-key': 'from-a-form' };
  const sent = await harness.inject(
    ...secretariat,
    'POST',
    '/v1/commitments',
    commitment('Kerb\r\nand stone'),
    key,
  );
  t.equal(sent.status, 201, sent.raw);
  t.equal(
    (await harness.inject(...secretariat, 'GET', '/v1/commitments/cr-url')).json.title,
    'Kerb\nand stone',
  );
  const again = await harness.inject(
    ...secretariat,
    'POST',
    '/v1/commitments',
    commitment('Kerb\nand stone'),
    key,
  );
  t.equal(
    again.headers['idempotent-replayed'],
    'true',
    'the same text with newlines alone is the same request',
  );
});

test('what an older log holds begins no line of a calendar, a table, a stream or an export', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const heard = await listen(t, harness, office, officeAccount, 'programme');
  const start = (await harness.inject(office, officeAccount, 'GET', '/v1/events')).headers.position as string;
  await plantOld(harness);

  const feed = (
    await harness.inject(office, officeAccount, 'GET', '/v1/calendar.ics?programmeId=total-place')
  ).raw;
  t.notMatch(
    feed,
    /\r(?!\n)|[^\r]\n|[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u{e0041}]/u,
    'CRLF, and no other end of a line',
  );
  const properties = new Set(
    feed.split('\r\n').map((line) => (line.startsWith(' ') ? 'folded' : line.split(/[:;]/)[0]!)),
  );
  t.same(
    [...properties].filter(
      (p) =>
        !/^(|folded|BEGIN|END|VERSION|PRODID|NAME|X-WR-CALNAME|REFRESH-INTERVAL|X-PUBLISHED-TTL|UID|DTSTAMP|LAST-MODIFIED|DTSTART|DTEND|SUMMARY|TRANSP|DESCRIPTION)$/.test(
          p,
        ),
    ),
    [],
    'every line is one of the feed’s own',
  );
  t.ok(feed.split('\r\n').every((line) => Buffer.byteLength(line) <= 75));
  const events = new ICAL.Component(ICAL.parse(feed))
    .getAllSubcomponents('vevent')
    .map((c) => new ICAL.Event(c));
  t.equal(events.find((e) => e.uid.includes('milestone.old'))!.summary, plain, 'read back as the text it is');

  const url = `/v1/calendar?limit=200&from=2009-12-01&to=2009-12-01`;
  const json = (await harness.inject(office, officeAccount, 'GET', url)).json.items as any[];
  const csv = parse((await harness.inject(office, officeAccount, 'GET', `${url}&format=csv`)).raw, {
    bom: true,
    columns: true,
  }) as Record<string, string>[];
  t.same(
    csv.map((row) => row.id),
    json.map((row) => row.id),
    'a row for each',
  );
  t.equal(csv.find((row) => row.id === 'total-place.milestone.old')!.title, old);

  await heard.until((e) => e.type === 'MilestoneAdded');
  t.match(heard.events, [{ data: { text: /phish/ } }], 'heard whole, as one event');
  t.same(
    heard
      .raw()
      .split(/\r\n|[\r\n\v\f\u0085\u2028\u2029]/)
      .filter((line) => !/^(|:.*|(retry|id|event|data): .*)$/.test(line)),
    [],
    'each line of the stream is one of its own',
  );
  heard.close();

  const lines: any[] = [];
  for await (const line of createInterface({
    input: Readable.from([
      (await harness.inject(office, officeAccount, 'GET', `/v1/events?from=${start}`)).raw,
    ]),
  }))
    lines.push(JSON.parse(line));
  t.match(
    lines,
    [{ type: 'programme.MilestoneAdded.v1', data: { name: old } }],
    'an event a line, for readers that end lines where JSON does not',
  );
  const { state } = await harness.service.executor.load('programme', 'total-place');
  t.equal(held(state.milestones, 'old').name, old, 'and it is folded as it was');
});
