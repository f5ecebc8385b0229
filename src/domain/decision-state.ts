/** A decision as it stands (domain.md 9.8). */

/** One thing that a decision allows, once: this command on this record on these terms. */
export interface Authorisation {
  readonly command: string;
  /** The record's stream, `{aggregate}-{id}`. */
  readonly record: string;
  /** What the command must say, but for reasons and the decision's own id. */
  readonly terms: Readonly<Record<string, unknown>>;
}
export interface DecisionState {
  status: 'none' | 'draft' | 'open' | 'carried' | 'not-carried' | 'lapsed' | 'withdrawn' | 'superseded' | 'rescinded';
  placeId: string;
  question: string;
  authorises: Authorisation[];
}
declare module './core.js' {
  interface States {
    decision: DecisionState;
  }
}
export const initial = (): DecisionState => ({ status: 'none', placeId: '', question: '', authorises: [] });
