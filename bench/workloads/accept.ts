/**
 * Accepting a commitment over HTTP, which reads its collaborative, place, programme and agency, beside adding
 * a milestone to a programme, which reads nothing else: as many streams of four events on each side, all of
 * them warm. Each asks money of a pool, so that the pool's answer must have come; it is the reactors that
 * reserve it, before anything is measured.
 */
import {
  seatHolder,
  agencies,
  must as accepted,
  office,
  financeOfficer,
  pledge,
  propose,
  secretariat,
} from '../../test/commands/world.js';
import { compareViews } from '../../src/runtime/verify.js';
import { must, type Workload } from '../report.js';
import { openServer, type Server } from '../server.js';

const streams = 1000;
/** Streams whose office one token holds. */
const together = 25;
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });
const milestone = (id: string) => ({
  milestoneId: id,
  name: 'Interim report',
  kind: 'programme',
  date: day('2009-10-15'),
});

async function poolWithMoney({ service: { executor } }: Server, id: string): Promise<void> {
  await propose(executor, id);
  const riskShare = [{ agencyId: 'council', overBp: 10_000, underBp: 10_000 }];
  const agreement = {
    agreementVersion: 1,
    hash: '0'.repeat(64),
    partners: [...agencies],
    hostAgencyId: 'council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
    riskShare,
  };
  await accepted(executor, secretariat, 'pool', id, 'ProposeAgreement', agreement);
  for (const a of agencies)
    await accepted(executor, financeOfficer(a), 'pool', id, 'SignAgreement', { agreementVersion: 1 });
  await accepted(executor, seatHolder('council'), 'pool', id, 'Pledge', {
    ...pledge(1),
    pledgedPence: 100 * streams,
  });
  await accepted(executor, financeOfficer('council'), 'pool', id, 'ConfirmPledge', {
    pledgeId: 'p-1',
    consent: true,
  });
  await accepted(
    executor,
    { as: 'chair@place:durham+agency:pct', account: 'seat-holder.pct' },
    'pool',
    id,
    'OpenPool',
  );
}

/** Drafted, offered, asked for, reserved: four events. */
async function offer({ service: { executor } }: Server, id: string, poolId: string): Promise<void> {
  await accepted(executor, secretariat, 'commitment', id, 'DraftCommitment', {
    placeId: 'durham',
    title: 'One form',
    change: 'Families fill one form',
    ownerAgencyId: 'council',
    level: 'place',
    accountable: { seatId: 'council' },
    measure: 'One form',
    evidenceExpected: 'The circular',
    dueOn: '2009-12-18',
    verifierAgencyId: 'pct',
    milestones: [],
    dependsOn: [],
    money: { poolId, financialYear: '2009-10', pence: 100, pledgeIds: ['p-1'] },
  });
  await accepted(executor, secretariat, 'commitment', id, 'Offer');
}
/** Defined, with three milestones: four events. */
async function define({ service: { executor } }: Server, id: string): Promise<void> {
  const own = { as: `programme-office@programme:${id}`, account: 'office' };
  await accepted(executor, own, 'programme', id, 'DefineProgramme', {
    name: id,
    kind: 'national',
    ragScale: 'five',
    period: 'month',
    startOn: '2009-06-01',
    endOn: '2010-03-31',
  });
  for (const m of ['one', 'two', 'three'])
    await accepted(executor, own, 'programme', id, 'AddMilestone', milestone(m));
}
/** 64 at a time. */
async function each(n: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      for (let i = next++; i < n; i = next++) await work(i);
    }),
  );
}

export const accept: Workload = {
  name: 'accept',
  async run(b) {
    const server = await openServer(b);
    const { executor, log, reactors } = server.service;
    await accepted(
      executor,
      secretariat,
      'collaborative',
      'durham',
      'AppointChair',
      { seatId: 'pct' },
      { expectedVersion: (await log.read('collaborative-durham')).length },
    );
    const rates: number[] = [];
    const work: number[] = [];
    for (let round = 0; round <= b.runs; round++) {
      await poolWithMoney(server, `pool-${round}`);
      await each(streams, (i) => offer(server, `c-${round}-${i}`, `pool-${round}`));
      await each(streams, (i) => define(server, `m-${round}-${i}`));
      await reactors.idle();
      // Both sides show the same number of grants, and each token has been seen before.
      const held = Array.from({ length: streams / together }, (_, t) =>
        Array.from(
          { length: together },
          (__, i) => `programme-office@programme:m-${round}-${t * together + i}`,
        ),
      );
      const offices = await Promise.all(held.map((grants) => server.tokenOf(office.account, grants)));
      const holders = await Promise.all(
        held.map((grants) =>
          server.tokenOf('seat-holder.council', [
            'seat-holder@place:durham+agency:council',
            ...grants.slice(1),
          ]),
        ),
      );
      for (const token of [...offices, ...holders])
        must((await server.get('/noop', token)).status === 200, 'the token is good');
      const load = { method: 'POST' as const, connections: 64, count: streams, tokenFor: together };
      const sides = [
        () =>
          server.load({
            ...load,
            path: `/v1/programmes/m-${round}-{n}/milestones`,
            body: milestone('four'),
            tokens: offices,
          }),
        () =>
          server.load({
            ...load,
            path: `/v1/commitments/c-${round}-{n}/acceptance`,
            body: { consent: false },
            tokens: holders,
          }),
      ] as const;
      // Each goes first every other time.
      const [adding, accepting] = sides;
      const [plainly, beside] = round % 2 === 0 ? [adding, accepting] : [accepting, adding];
      const first = await plainly();
      await reactors.idle();
      const second = await beside();
      await reactors.idle();
      const [plain, reading] = round % 2 === 0 ? [first, second] : [second, first];
      if (round === 0) continue;
      rates.push(reading.perSecond / plain.perSecond);
      work.push(plain.cpu / reading.cpu);
    }
    b.ratio(
      `accept-commitment ÷ add-milestone over HTTP, 64 connections, ${streams} warm streams each`,
      rates,
      '≥ 0.8',
    );
    b.ratio('the same in processor time of the server: add-milestone ÷ accept-commitment', work, '≥ 0.8');
    const made = { CommitmentAccepted: 0, CommitmentFundsConfirmed: 0 };
    for (let after = 0, batch = log.readAll(after, 1000); batch.length > 0; batch = log.readAll(after, 1000))
      for (const { type, position } of batch) {
        after = position;
        if (type in made) made[type as keyof typeof made]++;
      }
    const all = streams * (b.runs + 1);
    must(
      made.CommitmentAccepted === all && made.CommitmentFundsConfirmed === all,
      `${all} were acknowledged: ${JSON.stringify(made)}`,
    );
    const problems = await compareViews(log, server.service.db, b.ref);
    must(problems.length === 0, problems.join('; '));
    b.checked(`${all} commitments were reserved for and accepted once each, views equal a rebuild`);
    await server.close();
  },
};
