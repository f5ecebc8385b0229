/**
 * A department's docket and a seat-holder's actions in a programme of a hundred places with two hundred
 * commitments each, beside a no-op GET of the same server. A tenth are promises of Whitehall, shared by
 * twenty departments; the rest is owed by twelve agencies of each place. Commitments are appended to the log
 * as encoded events: by command they would take minutes.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Executor } from '../../src/commands/executor.js';
import type { Actor } from '../../src/domain/kernel/types.js';
import { encode } from '../../src/log/codec.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { logFile } from '../../src/runtime/embedded.js';
import {
  executorOn,
  seatHolder,
  must as accepted,
  office,
  openPlaces,
  propose,
  secretariat,
  TestClock,
  world,
} from '../../test/commands/world.js';
import { must, there, type Workload } from '../report.js';
import { openServer, type Job } from '../server.js';

export const places = 100;
export const each = 200;
const departments = 20;
const partners = 12;
const department = (n: number) => `department-${n}`;
const agency = (place: number, n: number) => `agency-${place}-${n}`;

/** Writes the programme to a log that is not there yet. */
export async function writePromises(file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const log = new SqliteLog(file, { clock: 'simulated' });
  const executor = executorOn(log);
  await world(log, executor);
  for (let p = 0; p < places; p++)
    await accepted(executor, office, 'programme', 'tp', 'EnrolPlace', {
      placeId: `place-${p}`,
      name: `Place ${p}`,
      kind: 'pilot',
      region: 'North East',
    });
  await openPlaces(log, executor);
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
  await accepted(executor, secretariat, 'commitment', 'model', 'DraftCommitment', draft);
  await accepted(executor, secretariat, 'commitment', 'model', 'Offer');
  await accepted(executor, seatHolder('council'), 'commitment', 'model', 'Accept', { consent: true });
  const model = (await log.read('commitment-model')).map((e) => JSON.parse(e.body));
  const [body] = (await log.read('agency-council')).map((e) => JSON.parse(e.body));
  const put = (
    stream: string,
    events: readonly {
      type: string;
      data: object;
      actor: Actor;
      commandId: string;
      fingerprint: string;
      correlation: string;
      recordedAt: string;
    }[],
    more: object,
  ) => {
    const { actor, commandId, fingerprint, correlation, recordedAt } = there(events[0], 'an event to write');
    const changed = events.map((e) => ({ type: e.type, data: { ...e.data, ...more } }));
    return log.append(
      stream,
      0,
      encode(stream, 0, changed, { actor, commandId, fingerprint, correlation, recordedAt }),
    );
  };
  const register = (id: string, sector: string) =>
    put(`agency-${id}`, [body], {
      name: id,
      sector,
      identifiers: [{ ...body.data.identifiers[0], code: id }],
    });
  await Promise.all(Array.from({ length: departments }, (_, n) => register(department(n), 'department')));
  for (let p = 0; p < places; p++) {
    await Promise.all(Array.from({ length: partners }, (_, n) => register(agency(p, n), 'council')));
    await Promise.all(
      Array.from({ length: each }, (_, i) => {
        const own =
          i % 10 === 0
            ? {
                ownerAgencyId: department((p + i / 10) % departments),
                ownerKind: 'department',
                level: 'whitehall',
              }
            : { ownerAgencyId: agency(p, i % partners) };
        const dueOn = `2009-${String(10 + (i % 3))}-${String(1 + (i % 28)).padStart(2, '0')}`;
        // Members of other events are left out of each by its own names.
        const events = model.map((e) => ({
          ...e,
          data: Object.fromEntries(
            Object.entries({ ...e.data, ...own, dueOn, placeId: `place-${p}` }).filter(([k]) => k in e.data),
          ),
        }));
        return put(`commitment-c-${p}-${i}`, events, {});
      }),
    );
  }
  await log.close();
}

/** A hundred pledges a second, to a pool of their own, until it is stopped. */
export function recording(executor: Executor): () => Promise<void> {
  let n = 0;
  const pool = `beside-${++pools}`;
  let last: Promise<unknown> = propose(executor, pool);
  const timer = setInterval(() => {
    last = last.then(() =>
      accepted(executor, seatHolder('pct'), 'pool', pool, 'Pledge', {
        pledgeId: `p-${n++}`,
        financialYear: '2009-10',
        pledgedPence: 100,
      }),
    );
  }, 10);
  return async () => {
    clearInterval(timer);
    await last;
  };
}
let pools = 0;

export const waiting: Workload = {
  name: 'waiting',
  async run(b) {
    await writePromises(logFile(join(b.dir, 'waiting')));
    const clock = new TestClock();
    clock.ms = Date.parse('2009-10-15T09:00:00Z');
    const server = await openServer(b, { name: 'waiting', make: false, clock });
    await server.service.reactors.idle();
    const official = await server.tokenOf('an.official', [`official@agency:${department(3)}`]);
    const seat = await server.tokenOf('sh', [`seat-holder@place:place-50+agency:${agency(50, 3)}`]);
    const measured = () => ({
      tails: [] as number[],
      work: [] as number[],
      again: [] as number[],
      anew: [] as number[],
    });
    const docketPath = `/v1/departments/${department(3)}/docket`;
    const questions = [
      { what: 'department docket', path: docketPath, token: official, ...measured() },
      { what: 'my actions of a seat-holder', path: '/v1/me/actions', token: seat, ...measured() },
    ];
    const at = (path: string, token: string): Job => ({
      path,
      method: 'GET',
      connections: 1,
      tokens: [token],
    });
    for (let round = -1; round < b.runs; round++) {
      for (const q of questions) {
        const noop = await server.load(at('/noop', q.token));
        const asked = await server.load(at(q.path, q.token));
        const etag = there((await server.get(q.path, q.token)).headers.get('etag'), 'an ETag');
        const unchanged = await server.load({ ...at(q.path, q.token), headers: { 'if-none-match': etag } });
        // What is kept of an answer holds until a view changes: here one changes every ten milliseconds, for
        // the no-op too.
        const stop = recording(server.service.executor);
        const beside = await server.load(at('/noop', q.token));
        const made = await server.load(at(q.path, q.token));
        await stop();
        if (round < 0) continue;
        q.anew.push(made.p95 / beside.p95);
        q.again.push(unchanged.p95 / noop.p95);
        q.tails.push(asked.p95 / noop.p95);
        q.work.push(asked.cpu / noop.cpu);
      }
    }
    for (const q of questions) {
      b.ratio(
        `p95 of the ${q.what} ÷ a no-op GET’s, ${places} places × ${each} commitments, one connection`,
        q.tails,
        '≤ 3',
      );
      b.ratio(`the ${q.what} in processor time ÷ a no-op GET`, q.work, '≤ 3');
      b.ratio(
        `p95 of the ${q.what} ÷ a no-op GET’s, beside a hundred commands a second: each answer made anew`,
        q.anew,
        '≤ 3',
      );
      b.ratio(`p95 of the ${q.what} asked for again, unchanged (304) ÷ a no-op GET’s`, q.again, '≤ 3');
    }
    const docket = (await (await server.get(docketPath, official)).json()) as {
      items: { code: string }[];
    };
    const owed = (places * each) / 10 / departments;
    const whole = (await (await server.get(`${docketPath}?limit=200`, official)).json()) as typeof docket;
    must(
      whole.items.filter((i) => i.code === 'delivery').length === owed,
      `the docket holds the ${owed} promises of the department, not ${docket.items.length}`,
    );
    const actions = (await (await server.get('/v1/me/actions?limit=200', seat)).json()) as {
      items: { code: string; record: { id: string } }[];
    };
    const own = Array.from({ length: each }, (_, i) => i)
      .filter((i) => i % 10 !== 0 && i % partners === 3)
      .map((i) => `c-50-${i}`);
    const delivering = actions.items.filter((i) => i.code === 'delivery').map((i) => i.record.id);
    must(
      delivering.sort().join() === own.sort().join(),
      `the actions are those of the agency: ${delivering.join()}`,
    );
    b.checked(
      `the docket holds the ${owed} promises of its department, the actions the ${own.length} of their ` +
        `agency (${actions.items.length} with reports and steps)`,
    );
    await server.close();
  },
};
