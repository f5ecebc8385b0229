/**
 * Names that every object inherits, as ids (docs/rules/shared.md#inherited-names). Each `when` of a spec is
 * decided again with each of its ids, and its author's, replaced by each of these names: the schema refuses
 * it; past the schema the answer is what an id that nothing has is answered. No prototype can be written to
 * while domain specs run.
 */
import { z } from 'zod';
import type { Actor, Decision } from '../../src/domain/kernel/types.js';
import type { Schema } from '../../src/domain/kernel/schema.js';

/** `constructor`, `__proto__`, `toString` … */
export const inherited: readonly string[] = Object.getOwnPropertyNames(Object.prototype);
Object.freeze(Object.prototype);
for (const { value, get, set } of Object.values(Object.getOwnPropertyDescriptors(Object.prototype)))
  for (const held of [value, get, set]) Object.freeze(held);

/** Nothing has this id. */
const nobodys = 'nothing-has-this-id';
const kinds = new Set<unknown>(['Id', 'PartId', 'AccountId', 'PersonAccount']);
/** Fields that name something: what is said of a member beside its type hides the type’s own name. */
const naming = new Set<unknown>(['ref', 'part', 'new-part']);

/**
 * Where an id stands in some data, and what is written before it (`pool-`, where a record is named whole).
 */
export interface Spot {
  readonly path: readonly (string | number)[];
  readonly before: string;
}

/** Where some data holds what fits, by its schema. */
export function spotsIn(
  schema: z.core.$ZodType,
  value: any,
  fits: (s: z.core.$ZodType) => boolean,
  path: Spot['path'] = [],
): Spot[] {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodDefault)
    inner = inner.unwrap();
  if (value === undefined || value === null) return [];
  if (fits(inner))
    return [
      {
        path,
        before:
          inner instanceof z.ZodString && inner.meta()?.names === 'record' ? /^[a-z]+-/.exec(value)![0] : '',
      },
    ];
  if (inner instanceof z.ZodArray)
    return value.flatMap((v: unknown, i: number) =>
      spotsIn((inner as z.ZodArray).element, v, fits, [...path, i]),
    );
  if (inner instanceof z.ZodObject)
    return Object.entries(inner.shape).flatMap(([key, of]) =>
      spotsIn(of as z.core.$ZodType, value[key], fits, [...path, key]),
    );
  if (inner instanceof z.ZodUnion)
    return spotsIn(
      inner.options.find((o) => (o as Schema).safeParse(value).success)!,
      value,
      fits,
      path,
    );
  return [];
}
const isId = (s: z.core.$ZodType): boolean =>
  s instanceof z.ZodString &&
  (kinds.has(s.meta()?.id) || naming.has(s.meta()?.field) || s.meta()?.names !== undefined);

/** A copy of the data with what stands at a spot replaced. */
export function replaced(value: any, { path: [step, ...path], before }: Spot, by: string | number): any {
  if (step === undefined) return typeof by === 'number' ? by : before + by;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  copy[step] = replaced(copy[step], { path, before }, by);
  return copy;
}

/** What a command answers and what follows from it, as text; an error as what it says. */
function told(decide: () => unknown): string {
  try {
    return JSON.stringify(decide());
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

/**
 * What is wrong with the answers of a command to ids that are inherited names. `after` folds what was
 * accepted, and answers the state.
 */
export function wrongs(
  schema: Schema,
  data: unknown,
  actor: Actor,
  decide: (data: any, actor: Actor) => Decision,
  after: (decision: Decision, actor: Actor) => unknown,
): string[] {
  const wrong: string[] = [];
  const answer = (data: unknown, actor: Actor): string =>
    told(() => {
      const decision = decide(data, actor);
      return { decision, state: after(decision, actor) };
    });
  function compare(what: string, given: (id: string) => [data: unknown, actor: Actor]): void {
    const expected = answer(...given(nobodys));
    if (expected.startsWith('threw')) wrong.push(`${what} unknown: ${expected}`);
    for (const name of inherited) {
      const found = answer(...given(name));
      if (found !== expected.replaceAll(nobodys, name))
        wrong.push(`${what} ${name}: ${found}, not ${expected}`);
    }
  }
  for (const spot of spotsIn(schema, data, isId)) {
    compare(`/${spot.path.join('/')}`, (id) => [replaced(data, spot, id), actor]);
    for (const name of inherited)
      if (schema.safeParse(replaced(data, spot, name)).success)
        wrong.push(`the schema takes ${name} at /${spot.path.join('/')}`);
  }
  for (const member of ['account', 'agency', 'place'] as const)
    if (actor[member] !== undefined)
      compare(`its author’s ${member}`, (id) => [data, { ...actor, [member]: id }]);
  return wrong;
}
