/** Gives what a plan says is ready, in its order; what rests on what was not done waits. */
import type { Giver, Planned, Refused } from './plan.js';
import type { Step } from './step.js';

export type Given =
  | { readonly step: Step; readonly became: 'done' | 'waits' }
  | { readonly step: Step; readonly became: 'refused'; readonly refused: Refused };

/** How often it is asked whether the service has opened a place, and how long between, in milliseconds. */
const looks = 100;
const betweenLooks = 100;

/**
 * What became of each step that was ready. Stopped half-way and given again, it goes on: each command has a
 * key that follows from what it says.
 */
export async function* give(plan: readonly Planned[], giver: Giver): AsyncGenerator<Given> {
  const standing = new Set(
    plan.flatMap(({ outlook, step }) => (outlook === 'there' || outlook === 'other' ? [step.key] : [])),
  );
  for (const { step, outlook } of plan) {
    if (outlook !== 'ready') continue;
    if (!step.needs.every((key) => standing.has(key))) {
      yield { step, became: 'waits' };
      continue;
    }
    const refused = await giver.give(step);
    if (refused) {
      yield { step, became: 'refused', refused };
      continue;
    }
    standing.add(step.key);
    yield { step, became: 'done' };
    if (step.command === 'EnrolPlace') await opened(String(step.body.placeId), giver);
  }
}

/** The service opens the record of a place that was enrolled by itself, a moment later. */
async function opened(placeId: string, giver: Giver): Promise<void> {
  for (let look = 0; look < looks; look++) {
    if (await giver.ask('places', placeId)) return;
    await new Promise((resolve) => setTimeout(resolve, betweenLooks));
  }
  throw new Error(
    `The place ${placeId} was enrolled, and the service has not opened it. Give the file again later`,
  );
}
