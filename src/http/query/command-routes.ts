/**
 * Routes of commands, derived from the registry: `POST /v1/{collection}/{id}/{segment}`, and for a creation
 * `POST /v1/{collection}`.
 */
import type { Aggregate, CommandEntry } from '../../domain/kernel/types.js';
import { aggregates } from '../../domain/registry.js';

export interface CommandRoute {
  readonly aggregate: Aggregate;
  readonly name: string;
  readonly entry: CommandEntry;
  readonly url: string;
  /** A creation that takes its id from the body or the command id. */
  readonly ownId: boolean;
}

/**
 * Every command that people give, with its route; also read by OpenAPI, the documents and the route sweep.
 */
export const commandRoutes: readonly CommandRoute[] = (aggregates as readonly Aggregate[]).flatMap(
  (aggregate) =>
    aggregate.machinery
      ? []
      : Object.entries(aggregate.commands)
          .filter(
            ([, entry]) => (entry.segment || entry.creates) && entry.givenBy.some((r) => r !== 'system'),
          )
          .map(([name, entry]) => ({
            aggregate,
            name,
            entry,
            url: entry.creates
              ? `/v1/${aggregate.collection}`
              : `/v1/${aggregate.collection}/:id/${entry.segment}`,
            ownId: !!entry.creates && !entry.id,
          })),
);
