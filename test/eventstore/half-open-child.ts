/**
 * The adapter with its own default waits while the leader of three nodes freezes with its sockets open:
 * `half-open-child.ts {"electionMs", "staleGossipMs", "writers"}`. Prints one line: what happened between
 * there being another leader and the first acknowledged append, and the first event seen, after it.
 */
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { Conflict } from '../../src/log/event-log.js';
import { events, fresh } from '../log/conformance.js';
import { eventually } from './harness.js';
import { StandIn } from './stand-in/index.js';

export interface HalfOpen {
  readonly electionMs: number;
  readonly staleGossipMs: number;
  readonly writers: number;
}
export interface Recovered {
  /** How often a client asked for the leader since there was another one: each new client does once. */
  readonly asked: number;
  readonly appendMs: number;
  readonly followerMs: number;
  /** Events acknowledged, and events seen, in the end. */
  readonly acknowledged: number;
  readonly seen: number;
}

const { writers, ...times } = JSON.parse(process.argv[2]!) as HalfOpen;
const server = await StandIn.start({ nodes: 3, ...times });
const log = await openEventStoreLog(await server.url({ namespace: 'half-open' }), {
  clock: 'simulated',
  create: true,
});
const acks: number[] = [];
const seen: { id: string; at: number }[] = [];
const abort = new AbortController();
const following = log.follow(
  0,
  (batch) => void batch.forEach((e) => seen.push({ id: e.id, at: performance.now() })),
  abort.signal,
);
let writing = true;
let acknowledged = 0;
const work = Promise.all(
  Array.from({ length: writers }, async () => {
    const stream = fresh();
    let version = 0;
    while (writing) {
      try {
        version = (await log.append(stream, version, events(stream, version))).version;
        acks.push(performance.now());
        acknowledged++;
      } catch (error) {
        // What is in doubt may be there: the stream says.
        if (error instanceof Conflict) acknowledged += error.actual - version;
        const stands = await log.read(stream).catch(() => undefined);
        if (stands) {
          if (!(error instanceof Conflict)) acknowledged += stands.length - version;
          version = stands.length;
        }
      }
    }
  }),
);
await eventually(() => seen.length > 50);
const was = await server.leader();
await server.freeze();
await eventually(async () => ((await server.leader()) ?? was) !== was);
const led = performance.now();
const asked = async (): Promise<number> => (await server.calls()).gossip ?? 0;
const askedBefore = await asked();
const after = (times: readonly number[]): number | undefined => times.find((at) => at > led);
await eventually(() => after(acks) !== undefined && seen.some((e) => e.at > led));
const askedThen = (await asked()) - askedBefore;
writing = false;
await work;
await eventually(() => seen.length >= acknowledged + 1);
abort.abort();
await following;
const told: Recovered = {
  asked: askedThen,
  appendMs: Math.round(after(acks)! - led),
  followerMs: Math.round(seen.find((e) => e.at > led)!.at - led),
  acknowledged,
  seen: seen.length - 1,
};
console.log(JSON.stringify(told));
process.exit(0);
