/**
 * An event as every answer tells it: the timeline, the live stream, comparisons, audits and refused commands
 * use these words for these facts. Ids are named for readers who may know the name; a sentence's marks are
 * resolved here (domain/kernel/naming.ts).
 */
import { canSee, type Audience, type Viewer } from '../../domain/shared/access.js';
import { dataFor } from '../../domain/kernel/types.js';
import { entryOf, is, splitStream } from '../../domain/registry.js';
import { withNames, type Nameable } from '../../domain/kernel/naming.js';
import { personId, type PersonState } from '../../domain/person/state.js';
import type { Recorded } from '../../projections/engine/view.js';
import { placeProgress } from '../../projections/place-progress/place-progress.js';
import { register, type RegisterRow } from '../../projections/views/register.js';
import { accessRow, type HttpDeps } from './deps.js';
import type { Addresses } from './links.js';
import type { QueryContext } from './context.js';
import { titleOf } from './titles.js';

/** What names are looked up with: the views, and what the reader may see. */
export type NameResolver = Pick<QueryContext, 'of' | 'seen' | 'viewer'>;
/** Those of a viewer where no query is asked: a stream, a refused command. */
export function nameResolverOf(
  { service: { engine } }: HttpDeps,
  viewer: Viewer,
  addressOf: Addresses = () => null,
): NameResolver & Pick<QueryContext, 'link'> {
  const seen: QueryContext['seen'] = (aggregate, id) => {
    const row = accessRow(engine, aggregate, id);
    return row && canSee(viewer, row) ? row : undefined;
  };
  return {
    viewer,
    of: (view) => engine.queries(view),
    seen,
    link: (aggregate, id) => (seen(aggregate, id) ? addressOf(aggregate, id) : null),
  };
}

const known = new WeakMap<NameResolver, Map<string, string | null>>();
/** The programme of a record that the reader sees: people are called there what it calls them. */
export function homeOf(names: NameResolver, aggregate: string, id: string): string | undefined {
  const row = names.seen(aggregate, id);
  return row && (row.programmeId ?? row.placeProgrammeId);
}

/**
 * What an account is called where this is told: in its programme, or, of what is no programme's, in the
 * reader's own.
 */
export function personFor(
  names: NameResolver,
  account: string,
  home: string | undefined,
): RegisterRow<PersonState> | undefined {
  const homes =
    home === undefined
      ? names.viewer.grants.map((g) => g.programme ?? (g.place && names.viewer.programmeOf(g.place)))
      : [home];
  for (const programmeId of [...homes.filter((x) => x !== undefined), undefined]) {
    const row = names.of(register).one('person', personId(account, programmeId));
    if (row?.state.accountId === account && row.state.programmeId === programmeId) return row;
  }
  return undefined;
}

/**
 * The name of what an id stands for; null where it has none, or none that this reader may see. `home`: the
 * programme in which it is told.
 */
export function nameFor(
  resolver: NameResolver,
  kind: Nameable,
  id: string,
  home: string | undefined,
): string | null {
  let names = known.get(resolver);
  if (!names) known.set(resolver, (names = new Map()));
  const key = `${kind} ${id} ${kind === 'person' ? home : ''}`;
  let name = names.get(key);
  if (name === undefined) names.set(key, (name = lookUp(resolver, kind, id, home)));
  return name;
}
function lookUp(names: NameResolver, kind: Nameable, id: string, home: string | undefined): string | null {
  if (kind === 'place') return names.seen('place', id) ? (names.of(placeProgress).nameOf(id) ?? null) : null;
  if (kind === 'person') {
    const person = personFor(names, id, home);
    return person && names.seen('person', person.id) ? person.state.name : null;
  }
  const [aggregate, own] = kind === 'record' ? splitStream(id) : [kind, id];
  if (!names.seen(aggregate, own)) return null;
  const title = titleOf(names, aggregate, own);
  if (title === own) return null;
  return kind === 'record' ? `“${title}”` : title;
}

/** A sentence, or a deed, with its names, as told in a programme; an id without one stays as it is. */
export const resolveNames = (names: NameResolver, text: string, home: string | undefined): string =>
  withNames(text, (kind, id) => nameFor(names, kind, id, home) ?? id);

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
  name: nameFor(names, 'person', account, home),
  role,
  agencyId,
  agency: agencyId === null ? null : nameFor(names, 'agency', agencyId, home),
  onBehalfOf,
});

/** An event from the log, as told to an audience of its record. */
export function presentEvent(
  context: NameResolver & Pick<QueryContext, 'link'>,
  event: Recorded,
  audience: Audience,
) {
  const entry = entryOf(event);
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
    before: entry.changes?.(data).before ?? null,
    after: entry.changes?.(data).after ?? null,
    illustrative: event.basis?.kind === 'illustrative',
    ...(is(event, 'refusal', 'CommandRefused') ? { target: targetFor(context, event.data.target) } : {}),
  };
}

/** The record that a refused command addressed, where the reader may see it by its words and its address. */
export function targetFor(context: NameResolver & Pick<QueryContext, 'link'>, stream: string) {
  const [aggregate, id] = splitStream(stream);
  const seen = context.seen(aggregate, id) !== undefined;
  return {
    aggregate,
    id,
    title: seen ? titleOf(context, aggregate, id) : null,
    link: seen ? context.link(aggregate, id) : null,
  };
}
