/**
 * What becomes of a command that is given to a record as it stands: a pure function of that stand, the
 * request, the moment, and what is read of other records. It asks nobody, writes nothing and keeps nothing:
 * commands are judged by it, and whoever wants to know what a command would come to may ask it alike.
 */
import { londonDate } from '../domain/shared/calendar.js';
import type { Audience, Grant } from '../domain/shared/access.js';
import { emptyLoaded } from '../domain/kernel/fold.js';
import {
  checkState,
  doesReplace,
  mayGive,
  partNamed,
  standardRefusals,
  targetOf,
} from '../domain/kernel/command.js';
import {
  isRefusal,
  kindOf,
  refuse,
  type Actor,
  type Aggregate,
  type CommandEntry,
  type Context,
  type Loaded,
  type NewEvent,
  type Refusal,
  type Target,
} from '../domain/kernel/types.js';
import { unauthorisable } from '../domain/authorisable.js';
import { audienceSeen, namedBy, sightOf } from './sight.js';
import { chooseGrant } from './authorise.js';
import type { CommandRequest } from './request.js';
import { inStandingGrants } from './standing.js';

/** A record, as it stands for a command. */
export interface Stand {
  readonly aggregate: Aggregate;
  readonly recordId: string;
  readonly loaded: Loaded;
  /** What the command's own id wrote there before: the fingerprint of what was asked then. */
  readonly done: { readonly fingerprint: string } | undefined;
}
/**
 * What a judgement may look at besides. `read` throws where something must be fetched first: it is then
 * judged again from the start.
 */
export type Looks = Pick<Context, 'now' | 'ref' | 'views' | 'read'>;
/**
 * How far: whether it may be given here and now, in this grant and state, as far as that can be said before
 * its author has said anything but which part it is about; or what comes of it, too.
 */
export type UpTo = 'guard' | 'decision';
/** Whose auditors read that it was refused. */
export interface Where {
  readonly placeId?: string | undefined;
  readonly programmeId?: string | undefined;
}
export interface Judgement {
  /**
   * What it comes to; no events where it may be given and was judged no further, where nothing changes, and
   * where it was done before.
   */
  readonly outcome: readonly NewEvent[] | Refusal;
  /** Of HTTP, where it is refused. */
  readonly status?: number;
  /** Done before, by the same request. */
  readonly replayed?: true;
  /** In whose name; undefined where that was not found out. */
  readonly actor?: Actor;
  /** The grant it is given in, where one fits. */
  readonly grant?: Grant;
  /** The grants that would fit, where several do. */
  readonly fits?: string[];
  /** The record's place and programme, else those of what it would have made, else of the grant. */
  readonly where: Where;
  /** What its author sees of the record, where that matters to the answer. */
  readonly audience?: Audience;
}

/** Of HTTP, by the kind of a refusal. */
export const kindStatus = { who: 403, state: 409, rule: 422 } as const;
/**
 * Where the agencies of whoever names no record are looked up, as they are in the place of a record that is
 * hidden from them.
 */
const nowhere = 'nowhere';
/** Who asks where neither somebody nor the system does: no grant, so nothing is theirs to give. */
const nobody: NonNullable<CommandRequest['principal']> = { account: '', grants: [] };
const hasWhere = ({ placeId, programmeId }: Where): boolean => Boolean(placeId) || Boolean(programmeId);

/**
 * `fingerprint`: of the request, made only where the record knows its id. Throws what `read` and view checks
 * throw, and where a command refuses what it does not declare.
 */
export function judge(
  stand: Stand,
  given: CommandRequest,
  fingerprint: () => string,
  looks: Looks,
  upTo: UpTo = 'decision',
): Judgement {
  const request = inStandingGrants(given, looks);
  const entry = stand.aggregate.commands[request.command];
  if (!entry) throw new Error(`${stand.aggregate.name} has no command ${request.command}`);
  // A creation is judged by what it says of itself: what stands in its way is not told, they may not see it.
  const subject = entry.creates ? emptyLoaded(stand.aggregate) : stand.loaded;
  const target = targetOf(entry, subject, request.data);
  const who = author(stand, request, entry, subject, target, looks);
  if ('outcome' in who) return who;
  const { actor, where, grant } = who;
  const granted = grant ? { grant } : {};
  const ofProgramme = grant?.programme;
  const refused = (status: number, outcome: Refusal, more: Pick<Judgement, 'audience'> = {}): Judgement => ({
    outcome,
    status,
    actor,
    where,
    ...granted,
    ...more,
  });
  const nothing = (more: Pick<Judgement, 'replayed'> = {}): Judgement => ({
    outcome: [],
    actor,
    where,
    ...granted,
    ...more,
  });

  if (stand.done) {
    if (stand.done.fingerprint === fingerprint()) return nothing({ replayed: true });
    return refused(
      422,
      refuse('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request. Use a new key.'),
    );
  }
  const { loaded } = stand;
  if (entry.creates && loaded.version > 0)
    return request.step
      ? nothing()
      : refused(409, refuse('RECORD_EXISTS', 'A record with this id exists. Choose another id.', '/id'));
  const { expectedVersion } = request;
  if (
    !request.step &&
    !request.actor &&
    expectedVersion === undefined &&
    doesReplace(entry, loaded.state, request.data, actor)
  )
    return refused(
      400,
      refuse(
        'VERSION_REQUIRED',
        'Enter expectedVersion: the version of the record you looked at.',
        '/expectedVersion',
      ),
    );
  if (expectedVersion !== undefined && expectedVersion !== loaded.version) {
    const audience = request.actor
      ? 'members'
      : audienceSeen(
          sightOf(request.principal ?? nobody, [loaded.access.placeId ?? nowhere], looks.read),
          loaded,
        );
    const sentence =
      `The record is at version ${loaded.version}, you looked at ${expectedVersion}. Look at what ` +
      'changed and decide again.';
    return refused(409, refuse('STALE_REVISION', sentence, '/expectedVersion'), { audience });
  }
  const today = londonDate(looks.now);
  const effectiveOn = request.effectiveOn ?? today;
  const misdated = dateRefusal(request, entry, loaded, effectiveOn, today);
  if (misdated) return refused(422, misdated);
  const wrong = checkState(
    stand.aggregate,
    entry,
    loaded.state as { status?: string },
    request.principal && mayGive(request.principal.grants, loaded),
  );
  if (wrong) return refused(409, wrong);

  const context: Context = {
    now: looks.now,
    today,
    effectiveOn,
    actor,
    ...(ofProgramme ? { ofProgramme } : {}),
    commandId: request.commandId,
    recordId: stand.recordId,
    acts: loaded.acts,
    ref: looks.ref,
    views: looks.views,
    read: looks.read,
    unauthorisable,
    named: namedBy(request.actor ? undefined : request.principal, target.placeIds ?? [], looks.read),
  };
  // A decision begins with the guard: `decides` has put it there.
  const outcome =
    upTo === 'guard'
      ? (entry.guard?.(loaded.state, context, partNamed(entry.part, request.data)) ?? [])
      : entry.decide(loaded.state, request.data, context);
  if (!isRefusal(outcome))
    return entry.freshSignIn && request.staleSignIn
      ? refused(403, refuse('FRESH_SIGN_IN_REQUIRED', signInAgain))
      : { outcome, actor, where, ...granted };
  const kind = entry.refuses[outcome.code] ?? standardRefusals[outcome.code as keyof typeof standardRefusals];
  if (!kind)
    throw new Error(
      `${stand.aggregate.name}.${request.command} refused with the undeclared code ${outcome.code}`,
    );
  return refused(kindStatus[kindOf(kind)], outcome);
}

/** Asked for last: whoever may not do it for another reason need not prove anything first. */
const signInAgain =
  'Sign in again, then do this: it asks that you proved to your organisation within the last ten minutes ' +
  'who you are.';

/** In whose name the command is given, or why it is not theirs to give. */
function author(
  { aggregate: _, loaded }: Stand,
  request: CommandRequest,
  entry: CommandEntry,
  subject: Loaded,
  target: Target,
  { read }: Looks,
): Judgement | { readonly actor: Actor; readonly where: Where; readonly grant: Grant | undefined } {
  let where: Where = { placeId: loaded.access.placeId, programmeId: loaded.access.programmeId };
  if (request.actor) return { actor: request.actor, where, grant: undefined };
  const who = request.principal ?? nobody;
  const sees = sightOf(who, [loaded.access.placeId ?? nowhere], read);
  if (!entry.creates && !sees(loaded))
    return {
      outcome: refuse('NOT_FOUND', 'There is no such record, or it is not open to you.'),
      status: 404,
      where,
    };
  if (!hasWhere(where)) where = { placeId: target.placeIds?.[0], programmeId: target.programmeId };
  const choice = chooseGrant(
    entry,
    who.grants,
    target,
    subject.access.programmeId ?? target.programmeId,
    request.actingAs,
    (placeId) => read('place', placeId).state.programmeId,
    who.held,
  );
  if (!('grant' in choice))
    return {
      outcome: choice.refusal,
      status: choice.status,
      where,
      ...(choice.fits ? { fits: choice.fits } : {}),
    };
  const { grant, refusal } = choice;
  if (!hasWhere(where)) where = { placeId: grant.place, programmeId: grant.programme };
  const actor = {
    account: who.account,
    role: grant.role,
    ...(grant.agency ? { agency: grant.agency } : {}),
    ...(grant.place ? { place: grant.place } : {}),
  };
  if (refusal) return { outcome: refusal, status: 403, actor, where, grant };
  return { actor, where, grant };
}

function dateRefusal(
  request: CommandRequest,
  entry: CommandEntry,
  { startedOn }: Loaded,
  effectiveOn: string,
  today: string,
): Refusal | undefined {
  if (effectiveOn > today && !entry.schedules)
    return refuse('EFFECTIVE_IN_FUTURE', 'The effective date must be today or earlier.', '/effectiveOn');
  if (effectiveOn < today && !request.backdatedBecause)
    return refuse(
      'BACKDATED_WITHOUT_REASON',
      'Enter backdatedBecause: why this takes effect before today.',
      '/backdatedBecause',
    );
  if (startedOn && effectiveOn < startedOn)
    return refuse(
      'BACKDATED_BEFORE_START',
      `The effective date must be ${startedOn} or later: the record begins then.`,
      '/effectiveOn',
    );
  return undefined;
}
