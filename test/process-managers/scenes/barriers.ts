import { closeDays } from '../../../src/process-managers/clock.js';
import { office, openPlaces, secretariat, world, type As } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const department: As = { as: 'official@agency:dwp', account: 'official.dwp' };

/** A whitehall barrier of Durham, `id`, proposed to a department. */
export async function proposed(node: Node, id = 'forms'): Promise<void> {
  if ((await node.log.read('agency-dwp')).length === 0)
    await node.must(office, 'agency', 'dwp', 'RegisterAgency', {
      name: 'Department for Work and Pensions',
      sector: 'department',
      type: 'department',
      identifiers: [{ scheme: 'programme', code: 'dwp', from: '2009-04-01' }],
      startOn: '2009-04-01',
    });
  await node.must(secretariat, 'barrier', id, 'RecordBarrier', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  await node.must(secretariat, 'barrier', id, 'Triage', { locus: 'whitehall', reason: 'Their rule' });
  await node.must(secretariat, 'barrier', id, 'ProposeOwner', { agencyIds: ['dwp'] });
}
const answered = (node: Node, id: string, data: Record<string, unknown>) =>
  node.must(department, 'barrier', id, 'Respond', data);
const will = { position: 'will-remove', official: 'Jane Doe', dueOn: '2009-07-31', measure: 'One form' };
const withdraw = async (node: Node): Promise<void> =>
  void (await node.must(office, 'programme', 'tp', 'WithdrawPlace', {
    placeId: 'durham',
    reason: 'The councils have left',
  }));

export const barriers: Scene[] = [
  {
    title: 'an owner declines, or will not: the next rung',
    reactor: 'ownership-escalator',
    async history(node) {
      await world(node.log, node.executor);
      for (const id of ['forms', 'rules', 'funds']) await proposed(node, id);
      await node.must(department, 'barrier', 'forms', 'DeclineOwnership', { reason: 'Not ours' });
      await node.must(department, 'barrier', 'rules', 'AcceptOwnership');
      await answered(node, 'rules', { position: 'will-not', reason: 'The law', official: 'Jane Doe' });
      await answered(node, 'funds', will);
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
    async history(node) {
      await world(node.log, node.executor);
      for (const id of ['forms', 'rules']) await proposed(node, id);
      await node.must(department, 'barrier', 'rules', 'AcceptOwnership');
      await answered(node, 'rules', will);
      node.on('2009-08-07');
      await closeDays(node.executor, node.clock, ['tp']);
    },
    writes: ['barrier-forms: BarrierEscalated', 'barrier-rules: BarrierEscalated'],
    meanwhile: {
      // Answered in the meantime: the step finds nothing to do, and says so.
      happens: async (node) => void (await answered(node, 'forms', { ...will, dueOn: '2009-09-30' })),
      writes: ['barrier-forms: StepRefused NOTHING_TO_DO', 'barrier-rules: BarrierEscalated'],
    },
  },
  {
    title:
      'a rung that did not direct, and a direction that was not answered: the next rung, once, though the first answer is late beside them',
    reactor: 'ownership-escalator',
    async history(node) {
      await world(node.log, node.executor);
      for (const id of ['forms', 'rules']) await proposed(node, id);
      node.on('2009-07-30');
      for (const id of ['forms', 'rules'])
        await node.must(secretariat, 'barrier', id, 'Escalate', { agencyId: 'dwp' });
      await node.must(office, 'barrier', 'rules', 'Direct', {
        agencyId: 'dwp',
        rung: 'champions-group',
        direction: 'Answer',
        official: 'Jane Doe',
      });
      node.on('2009-08-07');
      await closeDays(node.executor, node.clock, ['tp']);
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
    async history(node) {
      await world(node.log, node.executor);
      await proposed(node);
      await node.must(department, 'barrier', 'forms', 'AcceptOwnership');
      await answered(node, 'forms', will);
      await node.must(department, 'barrier', 'forms', 'ClaimRemoved', { evidence: ['Circular 12/2009'] });
      node.on('2009-07-25');
      await closeDays(node.executor, node.clock, ['tp']);
    },
    writes: ['barrier-forms: BarrierRemoved'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(secretariat, 'barrier', 'forms', 'DisputeRemoval', {
          placeId: 'durham',
          reason: 'The old form is still asked for',
        })),
      writes: ['barrier-forms: StepRefused NOTHING_TO_DO'],
    },
  },
  {
    title: 'a place is withdrawn: it leaves the barriers of others, and the rest may do without it',
    reactor: 'withdrawals',
    async history(node) {
      await world(node.log, node.executor);
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      await openPlaces(node.log, node.executor);
      for (const id of ['forms', 'rules']) {
        await proposed(node, id);
        await node.must({ as: 'secretariat@place:kent', account: 'sec.kent' }, 'barrier', id, 'JoinBarrier', {
          placeId: 'kent',
          localEffect: 'Here too',
        });
      }
      await node.must(department, 'barrier', 'forms', 'AcceptOwnership');
      await answered(node, 'forms', will);
      await node.must(department, 'barrier', 'forms', 'ClaimRemoved', { evidence: ['Circular 12/2009'] });
      await node.must(secretariat, 'barrier', 'forms', 'ConfirmRemoved', { placeId: 'durham' });
      await node.must(office, 'programme', 'tp', 'WithdrawPlace', {
        placeId: 'kent',
        reason: 'The council has left',
      });
    },
    writes: ['barrier-forms: BarrierLeft', 'barrier-forms: BarrierRemoved', 'barrier-rules: BarrierLeft'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(secretariat, 'barrier', 'rules', 'Close', {
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
    async history(node) {
      await world(node.log, node.executor);
      await node.must(office, 'programme', 'tp', 'EnrolPlace', {
        placeId: 'kent',
        name: 'Kent',
        kind: 'pilot',
        region: 'South East',
      });
      await openPlaces(node.log, node.executor);
      await proposed(node);
      const kent = { as: 'secretariat@place:kent', account: 'sec.kent' };
      node.on('2009-07-02');
      await proposed(node, 'rules');
      await node.must(kent, 'barrier', 'rules', 'JoinBarrier', { placeId: 'kent', localEffect: 'Here too' });
      await node.must(kent, 'barrier', 'own', 'RecordBarrier', {
        placeId: 'kent',
        kind: 'guidance',
        statement: 'Their forms',
        effectOnResidents: 'They wait',
      });
      await node.must(kent, 'barrier', 'own', 'MergeInto', { barrierId: 'forms', reason: 'The same forms' });
      await node.must(secretariat, 'barrier', 'rules', 'MergeInto', {
        barrierId: 'forms',
        reason: 'The same rule',
      });
      await node.must(office, 'programme', 'tp', 'WithdrawPlace', {
        placeId: 'kent',
        reason: 'The council has left',
      });
    },
    writes: ['barrier-own: BarrierLeft', 'barrier-rules: BarrierLeft'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(secretariat, 'barrier', 'rules', 'LeaveBarrier', {
          placeId: 'durham',
          reason: 'Solved here',
        })),
      writes: ['barrier-own: BarrierLeft', 'barrier-rules: BarrierLeft'],
    },
  },
];
