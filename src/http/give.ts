/**
 * A command as somebody gives it, whichever way it came: by the API, or by the form of a page. What is read,
 * waited for and refused is the same.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { commandIdOf, type CommandRequest, type Outcome } from '../commands/executor.js';
import type { CommandQueue } from '../commands/queue.js';
import type { Grant } from '../domain/shared/access.js';
import { commandEnvelope } from '../domain/kernel/command.js';
import { withIds } from '../domain/kernel/naming.js';
import { withPresentNames } from '../domain/kernel/renamed.js';
import { Id } from '../domain/shared/values.js';
import { ViewNotLive } from '../projections/engine/engine.js';
import type { CommandRoute } from './query/command-routes.js';
import { viewerFor, type HttpDeps, type Principal } from './query/deps.js';
import { NameResolver } from './query/name-resolver.js';
import { homeOf, resolveNames } from './query/present-event.js';
import { zodErrors } from './server/input-errors.js';
import { isFresh } from './server/fresh-sign-in.js';
import { executionProblem } from './server/execution-problem.js';
import { Problem } from './server/problem.js';
import { note } from './server/request-log.js';

const Envelope = z.object(commandEnvelope);
/** Where what is no record stands, beside the records of a kind: what may be made, and the form for it. */
const taken: ReadonlySet<string> = new Set(['commands', 'new']);
const NewId = Id.refine((id) => !taken.has(id), 'Enter another id: this one is an address of its own');

/** Splits a body into the command's data and the members every command may carry; all mistakes at once. */
export function readBody(
  route: CommandRoute,
  body: unknown,
): { data: unknown; envelope: z.infer<typeof Envelope>; id?: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem(400, 'BODY_NOT_AN_OBJECT', 'Send a JSON object.');
  const { expectedVersion, effectiveOn, backdatedBecause, ...rest } = body as Record<string, unknown>;
  const given: Record<string, unknown> = { ...rest };
  const envelope = Envelope.safeParse({ expectedVersion, effectiveOn, backdatedBecause });
  let id: z.ZodSafeParseResult<string | undefined> | undefined;
  if (route.ownId) {
    id = (route.entry.idGiven ? NewId : NewId.optional()).safeParse(given.id);
    delete given.id;
  }
  const { members, issues: renamings } = withPresentNames(route.entry.renamed ?? {}, given);
  const data = route.entry.data.safeParse(members);
  const issues = [
    ...renamings,
    ...(envelope.error?.issues ?? []),
    ...(id?.error?.issues.map((i) => ({ ...i, path: ['id'] })) ?? []),
    ...(data.error?.issues ?? []),
  ];
  if (issues.length > 0 || !envelope.success)
    throw new Problem(400, 'INVALID_REQUEST', 'Mend what is named and send it again.', {
      errors: zodErrors(issues, 'member', route.entry.data),
    });
  return { data: data.data, envelope: envelope.data, ...(id?.data ? { id: id.data } : {}) };
}

/** What somebody gives. */
export interface Given {
  readonly principal: Principal;
  /** In the address; a creation has none. */
  readonly recordId?: string | undefined;
  /** As it was sent. */
  readonly body: unknown;
  /** The Idempotency-Key: given twice with one, it is done once. */
  readonly key: string;
  readonly actingAs?: Grant | undefined;
  /** Of the request that it came with. */
  readonly correlation: string;
}
/** Reads what was given as a request of the executor; throws the 400 of what the schema does not take. */
export function requestOf(route: CommandRoute, given: Given): CommandRequest {
  const { aggregate, entry } = route;
  const { principal, recordId, key, actingAs, correlation } = given;
  const { data, envelope, id } = readBody(route, given.body);
  const commandId = commandIdOf(principal.account, key, aggregate.collection, recordId);
  return {
    aggregate: aggregate.name,
    id: recordId ?? entry.id?.(data) ?? id ?? commandId,
    command: route.name,
    data,
    commandId,
    principal,
    correlation,
    ...(envelope.expectedVersion === undefined ? {} : { expectedVersion: envelope.expectedVersion }),
    ...(envelope.effectiveOn ? { effectiveOn: envelope.effectiveOn } : {}),
    ...(envelope.backdatedBecause ? { backdatedBecause: envelope.backdatedBecause } : {}),
    ...(actingAs ? { actingAs } : {}),
    ...signedInBy(principal),
  };
}

/**
 * How whoever gives it proved who they are. Where tokens say who may do what, their issuer also says how
 * people must sign in for it: what it tells is kept, and nothing more is asked (docs/adr/0030-signing-in.md).
 */
const signedInBy = (principal: Principal): Pick<CommandRequest, 'signedIn' | 'staleSignIn'> => ({
  ...(principal.signedIn ? { signedIn: principal.signedIn } : {}),
  ...(principal.grantsInLog && !isFresh(principal, Date.now()) ? { staleSignIn: true } : {}),
});

/**
 * Has a command executed in its turn, and notes of its request what it was. Throws the problem of what could
 * not be executed; what was refused is an outcome.
 */
export async function give(
  deps: HttpDeps,
  queue: CommandQueue,
  command: CommandRequest,
  request: FastifyRequest,
): Promise<Outcome> {
  // The role they chose, else their first: what fitted is known once it was judged.
  const { role } = command.actingAs ?? command.principal?.grants[0] ?? {};
  note(request, {
    ...(role ? { role } : {}),
    command: `${command.aggregate}.${command.command}`,
    record: `${command.aggregate}-${command.id}`,
  });
  const outcome = await queue
    .enter(() => deps.service.executor.execute(command))
    .catch((error: unknown) => {
      throw executionProblem(error);
    });
  if (outcome.role) note(request, { role: outcome.role });
  return outcome;
}
/** Texts with their names; commands do not wait for a view that is being built, and then say ids. */
function namesResolved<T extends { readonly text: string }>(
  deps: HttpDeps,
  { principal, aggregate, id }: CommandRequest,
  events: readonly T[],
): T[] {
  const unnamed = (): T[] => events.map((e) => ({ ...e, text: withIds(e.text) }));
  if (!principal) return unnamed();
  try {
    const names = new NameResolver(deps, viewerFor(deps, principal));
    const home = homeOf(names, aggregate, id);
    return events.map((e) => ({ ...e, text: resolveNames(names, e.text, home) }));
  } catch (error) {
    if (!(error instanceof ViewNotLive)) throw error;
    return unnamed();
  }
}

export type Done = Outcome & { readonly kind: 'done' };
/** What was done; throws the problem of what was refused, with names in its sentence. */
export function doneOf(deps: HttpDeps, command: CommandRequest, outcome: Outcome): Done {
  if (outcome.kind === 'done') return outcome;
  throw refusalOf(deps, command, outcome);
}
/** The problem of what was refused, with names in its sentence. */
export function refusalOf(
  deps: HttpDeps,
  command: CommandRequest,
  { status, refusal, since, fits }: Outcome & { readonly kind: 'refused' },
): Problem {
  const [{ text: detail } = { text: refusal.detail }] = namesResolved(deps, command, [
    { text: refusal.detail },
  ]);
  const { path, authorises } = refusal;
  const told = refusal.lacking ?? (path ? [{ path, detail: refusal.detail }] : []);
  const errors = namesResolved(
    deps,
    command,
    told.map((one) => ({ path: one.path, text: one.detail })),
  ).map(({ path: at, text }) => ({ path: at, message: text }));
  return Problem.refused(status, refusal.code, detail, {
    ...(errors.length > 0 ? { errors } : {}),
    extra: {
      ...(since ? { since: namesResolved(deps, command, since) } : {}),
      ...(fits ? { grants: fits } : {}),
      ...(authorises ? { authorises } : {}),
    },
  });
}
