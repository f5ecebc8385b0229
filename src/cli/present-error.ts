/** Errors in the words in which an operator is told of them. */
import { Notice, Unavailable } from '../log/event-log.js';
import { isDamage } from '../projections/engine/disk.js';

/**
 * A log that cannot be reached, read or written now in one sentence, with what to do where it is damaged;
 * every other error as it is.
 */
export function presentError(error: unknown): unknown {
  if (error instanceof Notice) return error.message;
  if (!(error instanceof Unavailable)) return error;
  const cause = error.cause as Error | undefined;
  if (!cause) return error.message;
  const damaged =
    ': its file is damaged. Look at it with total-place verify, and put the last backup back with ' +
    'total-place restore';
  return `${error.message} (${cause.message})${isDamage(cause) ? damaged : ''}.`;
}

/** The sentence of an error, and those of what caused it. */
export function errorSentences(error: unknown): string {
  const said = presentError(error);
  if (!(said instanceof Error)) return String(said);
  const cause = said.cause instanceof Error ? errorSentences(said.cause) : '';
  return cause === '' || said.message.includes(cause) ? said.message : `${said.message}\n  Cause: ${cause}`;
}

const often = 60_000;
/**
 * Tells errors of a service that goes on; of what it tries again every few seconds the same sentence once a
 * minute.
 */
export function teller(
  say: (said: unknown) => void = console.error,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let [last, at] = ['', -Infinity];
  return (error) => {
    const said = presentError(error);
    if (typeof said === 'string') {
      if (said === last && now() - at < often) return;
      [last, at] = [said, now()];
    }
    say(said);
  };
}
