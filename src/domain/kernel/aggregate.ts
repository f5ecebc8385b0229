/** Makes an aggregate from its tables, and gives it the events and commands that every record has. */
import { z } from 'zod';
import { isWider, type Role, type Tier } from '../shared/access.js';
import { apartRefusal } from '../shared/acts.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import {
  refuse,
  type AboutPart,
  type Aggregate,
  type Apart,
  type CommandEntry,
  type CommandFacts,
  type CommandTable,
  type Context,
  type ContextOf,
  type DataOf,
  type Emitted,
  type EventEntry,
  type EventFacts,
  type EventTable,
  type Refusal,
  type RefusalKind,
  type Refusals,
  type StatusOf,
} from './types.js';
import { partNamed, type StandardCode } from './command.js';
import type { InStatus, Presence } from './presence.js';
import { choice } from '../shared/fields.js';
import { seatRefusal } from '../shared/seats.js';
import { Id, Prose, ref, Reason } from '../shared/values.js';
import type { Schema } from './schema.js';
import { existing } from './parts.js';
import { sets } from './set-value.js';

/**
 * Makes the entries of a record's table of events: the schema comes first and gives the types of everything
 * after it.
 */
export function kit<S>() {
  return {
    event<T extends z.core.$ZodType>(data: T, entry: EventFacts<S, z.infer<T>>): EventEntry<S, z.infer<T>> {
      return { data: data as unknown as Schema<z.infer<T>>, ...entry };
    },
  };
}

/**
 * A command as its record's file writes it: it decides on its record's own events, and refuses what it
 * declares, or what every command may. `allowedIn` narrows the state that `decide` is given to what is there
 * in these statuses (`P`), `givenBy` its actor to what each of these roles (`G`) acts for.
 */
export interface CommandSpec<
  S,
  D,
  E,
  R extends Refusals,
  P = object,
  F extends StatusOf<S> = StatusOf<S>,
  G extends Role = Role,
> extends CommandFacts<S, D> {
  readonly givenBy: readonly G[];
  readonly refuses: R;
  readonly allowedIn?: readonly F[];
  otherwiseRefuse?(state: S): Refusal<Refused<R>> | undefined;
  readonly apart?: Apart<S, Context, keyof E & string>;
  readonly part?: AboutPart<S, keyof D & string>;
  /**
   * Refuses what needs no data but the part it is about; empty where none is named. What stands here `decide`
   * need not ask again.
   */
  guard?(state: InStatus<S, P, F>, context: ContextOf<G>, part: string): Refusal<Refused<R>> | undefined;
  decide(
    state: InStatus<S, P, F>,
    data: D,
    context: ContextOf<G>,
  ): readonly Emitted<E>[] | Refusal<Refused<R>>;
}
type Refused<R extends Refusals> = (keyof R & string) | StandardCode;

/**
 * Makes the entries of a record's table of commands, and new events of its table of events: what they decide
 * on is checked by the compiler. `_present`: what is there in which status.
 */
export const decides =
  <S>() =>
  <E extends EventTable<S>, const P extends Presence<S> = object>(_events: E, _present?: P) => ({
    command<
      T extends z.core.$ZodType,
      const R extends Refusals,
      const F extends StatusOf<S> = StatusOf<S>,
      const G extends Role = Role,
    >(data: T, entry: CommandSpec<S, z.infer<T>, E, R, P, F, G>): CommandEntry<S, z.infer<T>, z.input<T>> {
      const { apart, part, guard: ownGuard } = entry;
      const { guard: _, ...rest } = entry;
      const whole = { data: data as unknown as Schema<z.infer<T>, z.input<T>>, ...rest };
      if (!apart && !ownGuard) return whole;
      // Whoever judges has looked at `allowedIn` and at `givenBy` before.
      const guard = (state: S, context: Context, about: string) =>
        (apart && apartRefusal(apart, state, context, about)) ??
        ownGuard?.(state as InStatus<S, P, F>, context as ContextOf<G>, about);
      const decide = (state: S, given: z.infer<T>, context: Context) =>
        guard(state, context, partNamed(part, given)) ??
        entry.decide(state as InStatus<S, P, F>, given, context as ContextOf<G>);
      return {
        ...whole,
        refuses: { ...entry.refuses, ...(apart && { [apart.code]: 'who' }) },
        guard,
        decide,
      };
    },
    emit: <K extends keyof E & string>(type: K, data: DataOf<E[K]>) =>
      ({ type, data }) as { readonly [N in K]: { readonly type: N; readonly data: DataOf<E[N]> } }[K],
  });

export interface AggregateSpec<
  S,
  E extends EventTable<S> = EventTable<S>,
  C extends CommandTable<S> = CommandTable<S>,
> extends Aggregate<S, E, C> {
  /**
   * Fields of the state (text) that `Correct` may mend, with their schemas, and who may
   * (docs/rules/shared.md#corrections).
   */
  readonly correctable?: {
    readonly fields: Readonly<Record<string, Schema>>;
    /** Fields that are never corrected, with the code and the sentence of their refusal. */
    readonly fixed?: Readonly<Record<string, readonly [code: string, detail: string]>>;
    /** What a person calls each of them. */
    readonly labels: Readonly<Record<string, string>>;
    readonly givenBy: readonly Role[];
  };
  /**
   * Who widens its readers (docs/rules/shared.md#disclosure): a carried decision of its place (the default;
   * `mayDisclose` besides), its owner alone, or nobody, since it is public from its beginning.
   */
  readonly disclosure?: 'decision' | 'owner' | 'never';
  /** True where the actor may open this record on their own word. */
  mayDisclose?(state: S, context: Context): boolean;
  /**
   * Refuses `NOT_DISCLOSED` while the consent of somebody who does not disclose it themselves is missing,
   * whatever was decided.
   */
  undisclosable?(state: S, context: Context): Refusal<'NOT_DISCLOSED'> | undefined;
}

/** Whom each tier opens a record to, in a word. */
const readers = {
  members: 'members of the place',
  programme: 'the programme',
  public: 'the public',
} as const;
const tiers = choice({ programme: 'Everybody in the programme', public: 'The public' });
const DiscloseData = z.strictObject({
  to: tiers.meta({ label: 'Who may read it from now on' }),
  decisionId: ref('decision')
    .optional()
    .meta({ label: 'Decision that allows it', hint: 'Choose a decision that was carried and says so.' }),
});
type Disclosing =
  | 'CANNOT_NARROW'
  | 'NOT_DISCLOSED'
  | 'ONLY_ITS_OWNER_DISCLOSES'
  | 'NOT_A_SEAT_HOLDER'
  | keyof typeof decisionRefusals;

const cannotNarrow = (tier: Tier) =>
  refuse('CANNOT_NARROW', `The record is already open to ${tier}. Disclosure only widens.`, '/to');

/** Opening a record to more readers. */
function disclosing<S>({
  name,
  disclosure = 'decision',
  mayDisclose,
  undisclosable,
}: Omit<AggregateSpec<S>, 'events'>) {
  const events = {
    RecordDisclosed: kit<S>().event(
      z.strictObject({
        from: z.enum(['members', 'programme', 'public']),
        to: tiers,
        decisionId: Id.optional(),
      }),
      {
        evolve() {},
        spends: 'decisionId',
        access: (data) => ({ tier: data.to }),
        describe: (data) => `opened the record to ${data.to === 'public' ? 'the public' : 'the programme'}`,
        sets: (data) => [{ ...sets('tier', 'Who can see it', readers[data.to]), was: readers[data.from] }],
      },
    ),
  };
  if (disclosure === 'never') return { events };
  const { command, emit } = decides<S>()(events);
  const refuses = {
    CANNOT_NARROW: 'rule',
    ...(undisclosable ? { NOT_DISCLOSED: 'rule' } : {}),
    ...(disclosure === 'owner'
      ? { ONLY_ITS_OWNER_DISCLOSES: 'who' }
      : { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals }),
  };
  const Disclose = command(DiscloseData, {
    title: 'Widen who can read a record',
    segment: 'disclosure',
    ...(disclosure === 'owner' ? {} : { authorised: { by: 'decisionId', on: ['to'] } }),
    givenBy: ['chair', 'secretariat', 'official', 'programme-office', 'system'],
    // Which of them a record declares depends on whose word opens it.
    refuses: refuses as Record<Disclosing, RefusalKind>,
    example: { to: 'programme', decisionId: 'open-the-pool' },
    guard(state, context) {
      const { access } = context.read(name, context.recordId);
      if (context.actor.role === 'system') return undefined;
      if (!isWider('public', access.tier)) return cannotNarrow(access.tier);
      if (mayDisclose?.(state, context)) return undefined;
      if (disclosure === 'owner')
        return refuse(
          'ONLY_ITS_OWNER_DISCLOSES',
          'Only the department or programme office whose record it is can open it.',
        );
      return seatRefusal(context, access.placeId ?? '') ?? undisclosable?.(state, context);
    },
    decide(state, data, context) {
      const { access } = context.read(name, context.recordId);
      const bySystem = context.actor.role === 'system';
      if (!isWider(data.to, access.tier)) return bySystem ? [] : cannotNarrow(access.tier);
      // Only the machinery keeps streams for auditors alone, and nobody opens these.
      const disclosed = { from: access.tier as Exclude<Tier, 'auditors' | 'administrators'>, to: data.to };
      if (bySystem) return undisclosable?.(state, context) ?? [emit('RecordDisclosed', disclosed)];
      if (mayDisclose?.(state, context)) return [emit('RecordDisclosed', disclosed)];
      const undecided = decisionRefusal(context, {
        decisionId: data.decisionId,
        placeId: access.placeId ?? '',
        aggregate: name,
        command: 'Disclose',
        terms: { to: data.to },
      });
      return undecided ?? [emit('RecordDisclosed', { ...disclosed, decisionId: data.decisionId })];
    },
  });
  return { events, commands: { Disclose } };
}

/** The key of a text that may be corrected, among what events set. */
export const textKey = (field: string): string => `text.${field}`;
/** Mending a text without hiding what it said. */
function correcting<S>({
  fields,
  fixed = {},
  labels,
  givenBy: by,
}: NonNullable<AggregateSpec<S>['correctable']>) {
  const names = Object.keys(fields) as [string, ...string[]];
  const events = {
    RecordCorrected: kit<S>().event(
      z.strictObject({
        field: z.enum(names),
        from: Prose('document').optional(),
        to: Prose('document'),
        reason: Prose(),
        evidence: Prose().optional(),
      }),
      {
        evolve(state, data) {
          (state as Record<string, unknown>)[data.field] = data.to;
        },
        renames: true,
        describe: (data) => `corrected the ${data.field}: ${data.reason}`,
        sets: (data) => [sets(textKey(data.field), labels[data.field] ?? data.field, data.to)],
      },
    ),
  };
  const { command, emit } = decides<S>()(events);
  const Correct = command(
    z.strictObject({
      field: z
        .enum([...names, ...Object.keys(fixed)])
        .meta({ field: 'choice', labels, label: 'What to correct' }),
      to: Prose('document').meta({ label: 'What it should say' }),
      reason: Reason,
      evidence: Prose().optional().meta({ label: 'How we know' }),
    }),
    {
      title: 'Correct a text without hiding what it said',
      segment: 'corrections',
      givenBy: by,
      replaces: true,
      // Of fields that are never corrected each has a code of its own.
      refuses: {
        CORRECTION_NOT_VALID: 'rule',
        ...Object.fromEntries(Object.values(fixed).map(([code]) => [code, 'rule'])),
      } as Refusals,
      example: {
        field: names[0],
        to: 'The corrected text',
        reason: 'The first wording named the wrong service',
      },
      decide(state, data) {
        const never = fixed[data.field];
        if (never) return refuse(never[0], never[1], '/field');
        const from = (state as Record<string, unknown>)[data.field] as string | undefined;
        if (from === data.to) return [];
        const [wrong] = existing(fields[data.field], data.field).safeParse(data.to).error?.issues ?? [];
        if (wrong) return refuse('CORRECTION_NOT_VALID', wrong.message, '/to');
        return [
          emit('RecordCorrected', {
            field: data.field,
            ...(from === undefined ? {} : { from }),
            to: data.to,
            reason: data.reason,
            ...(data.evidence ? { evidence: data.evidence } : {}),
          }),
        ];
      },
    },
  );
  return { events, commands: { Correct } };
}

const StepRefused = z.strictObject({
  reactor: z.string(),
  cause: z.string(),
  step: z.string(),
  code: z.string(),
});

/** The event of a reactor whose step was refused. */
const stepRefused = <S>() =>
  kit<S>().event(StepRefused, {
    evolve() {},
    private: true,
    describe: (data) =>
      data.code === 'NOTHING_TO_DO'
        ? `${data.reactor} found nothing to do`
        : `a step of ${data.reactor} was refused: ${data.code}`,
  });

/**
 * Events that every record may have: a record of the machinery has no `RecordDisclosed`, and one without
 * texts to mend no `RecordCorrected`.
 */
type Standard<S> = { readonly StepRefused: ReturnType<typeof stepRefused<S>> } & ReturnType<
  typeof disclosing<S>
>['events'] &
  ReturnType<typeof correcting<S>>['events'];

/** Commands that every record may have, likewise. */
type StandardCommands<S> = NonNullable<ReturnType<typeof disclosing<S>>['commands']> &
  ReturnType<typeof correcting<S>>['commands'];

/**
 * An aggregate with the events and commands that every record has: disclosure, correction, a reactor's
 * refused step.
 */
export const aggregate =
  <S extends object>() =>
  <E extends EventTable<S>, C extends CommandTable<S>>(
    spec: AggregateSpec<S, E, C>,
  ): Aggregate<S, E & Standard<S>, C & StandardCommands<S>> => {
    const { correctable, disclosure: _, mayDisclose: __, undisclosable: ___, ...rest } = spec;
    const opened = spec.machinery ? undefined : disclosing<S>(spec);
    const corrected = correctable && correcting<S>(correctable);
    return {
      ...rest,
      events: {
        ...spec.events,
        StepRefused: stepRefused<S>(),
        ...opened?.events,
        ...corrected?.events,
      } as E & Standard<S>,
      commands: { ...spec.commands, ...opened?.commands, ...corrected?.commands } as C & StandardCommands<S>,
    };
  };
