/** A waiver as it stands. It ends with its last day; nothing needs to happen for that. */

export interface WaiverState {
  status: 'none' | 'requested' | 'granted' | 'refused' | 'revoked';
  /** The refusal code that it passes. */
  rule: string;
  placeId: string;
  /** The record's stream where it is for one record only. */
  record?: string;
  /** Its last day. */
  until: string;
  requestedBy: string;
}
export const initial = (): WaiverState => ({
  status: 'none',
  rule: '',
  placeId: '',
  until: '',
  requestedBy: '',
});
