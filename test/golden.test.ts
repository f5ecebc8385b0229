/** The golden corpus: every event type and schema ever released is still read, checked, folded and told. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { aggregates } from '../src/domain/registry.js';
import { linesOf, missing, replay } from './golden/corpus.js';
import { foldings, recorded, stale } from './golden/states.js';
import { copySeeded } from './seeded.js';

test('every event type of the registry has a line, at its current schema', async (t) => {
  const without = missing().map((m) => `${m.aggregate.name}.${m.type} (schema ${m.schema})`);
  t.strictSame(without, [], 'add their lines: npm run golden');
});

for (const aggregate of aggregates)
  test(`${aggregate.name}: what was stored is read today`, async (t) => {
    for (const line of linesOf(aggregate.name)) {
      const what = `${line.type} (schema ${line.schema})`;
      const last = JSON.parse(line.events.at(-1)!) as { type: string; schema: number };
      t.match(last, { type: line.type, schema: line.schema }, `${what} ends its history`);
      t.doesNotThrow(
        () => replay(aggregate, line),
        `${what} (changed since it was released: give the new shape an upcast; in no release yet: npm run golden -- --again ${line.type})`,
      );
    }
  });

test('lines are only added: what a release had is there still', async (t) => {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  let releases: string[];
  try {
    releases = git('tag', '--list', 'v*').split('\n').filter(Boolean);
  } catch {
    return void t.pass('skipped: this is no git checkout, so no release can be asked');
  }
  const now = new Set(aggregates.flatMap((a) => linesOf(a.name).map((l) => JSON.stringify(l))));
  for (const release of releases) {
    const files = git('ls-tree', '-r', '--name-only', release, 'test/golden/').split('\n');
    for (const file of files.filter((f) => f.endsWith('.jsonl'))) {
      const gone = git('show', `${release}:${file}`)
        .split('\n')
        .filter((l) => l && !now.has(l));
      t.strictSame(gone, [], `${file} of ${release}`);
    }
  }
  t.pass(`${releases.length} releases`);
});

test('a view that keeps a record’s state is built anew where that begins with other members', async (t) => {
  const dir = t.testdir();
  await copySeeded(dir);
  const [was, is] = [recorded(), foldings(dir)];
  t.ok(
    Object.keys(is).length >= 6 && Object.keys(is.register!.states).length >= 7,
    'every view that folds records is looked at',
  );
  t.strictSame(stale(was, is), []);
  t.strictSame(is, was, 'as it is written down: npm run golden');
  const { register } = was;
  const other = {
    ...was,
    register: { ...register!, states: { ...register!.states, collaborative: 'of before' } },
  };
  t.match(
    stale(other, is),
    [/^register keeps collaborative/],
    'a new member under the same version would be found',
  );
  t.strictSame(
    stale({ ...other, register: { ...other.register, version: 1 } }, is),
    [],
    'under another it is built anew',
  );
});
