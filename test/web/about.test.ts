/** What a page says of itself: of when it tells, and how far the log was then. */
import t from 'tap';
import { endOfDay, londonDate } from '../../src/domain/shared/calendar.js';
import { longDate } from '../../src/domain/shared/values.js';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import { feedPages, openWeb, pageAddresses, readerCalled, recordsIn, wordsOf } from './world.js';

const world = await openWeb(t);
const auditor = readerCalled('AUDITOR');
/** What is the same whenever it is looked at, and what says on paper of when it is. */
const timeless = /^\/(accessibility|cookies|privacy)$|^\/submissions\/[^/]+\/print$/;
const events = world.service.log.readAll(0, 1_000_000).map(decode);
const head = events.at(-1)?.position;
/** What stands under "About this page". */
const aboutIn = (html: string): string => {
  const [told = ''] = /<details class="govuk-details app-about".*?<\/details>/s.exec(html) ?? [];
  return wordsOf(`<h1>${told}`);
};

t.test('every page says up to which entry it tells, at the top for auditors', async (t) => {
  const isSaid = new Property('the newest entry stands under “About this page”');
  const isFirst = new Property('an auditor reads it first, and whoever else last');
  for (const url of [...pageAddresses(world, 1), ...feedPages()]) {
    if (timeless.test(url)) continue;
    for (const reader of [auditor, readerCalled('OFFICIAL')]) {
      const { status, html } = await world.get(reader, url);
      if (status !== 200) continue;
      const name = `${reader?.grant} ${url}`;
      const [, entry] = /Entry number: (\d+)\./.exec(aboutIn(html)) ?? [];
      isSaid.same(t, name, Number(entry), head);
      const [before = ''] = html.slice(html.indexOf('</h1>')).split('app-about');
      isFirst.same(t, name, /<(p|h2|form|table)\b/.test(before), reader !== auditor);
    }
  }
  isSaid.settle(t);
  isFirst.settle(t);
});

t.test('a page that is told as it stood says of itself when that was', async (t) => {
  const on = '2009-10-09';
  const last = events.filter(({ recordedAt }) => recordedAt <= endOfDay(on)).at(-1);
  t.ok(last && head && last.position < head, 'something was recorded since');
  const lastOn = longDate(londonDate(last?.recordedAt ?? ''));
  for (const url of [
    '/places/kent?',
    '/programmes/total-place?',
    '/departments/home-office?',
    '/departments/home-office/docket?',
    '/commitments?placeId=durham&',
    '/pools/durham-warm-homes?',
  ]) {
    const { status, html } = await world.get(auditor, `${url}asAt=${on}`);
    const told = aboutIn(html);
    t.equal(status, 200, url);
    t.match(told, 'As at 9 October 2009, by the clock', url);
    t.match(told, `The last thing recorded by then: ${lastOn} at `, url);
    t.match(told, `Entry number: ${last?.position}.`, url);
  }
  const instant = '2009-10-09T12:00:00Z';
  const { html } = await world.get(auditor, `/places/kent?asAt=${instant}`);
  const by = events.filter(({ recordedAt }) => recordedAt <= new Date(instant).toISOString()).at(-1);
  t.match(aboutIn(html), 'As at 9 October 2009 at 1pm, by the clock');
  t.match(aboutIn(html), `Entry number: ${by?.position}.`);
});

t.test('every page of a record says the same of its own entries', async (t) => {
  const [id = ''] = recordsIn(world).get('decision') ?? [];
  const own = events.filter(({ stream }) => stream === `decision-${id}`);
  const said = `The last entry of this record has the number ${own.at(-1)?.position}; it has ${own.length} entries.`;
  for (const url of [`/decisions/${id}`, `/decisions/${id}/audit`])
    t.match(aboutIn((await world.get(auditor, url)).html), said, url);
  const first = own[0]?.recordedAt ?? '';
  const begun = own.filter(({ recordedAt }) => recordedAt <= endOfDay(londonDate(first)));
  const { html } = await world.get(auditor, `/decisions/${id}?asAt=${londonDate(first)}`);
  t.match(aboutIn(html), `number ${begun.at(-1)?.position}; it has ${begun.length} `, 'as it stood, too');
});
