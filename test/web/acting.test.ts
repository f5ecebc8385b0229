/** In which of several grants somebody acts: chosen in the header, and said on every form. */
import { test } from 'tap';
import { posts } from '../../src/demo/readers.js';
import { openWorld } from './door-world.js';
import { hiddenIn } from './hidden.js';
import { Browser } from './providers.js';

const chair = 'post.chief-executive.durham-county-council';
const asSeatHolder = 'seat-holder@place:durham+agency:durham-county-council';
const asChair = 'chair@place:durham+agency:durham-county-council';
/** A form that either of the two may send. */
const form = '/barriers/new';

const checked = (html: string, name: string): string | undefined =>
  [...html.matchAll(/<input[^>]*type="radio"[^>]*>/g)]
    .map(([input]) => input)
    .filter((input) => input.includes(`name="${name}"`) && / checked/.test(input))
    .map((input) => /value="([^"]*)"/.exec(input)?.[1])[0];

test('a grant is chosen once, and forms are filled with it', async (t) => {
  const { open } = await openWorld(t);
  const { own } = await open({ posts });
  const browser = new Browser();
  const first = await browser.post(`${own}/sign-in`, { post: chair, return: '/pools' });
  t.match(first.text, /Acting as: <a href="\/acting\?return=%2Fpools">whichever role fits</);
  const page = await browser.go(`${own}/acting?return=/pools`);
  t.equal(checked(page.text, 'as'), '', 'nothing is chosen yet');
  for (const grant of [asChair, asSeatHolder]) {
    const chosen = await browser.post(`${own}/acting`, {
      ...hiddenIn((await browser.go(`${own}/acting?return=/pools`)).text, '/acting'),
      as: grant,
    });
    t.equal(chosen.url.pathname, '/pools', 'they are back where they were');
    t.match(chosen.text, grant === asChair ? />Chair of Durham for/ : />Seat holder of Durham for/);
    t.equal(checked((await browser.go(`${own}${form}`)).text, '_as'), grant, 'the form begins with it');
  }
  const unknown = await browser.post(`${own}/acting`, {
    ...hiddenIn((await browser.go(`${own}/acting`)).text, '/acting'),
    as: 'auditor@programme:total-place',
  });
  t.match(unknown.text, />whichever role fits</, 'what is not theirs is not chosen');
  t.equal((await browser.post(`${own}/acting`, { as: asChair })).status, 403, 'a form of another site');
});

test('who holds one grant chooses nothing, and nobody else may', async (t) => {
  const { open } = await openWorld(t);
  const { own } = await open({ posts });
  const browser = new Browser();
  t.match((await browser.go(`${own}/acting`)).url.pathname, /^\/sign-in$/);
  const page = await browser.post(`${own}/sign-in`, { post: 'post.programme-lead.durham', return: '/pools' });
  t.notMatch(page.text, /Acting as/);
});
