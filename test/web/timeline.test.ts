/** The timeline as auditors read it. */
import { test } from 'tap';
import { readers } from '../../src/demo/readers.js';
import { noun } from '../http/secrets.js';
import { openWeb } from './world.js';

const auditor = readers.find(({ variable }) => variable === 'AUDITOR');
const nosy = ['seat-holder@place:kent+agency:kent-county-council', 'person-nosy'] as const;

test('a refusal is told by what was asked and the sentence that was read, and types are chosen in words', async (t) => {
  const web = await openWeb(t, { grantsInLog: false });
  const refused = await web.inject(...nosy, 'POST', `/v1/pools/durham-warm-homes/${noun('OpenPool')}`, {});
  t.equal(refused.status, 403);
  const detail = String(refused.json.detail);
  const { html } = await web.get(auditor, '/timeline?type=CommandRefused');
  const main = html.slice(html.indexOf('<ol'));
  t.match(main, 'person-nosy (');
  t.match(main, 'was refused “Open a pool” on “Warm and safe homes”: ');
  t.match(main, `: ${detail.replaceAll('&', '&amp;')}`);
  t.notMatch(main, /NOT_ALLOWED|OpenPool|everybody/);
  t.match(main, 'href="/pools/durham-warm-homes"', 'and leads to what it was about');
  t.match(html, '<option value="CommandRefused" selected>Command refused</option>');
  const names = [...html.matchAll(/<option value="[A-Z][A-Za-z]*"[^>]*>([^<]*)</g)].map(([, text]) => text);
  t.ok(names.length > 200, 'every event there is');
  const listed = await web.get(auditor, '/refusals');
  t.match(listed.html, detail.replaceAll('&', '&amp;'));
});

test('what the service says of its own days is said as people write them', async (t) => {
  const web = await openWeb(t);
  const { html } = await web.get(auditor, '/timeline?kind=days');
  t.match(html, 'closed the day 21 October 2009');
  t.notMatch(html, /closed the day \d{4}-/);
});
