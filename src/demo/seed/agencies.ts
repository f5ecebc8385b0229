import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { give, programmeOffice, supplement, type SeedCommand } from './types.js';

/** The councils of the places, with the area code of 2009 and the day that the area's council began. */
const councils: Readonly<Record<'id' | 'name' | 'type' | 'gss' | 'from', string>>[] = parse(
  readFileSync(new URL('../../../data/seed/councils.csv', import.meta.url)),
  { columns: true },
);

/** Departments of the champions. The names stand in print, the days they began do not. */
const departments: readonly (readonly [code: string, name: string, from: string])[] = [
  ['DEFRA', 'Department for Environment, Food and Rural Affairs', '2001-06-08'],
  ['DCLG', 'Department for Communities and Local Government', '2006-05-05'],
  ['DWP', 'Department for Work and Pensions', '2001-06-08'],
  ['MOJ', 'Ministry of Justice', '2007-05-09'],
  ['DCSF', 'Department for Children, Schools and Families', '2007-06-28'],
  ['CO', 'Cabinet Office', '1916-12-09'],
  ['HMT', 'HM Treasury', '1714-10-13'],
  ['HO', 'Home Office', '1782-03-27'],
  ['DH', 'Department of Health', '1988-07-25'],
];
/**
 * One primary care trust and one police authority of each pilot, under codes of the programme and with round
 * start days until the proper ones are known.
 */
const trusts = [
  'Heart of Birmingham Teaching PCT',
  'Dorset PCT',
  'Bradford and Airedale Teaching PCT',
  'Bedfordshire PCT',
  'Luton PCT',
  'Coventry Teaching PCT',
  'Croydon PCT',
  'County Durham PCT',
  'Eastern and Coastal Kent PCT',
  'Leicester City PCT',
  'Leicestershire County and Rutland PCT',
  'Lewisham PCT',
  'Manchester PCT',
  'Gateshead PCT',
  'Worcestershire PCT',
];
const forces = [
  'West Midlands',
  'Dorset',
  'West Yorkshire',
  'Bedfordshire',
  'Warwickshire',
  'Metropolitan',
  'Durham',
  'Kent',
  'Leicestershire',
  'Greater Manchester',
  'Northumbria',
  'West Mercia',
];
const groups = ["Whitehall champions' group", 'Ministerial group', "Officers' steering group"];

/** An agency's id is its name as a slug. */
export const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("'", '')
    .replace(/[^a-z0-9]+/g, '-');
const register = (
  id: string,
  name: string,
  sector: string,
  type: string,
  scheme: string,
  code: string,
  from: string,
  source?: string,
): SeedCommand =>
  give(
    '2009-06-01T08:05:00.000Z',
    programmeOffice,
    'agency',
    id,
    'RegisterAgency',
    { name, sector, type, identifiers: [{ scheme, code, from }], startOn: from },
    source,
  );
const numbered = (prefix: string, i: number): string => `${prefix}-${String(i + 1).padStart(2, '0')}`;

/**
 * Councils of the places, counties and districts; departments; health bodies, police authorities and the
 * programme's groups.
 */
export const agencies: SeedCommand[] = [
  ...councils.map(({ id, name, type, gss, from }) =>
    register(id, name, 'council', type, 'gss', gss, from, 'mySociety, UK local authorities register'),
  ),
  ...departments.map(([code, name, from]) =>
    register(slug(name), name, 'department', 'department', 'department', code, from),
  ),
  ...trusts.map((name, index) =>
    register(
      slug(name),
      name,
      'nhs',
      'primary care trust',
      'programme',
      numbered('TP-PCT', index),
      '2006-10-01',
    ),
  ),
  ...forces.map((name, index) =>
    register(
      slug(`${name} Police Authority`),
      `${name} Police Authority`,
      'police',
      'police authority',
      'programme',
      numbered('TP-POL', index),
      '2000-07-03',
    ),
  ),
  ...groups.map((name, index) =>
    register(
      slug(name),
      name,
      'other',
      'programme group',
      'programme',
      numbered('TP-GRP', index),
      '2009-06-01',
      supplement,
    ),
  ),
];
