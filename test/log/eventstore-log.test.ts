import { test } from 'tap';
import { openEventStoreLog } from '../../src/log/eventstore/eventstore-log.js';
import { StandIn } from '../eventstore/stand-in/index.js';
import { conformance } from './conformance.js';

test('the log on the stand-in', async (t) => {
  const standIn = await StandIn.start();
  t.teardown(() => standIn.close());
  const url = await standIn.url({ namespace: 'conformance' });
  const open = () => openEventStoreLog(url, { clock: 'simulated', create: true });
  conformance(t, open, open);
  t.test('every call took the path it should', async (t) => {
    const calls = await standIn.calls();
    t.equal(calls.batchAppend, undefined, 'never the batch path');
    t.equal(calls.features, undefined, 'the server is not asked for its features');
    t.ok(calls.append! > 10_000);
  });
});
