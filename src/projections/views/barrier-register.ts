/**
 * View `barrier-register`: each barrier with its owners, answers, joined places and costs, for the audience
 * that asks.
 */
import type { Audience } from '../../domain/shared/access.js';
import {
  heldTo,
  isInWork,
  isIn,
  live,
  type BarrierState,
  type AnswerKind,
} from '../../domain/barrier/state.js';
import { is } from '../../domain/registry.js';
import { view } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';
import { Past, type Tells } from './past.js';
import { existing } from '../../domain/kernel/parts.js';

/** An owner's answer as given, and the barrier's version that says it. */
export interface AnswerRow {
  readonly version: number;
  readonly agencyId: string;
  readonly position: AnswerKind;
  readonly on: string;
  readonly reason?: string;
  readonly official?: string;
  readonly dueOn?: string;
  /** The account of who prepared it, where that was somebody. */
  readonly preparedBy?: string;
}
interface Extra {
  status: string;
  statusSince: string;
  answers: AnswerRow[];
}
export type BarrierRow = StateRow<BarrierState, Extra>;
const rows = stateTable<BarrierState, Extra>({
  extra: () => ({ status: '', statusSince: '', answers: [] }),
  columns: {
    placeId: ['TEXT NOT NULL', (r) => r.state.placeId],
    status: ['TEXT NOT NULL', (r) => r.state.status],
    locus: ['TEXT', (r) => r.state.locus ?? null],
    kind: ['TEXT NOT NULL', (r) => r.state.kind],
    statusSince: ['TEXT NOT NULL', (r) => r.extra.statusSince],
  },
  orders: { by: ['placeId', 'status', 'locus', 'kind', 'statusSince'], within: 'placeId' },
});

/** A place that waits for a barrier; `through` names the merged barrier that it had raised or joined. */
export interface JoinedPlace {
  readonly placeId: string;
  readonly since: string;
  readonly localEffect?: string;
  readonly through?: string;
}

/**
 * The places of a barrier and of those merged into it, each once: its own joins first
 * (docs/rules/barrier.md#merging).
 */
export function joinedPlaces(row: BarrierRow, merged: readonly BarrierRow[]): JoinedPlace[] {
  const found = new Map<string, JoinedPlace>();
  for (const from of [row, ...merged])
    for (const [placeId, j] of Object.entries(from.state.joined))
      if (!found.has(placeId))
        found.set(placeId, { placeId, ...j, ...(from === row ? {} : { through: from.id }) });
  return [...found.values()];
}

/**
 * The answers that stand: of each owner that has not declined the last one, and the evidence it waits for; a
 * direction that asks for another ends none.
 */
function answersInForce(state: BarrierState, answers: readonly AnswerRow[]): ReadonlySet<AnswerRow> {
  const stands = live(state).flatMap((owner) => {
    const own = answers.filter((a) => a.agencyId === owner.agencyId);
    const last = own.findLast((a) => a.position !== 'need-evidence');
    return [heldTo(owner) && last, owner.leftDays === undefined ? undefined : own.at(-1)];
  });
  return new Set(stands.filter((a) => a !== undefined));
}

/**
 * The barrier as an audience may see it, with those merged into it that it may see. Its owners stand with
 * their last answers; who declined and what was answered before is history, unless a rung is asked about it
 * still. A cost that its agency has not opened is `null` with `notDisclosed`, and does not say whose it is.
 */
export function barrierFor(row: BarrierRow, audience: Audience, tells: Tells, merged: readonly BarrierRow[]) {
  const {
    id,
    version,
    illustrative,
    corrected,
    state: s,
    extra: { statusSince, answers },
  } = row;
  if (s.status === 'none') throw new Error('no barrier stands in this row');
  const member = audience === 'members';
  const past = new Past(tells);
  const stands = answersInForce(s, answers);
  const owners = Object.values(s.owners).filter((owner) =>
    past.part(owner, { version: owner.struckAt ?? 0 }, !owner.struck || owner.rungDueOn !== undefined),
  );
  const told = past.of(answers, (a) => stands.has(a)).map(({ version: _, ...a }) => a);
  return {
    id,
    version,
    placeId: s.placeId,
    programmeId: s.programmeId,
    kind: s.kind,
    locus: s.locus ?? null,
    status: s.status,
    statusSince,
    statement: s.statement,
    effectOnResidents: s.effectOnResidents,
    asks: Object.entries(s.asks).map(([askId, a]) => ({ askId, ...a })),
    owners: owners.map((owner) => ({
      agencyId: owner.agencyId,
      kind: owner.kind,
      proposedOn: owner.proposedOn,
      acceptedOn: owner.acceptedOn ?? null,
      struck: owner.struck === true,
      answer: heldTo(owner) ?? null,
      dueOn: owner.dueOn,
      rung: owner.rung,
      rungDueOn: owner.rungDueOn ?? null,
      directionDueOn: owner.directionDueOn ?? null,
      handler: owner.handler ?? null,
    })),
    answers: told,
    joined: joinedPlaces(row, merged),
    mergedFrom: merged.map((m) => m.id),
    costs: Object.entries(s.costs).map(([agencyId, c]) =>
      member || c.consented
        ? { agencyId, pence: c.pence, evidence: c.evidence }
        : { agencyId: null, pence: null, notDisclosed: true as const },
    ),
    claim: s.claim ?? null,
    mergedInto: s.mergedInto ?? null,
    /** Owners that declined, and answers, of before it was opened to this audience. */
    earlierNotShared: past.notShared,
    audience,
    illustrative,
    corrected,
  };
}

export const barrierRegister = view({
  name: 'barrier-register',
  version: 9,
  tables: {
    ...rows.tables,
    merges:
      'CREATE TABLE {merges} (target TEXT, source TEXT, PRIMARY KEY (target, source)) STRICT, WITHOUT ROWID',
    owners:
      'CREATE TABLE {owners} (agencyId TEXT, id TEXT, PRIMARY KEY (agencyId, id)) STRICT, WITHOUT ROWID',
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const merge = db.prepare(`INSERT OR IGNORE INTO ${tables.merges} VALUES (?, ?)`);
    const propose = db.prepare(`INSERT OR IGNORE INTO ${tables.owners} VALUES (?, ?)`);
    return {
      each(event) {
        if (event.aggregate !== 'barrier') return;
        const { state, extra } = fold(event);
        if (extra.status !== state.status)
          Object.assign(extra, { status: state.status, statusSince: event.today });
        if (is(event, 'barrier', 'BarrierMerged')) merge.run(event.data.into, event.recordId);
        if (is(event, 'barrier', 'OwnerProposed')) propose.run(event.data.agencyId, event.recordId);
        if (is(event, 'barrier', 'BarrierAnswered')) {
          const { agencyId, position, reason, official, dueOn, preparedBy } = event.data;
          extra.answers.push({
            version: event.version,
            agencyId,
            position,
            on: event.today,
            ...(reason ? { reason } : {}),
            ...(official ? { official } : {}),
            ...(dueOn ? { dueOn } : {}),
            ...(preparedBy ? { preparedBy } : {}),
          });
        }
      },
      ...batch,
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const streamsOf = read.streams('placeId = ?');
    // True of every row, and lets SQLite search the index: without a condition its plan is a scan.
    const all = read.where("id > '' ORDER BY id");
    const proposed = db
      .prepare<[string], string>(`SELECT id FROM ${tables.owners} WHERE agencyId = ? ORDER BY id`)
      .pluck();
    // From one place to the next along the index: `DISTINCT` would read every barrier.
    const next = `SELECT min(placeId) FROM ${tables.rows}`;
    const places = db
      .prepare<[], string>(
        `WITH RECURSIVE p(id) AS (
            ${next} UNION ALL SELECT (${next} WHERE placeId > p.id) FROM p WHERE p.id IS NOT NULL
          ) SELECT id FROM p WHERE id IS NOT NULL`,
      )
      .pluck();
    const sources = db
      .prepare<[string], string>(`SELECT source FROM ${tables.merges} WHERE target = ? ORDER BY source`)
      .pluck();
    const one = (id: string): BarrierRow | undefined => read.one(`barrier-${id}`);
    /** Where its joins count: the barrier itself, or the last of those it was merged into. */
    const lasting = (row: BarrierRow): BarrierRow => {
      const into = row.state.mergedInto === undefined ? undefined : one(row.state.mergedInto);
      return into ? lasting(into) : row;
    };
    const mergedInto = (id: string, open: (row: BarrierRow) => boolean): BarrierRow[] =>
      sources.all(id).flatMap((source) => {
        const row = one(source);
        return row && open(row) ? [row, ...mergedInto(source, open)] : [];
      });
    return {
      one,
      /**
       * Barriers merged into one, by themselves or through others, as far as every one on the way is open to
       * whoever asks.
       */
      mergedInto,
      /** The streams of all of them. */
      streamsMergedInto: (id: string): string[] => mergedInto(id, () => true).map((m) => m.stream),
      /** Removals claimed in a programme that nobody has disputed by their last day. */
      claimed: (programmeId: string, day: string): { id: string; silentUntil: string }[] =>
        all().flatMap(({ id, state }) =>
          isIn(state, 'removal-claimed') &&
          state.programmeId === programmeId &&
          state.claim.silentUntil <= day
            ? [{ id, silentUntil: state.claim.silentUntil }]
            : [],
        ),
      /**
       * Barriers that a place has joined and may leave: of other places, in work, and any that was merged
       * into one in work.
       */
      joinedBy: (placeId: string): string[] =>
        all()
          .filter(
            (row) =>
              Object.hasOwn(row.state.joined, placeId) &&
              (row.state.placeId !== placeId || row.state.mergedInto) &&
              isInWork(lasting(row).state),
          )
          .map((r) => r.id),
      list: (placeId?: string): BarrierRow[] => (placeId === undefined ? all() : ofPlace(placeId)),
      /** The streams of those that a place raised. */
      streamsOf: (placeId: string): string[] => streamsOf(placeId),
      /** The streams of those that an agency was ever proposed for. */
      streamsProposedTo: (agencyId: string): string[] => proposed.all(agencyId).map((id) => `barrier-${id}`),
      /** Barriers that an agency was ever proposed for, by whatever it said since. */
      proposedTo: (agencyId: string): BarrierRow[] =>
        proposed.all(agencyId).map((id) => existing(one(id), `barrier ${id}`)),
      /** Places that raised any. */
      places: (): string[] => places.all(),
      walk: read.walk,
    };
  },
});
