/** Agency (domain.md 9.3): a legal body that spends or delivers. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';
import type { Sector } from './values.js';

export interface Identifier {
  scheme: 'gss' | 'ods' | 'iati' | 'charity' | 'company' | 'programme';
  code: string;
  from: string;
  to?: string;
  /** A programme code standing in for the proper one. */
  provisional: boolean;
}
export interface AgencyState {
  status: 'none' | 'registered' | 'retired';
  name: string;
  sector: Sector;
  type: string;
  identifiers: Identifier[];
  startOn: string;
  retiredOn?: string;
  successors: string[];
}
declare module './core.js' {
  interface States {
    agency: AgencyState;
  }
}
export const { event, command } = kit<AgencyState>();
const events: Record<string, EventEntry<AgencyState>> = {};
const commands: Record<string, CommandEntry<AgencyState>> = {};
export const agency = aggregate<AgencyState>({
  name: 'agency',
  collection: 'agencies',
  initial: () => ({ status: 'none', name: '', sector: 'other', type: '', identifiers: [], startOn: '', successors: [] }),
  title: (s) => s.name,
  events,
  commands,
});
