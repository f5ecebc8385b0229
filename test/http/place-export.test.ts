/**
 * A place's export: it holds what the API answers, as at one entry, in a zip that others open; and nobody is
 * given by it what their tier hides (docs/rules/shared.md#disclosure).
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { test, type Test } from 'tap';
import type { AppOptions } from '../../src/app.js';
import { Slices } from '../../src/http/server/slices.js';
import { isProblem, office, officeAccount, openHarness, type Harness } from './harness.js';
import { canaries, place, plant, readers, type Reader } from './secrets.js';

type By = readonly [as: string, account: string];
const lead: By = ['secretariat@place:durham', 'post.programme-lead.durham'];
const auditor: By = ['auditor@programme:total-place', 'post.auditor'];

/** The files of an export, by their names in its folder. */
async function exported(harness: Harness, [as, account]: By, of = 'durham') {
  const { statusCode, headers, rawPayload, body } = await harness.app.inject({
    url: `/v1/places/${of}/export`,
    headers: { authorization: `Bearer ${await harness.token(as, account)}` },
  });
  if (statusCode !== 200) throw new Error(`${statusCode} ${body}`);
  const zipped = unzipSync(rawPayload);
  const [folder = ''] = new Set(Object.keys(zipped).map((name) => name.split('/', 1)[0]!));
  const files = new Map(
    Object.entries(zipped).map(([name, bytes]) => [name.slice(folder.length + 1), Buffer.from(bytes)]),
  );
  return { zip: rawPayload, headers, names: Object.keys(zipped), folder, files };
}
type Exported = Awaited<ReturnType<typeof exported>>;
const textOf = ({ files }: Exported, name: string): string => files.get(name)!.toString();
const endingIn = ({ files }: Exported, ending: string): string[] =>
  [...files.keys()].filter((name) => name.endsWith(ending));

/** Every JSON file and every CSV against what the API answers the same reader at the same address. */
async function asAnswered(t: Test, harness: Harness, by: By, one: Exported): Promise<number> {
  const differ: string[] = [];
  let rows = 0;
  for (const name of endingIn(one, '.json')) {
    const { export: head, items, answer } = JSON.parse(textOf(one, name));
    const { json } = await harness.inject(...by, 'GET', head.asked + (items ? '&limit=200' : ''));
    if (JSON.stringify(items ?? answer) !== JSON.stringify(items ? json.items : json)) differ.push(name);
    if (items && json.next) throw new Error(`${head.asked} has more rows than this test reads`);
    const csv = one.files.get(name.replace('.json', `-for-${head.audience}-entry-${head.entry}.csv`));
    if (!csv) continue;
    const asked = `${head.asked}${items ? '&' : '?'}format=csv`;
    if ((await harness.inject(...by, 'GET', asked)).raw !== csv.toString()) differ.push(`${name} as CSV`);
    rows += items?.length ?? 0;
  }
  t.strictSame(differ, [], `everything in it is what ${by[0] || 'nobody'} is answered`);
  return rows;
}

test('an export of a place', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  await plant(harness);
  const by: By = [readers.member.as, readers.member.account];
  const entry = harness.service.position();
  const one = await exported(harness, by, place);

  t.test('holds what the API answers, byte by byte', async (t) => {
    t.ok((await asAnswered(t, harness, by, one)) > 20, 'rows that could differ');
    const demo = await exported(harness, lead);
    await asAnswered(t, harness, lead, demo);
    for (const kind of ['barriers', 'commitments', 'decisions', 'pools', 'returns'])
      t.ok(
        endingIn(one, '.json').some((name) => name.startsWith(`${kind}/`)),
        `each of its ${kind} whole`,
      );
    t.equal(endingIn(one, `timeline-for-members-entry-${entry}.csv`).length, 1);
    const unnamed = endingIn(one, '.csv').filter((name) => !name.endsWith(`-for-members-entry-${entry}.csv`));
    t.strictSame(unnamed, [], 'a CSV says in its name whose sight it is, as at which entry');
  });

  t.test('is a zip that others open, with names that stay in its folder', async (t) => {
    const file = join(t.testdir(), 'export.zip');
    writeFileSync(file, one.zip);
    const listed = spawnSync(
      'python3',
      [
        '-c',
        'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip()); ' +
          'print(sorted({i.date_time for i in z.infolist()}))',
        file,
      ],
      { encoding: 'utf8' },
    );
    if (listed.error) t.comment('there is no python3 here: opened by one library alone');
    else
      t.equal(listed.stdout, 'None\n[(2009, 10, 22, 9, 0, 0)]\n', 'of the time that it tells of, in London');
    t.equal(one.headers['content-disposition'], `attachment; filename="${place}-2009-10-22.zip"`);
    t.equal(one.folder, `${place}-2009-10-22-entry-${entry}-for-members`);
    const wrong = one.names.filter(
      (name) =>
        !name.startsWith(`${one.folder}/`) || !/^[a-z0-9.-]+(\/[A-Za-z0-9-][A-Za-z0-9.-]*){1,2}$/.test(name),
    );
    t.strictSame(wrong, []);
    t.ok((await exported(harness, by, place)).zip.equals(one.zip), 'made again, it is the same');
  });

  t.test('names whose sight it is, as at which entry, and what each file hashes to', async (t) => {
    const silent = endingIn(one, '.json').filter((name) => {
      const { export: head } = JSON.parse(textOf(one, name));
      return (
        head.entry !== entry || head.audience !== 'members' || head.madeFor !== 'Secretariat of Testshire'
      );
    });
    const unsaid = [...endingIn(one, '.html'), 'README.txt'].filter((name) => {
      const text = textOf(one, name).replace(/\s+/g, ' ');
      return (
        !new RegExp(`([Ee]ntry number|log, number):? ${entry}\\b`).test(text) ||
        !text.includes('ecretariat of Testshire') ||
        !text.includes('what members of the place are told')
      );
    });
    t.strictSame({ silent, unsaid }, { silent: [], unsaid: [] });
    const sums = [...one.files]
      .filter(([name]) => name !== 'SHA256SUMS')
      .map(([name, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`);
    t.strictSame(
      textOf(one, 'SHA256SUMS')
        .split(/(?<=\n)/)
        .sort(),
      sums.sort(),
    );
  });

  t.test('has pages that need no network', async (t) => {
    const pages = endingIn(one, '.html');
    t.ok(
      pages.some((name) => name.startsWith('decisions/audit-')),
      'how a decision was taken',
    );
    t.ok(
      pages.some((name) => name.startsWith('returns/return-')),
      'a return',
    );
    for (const [name, said] of [
      ['place.html', /Region/],
      ['progress.html', /Colour/],
      ['collaborative.html', /Quorum/],
      ['timeline.html', /app-timeline__event.*app-timeline__event/s],
    ] as const)
      t.match(textOf(one, name), said, `${name} to print`);
    for (const kind of ['barriers', 'commitments', 'pools']) {
      const whole = endingIn(one, '.json').filter((name) => name.startsWith(`${kind}/`));
      t.ok(whole.length > 0);
      t.strictSame(
        whole.filter((name) => !pages.includes(name.replace('.json', '.html'))),
        [],
        `each of its ${kind} to print`,
      );
    }
    t.equal(
      textOf(one, 'timeline.html').split('<li class="app-timeline__event"').length - 1,
      JSON.parse(textOf(one, 'timeline.json')).items.length,
      'all that happened',
    );
    t.match(
      textOf(one, 'timeline.html'),
      /href="barriers\/barrier-[^"]*\.html"/,
      'with the pages of its records beside it',
    );
    const wrong = pages.flatMap((name) => {
      const html = textOf(one, name);
      const loads = html.match(/<(script|img|iframe|form|object)\b|\s(src|style|on\w+)=/g) ?? [];
      const hrefs = [...html.matchAll(/<(\w+)[^>]* href="([^"]*)"/g)].map(([, tag, href]) => ({
        tag,
        href: href!,
      }));
      const broken = hrefs
        .filter(({ tag, href }) => tag === 'link' || !href.startsWith('http://localhost:80/'))
        .filter(({ href }) => !one.files.has(join(name, '..', href)))
        .map(({ href }) => href);
      return [...loads, ...broken].map((what) => `${name}: ${what}`);
    });
    t.strictSame(wrong, []);
    t.notMatch(textOf(one, 'style.css'), /url\(|@import/, 'nor does the stylesheet load anything');
  });

  t.test('gives nobody what their tier hides', async (t) => {
    const leaks: string[] = [];
    const found = new Set<string>();
    for (const reader of Object.keys(readers) as Reader[]) {
      const { as, account } = readers[reader];
      const { names, files } = await exported(harness, [as, account], place);
      files.delete('SHA256SUMS');
      const text = [...names, ...files.values()].join('\n');
      if (/[\u2068\u2069]/.test(text)) leaks.push(`${reader}: a mark for a name is left`);
      for (const [name, { texts, seenBy }] of Object.entries(canaries)) {
        if (!texts.some((said) => text.includes(said))) continue;
        found.add(name);
        if (!seenBy.includes(reader)) leaks.push(`${reader} is given ${name}`);
      }
    }
    t.strictSame(leaks, []);
    const missed = Object.keys(canaries).filter((name) => !canaries[name]!.optional && !found.has(name));
    t.strictSame(
      missed,
      ['a person’s name', 'whom an issuer says an account’s holder is', 'a milestone'],
      'what is of no place stands in no export; all else is there to be looked for',
    );
  });

  t.test('is as answered for whoever sees little', async (t) => {
    for (const reader of ['nobody', 'official', 'partyOfficer'] as const) {
      const { as, account } = readers[reader];
      await asAnswered(t, harness, [as, account], await exported(harness, [as, account], place));
    }
  });
});

test('asking for an export', { timeout: 120_000 }, async (t) => {
  const harness = await openHarness(t);
  const get = (by: By, url: string) => harness.inject(...by, 'GET', url);
  isProblem(t, await get(lead, '/v1/places/nowhere/export'), 404, 'NOT_FOUND', 'a place that is not there');
  isProblem(
    t,
    await get(lead, '/v1/places/durham/export?asAt=2009-10-01'),
    400,
    'INVALID_PARAMETER',
    'asked more',
  );
  const { headers, raw } = await harness.inject(...lead, 'HEAD', '/v1/places/durham/export');
  t.match(
    { headers, raw },
    { headers: { 'content-type': 'application/zip', position: String }, raw: '' },
    'HEAD',
  );
  await exported(harness, lead);
  const { json } = await get(auditor, '/v1/reads?address=/v1/places/durham/export&sort=at');
  t.strictSame(
    json.items.map((row: any) => [row.account, row.method, row.record?.id, row.status]),
    [
      [lead[1], 'GET', 'durham', 400],
      [lead[1], 'HEAD', 'durham', 200],
      [lead[1], 'GET', 'durham', 200],
    ],
    'one line of the log of reads, whatever is in it',
  );
});

/** Slices, before each of which something may happen. */
const slicesAfter = (before: (turn: number) => void | Promise<unknown>) => {
  let turns = 0;
  const slices = new Slices({
    ms: 0,
    later: (callback) => setImmediate(() => void Promise.resolve(before(++turns)).then(callback)),
  });
  return { slices, turns: () => turns };
};

test('an export and what happens meanwhile', { timeout: 120_000 }, async (t) => {
  let happens: Parameters<typeof slicesAfter>[0] = () => {};
  const { slices, turns } = slicesAfter((turn) => happens(turn));
  const options: Partial<AppOptions> = { slices };
  const harness = await openHarness(t, options);
  const before = harness.service.position();

  await exported(harness, lead);
  t.ok(turns() > 30, 'it gives way between its pieces');

  happens = async () => {
    happens = () => {};
    await harness.command(office, officeAccount, '/v1/programmes/total-place/milestones', {
      milestoneId: 'meanwhile',
      name: 'Meanwhile',
      kind: 'info',
      date: { from: '2009-12-01', to: '2009-12-01', precision: 'day', tbc: false },
    });
  };
  const one = await exported(harness, lead);
  const { entry } = JSON.parse(textOf(one, 'place.json')).export;
  t.equal(entry, harness.service.position(), 'it is begun again, and tells of the entry after');
  t.ok(entry > before);
  await asAnswered(t, harness, lead, one);

  let attempts = 0;
  happens = () => void (attempts++, harness.service.engine.epoch++);
  const overtaken = await harness.inject(...lead, 'GET', '/v1/places/durham/export');
  isProblem(t, overtaken, 503, 'EXPORT_OVERTAKEN', 'something is recorded each time');
  t.equal(overtaken.headers['retry-after'], '10');
  t.ok(attempts >= 5, 'and it was begun again each time');
  happens = () => {};
  t.ok(await exported(harness, lead), 'it has given its place back');
});

test('an export that would be too large', { timeout: 120_000 }, async (t) => {
  for (const [what, mostExported] of [
    ['bytes', { bytes: 100_000, files: 1000 }],
    ['files', { bytes: 10_000_000, files: 10 }],
  ] as const) {
    const harness = await openHarness(t, { mostExported });
    const refused = await harness.inject(...lead, 'GET', '/v1/places/durham/export');
    isProblem(t, refused, 422, 'EXPORT_TOO_LARGE', what);
    t.match(refused.json.detail, /commitments\?placeId/, 'with another way');
  }
});
