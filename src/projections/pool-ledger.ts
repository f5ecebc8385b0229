/** View `pool-ledger`: each pooled budget with its pledges and allocations, for the audience that asks. */
import type { Audience } from '../domain/access.js';
import type { Loaded } from '../domain/core.js';
import { emptyLoaded, fold } from '../domain/fold.js';
import { pool } from '../domain/pool.js';
import type { PoolState } from '../domain/pool-state.js';
import { view } from './core.js';

export interface PoolRow {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly placeId: string;
  readonly illustrative: boolean;
  readonly corrected: boolean;
  readonly state: PoolState;
}
interface Row {
  stream: string;
  id: string;
  version: number;
  position: number;
  placeId: string;
  illustrative: number;
  corrected: number;
  state: string;
}
const read = ({ stream: _, ...r }: Row): PoolRow => ({ ...r, illustrative: r.illustrative === 1, corrected: r.corrected === 1, state: JSON.parse(r.state) as PoolState });

const withPledges = (state: PoolState, pledges: readonly string[]): PoolState => ({
  ...state,
  pledges: Object.fromEntries(pledges.map((p) => JSON.parse(p) as PoolState['pledges'][string]).map((p) => [p.pledgeId, p])),
});

/** The statement of a pool as an audience may see it: a withheld figure is `null` with `notDisclosed`, and so is every sum it is in. */
export function statement({ id, version, placeId, illustrative, corrected, state: s }: PoolRow, audience: Audience) {
  const member = audience === 'members';
  const shown = (consented: boolean): boolean => member || consented;
  // What was moved together with money of a pledge that is not open would tell of that pledge.
  const movedAlone = (pledgeId: string): boolean =>
    member ||
    [...Object.values(s.allocations), ...Object.values(s.reservations)].every(
      (a) => !(pledgeId in a.subBalances) || Object.keys(a.subBalances).every((other) => s.pledges[other]!.consented),
    );
  const pledges = Object.values(s.pledges).map((p) => ({
    pledgeId: p.pledgeId,
    agencyId: p.agencyId,
    financialYear: p.financialYear,
    status: p.status,
    fundingStreamId: p.fundingStreamId ?? null,
    pledgedPence: shown(p.consented) ? p.pledged : null,
    confirmedPence: shown(p.consented) ? p.confirmed : null,
    paidInPence: shown(p.consented) ? p.paidIn : null,
    reservedPence: shown(p.consented) && movedAlone(p.pledgeId) ? p.reserved : null,
    allocatedPence: shown(p.consented) && movedAlone(p.pledgeId) ? p.allocated : null,
    drawnPence: shown(p.consented) && movedAlone(p.pledgeId) ? p.drawn : null,
    ...(shown(p.consented) && movedAlone(p.pledgeId) ? {} : { notDisclosed: true as const }),
  }));
  const live = pledges.filter((p) => p.status !== 'withdrawn');
  const open = live.every((p) => !('notDisclosed' in p));
  const sum = (k: 'pledgedPence' | 'confirmedPence' | 'paidInPence' | 'reservedPence' | 'allocatedPence' | 'drawnPence'): number | null =>
    open ? live.reduce((n, p) => n + p[k]!, 0) : null;
  return {
    id,
    version,
    name: s.name,
    placeId,
    status: s.status,
    legalBasis: s.legalBasis,
    kind: s.legalBasis === 'aligned' ? 'aligned' : 'pooled',
    partners: s.partners,
    host: s.host,
    manager: s.manager,
    purposes: s.purposes,
    years: s.years,
    agreement: s.inForce ? { version: s.inForce, signedBy: s.signatures[s.inForce] ?? [] } : null,
    pledgedPence: sum('pledgedPence'),
    confirmedPence: sum('confirmedPence'),
    paidInPence: sum('paidInPence'),
    reservedPence: sum('reservedPence'),
    allocatedPence: sum('allocatedPence'),
    drawnPence: sum('drawnPence'),
    ...(open ? {} : { notDisclosed: true as const }),
    pledges,
    allocations: Object.entries(s.allocations).map(([allocationId, a]) => {
      const visible = Object.keys(a.subBalances).every((p) => shown(s.pledges[p]!.consented));
      const total = (x: Record<string, number>): number => Object.values(x).reduce((n, v) => n + v, 0);
      return {
        allocationId,
        title: a.title,
        cofog: a.cofog,
        released: a.released,
        commitmentId: a.commitmentId ?? null,
        pence: visible ? total(a.subBalances) : null,
        drawnPence: visible ? total(a.drawn) : null,
        ...(visible ? {} : { notDisclosed: true as const }),
      };
    }),
    audience,
    illustrative,
    corrected,
  };
}

export const poolLedger = view({
  name: 'pool-ledger',
  version: 2,
  tables: {
    pools: `CREATE TABLE {pools} (stream TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, placeId TEXT NOT NULL, illustrative INTEGER NOT NULL, corrected INTEGER NOT NULL,
        state TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX {pools}_place ON {pools} (placeId, id)`,
    pledges: 'CREATE TABLE {pledges} (stream TEXT, pledgeId TEXT, pledge TEXT NOT NULL, PRIMARY KEY (stream, pledgeId)) STRICT, WITHOUT ROWID',
  },
  handlers(db, t) {
    const get = db.prepare<[string], Row>(`SELECT * FROM ${t.pools} WHERE stream = ?`);
    const pledgesOf = db.prepare<[string], string>(`SELECT pledge FROM ${t.pledges} WHERE stream = ?`).pluck();
    const put = db.prepare(`INSERT OR REPLACE INTO ${t.pools} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const putPledge = db.prepare(`INSERT OR REPLACE INTO ${t.pledges} VALUES (?, ?, ?)`);
    // A hot pool is folded in memory and only what an event touched is written; a miss reads it back.
    const warm = new Map<string, { loaded: Loaded<PoolState>; illustrative: number; corrected: number }>();
    function at(stream: string, version: number) {
      const known = warm.get(stream);
      if (known?.loaded.version === version) return known;
      const loaded: Loaded<PoolState> = emptyLoaded(pool);
      const row = version === 0 ? undefined : get.get(stream);
      if (row) Object.assign(loaded, { state: withPledges(JSON.parse(row.state) as PoolState, pledgesOf.all(stream)), version: row.version });
      const fresh = { loaded, illustrative: row?.illustrative ?? 0, corrected: row?.corrected ?? 0 };
      if (warm.size > 1000) warm.clear();
      warm.set(stream, fresh);
      return fresh;
    }
    return {
      each(e) {
        if (e.aggregate !== 'pool') return;
        const now = at(e.stream, e.version - 1);
        fold(pool, now.loaded, e, e);
        if (e.basis?.kind === 'illustrative') now.illustrative = 1;
        if (e.type === 'RecordCorrected') now.corrected = 1;
        const { pledges, ...rest } = now.loaded.state;
        const touched: string[] = [e.data.pledgeId, ...((e.data.subBalances ?? []) as { pledgeId: string }[]).map((x) => x.pledgeId)].filter((id) => id !== undefined);
        for (const id of touched) if (pledges[id]) putPledge.run(e.stream, id, JSON.stringify(pledges[id]));
        put.run(e.stream, e.recordId, e.version, e.position, rest.placeId, now.illustrative, now.corrected, JSON.stringify(rest));
      },
    };
  },
  queries(db, t) {
    const pledgesOf = db.prepare<[string], string>(`SELECT pledge FROM ${t.pledges} WHERE stream = ?`).pluck();
    const whole = (row: Row): PoolRow => {
      const found = read(row);
      return { ...found, state: withPledges(found.state, pledgesOf.all(row.stream)) };
    };
    const one = db.prepare<[string], Row>(`SELECT * FROM ${t.pools} WHERE stream = ?`);
    const ofPlace = db.prepare<[string], Row>(`SELECT * FROM ${t.pools} WHERE placeId = ? ORDER BY id`);
    const all = db.prepare<[], Row>(`SELECT * FROM ${t.pools} ORDER BY stream`);
    return {
      one: (id: string): PoolRow | undefined => {
        const row = one.get(`pool-${id}`);
        return row && whole(row);
      },
      list: (placeId?: string): PoolRow[] => (placeId ? ofPlace.all(placeId) : all.all()).map(whole),
    };
  },
});
