/** Pages about a return: where it is worked on, and as it is printed. */
import { Submission } from '../../http/questions/submissions-shape.js';
import { ask, page, whole, type Page } from '../page.js';
import type { Visit } from '../visit.js';

type Kind = Parameters<ReturnType<Visit['names']>['nameOf']>[0];
const submission = ask('/v1/submissions/:id', Submission);
const record = whole('/v1/submissions/:id');
type Answered = Awaited<ReturnType<typeof submission>>;

interface Named {
  readonly aggregate: string;
  readonly id: string;
}
/** Records that the return includes, by their names. */
export function returnView({ submission }: { readonly submission: Answered }, visit: Visit): object {
  const names = visit.names();
  const named = <T extends Named>(one: T) => ({
    ...one,
    name: names.nameOf(one.aggregate as Kind, one.id),
    href: names.hrefOf(one.aggregate, one.id),
  });
  return {
    included: (submission.included ?? submission.submitted?.included ?? []).map(named),
    completedBy: (account: string): string => names.nameOf('person', account) ?? account,
    signed: (submission.statement?.names ?? []).map(named),
    changed: (submission.changedSinceSignOff ?? []).map(named),
    // Its members see what they work on; everybody else what was submitted.
    sections: submission.sections ?? submission.submitted?.sections ?? [],
  };
}

export const submissionPages: readonly Page[] = [
  page({
    address: '/submissions/:id',
    title: ({ record }) => record.title,
    for: 'everybody',
    ask: { submission, record },
    view: returnView,
    template: 'submission.njk',
  }),
  page({
    address: '/submissions/:id/print',
    title: ({ record }) => `${record.title}, to print`,
    for: 'everybody',
    ask: { submission, record },
    view: returnView,
    template: 'submission-print.njk',
  }),
];
