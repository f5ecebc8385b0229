/** The README’s pictures are there; its curl lines are run, as written, against the demo: none may fail. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { besideTheDemo, blocksOf, type } from './typed.js';

const blocks = blocksOf('README.md').filter((b) => b.language === 'sh' && b.code.includes('demo.env'));

t.test('pages are shown before anything else is said, each small enough to be read with it', async (t) => {
  const root = new URL('../', import.meta.url);
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  t.ok(readme.indexOf('](docs/pictures/programme.png)') < readme.indexOf('\n## '), 'the programme first');
  const folder = new URL('docs/pictures/', root);
  const album = readFileSync(new URL('README.md', folder), 'utf8');
  const pictures = readdirSync(folder).filter((file) => file.endsWith('.png'));
  const shown = [...album.matchAll(/\]\(([\w-]+\.png)\)/g)].map(([, file]) => file);
  t.strictSame(shown.toSorted(), pictures, 'each picture has its caption, and each caption its picture');
  for (const file of pictures) t.ok(statSync(new URL(file, folder)).size < 150_000, file);
});

t.test('what the README says to type does what it says', { timeout: 240_000 }, async (t) => {
  const dir = await besideTheDemo(t, { fresh: true });
  t.equal(blocks.length, 2, 'two blocks use it');
  for (const file of ['demo.env', 'total-place.db'])
    t.equal(statSync(join(dir, 'var/demo', file)).mode & 0o077, 0, `${file} is for its own user alone`);

  const [answers, walk] = [await type(dir, blocks[0]!.code), await type(dir, blocks[1]!.code)];
  t.ok(/"dissent":\[\{/.test(answers), 'who dissented');
  t.ok(/"department-for-work-and-pensions"/.test(answers), 'what a department owes');
  t.ok(/"id":"suffolk-green-enterprises"/.test(answers), 'who promised');
  t.ok(/"name":"Pledge",.*?"possible":"yes"/.test(walk), 'what may be done');
  t.ok(/"items":\[\{"id":"[^}]*"title":"Pooled Treatment Budget"/.test(walk), 'what may be chosen');
  t.ok(/"would":\[\{"type":"PledgeMade"/.test(walk), 'what would be written');
  const draft = '"authorises":{"command":"Reschedule","record":"commitment-warm-by-christmas","terms":{';
  t.ok(walk.includes(draft), 'which decision it takes');
  t.ok(/"events":\["PledgeConfirmed"\]/.test(walk), 'a pledge confirmed');
  t.ok(/"events":\["CommitmentAccepted"\]/.test(walk), 'a promise accepted with its money');
  t.ok(/"events":\["PositionTaken"\]/.test(walk), 'a position taken');
});
