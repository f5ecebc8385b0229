/**
 * View `names`: what each record is called now, by the words of its name and of its id, so that it is found
 * by how some of them begin. Earlier names are not kept: whoever reads a record is told what it is called,
 * not what it was called before it was opened to them.
 */
import { handlerFor, type HandlerTable, type Recorded } from '../../domain/registry.js';
import { view } from '../engine/view.js';
import { between, walker, type Spot, type Walk } from '../engine/walk.js';
import { believing, belonging, belongingTables } from './belonging.js';

/** The words of a text, each once, without capitals, accents and apostrophes. */
export const wordsIn = (text: string): string[] => [
  ...new Set(
    text
      .normalize('NFKD')
      .replace(/[\p{M}'’ʼ]/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  ),
];

/** A text that was mended is a name where the record is called by it. */
const mended =
  (member: string) =>
  ({ data: { field, to } }: { readonly data: { readonly field: string; readonly to: string } }) =>
    field === member ? to : undefined;
/** What an event says that its own record is called. */
const called: HandlerTable<string | undefined> = {
  programme: {
    ProgrammeDefined: ({ data }) => data.name,
    ProgrammeRetitled: ({ data }) => data.to,
    RecordCorrected: mended('name'),
  },
  place: { PlaceOpened: ({ data }) => data.name },
  // Its place's name is among the words of its id.
  collaborative: { CollaborativeEstablished: () => 'Leadership collaborative' },
  agency: { AgencyRegistered: ({ data }) => data.name, AgencyRenamed: ({ data }) => data.to },
  person: { PersonRegistered: ({ data }) => data.name, PersonRenamed: ({ data }) => data.to },
  fundingstream: { StreamRegistered: ({ data }) => data.name },
  barrier: { BarrierRecorded: ({ data }) => data.statement, RecordCorrected: mended('statement') },
  commitment: { CommitmentDrafted: ({ data }) => data.title, RecordCorrected: mended('title') },
  decision: { DecisionDrafted: ({ data }) => data.question, DecisionAmended: ({ data }) => data.question },
  pool: { PoolProposed: ({ data }) => data.name, RecordCorrected: mended('name') },
  submission: {
    SubmissionStarted: ({ data }) => data.roundName ?? `Return of round ${data.roundNo}`,
    SubmissionMissed: ({ data }) => data.roundName ?? `Return of round ${data.roundNo}`,
  },
  waiver: { WaiverRequested: ({ data }) => `Waiver of ${data.rule}` },
  account: {
    AccountInvited: ({ data }) => data.accountId,
    AdministratorAppointed: ({ data }) => data.accountId,
    AccountAdopted: ({ data }) => data.accountId,
  },
};
/** Kinds of records that are found by their names. */
export const namedKinds: readonly string[] = Object.keys(called);

export const names = view({
  name: 'names',
  version: 1,
  tables: {
    ...belongingTables,
    names: `CREATE TABLE {names} (
        aggregate TEXT, id TEXT, words TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (aggregate, id)
      ) STRICT, WITHOUT ROWID`,
    words: `CREATE TABLE {words} (
        aggregate TEXT, word TEXT, id TEXT, PRIMARY KEY (aggregate, word, id)
      ) STRICT, WITHOUT ROWID`,
  },
  handlers(db, tables) {
    const get = db
      .prepare<[string, string], string>(`SELECT words FROM ${tables.names} WHERE aggregate = ? AND id = ?`)
      .pluck();
    const put = db.prepare(`INSERT OR REPLACE INTO ${tables.names} VALUES (?, ?, ?, ?)`);
    const add = db.prepare(`INSERT OR IGNORE INTO ${tables.words} VALUES (?, ?, ?)`);
    const drop = db.prepare(`DELETE FROM ${tables.words} WHERE aggregate = ? AND word = ? AND id = ?`);
    function name(aggregate: string, id: string, said: string, { position }: Recorded): void {
      const now = wordsIn(`${said} ${id}`);
      for (const word of get.get(aggregate, id)?.split(' ') ?? [])
        if (!now.includes(word)) drop.run(aggregate, word, id);
      for (const word of now) add.run(aggregate, word, id);
      put.run(aggregate, id, now.join(' '), position);
    }
    return believing(belonging(db, tables), {
      on: {
        programme: {
          PlaceEnrolled: (event) => name('place', event.data.placeId, event.data.name, event),
          PlaceRenamed: (event) => name('place', event.data.placeId, event.data.to, event),
        },
      },
      each(event) {
        const said = handlerFor(called, event)?.(event);
        if (said !== undefined) name(event.aggregate, event.recordId, said, event);
      },
    });
  },
  queries(db, tables) {
    const get = db
      .prepare<[string, string], string>(`SELECT words FROM ${tables.names} WHERE aggregate = ? AND id = ?`)
      .pluck();
    const along = walker<Spot>(db, {
      select: `SELECT word AS key, id AS tie FROM ${tables.words}`,
      where: ['aggregate = ?'],
      key: { sql: 'word', type: 'text' },
      tie: { sql: ['id'], of: (tie) => [tie], type: 'text' },
    });
    return {
      /** Does each of these words begin one of the record's? */
      has(aggregate: string, id: string, words: readonly string[]): boolean {
        const known = ` ${get.get(aggregate, id) ?? ''}`;
        return words.every((word) => known.includes(` ${word}`));
      },
      /** Records of a kind with a word that begins so, by these words: one that has several comes again. */
      beginning: (aggregate: string, word: string): Walk =>
        between(word, `${word}\u{10ffff}`, along(aggregate)),
    };
  },
});
