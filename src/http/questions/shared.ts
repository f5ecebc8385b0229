/** What the queries over records share. */
import { audienceOf, isOpenTo, type Audience } from '../../domain/shared/access.js';
import type { Tells } from '../../projections/views/past.js';
import type { FullAnswer, Owner } from '../../domain/barrier/state.js';
import { register, type RegisterRow } from '../../projections/views/register.js';
import type { States } from '../../domain/states.js';
import { notThere } from '../server/problem.js';
import type { AccessRow } from '../../projections/views/access.js';
import { walkOf, type Key, type Spot, type Walk } from '../../projections/engine/walk.js';
import type { Source } from '../query/list.js';
import type { QueryContext } from '../query/context.js';
import { existing } from '../../domain/kernel/parts.js';
import type { AnswerOf } from '../query/declare.js';
import type { Failed } from '../query/rows.js';
import type { OwnerAnswer } from './barriers-shape.js';

/** The one source of a list: rows walked in an order, each shown or passed over. */
export const along = <L extends Spot, S>(walk: Walk<L>, show: (row: L) => S | undefined): Source<S>[] => [
  { walk, show },
];
/** A row that has a member of each name that it may be sorted by: it may be absent from one that failed. */
type Keyed<K extends string> = { readonly [N in K]: Key | undefined };
/** Rows of a list that is short by its nature, in the order of a key. */
export function whole<
  K extends string,
  S extends { readonly id: string } & (Keyed<K> | (Partial<Keyed<K>> & Failed)),
>(key: K, rows: readonly S[]): Source<S>[] {
  const keyOf = (row: Partial<Keyed<K>>): Key => row[key] ?? null;
  return along(walkOf(rows.map((row) => ({ key: keyOf(row), tie: row.id, row }))), (x) => x.row);
}

/** Where a record's links both ways are asked for. */
export const lineageOf = (aggregate: string, id: string): string => `/v1/lineage?record=${aggregate}-${id}`;

/** Kinds of records whose state stands in the register. */
type Registered = 'programme' | 'place' | 'agency' | 'person' | 'collaborative' | 'fundingstream' | 'waiver';
/** A state that stands: a stream may hold a refused step alone. */
type Stands<S extends { readonly status: string }> = S & { readonly status: Exclude<S['status'], 'none'> };
const stands = <S extends { readonly status: string }>(state: S): state is Stands<S> =>
  state.status !== 'none';

/** A record of the register, with its version and where its facts come from; undefined where none stands. */
export function shown<S extends { readonly status: string }>({
  id,
  version,
  state,
  illustrative,
  source,
}: RegisterRow<S>) {
  return stands(state) ? { id, version, ...state, illustrative, source } : undefined;
}
/** What the register answers of one record, and what its kind adds; a 404 where none stands. */
export function fromRegister<K extends Registered, M extends object = object>(
  context: QueryContext,
  aggregate: K,
  id: string,
  more?: (row: RegisterRow<States[K]>) => M,
) {
  // The access row moves with every event of the record, as the register's does.
  const { position } = context.visible(aggregate, id);
  return {
    position,
    body() {
      const row = context.own(register).one(aggregate, id);
      const known = row && shown<States[K]>(row);
      if (!known) throw notThere();
      return { ...known, ...(more?.(row) as M), lineage: lineageOf(aggregate, id) };
    },
  };
}
/**
 * Records of the register that the reader may see, few by their nature: their ids, so that one whose row
 * cannot be read hides no other.
 */
export const visibleIds = (context: QueryContext, aggregate: string): string[] =>
  context
    .of(register)
    .ids(aggregate)
    .filter((id) => context.seen(aggregate, id));

/**
 * What a view has of a record that is there, as its access says: every view has folded the events that the
 * access was read from. Of a view that is damaged, the part of the answer that needs it fails.
 */
export const inView = <R>(row: R | undefined): R => existing(row, 'row of a record that is there');
/** The access of a record that was found open to the reader. */
export const accessOf = (context: QueryContext, aggregate: string, id: string): AccessRow =>
  inView(context.seen(aggregate, id));

/**
 * A party to a record reads it as members do; anybody else in their own audience, or the wider one they asked
 * for.
 */
export function sight(
  context: QueryContext,
  aggregate: string,
  id: string,
  placeId: string,
): 'members' | 'programme' | 'public' {
  const row = accessOf(context, aggregate, id);
  if (context.viewer.grants.some((g) => g.agency && row.parties.includes(g.agency)))
    return context.audienceAsked ?? 'members';
  return context.audienceAsked ? context.audience(placeId) : audienceOf(context.viewer, placeId);
}
/** What an audience is told of a record's past: what the timeline tells it of the event that wrote it. */
export function pastFor(context: QueryContext, aggregate: string, id: string, audience: Audience): Tells {
  const row = accessOf(context, aggregate, id);
  return ({ version, private: withheld = false }) => isOpenTo(row, audience, { version, private: withheld });
}
/** Somebody, by the name that a programme has for them; by their account where the reader is told none. */
export const namedIn = (
  context: QueryContext,
  account: string,
  programmeId: string,
): { account: string; name: string } => ({
  account,
  name: context.nameFor('person', account, programmeId) ?? account,
});
/** What makes an answer a promise, by the names that answers have. */
const inFullFor = ({ verifierAgency, ...promise }: FullAnswer) => ({
  ...promise,
  verifierAgencyId: verifierAgency,
});
/** An owner's answer names the promise that keeps it to whom that promise is open. */
export function answerFor(
  context: QueryContext,
  answer: Owner['answer'] | null,
  audience: Audience,
): AnswerOf<typeof OwnerAnswer> | null {
  if (!answer) return null;
  const { commitmentId, dueBy, inFull, ...said } = answer;
  const row = commitmentId === undefined ? undefined : context.seen('commitment', commitmentId);
  return {
    ...said,
    ...(dueBy === undefined ? {} : { answerDueOn: dueBy }),
    ...(inFull ? { inFull: inFullFor(inFull) } : {}),
    ...(row && isOpenTo(row, audience) ? { commitmentId } : {}),
  };
}
/** Would the audience asked for see the record at all? */
export function openTo(context: QueryContext, aggregate: string, id: string, placeId: string): boolean {
  const audience = sight(context, aggregate, id, placeId);
  const { tier } = accessOf(context, aggregate, id);
  return audience === 'members' || tier === 'public' || (audience === 'programme' && tier === 'programme');
}
/** As whom the reader sees the record of a place, of those who see it; a 404 to anybody else. */
export function seenAs(context: QueryContext, aggregate: string, id: string, placeId: string): Audience {
  if (!openTo(context, aggregate, id, placeId)) throw notThere();
  return sight(context, aggregate, id, placeId);
}
