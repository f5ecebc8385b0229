import { closeDays } from '../../../src/process-managers/clock.js';
import { office, world } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';
import { planRound } from './submissions.js';

const closed = async (w: Node): Promise<void> => {
  await world(w.log, w.executor);
  await planRound(w);
  w.on('2009-09-19');
  await w.must(office, 'programme', 'tp', 'CloseRound', { roundNo: 1 });
  w.on('2009-09-23');
  await closeDays(w.executor, w.clock, ['tp']);
};

export const clock: Scene[] = [
  {
    title: 'each London day that is over is closed, in order',
    reactor: 'clock',
    work: (w) => closeDays(w.executor, w.clock, ['tp']),
    async history(w) {
      await world(w.log, w.executor);
      w.on('2009-07-08');
    },
    writes: Array<string>(7).fill('days-tp: DayClosed'),
  },
  {
    title: 'a round that closed without a return, seen on every day since',
    reactor: 'lapses',
    history: closed,
    writes: ['submission-tp.1.durham: SubmissionMissed'],
    meanwhile: {
      // More time was given: nothing was begun, and nothing is.
      happens: async (w) =>
        void (await w.must(
          office,
          'programme',
          'tp',
          'ExtendRoundForPlace',
          { roundNo: 1, placeId: 'durham', to: '2009-09-30', reason: 'The finance director is away' },
          { expectedVersion: (await w.log.read('programme-tp')).length },
        )),
      writes: [],
    },
  },
];
