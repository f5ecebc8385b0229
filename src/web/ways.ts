/** Where a reader may go from every page: what is of no use to them is not offered. */
import type { Principal } from '../http/query/deps.js';

export const ways: readonly { readonly text: string; readonly href: string }[] = [
  { text: 'What waits for you', href: '/me/actions' },
  { text: 'Programmes', href: '/programmes' },
  { text: 'Places', href: '/places' },
  { text: 'Agencies', href: '/agencies' },
  { text: 'People', href: '/people' },
  { text: 'Barriers', href: '/barriers' },
  { text: 'Commitments', href: '/commitments' },
  { text: 'Decisions', href: '/decisions' },
  { text: 'Pooled budgets', href: '/pools' },
  { text: 'Returns', href: '/submissions' },
  { text: 'This week', href: '/this-week' },
  { text: 'Calendar', href: '/calendar' },
  { text: 'Timeline', href: '/timeline' },
  { text: 'Exceptions', href: '/exceptions' },
  { text: 'Refused requests', href: '/refusals' },
  { text: 'Who read what', href: '/reads' },
  { text: 'Access', href: '/access' },
  { text: 'From a file', href: '/import/programme' },
];

const auditors = ['auditor'];
const administrators = ['access-administrator', 'secretariat', 'auditor'];
/** Whose work a page is for, by the roles of their grants; everybody's where it is not named. */
const roles: Readonly<Record<string, readonly string[]>> = {
  '/exceptions': ['auditor', 'treasury', 'programme-office'],
  '/refusals': auditors,
  '/refusals/counts': auditors,
  '/refusals/trend': auditors,
  '/reads': auditors,
  '/access': administrators,
  '/import/programme': ['programme-office', 'secretariat'],
  '/accounts': administrators,
  '/access-review': administrators,
};

/**
 * Is a page of use to whoever asks? It says nothing of what they may read: whoever goes there by another way
 * is answered as the API answers. Undefined: nobody has signed in.
 */
export function isOfUse(href: string, principal: Principal | undefined): boolean {
  if (href.startsWith('/me/')) return principal !== undefined;
  const wanted = Object.hasOwn(roles, href) ? roles[href] : undefined;
  return !wanted || (principal?.grants.some(({ role }) => wanted.includes(role)) ?? false);
}
