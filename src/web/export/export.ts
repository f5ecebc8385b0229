/**
 * Makes a place's export: what its reader may see of the place, all of it read at one entry of the log. What
 * every page and route asks is asked here, by the same functions.
 */
import { existing } from '../../domain/kernel/parts.js';
import { orderOf, rowsOf } from '../../http/query/answer.js';
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
import { kinds, singles, type Kind, type Told } from './contents.js';
import { Files, type Rows } from './files.js';
import { indexHtml, styleName, type Page, type Ways } from './printed.js';
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
  const lists = await writer.singles();
  const all: Records[] = [];
  for (const kind of kinds) all.push(await writer.list(kind));
  lists.push(...all.map(({ listed }) => listed), await writer.timeline());
  const ways = { origin, files: filesOf(all) };
  const toPrint = [];
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
const isPrinted = ({ kind }: Records): boolean => kind.told.some(({ print }) => print);

const addressOf = ({ url }: Pick<RecordQuery, 'url'>, id: string): string => url.replace(':id', id);
const fileOf = ({ name }: Kind, { prefix }: Told, id: string): string => `${name}/${prefix}-${id}`;

/** Printed pages by the addresses of their records' pages. */
function filesOf(all: readonly Records[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
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
  async singles(): Promise<Listed[]> {
    const listed: Listed[] = [];
    const { context } = this.visit();
    for (const { title, name, question } of singles.filter(({ of }) => context.asked(of, this.#placeId))) {
      const { body } = await this.visit().record(question, this.#placeId, {});
      await this.files.answer(name, addressOf(question, this.#placeId), body);
      const { csv } = question;
      if (csv)
        await this.files.archive.file(`${name}.csv`, csvText(csv, csvRows(csv, body), this.files.written));
      listed.push({ title, count: 1, json: `${name}.json`, csv: csv && `${name}.csv` });
    }
    return listed;
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
    return { kind, records, listed: { title, count, json: `${name}.json`, csv: `${name}.csv` } };
  }
  async *#pages({ list }: Kind): Rows {
    const { query, context } = this.visit().read(list, { placeId: this.#placeId });
    const reading = rowsOf(list, query, context, orderOf(list), undefined);
    let found;
    while ((found = await reading.take(rowsATurn)).length > 0) yield found.map(({ shown }) => shown);
  }

  /** What happened. */
  async timeline(): Promise<Listed> {
    const { query, context } = this.visit().readFeed(timelineFeed, { placeId: this.#placeId });
    const { csv, whole } = existing(timelineFeed as Required<typeof timelineFeed>, 'timeline');
    const count = await this.files.rows(
      'timeline',
      this.#asked(timelineFeed.url),
      csv,
      whole(query, context),
    );
    return { title: 'What happened', count, json: 'timeline.json', csv: 'timeline.csv' };
  }

  /** Each record of a kind whole; gives the pages of those that are printed. */
  async records({ kind, records }: Records, ways: Ways): Promise<Page[]> {
    const { archive, head } = this.files;
    const pages: Page[] = [];
    for (const { id, title } of records)
      for (const told of kind.told) {
        const visit = this.visit();
        const { body } = await visit.record(told.question, id, {});
        const file = fileOf(kind, told, id);
        await this.files.answer(file, addressOf(told.question, id), body);
        if (!told.print) continue;
        await archive.file(`${file}.html`, told.print(body, title, head, visit, ways));
        pages.push({ file: `${file}.html`, title });
      }
    return pages;
  }
}
