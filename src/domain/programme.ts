/** Programme (domain.md 9.1): its places, calendar, rounds, required steps and restrictions. */
import { aggregate, kit, type EventEntry, type CommandEntry } from './core.js';
import type { FuzzyDate } from './values.js';

export interface EnrolledPlace {
  name: string;
  kind: 'pilot' | 'parallel';
  region: string;
  status: 'enrolled' | 'withdrawn';
  areas: { code: string; snac?: string; from: string; to?: string }[];
  /** Steps the programme office excused, with its reason. */
  excused: Record<string, string>;
}
export interface Milestone {
  name: string;
  kind: 'deadline' | 'political' | 'programme' | 'engagement' | 'info';
  date: FuzzyDate;
  originalDate: FuzzyDate;
  reachedOn?: string;
}
export interface Round {
  no: number;
  kind: 'interim' | 'final';
  observation: { from: string; to: string };
  /** The submission window; `to` is the deadline. Fuzzy until it is opened. */
  window: { from: FuzzyDate; to: FuzzyDate };
  originalTo: string;
  status: 'planned' | 'open' | 'closed';
  /** A place's own, later, closing date. */
  extensions: Record<string, { to: string; reason: string }>;
}
export interface Section {
  sectionId: string;
  title: string;
  prompt: string;
  kind: 'prefilled' | 'prose' | 'risks' | 'locus-counts';
  /** Limit in words, for prose. */
  maxWords?: number;
}
export type StepId = 'activation' | 'interim' | 'pools' | 'final';
export interface RequiredStep {
  stepId: StepId;
  name: string;
  due: { milestoneId: string } | { roundNo: number };
}
export interface ProgrammeState {
  status: 'none' | 'planned' | 'running' | 'closing' | 'closed';
  name: string;
  kind: 'national' | 'regional' | 'sandbox';
  ragScale: 'five' | 'three';
  period: 'month' | 'quarter';
  startOn: string;
  endOn: string;
  places: Record<string, EnrolledPlace>;
  milestones: Record<string, Milestone>;
  policyThemes: Record<string, { title: string; status: 'active' | 'retired'; successor?: string }>;
  rounds: Record<number, Round>;
  /** Keyed `{roundKind}.{placeKind}`. */
  templates: Record<string, { version: number; sections: Section[] }>;
  /** Keyed by place kind. */
  steps: Record<string, RequiredStep[]>;
  restriction?: { from: string; to: string; reason: string };
  restrictions: { from: string; to: string; reason: string; liftedOn?: string }[];
}
declare module './core.js' {
  interface States {
    programme: ProgrammeState;
  }
}
export const { event, command } = kit<ProgrammeState>();
const events: Record<string, EventEntry<ProgrammeState>> = {};
const commands: Record<string, CommandEntry<ProgrammeState>> = {};
export const programme = aggregate<ProgrammeState>({
  name: 'programme',
  collection: 'programmes',
  initial: () => ({ status: 'none', name: '', kind: 'national', ragScale: 'five', period: 'month', startOn: '', endOn: '', places: {}, milestones: {}, policyThemes: {}, rounds: {}, templates: {}, steps: {}, restrictions: [] }),
  title: (s) => s.name,
  events,
  commands,
});
