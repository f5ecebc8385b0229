/** The calendar as calendars take it: what it is called, what one event is, and when it changes. */
import ICAL from 'ical.js';
import { test } from 'tap';
import { commandRoutes } from '../../src/http/commands.js';
import { everyCase } from '../holds.js';
import { isProblem, office, officeAccount, openHarness, type Answer, type Harness } from './harness.js';

const auditor = ['auditor@programme:total-place', 'post.auditor'] as const;
const noun = (name: string): string => commandRoutes.find((route) => route.name === name)!.entry.segment!;
const get = (harness: Harness, url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  harness.inject(...auditor, 'GET', url, undefined, headers);
const lines = ({ raw }: Answer, name: string): string[] =>
  raw
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1));
const calendarOf = ({ raw }: Answer) => new ICAL.Component(ICAL.parse(raw));
const eventsOf = (answer: Answer) =>
  calendarOf(answer)
    .getAllSubcomponents('vevent')
    .map((component) => new ICAL.Event(component));

test('a calendar is called after its programme, and an event takes nobody’s day', async (t) => {
  const harness = await openHarness(t, { publicAddress: 'https://place.example' });
  const feed = await get(harness, '/v1/calendar.ics');
  const { name } = (await get(harness, '/v1/programmes/total-place')).json;
  t.strictSame([lines(feed, 'NAME'), lines(feed, 'X-WR-CALNAME')], [[name], [name]]);
  const ofPlace = await get(harness, '/v1/calendar.ics?placeId=durham');
  t.strictSame(lines(ofPlace, 'X-WR-CALNAME'), [`Durham: ${name}`]);
  const events = eventsOf(feed);
  t.ok(events.length > 50, `${events.length} events`);
  t.strictSame(lines(feed, 'TRANSP'), Array(events.length).fill('TRANSPARENT'));
  t.equal(new Set(events.map((event) => event.uid)).size, events.length, 'each has a name of its own');
  const conference = events.find(
    (event) => event.uid === 'total-place.milestone.lga-conference@total-place',
  )!;
  t.equal(conference.component.getFirstPropertyValue('url'), 'https://place.example/programmes/total-place');
  everyCase(t, 'an event leads to a page, absolutely', (look) => {
    for (const url of lines(feed, 'URL'))
      look(url, /^https:\/\/place\.example\/[a-z-]+\/[a-z0-9.-]+$/.test(url), true);
  });
  const unknown = await openHarness(t);
  t.strictSame(
    lines(await get(unknown, '/v1/calendar.ics'), 'URL'),
    [],
    'or nowhere, where nobody said at which',
  );
});

test('what many places must do by a day is one event, and what many seats owe of one record', async (t) => {
  const harness = await openHarness(t);
  const { items } = (await get(harness, '/v1/calendar?limit=200')).json;
  const feed = await get(harness, '/v1/calendar.ics');
  const events = eventsOf(feed);
  const finals = items.filter((item: any) => /\.step\.final$/.test(item.id));
  t.ok(finals.length > 10, `${finals.length} places have a step to do`);
  const deed = finals[0].title.replace(/^Durham: |^[^:]*: /, '');
  const days = new Set(finals.map((item: any) => item.to));
  const found = events.filter((event) => event.summary === deed);
  t.equal(found.length, days.size, 'it is one event a day');
  t.match(found[0]!.description, new RegExp(`^For ${finals.length} places: .*Durham`));
  const positions = items.filter((item: any) => item.code === 'position' && item.to === '2009-10-30');
  t.ok(positions.length > 10, `${positions.length} seats are to take a position`);
  const asked = events.filter((event) => event.summary.startsWith('Suffolk: Take a position'));
  t.equal(asked.length, new Set(positions.map((item: any) => item.link)).size, 'asked once a decision');
  t.notMatch(asked[0]!.summary, /\(/, 'not by whom');
  t.match(asked[0]!.description, /^Owed by .*, .*, /, 'but all of them are named');
  const alone = items.find((item: any) => item.code === 'triage');
  t.ok(
    events.some((event) => event.uid === `${alone.id}@total-place` && event.summary === alone.title),
    'what is one record’s stays as it is',
  );
  t.ok(events.length < items.length / 1.5, `${events.length} events of ${items.length} entries`);
});

test('it changes when what it shows does, and is known by its tag', async (t) => {
  const harness = await openHarness(t);
  const url = '/v1/calendar.ics';
  const first = await get(harness, url);
  t.match(first.headers.etag, /^"[^"]+"$/);
  t.equal((await get(harness, url, { 'if-none-match': first.headers.etag })).status, 304);
  t.equal((await get(harness, url, { 'if-none-match': `W/${first.headers.etag}` })).status, 304);
  const stampOf = (answer: Answer, uid: string): string =>
    String(
      calendarOf(answer)
        .getAllSubcomponents('vevent')
        .find((event) => event.getFirstPropertyValue('uid') === uid)!
        .getFirstPropertyValue('dtstamp'),
    );
  const [moved, stays] = ['lga-conference', 'budget-2009'].map(
    (id) => `total-place.milestone.${id}@total-place`,
  );
  const before = [moved!, stays!].map((uid) => stampOf(first, uid));
  t.ok(
    before.every((stamp) => stamp < '2009-10-22'),
    'stamped when it was said, not when it is asked',
  );
  const programme = '/v1/programmes/total-place';
  const { version } = (await get(harness, programme)).json;
  await harness.command(office, officeAccount, `${programme}/${noun('RescheduleMilestone')}`, {
    milestoneId: 'lga-conference',
    date: { from: '2009-11-04', to: '2009-11-04', precision: 'day', tbc: false },
    reason: 'The hall was taken',
    expectedVersion: version,
  });
  const second = await get(harness, url, { 'if-none-match': first.headers.etag });
  t.equal(second.status, 200);
  t.not(second.headers.etag, first.headers.etag);
  t.equal(stampOf(second, moved!), `${harness.service.clock.now().slice(0, 19)}Z`, 'what moved, now');
  t.equal(stampOf(second, stays!), before[1], 'what did not, then');
  const { items } = (await get(harness, '/v1/calendar?limit=200')).json;
  t.equal(
    items.find((item: any) => item.id === 'total-place.milestone.lga-conference').changedAt,
    harness.service.clock.now(),
  );
});

test('a calendar in which nothing is, is one all the same', async (t) => {
  const harness = await openHarness(t);
  const feed = await get(harness, '/v1/calendar.ics?from=2050-01-01');
  t.equal(feed.status, 200);
  const calendar = calendarOf(feed);
  t.strictSame(
    calendar.getAllSubcomponents().map((component) => component.name),
    ['vtimezone'],
    'a component there must be',
  );
  t.strictSame(lines(feed, 'X-WR-CALNAME'), ['Total Place']);
});

test('timeline, comparison and lineage are known by their tags, too', async (t) => {
  const harness = await openHarness(t);
  const lead = ['secretariat@place:durham', 'post.lead.durham'] as const;
  const urls = [
    '/v1/timeline?record=place-durham',
    '/v1/timeline?placeId=durham&limit=5',
    '/v1/timeline?placeId=durham&limit=5&format=csv',
    '/v1/lineage?record=place-durham',
    '/v1/compare?record=place-durham&from=2009-09-01&to=2009-10-01',
    '/v1/compare?record=place-durham&from=2009-09-01',
  ];
  const tags: string[] = [];
  for (const url of urls) {
    const answer = await get(harness, url);
    const tag = String(answer.headers.etag);
    tags.push(tag);
    t.equal((await get(harness, url, { 'if-none-match': tag })).status, 304, url);
    const other = await harness.inject(...lead, 'GET', url, undefined, { 'if-none-match': tag });
    t.equal(other.status, 200, 'a tag is of one reader’s grants');
  }
  t.equal(new Set(tags).size, tags.length);
  t.match(tags.at(-1), /^W\//, 'asked up to now it is the same but for the instant');
  isProblem(t, await get(harness, '/v1/lineage?record=place-nowhere'), 404, 'NOT_FOUND', 'no record');
});
