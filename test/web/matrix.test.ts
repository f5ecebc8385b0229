/**
 * The matrix of test/http/matrix.test.ts through forms, by sessions: every command, by every role that does not
 * give it here, by those that do and hold it elsewhere, and by those that hold it here. Each is asked beside the
 * same with a token, in two services that began alike: the answers are the same, and so is what is recorded.
 */
import { test } from 'tap';
import { bodySchema } from '../../src/http/query/command-schema.js';
import { fill } from '../../src/web/form/fill.js';
import { own } from '../../src/web/form/inputs.js';
import { nodeOf } from '../../src/web/form/node.js';
import { addressOf } from '../../src/web/pages/task.js';
import { openHarness } from '../http/harness.js';
import {
  accountOf,
  grantsAsked,
  throughTheMatrix,
  withoutRoleOrElsewhere,
  withToken,
  type Answered,
  type Ask,
  type Asked,
} from '../http/matrix-cases.js';
import { plant } from '../http/secrets.js';
import { Property } from '../holds.js';
import { fieldFor, openForms, type FormsWorld, type Sent } from './forms-world.js';
import { readerOf, takeOver } from './signed-in.js';
import { byPeople, nameOf, recorded } from './through-form.js';

const everybodyAsked = grantsAsked.map((grant) => readerOf(accountOf(grant), grant));

/** The last sending of a command's form, by a session of whoever holds the grant. */
function sendForm(web: FormsWorld, { route, id, grant, body, key }: Asked): Promise<Sent> {
  const address = addressOf(route, id);
  const reader = readerOf(accountOf(grant), grant);
  const filled = fill(nodeOf(bodySchema(route)), body).entries();
  return web.post(reader, address, [fieldFor(reader, address, key), ...filled, [own.record, 'yes']]);
}
const plain = (html: string): string =>
  html
    .replace(/<wbr>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .toLowerCase();

test('by a session: refused without the role, refused elsewhere, heard with it', async (t) => {
  const web = await openForms(t, { grantsInLog: false });
  const api = await openHarness(t);
  await plant(api);
  await takeOver(api, everybodyAsked);
  const asToken = withToken(api);
  const alike = new Property('a session is told what a token is');
  const ask: Ask = async (asked) => {
    const name = `${nameOf(asked.route)} by ${asked.grant}`;
    const [from, fromThere] = [await web.head(), await api.head()];
    const sent = await sendForm(web, asked);
    await web.service.reactors.idle();
    const events = byPeople(recorded(web, from));
    const token = await asToken(asked);
    await api.service.reactors.idle();
    alike.same(t, `${name}: what is recorded`, events, byPeople(recorded(api, fromThere)));
    const isDone = token.status < 300;
    alike.same(t, `${name}: its status`, sent.status, isDone ? 303 : token.status);
    if (!isDone)
      alike.holds(t, `${name}: why not`, plain(sent.html).includes(token.told.toLowerCase().slice(1, 60)), {
        token: token.told,
        html: sent.html,
      });
    const refusal = events.find(({ type }) => type === 'CommandRefused')?.data as
      { code?: string } | undefined;
    const answered: Answered = { status: sent.status, code: refusal?.code, told: token.told };
    return answered;
  };
  await throughTheMatrix(t, web, {
    ask,
    refusedTurns: withoutRoleOrElsewhere,
    prepare: () => takeOver(web, everybodyAsked),
  });
  alike.settle(t);
});
