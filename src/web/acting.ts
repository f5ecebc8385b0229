/**
 * In which of several grants somebody acts: chosen once, in the header, and then said on every form and
 * check. What they read is read in all of them; the API takes the same as `Acting-As`.
 */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { formField } from './cross-site.js';
import { returnAddress } from './return-address.js';
import type { Sessions } from './sessions.js';
import { foreignForm } from './sign-in.js';
import type { Visit } from './visit.js';

export const actingAddress = '/acting';
/** Which grant; empty for whichever fits. */
const asField = 'as';

const Sent = z.object({
  [formField]: z.string().optional(),
  [asField]: z.string().default(''),
  return: z.string().optional(),
});

export interface ActingModel {
  readonly title: string;
  readonly address: string;
  readonly token: { readonly name: string; readonly value: string };
  readonly name: string;
  readonly returnTo: string;
  readonly options: readonly { readonly value: string; readonly text: string; readonly checked: boolean }[];
}
/** The page on which it is chosen. */
function actingModel(visit: Visit, sessions: Sessions): ActingModel {
  const { request, shower, acting } = visit;
  const grants = visit.grants.map((grant) => ({
    value: grant,
    text: shower.grant(grant),
    checked: grant === acting,
  }));
  return {
    title: 'In which of your roles you act',
    address: actingAddress,
    token: { name: formField, value: sessions.formToken(request, actingAddress) },
    name: asField,
    returnTo: returnAddress((request.query as { readonly return?: unknown }).return),
    options: [{ value: '', text: 'Whichever fits', checked: acting === undefined }, ...grants],
  };
}

interface Given {
  readonly sessions: Sessions;
  visit(request: FastifyRequest): Visit;
  send(request: FastifyRequest, reply: FastifyReply, template: string, model: object): unknown;
  askToSignIn(request: FastifyRequest, reply: FastifyReply): unknown;
}
export function installActing(app: FastifyInstance, { sessions, visit, send, askToSignIn }: Given): void {
  app.register(async (web) => {
    await web.register(formbody);
    web.get(actingAddress, (request, reply) =>
      visit(request).isSignedIn
        ? send(request, reply, 'acting.njk', actingModel(visit(request), sessions))
        : askToSignIn(request, reply),
    );
    web.post(actingAddress, async (request, reply) => {
      const sent = Sent.safeParse(request.body).data;
      const key = sessions.readForm(request, actingAddress, sent?.[formField]);
      if (!sent || key === undefined) throw foreignForm();
      const chosen = visit(request).grants.find((grant) => grant === sent[asField]);
      sessions.act(request, reply, chosen);
      return reply.redirect(returnAddress(sent.return), 303);
    });
  });
}
