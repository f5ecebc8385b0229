/**
 * Who reads a refusal (docs/rules/shared.md#refusals): the auditors of the place or programme it is kept
 * under. A command on a record that was not found is kept under who asked, hidden and unknown alike, and so
 * is a creation whose id is taken; whoever audits the record itself reads it too, and learns nothing by it:
 * they may see the record.
 */
import { splitStream } from '../../domain/registry.js';
import { canSee, type RecordAccess, type Viewer } from '../../domain/shared/access.js';
import type { Views } from '../../projections/engine/view.js';
import { accessRow } from './deps.js';

export interface RefusalScope {
  readonly code: string;
  /** The stream addressed. */
  readonly target: string;
  readonly placeId?: string | null | undefined;
  readonly programmeId?: string | null | undefined;
}
/** Does a reader audit the place or the programme? */
export const audits = (
  viewer: Viewer,
  { placeId, programmeId }: Pick<RefusalScope, 'placeId' | 'programmeId'>,
): boolean => {
  const of: RecordAccess = {
    tier: 'auditors',
    tierSince: 0,
    parties: [],
    ...(placeId ? { placeId } : {}),
    ...(programmeId ? { programmeId } : {}),
  };
  return canSee(viewer, of);
};

export function seesRefusal(views: Views, viewer: Viewer, refused: RefusalScope): boolean {
  if (!viewer.grants.some((g) => g.role === 'auditor')) return false;
  if (audits(viewer, refused)) return true;
  const record = ['NOT_FOUND', 'RECORD_EXISTS'].includes(refused.code)
    ? accessRow(views, ...splitStream(refused.target))
    : undefined;
  return record !== undefined && audits(viewer, record);
}
