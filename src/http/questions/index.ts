/** Every query of the API. */
import { progressQueries } from './progress.js';
import { listsByKind, queriesByKind, type Query } from '../query/declare.js';
import { accountQueries } from './accounts.js';
import { actions } from './actions.js';
import { barriers } from './barriers.js';
import { commitments } from './commitments.js';
import { decisions } from './decisions.js';
import { departments } from './departments.js';
import { exceptionQueries } from './exceptions.js';
import { milestones } from './milestones.js';
import { pools } from './pools.js';
import { possibleQueries } from './possible.js';
import { readQueries } from './reads.js';
import { refusalQueries } from './refusals.js';
import { bodies, places, programmes } from './registers.js';
import { searchQueries } from './search.js';
import { submissions } from './submissions.js';
import { thisWeek } from './this-week.js';

const asked: readonly Query[] = [
  ...programmes,
  ...progressQueries,
  ...milestones,
  ...places,
  ...bodies,
  ...barriers,
  ...commitments,
  ...decisions,
  ...pools,
  ...submissions,
  ...departments,
  ...actions,
  ...thisWeek,
  ...exceptionQueries,
  ...refusalQueries,
  ...accountQueries,
  ...readQueries,
  ...searchQueries,
];

export const queries: readonly Query[] = [
  ...asked,
  ...possibleQueries({ own: queriesByKind(asked), lists: listsByKind(asked) }),
];
