/** What is said of a place's export. */
import { usualExport, zipType } from '../query/place-export.js';
import { headersOf, sentWith } from './headers.js';
import { refusedWith } from './refusals.js';
import type { Json } from './schemas.js';

const mebibyte = 2 ** 20;

export const placeExportOperation = (): Json => ({
  operationId: 'get.places.id.export',
  summary: 'Everything recorded of a place that you may see, as one zip',
  tags: ['places'],
  description:
    'Records, what happened, decisions with how they were taken, and returns: as JSON, as the CSV that ' +
    'their lists answer, and as pages to print. All of it is read at one entry of the log, which each file ' +
    'names with its audience. Where something is recorded meanwhile, it is made anew, a few times, ' +
    `and then refused (EXPORT_OVERTAKEN); what is more than ${usualExport.bytes / mebibyte} MiB ` +
    'unpacked is not made (EXPORT_TOO_LARGE). It counts as an export under way until it is taken.',
  parameters: sentWith('RecordIdInPath', 'ReadAfter'),
  responses: {
    200: {
      description: 'The zip',
      headers: headersOf('Position', 'Content-Disposition'),
      content: { [zipType]: { schema: { type: 'string', format: 'binary' } } },
    },
    ...refusedWith(400, 401, 403, 404, 422, 429, 503),
  },
});
