/**
 * What a command would write is told before it is given: what it then records, or the refusal that it would
 * meet, and nothing is left behind.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { refusalsAMinute } from '../../src/commands/refusal-budget.js';
import { isProblem, openHarness, type Answer } from './harness.js';

const pool = '/v1/pools/durham-warm-homes';
const partner = {
  as: 'finance-officer@agency:county-durham-pct',
  account: 'post.director-of-finance.county-durham-pct',
};
const pledge = { pledgeId: 'seen-before', financialYear: '2009-10', pledgedPence: 12_000_00 };

test('a preview says what is then recorded, and leaves nothing', async (t) => {
  const harness = await openHarness(t);
  const { service } = harness;
  const send = (
    url: string,
    body: object,
    key: string = randomUUID(),
    who = partner,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    harness.inject(who.as, who.account, 'POST', url, body, { 'idempotency-key': key, ...headers });
  const foresee = (url: string, body: object, ...more: [string?, typeof partner?, Record<string, string>?]) =>
    send(`${url}?preview=true`, body, ...more);
  const types = (position: number): string[] => harness.eventsAfter(position);

  const before = await harness.head();
  const key = randomUUID();
  const foreseen = await foresee(`${pool}/pledges`, pledge, key);
  t.equal(foreseen.status, 200, foreseen.raw);
  t.equal(foreseen.headers['idempotency-key'], key, 'its key is told');
  t.equal(await harness.head(), before, 'nothing is in the log');
  const { would, due, version } = foreseen.json;
  t.match(would, [
    {
      type: 'PledgeMade',
      text: /£12,000/,
      audience: 'members',
      readableBy:
        /members of Durham \(\d+ people of \d+ bodies at its table, and whoever else has a token for it\)/,
    },
  ]);
  t.match(due, {
    opened: [
      { code: 'pledge', dueOn: /^2009-/, owedBy: [{ kind: 'agency', id: 'county-durham-pct', name: /./ }] },
    ],
    closed: [],
  });

  const done = await send(`${pool}/pledges`, pledge, key);
  t.equal(done.status, 200, 'the key is not used up: it is the command’s');
  t.same(types(before), done.json.events, 'what it wrote');
  t.same(
    would.map((e: any) => e.type),
    done.json.events,
    'is what it would',
  );
  t.equal(done.json.version, version + would.length, 'on the version that was looked at');
  await service.reactors.idle();
  const timeline = await harness.inject(
    partner.as,
    partner.account,
    'GET',
    `/v1/timeline?record=pool-durham-warm-homes&limit=1`,
  );
  t.equal(timeline.json.items[0].text, would[0].text, 'in the words of the timeline');
  const waiting = await harness.inject(partner.as, partner.account, 'GET', '/v1/me/actions?limit=200');
  t.ok(
    waiting.json.items.some((i: any) => i.code === 'pledge' && i.dueOn === due.opened[0].dueOn),
    'and waits as foreseen',
  );

  const again = await foresee(`${pool}/pledges`, pledge, key);
  t.match(again.json, { would: [], replayed: true }, 'done once, it would not be done again');
  const changed = { pledgeId: pledge.pledgeId, reason: 'The budget was cut' };
  t.match(
    (await foresee(`${pool}/pledge-withdrawals`, changed)).json,
    {
      would: [{ type: 'PledgeWithdrawn' }],
      due: { opened: [], closed: [{ code: 'pledge', dueOn: due.opened[0].dueOn }] },
    },
    'what waits no more',
  );

  for (const [url, body, more] of [
    [`${pool}/pledges`, pledge, []],
    [`${pool}/opening`, {}, []],
    ['/v1/pools/never/pledges', pledge, []],
    [`${pool}/pledge-changes`, { ...changed, pledgedPence: 1_00, expectedVersion: 1 }, []],
    [`${pool}/pledges`, { ...pledge, pledgeId: 'other' }, [key]],
    [`${pool}/pledges`, { pledgeId: 7 }, []],
  ] as [string, object, [string?]][]) {
    const head = await harness.head();
    const refused = await foresee(url, body, ...more);
    t.ok(refused.status >= 400, `${url} is refused`);
    const { correlationId: _, ...said } = refused.json;
    t.equal(await harness.head(), head, 'and the refusal is not recorded');
    const { correlationId: __, ...tried } = (await send(url, body, ...more)).json;
    t.same(said, tried, `${said.code}: as the command would be refused`);
  }

  const reads = await harness.inject(
    'auditor@programme:total-place',
    'post.auditor',
    'GET',
    `/v1/reads?sort=at&limit=200&account=${partner.account}`,
  );
  const previews = reads.json.items.filter((row: any) => row.method === 'POST');
  t.match(
    [previews[0], previews.at(-1)],
    [
      { address: `${pool}/pledges?preview=…`, version, status: 200, code: null },
      { status: 422, code: 'IDEMPOTENCY_MISMATCH' },
    ],
    'each is a read, with the code that it met',
  );
  isProblem(t, await send(`${pool}/pledges?preview=yes`, pledge), 400, 'INVALID_PARAMETER', 'another word');
});

test('what is refused in a preview counts in the account’s minute', async (t) => {
  const harness = await openHarness(t, { machine: () => 0 });
  const head = await harness.head();
  const ask = (): Promise<Answer> =>
    harness.inject(partner.as, partner.account, 'POST', `${pool}/opening?preview=true`, {});
  for (let n = 0; n < refusalsAMinute; n++) t.equal((await ask()).status, 403);
  isProblem(t, await ask(), 429, 'TOO_MANY_REFUSALS', 'the next one');
  const tried = await harness.inject(partner.as, partner.account, 'POST', `${pool}/opening`, {});
  isProblem(t, tried, 429, 'TOO_MANY_REFUSALS', 'and a command of theirs');
  t.equal(await harness.head(), head, 'none of them is in the log');
});

test('a command that wants a decision says what to draft, and the draft what else it would meet', async (t) => {
  const harness = await openHarness(t);
  const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
  const post = (url: string, body: object): Promise<Answer> => harness.inject(...lead, 'POST', url, body);
  const opened = '/v1/collaboratives/durham';
  const { json } = await harness.inject(...lead, 'GET', opened);
  const terms = { rule: { kind: 'supermajority', n: 2, d: 3 }, quorum: json.quorum };
  const wanted = await post(`${opened}/rules?preview=true`, { ...terms, expectedVersion: json.version });
  isProblem(t, wanted, 422, 'DECISION_NOT_CARRIED', 'there is no decision');
  t.same(
    wanted.json.authorises,
    { command: 'ChangeRule', record: 'collaborative-durham', terms },
    'what it has to authorise, to the letter',
  );
  const draft = {
    placeId: 'durham',
    question: 'Shall two thirds decide?',
    text: 'The rule of the table is changed.',
    forum: 'collaborative',
    authorises: [wanted.json.authorises],
  };
  t.match(
    (await post('/v1/decisions?preview=true', draft)).json,
    {
      would: [{ type: 'DecisionDrafted', audience: 'members' }],
      authorises: [{ command: 'ChangeRule', record: 'collaborative-durham', meets: null }],
    },
    'drafted as it is told, nothing else stands in its way',
  );
  const beyond = { ...terms, quorum: { n: 1, d: 9 } };
  const met = await post('/v1/decisions?preview=true', {
    ...draft,
    authorises: [
      { ...wanted.json.authorises, terms: beyond },
      { command: 'Disclose', record: 'pool-durham-warm-homes', terms: { to: 'programme' } },
    ],
  });
  t.match(
    met.json.authorises,
    [{ meets: { code: 'QUORUM_OUT_OF_RANGE' } }, { command: 'Disclose', meets: { code: /./, detail: /./ } }],
    'what it would be refused with even so',
  );
  isProblem(
    t,
    await post('/v1/decisions', { ...draft, authorises: [{ ...wanted.json.authorises, terms: {} }] }),
    422,
    'TERMS_NOT_VALID',
    'terms that the command does not take',
  );
});

test('an id under which something else stands is refused', async (t) => {
  const harness = await openHarness(t);
  for (const id of ['commands', 'new']) {
    const sent = {
      id,
      placeId: 'durham',
      kind: 'guidance',
      statement: 'Three forms',
      effectOnResidents: 'Delay',
    };
    const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
    const refused = await harness.inject(...lead, 'POST', '/v1/barriers?preview=true', sent);
    isProblem(t, refused, 400, 'INVALID_REQUEST', id);
    t.match(refused.json.errors, [{ path: '/id', message: /another id/ }]);
  }
});

test('where the log says who may do what, a preview says how many people of how many bodies will read it', async (t) => {
  const harness = await openHarness(t, { grantsInLog: true });
  const ask = (account: string, url: string) => harness.inject('', account, 'GET', url);
  const send = (url: string, body: object) =>
    harness.inject('', 'post.chief-executive.county-durham-pct', 'POST', url, body, {
      'idempotency-key': 'readers',
    });
  const { readableBy } = (await send(`${pool}/pledges?preview=true`, pledge)).json.would[0];
  const [, people, ofBodies, bodies] =
    /^the members of Durham.* and auditors: (\d+) people, (\d+) of them for (\d+) bodies$/.exec(readableBy) ??
    [];
  t.ok(people, readableBy);
  t.equal((await send(`${pool}/pledges`, pledge)).status, 200);
  const held: { account: string; agencyId: string | null; placeId: string | null }[] = [];
  for (let url = '/v1/access-review?status=in-force&limit=200'; url;) {
    const { json } = await ask('demo.auditor', url);
    held.push(...json.items);
    url = json.next;
  }
  const reading = new Set<string>();
  for (const account of new Set(held.map((grant) => grant.account))) {
    const { json } = await ask(account, '/v1/timeline?record=pool-durham-warm-homes&limit=1');
    if (json.items?.[0]?.type === 'PledgeMade') reading.add(account);
  }
  t.equal(Number(people), reading.size, 'as many as are then told of it');
  t.ok(reading.size > 5 && reading.size < new Set(held.map((grant) => grant.account)).size);
  const ofOne = held.filter(({ account, agencyId }) => agencyId !== null && reading.has(account));
  t.equal(Number(ofBodies), new Set(ofOne.map(({ account }) => account)).size);
  t.equal(Number(bodies), new Set(ofOne.map(({ agencyId }) => agencyId)).size);

  const invitation = { account: 'new.lead', programmeId: 'total-place', invitation: '0'.repeat(64) };
  const invited = await harness.inject(
    '',
    'total-place.administrator-1',
    'POST',
    '/v1/accounts?preview=true',
    invitation,
    { 'idempotency-key': 'invited' },
  );
  const keepers = held.filter(({ grant }: any) =>
    /^(access-administrator|programme-office|auditor)@/.test(grant),
  );
  t.match(invited.json.would[0], {
    audience: 'administrators',
    readableBy: `and auditors: ${new Set(keepers.map(({ account }) => account)).size} people`,
  });
});
