/**
 * Whether the log says who may do what, or tokens: settled when a service starts on it. A log that is new
 * says it itself; one that is older goes on as it was until its accounts are taken over
 * (docs/rules/account.md#taking-over).
 */
import { Unavailable } from '../log/event-log.js';
import { asOperator, isUnused } from './first-administrators.js';
import type { Service } from './service.js';

/** Throws a sentence where what is configured is not what the log is. */
export async function settleGrants(
  service: Pick<Service, 'executor' | 'log'>,
  wanted: 'log' | 'token' | undefined,
  /** What must be done before something is recorded: the clock is looked at. */
  beforeRecording: () => Promise<void>,
): Promise<void> {
  try {
    const { grants } = (await service.executor.load('log', 'grants')).state;
    if (grants === 'log') {
      if (wanted === 'token')
        throw new Error(
          'This log says who may do what, and tokens only who somebody is. Leave GRANTS out, or set ' +
            'GRANTS=log',
        );
      return;
    }
    if (wanted === 'token') return;
    if (await isUnused(service.log)) {
      await beforeRecording();
      await asOperator(service, 'log', 'grants', 'AdoptGrants', {});
      return;
    }
    if (wanted === 'log')
      throw new Error(
        'In this log tokens say who may do what. Take its accounts over first: total-place account adopt; ' +
          'until ' +
          'then leave GRANTS out, or set GRANTS=token',
      );
  } catch (error) {
    // A log that is away was settled when it was first served: its node has views of it.
    if (!(error instanceof Unavailable)) throw error;
  }
}
