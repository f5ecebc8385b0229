/**
 * Load from a process of its own: N connections, each sends its next request when the last is answered. Reads
 * one JSON text of what is to be sent, and prints one line.
 */
import { Agent, request } from 'node:http';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Each } from './server.js';

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
  /** What each request is in turn, instead of a token and a body. */
  readonly each?: readonly Each[];
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

const job = JSON.parse(await text(process.stdin)) as Job;
const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
const target = new URL(job.path, job.url);
const latencies: number[] = [];
let failed = 0;
/** What the first that failed was answered. */
let because: string | undefined;
let begun = 0;
const template = job.body ? JSON.stringify(job.body) : undefined;
const numbered = job.path.includes('{n}');

function once(n: number): Promise<void> {
  const one = job.each?.[n % job.each.length];
  const body = one?.body ?? template?.replace('{id}', randomUUID());
  const token = job.tokens[Math.floor(n / job.tokenFor) % job.tokens.length];
  const sent = one?.headers ?? {
    authorization: `Bearer ${token}`,
    ...(body ? { 'content-type': 'application/json' } : {}),
  };
  const started = performance.now();
  return new Promise((resolve) => {
    const r = request(
      numbered ? new URL(job.path.replace('{n}', String(job.among ? n % job.among : n)), job.url) : target,
      {
        agent,
        method: job.method,
        headers: {
          ...sent,
          ...(body ? { 'content-length': Buffer.byteLength(body) } : {}),
          ...job.headers,
        },
      },
      (res) => {
        let told = '';
        if (one?.says === undefined) res.resume();
        else res.setEncoding('utf8').on('data', (chunk: string) => (told += chunk));
        res.on('end', () => {
          if ((res.statusCode ?? 500) >= 400 || !told.includes(one?.says ?? '')) {
            failed++;
            because ??= `${res.statusCode} ${told.slice(0, 500)}`;
          }
          latencies.push(performance.now() - started);
          resolve();
        });
      },
    );
    r.on('error', (error) => {
      failed++;
      because ??= error.message;
      resolve();
    });
    r.end(body);
  });
}

const { pause } = job;
const started = performance.now();
const until = started + job.seconds * 1000;
await Promise.all(
  Array.from({ length: job.connections }, async (_, i) => {
    // Who pauses does not begin at the same moment as all others.
    if (pause) await new Promise((r) => setTimeout(r, (pause * i) / job.connections));
    while (job.count === undefined ? performance.now() < until : begun < job.count) {
      await once(begun++);
      if (pause) await new Promise((r) => setTimeout(r, pause));
    }
  }),
);
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
agent.destroy();
console.log(
  JSON.stringify({
    because,
    requests: latencies.length,
    failed,
    perSecond: Math.round(latencies.length / seconds),
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p95: latencies[Math.floor(latencies.length * 0.95)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  }),
);
