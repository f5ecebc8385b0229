/** What somebody is told of a command that was not decided, or of which nobody knows what became of it. */
import {
  ClockInDoubt,
  OutcomeUnknown,
  TooBusy,
  TooManyRefusals,
  Unavailable,
} from '../../commands/executor.js';
import { Overloaded } from '../../commands/queue.js';
import { overloaded, tooManyRefusals } from './limits.js';
import { Problem } from './problem.js';

/** The problem that an error of an execution is answered as; any other error is itself. */
export function executionProblem(error: unknown): unknown {
  if (error instanceof Overloaded) return overloaded(error);
  if (error instanceof TooBusy)
    return new Problem(
      503,
      'TOO_BUSY',
      'The record kept changing. Send it again with the same Idempotency-Key.',
      { headers: { 'retry-after': '1' } },
    );
  if (error instanceof OutcomeUnknown)
    return new Problem(
      503,
      'OUTCOME_UNKNOWN',
      'The log did not answer: this may or may not have been recorded. Send it again with the same ' +
        'Idempotency-Key to learn which.',
      {
        headers: { 'retry-after': '2' },
      },
    );
  if (error instanceof ClockInDoubt)
    return new Problem(
      503,
      'CLOCK_IN_DOUBT',
      'The clock of the service may be wrong. Nothing was recorded. Send it again with the same ' +
        'Idempotency-Key when its operator has set the clock right.',
      {
        headers: { 'retry-after': '60' },
      },
    );
  if (error instanceof TooManyRefusals) return tooManyRefusals(error);
  if (error instanceof Unavailable)
    return new Problem(
      503,
      'LOG_UNAVAILABLE',
      'Nothing was recorded. Send it again with the same Idempotency-Key.',
      { headers: { 'retry-after': '2' } },
    );
  return error;
}
