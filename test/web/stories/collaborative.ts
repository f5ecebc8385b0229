import { secretariat, type Giver } from '../../../src/demo/seed/types.js';
import { administrators } from './administrators.js';
import { carriedBy } from './carried.js';
import type { Story } from './story.js';

/** A place that has no table yet. */
const place = 'norfolk';
/** Agencies of those who come to it. */
const [council, health, police] = [
  'norfolk-county-council',
  'county-durham-pct',
  'durham-police-authority',
] as const;
const as = (role: 'chair' | 'seat-holder', agencyId: string): Giver => ({
  as: `${role}@place:${place}+agency:${agencyId}`,
  account: `post.of-${agencyId}.${place}`,
});

export const collaborative: Story = {
  title: 'a place’s table',
  async tell(teller) {
    const { admitted, shown, prepared } = teller;
    const lead = await admitted(secretariat(place));
    const leader = await admitted(as('seat-holder', council));
    const trust = await admitted(as('seat-holder', health));
    const force = await admitted(as('seat-holder', police));
    const chair = as('chair', council);
    await prepared(administrators[0], 'account.RequestGrant', leader.account, {
      grantId: 'chair',
      role: 'chair',
      placeId: place,
      agencyId: council,
    });
    await prepared(administrators[1], 'account.ApproveGrant', leader.account, { grantId: 'chair' });
    const table = { placeId: place, lead, chair, others: [trust, force] };
    const record = `collaborative-${place}`;

    await shown(lead, 'collaborative.EstablishCollaborative', { placeId: place });
    for (const [seatId, agencyId, giver] of [
      ['council', council, leader],
      ['health', health, trust],
    ] as const) {
      const { account } = giver;
      await prepared(lead, 'collaborative.OfferSeat', place, { seatId, agencyId, account });
      await prepared(giver, 'collaborative.AcceptSeat', place, { seatId });
    }
    await shown(lead, 'collaborative.OfferSeat', place, { agencyId: police, account: force.account });
    await shown(force, 'collaborative.AcceptSeat', place);
    await shown(lead, 'collaborative.AppointChair', place);
    await shown(lead, 'collaborative.AppointDeputy', place);
    await shown(lead, 'collaborative.AppointSecretary', place);
    await shown(lead, 'collaborative.AdoptTerms', place);
    await shown(lead, 'collaborative.ActivateCollaborative', place);
    await shown(force, 'collaborative.NominateDelegate', place);
    await shown(force, 'collaborative.EndDelegation', place);

    const terms = { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 } };
    const rule = await carriedBy(table, teller, { command: 'ChangeRule', record, terms });
    await shown(lead, 'collaborative.ChangeRule', place, { decisionId: rule });
    const to = 'public';
    const opening = await carriedBy(table, teller, { command: 'Disclose', record, terms: { to } });
    await shown(lead, 'collaborative.Disclose', place, { to, decisionId: opening });

    await shown(chair, 'collaborative.SuspendSeat', place);
    await shown(lead, 'collaborative.ReplaceHolder', place);
    await shown(lead, 'collaborative.VacateSeat', place);
    await shown(chair, 'collaborative.DissolveCollaborative', place);
  },
};
