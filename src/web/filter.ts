/** What a query may be asked, as the fields of a form whose answers stand in the address. */
import { z } from 'zod';
import { queries } from '../http/questions/index.js';
import type { Query } from './address.js';
import type { Visit } from './visit.js';
import { choice } from './words/choices.js';
import { labelOf } from './words/members.js';

interface Option {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** Where it is chosen, from these; otherwise it is typed. */
  readonly options?: readonly Option[];
  readonly type: 'text' | 'date' | 'number';
  readonly value: string;
}

/** Of pages and forms, said by links and buttons. */
const apart: ReadonlySet<string> = new Set(['limit', 'cursor', 'before', 'format', 'sort', 'asAt']);
/** Lists from which a parameter is chosen. */
const chosenFrom: Readonly<Record<string, string>> = {
  placeId: '/v1/places',
  programmeId: '/v1/programmes',
  ownerAgencyId: '/v1/agencies',
};
/** More are not offered to choose from: the id is typed. */
const mostOptions = 200;

const labels: Readonly<Record<string, string>> = {
  from: 'From',
  to: 'To',
  as: 'In which of your grants',
  audience: 'As it is told to',
  record: 'Record',
  ownerAgencyId: 'Whose it is',
  since: 'Changes since',
  type: 'What happened',
  code: 'Code',
  rule: 'Rule',
  account: 'Account',
  depth: 'Links away, at most',
};

/** The fields for the parameters of a query, filled with what was asked. */
export function fieldsOf(parameters: z.ZodObject, asked: Query, visit: Visit): Promise<Field[]> {
  const names = Object.keys(parameters.shape).filter((name) => !apart.has(name));
  return Promise.all(names.map((name) => fieldOf(name, parameters.shape[name], asked[name] ?? '', visit)));
}

async function fieldOf(
  name: string,
  schema: z.core.$ZodType | undefined,
  value: string,
  visit: Visit,
): Promise<Field> {
  const label = Object.hasOwn(labels, name) ? `${labels[name]}` : labelOf(name);
  const known = { name, label, value };
  const options = await optionsOf(name, schema, visit);
  if (options && options.length <= mostOptions) {
    const any = { value: '', text: name === 'audience' ? 'You' : 'Any', selected: value === '' };
    return {
      ...known,
      type: 'text',
      options: [any, ...options.map((option) => ({ ...option, selected: option.value === value }))],
    };
  }
  const { format, type, anyOf } = jsonOf(schema);
  if (format === 'date' || anyOf !== undefined) return { ...known, type: 'date' };
  if (type === 'integer') return { ...known, type: 'number' };
  const hint = name === 'record' ? 'A kind and a reference, like pool-durham-housing' : undefined;
  return { ...known, type: 'text', hint };
}

type Choices = readonly { readonly value: string; readonly text: string }[];
async function optionsOf(
  name: string,
  schema: z.core.$ZodType | undefined,
  visit: Visit,
): Promise<Choices | undefined> {
  if (name === 'as') {
    const shower = visit.shower;
    return visit.grants.map((grant) => ({ value: grant, text: shower.grant(grant) }));
  }
  const from = Object.hasOwn(chosenFrom, name) ? chosenFrom[name] : undefined;
  if (from !== undefined) return namedIn(from, visit);
  const words = jsonOf(schema).enum;
  return words?.map((word) => ({
    value: word,
    text: word === 'true' || word === 'false' ? yesNo(word) : choice(word),
  }));
}
const yesNo = (word: string): string => (word === 'true' ? 'Yes' : 'No');

/** Those that the reader sees in a list, by their names; undefined of more than can be offered. */
async function namedIn(url: string, visit: Visit): Promise<Choices | undefined> {
  const question = queries.find((one) => one.url === url);
  if (question?.kind !== 'list') return undefined;
  const { items, next } = await visit.list(question, { limit: String(mostOptions) }, url);
  if (next !== null) return undefined;
  return items
    .map((item) => item as { readonly id: string; readonly name?: string })
    .map(({ id, name = id }) => ({ value: id, text: name }))
    .sort((a, b) => a.text.localeCompare(b.text, 'en-GB'));
}

interface JsonOfParameter {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly unknown[];
}
/** A parameter's schema as JSON Schema, with what it refers to in its place. */
function jsonOf(schema: z.core.$ZodType | undefined): JsonOfParameter {
  if (!schema) return {};
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as {
    readonly $ref?: string;
    readonly $defs?: Readonly<Record<string, JsonOfParameter>>;
  } & JsonOfParameter;
  const name = json.$ref?.replace(/^.*\//, '');
  return (name !== undefined ? json.$defs?.[name] : undefined) ?? json;
}
