/**
 * Load from a process of its own: N connections, each sends its next request when the last is answered.
 * Prints one JSON line.
 */
import { Agent, request } from 'node:http';
import { randomUUID } from 'node:crypto';

interface Job {
  readonly url: string;
  /** `{n}` is the number of the request, from nought. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly connections: number;
  readonly seconds: number;
  /** One, or several that take turns: each for the next `tokenFor` requests. */
  readonly tokens: readonly string[];
  readonly tokenFor: number;
  /** Requests in all; otherwise as many as the seconds hold. */
  readonly count?: number;
  /** `{id}` is a new one for each request. */
  readonly body?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  /** `{n}` begins anew after so many. */
  readonly among?: number;
  /** Milliseconds between two requests of one connection; none for as many as there can be. */
  readonly pause?: number;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
const target = new URL(job.path, job.url);
const latencies: number[] = [];
let failed = 0;
let sent = 0;
const template = job.body ? JSON.stringify(job.body) : undefined;
const numbered = job.path.includes('{n}');

function once(n: number): Promise<void> {
  const body = template?.replace('{id}', randomUUID());
  const token = job.tokens[Math.floor(n / job.tokenFor) % job.tokens.length];
  const started = performance.now();
  return new Promise((resolve) => {
    const r = request(
      numbered ? new URL(job.path.replace('{n}', String(job.among ? n % job.among : n)), job.url) : target,
      {
        agent,
        method: job.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } : {}),
          ...job.headers,
        },
      },
      (res) => {
        res.resume();
        res.on('end', () => {
          if ((res.statusCode ?? 500) >= 400) failed++;
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
    while (job.count === undefined ? performance.now() < until : sent < job.count) {
      await once(sent++);
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
    p95: latencies[Math.floor(latencies.length * 0.95)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  }),
);
