import { programmeOffice } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

/** An agency of the demo whose code the example of a correction has. */
const trust = 'heart-of-birmingham-teaching-pct';

export const agency: Story = {
  title: 'an agency',
  async tell({ shown }) {
    const identifiers = [{ scheme: 'gss', code: 'E06000001', from: '2009-04-01' }];
    await shown(programmeOffice, 'agency.RegisterAgency', { identifiers });
    await shown(programmeOffice, 'agency.RenameAgency', trust);
    await shown(programmeOffice, 'agency.AddIdentifier', 'gateshead-metropolitan-borough-council');
    await shown(programmeOffice, 'agency.CorrectIdentifier', trust);
    await shown(programmeOffice, 'agency.RecordSuccession', trust);
    await shown(programmeOffice, 'agency.RetireAgency', trust);
  },
};
