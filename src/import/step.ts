/** What is given of a file: ordinary commands, each with what must stand before it, and how that is seen. */
import type { Path } from './read.js';
import type { Records } from './records.js';

/** Known by its key, so that one waits for another. */
export interface Step {
  readonly key: string;
  /** Keys of what must stand first. */
  readonly needs: readonly string[];
  /** Where it stands in the file. */
  readonly path: Path;
  /** What it does, in a sentence’s words. */
  readonly text: string;
  readonly aggregate: string;
  readonly command: string;
  /** Absent of what is made. */
  readonly recordId?: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** In which it is given, as Acting-As takes it. */
  readonly grant: string;
  /** What stands of it: nothing, the same, or what is other than the file has it. */
  stands(records: Records): Promise<Standing>;
}
/** `new`: nothing stands. Sentences: what stands is other than this. */
export type Standing = 'new' | 'same' | readonly string[];
