/** The pools' part of place progress: each pledge with its figures, summed for an audience. */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../domain/access.js';
import type { Recorded } from './core.js';

export const poolTables = {
  pools: 'CREATE TABLE {pools} (stream TEXT PRIMARY KEY, placeId TEXT NOT NULL, kind TEXT NOT NULL) STRICT, WITHOUT ROWID; CREATE INDEX {pools}_place ON {pools} (placeId, kind)',
  pledges: `CREATE TABLE {pledges} (stream TEXT, pledgeId TEXT, pledged INTEGER NOT NULL, confirmed INTEGER NOT NULL, paidIn INTEGER NOT NULL, allocated INTEGER NOT NULL, drawn INTEGER NOT NULL,
      consented INTEGER NOT NULL, PRIMARY KEY (stream, pledgeId)) STRICT, WITHOUT ROWID`,
};
type T = Readonly<Record<keyof typeof poolTables | 'records', string>>;

/** Pence; `null` where the audience may not see the figure, with `notDisclosed` beside it. */
export interface Sums {
  pledgedPence: number | null;
  confirmedPence: number | null;
  paidInPence: number | null;
  allocatedPence: number | null;
  drawnPence: number | null;
  notDisclosed?: true;
}

export function poolHandlers(db: Database, t: T): Record<string, (e: Recorded) => void> {
  const addPool = db.prepare(`INSERT INTO ${t.pools} VALUES (?, ?, ?)`);
  const add = db.prepare(`INSERT INTO ${t.pledges} VALUES (?, ?, ?, 0, 0, 0, 0, 0)`);
  const set = (column: string) => db.prepare(`UPDATE ${t.pledges} SET ${column} = ? WHERE stream = ? AND pledgeId = ?`);
  const [pledged, confirmed, paidIn, consented] = ['pledged', 'confirmed', 'paidIn', 'consented'].map(set);
  const allocate = db.prepare(`UPDATE ${t.pledges} SET allocated = allocated + ? WHERE stream = ? AND pledgeId = ?`);
  const draw = db.prepare(`UPDATE ${t.pledges} SET drawn = drawn + ? WHERE stream = ? AND pledgeId = ?`);
  const take = db.prepare(
    `UPDATE ${t.pledges} SET pledged = pledged - @pence, confirmed = confirmed - @pence, paidIn = paidIn - @paidInPence, allocated = allocated - @allocatedPence WHERE stream = @stream AND pledgeId = @pledgeId`,
  );
  const copy = db.prepare(
    `INSERT INTO ${t.pledges} SELECT stream, @toPledgeId, @pence, @pence, @paidInPence, @allocatedPence, 0, consented FROM ${t.pledges} WHERE stream = @stream AND pledgeId = @pledgeId`,
  );
  const carry = ({ stream, data: { pledgeId, toPledgeId, pence, paidInPence, allocatedPence } }: Recorded): void => {
    take.run({ stream, pledgeId, pence, paidInPence, allocatedPence });
    copy.run({ stream, pledgeId, toPledgeId, pence, paidInPence, allocatedPence });
  };
  const drop = db.prepare(`DELETE FROM ${t.pledges} WHERE stream = ? AND pledgeId = ?`);
  return {
    PoolProposed: (e) => addPool.run(e.stream, e.data.placeId, e.data.legalBasis === 'aligned' ? 'aligned' : 'pooled'),
    PledgeMade: (e) => add.run(e.stream, e.data.pledgeId, e.data.amountPence),
    PledgeChanged: (e) => pledged!.run(e.data.toPence, e.stream, e.data.pledgeId),
    PledgeWithdrawn: (e) => drop.run(e.stream, e.data.pledgeId),
    PledgeConfirmed: (e) => {
      confirmed!.run(e.data.figures.confirmedPence, e.stream, e.data.pledgeId);
      consented!.run(e.data.consented ? 1 : 0, e.stream, e.data.pledgeId);
    },
    PledgeDisclosureConsented: (e) => consented!.run(1, e.stream, e.data.pledgeId),
    PledgeReduced: (e) => confirmed!.run(e.data.toPence, e.stream, e.data.pledgeId),
    CashPaidIn: (e) => paidIn!.run(e.data.paidInPence, e.stream, e.data.pledgeId),
    FundsAllocated: (e) => e.data.subBalances.forEach((x: { pledgeId: string; pence: number }) => allocate.run(x.pence, e.stream, x.pledgeId)),
    AllocationReleased: (e) => e.data.subBalances.forEach((x: { pledgeId: string; pence: number }) => allocate.run(-x.pence, e.stream, x.pledgeId)),
    CarriedForward: (e) => carry(e),
    CashReturned: (e) => paidIn!.run(e.data.paidInPence, e.stream, e.data.pledgeId),
    FundsDrawn: (e) => e.data.subBalances.forEach((x: { pledgeId: string; pence: number }) => draw.run(x.pence, e.stream, x.pledgeId)),
  };
}

const withheld = (): Sums => ({ pledgedPence: null, confirmedPence: null, paidInPence: null, allocatedPence: null, drawnPence: null, notDisclosed: true });

/** Sums of a place's pools of one kind, made only of what the audience may see. */
export function poolSums(db: Database, t: T) {
  const rows = db.prepare<
    [string, string],
    { stream: string; tier: Tier; pledgeId: string | null; pledged: number; confirmed: number; paidIn: number; allocated: number; drawn: number; consented: number }
  >(`SELECT p.stream, r.tier, l.* FROM ${t.pools} p JOIN ${t.records} r ON r.stream = p.stream LEFT JOIN ${t.pledges} l ON l.stream = p.stream WHERE p.placeId = ? AND p.kind = ?`);
  type Row = ReturnType<typeof rows.all>[number];
  const visible = (all: readonly Row[], audience: Audience): Row[] =>
    all.filter((r) => audience === 'members' || r.tier === 'public' || (audience === 'programme' && r.tier === 'programme'));
  function sums(all: readonly Row[], audience: Audience): Sums {
    const seen = visible(all, audience);
    // An audience that sees no pool gets no zero: a zero would say that there is none.
    if (seen.length === 0 && audience !== 'members') return withheld();
    const pledges = seen.filter((r) => r.pledgeId !== null);
    if (audience !== 'members' && pledges.some((p) => !p.consented)) return withheld();
    const sum = (k: 'pledged' | 'confirmed' | 'paidIn' | 'allocated' | 'drawn'): number => pledges.reduce((n, p) => n + p[k], 0);
    return { pledgedPence: sum('pledged'), confirmedPence: sum('confirmed'), paidInPence: sum('paidIn'), allocatedPence: sum('allocated'), drawnPence: sum('drawn') };
  }
  return {
    of: (placeId: string, kind: 'pooled' | 'aligned', audience: Audience): Sums => sums(rows.all(placeId, kind), audience),
    /** What is pledged to pools of either kind: a pool that is not seen does not count, a pledge withheld withholds the sum. */
    pledged: (placeId: string, audience: Audience): number | null => sums([...rows.all(placeId, 'pooled'), ...rows.all(placeId, 'aligned')], audience).pledgedPence,
  };
}
