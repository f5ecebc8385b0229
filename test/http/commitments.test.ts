/**
 * A whole promise over the application: drafted, offered, accepted by its owner alone, reported, claimed,
 * verified, counted.
 */
import { randomUUID } from 'node:crypto';
import { test, type Test } from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { commandRoutes } from '../../src/http/commands.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';

const place = 'testshire';
const [council, trust, police] = ['testshire-council', 'testshire-trust', 'testshire-police'] as const;
const agencies = [council, trust, police];
const department = 'department-of-tests';
const url = (aggregate: string, id: string, command: string): string =>
  commandRoutes.find((r) => r.aggregate.name === aggregate && r.name === command)!.url.replace(':id', id);
const bureau = { as: office, account: officeAccount };
const lead = { as: `secretariat@place:${place}`, account: 'post.lead' };
const holder = (agency: string) => ({
  as: `seat-holder@place:${place}+agency:${agency}`,
  account: `post.head.${agency}`,
});
const chair = { as: `chair@place:${place}+agency:${trust}`, account: `post.head.${trust}` };
const official = { as: `official@agency:${department}`, account: 'post.official' };
const neighbour = { as: 'secretariat@place:durham', account: 'post.lead.durham' };
type Who = typeof lead;
const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const evidence = [
  {
    type: 'monitoring-data',
    description: 'Case records',
    date: '2009-12-01',
    sha256: 'a'.repeat(64),
    bytes: 1200,
    mediaType: 'text/csv',
  },
];
const promise = {
  placeId: place,
  title: 'One assessment',
  change: 'Families are assessed once',
  ownerAgencyId: council,
  level: 'place',
  themeId: 'families',
  accountable: { seatId: council },
  measure: 'Families assessed once, of all',
  evidenceExpected: 'Case records, sampled',
  dueOn: '2009-12-18',
  verifierAgencyId: trust,
};

/**
 * Testshire: a confirmed theme, three agencies at the table, the trust in the chair. The demo stands at nine
 * on Thursday 22 October 2009.
 */
async function inTime(t: Test) {
  const harness = await openHarness(t);
  const give = (who: Who, aggregate: string, id: string, command: string, data: object = {}) =>
    harness.command(who.as, who.account, url(aggregate, id, command), data);
  const post = (
    who: Who,
    aggregate: string,
    id: string,
    command: string,
    data: object = {},
    headers: Record<string, string> = {},
  ) => harness.inject(who.as, who.account, 'POST', url(aggregate, id, command), data, headers);
  const get = (who: Who, path: string, headers: Record<string, string> = {}) =>
    harness.inject(who.as, who.account, 'GET', path, undefined, headers);
  const versionOf = async (who: Who, path: string): Promise<{ expectedVersion: number }> => ({
    expectedVersion: (await get(who, path)).json.version,
  });
  await harness.command(office, officeAccount, url('programme', 'total-place', 'EnrolPlace'), {
    placeId: place,
    name: 'Testshire',
    kind: 'parallel',
    region: 'East of England',
  });
  for (const [n, id] of [...agencies, department].entries()) {
    const identifiers = [
      { scheme: id === department ? 'department' : 'programme', code: `TEST-${n}`, from: '2009-06-01' },
    ];
    await give(bureau, 'agency', '', 'RegisterAgency', {
      id,
      name: `The ${id}`,
      sector: id === department ? 'department' : 'other',
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
    seatId: trust,
    expectedVersion: 1 + 2 * agencies.length,
  });
  await give(lead, 'place', place, 'ProposeTheme', { themeId: 'families', title: 'Families' });
  await give(chair, 'place', place, 'ConfirmTheme', { themeId: 'families' });
  await give(bureau, 'programme', 'total-place', 'RequireSteps', {
    placeKind: 'parallel',
    steps: [
      {
        stepId: 'commitments',
        name: 'A commitment for every theme',
        due: { milestoneId: await deadlineOf(get) },
      },
    ],
    ...(await versionOf(bureau, '/v1/programmes/total-place')),
  });
  const progress = async (who: Who = lead, query = '') =>
    (await get(who, `/v1/places/${place}/progress${query}`)).json;
  const until = async (day: string): Promise<void> => {
    (harness.service.clock as SimulatedClock).advance(`${day}T09:00:00Z`);
    await harness.service.settle();
  };
  const offered = async (id: string, more: object = {}): Promise<void> => {
    await give(lead, 'commitment', '', 'DraftCommitment', { id, ...promise, ...more });
    await give(lead, 'commitment', id, 'Offer');
  };
  return { h: harness, give, post, get, versionOf, progress, until, offered };
}
async function deadlineOf(get: (who: Who, path: string) => ReturnType<Harness['inject']>): Promise<string> {
  const { milestones } = (await get(bureau, '/v1/programmes/total-place')).json;
  return Object.keys(milestones).find((id) => milestones[id].kind === 'deadline')!;
}

test('a promise from its draft to its verification', async (t) => {
  const { h: harness, give, post, get, progress, until } = await inTime(t);
  t.match(await progress(), {
    commitments: { live: 0, completed: 0 },
    steps: [{ id: 'commitments', state: 'not-yet-due' }],
  });
  const created = await give(lead, 'commitment', '', 'DraftCommitment', {
    id: 'one',
    ...promise,
    startOn: '2009-11-02',
  });
  t.match([created.status, created.headers.location], [201, '/v1/commitments/one']);
  await give(lead, 'commitment', 'one', 'Offer');
  t.match((await get(holder(council), '/v1/me/actions')).json.items, [
    {
      code: 'offer',
      title: 'One assessment',
      record: { aggregate: 'commitment', id: 'one' },
      dueOn: '2009-11-19',
    },
  ]);
  isProblem(t, await get(neighbour, '/v1/commitments/one'), 404, 'NOT_FOUND', 'another place');
  isProblem(t, await get(official, '/v1/commitments/one'), 404, 'NOT_FOUND', 'a department');

  isProblem(
    t,
    await post(holder(trust), 'commitment', 'one', 'Accept', { consent: true }),
    403,
    'ONLY_OWNER_CAN_ACCEPT',
    'another agency accepts',
  );
  await give(holder(council), 'commitment', 'one', 'Accept', { consent: false });
  t.match(await progress(), {
    commitments: { live: 1, onTime: 1, overdue: 0, silent: 0, red: 0, completed: 0 },
    steps: [{ id: 'commitments', state: 'done', doneOn: '2009-10-22' }],
  });
  t.match(await progress(neighbour), {
    commitments: { live: null, notDisclosed: true },
    steps: [{ id: 'commitments', state: 'done' }],
  });
  t.match(await progress(lead, '?audience=programme'), { commitments: { live: null, notDisclosed: true } });

  await until('2009-12-02');
  const actions = (await get(holder(council), '/v1/me/actions')).json.items;
  t.match(
    actions.filter((a: { code: string }) => a.code === 'report'),
    [{ code: 'report', deed: 'Report progress for 2009-11: One assessment', dueOn: '2009-12-14' }],
    'the report of the first whole month is owed',
  );
  const report = { period: '2009-11', progress: 60, narrative: 'Two towns of three', nextStep: 'The third' };
  isProblem(
    t,
    await post(holder(council), 'commitment', 'one', 'Report', { ...report, rag: { ...green, risk: 'red' } }),
    422,
    'EXPLANATION_REQUIRED',
    'red without a cause',
  );
  await give(holder(council), 'commitment', 'one', 'Report', {
    ...report,
    rag: { ...green, risk: 'red' },
    cause: 'procurement',
    recovery: 'Let again',
    recoveryOn: '2009-12-10',
  });
  t.match(await progress(), {
    rag: 'amber',
    whitehallRag: 'green',
    commitments: { live: 1, red: 1 },
    reasons: [
      {
        code: 'commitments-late',
        level: 'amber',
        owedBy: [{ kind: 'agency', id: council, name: `The ${council}` }],
        link: '/v1/commitments/one',
      },
    ],
  });
  isProblem(
    t,
    await post(holder(council), 'commitment', 'one', 'Report', { ...report, rag: green }),
    409,
    'PERIOD_ALREADY_REPORTED',
    'a period twice',
  );
  isProblem(
    t,
    await post(holder(council), 'commitment', 'one', 'Report', {
      ...report,
      rag: green,
      correctionReason: 'Late figures',
    }),
    400,
    'VERSION_REQUIRED',
    'a correction of what nobody looked at',
  );
  await give(holder(council), 'commitment', 'one', 'ClaimComplete', { evidence });
  isProblem(
    t,
    await post(holder(council), 'commitment', 'one', 'Verify', { level: 'complete' }),
    403,
    'VERIFIER_NOT_INDEPENDENT',
    'the owner verifies',
  );
  t.match((await get(holder(trust), '/v1/me/actions')).json.items, [{ code: 'verification' }]);
  await give(holder(trust), 'commitment', 'one', 'ReturnClaim', { reason: 'One town only' });
  await give(holder(council), 'commitment', 'one', 'ClaimComplete', { evidence });
  await give(holder(trust), 'commitment', 'one', 'Verify', {
    level: 'substantial',
    reason: 'One hamlet is left',
  });
  t.match(await progress(), { rag: 'green', commitments: { live: 0, completed: 1, red: 0 } });
  const { json } = await get(lead, '/v1/commitments/one');
  t.match(json, {
    status: 'completed',
    owner: `The ${council}`,
    baselineDueOn: '2009-12-18',
    slippageDays: 0,
    progress: 60,
    worst: 'red',
    cause: 'procurement',
    evidence: [{ sha256: 'a'.repeat(64), bytes: 1200 }],
    verification: { level: 'substantial', agencyId: trust },
    claims: [
      {
        on: '2009-12-02',
        evidence: [{ sha256: 'a'.repeat(64) }],
        outcome: 'returned',
        reason: 'One town only',
        answeredOn: '2009-12-02',
      },
      {
        on: '2009-12-02',
        evidence: [{ sha256: 'a'.repeat(64) }],
        outcome: 'substantial',
        reason: 'One hamlet is left',
      },
    ],
    lineage: '/v1/lineage?record=commitment-one',
    reports: [
      {
        period: '2009-11',
        on: '2009-12-02',
        dueOn: '2009-12-14',
        daysLate: 0,
        progress: 60,
        cause: 'procurement',
      },
    ],
    tier: 'members',
  });
  // In delivery from its start date, as from a first report.
  t.match((await get(lead, '/v1/commitments/one?asAt=2009-11-01T12:00:00Z')).json, {
    status: 'accepted',
    progress: null,
    verification: null,
  });
  t.match((await get(lead, '/v1/commitments/one?asAt=2009-11-02T12:00:00Z')).json, {
    status: 'in-delivery',
    statusSince: '2009-11-02',
    progress: null,
  });
  t.same(harness.errors, []);
});

test('the same accept command sent twice is one event and the same response', async (t) => {
  const { h: harness, post, offered } = await inTime(t);
  await offered('one');
  const key = { 'idempotency-key': randomUUID() };
  const before = await harness.head();
  const click = () => post(holder(council), 'commitment', 'one', 'Accept', { consent: false }, key);
  const [first, second] = await Promise.all([click(), click()]);
  const later = await click();
  await harness.service.reactors.idle();
  t.same(
    [first.status, second.status, later.status, later.headers['idempotent-replayed']],
    [200, 200, 200, 'true'],
  );
  t.same([second.json, later.json], [first.json, first.json]);
  t.same(harness.eventsAfter(before), ['CommitmentAccepted']);
});

test('a milestone 12 working days overdue contradicts green; with a waiver it passes, and is on the exceptions page', async (t) => {
  const { give, post, get, until, offered } = await inTime(t);
  await offered('one');
  await give(holder(council), 'commitment', 'one', 'Accept', { consent: true });
  await give(holder(council), 'commitment', 'one', 'AddCommitmentMilestone', {
    milestoneId: 'form',
    title: 'Form agreed',
    dueOn: '2009-11-16',
  });
  await until('2009-12-02');
  const report = { period: '2009-11', progress: 40, rag: green, narrative: 'As it is', nextStep: 'More' };
  const refused = await post(holder(council), 'commitment', 'one', 'Report', report);
  isProblem(t, refused, 422, 'RAG_CONTRADICTED', 'green against the facts');
  t.match(refused.json.detail, /Form agreed is 12 working days overdue/);
  await give(lead, 'waiver', '', 'RequestWaiver', {
    id: 'late-form',
    rule: 'RAG_CONTRADICTED',
    placeId: place,
    record: 'commitment-one',
    reason: 'The minutes are late',
    until: '2009-12-31',
  });
  await give(bureau, 'waiver', 'late-form', 'Grant');
  await give(holder(council), 'commitment', 'one', 'Report', {
    ...report,
    waiverId: 'late-form',
    overrideReason: 'The form is signed, the minutes are late',
  });
  const auditor = { as: 'auditor@programme:total-place', account: 'post.auditor' };
  const listed = async (kind: string) =>
    (await get(auditor, `/v1/exceptions?placeId=${place}&kind=${kind}`)).json.items;
  t.match(await listed('waived'), [
    { type: 'ProgressReported', record: { aggregate: 'commitment', id: 'one' }, waiverId: 'late-form' },
  ]);
});

test('as at 9 December 2009 17:00 a commitment rescheduled on the 10th shows the old due date and the banner', async (t) => {
  const { h: harness, give, get, offered, versionOf, until } = await inTime(t);
  await offered('one');
  await give(holder(council), 'commitment', 'one', 'Accept', { consent: true });
  await until('2009-12-10');
  await give(lead, 'commitment', 'one', 'Reschedule', {
    dueOn: '2010-01-08',
    reason: 'The contract',
    ...(await versionOf(lead, '/v1/commitments/one')),
  });
  const now = (await get(lead, '/v1/commitments/one')).json;
  t.match(now, {
    dueOn: '2010-01-08',
    reschedules: 1,
    moves: [{ from: '2009-12-18', to: '2010-01-08', on: '2009-12-10' }],
  });
  t.notOk('asAt' in now || 'recordVersion' in now, 'what stands has no banner');
  const then = (await get(lead, '/v1/commitments/one?asAt=2009-12-09T17:00:00Z')).json;
  t.match(
    then,
    { dueOn: '2009-12-18', baselineDueOn: '2009-12-18', slippageDays: 0, reschedules: 0, moves: [] },
    'the old due date',
  );
  t.match(then, { asAt: '2009-12-09T17:00:00.000Z', recordVersion: now.version - 1 }, 'and the banner');
  const compared = (await get(lead, '/v1/compare?record=commitment-one&from=2009-12-09T17:00:00Z')).json;
  t.match(
    compared.changes.find((c: { field: string }) => c.field === '/dueOn'),
    { then: '2009-12-18', now: '2010-01-08' },
  );
  t.match(compared.events, [{ type: 'CommitmentRescheduled', actor: { account: lead.account } }]);
  t.same(harness.errors, []);
});

test('two people reschedule the same version; one wins, the other is shown what happened', async (t) => {
  const { give, post, get, offered, versionOf, until } = await inTime(t);
  await offered('one');
  await give(holder(council), 'commitment', 'one', 'Accept', { consent: true });
  const version = await versionOf(lead, '/v1/commitments/one');
  isProblem(
    t,
    await post(lead, 'commitment', 'one', 'Reschedule', { dueOn: '2010-01-08', reason: 'Later' }),
    400,
    'VERSION_REQUIRED',
    'without the version looked at',
  );
  const both = await Promise.all([
    post(lead, 'commitment', 'one', 'Reschedule', {
      dueOn: '2010-01-08',
      reason: 'The contract',
      ...version,
    }),
    post(holder(council), 'commitment', 'one', 'Reschedule', {
      dueOn: '2010-01-11',
      reason: 'The snow',
      ...version,
    }),
  ]);
  t.same(both.map((r) => r.status).sort(), [200, 409]);
  const stale = both.find((r) => r.status === 409)!;
  isProblem(t, stale, 409, 'STALE_REVISION', 'the second');
  t.match(stale.json.since, [
    { version: version.expectedVersion + 1, text: /rescheduled the commitment from 18 December 2009/ },
  ]);
  const moved = (await get(lead, '/v1/commitments/one')).json;
  t.match(moved, {
    baselineDueOn: '2009-12-18',
    reschedules: 1,
    moves: [{ from: '2009-12-18', to: moved.dueOn }],
  });
  t.ok(moved.slippageDays > 20);
  isProblem(
    t,
    await post(lead, 'commitment', 'one', 'Reschedule', {
      dueOn: '2010-02-26',
      reason: 'More',
      expectedVersion: moved.version,
    }),
    422,
    'RESCHEDULE_NEEDS_DECISION',
    'more than thirty days in all',
  );
  // As it stood: the old date, from before the move was recorded.
  await until('2009-10-26');
  t.match((await get(lead, '/v1/commitments/one?asAt=2009-10-22T07:59:00Z')).status, 404);
  t.match(
    (await get(lead, '/v1/compare?record=commitment-one&from=2009-10-22T12:00:00Z&to=2009-10-26T09:00:00Z'))
      .status,
    200,
  );
});

test('the register: filters, a spreadsheet, silence, and what stays withheld', async (t) => {
  const { give, post, get, offered, progress, until, versionOf } = await inTime(t);
  await offered('one');
  await offered('two', {
    ownerAgencyId: police,
    accountable: { seatId: police },
    themeId: undefined,
    dueOn: '2009-11-13',
  });
  await give(official, 'commitment', '', 'DraftCommitment', {
    id: 'three',
    ...promise,
    title: 'One form',
    ownerAgencyId: department,
    level: 'whitehall',
    accountable: { official: 'The director of forms' },
    themeId: undefined,
  });
  await give(official, 'commitment', 'three', 'Offer');
  for (const [id, who] of [
    ['one', holder(council)],
    ['two', holder(police)],
    ['three', official],
  ] as const)
    await give(who, 'commitment', id, 'Accept', { consent: false });
  const ids = async (who: Who, query: string) =>
    (await get(who, `/v1/commitments?${query}`)).json.items.map((c: { id: string }) => c.id);
  t.same(await ids(lead, `placeId=${place}`), ['one', 'three', 'two']);
  t.same(
    await ids(neighbour, `placeId=${place}`),
    ['three'],
    'a Whitehall commitment is read by the programme',
  );
  t.same(await ids(lead, `placeId=${place}&audience=programme`), ['three']);
  t.same(await ids(lead, `ownerAgencyId=${police}`), ['two']);
  t.same(await ids(lead, `placeId=${place}&themeId=families`), ['one']);
  t.same(await ids(lead, `placeId=${place}&level=whitehall`), ['three']);
  await until('2009-11-16');
  t.same(await ids(lead, `placeId=${place}&overdue=true`), ['two']);
  t.match(await progress(), {
    commitments: { live: 3, onTime: 2, overdue: 1 },
    reasons: [
      {
        code: 'commitments-late',
        level: 'amber',
        text: /1 of 2 commitments overdue, silent or red: 1 overdue/,
      },
    ],
  });
  t.match(
    await progress(neighbour),
    { rag: 'green', commitments: { live: 1, onTime: 1, overdue: 0 } },
    'made only of what that audience may see',
  );

  const csv = await get(lead, `/v1/commitments?placeId=${place}`, { accept: 'text/csv' });
  t.match(csv.headers['content-type'], /text\/csv/);
  const lines = csv.raw.trim().split('\n');
  t.equal(lines.length, 4);
  t.match(lines[0], /ragDelivery,ragSpend,ragRisk,ragConfidence,previousRagDelivery/);

  isProblem(
    t,
    await post(lead, 'place', place, 'DropTheme', { themeId: 'families', reason: 'Done' }),
    409,
    'THEME_IN_USE',
    'a theme with a live commitment',
  );
  // Nobody reported November or December: silent once the second was due.
  await until('2010-01-19');
  t.match(await progress(), { rag: 'red', commitments: { live: 3, overdue: 3, silent: 3 } });
  t.match(await progress(), { whitehallRag: 'amber' });
  t.match((await get(lead, '/v1/commitments/one')).json, { silent: true, overdue: true, daysLate: 19 });
  // A seat is left: its promise is orphaned, and the place is to reassign it.
  await give(holder(council), 'collaborative', place, 'VacateSeat', { seatId: council, reason: 'Retired' });
  t.match(
    (await get(lead, '/v1/me/actions')).json.items.map((a: { code: string }) => a.code).includes('orphan'),
    true,
  );
  const to = {
    ownerAgencyId: police,
    accountable: { seatId: police },
    reason: 'They run it now',
    dueOn: undefined,
  };
  isProblem(
    t,
    await post(lead, 'commitment', 'one', 'Reassign', {
      ...to,
      ...(await versionOf(lead, '/v1/commitments/one')),
    }),
    422,
    'DUE_DATE_IN_PAST',
    'a date that has passed is first moved',
  );
});

test('a department’s answer in full is its commitment, and the deed is owed there', async (t) => {
  const { give, get, h: harness } = await inTime(t);
  await give(lead, 'barrier', '', 'RecordBarrier', {
    id: 'forms',
    placeId: place,
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  await give(lead, 'barrier', 'forms', 'Triage', { locus: 'whitehall', reason: 'Their rule' });
  await give(lead, 'barrier', 'forms', 'ProposeOwner', { agencyIds: [department] });
  await give(official, 'barrier', 'forms', 'Respond', {
    position: 'will-remove',
    official: 'The director of forms',
    dueOn: '2009-12-18',
    measure: 'One form',
    evidenceExpected: 'The circular',
    verifierAgencyId: trust,
  });
  const { items } = (await get(neighbour, `/v1/commitments?ownerAgencyId=${department}`)).json;
  t.match(items, [
    {
      status: 'in-delivery',
      title: 'Remove the barrier: Three forms',
      dueOn: '2009-12-18',
      from: { kind: 'barrier', id: 'forms' },
      accountable: { official: 'The director of forms' },
    },
  ]);
  const owed = (await get(official, '/v1/me/actions')).json.items.map((a: { code: string }) => a.code);
  t.same(owed, ['delivery'], 'the deed is counted once');
  const docket = async (who: Who) => (await get(who, `/v1/departments/${department}/docket`)).json.items;
  t.match((await get(lead, `/v1/departments/${department}/docket`)).json.answeredOnTime, {
    onTime: 1,
    of: 1,
    percent: 100,
  });
  const item = {
    code: 'delivery',
    record: { aggregate: 'commitment', id: items[0].id },
    commitment: { id: items[0].id, link: `/v1/commitments/${items[0].id}` },
    ownerOfficial: 'The director of forms',
    barrier: { id: 'forms', link: '/v1/barriers/forms' },
    places: [{ id: place, name: 'Testshire' }],
    population: 0,
    populationOf: 0,
    rung: 'owner',
    asks: [],
    answer: { position: 'will-remove', commitmentId: items[0].id },
    promisedBy: 'The director of forms',
  };
  for (const who of [lead, official, neighbour])
    t.match(await docket(who), [item], `the docket still says of what, whose and for whom: ${who.as}`);
  await give(official, 'commitment', items[0].id, 'ClaimComplete', {
    evidence: [{ type: 'document', description: 'Circular 12/2009', date: '2009-10-22', locator: 'Website' }],
  });
  t.match((await get(lead, '/v1/barriers/forms')).json, { status: 'removal-claimed' });
  t.same(harness.errors, []);
});
