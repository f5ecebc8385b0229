/**
 * The events that the past of several records is made of (docs/adr/0036): those of the records asked about up
 * to an instant, and of whatever these name. Who is named stands by its id somewhere in an event, so whom
 * else to read is found by reading.
 */
import { personId } from '../../domain/person/state.js';
import { aggregates, splitStream } from '../../domain/registry.js';
import { accountForm } from '../../domain/shared/patterns.js';
import type { Recorded } from '../../projections/engine/view.js';
import { access } from '../../projections/views/access.js';
import { timeline } from '../../projections/views/timeline.js';
import { Problem } from '../server/problem.js';
import { prefix, recordedBy } from './as-at.js';
import type { QueryContext } from './context.js';

/** Records that say of themselves alone what they are called and whose they are. */
const directory: ReadonlySet<string> = new Set(['agency', 'fundingstream', 'place', 'programme', 'person']);
/** Every other kind of which a record has an access row; nobody is named by the record of an account. */
const others = aggregates.flatMap(({ name, machinery }) =>
  machinery || directory.has(name) || name === 'account' || name === 'session' ? [] : [name],
);
const isId = new RegExp(`^${accountForm}$`);

/** The texts of a value that may be ids; parts may be kept by the ids of others. */
function* idsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (isId.test(value)) yield value;
  } else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) {
      if (isId.test(key)) yield key;
      yield* idsIn(member);
    }
}

/** What is to be read for an answer about the past. */
export interface PastOf {
  /** Which past it is: the same under the same name, whoever reads. */
  readonly name: string;
  /** Streams of the records that the answer is made of, whether they are still among them or not. */
  readonly records: Iterable<string>;
  /** Streams that it names beside these; and those that it names beside one of them. */
  readonly beside?: Iterable<string>;
  besideOf?(stream: string): readonly string[];
  /** Ids that it names, of whatever kind. */
  readonly named?: Iterable<string>;
}

/** Records whose past is read for one answer at most: about as many as a programme has a day's work in. */
export const mostRecords = 2000;

/** The records of a past that were there by then; a 422 where they are too many. */
export async function recordsIn(
  context: QueryContext,
  { records }: PastOf,
  instant: string,
): Promise<readonly string[]> {
  const { versionRecordedAt } = context.of(timeline);
  const then: string[] = [];
  await context.deps.slices.each(new Set(records), (stream) => {
    const first = versionRecordedAt(stream, 1);
    if (first !== undefined && first <= instant) then.push(stream);
  });
  if (then.length > mostRecords)
    throw new Problem(
      422,
      'TOO_MANY_RECORDS',
      `What stood then is read from the events of ${then.length} records, and of ${mostRecords} at most. ` +
        'Ask for less: one place, one kind of list, or a single record with asAt.',
    );
  return then;
}

/** How much of what a stream names is read as well. */
type Depth = 'everything' | 'directory' | 'nothing';
/** Streams that are read at once. */
const together = 8;

/** The events of a past, in the order of the log. */
export async function eventsOf(
  context: QueryContext,
  past: PastOf,
  records: readonly string[],
  instant: string,
): Promise<readonly Recorded[]> {
  const rows = context.of(access);
  const until = recordedBy(instant);
  const found = new Set(records);
  const queue: [stream: string, depth: Depth][] = records.map((stream) => [stream, 'everything']);
  const programmes = new Set(
    records.flatMap((stream) => {
      const row = rows.ofStream(stream);
      return row?.programmeId ?? row?.placeProgrammeId ?? [];
    }),
  );
  const add = (stream: string): void => {
    if (found.has(stream) || !rows.has(stream)) return;
    found.add(stream);
    const [kind, id] = splitStream(stream);
    // A programme names every place that it has, whoever asks about one.
    const reads = !directory.has(kind) || kind === 'place' ? 'directory' : 'nothing';
    queue.push([stream, reads]);
    // Who sits for a place, and whose it is.
    if (kind !== 'place') return;
    add(`collaborative-${id}`);
    const { programmeId } = rows.ofStream(stream) ?? {};
    if (programmeId !== undefined) add(`programme-${programmeId}`);
  };
  const looked = new Map<string, Depth>();
  const name = (id: string, depth: Depth): void => {
    if (depth === 'nothing' || looked.get(id) === 'everything' || looked.get(id) === depth) return;
    looked.set(id, depth);
    for (const kind of ['agency', 'fundingstream', 'place', 'programme']) add(`${kind}-${id}`);
    for (const programme of [...programmes, undefined]) add(`person-${personId(id, programme)}`);
    if (depth === 'directory') return;
    add(id);
    for (const kind of others) add(`${kind}-${id}`);
  };
  for (const stream of past.beside ?? []) add(stream);
  await context.deps.slices.each(records, (stream) => past.besideOf?.(stream).forEach(add));
  for (const id of past.named ?? []) name(id, 'everything');
  const events: Recorded[] = [];
  for (let at = 0; at < queue.length;) {
    // The queue grows meanwhile.
    const several = queue.slice(at, at + together);
    at += several.length;
    const read = await Promise.all(several.map(([stream]) => prefix(context, stream, until)));
    for (const [i, [, depth]] of several.entries())
      for (const event of read[i] ?? []) {
        events.push(event);
        name(event.recordId, depth);
        for (const id of idsIn([event.data, event.actor])) name(id, depth);
      }
  }
  return events.sort((one, other) => one.position - other.position);
}
