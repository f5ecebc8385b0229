import type { Giver } from '../../../src/demo/seed/types.js';
import { administrators } from './administrators.js';
import { id as programmeId, office } from './programme.js';
import type { Story } from './story.js';

const [first, second] = administrators;
const member: Giver = { as: 'member@place:norfolk', account: 'post.partnership-officer.norfolk' };

export const account: Story = {
  title: 'an account',
  async tell({ admitted, shown, prepared, byItself }) {
    const invited = await shown(first, 'account.Invite');
    await shown(first, 'account.InviteAgain', invited);
    await shown(second, 'account.ApproveGrant', invited);
    await shown(first, 'account.RevokeGrant', invited);
    await shown(first, 'account.Suspend', invited);
    await shown(second, 'account.Reinstate', invited);

    const active = member.account;
    await shown(first, 'account.RequestGrant', active);
    await shown(second, 'account.RefuseGrant', active);
    await admitted(office);
    await prepared(office, 'programme.DefineProgramme', { id: programmeId });
    await shown(member, 'account.JoinProgramme', active);
    await byItself('account.SetCalendarAddress', active);
    await shown(member, 'account.WithdrawCalendarAddress', active);
    await shown(first, 'account.OfferRebinding', active);
    await shown(second, 'account.ApproveRebinding', active);
  },
};
