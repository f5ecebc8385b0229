/**
 * Forms of commands: shown at the address of what they do, checked there, and recorded once, however often
 * they are sent. They are taken from pages of this service alone, and from whoever they were written for.
 */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Given as GivenCommand } from '../http/give.js';
import { commandRoutes, type CommandRoute } from '../http/query/command-routes.js';
import { bodySchema } from '../http/query/command-schema.js';
import { waitingOn } from '../http/questions/due-items.js';
import { waitForPosition } from '../http/query/await-consistency.js';
import { Id } from '../domain/shared/values.js';
import { parseActingAs } from '../http/server/auth.js';
import { notThere, Problem } from '../http/server/problem.js';
import { pageAddress, type Query } from './address.js';
import { formField } from './cross-site.js';
import type { Door } from './door.js';
import { Inputs, own } from './form/inputs.js';
import { nodeOf } from './form/node.js';
import { parse } from './form/parse.js';
import type { InvitationLinks } from './invitation-link.js';
import { sendHtml } from './html.js';
import { CommandForm, type Shown } from './pages/form.js';
import {
  addressOfAnswers,
  againOf,
  becameOf,
  departmentAnswers,
  departmentAnswersPage,
} from './pages/department-answers.js';
import { addressOf, taskOf, type Task } from './pages/task.js';
import { possibleModel } from './pages/possible.js';
import type { Visit } from './visit.js';
import { day } from '../http/words/format.js';

/** The hidden field that is proof and Idempotency-Key in one (src/web/sessions.ts). */
export interface FormTokens {
  formToken(request: FastifyRequest, address: string, nonce?: string): string;
  /** The key; undefined where the form is not this session's for this address, sent by a page of ours. */
  readForm(request: FastifyRequest, address: string, field: unknown): string | undefined;
}
/** What becomes of a form whose author must sign in before it can be taken (src/web/door.ts). */
export type LateForms = Pick<Door, 'late' | 'again' | 'recorded'>;
interface Given {
  readonly tokens: FormTokens;
  /** Without it such a form is refused. */
  readonly late?: LateForms | undefined;
  /** Without it whoever invites gives the fingerprint of a secret themselves. */
  readonly invitations?: InvitationLinks | undefined;
  visitOf(request: FastifyRequest): Visit;
  /** A template filled, within what every page has around it. */
  html(visit: Visit, template: string, model: object): string;
}

/** What a form of ours sent, and by whom. */
interface SentForm {
  readonly visit: Visit;
  readonly inputs: Inputs;
  readonly key: string;
  readonly given: Pick<GivenCommand, 'principal' | 'key' | 'correlation'>;
}

const formType = 'application/x-www-form-urlencoded';

export function installForms(app: FastifyInstance, given: Given): void {
  app.register(async (web) => {
    if (web.hasContentTypeParser(formType)) web.removeContentTypeParser(formType);
    web.addContentTypeParser(formType, { parseAs: 'string' }, (_request, body, done) =>
      done(null, Inputs.of(String(body))),
    );
    const forms = new Forms(given);
    for (const route of commandRoutes) {
      const address = pageAddress(route.entry.creates ? `${route.url}/new` : route.url);
      // Of what is created nothing is noted under its id, which may be somebody else's.
      const config: FastifyContextConfig = route.entry.creates ? {} : { of: route.aggregate.name };
      web.get(address, { config }, (request, reply) => forms.show(route, request, reply));
      web.post(address, { config }, (request, reply) => forms.answer(route, request, reply));
    }
    web.get(departmentAnswersPage, (request, reply) => forms.showAnswers(request, reply));
    web.post(departmentAnswersPage, (request, reply) => forms.answers(request, reply));
    for (const collection of new Set(commandRoutes.map(({ aggregate }) => aggregate.collection)))
      web.get(`/${collection}/:id/recorded`, (request, reply) => forms.recorded(collection, request, reply));
  });
}

class Forms {
  constructor(private readonly given: Given) {}

  async show(route: CommandRoute, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    return this.#begin(request, reply, (visit) => taskOf(visit, route, idIn(request)));
  }
  /** Of one answer to several barriers. */
  async showAnswers(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    return this.#begin(request, reply, (visit) => departmentAnswers(visit, idIn(request) ?? ''));
  }
  async #begin<D>(
    request: FastifyRequest,
    reply: FastifyReply,
    taskFor: (visit: Visit) => Promise<Task<D>>,
  ): Promise<unknown> {
    const visit = this.given.visitOf(request);
    if (!visit.isSignedIn) return reply.redirect(`/sign-in?return=${encodeURIComponent(request.url)}`, 303);
    const form = new CommandForm(visit, await taskFor(visit));
    return this.#send(visit, reply, form.address, await form.begin(request.query as Query));
  }

  /** What was sent by a form of this address, or what was answered where it came too late. */
  #sent(
    request: FastifyRequest,
    reply: FastifyReply,
    address: string,
  ): SentForm | { readonly late: unknown } {
    const visit = this.given.visitOf(request);
    const inputs = request.body instanceof Inputs ? request.body : Inputs.of('');
    const key = this.given.tokens.readForm(request, address, inputs.first(formField));
    const { late } = this.given;
    if (key === undefined && !visit.isSignedIn && late)
      return { late: late.late(request, reply, address, withoutButtons(inputs)) };
    if (key === undefined) throw notYours(visit);
    return { visit, inputs, key, given: { principal: visit.principal, key, correlation: request.id } };
  }

  async answer(route: CommandRoute, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const id = idIn(request);
    const address = addressOf(route, id);
    const sent = this.#sent(request, reply, address);
    if ('late' in sent) return sent.late;
    const { visit, key, given } = sent;
    const { late, invitations } = this.given;
    const inputs = invitations?.filled(route, sent.inputs, key) ?? sent.inputs;
    const task = await taskOf(visit, route, id).catch((error: unknown) =>
      this.#notOpen(error, visit, route, { ...given, recordId: id }, inputs),
    );
    const shown = await new CommandForm(visit, task).answer(inputs, given).catch((error: unknown) => {
      if (late && error instanceof Problem && error.code === 'FRESH_SIGN_IN_REQUIRED') return undefined;
      throw error;
    });
    if (!shown) return late?.again(request, reply, { address, key, entries: withoutButtons(inputs) });
    if (!('done' in shown)) return this.#send(visit, reply, address, shown, key);
    late?.recorded(request, reply, key);
    invitations?.keep(reply, route, visit.principal.account, shown.done.id, key);
    const { service } = visit.web.deps;
    await waitForPosition(service, shown.done.position);
    const { collection } = route.aggregate;
    const where = `/${collection}/${encodeURIComponent(shown.done.id)}/recorded?what=${route.name}`;
    return reply.redirect(where, 303);
  }

  /**
   * Of one answer to several barriers. What became of each is told at once: why one was refused stands
   * nowhere that its author reads; sent again, it answers none twice.
   */
  async answers(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const departmentId = idIn(request) ?? '';
    const address = addressOfAnswers(departmentId);
    const sent = this.#sent(request, reply, address);
    if ('late' in sent) return sent.late;
    const { visit, inputs, key, given } = sent;
    const task = await departmentAnswers(visit, departmentId);
    const shown = await new CommandForm(visit, task).answer(inputs, given);
    if (!('done' in shown)) return this.#send(visit, reply, address, shown, key);
    this.given.late?.recorded(request, reply, key);
    const positions = shown.done.flatMap((one) => ('done' in one ? [one.done.position] : []));
    await waitForPosition(visit.web.deps.service, Math.max(...positions));
    const model = {
      ...task.head,
      ...becameOf(shown.done, visit),
      token: { name: formField, value: this.given.tokens.formToken(request, address) },
      hidden: againOf(shown.done, inputs).map(([name, value]) => ({ name, value })),
    };
    return sendHtml(reply, this.given.html(visit, 'answered.njk', model));
  }

  /** That somebody acted on what is not there for them stands in the log, as of any command. */
  async #notOpen(
    error: unknown,
    visit: Visit,
    route: CommandRoute,
    sent: Omit<GivenCommand, 'body'>,
    inputs: Inputs,
  ): Promise<never> {
    if (error instanceof Problem && error.status === 404 && inputs.has(own.record)) {
      const { body } = parse(nodeOf(bodySchema(route)), inputs);
      const acting = inputs.filled(own.acting);
      const given = { ...sent, body, ...(acting ? { actingAs: parseActingAs(acting) } : {}) };
      await visit.web.commands.give(route, given, visit.request);
    }
    // Looked at alone, it is in no refusal: then it is a read, with its 404.
    if (error instanceof Problem && error.status === 404) visit.web.deps.reads.note(visit.request, {});
    throw error;
  }

  /** `nonce`: of a form that goes on, which stays one command. */
  #send(visit: Visit, reply: FastifyReply, address: string, shown: Shown, nonce?: string): FastifyReply {
    const token = this.given.tokens.formToken(visit.request, address, nonce);
    const tokenFor = (value: string) => ({ name: formField, value });
    const prepare = shown.template === 'form.njk' ? shown.model.prepare : undefined;
    const prepared = prepare && {
      ...prepare,
      token: tokenFor(this.given.tokens.formToken(visit.request, prepare.address)),
    };
    const model = { ...shown.model, token: tokenFor(token), prepare: prepared };
    return sendHtml(reply, this.given.html(visit, shown.template, model), shown.status);
  }

  /** That it was recorded, and where to go on. */
  async recorded(collection: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const visit = this.given.visitOf(request);
    const { what } = request.query as Query;
    const id = idIn(request) ?? '';
    const route = commandRoutes.find(
      ({ aggregate, name }) => aggregate.collection === collection && name === what,
    );
    const kind = route?.aggregate.name;
    const href = kind === undefined ? undefined : visit.names().hrefOf(kind as 'pool', id);
    if (!route || kind === undefined || href === undefined) throw notThere();
    const name = visit.names().nameOf(kind as 'pool', id) ?? id;
    const history = `/timeline?record=${encodeURIComponent(`${kind}-${id}`)}`;
    const link = this.given.invitations?.take(request, reply, visit.principal.account, id);
    const possible = await possibleModel(collection, id, visit);
    const waits = waitingOn(visit.context, kind, id).map(
      ({ text, dueOn, owedBy }) => `${text}, due on ${day(dueOn)}, by ${owedBy.join(' and ')}.`,
    );
    const model = { title: route.entry.title, name, href, history, link, possible, waits };
    return sendHtml(reply, this.given.html(visit, 'recorded.njk', model));
  }
}

/** The id in the address; one that no record can have is not looked for. */
function idIn(request: FastifyRequest): string | undefined {
  const { id } = request.params as { readonly id?: string };
  if (id !== undefined && !Id.safeParse(id).success) throw notThere();
  return id;
}
/** What was entered, and at which step: what is done with it is chosen anew. */
const withoutButtons = (inputs: Inputs): [name: string, value: string][] =>
  inputs.entries().filter(([name]) => !buttons.has(name));
const buttons: ReadonlySet<string> = new Set([
  own.add,
  own.remove,
  own.find,
  own.change,
  own.back,
  own.record,
  own.next,
]);
const notYours = (visit: Visit): Problem =>
  visit.isSignedIn
    ? new Problem(
        403,
        'FORM_NOT_YOURS',
        'This form was written for somebody else, or too long ago. Open it again, and send it from there.',
      )
    : new Problem(401, 'TOKEN_REQUIRED', 'You are not signed in any more. Sign in, and open the form again.');
