import { createHash } from 'node:crypto';
import { chiefExecutive, give, programmeOffice, secretariat, supplement, type SeedCommand } from './types.js';

/**
 * Suffolk's leadership collaborative of 22 chief executives from the public, private and voluntary sectors.
 * That they are 22 stands in print, which bodies they lead does not: where a body is not plain from the area,
 * it is called by its sector and a number.
 */
const numbered = (sector: 'voluntary' | 'private', title: string, from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, index) =>
      [
        `${sector}-${from + index}`,
        `suffolk-${sector}-sector-member-${from + index}`,
        `${title} ${from + index} of the Suffolk collaborative`,
        sector,
      ] as const,
  );
const councils = [
  ['council', 'suffolk-county-council'],
  ['babergh', 'babergh-district-council'],
  ['forest-heath', 'forest-heath-district-council'],
  ['ipswich', 'ipswich-borough-council'],
  ['mid-suffolk', 'mid-suffolk-district-council'],
  ['st-edmundsbury', 'st-edmundsbury-borough-council'],
  ['suffolk-coastal', 'suffolk-coastal-district-council'],
  ['waveney', 'waveney-district-council'],
] as const;
const others = [
  ['health', 'suffolk-pct', 'Suffolk PCT', 'nhs'],
  ['police', 'suffolk-police-authority', 'Suffolk Police Authority', 'police'],
  ['probation', 'suffolk-probation-board', 'Suffolk Probation Board', 'probation'],
  ['employment', 'jobcentre-plus-suffolk', 'Jobcentre Plus, Suffolk', 'employment'],
  ['education', 'suffolk-colleges', 'Colleges in Suffolk', 'education'],
  ...numbered('voluntary', 'Voluntary sector member', 1, 4),
  ...numbered('private', 'Private sector member', 1, 5),
] as const;
const seats: readonly (readonly [seatId: string, agency: string])[] = [
  ...councils,
  ...others.map(([seatId, agency]) => [seatId, agency] as const),
];

const lead = secretariat('suffolk');
const chair = chiefExecutive('chair', 'suffolk', 'suffolk-county-council');
const table = (time: string, command: string, data: Record<string, unknown> = {}): SeedCommand =>
  give(`2009-08-17T${time}:00.000Z`, lead, 'collaborative', 'suffolk', command, data);
/** What matters most to Suffolk, as printed. */
const themes = [
  ['skills', 'Skills'],
  ['environment', 'The environment'],
  ['aspiration', 'Building aspiration'],
  ['helping-people', 'Helping people to help themselves'],
] as const;

export const suffolk: SeedCommand[] = [
  ...others.map(([, id, name, sector], index) =>
    give('2009-06-01T08:05:30.000Z', programmeOffice, 'agency', id, 'RegisterAgency', {
      name,
      sector,
      type: 'member of a leadership collaborative',
      identifiers: [
        { scheme: 'programme', code: `TP-SUF-${String(index + 1).padStart(2, '0')}`, from: '2009-01-01' },
      ],
      startOn: '2009-01-01',
    }),
  ),
  give('2009-08-17T08:00:00.000Z', lead, 'place', 'suffolk', 'NominateAccountableBody', {
    agencyId: 'suffolk-county-council',
  }),
  table('08:05', 'EstablishCollaborative', {
    placeId: 'suffolk',
    rule: { kind: 'majority' },
    quorum: { n: 1, d: 2 },
  }),
  ...seats.flatMap(([seatId, agencyId]) => [
    table('08:10', 'OfferSeat', {
      seatId,
      agencyId,
      account: `post.chief-executive.${agencyId}`,
      kind: 'voting',
    }),
    give(
      '2009-08-17T13:00:00.000Z',
      chiefExecutive('seat-holder', 'suffolk', agencyId),
      'collaborative',
      'suffolk',
      'AcceptSeat',
      { seatId },
    ),
  ]),
  table('14:00', 'AppointChair', { seatId: 'council' }),
  table('14:05', 'AdoptTerms', {
    termsHash: createHash('sha256').update('Terms of reference, suffolk').digest('hex'),
  }),
  table('14:10', 'ActivateCollaborative'),
  ...themes.flatMap(([themeId, title]) => [
    give(
      '2009-08-18T09:00:00.000Z',
      lead,
      'place',
      'suffolk',
      'ProposeTheme',
      { themeId, title },
      supplement,
    ),
    give('2009-08-19T09:00:00.000Z', chair, 'place', 'suffolk', 'ConfirmTheme', { themeId }),
  ]),
];
