/** Where a step is given, and under which key. */
import { contentHash } from '../domain/kernel/hash.js';
import { commandRoutes, type CommandRoute } from '../http/query/command-routes.js';
import type { Step } from './step.js';

/** Hexadecimal digits of a hash that a key has. */
const keyDigits = 40;

/** The same words to the same record are the same command, in whoever’s file they stand. */
export const keyOf = ({ command, recordId, body }: Step): string =>
  `import-${contentHash([command, recordId ?? null, body]).slice(0, keyDigits)}`;

export function routeOf({ aggregate, command }: Step): CommandRoute {
  const route = commandRoutes.find((one) => one.aggregate.name === aggregate && one.name === command);
  if (!route) throw new Error(`There is no command ${aggregate}.${command}`);
  return route;
}
