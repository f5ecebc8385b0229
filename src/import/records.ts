/** What an import reads: records as the API answers them, whoever asks it. */
import type { AnswerOf } from '../http/query/declare.js';
import type { Agency, Collaborative, Person, Place, Programme } from '../http/questions/registers-shape.js';

/** By collection. */
export interface Answers {
  readonly programmes: AnswerOf<typeof Programme>;
  readonly places: AnswerOf<typeof Place>;
  readonly agencies: AnswerOf<typeof Agency>;
  readonly people: AnswerOf<typeof Person>;
  readonly collaboratives: AnswerOf<typeof Collaborative>;
}
export type Collection = keyof Answers;
/** Asks for a record; undefined where there is none for whoever asks. */
export type AskRecord = <C extends Collection>(collection: C, id: string) => Promise<Answers[C] | undefined>;

/** Each record asked for once. */
export class Records {
  readonly #asked = new Map<string, Promise<unknown>>();
  constructor(readonly ask: AskRecord) {}

  read<C extends Collection>(collection: C, id: string): Promise<Answers[C] | undefined> {
    const key = `${collection}/${id}`;
    const known = this.#asked.get(key) as Promise<Answers[C] | undefined> | undefined;
    if (known) return known;
    const asked = this.ask(collection, id);
    this.#asked.set(key, asked);
    return asked;
  }
}
