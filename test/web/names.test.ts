/** Pages call records, people and grants what these are called: an id stands only where nobody may know more. */
import t from 'tap';
import { readers } from '../../src/demo/readers.js';
import { cells } from './cells.js';
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
 * sentence, and beside what is signed its ids stand as code. Whom an issuer says that somebody is, is shown as the issuer says it.
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
      .replace(/<(script|option|code)[^]*?<\/\1>/g, '')
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

t.test('rows and sentences say which place, commitment, pledge and return they are of', async (t) => {
  const world = await openWeb(t);
  const readerOf = (grant: string) => readers.find((one) => one.grant === grant);
  const office = readerOf('programme-office@programme:total-place');
  const auditor = readerOf('auditor@programme:total-place');
  const lead = readerOf('secretariat@place:durham');
  const get = async (reader: typeof office, url: string): Promise<string> => {
    const { html, status } = await world.get(reader, url);
    t.equal(status, 200, url);
    return html.slice(html.indexOf('<main')).replace(/\s+/g, ' ');
  };

  const excused = await get(auditor, '/timeline?type=StepExcused');
  const said = [...excused.matchAll(/excused ([^<]+?) from the step [^<]+/g)].map(([all]) => all);
  t.ok(said.length > 1, 'steps are excused');
  t.equal(new Set(said).size, said.length, 'each of its own place');
  const reserved = await get(lead, '/timeline?type=FundsReserved');
  t.match(reserved, /reserved £[\d,]+ for the commitment “[^”]+”/);
  t.notMatch(await get(auditor, '/timeline'), /on behalf of post\./);

  const returns = cells(await get(office, '/submissions'));
  t.ok(returns.length > 5);
  t.equal(new Set(returns.map(([title]) => title)).size, returns.length, 'no two returns are called alike');
  t.match(returns[0]?.[0], /^[A-Z].+, [A-Z]/);

  const from = await get(lead, '/lineage?record=commitment-durham-home-from-hospital');
  t.notMatch(from, />\s*(commitment|pool|barrier|decision)-[a-z]/, 'both ends by their names');
  t.match(await get(lead, '/commitments/durham-home-from-hospital'), /Durham County Council, 2009-10/);

  const durham = await get(lead, '/submissions/total-place.1.durham');
  t.match(
    durham,
    /<li><code>durham-warm-homes<\/code>: <a[^>]*>Warm and safe homes<\/a>/,
    'what is signed says ids',
  );
  t.match(durham, /Completed by [A-Z][^<]+ as secretariat/);
  const refused = await get(auditor, '/refusals');
  t.match(refused, 'Draw from an allocation', 'a command by its title');
  t.notMatch(refused, />\s*Draw\s*</);
});
