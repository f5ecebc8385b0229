import { programmeOffice } from '../../../src/demo/seed/types.js';
import { carried, councilFinance, lead } from './durham.js';
import type { Story } from './story.js';

const programme = 'total-place';
const included = [{ aggregate: 'pool', id: 'durham-warm-homes' }];
/** What Durham submitted in the first round, and begins in the second. */
const [first, second] = [`${programme}.1.durham`, `${programme}.2.durham`];

export const submission: Story = {
  title: 'a return',
  async tell(teller) {
    const { shown, prepared, read } = teller;
    await shown(programmeOffice, 'submission.QueryAnswer', first);
    await shown(lead, 'submission.AnswerQuery', first);
    await shown(programmeOffice, 'submission.RequestChanges', first);
    await shown(lead, 'submission.AnswerSection', first);
    await shown(lead, 'submission.CompleteSection', first);
    await shown(lead, 'submission.ReopenSection', first);
    await prepared(lead, 'submission.CompleteSection', first);
    await shown(lead, 'submission.SendForSignOff', first, { included });
    await shown(councilFinance, 'submission.DeclineSignOff', first, { sections: ['narrative'] });
    await prepared(lead, 'submission.AnswerSection', first);
    await prepared(lead, 'submission.CompleteSection', first);
    await prepared(lead, 'submission.SendForSignOff', first, { included });
    const { statement } = await read(councilFinance, `/v1/submissions/${first}`);
    await shown(councilFinance, 'submission.SignOff', first, { statementHash: statement.hash });
    await shown(lead, 'submission.Submit', first);
    await shown(programmeOffice, 'submission.Accept', first);

    const today = { from: '2009-10-22', to: '2009-10-22', precision: 'day', tbc: false };
    const closing = { ...today, from: '2009-11-30', to: '2009-11-30' };
    await prepared(programmeOffice, 'programme.RescheduleRound', programme, {
      roundNo: 2,
      observation: { from: '2009-09-01', to: '2009-09-30' },
      window: { from: today, to: closing },
    });
    await prepared(programmeOffice, 'programme.OpenRound', programme, { roundNo: 2 });
    await shown(lead, 'submission.StartSubmission', { roundNo: 2 });
    const opening = { command: 'Disclose', record: `submission-${second}`, terms: { to: 'programme' } };
    await shown(lead, 'submission.Disclose', second, { decisionId: await carried(teller, opening) });
  },
};
