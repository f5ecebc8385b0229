/**
 * What an event sets: values that a later event may replace, so that both can tell before and after
 * (docs/rules/shared.md#before-and-after).
 */
export interface SetValue {
  /** Which one of its record, like `due` or `pledge.{id}.confirmed`. */
  readonly key: string;
  /** What people call it, like “Due”. */
  readonly what: string;
  /** In words, with ids marked for their names. */
  readonly value: string;
  /**
   * Of values that stand in an order of their own, where in it: a report's period. It replaces the last one
   * up to there; what is set later of something earlier leaves what stands.
   */
  readonly at?: string;
  /** Said again, for those who read from here on: nothing is replaced. */
  readonly restated?: true;
  /** Set only in the stead of this value. */
  readonly where?: string;
  /** As it was before, where the event itself tells it. */
  readonly was?: string;
}
/** From here on nothing is known of a value, nor of what stands under it: `pledge.{id}` is a whole pledge. */
export interface ForgottenValue {
  readonly forgets: string;
}
export type ValueChange = SetValue | ForgottenValue;
export const isForgotten = (change: ValueChange): change is ForgottenValue => 'forgets' in change;

export const sets = (key: string, what: string, value: string): SetValue => ({ key, what, value });
/** Says a value again. */
export const restates = (said: SetValue): SetValue => ({ ...said, restated: true });
export const forgets = (key: string): ForgottenValue => ({ forgets: key });
/** Where there was somebody or something, and is no more. */
export const [nobody, none] = ['nobody', 'none'];
