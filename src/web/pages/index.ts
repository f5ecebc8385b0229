/** Every page that somebody designed. A query that has none at its address has a plain page there. */
import type { Page } from '../page.js';
import { calendarPages } from './calendar.js';
import { decisionPages } from './decision.js';
import { departmentBriefs } from './department-brief.js';
import { departmentPages } from './department.js';
import { fixedPages } from './fixed.js';
import { placeBriefs } from './place-brief.js';
import { placePages } from './place.js';
import { poolPages } from './pool.js';
import { programmeBriefs } from './programme-brief.js';
import { programmePages } from './programme.js';
import { searchPages } from './search.js';
import { weekPages } from './this-week.js';
import { submissionPages } from './submission.js';

export const pages: readonly Page[] = [
  ...fixedPages,
  ...calendarPages,
  ...decisionPages,
  ...departmentBriefs,
  ...departmentPages,
  ...placeBriefs,
  ...placePages,
  ...poolPages,
  ...programmeBriefs,
  ...searchPages,
  ...submissionPages,
  ...programmePages,
  ...weekPages,
];
