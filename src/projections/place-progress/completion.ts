/** What can complete a step (docs/rules/progress.md#steps), as the tables of `place-progress` name it. */
import { existing } from '../../domain/kernel/parts.js';
import { doneWhenOf, type RequiredStep } from '../../domain/programme/state.js';

interface Round {
  readonly roundNo: number;
  readonly roundKind: string;
}
export const completion = {
  active: 'place-active',
  commitments: 'commitment-for-each-theme',
  pool: 'pool-open',
  return: (roundNo: number) => `return-submitted:${roundNo}`,
  anyReturn: (roundKind: string) => `any-return-submitted:${roundKind}`,
} as const;
/** All that a return of this round completes. */
export const completedByReturn = ({ roundNo, roundKind }: Round): readonly string[] => [
  completion.return(roundNo),
  completion.anyReturn(roundKind),
];
/** What completes a required step; `kindOf`: of the programme's rounds. */
export function completionOf(step: RequiredStep, kindOf: (roundNo: number) => string | undefined): string {
  const doneWhen = existing(doneWhenOf(step), `rule that completes the step ${step.stepId}`);
  if (doneWhen !== 'return-submitted' && doneWhen !== 'any-return-submitted') return doneWhen;
  const roundNo = existing('roundNo' in step.due ? step.due.roundNo : undefined, `round of ${step.stepId}`);
  return doneWhen === 'return-submitted'
    ? completion.return(roundNo)
    : completion.anyReturn(existing(kindOf(roundNo), `round ${roundNo}`));
}
