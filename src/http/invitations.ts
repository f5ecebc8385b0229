/**
 * `POST /v1/invitations`: whoever has an invitation's one-time secret, and is signed in by their issuer,
 * takes up the account (docs/rules/account.md#invitations). Machines do so with a token of their own.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../runtime/accounts.js';
import type { CommandQueue } from '../commands/queue.js';
import type { HttpDeps } from './query/deps.js';
import { executionProblem } from './server/execution-problem.js';
import { invitationsAddress } from './server/identity.js';
import { readParameters, zodErrors } from './server/input-errors.js';
import { Problem } from './server/problem.js';

/** Characters of a secret: at least those of 128 bits, and at most. */
const [shortestSecret, longestSecret] = [22, 200];
export const TakenUp = z
  .strictObject({
    secret: z
      .string({ error: 'Enter the secret of the invitation' })
      .min(shortestSecret, 'Enter the secret of the invitation, whole')
      .max(longestSecret, 'Enter the secret of the invitation alone')
      .meta({ description: 'As the invitation has it' }),
  })
  .meta({ id: 'TakenUpInvitation' });
export const TakenUpAccount = z
  .strictObject({ account: z.string().meta({ description: 'The account that is yours now' }) })
  .meta({ id: 'TakenUpAccount' });

export function installInvitations(
  app: FastifyInstance,
  { principal }: Pick<HttpDeps, 'principal'>,
  queue: CommandQueue,
  accounts: Accounts | undefined,
): void {
  app.post(invitationsAddress, async (request) => {
    const { identity } = await principal(request);
    readParameters(z.strictObject({}), request.query);
    const taken = TakenUp.safeParse(request.body);
    if (!taken.success)
      throw new Problem(400, 'INVALID_REQUEST', 'Mend what is named and send it again.', {
        errors: zodErrors(taken.error.issues, 'member', TakenUp),
      });
    if (!accounts?.grantsInLog() || !identity)
      throw new Problem(409, 'GRANTS_IN_TOKENS', 'Here tokens say who may do what: nobody is invited.');
    const outcome = await queue
      .enter(() => accounts.activate(identity, taken.data.secret))
      .catch((error: unknown) => {
        throw executionProblem(error);
      });
    if (outcome.kind === 'refused')
      throw Problem.refused(outcome.status, outcome.refusal.code, outcome.refusal.detail, {
        errors: [{ path: '/secret', message: outcome.refusal.detail }],
      });
    return { account: accounts.bound(identity) ?? '' };
  });
}
