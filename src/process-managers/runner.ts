/**
 * Runs reactors: events in, ordinary commands of the system out. A step's command id follows from what caused
 * it, so that it happens once, however often and on however many nodes it is given. The checkpoint only saves
 * work.
 */
import { v5 as uuidv5 } from 'uuid';
import type { Basis } from '../domain/kernel/types.js';
import {
  type CommandData,
  type CommandName,
  handlerFor,
  type HandlerTable,
  type Registry,
  splitStream,
} from '../domain/registry.js';
import { decode } from '../log/codec.js';
import type { EventLog, LoggedEvent } from '../log/event-log.js';
import type { Executor } from '../commands/executor.js';
import { untilDone, Waiters } from '../log/waiting.js';

declare const fits: unique symbol;
/** A command that the system gives; `step` makes one. */
export interface ReactorStep extends ReactorStepMore {
  /** Tells the steps of one cause apart. */
  readonly name: string;
  readonly aggregate: string;
  readonly id: string;
  readonly command: string;
  readonly data: object;
  readonly [fits]: true;
}
/** What a step may say besides. */
export interface ReactorStepMore {
  readonly onBehalfOf?: string;
  /**
   * What the step follows from, where that is not the event alone: the same fact seen on two days is one
   * step.
   */
  readonly cause?: string;
  /**
   * Where the step follows from more than the event: a closed day has no basis, what fell due on it has
   * (docs/rules/shared.md#sources).
   */
  readonly basis?: Basis;
}

/** A step: a command of the record, with what it decides on. */
export const step = <A extends keyof Registry, C extends CommandName<A>>(
  name: string,
  aggregate: A,
  id: string,
  command: C,
  data: CommandData<A, C>,
  more: ReactorStepMore = {},
): ReactorStep => ({ name, aggregate, id, command, data, ...more }) as unknown as ReactorStep;

/** The basis of a step that follows from something filled in; what is not says nothing. */
export const invented = ({ illustrative }: { readonly illustrative: boolean }): Pick<ReactorStep, 'basis'> =>
  illustrative ? { basis: { kind: 'illustrative' } } : {};

/** What follows from an event; none where nothing does. */
export type ReactorSteps = readonly ReactorStep[] | Promise<readonly ReactorStep[]>;

/** By record and event, what follows from it; the pattern is called process manager (docs/glossary.md). */
export interface Reactor {
  /** Part of the command ids of its steps. */
  readonly name: string;
  readonly on: HandlerTable<ReactorSteps>;
}

/** Where each reactor has got to; losing it makes everything happen again, with no effect. */
export interface Checkpoints {
  get(reactor: string): number;
  set(reactor: string, position: number): void;
}

const namespace = '0b5a1c1e-6a41-4d59-9d6f-6a1b0a3f5c77';

/** Gives one step; resolves when it is done or recorded as refused. */
export async function give(
  executor: Executor,
  reactor: string,
  step: ReactorStep,
  causation: string,
  basis?: Basis,
  because?: string,
): Promise<void> {
  const cause = step.cause ?? causation;
  const restsOn = step.basis ?? basis;
  await executor.execute({
    aggregate: step.aggregate,
    id: step.id,
    command: step.command,
    data: step.data,
    commandId: uuidv5(JSON.stringify([reactor, cause, step.name, step.aggregate, step.id]), namespace),
    actor: {
      account: `system:${reactor}`,
      role: 'system',
      ...(step.onBehalfOf ? { onBehalfOf: step.onBehalfOf } : {}),
    },
    step: { reactor, name: step.name },
    causation: cause,
    ...(because ? { because } : {}),
    ...(restsOn ? { basis: restsOn } : {}),
  });
}

/** How long the log is left alone before what it could not do is tried again. */
const triedAgain = { backoffMin: 50, backoffMax: 5_000 };

export class Reactors {
  #processed = 0;
  readonly #reactions = new Waiters();
  readonly #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    readonly log: Pick<EventLog, 'follow' | 'head'>,
    readonly executor: Executor,
    readonly reactors: readonly Reactor[],
    readonly checkpoints: Checkpoints,
    readonly onError: (error: unknown) => void = () => {},
  ) {}

  start(): void {
    const from = Math.min(...this.reactors.map((r) => this.checkpoints.get(r.name)));
    this.#processed = from;
    this.#running = this.#untilDone(() =>
      this.log.follow(this.#processed, (batch) => this.#react(batch), this.#abort.signal),
    );
  }

  async #react(events: readonly LoggedEvent[]): Promise<void> {
    for (const logged of events) {
      const [aggregate] = splitStream(logged.stream);
      for (const reactor of this.reactors) {
        const handler = handlerFor(reactor.on, { aggregate, type: logged.type });
        if (!handler || logged.position <= this.checkpoints.get(reactor.name)) continue;
        const e = decode(logged);
        await this.#untilDone(async () => {
          for (const step of await handler(e))
            await give(this.executor, reactor.name, step, e.id, e.basis, `${e.stream}@${e.version}`);
        });
      }
      this.#processed = logged.position;
    }
    for (const reactor of this.reactors) this.checkpoints.set(reactor.name, this.#processed);
    this.#reactions.wake();
  }

  /** What the log could not do now is tried again: nothing after it may overtake it. */
  #untilDone(work: () => Promise<void>): Promise<void> {
    return untilDone(work, triedAgain, this.#abort.signal, (error) => {
      this.onError(error);
      return false;
    });
  }

  /** Resolves when everything up to a position has been reacted to. */
  async reached(position: number): Promise<void> {
    await this.#reactions.until(() => this.#processed >= position);
  }

  /** Resolves when everything in the log, the reactors' own events included, has been reacted to. */
  async idle(): Promise<void> {
    for (let head = await this.log.head(); this.#processed < head; head = await this.log.head())
      await this.reached(head);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}
