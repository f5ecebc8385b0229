/**
 * View `submission-tracker`: where every return stands, section by section, and every version submitted
 * (docs/rules/submission.md#who-reads-it).
 */
import { part, put, type Parts, existing } from '../../domain/kernel/parts.js';
import {
  isIncludable,
  roundTitle,
  sectionOf,
  type Includable,
  type SubmissionState,
  type SubmissionStatus,
} from '../../domain/submission/state.js';
import { statementOf, type Statement } from '../../domain/submission/statement.js';
import { type EventName, is, isShared } from '../../domain/registry.js';
import { batchOf } from '../engine/write-buffer.js';
import { belonging, belongingTables } from './belonging.js';
import type {
  Hand,
  PublicStatus,
  QueryRow,
  SignedState,
  SubmissionRow,
  VersionRow,
} from './submission-rows.js';
import { view, type Recorded } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';

export interface SubmissionFilter {
  programmeId?: string | undefined;
  placeId?: string | undefined;
  roundNo?: number | undefined;
  /** The members' status: whoever answers others filters what `submissionFor` gives. */
  status?: string | undefined;
}

/** What the row keeps beside the domain's own state. */
interface Extra {
  publicStatus?: PublicStatus;
  hands: Parts<{ answeredBy?: Hand; completedBy?: Hand }>;
  queries: QueryRow[];
  changed: SubmissionRow['changedSinceSignOff'];
  stray?: true;
}
const publicStatuses: { readonly [T in EventName<'submission'>]?: PublicStatus } = {
  FindingsSubmitted: 'submitted',
  ChangesRequested: 'changes-requested',
  SubmissionAccepted: 'accepted',
  SubmissionMissed: 'not-submitted',
};
const signedStates: Partial<Record<SubmissionStatus, SignedState>> = {
  'awaiting-sign-off': 'awaiting',
  'signed-off': 'signed',
  submitted: 'signed',
  accepted: 'signed',
};
const handOf = ({ actor }: Pick<Recorded, 'actor'>): Hand => ({ role: actor.role, account: actor.account });

const versionOf = (s: SubmissionState): number => s.versions.at(-1)?.version ?? 0;
/**
 * Shown while it is to be signed, and where it is what was signed: until the service made statements, any
 * hash was.
 */
function statementFor(state: SubmissionState): Statement | undefined {
  const statement = statementOf(state);
  return state.status === 'awaiting-sign-off' || state.statementHash === statement?.hash
    ? statement
    : undefined;
}
const rows = stateTable<SubmissionState, Extra>({
  extra: () => ({ hands: {}, queries: [], changed: [] }),
  columns: {
    programmeId: ['TEXT NOT NULL', (r) => r.state.programmeId],
    roundNo: ['INTEGER NOT NULL', (r) => r.state.roundNo],
    // One that was begun of another programme's place is no return of the place.
    placeId: ['TEXT NOT NULL', (r) => (r.extra.stray ? '' : r.state.placeId)],
    status: ['TEXT NOT NULL', (r) => r.state.status],
    // What the programme knows of it, where it knows anything.
    publicStatus: ['TEXT', (r) => r.extra.publicStatus ?? null],
    // The place that its record names, whosever it is.
    namedPlaceId: ['TEXT NOT NULL', (r) => r.state.placeId],
  },
  indexes: ['programmeId, roundNo', 'status'],
  orders: { by: ['namedPlaceId', 'roundNo', 'status', 'publicStatus'], within: 'placeId' },
});

function note(extra: Extra, state: SubmissionState, event: Recorded): void {
  const status = publicStatuses[event.type as EventName<'submission'>];
  if (status) extra.publicStatus = status;
  if (is(event, 'submission', 'SectionAnswered'))
    put(extra.hands, event.data.sectionId, { answeredBy: handOf(event) });
  if (is(event, 'submission', 'SectionCompleted')) {
    const { sectionId } = event.data;
    (part(extra.hands, sectionId) ?? put(extra.hands, sectionId, {})).completedBy = handOf(event);
  }
  if (is(event, 'submission', 'SubmissionSentForSignOff', 'FindingsSubmitted')) extra.changed = [];
  if (is(event, 'submission', 'SubmissionQueried')) {
    const { queryId, sectionId, question } = event.data;
    const sectionTitle = sectionOf(state, sectionId)?.title ?? sectionId;
    extra.queries.push({
      queryId,
      sectionId,
      sectionTitle,
      question,
      askedBy: handOf(event),
      askedAt: event.recordedAt,
    });
  }
  if (is(event, 'submission', 'QueryAnswered')) {
    const { queryId, answer } = event.data;
    const query = extra.queries.find((q) => q.queryId === queryId);
    if (query) Object.assign(query, { answer, answeredAt: event.recordedAt });
  }
}

export const submissionTracker = view({
  name: 'submission-tracker',
  version: 6,
  tables: {
    ...rows.tables,
    ...belongingTables,
    versions: `CREATE TABLE {versions} (
        submission TEXT NOT NULL, version INTEGER NOT NULL, sections TEXT NOT NULL, included TEXT NOT NULL,
        submittedAt TEXT NOT NULL, late INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (submission, version)
      ) STRICT, WITHOUT ROWID`,
    pins: `CREATE TABLE {pins} (
        aggregate TEXT NOT NULL, id TEXT NOT NULL, submission TEXT NOT NULL,
        PRIMARY KEY (aggregate, id, submission)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {pins}_submission ON {pins} (submission)`,
  },
  handlers(db, tables) {
    const { fold, touch, batch } = rows.write(db, tables);
    const { stray, batch: known } = belonging(db, tables);
    const putVersion = db.prepare(`INSERT OR REPLACE INTO ${tables.versions} VALUES (?, ?, ?, ?, ?, ?, ?)`);
    const putPin = db.prepare(`INSERT OR IGNORE INTO ${tables.pins} VALUES (?, ?, ?)`);
    const unpin = db.prepare(`DELETE FROM ${tables.pins} WHERE submission = ?`);
    const pinning = db
      .prepare<[string, string], string>(
        `SELECT submission FROM ${tables.pins} WHERE aggregate = ? AND id = ?`,
      )
      .pluck();
    /** The domain's own fold keeps the state: the view cannot come to another opinion. */
    function own(event: Recorded, isStray: boolean): void {
      const { state, extra } = fold(event);
      if (isStray) extra.stray = true;
      note(extra, state, event);
      if (is(event, 'submission', 'FindingsSubmitted')) {
        const { sections, included, lateDays } = event.data;
        putVersion.run(
          event.recordId,
          versionOf(state),
          JSON.stringify(sections),
          JSON.stringify(included),
          event.recordedAt,
          lateDays,
          event.position,
        );
      }
      // Pins matter while a signature is awaited or stands and is not used yet.
      unpin.run(event.recordId);
      if (state.status === 'awaiting-sign-off' || state.status === 'signed-off')
        for (const p of state.pins) putPin.run(p.aggregate, p.id, event.recordId);
    }

    function included(event: Recorded, aggregate: Includable): void {
      // A pool is the place's own; a barrier may be another place's, whose private events are not for this
      // one.
      if (isShared(event, 'StepRefused') || (event.aggregate === 'barrier' && event.private)) return;
      for (const id of pinning.all(event.aggregate, event.recordId)) {
        existing(touch(`submission-${id}`, event), `submission ${id}`).extra.changed.push({
          aggregate,
          id: event.recordId,
          version: event.version,
          type: event.type,
          at: event.recordedAt,
        });
      }
    }
    return {
      each(event) {
        const isStray = stray(event);
        if (event.aggregate === 'submission') own(event, isStray);
        else if (isIncludable(event.aggregate)) included(event, event.aggregate);
      },
      ...batchOf(batch, known),
    };
  },
  queries(db, tables) {
    const stored = rows.read(db, tables);
    type StoredVersion = Omit<VersionRow, 'sections' | 'included'> & { sections: string; included: string };
    const columns = `SELECT submission AS submissionId, version AS submittedVersion, sections, included,
      submittedAt, late AS lateDays, position
      FROM ${tables.versions} WHERE submission = ?`;
    const all = db.prepare<[string], StoredVersion>(`${columns} ORDER BY version`);
    const last = db.prepare<[string], StoredVersion>(`${columns} ORDER BY version DESC LIMIT 1`);
    const lists = new Map<string, ReturnType<typeof stored.where>>();
    const pinned = db
      .prepare<[string, string], string>(
        `SELECT submission FROM ${tables.pins} WHERE aggregate = ? AND id = ?`,
      )
      .pluck();
    const whole = (stored: StoredVersion): VersionRow => ({
      ...stored,
      sections: JSON.parse(stored.sections),
      included: JSON.parse(stored.included),
    });

    function read({
      id,
      version,
      state: s,
      extra,
      illustrative,
      position,
    }: StateRow<SubmissionState, Extra>): SubmissionRow {
      const submitted = s.versions.at(-1);
      const text = submitted && last.get(id);
      return {
        id,
        programmeId: s.programmeId,
        roundNo: s.roundNo,
        roundKind: s.roundKind,
        roundName: roundTitle(s),
        placeId: s.placeId,
        placeKind: s.placeKind,
        status: s.status,
        ...(extra.publicStatus ? { publicStatus: extra.publicStatus } : {}),
        sections: s.template.map((section) => ({
          ...section,
          complete: false,
          ...part(s.answers, section.sectionId),
          ...part(extra.hands, section.sectionId),
        })),
        included: s.pins,
        signed: s.voided ? 'void' : (signedStates[s.status] ?? 'no'),
        ...(s.voided ? { voided: s.voided } : {}),
        changedSinceSignOff: extra.changed,
        version,
        submittedVersion: versionOf(s),
        ...(submitted ? { submittedOn: submitted.submittedOn } : {}),
        lateDays: submitted?.lateDays ?? 0,
        ...(text
          ? { submitted: { sections: JSON.parse(text.sections), included: JSON.parse(text.included) } }
          : {}),
        ...(s.changes ? { changes: s.changes } : {}),
        queries: extra.queries,
        illustrative,
        position,
      };
    }
    return {
      list(filter: SubmissionFilter = {}): SubmissionRow[] {
        const given = (['programmeId', 'placeId', 'roundNo', 'status'] as const).filter(
          (k) => filter[k] !== undefined,
        );
        // Where nothing is given, what is true of every row lets SQLite search the index instead of scanning.
        const where = `${given.map((k) => `${k} = ?`).join(' AND ') || "id > ''"} ORDER BY id`;
        let rowsOf = lists.get(where);
        if (!rowsOf) lists.set(where, (rowsOf = stored.where(where)));
        return rowsOf(...given.map((k) => filter[k])).map(read);
      },
      walk: stored.walk,
      /** The return itself, as its events made it. */
      stateOf: (id: string): SubmissionState | undefined => stored.one(`submission-${id}`)?.state,
      /** As lists show it: without what is to be signed. */
      listed(id: string): SubmissionRow | undefined {
        const row = stored.one(`submission-${id}`);
        return row && read(row);
      },
      one(id: string): SubmissionRow | undefined {
        const row = stored.one(`submission-${id}`);
        const statement = row && statementFor(row.state);
        return row && { ...read(row), ...(statement ? { statement } : {}) };
      },
      /** Every version submitted, oldest first. */
      versions: (id: string): VersionRow[] => all.all(id).map(whole),
      /** Returns waiting for a signature, or signed and not submitted, that include this record. */
      pinning: (aggregate: string, id: string): SubmissionRow[] =>
        pinned.all(aggregate, id).flatMap((submission) => {
          const row = stored.one(`submission-${submission}`);
          return row ? [read(row)] : [];
        }),
    };
  },
});
