/** The README's curl lines are run, as written, against the demo: none of them may fail. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map((m) => m[1]!).filter((b) => b.includes('demo.env'));

t.test('what the README says to type does what it says', { timeout: 240_000 }, async (t) => {
  const dir = t.testdir({});
  const demo = spawn(process.execPath, ['--import=tsx', 'src/cli.ts', 'demo', '--json', '--port', '0', '--data-dir', join(dir, 'var/demo')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(async () => {
    if (demo.exitCode !== null) return;
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  });
  for await (const line of createInterface({ input: demo.stdout })) if (line.startsWith('{')) break;
  t.equal(demo.exitCode, null, 'the demo runs');
  t.equal(blocks.length, 2, 'two blocks use it');
  for (const file of ['demo.env', 'total-place.db']) t.equal(statSync(join(dir, 'var/demo', file)).mode & 0o077, 0, `${file} is for its own user alone`);

  /** A curl that fails where the answer is a problem, so that the shell stops there. */
  const strict = 'set -euo pipefail; curl() { command curl --fail-with-body --show-error --max-time 60 "$@"; echo; }\n';
  const run = async (block: string): Promise<string> => {
    const { stdout } = await promisify(execFile)('bash', ['-c', strict + block], { cwd: dir, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  };
  const [answers, walk] = [await run(blocks[0]!), await run(blocks[1]!)];
  t.ok(/"dissent":\[\{/.test(answers), 'who dissented');
  t.ok(/"department-for-work-and-pensions"/.test(answers), 'what a department owes');
  t.ok(/"id":"suffolk-green-enterprises"/.test(answers), 'who promised');
  t.ok(/"events":\["PledgeConfirmed"\]/.test(walk), 'a pledge confirmed');
  t.ok(/"events":\["CommitmentAccepted"\]/.test(walk), 'a promise accepted with its money');
  t.ok(/"events":\["PositionTaken"\]/.test(walk), 'a position taken');
});
