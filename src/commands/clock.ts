/**
 * The log clock of the demo, simulated: its setting is an event, so that every node of a demo goes by the
 * same; it never goes back.
 */
import { randomUUID } from 'node:crypto';
import { decode, encode, fingerprint } from '../log/codec.js';
import { Conflict, OutcomeUnknown, type EventLog } from '../log/event-log.js';
import type { Clock } from './executor.js';

const stream = 'clock-demo';

/** As `ClockSet` says it: log time = logAt + (machine − machineAt) × speed. */
export interface ClockSetting {
  readonly logAt: string;
  readonly machineAt: string;
  /** Log seconds a machine second; 0 stands. */
  readonly speed: number;
  /** Fingerprint of the seed data that was replayed before the clock was first set. */
  readonly seed?: string;
}

/** The newest setting of a log's clock; undefined while it was never set. */
export async function newestSetting(log: Pick<EventLog, 'read'>): Promise<ClockSetting | undefined> {
  const newest = (await log.read(stream)).at(-1);
  return newest && (decode(newest).data as ClockSetting);
}

/** Log time = logAt + (machine − machineAt) × speed; never before what it was advanced to. */
export class SimulatedClock implements Clock {
  #log = 0;
  #machine = 0;
  #speed = 0;

  constructor(
    /** The machine's clock in milliseconds. */
    readonly machine: () => number = Date.now,
  ) {}

  now(): string {
    return new Date(this.ms()).toISOString();
  }
  ms(): number {
    return this.#log + (this.machine() - this.#machine) * this.#speed;
  }
  /** Machine milliseconds until log time reaches an instant; undefined while the clock stands. */
  until(instant: string): number | undefined {
    return this.#speed > 0 ? (Date.parse(instant) - this.ms()) / this.#speed : undefined;
  }
  /** Stands at an instant, unless it is already later: for replaying a seed command by command. */
  advance(to: string): void {
    this.#log = Math.max(this.ms(), Date.parse(to));
    this.#machine = this.machine();
    this.#speed = 0;
  }
  /**
   * Goes by a setting from now on; false, and nothing changes, where it lies before this clock's own time.
   */
  adopt(set: ClockSetting): boolean {
    const at = Date.parse(set.logAt) + (this.machine() - Date.parse(set.machineAt)) * set.speed;
    if (at < this.ms()) return false;
    this.#log = at;
    this.#machine = this.machine();
    this.#speed = set.speed;
    return true;
  }
  /**
   * Lets the clock run; the setting is appended at the exact version of the clock's stream. Where another
   * node was quicker, its setting is adopted, unless that lies before this clock's time: then this one is set
   * after it.
   */
  async run(log: EventLog, speed: number, seed?: string): Promise<void> {
    const commandId = randomUUID();
    const actor = { account: 'system:clock', role: 'system' as const };
    for (let last = -1; ;) {
      const known = await log.read(stream);
      const newest = known.at(-1);
      if (newest && (decode(newest).commandId === commandId || (last >= 0 && known.length > last))) {
        const set = decode(newest).data as ClockSetting;
        if (this.adopt(set) || decode(newest).commandId === commandId) return;
      }
      this.advance(this.now());
      const data = {
        logAt: this.now(),
        machineAt: new Date(this.#machine).toISOString(),
        speed,
        ...(seed ? { seed } : {}),
      };
      last = known.length;
      try {
        await log.append(
          stream,
          last,
          encode(stream, last, [{ type: 'ClockSet', data }], {
            recordedAt: data.logAt,
            actor,
            commandId,
            correlation: commandId,
            fingerprint: fingerprint(data),
          }),
        );
        this.#speed = speed;
        return;
      } catch (error) {
        if (!(error instanceof Conflict || error instanceof OutcomeUnknown)) throw error;
      }
    }
  }
}
