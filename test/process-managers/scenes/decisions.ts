import { closeDecisions } from '../../../src/process-managers/decision-closer.js';
import { decisionLog } from '../../../src/projections/views/decision-log.js';
import { agencies, holder, secretariat, world, type As } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const chair: As = { as: 'chair@place:durham+agency:council', account: 'sh.council' };
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
  w: Node,
  id: string,
  day: string,
  silent: readonly string[] = [],
  more: object = {},
): Promise<void> {
  await w.must(secretariat, 'decision', id, 'DraftDecision', {
    options: [],
    affectedAgencies: [],
    money: [],
    authorises: [],
    ...motion,
    ...more,
  });
  await w.must(secretariat, 'decision', id, 'OpenDecision', { closesAt: closesAt(day), urgent: false });
  for (const a of agencies.filter((x) => !silent.includes(x)))
    await w.must(holder(a), 'decision', id, 'TakePosition', { stance: 'agree' });
}
export async function chaired(w: Node): Promise<void> {
  await world(w.log, w.executor);
  const expectedVersion = (await w.log.read('collaborative-durham')).length;
  await w.must(
    secretariat,
    'collaborative',
    'durham',
    'AppointChair',
    { seatId: 'council' },
    { expectedVersion },
  );
}
const work = (w: Node): Promise<void> =>
  closeDecisions(w.executor, w.engine.queries(decisionLog).overdue(w.clock.now()));

export const decisions: Scene[] = [
  {
    title: 'decisions whose time is over, in the order of their times, and no other',
    reactor: 'decision-closer',
    work,
    async history(w) {
      await chaired(w);
      await opened(w, 'last', '2009-07-10');
      await opened(w, 'first', '2009-07-08');
      await opened(w, 'lapsing', '2009-07-09', ['pct', 'police']);
      await opened(w, 'still-open', '2009-07-20');
      await opened(w, 'withdrawn', '2009-07-08');
      await w.must(secretariat, 'decision', 'withdrawn', 'WithdrawDecision', { reason: 'Other figures' });
      w.on('2009-07-15');
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
    async history(w) {
      await chaired(w);
      await opened(w, 'pooling', '2009-07-08');
      w.on('2009-07-09');
    },
    writes: ['decision-pooling: DecisionClosed'],
    meanwhile: {
      happens: async (w) => void (await w.must(chair, 'decision', 'pooling', 'CloseDecision')),
      writes: ['decision-pooling: StepRefused WRONG_STATE'],
    },
  },
  {
    title: 'what one decision authorised was done before another closes',
    reactor: 'decision-closer',
    work,
    async history(w) {
      await chaired(w);
      await opened(w, 'open-it', '2009-07-08', [], {
        authorises: [{ command: 'Disclose', record: 'pool-treatment', terms: { to: 'programme' } }],
      });
      await w.must(chair, 'decision', 'open-it', 'CloseDecision');
      await w.must(secretariat, 'pool', 'treatment', 'Disclose', { to: 'programme', decisionId: 'open-it' });
      await w.must(chair, 'decision', 'open-it', 'RecordOutcome', { statement: 'The pool is open' });
      await opened(w, 'next', '2009-07-08', ['police']);
      await w.must(holder('police'), 'decision', 'next', 'DeclareInterest', {
        pecuniary: true,
        nature: 'Trustee',
      });
      w.on('2009-07-09');
    },
    writes: ['decision-next: DecisionClosed'],
  },
];
