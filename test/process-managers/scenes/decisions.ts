import { closeDecisions } from '../../../src/process-managers/decision-closer.js';
import { decisionLog } from '../../../src/projections/views/decision-log.js';
import { agencies, seatHolder, secretariat, world, type As } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const chair: As = { as: 'chair@place:durham+agency:council', account: 'seat-holder.council' };
const motion = {
  placeId: 'durham',
  question: 'Shall the pool be open to the programme?',
  text: 'The treatment pool is opened.',
  forum: 'collaborative',
  refs: ['pool-treatment'],
};
/** The days lie in summer time: five in the afternoon in London. */
const closesAt = (day: string): string => `${day}T16:00:00.000Z`;

/** A decision opened on 1 July that all three agree to but for those named. */
export async function opened(
  node: Node,
  id: string,
  day: string,
  silent: readonly string[] = [],
  more: object = {},
): Promise<void> {
  await node.must(secretariat, 'decision', id, 'DraftDecision', {
    options: [],
    affectedAgencies: [],
    money: [],
    authorises: [],
    ...motion,
    ...more,
  });
  await node.must(secretariat, 'decision', id, 'OpenDecision', { closesAt: closesAt(day), urgent: false });
  for (const a of agencies.filter((x) => !silent.includes(x)))
    await node.must(seatHolder(a), 'decision', id, 'TakePosition', { stance: 'agree' });
}
export async function chaired(node: Node): Promise<void> {
  await world(node.log, node.executor);
  const expectedVersion = (await node.log.read('collaborative-durham')).length;
  await node.must(
    secretariat,
    'collaborative',
    'durham',
    'AppointChair',
    { seatId: 'council' },
    { expectedVersion },
  );
}
const work = (node: Node): Promise<void> =>
  closeDecisions(node.executor, node.engine.queries(decisionLog).overdue(node.clock.now()));

export const decisions: Scene[] = [
  {
    title: 'decisions whose time is over, in the order of their times, and no other',
    reactor: 'decision-closer',
    work,
    async history(node) {
      await chaired(node);
      await opened(node, 'last', '2009-07-10');
      await opened(node, 'first', '2009-07-08');
      await opened(node, 'lapsing', '2009-07-09', ['pct', 'police']);
      await opened(node, 'still-open', '2009-07-20');
      await opened(node, 'withdrawn', '2009-07-08');
      await node.must(secretariat, 'decision', 'withdrawn', 'WithdrawDecision', { reason: 'Other figures' });
      node.on('2009-07-15');
    },
    writes: [
      'decision-first: DecisionClosed',
      'decision-lapsing: DecisionClosed',
      'decision-last: DecisionClosed',
    ],
  },
  {
    title: 'the chair closes it at the same moment',
    reactor: 'decision-closer',
    work,
    async history(node) {
      await chaired(node);
      await opened(node, 'pooling', '2009-07-08');
      node.on('2009-07-09');
    },
    writes: ['decision-pooling: DecisionClosed'],
    meanwhile: {
      happens: async (node) => void (await node.must(chair, 'decision', 'pooling', 'CloseDecision')),
      writes: ['decision-pooling: StepRefused WRONG_STATE'],
    },
  },
  {
    title: 'what one decision authorised was done before another closes',
    reactor: 'decision-closer',
    work,
    async history(node) {
      await chaired(node);
      await opened(node, 'open-it', '2009-07-08', [], {
        authorises: [{ command: 'Disclose', record: 'pool-treatment', terms: { to: 'programme' } }],
      });
      await node.must(chair, 'decision', 'open-it', 'CloseDecision');
      await node.must(secretariat, 'pool', 'treatment', 'Disclose', {
        to: 'programme',
        decisionId: 'open-it',
      });
      await node.must(chair, 'decision', 'open-it', 'RecordOutcome', { statement: 'The pool is open' });
      await opened(node, 'next', '2009-07-08', ['police']);
      await node.must(seatHolder('police'), 'decision', 'next', 'DeclareInterest', {
        pecuniary: true,
        nature: 'Trustee',
      });
      node.on('2009-07-09');
    },
    writes: ['decision-next: DecisionClosed'],
  },
];
