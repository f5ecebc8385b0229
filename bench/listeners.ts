/**
 * Live streams held by a process of its own, which reads them as fast as they come and keeps nothing. Tells
 * its parent once all have begun; told to stop, it tells how far the furthest came, and ends.
 */
import { Agent, get } from 'node:http';

export interface Listening {
  readonly url: string;
  /** One stream each. */
  readonly tokens: readonly string[];
  /** The position to go on from. */
  readonly lastEventId: string;
}
export interface Heard {
  readonly bytes: number;
  /** The furthest position that any stream was told of. */
  readonly furthest: number;
  /** Streams that have ended by themselves. */
  readonly ended: number;
}

const job = JSON.parse(process.argv[2] ?? '') as Listening;
const agent = new Agent({ maxSockets: Infinity });
const heard = { bytes: 0, furthest: 0, ended: 0 };

function open(token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(
      new URL('/v1/live', job.url),
      { agent, headers: { authorization: `Bearer ${token}`, 'last-event-id': job.lastEventId } },
      (response) => {
        if (response.statusCode !== 200)
          return reject(new Error(`a stream was answered ${response.statusCode}`));
        response.setEncoding('latin1');
        response.on('data', (chunk: string) => {
          heard.bytes += chunk.length;
          const at = chunk.lastIndexOf('\nid: ');
          const position =
            at < 0 ? NaN : Number.parseInt(chunk.slice(at + 5, at + 40).split('-')[1] ?? '', 36);
          if (position > heard.furthest) heard.furthest = position;
        });
        response.on('close', () => heard.ended++);
        resolve();
      },
    );
    request.on('error', reject);
  });
}

await Promise.all(job.tokens.map(open));
process.send?.('open');
process.once('message', () => {
  process.send?.(heard satisfies Heard);
  process.disconnect();
  process.exit(0);
});
