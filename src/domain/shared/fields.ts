/**
 * How a person fills in what a command asks for: every member says of which kind it is, and what it is
 * called. It stands in the schema's own metadata, so that a form can be made of the schema alone.
 */
import { z } from 'zod';

/** Kinds of fields (docs/rules/fields.md#kinds). */
export type FieldKind =
  | 'money'
  | 'date'
  | 'time'
  | 'fuzzy-date'
  | 'financial-year'
  | 'month'
  | 'line'
  | 'prose'
  | 'number'
  | 'choice'
  | 'yes-no'
  | 'ref'
  | 'part'
  | 'new-part'
  | 'given';

/** Records that a member may name, by what streams begin with; `record` is one of any kind. */
export type RefKind =
  | 'programme'
  | 'place'
  | 'agency'
  | 'person'
  | 'collaborative'
  | 'barrier'
  | 'fundingstream'
  | 'pool'
  | 'submission'
  | 'commitment'
  | 'decision'
  | 'waiver'
  | 'account'
  | 'record';

/** Parts of records that a member may name. */
export type PartKind =
  | 'grant'
  | 'milestone'
  | 'policy-theme'
  | 'restriction'
  | 'round'
  | 'round-kind'
  | 'step'
  | 'section'
  | 'query'
  | 'theme'
  | 'seat'
  | 'owner'
  | 'pledge'
  | 'agreement'
  | 'allocation'
  | 'relaxation'
  | 'grant';

/** What a schema may say to whoever draws a form of it (docs/rules/fields.md). */
export interface FieldMeta {
  /** The kind of a leaf; what stands below a node with one is part of the one field. */
  readonly field?: FieldKind;
  /** What a person reads beside the field: a noun or a short question. */
  readonly label?: string;
  /** One sentence more, where the label does not say what to enter. */
  readonly hint?: string;
  /** Of a `month`: a quarter can be meant as well. */
  readonly quarters?: true;
  /**
   * Pointer into the answer about the record, where the value that stands can be read; `*` is each of a list,
   * `{sectionId}` the one that this member of the command names: of a map by its key, of a list by its id.
   */
  readonly from?: string;
  /** What each value of a choice is called. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a `ref`: which records. */
  readonly kind?: RefKind;
  /** Of a `ref`: the member beside it that says which records. */
  readonly kindFrom?: string;
  /** Of a `ref` to a person: one who acts for the agency that the command is given for. */
  readonly colleagues?: true;
  /** Of a `part`: which parts. */
  readonly part?: PartKind;
  /**
   * Of a `part` of another record than the command is on: of which kind that is. The command names it beside
   * the part; else it is the one of the command's place, or of its programme.
   */
  readonly of?: RefKind;
  /**
   * Asked for only where the members beside it have one of these values: elsewhere it means nothing, or is
   * refused.
   */
  readonly when?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * What to do where it is left out, though the schema lets it be: the record may say it already, and then
   * its form begins with it, or it is needed in the cases of `neededWhen` alone.
   */
  readonly needed?: string;
  /** Needed where the members beside it have one of these values. */
  readonly neededWhen?: Readonly<Record<string, string | readonly string[]>>;
}

declare module 'zod' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- this is how zod is told of metadata
  interface GlobalMeta extends FieldMeta {}
}

/**
 * One of several values, each with what a person calls it, in the order in which they are shown. `notYet`:
 * what to tell whoever gives one that will come.
 */
export const choice = <const K extends string>(
  labels: Readonly<Record<K, string>>,
  notYet: Readonly<Record<string, string>> = {},
) =>
  z
    // The keys of an object literal that the compiler has seen whole.
    .enum(Object.keys(labels) as K[], {
      error: ({ input }) => Object.entries(notYet).find(([value]) => value === input)?.[1],
    })
    .meta({ field: 'choice', labels });

/** A question that is answered with yes or no, never by leaving a box unticked. */
export const yesNo = (error?: string) =>
  z.boolean(error === undefined ? {} : { error }).meta({ field: 'yes-no' });

/** A whole number. */
export const whole = (error?: string) =>
  z.int(error === undefined ? {} : { error }).meta({ field: 'number' });
