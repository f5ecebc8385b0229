import { programmeOffice, secretariat } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

/** The programme reads it from the beginning, and opening it needs no decision. */
const opened = { to: 'public', decisionId: undefined };

export const waiver: Story = {
  title: 'a waiver',
  async tell({ shown, prepared }) {
    const durham = secretariat('durham');
    const granted = await shown(durham, 'waiver.RequestWaiver');
    await shown(programmeOffice, 'waiver.Grant', granted);
    await shown(programmeOffice, 'waiver.Revoke', granted);
    const other = await prepared(durham, 'waiver.RequestWaiver');
    await shown(programmeOffice, 'waiver.Refuse', other);
    await shown(programmeOffice, 'waiver.Disclose', other, opened);
  },
};
