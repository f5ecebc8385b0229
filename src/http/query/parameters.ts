/** Parameters of queries, for checking and for OpenAPI. */
import { z } from 'zod';
import { DateOn, Id } from '../../domain/shared/values.js';
import type { Renamed } from '../../domain/kernel/renamed.js';
import { AsAt } from './as-at.js';
import { defaultOrder, type ListQuery, type Query } from './declare.js';
import { mostRecords } from './past-streams.js';

/** A wider audience than the reader's own may be asked for: what it is told. */
export const Audiences = z.enum(['members', 'programme', 'public']);

/** Rows of a page: what a person looks through, and what is made without others having to wait. */
const [usualRows, mostRows] = [50, 200];
/** Characters of what is looked for by name. */
const mostAsked = 200;
/** What several queries may be asked, each with what it means to all of them. */
export const parameter = {
  placeId: Id.optional().meta({ description: 'Of this place alone' }),
  programmeId: Id.optional().meta({ description: 'Of this programme alone' }),
  from: DateOn.optional().meta({ description: 'On this day or after it' }),
  to: DateOn.optional().meta({ description: 'On this day or before it' }),
  q: z.string().max(mostAsked).optional().meta({
    description:
      'Words, each of which begins a word of its name or of its id: without regard to capitals and accents',
  }),
  audience: Audiences.optional().meta({
    description:
      'What a wider audience than your own is told: AUDIENCE_TOO_NARROW where it is a narrower one',
  }),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'Goes before the header Accept' }),
  limit: z.coerce
    .number()
    .int('limit must be a whole number')
    .min(1, 'limit must be 1 or more')
    .max(mostRows, `limit must be ${mostRows} or fewer`)
    .default(usualRows)
    .meta({ description: 'How many at most on a page; CSV without it is everything' }),
};
/** Characters of a cursor: past these it is none of ours, and is not read. */
const mostCursor = 500;
export const PageParameters = z.strictObject({
  limit: parameter.limit,
  cursor: z
    .string()
    .max(mostCursor)
    .optional()
    .meta({ description: 'Where the page begins: follow `next` of the page before, with the same sort' }),
});
export const ListParameters = PageParameters.extend({
  sort: z.string().optional(),
  format: parameter.format,
});
/** Every order of a list is described; whoever asks for another is told which there are. */
const sortOf = (list: ListQuery) =>
  z
    .string()
    .optional()
    .meta({
      enum: [...new Set([defaultOrder(list), ...list.sorts.flatMap((key) => [key, `-${key}`])])],
      default: defaultOrder(list),
      description: 'By which member; with - before it, the other way round',
    });
/** What any query may be asked beside its own parameters. */
export type AnyParameters = Partial<z.output<typeof ListParameters>> & {
  readonly asAt?: string;
  readonly audience?: z.output<typeof Audiences>;
};

/** The names that parameters may be given by. */
export const namesIn = (parameters: z.ZodObject, renamed: Renamed = {}): readonly string[] => [
  ...Object.keys(parameters.shape),
  ...Object.keys(renamed),
];
/** Parameters by which a list is of so few records that it can be asked for as it stood. */
export const bounds = (question: Query): readonly string[] =>
  ['placeId', 'ownerAgencyId'].filter((name) => question.query && Object.hasOwn(question.query.shape, name));
const boundedBy = (question: Query): string => {
  const names = bounds(question);
  return names.length > 0 ? `, with ${names.join(' or ')}` : '';
};
/** Every parameter a query takes. */
export const parametersOf = (question: Query): z.ZodObject => {
  const own = {
    ...question.query?.shape,
    ...(question.kind === 'record' && question.of
      ? {
          asAt: AsAt.optional().meta({
            description: 'The record as it stood then: at the end of a day, or at an instant',
          }),
        }
      : {}),
    ...(question.past
      ? {
          asAt: AsAt.optional().meta({
            description:
              'As it stood then: at the end of a day, or at an instant. ' +
              `Of ${mostRecords} records at most (TOO_MANY_RECORDS)${boundedBy(question)}`,
          }),
        }
      : {}),
    ...(question.kind === 'record' && question.csv ? { format: parameter.format } : {}),
  };
  if (question.kind === 'list') return ListParameters.extend({ sort: sortOf(question), ...own });
  return question.paged ? PageParameters.extend(own) : z.strictObject(own);
};
