/** Pages at addresses of their own: the first one, who has access, and what every service says of itself. */
import type { Query as Question } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import { existing } from '../../domain/kernel/parts.js';
import { page, table, type Page } from '../page.js';
import { grantNotices } from './grant-notices.js';

const query = (url: string): Question =>
  existing(
    queries.find((one) => one.url === url),
    url,
  );
/** What waits longest stands first; the rest is a link away. */
const firstFew = '10';

export const fixedPages: readonly Page[] = [
  page({
    address: '/',
    title: 'Total Place',
    for: 'everybody',
    ask: { waiting: table(query('/v1/me/actions'), { limit: firstFew }), grants: grantNotices },
    template: 'home.njk',
  }),
  page({
    address: '/access',
    title: 'Who has access',
    for: 'signed-in',
    ask: {
      requested: table(query('/v1/access-review'), { status: 'requested' }),
      held: table(query('/v1/access-review'), { status: 'in-force' }),
      accounts: table(query('/v1/accounts'), {}),
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
