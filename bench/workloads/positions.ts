/**
 * The last positions on decisions of two hundred voters, beside the first on the same: in this process, views
 * inline, every answer durable.
 */
import { join } from 'node:path';
import { openService } from '../../src/runtime/embedded.js';
import {
  give,
  seatHolder,
  must as accepted,
  office,
  secretariat,
  TestClock,
  world,
} from '../../test/commands/world.js';
import { must, time, type Workload } from '../report.js';

const voters = 200;
const decisions = 64;
/** Positions counted as the first, and as the last: one alone would be too short to measure. */
const counted = 4;
const agency = (n: number) => `voter-${n}`;

export const positions: Workload = {
  name: 'positions',
  async run(b) {
    const service = openService({
      dataDir: join(b.dir, 'positions'),
      clockKind: 'simulated',
      clock: new TestClock(),
      ref: b.ref,
    });
    const { executor, log } = service;
    await service.built();
    await world(log, executor);
    for (let n = 0; n < voters - 3; n++) {
      const id = agency(n);
      const identifiers = [{ scheme: 'programme', code: `V-${n}`, from: '2009-04-01' }];
      await accepted(executor, office, 'agency', id, 'RegisterAgency', {
        name: id,
        sector: 'council',
        type: 'body',
        identifiers,
        startOn: '2009-04-01',
      });
      await accepted(executor, secretariat, 'collaborative', 'durham', 'OfferSeat', {
        seatId: id,
        agencyId: id,
        account: `seat-holder.${id}`,
        kind: 'voting',
      });
      await accepted(executor, seatHolder(id), 'collaborative', 'durham', 'AcceptSeat', { seatId: id });
    }
    const electorate = [
      ...Array.from({ length: voters - 3 }, (_, n) => agency(n)),
      'council',
      'pct',
      'police',
    ];
    const speed: number[] = [];
    const work: number[] = [];
    for (let round = 0; round <= b.runs; round++) {
      const ids = Array.from({ length: decisions }, (_, n) => `d-${round}-${n}`);
      for (const id of ids) {
        const motion = {
          question: 'Shall we?',
          text: 'We shall.',
          forum: 'collaborative',
          options: [],
          affectedAgencies: [],
          money: [],
          refs: [],
          authorises: [],
        };
        await accepted(executor, secretariat, 'decision', id, 'DraftDecision', {
          placeId: 'durham',
          ...motion,
        });
        await accepted(
          executor,
          secretariat,
          'decision',
          id,
          'OpenDecision',
          { closesAt: '2009-08-01T12:00:00Z' },
          { expectedVersion: 1 },
        );
      }
      const all = (from: number, to: number): Promise<void[]> =>
        Promise.all(
          ids.map(async (id) => {
            for (const a of electorate.slice(from, to))
              await accepted(executor, seatHolder(a), 'decision', id, 'TakePosition', {
                stance: 'agree',
                reason: 'As the paper says',
              });
          }),
        );
      const measured = async (from: number, to: number) => {
        const before = process.cpuUsage();
        const ms = await time(() => all(from, to));
        const { user, system } = process.cpuUsage(before);
        return { ms, cpu: user + system };
      };
      const first = await measured(0, counted);
      await all(counted, voters - counted);
      const last = await measured(voters - counted, voters);
      if (round === 0) continue;
      speed.push(first.ms / last.ms);
      work.push(first.cpu / last.cpu);
    }
    b.ratio(
      `rate of the ${voters}th position on a decision ÷ the first (the ${counted} last of ${decisions} ` +
        `decisions, and the ${counted} first)`,
      speed,
      '≥ 0.9',
    );
    b.ratio('the same in processor time: first ÷ last', work, '≥ 0.9');
    const again = await give(executor, seatHolder('pct'), 'decision', 'd-0-0', 'TakePosition', {
      stance: 'object',
      reason: 'It was agreed otherwise',
    });
    must(again.kind === 'refused' && again.refusal.code === 'POSITION_EXISTS', 'a seat speaks once');
    for (const id of ['d-0-0', `d-${b.runs}-${decisions - 1}`])
      must((await log.read(`decision-${id}`)).length === voters + 2, `${id} holds ${voters} positions`);
    b.checked(`each decision holds the positions of ${voters} seats, once each`);
    await service.close();
  },
};
