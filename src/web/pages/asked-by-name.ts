/**
 * What a page is asked about, by name: where an address names a record or an account by something that is no
 * id, that is looked for among what its reader sees.
 */
import type { z } from 'zod';
import { listsByKind } from '../../http/query/declare.js';
import { RecordName } from '../../http/query/record-name.js';
import { queries } from '../../http/questions/index.js';
import { recordsNamed } from '../../http/questions/choices.js';
import type { ProblemError } from '../../http/server/problem.js';
import { withAsked, type Query } from '../address.js';
import type { Visit } from '../visit.js';
import { namedBy } from '../../http/words/members.js';

const lists = listsByKind(queries);

/** The kind of what a parameter names: of any where it is a record; undefined where it names nothing. */
export const kindOfParameter = (name: string): string | undefined =>
  name === 'record' ? 'record' : namedBy(name);

/** What was found for one that is called by a name: its id, or what to do. */
type Found = { readonly id: string } | { readonly error: string; readonly fits: readonly Fit[] };
export interface Fit {
  readonly value: string;
  readonly text: string;
}
const isName = (name: string, value: string): boolean =>
  name === 'record' ? !RecordName.safeParse(value).success : /[^a-z0-9.:_-]/.test(value);

async function find(kind: string, words: string, visit: Visit): Promise<Found> {
  const { items, more } = await recordsNamed(kind, { q: words }, visit.context, { lists });
  const fits = items.map(({ id, title }) => ({ value: String(id), text: title }));
  const called = fits.filter(({ text }) => text.toLowerCase() === words.trim().toLowerCase());
  const [only, ...others] = called.length > 0 ? called : fits;
  if (only && others.length === 0) return { id: only.value };
  if (!only)
    return { error: `Nothing that you may see is called “${words}”. Enter a word of its name`, fits };
  return {
    error: more
      ? 'More than these are called so. Choose one, or enter more of its name'
      : 'Choose one of these',
    fits,
  };
}

/** What is to be chosen, or mended, by the names of parameters. */
export interface Unclear {
  readonly errors: readonly ProblemError[];
  readonly fits: Readonly<Record<string, readonly Fit[]>>;
  /** Of the answer; 400 where nothing is said. */
  readonly status?: number;
}
/** The address with ids where it has names; what is not clear; or undefined where it has ids alone. */
export async function byNames(
  parameters: z.ZodObject,
  asked: Query,
  visit: Visit,
): Promise<{ readonly at: string } | Unclear | undefined> {
  const found: Record<string, string> = {};
  const errors: ProblemError[] = [];
  const fits: Record<string, readonly Fit[]> = {};
  for (const [name, value] of Object.entries(asked)) {
    const kind = Object.hasOwn(parameters.shape, name) ? kindOfParameter(name) : undefined;
    if (kind === undefined || typeof value !== 'string' || !isName(name, value)) continue;
    const one = await find(kind, value, visit);
    if ('id' in one) found[name] = one.id;
    else {
      errors.push({ path: `/${name}`, message: one.error });
      fits[name] = one.fits;
    }
  }
  if (errors.length > 0) return { errors, fits };
  return Object.keys(found).length > 0 ? { at: withAsked(visit.request.url, found) } : undefined;
}
