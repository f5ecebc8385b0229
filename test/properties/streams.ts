/**
 * Streams in memory, for properties of what commands lead to; what each record's tables say of its states is
 * looked at after every event.
 */
import { londonDate } from '../../src/domain/shared/calendar.js';
import { checkState } from '../../src/domain/kernel/command.js';
import {
  isRefusal,
  type Actor,
  type Aggregate,
  type Context,
  type Loaded,
  type NewEvent,
} from '../../src/domain/kernel/types.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { aggregateNamed } from '../../src/domain/registry.js';
import { foldChecked } from '../domain/presence.js';
import { metaOf, reference } from '../domain/spec.js';

/** A few streams in memory, decided on and folded as the executor does it. */
export class World {
  now = Date.parse('2009-10-05T08:00:00Z');
  readonly events: { stream: string; event: NewEvent; at: string }[] = [];
  readonly #streams = new Map<string, Loaded<any>>();
  of<S>(aggregate: string, id: string): Loaded<S> {
    const key = `${aggregate}-${id}`;
    if (!this.#streams.has(key)) this.#streams.set(key, emptyLoaded(aggregateNamed(aggregate)));
    return this.#streams.get(key)!;
  }
  /** Those that stand as told: only so much of them is there as the test needs. */
  readonly #told = new Set<string>();
  /** A record that stands as told. */
  stands(aggregate: string, id: string, state: object, access: object = {}): void {
    const loaded = this.of<object>(aggregate, id);
    this.#told.add(`${aggregate}-${id}`);
    loaded.version = 1;
    Object.assign(loaded.state, state);
    Object.assign(loaded.access, access);
  }
  /** Decides and folds; the code of a refusal, or the types of the events. */
  play(
    as: string,
    account: string,
    aggregate: string,
    id: string,
    command: string,
    data: object = {},
  ): string {
    const record: Aggregate = aggregateNamed(aggregate);
    const [role = '', scope = ''] = as.split('@');
    const grant = as === 'system' ? undefined : parseGrant(role, scope)!;
    const actor: Actor = grant ? { account, ...grant } : { account, role: 'system' };
    const entry = record.commands[command]!;
    const loaded = this.of<any>(aggregate, id);
    const now = new Date(this.now).toISOString();
    const today = londonDate(now);
    const views = {
      agenciesWithIdentifier: () => [],
      agencyReferenced: () => false,
      liveCommitments: () => [],
    };
    const read = (name: string, other: string) => this.of(name, other);
    const context = {
      now,
      today,
      effectiveOn: today,
      actor,
      commandId: 'c',
      recordId: id,
      acts: loaded.acts,
      ref: reference,
      views,
      read,
      named: read,
    } as unknown as Context;
    const outcome =
      checkState(record, entry, loaded.state) ?? entry.decide(loaded.state, entry.data.parse(data), context);
    if (isRefusal(outcome)) return outcome.code;
    for (const event of outcome) {
      const meta = metaOf(record, id, event.type, loaded.version + 1, now, actor);
      if (this.#told.has(`${aggregate}-${id}`)) fold(record, loaded, event, meta);
      else foldChecked(record, loaded, event, meta);
      this.events.push({ stream: `${aggregate}-${id}`, event, at: now });
    }
    return outcome.map((e) => e.type).join();
  }
}
