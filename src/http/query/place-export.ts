/** A place's export: where it is asked for, and how much one holds. `src/web/export` makes it. */
import { z } from 'zod';

export const placeExportAddress = '/v1/places/:id/export';
/** Nothing is asked of it: it is its reader's own sight of the place, as it stands. */
export const ExportParameters = z.strictObject({});
export const zipType = 'application/zip';

/** What one export holds at most: bytes before they are packed, and files. They bound its memory. */
export interface ExportLimits {
  readonly bytes: number;
  readonly files: number;
}
const mebibyte = 2 ** 20;
export const usualExport: ExportLimits = { bytes: 64 * mebibyte, files: 20_000 };
