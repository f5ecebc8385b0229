/** What is due this week: a row for what is one deed, overdue first, as each reader may see it. */
import { test } from 'tap';
import { mondayOf } from '../../src/domain/shared/calendar.js';
import { readers } from '../../src/demo/readers.js';
import { cells } from './cells.js';
import { openWeb } from './world.js';

const office = readers.find(({ variable }) => variable === 'PROGRAMME_OFFICE');

test('a week begins on its Monday, also before 1970', (t) => {
  const days = ['2009-10-19', '2009-10-22', '2009-10-25', '2009-10-26', '1969-12-31', '1969-12-28'];
  t.strictSame(days.map(mondayOf), [
    '2009-10-19',
    '2009-10-19',
    '2009-10-19',
    '2009-10-26',
    '1969-12-29',
    '1969-12-22',
  ]);
  t.end();
});

test('what waits for several places is one row; overdue stands first; who may see less is told less', async (t) => {
  const web = await openWeb(t);
  const { html } = await web.get(office, '/this-week');
  const json = (await web.get(office, '/this-week?format=json')).html;
  const week = JSON.parse(json);
  t.match(week, { from: '2009-10-19', to: '2009-10-25', failed: 0 });
  const late = week.items.map((item: any) => item.overdue);
  t.strictSame(late, [...late].sort().reverse(), 'overdue first');
  t.ok(week.overdue > 0);
  t.equal(cells(html).length, week.items.length, 'a row each');
  const calendar = (await web.get(office, '/calendar?to=2009-10-25&format=csv')).html;
  t.ok(calendar.split('\n').length > week.items.length, 'fewer than the calendar has');
  t.match(html, /<h2[^>]*>Overdue<\/h2>[^]*<h2[^>]*>This week<\/h2>/);
  const visitor = JSON.parse((await web.inject('', '', 'GET', '/v1/this-week')).raw || '{}');
  t.ok((visitor.items?.length ?? 0) < week.items.length);
  const durham = (await web.get(office, '/this-week?placeId=durham&format=json')).html;
  t.strictSame(
    JSON.parse(durham).items.flatMap((item: any) => item.places.map(({ placeId }: any) => placeId)),
    ['durham', 'durham'],
  );
});

test('a step of many places is one row', async (t) => {
  const web = await openWeb(t);
  const calendar = JSON.parse((await web.get(office, '/calendar?limit=200&format=json')).html);
  const finals = calendar.items.filter((item: any) => /\.step\.final$/.test(item.id));
  const day = finals[0].to;
  const clock = web.service.clock as unknown as { advance(to: string): void };
  clock.advance(`${day}T09:00:00.000Z`);
  const { html } = await web.get(office, '/this-week');
  const week = JSON.parse((await web.get(office, '/this-week?format=json')).html);
  const many = week.items.filter((item: any) => item.id.endsWith('.step.final'));
  t.equal(many.length, 1);
  t.match(many[0], { dueOn: day, overdue: false, waiting: finals.length, places: { length: finals.length } });
  t.ok(finals.length > 10, `${finals.length} places`);
  t.match(html, `${many[0].waiting} places</span>`);
  t.equal(cells(html).filter((row) => row.join().includes(many[0].deed)).length, 1);
  const csv = (await web.get(office, '/this-week?format=csv')).html;
  t.equal(csv.trim().split('\n').length, week.items.length + 1);
});

/** The rows of a table of deeds, each as its cells, by the caption of the table. */
const rowsUnder = (html: string, caption: string): string[][] => {
  const table = new RegExp(`aria-label="${caption}">.*?</table>`, 's').exec(html)?.[0] ?? '';
  return cells(table);
};

test('the calendar has what several owe once, naming them, overdue first; its files have each entry', async (t) => {
  const web = await openWeb(t);
  const suffolk = readers.find(({ variable }) => variable === 'SUFFOLK');
  const positions = async (url: string) =>
    JSON.parse((await web.get(suffolk, url)).html).items.filter(({ code }: any) => code === 'position');
  const entries = await positions('/calendar?limit=200&from=2009-10-22&format=json');
  t.ok(entries.length > 10, `${entries.length} seats are to take a position`);
  const { html } = await web.get(suffolk, '/calendar');
  const rows = [...rowsUnder(html, 'Overdue'), ...rowsUnder(html, 'By date')];
  const found = rows.filter((row) => row.join().includes('Take a position'));
  t.equal(
    found.length,
    new Set(entries.map(({ link, to }: any) => `${link} ${to}`)).size,
    'a row a decision',
  );
  for (const { owedBy } of entries) t.ok(found.join().includes(owedBy[0].name), owedBy[0].name);
  t.notMatch(html, 'Suffolk: Take a position');
  const ofOffice = (await web.get(office, '/calendar')).html;
  t.match(ofOffice, /<h2[^>]*>Overdue<\/h2>[^]*<h2[^>]*>By date<\/h2>/);
  t.ok(rowsUnder(ofOffice, 'Overdue').length > 0);
  const steps = rowsUnder(ofOffice, 'By date').filter((row) => row[0]?.startsWith('Final report'));
  t.equal(steps.length, 1, 'a step of many places is one row');
  t.match(steps[0]?.[2], /\d+ places.*Durham/s, 'that names them');
  t.match(html, /href="\/account\/calendar">Have Outlook, Google/);
  t.match(html, 'href="/calendar?from=2009-10-22&amp;columns=all">One by one');
  const list = (await web.get(suffolk, '/calendar?from=2009-10-22&columns=all')).html;
  t.match(list, 'Suffolk: Take a position', 'entry by entry it is a list');
  const wrong = await web.get(office, '/calendar?from=yesterday');
  t.match(wrong, { status: 400, html: /id="from-error"/ });
});
