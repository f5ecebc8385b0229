/**
 * The door's way to the log: who an issuer's subject is, what they may do now, and their sessions
 * (docs/rules/account.md). Everybody is asked for by what this node has seen.
 */
import { randomUUID } from 'node:crypto';
import {
  accountRecordId,
  bindingOf,
  grantsInForce,
  secretHash,
  offerOf,
  type AccountState,
} from '../domain/accounts/state.js';
import { invitationNotValid } from '../domain/accounts/wording.js';
import { refuse, type Actor } from '../domain/kernel/types.js';
import type { Grant } from '../domain/shared/access.js';
import { londonDate } from '../domain/shared/calendar.js';
import type { Outcome } from '../commands/request.js';
import { accounts as accountsView, type SessionRow } from '../projections/views/accounts.js';
import type { StateRow } from '../projections/engine/state-table.js';
import type { Service } from './service.js';
import { withIds } from '../domain/kernel/naming.js';

/** Whom an issuer says somebody is. */
interface Identity {
  readonly issuer: string;
  readonly subject: string;
}
export interface NewSession {
  readonly sid: string;
  readonly kind: 'browser' | 'token';
  /** An instant of the log's clock. */
  readonly until: string;
  /** Of a token: the grants chosen for it, as they are written. */
  readonly grants?: readonly string[];
  /** Of a token: `secretHash` of its secret. */
  readonly secret?: string;
  readonly label?: string;
}

/** Who has signed in, and what the log says they may do. */
export interface Accounts {
  /** The log says who may do what; of an older log, tokens do. */
  grantsInLog(): boolean;
  /** The account to which an issuer's subject is bound, if it is. */
  bound(identity: Identity): string | undefined;
  /** Grants in force now, by the log's day; none of an account that is suspended. */
  grantsOf(account: string): readonly Grant[];
  /** The account that can be taken up with this secret now. */
  invited(secret: string): string | undefined;
  /** Binds whoever holds the one-time secret of an invitation; a refusal says what to do. */
  activate(identity: Identity, secret: string): Promise<Outcome>;
  /** Begins a session, or makes a token; durable when it resolves. */
  startSession(account: string, session: NewSession): Promise<void>;
  endSession(account: string, sid: string): Promise<void>;
  /** The account whose calendar is read by the address of this hash; none of one that is suspended. */
  calendarOf(hash: string): string | undefined;
  /** Makes the address of this hash the one of an account's calendar; the one before is void. */
  setCalendarAddress(account: string, hash: string): Promise<Outcome>;
  /** False once this node has seen that the session was ended, or the account suspended. */
  isOpen(account: string, sid: string): boolean;
  /** The token of this secret, where it is neither ended nor past its time. */
  token(secret: string): SessionRow | undefined;
}

/** Of a secret that is nobody's, as of one that was used. */
const invalid: Outcome = {
  kind: 'refused',
  status: 422,
  refusal: refuse('INVITATION_NOT_VALID', invitationNotValid, '/secret'),
};
/** The door's own name in the log. */
const door = 'system:door';

/** Hashes of who asks, as long as what is known of their token: every request looks for them. */
const bindings = new WeakMap<Identity, string>();
function knownBinding(identity: Identity): string {
  let binding = bindings.get(identity);
  if (binding === undefined) bindings.set(identity, (binding = bindingOf(identity.issuer, identity.subject)));
  return binding;
}

/**
 * Grants in force by the row they stand in, which is the same until it changes: every request asks for them.
 */
const known = new WeakMap<
  StateRow<AccountState>,
  { readonly day: string; readonly grants: readonly Grant[] }
>();
function inForceOn(row: StateRow<AccountState>, day: string): readonly Grant[] {
  const before = known.get(row);
  if (before?.day === day) return before.grants;
  const grants = grantsInForce(row.state, day);
  known.set(row, { day, grants });
  return grants;
}

export function accountsOn(service: Pick<Service, 'engine' | 'executor' | 'clock'>): Accounts {
  const { engine, executor, clock } = service;
  const seen = () => engine.queries(accountsView);
  const today = (): string => londonDate(clock.now());
  const stateOf = (account: string): AccountState | undefined => seen().one(accountRecordId(account))?.state;
  const onBehalfOf = (account: string): Actor => ({ account: door, role: 'system', onBehalfOf: account });
  const give = (aggregate: 'account' | 'session', account: string, command: string, data: object) =>
    executor.execute({
      aggregate,
      id: accountRecordId(account),
      command,
      data,
      commandId: randomUUID(),
      actor: onBehalfOf(account),
    });
  /** What the door does of itself is refused by nobody: a refusal is a fault of this program. */
  async function must(outcome: Promise<Outcome>): Promise<void> {
    const done = await outcome;
    if (done.kind === 'refused') throw new Error(`${done.refusal.code}: ${withIds(done.refusal.detail)}`);
  }
  return {
    grantsInLog: () => seen().grantsInLog(),
    bound: (identity) => seen().ofSubject(knownBinding(identity)),
    grantsOf(account) {
      const row = seen().one(accountRecordId(account));
      return row ? inForceOn(row, today()) : [];
    },
    invited(secret) {
      const row = seen().invited(secretHash(secret));
      const offer = row && offerOf(row.state);
      return offer && today() <= offer.until ? row.state.accountId : undefined;
    },
    async activate(identity, secret) {
      const account = seen().invited(secretHash(secret))?.state.accountId;
      if (account === undefined) return invalid;
      return give('account', account, 'Activate', {
        ...identity,
        binding: bindingOf(identity.issuer, identity.subject),
        secret: secretHash(secret),
      });
    },
    startSession: (account, session) =>
      must(give('session', account, 'StartSession', { accountId: account, ...session })),
    calendarOf: (hash) => seen().ofCalendar(hash)?.state.accountId,
    setCalendarAddress: (account, hash) => give('account', account, 'SetCalendarAddress', { hash }),
    endSession: (account, sid) => must(give('session', account, 'EndSession', { sid })),
    isOpen(account, sid) {
      if (seen().session(account, sid)?.endedAt) return false;
      return stateOf(account)?.status === 'active';
    },
    token(secret) {
      const session = seen().token(secretHash(secret));
      const open = session && session.endedAt === null && clock.now() <= session.until;
      return open && stateOf(session.accountId)?.status === 'active' ? session : undefined;
    },
  };
}
