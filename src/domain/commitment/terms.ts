/**
 * What a draft may name, what an offer must say, and where a promise's baseline comes from
 * (docs/rules/commitment.md#drafting).
 */
import type { z } from 'zod';
import { isMemberRole } from '../shared/access.js';
import { refuse, refuseFor, type Context, type Lacking } from '../kernel/types.js';
import type {} from '../barrier/state.js';
import type {} from '../decision/state.js';
import type {} from '../pool/state.js';
import type { CommitmentState, Money, Offered, Source, Terms } from './state.js';
import { accountableProblem, verifierProblem } from './rules.js';
import { part } from '../kernel/parts.js';
import { isUnknown } from '../kernel/record-ref.js';
import * as wording from './wording.js';
import { nameOf } from '../kernel/naming.js';

export const asking = { POOL_UNKNOWN: 'rule', ONLY_OWN_MONEY: 'who' } as const;
/** Of what the command itself asks for. */
export const askingFor = { ...asking, ONLY_OWN_MONEY: 'who of money' } as const;
/**
 * Money is asked for by the pool's own place, or by an agency of what it pledged itself
 * (docs/rules/commitment.md#money): whoever else asked would learn from the answer what is there. The pool is
 * one that the author may see.
 */
export function askRefusal(context: Context, money: z.infer<typeof Money>, placeId: string, at = '') {
  const pool = context.named('pool', money.poolId).state;
  if (pool.placeId !== placeId)
    return refuse('POOL_UNKNOWN', `This place has no pool ${money.poolId}.`, at && `${at}/poolId`);
  const { role, place, agency } = context.actor;
  const ofPlace = role === 'system' || (place === placeId && isMemberRole(role));
  // Before it is asked what became of them: another agency's pledge and one that does not exist are refused
  // alike.
  return ofPlace ||
    money.pledgeIds.every((id) => agency !== undefined && part(pool.pledges, id)?.agencyId === agency)
    ? undefined
    : refuse('ONLY_OWN_MONEY', wording.onlyOwnMoney, at && `${at}/pledgeIds`);
}
/** And of pledges that are confirmed for its year. */
export function moneyRefusal(context: Context, money: z.infer<typeof Money>, placeId: string) {
  const no = askRefusal(context, money, placeId, '/money');
  if (no) return no;
  const { pledges } = context.named('pool', money.poolId).state;
  const wrong = money.pledgeIds.find(
    (id) =>
      part(pledges, id)?.status !== 'confirmed' || part(pledges, id)?.financialYear !== money.financialYear,
  );
  return wrong
    ? refuse(
        'PLEDGE_UNKNOWN',
        `The pool has no confirmed pledge ${wrong} for ${money.financialYear}.`,
        '/money/pledgeIds',
      )
    : undefined;
}
/** Refuses what the place does not have, or its author may not read. */
export function refersRefusal(
  context: Context,
  data: {
    placeId: string;
    themeId?: string;
    money?: z.infer<typeof Money>;
    dependsOn: string[];
    from?: z.infer<typeof Source>;
    supersedes?: string;
  },
) {
  const { placeId } = data;
  const theme = data.themeId ? part(context.read('place', placeId).state.themes, data.themeId) : undefined;
  if (data.themeId && (!theme || theme.status === 'dropped'))
    return refuse('THEME_UNKNOWN', 'The place has no such theme.', '/themeId');
  const unpaid = data.money ? moneyRefusal(context, data.money, placeId) : undefined;
  if (unpaid) return unpaid;
  if (data.from && isUnknown(context.named(data.from.kind, data.from.id), placeId, context))
    return refuse('SOURCE_UNKNOWN', `There is no ${data.from.kind} ${data.from.id}.`, '/from/id');
  if (data.supersedes) {
    const old = context.named('commitment', data.supersedes);
    if (old.access.placeId !== placeId || old.state.baselineDueOn === undefined)
      return refuse(
        'COMMITMENT_UNKNOWN',
        `This place has no commitment ${data.supersedes} that was accepted.`,
        '/supersedes',
      );
  }
  for (const [i, id] of data.dependsOn.entries()) {
    const other = id === context.recordId ? undefined : context.named('commitment', id);
    if (!other || isUnknown(other, placeId, context) || other.state.offeredOn === undefined)
      return refuse('DEPENDENCY_CYCLE', wording.dependsOnNoneOffered(id), `/dependsOn/${i}`);
  }
  return undefined;
}

/** Everything that a promise lacks to be checked by somebody else, and what to enter, as a form has it. */
function termsLacking({ ownerAgencyId }: CommitmentState, terms: z.infer<typeof Terms>): Lacking[] {
  const outsider = `someone outside ${nameOf.agency(ownerAgencyId)}`;
  const wanted = [
    ['measure', 'Enter how it will be measured.'],
    ['evidenceExpected', `Enter how ${outsider} could check this was done.`],
    ['dueOn', 'Enter the date by which it will be done.'],
    ['accountable', 'Enter who answers for it.'],
    ['verifierAgencyId', 'Enter the agency that will verify it.'],
  ] as const;
  return wanted
    .filter(([member]) => !terms[member])
    .map(([member, detail]) => ({ path: `/${member}`, detail }));
}
/**
 * The terms by which somebody else can check a promise; or what keeps them from it, as a path and a sentence,
 * in the order of a form.
 */
export function verifiable(state: CommitmentState, terms: z.infer<typeof Terms>, context: Context) {
  const no = (path: string, detail: string) => refuse('COMMITMENT_NOT_VERIFIABLE', detail, `/${path}`);
  const { accountable, measure, evidenceExpected, dueOn, verifierAgencyId } = terms;
  if (!measure || !evidenceExpected || !dueOn || !accountable || !verifierAgencyId)
    return refuseFor('COMMITMENT_NOT_VERIFIABLE', termsLacking(state, terms));
  const wrong = accountableProblem(context, state.level, state.placeId, state.ownerAgencyId, accountable);
  if (wrong) return no('accountable', wrong);
  const unfit = verifierProblem(context, state.placeId, state.ownerAgencyId, verifierAgencyId, state.from);
  if (unfit) return no('verifierAgencyId', unfit);
  return { accountable, measure, evidenceExpected, dueOn, verifierAgencyId };
}

/**
 * The first acceptance fixes the date that all later ones are measured by; what stands in another's stead
 * inherits that one's.
 */
export function baseline(state: Offered, context: Context): { baselineDueOn: string; reschedules: number } {
  if (state.baselineDueOn) return { baselineDueOn: state.baselineDueOn, reschedules: state.reschedules };
  const old = state.supersedes ? context.read('commitment', state.supersedes).state : undefined;
  return { baselineDueOn: old?.baselineDueOn ?? state.dueOn, reschedules: old?.reschedules ?? 0 };
}
