/** Load from a process of its own: N connections, each sends its next request when the last is answered. Prints one JSON line. */
import { Agent, request } from 'node:http';
import { randomUUID } from 'node:crypto';

interface Job {
  readonly url: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly connections: number;
  readonly seconds: number;
  readonly token: string;
  readonly body?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  /** Milliseconds between two requests of one connection; none for as many as there can be. */
  readonly pause?: number;
}

const job = JSON.parse(process.argv[2]!) as Job;
const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
const target = new URL(job.path, job.url);
const latencies: number[] = [];
let failed = 0;

function once(): Promise<void> {
  const body = job.body ? JSON.stringify({ ...job.body, pledgeId: randomUUID() }) : undefined;
  const started = performance.now();
  return new Promise((resolve) => {
    const r = request(
      target,
      {
        agent,
        method: job.method,
        headers: { authorization: `Bearer ${job.token}`, ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}), ...job.headers },
      },
      (res) => {
        res.resume();
        res.on('end', () => {
          if (res.statusCode! >= 400) failed++;
          latencies.push(performance.now() - started);
          resolve();
        });
      },
    );
    r.on('error', () => {
      failed++;
      resolve();
    });
    r.end(body);
  });
}

const started = performance.now();
const until = started + job.seconds * 1000;
await Promise.all(
  Array.from({ length: job.connections }, async () => {
    while (performance.now() < until) {
      await once();
      if (job.pause) await new Promise((r) => setTimeout(r, job.pause));
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
agent.destroy();
console.log(
  JSON.stringify({
    requests: latencies.length,
    failed,
    perSecond: Math.round(latencies.length / seconds),
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  }),
);
