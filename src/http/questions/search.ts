/** Looking for a record by words of its name, or by its reference, among all that the reader may see. */
import { z } from 'zod';
import { aggregates, splitStream } from '../../domain/registry.js';
import { names, namedKinds, wordsIn } from '../../projections/views/names.js';
import type { QueryContext } from '../query/context.js';
import { record, type AnswerOf, type Query } from '../query/declare.js';
import { Reader } from '../query/list.js';
import { parameter } from '../query/parameters.js';
import { AggregateName, IdShape, Illustrative, LinkShape, Text } from '../query/shapes.js';
import { titleOf } from '../query/titles.js';

/** So many of each kind are shown: who looks for more goes to their list, or says more. */
const mostOfKind = 8;

const Found = z
  .strictObject({
    id: z.string().meta({ description: 'The record by its kind and id: `pool-kent-drugs`' }),
    aggregate: AggregateName,
    recordId: IdShape,
    title: Text.meta({ description: 'Its name, its statement, its question: what it is called' }),
    placeId: IdShape.nullable().meta({ description: 'Null of what is of no place' }),
    place: Text.nullable().meta({ description: 'The name of the place; null of what is of no place' }),
    exact: z.boolean().meta({ description: 'What was asked for is its reference, or that with its kind' }),
    link: LinkShape,
    illustrative: Illustrative,
  })
  .meta({ id: 'FoundRecord', description: 'A record that was found' });
export const Search = z
  .strictObject({
    items: z
      .array(Found)
      .meta({ description: 'What is meant exactly first; then by kind, in the order of their names' }),
    more: z
      .array(
        z
          .strictObject({
            aggregate: AggregateName,
            list: z
              .string()
              .nullable()
              .meta({ description: 'Its list, asked the same; null of one that has none' }),
          })
          .meta({ id: 'MoreOfAKind' }),
      )
      .meta({ description: `Kinds of which there are more than the first ${mostOfKind} that you may see` }),
  })
  .meta({ id: 'Search', description: 'Records that are called as was asked' });
type Hit = AnswerOf<typeof Found>;

/** As people sort names: without regard to capitals, numbers by their values. */
const { compare } = new Intl.Collator('en-GB', { numeric: true, sensitivity: 'base' });

/** A record that the reader sees, as it is shown here. */
function hit(context: QueryContext, aggregate: string, recordId: string, exact: boolean): Hit | undefined {
  const row = context.seen(aggregate, recordId);
  if (!row) return undefined;
  const { placeId = null, illustrative } = row;
  return {
    id: `${aggregate}-${recordId}`,
    aggregate,
    recordId,
    title: titleOf(context, aggregate, recordId),
    placeId,
    place: placeId === null ? null : context.nameFor('place', placeId, undefined),
    exact,
    link: context.link(aggregate, recordId),
    illustrative,
  };
}

/** Records of which the reference was said: whether there is another that is hidden makes no difference. */
function exactly(context: QueryContext, asked: string): Hit[] {
  const [kind, own] = splitStream(asked);
  const meant = [...namedKinds.map((aggregate) => [aggregate, asked] as const), [kind, own] as const];
  return meant
    .filter(([aggregate, id]) => namedKinds.includes(aggregate) && context.asked(aggregate, id))
    .flatMap(([aggregate, id]) => hit(context, aggregate, id, true) ?? []);
}

/** Records of a kind with these words, the longest of which is looked up; `but`: those shown already. */
async function ofKind(
  context: QueryContext,
  aggregate: string,
  words: readonly string[],
  but: ReadonlySet<string>,
): Promise<Hit[]> {
  const [longest = ''] = [...words].sort((one, other) => other.length - one.length);
  const { beginning, has } = context.of(names);
  const shown = new Set(but);
  const source = {
    walk: beginning(aggregate, longest),
    show({ tie: id }: { readonly tie: string }): Hit | undefined {
      if (shown.has(`${aggregate}-${id}`) || !has(aggregate, id, words)) return undefined;
      const found = hit(context, aggregate, id, false);
      if (found) shown.add(found.id);
      return found;
    },
  };
  const reading = new Reader([source], { after: undefined, descending: false, slices: context.deps.slices });
  return (await reading.take(mostOfKind + 1)).map((entry) => entry.shown);
}

/** The lists that may be asked for words, by the kind of their records. */
const listsOf = new Map(aggregates.map(({ name, collection }) => [name as string, `/v1/${collection}`]));
const withoutList: ReadonlySet<string> = new Set(['collaborative', 'account']);
const listOf = (aggregate: string, asked: string): string | null =>
  withoutList.has(aggregate)
    ? null
    : `${listsOf.get(aggregate)}?${new URLSearchParams({ q: asked }).toString()}`;

export const searchQueries: readonly Query[] = [
  record({
    title: 'Records by words of their names, or by their references',
    url: '/v1/search',
    query: z.object({ q: parameter.q }),
    body: Search,
    csv: {
      rows: 'items',
      columns: ['id', 'aggregate', 'recordId', 'title', 'placeId', 'place', 'exact', 'link', 'illustrative'],
    },
    async answer({ q = '' }, context) {
      const asked = q.trim();
      const words = wordsIn(asked);
      const items = asked === '' ? [] : exactly(context, asked);
      const more: AnswerOf<typeof Search>['more'][number][] = [];
      for (const aggregate of words.length === 0 ? [] : namedKinds) {
        const found = await ofKind(context, aggregate, words, new Set(items.map(({ id }) => id)));
        items.push(...found.slice(0, mostOfKind).sort((one, other) => compare(one.title, other.title)));
        if (found.length > mostOfKind) more.push({ aggregate, list: listOf(aggregate, asked) });
      }
      return { position: context.deps.service.position(), body: { items, more } };
    },
  }),
];
