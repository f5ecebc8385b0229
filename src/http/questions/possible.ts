/**
 * What its reader may do with a record, and of the rest why not (docs/rules/shared.md#what-may-be-done).
 */
import { z } from 'zod';
import { possibility, standOfNothing } from '../../commands/executor.js';
import type { Aggregate } from '../../domain/kernel/types.js';
import { grantName } from '../../domain/shared/access.js';
import { aggregates } from '../../domain/registry.js';
import { bodyOf } from '../query/answer.js';
import { commandRoutes, type CommandRoute } from '../query/command-routes.js';
import { bodySchema, saysVersion } from '../query/command-schema.js';
import { casesFrom, prefilledBy, valuesFrom, ownValues } from '../query/command-values.js';
import type { QueryContext } from '../query/context.js';
import { record, type Answered, type AnswerOf, type Query, type RecordQuery } from '../query/declare.js';
import { digest } from '../query/etag.js';
import { homeOf, resolveNames } from '../query/present-event.js';
import { Address, CommandName, Text } from '../query/shapes.js';
import { Choices, ChoicesParameters, choicesFor, type Answering, type Asked } from './choices.js';
import { notThere } from '../server/problem.js';

const GrantShape = z.string().meta({ description: 'As Acting-As takes it' });
const PartShape = z
  .strictObject({
    id: z
      .union([z.string(), z.int()])
      .meta({ description: 'What the member says that names it: it stands in the schema with `part`' }),
    title: Text,
    grants: z.array(GrantShape).meta({ description: 'In which it may be given for this part' }),
  })
  .meta({ id: 'PartOfRecord', description: 'A part of the record that a command may be about' });
export const PossibleShape = z
  .strictObject({
    name: CommandName,
    title: Text,
    path: Address.meta({ description: 'Where it is sent to' }),
    possible: z.enum(['yes', 'no', 'for']).meta({
      description:
        'Whether it may be given here and now, so far as that can be said before anything is entered; ' +
        '`for`: for the parts that are listed',
    }),
    part: z.string().optional().meta({ description: 'The member that names the part it is about' }),
    parts: z.array(PartShape).optional().meta({ description: 'Those it may be given for' }),
    grants: z
      .array(GrantShape)
      .meta({ description: 'In which it may be given; where there are several, choose one with Acting-As' }),
    why: z
      .strictObject({
        code: z.string().meta({ description: 'That it would be refused with' }),
        detail: Text,
      })
      .optional()
      .meta({ description: 'Where it may not be given' }),
    schema: z
      .record(z.string(), z.unknown())
      .meta({ description: 'JSON Schema of the body, with nothing left to look up' }),
    values: z.record(z.string(), z.unknown()).meta({
      description:
        'Members that the record, as you see it, says already; of a new one, the place or programme that ' +
        'yours alone can be',
    }),
    cases: z
      .array(
        z.strictObject({
          when: z.record(z.string(), z.union([z.string(), z.int()])),
          values: z.record(z.string(), z.unknown()),
        }),
      )
      .optional()
      .meta({ description: 'What it says besides where these members have these values: of a part, say' }),
  })
  .meta({ id: 'PossibleCommand', description: 'A command, and whether you may give it' });
const Possible = z.strictObject({ items: z.array(PossibleShape) });
type Possibly = AnswerOf<typeof PossibleShape>;
type Answer = AnswerOf<typeof Possible>;

const routesOf = ({ name }: Aggregate, creates: boolean): readonly CommandRoute[] =>
  commandRoutes.filter(
    (route) => route.aggregate.name === name && (route.entry.creates === true) === creates,
  );

/** What is said of a command beside whether it may be given. */
const told = (route: CommandRoute, id: string) => ({
  name: route.name,
  title: route.entry.title,
  path: route.url.replace(':id', id),
  ...(route.entry.part ? { part: route.entry.part.member } : {}),
  schema: bodySchema(route),
});
type Said = NonNullable<ReturnType<typeof possibility>>;
const withNames = (
  names: QueryContext,
  { possible, parts, grants, why }: Said,
  home: string | undefined,
): Pick<Possibly, 'possible' | 'parts' | 'grants' | 'why'> => ({
  possible,
  ...(parts
    ? { parts: parts.map((part) => ({ ...part, title: resolveNames(names, part.title, home) })) }
    : {}),
  grants,
  ...(why ? { why: { code: why.code, detail: resolveNames(names, why.detail, home) } } : {}),
});
const answered = (position: number, items: readonly Possibly[]): Answered<Answer> => ({
  position,
  body: { items },
  tag: digest(JSON.stringify(items.map(({ schema: _, ...item }) => item))),
});

/**
 * What may be done with one record. `own`: the question about the record itself, for what it says already.
 */
async function onRecord(
  aggregate: Aggregate,
  own: RecordQuery | undefined,
  id: string,
  context: QueryContext,
): Promise<Answered<Answer>> {
  const { position } = context.visible(aggregate.name, id);
  const routes = routesOf(aggregate, false);
  const { version, said } = await context.deps.service.executor.consider(
    aggregate.name,
    id,
    (standing, looks) => ({
      version: standing.loaded.version,
      said: routes.map(({ name }) =>
        possibility({ ...standing, done: undefined }, name, context.viewer, looks),
      ),
    }),
  );
  const home = homeOf(context, aggregate.name, id);
  const answer =
    own && routes.some((route) => prefilledBy(route).length > 0)
      ? bodyOf(await own.answer({ id }, context))
      : undefined;
  const items = routes.map((route, i) => {
    const one = said[i];
    if (!one) throw notThere();
    const cases = casesFrom(route, answer);
    return {
      ...told(route, id),
      ...withNames(context, one, home),
      ...(cases.length > 0 ? { cases: [...cases] } : {}),
      values: {
        ...valuesFrom(route, answer),
        ...(saysVersion(route) ? { expectedVersion: version } : {}),
      },
    };
  });
  return answered(position, items);
}

/** What new records of a kind may be made. */
async function onNothing(aggregate: Aggregate, context: QueryContext): Promise<Answered<Answer>> {
  const { viewer } = context;
  const routes = routesOf(aggregate, true);
  const said = await context.deps.service.executor.consider(aggregate.name, '', (_standing, looks) =>
    routes.map(({ name }) => possibility(standOfNothing(aggregate), name, context.viewer, looks)),
  );
  const items = routes.flatMap((route, i) => {
    const one = said[i];
    if (!one) return [];
    const may = viewer.grants.filter((grant) => one.grants.includes(grantName(grant)));
    const values = ownValues(route, may, (placeId) => viewer.programmeOf(placeId));
    return [{ ...told(route, ''), ...withNames(context, one, undefined), values }];
  });
  return answered(context.deps.service.position(), items);
}

type OfRecordAndCommand = `${string}:id${string}:name${string}`;
/** The command of a name, of those on a record or of those that make one. */
function routeNamed(aggregate: Aggregate, creates: boolean, name: string): CommandRoute {
  const route = routesOf(aggregate, creates).find((one) => one.name === name);
  if (!route) throw notThere();
  return route;
}
/** What a member of a command may be. `id`: of the record that it is about, if it is about one. */
const choices = (
  aggregate: Aggregate,
  { id, name, ...asked }: Asked & { readonly id?: string; readonly name: string },
  context: QueryContext,
  answering: Answering,
): Promise<Answered<AnswerOf<typeof Choices>>> => {
  const route = routeNamed(aggregate, id === undefined, name);
  return choicesFor(route, id, asked, context, answering).then((body) => ({
    position: context.deps.service.position(),
    body,
    tag: digest(JSON.stringify(body)),
  }));
};

/** The questions what may be done, of each kind of record, and what a member may be. */
export const possibleQueries = (answering: Answering): readonly Query[] =>
  (aggregates as readonly Aggregate[])
    .filter(({ machinery }) => !machinery)
    .flatMap((aggregate) => [
      record({
        title: 'What you may do with it, and of the rest why not',
        url: `/v1/${aggregate.collection}/:id/commands` as `${string}:id${string}`,
        body: Possible,
        answer: ({ id }, context) => onRecord(aggregate, answering.own.get(aggregate.name), id, context),
      }),
      record({
        title: 'What a member of a command may be, among what you see',
        url: `/v1/${aggregate.collection}/:id/commands/:name/choices` as OfRecordAndCommand,
        query: ChoicesParameters,
        body: Choices,
        answer: (asked, context) => choices(aggregate, asked, context, answering),
      }),
      ...(routesOf(aggregate, true).length > 0
        ? [
            record({
              title: 'What may be made here',
              url: `/v1/${aggregate.collection}/commands`,
              body: Possible,
              answer: (_query, context) => onNothing(aggregate, context),
            }),
            record({
              title: 'What a member of a command may be, among what you see',
              url: `/v1/${aggregate.collection}/commands/:name/choices` as `${string}:name${string}`,
              query: ChoicesParameters,
              body: Choices,
              answer: (asked, context) => choices(aggregate, asked, context, answering),
            }),
          ]
        : []),
    ]);
