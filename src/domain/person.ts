/** Person (domain.md 9.20): the name behind an account id, kept apart from everything else. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';

export interface PersonState {
  status: 'none' | 'registered';
  name: string;
  post?: string;
  officeHolder: boolean;
}
declare module './core.js' {
  interface States {
    person: PersonState;
  }
}
export const { event, command } = kit<PersonState>();
const events: Record<string, EventEntry<PersonState>> = {};
const commands: Record<string, CommandEntry<PersonState>> = {};
export const person = aggregate<PersonState>({
  name: 'person',
  collection: 'people',
  initial: () => ({ status: 'none', name: '', officeHolder: false }),
  title: (s) => s.name,
  events,
  commands,
});
