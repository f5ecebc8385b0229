/**
 * One answer of a department to several barriers: to each it is a command of its own, judged, recorded or
 * refused by itself (docs/rules/barrier.md#several-at-once).
 */
import { existing } from '../../domain/kernel/parts.js';
import type { Grant } from '../../domain/shared/access.js';
import { Problem } from '../server/problem.js';
import type { Given } from '../give.js';
import { commandRoutes } from './command-routes.js';

/** Where it is given. */
export const departmentAnswersAddress = '/v1/departments/:id/answers';
/** Barriers that one request answers at most: what a person reads through before they give their word. */
export const mostBarriersAnswered = 20;
/** The command that it is to each barrier. */
export const answerRoute = existing(
  commandRoutes.find(({ aggregate, name }) => aggregate.name === 'barrier' && name === 'Respond'),
  'barrier.Respond',
);
/** The grant that it is given in, whichever others somebody has. */
export const officialOf = (departmentId: string): Grant => ({ role: 'official', agency: departmentId });

/** A barrier that is answered; with the version that was looked at, where that is to hold. */
export interface Answered {
  readonly id: string;
  readonly expectedVersion?: number | undefined;
}
/** What became of the answer to one of them. */
export type Tried<T> =
  | { readonly barrierId: string; readonly done: T }
  | { readonly barrierId: string; readonly refused: Problem };

/**
 * Tries it with each, one after another in their order. One key is enough for all: a command's id is made of
 * the key and its record, so that each is done once however often all are sent.
 */
export async function withEach<T>(
  departmentId: string,
  barriers: readonly Answered[],
  given: Omit<Given, 'recordId' | 'actingAs'>,
  act: (given: Given) => Promise<T>,
): Promise<readonly Tried<T>[]> {
  const tried: Tried<T>[] = [];
  for (const { id: barrierId, expectedVersion } of barriers) {
    const body = { ...(given.body as object), ...(expectedVersion === undefined ? {} : { expectedVersion }) };
    try {
      const done = await act({ ...given, body, recordId: barrierId, actingAs: officialOf(departmentId) });
      tried.push({ barrierId, done });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      tried.push({ barrierId, refused: error });
    }
  }
  return tried;
}
