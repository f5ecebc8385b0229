/** A promise, from draft to accepted, and who may read about it after: in a browser, without a script. */
import { test } from 'tap';
import { identityOf } from '../../src/demo/issuer.js';
import { posts } from '../../src/demo/readers.js';
import { formAt, heading, openWorld } from './door-world.js';
import { Browser } from './providers.js';

const secretariat = 'post.programme-lead.suffolk';
const owner = 'post.chief-executive.suffolk-pct';

/** A browser of one of the demo's posts, which fills forms as their pages have them. */
async function signedIn(own: string, post: string) {
  const browser = new Browser();
  await browser.post(`${own}/sign-in`, { post });
  const page = async (address: string) => (await browser.go(`${own}${address}`)).text;
  /**
   * Opens a form, fills its steps one after the other, and gives the page on which its answers are checked.
   */
  async function fill(address: string, ...steps: readonly Readonly<Record<string, string>>[]) {
    let text = await page(address);
    for (const answers of steps)
      text = (await browser.post(`${own}${address}`, { ...formAt(text, address), ...answers })).text;
    return text;
  }
  const record = async (address: string, check: string) =>
    browser.post(`${own}${address}`, { ...formAt(check, address), _record: '' });
  return { page, fill, record };
}
const plain = (html: string): string =>
  html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

test('a promise is drafted, checked, offered by its secretariat, and accepted by its owner', async (t) => {
  const { eventsOf, open } = await openWorld(t);
  const { own } = await open({ posts, identityOf });
  const lead = await signedIn(own, secretariat);

  const list = await lead.page('/commitments');
  t.match(list, /href="\/commitments\/new"/, 'drafting one is offered where they are listed');
  const check = await lead.fill(
    '/commitments/new',
    { placeId: 'suffolk', title: 'Young carers are found', change: 'Every school knows its young carers' },
    { ownerAgencyId: 'suffolk-pct', level: 'place', '_is.accountable': '0', 'accountable.seatId': 'health' },
    { measure: 'Schools that know', evidenceExpected: 'A list of schools' },
    {
      'startOn-day': '1',
      'startOn-month': '11',
      'startOn-year': '2009',
      'dueOn-day': '1',
      'dueOn-month': '3',
      'dueOn-year': '2010',
      verifierAgencyId: 'suffolk-county-council',
    },
    {},
  );
  t.match(heading(check), /Check before you record it/, plain(check).slice(0, 2_000));
  t.match(plain(check), /Young carers are found/);
  t.equal(
    eventsOf('CommitmentDrafted').filter(
      (e) => e.actor.account === secretariat && e.recordedAt > '2009-10-22',
    ).length,
    0,
  );
  const drafted = await lead.record('/commitments/new', check);
  t.match(heading(drafted.text), /Recorded/);
  const draft = eventsOf('CommitmentDrafted').at(-1);
  const address = `/commitments/${draft?.recordId}`;

  const before = plain(await lead.page(address));
  t.match(before, /What you may do .*Offer/);
  t.match(before, /What you may not do now, and why/);
  const offer = await lead.fill(`${address}/offer`, {}, {});
  t.match(heading(offer), /Check before you record it/, plain(offer).slice(0, 2_000));
  t.match(plain(offer), /cannot be taken back/i, 'what it comes to is said before it is done');
  await lead.record(`${address}/offer`, offer);
  t.match(eventsOf('CommitmentOffered').at(-1), {
    recordId: draft?.recordId,
    actor: { account: secretariat },
  });

  const keeper = await signedIn(own, owner);
  t.match(plain(await keeper.page('/')), /Young carers are found/, 'it waits for its owner');
  const accept = await keeper.fill(`${address}/acceptance`, { consent: 'no' });
  t.match(heading(accept), /Check before you record it/, plain(accept).slice(0, 2_000));
  await keeper.record(`${address}/acceptance`, accept);
  t.match(eventsOf('CommitmentAccepted').at(-1), { recordId: draft?.recordId, actor: { account: owner } });

  const auditor = await signedIn(own, 'demo.auditor');
  const reads = plain(await auditor.page(`/reads?record=commitment-${draft?.recordId}`));
  t.match(reads, /Chief executive, Suffolk PCT/, 'an auditor reads who read it');
  const review = plain(await auditor.page('/access-review?account=demo.auditor'));
  t.match(review, /First administrator 2/, 'and who approved what somebody may do');
});
