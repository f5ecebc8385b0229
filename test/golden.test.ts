/** The golden corpus: every event type and schema ever released is still read, checked, folded and told. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { aggregates } from '../src/domain/registry.js';
import { linesOf, missing, replay } from './golden/corpus.js';
import { foldings, recorded, stale } from './golden/states.js';
import { copySeeded } from './seeded.js';
import { Property } from './holds.js';

test('every event type of the registry has a line, at its current schema', async (t) => {
  const without = missing().map((m) => `${m.aggregate.name}.${m.type} (schema ${m.schema})`);
  t.strictSame(without, [], 'add their lines: npm run golden');
});

for (const aggregate of aggregates)
  test(`${aggregate.name}: what was stored is read today`, async (t) => {
    const ends = new Property('a history ends with the event it is kept for');
    const read = new Property(
      'it is read (if its shape changed since it was released, give the new one an upcast; ' +
        'in no release yet: npm run golden -- --again TYPE)',
    );
    for (const line of linesOf(aggregate.name)) {
      const what = `${line.type} (schema ${line.schema})`;
      const last = JSON.parse(line.events.at(-1)!) as { type: string; schema: number };
      const { type, schema } = line;
      ends.same(t, what, { type: last.type, schema: last.schema }, { type, schema });
      let failed: unknown;
      try {
        replay(aggregate, line);
      } catch (error) {
        failed = error;
      }
      read.holds(t, what, failed === undefined, failed);
    }
    ends.settle(t);
    read.settle(t);
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
