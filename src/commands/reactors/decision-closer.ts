/** DecisionCloser: a decision whose time is over is closed with what was recorded until then, however late this runs (domain.md 8.2). */
import type { Executor } from '../execute.js';
import { give } from './runner.js';

/** An open decision as a view knows it. */
export interface Closing {
  readonly id: string;
  readonly state: { readonly closesAt: string };
  readonly illustrative: boolean;
}

/** Closes these decisions in their order. The same closing seen twice, or on two nodes, is one step: its cause is the decision and its time. */
export async function closeDecisions(executor: Executor, over: readonly Closing[]): Promise<void> {
  for (const { id, state, illustrative } of over) {
    if ((await executor.load('decision', id)).state.status !== 'open') continue;
    const cause = `decision-${id}.closes.${state.closesAt}`;
    const step = { name: 'close', aggregate: 'decision', id, command: 'CloseDecision', data: {}, cause };
    await give(executor, 'decision-closer', step, cause, illustrative ? { kind: 'illustrative' } : undefined);
  }
}
