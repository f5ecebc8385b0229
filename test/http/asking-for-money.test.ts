/**
 * A department asks for a place's pooled money (docs/rules/commitment.md#money): it learns nothing, and the
 * place lets go of what was held without it.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { commandRoutes } from '../../src/http/commands.js';
import { openHarness } from './harness.js';

const url = (aggregate: string, id: string, command: string): string =>
  commandRoutes.find((r) => r.aggregate.name === aggregate && r.name === command)!.url.replace(':id', id);
const department = 'department-for-work-and-pensions';
const place = 'durham';
const poolId = 'durham-quiet';
const [council, trust] = ['durham-county-council', 'county-durham-pct'];
const official = { as: `official@agency:${department}`, account: 'post.curious.official' };
const lead = { as: `secretariat@place:${place}`, account: `post.programme-lead.${place}` };
const auditor = { as: 'auditor@programme:total-place', account: 'post.auditor' };
const bare = { dependsOn: [], milestones: [] };
const promise = {
  placeId: place,
  title: 'Home visits',
  change: 'Advisers visit at home',
  ownerAgencyId: department,
  level: 'whitehall',
  accountable: { official: 'A director' },
  measure: 'Homes visited',
  evidenceExpected: 'A sample of records',
  dueOn: '2010-02-26',
  verifierAgencyId: 'department-of-health',
};

test(
  'asking for money tells nothing, locks nothing, and is undone by the place',
  { timeout: 280_000 },
  async (t) => {
    const harness = await openHarness(t);
    const clock = harness.service.clock as SimulatedClock;
    type Who = typeof lead;
    const post = (who: Who, aggregate: string, id: string, command: string, data: object = {}) =>
      harness.inject(who.as, who.account, 'POST', url(aggregate, id, command), data, {
        'idempotency-key': randomUUID(),
      });
    const get = async (who: Who, path: string) =>
      (await harness.inject(who.as, who.account, 'GET', path)).json;
    const money = (pence: number, pledgeIds = ['council-2009'], pool = poolId) => ({
      poolId: pool,
      financialYear: '2009-10',
      pence,
      pledgeIds,
    });
    const ask = async (m: object) => {
      const { status, json } = await post(official, 'commitment', '', 'DraftCommitment', {
        ...promise,
        money: m,
      });
      const { correlationId: _, ...said } = json;
      return { status, said };
    };
    const system = async (
      aggregate: string,
      id: string,
      command: string,
      data: object,
      agency?: string,
      account = 'system:test',
    ) => {
      const actor = {
        account,
        role: 'system' as const,
        ...(agency ? { agency } : {}),
        ...(command === 'ProposePool' ? { place } : {}),
      };
      const outcome = await harness.service.executor.execute({
        aggregate,
        id,
        command,
        data,
        commandId: randomUUID(),
        actor,
      });
      if (outcome.kind === 'refused') throw new Error(`${command}: ${outcome.refusal.detail}`);
      await harness.service.reactors.idle();
    };
    // A pool of Durham's council and trust that nobody else has heard of.
    const about = {
      partners: [council, trust],
      hostAgencyId: council,
      purposes: { cofog: ['07'], text: 'Quiet' },
    };
    await system('pool', poolId, 'ProposePool', {
      ...about,
      name: 'Quiet',
      placeId: place,
      legalBasis: 'joint-committee',
      managerAgencyId: council,
      years: ['2009-10'],
      noticeMonths: 3,
    });
    for (const [pledgeId, agency] of [
      ['council-2009', council],
      ['health-2009', trust],
    ] as const) {
      await system(
        'pool',
        poolId,
        'Pledge',
        { pledgeId, financialYear: '2009-10', pledgedPence: 1_234_567_00 },
        agency,
        'pledger',
      );
      await system('pool', poolId, 'ConfirmPledge', { pledgeId, consent: false }, agency);
    }
    const riskShare = [council, trust].map((agencyId) => ({ agencyId, overBp: 5000, underBp: 5000 }));
    await system('pool', poolId, 'ProposeAgreement', {
      ...about,
      agreementVersion: 1,
      hash: 'a'.repeat(64),
      years: ['2009-10'],
      riskShare,
    });
    for (const agency of [council, trust])
      await system('pool', poolId, 'SignAgreement', { agreementVersion: 1 }, agency);
    await system('pool', poolId, 'OpenPool', {});
    const before = await get(lead, `/v1/pools/${poolId}`);
    t.ok(
      before.pledges.find((p: any) => p.pledgeId === 'council-2009').confirmedPence > 0,
      'there is a pledge to be found',
    );

    // Halved each time, thirty questions find a pledge of up to ten million pounds to the penny.
    const unknown = await ask(money(1, ['council-2009'], 'never-was-a-pool'));
    t.match(unknown, { status: 422, said: { code: 'POOL_UNKNOWN' } });
    const same = JSON.parse(JSON.stringify(unknown).replaceAll('never-was-a-pool', poolId));
    for (let n = 0, pence = 2 ** 30; n < 30; n++, pence /= 2)
      t.same(
        await ask(money(pence, [n % 2 ? 'council-2009' : 'nobody-s'])),
        same,
        `${pence} pence are told what a pool that never was is told`,
      );
    const refused = await get(auditor, `/v1/refusals?account=${official.account}&limit=200`);
    t.equal(
      refused.items.filter((r: any) => r.code === 'POOL_UNKNOWN').length,
      31,
      'the auditor sees every question',
    );
    t.same((await get(lead, `/v1/pools/${poolId}`)).version, before.version, 'the pool heard of none');

    // What was written before is in the log: a department's own commitment on a place's money, offered to
    // itself.
    await system('commitment', 'old', 'DraftCommitment', { ...promise, ...bare, money: money(1_000_00) });
    await system('commitment', 'old', 'Offer', {});
    t.equal((await get(official, '/v1/commitments/old')).money.funds, 'confirmed');
    await harness.command(official.as, official.account, url('commitment', 'old', 'Accept'), {
      consent: false,
    });
    const reservedOf = async () =>
      (await get(lead, `/v1/pools/${poolId}`)).pledges.find((p: any) => p.pledgeId === 'council-2009')
        .reservedPence;
    const locked = await reservedOf();

    clock.advance(new Date(Date.parse(clock.now()) + 61_000).toISOString());
    t.match(await post(lead, 'pool', poolId, 'ReleaseReservation', { commitmentId: 'never', reason: 'x' }), {
      status: 422,
      json: { code: 'RESERVATION_UNKNOWN' },
    });
    await harness.command(lead.as, lead.account, url('pool', poolId, 'ReleaseReservation'), {
      commitmentId: 'old',
      reason: 'Nobody here asked for it',
    });
    t.equal(locked - (await reservedOf()), 1_000_00, 'the place has its money again');
    const told = await get(official, '/v1/commitments/old');
    t.match(told, { status: 'in-delivery', money: { funds: 'refused' } });
    const timeline = await get(official, '/v1/timeline?record=commitment-old');
    t.match(
      JSON.stringify(timeline),
      /was refused money by the pool [^"]*: Nobody here asked for it/,
      'the promise is not left without its money in silence',
    );
    t.match(
      await post(official, 'commitment', 'old', 'RequestFunds'),
      { status: 422, json: { code: 'POOL_UNKNOWN' } },
      'it is asked for again by nobody who may not see the pool',
    );

    // What the place asked for itself, and a promise was accepted on, stays.
    t.match(
      await post(lead, 'pool', 'durham-warm-homes', 'ReleaseReservation', {
        commitmentId: 'durham-home-from-hospital',
        reason: 'x',
      }),
      {
        status: 409,
        json: { code: 'COMMITMENT_ACCEPTED' },
      },
    );

    // Open to be read, it is still its members' money.
    await system('pool', poolId, 'Disclose', { to: 'programme' });
    for (const pledgeId of ['council-2009', 'health-2009', 'nobody-s'])
      t.match(await ask(money(1, [pledgeId])), { status: 403, said: { code: 'ONLY_OWN_MONEY' } });
    t.match(await post(official, 'commitment', 'old', 'RequestFunds'), {
      status: 403,
      json: { code: 'ONLY_OWN_MONEY' },
    });
    t.same(harness.errors, []);
  },
);

test(
  'a promise that was accepted without money is given some: nobody is sent in a circle',
  { timeout: 280_000 },
  async (t) => {
    const harness = await openHarness(t);
    const pool = 'durham-warm-homes';
    const give = async (aggregate: string, id: string, command: string, data: object) => {
      const headers = { 'idempotency-key': randomUUID() };
      const path = url(aggregate, id, command);
      const answer = await harness.inject(lead.as, lead.account, 'POST', path, data, headers);
      await harness.service.reactors.idle();
      return answer;
    };
    const draft = {
      id: 'lodgings',
      placeId: place,
      title: 'Lodgings repaired',
      change: 'Lodgings are repaired before the winter',
      ownerAgencyId: trust,
      level: 'place',
      accountable: { seatId: 'health' },
      measure: 'Lodgings repaired',
      evidenceExpected: 'A list of them',
      dueOn: '2009-12-18',
      verifierAgencyId: council,
    };
    t.match(
      await give('commitment', '', 'DraftCommitment', { ...draft, from: { kind: 'engagement', id: 'x' } }),
      {
        status: 400,
        json: {
          errors: [{ path: '/from/kind', message: /^An engagement cannot be named yet: it can once/ }],
        },
      },
      'what will come is said',
    );
    await give('commitment', '', 'DraftCommitment', draft);
    await give('commitment', draft.id, 'Offer', {});
    const money = { poolId: pool, financialYear: '2009-10', pence: 50_000_00, pledgeIds: ['health-2009'] };
    t.match(
      await give('commitment', draft.id, 'RequestFunds', { money }),
      { status: 422, json: { code: 'NO_FUNDS_ASKED', detail: /Ask for money once it is accepted/ } },
      'it is accepted as it was offered',
    );
    await harness.command(
      `seat-holder@place:${place}+agency:${trust}`,
      `post.chief-executive.${trust}`,
      url('commitment', draft.id, 'Accept'),
      { consent: false },
    );

    const allocation = {
      allocationId: 'lodgings',
      title: 'Lodgings',
      purposes: { cofog: ['06'], text: 'Repairs' },
      subBalances: [{ pledgeId: 'health-2009', pence: 20_000_00 }],
      for: { kind: 'commitment', id: draft.id },
    };
    const unasked = await give('pool', pool, 'Allocate', allocation);
    t.match(unasked, { status: 422, json: { detail: /Ask for its money on the commitment first/ } });
    const empty = await give('commitment', draft.id, 'RequestFunds', {});
    t.match(empty.json, { code: 'NO_FUNDS_ASKED', detail: /Enter how much/, errors: [{ path: '/money' }] });
    t.equal((await give('commitment', draft.id, 'RequestFunds', { money })).status, 200);
    const { json } = await harness.inject(lead.as, lead.account, 'GET', `/v1/commitments/${draft.id}`);
    t.match(json, { status: 'in-delivery', money: { pence: 50_000_00, funds: 'confirmed' } });
    t.equal((await give('pool', pool, 'Allocate', allocation)).status, 200, 'and the money is there for it');
  },
);
