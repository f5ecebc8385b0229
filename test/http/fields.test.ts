/**
 * Every member of every command says of which kind it is and what a person calls it: a form is made of the
 * schema alone (docs/rules/fields.md).
 */
import { test } from 'tap';
import { bodySchema } from '../../src/http/query/command-schema.js';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { everyCase } from '../holds.js';

/** A node of a JSON Schema as forms read it. */
interface Node {
  readonly [member: string]: unknown;
  readonly field?: string;
  readonly label?: string;
  readonly hint?: string;
  readonly title?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly enum?: readonly string[];
  readonly when?: Readonly<Record<string, string | readonly string[]>>;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** What a leaf of each kind must say besides. */
const kinds: Readonly<Record<string, (node: Node) => string | undefined>> = {
  money: isOf('integer'),
  date: isOf('string'),
  time: isOf('string'),
  'fuzzy-date': isOf('object'),
  'financial-year': isOf('string'),
  month: isOf('string'),
  line: isOf('string'),
  prose: isOf('string'),
  number: isOf('integer'),
  'yes-no': isOf('boolean'),
  choice(node) {
    const values = node.enum ?? Object.keys(node.labels ?? {});
    if (values.length === 0) return 'offers nothing';
    const bare = values.filter((value) => !node.labels?.[value]);
    return bare.length > 0 ? `has no words for ${bare.join(', ')}` : undefined;
  },
  ref: (node) => ((node.kind ?? node.kindFrom) ? undefined : 'does not say which records'),
  part: (node) => (node.part ? undefined : 'does not say which parts'),
  'new-part': isOf('string'),
  given: () => undefined,
};
function isOf(type: string): (node: Node) => string | undefined {
  return (node) => (node.type === type ? undefined : `is ${String(node.type)}, not ${type}`);
}
/** Words of the house that nobody outside it knows. */
const jargon = /\b(docket|locus|rung|burn-up|lineage|tier|deed|positions?|cofog|aggregate|stream id)\b/i;

/** What is wrong with a node and what stands below it; `beside` are the members next to it. */
function* wrongs(
  node: Node,
  path: string,
  named: boolean,
  beside: Node['properties'] = {},
): Generator<string> {
  const words = [node.label, node.hint, node.title, ...Object.values(node.labels ?? {})];
  for (const word of words)
    if (word !== undefined && jargon.test(word)) yield `${path}: nobody outside knows “${word}”`;
  if (named && node.label === undefined && node.field !== 'new-part' && node.const === undefined)
    yield `${path}: has no label`;
  for (const [member, values] of Object.entries(node.when ?? {})) {
    const known: readonly string[] = beside[member]?.enum ?? [];
    for (const value of [values].flat())
      if (!known.includes(value)) yield `${path}: waits for ${member} ${value}, which nobody can choose`;
  }
  if (node.field !== undefined) {
    const kind = Object.hasOwn(kinds, node.field) ? kinds[node.field] : undefined;
    const wrong = kind ? kind(node) : `is of no kind: ${node.field}`;
    if (wrong) yield `${path}: ${wrong}`;
  } else if (node.anyOf) {
    for (const [i, branch] of node.anyOf.entries()) {
      if (branch.title === undefined) yield `${path}, branch ${i}: has no title`;
      yield* wrongs(branch, `${path}, branch ${i}`, false);
    }
  } else if (node.items) yield* wrongs(node.items, `${path}/*`, false);
  else if (node.properties) {
    for (const [name, member] of Object.entries(node.properties))
      yield* wrongs(member, `${path}/${name}`, true, node.properties);
  } else if (node.const === undefined) yield `${path}: is of no kind`;
}

test('every member of every command says what a person enters', (t) => {
  everyCase(t, 'every field can be drawn', (look) => {
    for (const route of commandRoutes) {
      const command = `${route.aggregate.name}.${route.name}`;
      look(command, [...wrongs(bodySchema(route), command, false)], []);
    }
  });
  t.end();
});

test('the walk sees what is missing', (t) => {
  const seen = (node: Node): string[] => [...wrongs(node, '', true)];
  t.strictSame(seen({ type: 'string', label: 'Name' }), [': is of no kind']);
  t.strictSame(seen({ type: 'string', field: 'line' }), [': has no label']);
  t.strictSame(seen({ field: 'words', label: 'Name' }), [': is of no kind: words']);
  t.strictSame(seen({ field: 'ref', label: 'Pool' }), [': does not say which records']);
  t.strictSame(seen({ field: 'choice', label: 'Kind', enum: ['a', 'b'], labels: { a: 'A' } }), [
    ': has no words for b',
  ]);
  t.strictSame(seen({ field: 'line', type: 'string', label: 'Locus' }), [': nobody outside knows “Locus”']);
  t.strictSame(seen({ label: 'Either', anyOf: [{ const: 'a' }] }), [', branch 0: has no title']);
  t.strictSame(
    seen({
      label: 'Both',
      properties: {
        kind: { field: 'choice', label: 'Kind', enum: ['a'], labels: { a: 'A' } },
        more: { field: 'line', type: 'string', label: 'More', when: { kind: 'b' } },
      },
    }),
    ['/more: waits for kind b, which nobody can choose'],
  );
  t.end();
});
