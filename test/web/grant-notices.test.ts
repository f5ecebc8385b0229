/** What somebody is told on the first page of grants that they wait for, and of those that were ended. */
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'tap';
import { readers, type DemoReader } from '../../src/demo/readers.js';
import { openWeb, type WebWorld } from './world.js';

const [first, second] = ['total-place.administrator-1', 'total-place.administrator-2'] as const;
const account = 'new.lead';
const lead: DemoReader = { ...(readers[0] as DemoReader), variable: account, account };
const grantId = 'given';
const textOf = (html: string): string =>
  html
    .replace(/<head>.*?<\/head>/gs, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

/** A command by somebody; throws what it was refused with. */
async function give(world: WebWorld, by: string, url: string, data: object): Promise<void> {
  const { status, raw } = await world.inject('', by, 'POST', url, data);
  if (status > 201) throw new Error(raw);
}
const home = async (world: WebWorld): Promise<string> => textOf((await world.get(lead, '/')).html);

test('a grant that waits, and one that was ended, are told with by whom, when and why', async (t) => {
  const world = await openWeb(t);
  const secret = randomBytes(24).toString('base64url');
  await give(world, first, '/v1/accounts', {
    account,
    programmeId: 'total-place',
    invitation: createHash('sha256').update(secret).digest('hex'),
    grant: { grantId, until: '2010-05-01', role: 'secretariat', placeId: 'kent' },
  });
  await give(world, account, '/v1/invitations', { secret });
  const waiting = await home(world);
  t.match(
    waiting,
    /Your grant Secretariat of Kent awaits approval: First administrator 1 asked for it on 22 October 2009\./,
  );
  t.match(waiting, /Made for new\.lead, who has no grant in force/);
  t.notMatch(waiting, /Made for everybody/);

  await give(world, second, `/v1/accounts/${account}/grant-approvals`, { grantId });
  t.notMatch(await home(world), /Your grant/, 'in force there is nothing to tell');

  const reason = 'Left the county';
  await give(world, second, `/v1/accounts/${account}/grant-revocations`, { grantId, reason });
  t.match(
    await home(world),
    /Your grant Secretariat of Kent was ended on 22 October 2009 by First administrator 2: Left the county/,
  );
  t.match(textOf((await world.get(lead, '/account')).html), /Ended because Left the county/);
  const hidden = await world.get(lead, '/pools/nowhere');
  t.equal(hidden.status, 404);
  t.notMatch(textOf(hidden.html), /Sign in\b/, 'who is signed in is not told to sign in');
});
