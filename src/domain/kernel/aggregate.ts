/** Makes an aggregate from its tables, and gives it the events and commands that every record has. */
import { z } from 'zod';
import { isWider, type Role } from '../shared/access.js';
import { apartRefusal } from '../shared/acts.js';
import { decisionRefusal, decisionRefusals } from '../shared/authority.js';
import { refuse, type Aggregate, type CommandEntry, type Context, type EventEntry, type NewEvent, type Refusal, type States } from './types.js';
import { seatRefusal } from '../shared/seats.js';
import { Id, Prose, ref } from '../shared/values.js';

/** Entry makers for one aggregate: the schema comes first and gives the types of everything after it. */
export function kit<S>() {
  return {
    event<T extends z.ZodType>(data: T, entry: Omit<EventEntry<S, z.infer<T>>, 'data'>): EventEntry<S, z.infer<T>> {
      return { data: data as unknown as z.ZodType<z.infer<T>>, ...entry };
    },
    command<T extends z.ZodType>(data: T, entry: Omit<CommandEntry<S, z.infer<T>>, 'data'>): CommandEntry<S, z.infer<T>> {
      const { apart } = entry;
      const whole = { data: data as unknown as z.ZodType<z.infer<T>>, ...entry };
      if (!apart) return whole;
      return { ...whole, refuses: { ...entry.refuses, [apart.code]: 'who' }, decide: (s, d, ctx) => apartRefusal(apart, s, d, ctx) ?? entry.decide(s, d, ctx) };
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
  readonly correctable?: {
    readonly fields: Readonly<Record<string, z.ZodType>>;
    /** Fields that are never corrected, with the code and the sentence of their refusal. */
    readonly fixed?: Readonly<Record<string, readonly [code: string, detail: string]>>;
    readonly by: readonly Role[];
  };
  /**
   * Who widens its readers (domain.md 8.4): a carried decision of its place (the default; `mayDisclose` besides), its owner alone, or
   * nobody, since it is public from its beginning.
   */
  readonly disclosure?: 'decision' | 'owner' | 'never';
  /** True where the actor may open this record on their own word. */
  mayDisclose?(state: S, ctx: Context): boolean;
  /** Refuses `NOT_DISCLOSED` while the consent of somebody who does not disclose it themselves is missing, whatever was decided. */
  undisclosable?(state: S, ctx: Context): Refusal | undefined;
}

/** An aggregate with the events and commands that every record has: disclosure, correction, a reactor's refused step. */
export function aggregate<S extends object>(spec: AggregateSpec<S>): Aggregate<S> {
  const { correctable, disclosure = 'decision', mayDisclose, undisclosable, ...rest } = spec;
  const { event, command } = kit<S>();
  const tiers = z.enum(['programme', 'public']);
  const events: Record<string, EventEntry<S>> = {
    ...spec.events,
    StepRefused: event(z.strictObject({ reactor: z.string(), cause: z.string(), step: z.string(), code: z.string() }), {
      evolve() {},
      private: true,
      says: (d) => (d.code === 'NOTHING_TO_DO' ? `${d.reactor} found nothing to do` : `a step of ${d.reactor} was refused: ${d.code}`),
    }),
  };
  const commands: Record<string, CommandEntry<S>> = { ...spec.commands };
  if (!spec.machinery) {
    events.RecordDisclosed = event(z.strictObject({ from: z.enum(['members', 'programme', 'public']), to: tiers, decisionId: Id.optional() }), {
      evolve() {},
      access: (d) => ({ tier: d.to }),
      says: (d) => `opened the record to ${d.to === 'public' ? 'the public' : 'the programme'}`,
      changes: (d) => ({ before: d.from, after: d.to }),
    });
    if (disclosure !== 'never')
      commands.Disclose = command(z.strictObject({ to: tiers, decisionId: ref('decision').optional() }), {
        title: 'Widen who can read a record',
        noun: 'disclosure',
        by: ['chair', 'secretariat', 'official', 'programme-office', 'system'],
        refuses: {
          CANNOT_NARROW: 'rule',
          ...(undisclosable ? { NOT_DISCLOSED: 'rule' } : {}),
          ...(disclosure === 'owner' ? { ONLY_ITS_OWNER_DISCLOSES: 'who' } : { NOT_A_SEAT_HOLDER: 'who', ...decisionRefusals }),
        },
        example: { to: 'programme', decisionId: 'open-the-pool' },
        decide(state, d, ctx) {
          const { access } = ctx.read(spec.name as keyof States, ctx.recordId);
          const bySystem = ctx.actor.role === 'system';
          if (!isWider(d.to, access.tier)) return bySystem ? [] : refuse('CANNOT_NARROW', `The record is already open to ${access.tier}. Disclosure only widens.`, '/to');
          const disclosed = { from: access.tier, to: d.to };
          if (!bySystem && mayDisclose?.(state, ctx)) return [{ type: 'RecordDisclosed', data: disclosed }];
          const withheld = undisclosable?.(state, ctx);
          if (withheld) return withheld;
          if (bySystem) return [{ type: 'RecordDisclosed', data: disclosed }];
          if (disclosure === 'owner') return refuse('ONLY_ITS_OWNER_DISCLOSES', 'Only the department or programme office whose record it is can open it.');
          const placeId = access.placeId ?? '';
          const no = seatRefusal(ctx, placeId) ?? decisionRefusal(ctx, { decisionId: d.decisionId, placeId, aggregate: spec.name, command: 'Disclose', terms: { to: d.to } });
          return no ?? [{ type: 'RecordDisclosed', data: { ...disclosed, decisionId: d.decisionId } }];
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
    const fixed = correctable.fixed ?? {};
    commands.Correct = command(z.strictObject({ field: z.enum([...names, ...Object.keys(fixed)]), to: Prose(10_000), reason: Prose(), evidence: Prose().optional() }), {
      title: 'Correct a text without hiding what it said',
      noun: 'corrections',
      by: correctable.by,
      replaces: true,
      refuses: { CORRECTION_NOT_VALID: 'rule', ...Object.fromEntries(Object.values(fixed).map(([code]) => [code, 'rule' as const])) },
      example: { field: names[0], to: 'The corrected text', reason: 'The first wording named the wrong service' },
      decide(s, d) {
        const never = fixed[d.field];
        if (never) return refuse(never[0], never[1], '/field');
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
