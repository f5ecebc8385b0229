/**
 * Joins follow a merged barrier to where it went (docs/rules/barrier.md), and no further than the reader may
 * see the barrier that was merged.
 */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { office, officeAccount, openHarness } from './harness.js';
import { noun } from './secrets.js';

const lead = (place: string) => [`secretariat@place:${place}`, `post.lead.${place}`] as const;
const treasury = ['treasury@programme:total-place', 'treasury'] as const;
const health = ['official@agency:department-of-health', 'post.official.health'] as const;
const auditor = ['auditor@programme:total-place', 'auditor'] as const;
type Who = readonly [string, string];

test(
  'places that raised or joined what was merged wait for the barrier it was merged into',
  { timeout: 120_000 },
  async (t) => {
    const harness = await openHarness(t);
    const clock = harness.service.clock as unknown as { advance(to: string): void };
    /** Each is recorded a minute after the one before: only into an earlier one may be merged. */
    async function recorded(place: string, id: string): Promise<void> {
      clock.advance(new Date(Date.parse(harness.service.clock.now()) + 60_000).toISOString());
      await harness.command(...lead(place), '/v1/barriers', {
        id,
        placeId: place,
        kind: 'guidance',
        statement: `Rule ${id}`,
        effectOnResidents: 'They wait',
      });
    }
    const triaged = (place: string, id: string) =>
      harness.command(...lead(place), `/v1/barriers/${id}/triage`, {
        locus: 'whitehall',
        reason: 'Their rule',
      });
    const merged = (place: string, id: string, barrierId: string) =>
      harness.command(...lead(place), `/v1/barriers/${id}/merger`, { barrierId, reason: 'The same rule' });
    const get = async (who: Who, url: string, headers = {}) =>
      harness.inject(...who, 'GET', url, undefined, headers);
    const barrier = async (who: Who, more = '') => (await get(who, `/v1/barriers/last${more}`)).json;
    const joined = async (who: Who, more = ''): Promise<string[]> =>
      (await barrier(who, more)).joined.map((j: any) =>
        j.through ? `${j.placeId} through ${j.through}` : j.placeId,
      );
    const docket = async (who: Who) => {
      const { json } = await get(who, '/v1/departments/department-of-health/docket');
      const item = json.items.find((i: any) => i.record.id === 'last');
      return {
        places: item.places.map((p: any) => p.id) as string[],
        population: item.population as number,
        all: json.places as string[],
      };
    };
    const peopleOf = async (place: string): Promise<number> =>
      (await get(treasury, `/v1/places/${place}`)).json.population;

    // Croydon's into Kent's, Kent's into Durham's; Lewisham's, which nobody else may see, into Durham's too.
    await recorded('durham', 'last');
    await triaged('durham', 'last');
    await harness.command(...lead('durham'), '/v1/barriers/last/owners', {
      agencyIds: ['department-of-health'],
    });
    await recorded('kent', 'middle');
    await triaged('kent', 'middle');
    await harness.command(...lead('worcestershire'), '/v1/barriers/middle/joins', {
      placeId: 'worcestershire',
      localEffect: 'Here too',
    });
    await harness.command(...lead('durham'), '/v1/barriers/middle/joins', {
      placeId: 'durham',
      localEffect: 'The same',
    });
    await recorded('croydon', 'first');
    await recorded('lewisham', 'quiet');
    t.same(await joined(treasury), ['durham']);
    const before = await get(treasury, '/v1/barriers/last');
    const instant = harness.service.clock.now();
    clock.advance(new Date(Date.parse(instant) + 60_000).toISOString());
    await merged('croydon', 'first', 'middle');
    await merged('kent', 'middle', 'last');
    await merged('lewisham', 'quiet', 'last');

    const open = ['durham', 'kent through middle', 'worcestershire through middle'];
    t.same(
      await joined(treasury),
      open,
      'each place once, its own join first; none of a barrier that the reader may not see',
    );
    t.match(await barrier(treasury), { mergedFrom: ['middle'] });
    t.same(await joined(lead('durham')), open, 'nor by who raised the one it went into');
    t.same(await joined(lead('croydon')), [
      ...open.slice(0, 1),
      'kent through middle',
      'worcestershire through middle',
      'croydon through first',
    ]);
    t.same(await joined(lead('croydon'), '?audience=programme'), open, 'what Whitehall sees of it');
    t.same(await joined(lead('lewisham')), [...open, 'lewisham through quiet']);
    t.same(
      await joined(auditor),
      [...open, 'croydon through first', 'lewisham through quiet'].sort(
        (a, b) => Number(a.includes('lewisham')) - Number(b.includes('lewisham')),
      ),
    );
    t.same(await joined(treasury, `?asAt=${instant}`), ['durham'], 'as it stood before');
    const list = (await get(treasury, '/v1/barriers?placeId=durham&limit=200')).json.items.find(
      (b: any) => b.id === 'last',
    );
    t.same(list, { ...list, ...(await barrier(treasury)) }, 'the list says the same, and what it adds');

    const people = async (...places: string[]) =>
      (await Promise.all(places.map(peopleOf))).reduce((a, b) => a + b, 0);
    t.same(
      await docket(health),
      {
        places: ['durham', 'kent', 'worcestershire'],
        population: await people('durham', 'kent', 'worcestershire'),
        all: (await docket(health)).all,
      },
      'the department is told who waits, and how many live there',
    );
    const owed = async (who: Who): Promise<string[]> =>
      (await get(who, '/v1/programmes/total-place/progress')).json.owed.find(
        (o: any) => o.department.id === 'department-of-health',
      ).places;
    for (const places of [(await docket(health)).all, await owed(treasury)]) {
      t.ok(places.includes('worcestershire') && places.includes('kent'));
      t.notOk(places.includes('lewisham'));
    }

    // The tag of what was read before says that it is another answer, though the record itself has not
    // changed.
    const fresh = await get(treasury, '/v1/barriers/last');
    t.equal(fresh.json.version, before.json.version);
    t.not(fresh.headers.etag, before.headers.etag);
    t.equal((await get(treasury, '/v1/barriers/last', { 'if-none-match': fresh.headers.etag })).status, 304);
    const disclosed = await harness.service.executor.execute({
      aggregate: 'barrier',
      id: 'first',
      command: 'Disclose',
      data: { to: 'programme' },
      commandId: randomUUID(),
      actor: { account: 'system:discloser', role: 'system' },
    });
    t.equal(disclosed.kind, 'done');
    const opened = await get(treasury, '/v1/barriers/last', { 'if-none-match': fresh.headers.etag });
    t.equal(opened.status, 200, 'what was opened since is shown at once');
    t.same(
      opened.json.joined.map((j: any) => j.placeId),
      ['durham', 'kent', 'worcestershire', 'croydon'],
    );
    t.ok((await docket(health)).places.includes('croydon'));

    // Who leaves what was merged, or the programme, waits no longer.
    await harness.command(...lead('worcestershire'), `/v1/barriers/middle/departures`, {
      placeId: 'worcestershire',
      reason: 'Solved here',
    });
    t.same(await joined(treasury), ['durham', 'kent through middle', 'croydon through first']);
    await harness.command(office, officeAccount, `/v1/programmes/total-place/${noun('WithdrawPlace')}`, {
      placeId: 'kent',
      reason: 'It merged with its neighbour',
    });
    t.same(await joined(treasury), ['durham', 'croydon through first']);
    t.same((await docket(health)).places, ['durham', 'croydon']);
  },
);
