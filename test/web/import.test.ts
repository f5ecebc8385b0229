/** A programme from a file by a page: pasted, looked at, recorded by whoever is signed in, and sent again. */
import { readFileSync } from 'node:fs';
import { test, type Test } from 'tap';
import { addDays, londonDate } from '../../src/domain/shared/calendar.js';
import { openHarness } from '../http/harness.js';
import { takeOver, readerOf } from './signed-in.js';
import { pagesOn, readerHeaders, wordsOf } from './world.js';

const text = readFileSync(new URL('../../examples/programme-2026-27.yaml', import.meta.url), 'utf8');
const address = '/import/programme';
const office = readerOf('post.office.whole-place', 'programme-office@programme:whole-place');
const kent = readerOf('post.programme-lead.kent', 'secretariat@place:kent');

/** A log that holds accounts alone, with pages. */
async function openEmpty(t: Test) {
  const harness = await openHarness(t, { seed: [], grantsInLog: true, pagesOn });
  await takeOver(harness, [office, kent], addDays(londonDate(harness.service.clock.now()), 300));
  const get = (reader: typeof office, url: string) =>
    harness.app.inject({ url, headers: readerHeaders(reader) });
  /** Sends the form of the page as a browser does. */
  async function send(reader: typeof office, inputs: Record<string, string>) {
    const { body } = await get(reader, address);
    const token =
      new RegExp(`action="${address}"[^]*?name="form-token" value="([^"]+)"`).exec(body)?.[1] ?? '';
    const answer = await harness.app.inject({
      method: 'POST',
      url: address,
      headers: {
        ...readerHeaders(reader),
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ 'form-token': token, ...inputs }).toString(),
    });
    return { status: answer.statusCode, html: answer.body };
  }
  return { harness, get, send };
}

test('a file is looked at, recorded once, and each records what is theirs', async (t) => {
  const { harness, get, send } = await openEmpty(t);
  const before = await harness.head();
  const looked = await send(office, { text });
  t.equal(looked.status, 200, looked.html.slice(0, 300));
  t.match(
    wordsOf(looked.html),
    'Define the programme Whole Place 2026–27, from 1 October 2026 to 31 December 2027 To be recorded',
  );
  t.match(wordsOf(looked.html), 'Establish the collaborative of Kent Somebody else’s');
  t.equal(await harness.head(), before, 'nothing is recorded by looking');

  const recorded = await send(office, { text, give: 'yes' });
  t.equal(recorded.status, 200);
  t.match(wordsOf(recorded.html), 'Start the programme Whole Place 2026–27 Recorded');
  t.notMatch(wordsOf(recorded.html), 'Refused');
  const table = await send(kent, { text, give: 'yes' });
  t.match(wordsOf(table.html), 'Establish the collaborative of Kent Recorded');
  await harness.service.settle();

  const head = await harness.head();
  t.match(wordsOf((await send(office, { text })).html), 'Nothing is left that you could record.');
  await send(office, { text, give: 'yes' });
  t.equal(await harness.head(), head, 'sent again it records nothing');
  const progress = await get(office, '/programmes/whole-place/progress');
  for (const place of ['County Durham', 'Kent', 'Cornwall', 'Cumbria']) t.match(progress.body, place);
});

test('mistakes are told by their lines, beside what was pasted', async (t) => {
  const { send } = await openEmpty(t);
  const wrong = await send(office, { text: text.replace('kind: national', 'kind: nationl') });
  t.equal(wrong.status, 400);
  t.match(wrong.html, 'href="#text"');
  t.match(wordsOf(`<h1${wrong.html}`), 'Line 9, programme.kind: Select national, regional or sandbox');
  t.match(wrong.html, 'kind: nationl', 'and the text stands in the form');
});

test('the page is for whoever signed in, and its form for pages of this service alone', async (t) => {
  const { harness } = await openEmpty(t);
  const nobody = await harness.app.inject({ url: address });
  t.match(nobody, {
    statusCode: 303,
    headers: { location: `/sign-in?return=${encodeURIComponent(address)}` },
  });
  const forged = await harness.app.inject({
    method: 'POST',
    url: address,
    headers: { ...readerHeaders(office), 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ text, give: 'yes' }).toString(),
  });
  t.equal(forged.statusCode, 403);
});
