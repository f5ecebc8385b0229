/**
 * What a command begins with: the values that the answer about its record has for its reader, found by the
 * pointers in its schema (`from`). What is withheld in that answer cannot stand in a form.
 */
import type { Grant } from '../../domain/shared/access.js';
import type { CommandRoute } from './command-routes.js';
import { bodySchema, isObject, type Json } from './command-schema.js';

/** A member of a body, and the pointer into the answer about its record that gives its value. */
interface Prefilled {
  readonly path: readonly string[];
  readonly from: readonly string[];
  readonly schema: Json;
}
function prefilledIn(schema: Json, path: readonly string[]): Prefilled[] {
  if (typeof schema.from === 'string') return [{ path, from: schema.from.split('/').slice(1), schema }];
  return Object.entries((schema.properties ?? {}) as Readonly<Record<string, Json>>).flatMap(
    ([name, member]) => prefilledIn(member, [...path, name]),
  );
}
const prefilled = new WeakMap<CommandRoute, readonly Prefilled[]>();
/** The members of a command that the answer about its record fills, by pointers into it. */
export function prefilledBy(route: CommandRoute): readonly Prefilled[] {
  let found = prefilled.get(route);
  if (!found) prefilled.set(route, (found = prefilledIn(bodySchema(route), [])));
  return found;
}

/** What is at a pointer, `*` in which is each of a list; undefined where there is nothing, or null. */
function at(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value ?? undefined;
  if (key === '*') return Array.isArray(value) ? value.map((one) => at(one, rest)) : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? at(value[key], rest) : undefined;
}
/** Without what an answer says beside the members of a command: names, links. */
function sendable(schema: Json, value: unknown): unknown {
  const { items, properties } = schema;
  if (Array.isArray(value)) return isObject(items) ? value.map((one) => sendable(items, one)) : value;
  if (!isObject(value) || !isObject(properties)) return value;
  const own = Object.entries(value).filter(([key]) => Object.hasOwn(properties, key));
  return Object.fromEntries(own.map(([key, one]) => [key, sendable(properties[key] as Json, one)]));
}
type Values = Record<string, unknown>;
function setAt(values: Values, path: readonly string[], value: unknown): void {
  const within = path.slice(0, -1).reduce((v, key) => (v[key] ??= {}) as Values, values);
  within[path.at(-1) ?? ''] = value;
}
const isOfACase = ({ from }: Prefilled): boolean => from.some((key) => key.includes('{'));

/** Values of a body from an answer about its record: those that stand whatever else it says. */
export function valuesFrom(route: CommandRoute, answer: unknown): Json {
  const values: Values = {};
  for (const member of prefilledBy(route)) {
    if (isOfACase(member)) continue;
    const value = sendable(member.schema, at(answer, member.from));
    if (value !== undefined) setAt(values, member.path, value);
  }
  return values;
}

/** What a body says already where these members of it have these values. */
export interface Case {
  readonly when: Readonly<Record<string, string | number>>;
  readonly values: Json;
}
type When = Readonly<Record<string, string>>;
const placeholder = /\{(\w+)\}/g;
/** A key of a map that has members' names in it, `{roundKind}.{placeKind}` say: what finds their values. */
const keyed = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(placeholder, '(?<$1>[^.]+)')}$`);
/** The part of a list that has this id, by the member's own name or as its `id`. */
function idIn(item: unknown, member: string): string | undefined {
  if (!isObject(item)) return undefined;
  const id = item[member] ?? item.id;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
/** What is at a pointer, for each of the values that the members in it may have. */
function* eachAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  when: When = {},
): Generator<{ readonly when: When; readonly value: unknown }> {
  if (key === undefined || !key.includes('{')) {
    if (key === undefined) yield { when, value };
    else if (isObject(value) && Object.hasOwn(value, key)) yield* eachAt(value[key], rest, when);
    return;
  }
  if (Array.isArray(value)) {
    const member = key.slice(1, -1);
    for (const item of value) {
      const id = idIn(item, member);
      if (id !== undefined) yield* eachAt(item, rest, { ...when, [member]: id });
    }
  } else if (isObject(value))
    for (const [name, held] of Object.entries(value)) {
      const found = keyed(key).exec(name)?.groups;
      if (found) yield* eachAt(held, rest, { ...when, ...found });
    }
}
/** Whether a member of a body is a number. */
const isNumber = (route: CommandRoute, member: string): boolean => {
  const members = (bodySchema(route).properties ?? {}) as Readonly<Record<string, Json>>;
  const { type } = members[member] ?? {};
  return type === 'integer' || type === 'number';
};

/** Values of a body that follow from the part, or the kind of thing, that it is about: each case of it. */
export function casesFrom(route: CommandRoute, answer: unknown): readonly Case[] {
  const cases = new Map<string, { readonly when: Case['when']; readonly values: Values }>();
  for (const member of prefilledBy(route).filter(isOfACase))
    for (const { when, value } of eachAt(answer, member.from)) {
      const said = sendable(member.schema, value ?? undefined);
      if (said === undefined) continue;
      const named = Object.entries(when).map(([name, id]) => [name, isNumber(route, name) ? Number(id) : id]);
      const key = JSON.stringify(when);
      const one = cases.get(key) ?? { when: Object.fromEntries(named) as Case['when'], values: {} };
      cases.set(key, one);
      setAt(one.values, member.path, said);
    }
  return [...cases.values()];
}

/** The one that all of them are; undefined where they differ, or there is none. */
function onlyOf(ids: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(ids);
  return others.length === 0 ? first : undefined;
}
/**
 * What a body that makes a record begins with: the place, or the programme, that it must name, where every
 * grant in which it may be given is of the same.
 */
export function ownValues(
  route: CommandRoute,
  grants: readonly Grant[],
  programmeOf: (placeId: string) => string | undefined,
): Json {
  const { properties = {}, required = [] } = bodySchema(route);
  const must = new Set(required as readonly string[]);
  const own: Readonly<Record<string, string | undefined>> = {
    place: onlyOf(grants.map(({ place }) => place)),
    programme: onlyOf(
      grants.map(
        ({ programme, place }) => programme ?? (place === undefined ? undefined : programmeOf(place)),
      ),
    ),
  };
  const named = Object.entries(properties as Readonly<Record<string, Json>>).flatMap(([member, schema]) => {
    const { field, kind } = schema;
    const isOwn = field === 'ref' && typeof kind === 'string' && Object.hasOwn(own, kind);
    const id = isOwn && must.has(member) ? own[kind] : undefined;
    return id === undefined ? [] : [[member, id] as const];
  });
  return Object.fromEntries(named);
}
