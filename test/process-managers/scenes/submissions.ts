import { statementOf } from '../../../src/domain/submission/statement.js';
import { seatHolder, office, financeOfficer, pledge, secretariat, world } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const id = 'tp.1.durham';
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const versionOf = async (node: Node, stream: string) => ({
  expectedVersion: (await node.log.read(stream)).length,
});
export const ofReturn = async (
  node: Node,
  command: string,
  data: Record<string, unknown> = {},
): Promise<void> =>
  void (await node.must(
    secretariat,
    'submission',
    id,
    command,
    data,
    await versionOf(node, `submission-${id}`),
  ));

/** Round 1, open from 1 to 18 September, its template one prefilled section and one of prose. */
export async function planRound(node: Node): Promise<void> {
  const sections = [
    { sectionId: 'pools', title: 'Pools', prompt: 'Which?', kind: 'prefilled' },
    { sectionId: 'narrative', title: 'Narrative', prompt: 'What?', kind: 'prose' },
  ];
  await node.must(
    office,
    'programme',
    'tp',
    'SetSubmissionTemplate',
    { roundKind: 'interim', placeKind: 'pilot', sections },
    await versionOf(node, 'programme-tp'),
  );
  const window = { from: day('2009-09-01'), to: day('2009-09-18') };
  await node.must(office, 'programme', 'tp', 'PlanRound', {
    roundNo: 1,
    kind: 'interim',
    observation: { from: '2009-06-01', to: '2009-08-31' },
    window,
  });
  node.on('2009-09-01');
  await node.must(office, 'programme', 'tp', 'OpenRound', { roundNo: 1 });
}
/** The system's own word: as the Discloser of an earlier return would have given it. */
const openPool = (node: Node) =>
  node.executor.execute({
    aggregate: 'pool',
    id: 'treatment',
    command: 'Disclose',
    data: { to: 'programme' },
    commandId: 'b7f5c9a6-2f7b-5c4d-9d3e-0a1b2c3d4e5f',
    actor: { account: 'system:test', role: 'system' },
  });

async function begun(node: Node, before: (node: Node) => Promise<unknown> = async () => {}): Promise<void> {
  await world(node.log, node.executor);
  await node.must(
    office,
    'place',
    'durham',
    'NominateAccountableBody',
    { agencyId: 'council' },
    await versionOf(node, 'place-durham'),
  );
  await planRound(node);
  await before(node);
  await node.must(secretariat, 'submission', id, 'StartSubmission', {
    programmeId: 'tp',
    roundNo: 1,
    placeId: 'durham',
  });
}
/** Waits for the signature, with the pool and a local barrier included, and what was made before. */
export async function sent(
  node: Node,
  before?: (node: Node) => Promise<unknown>,
  more: readonly { aggregate: string; id: string }[] = [],
): Promise<void> {
  await begun(node, before);
  await node.must(secretariat, 'barrier', 'forms', 'RecordBarrier', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  for (const sectionId of ['pools', 'narrative']) {
    await ofReturn(node, 'AnswerSection', {
      sectionId,
      content:
        sectionId === 'pools' ? { rows: [{ label: 'Treatment', value: 'proposed' }] } : { text: 'As told' },
    });
    await ofReturn(node, 'CompleteSection', { sectionId });
  }
  const included = [{ aggregate: 'pool', id: 'treatment' }, { aggregate: 'barrier', id: 'forms' }, ...more];
  await ofReturn(node, 'SendForSignOff', { included });
}

/** The council's finance officer signs the statement as it stands. */
export async function signed(node: Node): Promise<void> {
  const statement = statementOf((await node.executor.load('submission', id)).state);
  await node.must(financeOfficer('council'), 'submission', id, 'SignOff', {
    statementHash: statement!.hash,
  });
}

export const submissions: Scene[] = [
  {
    title: 'a return is prefilled with what the programme may see',
    reactor: 'submission-assembler',
    history: (node) => begun(node, openPool),
    writes: [`submission-${id}: SectionAnswered`],
    meanwhile: {
      happens: (node) =>
        ofReturn(node, 'AnswerSection', {
          sectionId: 'pools',
          content: { rows: [{ label: 'By hand', value: 'ours' }] },
        }),
      writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
    },
  },
  {
    title: 'a return begun when there was nothing to show is not prefilled later',
    reactor: 'submission-assembler',
    history: (node) => begun(node),
    writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
  },
  {
    title: 'a pledge to a pool that waits to be signed for',
    reactor: 'sign-off-voider',
    async history(node) {
      await sent(node);
      await node.must(seatHolder('pct'), 'pool', 'treatment', 'Pledge', pledge(1));
    },
    writes: [`submission-${id}: SignOffVoided`],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(financeOfficer('council'), 'submission', id, 'DeclineSignOff', {
          reason: 'Last month’s figure',
          sections: ['pools'],
        })),
      writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
    },
  },
  {
    title: 'what a submitted return includes is opened to the programme',
    reactor: 'discloser',
    async history(node) {
      await sent(node);
      await signed(node);
      await ofReturn(node, 'Submit');
    },
    writes: ['pool-treatment: RecordDisclosed', 'barrier-forms: RecordDisclosed'],
    meanwhile: {
      // Triage as Whitehall's has opened the barrier by itself.
      happens: async (node) =>
        void (await node.must(secretariat, 'barrier', 'forms', 'Triage', {
          locus: 'whitehall',
          reason: 'Their rule',
        })),
      writes: ['pool-treatment: RecordDisclosed', 'barrier-forms: StepRefused NOTHING_TO_DO'],
    },
  },
];
