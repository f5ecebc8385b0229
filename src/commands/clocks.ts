/** The log clock: the machine's, or the demo's simulated one whose setting is an event and which never goes back (design.md 7). */
import { randomUUID } from 'node:crypto';
import { encode, fingerprint } from '../log/codec.js';
import type { EventLog } from '../log/event-log.js';
import type { Clock } from './execute.js';

export const machineClock: Clock = { now: () => new Date().toISOString() };

const stream = 'clock-demo';

/** Log time = logAt + (machine − machineAt) × speed; never before what it was advanced to. */
export class SimulatedClock implements Clock {
  #log = 0;
  #machine = 0;
  #speed = 0;

  now(): string {
    return new Date(this.ms()).toISOString();
  }
  ms(): number {
    return this.#log + (Date.now() - this.#machine) * this.#speed;
  }
  /** Machine milliseconds until log time reaches an instant; undefined while the clock stands. */
  until(instant: string): number | undefined {
    return this.#speed > 0 ? (Date.parse(instant) - this.ms()) / this.#speed : undefined;
  }
  /** Stands at an instant, unless it is already later: for replaying a seed command by command. */
  advance(to: string): void {
    this.#log = Math.max(this.ms(), Date.parse(to));
    this.#machine = Date.now();
    this.#speed = 0;
  }
  /** Lets the clock run; the setting is appended at the exact version of the clock's stream. */
  async run(log: EventLog, speed: number): Promise<void> {
    this.advance(this.now());
    const data = { logAt: this.now(), machineAt: new Date(this.#machine).toISOString(), speed };
    const version = (await log.read(stream)).length;
    const commandId = randomUUID();
    const actor = { account: 'system:clock', role: 'system' as const };
    await log.append(
      stream,
      version,
      encode(stream, version, [{ type: 'ClockSet', data }], { recordedAt: data.logAt, actor, commandId, correlation: commandId, fingerprint: fingerprint(data) }),
    );
    this.#speed = speed;
  }
}
