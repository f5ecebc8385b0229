/**
 * `docs/api.txt`: every operation with what it takes and answers, a line each, so that a change of the API is
 * seen in a review.
 */
import type { OpenApi } from '../../src/http/openapi.js';
import type { Json } from '../../src/http/openapi/schemas.js';

const idOf = (ref: string): string => ref.split('/').at(-1) ?? '';
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Values that stand on one line; of more, each has its own, so that one that is new is seen. */
const mostOnALine = 12;
/** The members of a schema by path; what is named elsewhere is named, not followed. `?`: may be absent. */
function members(schema: Json, path: string): string[] {
  if (typeof schema.$ref === 'string') return [`${path}: ${idOf(schema.$ref)}`];
  const choices = [...list(schema.anyOf), ...list(schema.oneOf), ...list(schema.allOf)];
  if (choices.length > 0) {
    const plain = choices.filter((c) => c.type !== 'null');
    return [...new Set(plain.flatMap((c) => members(c, path)))].map((line) =>
      plain.length < choices.length && line.startsWith(`${path}:`) ? `${line} or null` : line,
    );
  }
  if (schema.type === 'array') return members(schema.items as Json, `${path}[]`);
  const properties = schema.properties as Record<string, Json> | undefined;
  if (properties) {
    const required = new Set((schema.required ?? []) as string[]);
    return Object.entries(properties).flatMap(([name, value]) =>
      members(value, `${path}${path === '' ? '' : '.'}${name}${required.has(name) ? '' : '?'}`).map((line) =>
        value.deprecated ? `${line} (deprecated)` : line,
      ),
    );
  }
  if (typeof schema.additionalProperties === 'object')
    return members(schema.additionalProperties as Json, `${path}{}`);
  const words = (schema.enum ?? (schema.const === undefined ? undefined : [schema.const])) as
    readonly unknown[] | undefined;
  if (words && words.length > mostOnALine) return words.map((word) => `${path}: may be ${String(word)}`);
  return [
    `${path}: ` +
      `${words ? words.join(' | ') : [schema.format ?? schema.type ?? 'anything'].flat().join(' or ')}`,
  ];
}

/** The lines, sorted. */
export function apiLines({ paths, components }: OpenApi): string[] {
  const parameterOf = (p: Json): Json =>
    (typeof p.$ref === 'string' ? components.parameters[idOf(p.$ref)] : undefined) ?? p;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const parameters = list(operation.parameters)
        .map((p) => parameterOf(p))
        .map(
          (p) =>
            `${name} ${String(p.in)} ${String(p.name)}${p.required ? '' : '?'}${p.deprecated ? ' (deprecated)' : ''}`,
        );
      const json = (body: unknown): Json | undefined =>
        ((body as Json | undefined)?.content as Record<string, { schema: Json }> | undefined)?.[
          'application/json'
        ]?.schema;
      const sent = json(operation.requestBody);
      const responses = operation.responses as Record<string, Json>;
      const answered = json(responses[200] ?? responses[201]);
      const types = Object.keys(((responses[200] ?? responses[201])?.content ?? {}) as object);
      return [
        `${name} answers ${types.join(', ')}`,
        ...parameters,
        ...(sent ? members(sent, '').map((line) => `${name} takes ${line}`) : []),
        ...(answered ? members(answered, '').map((line) => `${name} gives ${line}`) : []),
      ];
    }),
  );
  const named = Object.entries(components.schemas).flatMap(([name, schema]) =>
    members(schema, '').map((line) => `${name} has ${line}`),
  );
  return [...new Set([...operations, ...named])].sort();
}
