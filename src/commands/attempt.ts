/** One command's way through its lane: judged, decided, given its envelope, answered; a refusal is recorded first. */
import { isOpenTo, type Audience, type RecordAccess } from '../domain/shared/access.js';
import { londonDate } from '../domain/shared/calendar.js';
import { checkState, doesReplace, mayGive, standardRefusals, targetOf } from '../domain/kernel/command.js';
import { dataFor, isRefusal, refuse, type Actor, type Context, type Loaded, type NewEvent, type Refusal, type States } from '../domain/kernel/types.js';
import { emptyLoaded, fold } from '../domain/kernel/fold.js';
import { audienceSeen, namedBy, sightOf } from '../domain/sight.js';
import { decode, encode, fingerprint } from '../log/codec.js';
import { maxAppendBytes, maxEventBytes, type OutcomeUnknown, type StoredEvent } from '../log/event-log.js';
import { ClockInDoubt } from './clock-watch.js';
import { chooseGrant } from './authorise.js';
import type { Lane, Lanes, Receipt, Work } from './lanes.js';
import { RefusalRecord, type RefusalHost } from './refusals.js';
import type { CommandRequest, ExecutorDeps, Outcome } from './request.js';

/** What an attempt needs of the executor it runs in. */
export interface AttemptHost extends RefusalHost {
  readonly deps: ExecutorDeps;
  readonly lanes: Lanes;
}

const kindStatus = { who: 403, state: 409, rule: 422 } as const;

/** At most so many bytes a command, so that a batch closed below two thirds of an append always fits into one. */
export const maxCommandBytes = maxAppendBytes / 3;

export class Attempt implements Work {
  attempts = 0;
  /** Set once an append of this command may or may not have been written. */
  unknown: OutcomeUnknown | undefined;
  events: StoredEvent[] = [];
  /** Bytes of `events`. */
  bytes = 0;
  refusal: Refusal | undefined;
  receipt: Receipt | undefined;
  /** How fresh its lane was when it was decided: moves on while it waits for its answer. */
  freshAt = 0;
  /** True when nothing speculative stood before this decision in its batch. */
  onDurable = false;
  readonly reject: (error: unknown) => void;
  readonly #record: RefusalRecord;
  #replayed = false;
  #status = 0;
  #fits: string[] | undefined;
  #actor: Actor | undefined;
  #access: RecordAccess | undefined;
  /** Whose auditors read that it was refused: the record's place and programme, else those of what it would have made, else of the grant. */
  #where: { readonly placeId?: string | undefined; readonly programmeId?: string | undefined } = {};
  /** Sees the whole record: a member, a party or an auditor; the system too. */
  #audience: Audience = 'public';
  #versionSeen = 0;
  #print: string | undefined;

  constructor(
    readonly executor: AttemptHost,
    readonly request: CommandRequest,
    /** What it decides on was read from the log after this moment, where other processes write; taken anew after a conflict. */
    public born: number,
    readonly resolve: (o: Outcome) => void,
    reject: (e: unknown) => void,
  ) {
    this.#record = new RefusalRecord(executor, request);
    this.reject = (error) => {
      this.#record.end(false);
      reject(error);
    };
  }

  /** Answered by what its command id wrote before. */
  get isReplay(): boolean {
    return this.#replayed;
  }

  attempt(lane: Lane): void {
    const { clock } = this.executor.deps;
    this.events = [];
    this.bytes = 0;
    this.refusal = undefined;
    this.receipt = undefined;
    this.#replayed = false;
    this.#record.again();
    this.#actor = undefined;
    const loaded = lane.loaded!;
    this.#versionSeen = loaded.version;
    this.freshAt = lane.freshAt;
    this.#access = loaded.access;
    this.#where = { placeId: loaded.access.placeId, programmeId: loaded.access.programmeId };
    if (clock.doubt?.()) throw this.unknown ?? new ClockInDoubt();
    const wall = clock.now();
    const now = loaded.lastAt && loaded.lastAt > wall ? loaded.lastAt : wall;
    const reads: Record<string, number> = {};
    const outcome = this.#judge(lane, loaded, now, reads);
    if (isRefusal(outcome) && !this.request.step) {
      this.refusal = outcome;
      return;
    }
    const { step } = this.request;
    const stepRefused = (code: string): NewEvent => ({ type: 'StepRefused', data: { reactor: step!.reactor, step: step!.name, cause: this.request.causation ?? '', code } });
    // A step ends in one event even when it finds nothing to do, at the version that says so (docs/adr/0011); what does not exist stays so.
    const nothing = step && !isRefusal(outcome) && outcome.length === 0 && !this.receipt && loaded.version > 0;
    const made = isRefusal(outcome) ? [stepRefused(outcome.code)] : nothing ? [stepRefused('NOTHING_TO_DO')] : outcome;
    if (made.length === 0) {
      if (!this.receipt) this.receipt = { fingerprint: '', events: [], version: loaded.version, position: lane.position };
      return;
    }
    const { commandId, correlation = commandId, causation, because, effectiveOn, backdatedBecause, basis } = this.request;
    this.events = encode(lane.stream, loaded.version, made, {
      recordedAt: now,
      actor: this.#actor!,
      commandId,
      fingerprint: this.#fingerprint(),
      correlation,
      causation,
      because,
      effectiveOn,
      backdatedBecause,
      basis,
      reads: Object.keys(reads).length > 0 ? reads : undefined,
    });
    const sizes = this.events.map((e) => Buffer.byteLength(e.body));
    this.bytes = sizes.reduce((a, b) => a + b, 0);
    if (sizes.some((n) => n > maxEventBytes) || this.bytes > maxCommandBytes) {
      this.events = [];
      this.bytes = 0;
      this.refusal = refuse('EVENT_TOO_LARGE', `This is more than ${maxEventBytes} bytes in one event, or more than ${maxCommandBytes} in all. Shorten it or split it.`);
      this.#status = 422;
      return;
    }
    for (const e of this.events) {
      const event = decode({ ...e, position: 0 });
      fold(lane.aggregate, loaded, event, event);
    }
    this.receipt = { fingerprint: this.#fingerprint(), events: made.map((e) => e.type), version: loaded.version, position: 0 };
    lane.receipts.set(this.request.commandId, this.receipt);
  }

  #fingerprint(): string {
    return (this.#print ??= this.#printed());
  }

  #printed(): string {
    const { aggregate, command, data, expectedVersion, effectiveOn, backdatedBecause, step, causation } = this.request;
    return fingerprint(
      step
        ? { step, causation }
        : {
            aggregate,
            command,
            data,
            ...(expectedVersion === undefined ? {} : { expectedVersion }),
            ...(effectiveOn ? { effectiveOn } : {}),
            ...(backdatedBecause ? { backdatedBecause } : {}),
          },
    );
  }

  #no(status: number, refusal: Refusal): Refusal {
    this.#status = status;
    return refusal;
  }

  #judge(lane: Lane, loaded: Loaded<any>, now: string, reads: Record<string, number>): readonly NewEvent[] | Refusal {
    const { request } = this;
    const { ref, views } = this.executor.deps;
    const entry = lane.aggregate.commands[request.command]!;
    const read = <K extends keyof States>(aggregate: K, id: string): Loaded<States[K]> => {
      const stream = `${aggregate}-${id}`;
      if (stream === lane.stream) return loaded as Loaded<States[K]>;
      const beside = this.executor.lanes.get(stream);
      const other = this.executor.deps.alone ? beside.durable() : beside.durableSince(this.born);
      reads[stream] = other.version;
      return other;
    };

    // A creation is judged by what it says of itself: what stands in its way is not told, they may not see it.
    const subject = entry.creates ? emptyLoaded(lane.aggregate) : loaded;
    const target = targetOf(entry, subject, request.data);
    let actor = request.actor;
    let ofProgramme: string | undefined;
    if (!actor) {
      const who = request.principal!;
      const sees = sightOf(who, [loaded.access.placeId ?? nowhere], read);
      if (!entry.creates && !sees(loaded)) return this.#no(404, notFound());
      if (!this.#where.placeId && !this.#where.programmeId) this.#where = { placeId: target.placeIds?.[0], programmeId: target.programmeId };
      const choice = chooseGrant(entry, who.grants, target, subject.access.programmeId ?? target.programmeId, request.actingAs, (placeId) => read('place', placeId).state.programmeId);
      if (!('grant' in choice)) {
        this.#fits = choice.fits;
        return this.#no(choice.status, choice.refusal);
      }
      const { grant, refusal } = choice;
      ofProgramme = grant.programme;
      if (!this.#where.placeId && !this.#where.programmeId) this.#where = { placeId: grant.place, programmeId: grant.programme };
      actor = { account: who.account, role: grant.role, ...(grant.agency ? { agency: grant.agency } : {}), ...(grant.place ? { place: grant.place } : {}) };
      if (refusal) {
        this.#actor = actor;
        return this.#no(403, refusal);
      }
    }
    this.#actor = actor;

    const known = lane.receipts.get(request.commandId);
    if (known) {
      if (known.fingerprint !== this.#fingerprint()) return this.#no(422, refuse('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request. Use a new key.'));
      this.receipt = known;
      this.#replayed = true;
      return [];
    }
    if (entry.creates && loaded.version > 0) {
      if (request.step) return [];
      return this.#no(409, refuse('RECORD_EXISTS', 'A record with this id exists. Choose another id.', '/id'));
    }
    if (!request.step && !request.actor && request.expectedVersion === undefined && doesReplace(entry, loaded.state, request.data, actor)) {
      return this.#no(400, refuse('VERSION_REQUIRED', 'Enter expectedVersion: the version of the record you looked at.', '/expectedVersion'));
    }
    if (request.expectedVersion !== undefined && request.expectedVersion !== loaded.version) {
      this.#audience = request.actor ? 'members' : audienceSeen(sightOf(request.principal!, [loaded.access.placeId ?? nowhere], read), loaded);
      return this.#no(
        409,
        refuse('STALE_REVISION', `The record is at version ${loaded.version}, you looked at ${request.expectedVersion}. Look at what changed and decide again.`, '/expectedVersion'),
      );
    }
    const today = londonDate(now);
    const effectiveOn = request.effectiveOn ?? today;
    if (effectiveOn > today && !entry.schedules) return this.#no(422, refuse('EFFECTIVE_IN_FUTURE', 'The effective date must be today or earlier.', '/effectiveOn'));
    if (effectiveOn < today && !request.backdatedBecause)
      return this.#no(422, refuse('BACKDATED_WITHOUT_REASON', 'Enter backdatedBecause: why this takes effect before today.', '/backdatedBecause'));
    if (loaded.startedOn && effectiveOn < loaded.startedOn)
      return this.#no(422, refuse('BACKDATED_BEFORE_START', `The effective date must be ${loaded.startedOn} or later: the record begins then.`, '/effectiveOn'));
    const wrong = checkState(lane.aggregate, entry, loaded.state, request.principal && mayGive(request.principal.grants, loaded));
    if (wrong) return this.#no(409, wrong);

    const named = namedBy(request.actor ? undefined : request.principal, target.placeIds ?? [], read);
    const ctx: Context = {
      now,
      today,
      effectiveOn,
      actor,
      ...(ofProgramme ? { ofProgramme } : {}),
      commandId: request.commandId,
      recordId: lane.recordId,
      acts: loaded.acts,
      ref,
      views,
      read,
      named,
    };
    const outcome = entry.decide(loaded.state, request.data, ctx);
    if (!isRefusal(outcome)) return outcome;
    const kind = entry.refuses[outcome.code] ?? standardRefusals[outcome.code as keyof typeof standardRefusals];
    if (!kind) throw new Error(`${lane.aggregate.name}.${request.command} refused with the undeclared code ${outcome.code}`);
    return this.#no(kindStatus[kind], outcome);
  }

  /** Records the refusal durably before it is answered. */
  record(): Promise<void> {
    return this.#record.write({ refusal: this.refusal!, status: this.#status, actor: this.#actor, ...this.#where, versionSeen: this.#versionSeen, payload: this.#fingerprint() });
  }

  settle(lane: Lane): void {
    const turnedAway = this.#record.end(this.refusal !== undefined);
    if (turnedAway) return this.reject(turnedAway);
    const role = this.#actor ? { role: this.#actor.role } : {};
    if (this.refusal) {
      const refused = { kind: 'refused' as const, ...role, status: this.#status, refusal: this.refusal, ...(this.#fits ? { fits: this.#fits } : {}) };
      if (this.refusal.code !== 'STALE_REVISION') return this.resolve(refused);
      void this.executor.deps.log
        .read(lane.stream, this.request.expectedVersion)
        .then((logged) => logged.map(decode).filter((e) => isOpenTo(this.#access!, this.#audience, e)))
        .then((shown) =>
          shown.map((e) => {
            const entry = lane.aggregate.events[e.type]!;
            return { version: e.version, type: e.type, text: entry.says(dataFor(entry, e.data, this.#audience), e) };
          }),
        )
        .then((since) => this.resolve({ ...refused, since }), this.reject);
      return;
    }
    const { events, version, position } = this.receipt!;
    const created = version - events.length === 0 && events.length > 0;
    this.resolve({ kind: 'done', ...role, id: lane.recordId, events, version, position: position || this.#record.position, replayed: this.#replayed, created });
  }
}

const notFound = (): Refusal => refuse('NOT_FOUND', 'There is no such record, or it is not open to you.');

/** Where the agencies of whoever names no record are looked up, as they are in the place of a record that is hidden from them. */
const nowhere = 'nowhere';
