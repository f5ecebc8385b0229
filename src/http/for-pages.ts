/** Commands for those who are no route of the API: pages give them by the same functions. */
import type { FastifyRequest } from 'fastify';
import { commandIdOf } from '../commands/executor.js';
import type { CommandQueue } from '../commands/queue.js';
import { doneOf, give, readBody, requestOf, type Done, type Given } from './give.js';
import { previewOf } from './preview.js';
import type { CommandRoute } from './query/command-routes.js';
import type { HttpDeps } from './query/deps.js';
import { Problem, type ProblemError } from './server/problem.js';

export type Preview = Awaited<ReturnType<typeof previewOf>>;
export interface Commands {
  /** The id of the command that a key stands for: what is new in it is named after it. */
  idOf(route: CommandRoute, given: Pick<Given, 'principal' | 'key' | 'recordId'>): string;
  /** What the command's own reader finds wrong in a body, by pointers into it. */
  mistakes(route: CommandRoute, body: unknown): readonly ProblemError[];
  /** What it would write; throws the problem of what would be refused. Nothing is recorded, nor queued. */
  preview(route: CommandRoute, given: Given, request: FastifyRequest): Promise<Preview>;
  /** Gives a command; throws the problem of what was not done. */
  give(route: CommandRoute, given: Given, request: FastifyRequest): Promise<Done>;
}
export const commandsOn = (deps: HttpDeps, queue: CommandQueue): Commands => ({
  idOf: ({ aggregate }, { principal, key, recordId }) =>
    commandIdOf(principal.account, key, aggregate.collection, recordId),
  mistakes(route, body) {
    try {
      readBody(route, body);
      return [];
    } catch (error) {
      if (error instanceof Problem) return error.options.errors ?? [];
      throw error;
    }
  },
  preview: (route, given, request) => previewOf(deps, requestOf(route, given), request),
  async give(route, given, request) {
    const command = requestOf(route, given);
    return doneOf(deps, command, await give(deps, queue, command, request));
  },
});
