/**
 * A commitment of a thousand events as it stood at its last, beside reading and parsing those events on the
 * same server; and a list of records as it stood. All but its first three are reports appended straight to the log, as a report corrected again
 * and again would be.
 */
import { encode } from '../../src/log/codec.js';
import { TestClock, must as accepted, seatHolder, secretariat } from '../../test/commands/world.js';
import { median, must, there, type Workload } from '../report.js';
import { openServer } from '../server.js';

const length = 1000;
/** Records of the list. */
const listed = 500;
const stream = 'commitment-long';

export const asAt: Workload = {
  name: 'as-at',
  async run(b) {
    const clock = new TestClock();
    const server = await openServer(b, {
      clock,
      more: (app, service) =>
        app.get('/parse', async () => {
          let versions = 0;
          for (const e of await service.log.read(stream))
            versions += (JSON.parse(e.body) as { version: number }).version;
          return { versions };
        }),
    });
    const { executor, log } = server.service;
    const terms = {
      accountable: { seatId: 'council' },
      measure: 'One form',
      evidenceExpected: 'The circular',
      dueOn: '2009-12-18',
      verifierAgencyId: 'pct',
    };
    const draft = {
      placeId: 'durham',
      title: 'One form',
      change: 'Families fill one form',
      ownerAgencyId: 'council',
      level: 'place',
      milestones: [],
      dependsOn: [],
      ...terms,
    };
    await accepted(executor, secretariat, 'commitment', 'long', 'DraftCommitment', draft);
    await accepted(executor, secretariat, 'commitment', 'long', 'Offer');
    await accepted(executor, seatHolder('council'), 'commitment', 'long', 'Accept', { consent: true });
    const last = JSON.parse(there((await log.read(stream)).at(-1), 'an event of it').body);
    const { actor, commandId, fingerprint, correlation, reads, recordedAt } = last;
    const rag = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
    const reports = Array.from({ length: length - 3 }, (_, n) => n + 3).map((version) => ({
      type: 'ProgressReported',
      data: {
        placeId: 'durham',
        ownerAgencyId: 'council',
        period: `2009-${String(1 + (version % 12)).padStart(2, '0')}`,
        progress: version % 100,
        rag,
        narrative: `Interviews of week ${version} are done, and the form was tried with six families more`,
        nextStep: 'Print it',
        correctionReason: 'Counted again',
        turnedRed: false,
      },
    }));
    for (let n = 0; n < reports.length; n += 250)
      await log.append(
        stream,
        n + 3,
        encode(stream, n + 3, reports.slice(n, n + 250), {
          actor,
          commandId,
          fingerprint,
          correlation,
          reads,
          recordedAt,
        }),
      );
    const path = '/v1/commitments/long';
    const ratios: number[] = [];
    const work: number[] = [];
    for (let round = -1; round < b.runs; round++) {
      const parse = await server.load({ path: '/parse', method: 'GET', connections: 1 });
      const then = await server.load({ path: `${path}?asAt=${recordedAt}`, method: 'GET', connections: 1 });
      if (round < 0) continue;
      ratios.push(then.p50 / parse.p50);
      work.push(then.cpu / parse.cpu);
    }
    b.ratio(
      `as-at of a record of ${length} events ÷ reading and parsing them, over HTTP, one connection`,
      ratios,
      '≤ 1.3',
    );
    b.ratio('the same in processor time', work, '≤ 1.3');
    const now = (await (await server.get(path)).json()) as Record<string, unknown>;
    const {
      asAt: marker,
      recordVersion,
      ...then
    } = (await (await server.get(`${path}?asAt=${recordedAt}`)).json()) as Record<string, unknown>;
    must(
      marker === recordedAt && recordVersion === length,
      `it is marked with its version, ${String(recordVersion)}`,
    );
    must(JSON.stringify(then) === JSON.stringify(now), 'as it stood at its last event is as it stands');
    b.checked(`as at its last event the record of ${length} events answers as it does now`);
    // A list of the same place: each round asks for another moment, and then for the same again.
    const drafted = there((await log.read(stream))[0], 'its draft');
    const { type, data } = JSON.parse(drafted.body) as { type: string; data: Record<string, unknown> };
    for (let n = 1; n < listed; n++)
      await log.append(
        `commitment-${n}`,
        0,
        encode(`commitment-${n}`, 0, [{ type, data }], {
          actor,
          commandId,
          fingerprint,
          correlation,
          reads,
          recordedAt,
        }),
      );
    clock.ms += 1000 * b.runs;
    const [first, held]: [number[], number[]] = [[], []];
    for (let round = 0; round < b.runs; round++) {
      const instant = new Date(Date.parse(recordedAt) + 1000 * round).toISOString();
      for (const [times, limit] of [
        [first, 50],
        [held, 49],
      ] as const) {
        const began = performance.now();
        const list = await server.get(`/v1/commitments?placeId=durham&asAt=${instant}&limit=${limit}`);
        times.push(performance.now() - began);
        must(((await list.json()) as { items: unknown[] }).items.length === limit, 'a page of it');
      }
    }
    b.value(
      `fifty of a list of ${listed} records as at, read from their ${listed + length} events`,
      `${median(first).toFixed(0)} ms; ${median(held).toFixed(1)} ms while that past is held`,
      'for comparison',
    );
    await server.close();
  },
};
