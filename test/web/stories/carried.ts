/** What a place's table decides, which lets a command pass. */
import type { Giver } from '../../../src/demo/seed/types.js';
import type { Teller } from './story.js';

/** What a decision allows: a command on a record, on these terms. */
export interface Allowed {
  readonly command: string;
  readonly record: string;
  readonly terms: object;
}
export interface Table {
  readonly placeId: string;
  readonly lead: Giver;
  readonly chair: Giver;
  readonly others: readonly Giver[];
}
const dayMs = 86_400_000;
/** An instant so many days after now. */
const inDays = ({ now }: Pick<Teller, 'now'>, days: number): string =>
  new Date(Date.parse(now()) + days * dayMs).toISOString().replace('.000Z', 'Z');

/** A decision that allows this and was carried, since everybody at the table has agreed; its id. */
export async function carriedBy(
  { placeId, lead, chair, others }: Table,
  teller: Pick<Teller, 'now' | 'prepared'>,
  ...authorises: Allowed[]
): Promise<string> {
  const { prepared } = teller;
  const plain = { placeId, affectedAgencies: [], money: [], refs: [], authorises };
  const decision = await prepared(lead, 'decision.DraftDecision', plain);
  await prepared(lead, 'decision.OpenDecision', decision, { closesAt: inDays(teller, 14) });
  for (const holder of [chair, ...others]) await prepared(holder, 'decision.TakePosition', decision);
  await prepared(chair, 'decision.CloseDecision', decision);
  return decision;
}
