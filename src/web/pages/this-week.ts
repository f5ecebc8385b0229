/** What is due this week, and what is overdue. */
import { Week, weekParameters } from '../../http/questions/this-week.js';
import { withAsked } from '../address.js';
import { fieldsOf } from '../filter.js';
import { ask, page, type Page } from '../page.js';

export const weekPages: readonly Page[] = [
  page({
    address: '/this-week',
    title: 'This week',
    for: 'everybody',
    ask: {
      week: ask('/v1/this-week', Week),
      fields: (visit, _id, asked) => fieldsOf(weekParameters, asked, visit),
    },
    view: ({ week: { items } }, { request: { url } }) => ({
      overdue: items.filter(({ overdue }) => overdue),
      due: items.filter(({ overdue }) => !overdue),
      csv: withAsked(url, { format: 'csv' }),
      json: withAsked(url, { format: 'json' }),
    }),
    template: 'this-week.njk',
  }),
];
