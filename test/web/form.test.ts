/** Forms of commands: what is entered is what is given (docs/rules/fields.md). */
import fc from 'fast-check';
import { test } from 'tap';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { bodySchema } from '../../src/http/query/command-schema.js';
import { fill } from '../../src/web/form/fill.js';
import { Inputs } from '../../src/web/form/inputs.js';
import { nodeOf } from '../../src/web/form/node.js';
import { parse } from '../../src/web/form/parse.js';
import { everyCase } from '../holds.js';
import { sayable, valuesOf } from './form-values.js';

/** What a browser makes of inputs that it was given: lines end in two characters. */
const sentBack = (inputs: Inputs): Inputs =>
  Inputs.from(
    inputs.entries().map(([name, value]): [string, string] => [name, value.replaceAll('\n', '\r\n')]),
  );
/** What the command’s own reader makes of lines. */
const read = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll(String.raw`\r\n`, String.raw`\n`));

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => [key, sorted(v)]),
  );
}

test('what a form is filled with is read from it again', (t) => {
  everyCase(t, 'each command’s values go through its form', (look) => {
    for (const route of commandRoutes) {
      const name = `${route.aggregate.name}.${route.name}`;
      const node = nodeOf(bodySchema(route));
      const found = fc.check(
        fc.property(valuesOf(node), (values) => {
          const said = sayable(node, values);
          const { body, wrong } = parse(node, sentBack(fill(node, said)));
          return wrong.size === 0 && same(read(body), said);
        }),
        { numRuns: 25, seed: 15 },
      );
      look(name, found.counterexample, null);
    }
  });
  t.end();
});
test('the example of each command goes through its form', (t) => {
  everyCase(t, 'the command’s own reader takes what the form sends', (look) => {
    for (const { aggregate, name, entry, ...route } of commandRoutes) {
      const node = nodeOf(bodySchema({ aggregate, name, entry, ...route }));
      const { body, wrong } = parse(node, sentBack(fill(node, entry.example)));
      const taken = entry.data.safeParse(body);
      // An example may leave to the record what it says already.
      const misread = [...wrong].filter(([member]) => node.properties?.[member]?.needed === undefined);
      look(`${aggregate.name}.${name}`, [misread, taken.data], [[], entry.data.parse(entry.example)]);
    }
  });
  t.end();
});
