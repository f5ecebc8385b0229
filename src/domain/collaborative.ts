/** Collaborative (domain.md 9.4): who holds a seat at a place's table. One per place; its id is the place's. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';

export interface Seat {
  seatId: string;
  agencyId: string;
  account: string;
  kind: 'voting' | 'observer';
  status: 'offered' | 'accepted' | 'suspended' | 'vacated';
}
export interface Delegation {
  from: string;
  to: string;
  agencyId: string;
  startOn: string;
  endOn: string;
}
export interface CollaborativeState {
  status: 'none' | 'forming' | 'active' | 'dissolved';
  rule: { kind: 'consent' | 'majority' } | { kind: 'supermajority'; n: number; d: number };
  quorum: { n: number; d: number };
  seats: Record<string, Seat>;
  /** Seat ids. */
  chair?: string;
  deputy?: string;
  chairVacantSince?: string;
  secretary?: string;
  terms?: string;
  delegations: Delegation[];
}
declare module './core.js' {
  interface States {
    collaborative: CollaborativeState;
  }
}
export const { event, command } = kit<CollaborativeState>();
const events: Record<string, EventEntry<CollaborativeState>> = {};
const commands: Record<string, CommandEntry<CollaborativeState>> = {};
export const collaborative = aggregate<CollaborativeState>({
  name: 'collaborative',
  collection: 'collaboratives',
  initial: () => ({ status: 'none', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 }, seats: {}, delegations: [] }),
  title: () => 'Leadership collaborative',
  events,
  commands,
});
