/**
 * EventStoreDB through `@eventstore/db-client` 6.2.1: the only file that imports it. The client is built by
 * its constructor, from settings parsed by us, so that it never prints a connection string. Appends carry
 * credentials on the call, which keeps them off its batch path (no deadline, shared between clients, able to
 * end the process); an insecure client drops them before sending.
 */
import {
  BACKWARDS,
  binaryEvent,
  END,
  EventStoreDBClient,
  jsonEvent,
  START,
  type AllStreamResolvedEvent,
  type Credentials,
  type EventData,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { existing } from '../../domain/kernel/parts.js';
import { logCreated } from '../codec.js';
import { EventStoreLog } from './adapter.js';
import type { Admin } from './admin.js';
import { textOf } from './classify.js';
import { NoLog, type Expectation } from './connection.js';
import type { Driver, MakeDriver, Place, Prepared, ReadStream, Received, Subscription } from './driver.js';
import { Line } from './line.js';
import { prepare, serverName } from './names.js';
import { defaultTimings, type Timings } from './timings.js';
import { exponentialBackoff, pause } from '../waiting.js';
import { parseEventStoreUrl, Secret, seedsOf, type EventStoreSettings, type Host } from './url.js';
import { OtherLog, Unavailable, type LogIdentity } from '../event-log.js';

export interface EventStoreOptions {
  readonly clock: LogIdentity['clock'];
  /**
   * Makes the log where there is none: for demos and tests. A service is pointed at one that `log prepare`
   * made.
   */
  readonly create?: boolean;
  /**
   * Which log it must be, where that is known already (a view file says): then nothing is waited for, and the
   * log may be away.
   */
  readonly identity?: LogIdentity;
  readonly timings?: Partial<Timings>;
}

/**
 * Opens the log that a LOG_URL names. Throws `Unavailable` when it does not answer in time, `OtherLog` when
 * it is another.
 */
export async function openEventStoreLog(url: string, options: EventStoreOptions): Promise<EventStoreLog> {
  const settings = parseEventStoreUrl(url);
  const timings = { ...defaultTimings, ...options.timings };
  const make = clientDrivers(settings);
  const identity = options.identity ?? (await findIdentity(make, settings, timings, options));
  if (identity.clock !== options.clock)
    throw new OtherLog(
      identity.clock === 'simulated'
        ? `the log ${settings.namespace} is a demo's, with a simulated ` +
            'clock: open it with "demo", or give another namespace'
        : `the log ${settings.namespace} is a real one: the demo ` +
            'does not touch it. Give the demo another namespace',
    );
  return new EventStoreLog({ namespace: settings.namespace, identity, timings, make });
}

async function findIdentity(
  make: MakeDriver,
  settings: EventStoreSettings,
  timings: Timings,
  { create, clock }: EventStoreOptions,
): Promise<LogIdentity> {
  const expectation: Expectation = { stream: serverName(settings.namespace, 'log-identity') };
  const until = performance.now() + timings.readBudget;
  for (let failures = 0; ; failures++) {
    const line = new Line('opening', make, expectation, timings);
    let problem: unknown;
    try {
      await line.connection(until - performance.now());
      return existing(expectation.identity, 'identity of a log that was met');
    } catch (error) {
      problem = error;
      if (error instanceof NoLog && !create)
        throw new OtherLog(`${textOf(error)}: run "total-place log prepare" once, or mend LOG_URL`);
      if (error instanceof NoLog) problem = await createLog(make, error.host, expectation, clock, timings);
    } finally {
      line.close();
    }
    if (performance.now() >= until) throw new Unavailable(`the log does not answer: ${textOf(problem)}`);
    await pause(exponentialBackoff(timings, failures));
  }
}

/**
 * Writes the log's first event, once: whoever comes second finds it. Gives what went wrong, if anything did;
 * looking again tells.
 */
async function createLog(
  make: MakeDriver,
  only: Host,
  expectation: Expectation,
  clock: LogIdentity['clock'],
  timings: Timings,
): Promise<unknown> {
  const driver = await make('creating', { only });
  try {
    await driver.connect();
    await driver.append(
      expectation.stream,
      'no_stream',
      [prepare(logCreated(clock))],
      timings.appendDeadline,
    );
    return undefined;
  } catch (error) {
    return error;
  } finally {
    driver.dispose();
  }
}

/** Whatever credentials an insecure client is given are not sent. */
const nobody: Credentials = { username: 'nobody', password: 'nothing' };
/** The client looks for a node once: who calls it tries again. The first is in seconds, the interval not. */
const gossip = {
  gossipTimeout: 1,
  maxDiscoverAttempts: 1,
  discoveryInterval: 50,
  nodePreference: 'leader' as const,
};

function newClient(
  settings: EventStoreSettings,
  role: string,
  { only, avoid }: Parameters<MakeDriver>[1],
): EventStoreDBClient {
  const { hosts, discover, tls } = settings;
  const common = { connectionName: `total-place ${role}`, throwOnAppendFailure: true };
  const security = tls
    ? hidden(
        {
          insecure: false,
          ...(tls.ca ? { rootCertificate: tls.ca } : {}),
          ...(tls.cert ? { userCertFile: tls.cert } : {}),
        },
        tls.key ? { userKeyFile: tls.key } : {},
      )
    : { insecure: true };
  const user = credentialsOf(settings);
  if (only) return new EventStoreDBClient({ ...common, endpoint: { ...only } }, security, user);
  const [host, ...more] = hosts;
  if (host && more.length === 0)
    return discover
      ? new EventStoreDBClient({ ...common, ...gossip, discover: { ...host } }, security, user)
      : new EventStoreDBClient({ ...common, endpoint: { ...host } }, security, user);
  const others = hosts.filter((h) => `${h.address}:${h.port}` !== avoid);
  return new EventStoreDBClient(
    { ...common, ...gossip, endpoints: others.map((h) => ({ ...h })) },
    security,
    user,
  );
}
const credentialsOf = ({ tls, user }: EventStoreSettings): Credentials =>
  tls && user ? hidden({ username: user.name }, { password: user.password.reveal() }) : nobody;
/** The client prints its options when DEBUG=esdb:* is set; what is not enumerable is read and not printed. */
const hidden = <A extends object, B extends object>(shown: A, secret: B): A & B =>
  Object.defineProperties(
    shown,
    Object.fromEntries(Object.entries(secret).map(([k, value]) => [k, { value, enumerable: false }])),
  ) as A & B;

type Channel = { getTarget(): string; close(): void };
const channelOf = (client: EventStoreDBClient): Promise<Channel> =>
  (client as unknown as { getChannel(): Promise<Channel> }).getChannel();

function clientDrivers(settings: EventStoreSettings): MakeDriver {
  return async (role, choice) =>
    new ClientDriver(
      newClient({ ...settings, hosts: await seedsOf(settings) }, role, choice),
      credentialsOf(settings),
    );
}

/** Events that a subscription holds before it stops taking more. */
const bufferedEvents = 512;

class ClientDriver implements Driver {
  #channel: Channel | undefined;
  #disposed = false;
  constructor(
    readonly client: EventStoreDBClient,
    readonly credentials: Credentials,
  ) {}

  async connect(): Promise<string> {
    const channel = await channelOf(this.client);
    if (this.#disposed) channel.close();
    this.#channel = channel;
    return channel.getTarget().replace(/^[a-z]+:(\/\/\/?)?/, '');
  }

  async append(
    stream: string,
    expected: bigint | 'no_stream',
    events: readonly Prepared[],
    deadlineMs: number,
  ): Promise<{ revision: bigint; place: Place | undefined }> {
    const result = await this.client.appendToStream(stream, events.map(eventData), {
      expectedRevision: expected,
      credentials: this.credentials,
      requiresLeader: true,
      deadline: deadlineMs,
    });
    return { revision: result.nextExpectedRevision, place: result.position };
  }

  readStream(stream: string, from: bigint | 'end', max: number): ReadStream {
    const common = {
      maxCount: max,
      requiresLeader: true,
      resolveLinkTos: false,
      credentials: this.credentials,
    };
    if (from === 'end')
      return readStreamOf(
        this.client.readStream(stream, { ...common, fromRevision: END, direction: BACKWARDS }),
      );
    return readStreamOf(this.client.readStream(stream, { ...common, fromRevision: from }));
  }
  readAll(from: Place | 'start' | 'end' | { readonly before: Place }, max: number): ReadStream {
    const common = {
      maxCount: max,
      requiresLeader: true,
      resolveLinkTos: false,
      credentials: this.credentials,
    };
    if (from === 'end')
      return readStreamOf(this.client.readAll({ ...common, fromPosition: END, direction: BACKWARDS }));
    if (from === 'start') return readStreamOf(this.client.readAll({ ...common, fromPosition: START }));
    if ('before' in from)
      return readStreamOf(
        this.client.readAll({ ...common, fromPosition: { ...from.before }, direction: BACKWARDS }),
      );
    return readStreamOf(this.client.readAll({ ...common, fromPosition: { ...from } }));
  }

  subscribeToStream(stream: string): Subscription {
    return subscription(
      this.client.subscribeToStream(stream, {
        fromRevision: START,
        requiresLeader: true,
        credentials: this.credentials,
      }),
    );
  }
  subscribeToAll(after: Place | 'start'): Subscription {
    const fromPosition = after === 'start' ? START : { ...after };
    return subscription(
      this.client.subscribeToAll(
        { fromPosition, requiresLeader: true, credentials: this.credentials },
        { highWaterMark: bufferedEvents },
      ),
    );
  }

  dispose(): void {
    this.#disposed = true;
    // Cancels what is open and lets go of the socket; nobody waits for a node that may never answer.
    void this.client.dispose().catch(() => {});
    this.#channel?.close();
  }
}

function eventData(event: Prepared): EventData {
  if ('json' in event.content)
    return jsonEvent({ id: event.id, type: event.type, data: event.content.json as never });
  return binaryEvent({ id: event.id, type: event.type, data: event.content.bytes });
}

/** Bytes that are reckoned for an event that is none of ours: ours are not JSON to the server. */
const usualBytes = 1_000;
function received(resolved: ResolvedEvent | AllStreamResolvedEvent): Received {
  const e = resolved.event ?? resolved.link;
  const at = resolved.commitPosition;
  if (!e)
    return {
      id: '',
      stream: '$gone',
      revision: 0n,
      type: '$gone',
      place: at === undefined ? undefined : { commit: at, prepare: at },
      size: 0,
      body: () => '',
    };
  const place =
    (e as { position?: Place }).position ?? (at === undefined ? undefined : { commit: at, prepare: at });
  return {
    id: e.id,
    stream: e.streamId,
    revision: e.revision,
    type: e.type,
    place,
    size: e.isJson ? usualBytes : (e.data as Uint8Array).length,
    body: () => (e.isJson ? JSON.stringify(e.data) : Buffer.from(e.data as Uint8Array).toString()),
  };
}

interface ClientStream {
  on(event: string, listener: (...args: never[]) => void): unknown;
  destroy(): unknown;
}
function readStreamOf(stream: ClientStream & { cancel(): Promise<void> }): ReadStream {
  stream.on('error', () => {});
  return {
    // What is listened to for `data` takes what was received.
    on: (event: string, listener: (arg: never) => void) =>
      stream.on(
        event,
        event === 'data' ? (e: ResolvedEvent) => (listener as (r: Received) => void)(received(e)) : listener,
      ),
    cancel: () => void stream.cancel().catch(() => {}),
  };
}
function subscription(
  stream: ClientStream & { read(): unknown; unsubscribe(): Promise<void> },
): Subscription {
  stream.on('error', () => {});
  return {
    on: (event: string, listener: (arg: never) => void) => stream.on(event, listener),
    read: () => {
      const e = stream.read() as ResolvedEvent | null;
      return e ? received(e) : undefined;
    },
    cancel: () => {
      // Unsubscribing ends the server's call; destroying lets go of what is buffered here.
      void stream.unsubscribe().catch(() => {});
      stream.destroy();
    },
  };
}

/** Milliseconds for one call of an administrator. */
const administrationMs = 5_000;

/**
 * What `log prepare` and `log check` need: one client on the leader, by the credentials given, else by those
 * of the URL.
 */
export async function openAdmin(
  url: string,
  user?: { readonly name: string; readonly password: string },
): Promise<Admin> {
  const parsed = parseEventStoreUrl(url);
  const settings = user
    ? { ...parsed, user: { name: user.name, password: new Secret(user.password) } }
    : parsed;
  const credentials = credentialsOf(settings);
  const client = newClient(settings, 'administration', {});
  const driver = new ClientDriver(client, credentials);
  const options = { credentials, requiresLeader: true, deadline: administrationMs };
  return {
    namespace: settings.namespace,
    secure: settings.tls !== undefined,
    user: settings.user?.name,
    driver,
    metadata: async (stream) =>
      (await client.getStreamMetadata(stream, { credentials, requiresLeader: true })).metadata ?? {},
    setMetadata: async (stream, metadata, expected) => {
      await client.setStreamMetadata(stream, metadata as never, {
        ...options,
        ...(expected === undefined ? {} : { expectedRevision: expected }),
      });
    },
    remove: async (stream, expected) => {
      await client.deleteStream(stream, { ...options, expectedRevision: expected });
    },
    close: () => driver.dispose(),
  };
}
