/** What is known of a funding stream, and what its relaxations allow. */
import { z } from 'zod';
import type { Parts } from '../kernel/parts.js';
import { FinancialYear, type Purposes } from '../shared/values.js';

export interface Relaxation {
  placeIds: string[] | 'all';
  from: string;
  to: string;
  purposes: Purposes;
  endedOn?: string;
}
export const Years = z
  .strictObject({
    from: FinancialYear.meta({ label: 'First year' }),
    to: FinancialYear.meta({ label: 'Last year' }),
  })
  .meta({ id: 'FinancialYears', description: 'From the first to the last of them' });
export interface FundingStreamState {
  status: 'none' | 'active' | 'ended';
  name: string;
  departmentId: string;
  years: z.infer<typeof Years>;
  ringFenced: boolean;
  purposes: Purposes;
  conditions: string;
  relaxations: Parts<Relaxation>;
  endedOn?: string;
}
/**
 * Where the money may be spent on besides its own purposes: the relaxations in force for a place on a day.
 */
export const relaxedFor = (state: FundingStreamState, placeId: string, day: string): Relaxation[] =>
  Object.values(state.relaxations).filter(
    (r) => (r.placeIds === 'all' || r.placeIds.includes(placeId)) && r.from <= day && day <= lastDay(r),
  );
/** The last day of a relaxation, which may have been ended before its time. */
export const lastDay = (relaxation: Relaxation): string => relaxation.endedOn ?? relaxation.to;
