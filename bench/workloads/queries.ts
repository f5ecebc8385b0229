/** One record by its id, and the 304 of it, beside a no-op GET of the same server. */
import { must, there, type Workload } from '../report.js';
import { openServer } from '../server.js';

const path = '/v1/agencies/pct';

export const queries: Workload = {
  name: 'queries',
  async run(b) {
    const server = await openServer(b);
    const unlogged = await openServer(b, { name: 'unlogged', logsReads: false });
    const logged: number[] = [];
    const ofLog: number[] = [];
    // Beside those of the load, its tag, and the two looked at in the end.
    let asked = 3;
    const whole: number[] = [];
    const unchanged: number[] = [];
    const work: { whole: number[]; unchanged: number[] } = { whole: [], unchanged: [] };
    const etag = there((await server.get(path)).headers.get('etag'), 'an ETag');
    for (let round = -1; round < b.runs; round++) {
      const noop = await server.load({ path: '/noop', method: 'GET', connections: 64 });
      const one = await server.load({ path, method: 'GET', connections: 64 });
      const fresh = await server.load({
        path,
        method: 'GET',
        connections: 64,
        headers: { 'if-none-match': etag },
      });
      asked += one.requests + fresh.requests;
      const without = await unlogged.load({ path, method: 'GET', connections: 64 });
      if (round < 0) continue;
      logged.push(one.perSecond / without.perSecond);
      ofLog.push(without.cpu / one.cpu);
      whole.push(one.perSecond / noop.perSecond);
      work.whole.push(noop.cpu / one.cpu);
      work.unchanged.push(noop.cpu / fresh.cpu);
      unchanged.push(fresh.perSecond / noop.perSecond);
    }
    b.ratio('single-resource query ÷ no-op GET, 64 connections', whole, '≥ 0.7');
    b.ratio('304 ÷ no-op GET, 64 connections', unchanged, '≥ 0.9');
    b.ratio('the query in processor time of the server: no-op ÷ query', work.whole, '≥ 0.7');
    b.ratio('the 304 in processor time: no-op ÷ 304', work.unchanged, '≥ 0.9');
    b.ratio('query with the log of reads ÷ without, 64 connections', logged, '≥ 0.9');
    b.ratio('the same in processor time of the server: without ÷ with', ofLog, '≥ 0.9');
    const again = await server.get(path);
    must(
      again.headers.get('etag') === etag && ((await again.json()) as { name: string }).name === 'pct',
      'the answer is the record under the same tag',
    );
    const not = await fetch(`${server.url}${path}`, {
      headers: { authorization: `Bearer ${server.token}`, 'if-none-match': etag },
    });
    must(not.status === 304 && (await not.text()) === '', 'a known tag is answered 304 without a body');
    b.checked('the record is answered under one tag, and 304 to whoever has it');
    must(server.service.reads.flush(), 'every read is written');
    const kept = server.service.reads.walk({ path })({ descending: false, limit: 1e7 }).length;
    must(kept === asked, `the log of reads has ${asked} of the record, not ${kept}`);
    b.checked(`each of ${asked} reads stands in the log of reads`);
    await unlogged.close();
    await server.close();
  },
};
