/**
 * DecisionCloser: a decision whose time is over is closed with what was recorded until then, however late
 * this runs (docs/rules/decision.md#closing).
 */
import type { Executor } from '../commands/executor.js';
import { give, step } from './runner.js';

/** An open decision as a view knows it. */
export interface Closing {
  readonly id: string;
  readonly state: { readonly closesAt: string };
  readonly illustrative: boolean;
}

/**
 * Closes these decisions in their order. What is closed already is left alone; two nodes that see the same
 * version give the same step. Its cause names the version, so that a closing that was refused (by a clock
 * that was set back) is given again when it is due.
 */
export async function closeDecisions(executor: Executor, over: readonly Closing[]): Promise<void> {
  for (const { id, state, illustrative } of over) {
    const now = await executor.load('decision', id);
    if (now.state.status !== 'open') continue;
    const cause = `decision-${id}.${now.version}.closes.${state.closesAt}`;
    await give(
      executor,
      'decision-closer',
      step('close', 'decision', id, 'CloseDecision', {}, { cause }),
      cause,
      illustrative ? { kind: 'illustrative' } : undefined,
    );
  }
}
