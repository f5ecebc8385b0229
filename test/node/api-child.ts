/**
 * A whole API node as a process: `api-child.ts {"log", "dataDir", "issuerKey", "operatorToken"}`; says
 * {"url"} when it listens, opens anew on "again", says {"seen"} once it has seen what the log holds on
 * "seen", ends on SIGTERM.
 */
import { build } from '../../src/app.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { openNode } from '../../src/runtime/node/node.js';
import { TestClock } from '../commands/world.js';
import { reference } from '../domain/spec.js';
import { quick } from '../eventstore/harness.js';

export interface ApiChild {
  readonly log: string;
  readonly dataDir: string;
  readonly issuerKey: string;
  readonly operatorToken: string;
}
const { log: url, dataDir, issuerKey, operatorToken } = JSON.parse(process.argv[2]!) as ApiChild;
const issuer = await localIssuer(issuerKey);
async function open() {
  const log = await openEventStoreLog(url, {
    clock: 'simulated',
    timings: { ...quick, appendBudget: 3_000, settleBudget: 1_500, readBudget: 3_000 },
  });
  const node = openNode({ log, dataDir, clock: new TestClock(), ref: reference, onError: () => {} });
  const app = await build({
    service: node,
    verify: createVerifier(issuer.verifier),
    version: 'chaos',
    ratePerMinute: 1e9,
    operatorToken,
  });
  const close = async (): Promise<void> => {
    await app.close();
    await node.close();
  };
  return { log, node, close, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}
let it = await open();
process.send!({ url: it.url });
process.on('SIGTERM', () => void it.close().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(0));
process.on('message', (m) => {
  void (async () => {
    // Started again, but for the process itself: that takes longest, and shows nothing.
    if (m === 'again') {
      await it.close();
      it = await open();
      process.send!({ url: it.url });
    }
    if (m === 'seen') {
      // Faults may keep the log away meanwhile.
      for (let head: number | undefined; ;) {
        head ??= await it.log.head().catch(() => undefined);
        if (head !== undefined && (await it.node.waitForPosition(head))) break;
      }
      process.send!({ seen: true });
    }
    if (m !== 'level') return;
    // Everything that stands in the log has been seen, and reacted to.
    const { node, log } = it;
    await node.built();
    await node.reactors.idle();
    const head = await log.head();
    while (!(await node.waitForPosition(head)));
    process.send!({ level: node.position() });
  })();
});
