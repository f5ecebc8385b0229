/** View `exceptions`: what went another way than the rules' ordinary one, event by event (domain.md 10.4). What is overdue now follows from `due`. */
import { daysBetween } from '../domain/calendar.js';
import { view, type Recorded } from './core.js';

export const exceptionKinds = ['backdated', 'late', 'excused', 'waived', 'voided', 'contradicted', 'reopened', 'orphaned', 'urgent', 'retrospective', 'overdue-verification'] as const;
export type ExceptionKind = (typeof exceptionKinds)[number];

export interface ExceptionRow {
  readonly position: number;
  readonly kind: ExceptionKind;
  readonly aggregate: string;
  readonly recordId: string;
  readonly version: number;
  readonly private: boolean;
  readonly type: string;
  readonly recordedAt: string;
  readonly day: string;
  readonly account: string;
  readonly role: string;
  readonly agencyId: string | null;
  /** Days it was backdated, or late. */
  readonly days: number | null;
  readonly reason: string | null;
  readonly waiverId: string | null;
}
type Row = Omit<ExceptionRow, 'private'> & { private: number };

/** Types that are exceptions whatever they say. */
const always: Readonly<Record<string, ExceptionKind>> = {
  SignOffVoided: 'voided',
  AssuranceVoided: 'voided',
  CertificationVoided: 'voided',
  ContradictionFound: 'contradicted',
  BarrierReopened: 'reopened',
  CommitmentReopened: 'reopened',
  DutyOrphaned: 'orphaned',
};
/** Types that are exceptions by what they say, with the days where they are late. */
const sometimes: Readonly<Record<string, (data: any) => { kind: ExceptionKind; days?: number } | undefined>> = {
  FindingsSubmitted: (d) => (d.lateDays > 0 ? { kind: 'late', days: d.lateDays } : undefined),
  SubmissionMissed: () => ({ kind: 'late' }),
  CommitmentDeclined: (d) => (d.promisedBefore ? { kind: 'orphaned' } : undefined),
  OfferLapsed: (d) => (d.promisedBefore ? { kind: 'orphaned' } : undefined),
  DecisionOpened: (d) => (d.urgent ? { kind: 'urgent' } : undefined),
  RingFenceRelaxed: (d) => (d.retrospective ? { kind: 'retrospective' } : undefined),
};

/** Every exception that an event is: it may be several. */
function exceptionsOf(e: Recorded & { backdatedBecause?: string }): { kind: ExceptionKind; days?: number; reason?: string }[] {
  const found: { kind: ExceptionKind; days?: number; reason?: string }[] = [];
  if (e.effectiveOn && e.effectiveOn < e.today) found.push({ kind: 'backdated', days: daysBetween(e.effectiveOn, e.today), ...(e.backdatedBecause ? { reason: e.backdatedBecause } : {}) });
  if (typeof e.data.waiverId === 'string') found.push({ kind: 'waived' });
  const kind = always[e.type];
  if (kind) found.push({ kind });
  const said = sometimes[e.type]?.(e.data);
  if (said) found.push(said);
  return found;
}

export const exceptions = view({
  name: 'exceptions',
  version: 2,
  tables: {
    entries: `CREATE TABLE {entries} (position INTEGER, kind TEXT, aggregate TEXT NOT NULL, recordId TEXT NOT NULL, version INTEGER NOT NULL, private INTEGER NOT NULL, type TEXT NOT NULL, recordedAt TEXT NOT NULL,
        day TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT, days INTEGER, reason TEXT, waiverId TEXT, PRIMARY KEY (position, kind)) STRICT, WITHOUT ROWID;
      CREATE INDEX {entries}_kind ON {entries} (kind, position)`,
  },
  handlers(db, t) {
    const put = db.prepare(`INSERT INTO ${t.entries} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    return {
      each(e) {
        for (const { kind, days, reason } of exceptionsOf(e)) {
          const { position, aggregate, recordId, version, type, recordedAt, today, actor, data } = e;
          const given = reason ?? (typeof data.reason === 'string' ? data.reason : null);
          put.run(
            position,
            kind,
            aggregate,
            recordId,
            version,
            e.private ? 1 : 0,
            type,
            recordedAt,
            today,
            actor.account,
            actor.role,
            actor.agency ?? null,
            days ?? null,
            given,
            data.waiverId ?? null,
          );
        }
      },
    };
  },
  queries(db, t) {
    const all = db.prepare<[], Row>(`SELECT * FROM ${t.entries} WHERE position > 0 ORDER BY position`);
    const ofKind = db.prepare<[string], Row>(`SELECT * FROM ${t.entries} WHERE kind = ? ORDER BY position`);
    return { list: (kind?: string): ExceptionRow[] => (kind ? ofKind.all(kind) : all.all()).map((r) => ({ ...r, private: r.private === 1 })) };
  },
});
