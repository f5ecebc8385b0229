/** What a form lets somebody choose, as the API answers it (src/http/questions/choices.ts). */
import type { CommandRoute } from '../../http/query/command-routes.js';
import type { RecordQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import type { Choice, Choices } from '../form/field.js';
import type { Chooser, Wanted } from '../form/choose.js';
import type { Inputs } from '../form/inputs.js';
import { within, type Node } from '../form/node.js';
import type { Visit } from '../visit.js';

interface Asked {
  readonly visit: Visit;
  readonly route: CommandRoute;
  readonly recordId: string | undefined;
  readonly root: Node;
  readonly inputs: Inputs;
}

/** Asks about each field what is looked for there; what was chosen before is among what it answers. */
export function chooserOf(asked: Asked): Chooser {
  const { route, recordId, visit } = asked;
  const base = `/v1/${route.aggregate.collection}${recordId === undefined ? '' : '/:id'}`;
  const at = `${base}/commands/:name/choices`;
  const question = queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === at);
  if (!question) throw new Error(`nobody says what may be chosen at ${at}`);
  const offered = async (given: Readonly<Record<string, string>>): Promise<Choices> => {
    const { body } = await visit.record(question, recordId, given, route.name);
    return body as unknown as Choices;
  };
  return async (wanted) => {
    const beside = namedBeside(wanted, asked);
    if (wanted.node.kindFrom !== undefined && beside.kind === undefined) return undefined;
    const given = { member: wanted.member, ...beside };
    const { items, more } = await offered({
      ...given,
      ...(wanted.sought === '' ? {} : { q: wanted.sought }),
    });
    const known = new Set(items.map(({ id }) => String(id)));
    const missing = wanted.chosen.filter((id) => !known.has(id));
    const found = await Promise.all(missing.map(async (id) => (await offered({ ...given, q: id })).items));
    const chosen = found.flatMap((some, i) => some.filter(({ id }) => String(id) === missing[i]));
    const all = [...chosen, ...items] as readonly Choice[];
    // Few of those who have an account are named in the register of people.
    return wanted.node.kind === 'person' && !wanted.node.colleagues
      ? { items: [...all, ...unnamed(wanted, all)], more, isOpen: true }
      : { items: all, more };
  };
}
/** Who is looked for by an account that no name is known of. */
const unnamed = ({ node, sought }: Wanted, known: readonly Choice[]): readonly Choice[] =>
  sought !== '' &&
  new RegExp(node.pattern ?? '').test(sought) &&
  !known.some(({ id }) => String(id) === sought)
    ? [{ id: sought, title: `${sought} (no name is recorded)` }]
    : [];

/** What the fields beside it say: of which kind a record is, and which record has the part. */
function namedBeside(
  { node, name }: Wanted,
  { inputs, root, recordId }: Asked,
): { readonly kind?: string; readonly of?: string; readonly placeId?: string } {
  const group = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
  const beside = (key: string): string | undefined => inputs.filled(within(group, key));
  const kind = node.kindFrom === undefined ? undefined : beside(node.kindFrom);
  // A collaborative has the id of its place.
  const holder = node.of === 'collaborative' ? 'place' : node.of;
  const of = holder === undefined ? undefined : named(holder, root, name, inputs);
  const placeId = recordId === undefined ? named('place', root, name, inputs) : undefined;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(of === undefined ? {} : { of }),
    ...(placeId === undefined ? {} : { placeId }),
  };
}
/** The value of the member, beside this one or above it, that names a record of a kind. */
function named(kind: string, root: Node, name: string, inputs: Inputs): string | undefined {
  const path = name.replace(/\.?[^.]*$/, '');
  const members = membersAt(root, path === '' ? [] : path.split('.'));
  const key = Object.keys(members).find((one) => members[one]?.field === 'ref' && members[one].kind === kind);
  const value = key === undefined ? undefined : inputs.filled(within(path, key));
  return value ?? (path === '' ? undefined : named(kind, root, path, inputs));
}
function membersAt(node: Node, [key, ...rest]: readonly string[]): Readonly<Record<string, Node>> {
  const branches = node.anyOf ?? [node.items ?? node];
  if (key === undefined)
    return Object.assign({}, ...branches.map((one) => one.properties ?? {})) as object as Readonly<
      Record<string, Node>
    >;
  if (node.items && /^\d+$/.test(key)) return membersAt(node.items, rest);
  for (const { properties = {} } of branches) {
    const member = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (member) return membersAt(member, rest);
  }
  return {};
}
