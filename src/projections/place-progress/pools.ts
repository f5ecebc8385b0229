/**
 * The pools as the domain folds them, kept once for `place-progress` and the `pool-ledger` over it, and each
 * pledge's figures, summed for an audience.
 */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../../domain/shared/access.js';
import { part } from '../../domain/kernel/parts.js';
import type { Pledge, PoolState } from '../../domain/pool/state.js';
import { figureNames, figuresFor, type PledgeFigures } from '../../domain/pool/withholding.js';
import { sumsOf, type Sum, type Sums } from '../../domain/shared/sums.js';
import { entryOf, is } from '../../domain/registry.js';
import { stateTable, type StateRow } from '../engine/state-table.js';
import type { Recorded } from '../engine/view.js';
import { batchOf, writeBuffer } from '../engine/write-buffer.js';

export type PoolRow = StateRow<PoolState>;
export const poolRows = stateTable<PoolState>({
  columns: {
    placeId: ['TEXT NOT NULL', (row) => row.state.placeId],
    name: ['TEXT NOT NULL', (row) => row.state.name],
    status: ['TEXT NOT NULL', (row) => row.state.status],
    kind: ['TEXT NOT NULL', (row) => (row.state.legalBasis === 'aligned' ? 'aligned' : 'pooled')],
  },
  orders: { by: ['placeId', 'name', 'status'], within: 'placeId' },
  // A hot pool holds thousands of pledges: only those an event touches are written.
  parts: ['pledges'],
});

export const poolTables = {
  ...poolRows.tables,
  // Of each pledge that stands, to be summed without a look at the states.
  figures: `CREATE TABLE {figures} (
      stream TEXT, pledgeId TEXT, ${figureNames.map((name) => `${name} INTEGER NOT NULL`).join(', ')},
      consented INTEGER NOT NULL, hidden TEXT, PRIMARY KEY (stream, pledgeId)
    ) STRICT, WITHOUT ROWID`,
  sources: `CREATE TABLE {sources} (
      pool TEXT, fundingStream TEXT, PRIMARY KEY (pool, fundingStream)
    ) STRICT, WITHOUT ROWID`,
  pledgers: `CREATE TABLE {pledgers} (
      agency TEXT, pool TEXT, place TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (agency, pool)
    ) STRICT, WITHOUT ROWID`,
};
type T = Readonly<Record<keyof typeof poolTables, string>>;

/** What is summed of a place's pools. */
export const placeFigures = [
  'pledgedPence',
  'confirmedPence',
  'paidInPence',
  'allocatedPence',
  'drawnPence',
] as const;
/** Pence; `null` where the audience may not see a figure of it, with `notDisclosed` beside it. */
export type PoolSums = Sums<(typeof placeFigures)[number]>;

/** Folds pools. `batch.flush` writes what a day's sums are made of, too. */
export function poolWriter(db: Database, tables: T) {
  const { fold, batch } = poolRows.write(db, tables);
  const columns = ['stream', 'pledgeId', ...figureNames, 'consented', 'hidden'];
  const write = db.prepare(
    `INSERT OR REPLACE INTO ${tables.figures} VALUES (${columns.map(() => '?').join(', ')})`,
  );
  const drop = db.prepare(`DELETE FROM ${tables.figures} WHERE stream = ? AND pledgeId = ?`);
  const figures = writeBuffer<{ stream: string; pledge: Pledge }>((_, { stream, pledge }) => {
    if (pledge.status === 'withdrawn') return drop.run(stream, pledge.pledgeId);
    const { pledgeId, consented, hidden = null } = pledge;
    return write.run(stream, pledgeId, ...figureNames.map((name) => pledge[name]), consented ? 1 : 0, hidden);
  });
  const addSource = db.prepare(`INSERT OR IGNORE INTO ${tables.sources} VALUES (?, ?)`);
  const addPledger = db.prepare(`INSERT OR IGNORE INTO ${tables.pledgers} VALUES (?, ?, ?, ?)`);
  return {
    each(event: Recorded): void {
      if (event.aggregate !== 'pool') return;
      const { stream } = event;
      const { state } = fold(event);
      for (const pledgeId of entryOf(event).touches?.pledges?.(event.data) ?? []) {
        const pledge = part(state.pledges, pledgeId);
        if (pledge) figures.set(`${stream} ${pledgeId}`, { stream, pledge });
      }
      if (!is(event, 'pool', 'PledgeMade')) return;
      const { agencyId, fundingStreamId } = event.data;
      addPledger.run(agencyId, event.recordId, state.placeId, event.position);
      if (fundingStreamId) addSource.run(event.recordId, fundingStreamId);
    },
    batch: batchOf(batch, figures),
  };
}

/** A pool with a pledge's figures, or with none. */
type Row = Pick<Pledge, 'pledged' | 'confirmed' | 'paidIn' | 'reserved' | 'allocated' | 'drawn'> & {
  tier: Tier;
  pledgeId: string | null;
  consented: number;
  hidden: PledgeFigures['hidden'];
};
/** An audience that sees no pool gets no zero, which would say that there is none, and nothing beside it. */
const unseen = {
  ...(Object.fromEntries(placeFigures.map((k) => [k, null])) as Record<(typeof placeFigures)[number], null>),
  notDisclosed: true as const,
};

/** Sums of a place's pools of one kind, made only of what the audience may see. */
export function poolSums(
  db: Database,
  tables: T & { readonly records: string },
  isShownTo: (tier: Tier, audience: Audience) => boolean,
) {
  const rows = db.prepare<[string, string], Row>(
    `SELECT r.tier, f.*
      FROM ${tables.rows} p
      JOIN ${tables.records} r ON r.stream = p.stream
      LEFT JOIN ${tables.figures} f ON f.stream = p.stream
      WHERE p.placeId = ? AND p.kind = ?`,
  );
  function sums(all: readonly Row[], audience: Audience): PoolSums {
    const seen = all.filter((row) => isShownTo(row.tier, audience));
    if (seen.length === 0 && audience !== 'members') return unseen;
    return sumsOf(
      placeFigures,
      seen
        .filter((row) => row.pledgeId !== null)
        .map((row) => figuresFor({ ...row, consented: row.consented === 1 }, audience === 'members')),
    );
  }
  return {
    of: (placeId: string, kind: 'pooled' | 'aligned', audience: Audience): PoolSums =>
      sums(rows.all(placeId, kind), audience),
    /**
     * What is pledged to pools of either kind: a pool that is not seen does not count, a pledge withheld
     * withholds the sum.
     */
    pledged(placeId: string, audience: Audience): Sum {
      const {
        pledgedPence: pence,
        atLeastPence,
        figuresNotShared,
      } = sums([...rows.all(placeId, 'pooled'), ...rows.all(placeId, 'aligned')], audience);
      return pence === null && atLeastPence?.pledgedPence !== undefined
        ? {
            pence,
            atLeastPence: atLeastPence.pledgedPence,
            figuresNotShared: figuresNotShared?.pledgedPence ?? 0,
          }
        : { pence };
    },
  };
}
