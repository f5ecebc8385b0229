import { closeDays } from '../../../src/process-managers/clock.js';
import { office, openPlaces, secretariat, world, type As } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const dwp: As = { as: 'official@agency:dwp', account: 'official.dwp' };

/** A whitehall barrier of Durham, `id`, proposed to a department. */
export async function proposed(w: Node, id = 'forms'): Promise<void> {
  if ((await w.log.read('agency-dwp')).length === 0)
    await w.must(office, 'agency', 'dwp', 'RegisterAgency', {
      name: 'Department for Work and Pensions',
      sector: 'department',
      type: 'department',
      identifiers: [{ scheme: 'programme', code: 'dwp', from: '2009-04-01' }],
      startOn: '2009-04-01',
    });
  await w.must(secretariat, 'barrier', id, 'RecordBarrier', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  await w.must(secretariat, 'barrier', id, 'Triage', { locus: 'whitehall', reason: 'Their rule' });
  await w.must(secretariat, 'barrier', id, 'ProposeOwner', { agencyIds: ['dwp'] });
}
const answered = (w: Node, id: string, data: Record<string, unknown>) =>
  w.must(dwp, 'barrier', id, 'Respond', data);
const will = { position: 'will-remove', official: 'Jane Doe', dueOn: '2009-07-31', measure: 'One form' };
const withdraw = async (w: Node): Promise<void> =>
  void (await w.must(office, 'programme', 'tp', 'WithdrawPlace', {
    placeId: 'durham',
    reason: 'The councils have left',
  }));

export const barriers: Scene[] = [
  {
    title: 'an owner declines, or will not: the next rung',
    reactor: 'ownership-escalator',
    async history(w) {
      await world(w.log, w.executor);
      for (const id of ['forms', 'rules', 'funds']) await proposed(w, id);
      await w.must(dwp, 'barrier', 'forms', 'DeclineOwnership', { reason: 'Not ours' });
      await w.must(dwp, 'barrier', 'rules', 'AcceptOwnership');
      await answered(w, 'rules', { position: 'will-not', reason: 'The law', official: 'Jane Doe' });
      await answered(w, 'funds', will);
    },
    writes: ['barrier-forms: BarrierEscalated', 'barrier-rules: BarrierEscalated'],
    meanwhile: {
      happens: withdraw,
      writes: ['barrier-forms: StepRefused PLACE_WITHDRAWN', 'barrier-rules: StepRefused PLACE_WITHDRAWN'],
    },
  },
  {
    title: 'an answer and a deed overdue, seen on every day since: one rung each',
    reactor: 'ownership-escalator',
    async history(w) {
      await world(w.log, w.executor);
      for (const id of ['forms', 'rules']) await proposed(w, id);
      await w.must(dwp, 'barrier', 'rules', 'AcceptOwnership');
      await answered(w, 'rules', will);
      w.on('2009-08-07');
      await closeDays(w.executor, w.clock, ['tp']);
    },
    writes: ['barrier-forms: BarrierEscalated', 'barrier-rules: BarrierEscalated'],
    meanwhile: {
      // Answered in the meantime: the step finds nothing to do, and says so.
      happens: async (w) => void (await answered(w, 'forms', { ...will, dueOn: '2009-09-30' })),
      writes: ['barrier-forms: StepRefused NOTHING_TO_DO', 'barrier-rules: BarrierEscalated'],
    },
  },
  {
    title:
      'a rung that did not direct, and a direction that was not answered: the next rung, once, though the first answer is late beside them',
    reactor: 'ownership-escalator',
    async history(w) {
      await world(w.log, w.executor);
      for (const id of ['forms', 'rules']) await proposed(w, id);
      w.on('2009-07-30');
      for (const id of ['forms', 'rules'])
        await w.must(secretariat, 'barrier', id, 'Escalate', { agencyId: 'dwp' });
      await w.must(office, 'barrier', 'rules', 'Direct', {
        agencyId: 'dwp',
        rung: 'champions-group',
        direction: 'Answer',
        official: 'Jane Doe',
      });
      w.on('2009-08-07');
      await closeDays(w.executor, w.clock, ['tp']);
    },
    writes: [
      'barrier-forms: BarrierEscalated',
      'barrier-rules: BarrierEscalated',
      'barrier-rules: StepRefused NOTHING_TO_DO',
    ],
  },
  {
    title: 'a removal that nobody disputed in fifteen working days',
    reactor: 'lapses',
    async history(w) {
      await world(w.log, w.executor);
      await proposed(w);
      await w.must(dwp, 'barrier', 'forms', 'AcceptOwnership');
      await answered(w, 'forms', will);
      await w.must(dwp, 'barrier', 'forms', 'ClaimRemoved', { evidence: ['Circular 12/2009'] });
      w.on('2009-07-25');
      await closeDays(w.executor, w.clock, ['tp']);
    },
    writes: ['barrier-forms: BarrierRemoved'],
    meanwhile: {
      happens: async (w) =>
        void (await w.must(secretariat, 'barrier', 'forms', 'DisputeRemoval', {
          placeId: 'durham',
          reason: 'The old form is still asked for',
        })),
      writes: ['barrier-forms: StepRefused NOTHING_TO_DO'],
    },
  },
  {
    title: 'a place is withdrawn: it leaves the barriers of others, and the rest may do without it',
    reactor: 'withdrawals',
    async history(w) {
      await world(w.log, w.executor);
      await w.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      await openPlaces(w.log, w.executor);
      for (const id of ['forms', 'rules']) {
        await proposed(w, id);
        await w.must({ as: 'secretariat@place:kent', account: 'sec.kent' }, 'barrier', id, 'JoinBarrier', {
          placeId: 'kent',
          localEffect: 'Here too',
        });
      }
      await w.must(dwp, 'barrier', 'forms', 'AcceptOwnership');
      await answered(w, 'forms', will);
      await w.must(dwp, 'barrier', 'forms', 'ClaimRemoved', { evidence: ['Circular 12/2009'] });
      await w.must(secretariat, 'barrier', 'forms', 'ConfirmRemoved', { placeId: 'durham' });
      await w.must(office, 'programme', 'tp', 'WithdrawPlace', {
        placeId: 'kent',
        reason: 'The council has left',
      });
    },
    writes: ['barrier-forms: BarrierLeft', 'barrier-forms: BarrierRemoved', 'barrier-rules: BarrierLeft'],
    meanwhile: {
      happens: async (w) =>
        void (await w.must(secretariat, 'barrier', 'rules', 'Close', {
          as: 'not-a-barrier',
          reason: 'Allowed after all',
        })),
      writes: [
        'barrier-forms: BarrierLeft',
        'barrier-forms: BarrierRemoved',
        'barrier-rules: StepRefused WRONG_STATE',
      ],
    },
  },
  {
    title: 'a place is withdrawn: it leaves what was merged too, its own as well, where that went is in work',
    reactor: 'withdrawals',
    async history(w) {
      await world(w.log, w.executor);
      await w.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      await openPlaces(w.log, w.executor);
      await proposed(w);
      const kent = { as: 'secretariat@place:kent', account: 'sec.kent' };
      w.on('2009-07-02');
      await proposed(w, 'rules');
      await w.must(kent, 'barrier', 'rules', 'JoinBarrier', { placeId: 'kent', localEffect: 'Here too' });
      await w.must(kent, 'barrier', 'own', 'RecordBarrier', {
        placeId: 'kent',
        kind: 'guidance',
        statement: 'Their forms',
        effectOnResidents: 'They wait',
      });
      await w.must(kent, 'barrier', 'own', 'MergeInto', { barrierId: 'forms', reason: 'The same forms' });
      await w.must(secretariat, 'barrier', 'rules', 'MergeInto', {
        barrierId: 'forms',
        reason: 'The same rule',
      });
      await w.must(office, 'programme', 'tp', 'WithdrawPlace', {
        placeId: 'kent',
        reason: 'The council has left',
      });
    },
    writes: ['barrier-own: BarrierLeft', 'barrier-rules: BarrierLeft'],
    meanwhile: {
      happens: async (w) =>
        void (await w.must(secretariat, 'barrier', 'rules', 'LeaveBarrier', {
          placeId: 'durham',
          reason: 'Solved here',
        })),
      writes: ['barrier-own: BarrierLeft', 'barrier-rules: BarrierLeft'],
    },
  },
];
