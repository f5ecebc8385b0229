/** Execution of commands: load, decide, append, retry; receipts and recorded refusals (design.md 5). */
import { randomUUID } from 'node:crypto';
import { v5 as uuidv5 } from 'uuid';
import { canSee, grantName, type Grant, type RecordAccess, type Viewer } from '../domain/access.js';
import { londonDate } from '../domain/calendar.js';
import {
  checkState,
  fittingGrants,
  fold,
  isRefusal,
  refuse,
  standardRefusals,
  targetOf,
  type Actor,
  type Basis,
  type Context,
  type Loaded,
  type NewEvent,
  type Refusal,
  type States,
  type ViewChecks,
} from '../domain/core.js';
import { isPartner } from '../domain/seats.js';
import type { Reference } from '../domain/reference.js';
import { decode, encode, fingerprint } from '../log/codec.js';
import { Conflict, OutcomeUnknown, maxEventBytes, type Appended, type EventLog, type StoredEvent } from '../log/event-log.js';
import { Lanes, Suspended, type Lane, type Receipt, type Work } from './lanes.js';

/** Gives the log's time: `recordedAt`, rules and deadlines. */
export interface Clock {
  now(): string;
}

export interface CommandRequest {
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  /** Checked by the command's schema. */
  readonly data: any;
  readonly commandId: string;
  readonly expectedVersion?: number;
  readonly effectiveOn?: string;
  readonly backdatedBecause?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly basis?: Basis;
  /** Who asks. */
  readonly principal?: { readonly account: string; readonly grants: readonly Grant[] };
  readonly actingAs?: Grant;
  /** The system asks, or records on somebody's behalf; roles and sight are not checked. */
  readonly actor?: Actor;
  /** A reactor's step: a refusal is recorded in the addressed stream, so that the step happens once. */
  readonly step?: { readonly reactor: string; readonly name: string };
}

export type Outcome =
  | {
      readonly kind: 'done';
      readonly id: string;
      readonly events: readonly string[];
      readonly version: number;
      readonly position: number;
      readonly replayed: boolean;
      readonly created: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly refusal: Refusal;
      readonly since?: readonly { version: number; type: string; says: string }[];
      readonly fits?: readonly string[];
    };

/** The log kept changing under a command: try again later. */
export class TooBusy extends Error {}

/** The command id of a request (domain.md G3). */
export const commandIdOf = (account: string, key: string, collection: string, id?: string): string =>
  uuidv5(JSON.stringify([account, key, collection, ...(id ? [id] : [])]), 'f6b1d3a0-5f0e-4c0e-9d8a-2f6f0c1f7a11');

const kindStatus = { who: 403, state: 409, rule: 422 } as const;
const unrecorded = new Set(['ACTING_AS_REQUIRED', 'VERSION_REQUIRED']);

interface Deps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ref: Reference;
  readonly views: ViewChecks;
  readonly lanes?: Lanes;
}

export class Executor {
  readonly lanes: Lanes;
  conflicts = 0;
  constructor(readonly deps: Deps) {
    this.lanes = deps.lanes ?? new Lanes(deps.log);
  }

  /** Decides and appends; resolves when the answer is durable. Throws `Unavailable`, `TooBusy` or what a view check throws. */
  execute(request: CommandRequest): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(`${request.aggregate}-${request.id}`);
      lane.queue.push(new Decision(this, request, resolve, reject));
      if (!lane.running) {
        lane.running = true;
        void this.#run(lane);
      }
    });
  }

  /** The durable state of a stream, for queries on one record. */
  async load<K extends keyof States & string>(aggregate: K, id: string): Promise<Loaded<States[K]>> {
    const lane = this.lanes.get(`${aggregate}-${id}`);
    for (;;) {
      try {
        return lane.durable();
      } catch (error) {
        if (!(error instanceof Suspended)) throw error;
        await error.ready();
      }
    }
  }

  async #run(lane: Lane): Promise<void> {
    while (lane.queue.length > 0) {
      const batch: Decision[] = [];
      try {
        await lane.load();
        await this.#decide(lane, batch);
      } catch (error) {
        lane.drop();
        for (const d of [...batch, ...lane.queue.splice(0)]) d.reject(error);
        break;
      }
      if (batch.length > 0) await this.#append(lane, batch);
    }
    lane.running = false;
  }

  /** Decides what is queued until something must be waited for; nothing is speculative while waiting. */
  async #decide(lane: Lane, batch: Decision[]): Promise<void> {
    while (lane.queue.length > 0 && batch.length < 256) {
      const next = lane.queue[0] as Decision;
      try {
        next.attempt(lane);
      } catch (error) {
        if (error instanceof Suspended) {
          if (batch.length > 0) return;
          await error.ready();
          continue;
        }
        lane.queue.shift();
        next.reject(error);
        continue;
      }
      lane.queue.shift();
      next.onDurable = batch.every((d) => d.events.length === 0);
      batch.push(next);
    }
  }

  async #append(lane: Lane, batch: Decision[]): Promise<void> {
    const events = batch.flatMap((d) => d.events);
    const refusals = batch.filter((d) => d.refusal && !d.request.step);
    let appended: Appended | undefined;
    try {
      if (events.length > 0) {
        lane.beginAppend();
        const writing = this.deps.log.append(lane.stream, events[0]!.version - 1, events);
        // A refusal that rests on nothing speculative shares this group commit.
        const early = refusals.filter((d) => d.onDurable).map((d) => d.record());
        appended = await writing;
        await Promise.all(early);
      }
      await Promise.all(refusals.map((d) => d.record()));
    } catch (error) {
      lane.drop();
      lane.endAppend();
      if (error instanceof Conflict || error instanceof OutcomeUnknown) {
        this.conflicts++;
        const again = batch.filter((d) => ++d.attempts < 5 || (d.reject(new TooBusy('the record kept changing')), false));
        lane.queue.unshift(...again);
        await new Promise((r) => setTimeout(r, Math.random() * 10 * batch[0]!.attempts));
        return;
      }
      for (const d of batch) d.reject(error);
      return;
    }
    let after = events.length;
    for (const d of batch) {
      after -= d.events.length;
      if (appended && d.receipt && d.events.length > 0) d.receipt.position = this.deps.log.contiguous ? appended.position - after : appended.position;
    }
    lane.endAppend();
    for (const d of batch) d.settle(lane);
    // Lanes that waited to read this one go first.
    for (let i = 0; i < 4; i++) await null;
  }
}

class Decision implements Work {
  attempts = 0;
  events: StoredEvent[] = [];
  refusal: Refusal | undefined;
  receipt: Receipt | undefined;
  /** True when nothing speculative stood before this decision in its batch. */
  onDurable = false;
  #replayed = false;
  #status = 0;
  #fits: string[] | undefined;
  #actor: Actor | undefined;
  #access: RecordAccess | undefined;
  #versionSeen = 0;
  #recorded = false;
  #position = 0;

  constructor(
    readonly executor: Executor,
    readonly request: CommandRequest,
    readonly resolve: (o: Outcome) => void,
    readonly reject: (e: unknown) => void,
  ) {}

  attempt(lane: Lane): void {
    const { clock } = this.executor.deps;
    this.events = [];
    this.refusal = undefined;
    this.receipt = undefined;
    this.#replayed = false;
    const loaded = lane.loaded!;
    this.#versionSeen = loaded.version;
    this.#access = loaded.access;
    const wall = clock.now();
    const now = loaded.lastAt && loaded.lastAt > wall ? loaded.lastAt : wall;
    const reads: Record<string, number> = {};
    const outcome = this.#judge(lane, loaded, now, reads);
    if (isRefusal(outcome) && !this.request.step) {
      this.refusal = outcome;
      return;
    }
    const { step } = this.request;
    const made: readonly NewEvent[] = isRefusal(outcome)
      ? [{ type: 'StepRefused', data: { reactor: step!.reactor, step: step!.name, cause: this.request.causation ?? '', code: outcome.code } }]
      : outcome;
    if (made.length === 0) {
      if (!this.receipt) this.receipt = { fingerprint: '', events: [], version: loaded.version, position: 0 };
      return;
    }
    this.events = encode(lane.stream, loaded.version, made, {
      recordedAt: now,
      actor: this.#actor!,
      commandId: this.request.commandId,
      fingerprint: this.#fingerprint(),
      correlation: this.request.correlation ?? this.request.commandId,
      ...(this.request.causation ? { causation: this.request.causation } : {}),
      ...(this.request.effectiveOn ? { effectiveOn: this.request.effectiveOn } : {}),
      ...(this.request.backdatedBecause ? { backdatedBecause: this.request.backdatedBecause } : {}),
      ...(this.request.basis ? { basis: this.request.basis } : {}),
      ...(Object.keys(reads).length > 0 ? { reads } : {}),
    });
    if (this.events.some((e) => Buffer.byteLength(e.body) > maxEventBytes)) {
      this.events = [];
      this.refusal = refuse('EVENT_TOO_LARGE', `This is more than ${maxEventBytes} bytes in one event. Shorten it or split it.`);
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
      const other = this.executor.lanes.get(stream).durable();
      reads[stream] = other.version;
      return other;
    };

    let actor = request.actor;
    if (!actor) {
      const who = request.principal!;
      if (loaded.version === 0 && !entry.creates) return this.#no(404, notFound());
      if (loaded.version > 0 && !entry.creates && !canSee(viewerOf(who, loaded.access, read), loaded.access)) return this.#no(404, notFound());
      const fits = fittingGrants(entry, who.grants, targetOf(entry, loaded, request.data));
      const wanted = request.actingAs;
      const chosen = wanted ? fits.filter((g) => grantName(g) === grantName(wanted)) : fits;
      if (chosen.length === 0) {
        return this.#no(
          403,
          refuse(
            'NOT_ALLOWED',
            `This needs the role ${entry.by.filter((r) => r !== 'system').join(', ')} for this record.${wanted ? ` ${grantName(wanted)} is not one of yours that fits.` : ''}`,
          ),
        );
      }
      if (chosen.length > 1) {
        this.#fits = chosen.map(grantName);
        return this.#no(400, refuse('ACTING_AS_REQUIRED', `Several of your roles fit. Choose one with the header Acting-As: ${this.#fits.join(' or ')}.`));
      }
      const grant = chosen[0]!;
      actor = { account: who.account, role: grant.role, ...(grant.agency ? { agency: grant.agency } : {}), ...(grant.place ? { place: grant.place } : {}) };
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
    if (!request.step && !request.actor && entry.replaces && request.expectedVersion === undefined) {
      return this.#no(400, refuse('VERSION_REQUIRED', 'Enter expectedVersion: the version of the record you looked at.', '/expectedVersion'));
    }
    if (request.expectedVersion !== undefined && request.expectedVersion !== loaded.version) {
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
    const wrong = checkState(lane.aggregate, entry, loaded.state);
    if (wrong) return this.#no(409, wrong);

    const ctx: Context = { now, today, effectiveOn, actor, commandId: request.commandId, recordId: lane.recordId, ref, views, read };
    const outcome = entry.decide(loaded.state, request.data, ctx);
    if (!isRefusal(outcome)) return outcome;
    const kind = entry.refuses[outcome.code] ?? standardRefusals[outcome.code as keyof typeof standardRefusals];
    if (!kind) throw new Error(`${lane.aggregate.name}.${request.command} refused with the undeclared code ${outcome.code}`);
    return this.#no(kindStatus[kind], outcome);
  }

  /** Records the refusal, once, durably before it is answered (domain.md G7). */
  async record(): Promise<void> {
    const { request } = this;
    if (this.#recorded || request.actor || unrecorded.has(this.refusal!.code)) return;
    this.#recorded = true;
    const { executor } = this;
    const account = request.principal!.account;
    const actor = this.#actor ?? { account, role: request.actingAs?.role ?? request.principal!.grants[0]?.role ?? 'public' };
    const outcome = await executor.execute({
      aggregate: 'refusal',
      id: `${account}.${londonDate(executor.deps.clock.now()).replaceAll('-', '')}`,
      command: 'RecordRefusal',
      commandId: randomUUID(),
      actor,
      data: {
        code: this.refusal!.code,
        command: request.command,
        target: `${request.aggregate}-${request.id}`,
        ...(this.#access?.placeId ? { placeId: this.#access.placeId } : {}),
        ...(this.#access?.programmeId ? { programmeId: this.#access.programmeId } : {}),
        versionSeen: this.#versionSeen,
        payload: this.#fingerprint(),
      },
    });
    if (outcome.kind === 'done') this.#position = outcome.position;
  }

  settle(lane: Lane): void {
    if (this.refusal) {
      const refused = { kind: 'refused' as const, status: this.#status, refusal: this.refusal, ...(this.#fits ? { fits: this.#fits } : {}) };
      if (this.refusal.code !== 'STALE_REVISION') return this.resolve(refused);
      void this.executor.deps.log
        .read(lane.stream, this.request.expectedVersion)
        .then((logged) => logged.map(decode).map((e) => ({ version: e.version, type: e.type, says: lane.aggregate.events[e.type]!.says(e.data, e) })))
        .then((since) => this.resolve({ ...refused, since }), this.reject);
      return;
    }
    const { events, version, position } = this.receipt!;
    const created = version - events.length === 0 && events.length > 0;
    this.resolve({ kind: 'done', id: lane.recordId, events, version, position: position || this.#position, replayed: this.#replayed, created });
  }
}

const notFound = (): Refusal => refuse('NOT_FOUND', 'There is no such record, or it is not open to you.');

/** A viewer whose agencies' places are read directly from the record's own place (design.md 3). */
function viewerOf(who: { account: string; grants: readonly Grant[] }, access: RecordAccess, read: Context['read']): Viewer {
  return {
    ...who,
    placesOf(agencyId) {
      const { placeId } = access;
      const belongs = placeId && (isPartner(read('collaborative', placeId).state, agencyId) || read('place', placeId).state.accountableBodyId === agencyId);
      return new Set(belongs ? [placeId] : []);
    },
    programmeOf: (placeId) => read('place', placeId).state.programmeId || undefined,
  };
}

/** For those who answer commands: what the log may say, without reaching past this room. */
export { Unavailable, type EventLog, type LogIdentity } from '../log/event-log.js';
