/** Funding stream (domain.md 9.11): money with conditions, and the relaxations its department grants. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';
import type { Purposes } from './values.js';

export interface Relaxation {
  relaxationId: string;
  placeIds: string[] | 'all';
  from: string;
  to: string;
  purposes: Purposes;
  endedOn?: string;
}
export interface FundingStreamState {
  status: 'none' | 'active' | 'ended';
  name: string;
  departmentId: string;
  years: { from: string; to: string };
  ringFenced: boolean;
  purposes: Purposes;
  conditions: string;
  relaxations: Record<string, Relaxation>;
  endedOn?: string;
}
declare module './core.js' {
  interface States {
    fundingstream: FundingStreamState;
  }
}
export const { event, command } = kit<FundingStreamState>();
const events: Record<string, EventEntry<FundingStreamState>> = {};
const commands: Record<string, CommandEntry<FundingStreamState>> = {};
export const fundingStream = aggregate<FundingStreamState>({
  name: 'fundingstream',
  collection: 'funding-streams',
  initial: () => ({ status: 'none', name: '', departmentId: '', years: { from: '', to: '' }, ringFenced: false, purposes: { cofog: [], text: '' }, conditions: '', relaxations: {} }),
  title: (s) => s.name,
  events,
  commands,
});
