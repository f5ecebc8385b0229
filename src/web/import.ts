/**
 * A programme from a file: chosen or pasted, looked at, then given as the commands of whoever gave it.
 * Nothing is kept of it in between: its text stands in the form.
 */
import formbody from '@fastify/formbody';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { existing } from '../domain/kernel/parts.js';
import { queries } from '../http/questions/index.js';
import { parseActingAs } from '../http/server/auth.js';
import { Problem, problemOf } from '../http/server/problem.js';
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
/** Bytes of a file: more than a programme of every place in England would take. */
const longestFile = 200_000;
/** Bytes of the form that holds its text: each of them may take three. */
const longestForm = 3 * longestFile + 10_000;
const Sent = z.object({
  [formField]: z.string().optional(),
  text: z.string().default(''),
  give: z.string().optional(),
  file: z.instanceof(Blob).optional(),
});
type Sent = z.output<typeof Sent>;

/** What is wrong with a file before a line of it is read; else its text. One that is chosen goes before. */
async function textOf({ file, text }: Sent): Promise<{ readonly text: string } | { readonly wrong: string }> {
  const isChosen = file !== undefined && file.size > 0;
  if ((isChosen ? file.size : Buffer.byteLength(text)) > longestFile)
    return { wrong: `Choose a file of ${longestFile / 1000} kB or less` };
  if (!isChosen) return { text: text.replaceAll('\r\n', '\n') };
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return { text: decoded.replaceAll('\r\n', '\n') };
  } catch {
    return { wrong: 'Choose a file of text in UTF-8, like one that a text editor saves' };
  }
}

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
    web.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer' },
      (request: FastifyRequest, body: Buffer) => partsIn(String(request.headers['content-type']), body),
    );
    web.get(importAddress, (request, reply) =>
      visit(request).isSignedIn
        ? send(request, reply, 'import.njk', model(request, {}))
        : askToSignIn(request, reply),
    );
    web.post(importAddress, { bodyLimit: longestForm }, async (request, reply) => {
      const sent = Sent.safeParse(request.body).data;
      if (!sent || tokens.readForm(request, importAddress, sent[formField]) === undefined)
        throw foreignForm();
      const show = (more: object, status = 200) =>
        send(request, reply, 'import.njk', model(request, more), status);
      const told = await textOf(sent);
      if ('wrong' in told) {
        const mistakes = [{ text: told.wrong, href: '#file' }];
        return show({ text: sent.text, mistakes, wrongFile: told.wrong }, 400);
      }
      const { text } = told;
      const asker = visit(request);
      const read = readFile(text, asker.web.deps.service.ref.areas);
      if ('mistakes' in read) {
        const mistakes = read.mistakes.map(({ line, where, message }) => ({
          text: `Line ${line}${where ? `, ${where}` : ''}: ${message}`,
          href: '#text',
        }));
        return show({ text, mistakes, wrongText: 'Mend what is named above' }, 400);
      }
      try {
        // A file that was chosen beside what was looked at was not looked at yet.
        const isGiven = sent.give !== undefined && !sent.file?.size;
        return show(await (isGiven ? given(read, asker) : lookedAt(read, text, asker)));
      } catch (error) {
        const problem = problemOf(request)(error as FastifyError);
        if (!comeAgain.has(problem.status)) throw error;
        reply.headers({ ...problem.options.headers });
        const again = 'What was recorded before stays, and the same file sent again records nothing twice.';
        return show(
          { text, mistakes: [{ text: `${problem.detail} ${again}`, href: '#text' }] },
          problem.status,
        );
      }
    });
  });
}

/** What a file would do, line by line, and its text, which is sent with it again. */
async function lookedAt(read: ReadFile, text: string, asker: Visit): Promise<object> {
  const plan = await planOf(read.file, giverOf(asker));
  const rows = plan.map((planned) => rowOf(planned, read, asker));
  const ready = plan.filter(({ outlook }) => outlook === 'ready').length;
  return { text, name: read.file.programme.name, rows, ready };
}
/** What became of a file, line by line. */
async function given(read: ReadFile, asker: Visit): Promise<object> {
  const giver = giverOf(asker);
  const plan = await planOf(read.file, giver);
  const became = new Map<string, Row>();
  for await (const one of give(plan, giver)) became.set(one.step.key, becomeOf(one, read));
  const { name, id } = read.file.programme;
  return {
    rows: plan.map((planned) => became.get(planned.step.key) ?? rowOf(planned, read, asker)),
    done: { name, href: `/programmes/${encodeURIComponent(id)}` },
  };
}

/** The fields of a form that was sent in parts, as browsers send files; none of what is not in order. */
async function partsIn(type: string, body: Buffer): Promise<object> {
  const sent = new Response(new Uint8Array(body), { headers: { 'content-type': type } });
  return Object.fromEntries(await sent.formData().catch(() => []));
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

/** Statuses of what can be done a little later: what was sent is kept in the form. */
const comeAgain: ReadonlySet<number> = new Set([429, 503]);
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
