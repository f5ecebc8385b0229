/**
 * A world with a secret planted in every private field: each canary is a figure or a word that stands nowhere
 * else.
 */
import { statementOf } from '../../src/domain/submission/statement.js';
import { randomUUID } from 'node:crypto';
import { commandRoutes } from '../../src/http/commands.js';
import { office, officeAccount, type Harness } from './harness.js';

export const place = 'testshire';
const neighbour = 'nextshire';
const council = 'testshire-council';
const trust = 'testshire-trust';
/** Party to the hidden pool, without a seat at the table. */
const police = 'testshire-police';
const department = 'department-of-tests';

export const readers = {
  member: { as: `secretariat@place:${place}`, account: 'post.lead' },
  seatHolder: { as: `seat-holder@place:${place}+agency:${council}`, account: `post.head.${council}` },
  contributor: { as: `contributor@place:${place}+agency:${trust}`, account: 'post.analyst' },
  placeOfficer: { as: `finance-officer@agency:${trust}`, account: `post.treasurer.${trust}` },
  partyOfficer: { as: `finance-officer@agency:${police}`, account: 'post.treasurer.police' },
  neighbour: { as: `secretariat@place:${neighbour}`, account: 'post.lead.next' },
  champion: { as: `champion@place:${place}`, account: 'somebody-in-whitehall' },
  official: { as: `official@agency:${department}`, account: 'post.official' },
  treasury: { as: 'treasury@programme:total-place', account: 'post.spending-team' },
  office: { as: office, account: officeAccount },
  accessAdministrator: { as: 'access-administrator@programme:total-place', account: 'post.access' },
  auditor: { as: 'auditor@programme:total-place', account: 'post.auditor' },
  auditorOfPlace: { as: `auditor@place:${place}`, account: 'post.auditor.testshire' },
  auditorElsewhere: { as: 'auditor@place:durham', account: 'post.auditor.durham' },
  nobody: { as: '', account: 'citizen' },
} as const;
export type Reader = keyof typeof readers;

const everybody = Object.keys(readers) as Reader[];
const auditors: Reader[] = ['auditor', 'auditorOfPlace'];
const members: Reader[] = ['member', 'seatHolder', 'contributor', 'placeOfficer', ...auditors];
const administrators: Reader[] = ['member', 'office', 'accessAdministrator', ...auditors];
const programme = everybody.filter((r) => r !== 'nobody');

export interface Canary {
  /** As it may be written in an answer. */
  readonly texts: readonly string[];
  readonly seenBy: readonly Reader[];
  /** What need not be shown to those who may see it. */
  readonly optional?: true;
}
const word = (w: string, seenBy: readonly Reader[]): Canary => ({ texts: [w], seenBy });
const sum = (pence: number, seenBy: readonly Reader[]): Canary => ({
  ...figure(pence, seenBy),
  optional: true,
});
function figure(pence: number, seenBy: readonly Reader[]): Canary {
  const pounds = (pence / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 });
  return {
    texts: [
      String(pence),
      pounds,
      String(Math.floor(pence / 100)),
      Math.floor(pence / 100).toLocaleString('en-GB'),
    ],
    seenBy,
  };
}
// Digits of one never stand in another.
export const pence = {
  hidden: 918_273_645,
  hiddenToo: 271_828_183,
  withheld: 314_159_265,
  shown: 161_803_399,
  paid: 57_721_567,
  costHidden: 141_421_357,
  costShown: 262_537_413,
  moved: 69_314_718,
  asked: 50_505_066,
};

export const canaries: Readonly<Record<string, Canary>> = {
  'the name of an undisclosed pool': word('Quokka', [...members, 'partyOfficer']),
  'the figure of a pledge in an undisclosed pool': figure(pence.hidden, [...members, 'partyOfficer']),
  'a consented figure in an undisclosed pool': figure(pence.hiddenToo, [...members, 'partyOfficer']),
  'the name of a disclosed pool': word('Wombat', programme),
  'its name before it was corrected and disclosed': word('Numbat', members),
  'the consented figure of a disclosed pool': figure(pence.shown, programme),
  'the withheld figure of a disclosed pool': figure(pence.withheld, members),
  'what was paid in on the withheld pledge': figure(pence.paid, members),
  'the sum of withheld and consented': sum(pence.withheld + pence.shown, members),
  'an untriaged barrier': word('Axolotl', members),
  'a local barrier': word('Pangolin', members),
  'a Whitehall barrier': word('Okapi', programme),
  'its effect on residents': word('Kakapo', programme),
  'its wording before it was corrected and triaged': word('Aye-aye', members),
  'a cost its agency keeps to itself': figure(pence.costHidden, members),
  'and the evidence of it': word('Capybara', members),
  'a cost its agency has opened': figure(pence.costShown, programme),
  'a draft section of a return': word('Tapir', members),
  'a section of a submitted return': word('Gharial', programme),
  // Shown once a record can be read as it stood.
  'an earlier draft of it': { ...word('Fossa', members), optional: true },
  'the reason a sign-off was declined': word('Saiga', members),
  'a query to a return': word('Vicuna', programme),
  'its answer': word('Dhole', programme),
  'a commitment of the place': word('Kudu', members),
  'its id, wherever its money is told of': word('commitment-markhor', members),
  'a department’s commitment': word('Tahr', programme),
  // The place asks it of other bodies' money: the department is party to its own promise.
  'what it asks of a pool': figure(pence.asked, [...members, 'official']),
  'the text of a decision, and whose consent it asks': word('Bongo', [...members, 'partyOfficer']),
  'money it moves': figure(pence.moved, [...members, 'partyOfficer']),
  'a position with its reason': word('Serow', [...members, 'partyOfficer']),
  'a waiver asked for': word('Gerenuk', programme),
  'a refusal, by who was refused': word('person-refused-zebu', auditors),
  'a seat at the table': word('post.head.seat-ibex', programme),
  'a person’s name': word('Nilgai', programme),
  'an account': word('post.eland', administrators),
  'why a grant is asked for': word('Oribi', administrators),
  'whom an issuer says an account’s holder is': word('duiker', ['office', 'accessAdministrator']),
  'a milestone': word('Muntjac', everybody),
};

/** The route's last part, from the registry. */
export const noun = (command: string): string =>
  commandRoutes.find((r) => r.name === command)!.entry.segment!;
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });

/** Plants every canary through the API, and what has none, by the system itself. */
export async function plant(harness: Harness): Promise<void> {
  const { member } = readers;
  const asOffice = (path: string, body: object) =>
    harness.command(office, officeAccount, `/v1/programmes/total-place/${path}`, body);
  const asMember = (url: string, body: object) => harness.command(member.as, member.account, url, body);
  const versionOf = async (url: string): Promise<number> =>
    (await harness.inject(member.as, member.account, 'GET', url)).json.version;
  const asSystem = async (aggregate: string, id: string, command: string, data: object): Promise<void> => {
    const actor = { account: 'system:test', role: 'system' as const };
    const outcome = await harness.service.executor.execute({
      aggregate,
      id,
      command,
      data,
      commandId: randomUUID(),
      actor,
    });
    if (outcome.kind !== 'done') throw new Error(`${command} on ${aggregate} ${id} was refused`);
  };
  const disclose = (aggregate: string, id: string): Promise<void> =>
    asSystem(aggregate, id, 'Disclose', { to: 'programme' });
  await asOffice('places', {
    placeId: place,
    name: 'Testshire',
    kind: 'parallel',
    region: 'East of England',
  });
  await asOffice('places', {
    placeId: neighbour,
    name: 'Nextshire',
    kind: 'parallel',
    region: 'East of England',
  });
  await asOffice('milestones', {
    milestoneId: 'muntjac',
    name: 'Muntjac day',
    kind: 'info',
    date: day('2009-12-01'),
  });
  const sectors = {
    [council]: 'other',
    [trust]: 'other',
    [police]: 'other',
    [department]: 'department',
  } as const;
  for (const [n, [id, sector]] of Object.entries(sectors).entries()) {
    await harness.command(office, officeAccount, '/v1/agencies', {
      id,
      name: `The ${id}`,
      sector,
      type: 'body',
      identifiers: [
        {
          scheme: sector === 'department' ? 'department' : 'programme',
          code: `TEST-${n}`,
          from: '2009-06-01',
        },
      ],
      startOn: '2009-06-01',
    });
  }
  await harness.command(office, officeAccount, '/v1/people', {
    programmeId: 'total-place',
    account: 'post.nilgai',
    name: 'Nilgai Person',
    post: 'An officer',
  });

  const invitation = '0'.repeat(64);
  const membership = { role: 'member', placeId: place, until: '2010-05-28' };
  await asMember('/v1/accounts', {
    account: 'post.eland',
    programmeId: 'total-place',
    placeId: place,
    invitation,
  });
  await asMember(`/v1/accounts/post.eland/${noun('RequestGrant')}`, {
    grantId: 'member',
    ...membership,
    reason: 'Oribi is their ward',
  });
  await asSystem('account', 'post.eland', 'Activate', {
    issuer: 'https://login.example.org',
    subject: 'duiker@example.org',
    binding: '1'.repeat(64),
    secret: invitation,
  });

  await asMember('/v1/collaboratives', { placeId: place, rule: { kind: 'consent' }, quorum: { n: 1, d: 2 } });
  const seats = [
    [council, `post.head.${council}`],
    [trust, 'post.head.seat-ibex'],
  ] as const;
  for (const [agency, account] of seats) {
    await asMember(`/v1/collaboratives/${place}/${noun('OfferSeat')}`, {
      seatId: agency,
      agencyId: agency,
      account,
      kind: 'voting',
    });
    await harness.command(
      `seat-holder@place:${place}+agency:${agency}`,
      account,
      `/v1/collaboratives/${place}/${noun('AcceptSeat')}`,
      { seatId: agency },
    );
  }

  // Pools.
  const pool = (id: string, name: string, partners: string[]) =>
    asMember('/v1/pools', {
      id,
      name,
      placeId: place,
      legalBasis: 'joint-committee',
      partners,
      hostAgencyId: council,
      managerAgencyId: council,
      purposes: { cofog: ['07'], text: 'Treatment' },
      years: ['2009-10'],
      noticeMonths: 6,
    });
  const pledge = async (
    poolId: string,
    agency: string,
    pledgedPence: number,
    consent: boolean,
  ): Promise<void> => {
    const [, account] = seats.find(([a]) => a === agency)!;
    await harness.command(
      `seat-holder@place:${place}+agency:${agency}`,
      account,
      `/v1/pools/${poolId}/pledges`,
      {
        pledgeId: `by-${agency}`,
        financialYear: '2009-10',
        pledgedPence,
      },
    );
    await harness.command(
      `finance-officer@agency:${agency}`,
      `post.treasurer.${agency}`,
      `/v1/pools/${poolId}/${noun('ConfirmPledge')}`,
      { pledgeId: `by-${agency}`, consent },
    );
  };
  await pool('pool-one', 'Quokka pool', [council, trust, police]);
  await pledge('pool-one', council, pence.hidden, false);
  await pledge('pool-one', trust, pence.hiddenToo, true);
  await pool('pool-two', 'Numbat pool', [council, trust]);
  await asMember(`/v1/pools/pool-two/${noun('Correct')}`, {
    field: 'name',
    to: 'Wombat pool',
    reason: 'A slip',
    expectedVersion: await versionOf('/v1/pools/pool-two'),
  });
  await disclose('pool', 'pool-two');
  await pledge('pool-two', council, pence.withheld, false);
  await pledge('pool-two', trust, pence.shown, true);
  const agreement = {
    agreementVersion: 1,
    hash: 'a'.repeat(64),
    partners: [council, trust],
    hostAgencyId: council,
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
    riskShare: [council, trust].map((agencyId) => ({ agencyId, overBp: 5000, underBp: 5000 })),
  };
  await openPool(harness, 'pool-two', agreement, pence.paid);

  // Barriers.
  const barrier = (id: string, statement: string, effectOnResidents: string) =>
    asMember('/v1/barriers', { id, placeId: place, kind: 'guidance', statement, effectOnResidents });
  await barrier('barrier-one', 'Axolotl rule', 'Nobody knows');
  await barrier('barrier-two', 'Pangolin rule', 'Two queues');
  await asMember(`/v1/barriers/barrier-two/${noun('Triage')}`, { locus: 'local', reason: 'Ours to mend' });
  await barrier('barrier-three', 'Aye-aye rule', 'Kakapo waits');
  await asMember(`/v1/barriers/barrier-three/${noun('Correct')}`, {
    field: 'statement',
    to: 'Okapi rule',
    reason: 'A slip',
    expectedVersion: await versionOf('/v1/barriers/barrier-three'),
  });
  await asMember(`/v1/barriers/barrier-three/${noun('Triage')}`, {
    locus: 'whitehall',
    reason: 'A rule of the department',
  });
  await asMember(`/v1/barriers/barrier-three/${noun('ProposeOwner')}`, { agencyIds: [department] });
  const cost = (agency: string, p: number, evidence: string, consent: boolean) =>
    harness.command(
      `finance-officer@agency:${agency}`,
      `post.treasurer.${agency}`,
      `/v1/barriers/barrier-three/${noun('CostBarrier')}`,
      { pence: p, evidence, consent },
    );
  await cost(council, pence.costHidden, 'Capybara ledger', false);
  await cost(trust, pence.costShown, 'Our accounts', true);

  await plantPromises(harness);
  await plantReturns(harness);

  // A refusal: of somebody who may not open the pool.
  await harness.inject(
    `secretariat@place:${place}`,
    'person-refused-zebu',
    'POST',
    `/v1/pools/pool-two/${noun('OpenPool')}`,
    {},
  );
}

async function openPool(harness: Harness, id: string, agreement: object, paidIn: number): Promise<void> {
  const { member } = readers;
  await harness.command(member.as, member.account, `/v1/pools/${id}/${noun('ProposeAgreement')}`, agreement);
  for (const agency of [council, trust])
    await harness.command(
      `finance-officer@agency:${agency}`,
      `post.treasurer.${agency}`,
      `/v1/pools/${id}/${noun('SignAgreement')}`,
      { agreementVersion: 1 },
    );
  await harness
    .command(
      `finance-officer@agency:${council}`,
      `post.treasurer.${council}`,
      `/v1/pools/${id}/${noun('PayIn')}`,
      { pledgeId: `by-${council}`, pence: paidIn, reference: 'A transfer' },
    )
    .catch(async (error: Error) => {
      // Money is paid into an open pool only.
      if (!error.message.includes('WRONG_STATE')) throw error;
      await harness.command(
        member.as,
        member.account,
        `/v1/collaboratives/${place}/${noun('AppointChair')}`,
        {
          seatId: council,
          expectedVersion: (
            await harness.inject(member.as, member.account, 'GET', `/v1/collaboratives/${place}`)
          ).json.version,
        },
      );
      await harness.command(
        `chair@place:${place}+agency:${council}`,
        `post.head.${council}`,
        `/v1/pools/${id}/${noun('OpenPool')}`,
        {},
      );
      await harness.command(
        `finance-officer@agency:${council}`,
        `post.treasurer.${council}`,
        `/v1/pools/${id}/${noun('PayIn')}`,
        {
          pledgeId: `by-${council}`,
          pence: paidIn,
          reference: 'A transfer',
        },
      );
    });
}

/** Commitments, a decision open for positions, a waiver. */
async function plantPromises(harness: Harness): Promise<void> {
  const { member, seatHolder } = readers;
  const send = (url: string, body: object, by: { as: string; account: string } = member) =>
    harness.command(by.as, by.account, url, body);
  const commitment = {
    placeId: place,
    change: 'Something changes',
    measure: 'Counted',
    evidenceExpected: 'Records',
    startOn: '2009-10-22',
    dueOn: '2010-01-29',
    milestones: [],
    dependsOn: [],
  };
  await send('/v1/commitments', {
    ...commitment,
    id: 'commitment-markhor',
    title: 'Kudu assessment',
    level: 'place',
    ownerAgencyId: council,
    accountable: { seatId: council },
    verifierAgencyId: trust,
    money: { poolId: 'pool-two', financialYear: '2009-10', pence: 700, pledgeIds: [`by-${trust}`] },
  });
  // The pool that holds its money is open to more readers than the promise is.
  await send(`/v1/commitments/commitment-markhor/${noun('Offer')}`, {});
  await send('/v1/commitments', {
    ...commitment,
    id: 'commitment-two',
    title: 'Tahr guidance',
    level: 'whitehall',
    ownerAgencyId: department,
    accountable: { official: 'A director' },
    verifierAgencyId: trust,
    money: { poolId: 'pool-two', financialYear: '2009-10', pence: pence.asked, pledgeIds: [`by-${trust}`] },
  });
  const decision = {
    placeId: place,
    question: 'Shall we?',
    text: 'Bongo text',
    forum: 'collaborative',
    options: [],
    affectedAgencies: [police],
    money: [{ agencyId: police, pence: pence.moved, financialYear: '2009-10' }],
    refs: [],
    authorises: [],
  };
  await send('/v1/decisions', { ...decision, id: 'decision-one' });
  await send(`/v1/decisions/decision-one/${noun('OpenDecision')}`, {
    closesAt: '2009-11-06T17:00:00Z',
    urgent: false,
  });
  await send(
    `/v1/decisions/decision-one/${noun('TakePosition')}`,
    { stance: 'disagree', reason: 'Serow needs more' },
    seatHolder,
  );
  await send('/v1/waivers', {
    id: 'waiver-one',
    rule: 'EXTENSION_TOO_LONG',
    placeId: place,
    reason: 'Gerenuk is away',
    until: '2009-11-30',
  });
}

/** Two rounds: a return that stays a draft, and one that is declined, signed, submitted and queried. */
async function plantReturns(harness: Harness): Promise<void> {
  const asOffice = (path: string, body: object) =>
    harness.command(office, officeAccount, `/v1/programmes/total-place/${path}`, body);
  const { member } = readers;
  const signer = { as: `secretariat@place:${place}`, account: 'post.signer' };
  const send = (url: string, body: object, by: { as: string; account: string } = member) =>
    harness.command(by.as, by.account, url, body);
  const versionOf = async (url: string): Promise<number> =>
    (await harness.inject(member.as, member.account, 'GET', url)).json.version;
  await send(`/v1/places/${place}/${noun('NominateLeadContact')}`, {
    account: signer.account,
    expectedVersion: await versionOf(`/v1/places/${place}`),
  });
  const sections = ['contact', 'theme', 'progress', 'barriers', 'lessons', 'next-step'];
  for (const roundNo of [4, 5]) {
    await asOffice('rounds', {
      roundNo,
      kind: 'interim',
      observation: { from: '2009-09-01', to: '2009-09-30' },
      window: { from: day('2009-10-01'), to: day('2009-11-30') },
    });
    await asOffice(noun('OpenRound'), { roundNo });
    const id = `total-place.${roundNo}.${place}`;
    await send('/v1/submissions', { programmeId: 'total-place', roundNo, placeId: place });
    const stored = async (): Promise<number> =>
      (await harness.service.executor.load('submission', id)).version;
    const answer = async (sectionId: string, text: string) =>
      send(`/v1/submissions/${id}/${noun('AnswerSection')}`, {
        sectionId,
        content: { text },
        expectedVersion: await stored(),
      });
    if (roundNo === 4) {
      await answer('contact', 'Tapir draft');
      continue;
    }
    const complete = (sectionId: string) =>
      send(`/v1/submissions/${id}/${noun('CompleteSection')}`, { sectionId });
    const sendForSignOff = () =>
      send(`/v1/submissions/${id}/${noun('SendForSignOff')}`, {
        included: [{ aggregate: 'pool', id: 'pool-two' }],
      });
    for (const s of sections) {
      await answer(s, s === 'progress' ? 'Fossa draft' : `About ${s}`);
      await complete(s);
    }
    await sendForSignOff();
    await send(
      `/v1/submissions/${id}/${noun('DeclineSignOff')}`,
      { reason: 'Saiga is missing', sections: ['progress'] },
      signer,
    );
    await answer('progress', 'Gharial progress');
    await complete('progress');
    await sendForSignOff();
    const statement = statementOf((await harness.service.executor.load('submission', id)).state)!;
    await send(`/v1/submissions/${id}/${noun('SignOff')}`, { statementHash: statement.hash }, signer);
    await send(`/v1/submissions/${id}/${noun('Submit')}`, {});
    await send(
      `/v1/submissions/${id}/${noun('QueryAnswer')}`,
      { queryId: 'q1', sectionId: 'progress', question: 'Why Vicuna?' },
      readers.treasury,
    );
    await send(`/v1/submissions/${id}/${noun('AnswerQuery')}`, { queryId: 'q1', answer: 'Because Dhole' });
  }
}
