/** A place as it stands (docs/rules/place.md). Its name, kind and areas are the programme's. */
import type { Parts } from '../kernel/parts.js';

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
  themes: Parts<Theme>;
}
