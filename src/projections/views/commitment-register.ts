/**
 * View `commitment-register`: each promise with its owner, dates, reports and end (docs/rules/commitment.md).
 */
import {
  delivering,
  inDelivery,
  isIn,
  isLive,
  isSilent,
  lastReport,
  slippage,
  worstOf,
  type CommitmentState,
} from '../../domain/commitment/state.js';
import type { PeriodKind } from '../../domain/shared/reporting.js';
import type { WorkingDays } from '../../domain/shared/calendar.js';
import { type EventOf, is } from '../../domain/registry.js';
import { view } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';
import { lateBy } from '../../domain/progress/due-codes.js';

/**
 * A change of the due date, and by whose word. `version`: of the commitment, that says it, here and below.
 */
export interface Move {
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly on: string;
  readonly reason: string;
  readonly decisionId?: string;
  readonly official?: string;
}
/** What a verifier said of a claim. */
type VerifierWord = NonNullable<CommitmentState['verification']>['level'] | 'returned';
/** A claim that it is done, and what its verifier said; none while it has not spoken. */
export interface Claim {
  readonly version: number;
  readonly on: string;
  readonly evidence: NonNullable<CommitmentState['claim']>['evidence'];
  answer?: { outcome: VerifierWord; reason?: string; answeredOn: string; version: number };
}
interface Extra {
  statusSince: string;
  status: string;
  draftedOn: string;
  moves: Move[];
  /** Oldest first: a claim that was returned stays, with what it rested on. */
  claims: Claim[];
  /** How it ended or was returned, in its own words. */
  reason?: { text: string; version: number };
  /** The decision or official by whose word an accepted promise was ended. */
  endedBy?: { decisionId?: string; official?: string };
}
export type CommitmentRow = StateRow<CommitmentState, Extra>;

const beginsOn = (state: CommitmentState): string | null =>
  isIn(state, 'accepted') && state.startOn !== undefined && state.startOn > state.acceptedOn
    ? state.startOn
    : null;
const rows = stateTable<CommitmentState, Extra>({
  extra: () => ({ statusSince: '', status: 'none', draftedOn: '', moves: [], claims: [] }),
  columns: {
    placeId: ['TEXT NOT NULL', (r) => r.state.placeId],
    ownerId: ['TEXT NOT NULL', (r) => r.state.ownerAgencyId],
    live: ['INTEGER NOT NULL', (r) => (isLive(r.state) ? 1 : 0)],
    status: [
      'TEXT NOT NULL',
      ({ state: s }) => (s.status === 'accepted' && beginsOn(s) === null ? 'in-delivery' : s.status),
    ],
    // Of what was accepted to begin on a later day than that: `statusOn` says what it is on which.
    beginsOn: ['TEXT', (r) => beginsOn(r.state)],
    level: ['TEXT NOT NULL', (r) => r.state.level],
    themeId: ['TEXT', (r) => r.state.themeId ?? null],
    dueOn: ['TEXT', (r) => r.state.dueOn ?? null],
    slippageDays: ['INTEGER', (r) => slippage(r.state) ?? null],
    // What can be late, by the day it is due: the later that is, the less late is it on any day.
    runsUntil: ['TEXT', (r) => (isIn(r.state, ...delivering) ? r.state.dueOn : null)],
    title: ['TEXT NOT NULL', (r) => r.state.title],
  },
  indexes: ['ownerId, live, id'],
  orders: {
    by: ['dueOn', 'placeId', 'ownerId', 'status', 'themeId', 'slippageDays', 'runsUntil', 'title'],
    within: 'placeId',
    only: { beginning: 'beginsOn IS NOT NULL' },
  },
});

/** What a day makes of a promise; dates and reports alone decide. */
export function standingOn(state: CommitmentState, period: PeriodKind, day: string, wd: WorkingDays) {
  const running = isIn(state, ...delivering);
  const daysLate = running ? lateBy(state.dueOn, day, wd) : 0;
  const last = lastReport(state);
  const rag = last ? worstOf(last.rag) : null;
  return {
    overdue: daysLate > 0,
    daysLate,
    silent: isSilent(state, period, day, wd),
    red: running && rag === 'red',
    rag,
  };
}

/** The status of a commitment that is one: a stream may hold a refused step alone. */
export type Standing = Exclude<CommitmentState['status'], 'none'>;
/**
 * The state on a day, and since when: delivery begins by the first report or on the start date
 * (docs/rules/commitment.md#reporting).
 */
export function statusOn(
  { state: s, extra }: CommitmentRow,
  day: string,
): { status: Standing; statusSince: string } {
  if (s.status === 'none') throw new Error('no commitment stands in this row');
  return s.status === 'accepted' && inDelivery(s, day)
    ? { status: 'in-delivery', statusSince: begun(s, extra.statusSince) }
    : { status: s.status, statusSince: extra.statusSince };
}
/** The start date of what was accepted on a day. */
const begun = (state: CommitmentState, since: string): string =>
  state.startOn && state.startOn > since ? state.startOn : since;

/** By whose word something was done: a decision's, an official's. */
const wordOf = ({ decisionId, official }: { decisionId?: string; official?: string }) => ({
  ...(decisionId ? { decisionId } : {}),
  ...(official ? { official } : {}),
});

/** What was claimed last has its answer. */
function answered(
  extra: Extra,
  { version, today, data: { reason } }: EventOf<'commitment', 'CompletionReturned' | 'CompletionVerified'>,
  outcome: VerifierWord,
): void {
  const claim = extra.claims.at(-1);
  if (claim) claim.answer = { outcome, answeredOn: today, ...(reason ? { reason } : {}), version };
}

export const commitmentRegister = view({
  name: 'commitment-register',
  version: 6,
  tables: {
    ...rows.tables,
    // Whose each ever was: it may be another's since.
    owners:
      'CREATE TABLE {owners} (agencyId TEXT, id TEXT, PRIMARY KEY (agencyId, id)) STRICT, WITHOUT ROWID',
    programmes: 'CREATE TABLE {programmes} (id TEXT PRIMARY KEY, period TEXT NOT NULL) STRICT, WITHOUT ROWID',
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const programme = db.prepare(`INSERT OR REPLACE INTO ${tables.programmes} VALUES (?, ?)`);
    const own = db.prepare(`INSERT OR IGNORE INTO ${tables.owners} VALUES (?, ?)`);
    return {
      on: { programme: { ProgrammeDefined: (event) => programme.run(event.recordId, event.data.period) } },
      each(event) {
        if (event.aggregate !== 'commitment') return;
        const { state, extra } = fold(event);
        const { version, today } = event;
        if (version === 1) extra.draftedOn = today;
        if (is(event, 'commitment', 'CommitmentDrafted', 'CommitmentReassigned'))
          own.run(event.data.ownerAgencyId, event.recordId);
        if (extra.status === 'accepted' && state.status === 'in-delivery') {
          // Begun by its start date, a first report changes nothing.
          const start = begun(state, extra.statusSince);
          Object.assign(extra, { status: state.status, statusSince: start < today ? start : today });
        } else if (extra.status !== state.status)
          Object.assign(extra, { status: state.status, statusSince: today });
        if (is(event, 'commitment', 'CompletionClaimed'))
          extra.claims.push({ version, on: today, evidence: structuredClone(event.data.evidence) });
        if (is(event, 'commitment', 'CompletionReturned')) answered(extra, event, 'returned');
        if (is(event, 'commitment', 'CompletionVerified')) answered(extra, event, event.data.level);
        if (is(event, 'commitment', 'CommitmentRescheduled')) {
          const { from, to, reason } = event.data;
          extra.moves.push({ version, from, to, on: today, reason, ...wordOf(event.data) });
        }
        if (is(event, 'commitment', 'CommitmentWithdrawn', 'CommitmentSuperseded'))
          extra.endedBy = wordOf(event.data);
        if (
          is(
            event,
            'commitment',
            'CommitmentWithdrawn',
            'CommitmentSuperseded',
            'CommitmentDeclined',
            'CompletionReturned',
            'CommitmentReopened',
          )
        )
          extra.reason = { text: event.data.reason, version };
      },
      ...batch,
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const streamsOf = read.streams('placeId = ?');
    const liveOf = read.where('ownerId = ? AND live = 1 ORDER BY id');
    const owned = db.prepare<[string], string>(`SELECT id FROM ${tables.owners} WHERE agencyId = ?`).pluck();
    const period = db
      .prepare<[string], PeriodKind>(`SELECT period FROM ${tables.programmes} WHERE id = ?`)
      .pluck();
    return {
      one: (id: string): CommitmentRow | undefined => {
        const row = read.one(`commitment-${id}`);
        return row && row.state.status !== 'none' ? row : undefined;
      },
      list: (placeId: string): CommitmentRow[] => ofPlace(placeId),
      /** The streams of those of a place. */
      streamsOf: (placeId: string): string[] => streamsOf(placeId),
      /** The streams of those that were ever an agency's. */
      everOwnedBy: (agencyId: string): string[] => owned.all(agencyId).map((id) => `commitment-${id}`),
      /** A stream that holds a refused step alone is no commitment: its status is `none`. */
      walk: read.walk,
      /** Accepted commitments of an agency that have not ended. */
      liveOf: (agencyId: string): CommitmentRow[] => liveOf(agencyId),
      /** How a programme reports: by month or by quarter. */
      periodOf: (programmeId: string): PeriodKind => period.get(programmeId) ?? 'month',
    };
  },
});
