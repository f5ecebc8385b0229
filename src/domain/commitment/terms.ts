/** What a draft may name, what an offer must say, and where a promise's baseline comes from (domain.md 9.9). */
import type { z } from 'zod';
import { isMemberRole } from '../shared/access.js';
import { refuse, type Context } from '../kernel/types.js';
import type {} from '../barrier/state.js';
import type {} from '../decision/state.js';
import type {} from '../pool/state.js';
import type { CommitmentState, Money, Offered, Source, Terms } from './state.js';
import { accountableProblem, verifierProblem } from './rules.js';
import { part } from '../kernel/parts.js';
import { isUnknown } from '../kernel/record-ref.js';

export const asking = { POOL_UNKNOWN: 'rule', ONLY_OWN_MONEY: 'who' } as const;
/**
 * Money is asked for by the pool's own place, or by an agency of what it pledged itself (domain.md G15): whoever else asked would learn from
 * the answer what is there. The pool is one that the author may see.
 */
export function askRefusal(ctx: Context, money: z.infer<typeof Money>, placeId: string, at = '') {
  const pool = ctx.named('pool', money.poolId).state;
  if (pool.placeId !== placeId)
    return refuse('POOL_UNKNOWN', `This place has no pool ${money.poolId}.`, at && `${at}/poolId`);
  const { role, place, agency } = ctx.actor;
  const ofPlace = role === 'system' || (place === placeId && isMemberRole(role));
  // Before it is asked what became of them: another agency's pledge and one that does not exist are refused alike.
  return ofPlace ||
    money.pledgeIds.every((id) => agency !== undefined && part(pool.pledges, id)?.agencyId === agency)
    ? undefined
    : refuse(
        'ONLY_OWN_MONEY',
        'Only members of the pool’s place ask for its money, or an agency for what it pledged itself. Have the place ask.',
        at && `${at}/pledgeIds`,
      );
}
function moneyRefusal(ctx: Context, money: z.infer<typeof Money>, placeId: string) {
  const no = askRefusal(ctx, money, placeId, '/money');
  if (no) return no;
  const { pledges } = ctx.named('pool', money.poolId).state;
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
  ctx: Context,
  d: {
    placeId: string;
    themeId?: string;
    money?: z.infer<typeof Money>;
    dependsOn: string[];
    from?: z.infer<typeof Source>;
    supersedes?: string;
  },
) {
  const { placeId } = d;
  const theme = d.themeId ? part(ctx.read('place', placeId).state.themes, d.themeId) : undefined;
  if (d.themeId && (!theme || theme.status === 'dropped'))
    return refuse('THEME_UNKNOWN', 'The place has no such theme.', '/themeId');
  const unpaid = d.money ? moneyRefusal(ctx, d.money, placeId) : undefined;
  if (unpaid) return unpaid;
  if (d.from && isUnknown(ctx.named(d.from.kind, d.from.id), placeId, ctx))
    return refuse('SOURCE_UNKNOWN', `There is no ${d.from.kind} ${d.from.id}.`, '/from/id');
  if (d.supersedes) {
    const old = ctx.named('commitment', d.supersedes);
    if (old.access.placeId !== placeId || old.state.baselineDueOn === undefined)
      return refuse(
        'COMMITMENT_UNKNOWN',
        `This place has no commitment ${d.supersedes} that was accepted.`,
        '/supersedes',
      );
  }
  for (const [i, id] of d.dependsOn.entries()) {
    const other = id === ctx.recordId ? undefined : ctx.named('commitment', id);
    if (!other || isUnknown(other, placeId, ctx) || other.state.offeredOn === undefined)
      return refuse(
        'DEPENDENCY_CYCLE',
        `${id} is this commitment itself, or was never offered. A commitment depends only on what was offered before it.`,
        `/dependsOn/${i}`,
      );
  }
  return undefined;
}

/** What keeps a promise from being checked by somebody else, as a path and a sentence; in the order of a form. */
export function unverifiable(s: CommitmentState, t: z.infer<typeof Terms>, ctx: Context) {
  const no = (path: string, detail: string) => refuse('COMMITMENT_NOT_VERIFIABLE', detail, `/${path}`);
  if (!t.measure) return no('measure', 'Enter how it will be measured.');
  if (!t.evidenceExpected)
    return no('evidenceExpected', `Enter how someone outside ${s.ownerAgencyId} could check this was done.`);
  if (!t.dueOn) return no('dueOn', 'Enter the date by which it will be done.');
  if (!t.accountable) return no('accountable', 'Enter who answers for it.');
  const wrong = accountableProblem(ctx, s.level, s.placeId, s.ownerAgencyId, t.accountable);
  if (wrong) return no('accountable', wrong);
  if (!t.verifierAgencyId) return no('verifierAgencyId', 'Enter the agency that will verify it.');
  const unfit = verifierProblem(ctx, s.placeId, s.ownerAgencyId, t.verifierAgencyId, s.from);
  return unfit ? no('verifierAgencyId', unfit) : undefined;
}

/** The first acceptance fixes the date that all later ones are measured by; what stands in another's stead inherits that one's. */
export function baseline(s: Offered, ctx: Context): { baselineDueOn: string; reschedules: number } {
  if (s.baselineDueOn) return { baselineDueOn: s.baselineDueOn, reschedules: s.reschedules };
  const old = s.supersedes ? ctx.read('commitment', s.supersedes).state : undefined;
  return { baselineDueOn: old?.baselineDueOn ?? s.dueOn, reschedules: old?.reschedules ?? 0 };
}
