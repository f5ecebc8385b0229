/**
 * Makes a place's export: what its reader may see of the place, all of it read at one entry of the log. What
 * every page and route asks is asked here, by the same functions.
 */
import { existing } from '../../domain/kernel/parts.js';
import { orderOf, rowsOf } from '../../http/query/answer.js';
import type { QueryContext } from '../../http/query/context.js';
import { csvRows, type RecordQuery } from '../../http/query/declare.js';
import { csvText } from '../../http/query/csv.js';
import { rowsATurn } from '../../http/query/list.js';
import { positionToken } from '../../http/query/position.js';
import { isFailed } from '../../http/query/rows.js';
import { timelineFeed } from '../../http/questions/timeline.js';
import { pageAddress, withAsked } from '../address.js';
import { madeFor } from '../layout.js';
import type { Visit } from '../visit.js';
import type { Archive } from './archive.js';
import { kinds, singles, type Kind, type Single, type Told } from './contents.js';
import { Files, type Rows } from './files.js';
import { above, indexHtml, recordHtml, styleName, TimelineHtml, type Page, type Ways } from './printed.js';
import { readme, type Head, type Listed } from './words.js';

/** Who an export is for, of which place, and as at which entry. */
export function headOf(visit: Visit, placeId: string): Head {
  const { context } = visit;
  const { service } = context.deps;
  const entry = service.position();
  return {
    placeId,
    placeName: context.nameFor('place', placeId, undefined) ?? placeId,
    madeFor: madeFor(visit),
    audience: context.audience(placeId),
    asAt: context.now,
    entry,
    position: positionToken(service.log.identity, entry),
  };
}

export interface Making {
  readonly archive: Archive;
  readonly head: Head;
  /** As who reads: anew for each record, so that what was kept for one goes with it. */
  readonly visit: () => Visit;
  /** Of the pages of this service: `https://host`. */
  readonly origin: string;
  readonly style: string;
}

/** Writes everything; gives what the zip is made of. */
export async function writeExport({
  archive,
  head,
  visit,
  origin,
  style,
}: Making): Promise<readonly Uint8Array[]> {
  const writer = new Writer(new Files(archive, head, visit().context.deps), visit);
  const all: Records[] = [];
  for (const kind of kinds) all.push(await writer.list(kind));
  const files = filesOf(all, head.placeId, visit().context);
  const atTop = { origin, files, home: '' };
  const { listed: lists, pages: ofPlace } = await writer.singles(atTop);
  const timeline = await writer.timeline(atTop);
  lists.push(...all.map(({ listed }) => listed), timeline.listed);
  const ways = { origin, files, home: above };
  const toPrint = [{ title: 'The place', pages: [...ofPlace, timeline.page] }];
  for (const one of all) {
    const pages = await writer.records(one, ways);
    if (isPrinted(one)) toPrint.push({ title: one.kind.title, pages });
  }
  await archive.file(styleName, style);
  await archive.file('index.html', indexHtml(head, lists, toPrint));
  await archive.file('README.txt', readme(head, lists));
  return archive.end();
}

/** Of the records of a kind the ids and titles, and the lists of them. */
interface Records {
  readonly kind: Kind;
  readonly listed: Listed;
  readonly records: readonly { readonly id: string; readonly title: string }[];
}
/** Those of the records that there is one of which the reader sees. */
const singlesFor = (context: QueryContext, placeId: string): readonly Single[] =>
  singles.filter(({ of }) => context.asked(of, placeId));
const isPrinted = ({ kind }: Records): boolean => kind.told.some(({ print }) => print);

const addressOf = ({ url }: Pick<RecordQuery, 'url'>, id: string): string => url.replace(':id', id);
const fileOf = ({ name }: Kind, { prefix }: Told, id: string): string => `${name}/${prefix}-${id}`;

/** Printed pages by the addresses of their records' pages. */
function filesOf(
  all: readonly Records[],
  placeId: string,
  context: QueryContext,
): ReadonlyMap<string, string> {
  const files = new Map(
    singlesFor(context, placeId).map(({ name, question }) => [
      pageAddress(addressOf(question, placeId)),
      `${name}.html`,
    ]),
  );
  for (const { kind, records } of all)
    for (const printed of kind.told.filter(({ print }) => print))
      for (const { id } of records)
        for (const { question } of kind.told)
          files.set(pageAddress(addressOf(question, id)), `${fileOf(kind, printed, id)}.html`);
  return files;
}

class Writer {
  constructor(
    private readonly files: Files,
    private readonly visit: () => Visit,
  ) {}

  get #placeId(): string {
    return this.files.head.placeId;
  }
  #asked(url: string): string {
    return withAsked(url, { placeId: this.#placeId });
  }

  /** The records that there is one of. */
  async singles(ways: Ways): Promise<{ listed: Listed[]; pages: Page[] }> {
    const listed: Listed[] = [];
    const pages: Page[] = [];
    const { archive, head, written } = this.files;
    const { context } = this.visit();
    for (const { title, name, question } of singlesFor(context, this.#placeId)) {
      const visit = this.visit();
      const answer = await visit.record(question, this.#placeId, {});
      await this.files.answer(name, addressOf(question, this.#placeId), answer.body);
      const csv = question.csv && this.files.csvName(name);
      if (question.csv && csv)
        await archive.file(csv, csvText(question.csv, csvRows(question.csv, answer.body), written));
      const print = recordHtml(question, 'The place');
      await archive.file(`${name}.html`, print({ answer, id: this.#placeId, title }, head, visit, ways));
      listed.push({ title, count: 1, json: `${name}.json`, csv });
      pages.push({ file: `${name}.html`, title });
    }
    return { listed, pages };
  }

  /** The lists of a kind. */
  async list(kind: Kind): Promise<Records> {
    const { title, name, list, of } = kind;
    const names = this.visit().names();
    const records: { id: string; title: string }[] = [];
    const count = await this.files.rows(name, this.#asked(list.url), list, this.#pages(kind), (row) => {
      // What could not be made for the list is not asked about again.
      if (isFailed(row)) return;
      const { id } = row as { readonly id: string };
      records.push({ id, title: names.nameOf(of, id) ?? id });
    });
    return { kind, records, listed: { title, count, json: `${name}.json`, csv: this.files.csvName(name) } };
  }
  async *#pages({ list }: Kind): Rows {
    const { query, context } = this.visit().read(list, { placeId: this.#placeId });
    const reading = rowsOf(list, query, context, orderOf(list), undefined);
    let found;
    while ((found = await reading.take(rowsATurn)).length > 0) yield found.map(({ shown }) => shown);
  }

  /** What happened. */
  async timeline(ways: Ways): Promise<{ listed: Listed; page: Page }> {
    const title = 'What happened';
    const name = 'timeline';
    const visit = this.visit();
    const html = new TimelineHtml(title, this.files.head, ways);
    const page = this.files.archive.open(`${name}.html`);
    await page.write(html.begun);
    const { query, context } = visit.readFeed(timelineFeed, { placeId: this.#placeId });
    const { csv, whole } = existing(timelineFeed as Required<typeof timelineFeed>, 'timeline');
    async function* printed(): Rows {
      for await (const rows of whole(query, context)) {
        await page.write(html.events(rows, visit));
        yield rows;
      }
    }
    const count = await this.files.rows(name, this.#asked(timelineFeed.url), csv, printed());
    await page.write(html.ended);
    page.end();
    return {
      listed: { title, count, json: `${name}.json`, csv: this.files.csvName(name) },
      page: { file: `${name}.html`, title },
    };
  }

  /** Each record of a kind whole; gives the pages of those that are printed. */
  async records({ kind, records }: Records, ways: Ways): Promise<Page[]> {
    const { archive, head } = this.files;
    const pages: Page[] = [];
    for (const { id, title } of records)
      for (const told of kind.told) {
        const visit = this.visit();
        const answer = await visit.record(told.question, id, {});
        const file = fileOf(kind, told, id);
        await this.files.answer(file, addressOf(told.question, id), answer.body);
        if (!told.print) continue;
        await archive.file(`${file}.html`, told.print({ answer, id, title }, head, visit, ways));
        pages.push({ file: `${file}.html`, title });
      }
    return pages;
  }
}
