/** Place (domain.md 9.2). Its name, kind and areas are the programme's; everything here follows `OpenPlace`. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';

export interface Theme {
  title: string;
  rationale?: string;
  exclusions?: string;
  parentThemeId?: string;
  policyThemeIds: string[];
  status: 'proposed' | 'confirmed' | 'dropped';
}
export interface PlaceState {
  status: 'none' | 'opened' | 'active' | 'closed';
  programmeId: string;
  accountableBodyId?: string;
  /** Account id of the lead contact, who signs light returns. */
  leadContact?: string;
  population?: { value: number; referenceOn: string; source: string };
  champion?: { accountId: string; departmentId?: string; from: string };
  themes: Record<string, Theme>;
}
declare module './core.js' {
  interface States {
    place: PlaceState;
  }
}
export const { event, command } = kit<PlaceState>();
const events: Record<string, EventEntry<PlaceState>> = {};
const commands: Record<string, CommandEntry<PlaceState>> = {};
export const place = aggregate<PlaceState>({
  name: 'place',
  collection: 'places',
  initial: () => ({ status: 'none', programmeId: '', themes: {} }),
  title: () => 'Place profile',
  events,
  commands,
});
