/** What every page has around it: who reads, where they may go, and how old what they read is. */
import { actingAddress } from './acting.js';
import { withAsked } from './address.js';
import type { Assets } from './assets.js';
import { formField } from './cross-site.js';
import { signOutAddress } from './sign-in.js';
import { day, instant } from '../http/words/format.js';
import type { Told, Visit } from './visit.js';
import { isOfUse, ways } from './ways.js';

export interface Link {
  readonly text: string;
  readonly href: string;
  readonly current?: boolean;
}
export interface Layout {
  readonly css: string;
  readonly icon: string;
  readonly path: string;
  /** Where to sign in, and come back from. */
  readonly signIn: string;
  readonly navigation: readonly Link[];
  readonly isSignedIn: boolean;
  readonly account: string | undefined;
  /** In which of several grants they act, and where to choose another; undefined where there is no choice. */
  readonly acting: { readonly text: string; readonly href: string } | undefined;
  /** The hidden field of the form that signs them out. */
  readonly signOut: { readonly name: string; readonly value: string } | undefined;
  /** For whom the page was made, in words: print and files say it. */
  readonly madeFor: string;
  /** Who is signed in: their grants, or without any their account. */
  readonly who: string;
  readonly now: string;
  /** Of when it tells, and how far the log was then. */
  readonly told: Told;
  /** How old a page is stands first for those who audit. */
  readonly isAuditor: boolean;
  readonly today: string;
}
export function layoutOf(visit: Visit, assets: Assets): Layout {
  const path = visit.request.url.replace(/\?.*$/, '');
  const roles = visit.principal.grants.map(({ role }) => role as string);
  const { context } = visit;
  return {
    css: assets.css.url,
    icon: assets.icon.url,
    path,
    signIn:
      path === '/' || path.startsWith('/sign')
        ? '/sign-in'
        : withAsked('/sign-in', { return: visit.request.url }),
    navigation: ways
      .filter(({ href }) => isOfUse(href, visit.isSignedIn ? visit.principal : undefined))
      .map(({ text, href }) => ({ text, href, current: path === href || path.startsWith(`${href}/`) })),
    isSignedIn: visit.isSignedIn,
    account: visit.isSignedIn ? visit.principal.account : undefined,
    acting: actingOf(visit),
    signOut: visit.isSignedIn ? signOutOf(visit) : undefined,
    madeFor: madeFor(visit),
    who: visit.grants.length === 0 ? nameIn(visit) : madeFor(visit),
    now: instant(context.now),
    told: visit.told,
    isAuditor: roles.includes('auditor'),
    today: day(context.day),
  };
}
function actingOf(visit: Visit): Layout['acting'] {
  const { acting, grants, request } = visit;
  if (grants.length < 2 || !visit.web.sessions) return undefined;
  const isPage = request.method === 'GET' && !request.url.startsWith(actingAddress);
  return {
    text: acting === undefined ? 'whichever role fits' : visit.shower.grant(acting),
    href: withAsked(actingAddress, { return: isPage ? request.url : undefined }),
  };
}
/** Empty where the session was begun or ended by this very request. */
function signOutOf({ web: { sessions }, request }: Visit): Layout['signOut'] {
  const value = sessions?.formToken(request, signOutAddress) ?? '';
  return value === '' ? undefined : { name: formField, value };
}
/** What whoever asks is called. */
function nameIn({ isSignedIn, principal: { account }, context }: Visit): string {
  return (isSignedIn && context.nameFor('person', account, undefined)) || account;
}
/** For whom: their grants in words, or everybody. */
export function madeFor(visit: Visit): string {
  const grants = visit.grants.map((grant) => visit.shower.grant(grant));
  if (grants.length > 0) return grants.join('; ');
  return visit.isSignedIn ? `${nameIn(visit)}, who has no grant in force` : 'everybody';
}
