/** Words of the file of reads and their numbers, the usual ones remembered. */
import type Database from '../log/sqlite/driver.js';

/** Words that are remembered: some three MiB. */
const mostKnown = 20_000;

function statementsOf(db: Database.Database) {
  return {
    find: db.prepare<[string], number>('SELECT id FROM words WHERE word = ?').pluck(),
    add: db.prepare<[string], number>('INSERT INTO words (word) VALUES (?) RETURNING id').pluck(),
    remove: db.prepare(
      `DELETE FROM words WHERE id = ?
        AND NOT EXISTS (SELECT 1 FROM reads WHERE reads.account = words.id)
        AND NOT EXISTS (SELECT 1 FROM reads WHERE reads.path = words.id)
        AND NOT EXISTS (SELECT 1 FROM reads WHERE reads.record = words.id)
        AND NOT EXISTS (SELECT 1 FROM reads WHERE reads.placeId = words.id)
        AND NOT EXISTS (SELECT 1 FROM grants WHERE grants.tag = words.word)`,
    ),
  };
}

export class Words {
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #known = new Map<string, number>();

  constructor(db: Database.Database) {
    this.#sql = statementsOf(db);
  }

  /** The number of a word, which it is given where it has none. */
  numberFor(word: string): number {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const number = this.numberOf(word) ?? (this.#sql.add.get(word) as number);
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(word, number);
    return number;
  }
  /** The number of a word; undefined where no read holds it. */
  numberOf(word: string): number | undefined {
    return this.#sql.find.get(word);
  }

  /** Takes out those of some words that no read holds any more: a name stays no longer than its reads. */
  removeUnused(numbers: Iterable<number>): void {
    this.#known.clear();
    for (const number of numbers) this.#sql.remove.run(number);
  }
  /** Numbers that were given may not stand in the file. */
  forget(): void {
    this.#known.clear();
  }
}
