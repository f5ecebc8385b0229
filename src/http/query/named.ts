/** Records asked for by words of their names. */
import { names, wordsIn } from '../../projections/views/names.js';
import type { NameResolver } from './name-resolver.js';

/**
 * Of the records of a kind: has one a word for each that is asked for, which begins so? All have where no
 * word is asked for. It says nothing of whether the reader may see it.
 */
export function named(
  context: Pick<NameResolver, 'of'>,
  aggregate: string,
  asked: string | undefined,
): (id: string) => boolean {
  const words = wordsIn(asked ?? '');
  if (words.length === 0) return () => true;
  const { has } = context.of(names);
  return (id) => has(aggregate, id, words);
}
