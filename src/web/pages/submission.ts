/** Pages about a return: where it is worked on, and as it is printed. */
import { CommitmentLine } from '../../http/questions/commitments-shape.js';
import { Submission } from '../../http/questions/submissions-shape.js';
import type { Query } from '../address.js';
import { ask, askList, page, whole, type Page } from '../page.js';
import type { Visit } from '../visit.js';

type Kind = Parameters<ReturnType<Visit['names']>['nameOf']>[0];
const submission = ask('/v1/submissions/:id', Submission);
const record = whole('/v1/submissions/:id');
type Answered = Awaited<ReturnType<typeof submission>>;

/** As many as one page of the list has. */
const mostPromises = '200';
const commitmentsOf = askList('/v1/commitments', CommitmentLine, (placeId) => ({
  placeId,
  limit: mostPromises,
}));
/** Who owns a promise that the return includes, or may include, and whether its owner lets it be shown. */
interface Consent {
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly isGiven: boolean;
}
/** Once it is sent it includes what it includes. */
const stillWorkedOn: ReadonlySet<string> = new Set(['in-progress', 'ready', 'changes-requested']);
/** To its members: whose consent each promise of its place has; undefined of what is not shared. */
async function consents(visit: Visit, id: string, asked: Query) {
  const { sections, included = [], placeId, status } = await submission(visit, id, asked);
  if (sections === undefined || asked.asAt !== undefined) return undefined;
  const { items, next } = await commitmentsOf(visit, placeId, {});
  const sent = new Set(included.map((one) => one.id));
  const mayInclude = stillWorkedOn.has(status);
  const all = items.flatMap((one): Consent[] => {
    if ('failed' in one || one.acceptedOn === null || !(mayInclude || sent.has(one.id))) return [];
    return [
      {
        id: one.id,
        title: one.title,
        owner: one.owner,
        isGiven: one.consented || one.tier !== 'members',
      },
    ];
  });
  return {
    lacking: all.filter(({ isGiven }) => !isGiven),
    given: all.filter(({ isGiven }) => isGiven),
    isMore: next !== null,
  };
}

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
    ask: { submission, record, consents },
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
