/** Reads a file of a programme: whole, or every mistake in it with where it stands. */
import { isNode, isPair, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Areas } from '../domain/shared/reference.js';
import { zodErrors } from '../http/server/input-errors.js';
import { ProgrammeFile } from './file.js';
import { faultsIn } from './faults.js';

/** The way to a value in the file: names of members and places in lists. */
export type Path = readonly (string | number)[];
export interface Mistake {
  /** From 1. */
  readonly line: number;
  /** As `places[0].areas[1].code`; empty of the whole. */
  readonly where: string;
  readonly message: string;
}
export interface ReadFile {
  readonly file: ProgrammeFile;
  /** The line, from 1, on which a value stands; of one that is not there what holds it. */
  lineOf(path: Path): number;
}

/** Nobody’s programme is larger, in characters; what is larger was meant for something else. */
const longestFile = 1_000_000;

/** How often what stands once may be meant elsewhere, all in all. */
const mostRepeated = 1_000;

/** Answers the file, or what has to be mended in it. `areas`: the register, by which codes are looked at. */
export function readFile(text: string, areas: Areas): ReadFile | { readonly mistakes: readonly Mistake[] } {
  const whole = (message: string) => ({ mistakes: [{ line: 1, where: '', message }] });
  if (text.length > longestFile) return whole(`Shorten it to ${longestFile} characters`);
  const counter = new LineCounter();
  // Words like `no` stay words; what refers to itself is nobody's programme.
  const document = parseDocument(text, {
    schema: 'core',
    lineCounter: counter,
    strict: true,
    uniqueKeys: true,
  });
  const lineAt = (offset: number): number => counter.linePos(offset).line;
  if (document.errors.length > 0)
    return {
      mistakes: document.errors.map(({ pos, message }) => ({
        line: lineAt(pos[0]),
        where: '',
        message: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message,
      })),
    };
  const lineOf = (path: Path): number => lineAt(offsetOf(document, path));
  const told = (path: Path, message: string): Mistake => {
    const entered = asEntered(document, path);
    return { line: lineOf(entered), where: named(entered), message };
  };
  const given = valueOf(document);
  if (given === undefined) return whole('Write out what is repeated: it refers to itself too often');
  const parsed = ProgrammeFile.safeParse(given.value);
  if (!parsed.success)
    return {
      mistakes: inOrder(
        zodErrors(parsed.error.issues, 'member', ProgrammeFile).map(({ path, message }) =>
          told(pathOf(path), message),
        ),
      ),
    };
  const faults = faultsIn(parsed.data, areas).map(({ path, message }) => told(path, message));
  return faults.length > 0 ? { mistakes: inOrder(faults) } : { file: parsed.data, lineOf };
}

/** Undefined where so much is repeated by reference that it would not end. */
function valueOf(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: mostRepeated }) };
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
/** By line, and what is said twice of one value once. */
function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const told = new Map(mistakes.map((mistake) => [`${mistake.where} ${mistake.message}`, mistake]));
  return [...told.values()].sort((one, other) => one.line - other.line);
}
/** A date is one word, though made of several: what is wrong with a part of it is wrong with the word. */
function asEntered(document: Document, path: Path): Path {
  let node: unknown = document.contents;
  for (const [i, key] of path.entries()) {
    if (isScalar(node)) return path.slice(0, i);
    node = childOf(node, key)?.node;
  }
  return path;
}

/** A JSON Pointer as a way. */
export const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
const named = (path: Path): string =>
  path.reduce<string>(
    (way, key) => (typeof key === 'number' ? `${way}[${key}]` : `${way}${way === '' ? '' : '.'}${key}`),
    '',
  );

/** Where a value begins; a member of a mapping at its name. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    const next = childOf(node, key);
    if (!next) break;
    ({ node, offset } = next);
  }
  return offset;
}
function childOf(
  node: unknown,
  key: string | number,
): { readonly node: unknown; readonly offset: number } | undefined {
  if (!isNode(node) || !('items' in node)) return undefined;
  const { items } = node as Node & { readonly items: readonly unknown[] };
  if (typeof key === 'number') {
    const item = items[key];
    return isNode(item) ? { node: item, offset: item.range?.[0] ?? 0 } : undefined;
  }
  for (const item of items)
    if (isPair(item) && isScalar(item.key) && String(item.key.value) === key)
      return { node: item.value, offset: item.key.range?.[0] ?? 0 };
  return undefined;
}
