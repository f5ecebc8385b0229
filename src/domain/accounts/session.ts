/**
 * `session-{account}`: sign-ins of an account and tokens for its scripts, so that what is ended is ended on
 * every node (docs/rules/account.md#sessions). Written by the door on behalf of whoever signs in.
 */
import { z } from 'zod';
import { aggregate, decides, kit } from '../kernel/aggregate.js';
import { put, part } from '../kernel/parts.js';
import { refuse } from '../kernel/types.js';
import { AccountId, InstantAt, Name, Sha256, longTime } from '../shared/values.js';
import { characters } from '../shared/patterns.js';
import type { SessionsState } from './sessions.js';

const { event } = kit<SessionsState>();
/** Characters of a session's id: at least, and at most. */
const [shortestSid, longestSid] = [16, 64];
export const Sid = z
  .string()
  .regex(new RegExp(`^${characters('[a-z0-9]', '[a-z0-9-]', longestSid, shortestSid)}$`));
/** Characters of a grant as it is written, and how many a token has at most. */
const [longestGrant, mostChosen] = [320, 200];

const Started = z.strictObject({
  accountId: AccountId,
  sid: Sid,
  /** In a browser, or a token for scripts. */
  kind: z.enum(['browser', 'token']),
  until: InstantAt,
  /** The grants that a token was made for; all of the account's where it says nothing. */
  grants: z.array(z.string().max(longestGrant)).max(mostChosen).optional(),
  /** Of a token: what is kept of it. */
  secret: Sha256.optional(),
  /** Of a token: what it is called by whoever made it. */
  label: Name.optional(),
});
const events = {
  SessionStarted: event(Started, {
    evolve(state, { accountId, sid, ...session }, meta) {
      state.accountId = accountId;
      put(state.sessions, sid, { ...session, startedAt: meta.recordedAt });
    },
    access: (data) => ({ tier: 'administrators', holder: data.accountId }),
    describe: (data) =>
      data.kind === 'browser' ? 'signed in' : `made a token for scripts, until ${longTime(data.until)}`,
  }),
  SessionEnded: event(z.strictObject({ sid: Sid }), {
    evolve(state, data, meta) {
      const session = part(state.sessions, data.sid);
      if (session) session.endedAt = meta.recordedAt;
    },
    describe: () => 'signed out, or ended a token',
  }),
};
const { command, emit } = decides<SessionsState>()(events);

export const session = aggregate<SessionsState>()({
  name: 'session',
  collection: 'sessions',
  machinery: true,
  initial: () => ({ accountId: '', sessions: {} }),
  title: (state) => `Sessions of ${state.accountId}`,
  events,
  commands: {
    StartSession: command(Started, {
      title: 'Begin a session',
      givenBy: ['system'],
      refuses: { SESSION_EXISTS: 'state' },
      example: {
        accountId: 'programme-lead.durham',
        sid: '0123456789abcdef',
        kind: 'browser',
        until: '2009-10-22T17:00:00Z',
      },
      decide: (state, data) =>
        part(state.sessions, data.sid)
          ? refuse('SESSION_EXISTS', 'There is a session with this id.', '/sid')
          : [emit('SessionStarted', data)],
    }),
    EndSession: command(z.strictObject({ sid: Sid }), {
      title: 'End a session',
      givenBy: ['system'],
      refuses: {},
      example: { sid: '0123456789abcdef' },
      decide(state, data) {
        const found = part(state.sessions, data.sid);
        return found && !found.endedAt ? [emit('SessionEnded', data)] : [];
      },
    }),
  },
});
