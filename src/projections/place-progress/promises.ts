/** The commitments' part of place progress: each promise as it stands, the themes that wait for one, counts for an audience. */
import type { Database } from 'better-sqlite3';
import type { Audience, Tier } from '../../domain/shared/access.js';
import { worstOf, type Rag } from '../../domain/commitment/state.js';
import { part, put, type Parts } from '../../domain/kernel/parts.js';
import type { PromiseFact } from '../../domain/progress/promises.js';
import type { PeriodKind } from '../../domain/shared/reporting.js';
import type { Recorded } from '../engine/view.js';

export const promiseTables = {
  promises: `CREATE TABLE {promises} (stream TEXT PRIMARY KEY, recordId TEXT NOT NULL, placeId TEXT NOT NULL, title TEXT NOT NULL, themeId TEXT, ownerId TEXT NOT NULL, ownerKind TEXT NOT NULL,
      status TEXT NOT NULL, acceptedOn TEXT, dueOn TEXT, reports TEXT NOT NULL, illustrative INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX {promises}_place ON {promises} (placeId, status);
    CREATE INDEX {promises}_owner ON {promises} (ownerId, status)`,
  themes: 'CREATE TABLE {themes} (placeId TEXT, themeId TEXT, PRIMARY KEY (placeId, themeId)) STRICT, WITHOUT ROWID',
};
type T = Readonly<Record<keyof typeof promiseTables | 'records' | 'places' | 'programmes', string>>;
/** Statuses that count as accepted; the others were never promised, or are over otherwise than by being kept. */
const promised = "('delivering', 'claimed', 'completed')";
/** By period: the day it was reported, and whether it was red. */
type Reports = Parts<{ on: string; red: boolean }>;

/** `done` latches the step of a place: every confirmed theme, of which there is at least one, has an accepted commitment. */
export function promiseHandlers(db: Database, t: T, done: (placeId: string, e: Recorded) => void): Record<string, (e: Recorded) => void> {
  const add = db.prepare(`INSERT INTO ${t.promises} VALUES (?, ?, ?, ?, ?, ?, ?, 'draft', NULL, NULL, '{}', ?)`);
  const accept = db.prepare(`UPDATE ${t.promises} SET status = 'delivering', acceptedOn = ?, dueOn = ?, illustrative = max(illustrative, ?) WHERE stream = ?`);
  const own = db.prepare(`UPDATE ${t.promises} SET ownerId = ?, ownerKind = ?, status = 'offered' WHERE stream = ?`);
  const status = db.prepare(`UPDATE ${t.promises} SET status = ? WHERE stream = ?`);
  const due = db.prepare(`UPDATE ${t.promises} SET dueOn = ?, status = 'delivering' WHERE stream = ?`);
  const title = db.prepare(`UPDATE ${t.promises} SET title = ? WHERE stream = ?`);
  const reports = db.prepare<[string], string>(`SELECT reports FROM ${t.promises} WHERE stream = ?`).pluck();
  const report = db.prepare(`UPDATE ${t.promises} SET reports = ? WHERE stream = ?`);
  const confirm = db.prepare(`INSERT OR IGNORE INTO ${t.themes} VALUES (?, ?)`);
  const drop = db.prepare(`DELETE FROM ${t.themes} WHERE placeId = ? AND themeId = ?`);
  const waiting = db.prepare<[string], { n: number; open: number }>(
    `SELECT count(*) AS n, coalesce(sum(NOT EXISTS (SELECT 1 FROM ${t.promises} p WHERE p.placeId = th.placeId AND p.themeId = th.themeId AND p.status IN ${promised})), 0) AS open
     FROM ${t.themes} th WHERE th.placeId = ?`,
  );
  const look = (placeId: string, e: Recorded): void => {
    const { n, open } = waiting.get(placeId)!;
    if (n > 0 && open === 0) done(placeId, e);
  };
  const over = (e: Recorded) => status.run('ended', e.stream);
  return {
    // Its commitment may have come first: whichever of the two came last completes the step.
    ThemeConfirmed(e) {
      confirm.run(e.recordId, e.data.themeId);
      look(e.recordId, e);
    },
    ThemeDropped(e) {
      drop.run(e.recordId, e.data.themeId);
      look(e.recordId, e);
    },
    CommitmentDrafted: (e) =>
      add.run(e.stream, e.recordId, e.data.placeId, e.data.title, e.data.themeId ?? null, e.data.ownerAgencyId, e.data.ownerKind, e.basis?.kind === 'illustrative' ? 1 : 0),
    CommitmentAccepted(e) {
      accept.run(e.today, e.data.dueOn, e.basis?.kind === 'illustrative' ? 1 : 0, e.stream);
      look(e.data.placeId, e);
    },
    ProgressReported(e) {
      const all = JSON.parse(reports.get(e.stream)!) as Reports;
      put(all, e.data.period, { on: e.today, red: worstOf(e.data.rag as Rag) === 'red' });
      report.run(JSON.stringify(all), e.stream);
    },
    CommitmentRescheduled: (e) => due.run(e.data.to, e.stream),
    CommitmentReassigned: (e) => own.run(e.data.ownerAgencyId, e.data.ownerKind, e.stream),
    CompletionClaimed: (e) => status.run('claimed', e.stream),
    CompletionReturned: (e) => status.run('delivering', e.stream),
    CompletionVerified: (e) => status.run(e.data.closes ? 'completed' : 'delivering', e.stream),
    CommitmentReopened: (e) => due.run(e.data.dueOn, e.stream),
    CommitmentDeclined: over,
    OfferLapsed: over,
    CommitmentWithdrawn: over,
    CommitmentSuperseded: over,
    RecordCorrected: (e) => e.aggregate === 'commitment' && e.data.field === 'title' && title.run(e.data.to, e.stream),
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
function read(r: Row): PromiseFact & { period: PeriodKind } {
  const reports = JSON.parse(r.reports) as Reports;
  const reported = Object.keys(reports).sort();
  const last = part(reports, reported.at(-1));
  const { recordId, placeId, title, status, acceptedOn, dueOn, period } = r;
  return {
    recordId,
    placeId,
    title,
    owner: { kind: r.ownerKind === 'department' ? 'department' : 'agency', id: r.ownerId },
    status,
    acceptedOn,
    dueOn,
    ...(last?.red ? { redSince: last.on } : {}),
    reported,
    illustrative: r.illustrative === 1,
    period,
  };
}

/** Accepted commitments, of a place for an audience, or of an owner wherever it promised. */
export function promisesIn(db: Database, t: T, seen: (tier: Tier, audience: Audience) => boolean) {
  const select = `SELECT p.*, r.tier, g.period FROM ${t.promises} p JOIN ${t.records} r ON r.stream = p.stream JOIN ${t.places} pl ON pl.id = p.placeId AND pl.opened = 1 JOIN ${t.programmes} g ON g.id = pl.programmeId`;
  const ofPlace = db.prepare<[string], Row>(`${select} WHERE p.placeId = ? AND p.status IN ${promised} ORDER BY p.recordId`);
  const ofOwner = db.prepare<[string], Row>(`${select} WHERE p.ownerId = ? AND p.status = 'delivering' AND pl.status = 'enrolled' ORDER BY p.recordId`);
  const live = db.prepare<[string], { id: string; themeId: string | null }>(
    `SELECT recordId AS id, themeId FROM ${t.promises} WHERE placeId = ? AND status IN ('delivering', 'claimed') ORDER BY recordId`,
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
