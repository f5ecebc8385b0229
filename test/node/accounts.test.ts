/** Accounts on nodes that share a log: what one node was told to revoke counts on the other. */
import { randomUUID } from 'node:crypto';
import { test } from 'tap';
import { build } from '../../src/app.js';
import { demoIssuer, localIssuer } from '../../src/demo/issuer.js';
import { accountRecordId, bindingOf, scopeOf } from '../../src/domain/accounts/state.js';
import { parseGrant } from '../../src/domain/shared/access.js';
import { createVerifier } from '../../src/http/server/auth.js';
import type { EventLog, LoggedEvent } from '../../src/log/event-log.js';
import { accountsOn } from '../../src/runtime/accounts.js';
import { asOperator } from '../../src/runtime/first-administrators.js';
import { world } from '../commands/world.js';
import { lent, level, nodeOn, sharedLogs } from './nodes.js';

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
      const app = await build({
        service: node,
        verify: createVerifier(issuer.verifier),
        version: 'test',
        accounts: accountsOn(node),
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
      return { node, send };
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
  });
