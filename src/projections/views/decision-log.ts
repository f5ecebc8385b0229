/**
 * View `decision-log`: each decision as it stands, every event of it in order (who, in which role, which
 * versions lay before them), and what was done elsewhere because of it.
 */
import type { Withheld } from '../../domain/shared/access.js';
import type { Audience } from '../../domain/shared/access.js';
import { dataFor, decisionSpent, type EventEntry } from '../../domain/kernel/types.js';
import { linksOf } from '../../domain/shared/links.js';
import { explain, resultOf, type Result } from '../../domain/decision/rule.js';
import { whyInWords } from '../../domain/decision/wording.js';
import { pollOf, shownStatus, type DecisionState, type Said } from '../../domain/decision/state.js';
import { type EventData, type EventName, entryOf, is } from '../../domain/registry.js';
import { part } from '../../domain/kernel/parts.js';
import { readWithheld, storedWithheld, view, type Recorded } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';
import { Past, type Tells } from './past.js';

interface Extra {
  openedAt?: string;
  closedAt?: string;
  how?: 'all-spoken' | 'clock';
  /** The result as it was recorded at the closing. */
  result?: Pick<Result, 'result' | 'why'>;
  outcomeOn?: string;
}
export type DecisionRow = StateRow<DecisionState, Extra>;
const rows = stateTable<DecisionState, Extra>({
  extra: () => ({}),
  columns: {
    placeId: ['TEXT NOT NULL', (r) => r.state.placeId],
    opensUntil: ['TEXT', (r) => (r.state.status === 'open' ? r.state.closesAt : null)],
    endedBy: ['TEXT', (r) => r.state.by ?? null],
    status: ['TEXT NOT NULL', (r) => shownStatus(r.state)],
    openedAt: ['TEXT', (r) => r.extra.openedAt ?? null],
    closesAt: ['TEXT', (r) => (r.state.textHash === undefined ? null : r.state.closesAt)],
    reviewOn: ['TEXT', (r) => r.state.reviewOn ?? null],
  },
  indexes: ['opensUntil', 'endedBy, id'],
  orders: { by: ['placeId', 'status', 'openedAt', 'closesAt', 'reviewOn'], within: 'placeId' },
  parts: ['positions', 'interests'],
});

interface DecisionEvent {
  readonly version: number;
  readonly position: number;
  readonly recordedAt: string;
  readonly account: string;
  readonly role: string;
  readonly agencyId: string | null;
  readonly text: string;
  readonly private: Withheld;
}
/** What the state holds whole: it stands in no row of an event. */
const heavy = ['text', 'electorate', 'authorises', 'money', 'options'] as const;
type DecisionEventName = EventName<'decision'>;
/** One event of a decision by its name; `data` without what the state holds whole (texts, electorate). */
export interface DecisionEventOf<T extends DecisionEventName> extends DecisionEvent {
  readonly type: T;
  readonly data: Omit<EventData<'decision', T>, (typeof heavy)[number]>;
}
export type DecisionEventRow = { [T in DecisionEventName]: DecisionEventOf<T> }[DecisionEventName];
/** Is it one of these events? */
export const isDecisionEvent =
  <T extends DecisionEventName>(...types: readonly T[]) =>
  (event: DecisionEventRow): event is Extract<DecisionEventRow, { readonly type: T }> =>
    (types as readonly string[]).includes(event.type);
/**
 * An event of another record that the decision led to: it names it as its authority, or as where it comes
 * from.
 */
export interface FollowedRow {
  readonly stream: string;
  readonly aggregate: string;
  readonly recordId: string;
  readonly version: number;
  readonly position: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly how: 'authorised' | 'from';
  readonly text: string;
  readonly private: Withheld;
}
type Stored<T> = Omit<T, 'private'> & { private: number };
type StoredDecisionEvent = Stored<DecisionEvent> & { type: DecisionEventName; data: string };

/** The status of a decision that is one: a stream may hold a refused step alone. */
export type Standing = Exclude<ReturnType<typeof shownStatus>, 'none'>;
export function statusOf(state: DecisionState): Standing {
  const status = shownStatus(state);
  if (status === 'none') throw new Error('no decision stands in this row');
  return status;
}
/** How another decision ended this one. */
export function endedAs({ status }: DecisionState): 'superseded' | 'rescinded' {
  if (status !== 'superseded' && status !== 'rescinded') throw new Error('no other decision ended this one');
  return status;
}

/**
 * The decision for whoever may read it. What stands is the decision's own, and nobody's part of it is
 * withheld: each seat's position, and every interest declared, for none takes another's place. A position
 * before it, and why a withdrawn objection was made, are history.
 */
export function decisionFor({ id, version, illustrative, state: s, extra: x }: DecisionRow, tells: Tells) {
  const past = new Past(tells);
  const said = ({ stance, withdrawn, reason, at, objectedAt }: Said) => ({
    stance,
    withdrawn: withdrawn === true,
    reason:
      (objectedAt === undefined ? reason : reason && past.part(reason, { version: objectedAt })) ?? null,
    at,
  });
  const opened = s.textHash !== undefined;
  const r = resultOf(pollOf(s));
  const positions = s.electorate.flatMap(({ seatId, agencyId }) => {
    const p = part(s.positions, seatId);
    return p
      ? [
          {
            seatId,
            agencyId,
            ...said(p),
            changed: p.earlier !== undefined,
            earlier: past.of(p.earlier ?? []).map(said),
          },
        ]
      : [];
  });
  return {
    id,
    version,
    placeId: s.placeId,
    status: statusOf(s),
    question: s.question,
    text: s.text,
    forum: s.forum,
    options: s.options,
    textHash: s.textHash ?? null,
    openedAt: x.openedAt ?? null,
    closesAt: opened ? s.closesAt : null,
    urgent: s.urgent,
    rule: opened ? s.rule : null,
    quorum: opened ? { ...s.quorum, needed: r.needed, spoken: r.spoken, met: r.quorate } : null,
    electorate: s.electorate.map((v) => ({ ...v, interest: interestOf(s, v.seatId) })),
    positions,
    tally: opened ? r.tally : null,
    interests: s.electorate.flatMap(({ seatId, agencyId }) =>
      (part(s.interests, seatId)?.declared ?? []).map(({ account, pecuniary, nature, at }) => ({
        seatId,
        agencyId,
        account,
        pecuniary,
        nature,
        at,
      })),
    ),
    affectedAgencies: s.affectedAgencies,
    affected: s.affected.map((affected) => ({
      ...affected,
      pence: s.money.filter((m) => m.agencyId === affected.agencyId).reduce((n, m) => n + m.pence, 0),
      consented: s.consents.includes(affected.agencyId),
      agreed: affected.money ? !r.unagreed.includes(affected.agencyId) : null,
    })),
    money: s.money,
    refs: s.refs,
    authorises: s.authorises,
    closedAt: x.closedAt ?? null,
    how: x.how ?? null,
    result: x.result?.result ?? null,
    why: x.result?.why ?? null,
    whyText: x.result?.why ? whyInWords(x.result.why, 'was') : null,
    outcome: s.outcome ?? null,
    reviewed: s.reviewed ?? null,
    reviewOn: s.reviewOn ?? null,
    replaces: s.replaces ?? null,
    by: s.by ?? null,
    /** Positions and reasons of before it was opened to this audience. */
    earlierNotShared: past.notShared,
    illustrative,
  };
}
const interestOf = (state: DecisionState, seatId: string): 'none' | 'declared' | 'pecuniary' => {
  const interest = part(state.interests, seatId);
  if (!interest) return 'none';
  return interest.pecuniary ? 'pecuniary' : 'declared';
};
/**
 * The rule's arithmetic for what is recorded, of a decision that was opened. Of one that is still open it
 * names no outcome.
 */
export const arithmeticOf = (
  state: DecisionState,
  closed: boolean,
  nameOf: (agencyId: string) => string,
) => ({
  steps: explain(pollOf(state), { closed, nameOf }),
  result: resultOf(pollOf(state)),
});

/** The decision that an event says its record comes from. */
function comesFrom(entry: EventEntry, { stream, data }: Recorded): string | undefined {
  if (!entry.links) return undefined;
  const decision = 'decision-';
  return linksOf(entry, stream, data)
    .find(({ kind, to }) => kind === 'from' && to.startsWith(decision))
    ?.to.slice(decision.length);
}

const light = (data: object): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(data).filter(([k]) => !(heavy as readonly string[]).includes(k))),
  );

export const decisionLog = view({
  name: 'decision-log',
  version: 8,
  tables: {
    ...rows.tables,
    steps: `CREATE TABLE {steps} (
        stream TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL,
        recordedAt TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, agencyId TEXT,
        text TEXT NOT NULL, private INTEGER NOT NULL, data TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX {steps}_stream ON {steps} (stream, version)`,
    followed: `CREATE TABLE {followed} (
        decisionId TEXT NOT NULL, stream TEXT NOT NULL, aggregate TEXT NOT NULL, recordId TEXT NOT NULL,
        version INTEGER NOT NULL, position INTEGER NOT NULL, type TEXT NOT NULL, recordedAt TEXT NOT NULL,
        how TEXT NOT NULL, text TEXT NOT NULL, private INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX {followed}_decision ON {followed} (decisionId, position)`,
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const putEvent = db.prepare(`INSERT INTO ${tables.steps} VALUES (${Array(11).fill('?').join(', ')})`);
    const putFollowed = db.prepare(
      `INSERT INTO ${tables.followed} VALUES (${Array(11).fill('?').join(', ')})`,
    );
    const textFor = (event: Recorded, audience: Audience): string => {
      const entry = entryOf(event);
      return entry.describe(dataFor(entry, event.data, audience), event);
    };
    function follow(event: Recorded): void {
      const entry = entryOf(event);
      const spent = decisionSpent(entry, event.data);
      const id = spent ?? comesFrom(entry, event);
      if (id)
        putFollowed.run(
          id,
          event.stream,
          event.aggregate,
          event.recordId,
          event.version,
          event.position,
          event.type,
          event.recordedAt,
          spent === undefined ? 'from' : 'authorised',
          textFor(event, 'public'),
          storedWithheld(event.private),
        );
    }
    return {
      each(event) {
        follow(event);
        if (event.aggregate !== 'decision') return;
        const { extra } = fold(event);
        if (is(event, 'decision', 'DecisionOpened')) extra.openedAt = event.recordedAt;
        if (is(event, 'decision', 'DecisionClosed')) {
          const { how, result, why } = event.data;
          Object.assign(extra, {
            closedAt: event.recordedAt,
            how,
            result: { result, ...(why ? { why } : {}) },
          });
        }
        if (is(event, 'decision', 'OutcomeRecorded')) extra.outcomeOn = event.today;
        putEvent.run(
          event.stream,
          event.version,
          event.position,
          event.type,
          event.recordedAt,
          event.actor.account,
          event.actor.role,
          event.actor.agency ?? null,
          textFor(event, 'members'),
          storedWithheld(event.private),
          light(event.data),
        );
      },
      ...batch,
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    const ofPlace = read.where('placeId = ? ORDER BY id');
    const streamsOf = read.streams('placeId = ?');
    const over = read.where('opensUntil < ? ORDER BY opensUntil');
    const ended = read.where('endedBy = ? ORDER BY endedBy, id');
    const next = db
      .prepare<[], string | null>(`SELECT min(opensUntil) FROM ${tables.rows} WHERE opensUntil IS NOT NULL`)
      .pluck();
    const ofDecision = db.prepare<[string], StoredDecisionEvent>(
      `SELECT version, position, type, recordedAt, account, role, agencyId, text, private, data
        FROM ${tables.steps} WHERE stream = ? ORDER BY version`,
    );
    const followed = db.prepare<[string], Stored<FollowedRow>>(
      `SELECT * FROM ${tables.followed} WHERE decisionId = ? ORDER BY position`,
    );
    return {
      one: (id: string): DecisionRow | undefined => read.one(`decision-${id}`),
      list: (placeId: string): DecisionRow[] => ofPlace(placeId),
      streamsOf: (placeId: string): string[] => streamsOf(placeId),
      walk: read.walk,
      /** Decisions that one superseded or rescinded. */
      endedBy: (id: string): DecisionRow[] => ended(id),
      /** Open decisions whose time was before an instant, the earliest first. */
      overdue: (instant: string): DecisionRow[] => over(instant),
      /** When the next open decision closes. */
      nextClosing: (): string | undefined => next.get() ?? undefined,
      events: (id: string): DecisionEventRow[] =>
        ofDecision
          .all(`decision-${id}`)
          .map((r) => ({ ...r, private: readWithheld(r.private), data: JSON.parse(r.data) })),
      followed: (id: string): FollowedRow[] =>
        followed.all(id).map((r) => ({ ...r, private: readWithheld(r.private) })),
    };
  },
});
