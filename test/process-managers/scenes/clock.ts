import { closeDays } from '../../../src/process-managers/clock.js';
import { office, world } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';
import { planRound } from './submissions.js';

const closed = async (node: Node): Promise<void> => {
  await world(node.log, node.executor);
  await planRound(node);
  node.on('2009-09-19');
  await node.must(office, 'programme', 'tp', 'CloseRound', { roundNo: 1 });
  node.on('2009-09-23');
  await closeDays(node.executor, node.clock, ['tp']);
};

export const clock: Scene[] = [
  {
    title: 'each London day that is over is closed, in order',
    reactor: 'clock',
    work: (node) => closeDays(node.executor, node.clock, ['tp']),
    async history(node) {
      await world(node.log, node.executor);
      node.on('2009-07-08');
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
      happens: async (node) =>
        void (await node.must(
          office,
          'programme',
          'tp',
          'ExtendRoundForPlace',
          { roundNo: 1, placeId: 'durham', to: '2009-09-30', reason: 'The finance director is away' },
          { expectedVersion: (await node.log.read('programme-tp')).length },
        )),
      writes: [],
    },
  },
];
