/** What is shown of a commitment's reports. */
import { test } from 'tap';
import { reportFor } from '../../src/projections/views/commitment-shown.js';
import { reference } from '../domain/spec.js';

test('a report has its due day and by how many working days it is late, unless it was given again', (t) => {
  const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' } as const;
  const lateness = (on: string, more: { correctionReason?: string } = {}) => {
    const report = { on, progress: 10, rag: green, narrative: 'On', nextStep: 'Next', version: 4, ...more };
    const { dueOn, daysLate } = reportFor('2009-11', report, reference.workingDays);
    return { dueOn, daysLate };
  };
  const dueOn = '2009-12-14';
  t.same(lateness('2009-12-14'), { dueOn, daysLate: 0 }, 'on its day');
  t.same(lateness('2009-12-17'), { dueOn, daysLate: 3 }, 'three working days after it');
  t.same(lateness('2010-02-01', { correctionReason: 'Late figures' }), { dueOn, daysLate: null });
  t.end();
});
