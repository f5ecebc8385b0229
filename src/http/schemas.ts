/** Zod schemas as JSON Schema with the components that they name, each once. */
import { z } from 'zod';

/** An object of a JSON document. */
export type Json = Record<string, unknown>;
type Io = 'input' | 'output';

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The value with each object in it made anew, the innermost first. */
function each(value: unknown, make: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((v) => each(v, make));
  return isObject(value) ? make(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, each(v, make)]))) : value;
}
const idOf = (ref: unknown): string => String(ref).split('/').at(-1)!;
/** With each reference to a definition named anew. */
const renamed = (json: Json, name: (definition: string) => string): Json =>
  each(json, (object) => (typeof object.$ref === 'string' ? { ...object, $ref: name(idOf(object.$ref)) } : object)) as Json;
/** Without what forbids members that nobody declared. */
const open = (json: Json): Json =>
  each(json, (object) => {
    const { additionalProperties, ...rest } = object;
    return additionalProperties === false ? rest : object;
  }) as Json;

/** What our schemas say beside what JSON Schema knows: a name there means what it means to JSON Schema, so ours begin with `x-`. */
function own(schema: Json): void {
  delete schema.id;
  // What the format says already, and what every number here keeps to.
  if (schema.format === 'date' || schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  for (const name of ['prose', 'names']) {
    if (!Object.hasOwn(schema, name)) continue;
    schema[`x-${name}`] = schema[name];
    delete schema[name];
  }
}

/** Parameters that mean the same wherever they are taken. */
const shared: ReadonlySet<string> = new Set(['placeId', 'programmeId', 'limit', 'cursor', 'format', 'audience', 'asAt']);

/** Collects the components of a document. */
export class Components {
  readonly schemas: Record<string, Json> = {};
  /** Parameters that several operations take, by the name with a capital. */
  readonly parameters: Record<string, Json> = {};
  /** What a definition was when its name was first used. */
  readonly #first = new Map<string, string>();

  /** A component by the name given; a reference to it. */
  named(name: string, schema: Json): Json {
    if (Object.hasOwn(this.schemas, name)) throw new Error(`two components are called ${name}`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A parameter; a reference to it where it is one that many take. */
  parameter(parameter: Json & { readonly name: string }): Json {
    if (!shared.has(parameter.name)) return parameter;
    const name = `${parameter.name[0]!.toUpperCase()}${parameter.name.slice(1)}`;
    this.parameters[name] ??= parameter;
    return JSON.stringify(this.parameters[name]) === JSON.stringify(parameter) ? { $ref: `#/components/parameters/${name}` } : parameter;
  }

  /** What is sent to the service (`input`) or recorded (`output`). */
  of(schema: z.ZodType, io: Io = 'input'): Json {
    return this.#of(schema, io, (json) => json);
  }
  /** What is answered: it may gain members, so none is forbidden. */
  answer(schema: z.ZodType): Json {
    return this.#of(schema, 'output', open);
  }

  #of(schema: z.ZodType, io: Io, as: (json: Json) => Json): Json {
    const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: ({ jsonSchema }) => own(jsonSchema as Json) }) as Json;
    const definitions = ($defs ?? {}) as Record<string, Json>;
    const names = this.#namesFor(definitions);
    const refer = (json: Json): Json => renamed(json, (id) => `#/components/schemas/${names.get(id)}`);
    for (const [id, definition] of Object.entries(definitions)) this.schemas[names.get(id)!] ??= as(refer(definition));
    return as(refer(rest));
  }

  /** What has a default is another thing to who sends it than to who is told it: the second has a name of its own, as has whatever holds it. */
  #namesFor(definitions: Readonly<Record<string, Json>>): ReadonlyMap<string, string> {
    const changed = new Set<string>();
    for (const [id, definition] of Object.entries(definitions)) {
      const text = JSON.stringify(definition);
      if (!this.#first.has(id)) this.#first.set(id, text);
      if (this.#first.get(id) !== text) changed.add(id);
    }
    // A set that grows while it is walked: what holds one of them is walked, too.
    for (const id of changed) for (const [holder, definition] of Object.entries(definitions)) if (JSON.stringify(definition).includes(`"#/$defs/${id}"`)) changed.add(holder);
    return new Map(Object.keys(definitions).map((id) => [id, changed.has(id) ? `${id}Told` : id]));
  }
}

/** A component with all that it refers to: a schema that stands by itself. */
export function standalone(schemas: Readonly<Record<string, Json>>, name: string): Json {
  const found: Record<string, Json> = {};
  const add = (json: Json | undefined): void =>
    void each(json, (object) => {
      const id = typeof object.$ref === 'string' ? idOf(object.$ref) : undefined;
      if (id !== undefined && !Object.hasOwn(found, id)) {
        found[id] = schemas[id]!;
        add(found[id]);
      }
      return object;
    });
  add(schemas[name]);
  const refer = (json: Json): Json => renamed(json, (id) => `#/$defs/${id}`);
  const $defs = Object.fromEntries(Object.entries(found).map(([id, json]) => [id, refer(json)]));
  return { ...refer(schemas[name]!), ...(Object.keys($defs).length > 0 ? { $defs } : {}) };
}
