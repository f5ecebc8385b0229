/**
 * `POST /v1/departments/{id}/answers`: a department answers several barriers at once
 * (docs/rules/barrier.md#several-at-once).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CommandQueue } from '../commands/queue.js';
import { Id } from '../domain/shared/values.js';
import { register } from '../projections/views/register.js';
import { CommandParameters, keyOf, Receipt } from './commands.js';
import { commandsOn } from './for-pages.js';
import { readBody } from './give.js';
import { ProblemDocument } from './openapi/refusals.js';
import { QueryContext } from './query/context.js';
import type { AnswerOf } from './query/declare.js';
import {
  answerRoute,
  departmentAnswersAddress,
  mostBarriersAnswered,
  withEach,
  type Tried,
} from './query/department-answers.js';
import type { HttpDeps, Principal } from './query/deps.js';
import { positionToken } from './query/position.js';
import { IdShape, LinkShape } from './query/shapes.js';
import { PreviewShape } from './questions/preview.js';
import { readParameters, zodErrors } from './server/input-errors.js';
import { notThere, Problem, problemDocument, type ProblemError } from './server/problem.js';

export const DepartmentAnswer = z.strictObject({
  barriers: z
    .array(
      z.strictObject({
        id: Id,
        expectedVersion: z
          .int()
          .min(0)
          .optional()
          .meta({ description: 'The version of it that you looked at, where that is to hold' }),
      }),
    )
    .min(1, 'Name the barriers that are answered')
    .max(mostBarriersAnswered, `Answer ${mostBarriersAnswered} barriers at once or fewer`)
    .meta({ description: 'Each of them once' }),
  answer: z
    .looseObject({})
    .meta({ description: 'As `POST /v1/barriers/{id}/answers` takes it, without `expectedVersion`' }),
});

const ofBarrier = { barrierId: IdShape, link: LinkShape };
/** What became of each. */
export const DepartmentAnswered = z
  .strictObject({
    recorded: z.int().meta({ description: 'Barriers that are answered by it' }),
    refused: z.int().meta({ description: 'Barriers that are not, or would not be' }),
    items: z
      .array(
        z.union([
          z.strictObject({ ...ofBarrier, receipt: Receipt }),
          z.strictObject({ ...ofBarrier, foreseen: PreviewShape }),
          z.strictObject({ ...ofBarrier, problem: ProblemDocument }),
        ]),
      )
      .meta({ description: 'In the order of the request' }),
  })
  .meta({ id: 'DepartmentAnswered', description: 'What became of the answer to each barrier' });
type Item = AnswerOf<typeof DepartmentAnswered>['items'][number];
type Became =
  { readonly receipt: AnswerOf<typeof Receipt> } | { readonly foreseen: AnswerOf<typeof PreviewShape> };

export function installDepartmentAnswers(app: FastifyInstance, deps: HttpDeps, queue: CommandQueue): void {
  const commands = commandsOn(deps, queue);
  app.post(departmentAnswersAddress, async (request, reply) => {
    const principal = await deps.principal(request);
    const { preview } = readParameters(CommandParameters, request.query);
    const { id } = request.params as { readonly id: string };
    departmentVisible(deps, principal, id);
    const { barriers, answer } = readAnswer(request.body);
    const key = keyOf(request);
    const given = { principal, body: answer, key, correlation: request.id };
    reply.header('idempotency-key', key).serializer(JSON.stringify);
    if (preview === 'true') {
      const tried = await withEach(id, barriers, given, (one) => commands.preview(answerRoute, one, request));
      return told(request, tried, (foreseen) => ({ foreseen }));
    }
    const tried = await withEach(id, barriers, given, (one) => commands.give(answerRoute, one, request));
    const tokenOf = (position: number): string => positionToken(deps.service.log.identity, position);
    const newest = Math.max(...tried.map((one) => ('done' in one ? one.done.position : 0)));
    if (newest > 0) reply.header('position', tokenOf(newest));
    return told(request, tried, ({ id: of, events, version, position }) => ({
      receipt: { id: of, events: [...events], version, position: tokenOf(position) },
    }));
  });
}

/** Throws the 404 of what is no department, or none that its reader knows. */
function departmentVisible(deps: HttpDeps, principal: Principal, id: string): void {
  if (!Id.safeParse(id).success) throw notThere();
  const context = QueryContext.ofCommand(deps, principal);
  context.visible('agency', id);
  if (context.of(register).one('agency', id)?.state.sector !== 'department') throw notThere();
}

/** Reads what is sent strictly, every mistake at once; the answer as a barrier's own address reads it. */
function readAnswer(body: unknown): z.output<typeof DepartmentAnswer> {
  const read = DepartmentAnswer.safeParse(body);
  const outer = zodErrors(read.error?.issues ?? [], 'member', DepartmentAnswer);
  const errors = [...outer, ...repeated(read.data), ...answerMistakes(body)];
  if (!read.success || errors.length > 0)
    throw new Problem(400, 'INVALID_REQUEST', 'Mend what is named and send it again.', { errors });
  return read.data;
}
function repeated(read: z.output<typeof DepartmentAnswer> | undefined): ProblemError[] {
  const ids = read?.barriers.map(({ id }) => id) ?? [];
  return ids.flatMap((id, i) =>
    ids.indexOf(id) < i ? [{ path: `/barriers/${i}/id`, message: 'Name each barrier once' }] : [],
  );
}
function answerMistakes(body: unknown): readonly ProblemError[] {
  const { answer } = (typeof body === 'object' && body !== null ? body : {}) as { readonly answer?: unknown };
  if (typeof answer !== 'object' || answer === null) return [];
  if ('expectedVersion' in answer)
    return [{ path: '/answer/expectedVersion', message: 'Name the version beside its barrier' }];
  try {
    readBody(answerRoute, answer);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return (error.options.errors ?? []).map(inAnswer);
  }
}
const inAnswer = ({ path, message }: ProblemError): ProblemError => ({ path: `/answer${path}`, message });

function told<T>(
  request: FastifyRequest,
  tried: readonly Tried<T>[],
  show: (done: T) => Became,
): AnswerOf<typeof DepartmentAnswered> {
  const items = tried.map((one, i): Item => {
    const { barrierId } = one;
    const of = { barrierId, link: `/v1/barriers/${encodeURIComponent(barrierId)}` };
    return 'done' in one
      ? { ...of, ...show(one.done) }
      : { ...of, problem: problemDocument(atItsPlace(one.refused, i), request.id) };
  });
  const refused = tried.filter((one) => 'refused' in one).length;
  return { recorded: tried.length - refused, refused, items };
}
/** A refusal with its pointers into what was sent. */
function atItsPlace(problem: Problem, index: number): Problem {
  const { errors } = problem.options;
  if (!errors) return problem;
  return Problem.refused(problem.status, problem.code, problem.detail, {
    ...problem.options,
    errors: errors.map((error) =>
      error.path === '/expectedVersion'
        ? { ...error, path: `/barriers/${index}/expectedVersion` }
        : inAnswer(error),
    ),
  });
}
