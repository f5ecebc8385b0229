/**
 * Mutation run: drops each declared refusal in turn (the command accepts what it must refuse) and sees that a spec turns red.
 * `npm run mutate [aggregate…]`; ends with the survivors. A survivor is a rule that nothing guards.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aggregates } from '../src/domain/index.js';
import type { Aggregate } from '../src/domain/core.js';

const folder = fileURLToPath(new URL('../test/domain/', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((f) => /(\.test|-specs)\.ts$/.test(f))
  .map((f) => ({ path: join(folder, f), text: readFileSync(join(folder, f), 'utf8') }));

interface Mutant {
  readonly name: string;
  /** Spec files that give the command and name the code: only they can turn red. */
  readonly specs: readonly string[];
}
const mutants: Mutant[] = aggregates
  .filter((a) => wanted.length === 0 || wanted.includes(a.name))
  .flatMap((a: Aggregate) =>
    Object.entries(a.commands).flatMap(([command, entry]) =>
      Object.keys(entry.refuses).map((code) => ({
        name: `${a.name}.${command}.${code}`,
        specs: files.filter(({ text }) => text.includes(command) && text.includes(code)).map(({ path }) => path),
      })),
    ),
  );

/** True when the spec file fails with the mutant in place. */
const red = (name: string, spec: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import=tsx', spec], { env: { ...process.env, MUTANT: name, TAP_BAIL: '1' }, stdio: 'ignore' });
    child.on('error', reject).on('exit', (code) => resolve(code !== 0));
  });

const survivors: string[] = [];
const queue = [...mutants];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let m = queue.shift(); m; m = queue.shift()) {
      let killed = false;
      for (const spec of m.specs) if ((killed = await red(m.name, spec))) break;
      if (!killed) {
        survivors.push(m.name);
        console.error(`survived: ${m.name}`);
      }
    }
  }),
);
console.log(`${mutants.length} refusals dropped, ${mutants.length - survivors.length} noticed, ${survivors.length} survived.`);
process.exitCode = survivors.length === 0 ? 0 : 1;
