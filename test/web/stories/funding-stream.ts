import type { Giver } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

const official: Giver = {
  as: 'official@agency:department-of-health',
  account: 'post.drugs-policy.department-of-health',
};

export const fundingStream: Story = {
  title: 'a funding stream',
  async tell({ shown }) {
    const stream = await shown(official, 'fundingstream.RegisterStream');
    await shown(official, 'fundingstream.AmendConditions', stream);
    await shown(official, 'fundingstream.RelaxRingFence', stream);
    await shown(official, 'fundingstream.EndRelaxation', stream);
    await shown(official, 'fundingstream.Disclose', stream, { to: 'public', decisionId: undefined });
    await shown(official, 'fundingstream.EndStream', stream);
  },
};
