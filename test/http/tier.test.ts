/**
 * The same questions asked by every kind of reader: nobody is shown what their tier hides
 * (docs/rules/shared.md#disclosure).
 */
import { test } from 'tap';
import { decode } from '../../src/log/codec.js';
import { openHarness, type Harness } from './harness.js';
import { listen } from './live.js';
import { questions, type World } from './questions.js';
import { canaries, noun, place, plant, readers, type Reader } from './secrets.js';

/** Everything a reader is sent in answer to a question, page after page, headers too. */
async function answers(
  harness: Harness,
  reader: Reader,
  question: string,
  links: Set<string>,
): Promise<string> {
  const { as, account } = readers[reader];
  let text = '';
  let url: string | undefined = question;
  for (let n = 0; url && n < 50; n++) {
    const answer = await harness.inject(as, account, 'GET', url);
    if (answer.status === 500) throw new Error(`${reader} ${url}: ${answer.raw}`);
    collect(answer.json, links);
    text += `${answer.raw}\n${JSON.stringify(answer.headers)}\n`;
    url = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1];
  }
  // What was asked stands in the links to the next page.
  return text;
}

/** Every link of an answer, wherever it stands. */
function collect(value: any, links: Set<string>): void {
  if (Array.isArray(value)) for (const v of value) collect(v, links);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, v] of Object.entries(value)) {
      if (/^(links?|lineage)$/.test(key) && typeof v === 'string') links.add(v);
      else collect(v, links);
    }
  }
}

test('every question, every reader, every secret', { timeout: 280_000 }, async (t) => {
  const harness = await openHarness(t);
  const start = await harness.head();
  await plant(harness);
  const world: Record<string, string[]> = { programme: ['total-place'] };
  for (const e of harness.service.log.readAll(start, 100_000).map(decode)) {
    if (!world[e.aggregate]?.includes(e.recordId)) (world[e.aggregate] ??= []).push(e.recordId);
  }
  const asked = questions(world satisfies World);
  t.ok(asked.length > 150, `${asked.length} questions`);

  await harness.app.listen({ port: 0, host: '127.0.0.1' });
  const { as, account } = readers.office;
  const { version } = (await harness.inject(as, account, 'GET', `/v1/places/${place}`)).json;
  await harness.command(as, account, `/v1/places/${place}/${noun('RecordPopulation')}`, {
    value: 4242,
    referenceOn: '2009-06-30',
    source: 'The last event',
    expectedVersion: version,
  });

  const found = new Map<string, Set<Reader>>(Object.keys(canaries).map((name) => [name, new Set()]));
  const leaks: string[] = [];
  const broken: string[] = [];
  const look = (reader: Reader, where: string, text: string): void => {
    if (/[\u2068\u2069]/.test(text)) broken.push(`${where} for ${reader}: a mark for a name is left`);
    for (const [name, { texts, seenBy }] of Object.entries(canaries)) {
      if (!texts.some((x) => text.includes(x))) continue;
      found.get(name)!.add(reader);
      if (!seenBy.includes(reader)) leaks.push(`${reader} is shown ${name} by ${where}`);
    }
  };
  for (const reader of Object.keys(readers) as Reader[]) {
    const links = new Set<string>();
    for (const question of asked) look(reader, question, await answers(harness, reader, question, links));
    for (const scope of ['programme', `place:${place}`]) {
      const live = await listen(
        t,
        harness,
        readers[reader].as,
        readers[reader].account,
        scope,
        `${harness.service.log.identity.logId.slice(0, 8)}-0`,
      );
      await live.until((e) => e.type === 'PopulationRecorded' && e.data.text.includes('The last event'));
      look(reader, `the live stream of ${scope}`, live.raw());
      for (const { data } of live.events) collect(data, links);
      live.close();
    }
    if (reader !== 'nobody') t.ok(links.size > 10, `${reader} is given ${links.size} links`);
    const { as, account } = readers[reader];
    for (const link of links) {
      const answer = await harness.inject(as, account, 'GET', link);
      if (answer.status !== 200) broken.push(`${reader}: ${link} is ${answer.status}`);
    }
  }
  t.same(leaks, [], 'nobody is shown what their tier hides');
  t.same(broken, [], 'every link can be opened by whom it was given to, and every name is said');
  for (const [name, { seenBy, optional }] of Object.entries(canaries)) {
    if (!optional)
      t.same([...found.get(name)!].sort(), [...seenBy].sort(), `${name} is shown to those who may see it`);
  }
  t.same(harness.errors, []);
});
