/**
 * Programmes, places, collaboratives, agencies, people and funding streams: the register of who and where.
 */
import { is } from '../../domain/registry.js';
import { z } from 'zod';
import type { ProgrammeState } from '../../domain/programme/state.js';
import { Sector } from '../../domain/shared/values.js';
import { audienceIn } from '../../domain/shared/access.js';
import { publicly } from '../../domain/programme/state.js';
import type { Key } from '../../projections/engine/walk.js';
import { Past } from '../../projections/views/past.js';
import { register } from '../../projections/views/register.js';
import { placeSummary } from './place-profile.js';
import type { QueryContext } from '../query/context.js';
import { named } from '../query/named.js';
import { parameter } from '../query/parameters.js';
import { list, record, type Query, type RowOf } from '../query/declare.js';
import { isFailed, rowOf } from '../query/rows.js';
import {
  Agency,
  AgencyRow,
  Collaborative,
  FundingStream,
  FundingStreamRow,
  Person,
  PersonRow,
  Place,
  PlaceKind,
  PlaceRow,
  Programme,
  ProgrammeRow,
} from './registers-shape.js';
import { along, inView, fromRegister, lineageOf, pastFor, shown, visibleIds, whole } from './shared.js';

/** Whose a place is, its own record says: a programme may name one that another was first to open. */
const isPlaceOf = (context: QueryContext, programmeId: string, placeId: string): boolean =>
  context.seen('place', placeId)?.programmeId === programmeId;

/** A programme that the reader sees is one: it begins with its definition. */
const programmeOf = (context: QueryContext, id: string) =>
  inView(shown(inView(context.of(register).one('programme', id))));

export const programmes: Query[] = [
  list({
    title: 'Programmes',
    url: '/v1/programmes',
    sorts: ['id', 'name'],
    columns: ['id', 'name', 'kind', 'status', 'startOn', 'endOn', 'failed'],
    query: z.object({ q: parameter.q }),
    // Few by their nature.
    row: ProgrammeRow,
    sources: ({ q }, context, key) =>
      whole(
        key,
        visibleIds(context, 'programme')
          .filter(named(context, 'programme', q))
          .map((id) =>
            rowOf(context, { id }, () => {
              const { version, name, kind, status, startOn, endOn, illustrative } = programmeOf(context, id);
              return { id, version, name, kind, status, startOn, endOn, illustrative };
            }),
          ),
      ),
  }),
  record({
    title: 'A programme with its calendar, rounds and steps',
    url: '/v1/programmes/:id',
    of: 'programme',
    body: Programme,
    answer: (query, context) => {
      const audience = audienceIn(context.viewer, context.visible('programme', query.id));
      const body = (programme: { readonly id: string; readonly state: ProgrammeState }) => {
        const told = audience === 'public' ? publicly(programme.state) : programme.state;
        return {
          rounds: Object.fromEntries(
            Object.entries(told.rounds).map(([key, { no, ...round }]) => [key, { roundNo: no, ...round }]),
          ),
          places: Object.fromEntries(
            Object.entries(told.places).filter(([id]) => isPlaceOf(context, programme.id, id)),
          ),
          templates: Object.fromEntries(
            Object.entries(programme.state.templates).map(([kinds, { version, ...t }]) => [
              kinds,
              { templateVersion: version, ...t },
            ]),
          ),
        };
      };
      return { ...fromRegister(context, 'programme', query.id, body), tag: audience };
    },
  }),
];

/** The places of a programme that are asked for. */
function placesOf(
  query: {
    readonly kind?: string | undefined;
    readonly gssCode?: string | undefined;
    readonly q?: string | undefined;
  },
  context: QueryContext,
  programmeId: string,
): RowOf<typeof PlaceRow>[] {
  const p = inView(context.of(register).one('programme', programmeId));
  return Object.keys(p.state.places)
    .filter((id) => isPlaceOf(context, p.id, id))
    .filter(named(context, 'place', query.q))
    .map((id) => rowOf(context, { id, programmeId }, () => placeSummary(context, p, id)))
    .filter(
      (other) =>
        isFailed(other) ||
        ((!query.kind || other.kind === query.kind) &&
          (!query.gssCode || other.areas.some((a) => a.code === query.gssCode))),
    );
}

export const places: Query[] = [
  list({
    title: 'Places',
    url: '/v1/places',
    sorts: ['id', 'name', 'kind', 'region'],
    columns: [
      'id',
      'programmeId',
      'name',
      'kind',
      'region',
      'status',
      'population',
      'illustrative',
      'failed',
    ],
    query: z.object({
      q: parameter.q,
      programmeId: parameter.programmeId,
      kind: PlaceKind.optional().meta({ description: 'Of this kind alone' }),
      gssCode: z.string().optional().meta({ description: 'With this area code, a GSS code, today' }),
    }),
    // As many as a programme's own record names, which is read whole for each of them.
    row: PlaceRow,
    sources: (query, context, key) =>
      whole(
        key,
        visibleIds(context, 'programme')
          .filter((id) => !query.programmeId || id === query.programmeId)
          .flatMap((id): RowOf<typeof PlaceRow>[] => {
            const rows = rowOf(context, { id: `${id}.places` }, () => placesOf(query, context, id));
            return isFailed(rows) ? [rows] : rows;
          }),
      ),
  }),
  record({
    title: 'A place',
    url: '/v1/places/:id',
    of: 'place',
    // Its name, kind and areas are the programme's.
    also: (events) =>
      events.flatMap((e) => (is(e, 'place', 'PlaceOpened') ? [`programme-${e.data.programmeId}`] : [])),
    body: Place,
    answer(query, context) {
      const row = context.visible('place', query.id);
      const p = inView(context.own(register).one('programme', inView(row.programmeId)));
      return { position: Math.max(row.position, p.position), body: placeSummary(context, p, query.id) };
    },
  }),
  // Its id is the place's; the second address is the one that links and a creation's Location name.
  ...(['/v1/places/:id/collaborative', '/v1/collaboratives/:id'] as const).map((url) =>
    record({
      title: 'The place’s leadership collaborative',
      url,
      of: 'collaborative',
      body: Collaborative,
      answer(query, context) {
        const { position, body } = fromRegister(context, 'collaborative', query.id, (row) => {
          const past = new Past(
            pastFor(
              context,
              'collaborative',
              row.id,
              audienceIn(context.viewer, context.visible('collaborative', row.id)),
            ),
          );
          // Who has left the table is history.
          const seats = Object.values(row.state.seats).filter((seat) =>
            past.part(seat, { version: seat.vacatedAt ?? 0 }, seat.status !== 'vacated'),
          );
          return {
            seats: seats.map(({ vacatedAt: _, ...s }) => ({
              ...s,
              agency: context.of(register).nameOf('agency', s.agencyId),
              isChair: row.state.chair === s.seatId,
              isDeputy: row.state.deputy === s.seatId,
            })),
            earlierNotShared: past.notShared,
          };
        });
        return {
          position,
          body() {
            const { terms, ...collaborative } = body();
            return { ...collaborative, ...(terms === undefined ? {} : { termsHash: terms }) };
          },
        };
      },
    }),
  ),
];

/** Of an agency whose record cannot be read, its sector stands in the index. */
const inSector = (sector: Key | undefined): { sector?: Sector } => {
  const known = Sector.options.find((x) => x === sector);
  return known ? { sector: known } : {};
};

/** A person with the account by the name that answers have for it. */
const calledBy = <P extends { readonly accountId: string }>({ accountId, ...person }: P) => ({
  ...person,
  account: accountId,
});

export const bodies: Query[] = [
  list({
    title: 'Agencies',
    url: '/v1/agencies',
    sorts: ['id', 'name', 'sector'],
    columns: ['id', 'name', 'sector', 'type', 'status', 'failed'],
    query: z.object({
      q: parameter.q,
      sector: Sector.optional().meta({ description: 'Of this sector alone' }),
    }),
    row: AgencyRow,
    sources(query, context, by) {
      const isNamed = named(context, 'agency', query.q);
      return along(context.of(register).walk({ by, of: 'agency' }), ({ tie: id, sector }) =>
        (!query.sector || sector === query.sector) && isNamed(id) && context.seen('agency', id)
          ? rowOf(context, { id, ...inSector(sector) }, () =>
              shown(inView(context.of(register).one('agency', id))),
            )
          : undefined,
      );
    },
  }),
  record({
    title: 'An agency',
    url: '/v1/agencies/:id',
    of: 'agency',
    body: Agency,
    answer: (query, context) => fromRegister(context, 'agency', query.id),
  }),
  list({
    title: 'People by their names and posts',
    url: '/v1/people',
    sorts: ['name', 'id'],
    columns: ['id', 'name', 'post', 'officeHolder', 'account', 'programmeId', 'link', 'failed'],
    query: z.object({ q: parameter.q }),
    row: PersonRow,
    sources({ q }, context, by) {
      const isNamed = named(context, 'person', q);
      return along(context.of(register).walk({ by, of: 'person' }), ({ tie: id }) =>
        isNamed(id) && context.seen('person', id)
          ? rowOf(context, { id }, () => {
              const person = shown(inView(context.of(register).one('person', id)));
              return (
                person && {
                  ...calledBy(person),
                  link: context.link('person', id),
                  lineage: lineageOf('person', id),
                }
              );
            })
          : undefined,
      );
    },
  }),
  record({
    title: 'A person’s name and post',
    url: '/v1/people/:id',
    of: 'person',
    body: Person,
    answer(query, context) {
      const { position, body } = fromRegister(context, 'person', query.id);
      return { position, body: () => calledBy(body()) };
    },
  }),
  list({
    title: 'Funding streams',
    url: '/v1/funding-streams',
    sorts: ['id', 'name', 'departmentId'],
    columnsVersion: 2,
    columns: ['id', 'name', 'departmentId', 'ringFenced', 'status', 'link', 'lineage', 'failed'],
    query: z.object({ q: parameter.q }),
    row: FundingStreamRow,
    sources({ q }, context, by) {
      const isNamed = named(context, 'fundingstream', q);
      return along(context.of(register).walk({ by, of: 'fundingstream' }), ({ tie: id }) => {
        if (!isNamed(id) || !context.seen('fundingstream', id)) return undefined;
        return rowOf(context, { id }, () => {
          const stream = shown(inView(context.of(register).one('fundingstream', id)));
          return (
            stream && {
              ...stream,
              link: context.link('fundingstream', id),
              lineage: lineageOf('fundingstream', id),
            }
          );
        });
      });
    },
  }),
  record({
    title: 'A funding stream',
    url: '/v1/funding-streams/:id',
    of: 'fundingstream',
    body: FundingStream,
    answer: (query, context) => fromRegister(context, 'fundingstream', query.id),
  }),
];
