/** View `register`: programmes with their calendar, places, agencies, people, seats and funding streams as they stand. */
import { view, type Recorded } from './core.js';
import { aggregateNamed } from '../domain/index.js';
import type { Loaded } from '../domain/core.js';
import { emptyLoaded, fold } from '../domain/fold.js';
import type { AgencyState } from '../domain/agency.js';
import type { ProgrammeState } from '../domain/programme.js';

/** Small records: their state is folded from their events by the domain itself and kept as JSON. */
const kept = new Set(['programme', 'place', 'agency', 'person', 'collaborative', 'fundingstream', 'pool']);

export interface RegisterRow<S = unknown> {
  readonly id: string;
  readonly aggregate: string;
  readonly version: number;
  readonly position: number;
  readonly illustrative: boolean;
  readonly source: string | null;
  readonly state: S;
}
interface Row {
  stream: string;
  aggregate: string;
  id: string;
  version: number;
  position: number;
  illustrative: number;
  source: string | null;
  state: string;
}
const read = <S>({ stream: _, ...r }: Row): RegisterRow<S> => ({ ...r, illustrative: r.illustrative === 1, state: JSON.parse(r.state) as S });

export const register = view({
  name: 'register',
  version: 1,
  tables: {
    records: `CREATE TABLE {records} (stream TEXT PRIMARY KEY, aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, illustrative INTEGER NOT NULL, source TEXT,
        state TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX {records}_aggregate ON {records} (aggregate, id)`,
    identifiers: 'CREATE TABLE {identifiers} (scheme TEXT, code TEXT, agencyId TEXT, PRIMARY KEY (scheme, code, agencyId)) STRICT, WITHOUT ROWID',
    mentions: 'CREATE TABLE {mentions} (agencyId TEXT, stream TEXT, PRIMARY KEY (agencyId, stream)) STRICT, WITHOUT ROWID',
  },
  handlers(db, t) {
    const get = db.prepare<[string], Row>(`SELECT * FROM ${t.records} WHERE stream = ?`);
    const put = db.prepare(`INSERT OR REPLACE INTO ${t.records} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const clear = db.prepare(`DELETE FROM ${t.identifiers} WHERE agencyId = ?`);
    const identify = db.prepare(`INSERT OR IGNORE INTO ${t.identifiers} VALUES (?, ?, ?)`);
    const mention = db.prepare(`INSERT OR IGNORE INTO ${t.mentions} VALUES (?, ?)`);
    // The states being built are kept warm: a view handler sees every event of a stream in order.
    const warm = new Map<string, Loaded<any>>();
    function apply(e: Recorded): void {
      const aggregate = aggregateNamed(e.aggregate);
      let loaded = warm.get(e.stream);
      if (loaded?.version !== e.version - 1) {
        loaded = emptyLoaded(aggregate);
        const row = get.get(e.stream);
        if (row) Object.assign(loaded, { state: JSON.parse(row.state), version: row.version });
      }
      fold(aggregate, loaded, e, e);
      warm.set(e.stream, loaded);
      if (warm.size > 5000) warm.clear();
      const before = e.version === 1 ? undefined : get.get(e.stream);
      const illustrative = e.basis?.kind === 'illustrative' || before?.illustrative ? 1 : 0;
      put.run(e.stream, e.aggregate, e.recordId, e.version, e.position, illustrative, e.basis?.source ?? before?.source ?? null, JSON.stringify(loaded.state));
      if (e.aggregate === 'agency') {
        clear.run(e.recordId);
        for (const i of (loaded.state as AgencyState).identifiers) if (!i.to) identify.run(i.scheme, i.code, e.recordId);
      }
    }
    return {
      each(e) {
        if (!kept.has(e.aggregate)) return;
        // A pool's own ledger keeps its figures; here it matters only which agencies it names.
        if (e.aggregate !== 'pool') apply(e);
        if (e.aggregate === 'agency') return;
        for (const key of ['agencyId', 'departmentId', 'host', 'manager']) if (typeof e.data[key] === 'string') mention.run(e.data[key], e.stream);
        for (const id of (e.data.partners ?? []) as string[]) mention.run(id, e.stream);
      },
    };
  },
  queries(db, t) {
    const one = db.prepare<[string], Row>(`SELECT * FROM ${t.records} WHERE stream = ?`);
    const all = db.prepare<[string], Row>(`SELECT * FROM ${t.records} WHERE aggregate = ? ORDER BY id`);
    const identified = db.prepare<[string, string], string>(`SELECT agencyId FROM ${t.identifiers} WHERE scheme = ? AND code = ?`).pluck();
    const mentioned = db.prepare<[string], number>(`SELECT 1 FROM ${t.mentions} WHERE agencyId = ? LIMIT 1`).pluck();
    const one_ = <S>(aggregate: string, id: string): RegisterRow<S> | undefined => {
      const row = one.get(`${aggregate}-${id}`);
      return row && read<S>(row);
    };
    return {
      one: one_,
      all: <S>(aggregate: string): RegisterRow<S>[] => all.all(aggregate).map((r) => read<S>(r)),
      programmes: (): RegisterRow<ProgrammeState>[] => all.all('programme').map((r) => read<ProgrammeState>(r)),
      /** The name to show for an agency, department, place or programme. */
      nameOf: (aggregate: string, id: string): string => one_<{ name?: string }>(aggregate, id)?.state.name ?? id,
      agenciesWithIdentifier: (scheme: string, code: string): string[] => identified.all(scheme, code),
      agencyReferenced: (agencyId: string): boolean => mentioned.get(agencyId) === 1,
    };
  },
});
