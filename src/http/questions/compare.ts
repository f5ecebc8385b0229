/**
 * What changed in a record between two moments: field, then, now, and the events between, each as its reader
 * may see it.
 */
import { splitStream } from '../../domain/registry.js';
import { z } from 'zod';
import { InstantShape, RecordShape, Text, ToldShape, Version } from '../query/shapes.js';
import { canSee } from '../../domain/shared/access.js';
import type { Recorded } from '../../projections/engine/view.js';
import { decode } from '../../projections/engine/engine.js';
import { AsAt, asAt, notYet } from '../query/as-at.js';
import { feed, type Feed } from '../query/feed.js';
import { positionToken } from '../query/position.js';
import { Problem, notThere } from '../server/problem.js';
import { RecordName } from '../query/record-name.js';
import { bodyOf } from '../query/answer.js';
import type { QueryContext } from '../query/context.js';
import { type Query, type RecordQuery, queriesByKind, type AnswerOf } from '../query/declare.js';
import { streamEvents } from '../query/stream-events.js';
import { presentEvent } from '../query/present-event.js';
import { namesFor, toldOf } from '../words/names.js';
import { Shower } from '../words/shown.js';
import { changesBetween, ComparedValue } from './compare-leaves.js';
import { changeInWords } from './compare-words.js';

const Parameters = z.strictObject({
  record: RecordName.meta({ description: 'A kind and an id, like `pool-durham-housing`' }),
  from: AsAt.meta({ description: 'The earlier moment: the end of a day, or an instant' }),
  to: AsAt.optional().meta({ description: 'The later one; now, where none is given' }),
});

/** The record at one of the two moments. */
const ComparedMoment = z
  .strictObject({
    asAt: InstantShape,
    version: Version.nullable().meta({ description: 'Null where it was not there for you' }),
    code: z.string().optional(),
    text: Text.optional(),
  })
  .meta({ id: 'ComparedMoment' });
const Body = z
  .strictObject({
    record: RecordShape,
    from: ComparedMoment,
    to: ComparedMoment,
    changes: z.array(
      z.strictObject({
        field: z.string().meta({
          description:
            'JSON Pointer into the answer about the record; members of lists by what tells them apart',
        }),
        then: ComparedValue,
        now: ComparedValue,
        text: Text.meta({
          description: 'The same in words: what it is called, and how it changed',
        }),
      }),
    ),
    events: z.array(ToldShape),
  })
  .meta({ id: 'Comparison' });

interface RecordThen {
  readonly body?: unknown;
  readonly version: number | null;
  /** That it did not exist then, where the reader may be told. */
  readonly code?: string;
  readonly text?: string;
}
/** The answer at an instant and the version it was made of; neither where there was none for this reader. */
async function recordAt(
  question: RecordQuery,
  given: QueryContext,
  id: string,
  instant: string,
): Promise<RecordThen> {
  try {
    const then = await asAt(question, given, id, instant);
    return { body: bodyOf(await question.answer({ id }, then)), version: then.version };
  } catch (error) {
    if (error instanceof Problem && error.status === 404)
      return { version: null, ...(error.code === notYet.code ? notYet : {}) };
    throw error;
  }
}

const withoutBody = ({ body: _, ...rest }: RecordThen): Omit<RecordThen, 'body'> => rest;

/** Compares what the queries of one record answer. */
export function compareFeed(queries: readonly Query[]): Feed {
  const byKind = queriesByKind(queries);
  return feed({
    title: 'What changed in a record between two moments',
    url: '/v1/compare',
    parameters: Parameters,
    answers: {
      'application/json': {
        record: { aggregate: 'pool', id: 'durham-housing' },
        from: {},
        to: {},
        changes: [{ field: '/status', then: 'agreed', now: 'open', text: 'Status: agreed, then open' }],
        events: [],
      },
    },
    body: Body,
    refuses: [404, 406],
    async run({ record, from, to: until }, context) {
      const to = until ?? context.now;
      const [kind, id] = splitStream(record);
      const q = byKind.get(kind);
      if (!q) {
        const meant = [...byKind.keys()].find((k) => context.asked(k, record));
        throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
          errors: [
            {
              path: '/record',
              message:
                'record must begin with a kind that can be read, like ' +
                `${meant ?? 'pool'}-${meant ? record : 'durham-housing'}: ` +
                `${[...byKind.keys()].join(', ')}`,
            },
          ],
        });
      }
      if (from > to || to > context.now) {
        const errors =
          from > to
            ? [{ path: '/from', message: 'from must not be later than the moment it is compared with' }]
            : [
                {
                  path: '/to',
                  message: `Enter a time until ${context.now}, a day that is over, or nothing for now`,
                },
              ];
        throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', { errors });
      }
      const access = context.asked(kind, id);
      if (!access) throw notThere();
      const before = await recordAt(q, context, id, from);
      const after = await recordAt(q, context, id, to);
      if (after.code) throw new Problem(404, notYet.code, notYet.text);
      if (after.version === null) throw notThere();
      const names = namesFor(context, toldOf(kind, id, access), (link) => link);
      const shower = new Shower(names);
      const changes = changesBetween(before.body ?? {}, after.body).map((change) => ({
        field: change.field,
        then: change.then?.value ?? null,
        now: change.now?.value ?? null,
        text: changeInWords(q.body, change, [before.body, after.body], shower),
      }));
      const events: AnswerOf<typeof ToldShape>[] = [];
      for await (const logged of streamEvents(context.deps, record)) {
        const e: Recorded = decode(logged);
        if (e.recordedAt > from && e.recordedAt <= to && canSee(context.viewer, access, e))
          events.push({
            position: positionToken(context.deps.service.log.identity, e.position),
            ...presentEvent(context, e, access),
          });
      }
      const told = {
        record: { aggregate: kind, id },
        from: { asAt: from, ...withoutBody(before) },
        changes,
        events,
      };
      return {
        type: 'application/json; charset=utf-8',
        body: { ...told, to: { asAt: to, ...withoutBody(after) } },
        // Asked up to now, it is another instant each time, and mostly nothing else.
        ...(until === undefined ? { told: { ...told, to: withoutBody(after) } } : {}),
      };
    },
  });
}
