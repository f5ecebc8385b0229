import { secretariat, type Giver } from '../../../src/demo/seed/types.js';
import { carried, lead, trust } from './durham.js';
import type { Story } from './story.js';

const department = 'department-for-work-and-pensions';
const official: Giver = { as: `official@agency:${department}`, account: `post.official.${department}` };
const deskOfficer: Giver = { ...official, account: 'post.desk.pensions' };
const champion: Giver = { as: 'champion@place:kent', account: 'alexis-cleveland' };
const kent = secretariat('kent');
const neighbour = secretariat('leicester-leicestershire');
const owner = { agencyId: department };
const owners = { agencyIds: [department] };
const elsewhere = { placeId: 'leicester-leicestershire' };

const removed: Story = {
  title: 'a barrier that is removed, and comes back',
  async tell({ shown, prepared, admitted }) {
    const desk = await admitted(deskOfficer);
    const barrier = await shown(lead, 'barrier.RecordBarrier');
    await shown(lead, 'barrier.Triage', barrier);
    await shown(lead, 'barrier.Ask', barrier);
    await shown(lead, 'barrier.ProposeOwner', barrier, owners);
    await shown(official, 'barrier.AcceptOwnership', barrier);
    await shown(official, 'barrier.AssignHandler', barrier);
    await shown(desk, 'barrier.PrepareAnswer', barrier);
    await prepared(official, 'barrier.Respond', barrier, {
      position: 'need-evidence',
      evidenceNeeded: ['Case notes of twelve families'],
    });
    await shown(lead, 'barrier.SupplyEvidence', barrier);
    await shown(official, 'barrier.Respond', barrier);
    await shown(trust, 'barrier.CostBarrier', barrier);
    await shown(trust, 'barrier.DiscloseBarrierCost', barrier);
    await shown(neighbour, 'barrier.JoinBarrier', barrier, elsewhere);
    await shown(neighbour, 'barrier.LeaveBarrier', barrier, elsewhere);
    await shown(official, 'barrier.ClaimRemoved', barrier);
    await shown(lead, 'barrier.DisputeRemoval', barrier);
    await prepared(official, 'barrier.ClaimRemoved', barrier);
    await shown(lead, 'barrier.ConfirmRemoved', barrier);
    await shown(lead, 'barrier.Reopen', barrier);
    await shown(lead, 'barrier.Correct', barrier);
  },
};

const escalated: Story = {
  title: 'a barrier whose owner is late, and one that its owner declines',
  async tell({ shown, prepared, at }) {
    const barrier = await prepared(kent, 'barrier.RecordBarrier', { placeId: 'kent' });
    await prepared(kent, 'barrier.Triage', barrier);
    await prepared(kent, 'barrier.ProposeOwner', barrier, owners);
    // The answer is overdue, and the service has not seen it yet.
    at('2010-01-04T09:00:00.000Z');
    await shown(kent, 'barrier.Escalate', barrier, owner);
    await shown(champion, 'barrier.Direct', barrier, owner);
    const declined = await prepared(lead, 'barrier.RecordBarrier');
    await prepared(lead, 'barrier.Triage', declined);
    await prepared(lead, 'barrier.ProposeOwner', declined, owners);
    await shown(official, 'barrier.DeclineOwnership', declined);
  },
};

const notOne: Story = {
  title: 'barriers that are none, or one with another, or opened',
  async tell(teller) {
    const { shown, prepared } = teller;
    const same = await prepared(lead, 'barrier.RecordBarrier');
    await shown(lead, 'barrier.MergeInto', same, { barrierId: 'durham-housing-returns' });
    const local = await prepared(lead, 'barrier.RecordBarrier');
    const record = `barrier-${local}`;
    const authorised = { command: 'Disclose', record, terms: { to: 'programme' } };
    const decisionId = await carried(teller, authorised);
    await shown(lead, 'barrier.Disclose', local, { decisionId });
    await shown(lead, 'barrier.Close', local);
  },
};

export const barriers: readonly Story[] = [removed, escalated, notOne];
