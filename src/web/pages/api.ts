/** The description of the API as pages to read: every operation, and what each takes and answers. */
import { labelOf } from '../../http/words/members.js';
import { Problem } from '../../http/server/problem.js';

type Json = Readonly<Record<string, unknown>>;
/** The description, so far as it is read here. */
export interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: {
    readonly [K in 'schemas' | 'parameters' | 'responses']: Readonly<Record<string, Json>>;
  };
}
interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}
export interface ApiModel {
  readonly title: string;
  readonly groups: readonly { readonly title: string; readonly operations: readonly Operation[] }[];
}
interface Member {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}
export interface OperationModel extends Operation {
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly Member[];
  readonly body: readonly Member[];
  readonly example: string | undefined;
  readonly answer: readonly Member[];
  readonly responses: readonly { readonly status: string; readonly description: string }[];
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nameIn = (ref: unknown): string => String(ref).replace(/^.*\//, '');

const all = ({ paths }: Described): (Operation & { readonly said: Json })[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, said]) => ({
      id: String(said.operationId),
      method: method.toUpperCase(),
      path,
      summary: String(said.summary),
      said,
    })),
  );

/** Every operation, by what it is about. */
export function apiModel(document: Described): ApiModel {
  const groups = new Map<string, Operation[]>();
  for (const { said, ...operation } of all(document)) {
    const tag = String((said.tags as readonly string[])[0] ?? '');
    groups.set(tag, [...(groups.get(tag) ?? []), operation]);
  }
  return {
    title: 'The API',
    groups: [...groups]
      .sort(([a], [b]) => a.localeCompare(b, 'en-GB'))
      .map(([tag, operations]) => ({ title: tag === 'lineage' ? labelOf(tag) : tag, operations })),
  };
}

/** One operation; throws the 404 problem where there is none of this name. */
export function operationModel(document: Described, id: string): OperationModel {
  const found = all(document).find((operation) => operation.id === id);
  if (!found) throw new Problem(404, 'NOT_FOUND', 'There is no such operation.');
  const { said, ...operation } = found;
  const { schemas, parameters, responses } = document.components;
  const resolved = (json: unknown, among: Readonly<Record<string, Json>>): Json => {
    if (!isObject(json)) return {};
    return typeof json.$ref === 'string' ? (among[nameIn(json.$ref)] ?? {}) : json;
  };
  const body = resolved(said.requestBody, {});
  const sent = contentOf(body);
  const answers = Object.entries(isObject(said.responses) ? said.responses : {});
  const answer = contentOf(resolved(answers.find(([status]) => /^2/.test(status))?.[1], responses));
  return {
    ...operation,
    title: operation.summary,
    description: typeof said.description === 'string' ? said.description : '',
    parameters: ((said.parameters ?? []) as readonly unknown[])
      .map((one) => resolved(one, parameters))
      .map(({ name, required, description, schema }) => ({
        name: String(name),
        type: typeOf(schema),
        required: required === true,
        description: typeof description === 'string' ? description : '',
      })),
    body: membersOf(resolved(sent.schema, schemas)),
    example: exampleIn(sent) ?? exampleIn(answer),
    answer: membersOf(resolved(answer.schema, schemas)),
    responses: answers.map(([status, response]) => ({
      status,
      description: String(resolved(response, responses).description ?? ''),
    })),
  };
}

/** What a body or an answer holds as JSON. */
function contentOf({ content }: Json): Json {
  const json = isObject(content) ? content['application/json'] : undefined;
  return isObject(json) ? json : {};
}
function exampleIn({ example, examples }: Json): string | undefined {
  const first = isObject(examples) ? Object.values(examples)[0] : undefined;
  const value = example ?? (isObject(first) ? first.value : undefined);
  return value === undefined ? undefined : JSON.stringify(value, undefined, 2);
}
function membersOf({ properties, required }: Json): Member[] {
  const needed = (Array.isArray(required) ? required : []) as readonly string[];
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    required: needed.includes(name),
    description: isObject(schema) && typeof schema.description === 'string' ? schema.description : '',
  }));
}
/** What a value is, in a word or two: the name of its component, a list of them, its own type. */
function typeOf(schema: unknown): string {
  if (!isObject(schema)) return '';
  if (typeof schema.$ref === 'string') return nameIn(schema.$ref);
  const options = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray) as
    readonly unknown[] | undefined;
  if (options) return [...new Set(options.map(typeOf))].join(' or ');
  if (Array.isArray(schema.enum)) return schema.enum.join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  return String(schema.type ?? schema.const ?? 'anything');
}
