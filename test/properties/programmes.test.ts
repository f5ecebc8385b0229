/**
 * Two programmes on one log: whatever the people of one do in theirs, also naming places and records of the
 * other, nobody who reads the other is answered otherwise. Left out is what is everybody's by rule: that the
 * lists of agencies, people and funding streams grow, what officers of agencies do for them in every
 * programme, refusals, which are told to the auditors of the record that was named, and who read what, to
 * which asking adds.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'tap';
import { accountRecordId } from '../../src/domain/accounts/state.js';
import { personId } from '../../src/domain/person/state.js';
import { commandRoutes } from '../../src/http/commands.js';
import { answersOf, changesIn } from '../http/answers.js';
import { openHarness } from '../http/harness.js';
import { questions } from '../http/questions.js';

const routes = commandRoutes;
const people = [
  { as: 'programme-office@programme:nh', account: 'office.nh' },
  { as: 'treasury@programme:nh', account: 'treasury.nh' },
  { as: 'access-administrator@programme:nh', account: 'administrator.nh' },
  { as: 'secretariat@place:nh-one', account: 'lead.nh' },
  { as: 'chair@place:nh-one+agency:nh-council', account: 'chair.nh' },
  { as: 'contributor@place:nh-one+agency:nh-council', account: 'analyst.nh' },
  { as: 'champion@place:nh-one', account: 'champion.nh' },
  { as: 'member@place:nh-two', account: 'member.nh' },
];
const readers = [
  { as: 'treasury@programme:total-place', account: 'post.spending-team' },
  { as: 'secretariat@place:kent', account: 'post.lead.kent' },
  { as: 'auditor@programme:total-place', account: 'post.auditor' },
  { as: '', account: 'citizen' },
];
const places = ['kent', 'durham', 'suffolk', 'nh-one', 'nh-two'];
/** Who acts in the one programme, is at its tables, or has a name there; and one of the other. */
const accounts = [
  'post.lead.durham',
  'post.chief-executive.durham-county-council',
  'post.programme-office.total-place',
  'chris-wormald',
  'chair.nh',
];

interface Step {
  readonly route: number;
  readonly who: number;
  /** Which names stand where a name is looked for. */
  readonly names: readonly number[];
}
const step: fc.Arbitrary<Step> = fc.record({
  route: fc.nat(routes.length - 1),
  who: fc.nat(people.length - 1),
  names: fc.array(fc.nat(997), { minLength: 6, maxLength: 6 }),
});

test('no command of one programme changes an answer of the other', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  const office = people[0]!;
  const definition = {
    id: 'nh',
    name: 'New Homes',
    kind: 'regional',
    ragScale: 'three',
    period: 'quarter',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  };
  await harness.command(office.as, office.account, '/v1/programmes', definition);
  for (const [placeId, kind] of [
    ['nh-one', 'pilot'],
    ['nh-two', 'parallel'],
  ])
    await harness.command(office.as, office.account, '/v1/programmes/nh/places', {
      placeId,
      name: placeId,
      kind,
      region: 'South East',
    });
  const listed = async (collection: string): Promise<string[]> =>
    (
      await harness.inject('auditor@programme:total-place', 'auditor', 'GET', `/v1/${collection}?limit=200`)
    ).json.items.map((x: { id: string }) => x.id);
  const persons = accounts.flatMap((account) =>
    ['total-place', 'nh'].map((programme) => personId(account, programme)),
  );
  const records: Record<string, string[]> = {
    programme: ['total-place', 'nh'],
    place: places,
    collaborative: places,
    decision: ['nh-decision'],
    person: persons,
    account: accounts.map((account) => accountRecordId(account)),
  };
  for (const [name, collection] of Object.entries({
    agency: 'agencies',
    fundingstream: 'funding-streams',
    barrier: 'barriers',
    commitment: 'commitments',
    pool: 'pools',
    decision: 'decisions',
    submission: 'submissions',
    waiver: 'waivers',
  }))
    records[name] = [...(await listed(collection)).slice(0, 12), `nh-${name}`];
  const world = {
    programme: ['total-place'],
    place: ['kent', 'durham', 'suffolk'],
    pool: records.pool!.slice(0, 2),
    barrier: records.barrier!.slice(0, 2),
    commitment: records.commitment!.slice(0, 2),
    agency: records.agency!.slice(0, 3),
    person: ['total-place.chris-wormald'],
    fundingstream: records.fundingstream!.slice(0, 1),
  };
  const urls = questions(world).filter(
    (url) =>
      !/^\/v1\/(events|reads|refusals|refusal-counts|(agencies|funding-streams)\?|timeline\?(?!.*place))/.test(
        url,
      ) && !/[?&](type|format|asAt|since|audience|from|to)=/.test(url),
  );

  /** Data of the command with names of either programme's records where it names one. */
  function filled(value: unknown, pick: () => number, key = ''): unknown {
    if (Array.isArray(value)) return value.map((v) => filled(v, pick, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v, pick, k)]));
    if (typeof value !== 'string') return value;
    const of = (aggregate: string): string => {
      const own = records[aggregate]!.filter((x) => x.startsWith('nh'));
      const from = pick() % 2 ? own : records[aggregate]!;
      return from[pick() % from.length]!;
    };
    if (/^(record|refs)$/.test(key)) return `pool-${of('pool')}`;
    if (/^account(Id)?$/.test(key)) return accounts[pick() % accounts.length]!;
    const named =
      /^(agency|place|programme|barrier|commitment|pool|decision|waiver)Ids?$/.exec(key)?.[1] ??
      { dependsOn: 'commitment', supersedes: 'commitment', replaces: 'decision' }[key];
    return named ? of(named) : value;
  }
  const seen = new Map<number, number>();
  const before = await answersOf(harness, readers, urls, 'nh');
  const property = fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 90 }), async (steps) => {
    for (const { route: n, who, names } of steps) {
      const { aggregate, entry, url, ownId } = routes[n]!;
      // Mostly who may give it at all, and on a record of their own.
      const able = people.filter((p) => entry.givenBy.some((role) => p.as.startsWith(`${role}@`)));
      const { as, account } = able[who % Math.max(1, able.length)] ?? people[who]!;
      let i = 0;
      const pick = (): number => names[i++ % names.length]!;
      const all = records[aggregate.name]!;
      const own = all.filter((x) => x.startsWith('nh'));
      const from = own.length > 0 && pick() % 4 > 0 ? own : all;
      const id = from[pick() % from.length]!;
      const version = (await harness.service.executor.load(aggregate.name, id)).version;
      const body = {
        ...(filled(entry.example, pick) as object),
        ...(ownId ? { id } : {}),
        ...(entry.replaces ? { expectedVersion: version } : {}),
      };
      const { status } = await harness.inject(as, account, 'POST', url.replace(':id', id), body, {
        'idempotency-key': randomUUID(),
      });
      if (status >= 500) throw new Error(`${url} as ${as}: ${status}`);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }
    await harness.service.reactors.idle();
    const changes = changesIn(before, await answersOf(harness, readers, urls, 'nh'));
    if (changes.length > 0) throw new Error(changes.slice(0, 5).join('\n'));
  });
  await fc.assert(property, { numRuns: 3, endOnFailure: true });
  t.ok((seen.get(200) ?? 0) + (seen.get(201) ?? 0) > 5, `some were done: ${JSON.stringify([...seen])}`);
});
