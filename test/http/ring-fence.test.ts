/**
 * A pool's statement says of each pledge what its money may be spent on, and until when a relaxation adds to
 * that (docs/rules/pool.md#statement).
 */
import { test } from 'tap';
import { openHarness } from './harness.js';

const place = 'leicester-leicestershire';
const url = '/v1/pools/leicester-leicestershire-alcohol';
const member = [`secretariat@place:${place}`, `post.programme-lead.${place}`] as const;
const health = ['official@agency:department-of-health', 'post.drugs-policy.department-of-health'] as const;

test(
  'purposes and relaxations of a pledge follow its funding stream, and the tag of the statement with them',
  { timeout: 120_000 },
  async (t) => {
    const harness = await openHarness(t);
    const clock = harness.service.clock as unknown as { advance(to: string): void };
    const today = harness.service.clock.now().slice(0, 10);
    const get = async (path = url, headers = {}, who: readonly [string, string] = member) =>
      harness.inject(...who, 'GET', path, undefined, headers);
    const terms = async (path = url) =>
      Object.fromEntries(
        (await get(path)).json.pledges.map((p: any) => [p.pledgeId, [p.purposes, p.relaxationUntil]]),
      );
    const own = [['07'], null];
    const before = await get();
    t.same(
      await terms(),
      { 'county-2009': own, 'city-2009': own, 'health-2009': own },
      'the pool’s purposes, or the stream’s',
    );
    t.equal((await get(url, { 'if-none-match': before.headers.etag })).status, 304);

    const then = harness.service.clock.now();
    clock.advance(new Date(Date.parse(then) + 60_000).toISOString());
    const relax = (relaxationId: string, placeIds: string[], from: string, cofog: string[]) =>
      harness.command(...health, '/v1/funding-streams/pooled-treatment-budget/relaxations', {
        relaxationId,
        placeIds,
        from,
        to: '2010-03-31',
        purposes: { cofog, text: 'Joint commissioning' },
      });
    await relax('elsewhere', ['kent'], today, ['03']);
    await relax('here', [place], '2009-11-02', ['10', '07']);
    t.same((await terms())['health-2009'], own, 'of another place, or not in force yet');
    clock.advance('2009-11-02T09:00:00.000Z');
    await harness.service.settle();
    t.same(await terms(), {
      'county-2009': own,
      'city-2009': own,
      'health-2009': [['07', '10'], '2010-03-31'],
    });
    t.same(
      (await get(`/v1/pools?placeId=${place}&limit=200`)).json.items,
      [(await get()).json],
      'the list says the same',
    );
    t.same((await terms(`${url}?asAt=${then}`))['health-2009'], own, 'as it stood before');

    // The stream changes, not the pool: whoever has the statement is told.
    const relaxed = await get();
    t.equal(relaxed.json.version, before.json.version);
    await harness.command(...health, '/v1/funding-streams/pooled-treatment-budget/relaxation-ends', {
      relaxationId: 'here',
      reason: 'No longer needed',
    });
    const ended = await get(url, { 'if-none-match': relaxed.headers.etag });
    t.equal(ended.status, 200);
    t.same(
      ended.json.pledges.find((p: any) => p.pledgeId === 'health-2009').relaxationUntil,
      '2009-11-02',
      'its last day is the one on which it was ended',
    );
    clock.advance('2009-11-03T09:00:00.000Z');
    await harness.service.settle();
    t.same((await terms())['health-2009'], own);

    // Who may not read the stream is not told its conditions.
    await harness.service.executor.execute({
      aggregate: 'pool',
      id: 'leicester-leicestershire-alcohol',
      command: 'Disclose',
      data: { to: 'public' },
      commandId: 'b7f5c9a6-2f7b-5c4d-9d3e-0a1b2c3d4e60',
      actor: { account: 'system:test', role: 'system' },
    });
    const none = (await get(`${url}?audience=public`)).json.pledges;
    t.ok(
      none.every((p: any) => p.pledgeId === null && p.purposes === null),
      'nor whose a pledge is that nobody consented to show',
    );
    for (const { pledgeId, agencyId, status } of (await get()).json.pledges) {
      const [path, data] =
        status === 'pledged'
          ? ['pledge-confirmations', { pledgeId, consent: true }]
          : ['disclosure-consents', { pledgeId }];
      await harness.command(
        `finance-officer@agency:${agencyId}`,
        `post.treasurer.${agencyId}`,
        `${url}/${path as string}`,
        data as object,
      );
    }
    t.same(await terms(`${url}?audience=public`), {
      'county-2009': own,
      'city-2009': own,
      'health-2009': [null, null],
    });
    const nobody = await get(url, {}, ['', 'nobody']);
    t.same(nobody.json.pledges.find((p: any) => p.pledgeId === 'health-2009').purposes, null);
  },
);

test(
  'what is left of a pledge: the cash in it, or of an aligned one what is allocated and not spent',
  { timeout: 120_000 },
  async (t) => {
    const harness = await openHarness(t);
    const readers: [string, string][] = [
      ['secretariat@place:durham secretariat@place:kent', 'a.person'],
      ['treasury@programme:total-place', 'treasury'],
    ];
    for (const who of readers)
      for (const pool of (await harness.inject(...who, 'GET', '/v1/pools?limit=200')).json.items)
        for (const p of pool.pledges) {
          const left =
            p.drawnPence === null
              ? null
              : (pool.legalBasis === 'aligned' ? p.allocatedPence : p.paidInPence) - p.drawnPence;
          t.equal(p.leftPence, left, `${pool.id} ${p.pledgeId}`);
        }
    const durham = (
      await harness.inject('secretariat@place:durham', 'a.person', 'GET', '/v1/pools/durham-warm-homes')
    ).json;
    t.match(durham.pledges[0], { paidInPence: 600_000_00, drawnPence: 120_000_00, leftPence: 480_000_00 });
  },
);
