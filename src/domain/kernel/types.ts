/**
 * What an aggregate is: a table of events and a table of commands, from which routes, OpenAPI, codec,
 * permission matrix, documentation and spec coverage are derived. Everything here is pure.
 */
import type { Audience, Grant, NamedBy, RecordAccess, Role, Tier, Withheld } from '../shared/access.js';
import type { CivilDate, Instant } from '../shared/calendar.js';
import type { Reference } from '../shared/reference.js';
import type { States } from '../states.js';
import type { Completes, DueChange } from '../progress/due-codes.js';
import type { Links, TextMember } from './links.js';
import type { Renamed } from './renamed.js';
import type { Schema } from './schema.js';
import type { ValueChange } from './set-value.js';

/** Who acted: account and role, the agency acted for, and on whose behalf the system did. */
export interface Actor {
  readonly account: string;
  readonly role: Role;
  readonly agency?: string;
  readonly place?: string;
  readonly onBehalfOf?: string;
}

/**
 * Whether a fact stands in a source or was filled in to make the demo live (docs/rules/shared.md#sources).
 */
export interface Basis {
  readonly kind: 'sourced' | 'illustrative';
  readonly source?: string;
}

/** When somebody last proved to their organisation who they are, and how. */
export interface SignedIn {
  /** By the issuer's clock (`auth_time`). */
  readonly at: Instant;
  /** The class of the proof (`acr`), where the issuer says it. */
  readonly acr?: string;
  readonly issuer: string;
}

/** What stands around an event's data, as `evolve`, `describe`, `due` and views see it. */
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
  /** Of what asks its author to sign in again: how they did, where it was said. */
  readonly signedIn?: SignedIn;
}

/** An event a command decided on, before it has an envelope. */
export interface NewEvent {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export interface Refusal<C extends string = string> {
  readonly refused: true;
  readonly code: C;
  readonly detail: string;
  /** JSON Pointer into the command's data. */
  readonly path?: string;
  /** Of what lacks several members: each, with a sentence of its own. */
  readonly lacking?: readonly Lacking[];
  /** Of what wants a decision: exactly what that must authorise, as a draft takes it. */
  readonly authorises?: Authorised;
}
/** A member that is missing, by a JSON Pointer into the command's data, and what to enter there. */
export interface Lacking {
  readonly path: string;
  readonly detail: string;
}
/** One thing that a decision allows: this command on this record, on these terms. */
export interface Authorised {
  readonly command: string;
  readonly record: string;
  readonly terms: Readonly<Record<string, unknown>>;
}
/** Why a decision could not authorise something, and where in what it says. */
export interface Unauthorisable {
  readonly code: 'COMMAND_UNKNOWN' | 'TERMS_NOT_VALID';
  readonly detail: string;
  readonly path: string;
}

/** *who* 403, *state* 409, *rule* 422 (docs/rules/shared.md#refusals). */
export type RefusalKind = 'who' | 'state' | 'rule';
/**
 * A kind as a command declares it. A plain *who* is judged before its author has said anything, of the part
 * that the command is about at most; one that depends on what they say names the members: `who of agencyId`
 * (docs/rules/shared.md#what-may-be-done).
 */
export type DeclaredRefusal = RefusalKind | `who of ${string}`;
export const kindOf = (declared: DeclaredRefusal): RefusalKind =>
  declared === 'state' || declared === 'rule' ? declared : 'who';

/** A refusal is a value; a throw is a bug. `detail` is a sentence that says what to do. */
export const refuse = <const C extends string>(code: C, detail: string, path?: string): Refusal<C> => ({
  refused: true,
  code,
  detail,
  ...(path ? { path } : {}),
});
/** Refuses for all that is missing at once. */
export const refuseFor = <const C extends string>(code: C, lacking: readonly Lacking[]): Refusal<C> => ({
  ...refuse(code, lacking.map(({ detail }) => detail).join(' '), lacking[0]?.path),
  lacking,
});

/** The refusal that was found in the stead of something, if one was. */
export const refusedIn = <T>(found: T): Extract<T, { readonly refused: true }> | undefined =>
  isRefusal(found) ? (found as Extract<T, { readonly refused: true }>) : undefined;

export type Decision = readonly NewEvent[] | Refusal;
export const isRefusal = (data: unknown): data is Refusal =>
  typeof data === 'object' && data !== null && 'refused' in data;

/**
 * What an account did on a record, so far as that keeps it from something else there
 * (docs/rules/shared.md#separation-of-duties).
 */
export interface Act {
  /** The event. */
  readonly type: string;
  /** The part of the record it was done to; empty where it was the whole. */
  readonly part: string;
  /** The agency it was done for. */
  readonly agency?: string;
}
/** By account, then by part: a busy record has many. What the system does on behalf of somebody is theirs. */
export type Acts = ReadonlyMap<string, ReadonlyMap<string, readonly Act[]>>;

/** A folded stream. Version 0: it does not exist, and `state` is the initial one. */
export interface Loaded<S = unknown> {
  version: number;
  state: S;
  access: RecordAccess;
  /** The last event that changes what a partner would sign (docs/rules/submission.md#sign-off-void). */
  lastMaterial?: { version: number; type: string };
  lastAt?: Instant;
  startedOn?: CivilDate;
  illustrative: boolean;
  /**
   * Decisions that this record has acted on: each authorises once (docs/rules/shared.md#decisions-authorise).
   */
  usedDecisions: string[];
  acts: Map<string, Map<string, Act[]>>;
}

/**
 * The few questions that no single stream answers (docs/rules/shared.md#what-a-decision-reads); answered from
 * live views, else 503.
 */
export interface ViewChecks {
  /**
   * Agencies that hold this identifier on any day from the first until before the last (or for good), by id.
   */
  agenciesWithIdentifier(scheme: string, code: string, from: string, until?: string): readonly string[];
  /** True when another record names this agency. */
  agencyReferenced(agencyId: string): boolean;
  /** The account to which the subject of this hash is bound. */
  accountOfSubject(binding: string): string | undefined;
  /** Accounts that hold a grant on a day. */
  accountsHolding(grant: Grant, day: string): readonly string[];
  /** True of the accountable body of a place. */
  isAccountableBody(agencyId: string): boolean;
  /** True while something of this agency waits for a finance officer. */
  certificationsDue(agencyId: string): boolean;
  /** Audit cases that an account leads and that are open, by what they are on. */
  openCases(account: string): readonly { readonly programmeId?: string; readonly placeId?: string }[];
  /** Commitments of a place that are accepted and have not ended. */
  liveCommitments(placeId: string): readonly { readonly id: string; readonly themeId: string | null }[];
}

/** The type of an event's data, by its entry. */
export type DataOf<E> = E extends { readonly data: Schema<infer D> } ? D : never;
/** The events of a table, before they have envelopes. */
export type Emitted<E> = {
  [K in keyof E & string]: { readonly type: K; readonly data: DataOf<E[K]> };
}[keyof E & string];
/** What a command refuses, and of which kind each is. */
export type Refusals = Readonly<Record<string, DeclaredRefusal>>;
/** The words for how far a record has come. */
export type StatusOf<S> = S extends { status: infer T extends string } ? T : string;

/** Everything non-deterministic a decision may look at. */
export interface Context {
  readonly now: Instant;
  /** The London day of `now`. */
  readonly today: CivilDate;
  readonly actor: Actor;
  readonly commandId: string;
  readonly recordId: string;
  /** The programme that the grant acted in names, if it names one. */
  readonly ofProgramme?: string;
  /** The day the command takes effect: `effectiveOn`, else today. */
  readonly effectiveOn: CivilDate;
  /** What was done on the record before, and by whom. */
  readonly acts: Acts;
  readonly ref: Reference;
  readonly views: ViewChecks;
  /**
   * The durable state of another stream, read directly. A stream that is not at hand suspends the decision,
   * which is then taken again from the start: `decide` is pure, so nothing is lost (docs/adr/0002).
   */
  read<K extends keyof States>(aggregate: K, id: string): Loaded<States[K]>;
  /**
   * As `read`, of a record that the command names: as its author may see it. One that is hidden from them is
   * version 0, found with the same reads as one that does not exist
   * (docs/rules/shared.md#hidden-and-unknown). What nobody named is `read`, and what is open to everybody.
   */
  named<K extends keyof States>(aggregate: K, id: string): Loaded<States[K]>;
  /** Why a decision could not authorise this, whatever record it is on: of all commands that there are. */
  unauthorisable(wanted: Authorised): Unauthorisable | undefined;
}

/** What a command is decided on that only these roles give: the agency, or place, that each of them names. */
export type ContextOf<R extends Role> = Context & {
  readonly actor: Actor & NamedBy<R, 'agency' | 'place'>;
};

/** How an event changes who may read the record. The first event sets tier and place. */
export interface AccessChange {
  readonly tier?: Tier;
  readonly placeId?: string;
  readonly programmeId?: string;
  readonly addParties?: readonly string[];
  readonly dropParties?: readonly string[];
  /** The account whose own record it is. */
  readonly holder?: string;
  /** Programmes besides the record's own whose administrators read it. */
  readonly addProgrammes?: readonly string[];
}

/**
 * In place of a record's own state and data, where records stand side by side and no more is known of each
 * than its tables: code that goes by tables hands on what it does not look into. Who looks asks `is`,
 * `memberOf` or a schema. `unknown` would keep every record's entries out of a table of them: what they take
 * stands before a function's arrow.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `unknown` fits no table of entries
export type Erased = any;

/** What is declared of an event, beside the shape of its data. */
export interface EventFacts<S, D> {
  /** Changes the state it is given, which it owns. */
  evolve(state: S, data: D, meta: Meta): void;
  /** One plain sentence for the timeline, without the actor ("pledged £50,000 for 2009-10"). */
  describe(data: D, meta: Meta): string;
  /** Values that a later event may replace: before and after are told of them. */
  sets?(data: D, meta: Meta): readonly ValueChange[];
  /**
   * Never widens with its record (docs/rules/shared.md#disclosure); `'programme'`: is not told to the public,
   * though the record is public.
   */
  readonly private?: Withheld | ((data: D) => Withheld);
  /** Opens figures that the record withheld: a body's consent. Feeds carry the record anew from here. */
  readonly disclosesFigures?: boolean | ((data: D) => boolean);
  /**
   * Members of the data that are told to members and parties only (they name another record, which may be
   * closed to those who read this one from outside), or to the programme and not to the public. Whoever is
   * not told them is told the event without, in its sentence too. `nobody`: the record's own answer tells it
   * to who may know it, and no event does.
   */
  readonly membersOnly?: Readonly<Record<string, 'members' | 'programme' | 'nobody'>>;
  /**
   * Keeps whoever did it from the commands that name it in `apart`; of which part, where it is done to one.
   * Undefined: this one is none.
   */
  readonly act?: true | ((data: D) => string | undefined);
  /** Changes what other records call this one, or a part of it: what is answered of them changes with it. */
  readonly renames?: true;
  /** Changes what a partner would sign (docs/rules/submission.md#sign-off-void). */
  readonly material?: boolean | ((data: D) => boolean);
  access?(data: D, meta: Meta): AccessChange;
  due?(data: D, meta: Meta): readonly DueChange[];
  /** The due items that are done by it: it is late where it closes one of them after its day. */
  readonly completes?: Completes;
  /** The member that names the decision it acts on: a decision authorises once a record. */
  readonly spends?: TextMember<D>;
  /** The member that names the waiver by which it passed a rule. */
  readonly waivedBy?: TextMember<D>;
  /** Its other members that name records, and in what sense: what lineage follows. */
  readonly links?: Links<D>;
  /**
   * Maps of the state in which it changes entries, with their keys: where one event of a record says so of a
   * map, every one that changes it does.
   */
  readonly touches?: { readonly [K in keyof S]?: (data: D) => readonly string[] };
  /** Index 0 turns schema 1 into schema 2. The current version is their number plus one. */
  readonly upcasts?: readonly ((data: Erased) => object)[];
}
export interface EventEntry<S = Erased, D = Erased> extends EventFacts<S, D> {
  readonly data: Schema<D>;
}
/** The schema in which an event is written today, from 1. */
export const currentSchema = ({ upcasts = [] }: Pick<EventEntry, 'upcasts'>): number => upcasts.length + 1;

/**
 * Where a role must be held for a command: any of these places, this programme. An absent part is not looked
 * at.
 */
export interface Target {
  readonly placeIds?: readonly string[];
  readonly programmeId?: string;
}

/**
 * What somebody did on the record before that keeps them from a command there, in whatever grant they give
 * it.
 */
export interface Apart<S = Erased, C = Context, T extends string = string> {
  /** Of kind *who*. */
  readonly code: string;
  /** Names of the record's events. */
  readonly after: readonly T[];
  /** Only what was done to the part of the record that the command is about. */
  readonly ofPart?: true;
  /** Acts that do not count. */
  but?(act: Act, state: S, context: C): boolean;
  readonly detail: string;
}

/** A part of a record, by the id that names it in a command; ids in the title are marked for their names. */
export interface PartOf {
  readonly id: string | number;
  readonly title: string;
}
/** The part of its record that a command is about, where it is about one. */
export interface AboutPart<S = Erased, M extends string = string> {
  /** The member of the data that names it. */
  readonly member: M;
  /**
   * Those of the record that there is something to do about; `places`: of the grants of whoever asks, for a
   * command that each gives for their own place.
   */
  among(state: S, places: readonly string[]): readonly PartOf[];
}

/** What is declared of a command, beside the shape of its data, what it refuses and what it decides. */
export interface CommandFacts<S, D> {
  /** Summary for OpenAPI and documents: "Pledge money to a pool". */
  readonly title: string;
  /**
   * The route's last segment: `POST /v1/{collection}/{id}/{segment}`. Absent for a creation and for the
   * system's own commands.
   */
  readonly segment?: string;
  /** Starts a stream: `POST /v1/{collection}`. */
  readonly creates?: boolean;
  /**
   * A creation's id where it is derived; otherwise `id` in the body, or one that follows from the command id.
   */
  id?(data: D): string;
  /** A creation whose `id` stands in the body always: one that was made up would be nobody's. */
  readonly idGiven?: true;
  readonly givenBy: readonly Role[];
  /**
   * Where the role must be held; by default in the record's place and programme (or those the data names).
   */
  target?(state: S, data: D, loaded: Loaded<S>): Target;
  /**
   * Replaces a value somebody else may have changed: `expectedVersion` is required
   * (docs/rules/shared.md#expected-version). A function tells whether this one does, where the first of its
   * kind replaces nothing.
   */
  readonly replaces?: true | ((state: S, data: D, actor: Actor) => boolean);
  /**
   * Its author proves anew who they are, ten minutes before at most: they sign, certify or approve
   * (docs/rules/shared.md#signing-in-again).
   */
  readonly freshSignIn?: true;
  /** May name an `effectiveOn` after today (docs/rules/shared.md#scheduling). */
  readonly schedules?: boolean;
  /**
   * It may need a decision, which it names in the member `by`: what that has to say of it are the members
   * `on`, so far as they are sent (docs/rules/shared.md#decisions-authorise).
   */
  readonly authorised?: { readonly by: keyof D & string; readonly on: readonly (keyof D & string)[] };
  /** Members that had another name, which is still taken (docs/rules/shared.md#earlier-names). */
  readonly renamed?: Renamed;
  /** Valid data, for OpenAPI and documents. */
  readonly example: D;
}
export interface CommandEntry<S = Erased, D = Erased, I = Erased> extends CommandFacts<S, D> {
  /** What is decided on, and what is sent for it: values that it has by default may be left out. */
  readonly data: Schema<D, I>;
  /** States (`status`) in which the command is possible; elsewhere it is refused `WRONG_STATE`. */
  readonly allowedIn?: readonly string[];
  /** A more telling refusal than `WRONG_STATE` in some of the other states; of kind *state*. */
  otherwiseRefuse?(state: S): Refusal | undefined;
  readonly apart?: Apart<S>;
  readonly part?: AboutPart<S>;
  /**
   * What can be refused before its author has said anything but which part it is about: `apart`, and what the
   * record's file says. `decide` begins with it.
   */
  guard?(state: S, context: Context, part: string): Refusal | undefined;
  readonly refuses: Refusals;
  decide(state: S, data: D, context: Context): Decision;
}

/** A record's events by their names. */
export type EventTable<S = Erased> = Readonly<Record<string, EventEntry<S>>>;

/** A record's commands by their names. */
export type CommandTable<S = Erased> = Readonly<Record<string, CommandEntry<S>>>;
/** What is sent for a command, by its entry. */
export type InputOf<C> = C extends { readonly data: Schema<unknown, infer I> } ? I : never;

/** What a record's title may need besides its state. */
export interface Named {
  readonly id: string;
  /** What a place is called. */
  nameOfPlace(placeId: string): string;
}
export interface Aggregate<
  S = Erased,
  E extends EventTable<S> = EventTable<S>,
  C extends CommandTable<S> = CommandTable<S>,
> {
  readonly name: keyof States & string;
  readonly collection: string;
  initial(): S;
  /**
   * Members of the state, and the statuses in which each is there for certain: what `decide` of a command
   * with `allowedIn` may read without a question.
   */
  readonly present?: Readonly<Partial<Record<string, readonly string[]>>>;
  /** What a list or a timeline calls the record. */
  title(state: S, named: Named): string;
  readonly events: E;
  readonly commands: C;
  /** Streams of the machinery (days, clock, refusals): no access row, no query. */
  readonly machinery?: boolean;
}

export const flag = (said: Withheld | ((data: Erased) => Withheld) | undefined, data: unknown): boolean =>
  (typeof said === 'function' ? said(data) : said) === true;

/** From whom the event is withheld where its record is open. */
export const withheldOf = ({ private: p }: EventEntry, data: unknown): Withheld =>
  typeof p === 'function' ? p(data) : (p ?? false);

const textIn = (member: string | undefined, data: object): string | undefined => {
  const value = member === undefined ? undefined : (data as Readonly<Record<string, unknown>>)[member];
  return typeof value === 'string' ? value : undefined;
};
/** The decision that an event acted on. */
export const decisionSpent = ({ spends }: EventEntry, data: object): string | undefined =>
  textIn(spends, data);
/** The waiver that an event passed a rule by. */
export const waiverUsed = ({ waivedBy }: EventEntry, data: object): string | undefined =>
  textIn(waivedBy, data);

/** An event's data as an audience is told it: everything that is said of an event is said of this. */
export function dataFor({ membersOnly }: EventEntry, data: object, audience: Audience): object {
  if (!membersOnly) return data;
  const isTold = (key: string): boolean => {
    const told = Object.hasOwn(membersOnly, key) ? membersOnly[key] : audience;
    return told === audience || (audience === 'members' && told !== 'nobody');
  };
  return Object.fromEntries(Object.entries(data).filter(([key]) => isTold(key)));
}

export type { Audience, Grant, RecordAccess, Role, States, Tier };
