/** Pages call records, people and grants what these are called: an id stands only where nobody may know more. */
import t from 'tap';
import { readers } from '../../src/demo/readers.js';
import { openWeb, pageAddresses, recordsIn } from './world.js';

const grants = [
  'programme-office@programme:total-place',
  'auditor@programme:total-place',
  'secretariat@place:suffolk',
  'finance-officer@agency:county-durham-pct',
  'seat-holder@place:leicester-leicestershire+agency:leicestershire-county-council',
];
/** Records of a kind on whose pages it is looked. */
const mostOfAKind = 3;
/**
 * What is signed says ids: its hash is compared (docs/rules/submission.md#signing); an address is no
 * sentence. Whom an issuer says that somebody is, is shown as the issuer says it.
 */
const exact = /^I sign version |^\//;
/** The ids of what has a name. */
const kindsWithNames = ['agency', 'place', 'barrier', 'commitment', 'pool', 'decision', 'account'];

t.test('no page says the id of what has a name', async (t) => {
  const world = await openWeb(t);
  const records = recordsIn(world);
  const ids = new Set(
    kindsWithNames.flatMap((kind) => records.get(kind) ?? []).filter((id) => /[-.]/.test(id)),
  );
  const written = /[a-z0-9]+(?:[-.@:+][a-z0-9]+)+/g;
  const linesOf = (html: string): string[] =>
    html
      .slice(html.indexOf('<main'))
      .replace(/<(script|option)[^]*?<\/\1>/g, '')
      .split(/<[^>]+>|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !exact.test(line));
  const said = new Set<string>();
  let pages = 0;
  for (const grant of grants) {
    const reader = readers.find((one) => one.grant === grant);
    for (const page of pageAddresses(world, mostOfAKind)) {
      const { html, status } = await world.get(reader, page);
      if (status !== 200) continue;
      pages += 1;
      for (const line of linesOf(html))
        for (const [id] of line.matchAll(written))
          if ((ids.has(id) && !page.startsWith(`/accounts/${id}`)) || id.includes('@'))
            said.add(`${id} in “${line.slice(0, 100)}” on ${page}`);
    }
  }
  t.ok(pages > 100, `${pages} pages`);
  t.same([...said], []);
});
