/** What is wrong with what was sent, member by member, in words for a form. */
import { z } from 'zod';
import { withPresentNames, type Renamed } from '../../domain/kernel/renamed.js';
import type { Schema } from '../../domain/kernel/schema.js';
import { Problem, type ProblemError } from './problem.js';

const asked: Record<string, string> = {
  string: 'Enter text',
  number: 'Enter a number',
  int: 'Enter a whole number',
  boolean: 'Select true or false',
  array: 'Enter a list',
  object: 'Enter the members that are asked for here',
  record: 'Enter the members that are asked for here',
};
const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.slice(-1).join('')}`;

/**
 * The schema of what a path names, without what only says that it may be left out; undefined below unions.
 */
function schemaAt(
  schema: z.core.$ZodType | undefined,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  let s = schema;
  while (s instanceof z.ZodOptional || s instanceof z.ZodNullable || s instanceof z.ZodDefault)
    s = s.unwrap();
  const [key, ...rest] = path;
  if (!s || key === undefined) return s;
  return schemaAt(partOf(s, String(key)), rest);
}
/** The schema of a member of what a schema describes. */
function partOf(schema: z.core.$ZodType, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}
/** What the schema itself knows better than the issue: an object's members by name, both ends of a range. */
function told(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string | undefined {
  const s = schemaAt(schema, issue.path);
  if (issue.code === 'invalid_type' && s instanceof z.ZodObject) {
    const members = Object.keys(s.shape);
    const needed = members.filter((m) => !(s.shape[m] as Schema).safeParse(undefined).success);
    return members.length > 0
      ? `Enter an object with ${listed(needed.length > 0 ? needed : members)}`
      : undefined;
  }
  const ranged = (issue.code === 'too_small' || issue.code === 'too_big') && s instanceof z.ZodNumber;
  return ranged &&
    [s.minValue, s.maxValue].every(
      (n) => n !== null && Number.isFinite(n) && Math.abs(n) < Number.MAX_SAFE_INTEGER,
    )
    ? `Enter ${s.minValue} to ${s.maxValue}`
    : undefined;
}

/** What to do, for a form: schemas say it themselves; where one does not, its kind says it. */
function worded(issue: z.core.$ZodIssue, schema: z.core.$ZodType | undefined): string {
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message;
  const better = told(issue, schema);
  if (better) return better;
  switch (issue.code) {
    case 'invalid_type':
      return asked[issue.expected] ?? 'Enter a value';
    case 'invalid_value':
      return issue.values.length === 1
        ? `Enter ${String(issue.values[0])}`
        : `Select ${issue.values.slice(0, -1).map(String).join(', ')} or ${String(issue.values.at(-1))}`;
    case 'too_small':
      if (issue.origin === 'array') return `Enter at least ${issue.minimum}`;
      return `Enter ${issue.minimum} ${issue.origin === 'string' ? 'characters or more' : 'or more'}`;
    case 'too_big':
      if (issue.origin === 'array') return `Enter ${issue.maximum} or fewer`;
      return `Enter ${issue.maximum} ${issue.origin === 'string' ? 'characters or fewer' : 'or less'}`;
    case 'invalid_union':
      return 'Enter it in one of the forms that the API’s description gives';
    default:
      return 'Enter a value in the right form';
  }
}

/** One step of a JSON Pointer (RFC 6901). */
export const pointer = (key: PropertyKey): string =>
  `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * Zod's issues as JSON Pointers and sentences; identical ones merged, and of one path only the first. The
 * schema lets them name members and ranges.
 */
export function zodErrors(
  issues: readonly z.core.$ZodIssue[],
  what = 'member',
  schema?: z.core.$ZodType,
): ProblemError[] {
  const byPath = new Map<string, string>();
  for (const issue of issues) {
    const path = issue.path.map(pointer).join('');
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys)
        byPath.set(`${path}${pointer(key)}`, `There is no ${what} ${key} here. Remove it.`);
    else if (!byPath.has(path)) byPath.set(path, worded(issue, schema));
  }
  return [...byPath].map(([path, message]) => ({ path, message }));
}

/** Reads query parameters strictly, also by the names that they had; every mistake at once. */
export function readParameters<T extends z.ZodObject>(
  schema: T,
  given: unknown,
  renamed: Renamed = {},
): z.infer<T> {
  const repeated = Object.entries(given as object).filter(([, value]) => Array.isArray(value));
  if (repeated.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
      errors: repeated.map(([name]) => ({ path: pointer(name), message: `Give ${name} once` })),
    });
  const { members, issues } = withPresentNames(renamed, given as Readonly<Record<string, unknown>>);
  const parsed = schema.safeParse(members);
  if (!parsed.success || issues.length > 0)
    throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
      errors: zodErrors([...issues, ...(parsed.error?.issues ?? [])], 'parameter', schema),
    });
  return parsed.data;
}
