import { office, type SeedCommand } from './types.js';

/** Id, name, region and the area codes in force in 2009. */
type Row = readonly [id: string, name: string, region: string, codes: string];
const pilots: Row[] = [
  ['birmingham', 'Birmingham', 'West Midlands', 'E08000025'],
  ['bournemouth-dorset-poole', 'Bournemouth, Dorset & Poole', 'South West', 'E06000028 E06000029 E10000009'],
  ['bradford', 'Bradford', 'Yorkshire and The Humber', 'E08000032'],
  ['central-bedfordshire-luton', 'Central Bedfordshire & Luton', 'East of England', 'E06000056 E06000032'],
  ['coventry-solihull-warwickshire', 'Coventry, Solihull & Warwickshire', 'West Midlands', 'E08000026 E08000029 E10000031'],
  ['croydon', 'Croydon', 'London', 'E09000008'],
  ['durham', 'Durham', 'North East', 'E06000047'],
  ['kent', 'Kent', 'South East', 'E10000016'],
  ['leicester-leicestershire', 'Leicester/Leicestershire', 'East Midlands', 'E06000016 E10000018'],
  ['lewisham', 'Lewisham', 'London', 'E09000023'],
  ['manchester-city-region-warrington', 'Manchester City region & Warrington', 'North West', 'E08000001 E08000002 E08000003 E08000004 E08000005 E08000006 E08000007 E08000008 E08000009 E08000010 E06000007'],
  ['gateshead-south-tyneside-sunderland', 'Gateshead, South Tyneside and Sunderland', 'North East', 'E08000020 E08000023 E08000024'],
  ['worcestershire', 'Worcestershire', 'West Midlands', 'E10000034'],
];
const parallel: Row[] = [
  ['sw-devon-plymouth-torbay', 'Devon County and Districts, Plymouth City Council and Torbay Council', 'South West', 'E10000008 E06000026 E06000027'],
  ['sw-cornwall-scilly', 'Cornwall Council and the Isles of Scilly', 'South West', 'E06000052 E06000053'],
  ['sw-gloucestershire', 'Gloucestershire districts with Gloucestershire County Council', 'South West', 'E10000013'],
  ['sw-west-of-england', 'West of England authorities (Bath & North East Somerset, Bristol, N Somerset, and S Gloucestershire Councils)', 'South West', 'E06000022 E06000023 E06000024 E06000025'],
  ['sw-wiltshire-swindon', 'Wiltshire Council and Swindon Borough Council', 'South West', 'E06000054 E06000030'],
  ['sw-somerset', 'Somerset Districts with Somerset County Council', 'South West', 'E10000027'],
  ['suffolk', 'Suffolk', 'East of England', 'E10000029'],
  ['norfolk', 'Norfolk', 'East of England', 'E10000020'],
  ['cumbria', 'Cumbria', 'North West', 'E10000006'],
  ['blackburn-with-darwen', 'Blackburn with Darwen', 'North West', 'E06000008'],
];

const register = 'mySociety, UK local authorities register';
const enrol = (at: string, kind: 'pilot' | 'parallel', rows: readonly Row[]): SeedCommand[] =>
  rows.flatMap(([placeId, name, region, codes]) => [
    office(`${at}:00.000Z`, 'EnrolPlace', { placeId, name, kind, region }, 'Total Place supplement, October 2009'),
    ...codes.split(' ').map((code) => office(`${at}:30.000Z`, 'AddArea', { placeId, code, on: '2009-06-01' }, register)),
  ]);

/** The thirteen pilots and the parallel places. A county's area contains its districts. */
export const places: SeedCommand[] = [...enrol('2009-06-01T08:10', 'pilot', pilots), ...enrol('2009-07-22T08:10', 'parallel', parallel)];
