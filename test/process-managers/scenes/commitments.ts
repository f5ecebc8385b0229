import { closeDays } from '../../../src/process-managers/clock.js';
import { commitmentOfAnswer } from '../../../src/process-managers/commitments.js';
import {
  agencies,
  seatHolder,
  office,
  financeOfficer,
  pledge,
  secretariat,
  world,
  type As,
} from '../../commands/world.js';
import { runReactor, type Node, type Scene } from '../proof.js';
import { department, proposed } from './barriers.js';
import { id as returnId, ofReturn, sent, signed } from './submissions.js';

const versionOf = async (node: Node, stream: string) => ({
  expectedVersion: (await node.log.read(stream)).length,
});
const council = seatHolder('council');
const contributor: As = { as: 'contributor@place:durham+agency:council', account: 'co.council' };
const chair: As = { as: 'chair@place:durham+agency:pct', account: 'seat-holder.pct' };
const withdraw = async (node: Node): Promise<void> =>
  void (await node.must(office, 'programme', 'tp', 'WithdrawPlace', {
    placeId: 'durham',
    reason: 'The councils have left',
  }));

const terms = {
  measure: 'One form',
  evidenceExpected: 'The circular',
  dueOn: '2009-12-18',
  verifierAgencyId: 'pct',
};
const ofCouncil = {
  placeId: 'durham',
  title: 'One form',
  change: 'Families fill one form',
  ownerAgencyId: 'council',
  level: 'place',
  accountable: { seatId: 'council' },
  ...terms,
  milestones: [],
  dependsOn: [],
};
const ofDwp = {
  ...ofCouncil,
  ownerAgencyId: 'dwp',
  level: 'whitehall',
  accountable: { official: 'Jane Doe' },
  from: { kind: 'barrier', id: 'forms' },
};
const evidence = [
  { type: 'document', description: 'Circular 12/2009', date: '2009-07-01', locator: 'Website' },
];

/** A place's commitment, offered to the council and, unless told otherwise, accepted by it. */
export async function promised(
  node: Node,
  id = 'one',
  more: Record<string, unknown> = {},
  accept = true,
): Promise<void> {
  await node.must(secretariat, 'commitment', id, 'DraftCommitment', { ...ofCouncil, ...more });
  await node.must(secretariat, 'commitment', id, 'Offer');
  if (accept) await node.must(council, 'commitment', id, 'Accept', { consent: true });
}
const answer = (more: Record<string, unknown> = {}) => ({
  position: 'will-remove',
  official: 'Jane Doe',
  dueOn: '2009-12-18',
  measure: 'One form',
  ...more,
});
const inFull = answer({ evidenceExpected: 'The circular', verifierAgencyId: 'pct' });
/**
 * The commitment that the answer to `forms` becomes: its third event after recording, triage and proposal.
 */
const made = commitmentOfAnswer('forms', 'dwp', 4);

async function answered(node: Node, data: Record<string, unknown>): Promise<void> {
  await world(node.log, node.executor);
  await node.must(
    office,
    'place',
    'durham',
    'NominateAccountableBody',
    { agencyId: 'council' },
    await versionOf(node, 'place-durham'),
  );
  await proposed(node);
  await node.must(department, 'barrier', 'forms', 'Respond', data);
}
/**
 * The department's own commitment from the barrier, accepted; the deed was moved there, as the reactor would
 * have at the time.
 */
async function ownPromise(node: Node, more: Record<string, unknown> = {}): Promise<void> {
  await answered(node, answer());
  await node.must(department, 'commitment', 'own', 'DraftCommitment', { ...ofDwp, ...more });
  await node.must(department, 'commitment', 'own', 'Offer');
  await node.must(department, 'commitment', 'own', 'Accept', { consent: true });
  await node.executor.execute({
    aggregate: 'barrier',
    id: 'forms',
    command: 'MoveDeed',
    data: { agencyId: 'dwp', commitmentId: 'own' },
    commandId: '4b6f3a0e-2f7b-5c4d-9d3e-0a1b2c3d4e5f',
    actor: { account: 'system:test', role: 'system' },
  });
}
const offeredOnly = [`commitment-${made}: CommitmentDrafted`, `commitment-${made}: CommitmentOffered`];

/** The pool of Durham, open, with a hundred pence confirmed. */
export async function openPool(node: Node): Promise<void> {
  await world(node.log, node.executor);
  const bp = [{ agencyId: 'council', overBp: 10_000, underBp: 10_000 }];
  const agreement = {
    agreementVersion: 1,
    hash: '0'.repeat(64),
    partners: [...agencies],
    hostAgencyId: 'council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
    riskShare: bp,
  };
  await node.must(secretariat, 'pool', 'treatment', 'ProposeAgreement', agreement);
  for (const id of agencies)
    await node.must(financeOfficer(id), 'pool', 'treatment', 'SignAgreement', { agreementVersion: 1 });
  await node.must(council, 'pool', 'treatment', 'Pledge', pledge(1));
  await node.must(financeOfficer('council'), 'pool', 'treatment', 'ConfirmPledge', {
    pledgeId: 'p-1',
    consent: true,
  });
  await node.must(
    secretariat,
    'collaborative',
    'durham',
    'AppointChair',
    { seatId: 'pct' },
    await versionOf(node, 'collaborative-durham'),
  );
  await node.must(chair, 'pool', 'treatment', 'OpenPool');
}
const money = (pence: number) => ({
  money: { poolId: 'treatment', financialYear: '2009-10', pence, pledgeIds: ['p-1'] },
});

const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const report = (period: string, rag: object) => ({
  period,
  progress: 40,
  rag,
  narrative: 'As it is',
  nextStep: 'More',
});
const turnsRed = {
  ...report('2009-09', { ...green, risk: 'red' }),
  correctionReason: 'The contract fell',
  cause: 'procurement',
  recovery: 'Let again',
  recoveryOn: '2009-10-01',
};
const included = [{ aggregate: 'commitment', id: 'one' }];

export const commitments: Scene[] = [
  {
    title:
      'a promise in a return that waits to be signed turns red; a green report or a pay-in does not matter',
    reactor: 'sign-off-voider',
    async history(node) {
      await sent(node, promised, included);
      await node.must(council, 'commitment', 'one', 'Report', report('2009-09', green));
      await node.must(
        council,
        'commitment',
        'one',
        'Report',
        turnsRed,
        await versionOf(node, 'commitment-one'),
      );
    },
    writes: [`submission-${returnId}: SignOffVoided`],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(financeOfficer('council'), 'submission', returnId, 'DeclineSignOff', {
          reason: 'Last month’s figure',
          sections: ['pools'],
        })),
      writes: [`submission-${returnId}: StepRefused NOTHING_TO_DO`],
    },
  },
  {
    title: 'a promise that a submitted return includes is opened to the programme',
    reactor: 'discloser',
    async history(node) {
      await sent(node, promised, included);
      await signed(node);
      await ofReturn(node, 'Submit');
    },
    writes: [
      'pool-treatment: RecordDisclosed',
      'barrier-forms: RecordDisclosed',
      'commitment-one: RecordDisclosed',
    ],
  },
  {
    title: 'a deed that became a commitment, and is late with it: the next rung, once',
    reactor: 'ownership-escalator',
    async history(node) {
      await ownPromise(node, { dueOn: '2009-07-10' });
      node.on('2009-07-15');
      await closeDays(node.executor, node.clock, ['tp']);
    },
    writes: ['barrier-forms: BarrierEscalated'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(
          department,
          'commitment',
          'own',
          'Reschedule',
          { dueOn: '2009-08-07', reason: 'The bill', official: 'Jane Doe' },
          await versionOf(node, 'commitment-own'),
        )),
      writes: ['barrier-forms: StepRefused NOTHING_TO_DO'],
    },
  },
  {
    title: 'a department’s own official answered in full: that is its commitment, and the deed moves there',
    reactor: 'ask-to-commitment',
    history: (node) => answered(node, inFull),
    writes: [...offeredOnly, `commitment-${made}: CommitmentAccepted`, 'barrier-forms: DeedMoved'],
    meanwhile: {
      happens: withdraw,
      writes: [
        `commitment-${made}: StepRefused PLACE_WITHDRAWN`,
        `commitment-${made}: StepRefused WRONG_STATE`,
        `commitment-${made}: StepRefused WRONG_STATE`,
      ],
    },
  },
  {
    title: 'a department answered in part: its commitment is offered to it',
    reactor: 'ask-to-commitment',
    history: (node) => answered(node, answer()),
    writes: offeredOnly,
  },
  {
    title:
      'a department answered with a date after the programme’s end, by a waiver: that is meant, and offered so',
    reactor: 'ask-to-commitment',
    async history(node) {
      await world(node.log, node.executor);
      await node.must(
        office,
        'place',
        'durham',
        'NominateAccountableBody',
        { agencyId: 'council' },
        await versionOf(node, 'place-durham'),
      );
      await proposed(node);
      await node.must(secretariat, 'waiver', 'later', 'RequestWaiver', {
        rule: 'DUE_AFTER_PROGRAMME',
        placeId: 'durham',
        record: 'barrier-forms',
        reason: 'The bill',
        until: '2009-12-31',
      });
      await node.must({ ...office, account: 'other.office' }, 'waiver', 'later', 'Grant', {
        reason: 'Granted',
      });
      await node.must(department, 'barrier', 'forms', 'Respond', {
        ...inFull,
        dueOn: '2010-09-30',
        waiverId: 'later',
      });
    },
    writes: [...offeredOnly, `commitment-${made}: CommitmentAccepted`, 'barrier-forms: DeedMoved'],
  },
  {
    title: 'a department withdraws its commitment: the deed is the barrier’s again',
    reactor: 'ask-to-commitment',
    async history(node) {
      await ownPromise(node);
      await node.must(department, 'commitment', 'own', 'Withdraw', {
        reason: 'The bill fell',
        official: 'Jane Doe',
      });
    },
    writes: [...offeredOnly, 'barrier-forms: StepRefused NOTHING_TO_DO', 'barrier-forms: DeedReturned'],
  },
  {
    title: 'a department claims its commitment complete: it claims that the barrier is removed',
    reactor: 'ask-to-commitment',
    async history(node) {
      await ownPromise(node);
      await node.must(department, 'commitment', 'own', 'ClaimComplete', { evidence });
      await node.must(seatHolder('pct'), 'commitment', 'own', 'Verify', { level: 'complete' });
    },
    writes: [...offeredOnly, 'barrier-forms: StepRefused NOTHING_TO_DO', 'barrier-forms: RemovalClaimed'],
  },
  {
    title: 'money is reserved for what was offered, refused for what is too much, and released when it ends',
    reactor: 'pool-reserver',
    async history(node) {
      await openPool(node);
      await promised(node, 'one', money(60), false);
      await promised(node, 'two', money(60), false);
      await node.must(council, 'commitment', 'two', 'Decline', { reason: 'Not now' });
    },
    writes: [
      'pool-treatment: FundsReserved',
      'pool-treatment: FundsReservationRefused',
      'pool-treatment: StepRefused NOTHING_TO_DO',
      'commitment-one: CommitmentFundsConfirmed',
      'commitment-two: StepRefused WRONG_STATE',
    ],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(chair, 'pool', 'treatment', 'SuspendPool', { reason: 'Under audit' })),
      writes: [
        'pool-treatment: FundsReservationRefused',
        'pool-treatment: FundsReservationRefused',
        'pool-treatment: StepRefused NOTHING_TO_DO',
        'commitment-one: CommitmentFundsRefused',
        'commitment-two: StepRefused WRONG_STATE',
      ],
    },
  },
  {
    title: 'the place lets go of the money: what waits for it is told, and may ask again',
    reactor: 'pool-reserver',
    async history(node) {
      await openPool(node);
      await promised(node, 'one', money(60), false);
      await runReactor(node, node.executor, 'pool-reserver');
      await node.must(secretariat, 'pool', 'treatment', 'ReleaseReservation', {
        commitmentId: 'one',
        reason: 'The place needs it',
      });
    },
    writes: ['commitment-one: CommitmentFundsRefused'],
  },
  {
    title: 'a promise that ends gives its money back',
    reactor: 'pool-reserver',
    async history(node) {
      await openPool(node);
      await promised(node, 'one', money(60), false);
      node.on('2009-08-07');
      await closeDays(node.executor, node.clock, ['tp']);
      await node.must(secretariat, 'commitment', 'one', 'Withdraw', { reason: 'Done otherwise' });
    },
    writes: [
      'pool-treatment: FundsReserved',
      'pool-treatment: FundsReleased',
      'commitment-one: StepRefused WRONG_STATE',
    ],
  },
  {
    title: 'a completed promise gave its money back; reopened, it is asked for again, and held again',
    reactor: 'pool-reserver',
    async history(node) {
      await openPool(node);
      await promised(node, 'one', money(60), false);
      await runReactor(node, node.executor, 'pool-reserver');
      await node.must(council, 'commitment', 'one', 'Accept', { consent: true });
      await node.must(council, 'commitment', 'one', 'ClaimComplete', { evidence });
      await node.must(seatHolder('pct'), 'commitment', 'one', 'Verify', { level: 'complete' });
      await runReactor(node, node.executor, 'pool-reserver');
      await node.must(seatHolder('pct'), 'commitment', 'one', 'ReopenCommitment', {
        evidence: [{ ...evidence[0], description: 'A visit' }],
        reason: 'The forms are back',
      });
      await node.must(council, 'commitment', 'one', 'RequestFunds');
    },
    writes: ['pool-treatment: FundsReserved', 'commitment-one: CommitmentFundsConfirmed'],
  },
  {
    title: 'an agency is retired: what it promised is orphaned, what it was only offered is not',
    reactor: 'orphan-guard',
    async history(node) {
      await world(node.log, node.executor);
      await promised(node);
      await promised(node, 'two');
      await promised(node, 'offered', {}, false);
      await node.must(office, 'agency', 'council', 'RetireAgency', {
        retiredOn: '2009-07-01',
        reason: 'Reorganised',
      });
    },
    writes: ['commitment-one: DutyOrphaned', 'commitment-two: DutyOrphaned'],
  },
  {
    title: 'a seat was left while promises were made: they are looked at again',
    reactor: 'orphan-guard',
    async history(node) {
      await world(node.log, node.executor);
      await promised(node);
      await promised(node, 'two');
      await node.must(council, 'collaborative', 'durham', 'VacateSeat', {
        seatId: 'council',
        reason: 'Retired',
      });
    },
    writes: [
      'commitment-one: DutyOrphaned',
      'commitment-two: DutyOrphaned',
      'commitment-one: StepRefused NOTHING_TO_DO',
      'commitment-two: StepRefused NOTHING_TO_DO',
    ],
    meanwhile: {
      async happens(node) {
        await node.must(contributor, 'commitment', 'one', 'ClaimComplete', { evidence });
        await node.must(seatHolder('pct'), 'commitment', 'one', 'Verify', { level: 'complete' });
      },
      writes: [
        'commitment-one: StepRefused NOTHING_TO_DO',
        'commitment-two: DutyOrphaned',
        'commitment-two: StepRefused NOTHING_TO_DO',
      ],
    },
  },
  {
    title:
      'an agency left the table: of its pledges that owe something, each is noted once; its unconfirmed one is among them',
    reactor: 'orphan-guard',
    async history(node) {
      await openPool(node);
      await node.must(council, 'pool', 'treatment', 'Pledge', pledge(2));
      await node.must(council, 'collaborative', 'durham', 'VacateSeat', {
        seatId: 'council',
        reason: 'Retired',
      });
    },
    // Each pledge is looked at when it comes by, the agency having left by then, and once more when its
    // leaving does.
    writes: [
      'pool-treatment: PledgeOrphaned',
      'pool-treatment: PledgeOrphaned',
      'pool-treatment: StepRefused NOTHING_TO_DO',
      'pool-treatment: StepRefused NOTHING_TO_DO',
    ],
  },
  {
    title: 'an agency is retired and pays its pledge in meanwhile',
    reactor: 'orphan-guard',
    async history(node) {
      await openPool(node);
      await node.must(office, 'agency', 'council', 'RetireAgency', {
        retiredOn: '2009-07-31',
        reason: 'Reorganised',
      });
    },
    writes: ['pool-treatment: PledgeOrphaned', 'pool-treatment: StepRefused NOTHING_TO_DO'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(financeOfficer('council'), 'pool', 'treatment', 'PayIn', {
          pledgeId: 'p-1',
          pence: 100,
          reference: 'BACS 1',
        })),
      writes: ['pool-treatment: StepRefused NOTHING_TO_DO', 'pool-treatment: StepRefused NOTHING_TO_DO'],
    },
  },
  {
    title: 'an agency comes back to the table: its pledge is its own again',
    reactor: 'orphan-guard',
    async history(node) {
      await openPool(node);
      await node.must(council, 'collaborative', 'durham', 'VacateSeat', {
        seatId: 'council',
        reason: 'Retired',
      });
      await runReactor(node, node.executor, 'orphan-guard');
      await node.must(secretariat, 'collaborative', 'durham', 'OfferSeat', {
        seatId: 'council2',
        agencyId: 'council',
        account: 'seat-holder.council',
        kind: 'voting',
      });
      await node.must(council, 'collaborative', 'durham', 'AcceptSeat', { seatId: 'council2' });
    },
    writes: ['pool-treatment: PledgeOrphanEnded'],
  },
  {
    title: 'an offer that nobody answered in twenty working days',
    reactor: 'lapses',
    async history(node) {
      await world(node.log, node.executor);
      await promised(node, 'one', {}, false);
      node.on('2009-08-04');
      await closeDays(node.executor, node.clock, ['tp']);
    },
    writes: ['commitment-one: OfferLapsed'],
    meanwhile: {
      happens: async (node) =>
        void (await node.must(council, 'commitment', 'one', 'Decline', { reason: 'Not ours' })),
      writes: ['commitment-one: StepRefused NOTHING_TO_DO'],
    },
  },
];
