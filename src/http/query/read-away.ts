/** The rest of a body that nobody wants, read so that its sender comes to read the answer. */
import type { IncomingMessage } from 'node:http';

/** Bytes and milliseconds spent on it at most; a sender who has more to send is cut off. */
const mostBytes = 64 * 1024 * 1024;
const mostMs = 10_000;

/** Reads a request's body to its end; false when it is longer, or slower, than is put up with. */
export function readAway(raw: IncomingMessage): Promise<boolean> {
  if (raw.readableEnded) return Promise.resolve(true);
  if (raw.destroyed || Number(raw.headers['content-length'] ?? 0) > mostBytes) return Promise.resolve(false);
  return new Promise((resolve) => {
    let bytes = 0;
    const timer = setTimeout(() => done(false), mostMs);
    const ended = (): void => done(true);
    const broken = (): void => done(false);
    const more = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > mostBytes) done(false);
    };
    function done(whole: boolean): void {
      clearTimeout(timer);
      raw.off('data', more).off('end', ended).off('close', broken).off('error', broken);
      if (!whole) raw.pause();
      resolve(whole);
    }
    raw.on('data', more).on('end', ended).on('close', broken).on('error', broken);
  });
}
