/**
 * Durable commands over HTTP with every view inline, beside a no-op of the same server and one bare commit a
 * command.
 */
import { propose } from '../../test/commands/world.js';
import { pledgedOnce } from '../acknowledged.js';
import type { Workload } from '../report.js';
import { openServer } from '../server.js';

const body = { pledgeId: '{id}', financialYear: '2009-10', pledgedPence: 100 };

export const commands: Workload = {
  name: 'commands',
  async run(b) {
    const server = await openServer(b);
    const { log, executor } = server.service;
    const before = await log.head();
    const at64: number[] = [];
    const at256: number[] = [];
    const tail: number[] = [];
    const tail256: number[] = [];
    const tailAlone: number[] = [];
    const alone: number[] = [];
    const work: number[] = [];
    let acknowledged = 0;
    // Once unmeasured: nobody's first request is what is asked about.
    for (let round = -1; round < b.runs; round++) {
      // A fresh pool each: every command folds on a warm lane, none on a long stream.
      const pools = [0, 1, 2].map((i) => `p-${round + 1}-${i}`);
      for (const p of pools) await propose(executor, p);
      const noop = await server.load({ path: '/noop', method: 'POST', connections: 64, body });
      const command = await server.load({
        path: `/v1/pools/${pools[0]}/pledges`,
        method: 'POST',
        connections: 64,
        body,
      });
      const noop256 = await server.load({ path: '/noop', method: 'POST', connections: 256, body });
      const command256 = await server.load({
        path: `/v1/pools/${pools[1]}/pledges`,
        method: 'POST',
        connections: 256,
        body,
      });
      const naive = await server.load({ path: '/naive', method: 'POST', connections: 1, body });
      const one = await server.load({
        path: `/v1/pools/${pools[2]}/pledges`,
        method: 'POST',
        connections: 1,
        body,
      });
      acknowledged += command.requests + command256.requests + one.requests;
      if (round < 0) continue;
      at64.push(command.perSecond / noop.perSecond);
      at256.push(command256.perSecond / noop256.perSecond);
      work.push(noop.cpu / command.cpu);
      tail.push(command.p99 / noop.p99);
      tail256.push(command256.p99 / noop256.p99);
      tailAlone.push(one.p99 / naive.p99);
      alone.push(one.perSecond / naive.perSecond);
    }
    b.ratio(
      'durable command over HTTP, all views inline ÷ no-op POST, 64 connections on one pool',
      at64,
      '≥ 0.5',
    );
    b.ratio('the same in processor time of the server: no-op ÷ command', work, '≥ 0.5');
    b.ratio('the same, 256 connections', at256, '≥ 0.6');
    b.ratio('its p99 ÷ the no-op’s p99, 64 connections', tail, '≤ 4');
    b.ratio('the same, 256 connections', tail256, '≤ 4');
    b.ratio('one connection ÷ one bare commit a command', alone, '≥ 0.85');
    b.ratio('its p99 ÷ that of one bare commit', tailAlone, '≤ 4');
    await pledgedOnce(server.service, before, acknowledged, b.ref);
    b.checked(`${acknowledged} acknowledged commands are in the log once, views equal a rebuild`);
    await server.close();
  },
};
