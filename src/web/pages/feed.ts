/** The timeline, a comparison, and what led to a record and followed from it, as pages. */
import { z } from 'zod';
import type { Feed } from '../../http/query/feed.js';
import { readPosition } from '../../http/query/position.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import { fieldsOf, type Field } from '../filter.js';
import { isLine, type Row, type Shower, type Shown } from '../../http/words/shown.js';
import { changesModel, type Change, type ChangesModel } from './changes.js';
import type { Unclear } from './asked-by-name.js';
import type { QueryContext } from '../../http/query/context.js';
import type { Visit } from '../visit.js';
import { subjectOf } from '../words/subjects.js';

export interface FeedModel {
  readonly title: string;
  readonly purpose: string | undefined;
  readonly fields: readonly Field[];
  /** Something in its form is to be mended: nothing else is told. */
  readonly unclear: boolean;
  /** Undefined while something that must be said is not. */
  readonly rows: readonly Row[] | undefined;
  /** Of a comparison. */
  readonly changes: ChangesModel | undefined;
  readonly sections: readonly Section[];
  readonly events: readonly EventModel[] | undefined;
  readonly about: string | undefined;
  readonly next: string | undefined;
  readonly csv: string | undefined;
  readonly json: string;
}
interface Section {
  readonly title: string;
  readonly id: string;
  readonly value: Shown;
}
/** An event of the timeline. */
interface EventModel {
  readonly at: string;
  readonly text: string;
  readonly record: Shown;
  readonly by: Shown;
  /** What it replaced, one by one. */
  readonly changes: readonly ChangeModel[];
  readonly reason: string | undefined;
  /** From when it holds, where that is another day than it was recorded. */
  readonly effectiveOn: string | undefined;
  readonly source: string | undefined;
  /** Where it stands in the log. */
  readonly entry: number;
  readonly illustrative: boolean;
}
interface ChangeModel {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** A text that takes more than a line or two stands behind its name. */
  readonly isLong: boolean;
}
/** Characters of what is shown beside what it was. */
const longestBeside = 200;
const changeModel = ({ what, before, after }: Omit<ChangeModel, 'isLong'>): ChangeModel => ({
  what,
  before,
  after,
  isLong: before.length + after.length > longestBeside,
});
type Members = Readonly<Record<string, unknown>>;

/** What the page of a feed shows. */
export async function feedModel(
  feed: Feed,
  visit: Visit,
  asked: Query,
  unclear?: Unclear,
): Promise<FeedModel> {
  const subject = subjectOf(feed.url);
  const { url } = visit.request;
  const known = {
    ...subject,
    purpose: subject.purpose,
    fields: await fieldsOf(feed.parameters, asked, visit, unclear),
    unclear: unclear !== undefined,
    about: aboutOf(asked, visit),
    changes: undefined,
    sections: [],
    csv: 'text/csv' in feed.answers ? withAsked(url, { format: 'csv', before: undefined }) : undefined,
    json: withAsked(url, { format: 'json' }),
  };
  if (unclear || lacks(feed, asked)) return { ...known, rows: undefined, events: undefined, next: undefined };
  const { answer, context: read } = await visit.feed(feed, asked);
  const body = answer.body as Members;
  const shower = visit.showerOf(read);
  const told = { visit, shower, identity: read.deps.service.log.identity };
  const next = typeof body.next === 'string' ? pageAddress(body.next) : undefined;
  if (feed.url === '/v1/timeline')
    return { ...known, rows: undefined, events: eventsOf(feed, 'items', body, told), next };
  const rows = shower.rowsOf(feed.body, body, apart);
  const sections = rows
    .filter(({ value }) => !isLine(value) && value.is !== 'nothing')
    .map(({ label, value }, i) => ({ title: label, id: `part-${i + 1}`, value }));
  return {
    ...known,
    rows: rows.filter(({ value }) => isLine(value) || value.is === 'nothing'),
    changes: Array.isArray(body.changes)
      ? changesModel(kindOf(asked), body.changes as readonly Change[], shower)
      : undefined,
    sections,
    events: Array.isArray(body.events) ? eventsOf(feed, 'events', body, told) : undefined,
    next,
  };
}
/** Shown by themselves, where there are any. */
const apart: ReadonlySet<string> = new Set(['changes', 'events']);

/** With what events are told. */
interface Told {
  readonly visit: Visit;
  readonly shower: Shower;
  readonly identity: Parameters<typeof readPosition>[0];
}
/** Events that an answer holds by a name. */
function eventsOf(feed: Feed, name: string, body: Members, { visit, shower, identity }: Told): EventModel[] {
  const schema = itemOf(feed, name);
  return (body[name] as readonly Members[]).map((item): EventModel => {
    const show = (member: string): Shown => shower.show(schema[member], item[member], member, item);
    return {
      at: String(item.recordedAt),
      text: visit.issuersNamed(String(item.text)),
      // A refusal is kept with others of a day: it is told with what it was about.
      record: show(item.target === undefined ? 'record' : 'target'),
      by: show('actor'),
      changes: (item.changes as readonly Omit<ChangeModel, 'isLong'>[]).map(({ what, before, after }) =>
        changeModel({ what, before: visit.issuersNamed(before), after: visit.issuersNamed(after) }),
      ),
      reason: said(item.reason),
      effectiveOn: said(item.effectiveOn),
      source: said(item.source),
      entry: readPosition(identity, String(item.position)),
      illustrative: item.illustrative === true,
    };
  });
}
/** Events that a feed answered, as its page tells them. */
export function eventModels(
  feed: Feed,
  items: readonly object[],
  context: QueryContext,
  visit: Visit,
): readonly EventModel[] {
  const { identity } = context.deps.service.log;
  return eventsOf(feed, 'items', { items }, { visit, shower: visit.showerOf(context), identity });
}
const said = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The members of what a feed's answer lists by a name. */
function itemOf(feed: Feed, name: string): Readonly<Record<string, z.core.$ZodType>> {
  const items = feed.body instanceof z.ZodObject ? (feed.body.shape[name] as z.core.$ZodType) : undefined;
  const item = items instanceof z.ZodArray ? items.element : undefined;
  return item instanceof z.ZodObject ? item.shape : {};
}
/** Is something that must be said not said? */
const lacks = (feed: Feed, asked: Query): boolean =>
  Object.entries(feed.parameters.shape).some(
    ([name, schema]) => asked[name] === undefined && !z.safeParse(schema, undefined).success,
  );
const kindOf = ({ record = '' }: Query): string => record.slice(0, record.indexOf('-'));
/** The record that is asked about, by its name. */
function aboutOf({ record }: Query, visit: Visit): string | undefined {
  if (record === undefined) return undefined;
  const cut = record.indexOf('-');
  if (cut < 0) return undefined;
  return visit.names().nameOf(record.slice(0, cut) as 'pool', record.slice(cut + 1)) ?? undefined;
}
