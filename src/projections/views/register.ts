/**
 * View `register`: programmes with their calendar, places, agencies, people, seats, funding streams and
 * waivers as they stand.
 */
import type { AgencyState } from '../../domain/agency/state.js';
import { codeKey } from '../../domain/agency/codes.js';
import type { States } from '../../domain/states.js';
import type { ProgrammeState } from '../../domain/programme/index.js';
import { batchOf, readCache } from '../engine/write-buffer.js';
import { memberOf, textOf } from '../../domain/registry.js';
import { view } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';

/** Small records: their state is folded from their events by the domain itself and kept as JSON. */
const kept = new Set([
  'programme',
  'place',
  'agency',
  'person',
  'collaborative',
  'fundingstream',
  'pool',
  'waiver',
]);

export type RegisterRow<S = unknown> = StateRow<S>;
/** What is read of a state, whichever record's it is. */
interface Kept {
  readonly name?: string;
  readonly sector?: string;
  readonly departmentId?: string;
}
const of = ({ state }: { readonly state: object }): Kept => state as Kept;
const rows = stateTable<object>({
  columns: {
    name: ['TEXT', (r) => of(r).name ?? null],
    sector: ['TEXT', (r) => of(r).sector ?? null],
    departmentId: ['TEXT', (r) => (r.aggregate === 'fundingstream' ? (of(r).departmentId ?? null) : null)],
  },
  orders: { of: 'aggregate', by: ['name', 'sector', 'departmentId'] },
});

export const register = view({
  name: 'register',
  version: 8,
  tables: {
    ...rows.tables,
    identifiers: `CREATE TABLE {identifiers} (
        scheme TEXT, code TEXT, agencyId TEXT, "from" TEXT, until TEXT,
        PRIMARY KEY (scheme, code, agencyId, "from")
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {identifiers}_agencyId ON {identifiers} (agencyId)`,
    mentions: `CREATE TABLE {mentions} (
        agencyId TEXT, stream TEXT, PRIMARY KEY (agencyId, stream)
      ) STRICT, WITHOUT ROWID`,
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const clear = db.prepare(`DELETE FROM ${tables.identifiers} WHERE agencyId = ?`);
    const identify = db.prepare(`INSERT OR IGNORE INTO ${tables.identifiers} VALUES (?, ?, ?, ?, ?)`);
    const addMention = db.prepare(`INSERT OR IGNORE INTO ${tables.mentions} VALUES (?, ?)`);
    // The same body is named again and again.
    const mentioned = readCache((key) => addMention.run(...(key.split(' ') as [string, string])));
    const mention = (agencyId: string, stream: string) => mentioned.get(`${agencyId} ${stream}`);
    return {
      each(event) {
        if (!kept.has(event.aggregate)) return;
        if (event.aggregate === 'agency') {
          const { state } = fold(event);
          clear.run(event.recordId);
          for (const i of (state as AgencyState).identifiers)
            identify.run(i.scheme, codeKey(i.scheme, i.code), event.recordId, i.from, i.to ?? null);
          return;
        }
        // A pool's own ledger keeps its figures; here it matters only which agencies it names.
        if (event.aggregate !== 'pool') fold(event);
        for (const member of ['agencyId', 'departmentId', 'host', 'manager'] as const) {
          const agencyId = textOf(event, member);
          if (agencyId !== undefined) mention(agencyId, event.stream);
        }
        for (const agencyId of memberOf(event, 'pool', 'partners') ?? []) mention(agencyId, event.stream);
      },
      ...batchOf(batch, mentioned),
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    const all = read.where('aggregate = ? ORDER BY id');
    const ids = db
      .prepare<[string], string>(`SELECT id FROM ${tables.rows} WHERE aggregate = ? ORDER BY id`)
      .pluck();
    const identified = db
      .prepare<[{ scheme: string; code: string; from: string; until: string | null }], string>(
        `SELECT DISTINCT agencyId FROM ${tables.identifiers}
          WHERE scheme = @scheme AND code = @code AND (until IS NULL OR @from < until)
          AND (@until IS NULL OR "from" < @until)`,
      )
      .pluck();
    const mentioned = db
      .prepare<[string], number>(`SELECT 1 FROM ${tables.mentions} WHERE agencyId = ? LIMIT 1`)
      .pluck();
    const rowOf = (aggregate: string, id: string) => read.one(`${aggregate}-${id}`);
    const one = <K extends keyof States>(aggregate: K, id: string): RegisterRow<States[K]> | undefined =>
      rowOf(aggregate, id) as RegisterRow<States[K]> | undefined;
    return {
      one,
      all: <K extends keyof States>(aggregate: K): RegisterRow<States[K]>[] =>
        all(aggregate) as RegisterRow<States[K]>[],
      ids: (aggregate: string): string[] => ids.all(aggregate),
      walk: read.walk,
      programmes: (): RegisterRow<ProgrammeState>[] => all('programme') as RegisterRow<ProgrammeState>[],
      /** The name to show for an agency, department, place or programme. */
      nameOf(aggregate: string, id: string): string {
        const row = rowOf(aggregate, id);
        return (row && of(row).name) ?? id;
      },
      agenciesWithIdentifier: (scheme: string, code: string, from: string, until?: string): string[] =>
        identified.all({ scheme, code: codeKey(scheme, code), from, until: until ?? null }),
      agencyReferenced: (agencyId: string): boolean => mentioned.get(agencyId) === 1,
    };
  },
});
