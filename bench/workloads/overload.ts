/**
 * Three times as many commands as can be done are offered, by senders who do not wait: what is accepted is
 * done soon, and the rest is told so.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { propose } from '../../test/commands/world.js';
import { pledgedOnce } from '../acknowledged.js';
import { must, type Workload } from '../report.js';
import { openServer } from '../server.js';

const body = { pledgeId: '{id}', financialYear: '2009-10', pledgedPence: 100 };
const offering = new URL('../offer.js', import.meta.url).pathname;

interface Offered {
  readonly offered: number;
  readonly accepted: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly withoutRetryAfter: number;
  /** Milliseconds, as all that follow. */
  readonly drained: number;
  readonly p50: number;
  readonly p99: number;
  readonly turnedAwayP99: number;
  readonly probeP99: number;
}

export const overload: Workload = {
  name: 'overload',
  async run(b) {
    const server = await openServer(b);
    const { log, executor } = server.service;
    const pools = Array.from({ length: 64 }, (_, i) => `p-${i}`);
    for (const p of pools) await propose(executor, p);
    const seconds = b.full ? 30 : 10;
    // What one client in a closed loop gets done is what there is; the same pool mix, warmed up first.
    const before = await log.head();
    let acknowledged = 0;
    let capacity = 0;
    for (let i = 0; i < 2; i++) {
      const closed = await server.load({
        path: '/v1/pools/p-{n}/pledges',
        among: pools.length,
        method: 'POST',
        connections: 256,
        body,
        seconds: 3,
      });
      acknowledged += closed.requests;
      capacity = closed.perSecond;
    }
    const perSecond = Math.round(3 * capacity);
    const offer = async (more: { readonly fresh?: boolean; readonly seconds: number }): Promise<Offered> => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        offering,
        JSON.stringify({ ...job, ...more }),
      ]);
      return JSON.parse(stdout) as Offered;
    };
    const job = {
      url: server.url,
      token: server.token,
      paths: pools.map((p) => `/v1/pools/${p}/pledges`),
      body,
      perSecond,
      probe: '/health/ready',
    };
    const r = await offer({ seconds });
    acknowledged += r.accepted;
    const ms = (n: number): string => `${Math.round(n)} ms`;
    b.value(
      'commands a second: done in a closed loop; offered',
      `${capacity}; ${Math.round(r.offered)}`,
      '3 times as many',
    );
    b.value(
      'of these accepted a second ÷ done in a closed loop',
      (r.accepted / (seconds + r.drained / 1000) / capacity).toFixed(2),
      'as near to 1 as refusing the rest allows',
    );
    b.value('accepted: p50; p99', `${ms(r.p50)}; ${ms(r.p99)}`, 'p99 ≤ 5000 ms', r.p99 <= 5000);
    b.value('told to come again: p99', ms(r.turnedAwayP99), '');
    b.value('answered after the last was offered, all', ms(r.drained), '≤ 5000 ms', r.drained <= 5000);
    b.value('/health/ready meanwhile: p99', ms(r.probeP99), '≤ 2000 ms', r.probeP99 <= 2000);
    const {
      200: done = 0,
      201: created = 0,
      503: refused = 0,
      'probe 200': ready = 0,
      ...others
    } = r.statuses;
    must(
      Object.keys(others).length === 0 && done + created === r.accepted,
      `answers are 200 and 503 alone, and every probe says ready: ${JSON.stringify(r.statuses)}`,
    );
    must(refused > 0 && ready > 0 && r.withoutRetryAfter === 0, 'some were told to come again, and when');
    // One is accepted in a turn of the event loop: beyond some thousand a second they wait where no server
    // sees them, and cannot refuse them.
    const fresh = await offer({ seconds: 10, fresh: true });
    acknowledged += fresh.accepted;
    const failed = Object.entries(fresh.statuses).filter(
      ([status]) => !/^(200|201|503|probe 200)$/.test(status),
    );
    b.value(
      'each on a new connection, offered a second: accepted a second; p99',
      `${Math.round(fresh.offered)}: ${Math.round(fresh.accepted / (10 + fresh.drained / 1000))}; ` +
        `${ms(fresh.p99)}`,
      'for comparison',
    );
    b.value(
      '  told to come again: p99; /health/ready: p99; not answered',
      `${ms(fresh.turnedAwayP99)}; ${ms(fresh.probeP99)}; ` +
        `${failed.map(([status, n]) => `${n} ${status}`).join(', ') || 0}`,
      '',
    );
    await pledgedOnce(server.service, before, acknowledged, b.ref);
    b.checked(
      `${acknowledged} acknowledged commands are in the log once, ${refused} turned away are not; views ` +
        'equal a rebuild',
    );
    await server.close();
  },
};
