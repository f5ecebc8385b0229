/**
 * Reads `data/reference/` once at start and hands it to the domain as values. An operator may point to a
 * larger areas file.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { WorkingDays } from '../domain/shared/calendar.js';
import { Areas, type Area, type Reference } from '../domain/shared/reference.js';

const home = new URL('../../data/reference/', import.meta.url);
const rows = <C extends string>(file: string | URL): Readonly<Record<C, string>>[] =>
  parse(readFileSync(file), { bom: true, columns: true, skip_empty_lines: true });

type AreaColumn = 'code' | 'snac' | 'name' | 'type' | 'parent' | 'from' | 'to' | 'successors';

/**
 * Areas (`code,snac,name,type,parent,from,to,successors`; successors joined by `;`), holidays (`date,name`),
 * COFOG (`code,name`).
 */
export function loadReference(areasFile?: string): Reference {
  const areas = rows<AreaColumn>(areasFile ?? new URL('areas.csv', home)).map((record): Area => ({
    // Councils abolished before GSS codes were adopted are known by their SNAC alone.
    code: record.code || `snac:${record.snac}`,
    name: record.name,
    type: record.type,
    from: record.from,
    successors: record.successors ? record.successors.split(';') : [],
    ...(record.snac ? { snac: record.snac } : {}),
    ...(record.parent ? { parent: record.parent } : {}),
    ...(record.to ? { to: record.to } : {}),
  }));
  return {
    areas: new Areas(areas),
    workingDays: new WorkingDays(rows<'date' | 'name'>(new URL('holidays.csv', home)).map((r) => r.date)),
    cofog: new Map(rows<'code' | 'name'>(new URL('cofog.csv', home)).map((r) => [r.code, r.name])),
  };
}
