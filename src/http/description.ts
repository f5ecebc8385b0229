/** `GET /v1/openapi.json`, and each schema of it by itself: what `dataschema` of an event names. */
import type { FastifyInstance } from 'fastify';
import { schemaAt } from './events.js';
import { openapi, type OpenApi } from './openapi.js';
import { standalone } from './openapi/schemas.js';
import { Problem } from './server/problem.js';

/**
 * The API's description is open to everybody; made when it is first asked for: a start need not wait for it.
 * Gives the document to whoever shows it otherwise.
 */
export function installDescription(app: FastifyInstance, version: string): () => OpenApi {
  let document: OpenApi | undefined;
  const whole = (): OpenApi => (document ??= openapi(version));
  app.get('/v1/openapi.json', async () => whole());
  app.get(schemaAt('', ':type'), async ({ params, protocol, host }, reply) => {
    const { type } = params as { type: string };
    const { schemas } = whole().components;
    if (!Object.hasOwn(schemas, type))
      throw new Problem(404, 'NOT_FOUND', 'There is no such schema. Each event names its own in dataschema.');
    return reply.type('application/schema+json').send({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: schemaAt(`${protocol}://${host}`, type),
      ...standalone(schemas, type),
    });
  });
  return whole;
}
