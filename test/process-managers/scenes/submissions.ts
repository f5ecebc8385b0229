import { statementOf } from '../../../src/domain/submission/statement.js';
import { holder, office, officer, pledge, secretariat, world } from '../../commands/world.js';
import type { Node, Scene } from '../proof.js';

export const id = 'tp.1.durham';
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const versionOf = async (w: Node, stream: string) => ({ expectedVersion: (await w.log.read(stream)).length });
export const ofReturn = async (w: Node, command: string, data: Record<string, unknown> = {}): Promise<void> =>
  void (await w.must(secretariat, 'submission', id, command, data, await versionOf(w, `submission-${id}`)));

/** Round 1, open from 1 to 18 September, its template one prefilled section and one of prose. */
export async function planRound(w: Node): Promise<void> {
  const sections = [
    { sectionId: 'pools', title: 'Pools', prompt: 'Which?', kind: 'prefilled' },
    { sectionId: 'narrative', title: 'Narrative', prompt: 'What?', kind: 'prose' },
  ];
  await w.must(
    office,
    'programme',
    'tp',
    'SetSubmissionTemplate',
    { roundKind: 'interim', placeKind: 'pilot', sections },
    await versionOf(w, 'programme-tp'),
  );
  const window = { from: day('2009-09-01'), to: day('2009-09-18') };
  await w.must(office, 'programme', 'tp', 'PlanRound', {
    roundNo: 1,
    kind: 'interim',
    observation: { from: '2009-06-01', to: '2009-08-31' },
    window,
  });
  w.on('2009-09-01');
  await w.must(office, 'programme', 'tp', 'OpenRound', { roundNo: 1 });
}
/** The system's own word: as the Discloser of an earlier return would have given it. */
const openPool = (w: Node) =>
  w.executor.execute({
    aggregate: 'pool',
    id: 'treatment',
    command: 'Disclose',
    data: { to: 'programme' },
    commandId: 'b7f5c9a6-2f7b-5c4d-9d3e-0a1b2c3d4e5f',
    actor: { account: 'system:test', role: 'system' },
  });

async function begun(w: Node, before: (w: Node) => Promise<unknown> = async () => {}): Promise<void> {
  await world(w.log, w.executor);
  await w.must(
    office,
    'place',
    'durham',
    'NominateAccountableBody',
    { agencyId: 'council' },
    await versionOf(w, 'place-durham'),
  );
  await planRound(w);
  await before(w);
  await w.must(secretariat, 'submission', id, 'StartSubmission', {
    programmeId: 'tp',
    roundNo: 1,
    placeId: 'durham',
  });
}
/** Waits for the signature, with the pool and a local barrier included, and what was made before. */
export async function sent(
  w: Node,
  before?: (w: Node) => Promise<unknown>,
  more: readonly { aggregate: string; id: string }[] = [],
): Promise<void> {
  await begun(w, before);
  await w.must(secretariat, 'barrier', 'forms', 'RecordBarrier', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  for (const sectionId of ['pools', 'narrative']) {
    await ofReturn(w, 'AnswerSection', {
      sectionId,
      content:
        sectionId === 'pools' ? { rows: [{ label: 'Treatment', value: 'proposed' }] } : { text: 'As told' },
    });
    await ofReturn(w, 'CompleteSection', { sectionId });
  }
  const included = [{ aggregate: 'pool', id: 'treatment' }, { aggregate: 'barrier', id: 'forms' }, ...more];
  await ofReturn(w, 'SendForSignOff', { included });
}

/** The council's finance officer signs the statement as it stands. */
export async function signed(w: Node): Promise<void> {
  const statement = statementOf((await w.executor.load('submission', id)).state);
  await w.must(officer('council'), 'submission', id, 'SignOff', { statementHash: statement!.sha256 });
}

export const submissions: Scene[] = [
  {
    title: 'a return is prefilled with what the programme may see',
    reactor: 'submission-assembler',
    history: (w) => begun(w, openPool),
    writes: [`submission-${id}: SectionAnswered`],
    meanwhile: {
      happens: (w) =>
        ofReturn(w, 'AnswerSection', {
          sectionId: 'pools',
          content: { rows: [{ label: 'By hand', value: 'ours' }] },
        }),
      writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
    },
  },
  {
    title: 'a return begun when there was nothing to show is not prefilled later',
    reactor: 'submission-assembler',
    history: (w) => begun(w),
    writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
  },
  {
    title: 'a pledge to a pool that waits to be signed for',
    reactor: 'sign-off-voider',
    async history(w) {
      await sent(w);
      await w.must(holder('pct'), 'pool', 'treatment', 'Pledge', pledge(1));
    },
    writes: [`submission-${id}: SignOffVoided`],
    meanwhile: {
      happens: async (w) =>
        void (await w.must(officer('council'), 'submission', id, 'DeclineSignOff', {
          reason: 'Last month’s figure',
          sections: ['pools'],
        })),
      writes: [`submission-${id}: StepRefused NOTHING_TO_DO`],
    },
  },
  {
    title: 'what a submitted return includes is opened to the programme',
    reactor: 'discloser',
    async history(w) {
      await sent(w);
      await signed(w);
      await ofReturn(w, 'Submit');
    },
    writes: ['pool-treatment: RecordDisclosed', 'barrier-forms: RecordDisclosed'],
    meanwhile: {
      // Triage as Whitehall's has opened the barrier by itself.
      happens: async (w) =>
        void (await w.must(secretariat, 'barrier', 'forms', 'Triage', {
          locus: 'whitehall',
          reason: 'Their rule',
        })),
      writes: ['pool-treatment: RecordDisclosed', 'barrier-forms: StepRefused NOTHING_TO_DO'],
    },
  },
];
