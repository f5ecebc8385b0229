import { test } from 'tap';
import { session } from '../../src/domain/accounts/session.js';
import { days, logIdentity, longestSentence, refusals } from '../../src/domain/system/index.js';
import { coverage, eventsFor, spec } from './spec.js';

const closed = (date: string) => eventsFor(days)('DayClosed', { date });
const close = (date: string) => ({ date });

test('a day is closed once, after its end in London', async (t) => {
  const daysAt = (now: string) => spec(t, days).id('tp').given(closed('2009-10-20')).as('system').at(now);
  daysAt('2009-10-21T23:00:00.000Z').when('CloseDay', close('2009-10-21')).then(closed('2009-10-21'));
  daysAt('2009-10-21T22:59:59.999Z').when('CloseDay', close('2009-10-21')).refuses('DAY_NOT_OVER');
  daysAt('2009-10-22').when('CloseDay', close('2009-10-20')).nothing();
  daysAt('2009-10-22').when('CloseDay', close('2009-10-19')).nothing();
  spec(t, days)
    .as('secretariat', 'place:durham')
    .when('CloseDay', close('2009-08-01'))
    .refuses('NOT_ALLOWED');
});

test('a refusal is kept as what it was, for auditors alone', async (t) => {
  const refused = {
    code: 'SOD_CONFLICT',
    command: 'ConfirmPledge',
    target: 'pool-durham',
    placeId: 'durham',
    programmeId: 'tp',
    versionSeen: 4,
    payload: 'sha256:00',
  };
  const after = (unrecorded?: number) => ({
    ...refused,
    ...(unrecorded === undefined ? {} : { unrecorded }),
  });
  const { describe: says, data, access } = refusals.events.CommandRefused;
  t.strictSame(access!(refused, {} as never), { tier: 'auditors', placeId: 'durham', programmeId: 'tp' });
  for (const n of [undefined, 1, 40]) t.strictSame(data.parse(after(n)), after(n));
  t.match(
    [undefined, 1, 40].map((n) => says(after(n), {} as never)),
    [
      /: sod conflict\.$/,
      / Before it 1 command was turned away undecided\.$/,
      / Before it 40 commands were turned away undecided\.$/,
    ],
  );
  const sentence = 'Somebody else confirms it.';
  t.strictSame(data.parse({ ...refused, sentence }), { ...refused, sentence });
  t.match(says({ ...refused, sentence }, {} as never), /: Somebody else confirms it\.$/, 'as it was told');
  t.notOk(data.safeParse({ ...refused, sentence: 'x'.repeat(longestSentence + 1) }).success);
  t.notOk(data.safeParse(after(0)).success, 'none is not told of');
});

test('a log takes up once that it says who may do what', async (t) => {
  const adopted = eventsFor(logIdentity)('GrantsAdopted');
  const log = () => spec(t, logIdentity).id('grants');
  t.equal(log().as('system').when('AdoptGrants').then(adopted).state.grants, 'log');
  log().given(adopted).as('system').when('AdoptGrants').nothing();
  log().as('access-administrator', 'programme:tp').when('AdoptGrants').refuses('NOT_ALLOWED');
});

test('a session begins once and is ended once, by the door on behalf of whoever signed in', async (t) => {
  const data = {
    accountId: 'anna',
    sid: '0123456789abcdef',
    kind: 'browser',
    until: '2009-09-01T17:00:00.000Z',
  };
  const { sid } = data;
  const token = { ...data, kind: 'token', secret: '0'.repeat(64), label: 'Nightly figures' };
  const happened = eventsFor(session);
  const began = happened('SessionStarted', data);
  const ended = happened('SessionEnded', { sid });
  const door = () => spec(t, session).id('anna').as('system');
  const { state, access } = door().when('StartSession', data).then(began);
  t.match(state, {
    accountId: 'anna',
    sessions: { [sid]: { kind: 'browser', startedAt: '2009-09-01T09:00:00.000Z', until: data.until } },
  });
  t.match(access, { tier: 'administrators', holder: 'anna' });
  const chosen = { ...token, grants: ['secretariat@place:durham'] };
  door()
    .given(began)
    .when('StartSession', { ...chosen, sid: `${sid}-2` })
    .then({ type: 'SessionStarted' });
  door().given(began).when('StartSession', data).refuses('SESSION_EXISTS');
  door().given(began, ended).when('StartSession', data).refuses('SESSION_EXISTS');
  const over = door().given(began).when('EndSession', { sid }).then(ended);
  t.match(over.state.sessions, { [sid]: { endedAt: '2009-09-01T09:00:00.000Z' } });
  door().given(began, ended).when('EndSession', { sid }).nothing();
  door().when('EndSession', { sid }).nothing();
  spec(t, session).as('secretariat', 'place:durham').when('EndSession', { sid }).refuses('NOT_ALLOWED');
  const { describe: says, data: schema } = session.events.SessionStarted;
  t.equal(says(schema.parse(data), {} as never), 'signed in');
  t.match(says(schema.parse(token), {} as never), /^made a token for scripts, until .*1 September 2009/);
  for (const wrong of ['short', 'A'.repeat(16), `${'a'.repeat(65)}`, `-${sid}`])
    t.notOk(session.commands.StartSession.data.safeParse({ ...data, sid: wrong }).success, wrong);
});

test('every command and refusal has been shown', async (t) => {
  for (const record of [days, logIdentity, session]) coverage(t, record);
});
