/** Zod schemas as JSON Schema with the components that they name, each once. */
import { z } from 'zod';
import type { Schema } from '../../domain/kernel/schema.js';
import type { FieldMeta } from '../../domain/shared/fields.js';

/** An object of a JSON document. */
export type Json = Record<string, unknown>;
type Io = 'input' | 'output';

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The value with each object in it made anew, the innermost first. */
function each(value: unknown, make: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((v) => each(v, make));
  return isObject(value)
    ? make(Object.fromEntries(Object.entries(value).map(([k, v]) => [k, each(v, make)])))
    : value;
}
type Definitions = Readonly<Record<string, Json>>;
const idOf = (ref: unknown): string => String(ref).replace(/^.*\//, '');
/** With each reference to a definition named anew. */
const renamed = (json: Json, name: (definition: string) => string): Json =>
  each(json, (object) =>
    typeof object.$ref === 'string' ? { ...object, $ref: name(idOf(object.$ref)) } : object,
  ) as Json;
/** Without what forbids members that nobody declared. */
const open = (json: Json): Json =>
  each(json, (object) => {
    const { additionalProperties, ...rest } = object;
    return additionalProperties === false ? rest : object;
  }) as Json;

/** Defaults of members put into words. */
const undefaulted = (json: Json): Json =>
  each(json, (object) => {
    if (!Object.hasOwn(object, 'default')) return object;
    const { default: value, description, ...rest } = object;
    return {
      ...rest,
      description:
        `${description === undefined ? '' : `${String(description)}. `}Where ` +
        `it is not sent: ${JSON.stringify(value)}`,
    };
  }) as Json;
/** With each reference by the name of its component, and without the description that it repeats. */
function referred(json: Json, definitions: Definitions, name: (id: string) => string): Json {
  return each(json, (object) => {
    if (typeof object.$ref !== 'string') return object;
    const { description, ...rest } = object;
    const id = idOf(object.$ref);
    return {
      ...rest,
      $ref: `#/components/schemas/${name(id)}`,
      ...(description === undefined || description === definitions[id]?.description ? {} : { description }),
    };
  }) as Json;
}

/** What schemas say to whoever draws a form of a command: a form is given it with the command. */
const forForms = [
  'field',
  'label',
  'hint',
  'from',
  'labels',
  'kind',
  'kindFrom',
  'colleagues',
  'part',
  'of',
  'when',
  'needed',
  'neededWhen',
  'quarters',
  'title',
] as const satisfies readonly (keyof FieldMeta | 'title')[];
/** What may be said of a member that is of a component. */
const besideReference: ReadonlySet<string> = new Set(['$ref', 'description', 'default', 'names', 'x-names']);

/** Of a member that is needed, though it may be left out: where. */
function neededIn({ needed, neededWhen }: Json): string | undefined {
  if (needed === undefined) return undefined;
  if (neededWhen === undefined) return 'Needed unless the record says it already';
  const cases = Object.entries(neededWhen as NonNullable<FieldMeta['neededWhen']>).map(
    ([member, values]) => `${member} is ${[values].flat().join(', ')}`,
  );
  return `Needed where ${cases.join(' and ')}`;
}

/**
 * What our schemas say beside what JSON Schema knows: a name there means what it means to JSON Schema, so
 * ours begin with `x-`.
 */
function own(schema: Json): void {
  delete schema.id;
  const needed = neededIn(schema);
  if (needed !== undefined)
    schema.description = typeof schema.description === 'string' ? `${schema.description}. ${needed}` : needed;
  const isLabelled = schema.label !== undefined;
  for (const name of forForms) delete schema[name];
  // A component that is labelled where it is a member would be said again beside the reference to it.
  if (schema.$ref !== undefined && isLabelled)
    for (const name of Object.keys(schema)) if (!besideReference.has(name)) delete schema[name];
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

function jsonOf(schema: Schema, io: Io): Json & { readonly $defs: Definitions } {
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => own(jsonSchema as Json),
  }) as Json;
  return { ...rest, $defs: $defs as Definitions };
}

/** Parameters that mean the same wherever they are taken. */
const shared: ReadonlySet<string> = new Set([
  'placeId',
  'programmeId',
  'limit',
  'cursor',
  'format',
  'audience',
  'asAt',
  'preview',
]);

/** Collects the components of a document. */
export class Components {
  readonly schemas: Record<string, Json> = {};
  /** Parameters that several operations take, by the name with a capital. */
  readonly parameters: Record<string, Json> = {};

  /** A component by the name given; a reference to it. */
  add(name: string, schema: Json): Json {
    if (Object.hasOwn(this.schemas, name)) throw new Error(`two components are called ${name}`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A parameter; a reference to it where it is one that many take. */
  parameter(parameter: Json & { readonly name: string }): Json {
    if (!shared.has(parameter.name)) return parameter;
    const name = `${parameter.name.charAt(0).toUpperCase()}${parameter.name.slice(1)}`;
    this.parameters[name] ??= parameter;
    return JSON.stringify(this.parameters[name]) === JSON.stringify(parameter)
      ? { $ref: `#/components/parameters/${name}` }
      : parameter;
  }

  /** What is asked for in an address. */
  of(schema: Schema, io: Io = 'input'): Json {
    return this.#of(schema, io, (json) => json);
  }
  /**
   * What is sent as a body: a member with a default need not be there, and no generator is to think that it
   * must.
   */
  sent(schema: Schema): Json {
    return this.#of(schema, 'input', undefaulted);
  }
  /** What is answered: it may gain members, so none is forbidden. */
  answer(schema: Schema): Json {
    return this.#of(schema, 'output', open);
  }

  #of(schema: Schema, io: Io, as: (json: Json) => Json): Json {
    const { $defs: definitions, ...rest } = jsonOf(schema, io);
    const names = this.#namesFor(schema, definitions, io);
    const refer = (json: Json): Json => referred(json, definitions, names);
    for (const [id, definition] of Object.entries(definitions))
      this.schemas[names(id)] ??= as(refer(definition));
    return as(refer(rest));
  }

  /**
   * What has a default is another thing to who sends it than to who is told it: the first has a name of its
   * own, as has whatever holds it.
   */
  #namesFor(schema: Schema, definitions: Definitions, io: Io): (id: string) => string {
    if (io === 'output') return (id) => id;
    const told = jsonOf(schema, 'output').$defs;
    const changed = new Set(
      Object.keys(definitions).filter(
        (id) => told[id] && JSON.stringify(definitions[id]) !== JSON.stringify(told[id]),
      ),
    );
    // A set that grows while it is walked: what holds one of them is walked, too.
    for (const id of changed)
      for (const [holder, definition] of Object.entries(definitions))
        if (JSON.stringify(definition).includes(`"#/$defs/${id}"`)) changed.add(holder);
    return (id) => (changed.has(id) ? `${id}Input` : id);
  }
}

/** A component with all that it refers to: a schema that stands by itself. */
export function standalone(schemas: Readonly<Record<string, Json>>, name: string): Json {
  const { [name]: own = {} } = schemas;
  const { $ref } = own;
  // Another name of a component: what that is.
  if (typeof $ref === 'string') return standalone(schemas, idOf($ref));
  const found: Record<string, Json> = {};
  const add = (json: Json | undefined): void =>
    void each(json, (object) => {
      const id = typeof object.$ref === 'string' ? idOf(object.$ref) : undefined;
      if (id !== undefined && !Object.hasOwn(found, id)) {
        const named = schemas[id];
        if (named) found[id] = named;
        add(named);
      }
      return object;
    });
  add(own);
  const refer = (json: Json): Json => renamed(json, (id) => `#/$defs/${id}`);
  const $defs = Object.fromEntries(Object.entries(found).map(([id, json]) => [id, refer(json)]));
  return { ...refer(own), ...(Object.keys($defs).length > 0 ? { $defs } : {}) };
}
