/**
 * The body of a command as a JSON Schema that stands by itself: what a form is drawn from. Made once a
 * command, since it follows from the registry alone.
 */
import { z } from 'zod';
import { commandEnvelope } from '../../domain/kernel/command.js';
import type { Schema } from '../../domain/kernel/schema.js';
import { Id } from '../../domain/shared/values.js';
import type { CommandRoute } from './command-routes.js';

export type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** With each reference replaced by what it stands for: no schema of a command holds itself. */
function inlined(value: unknown, definitions: Json): unknown {
  if (Array.isArray(value)) return value.map((v) => inlined(v, definitions));
  if (!isObject(value)) return value;
  const { $ref, ...rest } = value;
  const named = typeof $ref === 'string' ? definitions[$ref.replace(/^.*\//, '')] : undefined;
  const own = Object.fromEntries(Object.entries(rest).map(([key, v]) => [key, inlined(v, definitions)]));
  return isObject(named) ? { ...(inlined(named, definitions) as Json), ...own } : own;
}
function jsonOf(schema: Schema): Json {
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  const { $schema: _, $defs = {}, id: __, ...rest } = made;
  return inlined(rest, $defs as Json) as Json;
}

/** Whether a command says which version its author looked at. */
export const saysVersion = ({ entry }: CommandRoute): boolean => entry.replaces !== undefined;

/** The id of a record that its author names. */
const ShortName = Id.meta({
  field: 'line',
  label: 'Short name',
  hint: 'Lower-case letters, digits and hyphens, like total-place. It stands in addresses and never changes.',
});
/** A command's own members, with those that every command may have beside them. */
function made(route: CommandRoute): Json {
  const { entry, ownId } = route;
  const { expectedVersion, effectiveOn, backdatedBecause } = commandEnvelope;
  const beside = jsonOf(
    z.strictObject({
      ...(ownId ? { id: entry.idGiven ? ShortName : Id.optional().meta({ field: 'new-part' }) } : {}),
      ...(saysVersion(route) ? { expectedVersion } : {}),
      effectiveOn,
      backdatedBecause,
    }),
  );
  const data = jsonOf(entry.data);
  const required = [
    ...((data.required ?? []) as readonly string[]),
    ...(entry.idGiven ? ['id'] : []),
    ...(entry.replaces === true ? ['expectedVersion'] : []),
  ];
  return {
    ...data,
    properties: { ...(data.properties as Json | undefined), ...(beside.properties as Json) },
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}
const known = new WeakMap<CommandRoute, Json>();
/** Of the members by their names, with `field`, `label`, `hint` and `from` where they have them. */
export function bodySchema(route: CommandRoute): Json {
  let schema = known.get(route);
  if (!schema) known.set(route, (schema = made(route)));
  return schema;
}

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
/** Values of a body from an answer about its record. */
export function valuesFrom(route: CommandRoute, answer: unknown): Json {
  const values: Record<string, unknown> = {};
  for (const { path, from, schema } of prefilledBy(route)) {
    const value = sendable(schema, at(answer, from));
    if (value === undefined) continue;
    const within = path.slice(0, -1).reduce((v, key) => (v[key] ??= {}) as Record<string, unknown>, values);
    within[path.at(-1) ?? ''] = value;
  }
  return values;
}
