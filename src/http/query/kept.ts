/**
 * Answers as they were sent, kept until a view changes: whoever asks the same again is not made to wait for
 * the same work.
 */
import { LRUCache } from 'lru-cache';
import type { Engine } from '../../projections/engine/engine.js';

export interface Answer {
  readonly text: string;
  /** The address of the next page. */
  readonly next: string | null;
}

/** Characters kept in all, and of one answer at most: a memory bound, nothing else. */
const most = { all: 8_000_000, one: 200_000 };
/** Beside the engine, which knows nothing of answers: they are of its views, and end with it. */
const answers = new WeakMap<Engine, LRUCache<string, { epoch: number; answer: Answer }>>();

const isAnswer = (made: unknown): made is Answer => typeof (made as Partial<Answer>).text === 'string';
/**
 * The answer to a question, which names its reader, the day and the address: kept, or made, and kept where no
 * view changed meanwhile. What is sent as it is read is not kept.
 */
export async function keptAnswer<Other = never>(
  engine: Engine,
  question: string,
  make: () => Promise<Answer | Other>,
): Promise<Answer | Other> {
  let kept = answers.get(engine);
  if (!kept)
    answers.set(
      engine,
      (kept = new LRUCache({
        maxSize: most.all,
        maxEntrySize: most.one,
        sizeCalculation: ({ answer }) => answer.text.length + 1,
      })),
    );
  const { epoch } = engine;
  const known = kept.get(question);
  if (known?.epoch === epoch) return known.answer;
  const answer = await make();
  if (engine.epoch === epoch && isAnswer(answer)) kept.set(question, { epoch, answer });
  return answer;
}
