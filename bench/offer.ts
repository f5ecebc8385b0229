/** Load from a process of its own that does not wait for answers: so many requests a second, however many are on their way, over connections that are kept. Prints one JSON line. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

interface Job {
  readonly url: string;
  /** They take turns. */
  readonly paths: readonly string[];
  readonly token: string;
  /** `{id}` in it is a new one for each request. */
  readonly body: Record<string, unknown>;
  readonly perSecond: number;
  readonly seconds: number;
  /** Asked five times a second all the while. */
  readonly probe: string;
}

const job = JSON.parse(process.argv[2]!) as Job;
/** As a proxy's: opened before anything is measured, and kept. */
const connections = 4_000;
const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
const probes = new Agent({ keepAlive: true });
const template = JSON.stringify(job.body);
const statuses: Record<string, number> = {};
const accepted: number[] = [];
const turnedAway: number[] = [];
const probed: number[] = [];
let withoutRetryAfter = 0;

function send(n: number): Promise<void> {
  const body = template.replace('{id}', randomUUID());
  const started = performance.now();
  return new Promise((resolve) => {
    const r = request(
      new URL(job.paths[n % job.paths.length]!, job.url),
      { agent, method: 'POST', headers: { authorization: `Bearer ${job.token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
      (res) => {
        res.resume();
        res.on('end', () => {
          const status = res.statusCode!;
          statuses[status] = (statuses[status] ?? 0) + 1;
          (status < 400 ? accepted : turnedAway).push(performance.now() - started);
          if (status === 503 && !res.headers['retry-after']) withoutRetryAfter++;
          resolve();
        });
      },
    );
    r.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'error';
      statuses[code] = (statuses[code] ?? 0) + 1;
      resolve();
    });
    r.end(body);
  });
}
function connect(): Promise<void> {
  return new Promise((resolve, reject) => {
    request(new URL(job.probe, job.url), { agent }, (res) => void res.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
}
function probe(): Promise<void> {
  const started = performance.now();
  return new Promise((resolve) => {
    request(new URL(job.probe, job.url), { agent: probes }, (res) => {
      res.resume();
      res.on('end', () => {
        statuses[`probe ${res.statusCode}`] = (statuses[`probe ${res.statusCode}`] ?? 0) + 1;
        probed.push(performance.now() - started);
        resolve();
      });
    })
      .on('error', () => ((statuses['probe failed'] = (statuses['probe failed'] ?? 0) + 1), resolve()))
      .end();
  });
}

for (let i = 0; i < connections; i += 500) await Promise.all(Array.from({ length: i + 500 }, connect));
const started = performance.now();
const asking = setInterval(() => void probe(), 200);
const pending: Promise<void>[] = [];
// As many as are due by now, at each turn: what the machine was too busy to send is sent late, not left out.
while (performance.now() - started < job.seconds * 1000) {
  const due = Math.floor(((performance.now() - started) / 1000) * job.perSecond);
  while (pending.length < due) pending.push(send(pending.length));
  await new Promise((r) => setTimeout(r, 5));
}
const offered = pending.length / ((performance.now() - started) / 1000);
const stopped = performance.now();
await Promise.all(pending);
const drained = performance.now() - stopped;
clearInterval(asking);
agent.destroy();
probes.destroy();
const at = (xs: number[], p: number): number => xs.sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(xs.length * p))] ?? 0;
console.log(
  JSON.stringify({
    offered,
    accepted: accepted.length,
    statuses,
    withoutRetryAfter,
    drained,
    p50: at(accepted, 0.5),
    p99: at(accepted, 0.99),
    turnedAwayP99: at(turnedAway, 0.99),
    probeP99: at(probed, 0.99),
  }),
);
