/** What a draft may name, what an offer must say, and where a promise's baseline comes from (domain.md 9.9). */
import type { z } from 'zod';
import { refuse, type Context, type Refusal } from './core.js';
import type {} from './barrier-state.js';
import type {} from './decision-state.js';
import type {} from './pool-state.js';
import type { CommitmentState, Money, Source, Terms } from './commitment-state.js';
import { accountableProblem, verifierProblem } from './commitment-rules.js';
import { part } from './parts.js';

/** A record of another place that is closed to this one is as unknown as one that does not exist. */
function hidden(ctx: Context, aggregate: 'barrier' | 'decision' | 'commitment' | 'pool', id: string, placeId: string): boolean {
  const { version, access } = ctx.read(aggregate, id);
  return version === 0 || (access.tier === 'members' && access.placeId !== placeId);
}
/** Refuses what the place does not have, or may not read. */
export function refersRefusal(
  ctx: Context,
  d: { placeId: string; themeId?: string; money?: z.infer<typeof Money>; dependsOn: string[]; from?: z.infer<typeof Source>; supersedes?: string },
): Refusal | undefined {
  const { placeId } = d;
  const theme = d.themeId ? part(ctx.read('place', placeId).state.themes, d.themeId) : undefined;
  if (d.themeId && (!theme || theme.status === 'dropped')) return refuse('THEME_UNKNOWN', 'The place has no such theme.', '/themeId');
  if (d.money) {
    const pool = ctx.read('pool', d.money.poolId).state;
    if (pool.placeId !== placeId) return refuse('POOL_UNKNOWN', `This place has no pool ${d.money.poolId}.`, '/money/poolId');
    const wrong = d.money.pledgeIds.find((id) => part(pool.pledges, id)?.status !== 'confirmed' || part(pool.pledges, id)?.financialYear !== d.money!.financialYear);
    if (wrong) return refuse('PLEDGE_UNKNOWN', `The pool has no confirmed pledge ${wrong} for ${d.money.financialYear}.`, '/money/pledgeIds');
  }
  if (d.from && hidden(ctx, d.from.kind, d.from.id, placeId)) return refuse('SOURCE_UNKNOWN', `There is no ${d.from.kind} ${d.from.id}.`, '/from/id');
  if (d.supersedes) {
    const old = ctx.read('commitment', d.supersedes);
    if (old.access.placeId !== placeId || old.state.baselineDueOn === undefined)
      return refuse('COMMITMENT_UNKNOWN', `This place has no commitment ${d.supersedes} that was accepted.`, '/supersedes');
  }
  for (const [i, id] of d.dependsOn.entries()) {
    const open = id !== ctx.recordId && !hidden(ctx, 'commitment', id, placeId) && ctx.read('commitment', id).state.offeredOn !== undefined;
    if (!open) return refuse('DEPENDENCY_CYCLE', `${id} is this commitment itself, or was never offered. A commitment depends only on what was offered before it.`, `/dependsOn/${i}`);
  }
  return undefined;
}

/** What keeps a promise from being checked by somebody else, as a path and a sentence; in the order of a form. */
export function unverifiable(s: CommitmentState, t: z.infer<typeof Terms>, ctx: Context): Refusal | undefined {
  const no = (path: string, detail: string): Refusal => refuse('COMMITMENT_NOT_VERIFIABLE', detail, `/${path}`);
  if (!t.measure) return no('measure', 'Enter how it will be measured.');
  if (!t.evidenceExpected) return no('evidenceExpected', `Enter how someone outside ${s.ownerAgencyId} could check this was done.`);
  if (!t.dueOn) return no('dueOn', 'Enter the date by which it will be done.');
  if (!t.accountable) return no('accountable', 'Enter who answers for it.');
  const wrong = accountableProblem(ctx, s.level, s.placeId, s.ownerAgencyId, t.accountable);
  if (wrong) return no('accountable', wrong);
  if (!t.verifierAgencyId) return no('verifierAgencyId', 'Enter the agency that will verify it.');
  const unfit = verifierProblem(ctx, s.placeId, s.ownerAgencyId, t.verifierAgencyId);
  return unfit ? no('verifierAgencyId', unfit) : undefined;
}

/** The first acceptance fixes the date that all later ones are measured by; what stands in another's stead inherits that one's. */
export function baseline(s: CommitmentState, ctx: Context): { baselineDueOn: string; reschedules: number } {
  if (s.baselineDueOn) return { baselineDueOn: s.baselineDueOn, reschedules: s.reschedules };
  const old = s.supersedes ? ctx.read('commitment', s.supersedes).state : undefined;
  return { baselineDueOn: old?.baselineDueOn ?? s.dueOn!, reschedules: old?.reschedules ?? 0 };
}
