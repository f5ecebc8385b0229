/**
 * A page of long lists in each order they offer, and a CSV of everything, beside a no-op GET of the same
 * server: no page reads the whole.
 */
import { join } from 'node:path';
import { logFile } from '../../src/runtime/embedded.js';
import { queries } from '../../src/http/questions/index.js';
import { TestClock } from '../../test/commands/world.js';
import { median, must, type Workload } from '../report.js';
import { openServer, type Job } from '../server.js';
import { each, places, recording, writePromises } from './waiting.js';

const lists = ['/v1/commitments', '/v1/calendar'];

export const lists20k: Workload = {
  name: 'lists',
  async run(b) {
    await writePromises(logFile(join(b.dir, 'lists')));
    const clock = new TestClock();
    clock.ms = Date.parse('2009-10-15T09:00:00Z');
    const server = await openServer(b, { name: 'lists', make: false, clock });
    const { executor, reactors } = server.service;
    await reactors.idle();
    const token = await server.tokenOf('an.auditor', ['auditor@programme:tp']);
    const at = (path: string): Job => ({ path, method: 'GET', connections: 1, tokens: [token], seconds: 1 });
    // No page is kept from one request to the next: each is made.
    const stop = recording(executor);
    const noops: number[] = [];
    for (let round = 0; round < b.runs; round++) noops.push((await server.load(at('/noop'))).cpu);
    for (const url of lists) {
      const q = queries.find((x) => x.url === url);
      must(q?.kind === 'list', `${url} is a list`);
      for (const key of q?.kind === 'list' ? q.sorts : []) {
        const [work, tail]: [number[], number[]] = [[], []];
        for (let round = 0; round < b.runs; round++) {
          const { cpu, p95 } = await server.load(at(`${url}?limit=50&sort=${key}`));
          work.push(cpu);
          tail.push(p95);
        }
        const figures =
          `${(median(work) / 1000).toFixed(1)} ms of the processor, ` +
          `${(median(work) / median(noops)).toFixed(0)} no-ops; p95 ${median(tail).toFixed(1)} ms`;
        b.value(
          `fifty of ${places * each} in ${url} by ${key}, beside a hundred commands a second`,
          figures,
          'for comparison',
        );
      }
    }
    await stop();
    const csv = await (await server.get('/v1/commitments?format=csv', token)).text();
    must(
      csv.trimEnd().split('\n').length === places * each + 2,
      `the CSV has every commitment: ${csv.split('\n').length} lines`,
    );
    b.checked(`the CSV of ${places * each + 1} commitments is whole`);
    await server.close();
  },
};
