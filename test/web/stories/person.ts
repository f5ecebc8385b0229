import { programmeOffice } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

export const person: Story = {
  title: 'a person',
  async tell({ shown }) {
    const account = 'post.head-of-housing.durham-county-council';
    // Who holds no public office is read by the programme until they are disclosed.
    const named = await shown(programmeOffice, 'person.RegisterPerson', { account, officeHolder: false });
    await shown(programmeOffice, 'person.RenamePerson', named);
    await shown(programmeOffice, 'person.ChangePost', named);
    await shown(programmeOffice, 'person.Disclose', named, { to: 'public', decisionId: undefined });
  },
};
