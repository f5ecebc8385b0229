/**
 * The schema of a command as forms read it: JSON Schema with nothing left to look up, and what is said of
 * each member for whoever fills it in (docs/rules/fields.md). Nothing else is known of a command here.
 */
import type { FieldKind } from '../../domain/shared/fields.js';

/** A node of the schema. */
export interface Node {
  readonly type?: string;
  readonly field?: FieldKind;
  readonly label?: string;
  readonly hint?: string;
  readonly title?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly kindFrom?: string;
  readonly colleagues?: true;
  readonly part?: string;
  readonly of?: string;
  readonly quarters?: boolean;
  readonly when?: Readonly<Record<string, string | readonly string[]>>;
  readonly needed?: string;
  readonly neededWhen?: Readonly<Record<string, string | readonly string[]>>;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The node of a schema as the API sends it. */
export const nodeOf = (schema: Readonly<Record<string, unknown>>): Node => schema;

/** What a node is to a form. */
export type Shape =
  | { readonly is: 'fixed'; readonly value: unknown }
  | { readonly is: 'leaf'; readonly kind: FieldKind }
  | { readonly is: 'list'; readonly item: Node; readonly kind: FieldKind }
  | { readonly is: 'rows'; readonly item: Node }
  | { readonly is: 'group'; readonly members: readonly Member[] }
  | { readonly is: 'either'; readonly branches: readonly Node[] };
export interface Member {
  readonly key: string;
  readonly node: Node;
  readonly required: boolean;
}

/** Throws for a node of no kind: a test walks every command. */
export function shapeOf(node: Node): Shape {
  if (node.field) return { is: 'leaf', kind: node.field };
  if (node.const !== undefined) return { is: 'fixed', value: node.const };
  if (node.anyOf) return { is: 'either', branches: node.anyOf };
  const { items } = node;
  if (items)
    return items.field ? { is: 'list', item: items, kind: items.field } : { is: 'rows', item: items };
  if (!node.properties) throw new Error(`a form cannot show ${JSON.stringify(node)}`);
  const required = new Set(node.required);
  const members = Object.entries(node.properties).map(([key, member]) => ({
    key,
    node: member,
    required: required.has(key),
  }));
  return { is: 'group', members };
}

/** Records, or parts of them, are chosen from what their author sees. */
export const isChosen = (kind: FieldKind): boolean => kind === 'ref' || kind === 'part';

/** Whether a member is asked for, by the values of those beside it. */
export const isAsked = ({ when }: Node, beside: Beside): boolean => areSo(when ?? {}, beside);
/** What to do where a member is left out, though its schema lets it be; undefined where it may be. */
export const neededOf = ({ needed, neededWhen }: Node, beside: Beside): string | undefined =>
  areSo(neededWhen ?? {}, beside) ? needed : undefined;

type Beside = Readonly<Record<string, unknown>>;
/** What earlier steps of a form asked for: those members, and the values that were given. */
export interface Settled {
  readonly members: ReadonlySet<string>;
  readonly values: Beside;
}
export const nothingSettled: Settled = { members: new Set(), values: {} };
/** Whether earlier steps have settled that a member is not asked for. */
export const isPassedOver = ({ when = {} }: Node, { members, values }: Settled): boolean =>
  Object.entries(when).some(
    ([member, wanted]) => members.has(member) && !areSo({ [member]: wanted }, values),
  );
/** Whether earlier steps have settled if a member is needed; undefined where that is still open. */
export function isNeeded(node: Node, { members, values }: Settled): boolean | undefined {
  const { needed, neededWhen } = node;
  if (needed === undefined || neededWhen === undefined) return undefined;
  return Object.keys(neededWhen).every((member) => members.has(member))
    ? neededOf(node, values) !== undefined
    : undefined;
}
const areSo = (when: NonNullable<Node['when']>, beside: Beside): boolean =>
  Object.entries(when).every(([member, values]) =>
    [values].flat().includes(Object.hasOwn(beside, member) ? String(beside[member]) : ''),
  );

/** The name of an input: the way to its member, `subBalances.0.pence`. */
export const within = (name: string, key: string | number): string =>
  name === '' ? String(key) : `${name}.${key}`;
/** A step of a JSON Pointer; no member's name needs anything escaped. */
export const pointerTo = (pointer: string, key: string | number): string => `${pointer}/${key}`;
