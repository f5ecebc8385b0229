/**
 * `GET /v1/places/{id}/export`, and the same at the place's page: one zip of what its reader may see of a
 * place. It is made before anything is sent, begun again where something was recorded meanwhile, and refused
 * where it stays so, or grows too large.
 */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { londonDate } from '../../domain/shared/calendar.js';
import { awaitConsistency } from '../../http/query/await-consistency.js';
import type { Principal } from '../../http/query/deps.js';
import {
  ExportParameters,
  placeExportAddress,
  usualExport,
  zipType,
  type ExportLimits,
} from '../../http/query/place-export.js';
import { readAsked } from '../../http/query/read-query.js';
import type { Made } from '../../http/server/long-answer.js';
import { Problem } from '../../http/server/problem.js';
import { loadAssets } from '../assets.js';
import { Visit, type Web } from '../visit.js';
import { Archive } from './archive.js';
import { headOf, writeExport } from './export.js';

/** The kind of the record that the address names, for the log of reads. */
export const exportRoute: FastifyContextConfig = { of: 'place', parameters: [] };

export function installPlaceExport(app: FastifyInstance, web: Web, most?: ExportLimits): void {
  app.get(placeExportAddress, { config: exportRoute }, async (request, reply) => {
    reply.header('vary', 'Authorization');
    return sendPlaceExport(web, request, reply, await web.deps.principal(request), most);
  });
}

/** How often it is made, where something is recorded while it is. */
const mostAttempts = 5;

/** Sends the export of the place in the address to whoever asks. */
export async function sendPlaceExport(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  most: ExportLimits = usualExport,
): Promise<FastifyReply> {
  const { deps, addressOf } = web;
  await awaitConsistency(deps, request);
  const { id } = request.params as { readonly id: string };
  const { context } = readAsked(
    deps,
    ExportParameters,
    { request, principal, given: request.query, id },
    addressOf,
  );
  const { version } = context.visible('place', id);
  // It is one read, of the place, whatever it is made of.
  context.shows({ record: { aggregate: 'place', id }, version });
  const unnoted: Web = { ...web, deps: { ...deps, reads: { ...deps.reads, note: () => {} } } };
  const { css } = await loadAssets();
  const make = async (signal: AbortSignal): Promise<Made> => {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const made = await attempted({
        web: unnoted,
        request,
        // What they may do now: it may be less than when they asked.
        principal: { ...principal, grants: deps.grantsNow(principal) },
        placeId: id,
        style: css.content.toString(),
        most,
        signal,
      });
      if (made) return { ...made, headers: { ...(reply.getHeaders() as Made['headers']), ...made.headers } };
    }
    throw new Problem(
      503,
      'EXPORT_OVERTAKEN',
      `Something was recorded each of the ${mostAttempts} times that it was made, so that it would not ` +
        'have been of one entry. Try again soon.',
      { headers: { 'retry-after': '10' } },
    );
  };
  await web.answers.sendMade(request, reply, { account: principal.account, kind: 'exports' }, make);
  return reply;
}

/** Something was recorded while it was made. */
class Overtaken extends Error {}

interface Attempt {
  readonly web: Web;
  readonly request: FastifyRequest;
  readonly principal: Principal;
  readonly placeId: string;
  readonly style: string;
  readonly most: ExportLimits;
  readonly signal: AbortSignal;
}
/** The whole of it as at one entry; undefined where something was recorded meanwhile. */
async function attempted({
  web,
  request,
  principal,
  placeId,
  style,
  most,
  signal,
}: Attempt): Promise<Made | undefined> {
  const { service, slices, publicAddress } = web.deps;
  const now = service.clock.now();
  const { epoch } = service.engine;
  const visit = (): Visit => new Visit(web, request, principal, now);
  const head = headOf(visit(), placeId);
  const name = `${placeId}-${londonDate(now)}`;
  const archive = new Archive({
    folder: `${name}-entry-${head.entry}-for-${head.audience}`,
    at: now,
    slices,
    most,
    check() {
      signal.throwIfAborted();
      if (service.engine.epoch !== epoch) throw new Overtaken();
    },
  });
  const origin = publicAddress ?? `${request.protocol}://${request.host}`;
  // HEAD reads nothing, and so does not know how long it would be.
  if (request.method === 'HEAD') return { headers: headersOf(name, head.position), chunks: [] };
  try {
    const chunks = await writeExport({ archive, head, visit, origin, style });
    const length = chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
    const headers = { ...headersOf(name, head.position), 'content-length': String(length) };
    return { headers, chunks };
  } catch (error) {
    if (error instanceof Overtaken) return undefined;
    throw error;
  }
}

const headersOf = (name: string, position: string): Made['headers'] => ({
  'content-type': zipType,
  'content-disposition': `attachment; filename="${name}.zip"`,
  'cache-control': 'private, no-store',
  position,
});
