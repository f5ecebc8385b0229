/** What is known of the machinery’s streams. */

export interface DaysState {
  lastClosed?: string;
}
export interface ClockState {
  /** Log time = logAt + (machine − machineAt) × speed. */
  set?: { logAt: string; machineAt: string; speed: number; seed?: string };
}
export interface LogState {
  logId?: string;
  clock?: 'machine' | 'simulated';
  /** Who may do what: of a log that never took that up, tokens say it. */
  grants?: 'log';
}
export type RefusalState = Record<string, never>;
