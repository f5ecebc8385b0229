/**
 * A whole decision over the application: drafted, opened, spoken to, closed by the clock, acted on once,
 * audited.
 */
import { test, type Test } from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { parse } from 'csv-parse/sync';
import { commandRoutes } from '../../src/http/commands.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';

const place = 'testshire';
const agencies = ['council', 'trust', 'police', 'fire'].map((a) => `testshire-${a}`);
const [council, trust, police, fire] = agencies as [string, string, string, string];
const department = 'department-of-tests';
const url = (aggregate: string, id: string, command: string): string => {
  const route = commandRoutes.find((r) => r.aggregate.name === aggregate && r.name === command)!;
  return route.url.replace(':id', id);
};
const lead = { as: `secretariat@place:${place}`, account: 'post.lead' };
const holder = (agency: string) => ({
  as: `seat-holder@place:${place}+agency:${agency}`,
  account: `post.head.${agency}`,
});
const chair = { as: `chair@place:${place}+agency:${council}`, account: `post.head.${council}` };
const official = { as: `official@agency:${department}`, account: 'post.official' };
const auditor = { as: 'auditor@programme:total-place', account: 'post.auditor' };
const neighbour = { as: 'secretariat@place:durham', account: 'post.lead.durham' };
type Who = typeof lead;
/**
 * The demo stands at nine on Thursday 22 October 2009; the decision closes on Friday the 30th, when London is
 * on GMT.
 */
const closesAt = '2009-10-30T17:00:00Z';

/**
 * Testshire: four agencies at the table, the council in the chair, a pool and a local barrier that only
 * members see.
 */
async function prepare(harness: Harness) {
  const give = (who: Who, aggregate: string, id: string, command: string, data: object = {}) =>
    harness.command(who.as, who.account, url(aggregate, id, command), data);
  const post = (who: Who, aggregate: string, id: string, command: string, data: object = {}) =>
    harness.inject(who.as, who.account, 'POST', url(aggregate, id, command), data);
  const get = (who: Who, path: string) => harness.inject(who.as, who.account, 'GET', path);
  const bureau = { as: office, account: officeAccount };
  await harness.command(office, officeAccount, url('programme', 'total-place', 'EnrolPlace'), {
    placeId: place,
    name: 'Testshire',
    kind: 'parallel',
    region: 'East of England',
  });
  for (const [n, id] of [...agencies, department].entries()) {
    const sector = id === department ? 'department' : 'other';
    const identifiers = [
      { scheme: id === department ? 'department' : 'programme', code: `TEST-${n}`, from: '2009-06-01' },
    ];
    await give(bureau, 'agency', '', 'RegisterAgency', {
      id,
      name: `The ${id}`,
      sector,
      type: 'body',
      identifiers,
      startOn: '2009-06-01',
    });
  }
  await give(lead, 'collaborative', '', 'EstablishCollaborative', {
    placeId: place,
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  for (const agency of agencies) {
    await give(lead, 'collaborative', place, 'OfferSeat', {
      seatId: agency,
      agencyId: agency,
      account: `post.head.${agency}`,
      kind: 'voting',
    });
    await give(holder(agency), 'collaborative', place, 'AcceptSeat', { seatId: agency });
  }
  await give(lead, 'collaborative', place, 'AppointChair', {
    seatId: council,
    expectedVersion: 1 + 2 * agencies.length,
  });
  await give(lead, 'barrier', '', 'RecordBarrier', {
    id: 'two-queues',
    placeId: place,
    kind: 'guidance',
    statement: 'Two queues',
    effectOnResidents: 'They wait twice',
  });
  const purposes = { cofog: ['07'], text: 'Treatment' };
  const pool = {
    id: 'treatment',
    name: 'Treatment',
    placeId: place,
    legalBasis: 'aligned',
    partners: agencies,
    hostAgencyId: council,
    managerAgencyId: council,
    purposes,
    years: ['2009-10'],
    noticeMonths: 6,
  };
  await give(lead, 'pool', '', 'ProposePool', pool);
  return { give, post, get };
}
const motion = {
  placeId: place,
  question: 'Shall the treatment pool be open to the programme?',
  text: 'The pool is opened, and the police and the department each pay £500 toward it.',
  forum: 'collaborative',
  money: [police, department].map((agencyId) => ({ agencyId, pence: 50_000, financialYear: '2009-10' })),
  refs: ['barrier-two-queues', 'pool-treatment'],
  authorises: [{ command: 'Disclose', record: 'pool-treatment', terms: { to: 'programme' } }],
};
const advance = (harness: Harness, to: string): void => (harness.service.clock as SimulatedClock).advance(to);
async function inTime(t: Test) {
  const harness = await openHarness(t);
  return { h: harness, ...(await prepare(harness)) };
}

test('a decision from its draft to its audit', async (t) => {
  const { h: harness, give, post, get } = await inTime(t);
  const created = await give(lead, 'decision', '', 'DraftDecision', { id: 'open-the-pool', ...motion });
  t.match([created.status, created.headers.location], [201, '/v1/decisions/open-the-pool']);
  isProblem(
    t,
    await get(official, '/v1/decisions/open-the-pool'),
    404,
    'NOT_FOUND',
    'a draft, for a department',
  );
  isProblem(
    t,
    await post(lead, 'decision', 'open-the-pool', 'OpenDecision', { closesAt: '2009-10-26T17:00:00Z' }),
    422,
    'CLOSING_TIME_OUT_OF_RANGE',
    'too soon',
  );
  await give(lead, 'decision', 'open-the-pool', 'OpenDecision', { closesAt });
  isProblem(
    t,
    await post(lead, 'decision', 'open-the-pool', 'AmendDecision', {
      ...motion,
      placeId: undefined,
      expectedVersion: 2,
    }),
    409,
    'TEXT_FROZEN',
    'the text of an open decision',
  );
  const positions = (await get(holder(trust), '/v1/calendar?limit=200')).json.items.filter(
    (i: any) => i.code === 'position',
  );
  t.ok(positions.length > 0, 'the calendar has the positions');
  for (const i of positions) {
    t.equal(i.title.split(motion.question).length, 2, `${i.title}: the question once`);
    t.ok(
      i.owedBy.every((p: any) => i.title.endsWith(`(${p.name})`)),
      'and whose it is',
    );
  }
  const waiting = (await get(holder(trust), '/v1/me/actions')).json.items.filter(
    (i: any) => i.code === 'position',
  );
  t.match(waiting, [{ title: motion.question, dueOn: '2009-10-30', link: '/v1/decisions/open-the-pool' }]);
  t.match(
    (await get(official, '/v1/me/actions')).json.items,
    [{ code: 'consent', deed: /your agency’s money/, link: '/v1/decisions/open-the-pool' }],
    'the department is asked for its own',
  );
  // A party to a record of members: its own docket says so, and what progress says is owed with it; nobody
  // else's does.
  const docketOf = async (who: Who, query = '') =>
    (await get(who, `/v1/departments/${department}/docket${query}`)).json;
  const own = await docketOf(official);
  t.match(own.items, [
    {
      code: 'consent',
      placeId: place,
      audience: 'members',
      link: '/v1/decisions/open-the-pool',
      barrier: null,
    },
  ]);
  const owedTo = async (who: Who) =>
    (await get(who, '/v1/programmes/total-place/progress')).json.owed.find(
      (o: any) => o.department.id === department,
    );
  t.match(await owedTo(official), {
    department: { id: department },
    places: [place],
    oldestWorkingDays: null,
  });
  t.same((await docketOf(lead)).items.length, 1, 'members see it too');
  for (const [who, query] of [
    [official, '?audience=programme'],
    [neighbour, ''],
  ] as const)
    t.same((await docketOf(who, query)).items, []);
  t.equal(await owedTo(neighbour), undefined);
  const treasurer = { as: `finance-officer@agency:${department}`, account: 'post.treasurer' };
  t.match(
    (await get(treasurer, '/v1/me/actions')).json.items,
    [{ code: 'consent', link: '/v1/decisions/open-the-pool' }],
    'and its finance officer sees it, who may agree too',
  );

  const say = (who: Who, data: object) => give(who, 'decision', 'open-the-pool', 'TakePosition', data);
  await say(holder(trust), { stance: 'agree' });
  advance(harness, '2009-10-22T08:01:00Z');
  await harness.command(lead.as, lead.account, url('barrier', 'two-queues', 'Triage'), {
    locus: 'local',
    reason: 'Ours to mend',
  });
  await say(holder(police), { stance: 'agree' });
  await give(holder(fire), 'decision', 'open-the-pool', 'DeclareInterest', {
    pecuniary: true,
    nature: 'Trustee of the provider',
  });
  isProblem(
    t,
    await post(holder(fire), 'decision', 'open-the-pool', 'TakePosition', { stance: 'agree' }),
    422,
    'INTEREST_DECLARED',
    'a conflicted seat',
  );
  isProblem(
    t,
    await post(chair, 'decision', 'open-the-pool', 'TakePosition', { stance: 'disagree', reason: 'No' }),
    422,
    'REASON_REQUIRED',
    'dissent without a reason',
  );
  await say(chair, { stance: 'disagree', reason: 'The figures are of last year' });
  isProblem(
    t,
    await post({ ...holder(trust), account: 'somebody' }, 'decision', 'open-the-pool', 'TakePosition', {
      stance: 'agree',
    }),
    403,
    'NOT_IN_ELECTORATE',
    'a grant without the seat',
  );
  const early = await post(chair, 'decision', 'open-the-pool', 'CloseDecision');
  isProblem(t, early, 422, 'TOO_EARLY_TO_CLOSE', 'the department is silent');
  t.match(early.json.detail, /open until \d\d:\d\d on \d+ October 2009\./, 'the time is one to read');
  const outsider = await post(holder(trust), 'decision', 'open-the-pool', 'CloseDecision');
  t.match(
    outsider.json.detail,
    /This needs (the role|one of these roles:?) .* in Testshire\./,
    'which role, and where',
  );
  isProblem(
    t,
    await post(lead, 'pool', 'treatment', 'Disclose', { to: 'programme', decisionId: 'open-the-pool' }),
    422,
    'DECISION_NOT_CARRIED',
    'what is not yet carried',
  );
  await give(official, 'decision', 'open-the-pool', 'RecordExternalConsent', { evidence: 'Minute 7' });

  advance(harness, '2009-10-30T17:00:01Z');
  isProblem(
    t,
    await post(chair, 'decision', 'open-the-pool', 'ChangePosition', {
      stance: 'object',
      reason: 'A second too late',
    }),
    409,
    'DECISION_CLOSED',
    'a second after its time, before the job',
  );
  advance(harness, '2009-10-30T18:10:00Z');
  await harness.service.settle();
  isProblem(
    t,
    await post(chair, 'decision', 'open-the-pool', 'ChangePosition', {
      stance: 'object',
      reason: 'Much too late',
    }),
    409,
    'DECISION_CLOSED',
    'and after it',
  );
  const shown = (await get(holder(fire), '/v1/decisions/open-the-pool')).json;
  t.match(shown, {
    status: 'carried',
    how: 'clock',
    result: 'carried',
    closedAt: '2009-10-30T18:10:00.000Z',
    quorum: { n: 1, d: 2, needed: 2, spoken: 3, met: true },
    tally: { agree: 2, abstain: 0, disagree: 1, object: 0 },
    interests: [
      {
        agencyId: fire,
        agency: `The ${fire}`,
        account: `post.head.${fire}`,
        pecuniary: true,
        nature: 'Trustee of the provider',
        at: String,
      },
    ],
    positions: [{ agencyId: council, agency: `The ${council}`, changed: false, earlier: [] }, {}, {}],
    refs: [
      { record: 'barrier-two-queues', link: '/v1/barriers/two-queues' },
      { record: 'pool-treatment', link: '/v1/pools/treatment' },
    ],
    authorises: [{ command: 'Disclose', record: 'pool-treatment', link: '/v1/pools/treatment' }],
    replaces: null,
    supersedes: [],
    supersededBy: null,
    lineage: '/v1/lineage?record=decision-open-the-pool',
  });

  isProblem(
    t,
    await post(lead, 'pool', 'treatment', 'Disclose', { to: 'public', decisionId: 'open-the-pool' }),
    422,
    'DECISION_DOES_NOT_MATCH',
    'other terms',
  );
  isProblem(t, await get(neighbour, '/v1/pools/treatment'), 404, 'NOT_FOUND', 'the pool, before');
  await give(lead, 'pool', 'treatment', 'Disclose', { to: 'programme', decisionId: 'open-the-pool' });
  t.equal((await get(neighbour, '/v1/pools/treatment')).status, 200, 'and after');
  isProblem(
    t,
    await post(chair, 'decision', 'open-the-pool', 'RecordOutcome', { statement: 'Opened' }),
    422,
    'REVIEW_DATE_REQUIRED',
    'money is reviewed',
  );
  await give(chair, 'decision', 'open-the-pool', 'RecordOutcome', {
    statement: 'Opened',
    reviewOn: '2010-10-29',
  });

  const audit = await get(auditor, '/v1/decisions/open-the-pool/audit');
  t.equal(audit.status, 200);
  const a = audit.json;
  t.match(a.textHash, { matches: true, opened: shown.textHash });
  t.match(a.opened, {
    by: { account: 'post.lead', role: 'secretariat' },
    closesAt: '2009-10-30T17:00:00.000Z',
    urgent: false,
  });
  t.same(
    a.voters.map((v: any) => [
      v.agencyId,
      v.mayVote,
      v.position?.stance ?? null,
      v.history[0]?.by.role ?? null,
    ]),
    [
      [council, true, 'disagree', 'chair'],
      [fire, false, null, null],
      [police, true, 'agree', 'seat-holder'],
      [trust, true, 'agree', 'seat-holder'],
    ],
  );
  t.match(a.interests, [
    {
      agencyId: fire,
      pecuniary: true,
      nature: 'Trustee of the provider',
      by: { account: `post.head.${fire}` },
    },
  ]);
  t.match(a, { arithmetic: { matches: true, recorded: { result: 'carried' } }, ifClosedNow: null });
  t.ok(
    a.arithmetic.steps.some(
      (s: any) =>
        s.text === 'The quorum is 1/2 of the 4 seats at the opening, rounded up: 2. 3 seats took a position.',
    ),
    a.arithmetic.steps.map((s: any) => s.text).join(' '),
  );
  t.match(
    a.dissent.map((d: any) => [d.agencyId, d.reason]),
    [[council, 'The figures are of last year']],
  );
  t.match(
    a.affected.map((x: any) => [x.agencyId, x.pence, x.agreed, x.consent?.by.account ?? null]),
    [
      [police, 50_000, true, null],
      [department, 50_000, true, 'post.official'],
    ],
  );
  const [barrier] = a.evidence;
  t.match(barrier, {
    record: 'barrier-two-queues',
    versionWhenOpened: 1,
    versionNow: 2,
    changedSince: true,
    link: '/v1/barriers/two-queues',
  });
  const versionSeenBy = (agency: string) =>
    a.voters.find((v: any) => v.agencyId === agency).history[0].versions[0].version;
  t.same([versionSeenBy(trust), versionSeenBy(police)], [1, 2], 'each saw the version of their hour');
  const openedAs = (await get(auditor, barrier.linkThen)).json;
  t.match(
    [barrier.linkThen, openedAs.version, openedAs.recordVersion],
    [/^\/v1\/barriers\/two-queues\?asAt=2009-/, 1, 1],
    'the evidence opens as it stood when the decision was opened',
  );
  for (const [agency, version] of [
    [trust, 1],
    [police, 2],
  ] as const) {
    const [saw] = a.voters.find((v: any) => v.agencyId === agency).history[0].versions;
    t.equal((await get(auditor, saw.link)).json.version, version, `${agency}: as it was before them`);
  }
  t.match(a.authorises, [{ command: 'Disclose', used: { type: 'RecordDisclosed' } }]);
  t.match(a.followed, [
    {
      record: { aggregate: 'pool', id: 'treatment' },
      type: 'RecordDisclosed',
      how: 'authorised',
      link: '/v1/pools/treatment',
    },
  ]);
  t.match(a.outcome, {
    promised: motion.text,
    statement: 'Opened',
    recordedOn: '2009-10-30',
    dueOn: '2009-11-06',
    reviewOn: '2010-10-29',
  });
  t.equal(a.history.at(0).type, 'DecisionDrafted');

  const before = '?asAt=2009-10-30T17:30:00Z';
  t.match(
    (await get(auditor, `/v1/decisions/open-the-pool${before}`)).json,
    { status: 'open', result: null, asAt: '2009-10-30T17:30:00.000Z' },
    'as it stood before the closing',
  );
  t.match((await get(auditor, `/v1/decisions/open-the-pool/audit${before}`)).json, {
    closed: null,
    followed: [],
    evidence: [{ versionNow: 2 }],
    arithmetic: null,
    outcome: { promised: null },
    ifClosedNow: {
      result: { result: 'carried', whyText: null },
      text: 'If it closed now it would be carried.',
    },
  });
  t.match((await get(auditor, '/v1/decisions/open-the-pool/audit?asAt=2009-10-30T18:10:00Z')).json.followed, [
    { record: { aggregate: 'pool', id: 'treatment' } },
  ]);

  t.equal(
    (await get(official, '/v1/decisions/open-the-pool/audit')).status,
    200,
    'whose consent was asked may read how it was taken',
  );
  const theirs = (await get(official, '/v1/decisions/open-the-pool/audit')).json;
  t.match(
    theirs.evidence[0],
    { record: 'barrier-two-queues', versionNow: null, link: null, linkThen: null },
    'but not what it refers to',
  );
  for (const path of ['', '/audit'])
    isProblem(
      t,
      await get(neighbour, `/v1/decisions/open-the-pool${path}`),
      404,
      'NOT_FOUND',
      `another place${path}`,
    );
  t.same((await get(neighbour, '/v1/decisions')).json.items, []);
  const csv = await harness.inject(lead.as, lead.account, 'GET', '/v1/decisions?format=csv&status=carried');
  const [row] = parse(csv.raw, { bom: true, columns: true }) as Record<string, string>[];
  t.match(row, {
    id: 'open-the-pool',
    rule: 'consent',
    quorum: '1/2 of the seats: 2 needed, 3 spoke',
    quorumMet: 'true',
    electorate: agencies
      .map((x) => `The ${x}`)
      .sort()
      .join('; '),
    positions: `The ${council}: disagree, because: The figures are of last year; The ${police}: agree; The ${trust}: agree`,
    interests: `The ${fire}: pecuniary, Trustee of the provider`,
    tally: '2 agree, 0 abstain, 1 disagree, 0 object',
    affected: `The ${police}: £500, agreed; The ${department}: £500, agreed`,
    refs: 'barrier-two-queues; pool-treatment',
  });
  const etag = audit.headers.etag;
  t.equal(
    (
      await harness.inject(
        auditor.as,
        auditor.account,
        'GET',
        '/v1/decisions/open-the-pool/audit',
        undefined,
        {
          'if-none-match': etag,
        },
      )
    ).status,
    304,
  );

  advance(harness, '2009-11-02T09:00:00Z');
  const promise = {
    placeId: place,
    title: 'One assessment',
    change: 'Families are assessed once',
    ownerAgencyId: council,
    level: 'place',
    accountable: { seatId: council },
    measure: 'Families assessed once, of all',
    evidenceExpected: 'Case records, sampled',
    dueOn: '2009-11-20',
    verifierAgencyId: trust,
    from: { kind: 'decision', id: 'open-the-pool' },
  };
  await give(lead, 'commitment', '', 'DraftCommitment', { id: 'kept', ...promise });
  await give(lead, 'commitment', 'kept', 'Offer');
  await give(chair, 'commitment', 'kept', 'Accept', { consent: false });
  await give(holder(trust), 'pool', 'treatment', 'Pledge', {
    pledgeId: 'by-trust',
    financialYear: '2009-10',
    pledgedPence: 900,
  });
  await give(
    { as: `finance-officer@agency:${trust}`, account: 'post.payer' },
    'pool',
    'treatment',
    'ConfirmPledge',
    { pledgeId: 'by-trust', consent: true },
  );
  await give(lead, 'commitment', '', 'DraftCommitment', {
    id: 'paid',
    ...promise,
    money: { poolId: 'treatment', financialYear: '2009-10', pence: 700, pledgeIds: ['by-trust'] },
  });
  advance(harness, '2009-11-23T09:00:00Z');
  await harness.service.settle();
  const later = (await get(auditor, '/v1/decisions/open-the-pool/audit')).json;
  t.match(
    later.followed.map((f: any) => [`${f.record.aggregate}-${f.record.id}`, f.how]),
    [
      ['pool-treatment', 'authorised'],
      ['commitment-kept', 'from'],
      ['commitment-paid', 'from'],
    ],
  );
  const late = {
    id: 'kept',
    link: '/v1/commitments/kept',
    status: 'in-delivery',
    dueOn: '2009-11-20',
    baselineDueOn: '2009-11-20',
    overdue: true,
    daysLate: 1,
    verified: null,
    against: 'late',
    money: null,
  };
  const held = {
    poolId: 'treatment',
    link: '/v1/pools/treatment',
    reservedPence: 0,
    allocatedPence: 0,
    drawnPence: 0,
  };
  t.match(
    later.commitments,
    [late, { id: 'paid', status: 'draft', against: 'draft', money: held }],
    'what was promised, against how it stands',
  );
  t.match(later.outcome.followed, [
    { id: 'kept', against: 'late' },
    { id: 'paid', against: 'draft' },
  ]);
  const earlier = (await get(auditor, '/v1/decisions/open-the-pool/audit?asAt=2009-11-16T12:00:00Z')).json;
  t.match(
    earlier.commitments,
    [{ id: 'kept', overdue: false, against: 'running' }, { id: 'paid' }],
    'as it stood, what had followed by then stands as it stood',
  );
  t.equal(earlier.followed.length, 3);
  const first = (await get(auditor, '/v1/decisions/open-the-pool/audit?asAt=2009-10-30T18:10:00Z')).json;
  t.same([first.followed.length, first.commitments], [1, []], 'and what came later is not there');
  const asked = (await get(official, '/v1/decisions/open-the-pool/audit')).json;
  t.same(
    [asked.followed.map((f: any) => f.record.id), asked.commitments],
    [['treatment'], []],
    'a promise of the place is not shown to a department',
  );
  t.same(harness.errors, []);
});

test('a decision is not carried while a body whose money it spends is silent; opened later, its earlier history stays closed', async (t) => {
  const { h: harness, give, post, get } = await inTime(t);
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'spend',
    ...motion,
    money: motion.money.slice(0, 1),
    refs: [],
    authorises: [],
  });
  await give(lead, 'decision', 'spend', 'OpenDecision', { closesAt });
  for (const agency of [trust, fire])
    await give(holder(agency), 'decision', 'spend', 'TakePosition', { stance: 'agree' });
  await give(holder(police), 'decision', 'spend', 'DeclareInterest', {
    pecuniary: true,
    nature: 'Owner of the provider',
  });
  // The seat is out of the vote; its money still waits for its agency, by somebody of whom the command would
  // take it.
  await give(holder(police), 'collaborative', place, 'NominateDelegate', {
    to: 'post.deputy',
    startOn: '2009-10-22',
    endOn: '2009-12-31',
  });
  const asked = async (who: Who) =>
    (await get(who, '/v1/me/actions')).json.items.filter((i: any) => i.link === '/v1/decisions/spend');
  const deputy = { ...holder(police), account: 'post.deputy' };
  t.match(
    await asked(deputy),
    [{ code: 'consent', dueOn: '2009-10-30', deed: /by a delegate/ }],
    'a delegate without the interest',
  );
  const others = [
    holder(police),
    { ...holder(police), account: 'post.stranger' },
    { as: `finance-officer@agency:${police}`, account: 'post.payer' },
  ];
  for (const who of others) {
    t.same(await asked(who), [], `${who.as} as ${who.account}: nothing waits`);
    const tried = await post(who, 'decision', 'spend', 'RecordExternalConsent', { evidence: 'Minute 7' });
    t.ok(
      tried.status === 422 || tried.status === 403,
      `and the command would be refused: ${tried.json.code}`,
    );
  }
  await give(chair, 'decision', 'spend', 'TakePosition', { stance: 'object', reason: 'Pademelon figures' });
  await give(chair, 'decision', 'spend', 'WithdrawObjection', { reason: 'Explained to me' });
  const opening = { command: 'Disclose', record: 'decision-spend', terms: { to: 'programme' } };
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'show-it',
    ...motion,
    money: [],
    refs: ['decision-spend'],
    authorises: [opening],
  });
  await give(lead, 'decision', 'show-it', 'OpenDecision', { closesAt });
  for (const agency of agencies)
    await give(agency === council ? chair : holder(agency), 'decision', 'show-it', 'TakePosition', {
      stance: 'agree',
    });
  await give(chair, 'decision', 'show-it', 'CloseDecision');
  t.match((await get(lead, '/v1/decisions/show-it')).json, { status: 'carried', how: 'all-spoken' });
  advance(harness, '2009-11-02T09:00:00Z');
  await harness.service.settle();
  t.match((await get(lead, '/v1/decisions/spend')).json, {
    status: 'not-carried',
    why: 'AFFECTED_AGENCY_HAS_NOT_AGREED',
    affected: [{ agencyId: police, agreed: false }],
  });
  isProblem(
    t,
    await post(chair, 'decision', 'spend', 'RecordOutcome', { statement: 'x' }),
    409,
    'WRONG_STATE',
    'what was not carried has no outcome',
  );

  isProblem(t, await get(neighbour, '/v1/decisions/spend/audit'), 404, 'NOT_FOUND', 'before');
  await give(lead, 'decision', 'spend', 'Disclose', { to: 'programme', decisionId: 'show-it' });
  const seen = (await get(neighbour, '/v1/decisions/spend/audit')).json;
  t.match(seen, { status: 'not-carried', arithmetic: { result: { result: 'not-carried' } } });
  t.same(
    seen.history.map((x: any) => x.type),
    ['RecordDisclosed'],
    'what happened before it was opened is not theirs to see',
  );
  t.ok(seen.voters.every((v: any) => v.history.length === 0));
  t.match((await get(lead, '/v1/decisions/show-it/audit')).json.followed, [
    { record: { aggregate: 'decision', id: 'spend' }, type: 'RecordDisclosed' },
  ]);
  t.match((await get(neighbour, '/v1/decisions')).json.items, [{ id: 'spend' }]);
  t.same(harness.errors, []);
});

test('an open decision is told as it would come out, a withdrawn one not at all; what was said before and what it ended are kept', async (t) => {
  const { h: harness, give, get } = await inTime(t);
  const sound = { ...motion, money: [], refs: [], authorises: [] };
  await give(lead, 'decision', '', 'DraftDecision', { id: 'first', ...sound });
  const read = async (id: string, who: Who = lead) => (await get(who, `/v1/decisions/${id}`)).json;
  const audit = async (id: string) => (await get(auditor, `/v1/decisions/${id}/audit`)).json;
  t.match(await audit('first'), { status: 'draft', arithmetic: null, ifClosedNow: null, closed: null });
  await give(lead, 'decision', 'first', 'OpenDecision', { closesAt });
  await give(chair, 'decision', 'first', 'TakePosition', {
    stance: 'object',
    reason: 'The figures are of last year',
  });
  const early = await audit('first');
  t.match(early, {
    arithmetic: null,
    closed: null,
    ifClosedNow: {
      result: { result: 'lapsed', why: 'QUORUM_NOT_REACHED', whyText: 'the quorum is not reached' },
    },
  });
  t.equal(early.ifClosedNow.text, 'If it closed now it would lapse: the quorum is not reached.');
  t.notMatch(
    JSON.stringify(early.ifClosedNow.steps),
    /Lapsed|Not carried|Carried/,
    'no outcome of what has none',
  );
  t.match(
    early.ifClosedNow.steps.find((s: any) => s.step === 'quorum').text,
    /1 seat has taken a position so far\.$/,
  );
  await give(chair, 'decision', 'first', 'ChangePosition', { stance: 'agree' });
  t.match((await read('first')).positions, [
    {
      agencyId: council,
      stance: 'agree',
      reason: null,
      changed: true,
      earlier: [{ stance: 'object', withdrawn: false, reason: 'The figures are of last year' }],
    },
  ]);
  for (const agency of [trust, police, fire])
    await give(holder(agency), 'decision', 'first', 'TakePosition', { stance: 'agree' });
  t.equal((await audit('first')).ifClosedNow.text, 'If it closed now it would be carried.');
  await give(chair, 'decision', 'first', 'CloseDecision');
  const closed = await audit('first');
  t.match(closed, {
    ifClosedNow: null,
    arithmetic: {
      result: { result: 'carried', whyText: null },
      recorded: { result: 'carried' },
      matches: true,
    },
    closed: { result: 'carried', whyText: null },
  });

  const again = {
    ...sound,
    question: 'Shall it end?',
    authorises: ['Rescind', 'Disclose'].map((command, i) => ({
      command,
      record: 'decision-first',
      terms: i ? { to: 'programme' } : {},
    })),
  };
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'second',
    ...again,
    authorises: again.authorises.slice(0, 1),
  });
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'third',
    ...again,
    authorises: again.authorises.slice(1),
  });
  for (const id of ['second', 'third']) {
    await give(lead, 'decision', id, 'OpenDecision', { closesAt });
    for (const agency of agencies)
      await give(agency === council ? chair : holder(agency), 'decision', id, 'TakePosition', {
        stance: 'agree',
      });
    await give(chair, 'decision', id, 'CloseDecision');
  }
  const before = await get(lead, '/v1/decisions/second');
  await give(chair, 'decision', 'first', 'Rescind', { byDecisionId: 'second' });
  const after = await harness.inject(lead.as, lead.account, 'GET', '/v1/decisions/second', undefined, {
    'if-none-match': String(before.headers.etag),
  });
  t.match([before.json.supersedes, after.status], [[], 200], 'the tag moves with what it ended');
  t.match(after.json.supersedes, [{ id: 'first', link: '/v1/decisions/first', how: 'rescinded' }]);
  t.match((await read('first')).supersededBy, {
    id: 'second',
    link: '/v1/decisions/second',
    how: 'rescinded',
  });
  t.match((await audit('first')).supersededBy, { id: 'second' });
  t.match((await audit('second')).supersedes, [{ id: 'first' }]);
  await give(lead, 'decision', 'first', 'Disclose', { to: 'programme', decisionId: 'third' });
  const opened = await read('first', neighbour);
  t.match(
    opened,
    { supersededBy: { id: 'second', link: null }, positions: [{ changed: true, earlier: [] }, {}, {}, {}] },
    'opened later: what stands, and not what was said before',
  );

  await give(lead, 'decision', '', 'DraftDecision', { id: 'dropped', ...sound, replaces: 'first' });
  await give(lead, 'decision', 'dropped', 'OpenDecision', { closesAt });
  await give(lead, 'decision', 'dropped', 'WithdrawDecision', { reason: 'To be drafted again' });
  t.match(await audit('dropped'), {
    status: 'withdrawn',
    arithmetic: null,
    ifClosedNow: null,
    closed: null,
    replaces: { id: 'first', link: '/v1/decisions/first' },
  });
  t.same(harness.errors, []);
});

test('an outcome against its promise: kept, kept late; and the money that followed, reserved, allocated and drawn', async (t) => {
  const { h: harness, give, get } = await inTime(t);
  const payer = (agency: string) => ({
    as: `finance-officer@agency:${agency}`,
    account: `post.payer.${agency}`,
  });
  const purposes = { cofog: ['07'], text: 'Treatment' };
  const riskShare = [{ agencyId: council, overBp: 10_000, underBp: 10_000 }];
  await give(lead, 'pool', 'treatment', 'ProposeAgreement', {
    agreementVersion: 1,
    hash: 'a'.repeat(64),
    partners: agencies,
    hostAgencyId: council,
    purposes,
    years: ['2009-10'],
    riskShare,
  });
  for (const agency of agencies)
    await give(payer(agency), 'pool', 'treatment', 'SignAgreement', { agreementVersion: 1 });
  await give(holder(trust), 'pool', 'treatment', 'Pledge', {
    pledgeId: 'by-trust',
    financialYear: '2009-10',
    pledgedPence: 1_000,
  });
  await give(payer(trust), 'pool', 'treatment', 'ConfirmPledge', { pledgeId: 'by-trust', consent: true });
  await give(chair, 'pool', 'treatment', 'OpenPool');
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'treat',
    ...motion,
    money: [],
    refs: [],
    authorises: [],
  });
  const promise = {
    placeId: place,
    title: 'One assessment',
    change: 'Families are assessed once',
    ownerAgencyId: council,
    level: 'place',
    accountable: { seatId: council },
    measure: 'Families assessed once, of all',
    evidenceExpected: 'Case records, sampled',
    dueOn: '2009-11-20',
    verifierAgencyId: trust,
    from: { kind: 'decision', id: 'treat' },
    money: { poolId: 'treatment', financialYear: '2009-10', pence: 400, pledgeIds: ['by-trust'] },
  };
  const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
  for (const id of ['first', 'second']) {
    await give(lead, 'commitment', '', 'DraftCommitment', { id, ...promise });
    await give(lead, 'commitment', id, 'Offer');
    t.equal(
      (await get(lead, `/v1/commitments/${id}`)).json.money.funds,
      'confirmed',
      'the pool has reserved it',
    );
    await give(chair, 'commitment', id, 'Accept', { consent: true });
    await give(chair, 'commitment', id, 'Report', {
      period: '2009-10',
      progress: 10,
      rag: green,
      narrative: 'Begun',
      nextStep: 'Go on',
    });
  }
  const audit = async (who: Who = auditor) => (await get(who, '/v1/decisions/treat/audit')).json;
  const money = (reservedPence: number, allocatedPence: number, drawnPence: number) => ({
    poolId: 'treatment',
    link: '/v1/pools/treatment',
    reservedPence,
    allocatedPence,
    drawnPence,
  });
  const of = (a: any, id: string) => a.commitments.find((c: any) => c.id === id);
  t.match(of(await audit(), 'first'), { against: 'running', money: money(400, 0, 0) });
  await give(lead, 'pool', 'treatment', 'Allocate', {
    allocationId: 'nurses',
    title: 'Nurses',
    purposes,
    subBalances: [{ pledgeId: 'by-trust', pence: 300 }],
    for: { kind: 'commitment', id: 'first' },
  });
  const before = await get(auditor, '/v1/decisions/treat/audit');
  t.match(of(before.json, 'first').money, money(100, 300, 0), 'what is allocated is reserved no more');
  await give(holder(trust), 'pool', 'treatment', 'Draw', {
    allocationId: 'nurses',
    subBalances: [{ pledgeId: 'by-trust', pence: 120 }],
  });
  const after = await harness.inject(
    auditor.as,
    auditor.account,
    'GET',
    '/v1/decisions/treat/audit',
    undefined,
    {
      'if-none-match': String(before.headers.etag),
    },
  );
  t.match(of(after.json, 'first').money, money(100, 300, 120), 'and its tag moves with the money');
  t.match(of(after.json, 'second').money, money(400, 0, 0), 'each promise has its own');

  const evidence = [
    { type: 'document', description: 'Case records', date: '2009-11-01', locator: 'The files' },
  ];
  const { version } = (await get(lead, '/v1/commitments/second')).json;
  await give(chair, 'commitment', 'second', 'Reschedule', {
    dueOn: '2009-12-11',
    reason: 'The contract',
    expectedVersion: version,
  });
  advance(harness, '2009-11-20T09:00:00Z');
  await harness.service.settle();
  await give(chair, 'commitment', 'first', 'ClaimComplete', { evidence });
  advance(harness, '2009-12-01T09:00:00Z');
  await harness.service.settle();
  await give(chair, 'commitment', 'second', 'ClaimComplete', { evidence });
  for (const id of ['first', 'second'])
    await give(holder(trust), 'commitment', id, 'Verify', { level: 'complete' });
  const kept = await audit();
  t.match(
    of(kept, 'first'),
    {
      status: 'completed',
      verified: 'complete',
      against: 'kept',
      baselineDueOn: '2009-11-20',
      money: money(0, 300, 120),
    },
    'claimed on its first due day; what it did not need is given back',
  );
  t.match(
    of(kept, 'second'),
    {
      status: 'completed',
      verified: 'complete',
      against: 'kept-late',
      baselineDueOn: '2009-11-20',
      dueOn: '2009-12-11',
      slippageDays: 21,
      money: money(0, 0, 0),
    },
    'kept by the date it was moved to, and late by the first',
  );
  t.match(kept.outcome.followed, [
    { id: 'first', against: 'kept' },
    { id: 'second', against: 'kept-late' },
  ]);
  t.match(
    of((await get(auditor, '/v1/decisions/treat/audit?asAt=2009-11-20T12:00:00Z')).json, 'first'),
    { against: 'running', money: money(100, 300, 120) },
    'as it stood when it was claimed',
  );
  t.same(harness.errors, []);
});

test('a waiver is asked for, granted by another, used and shown', async (t) => {
  const { give, post, get } = await inTime(t);
  const bureau = { as: office, account: officeAccount };
  await give(lead, 'waiver', '', 'RequestWaiver', {
    id: 'more-time',
    rule: 'EXTENSION_TOO_LONG',
    placeId: place,
    reason: 'Flood',
    until: '2009-12-31',
  });
  isProblem(
    t,
    await post(lead, 'waiver', 'more-time', 'Grant'),
    403,
    'NOT_ALLOWED',
    'a place does not grant its own',
  );
  await give(bureau, 'waiver', 'more-time', 'Grant');
  t.match((await get(neighbour, '/v1/waivers/more-time')).json, {
    rule: 'EXTENSION_TOO_LONG',
    status: 'granted',
    placeId: place,
    until: '2009-12-31',
  });
  t.match((await get(neighbour, `/v1/waivers?placeId=${place}`)).json.items, [{ id: 'more-time' }]);
});
