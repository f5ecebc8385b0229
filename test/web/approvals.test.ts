/** In a browser a grant is asked for, approved and revoked by links and choices: nobody types an id of one. */
import { test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { inputsOf, openForms, type FormsWorld, type Sent, newLead } from './forms-world.js';

const asker = readers.find((one) => one.variable === 'ADMINISTRATOR') as DemoReader;
const other: DemoReader = { ...asker, variable: 'OTHER', account: 'total-place.administrator-2' };

/** The address of the first link of this text, or to what begins so. */
function linkTo(page: Sent, wanted: string): string {
  const links = [...page.html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)</g)];
  const [, href = ''] = links.find(([, to = '', text]) => text === wanted || to.startsWith(wanted)) ?? [];
  return href.replaceAll('&amp;', '&');
}
/** Fills the form at an address, checks it and records it; what the check said. */
async function fillIn(
  world: FormsWorld,
  who: DemoReader,
  address: string,
  typed: Readonly<Record<string, string>>,
): Promise<{ readonly form: Sent; readonly check: Sent; readonly done: Sent }> {
  const [path = ''] = address.split('?');
  const form = await world.open(who, address);
  const kept = inputsOf(form.html).filter(([name]) => !Object.hasOwn(typed, name));
  const check = await world.post(who, path, [...kept, ...Object.entries(typed), ['_next', 'yes']]);
  const done = await world.post(who, path, [...inputsOf(check.html), ['_record', 'yes']]);
  return { form, check, done };
}

test('a grant is asked for, approved from what waits and revoked, without an id', async (t) => {
  const world = await openForms(t);
  const invite = linkTo(await world.open(asker, '/access'), 'Invite somebody to an account');
  const invited = await fillIn(world, asker, invite, {
    ...newLead,
  });
  t.match(invited.check.html, /This waits then: Approve or refuse a grant for new\.lead/);
  t.equal(invited.done.status, 303);
  t.notMatch((await world.open(asker, '/')).html, /Approve or refuse/, 'it does not wait for who asked');

  const home = await world.open(other, '/');
  t.match(home.html, /Approve or refuse a grant for new\.lead/);
  const approve = linkTo(home, '/accounts/new.lead/grant-approvals?grantId=');
  const approved = await fillIn(world, other, approve, {});
  t.match(approved.form.html, /value="[^"]+" checked/, 'the grant that waits is chosen');
  t.match(approved.check.html, /This waits no more: Approve or refuse/);
  t.equal(approved.done.status, 303, 'and nothing more is asked for');
  t.notMatch((await world.open(other, '/')).html, /Approve or refuse/, 'it waits no more');

  const account = linkTo(await world.open(asker, '/accounts'), '/accounts/new.lead');
  const revoke = linkTo(await world.open(asker, account), 'Revoke a grant');
  const { html } = await world.open(asker, revoke);
  const [, grantId = ''] = /name="grantId" type="radio" value="([^"]+)"/.exec(html) ?? [];
  const revoked = await fillIn(world, asker, revoke, { grantId, reason: 'Left the council' });
  t.match(revoked.check.html, /Revoked the grant/);
  t.equal(revoked.done.status, 303);
});
