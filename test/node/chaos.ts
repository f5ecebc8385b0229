/**
 * Eight writers and two whole nodes over HTTP while the server's faults strike and nodes and servers are
 * killed. What was acknowledged is in the log once, where its answer said; every node's views equal a
 * rebuild; nothing dies of an error of its own.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Test } from 'tap';
import { decode } from '../../src/log/codec.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { is } from '../../src/domain/registry.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { asTypeScript } from '../as-typescript.js';
import type { Counts, FaultKind, StandInOptions } from '../eventstore/stand-in/index.js';
import { startRemote, type RemoteStandIn } from '../eventstore/stand-in/remote.js';
import { executorOn, propose, world } from '../commands/world.js';
import { reference } from '../domain/spec.js';
import { compareTables, rebuildFrom } from '../../src/runtime/verify.js';
import type { ApiChild } from './api-child.js';
import { everything, folder, open } from './nodes.js';

const calls: FaultKind[] = [
  'append-refused',
  'append-reply-lost',
  'append-never-answered',
  'append-swallowed',
  'append-delayed',
  'append-commit-timeout',
  'append-not-ready',
  'not-leader',
  'no-leader',
  'read-refused',
  'read-silent',
];
const wait = (ms: number): Promise<void> => new Promise((r) => setTimeout(r, ms));
const operatorToken = 'f3a1-0c9b7e52d4486ab1-77c0e2d9b8a5';
/** By the name under which the stand-in counts them. */
const events: Record<string, (s: RemoteStandIn) => Promise<void>> = {
  kill: async (s) => (await s.kill(), await s.restart()),
  freeze: async (s) => (await s.freeze(), await wait(600), await s.thaw()),
  // Alive, reachable by us, without its peers; healed, the old leader ends its process twice and is started
  // again.
  'cut-off': async (s) => {
    const was = (await s.leader()) ?? 0;
    await s.cutOff(was, 300, 500);
    await wait(900);
    await s.heal(was);
  },
  'connections reset': (s) => s.resetConnections(),
  'connections refused': async (s) => (
    await s.refuseConnections(true),
    await wait(200),
    await s.refuseConnections(false)
  ),
  'subscriptions dropped politely': (s) => s.dropSubscriptions('politely'),
  'subscriptions dropped with a status': (s) => s.dropSubscriptions('with a status'),
  'subscription-silent': async (s) => (
    await s.strike({ kind: 'subscription-silent', match: '$all' }),
    await s.dropSubscriptions('with a status')
  ),
};
/**
 * Another log behind the same address: refused until a person has brought the right one back and started the
 * nodes again.
 */
const wrongLogs: Record<string, (s: RemoteStandIn, apis: readonly Api[]) => Promise<void>> = {
  // Older than what each node has seen: to one that was behind, it would be no older copy.
  'older copy restored': async (s, apis) => {
    const kept = (await s.length()) - 5;
    await Promise.all(apis.map((a) => a.seen()));
    await s.setAside(kept);
  },
  'log replaced': (s) => s.setAside(),
};
const standInKilled = 'stand-in killed';

/**
 * The stand-in as a process that can be killed whole and started again with its log; counts go on over that.
 */
class Server {
  now!: RemoteStandIn;
  readonly #counted: Counts = {};
  constructor(readonly options: StandInOptions & { file: string }) {}
  /** Below the ports that a system gives away: nothing takes them while it is down. */
  async start(): Promise<void> {
    if (this.options.port) return void (this.now = await startRemote(this.options));
    for (let tries = 0; ; tries++) {
      const port = 20_000 + Math.floor(Math.random() * 1_000) * 10;
      try {
        this.now = await startRemote({ ...this.options, port });
        return void Object.assign(this.options, { port });
      } catch (error) {
        if (tries > 20) throw error;
      }
    }
  }
  async killed(): Promise<void> {
    for (const [kind, c] of Object.entries(await this.now.counts())) this.#add(kind, c);
    this.#add(standInKilled, { struck: 1, underWay: (await this.now.appendsUnderWay()) > 0 ? 1 : 0 });
    await this.now.close('SIGKILL');
    await this.start();
  }
  #add(kind: string, { struck, underWay }: Counts[string]): void {
    const sum = (this.#counted[kind] ??= { struck: 0, underWay: 0 });
    sum.struck += struck;
    sum.underWay += underWay;
  }
  async counts(): Promise<Counts> {
    const all = structuredClone(this.#counted);
    for (const [kind, c] of Object.entries(await this.now.counts())) {
      const { struck, underWay } = all[kind] ?? { struck: 0, underWay: 0 };
      all[kind] = { struck: struck + c.struck, underWay: underWay + c.underWay };
    }
    return all;
  }
}
function random(seed: number): () => number {
  let x = seed * 2_654_435_761;
  return () => ((x = (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0), (x >>> 0) / 4_294_967_296);
}

/** A node that is started again when it was killed; ending by itself is a failure. */
class Api {
  url = '';
  kills = 0;
  #child: ChildProcess | undefined;
  #expected = false;
  readonly failures: string[];
  constructor(
    readonly options: ApiChild,
    failures: string[],
  ) {
    this.failures = failures;
  }
  async start(): Promise<void> {
    this.#expected = false;
    const child = fork(new URL('./api-child.ts', import.meta.url), [JSON.stringify(this.options)], {
      execArgv: [asTypeScript],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let said = '';
    child.stderr!.on('data', (d: Buffer) => (said = (said + d.toString()).slice(-2_000)));
    child.once('exit', (code, signal) => {
      if (!this.#expected) this.failures.push(`a node ended by itself (${signal ?? code}): ${said}`);
    });
    this.url = await this.#answer<{ url: string }>().then((m) => m.url);
  }
  #answer<M>(): Promise<M> {
    const child = this.#child!;
    return new Promise((resolve, reject) => {
      child.once('message', (m) => resolve(m as M));
      child.once('exit', () => reject(new Error('the node has ended')));
    });
  }
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#expected = true;
    if (signal === 'SIGKILL') this.kills++;
    const ended = new Promise<void>((resolve) => this.#child!.once('exit', () => resolve()));
    this.#child!.kill(signal);
    await ended;
  }
  /** Waits until it refuses its log; gives what it says. */
  async refused(): Promise<string> {
    for (;;) {
      const answer = await fetch(`${this.url}/health/details`, {
        headers: { authorization: `Bearer ${operatorToken}` },
      }).catch(() => undefined);
      const ready = (await answer?.json().catch(() => undefined)) as
        { log: { state: string; lastError?: string } } | undefined;
      if (ready?.log.state === 'refused') return ready.log.lastError ?? '';
      if (this.failures.length > 0) throw new Error(this.failures.join('; '));
      await wait(20);
    }
  }
  /** Waits until it has seen what the log holds now. */
  async seen(): Promise<void> {
    const answer = this.#answer<object>();
    this.#child!.send('seen');
    await answer;
  }
  async again(): Promise<void> {
    const answer = this.#answer<{ url: string }>();
    this.#child!.send('again');
    this.url = (await answer).url;
  }
  async level(): Promise<number> {
    const answer = this.#answer<{ level: number }>();
    this.#child!.send('level');
    return (await answer).level;
  }
}

export interface ChaosOptions {
  readonly seed: number;
  /** Nodes of the server: 1 or 3. */
  readonly servers: number;
  /** At least so many acknowledged commands. */
  readonly commands: number;
}

export async function chaos(t: Test, { seed, servers, commands }: ChaosOptions): Promise<void> {
  const dice = random(seed);
  const dir = folder(t);
  const server = new Server({
    nodes: servers,
    electionMs: 200,
    staleGossipMs: 200,
    file: join(dir, 'server.jsonl'),
  });
  await server.start();
  t.teardown(() => server.now.close('SIGKILL'));
  const url = await server.now.url({ namespace: 'chaos' });
  const log = await openEventStoreLog(url, { clock: 'simulated', create: true });
  const executor = executorOn(log);
  await world(log, executor);
  // Few enough that writers meet on one pool, many enough that none grows long.
  const pools = ['treatment', ...Array.from({ length: 15 }, (_, i) => `pool-${i}`)];
  for (const p of pools.slice(1)) await propose(executor, p);
  await log.close();

  const failures: string[] = [];
  const issuerKey = join(dir, 'issuer.jwk');
  const token = await (
    await localIssuer(issuerKey)
  ).token('seat-holder.pct', ['seat-holder@place:durham+agency:pct']);
  const apis = ['a', 'b'].map(
    (n) => new Api({ log: url, dataDir: join(dir, n), issuerKey, operatorToken }, failures),
  );
  await Promise.all(apis.map((a) => a.start()));

  interface Ack {
    readonly pool: string;
    readonly pledgeId: string;
    readonly version: number;
  }
  const acks: Ack[] = [];
  const answers: Record<string, number> = {};
  let writing = true;
  let n = 0;
  const write = async (writer: number): Promise<void> => {
    while (writing) {
      const pool = pools[n % pools.length]!;
      const pledgeId = `p-${n++}`;
      const key = randomUUID();
      // The same key until there is an answer, through whichever node there is.
      for (let attempt = 0; ; attempt++) {
        const api = apis[(writer + attempt) % 2]!;
        const answer = await fetch(`${api.url}/v1/pools/${pool}/pledges`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify({ pledgeId, financialYear: '2009-10', pledgedPence: 100 }),
          signal: AbortSignal.timeout(15_000),
        }).then(
          async (r) => ({
            status: r.status,
            json: (await r.json().catch(() => ({}))) as { version: number; code?: string },
          }),
          () => ({ status: 0, json: { version: 0, code: 'NO_ANSWER' } }),
        );
        const kind = answer.status === 200 ? 'done' : (answer.json.code ?? String(answer.status));
        answers[kind] = (answers[kind] ?? 0) + 1;
        if (answer.status === 200) {
          acks.push({ pool, pledgeId, version: answer.json.version });
          break;
        }
        if (answer.status !== 0 && answer.status !== 503) {
          failures.push(`${pledgeId}: ${answer.status} ${JSON.stringify(answer.json)}`);
          break;
        }
        await wait(20);
      }
    }
  };
  const writers = Promise.all(Array.from({ length: 8 }, (_, w) => write(w)));
  const acknowledged = async (more: number): Promise<void> => {
    const goal = acks.length + more;
    while (acks.length < goal && failures.length === 0) await wait(5);
  };

  await acknowledged(100);
  const instructions: string[] = [];
  const strikes = [
    ...Array.from({ length: 2 }, () => [
      ...calls,
      ...Object.keys(events),
      ...Object.keys(wrongLogs),
      standInKilled,
      'node killed',
    ]).flat(),
  ]
    .map((s) => [dice(), s] as const)
    .sort(([a], [b]) => a - b);
  /** Some appends are held on the server while something happens to it, as they would be on a busy one. */
  const held = async (): Promise<void> => {
    await server.now.strike({ kind: 'append-delayed', times: 4, ms: 250 });
    await wait(40);
  };
  const strike = async (kind: string): Promise<void> => {
    if (kind === 'node killed') {
      const api = apis[Math.floor(dice() * 2)]!;
      await api.end('SIGKILL');
      await acknowledged(8);
      await api.start();
    } else if (kind in wrongLogs) {
      await held();
      await wrongLogs[kind]!(server.now, apis);
      for (const api of apis) instructions.push(await api.refused());
      await server.now.bringBack();
      // As the instruction says: the right log, and start again.
      await Promise.all(apis.map((a) => a.again()));
    } else if (kind === standInKilled) {
      await held();
      await server.killed();
    } else if (kind in events) {
      await held();
      await events[kind]!(server.now);
    } else {
      if (kind.startsWith('read')) await server.now.strike({ kind: 'append-delayed', times: 4, ms: 250 });
      await server.now.strike({ kind: kind as FaultKind, times: 1 + Math.floor(dice() * 2), ms: 300 });
    }
    await acknowledged(8);
  };
  for (const [, kind] of strikes) await strike(kind);
  // Each must have struck twice while appends were under way.
  const lacking = async (): Promise<string[]> => {
    const counts = await server.counts();
    return [...calls, ...Object.keys(events), ...Object.keys(wrongLogs), standInKilled].filter(
      (k) => (counts[k]?.underWay ?? 0) < 2,
    );
  };
  for (
    let again = await lacking(), rounds = 0;
    again.length > 0 && rounds < 40 && failures.length === 0;
    again = await lacking(), rounds++
  )
    for (const kind of again) await strike(kind);
  await server.now.clearFaults();
  while (acks.length < commands && failures.length === 0) await wait(10);
  writing = false;
  await writers;
  const counts = await server.counts();
  t.comment(
    `seed ${seed}, ${servers} server nodes: ${acks.length} acknowledged; ${JSON.stringify(answers)}; nodes killed ${apis.map((a) => a.kills).join(' and ')} times`,
  );
  t.comment(
    Object.entries(counts)
      .map(([k, c]) => `${k} ${c.struck} (${c.underWay} with appends under way)`)
      .join(', '),
  );
  t.same(failures, [], 'every command was acknowledged in the end, and no node ended by itself');
  t.ok(acks.length >= commands, `${acks.length} acknowledged`);
  t.same(await lacking(), [], 'every fault struck twice with appends under way');
  t.ok(
    instructions.length >= 8 && instructions.every((i) => /Point LOG_URL/.test(i)),
    'another log was refused by both nodes each time, with what to do',
  );
  t.equal(apis.reduce((sum, a) => sum + a.kills, 0) >= 2, true, 'nodes were killed');

  const positions = await Promise.all(apis.map((a) => a.level()));
  await Promise.all(apis.map((a) => a.end('SIGTERM')));
  t.same(failures, []);
  const after = await openEventStoreLog(url, { clock: 'simulated' });
  const all = await everything(after);
  const pledges = all.map((e) => decode(e)).filter((e) => is(e, 'pool', 'PledgeMade'));
  const at = new Map(pledges.map((e) => [`${e.recordId} ${e.version}`, e.data.pledgeId]));
  t.equal(new Set(pledges.map((e) => e.commandId)).size, pledges.length, 'no command is in the log twice');
  t.equal(
    pledges.length,
    acks.length,
    'every command that was given was acknowledged, and each is there once',
  );
  t.ok(
    acks.every((a) => at.get(`${a.pool} ${a.version}`) === a.pledgeId),
    'where its answer said',
  );
  const versions = new Map<string, number>();
  let gaps = 0;
  for (const e of all) {
    if (e.version !== (versions.get(e.stream) ?? 0) + 1) gaps++;
    versions.set(e.stream, e.version);
  }
  t.equal(gaps, 0, 'every stream in order, without gaps');
  t.equal(
    all.filter((e) => e.type === 'CommandRefused').length,
    0,
    'nobody was refused for what a fault did',
  );
  const rebuilt = await rebuildFrom(all, reference);
  for (const [i, api] of apis.entries()) {
    t.equal(positions[i], all.at(-1)!.position);
    const db = open(api.options.dataDir);
    t.same(compareTables(db, rebuilt), [], 'its views equal a rebuild');
    db.close();
  }
  rebuilt.close();
  await after.close();
}
