/**
 * Records as they stood (`?asAt=`): the longest prefix of the record's stream recorded by that instant,
 * folded by the same view and answered by the same query, cut to what the reader might see of it at that
 * version (docs/rules/shared.md#disclosure).
 */
import { z } from 'zod';
import { canSee } from '../../domain/shared/access.js';
import { endOfDay, isCivilDate, isWithinCalendar, londonDate } from '../../domain/shared/calendar.js';
import { applyAccess } from '../../domain/kernel/fold.js';
import { entryOf } from '../../domain/registry.js';
import { DateOn } from '../../domain/shared/values.js';
import type { AccessRow } from '../../projections/views/access.js';
import type { Recorded, View } from '../../projections/engine/view.js';
import { decode } from '../../projections/engine/engine.js';
import { Problem, notThere } from '../server/problem.js';
import { QueryContext } from './context.js';
import type { Answered, RecordQuery } from './declare.js';
import { streamEvents } from './stream-events.js';

/**
 * A day, or an instant with `Z` or an offset: its offset must not carry it out of what can be written as UTC
 * with a year of four digits.
 */
const Instant = z.iso
  .datetime({ offset: true })
  .refine((s) => isWithinCalendar(new Date(s).toISOString()), { when: ({ issues }) => issues.length === 0 });
/** A moment of the past, as a reader names it. */
export const Moment = z.union([DateOn, Instant], {
  error: 'Enter a day or a time, like 2009-10-09 or 2009-10-09T12:00:00Z',
});
/** The instant of a moment, as UTC with milliseconds; a day's is its end in London. */
export const AsAt = Moment.transform((m) => (isCivilDate(m) ? endOfDay(m) : new Date(m).toISOString()));
/** The London day of a moment. */
export const AsAtDay = Moment.transform((m) => (isCivilDate(m) ? m : londonDate(new Date(m).toISOString())));

/** The record that is read as it stood: its access then, and the events that the answer is made of. */
interface Stood {
  readonly aggregate: string;
  readonly id: string;
  readonly access: AccessRow;
  readonly events: readonly Recorded[];
}
/**
 * A question about one record as it stood: `now`, `day`, `own`, `seen` and `visible` are of that moment;
 * `of`, `asked` and `link` are of today.
 */
export class AsAtContext extends QueryContext {
  readonly #stood: Stood;
  readonly #views = new Map<View, unknown>();

  constructor(today: QueryContext, instant: string, stood: Stood) {
    super(today.askedAt(instant));
    this.#stood = stood;
  }

  /** The record's version then. */
  get version(): number {
    return this.#stood.access.version;
  }

  override own<Q>(view: View<Q>): Q {
    if (!this.#views.has(view))
      this.#views.set(view, this.deps.service.engine.replay.of(view, this.#stood.events));
    return this.#views.get(view) as Q;
  }

  override seen(aggregate: string, id: string): AccessRow | undefined {
    const stood = this.#stood;
    if (aggregate === stood.aggregate && id === stood.id) return stood.access;
    const then = accessAfter(stood.events.filter((e) => e.aggregate === aggregate && e.recordId === id));
    if (!then) return super.seen(aggregate, id);
    return canSee(this.viewer, then) ? then : undefined;
  }

  override visible(aggregate: string, id: string): AccessRow {
    const row = this.seen(aggregate, id);
    if (!row) throw notThere();
    return row;
  }
}

/** What is said of a record that did not exist at the moment asked of. */
export const notYet = {
  code: 'NOT_YET_RECORDED',
  text: 'It did not exist then: it was recorded later.',
} as const;
/**
 * May a reader be told that? Only who may see the record's first event: to anybody else when it began is not
 * open, and a record that was not there reads like one that was hidden.
 */
export const tellsNotYet = (context: QueryContext, now: AccessRow): boolean =>
  canSee(context.viewer, now, { version: 1, private: false });

/** Where the past ends: what the log held by an instant, or up to a position. */
export type Until = (e: Recorded) => boolean;
export const recordedBy =
  (instant: string): Until =>
  (event) =>
    event.recordedAt <= instant;
export const upTo =
  (position: number): Until =>
  (event) =>
    event.position <= position;

/** Events of a stream until then, in order. */
export async function prefix(context: QueryContext, stream: string, until: Until): Promise<Recorded[]> {
  const events: Recorded[] = [];
  for await (const logged of streamEvents(context.deps, stream)) {
    const e = decode(logged);
    if (!until(e)) break;
    events.push(e);
  }
  return events;
}

/** What the `access` view would have said of a record after these events of its stream. */
export function accessAfter(events: readonly Recorded[]): AccessRow | undefined {
  const last = events.at(-1);
  if (!last) return undefined;
  const { stream, aggregate, recordId: id, version, position } = last;
  const row = {
    stream,
    aggregate,
    id,
    version,
    position,
    tier: 'members' as const,
    tierSince: 0,
    parties: [] as string[],
    illustrative: false,
  };
  for (const e of events) {
    const change = entryOf(e).access?.(e.data, e);
    if (change) applyAccess(row, change, e.version);
    if (e.basis?.kind === 'illustrative') row.illustrative = true;
  }
  return row;
}

/** Refuses a time to come. */
export function checkAsAt(context: QueryContext, instant: string): void {
  if (instant <= context.now) return;
  throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
    errors: [{ path: '/asAt', message: `Enter a time until ${context.now}, or a day that is over` }],
  });
}

/**
 * The reading of a query on one record, as it stood; a 404 where it did not exist (NOT_YET_RECORDED, to who
 * may see how it began), or was not open to this reader then. What is late or silent is so on the day of that
 * instant. Nothing is read for a reader who may not see the record today, to whom it may not have been open
 * earlier either: a hidden record costs what an unknown one does.
 */
export async function asAt(
  question: RecordQuery,
  context: QueryContext,
  id: string,
  instant: string,
  until = recordedBy(instant),
): Promise<AsAtContext> {
  const now = question.of === undefined ? undefined : context.asked(question.of, id);
  if (!now) throw notThere();
  const { access, events } = await cut(question, context, id, until);
  if (!access && tellsNotYet(context, now)) throw new Problem(404, notYet.code, notYet.text);
  if (!access || !canSee(context.viewer, access)) throw notThere();
  return new AsAtContext(context, instant, { aggregate: now.aggregate, id, access, events });
}

async function cut(question: RecordQuery, context: QueryContext, id: string, until: Until) {
  const own = await prefix(context, `${question.of}-${id}`, until);
  const beside = new Set(question.also?.(own, context, id) ?? []);
  beside.delete(`${question.of}-${id}`);
  const others = await Promise.all([...beside].map((stream) => prefix(context, stream, until)));
  const events = others.length > 0 ? [...own, ...others.flat()].sort((a, b) => a.position - b.position) : own;
  return { events, access: accessAfter(own) };
}

/** The answer with its marker: the instant asked for and the record's version then. */
export function marked(
  { version }: AsAtContext,
  instant: string,
  { position, body, tag = '' }: Answered<unknown>,
): Answered<unknown> {
  const made = (typeof body === 'function' ? (body as () => unknown)() : body) as object;
  return {
    position,
    body: { ...made, asAt: instant, recordVersion: version },
    tag: `${tag}.${Date.parse(instant).toString(36)}`,
  };
}
