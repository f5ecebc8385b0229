/**
 * The demo: the seed programme replayed through the ordinary command path, each command at its historical
 * time, days closing and reactors acting in between; then a service whose log clock stands at the demo's
 * start and ticks. On the embedded log, or on one that several nodes share: the first seeds it, the others
 * join its clock.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { v5 as uuidv5 } from 'uuid';
import { parseGrant } from '../domain/shared/access.js';
import { at } from '../domain/shared/calendar.js';
import { aggregateNamed } from '../domain/registry.js';
import { statementOf } from '../domain/submission/statement.js';
import type { CommandRequest } from '../commands/request.js';
import { newestSetting, SimulatedClock, type ClockSetting } from '../commands/clock.js';
import { decode, fingerprint } from '../log/codec.js';
import { Unavailable, type EventLog } from '../log/event-log.js';
import { openNode, type NodeService } from '../runtime/node/node.js';
import { openService, type EmbeddedService } from '../runtime/embedded.js';
import { nextInstant, type Service } from '../runtime/service.js';
import type { Reference } from '../domain/shared/reference.js';
import type { SeedCommand } from './seed/types.js';
import { withIds } from '../domain/kernel/naming.js';

/** Thursday 22 October 2009, 09:00 in London: where the demo begins. */
export const demoStart = at('2009-10-22', '09:00');
const namespace = '5d0ff2a4-0a0e-4b55-9a54-3f1f36f0c8f5';

export interface DemoOptions {
  readonly dataDir: string;
  readonly ref: Reference;
  readonly seed: readonly SeedCommand[];
  /** Log seconds a machine second. */
  readonly speed: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds of the machine, by which refusals are counted. */
  readonly machine?: () => number;
}
export interface SharedDemoOptions extends DemoOptions {
  readonly log: EventLog;
  /** Another node seeds the log and sets the clock; this one waits for that and adopts it. */
  readonly join?: boolean;
  /** How long to wait for it. */
  readonly joinWithinMs?: number;
}

/**
 * Opens the demo's directory, seeding it where it is not; run again it changes nothing and the clock goes on.
 */
export async function openDemo(options: DemoOptions): Promise<EmbeddedService> {
  const { dataDir, ref, onError, machine } = options;
  const clock = new SimulatedClock();
  let fail: ((error: unknown) => void) | undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // A log of one's own that cannot be read or written now says the same tomorrow: what is tried again and
  // again is not waited for.
  const told = (error: unknown): void =>
    fail && error instanceof Unavailable ? fail(error) : onError?.(error);
  const service = openService({
    dataDir,
    clockKind: 'simulated',
    clock,
    ref,
    holdReactors: true,
    onError: told,
    ...(machine ? { machine } : {}),
  });
  try {
    return await begin(service, clock, options, failed);
  } finally {
    fail = undefined;
  }
}

/** A node of the demo on a log that others share. */
export async function openSharedDemo(options: SharedDemoOptions): Promise<NodeService> {
  const { log, dataDir, ref, onError, join = false, joinWithinMs = 600_000 } = options;
  if (log.identity.clock !== 'simulated')
    throw new Error('This is a real log: the demo does not touch it. Give the demo another namespace.');
  const clock = new SimulatedClock();
  const service = openNode({ log, dataDir, clock, ref, holdReactors: true, ...(onError ? { onError } : {}) });
  followClock(service, clock, onError ?? (() => {}));
  if (!join) return begin(service, clock, options);
  try {
    let set: ClockSetting | undefined;
    for (const until = Date.now() + joinWithinMs; !set; await sleep(set ? 0 : 250)) {
      set = await newestSetting(log);
      if (!set && Date.now() > until)
        throw new Error('No node has set the demo’s clock. Start the first one without --join.');
    }
    clock.adopt(set);
    await service.built();
    service.reactors.start();
    await service.keepTime();
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

/**
 * Whoever sets the clock sets it for every node, by the event; one that lies before a node's own time is not
 * applied.
 */
function followClock(service: NodeService, clock: SimulatedClock, onError: (error: unknown) => void): void {
  void service
    .built()
    .then(() =>
      service.follow(
        service.position(),
        (batch) => {
          for (const e of batch)
            if (e.type === 'ClockSet' && clock.adopt((JSON.parse(e.body) as { data: ClockSetting }).data))
              service.clockSet();
        },
        service.closing,
      ),
    )
    .catch(onError);
}

/** Seeds and runs, or closes the service and throws, also when `failed` rejects. */
async function begin<S extends NodeService>(
  service: S,
  clock: SimulatedClock,
  options: DemoOptions,
  failed?: Promise<never>,
): Promise<S> {
  try {
    const run = seedAndRun(service, clock, options);
    await (failed ? Promise.race([run, failed]) : run);
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

/** Seeds where nobody has, and lets the clock run. */
async function seedAndRun(
  service: NodeService,
  clock: SimulatedClock,
  { seed, speed, dataDir, onProgress }: DemoOptions,
): Promise<void> {
  const set = await newestSetting(service.log);
  const mine = fingerprint(seed.map((s) => [s.at, s.as, s.aggregate, s.id, s.command, s.data]));
  if (set?.seed && set.seed !== mine)
    throw new Error(`${dataDir} was seeded by other seed data. Give another --data-dir, or delete this one`);
  await service.built();
  const head = await service.log.head();
  while (!(await service.waitForPosition(head))) service.closing.throwIfAborted();
  const stopped =
    !set &&
    seed[0] !== undefined &&
    (await service.log.read(`${seed[0].aggregate}-${seed[0].id}`)).length > 0;
  if (set || stopped) clock.advance(service.newestAt());
  if (!set && seed[0]) clock.advance(seed[0].at);
  service.reactors.start();
  if (!set && seed[0]) {
    await replay(service, clock, seed, stopped, onProgress);
    await passTime(service, clock, demoStart);
    await service.settle();
  }
  await clock.run(service.log, speed, mine);
  await service.keepTime();
}

/**
 * `stopped`: a run before this one was stopped halfway; what it did is found by its command ids and passed
 * over.
 */
async function replay(
  service: Service,
  clock: SimulatedClock,
  seed: readonly SeedCommand[],
  stopped: boolean,
  onProgress: DemoOptions['onProgress'],
): Promise<void> {
  for (const [i, s] of seed.entries()) {
    await passTime(service, clock, s.at);
    await give(service, s, i, stopped);
    onProgress?.(i + 1, seed.length);
  }
}

/**
 * Moves the clock on; decisions and days close at their own instants on the way, and reactors act on each
 * before the next.
 */
export async function passTime(service: Service, clock: SimulatedClock, to: string): Promise<void> {
  for (let last = ''; ;) {
    const at = nextInstant(service.engine, clock);
    if (at >= to || at === last) break;
    clock.advance(new Date(Date.parse(at) + 1).toISOString());
    await service.settle();
    last = at;
  }
  clock.advance(to);
  await service.reactors.idle();
}

/** In whose name a command of the seed is given: somebody's, in one grant, or the system's. */
function authorOf({ as, account }: SeedCommand): Pick<CommandRequest, 'principal' | 'actor'> | undefined {
  if (as === 'system') return { actor: { account, role: 'system' } };
  const [role = '', scope = ''] = as.split('@');
  const grant = parseGrant(role, scope);
  return grant && { principal: { account, grants: [grant] } };
}

async function give(service: Service, command: SeedCommand, count: number, stopped: boolean): Promise<void> {
  const by = authorOf(command);
  if (!by) throw new Error(`seed command ${count}: ${command.as} is no grant`);
  const entry = aggregateNamed(command.aggregate).commands[command.command];
  const statement =
    command.statementHash && statementOf((await service.executor.load('submission', command.id)).state);
  const data = entry?.data.safeParse({
    ...command.data,
    ...(statement ? { statementHash: statement.hash } : {}),
  });
  if (!entry || !data?.success)
    throw new Error(
      `seed command ${count} (${command.command} ${command.id}) does not fit: ` +
        `${data?.error?.message ?? 'there is no such command'}`,
    );
  const commandId = uuidv5(
    JSON.stringify([count, command.at, command.aggregate, command.id, command.command]),
    namespace,
  );
  const stream =
    command.refused === undefined
      ? `${command.aggregate}-${command.id}`
      : service.executor.refusals.streamOf(command.account);
  if (stopped && (await service.log.read(stream)).some((e) => decode(e).commandId === commandId)) return;
  const { version } = await service.executor.load(command.aggregate as 'pool', command.id);
  const outcome = await service.executor.execute({
    aggregate: command.aggregate,
    id: command.id,
    command: command.command,
    data: data.data,
    basis: command.basis,
    ...by,
    commandId,
    ...(entry.replaces ? { expectedVersion: version } : {}),
  });
  const refused = outcome.kind === 'refused' ? outcome.refusal.code : undefined;
  if (refused === undefined && command.refused !== undefined)
    throw new Error(`seed command ${count} (${command.command} ${command.id}) was not refused`);
  if (outcome.kind === 'refused' && refused !== command.refused)
    throw new Error(
      `seed command ${count} (${command.command} ${command.id} at ${command.at}) was refused ` +
        `${outcome.refusal.code}: ${withIds(outcome.refusal.detail)}`,
    );
}
