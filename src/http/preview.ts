/** What a command would write, whichever way it is asked: by the API, or by the form of a page. */
import type { FastifyRequest } from 'fastify';
import type { CommandRequest, Foreseen } from '../commands/executor.js';
import { existing } from '../domain/kernel/parts.js';
import type { Authorised } from '../domain/kernel/types.js';
import { aggregateNamed, is } from '../domain/registry.js';
import { refusalOf } from './give.js';
import { QueryContext } from './query/context.js';
import type { AnswerOf } from './query/declare.js';
import type { HttpDeps } from './query/deps.js';
import { previewShown, type PreviewShape } from './questions/preview.js';
import { executionProblem } from './server/execution-problem.js';
import { note } from './server/request-log.js';

/** What a decision authorises that would be drafted, or amended. */
const authorisedBy = ({ events }: Foreseen): readonly Authorised[] =>
  events.flatMap((event) =>
    is(event, 'decision', 'DecisionDrafted', 'DecisionAmended') ? event.data.authorises : [],
  );

/**
 * Foresees a command; throws the problem that it would be refused with now. It is a read, with the code that
 * it met.
 */
export async function previewOf(
  deps: HttpDeps,
  command: CommandRequest,
  request: FastifyRequest,
): Promise<AnswerOf<typeof PreviewShape>> {
  const { aggregate, id } = command;
  const principal = existing(command.principal, 'who asks for a preview');
  // What is created is nothing yet: of what stands under its id nothing is noted.
  const { creates } = existing(aggregateNamed(aggregate).commands[command.command], command.command);
  note(request, { command: `${aggregate}.${command.command}`, record: `${aggregate}-${id}` });
  const record = { aggregate, id };
  deps.reads.note(request, creates ? {} : { record });
  const foreseen = await deps.service.executor.preview(command).catch((error: unknown) => {
    throw executionProblem(error);
  });
  if (foreseen.role) note(request, { role: foreseen.role });
  if (foreseen.kind === 'refused') {
    deps.reads.note(request, { ...(creates ? {} : { record }), code: foreseen.refusal.code });
    throw refusalOf(deps, command, foreseen);
  }
  const context = QueryContext.ofCommand(deps, principal, (shown) => deps.reads.note(request, shown));
  deps.reads.note(request, creates ? {} : { record, version: foreseen.version });
  const authorises = authorisedBy(foreseen);
  const authorising =
    authorises.length > 0 ? await deps.service.executor.whatItMeets(command, authorises) : [];
  return previewShown(context, record, foreseen, authorising);
}
