/** The timeline: what happened, in plain words, newest first; refusals too, for those who audit them. */
import { z } from 'zod';
import { audienceIn, isOpenTo } from '../../domain/shared/access.js';
import { aggregates, splitStream } from '../../domain/registry.js';
import { AccountId } from '../../domain/shared/values.js';
import { access, type AccessRow } from '../../projections/views/access.js';
import { readWithheld } from '../../projections/engine/view.js';
import { refusals } from '../../projections/views/refusals.js';
import { timeline, toldTo, type TimelineRow, type Wording } from '../../projections/views/timeline.js';
import {
  actorColumns,
  csvHeaders,
  csvText,
  recordColumn,
  recordVersionColumn,
  words,
  type ColumnOf,
} from '../query/csv.js';
import { untold } from '../query/why-null.js';
import { feed } from '../query/feed.js';
import { longestToken, positionToken, readPosition } from '../query/position.js';
import type { QueryContext } from '../query/context.js';
import { parameter } from '../query/parameters.js';
import { DayShape, IdShape, Text, ToldShape } from '../query/shapes.js';
import type { AnswerOf } from '../query/declare.js';
import { waitForPosition } from '../query/await-consistency.js';
import { RecordName } from '../query/record-name.js';
import { seesRefusal } from '../query/refusal-sight.js';
import { actorFor, changesFor, homeOf, resolveNames, targetFor } from '../query/present-event.js';

const kinds = aggregates.map((a) => a.name) as [string, ...string[]];
/** Of what no record of people's work is made: sign-ins, the clock, days that closed, refusals. */
const housekeeping = aggregates.filter((a) => a.machinery).map((a) => a.name);
const types = [...new Set(aggregates.flatMap((a) => Object.keys(a.events)))].sort() as [string, ...string[]];

const Parameters = z.strictObject({
  placeId: parameter.placeId,
  account: AccountId.optional().meta({ description: 'By this account alone' }),
  kind: z
    .enum(kinds, { error: `kind must be one of ${kinds.join(', ')}` })
    .optional()
    .meta({ description: 'Of records of this kind alone' }),
  type: z
    .enum(types, { error: 'type must be the name of an event, like PledgeMade' })
    .optional()
    .meta({ description: 'Events of this name alone' }),
  record: RecordName.optional().meta({
    description: 'Of this record alone: a kind and an id, like `pool-durham-housing`',
  }),
  without: z.enum(['housekeeping']).optional().meta({
    description:
      'Without what the service keeps for itself: sign-ins, its clock, days that closed, refused commands',
  }),
  from: parameter.from,
  to: parameter.to,
  limit: parameter.limit,
  before: z
    .string()
    .max(longestToken)
    .optional()
    .meta({ description: 'Recorded before this position, as `next` of the page before has it' }),
  format: parameter.format,
});
/** An event in plain words. */
const Item = ToldShape.extend({
  effectiveOn: DayShape.nullable().meta({
    description: 'From when it holds, where that was said; else null: from the day it was recorded',
  }),
  placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
  reason: Text.nullable().meta({ description: 'In the words given with it; null where none are' }),
  basis: z
    .enum(['sourced', 'illustrative'])
    .nullable()
    .meta({ description: 'Whether it stands in a source or was filled in; null where that is not said' }),
  source: Text.nullable().meta({ description: 'Where it was taken from; null where that is not said' }),
  commandId: z.string(),
}).meta({ id: 'TimelineItem' });
type Item = AnswerOf<typeof Item>;
const names: readonly ColumnOf<Item>[] = [
  'position',
  'recordedAt',
  'effectiveOn',
  'type',
  recordColumn,
  recordVersionColumn,
  'placeId',
  ...actorColumns,
  'text',
  ['changed', (e) => words(e.changes.map(({ what }) => what))],
  'before',
  'after',
  'reason',
  'basis',
  'source',
  'commandId',
  'link',
  ['target', (e) => e.target && `${e.target.aggregate}-${e.target.id}`],
  ['targetTitle', (e) => (e.target?.title === null ? untold.withheld : e.target?.title)],
  ['targetLink', (e) => e.target?.link],
];
const columns = { columns: names, version: 2, row: Item };
const pageSize = 200;
/** Rows looked at for one answer: a reader who sees little gets a short page and goes on from there. */
const mostPages = 10;

/** What a row says to the reader, undefined where they do not see it; each record's access looked up once. */
function sieve(context: QueryContext): (e: TimelineRow) => Wording | undefined {
  const records = context.of(access);
  const known = new Map<string, AccessRow | undefined>();
  return (logged) => {
    if (!known.has(logged.stream))
      known.set(logged.stream, records.record(logged.aggregate, logged.recordId));
    const row = known.get(logged.stream);
    if (!row) return undefined;
    if (logged.aggregate === 'refusal') {
      const refused = context.of(refusals).one(logged.position);
      return refused && seesRefusal(context.deps.service.engine, context.viewer, refused)
        ? toldTo(logged, row, 'members')
        : undefined;
    }
    const audience = audienceIn(context.viewer, row);
    return isOpenTo(row, audience, { version: logged.version, private: readWithheld(logged.private) })
      ? toldTo(logged, row, audience)
      : undefined;
  };
}

/**
 * May a record's events be among what the reader sees? A day's refusals stand together and are looked at one
 * by one.
 */
function mayBe(context: QueryContext, stream: string): boolean {
  const [aggregate, id] = splitStream(stream);
  return aggregate === 'refusal'
    ? context.viewer.grants.some((g) => g.role === 'auditor')
    : context.asked(aggregate, id) !== undefined;
}

function item(context: QueryContext, row: TimelineRow, said: Wording): Item {
  const refused = row.type === 'CommandRefused' ? context.of(refusals).one(row.position) : undefined;
  const home = homeOf(
    context,
    ...(refused ? splitStream(refused.target) : ([row.aggregate, row.recordId] as const)),
  );
  return {
    position: positionToken(context.deps.service.log.identity, row.position),
    recordedAt: row.recordedAt,
    effectiveOn: row.effectiveOn,
    type: row.type,
    record: { aggregate: row.aggregate, id: row.recordId, version: row.version },
    link: context.link(row.aggregate, row.recordId),
    placeId: row.placeId,
    actor: actorFor(context, row, home),
    text: resolveNames(context, said.text, home),
    ...changesFor(context, said.changes, home),
    reason: said.reason,
    basis: row.basis,
    source: row.source,
    illustrative: row.basis === 'illustrative',
    commandId: row.commandId,
    ...(refused ? { target: targetFor(context, refused.target) } : {}),
  };
}

/** What is asked: pages from a position on, and who sees a row of them. */
async function question(
  { placeId, account, kind, type, record, without, from, to, before }: z.output<typeof Parameters>,
  context: QueryContext,
) {
  const { service } = context.deps;
  const position = before ? readPosition(service.log.identity, before) : Number.MAX_SAFE_INTEGER;
  if (before && position > service.position()) await waitForPosition(service, position);
  const { page } = context.of(timeline);
  const filter = {
    placeId,
    account,
    aggregate: kind,
    type,
    record,
    from,
    to,
    ...(without ? { without: housekeeping } : {}),
  };
  return {
    page: (after: number) => page(filter, after, pageSize),
    visible: sieve(context),
    position,
    // A record that is not open is not looked for: it answers, in as long, what an unknown one does.
    more: record === undefined || mayBe(context, record),
  };
}

export const timelineFeed = feed({
  title: 'Every event in plain words',
  url: '/v1/timeline',
  parameters: Parameters,
  renamed: { place: 'placeId', actor: 'account' },
  body: z.strictObject({
    items: z.array(Item),
    next: z.string().nullable().meta({ description: 'The address of the next page' }),
  }),
  answers: { 'application/json': { items: [], next: null }, 'text/csv': '' },
  csv: columns,
  async *whole(query, context) {
    const { page, visible, ...asked } = await question(query, context);
    for (let { position, more } = asked; more;) {
      const rows = page(position);
      more = rows.length === pageSize;
      position = rows.at(-1)?.position ?? position;
      yield rows.flatMap((row) => {
        const said = visible(row);
        return said ? [item(context, row, said)] : [];
      });
    }
  },
  async run(query, context, requested, csv) {
    const { limit } = query;
    const { identity } = context.deps.service.log;
    const { page, visible, ...asked } = await question(query, context);
    let { position, more } = asked;
    const items: Item[] = [];
    for (let n = 0; n < mostPages && more && items.length < limit; n++) {
      const rows = page(position);
      more = rows.length === pageSize;
      for (const e of rows) {
        if (items.length === limit) {
          more = true;
          break;
        }
        position = e.position;
        const said = visible(e);
        if (said) items.push(item(context, e, said));
      }
    }
    const next = more ? positionToken(identity, position) : null;
    const url = new URL(requested, 'http://local');
    if (next) url.searchParams.set('before', next);
    const headers: Record<string, string> = next
      ? { link: `<${url.pathname}${url.search}>; rel="next"` }
      : {};
    if (csv) {
      return {
        type: 'text/csv; charset=utf-8',
        body: csvText(columns, items, context.deps),
        headers: { ...headers, ...csvHeaders('timeline', columns.version) },
      };
    }
    return { type: 'application/json; charset=utf-8', body: { items, next }, headers };
  },
});
