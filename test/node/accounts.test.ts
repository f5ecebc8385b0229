/** Accounts on nodes that share a log: what one node was told to revoke counts on the other. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { build } from '../../src/app.js';
import { demoIssuer, localIssuer } from '../../src/demo/issuer.js';
import { accountRecordId, bindingOf, scopeOf } from '../../src/domain/accounts/state.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { createVerifier } from '../../src/http/server/auth.js';
import type { EventLog, LoggedEvent } from '../../src/log/event-log.js';
import { accountsOn, type Accounts } from '../../src/runtime/accounts.js';
import type { NodeService } from '../../src/runtime/node/node.js';
import { Door } from '../../src/web/door.js';
import { keyring } from '../../src/web/keyring.js';
import { beginSession, writeSession, type Session } from '../../src/web/session.js';
import { asOperator } from '../../src/runtime/first-administrators.js';
import { world } from '../commands/world.js';
import { lent, level, nodeOn, sharedLogs } from './nodes.js';

const secrets = [new Uint8Array(32)] as const;
const keys = keyring(secrets);
const doorOf = (node: NodeService, accounts: Accounts): Door =>
  new Door({
    secrets,
    accounts,
    issuers: [],
    origin: 'http://127.0.0.1',
    logNow: () => node.clock.now(),
    waitForPosition: (position) => node.waitForPosition(position),
  });
const until = '2010-05-28';
const holder = { account: 'seat-holder.pct', grant: 'seat-holder@place:durham+agency:pct' };

for (const [name, open] of sharedLogs)
  test(`a grant revoked through one node of ${name} counts no more on the other, seen there or not`, async (t) => {
    const log = await open(t);
    const issuer = await localIssuer();
    let release = (): void => {};
    let held: Promise<void> | undefined;
    /** A node’s view of the log: it sees no more while it is held. */
    const holding = (shared: EventLog): EventLog => {
      const lended = lent(shared);
      return Object.assign(Object.create(lended) as EventLog, {
        follow: (
          from: number,
          onBatch: (batch: readonly LoggedEvent[]) => Promise<void> | void,
          signal: AbortSignal,
        ) => lended.follow(from, async (batch) => (await held, onBatch(batch)), signal),
      });
    };
    const start = async (shared: EventLog) => {
      const node = nodeOn(t, shared, { readAfterMs: 60_000 });
      const accounts = accountsOn(node);
      const app = await build({
        service: node,
        verify: createVerifier(issuer.verifier),
        version: 'test',
        accounts,
        pages: { door: doorOf(node, accounts) },
      });
      t.teardown(async () => {
        await app.close();
        await node.close();
      });
      await node.built();
      const send = async (account: string, method: 'GET' | 'POST', url: string, payload?: object) => {
        const answer = await app.inject({
          method,
          url,
          headers: {
            authorization: `Bearer ${await issuer.token(account, [])}`,
            'idempotency-key': randomUUID(),
          },
          ...(payload ? { payload } : {}),
        });
        return { status: answer.statusCode, json: JSON.parse(answer.body) };
      };
      /** A page, as whoever has this session is shown it. */
      const page = async (session: Session, url: string): Promise<string> =>
        (await app.inject({ url, headers: { cookie: `session=${writeSession(keys, session)}` } })).body;
      return { node, app, accounts, send, page };
    };
    const a = await start(log);
    const b = await start(holding(log));
    await world(log, a.node.executor);
    const adopt = (account: string, written: string) => {
      const [role = '', scope = ''] = written.split('@');
      return asOperator(a.node, 'account', accountRecordId(account), 'Adopt', {
        account,
        programmeId: 'tp',
        issuer: demoIssuer,
        subject: account,
        binding: bindingOf(demoIssuer, account),
        grants: [{ grantId: 'one', ...scopeOf(parseGrant(role, scope)!), until }],
      });
    };
    await adopt(holder.account, holder.grant);
    await adopt('administrator', 'access-administrator@programme:tp');
    await asOperator(a.node, 'log', 'grants', 'AdoptGrants', {});
    await level(a.node, b.node);
    const pledge = (pledgeId: string) =>
      b.send(holder.account, 'POST', '/v1/pools/treatment/pledges', {
        pledgeId,
        financialYear: '2009-10',
        pledgedPence: 100,
      });
    t.equal((await pledge('before')).status, 200);

    await level(a.node, b.node);
    // In a browser that signed in through the first, and in a stream that is open on the second.
    const session = beginSession(holder.account, Date.now());
    await a.accounts.startSession(holder.account, {
      sid: session.sid,
      kind: 'browser',
      until: '2009-12-31T00:00:00.000Z',
    });
    await level(a.node, b.node);
    const mine = async (): Promise<boolean> => /In force/.test(await b.page(session, '/account'));
    t.ok(await mine(), 'a session of one node is one of the other');
    const stream = await fetch(`${await b.app.listen({ port: 0, host: '127.0.0.1' })}/v1/live`, {
      headers: { authorization: `Bearer ${await issuer.token(holder.account, [])}` },
    });
    t.equal(stream.status, 200);
    const streamEnds = stream.text();

    held = new Promise((done) => (release = done));
    const revoked = await a.send('administrator', 'POST', '/v1/accounts/seat-holder.pct/grant-revocations', {
      grantId: 'one',
      reason: 'Left the trust',
      although: 'Nobody else is there yet',
    });
    t.equal(revoked.status, 200, JSON.stringify(revoked.json));
    t.strictSame(
      (await b.send(holder.account, 'GET', '/v1/account')).json.grants,
      [holder.grant],
      'the other node has not seen it',
    );
    const refused = await pledge('after');
    t.match(refused, { status: 404, json: { code: 'NOT_FOUND' } }, 'and refuses all the same');
    release();
    held = undefined;
    await level(a.node, b.node);
    t.strictSame((await b.send(holder.account, 'GET', '/v1/account')).json.grants, []);
    t.notOk(await mine(), 'nor in a browser');
    t.notMatch(await streamEnds, /GrantRevoked/, 'its stream ends, before it tells anything more');
  });
