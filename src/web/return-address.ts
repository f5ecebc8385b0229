/** Where somebody goes after signing in: a page of this service, by its path, and nowhere else. */

/** Characters of an address at most. */
const longest = 1_000;
/** Begins with a letter or a digit, so that none is empty, a dot or another's host. */
const segment = '[A-Za-z0-9][A-Za-z0-9._~:@+-]*';
/** A per cent sign stands in what is asked alone, where it leads nowhere. */
const asked = String.raw`\?[A-Za-z0-9._~:@+=&%,-]*`;
const shape = new RegExp(`^/(?:${segment}(?:/${segment})*)?(?:${asked})?$`);
/** What is no page, or would begin anew. */
const noPage = /^\/(?:v1|sign-in|sign-out|signed-out|invitation|health|metrics|assets)(?:[/?]|$)/;

/** The address that was asked for where it is a page's, else the first one. */
export const returnAddress = (given: unknown): string =>
  typeof given === 'string' && given.length <= longest && shape.test(given) && !noPage.test(given)
    ? given
    : '/';
