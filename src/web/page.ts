/**
 * A page that somebody designed: an address, whom it is for, what it asks, and the template that is filled
 * with the answers.
 *
 * page({ address: '/places/:id', title: ({ place }) => place.name, for: 'everybody',
 *        ask: { place: ask(placeProgress) }, template: 'place.njk' })
 */
import type { Query as Question } from '../http/query/declare.js';
import type { Query } from './address.js';
import { listModel, type ListModel } from './pages/list.js';
import type { Visit } from './visit.js';

/** What a page asks for its reader, given the id in its address and what else is asked in it. */
export type Ask<A = unknown> = (visit: Visit, id: string, asked: Query) => Promise<A>;

/** Asks a query; `given` is what is asked of it beside what the address has. */
export const ask =
  (question: Question, given: Query = {}): Ask =>
  async (visit, id, asked) => {
    const all = { ...asked, ...given };
    return question.kind === 'list'
      ? visit.list(question, all)
      : (await visit.record(question, id, all)).body;
  };
/** Asks a list for a table of some of its rows; undefined where nobody has signed in. */
export const table =
  (question: Question, given: Query): Ask<ListModel | undefined> =>
  async (visit) =>
    question.kind === 'list' && visit.isSignedIn ? listModel(question, visit, given) : undefined;

type Answers<P extends Readonly<Record<string, Ask>>> = {
  readonly [K in keyof P]: Awaited<ReturnType<P[K]>>;
};
interface PageSpec<P extends Readonly<Record<string, Ask>>> {
  readonly address: string;
  readonly title: string | ((answers: Answers<P>) => string);
  /** Who has not signed in is asked to, where it is not for everybody. */
  readonly for: 'everybody' | 'signed-in';
  readonly ask: P;
  readonly template: string;
}
/** A page as the server keeps it. */
export interface Page {
  readonly address: string;
  readonly for: 'everybody' | 'signed-in';
  readonly template: string;
  model(
    visit: Visit,
    id: string,
    asked: Query,
  ): Promise<{ readonly title: string; readonly answers: object }>;
}
/** Declares a page. */
export const page = <const P extends Readonly<Record<string, Ask>>>(spec: PageSpec<P>): Page => ({
  address: spec.address,
  for: spec.for,
  template: spec.template,
  async model(visit, id, asked) {
    const entries = Object.entries(spec.ask);
    const made = await Promise.all(entries.map(([, question]) => question(visit, id, asked)));
    const answers = Object.fromEntries(entries.map(([name], i) => [name, made[i]])) as Answers<P>;
    const title = typeof spec.title === 'string' ? spec.title : spec.title(answers);
    return { title, answers };
  },
});
