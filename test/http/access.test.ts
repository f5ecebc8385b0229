import { randomUUID } from 'node:crypto';
import { test, type Test } from 'tap';
import { readers as demoReaders, type DemoReader } from '../../src/demo/readers.js';
import { existing } from '../../src/domain/kernel/parts.js';
import { access } from '../../src/projections/views/access.js';
import { poolLedger } from '../../src/projections/views/pool-ledger.js';
import {
  figures,
  hidden,
  insiders,
  open,
  outsiders,
  place,
  prepare,
  programmeReaders,
  readers,
  trust,
  written,
  type Reader,
} from './access-world.js';
import { isProblem, openHarness, type Answer, type Harness } from './harness.js';
import { everyCase } from '../holds.js';

const questions = [
  '/v1/programmes/total-place/progress',
  `/v1/places/${place}/progress`,
  '/v1/pools?limit=200',
  '/v1/pools?limit=200&format=csv',
  `/v1/pools?placeId=${place}`,
  `/v1/pools/${hidden}`,
  `/v1/pools/${open}`,
  '/v1/timeline?limit=200',
  `/v1/timeline?limit=200&placeId=${place}`,
  `/v1/timeline?record=pool-${hidden}&limit=200`,
  '/v1/timeline?type=PledgeConfirmed&limit=200',
  `/v1/timeline?limit=200&format=csv&placeId=${place}`,
  '/v1/submissions?limit=200',
  '/v1/submissions?limit=200&format=csv',
  '/v1/me/actions?limit=200',
  `/v1/places/${place}/collaborative`,
  '/v1/places?limit=200',
  `/v1/agencies/${trust}`,
];
const ask = (harness: Harness, reader: Reader, url: string): Promise<Answer> =>
  harness.inject(readers[reader].as, readers[reader].account, 'GET', url);
/** Everything that a reader is sent, headers too. */
async function everything(harness: Harness, reader: Reader, suffix = ''): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  for (const q of questions) {
    const url = suffix && /progress|pools/.test(q) ? `${q}${q.includes('?') ? '&' : '?'}${suffix}` : q;
    const answer = await ask(harness, reader, url);
    // A problem says no more than its status; a link may repeat what was asked.
    out.set(url, answer.status === 200 ? `${answer.raw}\n${JSON.stringify(answer.headers)}` : answer.raw);
  }
  return out;
}
const absent = (t: Test, answers: Map<string, string>, needles: readonly string[], who: string): void =>
  everyCase(t, `${who} finds nothing of it in any answer`, (look) => {
    for (const [url, text] of answers)
      look(
        url,
        needles.filter((needle) => text.includes(needle)),
        [],
      );
  });

test('who sees what of pools', async (t) => {
  const harness = await openHarness(t);
  await prepare(harness);
  // A refusal, for the auditors.
  isProblem(
    t,
    await harness.inject(
      readers.treasury.as,
      readers.treasury.account,
      'POST',
      `/v1/pools/${hidden}/pledges`,
      {
        pledgeId: 'x',
        financialYear: '2009-10',
        pledgedPence: 1,
      },
    ),
    404,
    'NOT_FOUND',
    'a command on a hidden pool',
  );
  isProblem(
    t,
    await harness.inject(
      readers.member.as,
      readers.member.account,
      'POST',
      `/v1/pools/${hidden}/opening`,
      {},
    ),
    403,
    'NOT_ALLOWED',
    'a command of another role',
  );

  const secret = [hidden, ...written(figures.hidden), ...written(figures.hiddenToo)];
  const withheld = written(figures.withheld);
  const together = written(figures.withheld + figures.shown);

  for (const who of insiders) {
    const answers = await everything(harness, who);
    t.ok(
      answers.get(`/v1/pools/${hidden}`)!.includes(String(figures.hiddenToo)),
      `${who} reads the hidden pool's figures`,
    );
    t.ok(answers.get('/v1/pools?limit=200')!.includes(hidden), `${who} finds it in the list`);
    t.ok(
      answers.get(`/v1/timeline?limit=200&placeId=${place}`)!.includes('£1,234,567.89'),
      `${who} reads its pledges in the timeline`,
    );
    t.equal(
      (await ask(harness, who, `/v1/pools/${open}`)).json.pledgedPence,
      figures.withheld + figures.shown,
      `${who} reads every sum`,
    );
  }
  for (const who of outsiders) {
    const answers = await everything(harness, who);
    absent(t, answers, secret, who);
    absent(t, answers, withheld, `${who}, of the withheld pledge`);
    absent(t, answers, together, `${who}, of the sum it is in`);
    const pool = await ask(harness, who, `/v1/pools/${open}`);
    if (programmeReaders.includes(who)) {
      t.equal(pool.status, 200, `${who} reads the pool that is open to the programme`);
      t.equal(pool.json.pledgedPence, null, 'its sum is withheld');
      t.equal(pool.json.notDisclosed, true);
      t.same(
        pool.json.pledges.map((p: any) => [p.pledgedPence, p.notDisclosed ?? false]).sort(),
        [
          [figures.shown, false],
          [null, true],
        ].sort(),
        'one pledge is shown, the other not',
      );
    } else absent(t, answers, [open, ...written(figures.shown)], `${who}, of the pool open to the programme`);
  }

  // What somebody of a place asked for, that place's auditors read: the id as it was asked, whether or not
  // there is such a record.
  for (const id of [hidden, 'never-was-a-pool'])
    await harness.inject(readers.neighbour.as, readers.neighbour.account, 'POST', `/v1/pools/${id}/pledges`, {
      pledgeId: 'x',
      financialYear: '2009-10',
      pledgedPence: 1,
    });
  const told = (
    await ask(harness, 'auditorElsewhere', `/v1/refusals?account=${readers.neighbour.account}&limit=200`)
  ).json.items as any[];
  const without = ({ id: _, position: __, recordedAt: ___, record, ...rest }: any): unknown => ({
    ...rest,
    aggregate: record.aggregate,
  });
  t.same(
    told.map((x) => x.record.id).sort(),
    [hidden, 'never-was-a-pool'],
    'an auditor reads what was asked in their place',
  );
  t.same(without(told[0]), without(told[1]), 'and nothing of whether it is there');

  // Every undisclosed pool of the seed, to those who belong to no place.
  const undisclosed = harness.service.engine
    .queries(poolLedger)
    .walk({ by: 'id' })({ descending: false, limit: 1000 })
    .map((p) => p.tie)
    .filter((id) => harness.service.engine.queries(access).record('pool', id)?.tier === 'members');
  t.ok(undisclosed.includes(hidden));
  for (const who of ['champion', 'treasury', 'office', 'nobody'] as const) {
    const sent = await everything(harness, who);
    absent(t, sent, undisclosed, who);
    for (const id of undisclosed)
      t.equal((await ask(harness, who, `/v1/pools/${id}`)).status, 404, `${who}: ${id} is hidden`);
  }
});

test('a hidden record and one that is not there are answered alike', async (t) => {
  const harness = await openHarness(t);
  await prepare(harness);
  const bare = (answer: Answer): unknown => {
    const { correlationId, ...rest } = answer.json;
    t.equal(typeof correlationId, 'string');
    // What changes from one answer to the next whatever was asked: the rate limit's count, the key made for
    // the request and the length of the correlation id.
    const {
      date: _,
      'content-length': __,
      'idempotency-key': ___,
      ...headers
    } = Object.fromEntries(Object.entries(answer.headers).filter(([k]) => !k.startsWith('x-ratelimit')));
    return { status: answer.status, rest, headers };
  };
  const pledge = { pledgeId: 'x', financialYear: '2009-10', pledgedPence: 1 };
  for (const who of outsiders) {
    const { as, account } = readers[who];
    const hiddenAnswer = await ask(harness, who, `/v1/pools/${hidden}`);
    isProblem(t, hiddenAnswer, 404, 'NOT_FOUND', `${who}: hidden`);
    t.same(
      bare(hiddenAnswer),
      bare(await ask(harness, who, '/v1/pools/never-was-a-pool')),
      `${who}: the same for a pool there never was`,
    );
    t.same(
      bare(await ask(harness, who, `/v1/pools/${hidden}?audience=public`)),
      bare(await ask(harness, who, '/v1/pools/never-was-a-pool?audience=public')),
      `${who}: whatever audience is asked for`,
    );
    t.same(
      bare(await ask(harness, who, `/v1/pools/${hidden}?audience=members`)),
      bare(await ask(harness, who, '/v1/pools/never-was-a-pool?audience=members')),
      `${who}: a narrower one too`,
    );
    for (const key of ['idempotency-key', 'nothing']) {
      const headers = key === 'nothing' ? {} : { [key]: randomUUID() };
      t.same(
        bare(await harness.inject(as, account, 'POST', `/v1/pools/${hidden}/pledges`, pledge, headers)),
        bare(
          await harness.inject(as, account, 'POST', '/v1/pools/never-was-a-pool/pledges', pledge, headers),
        ),
        `${who}: commands too`,
      );
    }
    t.same(
      bare(
        await harness.inject(as, account, 'POST', `/v1/pools/${hidden}/pledge-changes`, {
          pledgeId: 'x',
          pledgedPence: 1,
          reason: 'x',
          expectedVersion: 1,
        }),
      ),
      bare(
        await harness.inject(as, account, 'POST', '/v1/pools/never-was-a-pool/pledge-changes', {
          pledgeId: 'x',
          pledgedPence: 1,
          reason: 'x',
          expectedVersion: 1,
        }),
      ),
      `${who}: nor does a version tell`,
    );
    t.same(
      (await ask(harness, who, `/v1/timeline?record=pool-${hidden}`)).json,
      (await ask(harness, who, '/v1/timeline?record=pool-never-was-a-pool')).json,
      `${who}: nor the timeline`,
    );
  }
});

test('auditors alone read recorded refusals', async (t) => {
  const harness = await openHarness(t);
  await prepare(harness);
  await harness.inject(readers.member.as, readers.member.account, 'POST', `/v1/pools/${hidden}/opening`, {});
  await harness.inject(readers.nobody.as, readers.nobody.account, 'POST', `/v1/pools/${hidden}/opening`, {});
  for (const who of Object.keys(readers) as Reader[]) {
    const texts = [
      ...(await everything(harness, who)).values(),
      (await ask(harness, who, '/v1/timeline?type=CommandRefused&limit=200')).raw,
      (await ask(harness, who, `/v1/timeline?account=${readers.member.account}&limit=200`)).raw,
    ];
    const found = texts.some((x) => x.includes('CommandRefused'));
    if (who === 'auditor') t.ok(found, 'the auditor reads them');
    else if (who !== 'auditorElsewhere') t.notOk(found, `${who} does not`);
  }
  const { items } = (
    await ask(harness, 'auditor', '/v1/timeline?type=CommandRefused&from=2009-10-22&limit=200')
  ).json;
  t.equal(items.length, 2, 'each once');
});

test('what waits in a place, and its returns, are listed as the audience that is asked for has them', async (t) => {
  const harness = await openHarness(t);
  const called = (variable: string) =>
    existing(
      demoReaders.find((one) => one.variable === variable),
      variable,
    );
  const treasury = called('TREASURY');
  const get = async ({ grant, account }: Pick<DemoReader, 'grant' | 'account'>, url: string) =>
    harness.inject(grant, account, 'GET', `${url}&limit=200`);
  const known = { own: 0, told: 0 };
  for (const variable of ['SECRETARIAT', 'LEICESTERSHIRE', 'SUFFOLK']) {
    const member = called(variable);
    const placeId = member.grant.replace('secretariat@place:', '');
    for (const list of ['/v1/calendar', '/v1/submissions']) {
      const url = `${list}?placeId=${placeId}`;
      const own = (await get(member, url)).json.items;
      const told = (await get(treasury, url)).json.items;
      const asked = (await get(member, `${url}&audience=programme`)).json.items;
      t.same(asked, told, `${url} as an official has it`);
      const narrow = await get(treasury, `${url}&audience=members`);
      isProblem(t, narrow, 403, 'AUDIENCE_TOO_NARROW', url);
      known.own += own.length;
      known.told += told.length;
    }
  }
  t.ok(known.own > known.told && known.told > 0, 'more waits than others are told', known);
});

test('a wider audience may be asked for, a narrower not', async (t) => {
  const harness = await openHarness(t);
  await prepare(harness);
  const progress = `/v1/places/${place}/progress`;
  for (const [who, own] of [
    ['member', 0],
    ['auditor', 0],
    ['partner', 0],
    ['champion', 1],
    ['treasury', 1],
    ['neighbour', 1],
    ['nobody', 2],
  ] as const) {
    const audiences = ['members', 'programme', 'public'];
    t.equal(
      (await ask(harness, who, progress)).json.audience,
      audiences[own],
      `${who} reads as ${audiences[own]}`,
    );
    for (const [i, audience] of audiences.entries()) {
      const answer = await ask(harness, who, `${progress}?audience=${audience}`);
      if (i < own) isProblem(t, answer, 403, 'AUDIENCE_TOO_NARROW', `${who} asks for ${audience}`);
      else t.equal(answer.json.audience, audience, `${who} asks for ${audience}`);
      if (i < own)
        isProblem(
          t,
          await ask(harness, who, `/v1/programmes/total-place/progress?audience=${audience}`),
          403,
          'AUDIENCE_TOO_NARROW',
          `${who} asks for ${audience} of the programme`,
        );
    }
  }
  const secret = [hidden, ...written(figures.hidden), ...written(figures.hiddenToo)];
  for (const who of insiders) {
    for (const audience of ['programme', 'public']) {
      for (const url of [progress, '/v1/pools', '/v1/pools?format=csv']) {
        const answer = await ask(harness, who, `${url}${url.includes('?') ? '&' : '?'}audience=${audience}`);
        t.equal(answer.status, 200, answer.raw.slice(0, 200));
        t.same(
          [...secret, ...written(figures.withheld)].filter((x) => answer.raw.includes(x)),
          [],
          `${who} sees ${url} as ${audience} would`,
        );
        if (audience === 'public') t.notMatch(answer.raw, open, 'and the public nothing of either');
      }
      isProblem(
        t,
        await ask(harness, who, `/v1/pools/${hidden}?audience=${audience}`),
        404,
        'NOT_FOUND',
        `${who}: the hidden pool as ${audience}`,
      );
    }
    const shown = (await ask(harness, who, `/v1/pools/${open}?audience=programme`)).json;
    t.same(
      [shown.audience, shown.pledgedPence],
      ['programme', null],
      `${who} sees the open pool as the programme does`,
    );
    t.equal(
      (await ask(harness, who, `/v1/pools/${open}?audience=members`)).json.pledgedPence,
      figures.withheld + figures.shown,
      `${who} may ask for their own`,
    );
  }
  isProblem(
    t,
    await ask(harness, 'champion', `/v1/pools/${open}?audience=members`),
    403,
    'AUDIENCE_TOO_NARROW',
    'a champion asks for the members’ figures',
  );
  isProblem(
    t,
    await ask(harness, 'champion', '/v1/pools?audience=members'),
    403,
    'AUDIENCE_TOO_NARROW',
    'of the list too',
  );

  // An answer kept by one reader is not confirmed to another.
  for (const url of [progress, `/v1/pools/${open}`, '/v1/pools', '/v1/pools?format=csv']) {
    const tag = (await ask(harness, 'member', url)).headers.etag as string;
    const { as, account } = readers.champion;
    t.equal(
      (await harness.inject(as, account, 'GET', url, undefined, { 'if-none-match': tag })).status,
      200,
      `${url}: the member's ETag is not the champion's`,
    );
    t.equal(
      (
        await harness.inject(readers.member.as, readers.member.account, 'GET', url, undefined, {
          'if-none-match': tag,
        })
      ).status,
      304,
      `${url}: it is the member's own`,
    );
  }
});
