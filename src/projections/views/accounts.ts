/**
 * View `accounts`: accounts with their grants, whom each subject is bound to, their sessions, and when each
 * grant was last acted in (docs/rules/account.md).
 */
import type { AccountState } from '../../domain/accounts/state.js';
import { grantNameOf, offerOf } from '../../domain/accounts/state.js';
import type { Grant } from '../../domain/shared/access.js';
import { grantName } from '../../domain/shared/access.js';
import type { Actor } from '../../domain/kernel/types.js';
import { batchOf, writeBuffer } from '../engine/write-buffer.js';
import { binder, boundTables } from './bound-subjects.js';
import { view, type Recorded } from '../engine/view.js';
import { stateTable, type StateRow } from '../engine/state-table.js';

const isWaiting = ({ status, grants, rebinding }: AccountState): boolean =>
  status !== 'suspended' &&
  (Object.values(grants).some((grant) => grant.status === 'requested') || rebinding?.approved === false);

const rows = stateTable<AccountState>({
  columns: {
    /** The hash by which an invitation is taken up now. */
    invitation: ['TEXT', ({ state }) => offerOf(state)?.hash ?? null],
    /** The hash of the address by which its calendar may be read now. */
    calendar: ['TEXT', ({ state }) => (state.status === 'active' ? (state.calendar?.hash ?? null) : null)],
    /** Something in it waits for a second person, unless it ended. */
    waits: ['INTEGER NOT NULL', ({ state }) => (isWaiting(state) ? 1 : 0)],
    status: ['TEXT NOT NULL', (row) => row.state.status],
    programmeId: ['TEXT NOT NULL', (row) => row.state.programmeId],
  },
  indexes: ['invitation', 'calendar', 'waits, id'],
  orders: { by: ['status', 'programmeId'] },
});

export interface SessionRow {
  readonly accountId: string;
  readonly sid: string;
  readonly kind: 'browser' | 'token';
  readonly startedAt: string;
  readonly until: string;
  /** Of a token: the grants it was made for; null for all of the account's. */
  readonly grants: readonly string[] | null;
  readonly secret: string | null;
  readonly label: string | null;
  readonly endedAt: string | null;
}
type StoredSession = Omit<SessionRow, 'grants'> & { readonly grants: string | null };
const readSession = (row: StoredSession): SessionRow => ({
  ...row,
  grants: row.grants === null ? null : (JSON.parse(row.grants) as string[]),
});

/** What an author names of the grant they act in: a programme is not in an envelope. */
const actedAs = ({ role, place, agency }: Pick<Actor, 'role' | 'place' | 'agency'>): string =>
  `${role}@${place ?? ''}+${agency ?? ''}`;

export const accounts = view({
  name: 'accounts',
  version: 5,
  tables: {
    ...rows.tables,
    ...boundTables,
    held: `CREATE TABLE {held} (
        name TEXT NOT NULL, accountId TEXT NOT NULL, grantId TEXT NOT NULL, until TEXT NOT NULL,
        PRIMARY KEY (name, accountId, grantId)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {held}_accountId ON {held} (accountId)`,
    sessions: `CREATE TABLE {sessions} (
        accountId TEXT NOT NULL, sid TEXT NOT NULL, kind TEXT NOT NULL, startedAt TEXT NOT NULL,
        until TEXT NOT NULL, grants TEXT, secret TEXT, label TEXT, endedAt TEXT,
        PRIMARY KEY (accountId, sid)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX {sessions}_secret ON {sessions} (secret) WHERE secret IS NOT NULL`,
    uses: `CREATE TABLE {uses} (
        accountId TEXT NOT NULL, actedAs TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (accountId, actedAs)
      ) STRICT, WITHOUT ROWID`,
    adopted: 'CREATE TABLE {adopted} (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT',
  },
  handlers(db, tables) {
    const { fold, batch } = rows.write(db, tables);
    const bind = binder(db, tables);
    const clear = db.prepare(`DELETE FROM ${tables.held} WHERE accountId = ?`);
    const hold = db.prepare(`INSERT OR REPLACE INTO ${tables.held} VALUES (?, ?, ?, ?)`);
    const start = db.prepare(
      `INSERT OR REPLACE INTO ${tables.sessions} VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
    );
    const end = db.prepare(`UPDATE ${tables.sessions} SET endedAt = ? WHERE accountId = ? AND sid = ?`);
    const used = db.prepare(`INSERT OR REPLACE INTO ${tables.uses} VALUES (?, ?, ?)`);
    // Whoever works acts in one grant again and again: written once a batch.
    const uses = writeBuffer<{ accountId: string; acted: string; at: string }>((_, use) =>
      used.run(use.accountId, use.acted, use.at),
    );
    const adopt = db.prepare(`INSERT OR IGNORE INTO ${tables.adopted} VALUES (1)`);
    function ofAccount(event: Recorded): void {
      const { state } = fold(event);
      bind(event, state.accountId);
      clear.run(state.accountId);
      if (state.status !== 'active') return;
      for (const [grantId, grant] of Object.entries(state.grants))
        if (grant.status === 'approved') hold.run(grantNameOf(grant), state.accountId, grantId, grant.until);
    }
    return {
      on: {
        session: {
          SessionStarted({ recordedAt, data }) {
            const { accountId, sid, kind, until, grants, secret, label } = data;
            start.run(
              accountId,
              sid,
              kind,
              recordedAt,
              until,
              grants ? JSON.stringify(grants) : null,
              secret ?? null,
              label ?? null,
            );
          },
          SessionEnded({ recordedAt, data, actor }) {
            end.run(recordedAt, actor.onBehalfOf ?? actor.account, data.sid);
          },
        },
        log: { GrantsAdopted: () => void adopt.run() },
      },
      each(event) {
        if (event.aggregate === 'account') ofAccount(event);
        const { actor } = event;
        if (actor.role === 'system') return;
        const acted = actedAs(actor);
        uses.set(`${actor.account} ${acted}`, { accountId: actor.account, acted, at: event.recordedAt });
      },
      ...batchOf(batch, uses),
    };
  },
  queries(db, tables) {
    const read = rows.read(db, tables);
    // True of every id: its plan is then a search of the index.
    const ids = db.prepare<[], string>(`SELECT id FROM ${tables.rows} WHERE id > '' ORDER BY id`).pluck();
    const invited = read.where('invitation = ?');
    const calendar = read.where('calendar = ?');
    const waiting = read.where('waits = ? ORDER BY id');
    const bound = db
      .prepare<[string], string>(`SELECT account FROM ${tables.subjects} WHERE binding = ?`)
      .pluck();
    const holding = db
      .prepare<[string, string], string>(
        `SELECT DISTINCT accountId FROM ${tables.held} WHERE name = ? AND until >= ? ORDER BY accountId`,
      )
      .pluck();
    const inForce = db.prepare<[string], { readonly accountId: string; readonly name: string }>(
      // True of every name: its plan is then a search of the key.
      `SELECT DISTINCT name, accountId FROM ${tables.held} WHERE name > '' AND until >= ?
        ORDER BY name, accountId`,
    );
    const sessionsOf = db.prepare<[string], StoredSession>(
      `SELECT * FROM ${tables.sessions} WHERE accountId = ? ORDER BY startedAt DESC, sid`,
    );
    const one = db.prepare<[string, string], StoredSession>(
      `SELECT * FROM ${tables.sessions} WHERE accountId = ? AND sid = ?`,
    );
    const bySecret = db.prepare<[string], StoredSession>(`SELECT * FROM ${tables.sessions} WHERE secret = ?`);
    const lastUsed = db
      .prepare<[string, string], string>(`SELECT at FROM ${tables.uses} WHERE accountId = ? AND actedAs = ?`)
      .pluck();
    const adopted = db.prepare<[], number>(`SELECT one FROM ${tables.adopted} WHERE one = 1`).pluck();
    return {
      one: (id: string): StateRow<AccountState> | undefined => read.one(`account-${id}`),
      walk: read.walk,
      ids: (): string[] => ids.all(),
      /** The account whose invitation has this hash. */
      invited: (hash: string): StateRow<AccountState> | undefined => invited(hash)[0],
      /** The account whose calendar is read by the address of this hash. */
      ofCalendar: (hash: string): StateRow<AccountState> | undefined => calendar(hash)[0],
      /** Accounts in which something waits for a second person, unless it ended. */
      waiting: (): StateRow<AccountState>[] => waiting(1),
      /** The account to which the subject of this hash is bound. */
      ofSubject: (binding: string): string | undefined => bound.get(binding),
      /** Accounts that may act in a grant on a day. */
      holding: (grant: Grant, day: string): string[] => holding.all(grantName(grant), day),
      /** All grants in which accounts may act on a day, by their names. */
      inForce: (day: string): { readonly accountId: string; readonly name: string }[] => inForce.all(day),
      sessions: (accountId: string): SessionRow[] => sessionsOf.all(accountId).map(readSession),
      session(accountId: string, sid: string): SessionRow | undefined {
        const row = one.get(accountId, sid);
        return row && readSession(row);
      },
      /** The token of which this is the hash. */
      token(secret: string): SessionRow | undefined {
        const row = bySecret.get(secret);
        return row && readSession(row);
      },
      /** When an account last acted in a grant; undefined where it never did. */
      lastUsed: (accountId: string, grant: Grant): string | undefined =>
        lastUsed.get(accountId, actedAs(grant)),
      /** The log says who may do what; of an older log, tokens do. */
      grantsInLog: (): boolean => adopted.get() === 1,
    };
  },
});
