/**
 * From any record both ways along its links: what it rests on, and what rests on it, as far as the reader may
 * see.
 */
import { splitStream } from '../../domain/registry.js';
import { z } from 'zod';
import {
  AggregateName,
  EventType,
  IdShape,
  InstantShape,
  LinkShape,
  Text,
  Version,
  wordsOf,
} from '../query/shapes.js';
import { canSee } from '../../domain/shared/access.js';
import { lineage, type LinkRow } from '../../projections/views/lineage.js';
import { readWithheld } from '../../projections/engine/view.js';
import { feed } from '../query/feed.js';
import type { QueryContext } from '../query/context.js';
import { notThere } from '../server/problem.js';
import { RecordName } from '../query/record-name.js';
import { titleOf } from '../query/titles.js';

/** Links away: three show what a promise rests on, and past ten every record is near every other. */
const [usualDepth, mostDepth] = [3, 10];
const Parameters = z.strictObject({
  record: RecordName.meta({ description: 'A kind and an id, like `pool-durham-housing`: where to begin' }),
  depth: z.coerce
    .number()
    .int('depth must be a whole number')
    .min(1, 'depth must be 1 or more')
    .max(mostDepth, `depth must be ${mostDepth} or less`)
    .default(usualDepth)
    .meta({ description: 'How many links away at most' }),
});
/** Records shown at most, the nearest first. */
const mostRecords = 200;

/**
 * `back`: what the record rests on; `forth`: what rests on it. A promise and what it answers may each rest on
 * the other.
 */
type Way = 'back' | 'forth';

/** Links of a record that the reader may see: both records, and the event that says it. */
function visible(context: QueryContext, links: readonly LinkRow[]): LinkRow[] {
  return links.filter((row) => {
    const source = context.seen(...splitStream(row.source));
    return (
      source &&
      context.seen(...splitStream(row.target)) &&
      canSee(context.viewer, source, { version: row.version, private: readWithheld(row.private) })
    );
  });
}

const LinkKinds = wordsOf<LinkRow['kind']>({
  because: true,
  from: true,
  'decided-by': true,
  authorises: true,
  'refers-to': true,
  replaces: true,
  'depends-on': true,
  money: true,
  includes: true,
  'merged-into': true,
  'carried-by': true,
  'waived-by': true,
});
const LinkEnd = z
  .string()
  .meta({ id: 'LinkEnd', description: 'A record by its kind and id, as `records` has it' });
const Body = z
  .strictObject({
    record: z.string(),
    records: z.array(
      z.strictObject({
        record: z.string().meta({ description: 'Its kind and id, as the links name it' }),
        aggregate: AggregateName,
        id: IdShape,
        title: Text,
        ways: z
          .array(z.enum(['back', 'forth']))
          .meta({ description: '`back`: what the record rests on; `forth`: what rests on it' }),
        distance: z.int().meta({ description: 'How many links away, by the shortest way' }),
        link: LinkShape,
      }),
    ),
    links: z.array(
      z.strictObject({
        from: LinkEnd,
        kind: LinkKinds,
        to: LinkEnd,
        by: z.strictObject({ type: EventType, version: Version, recordedAt: InstantShape }),
      }),
    ),
    truncated: z.boolean().meta({ description: 'There are more records than are shown' }),
  })
  .meta({ id: 'Lineage' });

export const lineageFeed = feed({
  title: 'From a record both ways along because-of, from and money links',
  url: '/v1/lineage',
  parameters: Parameters,
  answers: {
    'application/json': { record: 'commitment-one-assessment', records: [], links: [], truncated: false },
  },
  body: Body,
  refuses: [404, 406],
  run({ record, depth }, context) {
    if (!context.asked(...splitStream(record))) throw notThere();
    const q = context.of(lineage);
    const found = new Map<string, { ways: Set<Way>; distance: number }>([
      [record, { ways: new Set(), distance: 0 }],
    ]);
    const links = new Map<string, LinkRow>();
    let truncated = false;
    for (const way of ['back', 'forth'] as const) {
      const reached = new Set([record]);
      let edge = [record];
      for (let distance = 1; distance <= depth && edge.length > 0; distance++) {
        const next: string[] = [];
        for (const stream of edge)
          for (const l of visible(context, way === 'back' ? q.from(stream) : q.to(stream))) {
            const other = way === 'back' ? l.target : l.source;
            if (!found.has(other) && found.size >= mostRecords) {
              truncated = true;
              continue;
            }
            // The first event that says it stands for all that repeat it.
            const name = `${l.source} ${l.kind} ${l.target}`;
            if (!links.has(name)) links.set(name, l);
            if (reached.has(other)) continue;
            reached.add(other);
            next.push(other);
            const known = found.get(other);
            if (known) known.ways.add(way);
            else found.set(other, { ways: new Set([way]), distance });
          }
        edge = next;
      }
    }
    const body = {
      record,
      records: [...found].map(([stream, { ways, distance }]) => {
        const [aggregate, id] = splitStream(stream);
        return {
          record: stream,
          aggregate,
          id,
          title: titleOf(context, aggregate, id),
          ways: [...ways],
          distance,
          link: context.link(aggregate, id),
        };
      }),
      links: [...links.values()]
        .sort((a, b) => a.position - b.position)
        .map((row) => ({
          from: row.source,
          kind: row.kind,
          to: row.target,
          by: { type: row.type, version: row.version, recordedAt: row.recordedAt },
        })),
      truncated,
    };
    return { type: 'application/json; charset=utf-8', body };
  },
});
