/**
 * `npm run demo -- --log stand-in`: whatever is killed in it comes back, and what was acknowledged is still
 * there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const root = fileURLToPath(new URL('../', import.meta.url));

interface News {
  readonly name: string;
  readonly what: 'ended' | 'ready';
  readonly pid?: number;
  readonly with?: string | number;
}
interface Ready {
  readonly urls: [string, string];
  readonly processes: Record<'stand-in' | 'node-0' | 'node-1', number>;
  readonly tokens: Record<string, string>;
}
const seatHolder = 'seat-holder@place:durham+agency:county-durham-pct';

t.test('nodes and the stand-in are killed', { timeout: 290_000 }, async (t) => {
  const demo = spawn(
    process.execPath,
    [
      'scripts/demo.mjs',
      '--log',
      'stand-in',
      '--json',
      '--port',
      '0',
      '--speed',
      '0',
      '--data-dir',
      t.testdir({}),
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(demo, 'exit');
  let said = '';
  demo.stderr.on('data', (d: Buffer) => (said = (said + d.toString()).slice(-4_000)));
  t.teardown(async () => {
    demo.kill('SIGTERM');
    await ended;
  });
  const news: News[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    void ended.then(() => reject(new Error(`the demo ended: ${said}`)));
    createInterface({ input: demo.stdout }).on('line', (line) => {
      const told = JSON.parse(line) as News | Ready;
      if ('urls' in told) resolve(told);
      else news.push(told);
    });
  });
  const { urls, tokens, processes } = ready;
  const authorization = `Bearer ${tokens[seatHolder]}`;
  /** Through one node, with the same key until it is acknowledged; gives the position. */
  const pledge = async (url: string, pledgeId: string): Promise<string> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/pools/durham-warm-homes/pledges`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': pledgeId },
        body: JSON.stringify({ pledgeId, financialYear: '2009-10', pledgedPence: 100 }),
      }).catch(() => undefined);
      if (answer?.status === 200) return answer.headers.get('position')!;
      if (answer && answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
      await sleep(200);
    }
  };
  const pledges = async (url: string, after: string): Promise<string> => {
    for (;;) {
      const answer = await fetch(`${url}/v1/pools/durham-warm-homes`, {
        headers: { authorization, 'read-after': after },
      }).catch(() => undefined);
      if (answer?.status === 200) return await answer.text();
      if (answer && answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
      await sleep(200);
    }
  };
  const back = async (name: string, from: number): Promise<number> => {
    for (;;) {
      const at = news.findIndex((n, i) => i >= from && n.name === name && n.what === 'ready');
      if (at >= 0) return news[at]!.pid!;
      if (demo.exitCode !== null) throw new Error(said);
      await sleep(100);
    }
  };

  t.match(
    await pledges(urls[1], await pledge(urls[0], 'before')),
    /"before"/,
    'written through one, read through the other',
  );

  let from = news.length;
  process.kill(processes['node-0'], 'SIGKILL');
  const through = await pledge(urls[1], 'meanwhile');
  await back('node-0', from);
  t.match(news[from], { name: 'node-0', what: 'ended', with: 'SIGKILL' });
  t.match(
    await pledges(urls[0], through),
    /"meanwhile"/,
    'at its old address, with what came while it was away',
  );
  await pledge(urls[0], 'again');

  from = news.length;
  process.kill(processes['stand-in'], 'SIGKILL');
  t.not(await back('stand-in', from), processes['stand-in'], 'another process, on the same log');
  const last = await pledge(urls[1], 'after');
  for (const url of urls) {
    const text = await pledges(url, last);
    for (const id of ['before', 'meanwhile', 'again', 'after'])
      t.ok(text.includes(`"${id}"`), `${id} is there`);
  }
  t.equal(demo.exitCode, null, 'the demo goes on');
});
