/** Where a page begins and where the next one does: cursors are opaque, and of one order only. */
import { z } from 'zod';
import type { Key, Spot } from '../../projections/engine/walk.js';
import { Problem } from '../server/problem.js';

/** What is paged has one order of its own, which its cursors name so. */
export const ownOrder = 'own';
interface Cursor {
  readonly sort: string;
  readonly after: readonly [key: Key, tie: string];
}
const encodeCursor = (c: Cursor): string => Buffer.from(JSON.stringify(c)).toString('base64url');
/** The spot of a cursor; a 400 for one of another order, or none at all. */
export function decodeCursor(text: string, sort: string): Spot {
  const Shape = z.strictObject({
    sort: z.literal(sort),
    after: z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]),
  });
  try {
    const [key, tie] = Shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString())).after;
    return { key, tie };
  } catch {
    throw new Problem(400, 'INVALID_CURSOR', 'Follow the Link of the page before, with the same sort.');
  }
}
/** The address of the page after a row, as it is asked for here. */
export function nextPage(url: string, sort: string, { key, tie }: Spot): string {
  const next = new URL(url, 'http://local');
  next.searchParams.set('cursor', encodeCursor({ sort, after: [key, tie] }));
  return next.pathname + next.search;
}
