/**
 * Proves of a reactor that it does its work once (docs/rules/shared.md#steps-of-the-system): run
 * once, replayed from the start, killed between reading and commanding (and between commanding and its
 * checkpoint), two at once, and refused. A scene is a history that gives the reactor something to do; every
 * run starts from a copy of the same log.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Executor, type CommandRequest, type Outcome } from '../../src/commands/executor.js';
import { isShared } from '../../src/domain/registry.js';
import { Reactors, type Checkpoints, type Reactor } from '../../src/process-managers/runner.js';
import { decode, type DecodedEvent } from '../../src/log/codec.js';
import type { LoggedEvent } from '../../src/log/event-log.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import type { Engine } from '../../src/projections/engine/engine.js';
import { reactorsOf } from '../../src/runtime/service.js';
import { viewsOn } from '../views-on.js';
import { reference } from '../domain/spec.js';
import { must, TestClock, type As } from '../commands/world.js';
import { Property } from '../holds.js';
import { noViews } from '../no-views.js';

/**
 * One process on a log: its own executor and lanes; the log and its views are shared by all nodes of a run.
 */
export interface Node {
  readonly log: SqliteLog;
  readonly engine: Engine;
  readonly executor: Executor;
  readonly clock: TestClock;
  /** Gives a command that must be accepted. */
  must(
    as: As,
    aggregate: string,
    id: string,
    command: string,
    data?: Record<string, unknown>,
    extra?: Partial<CommandRequest>,
  ): Promise<unknown>;
  /**
   * Sets the clock to nine o'clock in London on a day of summer time (one hour off in winter, still the same
   * day).
   */
  on(day: string): void;
}

export interface Scene {
  readonly title: string;
  /**
   * Name of a reactor of the service, or the work itself where it is not driven by events (`name` of its
   * steps' account).
   */
  readonly reactor: string;
  /** Replaces the reactor's run where it is not driven by the log. */
  readonly work?: (node: Node) => Promise<void>;
  /** What happens before the reactor is let loose; ends with what triggers it. */
  readonly history: (node: Node) => Promise<void>;
  /** What the reactor must have written, all told: `stream: EventType`, in the order of the log. */
  readonly writes: readonly string[];
  /**
   * What changes between reading and commanding so that the first step is refused; `writes` is then `stream:
   * StepRefused CODE`.
   */
  readonly meanwhile?: {
    readonly happens: (node: Node) => Promise<void>;
    readonly writes: readonly string[];
  };
}

const nowhere: Checkpoints = { get: () => 0, set: () => {} };
const isStep = (r: CommandRequest, reactor: string): boolean => r.step?.reactor === reactor;

/**
 * Dies at the n-th step of the reactor, before it is given or after it is durable: it never hears the answer.
 */
class Doomed extends Executor {
  #tell!: () => void;
  readonly died = new Promise<void>((resolve) => (this.#tell = resolve));
  constructor(
    node: Node,
    readonly reactor: string,
    readonly moment: 'before' | 'after',
    private n: number,
  ) {
    super(node.executor.deps);
  }
  override async execute(request: CommandRequest): Promise<Outcome> {
    if (!isStep(request, this.reactor) || this.n-- > 0) return super.execute(request);
    if (this.moment === 'after') await super.execute(request);
    this.#tell();
    return new Promise<Outcome>(() => {});
  }
}

/** Counts the reactor's steps, and lets something happen before the first. */
class Watched extends Executor {
  steps = 0;
  constructor(
    readonly node: Node,
    readonly reactor: string,
    readonly first: (node: Node) => Promise<void> = async () => {},
  ) {
    super(node.executor.deps);
  }
  override async execute(request: CommandRequest): Promise<Outcome> {
    if (isStep(request, this.reactor) && this.steps++ === 0) await this.first(through(this.node, this));
    return super.execute(request);
  }
}

async function openNode(file: string, clock: TestClock): Promise<Node> {
  const log = new SqliteLog(file, { clock: 'simulated' });
  const { engine, built } = viewsOn(log, reference);
  const executor = new Executor({
    log,
    clock,
    ref: reference,
    views: noViews,
  });
  await built;
  return through({ log, engine, clock } as Node, executor);
}

/** The same node, acting through this executor. */
const through = ({ log, engine, clock }: Node, executor: Executor): Node => ({
  log,
  engine,
  executor,
  clock,
  must: (as, aggregate, id, command, data = {}, extra = {}) =>
    must(executor, as, aggregate, id, command, data, extra),
  on: (day) => void (clock.ms = Date.parse(`${day}T08:00:00Z`)),
});

const named = (node: Node, executor: Executor, name: string): Reactor => {
  const found = reactorsOf(executor, node.engine).find((r) => r.name === name);
  if (!found) throw new Error(`the service has no reactor ${name}`);
  return found;
};

/** A reactor of the service, from the start of the log until nothing is left to do. */
export async function runReactor(node: Node, executor: Executor, name: string): Promise<void> {
  const reactors = new Reactors(node.log, executor, [named(node, executor, name)], nowhere, (error) => {
    throw error;
  });
  reactors.start();
  await reactors.idle();
  await reactors.stop();
}

/** The reactor's events after a position: `stream: Type`, with the code of a refused step. */
const written = (node: Node, reactor: string, after: number): string[] =>
  node.log
    .readAll(after, 100_000)
    .map(decode)
    .filter((e) => e.actor.account === `system:${reactor}`)
    .map((e: DecodedEvent) => `${e.stream}: ${e.type}${isShared(e, 'StepRefused') ? ` ${e.data.code}` : ''}`);

/** Every event of a scene's history, and of what its reactor made of it. */
export async function historyOf(
  dir: string,
  scene: Pick<Scene, 'reactor' | 'history' | 'work'>,
): Promise<LoggedEvent[]> {
  const node = await openNode(join(dir, 'history.db'), new TestClock());
  await scene.history(node);
  if (scene.work) await scene.work(node);
  else await runReactor(node, node.executor, scene.reactor);
  const all = node.log.readAll(0, 100_000);
  await node.log.close();
  return all;
}

export async function prove(t: Test, scene: Scene): Promise<void> {
  const { reactor } = scene;
  const dir = t.testdir();
  const clock = new TestClock();
  const told = await openNode(join(dir, 'history.db'), clock);
  await scene.history(told);
  const after = await told.log.head();
  const now = clock.ms;
  await told.log.close();

  const does = new Property('it does its work, whenever it is killed, twice at once or refused');
  const nothingMore = new Property('and nothing more, replayed from the start or a year later');
  let run = 0;
  /**
   * A copy of the history, on which `play` is played; then the reactor runs to its end, and runs once more
   * from the start.
   */
  async function playing(
    t: Test,
    what: string,
    expected: readonly string[],
    play: (node: Node) => Promise<void>,
  ): Promise<void> {
    const at = join(dir, String(++run));
    mkdirSync(at);
    copyFileSync(join(dir, 'history.db'), join(at, 'log.db'));
    clock.ms = now;
    const node = await openNode(join(at, 'log.db'), clock);
    await play(node);
    const fresh = new Executor(node.executor.deps);
    await work(node, fresh);
    does.same(t, what, written(node, reactor, after).toSorted(), [...expected].toSorted());
    const head = await node.log.head();
    await work(node, new Executor(node.executor.deps));
    nothingMore.same(t, `${what}; replayed from the start`, await node.log.head(), head);
    clock.ms += 400 * 86_400_000;
    if (!scene.work) {
      await work(node, new Executor(node.executor.deps));
      nothingMore.same(t, `${what}; a year later`, await node.log.head(), head);
    }
    await node.log.close();
  }
  const work = (node: Node, executor: Executor): Promise<void> =>
    scene.work ? scene.work(through(node, executor)) : runReactor(node, executor, reactor);

  let steps = 0;
  await playing(t, 'run once', scene.writes, async (node) => {
    const watched = new Watched(node, reactor);
    await work(node, watched);
    steps = watched.steps;
    t.strictSame(written(node, reactor, after), scene.writes, 'in this order');
  });
  t.ok(steps > 0, `the history gives ${reactor} ${steps} steps`);
  const moments = [...new Set([0, Math.floor(steps / 2), steps - 1])].flatMap((n) =>
    (['before', 'after'] as const).map((moment) => ({ n, moment })),
  );
  for (const { n, moment } of moments) {
    await playing(t, `killed ${moment} step ${n + 1} was given`, scene.writes, async (node) => {
      const doomed = new Doomed(node, reactor, moment, n);
      void work(node, doomed);
      await doomed.died;
    });
  }
  await playing(t, 'two at once', scene.writes, async (node) => {
    await Promise.all([1, 2].map(() => work(node, new Executor(node.executor.deps))));
  });
  const { meanwhile } = scene;
  if (meanwhile) {
    await playing(t, 'refused', meanwhile.writes, (node) =>
      work(node, new Watched(node, reactor, meanwhile.happens)),
    );
  }
  does.settle(t);
  nothingMore.settle(t);
}
