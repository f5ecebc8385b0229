/**
 * What of a pledge an audience may see (docs/rules/pool.md#consent): without consent nothing, not even whose
 * it is, which private events alone say; and nothing that moved with money of a pledge without.
 */
import type { Pledge } from './state.js';

/** Pence a pledge stands at; each figure of a pool is the sum of its pledges'. */
export const figureNames = ['pledged', 'confirmed', 'paidIn', 'reserved', 'allocated', 'drawn'] as const;
type FigureName = (typeof figureNames)[number];
/** What of a pledge says what it stands at, and what of that is withheld. */
export type PledgeFigures = Pick<Pledge, FigureName | 'consented'> & { hidden?: Pledge['hidden'] | null };

export interface Disclosure {
  /** Whose it is, and of which year. */
  readonly identity: boolean;
  /** Pledged, confirmed, paid in. */
  readonly given: boolean;
  /** Reserved, allocated, drawn, and what is left. */
  readonly moved: boolean;
}
/** What of a pledge its place's members see (all of it), and others. */
export function disclosureOf(
  { consented, hidden }: Pick<PledgeFigures, 'consented' | 'hidden'>,
  member: boolean,
): Disclosure {
  if (member) return { identity: true, given: true, moved: true };
  return { identity: consented, given: consented && hidden !== 'all', moved: consented && !hidden };
}

/** The figures of a pledge in pence; `null` what is withheld. */
export function figuresFor(
  pledge: PledgeFigures,
  member: boolean,
): Record<`${FigureName}Pence`, number | null> {
  const { given, moved } = disclosureOf(pledge, member);
  return {
    pledgedPence: given ? pledge.pledged : null,
    confirmedPence: given ? pledge.confirmed : null,
    paidInPence: given ? pledge.paidIn : null,
    reservedPence: moved ? pledge.reserved : null,
    allocatedPence: moved ? pledge.allocated : null,
    drawnPence: moved ? pledge.drawn : null,
  };
}
