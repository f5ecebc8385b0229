import { carried, chair, councilFinance, lead, trust, trustFinance } from './durham.js';
import type { Story } from './story.js';

const cash = {
  legalBasis: 's75',
  functions: { nhs: 'Drug treatment', localAuthority: 'Social care' },
  years: ['2009-10', '2010-11'],
};
const years = { years: cash.years };

export const pool: Story = {
  title: 'a pool',
  async tell(teller) {
    const { shown, prepared, until } = teller;
    const pool = await shown(lead, 'pool.ProposePool', cash);
    await shown(lead, 'pool.ProposeAgreement', pool, years);
    await shown(lead, 'pool.Correct', pool);
    await shown(chair, 'pool.Pledge', pool);
    await shown(chair, 'pool.ChangePledge', pool);
    await prepared(chair, 'pool.Pledge', pool, { pledgeId: 'more' });
    await shown(chair, 'pool.WithdrawPledge', pool, { pledgeId: 'more' });
    await shown(councilFinance, 'pool.ConfirmPledge', pool);
    await shown(councilFinance, 'pool.ReducePledge', pool);
    await prepared(trust, 'pool.Pledge', pool, { pledgeId: 'trust-2009', pledgedPence: 60_000_00 });
    await prepared(trustFinance, 'pool.ConfirmPledge', pool, { pledgeId: 'trust-2009', consent: false });
    await shown(trustFinance, 'pool.ConsentToDisclosure', pool, { pledgeId: 'trust-2009' });
    await shown(councilFinance, 'pool.SignAgreement', pool);
    await prepared(trustFinance, 'pool.SignAgreement', pool);
    await shown(chair, 'pool.OpenPool', pool);
    await shown(chair, 'pool.SuspendPool', pool);
    await shown(chair, 'pool.ResumePool', pool);
    const opening = { command: 'Disclose', record: `pool-${pool}`, terms: { to: 'programme' } };
    await shown(lead, 'pool.Disclose', pool, { decisionId: await carried(teller, opening) });

    await shown(councilFinance, 'pool.PayIn', pool);
    await shown(lead, 'pool.Allocate', pool);
    await prepared(lead, 'pool.Allocate', pool, { allocationId: 'beds', title: 'Beds' });
    await shown(councilFinance, 'pool.Draw', pool);
    await shown(lead, 'pool.Vire', pool);
    await shown(lead, 'pool.ReleaseAllocation', pool, { allocationId: 'beds' });
    await shown(councilFinance, 'pool.ReportPosition', pool);
    await shown(trust, 'pool.GiveNotice', pool);

    const promise = await prepared(lead, 'commitment.DraftCommitment', {
      themeId: 'housing',
      money: { poolId: pool, financialYear: '2009-10', pence: 5_000_00, pledgeIds: ['trust-2009'] },
    });
    await prepared(lead, 'commitment.Offer', promise);
    await shown(lead, 'pool.ReleaseReservation', pool, { commitmentId: promise });

    const aligned = await prepared(lead, 'pool.ProposePool');
    await prepared(lead, 'pool.ProposeAgreement', aligned);
    await prepared(trust, 'pool.Pledge', aligned);
    for (const finance of [councilFinance, trustFinance])
      await prepared(finance, 'pool.SignAgreement', aligned);
    await prepared(trustFinance, 'pool.ConfirmPledge', aligned);
    await prepared(chair, 'pool.OpenPool', aligned);

    await until('2010-04-01T09:00:00.000Z');
    await shown(councilFinance, 'pool.CarryForward', pool);
    await prepared(trustFinance, 'pool.CarryForward', pool);
    await shown(councilFinance, 'pool.SettleYear', pool);
    await prepared(trust, 'collaborative.VacateSeat', 'durham', { seatId: 'health' });
    await shown(chair, 'pool.ReleasePledge', aligned);
    await shown(chair, 'pool.ClosePool', aligned);
  },
};
