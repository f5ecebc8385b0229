/**
 * A programme from a file: pasted, looked at, then given as the commands of whoever pasted it. Nothing is
 * kept of it in between: its text stands in the form.
 */
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { existing } from '../domain/kernel/parts.js';
import { queries } from '../http/questions/index.js';
import { parseActingAs } from '../http/server/auth.js';
import { Problem } from '../http/server/problem.js';
import { keyOf, routeOf } from '../import/key.js';
import { give, type Given } from '../import/give.js';
import { planOf, type Giver, type Planned, type Refused } from '../import/plan.js';
import { pathOf, readFile, type ReadFile } from '../import/read.js';
import type { Answers, Collection } from '../import/records.js';
import type { Step } from '../import/step.js';
import { formField } from './cross-site.js';
import type { FormTokens } from './forms.js';
import { foreignForm } from './sign-in.js';
import type { Visit } from './visit.js';

export const importAddress = '/import/programme';
const Sent = z.object({
  [formField]: z.string().optional(),
  text: z.string().default(''),
  give: z.string().optional(),
});

interface Pages {
  readonly tokens: FormTokens;
  visit(request: FastifyRequest): Visit;
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    template: string,
    model: object,
    status?: number,
  ): unknown;
  askToSignIn(request: FastifyRequest, reply: FastifyReply): unknown;
}

export function installImport(app: FastifyInstance, { tokens, visit, send, askToSignIn }: Pages): void {
  const model = (request: FastifyRequest, more: object) => ({
    title: 'A programme from a file',
    address: importAddress,
    token: { name: formField, value: tokens.formToken(request, importAddress) },
    ...more,
  });
  app.register(async (web) => {
    await web.register(formbody);
    web.get(importAddress, (request, reply) =>
      visit(request).isSignedIn
        ? send(request, reply, 'import.njk', model(request, {}))
        : askToSignIn(request, reply),
    );
    web.post(importAddress, async (request, reply) => {
      const sent = Sent.safeParse(request.body).data;
      if (!sent || tokens.readForm(request, importAddress, sent[formField]) === undefined)
        throw foreignForm();
      const asker = visit(request);
      const { text } = sent;
      const read = readFile(text.replaceAll('\r\n', '\n'), asker.web.deps.service.ref.areas);
      if ('mistakes' in read) {
        const mistakes = read.mistakes.map(({ line, where, message }) => ({
          text: `Line ${line}${where ? `, ${where}` : ''}: ${message}`,
          href: '#text',
        }));
        return send(request, reply, 'import.njk', model(request, { text, mistakes }), 400);
      }
      const giver = giverOf(asker);
      const plan = await planOf(read.file, giver);
      const rows = plan.map((planned) => rowOf(planned, read, asker));
      const { name, id } = read.file.programme;
      if (sent.give === undefined) {
        const ready = plan.filter(({ outlook }) => outlook === 'ready').length;
        return send(request, reply, 'import.njk', model(request, { text, name, rows, ready }));
      }
      const became = new Map<string, Row>();
      for await (const given of give(plan, giver)) became.set(given.step.key, becomeOf(given, read));
      const told = plan.map(({ step }, i) => became.get(step.key) ?? rows[i]);
      const done = { name, href: `/programmes/${encodeURIComponent(id)}` };
      return send(request, reply, 'import.njk', model(request, { rows: told, done }));
    });
  });
}

interface Row {
  readonly word: string;
  readonly line: number;
  readonly text: string;
  readonly because: readonly string[];
}
const refusedRow = (step: Step, { detail, pointer }: Refused, read: ReadFile): Row => ({
  word: 'Refused',
  line: read.lineOf(step.path),
  text: step.text,
  because: [`Line ${read.lineOf([...step.path, ...pathOf(pointer)])}: ${detail}`],
});
function rowOf(planned: Planned, read: ReadFile, { shower }: Visit): Row {
  const { step, outlook } = planned;
  const row = { line: read.lineOf(step.path), text: step.text, because: [] };
  switch (outlook) {
    case 'there':
      return { ...row, word: 'Stands already' };
    case 'ready':
      return { ...row, word: 'To be recorded' };
    case 'theirs':
      return { ...row, word: 'Somebody else’s', because: [`For: ${shower.grant(step.grant)}`] };
    case 'other':
      return { ...row, word: 'Stands otherwise', because: planned.because };
    case 'refused':
      return refusedRow(step, planned.refused, read);
  }
}
function becomeOf(given: Given, read: ReadFile): Row {
  const { step, became } = given;
  if (became === 'refused') return refusedRow(step, given.refused, read);
  const word = became === 'done' ? 'Recorded' : 'Waits for what was refused';
  return { word, line: read.lineOf(step.path), text: step.text, because: [] };
}

/** Whoever is signed in, by the same functions as the API’s own routes. */
function giverOf(visit: Visit): Giver {
  const { request, principal } = visit;
  const { commands } = visit.web;
  const given = (step: Step) => ({
    principal,
    recordId: step.recordId,
    body: step.body,
    key: keyOf(step),
    actingAs: parseActingAs(step.grant),
    correlation: request.id,
  });
  return {
    grants: visit.acting === undefined ? visit.grants : [visit.acting],
    ask: async <C extends Collection>(collection: C, id: string) => {
      const answered = await unlessRefused(() => visit.record(questionOf(collection), id, {}), [404]);
      return 'refused' in answered ? undefined : (answered.done.body as unknown as Answers[C]);
    },
    async preview(step) {
      const foreseen = await unlessRefused(() => commands.preview(routeOf(step), given(step), request));
      if ('refused' in foreseen) return foreseen.refused;
      return foreseen.done.would.length === 0 ? 'nothing' : undefined;
    },
    async give(step) {
      const done = await unlessRefused(() => commands.give(routeOf(step), given(step), request));
      return 'refused' in done ? done.refused : undefined;
    },
  };
}
function questionOf(collection: Collection) {
  const question = existing(
    queries.find(({ url }) => url === `/v1/${collection}/:id`),
    collection,
  );
  if (question.kind !== 'record') throw new Error(`${question.url} answers a list`);
  return question;
}

/** Statuses of what was refused by rule; what went wrong otherwise goes on as it is. */
const refusals = [400, 403, 404, 409, 422];
async function unlessRefused<T>(
  work: () => Promise<T>,
  statuses: readonly number[] = refusals,
): Promise<{ readonly done: T } | { readonly refused: Refused }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof Problem) || !statuses.includes(error.status)) throw error;
    const { code, detail, options } = error;
    return { refused: { code, detail, pointer: options.errors?.[0]?.path ?? '' } };
  }
}
