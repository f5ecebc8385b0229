/**
 * An event as every answer tells it: the timeline, the live stream, comparisons, audits and refused commands use these words for these
 * facts. Ids are named for readers who may know the name; a sentence's marks are resolved here (domain/kernel/naming.ts).
 */
import { canSee, type Audience, type Viewer } from '../../domain/shared/access.js';
import { dataFor } from '../../domain/kernel/types.js';
import { aggregateNamed, is, splitStream } from '../../domain/registry.js';
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
export function homeOf(r: NameResolver, aggregate: string, id: string): string | undefined {
  const row = r.seen(aggregate, id);
  return row && (row.programmeId ?? row.placeProgrammeId);
}

/** What an account is called where this is told: in its programme, or, of what is no programme's, in the reader's own. */
export function personFor(
  r: NameResolver,
  account: string,
  home: string | undefined,
): RegisterRow<PersonState> | undefined {
  const homes =
    home === undefined
      ? r.viewer.grants.map((g) => g.programme ?? (g.place && r.viewer.programmeOf(g.place)))
      : [home];
  for (const programmeId of [...homes.filter((x) => x !== undefined), undefined]) {
    const row = r.of(register).one('person', personId(account, programmeId));
    if (row?.state.accountId === account && row.state.programmeId === programmeId) return row;
  }
  return undefined;
}

/** The name of what an id stands for; null where it has none, or none that this reader may see. `home`: the programme in which it is told. */
export function nameFor(
  r: NameResolver,
  kind: Nameable,
  id: string,
  home: string | undefined,
): string | null {
  let names = known.get(r);
  if (!names) known.set(r, (names = new Map()));
  const key = `${kind} ${id} ${kind === 'person' ? home : ''}`;
  let name = names.get(key);
  if (name === undefined) names.set(key, (name = lookUp(r, kind, id, home)));
  return name;
}
function lookUp(r: NameResolver, kind: Nameable, id: string, home: string | undefined): string | null {
  if (kind === 'place') return r.seen('place', id) ? (r.of(placeProgress).nameOf(id) ?? null) : null;
  if (kind === 'person') {
    const person = personFor(r, id, home);
    return person && r.seen('person', person.id) ? person.state.name : null;
  }
  const [aggregate, own] = kind === 'record' ? splitStream(id) : [kind, id];
  if (!r.seen(aggregate, own)) return null;
  const title = titleOf(r, aggregate, own);
  return title === own ? null : kind === 'record' ? `“${title}”` : title;
}

/** A sentence, or a deed, with its names, as told in a programme; an id without one stays as it is. */
export const resolveNames = (r: NameResolver, text: string, home: string | undefined): string =>
  withNames(text, (kind, id) => nameFor(r, kind, id, home) ?? id);

interface Hand {
  readonly account: string;
  readonly role: string;
  readonly agencyId?: string | null | undefined;
  readonly onBehalfOf?: string | null | undefined;
}
/** Who acted, by id and by the name they have in a programme. */
export const actorFor = (
  r: NameResolver,
  { account, role, agencyId = null, onBehalfOf = null }: Hand,
  home: string | undefined,
) => ({
  account,
  name: nameFor(r, 'person', account, home),
  role,
  agencyId,
  agency: agencyId === null ? null : nameFor(r, 'agency', agencyId, home),
  onBehalfOf,
});

/** An event from the log, as told to an audience of its record. */
export function presentEvent(r: NameResolver & Pick<QueryContext, 'link'>, e: Recorded, audience: Audience) {
  const entry = aggregateNamed(e.aggregate).events[e.type]!;
  const data = dataFor(entry, e.data, audience);
  const { agency, ...actor } = e.actor;
  const home = is(e, 'refusal', 'CommandRefused')
    ? homeOf(r, ...splitStream(e.data.target))
    : homeOf(r, e.aggregate, e.recordId);
  return {
    recordedAt: e.recordedAt,
    type: e.type,
    record: { aggregate: e.aggregate, id: e.recordId, version: e.version },
    link: r.link(e.aggregate, e.recordId),
    actor: actorFor(r, { ...actor, agencyId: agency }, home),
    text: resolveNames(r, entry.describe(data, e), home),
    before: entry.changes?.(data).before ?? null,
    after: entry.changes?.(data).after ?? null,
    illustrative: e.basis?.kind === 'illustrative',
    ...(is(e, 'refusal', 'CommandRefused') ? { target: targetFor(r, e.data.target) } : {}),
  };
}

/** The record that a refused command addressed, where the reader may see it by its words and its address. */
export function targetFor(r: NameResolver & Pick<QueryContext, 'link'>, stream: string) {
  const [aggregate, id] = splitStream(stream);
  const seen = r.seen(aggregate, id) !== undefined;
  return {
    aggregate,
    id,
    title: seen ? titleOf(r, aggregate, id) : null,
    link: seen ? r.link(aggregate, id) : null,
  };
}
