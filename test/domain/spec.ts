/**
 * The specification vocabulary: `spec(t, pool).with(...).given(...).as(...).when(...).then(...) |
 * .refuses(code) | .nothing()`. Each run also checks purity (frozen state), determinism, the event's own
 * schema and a JSON round trip.
 */
import type { Term } from '../../src/domain/decision/state.js';
import { appendFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';
import { v5 as uuidv5 } from 'uuid';
import { londonDate } from '../../src/domain/shared/calendar.js';
import {
  checkState,
  doesReplace,
  fittingGrants,
  partNamed,
  standardRefusals,
  targetOf,
} from '../../src/domain/kernel/command.js';
import {
  isRefusal,
  type Actor,
  type Aggregate,
  type CommandTable,
  type EventTable,
  type InputOf,
  type Context,
  type DataOf,
  type Decision,
  type Loaded,
  type Meta,
  type Named,
  type NewEvent,
  type States,
  type ViewChecks,
} from '../../src/domain/kernel/types.js';
import type { ProgrammeState } from '../../src/domain/programme/state.js';
import type { Authorisation, DecisionState } from '../../src/domain/decision/state.js';
import { withIds } from '../../src/domain/kernel/naming.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { unauthorisable } from '../../src/domain/authorisable.js';
import { namedBy } from '../../src/commands/sight.js';
import { loadReference } from '../../src/runtime/reference.js';
import { everyCase, Property } from '../holds.js';
import { wrongAmounts } from './amounts.js';
import { wrongs } from './inherited.js';
import { judge, mutantsOf, type Mutants } from './mutants.js';
import { checkPresence } from './presence.js';
import { noViews } from '../no-views.js';

export const reference = loadReference();
/** What titles are made with besides a state: here a place is called by its id. */
export const named = (id: string): Named => ({ id, nameOfPlace: (placeId) => placeId });
const system: Actor = { account: 'system:test', role: 'system' };
/**
 * Aggregate → command → the outcomes a spec has shown; `then` or a refusal code. Read by the coverage check.
 */
export const shown = new Map<string, Set<string>>();

/** What is looked at in every spec of a record, silently: each counts once, where the record's specs end. */
const automaticChecks = (record: string) => ({
  decidesAlike: new Property(`every command of a ${record} decides the same twice`),
  knowsNoInherited: new Property(`every command of a ${record} takes no id that every object inherits`),
  takesNoWrongAmount: new Property(`every command of a ${record} takes no amount that is none`),
  declaresRefusals: new Property(`every refusal of a ${record} is declared by its command`),
  mayBeDrafted: new Property(`what a ${record} wants a decision for can be drafted as it is told`),
  saysWhoFirst: new Property(
    `every who of a ${record} is judged before its author has said anything, or names the member`,
  ),
  survivesJson: new Property(`every event of a ${record} survives JSON and its own schema`),
  saysSomething: new Property(`every event of a ${record} says something`),
  saysRenames: new Property(`every event of a ${record} that changes what others call it says so`),
});
/** What others call a record, and the places of a programme: these it names. */
function calledOf<S>(aggregate: Aggregate<S>, recordId: string, state: S): readonly string[] {
  const places = aggregate.name === 'programme' ? Object.entries((state as ProgrammeState).places) : [];
  return [
    aggregate.title(state, named(recordId)),
    ...places.map(([placeId, { name }]) => `${placeId} ${name}`),
  ];
}
const checksOf = new Map<string, ReturnType<typeof automaticChecks>>();
function checks(record: string): ReturnType<typeof automaticChecks> {
  const found = checksOf.get(record) ?? automaticChecks(record);
  checksOf.set(record, found);
  return found;
}

/** An event that is given, and where it matters when it was recorded, and whose it is. */
type Giving<E> = E | { event: E; at?: string; by?: Actor };
export type AnyGiven = Giving<{ readonly type: string; readonly data: object }>;
/** A history that a spec has shown, the event last: `npm run golden` keeps one of each type. */
export interface Shown {
  readonly aggregate: string;
  readonly id: string;
  readonly events: readonly { type: string; data: Record<string, unknown>; at: string; by: Actor }[];
}
/** A file to which every history is told whose last event a command has decided on (`npm run golden`). */
const tellTo = process.env.SHOWN_TO;

function freeze<T>(value: T): T {
  if (value && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

/** Thousands of specs name the same few instants and versions: what follows from one is worked out once. */
function once<T>(from: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text) ?? from(text);
    known.set(text, found);
    return found;
  };
}
const idFor = once((name) => uuidv5(name, uuidv5.URL));
const dayOf = once(londonDate);

export function metaOf(
  aggregate: Aggregate,
  recordId: string,
  type: string,
  version: number,
  at: string,
  actor: Actor,
): Meta {
  return {
    id: idFor(`${recordId}.${version}`),
    type,
    aggregate: aggregate.name,
    recordId,
    version,
    recordedAt: at,
    today: dayOf(at),
    actor,
    commandId: idFor(`command.${version}`),
  };
}

/** Folds given events into a loaded stream, each checked against its own schema. */
export const load = <S, E extends EventTable<S>>(
  aggregate: Aggregate<S, E>,
  recordId: string,
  given: readonly GivenOf<E>[],
  start?: string,
): Loaded<S> => loadAny(aggregate, recordId, given, start);
/** As `load`, of events that no more is known of than that they stand in a list. */
export function loadAny<S>(
  aggregate: Aggregate<S>,
  recordId: string,
  given: readonly AnyGiven[],
  start = '2009-06-01T08:00:00.000Z',
): Loaded<S> {
  const loaded = emptyLoaded(aggregate);
  for (const g of given) {
    const { event, at = start, by = system } = 'event' in g ? g : { event: g };
    // Shared with the views and the reactors: what a state keeps of it, it may not change.
    const data = freeze(aggregate.events[event.type]!.data.parse(event.data));
    fold(
      aggregate,
      loaded,
      { type: event.type, data: data as Record<string, unknown> },
      metaOf(aggregate, recordId, event.type, loaded.version + 1, at, by),
    );
    checkPresence(aggregate, loaded as Loaded<object>);
  }
  return loaded;
}

/**
 * Data as specs write them: of a choice of words they may keep the word in a constant, which the schema looks
 * at when the spec runs.
 */
type Sent<T> = Term extends T
  ? T
  : T extends string
    ? string
    : T extends object
      ? { readonly [K in keyof T]: Sent<T[K]> }
      : T;

/** What specs send for a command of a record. */
export type DataFor<A extends { readonly commands: CommandTable }, K extends keyof A['commands']> = Sent<
  InputOf<A['commands'][K]>
>;

/** The events of a table, by their names, as specs write them. */
type Events<E> = {
  readonly [K in keyof E & string]: { readonly type: K; readonly data: Sent<DataOf<E[K]>> };
};
type Written<E> = Events<E>[keyof E & string];
type GivenOf<E> = Giving<Written<E>>;
/** An event of a record as its specs write it. */
export type EventFor<A extends { readonly events: EventTable }> = Written<A['events']>;
/** What is given to a record's specs: events, with when and whose they are where it matters. */
export type GivenFor<A extends { readonly events: EventTable }> = GivenOf<A['events']>;
/** The data of a record's event as its specs write them. */
export type EventDataFor<A extends { readonly events: EventTable }, K extends keyof A['events']> = Sent<
  DataOf<A['events'][K]>
>;
/** Some of the data of a record's event, as its specs write it. */
export type MoreFor<A extends { readonly events: EventTable }, K extends keyof A['events']> = Partial<
  EventDataFor<A, K>
>;
/** Makes events of a record: the compiler checks their names and data. */
export const eventsFor =
  <E extends EventTable>(_record: { readonly events: E }) =>
  <K extends keyof E & string>(
    type: K,
    ...[data]: Record<never, never> extends Events<E>[K]['data']
      ? [data?: Events<E>[K]['data']]
      : [data: Events<E>[K]['data']]
  ) =>
    // What is left out has nothing that must be there.
    ({ type, data: data ?? {} }) as Events<E>[K];

/** What an event is compared on: some of its members, texts by an expression too. */
type Matching<T> = Term extends T
  ? T
  : T extends string
    ? string | RegExp
    : T extends object
      ? { readonly [K in keyof T]?: Matching<T[K]> | undefined }
      : T;
type Expected<E> = {
  [K in keyof E & string]: { readonly type: K; readonly data?: Matching<DataOf<E[K]>> };
}[keyof E & string];

class Spec<S, E extends EventTable<S> = EventTable<S>, C extends CommandTable<S> = CommandTable<S>> {
  #id = 'subject';
  #now = '2009-09-01T09:00:00.000Z';
  #actor: Actor = system;
  #others = new Map<string, Loaded>();
  #given: AnyGiven[] = [];
  #views: Partial<ViewChecks> = {};
  #command = '';
  #data: any;
  #outcome!: Decision;
  #before!: Loaded<S>;
  #mutants!: Mutants;
  #checks: ReturnType<typeof automaticChecks>;
  constructor(
    readonly t: Test,
    readonly aggregate: Aggregate<S, E, C>,
  ) {
    this.#checks = checks(aggregate.name);
  }

  /** The record's id. */
  id(id: string): this {
    this.#id = id;
    return this;
  }
  /** Events already in the record's stream. */
  given(...events: GivenOf<E>[]): this {
    return this.givenAny(...events);
  }
  /**
   * As `given`, of events that no more is known of than that they stand in a table: that they fit is seen
   * when the spec runs.
   */
  givenAny(...events: AnyGiven[]): this {
    this.#given.push(...events);
    return this;
  }
  /** A decision that stands as told: by default carried, and authorising just this. */
  decided(
    id: string,
    placeId: string,
    authorises: readonly Authorisation[],
    more: Partial<DecisionState> = {},
  ): this {
    const aggregate = aggregateNamed('decision');
    this.#others.set(`decision-${id}`, {
      ...emptyLoaded(aggregate),
      version: 1,
      access: { tier: 'members', tierSince: 1, parties: [], placeId },
      state: {
        ...(aggregate.initial() as DecisionState),
        status: 'carried',
        placeId,
        authorises: [...authorises],
        ...more,
      },
    });
    return this;
  }
  /** Another stream the decision reads. */
  with<O, F extends EventTable<O>>(aggregate: Aggregate<O, F>, id: string, ...events: GivenOf<F>[]): this {
    return this.withAny(aggregate, id, ...events);
  }
  /** As `with`, of a record that no more is known of than that it stands in a table. */
  withAny(aggregate: Aggregate, id: string, ...events: AnyGiven[]): this {
    this.#others.set(`${aggregate.name}-${id}`, loadAny(aggregate, id, events));
    return this;
  }
  views(views: Partial<ViewChecks>): this {
    this.#views = views;
    return this;
  }
  /** The instant at which the command is given (UTC). */
  at(now: string): this {
    this.#now = now.length === 10 ? `${now}T09:00:00.000Z` : now;
    return this;
  }
  /** `as('seat-holder', 'place:durham+agency:nhs-durham', 'anna')`, or `as('system')`. */
  as(role: string, scope = '', account = `${role}-1`): this {
    if (role === 'system') this.#actor = system;
    else {
      const grant = parseGrant(role, scope);
      if (!grant) throw new Error(`no such grant: ${role}@${scope}`);
      this.#actor = {
        account,
        role: grant.role,
        ...(grant.agency ? { agency: grant.agency } : {}),
        ...(grant.place ? { place: grant.place } : {}),
      };
      this.#grant = grant;
    }
    return this;
  }
  #grant: ReturnType<typeof parseGrant>;

  /** A command of the record, with what is sent for it. */
  when<K extends keyof C & string>(
    command: K,
    ...[data]: Record<never, never> extends InputOf<C[K]>
      ? [data?: Sent<InputOf<C[K]>>]
      : [data: Sent<InputOf<C[K]>>]
  ): this {
    return this.whenAny(command, data ?? {});
  }
  /**
   * A command by a name and with data that no more is known of than that they stand in a table: that they fit
   * is seen when the spec runs.
   */
  whenAny(command: string, data: object = {}): this {
    const entry = this.aggregate.commands[command];
    if (!entry) throw new Error(`${this.aggregate.name} has no command ${command}`);
    this.#command = command;
    const parsed = entry.data.safeParse(data);
    if (!parsed.success)
      throw new Error(`data of ${command} does not fit its schema: ${parsed.error.message}`);
    this.#data = parsed.data;
    this.#before = freeze(loadAny(this.aggregate, this.#id, this.#given));
    const first = this.#decide();
    this.#checks.decidesAlike.same(this.t, command, this.#decide(), first);
    this.#outcome = first;
    this.#mutants = mutantsOf(`${this.aggregate.name}.${command}`, () => this.#decide());
    const wrong = wrongs(
      entry.data,
      this.#data,
      this.#actor,
      (d, by) => this.#decide(d, by),
      (decision, by) => this.#after(decision, by),
    );
    this.#checks.knowsNoInherited.same(this.t, command, wrong, []);
    const amounts = wrongAmounts(`${this.aggregate.name}.${command}`, entry.data, this.#data, (d) =>
      this.#decide(d),
    );
    this.#checks.takesNoWrongAmount.same(this.t, command, amounts, []);
    return this;
  }

  #decide(data = this.#data, actor = this.#actor): Decision {
    const entry = this.aggregate.commands[this.#command]!;
    if (
      actor.role === 'system'
        ? !entry.givenBy.includes('system')
        : fittingGrants(entry, [this.#grant!], targetOf(entry, this.#before, data)).length === 0
    ) {
      return { refused: true, code: 'NOT_ALLOWED', detail: 'role' };
    }
    if (entry.creates ? this.#before.version > 0 : false)
      return { refused: true, code: 'RECORD_EXISTS', detail: 'exists' };
    const wrong = checkState(this.aggregate, entry, this.#before.state as { status?: string });
    return wrong ?? entry.decide(this.#before.state, data, this.#context(actor));
  }
  #context(actor: Actor): Context {
    const entry = this.aggregate.commands[this.#command]!;
    const now = this.#now;
    const read = <K extends keyof States>(name: K, id: string): Loaded<States[K]> => {
      if (name === this.aggregate.name && id === this.#id)
        return this.#before as unknown as Loaded<States[K]>;
      const found = this.#others.get(`${name}-${id}`);
      if (found) return freeze(found) as Loaded<States[K]>;
      return emptyLoaded(aggregateNamed(name)) as Loaded<States[K]>;
    };
    const author =
      this.#actor.role === 'system' ? undefined : { account: this.#actor.account, grants: [this.#grant!] };
    const subject = entry.creates ? emptyLoaded(this.aggregate) : this.#before;
    return {
      now,
      today: dayOf(now),
      effectiveOn: dayOf(now),
      actor,
      ...(this.#grant?.programme ? { ofProgramme: this.#grant.programme } : {}),
      commandId: idFor('spec'),
      recordId: this.#id,
      acts: this.#before.acts,
      ref: reference,
      views: {
        ...noViews,
        ...this.#views,
      },
      read,
      unauthorisable,
      named: namedBy(author, targetOf(entry, subject, this.#data).placeIds ?? [], read),
    };
  }
  /** What is refused before its author has said anything but which part it is about. */
  #guarded(): string | undefined {
    const entry = this.aggregate.commands[this.#command]!;
    const context = this.#context(this.#actor);
    return entry.guard?.(this.#before.state, context, partNamed(entry.part, this.#data))?.code;
  }
  /** The state after what was decided, past the events' schemas. */
  #after(decision: Decision, by: Actor): unknown {
    if (isRefusal(decision)) return undefined;
    const after = loadAny(this.aggregate, this.#id, this.#given);
    for (const e of decision)
      fold(
        this.aggregate,
        after,
        e,
        metaOf(this.aggregate, this.#id, e.type, after.version + 1, this.#now, by),
      );
    return after;
  }

  #note(outcome: string): void {
    const key = `${this.aggregate.name}.${this.#command}`;
    (shown.get(key) ?? shown.set(key, new Set()).get(key)!).add(outcome);
  }

  /** Exactly these events of the record, compared on the members given; returns the state after them. */
  then(...expected: Expected<E>[]): Loaded<S> {
    return this.thenAny(...expected);
  }
  /** As `then`, of events that no more is known of than that they stand in a table. */
  thenAny(...expected: readonly { readonly type: string; readonly data?: object }[]): Loaded<S> {
    this.#note('then');
    judge(
      this.#mutants,
      (o) => !isRefusal(o) && o.length === expected.length && o.every((e, i) => e.type === expected[i]!.type),
    );
    if (isRefusal(this.#outcome)) {
      this.t.fail(`${this.#command} was refused ${this.#outcome.code}: ${this.#outcome.detail}`);
      return this.#before;
    }
    const gives = `${this.#command} gives ${expected.map((e) => e.type).join(', ')}`;
    // A pattern of a list may be shorter than the list: that there is no other event is looked at before.
    if (this.#outcome.length === expected.length)
      this.t.match(
        this.#outcome.map((e) => ({ type: e.type, data: e.data })),
        expected,
        gives,
      );
    else this.t.strictSame(this.#outcome, expected, `${gives}, and no other event`);
    const after = loadAny(this.aggregate, this.#id, this.#given);
    for (const e of this.#outcome) {
      const data = freeze(this.aggregate.events[e.type]!.data.parse(e.data));
      this.#checks.survivesJson.same(this.t, e.type, JSON.parse(JSON.stringify(e.data)), data);
      const meta = metaOf(this.aggregate, this.#id, e.type, after.version + 1, this.#now, this.#actor);
      const sentence = this.aggregate.events[e.type]!.describe(data, meta);
      this.#checks.saysSomething.holds(this.t, e.type, sentence.length > 0, sentence);
      const called = calledOf(this.aggregate, this.#id, after.state);
      const hadBegun = after.version > 0;
      fold(this.aggregate, after, { type: e.type, data: data as Record<string, unknown> }, meta);
      checkPresence(this.aggregate, after as Loaded<object>);
      // That a record begins is seen without a word.
      const renamed = hadBegun && !isDeepStrictEqual(calledOf(this.aggregate, this.#id, after.state), called);
      this.#checks.saysRenames.holds(
        this.t,
        e.type,
        !renamed || this.aggregate.events[e.type]!.renames === true,
      );
    }
    if (tellTo) this.#tell(this.#outcome, tellTo);
    return after;
  }
  #tell(outcome: readonly NewEvent[], file: string): void {
    const start = '2009-06-01T08:00:00.000Z';
    const given = this.#given
      .map((g) => ('event' in g ? g : { event: g }))
      .map(({ event, at = start, by = system }) => ({
        type: event.type,
        data: event.data as Record<string, unknown>,
        at,
        by,
      }));
    outcome.forEach((_, i) => {
      const decided = outcome.slice(0, i + 1).map((event) => ({ ...event, at: this.#now, by: this.#actor }));
      const shown: Shown = { aggregate: this.aggregate.name, id: this.#id, events: [...given, ...decided] };
      appendFileSync(
        file,
        `${JSON.stringify(shown)}
`,
      );
    });
  }

  /**
   * Refused with this code, which the command declares (or any command may answer); the detail is a sentence.
   */
  refuses(code: string, detail?: RegExp): void {
    this.#note(code);
    judge(this.#mutants, (o) => isRefusal(o) && o.code === code && (!detail || detail.test(o.detail)));
    if (!isRefusal(this.#outcome)) return void this.t.fail(`${this.#command} was accepted; expected ${code}`);
    this.t.equal(this.#outcome.code, code, `${this.#command} is refused ${code}`);
    const declared = { ...standardRefusals, ...this.aggregate.commands[this.#command]!.refuses };
    this.#checks.declaresRefusals.holds(
      this.t,
      `${this.#command} ${code}`,
      Object.hasOwn(declared, code),
      Object.keys(declared),
    );
    // A *who* that depends on what is said names the members.
    const { refuses, data, creates } = this.aggregate.commands[this.#command]!;
    const [kind, named] = (refuses[code] ?? '').split(' of ');
    if (kind === 'who' && named)
      this.#checks.saysWhoFirst.holds(
        this.t,
        `${this.#command} ${code}`,
        Object.keys((data as any).shape).includes(named) || (creates === true && named === 'id'),
        named,
      );
    else if (kind === 'who')
      this.#checks.saysWhoFirst.same(this.t, `${this.#command} ${code}`, this.#guarded(), code);
    const { authorises } = this.#outcome;
    if (authorises)
      this.#checks.mayBeDrafted.same(
        this.t,
        `${this.#command} ${code}`,
        unauthorisable(authorises),
        undefined,
      );
    if (detail) this.t.match(withIds(this.#outcome.detail), detail);
  }
  /** Accepted, whatever the events. */
  happened(): boolean {
    judge(this.#mutants, (o) => !isRefusal(o));
    return !isRefusal(this.#outcome);
  }
  /** Whether it has to name the version its author looked at. */
  needsVersion(expected: boolean): this {
    this.t.equal(
      doesReplace(this.aggregate.commands[this.#command]!, this.#before.state, this.#data, this.#actor),
      expected,
      `${this.#command} ${expected ? 'replaces' : 'replaces nothing'}`,
    );
    return this;
  }
  /** Accepted, and nothing new. */
  nothing(): void {
    this.#note('then');
    judge(this.#mutants, (o) => !isRefusal(o) && o.length === 0);
    this.t.same(this.#outcome, [], `${this.#command} changes nothing`);
  }
}

export const spec = <S, E extends EventTable<S>, C extends CommandTable<S>>(
  t: Test,
  aggregate: Aggregate<S, E, C>,
): Spec<S, E, C> => new Spec(t, aggregate);

/**
 * The specs of `Disclose`, which every record has. `given` are its first events; `owner` opens it alone;
 * other records are opened by a decision of their place, given as the secretariat.
 */
export function disclosure<S extends object, E extends EventTable<S>>(
  t: Test,
  record: Aggregate<S, E>,
  given: readonly GivenOf<E>[],
  who: { placeId: string } | { owner: [role: string, scope: string]; not: [role: string, scope: string] },
): void {
  const aggregate: Aggregate<S> = record;
  const { tier } = loadAny(aggregate, 'subject', given).access;
  const subject = (...more: NewEvent[]) => spec(t, aggregate).givenAny(...given, ...more);
  const disclosed = (from: string, to: string, decisionId?: string): NewEvent => ({
    type: 'RecordDisclosed',
    data: { from, to, ...(decisionId ? { decisionId } : {}) },
  });
  const as = (scene: Spec<S>): Spec<S> =>
    'owner' in who ? scene.as(...who.owner) : scene.as('secretariat', `place:${who.placeId}`);
  subject()
    .as('system')
    .when('Disclose', { to: 'public' })
    .then({ type: 'RecordDisclosed', data: { from: tier, to: 'public' } });
  subject(disclosed(tier, 'public')).as('system').when('Disclose', { to: 'programme' }).nothing();
  for (const to of ['programme', 'public'])
    as(subject(disclosed(tier, 'public')))
      .when('Disclose', { to })
      .refuses('CANNOT_NARROW');
  if (tier === 'programme') as(subject()).when('Disclose', { to: 'programme' }).refuses('CANNOT_NARROW');
  if ('owner' in who) {
    t.equal(
      as(subject())
        .when('Disclose', { to: 'public' })
        .then({ type: 'RecordDisclosed', data: { from: tier, to: 'public' } }).access.tier,
      'public',
    );
    subject()
      .as(...who.not)
      .when('Disclose', { to: 'public' })
      .refuses('ONLY_ITS_OWNER_DISCLOSES');
    return;
  }
  const { placeId } = who;
  const allows = (more: object = {}): Authorisation => ({
    command: 'Disclose',
    record: `${aggregate.name}-subject`,
    terms: { to: 'public' },
    ...more,
  });
  const open = (scene: Spec<S>, ...authorises: Authorisation[]) =>
    as(scene.decided('open-it', placeId, authorises)).when('Disclose', {
      to: 'public',
      decisionId: 'open-it',
    });
  t.match(
    open(subject(), allows()).then({
      type: 'RecordDisclosed',
      data: { from: tier, to: 'public', decisionId: 'open-it' },
    }),
    { usedDecisions: ['open-it'], access: { tier: 'public' } },
  );
  as(subject())
    .when('Disclose', { to: 'public' })
    .refuses('DECISION_NOT_CARRIED', /decisionId/);
  as(subject()).when('Disclose', { to: 'public', decisionId: 'never' }).refuses('DECISION_NOT_CARRIED');
  for (const status of [
    'draft',
    'open',
    'not-carried',
    'lapsed',
    'withdrawn',
    'superseded',
    'rescinded',
  ] as const)
    as(subject().decided('open-it', placeId, [allows()], { status }))
      .when('Disclose', { to: 'public', decisionId: 'open-it' })
      .refuses('DECISION_NOT_CARRIED');
  for (const other of [
    { command: 'Withdraw' },
    { record: `${aggregate.name}-other` },
    { terms: {} },
    { terms: { to: 'programme' } },
  ])
    open(subject(), allows(other)).refuses('DECISION_DOES_NOT_MATCH');
  as(subject().decided('open-it', 'elsewhere', [allows()]))
    .when('Disclose', { to: 'public', decisionId: 'open-it' })
    .refuses('DECISION_NOT_CARRIED', /no such decision/);
  open(subject(disclosed(tier, 'programme', 'open-it')), allows()).refuses('DECISION_ALREADY_USED');
  subject()
    .decided('open-it', placeId, [allows()])
    .as('chair', `place:${placeId}+agency:nobody`)
    .when('Disclose', { to: 'public', decisionId: 'open-it' })
    .refuses('NOT_A_SEAT_HOLDER');
}

/**
 * A last test of a record's specs: every command and every declared refusal code has been shown, and what is
 * looked at in every spec held in each.
 */
export function coverage(t: Test, aggregate: Aggregate): void {
  everyCase(t, `every command of a ${aggregate.name}, and each refusal it declares, has a spec`, (look) => {
    for (const [name, entry] of Object.entries(aggregate.commands)) {
      const seen = shown.get(`${aggregate.name}.${name}`) ?? new Set();
      for (const outcome of ['then', ...Object.keys(entry.refuses)])
        look(`${name} ${outcome}`, seen.has(outcome), true);
    }
  });
  const declared = Object.values(aggregate.commands).flatMap(({ refuses }) => Object.values(refuses));
  const { saysWhoFirst, mayBeDrafted, ...others } = checks(aggregate.name);
  if (Object.values(aggregate.commands).some(({ authorised }) => authorised)) mayBeDrafted.settle(t);
  if (declared.some((kind) => kind.startsWith('who'))) saysWhoFirst.settle(t);
  for (const check of Object.values(others)) check.settle(t);
}
