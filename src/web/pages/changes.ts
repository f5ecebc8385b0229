/** What changed in a record, member by member, in the words and by the schema of the record's own page. */
import { z } from 'zod';
import { queriesByKind } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import { untold } from '../../http/query/why-null.js';
import { bare } from '../../http/words/schemas.js';
import type { Shower, Shown } from '../../http/words/shown.js';
import { labelOf, unshown } from '../../http/words/members.js';

export interface Change {
  /** A JSON Pointer into the record's answer; members of lists by what tells them apart. */
  readonly field: string;
  readonly then: unknown;
  readonly now: unknown;
  /** The same in a sentence. */
  readonly text: string;
}
export interface ChangesModel {
  readonly sentences: readonly string[];
  readonly table: Shown;
}
type AnySchema = z.core.$ZodType | undefined;

/** What a pointer leads to: in words, its schema, and the member that it is a value of. */
interface Place {
  readonly words: readonly string[];
  readonly schema: AnySchema;
  readonly member: string;
}
function stepTo({ words, schema, member }: Place, name: string): Place {
  const inner = bare(schema);
  if (inner instanceof z.ZodArray)
    return { words: [...words, partName(name)], schema: inner.element, member };
  if (inner instanceof z.ZodRecord)
    return { words: [...words, partName(name)], schema: inner.valueType as AnySchema, member };
  const held =
    inner instanceof z.ZodObject ? (inner.shape as Readonly<Record<string, AnySchema>>)[name] : undefined;
  return { words: [...words, labelOf(name)], schema: held, member: name };
}
/** A part of a list by its place, counted as people count, or by what tells it from others. */
const partName = (name: string): string => (/^\d+$/.test(name) ? String(Number(name) + 1) : name);
const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** Of what was not there and of what is not told, a comparison says the same: it is null. */
function compared(shown: Shown, value: unknown): Shown {
  if (value === null && shown.is === 'withheld') return { ...shown, text: untold.either };
  return shown.is === 'text' ? { is: 'text', text: shown.text, href: shown.href } : shown;
}

/** The changes of a record of this kind: in sentences, and value by value. */
export function changesModel(kind: string, changes: readonly Change[], shower: Shower): ChangesModel {
  const shown = changes.filter(({ field }) => !stepsOf(field).some((step) => unshown.has(step)));
  return { sentences: shown.map(({ text }) => text), table: changesTable(kind, shown, shower) };
}
function changesTable(kind: string, changes: readonly Change[], shower: Shower): Shown {
  const body = queriesByKind(queries).get(kind)?.body;
  const rows = changes.map(({ field, then, now }) => {
    const start: Place = { words: [], schema: body, member: '' };
    const { words, schema, member } = stepsOf(field).reduce(stepTo, start);
    const said: Shown = { is: 'text', text: words.join(': ') };
    const show = (value: unknown): Shown => compared(shower.show(schema, value, member), value);
    return [said, show(then), show(now)];
  });
  const columns = ['What', 'Then', 'Now'].map((label) => ({ label, figure: false }));
  return { is: 'table', columns, rows };
}
