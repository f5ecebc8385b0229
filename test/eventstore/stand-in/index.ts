/**
 * A stand-in for an EventStoreDB server or a cluster of three, on loopback, speaking the real protocol with
 * the service definitions that ship inside the installed client. In-process; `remote.ts` runs it as a process
 * of its own with the same handle.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Faults, type Counts, type Fault } from './faults.js';
import { Node, type Surroundings } from './node.js';
import { Records, type Rec } from './records.js';
import { Rights } from './rights.js';
import type { ServerVersion } from './host.js';
import type { Member } from './wire.js';

export interface StandInOptions {
  /** 1 or 3. */
  readonly nodes?: number;
  /** First port; the others follow. 0 or absent: any free ones. */
  readonly port?: number;
  readonly version?: ServerVersion;
  /** Keeps the log over a kill of the process. */
  readonly file?: string;
  /** Serves TLS and checks users and rights. The certificate must name `localhost`. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Milliseconds from the loss of a leader to the next one. */
  readonly electionMs?: number;
  /** For so long after an election gossip goes on naming the old leader, alive. */
  readonly staleGossipMs?: number;
}
export type { Counts, Fault, FaultKind } from './faults.js';
export type { Rec } from './records.js';

/** Everything but `leader` counts nodes from 0 and means the leader where none is named. */
export class StandIn {
  readonly #nodes: Node[] = [];
  readonly #faults = new Faults();
  readonly #rights: Rights;
  #records: Records;
  #aside: Records | undefined;
  #leader: Node | undefined;
  #gossiped: Node | undefined;
  #election: NodeJS.Timeout | undefined;
  #forgetting: NodeJS.Timeout | undefined;

  private constructor(readonly options: StandInOptions) {
    this.#records = new Records(options.file);
    this.#rights = new Rights(() => this.#records, options.tls !== undefined);
  }

  static async start(options: StandInOptions = {}): Promise<StandIn> {
    const it = new StandIn(options);
    const host = options.tls ? 'localhost' : '127.0.0.1';
    const around: Surroundings = {
      faults: it.#faults,
      rights: it.#rights,
      version: options.version ?? '24.10',
      host,
      ...(options.tls ? { tls: options.tls } : {}),
      records: () => it.#records,
      leader: () => it.#leader,
      gossip: () => it.#members(),
    };
    for (let i = 0; i < (options.nodes ?? 1); i++)
      it.#nodes.push(new Node(around, options.port ? options.port + i : 0));
    await Promise.all(it.#nodes.map((n) => n.start()));
    it.#leader = it.#gossiped = it.#nodes[0];
    return it;
  }

  #members(): Member[] {
    return this.#nodes.map((n) => ({
      port: n.port,
      alive: n === this.#gossiped || n.condition === 'up',
      role: n === this.#gossiped ? 'leader' : n.condition === 'up' ? 'follower' : 'unknown',
    }));
  }
  #node(i: number | undefined): Node {
    const node = i === undefined ? (this.#leader ?? this.#nodes[0]) : this.#nodes[i];
    if (!node) throw new RangeError(`there is no node ${i}`);
    return node;
  }
  /** The leader went: another one after a while, and gossip learns of it later still. */
  #lost(node: Node): void {
    if (this.#leader !== node) return;
    this.#leader = undefined;
    this.#elect();
  }
  #elect(): void {
    clearTimeout(this.#election);
    this.#election = setTimeout(() => {
      const alive = this.#nodes.filter((n) => n.condition === 'up');
      if (this.#leader || alive.length * 2 <= this.#nodes.length) return;
      this.#leader = alive[0]!;
      clearTimeout(this.#forgetting);
      this.#forgetting = setTimeout(
        () => (this.#gossiped = this.#leader),
        this.options.staleGossipMs ?? 0,
      ).unref();
    }, this.options.electionMs ?? 300).unref();
  }

  /** Connection string, without options but `tls`; `namespace` and users are the caller's. */
  async url({
    namespace,
    user,
    discover = false,
  }: { namespace?: string; user?: string; discover?: boolean } = {}): Promise<string> {
    const { tls } = this.options;
    const hosts = this.#nodes.map((n) => `${tls ? 'localhost' : '127.0.0.1'}:${n.port}`).join(',');
    return `esdb${discover ? '+discover' : ''}://${user ? `${user}@` : ''}${hosts}?tls=${tls !== undefined}${namespace ? `&namespace=${namespace}` : ''}`;
  }
  async leader(): Promise<number | undefined> {
    return this.#leader && this.#nodes.indexOf(this.#leader);
  }
  async strike(fault: Fault): Promise<void> {
    this.#faults.strike(fault);
  }
  async clearFaults(): Promise<void> {
    this.#faults.clear();
  }
  /**
   * Lets the held appends go; they have been written, or met a conflict, once `append-released` is counted.
   */
  async release(): Promise<void> {
    this.#faults.release();
  }
  /** How often each fault struck, and how often with appends under way. */
  async counts(): Promise<Counts> {
    return structuredClone(this.#faults.counts);
  }
  /** Appends that have been sent and not answered. */
  async appendsUnderWay(): Promise<number> {
    return this.#faults.appends;
  }
  /** Calls by method, over all nodes. */
  async calls(): Promise<Record<string, number>> {
    const sum: Record<string, number> = {};
    for (const n of this.#nodes) for (const [k, v] of Object.entries(n.calls)) sum[k] = (sum[k] ?? 0) + v;
    return sum;
  }
  /** Reads that nobody has ended. */
  async openReads(): Promise<number> {
    return this.#nodes.reduce((sum, n) => sum + n.openReads.size, 0);
  }
  async openSubscriptions(): Promise<number> {
    return this.#nodes.reduce((sum, n) => sum + n.subscriptions.size, 0);
  }

  async kill(i?: number): Promise<void> {
    const node = this.#node(i);
    this.#faults.count('kill');
    await node.kill();
    this.#lost(node);
  }
  async shutDown(i?: number): Promise<void> {
    const node = this.#node(i);
    this.#faults.count('shut down');
    await node.shutDown();
    this.#lost(node);
  }
  /** On the same port, with the same log. */
  async restart(i?: number): Promise<void> {
    const node = i === undefined ? this.#nodes.find((n) => n.condition === 'down') : this.#node(i);
    if (!node) return;
    if (node.condition !== 'down') await node.kill();
    if (this.#nodes.length === 1) this.#records.forget();
    await node.start();
    if (this.#nodes.length === 1) this.#leader = this.#gossiped = node;
    else if (!this.#leader) this.#elect();
  }
  async freeze(i?: number): Promise<void> {
    const node = this.#node(i);
    this.#faults.count('freeze');
    node.freeze();
    if (this.#nodes.length > 1) this.#lost(node);
  }
  /** Every frozen node, or one. */
  async thaw(i?: number): Promise<void> {
    for (const n of i === undefined ? this.#nodes : [this.#node(i)]) if (n.condition === 'frozen') n.thaw();
    if (!this.#leader) this.#elect();
  }
  async cutOff(i?: number, commitTimeout?: number, resignsAfter?: number): Promise<void> {
    const node = this.#node(i);
    this.#faults.count('cut-off');
    node.cutOff(commitTimeout, resignsAfter);
    this.#lost(node);
  }
  /**
   * A node that was cut off or frozen finds the others again. What it led to alone they never agreed to, so
   * it ends its own process, as a server does: twice, with code 0, before it rejoins. Here it is started
   * again each time; a server needs somebody who does.
   */
  async heal(i?: number): Promise<void> {
    const node =
      i === undefined
        ? this.#nodes.find((n) => n.condition === 'cut-off' || n.condition === 'frozen')
        : this.#node(i);
    if (!node) return;
    if (node.condition === 'frozen') node.thaw();
    for (let ends = 0; ends < 2; ends++) {
      this.#faults.count('ended itself');
      await node.kill();
      this.#lost(node);
      await sleep(100);
      await this.restart(this.#nodes.indexOf(node));
      await sleep(100);
    }
  }
  async dropSubscriptions(how: 'politely' | 'with a status'): Promise<void> {
    this.#faults.count(`subscriptions dropped ${how}`);
    for (const n of this.#nodes) n.drop(how);
  }
  /** New connections are reset while it refuses. */
  async refuseConnections(refusing: boolean, i?: number): Promise<void> {
    const node = this.#node(i);
    node.relay.refusing = refusing;
    if (!refusing) return;
    this.#faults.count('connections refused');
    node.relay.reset();
  }
  /** Breaks every connection; new ones are taken. */
  async resetConnections(): Promise<void> {
    this.#faults.count('connections reset');
    for (const n of this.#nodes) n.relay.reset();
  }
  /** Stops, brings back an older copy (all but the last `dropped` records), and starts again. */
  async restoreOlder(dropped: number): Promise<void> {
    this.#faults.count('older copy restored');
    await this.#stopped(() => this.#records.restore(Math.max(0, this.#records.length - dropped)));
  }
  /** Another, empty log behind the same addresses; gives the old one's number of records. */
  async replaceLog(): Promise<number> {
    this.#faults.count('log replaced');
    const { length } = this.#records;
    await this.#stopped(() => (this.#records = new Records()));
    return length;
  }
  /** Records in the log. */
  async length(): Promise<number> {
    return this.#records.length;
  }
  /**
   * Puts the log aside, and in its place an older copy (the first `kept` records) or, without a number,
   * another, empty log.
   */
  async setAside(kept?: number): Promise<void> {
    this.#faults.count(kept === undefined ? 'log replaced' : 'older copy restored');
    const right = this.#records;
    this.#aside ??= right;
    await this.#stopped(() => (this.#records = kept === undefined ? new Records() : right.older(kept)));
  }
  /** The log that was put aside stands there again. */
  async bringBack(): Promise<void> {
    await this.#stopped(() => (this.#records = this.#aside!));
    this.#aside = undefined;
  }
  async #stopped(work: () => void): Promise<void> {
    await Promise.all(this.#nodes.map((n) => n.kill()));
    work();
    await Promise.all(this.#nodes.map((n) => n.start()));
    this.#leader = this.#gossiped = this.#nodes[0];
  }

  async addUser(name: string, password: string, groups: string[]): Promise<void> {
    this.#rights.users.set(name, { password, groups });
  }
  /** Deletes a stream, past all rights: what an administrator of the server can do. */
  async deleteStream(stream: string, final = false): Promise<void> {
    if (final) this.#records.tombstone(stream);
    else this.#records.softDelete(stream);
  }
  /** An event of somebody else's on the same server. */
  async writeForeign(stream: string, data: object = {}, count = 1): Promise<void> {
    for (let i = 0; i < count; i++)
      this.#records.append(stream, 'any', [
        {
          id: crypto.randomUUID(),
          type: 'SomethingElse',
          contentType: 'application/json',
          data: Buffer.from(JSON.stringify(data)),
          metadata: Buffer.alloc(0),
        },
      ]);
  }
  /** What is in the log, for checking: everything after a record's index. */
  async records(after = 0): Promise<readonly Pick<Rec, 'id' | 'stream' | 'revision' | 'position'>[]> {
    return this.#records
      .all()
      .slice(after)
      .map(({ id, stream, revision, position }) => ({ id, stream, revision, position }));
  }
  async close(): Promise<void> {
    clearTimeout(this.#election);
    clearTimeout(this.#forgetting);
    await Promise.all(this.#nodes.map((n) => n.kill()));
    this.#records.close();
  }
}
