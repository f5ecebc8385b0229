/**
 * What a command would write if it were given now, on the record as it stands in the log
 * (docs/rules/shared.md#previews): judged like a command, with nothing queued, folded, kept or recorded. What
 * follows by itself is not foreseen.
 */
import type { RecordAccess } from '../domain/shared/access.js';
import { applyAccess } from '../domain/kernel/fold.js';
import {
  isRefusal,
  type Authorised,
  type Context,
  type Refusal,
  type States,
} from '../domain/kernel/types.js';
import { entryOf, splitStream, type Recorded } from '../domain/registry.js';
import { decode } from '../log/codec.js';
import type { AttemptHost } from './attempt.js';
import { consider, type Standing } from './consider.js';
import { judge, type Judgement, type Looks } from './judge.js';
import { asking } from './possible.js';
import type { CommandRequest, Outcome } from './request.js';
import { happenedSince } from './since.js';
import { inEnvelopes, printOf } from './written.js';

/** What would be written. */
export interface Foreseen {
  readonly kind: 'foreseen';
  /** As they would stand in the log. */
  readonly events: readonly Recorded[];
  /** Who may read the record after them. */
  readonly access: RecordAccess;
  /** Of the record that was looked at. */
  readonly version: number;
  /** In which it would be given. */
  readonly role?: string;
  /** Its Idempotency-Key was used for just this: it is done, and would not be done again. */
  readonly replayed: boolean;
}
export type Refused = Outcome & { readonly kind: 'refused' };

/**
 * Throws what `consider` throws, and `TooManyRefusals`: what is refused counts in the account's minute as a
 * refused command does, so that asking finds out no more than trying.
 */
export async function preview(host: AttemptHost, request: CommandRequest): Promise<Foreseen | Refused> {
  const { budget } = host.refusals;
  const account = request.principal?.account;
  if (account !== undefined) budget.admit(account);
  const { judged, made, access, version } = await consider(
    host,
    request.aggregate as keyof States & string,
    request.id,
    (standing, looks) => foresee(standing, request, looks),
  );
  const role = judged.actor ? { role: judged.actor.role } : {};
  if (!isRefusal(made))
    return { kind: 'foreseen', events: made, access, version, ...role, replayed: judged.replayed === true };
  const { status = 422, fits, audience = 'public' } = judged;
  if (account !== undefined && status !== 400) budget.spend(account);
  const since =
    made.code === 'STALE_REVISION'
      ? await happenedSince(
          host.deps.log,
          `${request.aggregate}-${request.id}`,
          request.expectedVersion,
          access,
          audience,
        )
      : undefined;
  return {
    kind: 'refused',
    status,
    refusal: made,
    ...role,
    ...(fits ? { fits } : {}),
    ...(since ? { since } : {}),
  };
}

/** What a decision that would be drafted authorises, and what that would meet today besides. */
export interface Authorising {
  readonly authorised: Authorised;
  /** Undefined where nothing but the decision is missing. */
  readonly meets: Refusal | undefined;
}
/**
 * What each command that a decision would authorise would meet today, given by whoever drafts it with what
 * the terms say, but for the decision itself: who may give it, in which state, by which rules.
 */
export function whatItMeets(
  host: Pick<AttemptHost, 'deps' | 'lanes'>,
  { principal, correlation }: CommandRequest,
  authorises: readonly Authorised[],
): Promise<Authorising[]> {
  const meets = async (authorised: Authorised): Promise<Authorising> => {
    const [aggregate, id] = splitStream(authorised.record);
    const refusal = await consider(host, aggregate as keyof States & string, id, (standing, looks) => {
      const request: CommandRequest = {
        aggregate,
        id,
        command: authorised.command,
        data: authorised.terms,
        commandId: asking,
        expectedVersion: standing.loaded.version,
        ...(principal ? { principal } : {}),
        ...(correlation === undefined ? {} : { correlation }),
      };
      const { outcome } = judge({ ...standing, done: undefined }, request, () => asking, looks);
      return isRefusal(outcome) ? outcome : undefined;
    });
    return { authorised, meets: refusal?.authorises ? undefined : refusal };
  };
  return Promise.all(authorises.map(meets));
}

function foresee(
  { aggregate, recordId, loaded, done }: Standing,
  request: CommandRequest,
  looks: Looks,
): {
  readonly judged: Judgement;
  readonly made: readonly Recorded[] | Refusal;
  readonly access: RecordAccess;
  readonly version: number;
} {
  const stream = `${aggregate.name}-${recordId}`;
  const reads: Record<string, number> = {};
  const read: Context['read'] = (name, id) => {
    const other = looks.read(name, id);
    if (`${name}-${id}` !== stream) reads[`${name}-${id}`] = other.version;
    return other;
  };
  const print = printOf(request);
  const stand = { aggregate, recordId, loaded, done: done(request.commandId) };
  const judged = judge(stand, request, () => print, { ...looks, read });
  const { outcome, actor } = judged;
  const { version } = loaded;
  const access = { ...loaded.access };
  if (isRefusal(outcome) || outcome.length === 0)
    return { judged, made: isRefusal(outcome) ? outcome : [], access, version };
  const written = inEnvelopes(request, outcome, { stream, version, now: looks.now, actor, print, reads });
  if (isRefusal(written)) return { judged, made: written, access, version };
  const made = written.events.map((event) => decode({ ...event, position: 0 }));
  for (const event of made) {
    const change = entryOf(event).access?.(event.data, event);
    if (change) applyAccess(access, change, event.version);
  }
  return { judged, made, access, version };
}
