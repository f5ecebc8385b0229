/**
 * `version` is one thing in every answer: the version of the record, to be sent back as expectedVersion by
 * whoever replaces what they read.
 */
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { Property } from '../holds.js';

const kinds = (aggregates as readonly Aggregate[]).filter((a) => !a.machinery);
const lead = ['secretariat@place:durham', 'post.programme-lead.durham'] as const;
const programmeOffice = [office, officeAccount] as const;
const auditor = ['auditor@programme:total-place', 'auditor-1'] as const;
const asked = (harness: Harness, url: string, by: readonly [string, string] = auditor) =>
  harness.inject(...by, 'GET', url);

/** Streams of a kind of record, newest first. */
async function streamsOf(harness: Harness, aggregate: string): Promise<string[]> {
  const streams = new Set<string>();
  for (const e of await harness.service.log.readAll(0, 100_000))
    if (e.stream.startsWith(`${aggregate}-`)) streams.add(e.stream);
  return [...streams].reverse();
}
const versionOf = async (harness: Harness, stream: string): Promise<number> =>
  (await harness.service.log.read(stream)).length;
async function waived(harness: Harness): Promise<void> {
  await harness.command(...lead, '/v1/waivers', {
    id: 'more-time',
    rule: 'EXTENSION_TOO_LONG',
    placeId: 'durham',
    reason: 'A flood',
    until: '2009-11-30',
  });
}

test('every record says its version, and says nothing else by that name', async (t) => {
  const harness = await openHarness(t);
  await waived(harness);
  /** Members of that name, but for the answer's own and those that stand beside the record they are of. */
  const strays = (value: unknown, at = ''): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    const own =
      'version' in value && at !== '' && !('record' in value) && !('aggregate' in value && 'id' in value)
        ? [at]
        : [];
    return [
      ...own,
      ...Object.entries(value).flatMap(([name, v]) =>
        strays(v, `${at}/${Array.isArray(value) ? '*' : name}`),
      ),
    ];
  };
  const itself = new Property('a record says the version that its stream has');
  const alone = new Property('it says nothing else by that name');
  const listed = new Property('its row in the list says it too');
  for (const { name, collection } of kinds) {
    const streams = await streamsOf(harness, name);
    itself.holds(t, `there is a ${name}`, streams.length > 0);
    const rows = new Map<string, any>(
      ((await asked(harness, `/v1/${collection}?limit=200`)).json?.items ?? []).map((row: any) => [
        row.id,
        row,
      ]),
    );
    for (const stream of streams.slice(0, 12)) {
      const id = stream.slice(name.length + 1);
      const { status, json } = await asked(harness, `/v1/${collection}/${id}`);
      const version = await versionOf(harness, stream);
      itself.same(t, stream, { status, version: json?.version }, { status: 200, version });
      alone.same(t, stream, strays(json), []);
      const row = rows.get(id);
      if (row?.version !== undefined) listed.same(t, stream, row.version, version);
    }
  }
  for (const property of [itself, alone, listed]) property.settle(t);
  const [returned] = (await asked(harness, '/v1/submissions?placeId=durham')).json.items;
  t.match(
    returned,
    { submittedVersion: 1 },
    'which version of the return was submitted has a name of its own',
  );
  t.match((await asked(harness, `/v1/submissions/${returned.id}/versions`)).json.items, [
    { submissionId: returned.id, submittedVersion: 1 },
  ]);
  const csv = await harness.inject(...auditor, 'GET', '/v1/submissions?placeId=durham&format=csv');
  t.match([csv.headers['columns-version'], csv.raw.split('\r\n')[0]], ['4', /,version,submittedVersion,/]);
});

test('what is read is sent back: a replacing command of every kind of record passes with it', async (t) => {
  const harness = await openHarness(t);
  const first = async (
    collection: string,
    which: (row: any) => boolean = () => true,
    by: readonly [string, string] = lead,
  ) => (await asked(harness, `/v1/${collection}?limit=200`, by)).json.items.find(which).id as string;
  const corrects = (field: string) => ({
    noun: 'corrections',
    body: { field, to: 'Another wording', reason: 'The first was wrong' },
  });
  const ours = (row: any): boolean => row.placeId === 'durham';
  await harness.command(...lead, '/v1/decisions', {
    id: 'a-draft',
    placeId: 'durham',
    question: 'Shall we?',
    text: 'We do.',
    forum: 'collaborative',
  });
  const returned = await first('submissions', ours);
  await harness.command(...programmeOffice, `/v1/submissions/${returned}/change-requests`, {
    sections: ['narrative'],
    reason: 'More',
    dueOn: '2009-11-20',
  });
  const stream = (await asked(harness, '/v1/funding-streams', programmeOffice)).json.items[0];
  const department = [`official@agency:${stream.departmentId}`, 'official-1'] as const;
  type Replacing = { id: string; by: readonly [string, string]; noun: string; body: object };
  const replacing: Record<string, Replacing> = {
    programme: {
      id: 'total-place',
      by: programmeOffice,
      noun: 'titles',
      body: { name: 'Total Place again' },
    },
    place: {
      id: 'durham',
      by: lead,
      noun: 'population',
      body: { value: 500_000, referenceOn: '2008-06-30', source: 'ONS' },
    },
    agency: {
      id: await first('agencies', () => true, programmeOffice),
      by: programmeOffice,
      noun: 'names',
      body: { name: 'Another name' },
    },
    person: {
      id: (await streamsOf(harness, 'person'))[0]!.slice('person-'.length),
      by: programmeOffice,
      noun: 'names',
      body: { name: 'Jane Doe' },
    },
    collaborative: { id: 'durham', by: lead, noun: 'terms', body: { hash: 'b'.repeat(64) } },
    barrier: { id: await first('barriers', ours), by: lead, ...corrects('statement') },
    fundingstream: {
      id: stream.id,
      by: department,
      noun: 'conditions',
      body: { conditions: 'Others', reason: 'Widened' },
    },
    pool: { id: await first('pools', ours), by: lead, ...corrects('name') },
    submission: {
      id: returned,
      by: lead,
      noun: 'answers',
      body: { sectionId: 'narrative', content: { text: 'Told anew.' } },
    },
    commitment: { id: await first('commitments', ours), by: lead, ...corrects('title') },
    decision: {
      id: 'a-draft',
      by: lead,
      noun: 'amendments',
      body: { question: 'Shall we indeed?', text: 'We do.', forum: 'collaborative' },
    },
  };
  for (const { name, collection, commands } of kinds) {
    const given = replacing[name];
    if (!Object.values(commands).some((c) => c.replaces)) {
      t.notOk(given, `nothing of a ${name} is replaced`);
      continue;
    }
    if (!given) {
      t.fail(`a ${name} has commands that replace, and none is tried here`);
      continue;
    }
    const { id, by, noun, body } = given;
    const url = `/v1/${collection}/${id}`;
    const { json } = await asked(harness, url, by);
    const send = (more: object) => harness.inject(...by, 'POST', `${url}/${noun}`, { ...body, ...more });
    isProblem(t, await send({}), 400, 'VERSION_REQUIRED', `${name}: without the version`);
    isProblem(
      t,
      await send({ expectedVersion: json.version - 1 }),
      409,
      'STALE_REVISION',
      `${name}: an old version`,
    );
    const done = await send({ expectedVersion: json.version });
    t.match(
      { status: done.status, version: done.json?.version },
      { status: 200, version: json.version + 1 },
      `${name}: with the version that was read (${done.raw.slice(0, 200)})`,
    );
    await harness.service.reactors.idle();
  }
});

test('where nothing stands nothing is replaced: the first chair, terms, accountable body, required steps need no version', async (t) => {
  const harness = await openHarness(t);
  const to = (by: readonly [string, string], url: string, body: object) =>
    harness.inject(...by, 'POST', url, body);
  const own = ['programme-office@programme:anew', 'office-1'] as const;
  const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
  await harness.command(...own, '/v1/programmes', {
    id: 'anew',
    name: 'Anew',
    kind: 'sandbox',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  });
  await harness.command(...own, '/v1/programmes/anew/milestones', {
    milestoneId: 'budget',
    name: 'Budget',
    kind: 'deadline',
    date: day('2010-03-24'),
  });
  await harness.command(...own, '/v1/programmes/anew/places', {
    placeId: 'somewhere',
    name: 'Somewhere',
    kind: 'pilot',
    region: 'North',
  });
  const lead = ['secretariat@place:somewhere', 'lead-1'] as const;
  const [one, other, third] = (
    await asked(harness, '/v1/agencies?sector=council', programmeOffice)
  ).json.items.map((a: any) => a.id);
  await harness.command(...lead, '/v1/collaboratives', {
    placeId: 'somewhere',
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  for (const [seatId, agencyId] of [
    ['a', one],
    ['b', other],
    ['c', third],
  ]) {
    await harness.command(...lead, '/v1/collaboratives/somewhere/seats', {
      seatId,
      agencyId,
      account: `holder-${seatId}`,
      kind: 'voting',
    });
    await harness.command(
      `seat-holder@place:somewhere+agency:${agencyId}`,
      `holder-${seatId}`,
      '/v1/collaboratives/somewhere/seat-acceptances',
      { seatId },
    );
  }
  const section = { sectionId: 'theme', title: 'Theme', prompt: 'Which?', kind: 'prose' };
  const firsts: [readonly [string, string], string, object, object][] = [
    [lead, '/v1/collaboratives/somewhere/chair', { seatId: 'a' }, { seatId: 'b' }],
    [lead, '/v1/collaboratives/somewhere/deputy', { seatId: 'a' }, { seatId: 'c' }],
    [lead, '/v1/collaboratives/somewhere/secretary', { account: 'lead-1' }, { account: 'lead-2' }],
    [
      lead,
      '/v1/collaboratives/somewhere/terms',
      { termsHash: 'a'.repeat(64) },
      { termsHash: 'b'.repeat(64) },
    ],
    [
      lead,
      '/v1/places/somewhere/population',
      { value: 1000, referenceOn: '2008-06-30', source: 'ONS' },
      { value: 1001, referenceOn: '2008-06-30', source: 'ONS' },
    ],
    [lead, '/v1/places/somewhere/accountable-body', { agencyId: one }, { agencyId: other }],
    [lead, '/v1/places/somewhere/lead-contact', { account: 'lead-1' }, { account: 'lead-2' }],
    [
      own,
      '/v1/programmes/anew/required-steps',
      {
        placeKind: 'pilot',
        steps: [{ stepId: 'activation', name: 'Active', due: { milestoneId: 'budget' } }],
      },
      {
        placeKind: 'pilot',
        steps: [{ stepId: 'activation', name: 'Activated', due: { milestoneId: 'budget' } }],
      },
    ],
    [
      own,
      '/v1/programmes/anew/templates',
      { roundKind: 'interim', placeKind: 'pilot', sections: [section] },
      { roundKind: 'interim', placeKind: 'pilot', sections: [{ ...section, title: 'Themes' }] },
    ],
  ];
  for (const [by, url, body, next] of firsts) {
    const given = await to(by, url, body);
    t.equal(given.status, 200, `${url}: the first (${given.raw.slice(0, 200)})`);
    isProblem(t, await to(by, url, next), 400, 'VERSION_REQUIRED', `${url}: another in its place`);
    t.equal(
      (await to(by, url, { ...next, expectedVersion: (given.json as { version: number }).version })).status,
      200,
      `${url}: with the version that the first gave`,
    );
  }
});
