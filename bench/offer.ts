/**
 * Load from a process of its own that does not wait for answers: so many requests a second, however many are
 * on their way, over connections that are kept, or a new one for each. Prints one JSON line.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';

interface Job {
  readonly url: string;
  /** They take turns. */
  readonly paths: readonly string[];
  readonly token: string;
  /** `{id}` in it is a new one for each request. */
  readonly body: Record<string, unknown>;
  readonly perSecond: number;
  readonly seconds: number;
  /** Each on a connection of its own, opened within its time. */
  readonly fresh?: boolean;
  /** Asked five times a second all the while. */
  readonly probe: string;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
/**
 * As proxies': opened before anything is measured, and kept; so many that what is offered within the longest
 * wait, and a second of them more, finds one.
 */
const connections = job.fresh ? 0 : Math.min(15_000, Math.ceil((3 * job.perSecond) / 500) * 500);
const probes = new Agent({ keepAlive: true });
const template = JSON.stringify(job.body);
const statuses: Record<string, number> = {};
const accepted: number[] = [];
const turnedAway: number[] = [];
const probed: number[] = [];
let withoutRetryAfter = 0;

/**
 * Written and read by hand: a client that costs as much as the server would not keep up with what it offers.
 */
const { hostname, port } = new URL(job.url);
const free: Socket[] = [];
const waiting: ((socket: Socket) => void)[] = [];
function give(socket: Socket): void {
  const next = waiting.shift();
  if (next) next(socket);
  else free.push(socket);
}

async function send(n: number): Promise<void> {
  const body = template.replace('{id}', randomUUID());
  const started = performance.now();
  const socket = job.fresh
    ? connect(Number(port), hostname).setEncoding('latin1')
    : (free.pop() ?? (await new Promise<Socket>((resolve) => waiting.push(resolve))));
  const path = job.paths[n % job.paths.length];
  const head =
    `POST ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ` +
    `${job.token}\r\nContent-Type: ` +
    `application/json\r\n${job.fresh ? 'Connection: close\r\n' : ''}Content-Length: ` +
    `${Buffer.byteLength(body)}\r\n\r\n`;
  return new Promise((resolve) => {
    let text = '';
    const done = (status: string | number): void => {
      socket.removeAllListeners();
      statuses[status] = (statuses[status] ?? 0) + 1;
      resolve();
    };
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'));
    socket.on('close', () => done('closed'));
    socket.on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\r\n\r\n');
      const length = end < 0 ? undefined : /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined || text.length < end + 4 + Number(length)) return;
      const status = Number(text.slice(9, 12));
      (status < 400 ? accepted : turnedAway).push(performance.now() - started);
      if (status === 503 && !/\r\nretry-after: /i.test(text)) withoutRetryAfter++;
      done(status);
      // The server ends it, and keeps what the system remembers of it: here ports would run out.
      if (job.fresh) socket.resume().on('error', () => {});
      else give(socket);
    });
    socket.write(head + body);
  });
}
/** Asked once, so that it may be idle as long as one that is kept. */
function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET /health/live HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`),
    );
    socket.setNoDelay(true).setEncoding('latin1').once('error', reject);
    socket.once('data', () => {
      socket.removeAllListeners();
      free.push(socket);
      resolve();
    });
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

for (let i = 0; i < connections; i += 500) await Promise.all(Array.from({ length: 500 }, open));
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
for (const socket of free) socket.destroy();
probes.destroy();
const at = (xs: number[], p: number): number =>
  xs.sort((a, b) => a - b)[Math.min(xs.length - 1, Math.floor(xs.length * p))] ?? 0;
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
