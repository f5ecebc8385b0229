/** The operator's own address: what a node counts and how it is, beside the address that everybody asks. */
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { connectionOptions, installConnections } from './connections.js';
import { installProbes } from './health.js';
import { installOperator } from './operator.js';
import { installProblems } from './problem.js';
import { RequestLog } from './request-log.js';

/** Of a body: the names of some views. */
const mostBytes = 1024;
/** Shows the operations of an application; nothing listens yet. */
export function buildOperator({ operations }: FastifyInstance, logger?: FastifyBaseLogger): FastifyInstance {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : {}),
    logController: new RequestLog(),
    genReqId: () => randomUUID(),
    bodyLimit: mostBytes,
    ...connectionOptions(),
  });
  installConnections(app);
  installProblems(app);
  installProbes(app, operations.health);
  installOperator(app, operations, true);
  return app;
}
