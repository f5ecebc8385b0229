/** A commitment as it stands (domain.md 9.9). */

export interface CommitmentState {
  status: 'none' | 'draft' | 'offered' | 'accepted' | 'in-delivery' | 'completion-claimed' | 'completed' | 'declined' | 'lapsed' | 'withdrawn' | 'superseded';
  placeId: string;
  title: string;
  ownerAgencyId: string;
  /** Pence asked of a pool for one financial year, from these pledges in this order. */
  money?: { poolId: string; financialYear: string; pence: number; pledgeIds: string[] };
}
declare module './core.js' {
  interface States {
    commitment: CommitmentState;
  }
}
export const initial = (): CommitmentState => ({ status: 'none', placeId: '', title: '', ownerAgencyId: '' });
