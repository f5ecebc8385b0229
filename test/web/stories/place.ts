import { chiefExecutive, programmeOffice, secretariat } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

/** One has a table and no champion; the other neither, and the programme's office does what a chair would. */
const [suffolk, norfolk] = ['suffolk', 'norfolk'];

export const place: Story = {
  title: 'a place',
  async tell({ shown }) {
    const lead = secretariat(suffolk);
    const chair = chiefExecutive('chair', suffolk, 'suffolk-county-council');
    await shown(lead, 'place.RecordPopulation', suffolk);
    await shown(lead, 'place.NominateAccountableBody', suffolk);
    await shown(lead, 'place.NominateLeadContact', suffolk);
    await shown(programmeOffice, 'place.AssignChampion', suffolk);
    await shown(programmeOffice, 'place.EndChampion', suffolk);
    await shown(lead, 'place.ProposeTheme', suffolk);
    await shown(chair, 'place.ConfirmTheme', suffolk);
    await shown(lead, 'place.RenameTheme', suffolk);
    await shown(lead, 'place.DropTheme', suffolk);
    await shown(programmeOffice, 'place.ActivatePlace', norfolk);
    await shown(chair, 'place.CloseOut', suffolk, {
      commitments: ['suffolk-green-enterprises', 'suffolk-simpler-partnerships', 'suffolk-young-people'],
    });
  },
};
