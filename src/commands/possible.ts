/**
 * What somebody may do with a record as it stands, and of the rest why not: the guard of each command, asked
 * for each of their grants and each part that it may be about (docs/rules/shared.md#what-may-be-done).
 */
import { grantName, type Grant } from '../domain/shared/access.js';
import { emptyLoaded } from '../domain/kernel/fold.js';
import {
  isRefusal,
  type Aggregate,
  type CommandEntry,
  type PartOf,
  type Refusal,
} from '../domain/kernel/types.js';
import { existing } from '../domain/kernel/parts.js';
import { judge, type Judgement, type Looks, type Stand } from './judge.js';
import type { CommandRequest } from './request.js';

type Principal = NonNullable<CommandRequest['principal']>;
/** Whether a command may be given: here and now, or for these parts of the record. */
export interface Possibility {
  readonly possible: 'yes' | 'no' | 'for';
  /** Of a command that is about a part: those it may be given for, each with the grants in which. */
  readonly parts?: readonly (PartOf & { readonly grants: readonly string[] })[];
  /** The grants in which it may be given. */
  readonly grants: readonly string[];
  /** Where it may not. */
  readonly why?: Refusal;
}
/** Where a command stands among others: a creation stands on nothing. */
export const standOfNothing = (aggregate: Aggregate): Stand => ({
  aggregate,
  recordId: '',
  loaded: emptyLoaded(aggregate),
  done: undefined,
});

/** Of a question, which is no command: nothing is ever kept under it. */
export const asking = 'asked';
const noPrint = (): string => '';

/** Undefined where the record is not theirs to see, or is not there. */
export function possibility(
  stand: Stand,
  command: string,
  principal: Principal,
  looks: Looks,
): Possibility | undefined {
  const { aggregate, recordId, loaded } = stand;
  const entry = existing(aggregate.commands[command], command);
  const ask = (part: PartOf | undefined, actingAs?: Grant): Judgement =>
    judge(
      stand,
      {
        aggregate: aggregate.name,
        id: recordId,
        command,
        data: entry.part && part ? { [entry.part.member]: part.id } : {},
        commandId: asking,
        principal,
        ...(entry.creates ? {} : { expectedVersion: loaded.version }),
        ...(actingAs ? { actingAs } : {}),
      },
      noPrint,
      looks,
      'guard',
    );
  const among = partsOf(entry, loaded.state, principal);
  if (!among) {
    const { hidden, grants, why } = inEachGrant(ask, undefined, principal);
    if (hidden) return undefined;
    return grants.length > 0
      ? { possible: 'yes', grants }
      : { possible: 'no', grants, ...(why ? { why } : {}) };
  }
  const heard = principal.grants.some(({ role }) => entry.givenBy.includes(role));
  const asked = (heard ? among : []).map((part) => ({ part, ...inEachGrant(ask, part, principal) }));
  const parts = asked.flatMap(({ part, grants }) => (grants.length > 0 ? [{ ...part, grants }] : []));
  if (parts.length > 0)
    return { possible: 'for', parts, grants: [...new Set(parts.flatMap(({ grants }) => grants))] };
  const { hidden, why } = furthest(asked) ?? inEachGrant(ask, undefined, principal);
  if (hidden) return undefined;
  return {
    possible: 'no',
    grants: [],
    ...(why ? { why: asked.length > 0 ? why : ofNone(why, entry) } : {}),
  };
}

/** Of parts that it may not be given for, one that is refused for more than that it is not theirs. */
const furthest = (asked: readonly Asked[]): Asked | undefined =>
  asked.find(({ why }) => why?.code !== 'NOT_ALLOWED') ?? asked[0];
/** What is said of a part that is not there, where there is none at all. */
const ofNone = (why: Refusal, { part }: CommandEntry): Refusal =>
  part && why.path === `/${part.member}` ? { ...why, detail: 'Nothing on this record waits for this.' } : why;

/** The parts that a command may be about, where it is about one. */
const partsOf = (
  { part }: CommandEntry,
  state: unknown,
  { grants }: Principal,
): readonly PartOf[] | undefined =>
  part?.among(state, [...new Set(grants.flatMap(({ place }) => place ?? []))]);

interface Asked {
  readonly hidden: boolean;
  readonly grants: readonly string[];
  readonly why?: Refusal | undefined;
}
/** The grants in which it may be given; where there are none, why not: in the first that fits. */
function inEachGrant(
  ask: (part: PartOf | undefined, actingAs?: Grant) => Judgement,
  part: PartOf | undefined,
  { grants }: Principal,
): Asked {
  const first = ask(part);
  if (first.status === 404) return { hidden: true, grants: [] };
  const named = first.fits;
  const judged = named
    ? grants.flatMap((grant) => (named.includes(grantName(grant)) ? [ask(part, grant)] : []))
    : [first];
  const may = judged.flatMap(({ outcome, grant }) =>
    isRefusal(outcome) || !grant ? [] : [grantName(grant)],
  );
  const [why] = judged.flatMap(({ outcome }) => (isRefusal(outcome) ? [outcome] : []));
  return { hidden: false, grants: [...new Set(may)], why };
}
