/** The calendar: what is one deed is one row, overdue first. Entry by entry it is a list, like its files. */
import { latestDate } from '../../domain/shared/calendar.js';
import { Week, weekParameters } from '../../http/questions/this-week.js';
import { withAsked, type Query } from '../address.js';
import { fieldsOf } from '../filter.js';
import { ask, page, type Ask, type Page } from '../page.js';
import type { AnswerOf } from '../../http/query/declare.js';

/** Before everything that is recorded. */
const firstDay = '1900-01-01';

const week = ask('/v1/this-week', Week);
/** From this week on, with what is overdue, unless other days are asked for. */
const days: Ask<AnswerOf<typeof Week>> = (visit, id, asked) => week(visit, id, { to: latestDate, ...asked });

export const calendarPages: readonly Page[] = [
  page({
    address: '/calendar',
    title: 'Calendar',
    for: 'everybody',
    ask: { days, fields: (visit, _id, asked) => fieldsOf(weekParameters, asked, visit) },
    view({ days: { items } }, { request: { url, query }, context }) {
      const asked = query as Query;
      // Files begin today; the page has this week whole, and what is overdue before it.
      const begun = asked.from === undefined ? withAsked(url, { from: context.day }) : url;
      return {
        overdue: items.filter(({ overdue }) => overdue),
        due: items.filter(({ overdue }) => !overdue),
        earlier: asked.from === undefined ? withAsked(url, { from: firstDay }) : undefined,
        oneByOne: withAsked(begun, { columns: 'all' }),
        csv: withAsked(begun, { format: 'csv' }),
        json: withAsked(begun, { format: 'json' }),
      };
    },
    template: 'calendar.njk',
  }),
];
