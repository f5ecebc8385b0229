/** What was found by words of its name, a list for each kind. */
import { Search } from '../../http/questions/search.js';
import type { AnswerOf } from '../../http/query/declare.js';
import { withAsked } from '../address.js';
import { ask, page, type Page } from '../page.js';
import { kinds } from '../words/kinds.js';

type Answer = AnswerOf<typeof Search>;

/** Those of each kind, in the order in which they came; of which there are more, with where they are. */
function groupsOf({ items, more }: Answer) {
  const others = items.filter(({ exact }) => !exact);
  return [...new Set(others.map(({ aggregate }) => aggregate))].map((aggregate) => ({
    title: kinds(aggregate),
    items: others.filter((item) => item.aggregate === aggregate),
    more: more.find((one) => one.aggregate === aggregate),
  }));
}

const found = ask('/v1/search', Search);

export const searchPages: readonly Page[] = [
  page({
    address: '/search',
    title: 'Search',
    for: 'everybody',
    ask: { found },
    view: (answers, { request }) => {
      const { q = '' } = request.query as { readonly q?: string };
      return {
        asked: q.trim(),
        exact: answers.found.items.filter(({ exact }) => exact),
        groups: groupsOf(answers.found),
        csv: withAsked(request.url, { format: 'csv' }),
        json: withAsked(request.url, { format: 'json' }),
      };
    },
    template: 'search.njk',
  }),
];
