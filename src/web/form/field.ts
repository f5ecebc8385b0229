/** A field of a form as its template shows it. */
import type { Node } from './node.js';

export interface Choice {
  readonly id: string | number;
  readonly title: string;
}
/**
 * What a record or part is chosen from; `more`: these are not all there are; `isOpen`: nor need it be one of
 * them, since what is looked for is offered itself.
 */
export interface Choices {
  readonly items: readonly Choice[];
  readonly more: boolean;
  readonly isOpen?: boolean;
}
/** What a form knows beside its schema. */
export interface Known {
  /** Of a member by its name in the form; undefined where nothing is known to choose from: it is typed. */
  choices(name: string, node: Node): Choices | undefined;
  /** What is wrong, by the names of fields. */
  readonly errors: ReadonlyMap<string, string>;
}

export interface Said {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}
export interface Option {
  readonly value: string;
  readonly text: string;
  readonly checked: boolean;
}
interface Typed extends Said {
  readonly value: string;
}
export type Field =
  | (Typed & {
      readonly is: 'text';
      readonly prefix?: string;
      /** Characters that fit it; as wide as the page where it is not said. */
      readonly width?: number;
      readonly digits?: boolean;
    })
  | (Typed & { readonly is: 'texts' | 'prose'; readonly rows: number })
  | (Said & { readonly is: 'date'; readonly day: string; readonly month: string; readonly year: string })
  | (Said & {
      readonly is: 'options';
      readonly as: 'radios' | 'select' | 'checkboxes';
      readonly options: readonly Option[];
      /** Where there are more to choose from: what was looked for. */
      readonly search?: { readonly name: string; readonly value: string; readonly hint?: string };
    })
  | (Said & { readonly is: 'group'; readonly fields: readonly Field[] })
  | { readonly is: 'if'; readonly text: string; readonly fields: readonly Field[] }
  | (Said & {
      readonly is: 'either';
      readonly options: readonly (Option & { readonly fields: readonly Field[] })[];
    })
  | (Said & {
      readonly is: 'rows';
      readonly count: number;
      readonly rows: readonly Row[];
      readonly most: boolean;
    })
  | { readonly is: 'hidden'; readonly name: string; readonly value: string };
export interface Row {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly Field[];
}

export const idOf = (name: string): string => name.replace(/[^A-Za-z0-9-]/g, '-');
/** What is said of any field. */
export const plain = (node: Node, name: string, optional: boolean, { errors }: Known): Said => ({
  id: idOf(name),
  name,
  label: `${node.label ?? ''}${optional && node.needed === undefined ? ' (optional)' : ''}`,
  hint: node.hint,
  error: errors.get(name),
});
