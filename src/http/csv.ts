/** Lists as CSV: UTF-8 with BOM, safe to open in a spreadsheet, stable column names. */
import { stringify } from 'csv-stringify/sync';
import type { FastifyReply } from 'fastify';

/** Values are written as they are; what is no text or number as JSON. */
export function csvText(columns: readonly string[], rows: readonly Record<string, unknown>[]): string {
  const cells = rows.map((row) => columns.map((c) => (row[c] !== null && typeof row[c] === 'object' ? JSON.stringify(row[c]) : row[c])));
  return stringify(cells, { bom: true, header: true, columns: columns.map((c) => ({ key: c })), escape_formulas: true, cast: { boolean: String } });
}
export function csvReply(reply: FastifyReply, name: string, columns: readonly string[], rows: readonly Record<string, unknown>[]): FastifyReply {
  return reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}.csv"`).send(csvText(columns, rows));
}
