/**
 * What an aggregate is: a table of events and a table of commands, from which routes, OpenAPI, codec, permission matrix,
 * documentation and spec coverage are derived. Everything here is pure.
 */
import { z } from 'zod';
import type { Audience, Grant, RecordAccess, Role, Tier } from './access.js';
import type { CivilDate, Instant } from './calendar.js';
import type { Reference } from './reference.js';
import { DateOn, Prose } from './values.js';

/** Who acted: account and role, the agency acted for, and on whose behalf the system did. */
export interface Actor {
  readonly account: string;
  readonly role: Role;
  readonly agency?: string;
  readonly place?: string;
  readonly onBehalfOf?: string;
}

/** Whether a fact stands in a source or was filled in to make the demo live (domain.md G1). */
export interface Basis {
  readonly kind: 'sourced' | 'illustrative';
  readonly source?: string;
}

/** What stands around an event's data, as `evolve`, `says`, `due` and views see it. */
export interface Meta {
  readonly id: string;
  readonly type: string;
  readonly aggregate: string;
  /** The record's id: the stream's name without the aggregate. */
  readonly recordId: string;
  readonly version: number;
  readonly recordedAt: Instant;
  /** The London day of `recordedAt`. */
  readonly today: CivilDate;
  readonly effectiveOn?: CivilDate;
  readonly actor: Actor;
  readonly commandId: string;
  readonly causation?: string;
  readonly basis?: Basis;
}

/** An event a command decided on, before it has an envelope. */
export interface NewEvent {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export interface Refusal {
  readonly refused: true;
  readonly code: string;
  readonly detail: string;
  /** JSON Pointer into the command's data. */
  readonly path?: string;
}

/** *who* 403, *state* 409, *rule* 422 (domain.md 9.23). */
export type RefusalKind = 'who' | 'state' | 'rule';

/** A refusal is a value; a throw is a bug. `detail` is a sentence that says what to do. */
export const refuse = (code: string, detail: string, path?: string): Refusal => ({ refused: true, code, detail, ...(path ? { path } : {}) });

export type Decision = readonly NewEvent[] | Refusal;
export const isRefusal = (d: unknown): d is Refusal => typeof d === 'object' && d !== null && 'refused' in d;

/** State types by aggregate name; each aggregate's file adds its own by declaration merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface States {}

/** A folded stream. Version 0: it does not exist, and `state` is the initial one. */
export interface Loaded<S = unknown> {
  version: number;
  state: S;
  access: RecordAccess;
  /** The last event that changes what a partner would sign (domain.md 9.14). */
  lastMaterial?: { version: number; type: string };
  lastAt?: Instant;
  startedOn?: CivilDate;
  illustrative: boolean;
}

/** The few questions that no single stream answers (domain.md 8.5, view check); answered from live views, else 503. */
export interface ViewChecks {
  /** Agencies holding this identifier now, by id. */
  agenciesWithIdentifier(scheme: string, code: string): readonly string[];
  /** True when another record names this agency. */
  agencyReferenced(agencyId: string): boolean;
}

/** Everything non-deterministic a decision may look at. */
export interface Context {
  readonly now: Instant;
  /** The London day of `now`. */
  readonly today: CivilDate;
  readonly actor: Actor;
  readonly commandId: string;
  readonly recordId: string;
  /** The day the command takes effect: `effectiveOn`, else today. */
  readonly effectiveOn: CivilDate;
  readonly ref: Reference;
  readonly views: ViewChecks;
  /**
   * The durable state of another stream, read directly. A stream that is not at hand suspends the decision, which is then
   * taken again from the start: `decide` is pure, so nothing is lost (docs/adr/0002).
   */
  read<K extends keyof States>(aggregate: K, id: string): Loaded<States[K]>;
}

/** Codes of due items (domain.md 10.1). */
export type DueCode = 'step' | 'sign-off' | 're-sign' | 'triage' | 'ownership' | 'answer' | 'evidence' | 'deed' | 'confirmation' | 'pledge' | 'champion';

export interface DueParty {
  readonly kind: 'place' | 'agency' | 'department' | 'programme-office';
  readonly id: string;
}

/** How an event changes the list of due items. Items are named by record, code and key. Working days count from the event's day. */
export type DueChange =
  | { readonly open: DueCode; readonly key: string; readonly owedBy: readonly DueParty[]; readonly deed: string; readonly place?: string; readonly workingDays: number }
  | {
      readonly open: DueCode;
      readonly key: string;
      readonly owedBy: readonly DueParty[];
      readonly deed: string;
      readonly place?: string;
      readonly on: CivilDate;
      readonly atLeastWorkingDays?: number;
    }
  /** Closes the items that match every member given; `'*'` for every code of this record. */
  | { readonly close: DueCode | '*'; readonly key?: string; readonly owedBy?: string; readonly place?: string }
  /** Stops an item's clock; `resume` gives it the working days that were left. */
  | { readonly stop: DueCode; readonly key: string }
  | { readonly resume: DueCode; readonly key: string }
  | { readonly move: DueCode; readonly key: string; readonly on: CivilDate };

/** How an event changes who may read the record. The first event sets tier and place. */
export interface AccessChange {
  readonly tier?: Tier;
  readonly placeId?: string;
  readonly programmeId?: string;
  readonly addParties?: readonly string[];
  readonly dropParties?: readonly string[];
}

export interface EventEntry<S = any, D = any> {
  readonly data: z.ZodType<D>;
  /** Changes the state it is given, which it owns. */
  evolve(state: S, data: D, meta: Meta): void;
  /** One plain sentence for the timeline, without the actor ("pledged £50,000 for 2009-10"). */
  says(data: D, meta: Meta): string;
  /** Values before and after, where the event replaces one. */
  changes?(data: D): { before: string; after: string };
  /** Never widens with its record (domain.md 8.4). */
  readonly private?: boolean | ((data: D) => boolean);
  /** Changes what a partner would sign (domain.md 9.14). */
  readonly material?: boolean | ((data: D) => boolean);
  access?(data: D, meta: Meta): AccessChange;
  due?(data: D, meta: Meta): readonly DueChange[];
  /** Index 0 turns schema 1 into schema 2. The current version is their number plus one. */
  readonly upcasts?: readonly ((data: any) => any)[];
}

/** Where a role must be held for a command: any of these places, this programme. An absent part is not looked at. */
export interface Target {
  readonly placeIds?: readonly string[];
  readonly programmeId?: string;
}

export interface CommandEntry<S = any, D = any> {
  readonly data: z.ZodType<D>;
  /** Summary for OpenAPI and documents: "Pledge money to a pool". */
  readonly title: string;
  /** The route's last segment: `POST /v1/{collection}/{id}/{noun}`. Absent for a creation and for the system's own commands. */
  readonly noun?: string;
  /** Starts a stream: `POST /v1/{collection}`. */
  readonly creates?: boolean;
  /** A creation's id where it is derived; otherwise `id` in the body, or one that follows from the command id. */
  id?(data: D): string;
  readonly by: readonly Role[];
  /** Where the role must be held; by default in the record's place and programme (or those the data names). */
  target?(state: S, data: D, loaded: Loaded<S>): Target;
  /** States (`status`) in which the command is possible; elsewhere it is refused `WRONG_STATE`. */
  readonly from?: readonly string[];
  /** Replaces a value somebody else may have changed: `expectedVersion` is required (domain.md G2). */
  readonly replaces?: boolean;
  /** May name an `effectiveOn` after today (domain.md G4). */
  readonly schedules?: boolean;
  readonly refuses: Readonly<Record<string, RefusalKind>>;
  /** Valid data, for OpenAPI and documents. */
  readonly example: D;
  decide(state: S, data: D, ctx: Context): Decision;
}

export interface Aggregate<S = any> {
  readonly name: keyof States & string;
  readonly collection: string;
  initial(): S;
  /** What a list or a timeline calls the record. */
  title(state: S): string;
  readonly events: Readonly<Record<string, EventEntry<S>>>;
  readonly commands: Readonly<Record<string, CommandEntry<S>>>;
  /** Streams of the machinery (days, clock, refusals): no access row, no query. */
  readonly machinery?: boolean;
}

/** Entry makers for one aggregate: the schema comes first and gives the types of everything after it. */
export function kit<S>() {
  return {
    event<T extends z.ZodType>(data: T, entry: Omit<EventEntry<S, z.infer<T>>, 'data'>): EventEntry<S, z.infer<T>> {
      return { data: data as unknown as z.ZodType<z.infer<T>>, ...entry };
    },
    command<T extends z.ZodType>(data: T, entry: Omit<CommandEntry<S, z.infer<T>>, 'data'>): CommandEntry<S, z.infer<T>> {
      return { data: data as unknown as z.ZodType<z.infer<T>>, ...entry };
    },
  };
}

/** Makes new events of a table, their data checked by the compiler. */
export function emitter<E extends Record<string, EventEntry>>(_events: E) {
  return <K extends keyof E & string>(type: K, data: E[K] extends EventEntry<any, infer D> ? D : never): NewEvent => ({
    type,
    data: data as Record<string, unknown>,
  });
}

export interface AggregateSpec<S> extends Omit<Aggregate<S>, 'events' | 'commands'> {
  readonly events: Readonly<Record<string, EventEntry<S>>>;
  readonly commands: Readonly<Record<string, CommandEntry<S>>>;
  /** Fields of the state (text) that `Correct` may mend, with their schemas, and who may (domain.md G9). */
  readonly correctable?: { readonly fields: Readonly<Record<string, z.ZodType>>; readonly by: readonly Role[] };
  /** True where the actor may open this record on their own word (domain.md 8.4); elsewhere a carried decision is needed. */
  mayDisclose?(state: S, ctx: Context): boolean;
}

const rank: Record<Tier, number> = { auditors: -1, members: 0, programme: 1, public: 2 };
export const isWider = (to: Tier, than: Tier): boolean => rank[to] > rank[than];

/** An aggregate with the events and commands that every record has: disclosure, correction, a reactor's refused step. */
export function aggregate<S extends object>(spec: AggregateSpec<S>): Aggregate<S> {
  const { correctable, mayDisclose, ...rest } = spec;
  const { event, command } = kit<S>();
  const tiers = z.enum(['programme', 'public']);
  const events: Record<string, EventEntry<S>> = {
    ...spec.events,
    StepRefused: event(z.strictObject({ reactor: z.string(), cause: z.string(), step: z.string(), code: z.string() }), {
      evolve() {},
      private: true,
      says: (d) => `a step of ${d.reactor} was refused: ${d.code}`,
    }),
  };
  const commands: Record<string, CommandEntry<S>> = { ...spec.commands };
  if (!spec.machinery) {
    events.RecordDisclosed = event(z.strictObject({ from: z.enum(['members', 'programme', 'public']), to: tiers }), {
      evolve() {},
      access: (d) => ({ tier: d.to }),
      says: (d) => `opened the record to ${d.to === 'public' ? 'the public' : 'the programme'}`,
      changes: (d) => ({ before: d.from, after: d.to }),
    });
    commands.Disclose = command(z.strictObject({ to: tiers }), {
      title: 'Widen who can read a record',
      noun: 'disclosure',
      by: ['chair', 'secretariat', 'official', 'programme-office', 'system'],
      refuses: { CANNOT_NARROW: 'rule', DECISION_NOT_CARRIED: 'rule' },
      example: { to: 'programme' },
      decide(state, d, ctx) {
        const { access } = ctx.read(spec.name as keyof States, ctx.recordId);
        if (ctx.actor.role === 'system' && !isWider(d.to, access.tier)) return [];
        if (!isWider(d.to, access.tier)) return refuse('CANNOT_NARROW', `The record is already open to ${access.tier}. Disclosure only widens.`, '/to');
        if (ctx.actor.role !== 'system' && !mayDisclose?.(state, ctx)) {
          return refuse('DECISION_NOT_CARRIED', 'Opening this record needs a carried decision of the place that authorises exactly this.');
        }
        return [{ type: 'RecordDisclosed', data: { from: access.tier, to: d.to } }];
      },
    });
  }
  if (correctable) {
    const names = Object.keys(correctable.fields) as [string, ...string[]];
    events.RecordCorrected = event(z.strictObject({ field: z.enum(names), from: Prose(10_000).optional(), to: Prose(10_000), reason: Prose(), evidence: Prose().optional() }), {
      evolve(s, d) {
        (s as Record<string, unknown>)[d.field] = d.to;
      },
      says: (d) => `corrected the ${d.field}: ${d.reason}`,
      changes: (d) => ({ before: d.from ?? '', after: d.to }),
    });
    commands.Correct = command(z.strictObject({ field: z.enum(names), to: Prose(10_000), reason: Prose(), evidence: Prose().optional() }), {
      title: 'Correct a text without hiding what it said',
      noun: 'corrections',
      by: correctable.by,
      replaces: true,
      refuses: { CORRECTION_NOT_VALID: 'rule' },
      example: { field: names[0], to: 'The corrected text', reason: 'The first wording named the wrong service' },
      decide(s, d) {
        const from = (s as Record<string, unknown>)[d.field] as string | undefined;
        if (from === d.to) return [];
        const checked = correctable.fields[d.field]!.safeParse(d.to);
        if (!checked.success) return refuse('CORRECTION_NOT_VALID', checked.error.issues[0]!.message, '/to');
        return [{ type: 'RecordCorrected', data: { field: d.field, ...(from === undefined ? {} : { from }), to: d.to, reason: d.reason, ...(d.evidence ? { evidence: d.evidence } : {}) } }];
      },
    });
  }
  return { ...rest, events, commands };
}

/** Members every command body may carry beside its data (domain.md G2 to G4). */
export const commandEnvelope = {
  expectedVersion: z.int({ error: 'Enter the version you looked at' }).min(0).optional(),
  effectiveOn: DateOn.optional(),
  /** Why it takes effect before today; kept with the events' data. */
  backdatedBecause: Prose(500).optional(),
};

/** Refusals that the execution of any command may answer. */
export const standardRefusals = {
  NOT_ALLOWED: 'who',
  WRONG_STATE: 'state',
  STALE_REVISION: 'state',
  RECORD_EXISTS: 'state',
  IDEMPOTENCY_MISMATCH: 'rule',
  BACKDATED_BEFORE_START: 'rule',
  BACKDATED_WITHOUT_REASON: 'rule',
  EFFECTIVE_IN_FUTURE: 'rule',
  EVENT_TOO_LARGE: 'rule',
} as const satisfies Record<string, RefusalKind>;

/** The grants of a reader in which a command may be given. */
export function fittingGrants(entry: CommandEntry, grants: readonly Grant[], target: Target): Grant[] {
  return grants.filter(
    (g) => entry.by.includes(g.role) && (!g.place || !target.placeIds || target.placeIds.includes(g.place)) && (!g.programme || !target.programmeId || g.programme === target.programmeId),
  );
}

/** Where a command's role must be held. */
export function targetOf(entry: CommandEntry, loaded: Loaded<any>, data: any): Target {
  if (entry.target) return entry.target(loaded.state, data, loaded);
  const placeId = loaded.access.placeId ?? (typeof data?.placeId === 'string' ? data.placeId : undefined);
  const programmeId = loaded.access.programmeId ?? (typeof data?.programmeId === 'string' ? data.programmeId : undefined);
  return { ...(placeId ? { placeIds: [placeId] } : {}), ...(programmeId ? { programmeId } : {}) };
}

/** Refuses a command that its `from` does not allow in this state, naming what is possible. */
export function checkState(agg: Aggregate, entry: CommandEntry, state: { status?: string }): Refusal | undefined {
  if (!entry.from || entry.from.includes(state.status ?? '')) return undefined;
  const possible = Object.values(agg.commands)
    .filter((c) => c.noun && (!c.from || c.from.includes(state.status ?? '')))
    .map((c) => c.noun);
  return refuse('WRONG_STATE', `This is ${state.status ?? 'not begun'}. It needs to be ${entry.from.join(' or ')}. Possible now: ${possible.join(', ') || 'nothing'}.`);
}

export function emptyLoaded<S>(agg: Aggregate<S>): Loaded<S> {
  return { version: 0, state: agg.initial(), access: { tier: 'members', tierSince: 0, parties: [] }, illustrative: false };
}

/** Applies what an event says about access; the fold and the `access` view share it. */
export function applyAccess(access: RecordAccess, change: AccessChange, version: number): void {
  if (change.tier && (version === 1 || isWider(change.tier, access.tier))) {
    access.tier = change.tier;
    access.tierSince = version;
  }
  if (change.placeId) access.placeId = change.placeId;
  if (change.programmeId) access.programmeId = change.programmeId;
  if (change.addParties) access.parties = [...new Set([...access.parties, ...change.addParties])];
  if (change.dropParties) access.parties = access.parties.filter((p) => !change.dropParties!.includes(p));
}

/** Folds one event into a loaded stream, in place. */
export function fold<S>(agg: Aggregate<S>, loaded: Loaded<S>, event: NewEvent, meta: Meta): void {
  const entry = agg.events[event.type];
  if (!entry) throw new Error(`${agg.name} has no event ${event.type}`);
  entry.evolve(loaded.state, event.data, meta);
  loaded.version = meta.version;
  loaded.lastAt = meta.recordedAt;
  loaded.startedOn ??= meta.today;
  if (meta.basis?.kind === 'illustrative') loaded.illustrative = true;
  if (entry.access) applyAccess(loaded.access, entry.access(event.data, meta), meta.version);
  if (flag(entry.material, event.data)) loaded.lastMaterial = { version: meta.version, type: event.type };
}

export const flag = (f: boolean | ((data: any) => boolean) | undefined, data: unknown): boolean => (typeof f === 'function' ? f(data) : f === true);

export type { Audience, Grant, RecordAccess, Role, Tier };
