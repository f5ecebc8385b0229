/** View `pool-ledger`: each pooled budget with its pledges and allocations, for the audience that asks. */
import type { Audience } from '../domain/access.js';
import type { PoolState } from '../domain/pool-state.js';
import { view } from './core.js';
import { folded, type Folded } from './folded.js';

export type PoolRow = Folded<PoolState>;
const rows = folded<PoolState>({
  columns: { placeId: ['TEXT NOT NULL', (r) => r.state.placeId] },
  indexes: ['placeId, id'],
  // A hot pool holds thousands of pledges: only those an event touches are written.
  parts: { pledges: (e) => [e.data.pledgeId, ...((e.data.subBalances ?? []) as { pledgeId: string }[]).map((x) => x.pledgeId)].filter((id) => id !== undefined) },
});

/** The statement of a pool as an audience may see it: a withheld figure is `null` with `notDisclosed`, and so is every sum it is in. */
export function statement({ id, version, illustrative, corrected, state: s }: PoolRow, audience: Audience) {
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
    placeId: s.placeId,
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
  version: 3,
  tables: rows.tables,
  handlers(db, t) {
    const { fold, batch } = rows.write(db, t);
    return {
      each(e) {
        if (e.aggregate === 'pool') fold(e);
      },
      ...batch,
    };
  },
  queries(db, t) {
    const read = rows.read(db, t);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const all = read.where("stream > '' ORDER BY stream");
    return {
      one: (id: string): PoolRow | undefined => read.one(`pool-${id}`),
      list: (placeId?: string): PoolRow[] => (placeId ? ofPlace(placeId) : all()),
    };
  },
});
