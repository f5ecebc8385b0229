/**
 * What a form sent, as the body of its command. The schema is walked, never what was sent: what it does not
 * name is not looked at. What is blank is absent. Whether it is right, the command's own reader decides; here
 * stands only what is no amount, no date, no number at all.
 */
import { branchIn, conditionOf, isEntered, rowsIn, textsIn } from './entered.js';
import type { Inputs } from './inputs.js';
import { readLeaf, textKind } from './leaf.js';
import { isAsked, neededOf, pointerTo, shapeOf, within, type Member, type Node } from './node.js';

/** Makes the id of a new part; `at` are the numbers of the rows it stands in. */
export type NewPart = (at: readonly number[]) => string | undefined;

/** Where a member of the body stands in the form. */
export interface Spot {
  readonly name: string;
  readonly node: Node;
  readonly value: unknown;
}
export interface Parsed {
  readonly body: Readonly<Record<string, unknown>>;
  /** What could not be read, by the names of inputs. */
  readonly wrong: ReadonlyMap<string, string>;
  /** By pointers into the body. */
  readonly spots: ReadonlyMap<string, Spot>;
}
/** What was read below a node; `filled`: somebody entered something. */
interface Found {
  readonly value: unknown;
  readonly filled: boolean;
}
const absent: Found = { value: undefined, filled: false };

export function parse(
  node: Node,
  inputs: Inputs,
  newPart: NewPart = () => undefined,
  { isRecorded = false } = {},
): Parsed {
  const parser = new Parser(inputs, newPart, isRecorded);
  const { value } = parser.read(node, '', '', true, []);
  return { body: value as Parsed['body'], wrong: parser.wrong, spots: parser.spots };
}

class Parser {
  readonly wrong = new Map<string, string>();
  readonly spots = new Map<string, Spot>();

  constructor(
    private readonly inputs: Inputs,
    private readonly newPart: NewPart,
    private readonly isRecorded: boolean,
  ) {}

  read(node: Node, name: string, pointer: string, required: boolean, at: readonly number[]): Found {
    const found = this.#found(node, name, pointer, required, at);
    this.spots.set(pointer, { name, node, value: found.value });
    return found;
  }
  #found(node: Node, name: string, pointer: string, required: boolean, at: readonly number[]): Found {
    const shape = shapeOf(node);
    if (shape.is === 'fixed') return { value: shape.value, filled: false };
    if (shape.is === 'leaf') return this.#leaf(node, name, required, at);
    if (shape.is === 'list') return this.#list(node, name, pointer, required);
    if (shape.is === 'rows') return this.#rows(node, shape.item, name, pointer, required, at);
    if (shape.is === 'group') return this.#group(shape.members, name, pointer, required, at);
    const { index, wrong } = branchIn(this.inputs, name, shape.branches);
    if (wrong !== undefined) {
      this.wrong.set(name, wrong);
      return { value: undefined, filled: true };
    }
    const branch = index === undefined ? undefined : shape.branches[index];
    if (!branch) return absent;
    return { value: this.#found(branch, name, pointer, true, at).value, filled: true };
  }

  #leaf(node: Node, name: string, required: boolean, at: readonly number[]): Found {
    const kind = node.field ?? 'line';
    const read = readLeaf(kind, this.inputs, name, node);
    if ('wrong' in read) {
      this.wrong.set(name, read.wrong);
      return { value: undefined, filled: true };
    }
    const isNew = kind === 'new-part' && read.value === undefined && required;
    if (isNew) return { value: this.newPart(at), filled: false };
    return { value: read.value, filled: read.value !== undefined && kind !== 'given' };
  }

  /** Values of one field: of boxes, or of rows, one each; or the lines of one input. */
  #list(node: Node, name: string, pointer: string, required: boolean): Found {
    const item = node.items ?? {};
    const kind = textKind(item.field ?? 'line');
    const value: unknown[] = [];
    for (const text of textsIn(this.inputs, name, node)) {
      const read = kind?.parse(text, item) ?? { value: text };
      this.spots.set(pointerTo(pointer, value.length), { name, node: item, value: text });
      if ('wrong' in read) this.wrong.set(name, `“${text}”: ${read.wrong}`);
      else value.push(read.value);
    }
    return value.length > 0 || required ? { value, filled: value.length > 0 } : absent;
  }

  #rows(
    node: Node,
    item: Node,
    name: string,
    pointer: string,
    required: boolean,
    at: readonly number[],
  ): Found {
    const value: unknown[] = [];
    for (let row = 0; row < rowsIn(this.inputs, name, node); row++) {
      const found = this.read(item, within(name, row), pointerTo(pointer, value.length), true, [...at, row]);
      // A row that was left blank is none.
      if (found.filled) value.push(found.value);
    }
    return value.length > 0 || required ? { value, filled: value.length > 0 } : absent;
  }

  #group(
    members: readonly Member[],
    name: string,
    pointer: string,
    required: boolean,
    at: readonly number[],
  ): Found {
    // Members are defined one by one: none of them can be what every object inherits.
    const value: Record<string, unknown> = {};
    let filled = false;
    const waiting = (member: Member): number => (member.node.when ? 1 : 0);
    for (const member of [...members].sort((a, b) => waiting(a) - waiting(b))) {
      const { key, node, required: needed } = member;
      if (!isAsked(node, value)) {
        filled = this.#unasked(member, members, within(name, key), pointerTo(pointer, key)) || filled;
        continue;
      }
      const found = this.read(node, within(name, key), pointerTo(pointer, key), needed, at);
      if (found.value !== undefined)
        Object.defineProperty(value, key, {
          value: found.value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      filled ||= found.filled;
    }
    if (!filled && !required) return absent;
    this.#lacking(members, value, name);
    return { value, filled };
  }
  /**
   * What is needed though its schema lets it be left out: of the record, or in this case. Of what is to be
   * recorded the command says so itself, after whether its author may give it.
   */
  #lacking(members: readonly Member[], value: Readonly<Record<string, unknown>>, name: string): void {
    if (this.isRecorded) return;
    for (const { key, node } of members) {
      const needed = Object.hasOwn(value, key) || !isAsked(node, value) ? undefined : neededOf(node, value);
      const at = within(name, key);
      if (needed !== undefined && !this.wrong.has(at)) this.wrong.set(at, needed);
    }
  }
  /** What was entered where another answer asks for it is not thrown away. */
  #unasked(member: Member, beside: readonly Member[], name: string, pointer: string): boolean {
    const { node } = member;
    if (!isEntered(node, name, this.inputs)) return false;
    this.spots.set(pointer, { name, node, value: undefined });
    this.wrong.set(
      name,
      `Leave this empty, or change your answer: it is asked for only if ${conditionOf(member, beside)}`,
    );
    return true;
  }
}
