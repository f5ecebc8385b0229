/**
 * Before and after: the last value of each thing that events of a record set, so that the event which
 * replaces it tells what it was (docs/rules/shared.md#before-and-after).
 */
import type { Database } from 'better-sqlite3';
import type { Audience, Told } from '../../domain/shared/access.js';
import { isForgotten, type SetValue, type ValueChange } from '../../domain/kernel/set-value.js';
import { dataFor, type EventEntry } from '../../domain/kernel/types.js';
import { readWithheld, storedWithheld, type Recorded } from '../engine/view.js';

/** A value that an event replaced. */
export interface KeptChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
  /** The event that had set it, to be open to whoever is told; absent where this one tells it itself. */
  readonly setBy?: Told;
}

export const changesTables = {
  standing: `CREATE TABLE {standing} (
      stream TEXT, key TEXT, at TEXT, version INTEGER NOT NULL, private INTEGER NOT NULL,
      value TEXT NOT NULL, outside TEXT, PRIMARY KEY (stream, key, at)
    ) STRICT, WITHOUT ROWID`,
};
interface KeptRow {
  readonly version: number;
  readonly private: number;
  readonly value: string;
  /** What it is to whom its event does not tell all, as JSON by audience; null where it is the same. */
  readonly outside: string | null;
}
type Outside = Readonly<Partial<Record<Audience, string>>>;
const valueFor = ({ value, outside }: KeptRow, audience: Audience): string | undefined =>
  outside === null || audience === 'members' ? value : (JSON.parse(outside) as Outside)[audience];

/** What an event sets, as its data tells it to an audience. */
const setBy = (entry: EventEntry, event: Recorded, audience: Audience): readonly ValueChange[] =>
  entry.sets?.(dataFor(entry, event.data, audience), event) ?? [];

/** A value that an event sets, and what stood there before. */
interface Found {
  readonly set: SetValue;
  readonly prior: KeptRow | undefined;
}
/** What an event replaced, as its audiences are told it. */
interface Replaced {
  toldTo(audience: Audience): readonly KeptChange[];
  /** Audiences are told other values than members are. */
  readonly differs: boolean;
}
const nothing: Replaced = { toldTo: () => [], differs: false };

/** Keeps what events set; gives what each replaced. */
export function changesKeeper(db: Database, { standing }: Readonly<Record<'standing', string>>) {
  const last = db.prepare<[string, string, string], KeptRow>(
    `SELECT version, private, value, outside FROM ${standing}
      WHERE stream = ? AND key = ? AND at <= ? ORDER BY at DESC LIMIT 1`,
  );
  const put = db.prepare(`INSERT OR REPLACE INTO ${standing} VALUES (?, ?, ?, ?, ?, ?, ?)`);
  // What stands under a key begins with it and a full stop, the sign before the slash.
  const forget = db.prepare(
    `DELETE FROM ${standing} WHERE stream = @stream
      AND (key = @key OR (key > @key || '.' AND key < @key || '/'))`,
  );
  /** Whether it stands to be set, and what stood there. */
  function found(event: Recorded, set: SetValue): readonly Found[] {
    const prior = last.get(event.stream, set.key, set.at ?? '');
    return set.where === undefined || set.where === prior?.value ? [{ set, prior }] : [];
  }
  const keep = ({ stream, version, private: told }: Recorded, set: SetValue, outside: Outside | undefined) =>
    put.run(
      stream,
      set.key,
      set.at ?? '',
      version,
      storedWithheld(told),
      set.value,
      outside ? JSON.stringify(outside) : null,
    );

  return (entry: EventEntry, event: Recorded): Replaced => {
    if (!entry.sets) return nothing;
    const all = setBy(entry, event, 'members');
    const values = all.flatMap((change) => (isForgotten(change) ? [] : found(event, change)));
    const outside = entry.membersOnly && {
      programme: setBy(entry, event, 'programme'),
      public: setBy(entry, event, 'public'),
    };
    const valueTo = (audience: Audience, { key, at, value }: SetValue): string | undefined => {
      if (!outside || audience === 'members') return value;
      return outside[audience].find(
        (change): change is SetValue => !isForgotten(change) && change.key === key && change.at === at,
      )?.value;
    };
    for (const change of all)
      if (isForgotten(change)) forget.run({ stream: event.stream, key: change.forgets });
    for (const { set } of values)
      keep(event, set, outside && { programme: valueTo('programme', set), public: valueTo('public', set) });
    return {
      differs: values.some(({ prior }) => typeof prior?.outside === 'string'),
      toldTo: (audience) =>
        values.flatMap(({ set, prior }) => {
          const before = set.was ?? (prior && valueFor(prior, audience));
          const after = valueTo(audience, set);
          if (set.restated || before === undefined || after === undefined || before === after) return [];
          const change = { what: set.what, before, after };
          if (set.was !== undefined || !prior) return [change];
          return [{ ...change, setBy: { version: prior.version, private: readWithheld(prior.private) } }];
        }),
    };
  };
}
