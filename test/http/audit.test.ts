/** Exceptions and refusals: what is one, who sees it, and the trend by place and rule. */
import Database from '../../src/log/sqlite/driver.js';
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import { loadReference } from '../../src/runtime/reference.js';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import { tablesIn } from '../views-on.js';
import { exceptions } from '../../src/projections/views/exceptions.js';
import { isProblem, office, officeAccount, openHarness } from './harness.js';
import { noun, plant, readers, type Reader } from './secrets.js';

test('what is an exception, event by event', async (t) => {
  const db = new Database(':memory:');
  const tables = tablesIn(db, exceptions);
  const handlers = exceptions.handlers(db, tables, loadReference());
  let position = 0;
  const pledge = {
    pledgeId: 'p',
    agencyId: 'nhs',
    financialYear: '2009-10',
    amountPence: 1,
    consented: false,
    figures: {},
  };
  const promised = { placeId: 'durham', ownerAgencyId: 'dwp', ownerKind: 'department', dueOn: '2009-12-20' };
  /** What due items are made of, where nothing else is said. */
  const usual: Record<string, object> = {
    PledgeMade: pledge,
    CommitmentReopened: promised,
    DutyOrphaned: promised,
    SignOffVoided: { placeId: 'durham', roundKind: 'interim', roundNo: 1, changed: [], sections: [] },
    DecisionOpened: { placeId: 'durham', electorate: [], affected: [], closesAt: '2009-11-30T17:00:00.000Z' },
  };
  const kinds = (type: string, given: object = {}, more: object = {}): string[] => {
    const data = { ...usual[type], ...given };
    const event = {
      id: `e${++position}`,
      type,
      aggregate: aggregates.find((a) => a.events[type])!.name,
      recordId: 'x',
      stream: 'x-x',
      version: position,
      position,
      private: false,
      data,
      recordedAt: '2009-10-22T09:00:00.000Z',
      today: '2009-10-22',
      actor: { account: 'a', role: 'secretariat' },
      commandId: 'c',
      ...more,
    };
    applyTo(handlers, [event as Recorded]);
    return exceptions
      .queries(db, tables, {} as never)
      .list()
      .filter((x) => x.position === position)
      .map((x) => x.kind)
      .sort();
  };
  t.same(kinds('PledgeMade'), [], 'the ordinary way');
  t.same(kinds('PledgeMade', {}, { effectiveOn: '2009-10-22' }), [], 'today');
  t.same(kinds('PledgeMade', {}, { effectiveOn: '2009-10-20', backdatedBecause: 'The letter came late' }), [
    'backdated',
  ]);
  t.match(exceptions.queries(db, tables, {} as never).list('backdated'), [
    { days: 2, reason: 'The letter came late' },
  ]);
  t.same(kinds('RoundPlanned', {}, { effectiveOn: '2009-11-01' }), [], 'scheduled ahead');
  t.same(kinds('ExtensionGranted', { waiverId: 'w', reason: 'Away' }), ['waived']);
  t.same(
    kinds('ExtensionGranted', { waiverId: 'w' }, { effectiveOn: '2009-10-01' }),
    ['backdated', 'waived'],
    'two at once',
  );
  t.same(kinds('SignOffVoided'), ['voided']);
  t.same(kinds('BarrierReopened'), ['reopened']);
  t.same(kinds('CommitmentReopened'), ['reopened']);
  t.same(kinds('DutyOrphaned'), ['orphaned']);
  t.same(
    kinds('PledgeOrphaned', {
      placeId: 'durham',
      pledgeId: 'p',
      agencyId: 'council',
      financialYear: '2009-10',
      cause: 'seat-left',
    }),
    ['orphaned'],
  );
  for (const type of ['CommitmentDeclined', 'OfferLapsed']) {
    t.same(kinds(type), [], 'an offer that was never a promise');
    t.same(
      kinds(type, { promisedBefore: true }),
      ['orphaned'],
      'a promise that was offered on, and that nobody keeps',
    );
  }
  t.same(kinds('FindingsSubmitted', { lateDays: 3 }), ['late']);
  t.same(kinds('FindingsSubmitted', { lateDays: 0 }), []);
  t.same(kinds('DecisionOpened', { urgent: true }), ['urgent']);
  t.same(kinds('DecisionOpened', { urgent: false }), []);
  t.same(kinds('RingFenceRelaxed', { retrospective: true }), ['retrospective']);
  t.same(kinds('ProgressReported', { period: '2009-10', overrideReason: 'The figures lag', waiverId: 'w' }), [
    'contradicted',
    'waived',
  ]);
  t.match(
    exceptions
      .queries(db, tables, {} as never)
      .list('contradicted')
      .at(-1),
    { reason: 'The figures lag' },
  );

  // Done after its day: what was due is remembered, and by which day it was due first.
  const owner = { agencyId: 'dwp', placeId: 'durham', kind: 'department' };
  const on = (today: string) => ({ today });
  const lateness = () =>
    exceptions
      .queries(db, tables, {} as never)
      .list('late')
      .at(-1)!;
  kinds('OwnerProposed', { ...owner, acceptanceDueOn: '2009-10-01', answerDueOn: '2009-10-20' });
  t.same(
    kinds(
      'BarrierEscalated',
      { ...owner, rung: 'champion', from: 'owner', cause: 'overdue', dueOn: '2009-11-30' },
      on('2009-10-21'),
    ),
    [],
  );
  t.same(
    kinds('BarrierAnswered', { ...owner, position: 'will-not' }, on('2009-10-26')),
    ['late'],
    'in time for the rung, late for the owner',
  );
  t.match(lateness(), { type: 'BarrierAnswered', days: 6 });
  kinds('OwnerProposed', { ...owner, acceptanceDueOn: '2009-10-01', answerDueOn: '2009-10-30' });
  t.same(kinds('BarrierAnswered', { ...owner, position: 'will-not' }, on('2009-10-30')), [], 'on the day');
  kinds('OwnerProposed', { ...owner, acceptanceDueOn: '2009-10-30', answerDueOn: '2009-10-05' });
  t.same(kinds('OwnershipDeclined', owner, on('2009-10-30')), [], 'what ends otherwise is not done late');
  const promise = {
    placeId: 'durham',
    ownerAgencyId: 'dwp',
    ownerKind: 'department',
    dueOn: '2009-10-20',
    verifierAgencyId: 'nhs',
    verifierKind: 'partner',
  };
  kinds('CommitmentAccepted', promise, on('2009-06-01'));
  t.same(kinds('CompletionClaimed', { ...promise, verifyBy: '2009-11-10' }, on('2009-10-23')), ['late']);
  t.match(lateness(), { type: 'CompletionClaimed', days: 3 });
  t.same(
    kinds('CompletionVerified', { ...promise, closes: true }, on('2009-11-12')),
    ['late'],
    'and verified late',
  );
  t.match(lateness(), { type: 'CompletionVerified', days: 2 });
  kinds('DecisionClosed', { placeId: 'durham', result: 'carried', chairs: [] }, on('2009-10-01'));
  t.same(kinds('OutcomeRecorded', { placeId: 'durham' }, on('2009-10-12')), ['late']);
  kinds('OutcomeRecorded', { placeId: 'durham', reviewOn: '2009-11-02' }, on('2009-10-12'));
  const still = { placeId: 'durham', verdict: 'still-right', note: 'Yes' };
  t.same(
    kinds('DecisionReviewed', { ...still, reviewOn: '2009-12-01' }, on('2009-11-04')),
    ['late'],
    'reviewed late, and to be reviewed again',
  );
  t.match(lateness(), { type: 'DecisionReviewed', days: 2 });
  t.same(kinds('DecisionReviewed', { ...still, reviewOn: '2010-12-01' }, on('2009-12-01')), [], 'on the day');
  kinds('BarrierRecorded', { placeId: 'durham', triageDueOn: '2009-10-05' }, on('2009-09-21'));
  t.same(
    kinds(
      'BarrierTriaged',
      { placeId: 'durham', locus: 'whitehall', struck: [], asks: [] },
      on('2009-10-07'),
    ),
    ['late'],
  );
  for (const [type, day, kind] of [
    ['OwnershipAccepted', '2009-10-08', ['late']],
    ['OwnershipDeclined', '2009-10-07', []],
  ] as const) {
    kinds('OwnerProposed', { ...owner, acceptanceDueOn: '2009-10-07', answerDueOn: '2009-10-21' });
    t.same(kinds(type, owner, on(day)), kind, `${type} on ${day}`);
  }
  kinds('PledgeMade', pledge, on('2009-09-01'));
  t.same(kinds('PledgeConfirmed', pledge, on('2009-11-02')), ['late']);
  kinds('DutyOrphaned', { placeId: 'durham', ownerAgencyId: 'dwp', dueOn: '2009-10-20' }, on('2009-09-22'));
  t.same(kinds('AccountableReplaced', {}, on('2009-10-22')), ['late'], 'somebody answers for it again, late');
  db.close();
});

test('exceptions are seen by those who see the event', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const { member } = readers;
  await harness.command(member.as, member.account, '/v1/pools', {
    id: 'backdated-pool',
    name: 'Backdated',
    placeId: 'testshire',
    legalBasis: 'aligned',
    partners: ['testshire-council', 'testshire-trust'],
    hostAgencyId: 'testshire-council',
    managerAgencyId: 'testshire-council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
    noticeMonths: 6,
    effectiveOn: '2009-10-12',
    backdatedBecause: 'Agreed at the board of 12 October',
  });
  const list = async (reader: Reader, query = ''): Promise<any[]> =>
    (
      await harness.inject(
        readers[reader].as,
        readers[reader].account,
        'GET',
        `/v1/exceptions?limit=200${query}`,
      )
    ).json.items;
  const backdated = (items: any[]) =>
    items.find((x) => x.kind === 'backdated' && x.record.id === 'backdated-pool');
  for (const reader of ['member', 'auditor', 'auditorOfPlace'] as const) {
    t.match(
      backdated(await list(reader)),
      {
        days: 10,
        reason: 'Agreed at the board of 12 October',
        placeId: 'testshire',
        link: '/v1/pools/backdated-pool',
      },
      `${reader} sees it`,
    );
  }
  for (const reader of ['treasury', 'neighbour', 'nobody'] as const)
    t.notOk(backdated(await list(reader)), `${reader} does not`);
  t.same(
    (await list('auditor', '&kind=backdated&placeId=testshire&from=2009-10-22&to=2009-10-22')).map(
      (x) => x.record.id,
    ),
    ['backdated-pool'],
  );
  t.same(await list('auditor', '&kind=backdated&to=2009-01-01'), []);
  const csv = await harness.inject(
    readers.auditor.as,
    readers.auditor.account,
    'GET',
    '/v1/exceptions?format=csv',
  );
  t.match(csv.raw, /^\uFEFFid,kind,recordedAt,day,/);
});

test('a return that a place was excused from is no late one', async (t) => {
  const harness = await openHarness(t);
  const { as, account } = readers.auditor;
  const list = async (query: string): Promise<any[]> =>
    (await harness.inject(as, account, 'GET', `/v1/exceptions?limit=200${query}`)).json.items;
  const excused = await list('&kind=excused');
  t.ok(excused.length > 0, 'the seed has such places');
  for (const x of excused)
    t.match(
      x,
      { type: 'SubmissionMissed', reason: 'Joined after the time the interim round looks at' },
      `${x.placeId} says why`,
    );
  const late = await list('&kind=late');
  const missed = async (placeId: string): Promise<string[]> =>
    (await list(`&placeId=${placeId}`)).filter((x) => x.type === 'SubmissionMissed').map((x) => x.kind);
  for (const placeId of ['norfolk', 'blackburn-with-darwen']) {
    t.same(
      late.filter((x) => x.placeId === placeId && x.type === 'SubmissionMissed'),
      [],
      placeId,
    );
    t.same(await missed(placeId), ['excused'], `${placeId}: once, and as what it is`);
  }
});

test('refusals are for auditors within their scope, with their trend', async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const get = (reader: Reader, url: string) =>
    harness.inject(readers[reader].as, readers[reader].account, 'GET', url);
  // The same person, the same day, another place: one stream, two scopes.
  await harness.inject(
    'secretariat@place:durham',
    'person-refused-zebu',
    'POST',
    `/v1/places/durham/${noun('AssignChampion')}`,
    { account: 'x', from: '2009-10-22' },
  );
  for (const reader of ['member', 'treasury', 'office', 'accessAdministrator', 'nobody'] as const) {
    for (const url of ['/v1/refusals', '/v1/refusals/trend'])
      isProblem(t, await get(reader, url), 403, 'NOT_ALLOWED', `${reader} ${url}`);
  }
  const places = async (reader: Reader): Promise<string[]> => {
    const items = (await get(reader, '/v1/refusals?account=person-refused-zebu')).json.items as any[];
    return items.map((x) => x.placeId).sort();
  };
  t.same(await places('auditor'), ['durham', 'testshire']);
  t.same(await places('auditorOfPlace'), ['testshire']);
  t.same(await places('auditorElsewhere'), ['durham']);
  // The timeline cuts alike, though both stand in one stream.
  const told = async (reader: Reader): Promise<string[]> =>
    (await get(reader, '/v1/timeline?type=CommandRefused&account=person-refused-zebu')).json.items
      .map((x: any) => x.placeId)
      .sort();
  t.same(await told('auditor'), ['durham', 'testshire']);
  t.same(await told('auditorOfPlace'), ['testshire']);
  t.same(await told('auditorElsewhere'), ['durham']);
  // One person would have been the champion and a voice at the table: a near miss, for auditors of that
  // place.
  const [seat] = Object.values(
    (await harness.service.executor.load('collaborative', 'durham')).state.seats,
  ).filter((x) => x.status === 'accepted' && x.kind === 'voting');
  await harness.inject(
    office,
    officeAccount,
    'POST',
    `/v1/places/durham/${noun('EndChampion')}`,
    { reason: 'Moves' },
    { 'idempotency-key': 'a-champion-ends' },
  );
  const tried = await harness.inject(
    office,
    officeAccount,
    'POST',
    `/v1/places/durham/${noun('AssignChampion')}`,
    { account: seat!.account, from: '2009-10-22' },
    { 'idempotency-key': 'a-champion-too' },
  );
  isProblem(t, tried, 403, 'SOD_CONFLICT', 'a champion with a vote');
  const missed = async (reader: Reader): Promise<any[]> =>
    (await get(reader, '/v1/exceptions?kind=near-miss')).json.items;
  t.match(await missed('auditor'), [
    {
      kind: 'near-miss',
      type: 'AssignChampion',
      record: { aggregate: 'place', id: 'durham' },
      code: 'SOD_CONFLICT',
      placeId: 'durham',
    },
  ]);
  for (const reader of ['auditorOfPlace', 'office', 'member'] as const)
    t.same(await missed(reader), [], `${reader} is not told`);
  const trend = (await get('auditor', '/v1/refusals/trend?placeId=testshire')).json.items as any[];
  t.match(trend, [{ month: '2009-10', placeId: 'testshire', code: 'NOT_ALLOWED', count: 1 }]);
  const one = (await get('auditor', '/v1/refusals?account=person-refused-zebu&placeId=testshire')).json
    .items[0];
  t.match(one, {
    command: 'OpenPool',
    record: { aggregate: 'pool', id: 'pool-two' },
    title: String,
    link: '/v1/pools/pool-two',
    code: 'NOT_ALLOWED',
    actor: { role: 'secretariat' },
  });
  isProblem(
    t,
    await get('auditor', '/v1/refusals?colour=red'),
    400,
    'INVALID_PARAMETER',
    'an unknown parameter',
  );
});

test('the oldest refusal is reached: filtered before the limit, page by page', async (t) => {
  const harness = await openHarness(t, { ratePerMinute: 100_000 });
  await plant(harness);
  const { auditor, auditorOfPlace } = readers;
  // More than one page is read at a time (200), all of another place: they must not hide the first ones.
  const many = 230;
  const refused = (place: string, account: string, on: string) =>
    harness.inject(
      `secretariat@place:${place}`,
      account,
      'POST',
      `/v1/places/${on}/${noun('AssignChampion')}`,
      {
        account: 'x',
        from: '2009-10-22',
      },
    );
  for (let n = 0; n < 3; n++) await refused('testshire', 'oldest', 'testshire');
  for (let n = 0; n < many; n++) await refused('durham', 'busy', 'durham');
  const read = async (reader: { as: string; account: string }, query: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let next: string | null = `/v1/refusals?${query}`; next;) {
      const { json } = await harness.inject(reader.as, reader.account, 'GET', next);
      ids.push(...json.items.map((x: any) => x.id));
      next = json.next;
    }
    return ids;
  };
  t.equal((await read(auditor, 'account=oldest&limit=2')).length, 3, 'by account');
  t.equal(
    (await read(auditor, 'account=busy&placeId=durham&limit=200')).length,
    many,
    'every page, none twice',
  );
  const down = await read(auditor, 'limit=200');
  t.equal(new Set(down).size, down.length);
  t.same(await read(auditor, 'limit=200&sort=recordedAt'), down.toReversed(), 'and the other way round');
  const own = await read(auditorOfPlace, 'limit=2');
  t.same(
    own.filter((id) => down.includes(id)),
    own,
  );
  t.equal((await read(auditorOfPlace, 'account=oldest')).length, 3, 'also for whom the many are hidden');
  t.same(await read(auditor, 'account=oldest&to=2009-10-21'), []);
  t.equal((await read(auditor, 'account=oldest&from=2009-10-22&code=NOT_ALLOWED')).length, 3);
});

test('too many requests are told to wait', async (t) => {
  const harness = await openHarness(t, { ratePerMinute: 3 });
  let last = await harness.inject('', 'citizen', 'GET', '/v1/programmes');
  for (let n = 0; n < 4; n++) last = await harness.inject('', 'citizen', 'GET', '/v1/programmes');
  isProblem(t, last, 429, 'TOO_MANY_REQUESTS', 'the fifth in a minute');
  t.ok(Number(last.headers['retry-after']) > 0, 'Retry-After says when');
});

test('who pledged does not confirm that pledge, and auditors see that it was tried', async (t) => {
  const harness = await openHarness(t);
  const [as, account] = ['finance-officer@agency:county-durham-pct', 'post.one-officer'];
  const pledge = { pledgeId: 'own', financialYear: '2009-10', pledgedPence: 1_000 };
  await harness.command(as, account, '/v1/pools/durham-warm-homes/pledges', pledge);
  isProblem(
    t,
    await harness.inject(as, account, 'POST', '/v1/pools/durham-warm-homes/pledge-confirmations', {
      pledgeId: 'own',
      consent: true,
    }),
    403,
    'SOD_CONFLICT',
    'the same officer',
  );
  const { auditor, member } = readers;
  const url = '/v1/refusals?account=post.one-officer';
  t.match((await harness.inject(auditor.as, auditor.account, 'GET', url)).json.items, [
    {
      command: 'ConfirmPledge',
      code: 'SOD_CONFLICT',
      record: { aggregate: 'pool', id: 'durham-warm-homes' },
      title: String,
      actor: { account, role: 'finance-officer' },
    },
  ]);
  isProblem(
    t,
    await harness.inject(member.as, member.account, 'GET', url),
    403,
    'NOT_ALLOWED',
    'nobody else reads it',
  );
  await harness.command(as, 'post.another-officer', '/v1/pools/durham-warm-homes/pledge-confirmations', {
    pledgeId: 'own',
    consent: true,
  });
});
