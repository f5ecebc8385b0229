/** The Clock: closes each London day that is over, in order, and gives what a rule makes of a date (domain.md 8.2). */
import { addDays, endOfDay, londonDate } from '../../domain/calendar.js';
import type { Clock, Executor } from '../execute.js';
import { give, type Reactor, type Step } from './runner.js';
import type { DueRow } from '../../projections/due-items.js';
import type { WorkingDays } from '../../domain/calendar.js';

/** Closes every day that has ended and is not closed, for each programme, in order. */
export async function closeDays(executor: Executor, clock: Clock, programmes: readonly string[]): Promise<void> {
  for (const programmeId of programmes) {
    const today = londonDate(clock.now());
    const { state } = await executor.load('days', programmeId);
    const started = (await executor.load('programme', programmeId)).startedOn;
    let day = state.lastClosed ? addDays(state.lastClosed, 1) : started;
    for (; day && day < today; day = addDays(day, 1)) {
      await give(executor, 'clock', { name: 'close-day', aggregate: 'days', id: programmeId, command: 'CloseDay', data: { date: day }, cause: `${programmeId}.${day}` }, day);
    }
  }
}

/** The instant after which the current London day is over. */
export const dayEnds = (clock: Clock): string => endOfDay(londonDate(clock.now()));

/** What a closed day brings: rounds missed, removals nobody disputed. */
export function lapses(executor: Executor, dueItems: () => DueRow[], workingDays: WorkingDays): Reactor {
  return {
    name: 'lapses',
    on: {
      async DayClosed(e) {
        const { date } = e.data as { date: string };
        const steps: Step[] = [];
        const { state } = await executor.load('programme', e.recordId);
        for (const round of Object.values(state.rounds)) {
          if (round.status !== 'closed') continue;
          for (const [placeId, place] of Object.entries(state.places)) {
            const until = round.extensions[placeId]?.to ?? round.window.to.to;
            if (place.status !== 'enrolled' || date < until) continue;
            const id = `${e.recordId}.${round.no}.${placeId}`;
            const submission = await executor.load('submission', id);
            if (['submitted', 'accepted', 'not-submitted', 'changes-requested'].includes((submission.state as { status: string }).status)) continue;
            steps.push({
              name: 'miss',
              aggregate: 'submission',
              id,
              command: 'MissSubmission',
              data: { programmeId: e.recordId, roundNo: round.no, placeId },
              cause: `${id}.missed.${until}`,
            });
          }
        }
        for (const item of dueItems()) {
          if (item.code !== 'confirmation' || workingDays.between(item.openedOn, date) < 15) continue;
          steps.push({ name: 'presume-removed', aggregate: item.aggregate, id: item.recordId, command: 'PresumeRemoved', data: {}, cause: item.openedBy });
        }
        return steps;
      },
    },
  };
}
