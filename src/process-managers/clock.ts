/**
 * The Clock: closes each London day that is over, in order, and gives what a rule makes of a date
 * (docs/rules/system.md#what-a-day-brings).
 */
import { addDays, endOfDay, londonDate, startOfDay } from '../domain/shared/calendar.js';
import { part } from '../domain/kernel/parts.js';
import type { Clock, Executor } from '../commands/executor.js';
import { give, invented, step, type Reactor, type ReactorStep } from './runner.js';
import type { DueRow } from '../projections/views/due-items.js';

/**
 * Closes every day that has ended and is not closed, in order, for each programme. `before` does what had to
 * happen before an instant: what a day's end records holds what happened on that day, however late it is
 * closed. While the clock is in doubt no day is over.
 */
export async function closeDays(
  executor: Executor,
  clock: Clock,
  programmes: readonly string[],
  before: (instant: string) => Promise<void> = async () => {},
): Promise<void> {
  if (clock.doubt?.()) return;
  const first = new Map<string, string>();
  for (const id of programmes) {
    const { state } = await executor.load('days', id);
    const day = state.lastClosed
      ? addDays(state.lastClosed, 1)
      : (await executor.load('programme', id)).startedOn;
    if (day) first.set(id, day);
  }
  const today = londonDate(clock.now());
  for (let day = [...first.values()].sort()[0] ?? today; day < today; day = addDays(day, 1)) {
    await before(startOfDay(addDays(day, 1)));
    for (const [id, from] of first) {
      if (from > day) continue;
      await give(
        executor,
        'clock',
        step('close-day', 'days', id, 'CloseDay', { date: day }, { cause: `${id}.${day}` }),
        day,
      );
    }
  }
  await before(clock.now());
}

/** The instant after which the current London day is over. */
export const dayEnds = (clock: Clock): string => endOfDay(londonDate(clock.now()));

/**
 * What a closed day brings: rounds missed, removals nobody disputed, offers nobody answered. `claimed`
 * answers a programme's claims of removal whose last day of silence has passed.
 */
export function lapses(
  executor: Executor,
  dueItems: () => DueRow[],
  claimed: (programmeId: string, day: string) => readonly { id: string; silentUntil: string }[],
): Reactor {
  return {
    name: 'lapses',
    on: {
      days: {
        async DayClosed(event) {
          const { date } = event.data;
          const steps: ReactorStep[] = [];
          const { state, illustrative } = await executor.load('programme', event.recordId);
          for (const round of Object.values(state.rounds)) {
            if (round.status !== 'closed') continue;
            for (const [placeId, place] of Object.entries(state.places)) {
              const until = part(round.extensions, placeId)?.to ?? round.window.to.to;
              if (
                place.status !== 'enrolled' ||
                date < until ||
                (await executor.load('place', placeId)).state.programmeId !== event.recordId
              )
                continue;
              const id = `${event.recordId}.${round.no}.${placeId}`;
              const submission = await executor.load('submission', id);
              if (
                ['submitted', 'accepted', 'not-submitted', 'changes-requested'].includes(
                  submission.state.status,
                )
              )
                continue;
              const missed = { programmeId: event.recordId, roundNo: round.no, placeId };
              steps.push(
                step('miss', 'submission', id, 'MissSubmission', missed, {
                  cause: `${id}.missed.${until}`,
                  ...invented({ illustrative }),
                }),
              );
            }
          }
          for (const item of dueItems()) {
            if (item.code === 'offer' && item.dueOn <= date)
              steps.push(
                step(
                  'lapse-offer',
                  'commitment',
                  item.recordId,
                  'LapseOffer',
                  {},
                  { cause: item.openedBy, ...invented(item) },
                ),
              );
          }
          for (const { id, silentUntil } of claimed(event.recordId, date))
            steps.push(
              step(
                'presume-removed',
                'barrier',
                id,
                'PresumeRemoved',
                {},
                { cause: `${id}.claimed.${silentUntil}`, ...invented(await executor.load('barrier', id)) },
              ),
            );
          return steps;
        },
      },
    },
  };
}
