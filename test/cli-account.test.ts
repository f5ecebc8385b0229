/** First administrators, taking accounts over from a list, and how it is settled who says who may do what. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { accountCommand } from '../src/cli/account.js';
import { accountsOn } from '../src/runtime/accounts.js';
import { readGrantsFile } from '../src/runtime/adopt-accounts.js';
import { asOperator } from '../src/runtime/first-administrators.js';
import { openService } from '../src/runtime/embedded.js';
import { settleGrants } from '../src/runtime/settle-grants.js';
import { loadReference } from '../src/runtime/reference.js';
import { run } from './cli-run.js';

const ref = loadReference();
const issuer = 'https://login.example.gov.uk';
/** The log of a folder, opened for a look. */
async function withLog<T>(
  dir: string,
  work: (service: ReturnType<typeof openService>) => Promise<T>,
): Promise<T> {
  const clock = { now: () => new Date().toISOString() };
  const service = openService({ dataDir: dir, clockKind: 'machine', clock, ref });
  try {
    await service.built();
    return await work(service);
  } finally {
    await service.close();
  }
}
const account = async (...args: string[]) => {
  const said: string[] = [];
  const { code, failed } = await run(
    accountCommand((line) => said.push(line), {}),
    ...args,
  );
  return { code, failed, said: said.join('\n') };
};
const bootstrap = (dir: string, subject: string) =>
  account(
    'bootstrap',
    '--programme',
    'total-place',
    '--administrator',
    `${issuer}#${subject}`,
    '--data-dir',
    dir,
  );
/** Somebody uses the log: a programme is defined, as tokens of before let its office do. */
const use = (dir: string) =>
  withLog(dir, (service) =>
    service.executor.execute({
      aggregate: 'programme',
      id: 'total-place',
      command: 'DefineProgramme',
      data: { name: 'Total Place', kind: 'national', startOn: '2009-06-01', endOn: '2010-03-31' },
      commandId: '7d3f3c1e-5d0b-4c8e-9a35-0f0f5a3a1b11',
      principal: { account: 'office', grants: [{ role: 'programme-office', programme: 'total-place' }] },
    }),
  );

t.test('two first administrators are appointed on an empty log, and no third', async (t) => {
  const dir = t.testdir({});
  const first = await bootstrap(dir, 'anna');
  t.match(first.said, /^total-place\.administrator-1 is an access administrator .* Name the second one/);
  t.match((await bootstrap(dir, 'anna')).said, /Name the second one/, 'given again it is the same');
  t.match((await bootstrap(dir, 'ben')).said, /administrator-2 .* Both are there/);
  t.match((await bootstrap(dir, 'ben')).said, /administrator-2 .* Both are there/);
  t.match(
    (await bootstrap(dir, 'carl')).failed,
    /has its 2 first access administrators\. They invite all others/,
  );
  await withLog(dir, async (service) => {
    const accounts = accountsOn(service);
    t.ok(accounts.grantsInLog(), 'from then on the log says who may do what');
    t.equal(accounts.bound({ issuer, subject: 'ben' }), 'total-place.administrator-2');
    t.strictSame(accounts.grantsOf('total-place.administrator-2'), [
      { role: 'access-administrator', programme: 'total-place' },
    ]);
  });
});

t.test('first administrators are asked for rightly, and on no log that is in use', async (t) => {
  const dir = t.testdir({});
  t.match(
    (await account('bootstrap', '--programme', 'total-place', '--administrator', 'anna', '--data-dir', dir))
      .failed,
    /anna is no <issuer>#<subject>/,
  );
  t.match(
    (
      await account(
        'bootstrap',
        '--programme',
        'Total Place',
        '--administrator',
        `${issuer}#a`,
        '--data-dir',
        dir,
      )
    ).failed,
    /Total Place is no id of a programme/,
  );
  t.equal((await use(dir)).kind, 'done');
  t.match((await bootstrap(dir, 'anna')).failed, /This log is in use\. .* total-place account adopt/s);
});

const list = (more = '', grants = 'secretariat@place:durham') => `
programme: total-place
accounts:
  - account: administrator
    issuer: ${issuer}
    subject: a1
    grants:
      - { grant: 'access-administrator@programme:total-place', until: ${nextYear} }
  - account: office
    issuer: ${issuer}
    subject: 17
    grants:
      - { grant: 'programme-office@programme:total-place', until: ${nextYear} }
  - account: lead.durham
    issuer: ${issuer}
    subject: l1
    grants:
      - { grant: '${grants}', until: ${nextYear} }
${more}`;
const nextYear = `${new Date().getUTCFullYear() + 1}-01-01`;
t.test('accounts and grants are taken over from a list, and then the log says who may do what', async (t) => {
  const dir = t.testdir({});
  const file = join(dir, 'grants.yaml');
  writeFileSync(file, list());
  const data = join(dir, 'data');
  await use(data);
  t.match(
    (await account('adopt', file, '--check', '--data-dir', data)).said,
    /3 accounts with 3 grants .* Nothing was changed/,
  );
  await withLog(data, async (service) => t.notOk(accountsOn(service).grantsInLog(), 'as it was'));
  t.match(
    (await account('adopt', file, '--data-dir', data)).said,
    /3 accounts with 3 grants were taken over/,
  );
  t.match(
    (await account('adopt', file, '--data-dir', data)).said,
    /3 accounts/,
    'given again it is the same',
  );
  await withLog(data, async (service) => {
    const accounts = accountsOn(service);
    t.ok(accounts.grantsInLog());
    t.equal(accounts.bound({ issuer, subject: '17' }), 'office');
    t.strictSame(accounts.grantsOf('lead.durham'), [{ role: 'secretariat', place: 'durham' }]);
  });
});

t.test('a list that needs mending changes nothing, and says where', async (t) => {
  for (const [what, text, says] of [
    [
      'no grant',
      list('', 'secretary@place:durham'),
      /accounts\.2\.grants\.0\.grant: Enter a grant as Acting-As has it/,
    ],
    ['a member too many', list().replace('programme:', 'programmes:'), /programme/],
    [
      'an account twice',
      list(`  - { account: office, issuer: x, subject: y, grants: [] }`),
      /twice in the list: office/,
    ],
    [
      'nobody to second',
      list().replace('programme-office@', 'treasury@'),
      /Name an access administrator .* and a second person/,
    ],
    ['no YAML', 'a: [', /The list cannot be read/],
  ] as const)
    t.throws(() => readGrantsFile(text), { message: says }, what);
  const dir = t.testdir({});
  const file = join(dir, 'grants.yaml');
  writeFileSync(
    file,
    list(
      [
        '  - account: both',
        '    issuer: x',
        '    subject: y',
        '    grants:',
        ...['auditor', 'treasury'].map(
          (role) => `      - { grant: '${role}@programme:total-place', until: ${nextYear} }`,
        ),
      ].join('\n'),
    ),
  );
  const data = join(dir, 'data');
  t.match(
    (await account('adopt', file, '--data-dir', data)).failed,
    /^both: Nobody may hold the grants treasury@.* and auditor@/,
  );
  await withLog(data, async (service) => t.notOk(accountsOn(service).grantsInLog(), 'tokens say it still'));
});

t.test('who says who may do what is settled when a log is first served', async (t) => {
  const settled = (dir: string, wanted: 'log' | 'token' | undefined) =>
    withLog(dir, async (service) => {
      const failed = await settleGrants(service, wanted, async () => {}).then(
        () => '',
        (error: Error) => error.message,
      );
      await service.waitForPosition(await service.log.head());
      return failed || (accountsOn(service).grantsInLog() ? 'log' : 'token');
    });
  const [fresh, token, older] = [t.testdir({ fresh: {}, token: {}, older: {} })].flatMap((dir) =>
    ['fresh', 'token', 'older'].map((name) => join(dir, name)),
  ) as [string, string, string];
  t.equal(await settled(fresh, undefined), 'log', 'a new log says it');
  t.equal(await settled(fresh, undefined), 'log');
  t.match(await settled(fresh, 'token'), /This log says who may do what/);
  t.equal(await settled(token, 'token'), 'token', 'unless tokens are to');
  await use(older);
  t.equal(await settled(older, undefined), 'token', 'an older one goes on as it was');
  t.match(await settled(older, 'log'), /Take its accounts over first: total-place account adopt/);
  await withLog(older, (service) => asOperator(service, 'log', 'grants', 'AdoptGrants', {}));
  t.equal(await settled(older, 'log'), 'log', 'until it was adopted');
});
