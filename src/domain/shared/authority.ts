/**
 * What lets a command pass that may not pass by itself: a decision that authorises exactly it, or a waiver of
 * one rule (docs/rules/shared.md#decisions-authorise, docs/rules/waiver.md).
 */
import { isDeepStrictEqual } from 'node:util';
import { refuse, type Authorised, type Context, type Refusal, type States } from '../kernel/types.js';
import * as wording from './wording.js';

export const decisionRefusals = {
  DECISION_NOT_CARRIED: 'rule',
  DECISION_DOES_NOT_MATCH: 'rule',
  DECISION_ALREADY_USED: 'state',
} as const;

/**
 * What a decision must authorise: this command, on the record the context is of, on these terms, for this
 * place.
 */
export interface Wanted {
  readonly decisionId: string | undefined;
  /** Of the member that names it. */
  readonly path?: string;
  readonly placeId: string;
  readonly aggregate: keyof States;
  readonly command: string;
  /** Everything in the command that was decided on: neither reasons nor the decision's id. */
  readonly terms: Readonly<Record<string, unknown>>;
}

/** What a decision would have to say, as a draft takes it. */
const asDrafted = (context: Pick<Context, 'recordId'>, want: Omit<Wanted, 'decisionId'>): Authorised => ({
  command: want.command,
  record: `${want.aggregate}-${context.recordId}`,
  terms: want.terms,
});
/** A refusal for want of a decision, with what that has to authorise. */
export const forWantOf = <C extends string>(
  refusal: Refusal<C>,
  context: Pick<Context, 'recordId'>,
  want: Omit<Wanted, 'decisionId'>,
): Refusal<C> => ({ ...refusal, authorises: asDrafted(context, want) });

/**
 * Refuses unless the decision is carried and stands, is of the place and open to the author, authorises
 * exactly this, and was not used here before.
 */
export function decisionRefusal(context: Context, want: Wanted) {
  const no = refusalOf(context, want);
  return no && forWantOf(no, context, want);
}
function refusalOf(context: Context, want: Wanted) {
  const { path = '/decisionId' } = want;
  const record = `${want.aggregate}-${context.recordId}`;
  const needed = wording.needsDecision(`${want.aggregate}.${want.command}`, record);
  if (!want.decisionId)
    return refuse('DECISION_NOT_CARRIED', `${needed} Enter its id as ${path.slice(1)}.`, path);
  const { state } = context.named('decision', want.decisionId);
  // Another place's decision is as unknown as one that does not exist: it authorises nothing here.
  if (state.placeId !== want.placeId)
    return refuse('DECISION_NOT_CARRIED', `${needed} The place has no such decision.`, path);
  if (state.status !== 'carried')
    return refuse('DECISION_NOT_CARRIED', `${needed} This one is ${state.status}.`, path);
  const fits = state.authorises.some(
    (a) => a.command === want.command && a.record === record && isDeepStrictEqual(a.terms, want.terms),
  );
  if (!fits) return refuse('DECISION_DOES_NOT_MATCH', `${needed} This one authorises something else.`, path);
  return context.read(want.aggregate, context.recordId).usedDecisions.includes(want.decisionId)
    ? refuse('DECISION_ALREADY_USED', wording.decisionUsed, path)
    : undefined;
}

/**
 * The rules that a waiver can pass (docs/rules/waiver.md#asking): nothing about consent, independence,
 * ring-fences or a pool's balance.
 */
export const waivableRules = ['RAG_CONTRADICTED', 'EXTENSION_TOO_LONG', 'DUE_AFTER_PROGRAMME'] as const;
export type WaivableRule = (typeof waivableRules)[number];
export const isWaivable = (rule: string): rule is WaivableRule =>
  (waivableRules as readonly string[]).includes(rule);
/** What they say. */
export const waivable: Readonly<Record<WaivableRule, string>> = {
  RAG_CONTRADICTED: 'Delivery is not reported as green while something is overdue',
  EXTENSION_TOO_LONG: 'A place is given twenty more working days at most',
  DUE_AFTER_PROGRAMME: 'What is promised is done before the programme ends',
};
/** What a rule says; of one that could be waived once, its code. */
export const ruleInWords = (rule: string): string => (isWaivable(rule) ? waivable[rule] : rule);
export const waiverRefusals = { WAIVER_DOES_NOT_APPLY: 'rule' } as const;

/**
 * Refuses unless the waiver is granted, in force today, and for this rule, place and record. Call it only
 * where the rule would refuse.
 */
export function waiverRefusal(
  context: Context,
  waiverId: string,
  rule: string,
  placeId: string,
  record: string,
) {
  const { state: w } = context.named('waiver', waiverId);
  const applies =
    w.status === 'granted' &&
    w.rule === rule &&
    w.placeId === placeId &&
    (w.record ?? record) === record &&
    context.today <= w.until;
  return applies
    ? undefined
    : refuse('WAIVER_DOES_NOT_APPLY', wording.waiverNotInForce(ruleInWords(rule), record), '/waiverId');
}

/**
 * The refusal of a waivable rule, unless a waiver is named and in force for it; a waiver that is not is
 * refused itself.
 */
export const unlessWaived = <C extends string>(
  context: Context,
  waiverId: string | undefined,
  refusal: Refusal<C>,
  placeId: string,
  record: string,
) => (waiverId ? waiverRefusal(context, waiverId, refusal.code, placeId, record) : refusal);
