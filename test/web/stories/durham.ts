/** Who gives commands at Durham's table, and what the table decides. */
import { chiefExecutive, financeOfficer, secretariat } from '../../../src/demo/seed/types.js';
import type { Teller } from './story.js';

export const lead = secretariat('durham');
export const chair = chiefExecutive('chair', 'durham', 'durham-county-council');
export const trust = chiefExecutive('seat-holder', 'durham', 'county-durham-pct');
export const police = chiefExecutive('seat-holder', 'durham', 'durham-police-authority');
export const councilFinance = financeOfficer('durham-county-council');
export const trustFinance = financeOfficer('county-durham-pct');

/** What a decision allows: a command on a record, on these terms. */
export interface Allowed {
  readonly command: string;
  readonly record: string;
  readonly terms: object;
}
const dayMs = 86_400_000;
/** An instant so many days after now. */
export const inDays = ({ now }: Pick<Teller, 'now'>, days: number): string =>
  new Date(Date.parse(now()) + days * dayMs).toISOString().replace('.000Z', 'Z');

/** A decision that allows this and was carried, since everybody at the table has agreed; its id. */
export async function carried(teller: Pick<Teller, 'now' | 'prepared'>, ...authorises: Allowed[]) {
  const { prepared } = teller;
  const plain = { affectedAgencies: [], money: [], refs: [], authorises };
  const decision = await prepared(lead, 'decision.DraftDecision', plain);
  await prepared(lead, 'decision.OpenDecision', decision, { closesAt: inDays(teller, 14) });
  for (const holder of [chair, trust, police]) await prepared(holder, 'decision.TakePosition', decision);
  await prepared(chair, 'decision.CloseDecision', decision);
  return decision;
}
