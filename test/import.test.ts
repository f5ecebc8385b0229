/** A programme from a file: looked at, given by the API, stopped half-way, given again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { test, type Test } from 'tap';
import { importCommand } from '../src/cli/import.js';
import { decode } from '../src/log/codec.js';
import { asTypeScript } from './as-typescript.js';
import { run } from './cli-run.js';
import { openHarness } from './http/harness.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const example = join(root, 'examples/programme-2026-27.yaml');
const office = 'programme-office@programme:small';
const all = `${office} secretariat@place:kent secretariat@place:durham`;
const small = `
programme:
  id: small
  name: A small programme
  kind: regional
  ragScale: three
  period: quarter
  startOn: 2026-10-01
  endOn: 2027-03-31
  start: true
milestones:
  - { milestoneId: budget, name: Budget, kind: deadline, date: 2027-03-03 }
  - { milestoneId: active, name: Places active, kind: programme, date: 2026-12-18 }
rounds:
  - { roundNo: 1, kind: final, observation: { from: 2026-10-01, to: 2026-12-31 }, window: { from: 2027-01, to: 2027-02 } }
requiredSteps:
  - placeKind: pilot
    steps:
      - { stepId: activation, name: Active, due: { milestoneId: active } }
      - { stepId: final, name: Report, due: { roundNo: 1 } }
agencies:
  - id: kent-county-council
    name: Kent County Council
    sector: council
    type: county council
    startOn: 1974-04-01
    identifiers: [{ scheme: gss, code: E10000016, from: 1974-04-01 }]
  - id: kent-police
    name: Kent Police and Crime Commissioner
    sector: police
    type: commissioner
    startOn: 2012-11-22
    identifiers: [{ scheme: programme, code: PCC-KENT, from: 2012-11-22 }]
places:
  - placeId: kent
    name: Kent
    kind: pilot
    region: South East
    areas: [{ code: E10000016, from: 2026-10-01 }]
    accountableBodyId: kent-county-council
    collaborative:
      rule: { kind: consent }
      quorum: { n: 1, d: 2 }
      seats:
        - { seatId: council, agencyId: kent-county-council, account: post.chief.kent, kind: voting }
        - { seatId: police, agencyId: kent-police, account: post.chief.kent-police, kind: voting }
  - placeId: durham
    name: County Durham
    kind: pilot
    region: North East
    areas: [{ code: E06000047, from: 2026-10-01 }]
    leadContact: post.lead.durham
`;
/** Commands in it. */
const commands = 17;

/** A log that nobody has used, served. */
async function emptyService(t: Test) {
  const harness = await openHarness(t, { seed: [] });
  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = harness.app.server.address() as { port: number };
  return { harness, url: `http://127.0.0.1:${port}` };
}
type Served = Awaited<ReturnType<typeof emptyService>>;
const give = ['--give'];

/** What a run of the command says, with its exit code. */
async function imported(
  { harness, url }: Served,
  file: string,
  more: readonly string[] = [],
  as = all,
): Promise<{ code: number; failed: string; said: string }> {
  const lines: string[] = [];
  const token = await harness.token(as, 'post.programme-office.small');
  const command = importCommand((line) => lines.push(line));
  const done = await run(command, 'programme', file, '--url', url, '--token', token, ...more);
  await harness.service.settle();
  return { ...done, said: lines.join('\n') };
}
/** The small file, with words changed; each stands there once. */
function fileOf(t: Test, changes: Readonly<Record<string, string>> = {}): string {
  let text = small;
  for (const [from, to] of Object.entries(changes)) {
    if (text.split(from).length !== 2) throw new Error(`${from} does not stand there once`);
    text = text.replace(from, to);
  }
  // Not `t.testdir`: that is the service's own, emptied where it is asked for again.
  const folder = mkdtempSync(join(tmpdir(), 'import-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'programme.yaml');
  writeFileSync(file, text);
  return file;
}
/** Of the first place where words stand, from 1. */
function lineOf(file: string, words: string): number {
  const given = readFileSync(file, 'utf8');
  const at = given.indexOf(words);
  if (at < 0) throw new Error(`${words} stands nowhere`);
  return given.slice(0, at).split('\n').length;
}

test('the example is looked at, and nothing is given', async (t) => {
  const served = await emptyService(t);
  const before = await served.harness.head();
  const { code, failed, said } = await imported(
    served,
    example,
    [],
    'programme-office@programme:whole-place',
  );
  t.strictSame({ code, failed }, { code: 0, failed: '' });
  t.match(said, /^to give +line \d+: Define the programme Whole Place 2026–27, from 1 October 2026/m);
  t.match(said, /^58 to give\. Nothing was given: --give gives it\.$/m);
  t.match(said, /^4 left for secretariat@place:kent: give them the same file\.$/m);
  t.equal(await served.harness.head(), before, 'the log is as it was');
});

test('a programme is given, and given again adds nothing', async (t) => {
  const served = await emptyService(t);
  const file = fileOf(t);
  const { code, failed, said } = await imported(served, file, give);
  t.strictSame({ code, failed }, { code: 0, failed: '' }, said);
  t.match(said, new RegExp(`^${commands} given\\.$`, 'm'));
  const { json } = await served.harness.inject(office, 'reader', 'GET', '/v1/programmes/small/progress');
  t.strictSame(json.places.map(({ name }: { name: string }) => name).sort(), ['County Durham', 'Kent']);
  const { json: table } = await served.harness.inject(all, 'reader', 'GET', '/v1/collaboratives/kent');
  t.match(table.seats, [
    { agencyId: 'kent-county-council', status: 'offered' },
    { agencyId: 'kent-police', status: 'offered' },
  ]);
  const head = await served.harness.head();
  t.match((await imported(served, file, give)).said, /^0 given\.$/m);
  t.equal(await served.harness.head(), head, 'not an event more');
});

test('the example’s rounds and steps are called as it calls them, and given again they stand', async (t) => {
  const served = await emptyService(t);
  const by = 'programme-office@programme:whole-place';
  const { code, failed, said } = await imported(served, example, give, by);
  t.strictSame({ code, failed }, { code: 0, failed: '' }, said);
  t.match(
    said,
    /Plan round 1 \(Return for October to December\), whose returns are sent until 22 January 2027$/m,
  );
  const { json } = await served.harness.inject(by, 'reader', 'GET', '/v1/programmes/whole-place');
  t.match(json.rounds, { 1: { kind: 'quarterly', name: 'Return for October to December' } });
  const steps = json.steps.pilot.map((step: { stepId: string; doneWhen: string }) => [
    step.stepId,
    step.doneWhen,
  ]);
  t.strictSame(steps, [
    ['active', 'place-active'],
    ['winter', 'return-submitted'],
    ['promises', 'commitment-for-each-theme'],
    ['spring', 'return-submitted'],
    ['summer', 'return-submitted'],
    ['year', 'return-submitted'],
  ]);
  t.match((await imported(served, example, give, by)).said, /^0 given\.$/m);
});

test('killed half-way and given again, each command is in the log once', { timeout: 300_000 }, async (t) => {
  /** What was recorded, without when and by which command, stream by stream. */
  const recorded = ({ harness }: Served) => {
    const streams = new Map<string, { type: string; data: unknown }[]>();
    for (const { stream, type, data } of harness.service.log.readAll(0, 100_000).map(decode))
      streams.set(stream, [...(streams.get(stream) ?? []), { type, data }]);
    return Object.fromEntries([...streams].filter(([stream]) => !/^(days|clock|log)-/.test(stream)).sort());
  };
  const served = await emptyService(t);
  const file = fileOf(t);
  const token = await served.harness.token(all, 'post.programme-office.small');
  const child = spawn(
    process.execPath,
    [asTypeScript, 'src/cli.ts', 'import', 'programme', file, '--url', served.url, '--give'],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TOTAL_PLACE_TOKEN: token } },
  );
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(`8/${commands} given`)) child.kill('SIGKILL');
  t.strictSame(await exited, [null, 'SIGKILL'], 'it was killed');
  await served.harness.service.settle();
  const { code, said } = await imported(served, file, give);
  t.equal(code, 0, said);
  const stood = Number(/^(\d+) stand already\.$/m.exec(said)?.[1]);
  t.ok(stood >= 8 && stood < commands, `${stood} of ${commands} were done before it was killed`);

  const straight = await emptyService(t);
  await imported(straight, file, give);
  t.strictSame(recorded(served), recorded(straight), 'the log is that of an import that nobody stopped');
});

test('all that is wrong with a file is said at once, by its lines, and nothing is given', async (t) => {
  const served = await emptyService(t);
  const before = await served.harness.head();
  const told = async (file: string) => (await imported(served, file, give)).failed.split('\n').slice(1);
  const misspelt = fileOf(t, {
    'kind: regional': 'kind: nationl',
    '2027-03-03': '2027-02-30',
    'region: South East': 'regio: South East',
  });
  t.strictSame(await told(misspelt), [
    `  line ${lineOf(misspelt, 'nationl')}, programme.kind: Select national, regional or sandbox`,
    `  line ${lineOf(misspelt, '2027-02-30')}, milestones[0].date: Enter a real date, like 2009-11-26`,
    `  line ${lineOf(misspelt, '- placeId: kent')}, places[0].region: Enter text`,
    `  line ${lineOf(misspelt, 'regio:')}, places[0].regio: There is no member regio here. Remove it.`,
  ]);
  const dangling = fileOf(t, {
    'milestoneId: active,': 'milestoneId: budget,',
    'due: { roundNo: 1 }': 'due: { roundNo: 3 }',
    'accountableBodyId: kent-county-council': 'accountableBodyId: kent',
    'code: E06000047, from: 2026-10-01': 'code: E06000047, from: 2008-10-01',
  });
  const nowhere = (name: string, list: string) =>
    `There is no ${name} under ${list}. Add it there, or mend the name`;
  t.strictSame(
    await told(dangling),
    [
      `  line ${lineOf(dangling, 'milestoneId: active')}, requiredSteps[0].steps[0].due.milestoneId: ` +
        nowhere('active', 'milestones'),
      `  line ${lineOf(dangling, 'roundNo: 3')}, requiredSteps[0].steps[1].due.roundNo: ${nowhere('3', 'rounds')}`,
      `  line ${lineOf(dangling, 'BodyId: kent\n')}, places[0].accountableBodyId: ${nowhere('kent', 'agencies')}`,
      `  line ${lineOf(dangling, '2008-10-01')}, places[1].areas[0].code: County Durham had the code E06000047 ` +
        'from 2009-04-01, not on 2008-10-01',
    ].toSpliced(
      0,
      0,
      `  line ${lineOf(dangling, 'budget, name: Places')}, milestones[1].milestoneId: budget ` +
        'stands twice. Leave one of them out',
    ),
  );
  const section = '{ sectionId: one, title: One, prompt: What?, kind: prose }';
  const unsaid = fileOf(t, {
    'stepId: activation': 'stepId: active',
    'requiredSteps:': `templates: [{ roundKind: yearly, placeKind: pilot, sections: [${section}] }]\nrequiredSteps:`,
  });
  t.strictSame(await told(unsaid), [
    `  line ${lineOf(unsaid, 'yearly')}, templates[0].roundKind: ${nowhere('yearly', 'rounds')}`,
    `  line ${lineOf(unsaid, 'stepId: active')}, requiredSteps[0].steps[0]: Say with doneWhen what completes it`,
  ]);
  t.match(
    (await told(fileOf(t, { 'agencies:': 'agencies: [' })))[0],
    /^ {2}line \d+: /,
    'and what is no YAML',
  );
  t.equal(await served.harness.head(), before);
});

test('each gives what is theirs: the office first, then a secretariat the same file', async (t) => {
  const served = await emptyService(t);
  const file = fileOf(t);
  const first = await imported(served, file, give, office);
  t.match(first, { code: 0, said: /^3 left for secretariat@place:kent: give them the same file\.$/m });
  const another = await imported(served, file, ['--acting-as', 'secretariat@place:leeds']);
  t.match(another.failed, /no grant secretariat@place:leeds/);
  const kent = await imported(served, file, [...give, '--acting-as', 'secretariat@place:kent']);
  t.match(kent, { code: 0, said: /^3 given\.$/m }, kent.failed);
});

test('a changed file gives what is new, and says what it leaves as it is', async (t) => {
  const served = await emptyService(t);
  await imported(served, fileOf(t), give);
  const changed = fileOf(t, {
    '    name: Kent\n': '    name: Kent and Medway\n',
    '2026-12-18': '2026-12-17',
    'rounds:': 'policyThemes:\n  - { policyThemeId: homes, title: Homes }\nrounds:',
  });
  const head = await served.harness.head();
  const { code, said } = await imported(served, changed, give);
  t.equal(code, 0, said);
  t.match(said, `line ${lineOf(changed, 'policyThemeId: homes')}: Add the policy theme Homes`);
  t.match(said, `line ${lineOf(changed, 'placeId: kent')}: Enrol Kent and Medway as a pilot`);
  t.match(said, 'name is Kent in the record, and Kent and Medway here');
  t.match(said, /^2 stand otherwise than the file has them/m);
  t.strictSame(served.harness.eventsAfter(head), ['PolicyThemeAdded']);
});

test('who leads and champions a place stays who the record says', async (t) => {
  const served = await emptyService(t);
  const contact = '    leadContact: post.lead.durham\n';
  const champion = (account: string) => `${contact}    champion: { account: ${account}, from: 2026-10-01 }\n`;
  await imported(served, fileOf(t, { [contact]: champion('post.champion.durham') }), give);
  const head = await served.harness.head();
  const changed = fileOf(t, {
    [contact]: champion('post.champion.other').replace('post.lead.durham', 'post.lead.other'),
  });
  const { code, said } = await imported(served, changed, give);
  t.match(said, 'name is post.champion.durham in the record, and post.champion.other here');
  t.match(said, new RegExp(`line ${lineOf(changed, 'leadContact')}: .*VERSION`));
  t.equal(code, 1, 'another lead contact is refused: a file replaces nobody');
  t.strictSame(served.harness.eventsAfter(head), []);
});

test('what is refused is told with its line, what rests on it waits, and the rest goes on', async (t) => {
  const served = await emptyService(t);
  const twice = fileOf(t, {
    'scheme: programme, code: PCC-KENT': 'scheme: gss, code: E10000016',
    'code: E06000047': 'code: E10000016',
  });
  const { code, said } = await imported(served, twice, give);
  t.equal(code, 1);
  const taken = lineOf(twice, 'code: E10000016, from: 2012');
  t.match(said, new RegExp(`line ${taken}: .* \\(IDENTIFIER_REQUIRED\\)`));
  t.match(said, /^\d+\/17 waits +line \d+: Offer the seat police at the table of Kent$/m);
  const shared = lineOf(twice, 'areas: [{ code: E10000016, from: 2026-10-01 }]\n    leadContact');
  t.match(said, new RegExp(`line ${shared}: .* \\(AREA_IN_ANOTHER_PILOT\\)`));
  t.match(said, /^14 given, 2 refused, 1 waiting for what was not given\.$/m);
  t.equal((await imported(served, twice)).code, 1, 'and a preview says what would be refused');
});

test('a token that is not taken, and a service that is not there, are told in a sentence', async (t) => {
  const { url } = await emptyService(t);
  const silent = importCommand(() => undefined);
  const by = (address: string) => run(silent, 'programme', example, '--url', address, '--token', 'nonsense');
  t.match((await by(url)).failed, /^The token was not taken: /);
  t.match((await by('http://127.0.0.1:9')).failed, /cannot be reached/);
});
