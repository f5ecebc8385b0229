/** One node: a relay as its public port, a gRPC server behind it, and what it believes about the cluster. */
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials, type sendUnaryData, type UntypedHandleCall } from '@grpc/grpc-js';
import type { Faults } from './faults.js';
import type { Records } from './records.js';
import { Relay } from './relay.js';
import type { Rights } from './rights.js';
import type { Host, ServerVersion } from './host.js';
import { streamsService } from './streams.js';
import { clusterInfo, type Member } from './wire.js';

/** What a node asks of its cluster. */
export interface Surroundings {
  readonly faults: Faults;
  readonly rights: Rights;
  readonly version: ServerVersion;
  readonly host: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  records(): Records;
  leader(): Node | undefined;
  gossip(): readonly Member[];
}

export class Node implements Host {
  readonly relay: Relay;
  readonly calls: Record<string, number> = {};
  readonly subscriptions = new Set<(how: 'politely' | 'with a status') => void>();
  readonly openReads = new Set<object>();
  /** `up`, `frozen`, `cut-off` from its peers though reachable by clients, or `down`. */
  condition: 'up' | 'frozen' | 'cut-off' | 'down' = 'down';
  #server: Server | undefined;
  #copy: number | undefined;
  #resigned = false;
  #ledWhenCut = false;
  #commitTimeout = 2_000;

  constructor(
    readonly around: Surroundings,
    port = 0,
  ) {
    this.relay = new Relay(port);
  }
  get faults(): Faults {
    return this.around.faults;
  }
  get rights(): Rights {
    return this.around.rights;
  }
  get version(): ServerVersion {
    return this.around.version;
  }
  get host(): string {
    return this.around.host;
  }
  get port(): number {
    return this.relay.port;
  }
  records(): Records {
    return this.around.records();
  }
  role(): 'leader' | 'follower' | 'resigned' {
    if (this.#resigned) return 'resigned';
    if (this.condition === 'cut-off') return this.#ledWhenCut ? 'leader' : 'follower';
    return this.around.leader() === this ? 'leader' : 'follower';
  }
  leaderPort(): number | undefined {
    return this.around.leader()?.port;
  }
  visible(): number {
    return Math.min(this.#copy ?? Infinity, this.records().length);
  }
  noQuorumAfter(): number | undefined {
    return this.condition === 'cut-off' ? this.#commitTimeout : undefined;
  }

  async start(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(streamsGrpc.StreamsService, streamsService(this));
    const gossip: UntypedHandleCall = (_call: unknown, reply: sendUnaryData<unknown>) => {
      this.calls.gossip = (this.calls.gossip ?? 0) + 1;
      reply(null, clusterInfo(this.host, this.around.gossip()));
    };
    server.addService(gossipGrpc.GossipService, { read: gossip });
    server.addService(featuresGrpc.ServerFeaturesService, {
      getSupportedMethods: ((_call: unknown, reply: sendUnaryData<unknown>) =>
        reply(null, this.#features())) as UntypedHandleCall,
    });
    const { tls } = this.around;
    const credentials = tls
      ? ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }])
      : ServerCredentials.createInsecure();
    this.relay.target = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port))),
    );
    this.#server = server;
    this.#copy = undefined;
    this.#resigned = false;
    await this.relay.listen();
    this.condition = 'up';
  }
  #features(): featuresPb.SupportedMethods {
    this.calls.features = (this.calls.features ?? 0) + 1;
    const method = new featuresPb.SupportedMethod()
      .setServiceName('event_store.client.streams.streams')
      .setMethodName('batchappend');
    return new featuresPb.SupportedMethods()
      .setEventStoreServerVersion(`${this.version}.0-stand-in`)
      .setMethodsList([method]);
  }

  /** As SIGKILL: connections reset, calls under way lost. */
  async kill(): Promise<void> {
    this.condition = 'down';
    await this.relay.kill();
    this.#server?.forceShutdown();
    this.#server = undefined;
    this.subscriptions.clear();
    this.openReads.clear();
  }
  /** As an orderly stop: clients hear CANCELLED, not UNAVAILABLE. */
  async shutDown(): Promise<void> {
    this.condition = 'down';
    this.#server?.forceShutdown();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await this.kill();
  }
  /** As SIGSTOP: every socket stays open, also new ones; nothing is answered. */
  freeze(): void {
    this.condition = 'frozen';
    this.relay.freeze();
  }
  thaw(): void {
    this.condition = 'up';
    this.drop('with a status');
    this.relay.thaw();
  }
  /**
   * Away from its peers, reachable by clients: it goes on answering reads from its copy; appends find no
   * majority; a leader resigns after a while, says so, and drops its subscriptions. A follower just stays
   * silent. Healed, the process ends: `StandIn.heal`.
   */
  cutOff(commitTimeout = 500, resignsAfter = 1_500): void {
    this.#ledWhenCut = this.around.leader() === this;
    this.#copy = this.records().length;
    this.#commitTimeout = commitTimeout;
    this.condition = 'cut-off';
    if (this.#ledWhenCut)
      setTimeout(() => {
        if (this.condition !== 'cut-off') return;
        this.#resigned = true;
        this.drop('with a status');
      }, resignsAfter).unref();
  }
  drop(how: 'politely' | 'with a status'): void {
    for (const drop of [...this.subscriptions]) drop(how);
  }
}
