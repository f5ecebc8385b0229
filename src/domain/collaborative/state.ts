/** Who sits at a place's table, by which rule (docs/rules/collaborative.md). */
import { z } from 'zod';
import type { Parts } from '../kernel/parts.js';

import { choice, whole } from '../shared/fields.js';
export const SeatKind = choice({ voting: 'Votes', observer: 'Observes' });
export interface Seat {
  seatId: string;
  agencyId: string;
  account: string;
  kind: 'voting' | 'observer';
  status: 'offered' | 'accepted' | 'suspended' | 'vacated';
  /** The collaborative's version that says it was vacated. */
  vacatedAt?: number;
}
export interface Delegation {
  from: string;
  to: string;
  agencyId: string;
  startOn: string;
  endOn: string;
}
/** What a fraction of the seats is counted in, at most: no table has more. */
const finestFraction = 100;
export const Whole = whole().min(1).max(finestFraction).meta({ description: 'Of a fraction' });
export const Rule = z
  .union([
    z
      .strictObject({
        kind: choice({
          consent: 'Consent: nobody objects',
          majority: 'Majority: more agree than disagree',
        }).meta({
          label: 'How a decision is carried',
        }),
      })
      .meta({ title: 'Consent or majority' }),
    z
      .strictObject({
        kind: z.literal('supermajority'),
        n: Whole.meta({ label: 'At least this many' }),
        d: Whole.meta({ label: 'Out of this many' }),
      })
      .meta({ title: 'A larger majority' }),
  ])
  .meta({ id: 'Rule', description: 'How a decision is carried; of a supermajority, by at least n of d' });
export const Fraction = z
  .strictObject({
    n: Whole.meta({ label: 'At least this many' }),
    d: Whole.meta({ label: 'Out of this many' }),
  })
  .meta({ id: 'Fraction', description: 'n of d' });
export const Terms = z.strictObject({ rule: Rule, quorum: Fraction });
export type Terms = z.infer<typeof Terms>;
export interface CollaborativeState {
  status: 'none' | 'forming' | 'active' | 'dissolved';
  rule: z.infer<typeof Rule>;
  quorum: { n: number; d: number };
  seats: Parts<Seat>;
  /** Seat ids. */
  chair?: string;
  chairVacantSince?: string;
  /** The accepted voting seat whose holder takes the chair when the chair leaves. */
  deputy?: string;
  secretary?: string;
  terms?: string;
  delegations: Delegation[];
}
/** Statuses in which its members can act. */
export const live: readonly CollaborativeState['status'][] = ['forming', 'active'];
export const accepted = (state: CollaborativeState): Seat[] =>
  Object.values(state.seats).filter((x) => x.status === 'accepted');
export const held = (seat: Seat): boolean =>
  seat.status === 'offered' || seat.status === 'accepted' || seat.status === 'suspended';
