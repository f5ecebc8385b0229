/**
 * A whole API node on the stand-in, in a process of its own: `{"log", "dataDir", "issuerKey"}`. Says {"url"},
 * then answers each message with its processor time.
 */
import { build } from '../src/app.js';
import { createVerifier } from '../src/http/server/auth.js';
import { localIssuer } from '../src/demo/issuer.js';
import { openEventStoreLog } from '../src/log/eventstore/eventstore-log.js';
import { openNode } from '../src/runtime/node/node.js';
import { loadReference } from '../src/runtime/reference.js';
import { TestClock } from '../test/commands/world.js';

export interface NodeChild {
  readonly log: string;
  readonly dataDir: string;
  readonly issuerKey: string;
}
const { log: url, dataDir, issuerKey } = JSON.parse(process.argv[2] ?? '') as NodeChild;
const log = await openEventStoreLog(url, { clock: 'simulated' });
const service = openNode({
  log,
  dataDir,
  clock: new TestClock(),
  ref: loadReference(),
  onError: (e) => console.error(e),
});
await service.built();
const app = await build({
  service,
  verify: createVerifier((await localIssuer(issuerKey)).verifier),
  version: 'bench',
  ratePerMinute: 1e9,
});
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system, position: service.position() });
});
process.on('disconnect', () => process.exit(0));
