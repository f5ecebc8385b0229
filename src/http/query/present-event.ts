/**
 * An event as every answer tells it: the timeline, the live stream, comparisons, audits and refused commands
 * use these words for these facts. Ids are named for readers who may know the name; a sentence's marks are
 * resolved here (domain/kernel/naming.ts).
 */
import { audienceIn } from '../../domain/shared/access.js';
import { dataFor } from '../../domain/kernel/types.js';
import { entryOf, is, splitStream } from '../../domain/registry.js';
import { withNames } from '../../domain/kernel/naming.js';
import type { Recorded } from '../../projections/engine/view.js';
import type { NameResolver } from './name-resolver.js';
import { timeline, toldTo, type Wording } from '../../projections/views/timeline.js';
import type { AccessRow } from '../../projections/views/access.js';
import { titleOf } from './titles.js';

/** The programme of a record that the reader sees: people are called there what it calls them. */
export function homeOf(names: NameResolver, aggregate: string, id: string): string | undefined {
  const row = names.seen(aggregate, id);
  return row && (row.programmeId ?? row.placeProgrammeId);
}

/** A sentence, or a deed, with its names, as told in a programme; an id without one stays as it is. */
export const resolveNames = (names: NameResolver, text: string, home: string | undefined): string =>
  withNames(text, (kind, id) => names.nameFor(kind, id, home) ?? id);

interface Hand {
  readonly account: string;
  readonly role: string;
  readonly agencyId?: string | null | undefined;
  readonly onBehalfOf?: string | null | undefined;
}
/** Who acted, by id and by the name they have in a programme. */
export const actorFor = (
  names: NameResolver,
  { account, role, agencyId = null, onBehalfOf = null }: Hand,
  home: string | undefined,
) => ({
  account,
  name: names.nameFor('person', account, home),
  role,
  agencyId,
  agency: agencyId === null ? null : names.nameFor('agency', agencyId, home),
  onBehalfOf,
});

/** What an event replaced: each value, and all of them as one text before and one after. */
export function changesFor(names: NameResolver, replaced: Wording['changes'], home: string | undefined) {
  const changes = replaced.map(({ what, before, after }) => ({
    what: resolveNames(names, what, home),
    before: resolveNames(names, before, home),
    after: resolveNames(names, after, home),
  }));
  const asOne = (side: 'before' | 'after'): string | null => {
    if (changes.length < 2) return changes[0]?.[side] ?? null;
    return changes.map((change) => `${change.what}: ${change[side]}`).join('; ');
  };
  return { before: asOne('before'), after: asOne('after'), changes };
}

/** An event from the log, as told to a reader of its record. */
export function presentEvent(context: NameResolver, event: Recorded, record: AccessRow) {
  const audience = audienceIn(context.viewer, record);
  const entry = entryOf(event);
  const row = context.of(timeline).one(event.position);
  const changes = row ? toldTo(row, record, audience).changes : [];
  const data = dataFor(entry, event.data, audience);
  const { agency, ...actor } = event.actor;
  const home = is(event, 'refusal', 'CommandRefused')
    ? homeOf(context, ...splitStream(event.data.target))
    : homeOf(context, event.aggregate, event.recordId);
  return {
    recordedAt: event.recordedAt,
    type: event.type,
    record: { aggregate: event.aggregate, id: event.recordId, version: event.version },
    link: context.link(event.aggregate, event.recordId),
    actor: actorFor(context, { ...actor, agencyId: agency }, home),
    text: resolveNames(context, entry.describe(data, event), home),
    ...changesFor(context, changes, home),
    illustrative: event.basis?.kind === 'illustrative',
    ...(is(event, 'refusal', 'CommandRefused') ? { target: targetFor(context, event.data.target) } : {}),
  };
}

/** The record that a refused command addressed, where the reader may see it by its words and its address. */
export function targetFor(context: NameResolver, stream: string) {
  const [aggregate, id] = splitStream(stream);
  const seen = context.seen(aggregate, id) !== undefined;
  return {
    aggregate,
    id,
    title: seen ? titleOf(context, aggregate, id) : null,
    link: seen ? context.link(aggregate, id) : null,
  };
}
