/** What went wrong, as a page: what to check, and whom to ask. */
import type { Problem } from '../../http/server/problem.js';
import { datesTold } from '../../http/words/format.js';
import { toldToPeople } from '../words/parameters.js';

interface Said {
  readonly title: string;
  readonly check: readonly string[];
}
const said: Readonly<Record<number, Said>> = {
  400: {
    title: 'There is a problem with what was asked',
    check: [
      'If you typed the address, check that it is right.',
      'If you filled in a form, go back, change what is named above, and send it again.',
    ],
  },
  401: { title: 'Sign in to see this page', check: ['Sign in, then come back to this page.'] },
  403: {
    title: 'You are not allowed to see this page',
    check: [
      'Check in which of your roles you have signed in.',
      'If your work needs this page, ask your access administrator for the grant that opens it.',
    ],
  },
  404: {
    title: 'Page not found',
    check: [
      'If you typed the address, check that it is right.',
      'If you pasted it, check that you copied all of it.',
      'If it is a record, it may not be open to you. Ask whoever sent you the address.',
    ],
  },
  405: {
    title: 'This address does not take that',
    check: ['Go back, load the page again, and send the form from there.'],
  },
  409: {
    title: 'Somebody else has changed this',
    check: ['Open the record again, see what has changed, and decide whether you still want to do it.'],
  },
  429: { title: 'Too many requests', check: ['Wait a minute, then try again.'] },
  500: {
    title: 'Sorry, there is a problem with the service',
    check: ['Try again later. Whatever you sent may not have been recorded: look at the record first.'],
  },
  503: {
    title: 'Sorry, the service is not available now',
    check: ['Try again in a few seconds. Nothing that was recorded before is lost.'],
  },
};
const other: Said = { title: 'This cannot be done', check: ['Go back and try again.'] };

export interface ProblemModel extends Said {
  readonly detail: string;
  readonly errors: readonly { readonly name: string; readonly message: string }[];
  /** By which whoever is asked finds the request. */
  readonly reference: string;
  readonly status: number;
}
/** What the page of a problem shows. */
export function problemModel({ status, detail, options }: Problem, reference: string): ProblemModel {
  const words = said[status] ?? other;
  const { errors = [] } = options;
  const names = errors.map(({ path }) => path.slice(1));
  return {
    ...words,
    status,
    detail: datesTold(detail),
    errors: errors.map(({ path, message }) => ({
      name: path.slice(1),
      message: toldToPeople(message, names),
    })),
    reference,
  };
}
