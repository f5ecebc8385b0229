/**
 * Every question the API takes, made from the lists of queries and feeds: a new route is asked without being
 * named here.
 */
import { z } from 'zod';
import { aggregates } from '../../src/domain/registry.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';
import type { Query } from '../../src/http/query/declare.js';
import type { Feed } from '../../src/http/query/feed.js';
import { part } from '../../src/domain/kernel/parts.js';
import { bounds, parametersOf } from '../../src/http/query/parameters.js';
import type { Schema } from '../../src/domain/kernel/schema.js';

/** Ids of the records of a world, by aggregate. */
export type World = Readonly<Record<string, readonly string[]>>;

/** Parameters that name records of a kind. */
const naming: Readonly<Record<string, string>> = {
  placeId: 'place',
  programmeId: 'programme',
  agencyId: 'agency',
  ownerAgencyId: 'agency',
};
/**
 * Values worth trying for a parameter, from its name and schema: ids of the kind that it names, each word of a
 * choice, dates, small numbers, ids of the world.
 */
function valuesFor(name: string, schema: Schema, world: World): readonly string[] {
  const kind = part(naming, name);
  if (kind !== undefined) return world[kind] ?? [];
  if (name === 'address') return ['/v1/pools'];
  if (name === 'mustAct')
    return ['agency', 'place'].flatMap((who) => (world[who] ?? []).map((id) => `${who}:${id}`));
  if (name === 'q') return ['durham', 'ret', 'the'];
  // What was since a day that has not come cannot be asked.
  if (name === 'since') return ['2009-06-15', '2009-10-09'];
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Record<
    string,
    any
  >;
  const shape = json.$ref ? json.$defs[String(json.$ref).split('/').at(-1)!] : json;
  // A day or an instant.
  if (shape.anyOf) return ['2009-10-09', '2009-10-20T09:00:00.000Z'];
  if (shape.const !== undefined) return [String(shape.const)];
  if (shape.enum) return shape.enum.map(String);
  if (shape.type === 'integer' || shape.type === 'number') return ['1', '3', '4'];
  if (shape.format === 'date') return ['2009-06-15', '2009-10-22', '2009-12-01'];
  if (String(shape.format ?? '').startsWith('date-time')) return ['2009-10-22T09:00:00.000Z'];
  if (String(shape.pattern ?? '').includes('[a-z]+-'))
    return Object.entries(world).flatMap(([aggregate, ids]) => ids.map((id) => `${aggregate}-${id}`));
  return [...(world.place ?? []), ...(world.agency ?? []), 'total-place'];
}

const inCsv = (q: Query | Feed): boolean =>
  'answers' in q ? 'text/csv' in q.answers : q.kind === 'list' || q.csv !== undefined;

/** Places, and owners, of which a list is asked for as it stood: each is read from its events. */
const mostBounds = 2;

/** Can nothing be asked without it? */
const isRequired = (schema: Schema): boolean => !z.safeParse(schema, undefined).success;

/**
 * Addresses with every id that fits the collection, each parameter tried by itself beside those that there
 * must be, lists also as CSV. `asked`: of these queries and feeds alone.
 */
export function questions(world: World, asked: readonly (Query | Feed)[] = [...queries, ...feeds]): string[] {
  // Of which member of which command is asked elsewhere (choices.test.ts).
  const all = asked
    .filter((q) => !q.url.includes(':name'))
    .map((q) => ({
      url: q.url,
      parameters: 'answers' in q ? q.parameters : parametersOf(q),
      csv: inCsv(q),
      // As it stood a list is asked for of one place or owner.
      bound: 'past' in q && q.past ? bounds(q) : [],
    }));
  const paging = new Set(['limit', 'cursor', 'before', 'sort', 'format']);
  return all.flatMap(({ url, parameters, csv, bound }) => {
    const collection = url.split('/')[2];
    const aggregate = aggregates.find((a) => a.collection === collection)?.name ?? 'agency';
    const bases = url.includes(':id')
      ? (world[aggregate] ?? []).map((id) => url.replace(':id', encodeURIComponent(id)))
      : [url];
    const paged = 'limit' in parameters.shape ? ['limit=200'] : [];
    const values = Object.entries(parameters.shape)
      .filter(([name]) => !paging.has(name))
      .map(([name, schema]) => ({
        name,
        required: isRequired(schema as Schema),
        given: valuesFor(name, schema as Schema, world).map(
          (value) => `${name}=${encodeURIComponent(value)}`,
        ),
      }));
    const beside = (name?: string): string[] =>
      values.flatMap((other) => (other.required && other.name !== name ? other.given.slice(0, 1) : []));
    const within = (name: string): string[][] =>
      name === 'asAt' && bound.length > 0
        ? values
            .filter((other) => bound.includes(other.name))
            .flatMap(({ given }) => given.slice(0, mostBounds).map((one) => [one]))
        : [[]];
    const variants = [
      beside(),
      ...(csv ? [[...beside(), 'format=csv']] : []),
      ...values.flatMap(({ name, given }) =>
        given.flatMap((one) => within(name).map((bounded) => [...beside(name), ...bounded, one])),
      ),
    ];
    const parts = new Set(variants.map((v) => [...paged, ...v].join('&')));
    return bases.flatMap((base) => [...parts].map((v) => [base, v].filter(Boolean).join('?')));
  });
}
