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
export const isObject = (value: unknown): value is Json =>
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
