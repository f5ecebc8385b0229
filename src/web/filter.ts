/** What a query may be asked, as the fields of a form whose answers stand in the address. */
import { z } from 'zod';
import { queries } from '../http/questions/index.js';
import { Problem, type ProblemError } from '../http/server/problem.js';
import type { Query } from './address.js';
import { kindOfParameter, type Fit, type Unclear } from './pages/asked-by-name.js';
import type { Visit } from './visit.js';
import { notYet } from '../http/query/as-at.js';
import { dayOfMoment } from '../http/words/format.js';
import { choice } from '../http/words/choices.js';
import type { Named } from '../http/words/members.js';
import { labelOfParameter, toldToPeople } from './words/parameters.js';

interface Option {
  readonly value: string;
  readonly text: string;
  readonly selected: boolean;
}
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What to do about what was asked here. */
  readonly error?: string | undefined;
  /** Where it is chosen, from these; otherwise it is typed. */
  readonly options?: readonly Option[];
  readonly type: 'text' | 'date' | 'number';
  readonly value: string;
}

/** Of pages and forms, said by links and buttons. */
const apart: ReadonlySet<string> = new Set(['limit', 'cursor', 'before', 'format', 'sort']);
/** Lists from which a parameter is chosen. */
const chosenFrom: Readonly<Record<string, string>> = {
  placeId: '/v1/places',
  programmeId: '/v1/programmes',
  ownerAgencyId: '/v1/agencies',
  account: '/v1/accounts',
};
/** More are not offered to choose from: the id is typed. */
const mostOptions = 200;

/** What it is called where nothing is chosen: else anything. */
const unasked: Readonly<Record<string, string>> = { audience: 'You', without: 'Nothing' };

/** What is wrong with what was asked, and what was found for names that are more than one's. */
export const noneUnclear: Unclear = { errors: [], fits: {} };

/** The fields for the parameters of a query, filled with what was asked. */
export function fieldsOf(
  parameters: z.ZodObject,
  asked: Query,
  visit: Visit,
  { errors, fits }: Unclear = noneUnclear,
): Promise<Field[]> {
  const names = Object.keys(parameters.shape).filter((name) => !apart.has(name));
  return Promise.all(
    names.map(async (name): Promise<Field> => {
      const error = errors.find(({ path }) => path === `/${name}`)?.message;
      const found = fits[name] ?? [];
      const value = name === 'asAt' ? dayOfMoment(asked[name] ?? '') : (asked[name] ?? '');
      const field = await fieldOf(name, parameters.shape[name], value, visit);
      if (found.length === 0) return { ...field, error };
      const options = [{ value, text: value, selected: true }, ...found.map(unselected)];
      return { ...field, options, error };
    }),
  );
}
const unselected = ({ value, text }: Fit): Option => ({ value, text, selected: false });

/**
 * What was asked of a page that its form can have mended; undefined of a problem that is told otherwise.
 */
export function unclearIn(parameters: z.ZodObject, problem: unknown): Unclear | undefined {
  if (!(problem instanceof Problem)) return undefined;
  if (problem.code === notYet.code)
    return { errors: [{ path: '/asAt', message: notYet.text }], fits: {}, status: problem.status };
  if (problem.status !== 400) return undefined;
  const { errors = [] } = problem.options;
  const isOfForm = ({ path }: ProblemError): boolean =>
    Object.hasOwn(parameters.shape, path.slice(1)) && !apart.has(path.slice(1));
  const names = Object.keys(parameters.shape);
  return errors.length > 0 && errors.every(isOfForm)
    ? {
        errors: errors.map(({ path, message }) => ({ path, message: toldToPeople(message, names) })),
        fits: {},
      }
    : undefined;
}

async function fieldOf(
  name: string,
  schema: z.core.$ZodType | undefined,
  value: string,
  visit: Visit,
): Promise<Field> {
  const label = labelOfParameter(name);
  const known = { name, label, value };
  const options = await optionsOf(name, schema, visit);
  if (options && options.length > 0) {
    const any = { value: '', text: unasked[name] ?? 'Any', selected: value === '' };
    const offered = options.map((option) => ({ ...option, selected: option.value === value }));
    const isOther = value !== '' && !options.some((option) => option.value === value);
    const other = isOther ? [{ value, text: value, selected: true }] : [];
    return { ...known, type: 'text', options: [any, ...other, ...offered] };
  }
  const { format, type, anyOf } = jsonOf(schema);
  if (format === 'date' || anyOf !== undefined) return { ...known, type: 'date' };
  if (type === 'integer') return { ...known, type: 'number' };
  return { ...known, type: 'text', hint: hintOf(name, value, visit) };
}
/** Of what is asked about by name: what it is called, or how to say it. */
function hintOf(name: string, value: string, visit: Visit): string | undefined {
  if (name === 'q') return 'How words of it begin, or of its reference';
  const kind = kindOfParameter(name);
  if (kind === undefined) return undefined;
  const cut = value.indexOf('-');
  const [of, id] = kind === 'record' ? [value.slice(0, cut), value.slice(cut + 1)] : [kind, value];
  const called = value === '' ? undefined : visit.names().nameOf(of as Named, id);
  if (called === undefined) return 'Its name, or a part of it';
  return kind === 'record' ? `${called} (${choice(of).toLowerCase()})` : called;
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
  const offered = words?.map((word) => ({
    value: word,
    text: word === 'true' || word === 'false' ? yesNo(word) : choice(word, name),
  }));
  // Names of events are many, and in no order of their own.
  return name === 'type' ? offered?.sort((a, b) => a.text.localeCompare(b.text, 'en-GB')) : offered;
}
const yesNo = (word: string): string => (word === 'true' ? 'Yes' : 'No');

interface Listed {
  readonly id: string;
  /** Of an account: by which it is asked for. */
  readonly account?: string;
  readonly name?: string | null;
}
/** Those that the reader sees in a list, by their names; undefined of more than can be offered. */
async function namedIn(url: string, visit: Visit): Promise<Choices | undefined> {
  const question = queries.find((one) => one.url === url);
  if (question?.kind !== 'list') return undefined;
  const { items, next } = await visit.list(question, { limit: String(mostOptions) }, url);
  if (next !== null) return undefined;
  return items
    .map((item) => item as Listed)
    .map(({ id, account = id, name }) => ({ value: account, text: name ?? account }))
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
