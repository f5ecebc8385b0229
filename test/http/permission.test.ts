/**
 * Who gives a command in which of their grants: roles nobody holds together, and what is told to whoever may
 * not.
 */
import { test } from 'tap';
import { readers } from '../../src/demo/readers.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { commandRoutes } from '../../src/http/commands.js';
import { isProblem, office, openHarness } from './harness.js';

const entryOf = (name: string) => commandRoutes.find((r) => r.name === name && r.entry.segment)!.entry;
const noun = (name: string): string => entryOf(name).segment!;
const example = (name: string): object => entryOf(name).example as object;

test('what a token’s grants allow', async (t) => {
  const harness = await openHarness(t);
  const post = (as: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
    harness.inject(as, 'person.of-two-hats', 'POST', path, body, headers);
  const retitle = `/v1/programmes/total-place/${noun('RetitleProgramme')}`;
  const version = async (): Promise<number> =>
    (await harness.inject(office, 'reader', 'GET', '/v1/programmes/total-place')).json.version;
  const auditor = 'auditor@programme:total-place';

  const body = { name: 'Total Place', expectedVersion: await version() };
  const before = await harness.head();
  for (const both of [`${auditor} ${office}`, `${office} auditor@place:durham`]) {
    const answer = await post(both, retitle, { ...body, name: 'Mine' });
    isProblem(t, answer, 403, 'SOD_CONFLICT', both);
    t.match(answer.json.detail, /programme office of Total Place and auditor of /, 'both are named');
  }
  t.same(harness.eventsAfter(before), ['CommandRefused', 'CommandRefused'], 'each recorded as a refusal');
  t.equal(await version(), body.expectedVersion, 'and nothing else');
  const near = (await harness.inject(auditor, 'an.auditor', 'GET', '/v1/exceptions?kind=near-miss')).json
    .items;
  t.equal(
    near.filter((x: any) => x.code === 'SOD_CONFLICT' && x.type === 'RetitleProgramme').length,
    2,
    'told to auditors as near misses',
  );
  t.equal(
    (await post(`${office} auditor@programme:another`, retitle, body)).status,
    200,
    'an auditor of another programme may',
  );
  t.equal(
    (await harness.inject(`${auditor} ${office}`, 'person.of-two-hats', 'GET', '/v1/refusals')).status,
    200,
    'reading is another matter',
  );

  const barrier = '/v1/barriers/kent-gateway-benefits';
  const seat = 'seat-holder@place:kent+agency:kent-county-council';
  const direct = `${barrier}/${noun('Direct')}`;
  const directing = example('Direct');
  isProblem(
    t,
    await post(`champion@place:kent ${seat}`, direct, directing),
    403,
    'SOD_CONFLICT',
    'a champion with a seat in the place',
  );
  const elsewhere = await post(
    'champion@place:kent seat-holder@place:durham+agency:durham-county-council',
    direct,
    directing,
  );
  t.not(elsewhere.json.code, 'SOD_CONFLICT', 'a seat elsewhere is no conflict');

  const treasury = 'treasury@programme:total-place';
  const answer = await post(treasury, `${barrier}/${noun('Respond')}`, example('Respond'));
  isProblem(t, answer, 403, 'NOT_ALLOWED', 'the Treasury answers no barrier');
  t.equal(
    answer.json.detail,
    'This needs one of these roles: official of the agency concerned, or seat holder or chair in Kent.',
  );
  const title = await post(treasury, retitle, body);
  t.equal(title.json.detail, 'This needs the role programme office of this programme.');

  const department = 'department-for-work-and-pensions';
  const official = `official@agency:${department}`;
  for (const [given, missing] of [
    [{}, ['/reason', '/official']],
    [{ reason: 'The rule stands' }, ['/official']],
  ] as const) {
    const answer = await post(official, `${barrier}/${noun('Respond')}`, { position: 'will-not', ...given });
    isProblem(t, answer, 422, 'REASON_REQUIRED', 'an answer that it will not');
    t.same(
      answer.json.errors.map((e: any) => e.path),
      missing,
      'names all that is missing',
    );
  }

  // What is possible now is told to each for their own roles.
  const started = `/v1/programmes/total-place/${noun('StartProgramme')}`;
  const again = await post(office, started, { expectedVersion: await version() });
  isProblem(t, again, 409, 'WRONG_STATE', 'started twice');
  t.match(
    again.json.detail,
    new RegExp(`your roles may, where nothing else .*: .*${entryOf('AddMilestone').title}`),
  );
  const confirm = `${barrier}/${noun('ConfirmRemoved')}`;
  const possible = async (as: string): Promise<string> => {
    const answer = await post(as, confirm, { ...example('ConfirmRemoved'), placeId: 'kent' });
    isProblem(t, answer, 409, 'WRONG_STATE', `${as}: nothing is claimed yet`);
    return answer.json.detail;
  };
  const directions = entryOf('Direct').title;
  t.match(await possible('chair@place:kent+agency:kent-county-council'), directions, 'a chair may direct');
  t.notMatch(await possible('secretariat@place:kent'), directions, 'the secretariat may not');
});

test('a reader of the demo is who holds the post in the seed', async (t) => {
  const harness = await openHarness(t);
  const { executor } = harness.service;
  let posts = 0;
  for (const { grant, account } of readers) {
    const [role = '', scope = ''] = grant.split('@');
    const { place, agency } = parseGrant(role, scope)!;
    if (role === 'champion')
      t.equal((await executor.load('place', place!)).state.champion?.accountId, account, grant);
    else if (agency && (role === 'seat-holder' || role === 'chair')) {
      const table = (await executor.load('collaborative', place!)).state;
      const seat = Object.values(table.seats).find((s) => s.agencyId === agency);
      t.match(seat, { account, status: 'accepted', kind: 'voting' }, grant);
      if (role === 'chair') t.equal(table.chair, seat!.seatId, 'in the chair');
    } else continue;
    posts++;
  }
  t.ok(posts >= 4, 'a champion, a chair, seats of Durham and Leicestershire');
  t.ok(
    readers
      .filter((r) => r.account.startsWith('demo.'))
      .every((r) => /^(treasury|auditor|access-administrator|contributor|public)@/.test(r.grant)),
    'only those who do nothing in the seed are made up',
  );

  // The champion directs the department that owes Kent an answer, at the rung the barrier is before.
  const { state } = await executor.load('barrier', 'kent-gateway-benefits');
  const champion = readers.find((r) => r.variable === 'CHAMPION')!;
  const [agencyId, owner] = Object.entries(state.owners)[0]!;
  const give = () =>
    harness.inject(
      champion.grant,
      champion.account,
      'POST',
      `/v1/barriers/kent-gateway-benefits/${noun('Direct')}`,
      { ...example('Direct'), agencyId, rung: 'champion' },
    );
  const given = await give();
  if (owner.rung === 'champion') t.equal(given.status, 200, given.raw);
  else isProblem(t, given, 409, 'RUNG_NOT_OPEN', 'heard as the champion, once the barrier has gone on');
});
