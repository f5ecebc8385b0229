/** Takes each refusal of the domain out in turn (`npm run mutate`): a spec must miss it. */
import t from 'tap';
import { mutate } from '../scripts/mutation/run.js';
import { switched } from '../scripts/mutation/hooks.mjs';

t.test('no refusal can be taken out unnoticed', { timeout: 600_000 }, async (t) => {
  const { declared, lines, survivors } = await mutate();
  t.ok(lines.length > declared.length, 'a refusal is made in one line at least');
  t.strictSame(survivors, []);
});

t.test('a rule that is taken out is passed over, however it is written', async (t) => {
  const run = (body: string, off: boolean): unknown => {
    const { text, sites } = switched('x.ts', `function decide(x) { ${body} }`);
    t.equal(sites.length, 1);
    return new Function('passes', 'refuse', `${text} return decide(1);`)(
      () => !off,
      () => 'refused',
    );
  };
  for (const body of [
    'if (x) return refuse(); return 2;',
    'if (x) { return refuse(); } return 2;',
    'return x ? refuse() : 2;',
    'return !x ? 2 : refuse();',
    'return (x && refuse()) ?? 2;',
    'const no = () => refuse(); return no() ?? 2;',
    'for (const y of [x]) if (y) return refuse(); else x = 3; return 2;',
  ]) {
    t.equal(run(body, false), 'refused', body);
    t.equal(run(body, true), 2, body);
  }
});
