/** What a schema says of a value, so far as pages look. */
import { z } from 'zod';
import { bare, type AnySchema } from '../query/read-schema.js';

export { bare, type AnySchema };
export type Members = Readonly<Record<string, unknown>>;
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names that a schema was given, its own and those of what it was made from. */
export function idsOf(schema: AnySchema | undefined): readonly string[] {
  const ids: string[] = [];
  for (let made: AnySchema | undefined = bare(schema); made; made = made._zod.parent) {
    const id = z.globalRegistry.get(made)?.id;
    if (id !== undefined) ids.push(id);
  }
  return ids;
}

/** The schemas of an object's members, by the option that the object is of where there are several. */
export function shapeOf(schema: AnySchema | undefined, value: Members): Readonly<Record<string, AnySchema>> {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return inner.shape;
  if (inner instanceof z.ZodUnion) return shapeOf(optionOf(inner, value), value);
  if (inner instanceof z.ZodIntersection)
    return { ...shapeOf(inner.def.left, value), ...shapeOf(inner.def.right, value) };
  return {};
}

/** The option of a union that a value is of: by its members' names where they tell, else by reading it. */
export function optionOf(union: z.ZodUnion, value: unknown): AnySchema | undefined {
  const options = union.options.filter((option) => mayBe(bare(option), value));
  return options.length === 1 ? options[0] : options.find((option) => z.safeParse(option, value).success);
}
/** Could a value be of this schema, as far as can be said without reading what is in it? */
function mayBe(schema: AnySchema | undefined, value: unknown): boolean {
  if (schema instanceof z.ZodArray) return Array.isArray(value);
  if (!(schema instanceof z.ZodObject)) return !isMembers(value) || !isPlain(schema);
  if (!isMembers(value)) return false;
  const shape: Readonly<Record<string, AnySchema>> = schema.shape;
  return (
    Object.keys(value).every((name) => Object.hasOwn(shape, name)) &&
    Object.entries(shape).every(
      ([name, of]) => value[name] !== undefined || of instanceof z.ZodOptional || of instanceof z.ZodDefault,
    ) &&
    Object.entries(shape).every(
      ([name, of]) => !(of instanceof z.ZodLiteral) || of.values.has(value[name] as string),
    )
  );
}
const isPlain = (schema: AnySchema | undefined): boolean =>
  [z.ZodString, z.ZodNumber, z.ZodBoolean, z.ZodNull, z.ZodEnum, z.ZodLiteral].some(
    (kind) => schema instanceof kind,
  );
