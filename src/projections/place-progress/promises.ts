/**
 * The commitments' part of place progress: each promise as it stands, the themes that wait for one, counts
 * for an audience.
 */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../../domain/shared/access.js';
import { worstOf } from '../../domain/commitment/state.js';
import { part, put, type Parts, existing } from '../../domain/kernel/parts.js';
import type { PromiseFact } from '../../domain/progress/promises.js';
import type { PeriodKind } from '../../domain/shared/reporting.js';
import type { HandlerTable, Recorded } from '../../domain/registry.js';

export const promiseTables = {
  promises: `CREATE TABLE {promises} (
      stream TEXT PRIMARY KEY, recordId TEXT NOT NULL, placeId TEXT NOT NULL, title TEXT NOT NULL,
      themeId TEXT, ownerId TEXT NOT NULL, ownerKind TEXT NOT NULL, status TEXT NOT NULL, acceptedOn TEXT,
      dueOn TEXT, reports TEXT NOT NULL, illustrative INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX {promises}_place ON {promises} (placeId, status);
    CREATE INDEX {promises}_owner ON {promises} (ownerId, status)`,
  themes: `CREATE TABLE {themes} (
      placeId TEXT, themeId TEXT, PRIMARY KEY (placeId, themeId)
    ) STRICT, WITHOUT ROWID`,
};
type T = Readonly<Record<keyof typeof promiseTables | 'records' | 'places' | 'programmes', string>>;
/**
 * Statuses that count as accepted; the others were never promised, or are over otherwise than by being kept.
 */
const promised = "('delivering', 'claimed', 'completed')";
/** By period: the day it was reported, and whether it was red. */
type Reports = Parts<{ on: string; red: boolean }>;

/**
 * `done` latches the step of a place: every confirmed theme, of which there is at least one, has an accepted
 * commitment.
 */
export function promiseHandlers(
  db: Database,
  tables: T,
  done: (placeId: string, event: Recorded) => void,
): Required<Pick<HandlerTable, 'place' | 'commitment'>> {
  const add = db.prepare(
    `INSERT INTO ${tables.promises} VALUES (?, ?, ?, ?, ?, ?, ?, 'draft', NULL, NULL, '{}', ?)`,
  );
  const accept = db.prepare(
    `UPDATE ${tables.promises}
      SET status = 'delivering', acceptedOn = ?, dueOn = ?, illustrative = max(illustrative, ?)
      WHERE stream = ?`,
  );
  const own = db.prepare(
    `UPDATE ${tables.promises} SET ownerId = ?, ownerKind = ?, status = 'offered' WHERE stream = ?`,
  );
  const status = db.prepare(`UPDATE ${tables.promises} SET status = ? WHERE stream = ?`);
  const due = db.prepare(`UPDATE ${tables.promises} SET dueOn = ?, status = 'delivering' WHERE stream = ?`);
  const title = db.prepare(`UPDATE ${tables.promises} SET title = ? WHERE stream = ?`);
  const reports = db
    .prepare<[string], string>(`SELECT reports FROM ${tables.promises} WHERE stream = ?`)
    .pluck();
  const report = db.prepare(`UPDATE ${tables.promises} SET reports = ? WHERE stream = ?`);
  const confirm = db.prepare(`INSERT OR IGNORE INTO ${tables.themes} VALUES (?, ?)`);
  const drop = db.prepare(`DELETE FROM ${tables.themes} WHERE placeId = ? AND themeId = ?`);
  const waiting = db.prepare<[string], { n: number; open: number }>(
    `SELECT count(*) AS n,
      coalesce(sum(NOT EXISTS (SELECT 1 FROM ${tables.promises} p
        WHERE p.placeId = th.placeId AND p.themeId = th.themeId AND p.status IN ${promised})), 0) AS open
      FROM ${tables.themes} th WHERE th.placeId = ?`,
  );
  const look = (placeId: string, event: Recorded): void => {
    const themes = waiting.get(placeId);
    if (themes && themes.n > 0 && themes.open === 0) done(placeId, event);
  };
  const over = (event: Recorded) => status.run('ended', event.stream);
  const invented = (event: Recorded): number => (event.basis?.kind === 'illustrative' ? 1 : 0);
  return {
    place: {
      // Its commitment may have come first: whichever of the two came last completes the step.
      ThemeConfirmed(event) {
        confirm.run(event.recordId, event.data.themeId);
        look(event.recordId, event);
      },
      ThemeDropped(event) {
        drop.run(event.recordId, event.data.themeId);
        look(event.recordId, event);
      },
    },
    commitment: {
      CommitmentDrafted(event) {
        const { placeId, title, themeId, ownerAgencyId, ownerKind } = event.data;
        add.run(
          event.stream,
          event.recordId,
          placeId,
          title,
          themeId ?? null,
          ownerAgencyId,
          ownerKind,
          invented(event),
        );
      },
      CommitmentAccepted(event) {
        accept.run(event.today, event.data.dueOn, invented(event), event.stream);
        look(event.data.placeId, event);
      },
      ProgressReported(event) {
        const all = JSON.parse(existing(reports.get(event.stream), event.stream)) as Reports;
        put(all, event.data.period, { on: event.today, red: worstOf(event.data.rag) === 'red' });
        report.run(JSON.stringify(all), event.stream);
      },
      CommitmentRescheduled: (event) => due.run(event.data.to, event.stream),
      CommitmentReassigned: (event) => own.run(event.data.ownerAgencyId, event.data.ownerKind, event.stream),
      CompletionClaimed: (event) => status.run('claimed', event.stream),
      CompletionReturned: (event) => status.run('delivering', event.stream),
      CompletionVerified: (event) => status.run(event.data.closes ? 'completed' : 'delivering', event.stream),
      CommitmentReopened: (event) => due.run(event.data.dueOn, event.stream),
      CommitmentDeclined: over,
      OfferLapsed: over,
      CommitmentWithdrawn: over,
      CommitmentSuperseded: over,
      RecordCorrected: (event) => event.data.field === 'title' && title.run(event.data.to, event.stream),
    },
  };
}

interface Row {
  recordId: string;
  placeId: string;
  title: string;
  ownerId: string;
  ownerKind: 'department' | 'partner';
  status: PromiseFact['status'];
  acceptedOn: string;
  dueOn: string;
  reports: string;
  illustrative: number;
  tier: Tier;
  period: PeriodKind;
}
function read(row: Row): PromiseFact & { period: PeriodKind } {
  const reports = JSON.parse(row.reports) as Reports;
  const reported = Object.keys(reports).sort();
  const last = part(reports, reported.at(-1));
  const { recordId, placeId, title, status, acceptedOn, dueOn, period } = row;
  return {
    recordId,
    placeId,
    title,
    owner: { kind: row.ownerKind === 'department' ? 'department' : 'agency', id: row.ownerId },
    status,
    acceptedOn,
    dueOn,
    ...(last?.red ? { redSince: last.on } : {}),
    reported,
    illustrative: row.illustrative === 1,
    period,
  };
}

/** Accepted commitments, of a place for an audience, or of an owner wherever it promised. */
export function promisesIn(db: Database, tables: T, seen: (tier: Tier, audience: Audience) => boolean) {
  const select = `SELECT p.*, r.tier, g.period
    FROM ${tables.promises} p
    JOIN ${tables.records} r ON r.stream = p.stream
    JOIN ${tables.places} pl ON pl.id = p.placeId AND pl.opened = 1
    JOIN ${tables.programmes} g ON g.id = pl.programmeId`;
  const ofPlace = db.prepare<[string], Row>(
    `${select} WHERE p.placeId = ? AND p.status IN ${promised} ORDER BY p.recordId`,
  );
  const ofOwner = db.prepare<[string], Row>(
    `${select} WHERE p.ownerId = ? AND p.status = 'delivering' AND pl.status = 'enrolled'
      ORDER BY p.recordId`,
  );
  const live = db.prepare<[string], { id: string; themeId: string | null }>(
    `SELECT recordId AS id, themeId FROM ${tables.promises}
      WHERE placeId = ? AND status IN ('delivering', 'claimed') ORDER BY recordId`,
  );
  return {
    ofPlace: (placeId: string, audience: Audience): PromiseFact[] =>
      ofPlace
        .all(placeId)
        .filter((r) => seen(r.tier, audience))
        .map(read),
    ofOwner: (agencyId: string) => ofOwner.all(agencyId).map(read),
    /** Commitments of a place that are accepted and not ended. */
    live: (placeId: string) => live.all(placeId),
  };
}
