/** One record by its id, and the 304 of it, beside a no-op GET of the same server. */
import { must, there, type Workload } from '../report.js';
import { openServer } from '../server.js';

const path = '/v1/agencies/pct';

export const queries: Workload = {
  name: 'queries',
  async run(b) {
    const server = await openServer(b);
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
      if (round < 0) continue;
      whole.push(one.perSecond / noop.perSecond);
      work.whole.push(noop.cpu / one.cpu);
      work.unchanged.push(noop.cpu / fresh.cpu);
      unchanged.push(fresh.perSecond / noop.perSecond);
    }
    b.ratio('single-resource query ÷ no-op GET, 64 connections', whole, '≥ 0.7');
    b.ratio('304 ÷ no-op GET, 64 connections', unchanged, '≥ 0.9');
    b.ratio('the query in processor time of the server: no-op ÷ query', work.whole, '≥ 0.7');
    b.ratio('the 304 in processor time: no-op ÷ 304', work.unchanged, '≥ 0.9');
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
    await server.close();
  },
};
