/**
 * Which members of a record's state are there in which of its statuses. A state is changed in place, so what
 * it has not always is optional in its type; whoever knows its status reads what is there in it.
 */
import type { StatusOf } from './types.js';

/** Members of a state, and the statuses in which each is there for certain. */
export type Presence<S> = { readonly [K in keyof S]?: readonly StatusOf<S>[] };

type ElementOf<L> = L extends readonly (infer T)[] ? T : never;
/**
 * A state in one of the statuses `F`: what `P`, the table of its record, says of every one of them is there.
 * In any status it is as wide as ever.
 */
export type InStatus<S, P, F> = [StatusOf<S>] extends [F]
  ? S
  : S & { readonly status: F } & {
      readonly [K in keyof P & keyof S as [F] extends [ElementOf<P[K]>] ? K : never]-?: NonNullable<S[K]>;
    };

/** Whether a status is one of a list. */
export const oneOf = <T extends string>(statuses: readonly T[], status: string): status is T =>
  (statuses as readonly string[]).includes(status);

/**
 * The question whether a state is in one of some statuses, for where no `allowedIn` of a command says so.
 * `present`: the table of the record.
 */
export const statusQuestion =
  <S extends { status: string }>() =>
  <const P extends Presence<S>>(_present: P) =>
  <const F extends StatusOf<S>>(state: S, ...statuses: readonly F[]): state is InStatus<S, P, F> =>
    oneOf(statuses, state.status);
