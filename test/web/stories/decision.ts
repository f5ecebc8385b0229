import type { Giver } from '../../../src/demo/seed/types.js';
import { carried, chair, lead, police, trust } from './durham.js';
import type { Story } from './story.js';

const department = 'department-for-work-and-pensions';
const official: Giver = { as: `official@agency:${department}`, account: `post.official.${department}` };
const motion = {
  affectedAgencies: ['durham-police-authority'],
  money: ['durham-police-authority', department].map((agencyId) => ({
    agencyId,
    pence: 50_000_00,
    financialYear: '2009-10',
  })),
  refs: ['pool-durham-warm-homes'],
  authorises: [{ command: 'Disclose', record: 'pool-durham-warm-homes', terms: { to: 'public' } }],
};

export const decision: Story = {
  title: 'decisions',
  async tell(teller) {
    const { shown, prepared, until } = teller;
    const pooling = await shown(lead, 'decision.DraftDecision', motion);
    await shown(lead, 'decision.AmendDecision', pooling, motion);
    await shown(lead, 'decision.OpenDecision', pooling);
    await shown(trust, 'decision.DeclareInterest', pooling);
    await shown(police, 'decision.TakePosition', pooling);
    await shown(police, 'decision.ChangePosition', pooling);
    await prepared(chair, 'decision.TakePosition', pooling, {
      stance: 'object',
      reason: 'The text is not clear',
    });
    await shown(chair, 'decision.WithdrawObjection', pooling);
    for (const holder of [police, chair])
      await prepared(holder, 'decision.ChangePosition', pooling, { stance: 'agree', reason: undefined });
    await shown(official, 'decision.RecordExternalConsent', pooling);
    await shown(chair, 'decision.CloseDecision', pooling);
    await shown(chair, 'decision.RecordOutcome', pooling, { reviewOn: '2010-01-29' });

    const opening = await carried(teller, {
      command: 'Disclose',
      record: `decision-${pooling}`,
      terms: { to: 'programme' },
    });
    await shown(chair, 'decision.Disclose', pooling, { decisionId: opening });

    const abandoned = await prepared(lead, 'decision.DraftDecision', motion);
    await shown(lead, 'decision.WithdrawDecision', abandoned);

    for (const command of ['Supersede', 'Rescind'] as const) {
      const over = await carried(teller);
      const byDecisionId = await carried(teller, { command, record: `decision-${over}`, terms: {} });
      await shown(chair, `decision.${command}`, over, { byDecisionId });
    }

    await until('2010-01-29T09:00:00.000Z');
    await shown(chair, 'decision.RecordReview', pooling, { reviewOn: '2011-01-28' });
  },
};
