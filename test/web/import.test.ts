/** A programme from a file by a page: pasted, looked at, recorded by whoever is signed in, and sent again. */
import { readFileSync } from 'node:fs';
import { test, type Test } from 'tap';
import { addDays, londonDate } from '../../src/domain/shared/calendar.js';
import { CommandQueue, Overloaded } from '../../src/commands/queue.js';
import { openHarness } from '../http/harness.js';
import { browserMissing } from './looking.js';
import { SeenPages } from './seen-pages.js';
import { takeOver, readerOf } from './signed-in.js';
import { pagesOn, readerHeaders, wordsOf } from './world.js';

const seen = new SeenPages();
const text = readFileSync(new URL('../../examples/programme-2026-27.yaml', import.meta.url), 'utf8');
const address = '/import/programme';
const office = readerOf('post.office.whole-place', 'programme-office@programme:whole-place');
const kent = readerOf('post.programme-lead.kent', 'secretariat@place:kent');

/** A log that holds accounts alone, with pages. */
async function openEmpty(t: Test, { queue = new CommandQueue() } = {}) {
  const harness = await openHarness(t, { seed: [], grantsInLog: true, pagesOn, queue });
  await takeOver(harness, [office, kent], addDays(londonDate(harness.service.clock.now()), 300));
  const get = (reader: typeof office, url: string) =>
    harness.app.inject({ url, headers: readerHeaders(reader) });
  async function post(reader: typeof office, type: string, payload: string | Buffer) {
    const headers = { ...readerHeaders(reader), 'content-type': type };
    const answer = await harness.app.inject({ method: 'POST', url: address, headers, payload });
    const { statusCode: status, body: html } = answer;
    seen.add(`an import: ${status}, ${/<h1[^>]*>([^<]*)/.exec(html)?.[1]}`, {
      status,
      html,
      headers: answer.headers,
    });
    return { status, html, headers: answer.headers };
  }
  const tokenFor = async (reader: typeof office): Promise<string> => {
    const { body, statusCode: status, headers } = await get(reader, address);
    seen.add('an import', { status, html: body, headers });
    return new RegExp(`action="${address}"[^]*?name="form-token" value="([^"]+)"`).exec(body)?.[1] ?? '';
  };
  /** Sends the fields of the page's form. */
  async function send(reader: typeof office, inputs: Record<string, string>) {
    const fields = new URLSearchParams({ 'form-token': await tokenFor(reader), ...inputs });
    return post(reader, 'application/x-www-form-urlencoded', fields.toString());
  }
  /** Sends them as a browser does, in parts with a file; an empty one where none was chosen. */
  async function sendFile(
    reader: typeof office,
    file: Uint8Array | string,
    inputs: Record<string, string> = {},
  ) {
    const form = new FormData();
    for (const [name, value] of Object.entries({ 'form-token': await tokenFor(reader), ...inputs }))
      form.set(name, value);
    form.set('file', new File([file], 'programme.yaml', { type: 'text/yaml' }));
    const sent = new Response(form);
    return post(reader, sent.headers.get('content-type') ?? '', Buffer.from(await sent.arrayBuffer()));
  }
  return { harness, get, send, sendFile };
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

test('a file is chosen in the stead of pasting it, and is looked at before it is recorded', async (t) => {
  const { harness, sendFile } = await openEmpty(t);
  const before = await harness.head();
  const looked = await sendFile(office, `\uFEFF${text.replaceAll('\n', '\r\n')}`, {
    text: 'what stood there',
    give: 'yes',
  });
  t.equal(looked.status, 200, looked.html.slice(0, 300));
  t.match(
    wordsOf(looked.html),
    'Define the programme Whole Place 2026–27, from 1 October 2026 to 31 December 2027 To be recorded',
  );
  t.equal(
    await harness.head(),
    before,
    'what was not looked at is not recorded, whichever button was pressed',
  );
  t.match(
    looked.html,
    /<textarea[^>]*>[^<]*Whole Place 2026–27/,
    'its text stands in the form, and goes on with it',
  );
  t.notMatch(looked.html, 'what stood there');
  const recorded = await sendFile(office, '', { text, give: 'yes' });
  t.match(
    wordsOf(recorded.html),
    'Start the programme Whole Place 2026–27 Recorded',
    'without one the text counts',
  );
  const long = await sendFile(office, text + '#'.repeat(200_000));
  t.match(long, { status: 400, html: 'href="#file"' });
  t.match(wordsOf(`<h1${long.html}`), 'Choose a file of 200 kB or less');
  const odd = await sendFile(office, new Uint8Array([0xff, 0xfe, 0x00]));
  t.match(wordsOf(`<h1${odd.html}`), 'Choose a file of text in UTF-8');
  const wrong = await sendFile(office, text.replace('kind: national', 'kind: nationl'));
  t.match(wrong, { status: 400, html: /name="text"[^>]*>[^<]*kind: nationl/ }, 'to be mended in the form');
  const huge = await sendFile(office, '#'.repeat(700_000));
  t.equal(huge.status, 413);
});

test('what was typed is kept where nothing can be recorded now', async (t) => {
  class Busy extends CommandQueue {
    isBusy = false;
    override enter<T>(work: () => Promise<T>): Promise<T> {
      return this.isBusy ? Promise.reject(new Overloaded(2_000)) : super.enter(work);
    }
  }
  const queue = new Busy();
  const { harness, send } = await openEmpty(t, { queue });
  const before = await harness.head();
  queue.isBusy = true;
  const later = await send(office, { text, give: 'yes' });
  t.match(later, { status: 503, headers: { 'retry-after': '2' }, html: /<title>Error: / });
  t.match(wordsOf(`<h1${later.html}`), /There is a problem .*the same file sent again records nothing twice/);
  t.match(later.html, 'Whole Place 2026–27', 'all of it stands in the form');
  t.match(later.html, /govuk-error-summary[^>]*autofocus/, 'and what is wrong has the focus');
  t.equal(await harness.head(), before);
  queue.isBusy = false;
  t.match(
    wordsOf((await send(office, { text, give: 'yes' })).html),
    'Start the programme Whole Place 2026–27 Recorded',
  );
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

test('its pages, in a browser', { skip: browserMissing }, (t) => seen.lookAt(t));
