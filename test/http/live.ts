import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { checkMessage } from './declared.js';
import type { Harness } from './harness.js';

/** Reads a live stream until a line fits or the time is over. */
export async function listen(
  t: Test,
  harness: Harness,
  as: string,
  account: string,
  scope: string,
  lastEventId?: string,
) {
  const { port } = harness.app.server.address() as AddressInfo;
  const events: { type: string; data: any }[] = [];
  let raw = '';
  const waiting: { fits: (e: (typeof events)[number]) => boolean; done: () => void }[] = [];
  const req = httpRequest({
    port,
    host: '127.0.0.1',
    path: `/v1/live?scope=${scope}`,
    headers: {
      authorization: `Bearer ${await harness.token(as, account)}`,
      ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
    },
  });
  req.end();
  const [res] = await once(req, 'response');
  t.equal(res.statusCode, 200, `${as} listens to ${scope}`);
  let text = '';
  res.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    raw += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const type = /^event: (.*)$/m.exec(text.slice(0, end))?.[1];
      if (type) {
        const e = { type, data: JSON.parse(/^data: (.*)$/m.exec(text.slice(0, end))![1]!) };
        checkMessage(e.data);
        events.push(e);
        for (const awaited of waiting) if (awaited.fits(e)) awaited.done();
      }
      text = text.slice(end + 2);
    }
  });
  return {
    events,
    raw: () => raw,
    until: (fits: (e: { type: string; data: any }) => boolean) =>
      events.some(fits) ? Promise.resolve() : new Promise<void>((done) => waiting.push({ fits, done })),
    /** Resolves when the stream is over, whoever ended it. */
    ended: () =>
      res.closed ? Promise.resolve() : new Promise<void>((done) => res.once('close', () => done())),
    close: () => req.destroy(),
  };
}
