import type { Giver } from '../../../src/demo/seed/types.js';
import type { Story } from './story.js';

/** A programme beside the demo's, which its own office defines. */
export const id = 'neighbourhood-budgets';
export const office: Giver = {
  as: `programme-office@programme:${id}`,
  account: `post.programme-office.${id}`,
};
const placeId = 'derby';
const place = { placeId };
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });

export const programme: Story = {
  title: 'a programme, from its beginning to its end',
  async tell({ admitted, shown, prepared }) {
    await admitted(office);
    await shown(office, 'programme.DefineProgramme', { id });
    await shown(office, 'programme.AddMilestone', id);
    await shown(office, 'programme.StartProgramme', id);
    await shown(office, 'programme.RetitleProgramme', id, { name: 'Neighbourhood budgets' });

    await prepared(office, 'programme.AddMilestone', id, {
      milestoneId: 'workshop-0-5',
      kind: 'engagement',
    });
    await shown(office, 'programme.RescheduleMilestone', id);
    await prepared(office, 'programme.AddMilestone', id, {
      milestoneId: 'queens-speech',
      kind: 'political',
      date: day('2009-10-21'),
    });
    await shown(office, 'programme.MarkMilestoneReached', id);

    await shown(office, 'programme.AddPolicyTheme', id);
    await prepared(office, 'programme.AddPolicyTheme', id, { policyThemeId: 'health-inequality' });
    await shown(office, 'programme.RetirePolicyTheme', id);
    await shown(office, 'programme.DeclareRestriction', id);
    await shown(office, 'programme.LiftRestriction', id);

    // Durham and Kent are places of the demo's programme.
    await shown(office, 'programme.EnrolPlace', id, place);
    await shown(office, 'programme.RenamePlace', id, place);
    await prepared(office, 'programme.ChangePlaceKind', id, { ...place, kind: 'parallel' });
    await shown(office, 'programme.ChangePlaceKind', id, place);
    await shown(office, 'programme.AddArea', id, place);
    await shown(office, 'programme.EndArea', id, place);

    await shown(office, 'programme.PlanRound', id);
    await shown(office, 'programme.RequireSteps', id);
    await shown(office, 'programme.ExcuseStep', id, { ...place, stepId: 'first-findings' });
    await shown(office, 'programme.ExtendRound', id);
    await shown(office, 'programme.RescheduleRound', id);
    await shown(office, 'programme.SetSubmissionTemplate', id);
    await prepared(office, 'programme.SetSubmissionTemplate', id, { placeKind: 'pilot' });
    await shown(office, 'programme.OpenRound', id);
    await shown(office, 'programme.ExtendRoundForPlace', id, place);
    await shown(office, 'programme.CloseRound', id);

    await shown(office, 'programme.Correct', id);
    await shown(office, 'programme.WithdrawPlace', id, place);
    await shown(office, 'programme.BeginClosing', id);
    await shown(office, 'programme.CloseProgramme', id);
  },
};
