/** What a member of a command may be: among what its reader sees, found by name or id, a few at a time. */
import { test } from 'tap';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { bodySchema } from '../../src/http/query/command-schema.js';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import { isProblem, office, officeAccount, openHarness } from './harness.js';

const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
const kent = ['secretariat@place:kent', 'post.programme-lead.kent'] as const;

/** Every member of a command that names something, as `member` takes it. */
function membersIn(schema: any, path: readonly string[] = []): { member: string; leaf: any }[] {
  if (schema.field === 'ref' || schema.field === 'part') return [{ member: path.join('.'), leaf: schema }];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => membersIn(one, [...path, name])),
    ...[schema.items, ...(schema.anyOf ?? [])].filter(Boolean).flatMap((one) => membersIn(one, path)),
  ];
}

test('what a member may be', async (t) => {
  const harness = await openHarness(t);
  const ask = ([as, account]: readonly [string, string], path: string) =>
    harness.inject(as, account, 'GET', `/v1/${path}`);
  const pool = 'pools/durham-warm-homes/commands';
  const parts = await ask(lead, `${pool}/Allocate/choices?member=subBalances.pledgeId`);
  t.match(
    parts.json,
    { items: [{ id: /./, title: /, 2009-10 \(/ }], more: false },
    'parts of the record, by their names',
  );
  const [first] = parts.json.items;
  t.same(
    (await ask(lead, `${pool}/Allocate/choices?member=subBalances.pledgeId&q=${first.id.toUpperCase()}`)).json
      .items,
    [first],
    'looked for by id, in whatever case',
  );
  t.same(
    (await ask(lead, `${pool}/Allocate/choices?member=subBalances.pledgeId&q=nothing-like-it`)).json.items,
    [],
  );
  const pledge = { pledgeId: 'quiet', financialYear: '2009-10', pledgedPence: 1_00 };
  const holder = [
    'seat-holder@place:durham+agency:county-durham-pct',
    'post.chief-executive.county-durham-pct',
  ];
  await harness.command(holder[0]!, holder[1]!, '/v1/pools/durham-warm-homes/pledges', pledge);
  const quiet = (who: readonly [string, string]) =>
    ask(who, `${pool}/Allocate/choices?member=subBalances.pledgeId&q=quiet`);
  t.match((await quiet(lead)).json.items, [{ id: 'quiet' }], 'a part that the members see');
  t.same((await quiet(kent)).json.items, [], 'and others do not');
  const themes = await ask(lead, 'commitments/commands/DraftCommitment/choices?member=themeId');
  t.ok(themes.json.items.length > 0, 'parts of the place of whoever asks');
  t.notSame(
    (await ask(kent, 'commitments/commands/DraftCommitment/choices?member=themeId')).json,
    themes.json,
  );
  const places = await ask(
    [office, officeAccount],
    'programmes/total-place/commands/RenamePlace/choices?member=placeId',
  );
  t.equal(places.json.items.length, 20, 'no more than twenty');
  t.equal(places.json.more, true, 'and that there are others');
  const suffolk = await ask(
    [office, officeAccount],
    'programmes/total-place/commands/RenamePlace/choices?member=placeId&q=suff',
  );
  t.same(suffolk.json, { items: [{ id: 'suffolk', title: 'Suffolk' }], more: false });
  const agencies = await ask(lead, 'barriers/commands/RecordBarrier/choices?member=placeId&q=durh');
  t.match(agencies.json.items, [{ id: 'durham', title: 'Durham' }], 'records that are open to everybody');

  const ofAnyKind = 'decisions/commands/DraftDecision/choices?member=refs';
  t.same(
    (await ask(lead, `${ofAnyKind}&q=pool-durham-warm-homes`)).json,
    { items: [{ id: 'pool-durham-warm-homes', title: 'Warm and safe homes' }], more: false },
    'a record of whichever kind, by what the member says',
  );

  isProblem(
    t,
    await ask(lead, `${pool}/Allocate/choices?member=title`),
    400,
    'INVALID_PARAMETER',
    'what names nothing',
  );
  isProblem(t, await ask(lead, `${pool}/Allocate/choices`), 400, 'INVALID_PARAMETER', 'no member');
  isProblem(t, await ask(lead, `${pool}/Never/choices?member=title`), 404, 'NOT_FOUND', 'no such command');
  isProblem(
    t,
    await ask(lead, `${pool}/ProposePool/choices?member=placeId`),
    404,
    'NOT_FOUND',
    'a creation, of a record',
  );
  isProblem(
    t,
    await ask(lead, 'pools/never/commands/Allocate/choices?member=subBalances.pledgeId'),
    404,
    'NOT_FOUND',
    'of what is not there, or not open',
  );
});

test('what they act for comes first, then the others by name; a new record begins with what is theirs', async (t) => {
  const harness = await openHarness(t);
  const ask = ([as, account]: readonly [string, string], path: string) =>
    harness.inject(as, account, 'GET', `/v1/${path}`);
  const titles = async (who: readonly [string, string], path: string): Promise<string[]> =>
    (await ask(who, path)).json.items.map(({ title }: { title: string }) => title);
  const places = 'barriers/commands/RecordBarrier/choices?member=placeId';
  const [own, ...others] = await titles(kent, places);
  t.equal(own, 'Kent', 'the place of whoever asks');
  const inOrder = [...others].sort(new Intl.Collator('en-GB', { numeric: true }).compare);
  t.same(others, inOrder, 'the others by name');
  t.match(others[0], /^Bi/);
  const seat = [
    'seat-holder@place:durham+agency:county-durham-pct',
    'post.chief-executive.county-durham-pct',
  ] as const;
  const owners = await titles(seat, 'commitments/commands/DraftCommitment/choices?member=ownerAgencyId');
  t.equal(owners[0], 'County Durham PCT', 'the body of whoever asks');
  t.match(
    owners.slice(1, 3),
    ['Durham County Council', 'Durham Police Authority'],
    'then who sits at its table',
  );
  const draft = 'commitments/commands/DraftCommitment/choices';
  const pools = (place: string) => titles(lead, `${draft}?member=money.poolId&placeId=${place}`);
  t.same(await pools('durham'), ['Warm and safe homes'], 'money is asked for of the place’s own pools');
  t.same(await pools('kent'), ['Gateways']);

  const values = async (who: readonly [string, string], collection: string, name: string) =>
    (await ask(who, `${collection}/commands`)).json.items.find((one: any) => one.name === name).values;
  t.same(await values(lead, 'commitments', 'DraftCommitment'), { placeId: 'durham' });
  t.same(await values(lead, 'submissions', 'StartSubmission'), {
    placeId: 'durham',
    programmeId: 'total-place',
  });
  t.same(await values([office, officeAccount], 'agencies', 'RegisterAgency'), {});
  t.match(
    await titles(lead, 'submissions/commands/StartSubmission/choices?member=roundNo'),
    [/^Round 1/],
    'the rounds of the one programme that can be meant',
  );
});

test('every member that names something is answered, with nothing that its reader does not see', async (t) => {
  const harness = await openHarness(t);
  const events = harness.service.log.readAll(0, 100_000).map(decode);
  const answers = new Property('a member that names something is answered');
  const sees = new Property('a record that may be chosen is open to who chooses');
  const collections = new Map(commandRoutes.map((r) => [r.aggregate.name as string, r.aggregate.collection]));
  let offered = 0;
  for (const [as, account] of [lead, kent, ['public@', 'somebody']] as const)
    for (const route of commandRoutes) {
      const { aggregate, name, entry } = route;
      const ids = new Set(events.flatMap((e) => (e.aggregate === aggregate.name ? [e.recordId] : [])));
      const base = `/v1/${aggregate.collection}`;
      const address = entry.creates
        ? base
        : `${base}/${[...ids].find((id) => id.includes('durham')) ?? [...ids][0]}`;
      for (const { member, leaf } of membersIn(bodySchema(route))) {
        const asked = `${address}/commands/${name}/choices?member=${member}&kind=barrier`;
        const { status, json } = await harness.inject(as, account, 'GET', asked);
        answers.holds(t, `${asked} as ${as}`, status === 200 || status === 404, json);
        if (status !== 200) continue;
        offered += json.items.length;
        const kind = leaf.kindFrom ? 'barrier' : leaf.kind;
        for (const { id } of leaf.field === 'ref' ? json.items.slice(0, 3) : []) {
          const [of, record] = kind === 'record' ? id.split(/-(.*)/s) : [kind, id];
          if (!collections.has(of) || of === 'person') continue;
          const found = await harness.inject(as, account, 'GET', `/v1/${collections.get(of)}/${record}`);
          sees.same(t, `${asked}: ${id}`, found.status, 200);
        }
      }
    }
  answers.settle(t);
  sees.settle(t);
  t.ok(offered > 300, 'there was much to choose from', { offered });
});
