/** Pages at addresses of their own: the first one, who has access, and what every service says of itself. */
import { page, table, type Page } from '../page.js';
import { grantNotices } from './grant-notices.js';
import { lately, ownDepartments, ownPlaces } from './home.js';
import { waiting } from './waiting.js';

/** What waits longest stands first; the rest is a link away. */
const firstFew = '10';

export const fixedPages: readonly Page[] = [
  page({
    address: '/',
    title: 'Total Place',
    for: 'everybody',
    ask: {
      waiting: waiting(() => ({ limit: firstFew })),
      places: ownPlaces,
      departments: ownDepartments,
      lately,
      grants: grantNotices,
    },
    template: 'home.njk',
  }),
  page({
    address: '/access',
    title: 'Who has access',
    for: 'signed-in',
    ask: {
      requested: table('/v1/access-review', { status: 'requested' }),
      held: table('/v1/access-review', { status: 'in-force' }),
      accounts: table('/v1/accounts', {}),
    },
    template: 'access.njk',
  }),
  page({
    address: '/accessibility',
    title: 'Accessibility statement',
    for: 'everybody',
    ask: {},
    template: 'accessibility.njk',
  }),
  page({ address: '/cookies', title: 'Cookies', for: 'everybody', ask: {}, template: 'cookies.njk' }),
  page({ address: '/privacy', title: 'Privacy', for: 'everybody', ask: {}, template: 'privacy.njk' }),
];
