/**
 * Which other records an event names, and in what sense: said member by member where the event is declared;
 * lineage follows it.
 */
import type { States } from '../states.js';

/** `because`: a step of the system that another record's event caused. The others say it in their data. */
export type LinkKind =
  | 'because'
  | 'from'
  | 'decided-by'
  | 'authorises'
  | 'refers-to'
  | 'replaces'
  | 'depends-on'
  | 'money'
  | 'includes'
  | 'merged-into'
  | 'carried-by'
  | 'waived-by';
export interface Link {
  readonly kind: LinkKind;
  /** The other record's stream. */
  readonly to: string;
}

/** In what sense a member names records, and their streams. */
export interface Naming<V> {
  readonly kind: LinkKind;
  streams(value: V): readonly string[];
}
/** The members of an event's data that name other records. */
export type Links<D> = { readonly [K in keyof D]?: Naming<NonNullable<D[K]>> };
/** The members of an event's data that are texts. */
export type TextMember<D> = string extends keyof D
  ? string
  : { [K in keyof D]-?: NonNullable<D[K]> extends string ? K : never }[keyof D] & string;

type Kind = keyof States & string;
/** The id of one record of this kind. */
export const naming = (kind: LinkKind, aggregate: Kind): Naming<string> => ({
  kind,
  streams: (id) => [`${aggregate}-${id}`],
});
/** The ids of several. */
export const namingEach = (kind: LinkKind, aggregate: Kind): Naming<readonly string[]> => ({
  kind,
  streams: (ids) => ids.map((id) => `${aggregate}-${id}`),
});
/** A record of a kind that stands beside its id. */
export const namingKind = (kind: LinkKind): Naming<{ readonly kind: string; readonly id: string }> => ({
  kind,
  streams: (x) => [`${x.kind}-${x.id}`],
});
/** Records at versions, each of a kind that stands beside its id. */
export const namingPins = (
  kind: LinkKind,
): Naming<readonly { readonly aggregate: string; readonly id: string }[]> => ({
  kind,
  streams: (pins) => pins.map((p) => `${p.aggregate}-${p.id}`),
});
/** The streams of records, or what is said of each by its stream. */
export const namingStreams = (kind: LinkKind): Naming<readonly (string | { readonly record: string })[]> => ({
  kind,
  streams: (records) => records.map((x) => (typeof x === 'string' ? x : x.record)),
});
