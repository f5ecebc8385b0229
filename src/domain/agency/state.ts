/** What is known of an agency. */
import { statusQuestion, type InStatus, type Presence } from '../kernel/presence.js';
import type { Sector } from '../shared/values.js';
import type { Scheme } from './codes.js';

export interface AgencyState {
  status: 'none' | 'registered' | 'retired';
  name: string;
  sector: Sector;
  type: string;
  /**
   * Each holds from its day until before `to`, where the next of its scheme begins. A programme code standing
   * in for the proper one is provisional.
   */
  identifiers: { scheme: Scheme; code: string; from: string; to?: string; provisional: boolean }[];
  startOn: string;
  retiredOn?: string;
  successors: string[];
  succeededOn?: string;
  /** Whose people registered it, and keep its record. */
  programmeId?: string;
}

/** What is there in which status. */
export const present = { retiredOn: ['retired'] } as const satisfies Presence<AgencyState>;
const isIn = statusQuestion<AgencyState>()(present);
type AgencyIn<F extends AgencyState['status']> = InStatus<AgencyState, typeof present, F>;

/** True from the day after an agency's last: a retirement may be recorded ahead. */
export const isRetired = (state: AgencyState, today: string): state is AgencyIn<'retired'> =>
  isIn(state, 'retired') && state.retiredOn < today;
