import { carried, chair, council, lead, trust } from './durham.js';
import type { Story } from './story.js';

const families = { themeId: 'housing' };
/** What its draft says, which the form of an offer asks for, as it is there. */
const terms = {
  accountable: { seatId: 'council' },
  measure: 'Families assessed once, of all assessed',
  evidenceExpected: 'Case records sampled by the primary care trust',
  dueOn: '2010-01-29',
  verifierAgencyId: 'county-durham-pct',
};
const money = {
  poolId: 'durham-warm-homes',
  financialYear: '2009-10',
  pence: 5_000_00,
  pledgeIds: ['council-2009'],
};
const evidence = [
  {
    type: 'monitoring-data',
    description: 'Sample of case records',
    date: '2009-10-21',
    locator: 'Board paper 12',
  },
];

export const commitment: Story = {
  title: 'a commitment',
  async tell(teller) {
    const { shown, prepared } = teller;
    const offered = async (more: object = {}): Promise<string> => {
      const id = await prepared(lead, 'commitment.DraftCommitment', { ...families, ...more });
      await prepared(lead, 'commitment.Offer', id);
      return id;
    };
    const accepted = async (more: object = {}): Promise<string> => {
      const id = await offered(more);
      await prepared(chair, 'commitment.Accept', id, { consent: false });
      return id;
    };

    const promise = await shown(lead, 'commitment.DraftCommitment', families);
    await shown(lead, 'commitment.Offer', promise, terms);
    await shown(chair, 'commitment.Accept', promise);
    await shown(lead, 'commitment.Report', promise);
    await shown(lead, 'commitment.AddCommitmentMilestone', promise);
    await shown(lead, 'commitment.ReachCommitmentMilestone', promise);
    await shown(lead, 'commitment.Reschedule', promise);
    await shown(lead, 'commitment.Correct', promise);
    await shown(chair, 'commitment.ClaimComplete', promise, { evidence });
    await shown(trust, 'commitment.ReturnClaim', promise);
    await prepared(chair, 'commitment.ClaimComplete', promise, { evidence });
    await shown(trust, 'commitment.Verify', promise);
    await shown(trust, 'commitment.ReopenCommitment', promise, {
      evidence: [{ ...evidence[0], locator: 'Board paper 13' }],
    });

    await shown(chair, 'commitment.Decline', await offered());

    const asking = await offered({ money });
    await prepared(lead, 'pool.ReleaseReservation', money.poolId, { commitmentId: asking });
    await shown(lead, 'commitment.RequestFunds', asking);

    const kept = await accepted();
    await shown(chair, 'commitment.ConsentToCommitmentDisclosure', kept);
    const decided = (command: string, on: string, terms: object = {}) =>
      carried(teller, { command, record: `commitment-${on}`, terms });
    const opening = await decided('Disclose', kept, { to: 'programme' });
    await shown(lead, 'commitment.Disclose', kept, { decisionId: opening });
    const by = await accepted({ supersedes: kept });
    await shown(lead, 'commitment.Supersede', kept, {
      by,
      decisionId: await decided('Supersede', kept, { by }),
    });
    await shown(lead, 'commitment.Withdraw', by, { decisionId: await decided('Withdraw', by) });

    const moved = await accepted({ verifierAgencyId: 'durham-police-authority' });
    await shown(lead, 'commitment.Reassign', moved, { accountable: { seatId: 'health' } });

    // Who answered for it has left, and the council sits in another seat.
    const answered = await accepted();
    await prepared(lead, 'collaborative.VacateSeat', 'durham', { seatId: 'council' });
    const { account } = chair;
    const seat = { seatId: 'cabinet', agencyId: 'durham-county-council', account };
    await prepared(lead, 'collaborative.OfferSeat', 'durham', seat);
    await prepared(council, 'collaborative.AcceptSeat', 'durham', { seatId: seat.seatId });
    await shown(lead, 'commitment.ReplaceAccountable', answered, { accountable: { seatId: seat.seatId } });
  },
};
