/**
 * Ids that every object inherits, sent by those who may give the command: refused at the door, and below it
 * as what the record has not.
 */
import { test } from 'tap';
import { parseGrant } from '../../src/domain/shared/access.js';
import { accountOf } from '../../src/http/server/subject.js';
import { encode } from '../../src/log/codec.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { listen } from './live.js';

const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];
const council = 'durham-county-council';
const boss = `post.chief-executive.${council}`;
const chair = `chair@place:durham+agency:${council}`;

interface Attack {
  readonly by: readonly [grant: string, account: string];
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  readonly url: string;
  readonly path: string;
  readonly data: (id: string) => Record<string, unknown>;
  /** What the record itself answers. */
  readonly refusal: string;
}
const programme = { by: [office, officeAccount], aggregate: 'programme', id: 'total-place' } as const;
const attacks: readonly Attack[] = [
  {
    by: [`finance-officer@agency:${council}`, `post.finance-director.${council}`],
    aggregate: 'pool',
    id: 'durham-warm-homes',
    command: 'Draw',
    url: '/v1/pools/durham-warm-homes/draws',
    path: '/subBalances/0/pledgeId',
    data: (pledgeId) => ({
      allocationId: 'adaptations',
      subBalances: [{ pledgeId, pence: 900_000_000_000_000 }],
    }),
    refusal: 'POOL_OVERDRAWN',
  },
  {
    by: ['secretariat@place:durham', 'post.programme-lead.durham'],
    aggregate: 'pool',
    id: 'durham-warm-homes',
    command: 'ReleaseAllocation',
    url: '/v1/pools/durham-warm-homes/allocation-releases',
    path: '/allocationId',
    data: (allocationId) => ({ allocationId, reason: 'r' }),
    refusal: 'ALLOCATION_UNKNOWN',
  },
  {
    ...programme,
    command: 'WithdrawPlace',
    url: '/v1/programmes/total-place/place-withdrawals',
    path: '/placeId',
    data: (placeId) => ({ placeId, reason: 'r' }),
    refusal: 'PLACE_UNKNOWN',
  },
  {
    ...programme,
    command: 'RetirePolicyTheme',
    url: '/v1/programmes/total-place/policy-theme-retirements',
    path: '/policyThemeId',
    data: (policyThemeId) => ({ policyThemeId }),
    refusal: 'THEME_UNKNOWN',
  },
  {
    ...programme,
    command: 'MarkMilestoneReached',
    url: '/v1/programmes/total-place/milestones-reached',
    path: '/milestoneId',
    data: (milestoneId) => ({ milestoneId }),
    refusal: 'MILESTONE_UNKNOWN',
  },
  {
    by: [chair, boss],
    aggregate: 'place',
    id: 'durham',
    command: 'ConfirmTheme',
    url: '/v1/places/durham/theme-confirmations',
    path: '/themeId',
    data: (themeId) => ({ themeId }),
    refusal: 'THEME_UNKNOWN',
  },
];

test('no command takes an inherited name for a part of its record', async (t) => {
  const harness = await openHarness(t);
  for (const { by, aggregate, id, command, url, path, data, refusal } of attacks)
    for (const name of names) {
      const head = await harness.head();
      const answer = await harness.inject(...by, 'POST', url, data(name));
      isProblem(t, answer, 400, 'INVALID_REQUEST', `${command} ${name}`);
      t.match(answer.json.errors, [{ path, message: /^Enter (an|another) / }]);
      const [role = '', scope = ''] = by[0].split('@');
      const below = await harness.service.executor.execute({
        aggregate,
        id,
        command,
        data: data(name),
        commandId: `${command} ${name}`,
        principal: { account: by[1], grants: [parseGrant(role, scope)!] },
      });
      t.match(below, { kind: 'refused', refusal: { code: refusal } }, `${command} ${name}, past the schema`);
      await harness.service.reactors.idle();
      t.same(
        harness.eventsAfter(head).filter((type) => type !== 'CommandRefused'),
        [],
      );
    }
  const constructor = await harness.inject(office, officeAccount, 'POST', attacks[2]!.url, {
    placeId: 'constructor',
    reason: 'r',
  });
  t.same(constructor.json.errors, [
    { path: '/placeId', message: 'Enter another name: programs give this one a meaning of their own' },
  ]);
  const { json } = await harness.inject(chair, boss, 'GET', '/v1/pools/durham-warm-homes');
  t.equal(json.drawnPence, 120_000_00, 'the ledger stands');
  t.same(harness.errors, []);
});

test('nor is a record or a reader called by one', async (t) => {
  const harness = await openHarness(t);
  for (const name of names) {
    isProblem(
      t,
      await harness.inject(office, officeAccount, 'POST', '/v1/agencies', { id: name }),
      400,
      'INVALID_REQUEST',
      `an agency ${name}`,
    );
    isProblem(
      t,
      await harness.inject(office, officeAccount, 'POST', `/v1/places/${name}/theme-confirmations`, {
        themeId: 'housing',
      }),
      404,
      'NOT_FOUND',
      `the place ${name}`,
    );
    isProblem(
      t,
      await harness.inject(`official@agency:${name}`, 'somebody', 'GET', '/v1/places'),
      401,
      'INVALID_GRANT',
      `an official of ${name}`,
    );
    t.match(
      accountOf('https://issuer.example', name),
      /^s\.[a-z2-7]{26}$/,
      `the subject ${name} is no account id`,
    );
    t.equal(
      (await harness.inject(office, officeAccount, 'GET', `/v1/departments/${name}/docket`)).status,
      404,
    );
  }
});

test('a docket streams what its department owes, and nobody is owed by every object', async (t) => {
  const harness = await openHarness(t);
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const secretariat = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  const all = await listen(t, harness, ...secretariat, 'programme');
  const docket = await listen(t, harness, ...secretariat, 'docket:constructor');
  await harness.command(...secretariat, '/v1/barriers', {
    id: 'newest',
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Two assessments',
    effectOnResidents: 'They tell their story twice',
  });
  await harness.command(office, officeAccount, '/v1/programmes/total-place/policy-themes', {
    policyThemeId: 'last',
    title: 'Last',
  });
  await all.until((e) => e.type === 'PolicyThemeAdded');
  t.ok(all.events.some((e) => e.type === 'BarrierRecorded'));
  t.same(docket.events, []);
  all.close();
  docket.close();
});

/** Appends what an older version accepted. */
async function plant(
  harness: Harness,
  stream: string,
  type: string,
  data: Record<string, unknown>,
): Promise<void> {
  const version = (await harness.service.log.read(stream)).length;
  const actor = { account: officeAccount, role: 'programme-office' as const };
  await harness.service.log.append(
    stream,
    version,
    encode(stream, version, [{ type, data }], {
      recordedAt: harness.service.clock.now(),
      actor,
      commandId: `planted ${stream} ${type}`,
      fingerprint: 'planted',
      correlation: 'planted',
    }),
  );
}
test('an older log that took one is shown, and counts nothing of it', async (t) => {
  const harness = await openHarness(t);
  const pool = '/v1/pools/durham-warm-homes';
  const before = (await harness.inject(chair, boss, 'GET', pool)).json;
  const subBalances = [
    { pledgeId: 'council-2009', pence: 100 },
    { pledgeId: 'constructor', pence: 900_000_000_000_000 },
  ];
  await plant(harness, 'pool-durham-warm-homes', 'FundsDrawn', {
    allocationId: 'adaptations',
    title: 'Adaptations for people leaving hospital',
    subBalances,
    consented: false,
  });
  await plant(harness, 'programme-total-place', 'PlaceWithdrawn', { placeId: 'constructor', reason: 'r' });
  await plant(harness, 'programme-total-place', 'MilestoneReached', { milestoneId: 'constructor' });
  await plant(harness, 'programme-total-place', 'PolicyThemeRetired', {
    policyThemeId: 'constructor',
    title: 'Object',
  });
  await plant(harness, 'place-durham', 'ThemeConfirmed', { themeId: 'constructor', title: 'Object' });
  const after = (await harness.inject(chair, boss, 'GET', pool)).json;
  t.equal(after.drawnPence, before.drawnPence + 100);
  const drawn = (body: { allocations: { allocationId: string; drawnPence: number }[] }) =>
    body.allocations.find((a) => a.allocationId === 'adaptations')?.drawnPence;
  t.equal(drawn(after), drawn(before)! + 100);
  for (const url of [
    '/v1/programmes/total-place',
    '/v1/places/durham',
    '/v1/timeline?record=pool-durham-warm-homes',
  ])
    t.equal((await harness.inject(chair, boss, 'GET', url)).status, 200, url);
  t.match(
    harness.service.engine.status().filter((v) => v.state !== 'live'),
    [],
    'every view has taken it',
  );
  t.same(harness.errors, []);
});
