/** A place whose members keep a pool and a pledge to themselves, and who reads about them. */
import { randomUUID } from 'node:crypto';
import { office, officeAccount, type Harness } from './harness.js';

export const place = 'testshire';
const council = 'testshire-council';
export const trust = 'testshire-trust';
export const [hidden, open] = ['hidden-pool-7c1e', 'open-pool-52ab'];
const secretariat = `secretariat@place:${place}`;

/** Pence of each pledge, as numbers and as written; each appears nowhere else. */
export const figures = {
  hidden: 123_456_789,
  hiddenToo: 234_567_891,
  withheld: 345_678_912,
  shown: 456_789_123,
};
export const written = (pence: number): string[] => {
  const pounds = Math.floor(pence / 100);
  return [
    String(pence),
    `£${pounds.toLocaleString('en-GB')}`,
    String(pounds),
    pounds.toLocaleString('en-GB'),
  ];
};

/** A place with two agencies, an undisclosed pool, and one open to the programme with one pledge withheld. */
export async function prepare(harness: Harness): Promise<void> {
  await harness.command(office, officeAccount, '/v1/programmes/total-place/places', {
    placeId: place,
    name: 'Testshire',
    kind: 'parallel',
    region: 'East of England',
  });
  const seatHolder = (agency: string): string => `seat-holder@place:${place}+agency:${agency}`;
  for (const [id, code] of [
    [council, 'TEST-1'],
    [trust, 'TEST-2'],
  ] as const) {
    await harness.command(office, officeAccount, '/v1/agencies', {
      id,
      name: `The ${id}`,
      sector: 'other',
      type: 'body',
      identifiers: [{ scheme: 'programme', code, from: '2009-06-01' }],
      startOn: '2009-06-01',
    });
  }
  await harness.command(secretariat, 'post.lead', '/v1/collaboratives', {
    placeId: place,
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  for (const agency of [council, trust]) {
    await harness.command(secretariat, 'post.lead', `/v1/collaboratives/${place}/seats`, {
      seatId: agency,
      agencyId: agency,
      account: `post.head.${agency}`,
      kind: 'voting',
    });
    await harness.command(
      seatHolder(agency),
      `post.head.${agency}`,
      `/v1/collaboratives/${place}/seat-acceptances`,
      { seatId: agency },
    );
  }
  const purposes = { cofog: ['07'], text: 'Treatment' };
  const pledge = async (
    poolId: string,
    agency: string,
    pledgedPence: number,
    consent: boolean,
  ): Promise<void> => {
    const pledgeId = `by-${agency}`;
    await harness.command(seatHolder(agency), `post.head.${agency}`, `/v1/pools/${poolId}/pledges`, {
      pledgeId,
      financialYear: '2009-10',
      pledgedPence,
    });
    await harness.command(
      `finance-officer@agency:${agency}`,
      `post.treasurer.${agency}`,
      `/v1/pools/${poolId}/pledge-confirmations`,
      { pledgeId, consent },
    );
  };
  for (const id of [hidden, open]) {
    await harness.command(secretariat, 'post.lead', '/v1/pools', {
      id,
      name: `Named ${id}`,
      placeId: place,
      legalBasis: 'aligned',
      partners: [council, trust],
      hostAgencyId: council,
      managerAgencyId: council,
      purposes,
      years: ['2009-10'],
      noticeMonths: 6,
    });
  }
  await pledge(hidden, council, figures.hidden, true);
  await pledge(hidden, trust, figures.hiddenToo, false);
  const disclosed = await harness.service.executor.execute({
    aggregate: 'pool',
    id: open,
    command: 'Disclose',
    data: { to: 'programme' },
    commandId: randomUUID(),
    actor: { account: 'system:discloser', role: 'system' },
  });
  if (disclosed.kind !== 'done') throw new Error('the pool was not disclosed');
  await pledge(open, council, figures.withheld, false);
  await pledge(open, trust, figures.shown, true);
}

export const readers = {
  member: { as: secretariat, account: 'post.lead' },
  neighbour: { as: 'secretariat@place:durham', account: 'post.lead.durham' },
  champion: { as: `champion@place:${place}`, account: 'somebody-in-whitehall' },
  treasury: { as: 'treasury@programme:total-place', account: 'post.spending-team' },
  office: { as: office, account: officeAccount },
  auditor: { as: 'auditor@programme:total-place', account: 'post.auditor' },
  auditorElsewhere: { as: 'auditor@place:durham', account: 'post.auditor.durham' },
  partner: { as: `finance-officer@agency:${trust}`, account: `post.treasurer.${trust}` },
  strangerAgency: { as: 'official@agency:durham-county-council', account: 'post.official' },
  nobody: { as: '', account: 'citizen' },
} as const;
export type Reader = keyof typeof readers;
export const insiders: Reader[] = ['member', 'auditor', 'partner'];
export const programmeReaders: Reader[] = [
  'neighbour',
  'champion',
  'treasury',
  'office',
  'strangerAgency',
  'auditorElsewhere',
];
export const outsiders: Reader[] = [...programmeReaders, 'nobody'];
