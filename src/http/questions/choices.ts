/**
 * What a member of a command that names a record, or a part of one, may be: among what its reader sees
 * (docs/rules/shared.md#what-may-be-done).
 */
import { z } from 'zod';
import { possibility } from '../../commands/executor.js';
import { existing, isInherited } from '../../domain/kernel/parts.js';
import type { PartOf } from '../../domain/kernel/types.js';
import { partsOf } from '../../domain/part-kinds.js';
import { kinds } from '../../domain/kernel/record-ref.js';
import { aggregateNamed } from '../../domain/registry.js';
import type { Part } from '../../domain/shared/access.js';
import type { PartKind } from '../../domain/shared/fields.js';
import { Id } from '../../domain/shared/values.js';
import type { States } from '../../domain/states.js';
import { register } from '../../projections/views/register.js';
import { bodyOf, orderOf } from '../query/answer.js';
import type { CommandRoute } from '../query/command-routes.js';
import { bodySchema, type Json } from '../query/command-schema.js';
import type { QueryContext } from '../query/context.js';
import type { AnswerOf, ListQuery, RecordQuery } from '../query/declare.js';
import { Reader } from '../query/list.js';
import { partTitle } from '../query/name-resolver.js';
import { homeOf } from '../query/present-event.js';
import { Text } from '../query/shapes.js';
import { titleOf } from '../query/titles.js';
import { Problem } from '../server/problem.js';
import { holders } from './readers.js';

/** So many are offered; the others are looked for. */
const mostOffered = 20;
/** So many of a kind are put in the order of their names: of more, those that their list has first. */
const mostSorted = 500;
/** As people sort names: without regard to capitals, numbers by their values. */
const { compare } = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' });
const byName = (one: Choice, other: Choice): number =>
  compare(one.title, other.title) || compare(String(one.id), String(other.id));
/** Characters of what is looked for, and of a member's name. */
const longestAsked = 200;

export const ChoicesParameters = z.object({
  member: z.string().max(longestAsked).meta({
    description: 'The member, below others with dots and without numbers of rows: `subBalances.pledgeId`',
  }),
  q: z
    .string()
    .max(longestAsked)
    .optional()
    .meta({ description: 'Words that the name or the id has, in whatever case' }),
  kind: z
    .string()
    .max(longestAsked)
    .optional()
    .meta({ description: 'Of a member that may name records of several kinds: of which' }),
  placeId: Id.optional().meta({
    description: 'Of a command that makes a record: the place that it names, whose own comes first',
  }),
  of: Id.optional().meta({ description: 'Of a part of another record: which record that is' }),
});
export const Choices = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id: z.union([z.string(), z.int()]).meta({ description: 'What the member says' }),
        title: Text,
      }),
    ),
    more: z.boolean().meta({ description: 'There are others: look for them with q' }),
  })
  .meta({ id: 'Choices', description: 'What a member of a command may be' });
type Offered = AnswerOf<typeof Choices>;
type Choice = Offered['items'][number];
export type Asked = z.output<typeof ChoicesParameters>;

/** What is asked of what others answer. */
export interface Answering {
  /** The question about one record, by its kind. */
  readonly own: ReadonlyMap<string, RecordQuery>;
  /** The list of a kind of records. */
  readonly lists: ReadonlyMap<string, ListQuery>;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** The schemas of a member, whichever of its forms it has; rows of a list are passed through. */
function membersAt(schema: Json, [name, ...rest]: readonly string[]): Json[] {
  const forms = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((all) => (Array.isArray(all) ? all : []));
  const inner = [...forms, schema.items].filter(isObject);
  if (name === undefined) return [schema, ...inner.flatMap((form) => membersAt(form, []))];
  const properties = isObject(schema.properties) ? schema.properties : {};
  const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return [
    ...(isObject(member) ? membersAt(member, rest) : []),
    ...inner.flatMap((form) => membersAt(form, [name, ...rest])),
  ];
}
/** What a member names, by its schema: records of a kind, or parts of one. */
function leafOf(route: CommandRoute, member: string): Json {
  const leaf = membersAt(bodySchema(route), member.split('.')).find(
    ({ field }) => field === 'ref' || field === 'part',
  );
  if (leaf) return leaf;
  throw new Problem(400, 'INVALID_PARAMETER', 'Mend what is named and ask again.', {
    errors: [{ path: '/member', message: `${route.name} has no member ${member} that names something` }],
  });
}

/** Of what is looked for, every word is in the name or the id. */
function sought({ q = '' }: Pick<Asked, 'q'>): (choice: Choice) => boolean {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ id, title }) => {
    const text = `${title} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
const offered = (found: readonly Choice[]): Offered => ({
  items: found.slice(0, mostOffered),
  more: found.length > mostOffered,
});

/** Records of a kind, of a place first where it is known; `said`: what a member says that names one. */
async function recordsOf(
  kind: string,
  asked: Pick<Asked, 'q'>,
  placeId: string | undefined,
  context: QueryContext,
  lists: Answering['lists'],
  said: (id: string) => string = (id) => id,
): Promise<Choice[]> {
  const list = lists.get(kind);
  if (!list) return [];
  const fits = sought(asked);
  async function among(query: object): Promise<Choice[]> {
    const { key, descending } = orderOf(existing(list, `list of ${kind}`), undefined);
    const sources = existing(list, `list of ${kind}`)
      .sources(query, context, key)
      .map(({ walk, show }) => ({
        walk,
        show(row: Parameters<typeof show>[0]): Choice | undefined {
          const shown = show(row) as { readonly id: string } | undefined;
          if (!shown) return undefined;
          const choice = { id: said(shown.id), title: titleOf(context, kind, shown.id) };
          return fits(choice) ? choice : undefined;
        },
      }));
    const reading = new Reader(sources, { after: undefined, descending, slices: context.deps.slices });
    return (await reading.take(mostSorted)).map(({ shown }) => shown).sort(byName);
  }
  const takesPlace = list.query !== undefined && Object.hasOwn(list.query.shape, 'placeId');
  const here = takesPlace && placeId !== undefined ? await among({ placeId }) : [];
  // A place asks for money of its own pools alone.
  if (here.length > mostOffered || (kind === 'pool' && placeId !== undefined)) return here;
  const all = await among({});
  // What they act for comes first: their places, their bodies, their programmes.
  const theirs = new Set(context.viewer.grants.flatMap((grant) => grant[kind as Part] ?? []));
  const own = [...here, ...all.filter(({ id }) => theirs.has(String(id)))];
  const known = new Set(own.map(({ id }) => id));
  return [...own, ...all.filter(({ id }) => !known.has(id))];
}

/** People by their accounts, those whose names the reader sees. */
function people(asked: Pick<Asked, 'q'>, context: QueryContext): Choice[] {
  const named = new Map<string, string>();
  for (const { id, state } of context.of(register).all('person'))
    if (context.seen('person', id)) named.set(state.accountId, state.name);
  return [...named]
    .map(([id, title]) => ({ id, title }))
    .filter(sought(asked))
    .sort(byName);
}

/** Whoever may act for an agency that the reader acts for, where the log says who may. */
function colleagues(asked: Pick<Asked, 'q'>, context: QueryContext, home: string | undefined): Choice[] {
  const theirs = new Set(context.viewer.grants.flatMap(({ agency }) => agency ?? []));
  return [...holders(context.deps.service.engine, context.day)]
    .filter(([, grants]) => grants.some(({ agency }) => agency !== undefined && theirs.has(agency)))
    .map(([id]) => ({ id, title: context.nameFor('person', id, home) ?? id }))
    .filter(sought(asked))
    .sort(byName);
}

/** Every text and number that an answer holds, and every name of a member. */
function wordsIn(value: unknown, words = new Set<unknown>()): ReadonlySet<unknown> {
  if (Array.isArray(value)) for (const one of value) wordsIn(one, words);
  else if (isObject(value)) for (const [key, one] of Object.entries(value)) wordsIn(one, words.add(key));
  else words.add(value);
  return words;
}
/** Bodies: the reader's own, then those that stand in the record of the place's table, then the others. */
async function bodiesAt(
  placeId: string,
  bodies: readonly Choice[],
  context: QueryContext,
  { own }: Answering,
): Promise<Choice[]> {
  const question = own.get('collaborative');
  if (!question || !context.asked('collaborative', placeId)) return [...bodies];
  const words = wordsIn(bodyOf(await question.answer({ id: placeId }, context)));
  const theirs = new Set<unknown>(context.viewer.grants.map(({ agency }) => agency));
  const rank = ({ id }: Choice): number => {
    if (theirs.has(id)) return 0;
    return words.has(id) ? 1 : 2;
  };
  return [...bodies].sort((one, other) => rank(one) - rank(other));
}

/** Parts of a record that stand in what its reader sees of it. */
async function partsOfRecord(
  aggregate: keyof States,
  id: string,
  kind: PartKind,
  context: QueryContext,
  { own }: Answering,
): Promise<readonly PartOf[]> {
  const question = own.get(aggregate);
  if (!context.asked(aggregate, id) || !question) return [];
  const seen = wordsIn(bodyOf(await question.answer({ id }, context)));
  const { state } = await context.deps.service.executor.load(aggregate, id);
  return partsOf(aggregate, kind, state).filter((part) => seen.has(part.id));
}

/** The one record of a kind that can be meant where nobody says which. */
type Alone = Readonly<Partial<Record<'place' | 'collaborative' | 'programme', string | undefined>>>;
/** The programme of all that somebody holds a grant in; undefined where there are several. */
function onlyProgrammeOf({ viewer }: QueryContext): string | undefined {
  const named = viewer.grants.flatMap(
    ({ programme, place }) => programme ?? (place === undefined ? [] : (viewer.programmeOf(place) ?? [])),
  );
  const [only, ...others] = new Set(named);
  return others.length === 0 ? only : undefined;
}
/** The record that has the parts: the command's own, the one that is named, or that of its place. */
function holder(
  route: CommandRoute,
  id: string | undefined,
  leaf: Json,
  { of }: Asked,
  alone: Alone,
): readonly [aggregate: keyof States, id: string] | undefined {
  const { aggregate } = route;
  const named = leaf.of ?? aggregate.name;
  if (typeof named !== 'string' || isInherited(named)) return undefined;
  const other = aggregateNamed(named).name;
  if (leaf.of === undefined) return id === undefined ? undefined : [other, id];
  const beside = of ?? alone[other as 'place'];
  return beside === undefined ? undefined : [other, beside];
}

/** What a member may be. `id`: of the record that the command is about; none where it makes one. */
export async function choicesFor(
  route: CommandRoute,
  id: string | undefined,
  asked: Asked,
  context: QueryContext,
  answering: Answering,
): Promise<Offered> {
  const { aggregate, entry } = route;
  const leaf = leafOf(route, asked.member);
  const row = id === undefined ? undefined : context.visible(aggregate.name, id);
  const [only] = new Set(context.viewer.grants.flatMap(({ place }) => place ?? []));
  const isOfPlace = aggregate.name === 'place' || aggregate.name === 'collaborative';
  const placeId = row?.placeId ?? (isOfPlace ? id : undefined) ?? asked.placeId ?? only;
  const home = id === undefined ? undefined : homeOf(context, aggregate.name, id);
  const told = (parts: readonly PartOf[]): Offered =>
    offered(
      parts
        .map((part) => ({
          id: part.id,
          title: partTitle(part.title, (of, named) => context.nameFor(of, named, home) ?? named),
        }))
        .filter(sought(asked)),
    );
  if (entry.part?.member === asked.member && id !== undefined) {
    const may = await context.deps.service.executor.consider(aggregate.name, id, (standing, looks) =>
      possibility({ ...standing, done: undefined }, route.name, context.viewer, looks),
    );
    return told(may?.parts ?? []);
  }
  if (leaf.field === 'part') {
    const programmeId =
      placeId === undefined ? onlyProgrammeOf(context) : context.viewer.programmeOf(placeId);
    const alone = { place: placeId, collaborative: placeId, programme: programmeId };
    const held = holder(route, id, leaf, asked, alone);
    return told(held ? await partsOfRecord(...held, leaf.part as PartKind, context, answering) : []);
  }
  if (leaf.colleagues === true && context.viewer.grantsInLog)
    return offered(colleagues(asked, context, home));
  const kind = typeof leaf.kindFrom === 'string' ? asked.kind : (leaf.kind as string | undefined);
  if (kind === 'agency' && placeId !== undefined) {
    const bodies = await recordsOf(kind, asked, placeId, context, answering.lists);
    return offered(await bodiesAt(placeId, bodies, context, answering));
  }
  return kind === undefined ? offered([]) : recordsNamed(kind, asked, context, answering, placeId);
}

/**
 * Records of a kind, or of every kind that has a list (`record`), or people by their accounts, whose names or
 * ids have the words that are asked for; of a place first where one is said.
 */
export async function recordsNamed(
  kind: string,
  asked: Pick<Asked, 'q'>,
  context: QueryContext,
  { lists }: Pick<Answering, 'lists'>,
  placeId?: string,
): Promise<Offered> {
  if (kind === 'person' || kind === 'account') return offered(people(asked, context));
  if (kind !== 'record') return offered(await recordsOf(kind, asked, placeId, context, lists));
  const found: Choice[] = [];
  for (const name of kinds)
    if (lists.has(name))
      found.push(...(await recordsOf(name, asked, placeId, context, lists, (id) => `${name}-${id}`)));
  return offered(found);
}
