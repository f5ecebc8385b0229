/** The pools' part of place progress: each pledge with its figures, summed for an audience. */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../../domain/shared/access.js';
import { sumsOf, type Sum, type Sums } from '../../domain/shared/sums.js';
import type { EventOf, HandlersOf } from '../../domain/registry.js';

export const poolTables = {
  pools: `CREATE TABLE {pools} (
      stream TEXT PRIMARY KEY, placeId TEXT NOT NULL, kind TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {pools}_place ON {pools} (placeId, kind)`,
  pledges: `CREATE TABLE {pledges} (
      stream TEXT, pledgeId TEXT, pledged INTEGER NOT NULL, confirmed INTEGER NOT NULL,
      paidIn INTEGER NOT NULL, allocated INTEGER NOT NULL, drawn INTEGER NOT NULL,
      consented INTEGER NOT NULL, hidden TEXT, PRIMARY KEY (stream, pledgeId)
    ) STRICT, WITHOUT ROWID`,
};
type T = Readonly<Record<keyof typeof poolTables | 'records', string>>;

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

export function poolHandlers(db: Database, tables: T): HandlersOf<'pool'> {
  const addPool = db.prepare(`INSERT INTO ${tables.pools} VALUES (?, ?, ?)`);
  const add = db.prepare(`INSERT INTO ${tables.pledges} VALUES (?, ?, ?, 0, 0, 0, 0, 0, NULL)`);
  const set = (column: string) =>
    db.prepare(`UPDATE ${tables.pledges} SET ${column} = ? WHERE stream = ? AND pledgeId = ?`);
  const pledged = set('pledged');
  const confirmed = set('confirmed');
  const paidIn = set('paidIn');
  const consented = set('consented');
  const allocate = db.prepare(
    `UPDATE ${tables.pledges} SET allocated = allocated + ? WHERE stream = ? AND pledgeId = ?`,
  );
  const draw = db.prepare(`UPDATE ${tables.pledges} SET drawn = drawn + ? WHERE stream = ? AND pledgeId = ?`);
  const take = db.prepare(
    `UPDATE ${tables.pledges}
      SET pledged = pledged - @pence, confirmed = confirmed - @pence, paidIn = paidIn - @paidInPence,
      allocated = allocated - @allocatedPence
      WHERE stream = @stream AND pledgeId = @pledgeId`,
  );
  const copy = db.prepare(
    `INSERT INTO ${tables.pledges}
      SELECT stream, @toPledgeId, @pence, @pence, @paidInPence, @allocatedPence, 0, consented, hidden
      FROM ${tables.pledges} WHERE stream = @stream AND pledgeId = @pledgeId`,
  );
  // What moved in an event that is private is withheld, as the pool's own state says (domain/pool/state.ts:
  // `hide`, `openedBy`).
  const hideMoves = db.prepare(
    `UPDATE ${tables.pledges} SET hidden = coalesce(hidden, 'moves')
      WHERE stream = ? AND pledgeId = ? AND consented = 1`,
  );
  const hideAll = db.prepare(`UPDATE ${tables.pledges} SET hidden = 'all' WHERE stream = ? AND pledgeId = ?`);
  const consents = db
    .prepare<[string, string], number>(
      `SELECT consented FROM ${tables.pledges} WHERE stream = ? AND pledgeId = ?`,
    )
    .pluck();
  const open = db.prepare(`UPDATE ${tables.pledges} SET hidden = NULL WHERE stream = ? AND pledgeId = ?`);
  const hide = ({
    stream,
    data,
  }: EventOf<
    'pool',
    'FundsReserved' | 'FundsReleased' | 'FundsAllocated' | 'AllocationReleased' | 'FundsDrawn'
  >): void => {
    if (!data.consented) for (const { pledgeId } of data.subBalances) hideMoves.run(stream, pledgeId);
  };
  const hideWhole = (
    { stream, data }: EventOf<'pool', 'CarriedForward' | 'CashReturned'>,
    ...pledgeIds: string[]
  ): void => {
    if (!data.consented && consents.get(stream, data.pledgeId) === 1)
      for (const id of pledgeIds) hideAll.run(stream, id);
  };
  const carry = (event: EventOf<'pool', 'CarriedForward'>): void => {
    const { pledgeId, toPledgeId, pence, paidInPence, allocatedPence } = event.data;
    take.run({ stream: event.stream, pledgeId, pence, paidInPence, allocatedPence });
    copy.run({ stream: event.stream, pledgeId, toPledgeId, pence, paidInPence, allocatedPence });
    hideWhole(event, pledgeId, toPledgeId);
  };
  const move =
    (sign: 1 | -1) =>
    (event: EventOf<'pool', 'FundsAllocated' | 'AllocationReleased'>): void => {
      for (const x of event.data.subBalances) allocate.run(sign * x.pence, event.stream, x.pledgeId);
      hide(event);
    };
  const drop = db.prepare(`DELETE FROM ${tables.pledges} WHERE stream = ? AND pledgeId = ?`);
  return {
    PoolProposed: (event) =>
      addPool.run(
        event.stream,
        event.data.placeId,
        event.data.legalBasis === 'aligned' ? 'aligned' : 'pooled',
      ),
    PledgeMade: (event) => add.run(event.stream, event.data.pledgeId, event.data.amountPence),
    PledgeChanged: (event) => pledged.run(event.data.toPence, event.stream, event.data.pledgeId),
    PledgeWithdrawn: (event) => drop.run(event.stream, event.data.pledgeId),
    PledgeConfirmed: (event) => {
      confirmed.run(event.data.figures.confirmedPence, event.stream, event.data.pledgeId);
      consented.run(event.data.consented ? 1 : 0, event.stream, event.data.pledgeId);
    },
    PledgeDisclosureConsented: (event) => {
      consented.run(1, event.stream, event.data.pledgeId);
      for (const x of event.data.opened?.pledges ?? []) open.run(event.stream, x.pledgeId);
    },
    PledgeReduced: (event) => confirmed.run(event.data.toPence, event.stream, event.data.pledgeId),
    CashPaidIn: (event) => paidIn.run(event.data.paidInPence, event.stream, event.data.pledgeId),
    FundsReserved: hide,
    FundsReleased: hide,
    FundsAllocated: move(1),
    AllocationReleased: move(-1),
    CarriedForward: carry,
    CashReturned: (event) => {
      paidIn.run(event.data.paidInPence, event.stream, event.data.pledgeId);
      hideWhole(event, event.data.pledgeId);
    },
    FundsDrawn: (event) => {
      for (const x of event.data.subBalances) draw.run(x.pence, event.stream, x.pledgeId);
      hide(event);
    },
  };
}

/** A pledge's figures for an audience; `null` what it may not see. */
type Row = {
  stream: string;
  tier: Tier;
  pledgeId: string | null;
  pledged: number;
  confirmed: number;
  paidIn: number;
  allocated: number;
  drawn: number;
  consented: number;
  hidden: 'moves' | 'all' | null;
};
function figuresOf(row: Row, audience: Audience): Record<(typeof placeFigures)[number], number | null> {
  const member = audience === 'members';
  const still = member || (row.consented === 1 && row.hidden !== 'all');
  const moves = member || (row.consented === 1 && row.hidden === null);
  return {
    pledgedPence: still ? row.pledged : null,
    confirmedPence: still ? row.confirmed : null,
    paidInPence: still ? row.paidIn : null,
    allocatedPence: moves ? row.allocated : null,
    drawnPence: moves ? row.drawn : null,
  };
}
/** An audience that sees no pool gets no zero, which would say that there is none, and nothing beside it. */
const unseen = {
  ...(Object.fromEntries(placeFigures.map((k) => [k, null])) as Record<(typeof placeFigures)[number], null>),
  notDisclosed: true as const,
};

/** Sums of a place's pools of one kind, made only of what the audience may see. */
export function poolSums(db: Database, tables: T) {
  const rows = db.prepare<[string, string], Row>(
    `SELECT p.stream, r.tier, l.*
      FROM ${tables.pools} p
      JOIN ${tables.records} r ON r.stream = p.stream
      LEFT JOIN ${tables.pledges} l ON l.stream = p.stream
      WHERE p.placeId = ? AND p.kind = ?`,
  );
  function sums(all: readonly Row[], audience: Audience): PoolSums {
    const seen = all.filter(
      (row) =>
        audience === 'members' ||
        row.tier === 'public' ||
        (audience === 'programme' && row.tier === 'programme'),
    );
    if (seen.length === 0 && audience !== 'members') return unseen;
    return sumsOf(
      placeFigures,
      seen.filter((r) => r.pledgeId !== null).map((r) => figuresOf(r, audience)),
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
