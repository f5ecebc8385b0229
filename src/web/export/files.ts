/** Files of an export, each with for whom it was made, as at which entry, and what was asked for it. */
import { csvText, type Columns, type Written } from '../../http/query/csv.js';
import type { Archive } from './archive.js';
import type { Head } from './words.js';

/** Rows of a list or of a feed, some at a time. */
export type Rows = AsyncGenerator<readonly object[]>;

/** Writes files of one export. */
export class Files {
  constructor(
    readonly archive: Archive,
    readonly head: Head,
    readonly written: Written,
  ) {}

  /** What a CSV is called: its rows are the service's own, so that its name says whose sight it is. */
  csvName(name: string): string {
    const { audience, entry } = this.head;
    return `${name}-for-${audience}-entry-${entry}.csv`;
  }
  #begun(asked: string): string {
    return `{"export":${JSON.stringify({ ...this.head, asked })},\n`;
  }

  /** An answer as JSON: `asked` is the address that answers it. */
  async answer(name: string, asked: string, body: object): Promise<void> {
    await this.archive.file(`${name}.json`, `${this.#begun(asked)}"answer":${JSON.stringify(body)}}\n`);
  }

  /**
   * Rows as JSON and, side by side, as CSV, while they are read; the CSV's bytes are the ones that `asked`
   * answers. `each` is given every row. Gives how many there are.
   */
  async rows(
    name: string,
    asked: string,
    columns: Columns,
    pages: Rows,
    each: (row: object) => void = () => {},
  ): Promise<number> {
    const json = this.archive.open(`${name}.json`);
    const csv = this.archive.open(this.csvName(name));
    await json.write(`${this.#begun(asked)}"items":[`);
    await csv.write(csvText(columns, [], this.written));
    let count = 0;
    for await (const rows of pages) {
      await this.archive.turn();
      for (const row of rows) {
        await json.write(`${count++ === 0 ? '' : ','}\n${JSON.stringify(row)}`);
        each(row);
      }
      await csv.write(csvText(columns, rows, this.written, false));
    }
    await json.write('\n]}\n');
    json.end();
    csv.end();
    return count;
  }
}
