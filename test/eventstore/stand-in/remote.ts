/**
 * The stand-in in a process of its own, with the same handle; the process itself can be killed, frozen and
 * started again.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { asTypeScript } from '../../as-typescript.js';
import type { StandIn, StandInOptions } from './index.js';

type Methods = {
  [K in keyof StandIn]: StandIn[K] extends (...a: infer A) => Promise<infer R>
    ? (...a: A) => Promise<R>
    : never;
};
export type RemoteStandIn = Omit<Methods, 'options' | 'close'> & {
  readonly process: ChildProcess;
  /** Ends the process: at once, or by SIGKILL. */
  close(signal?: NodeJS.Signals): Promise<void>;
};

/** Starts it and waits until it listens. Give `port` and `file` to start it again as it was. */
export async function startRemote(options: Omit<StandInOptions, 'tls'> = {}): Promise<RemoteStandIn> {
  const args = Object.entries({
    port: options.port,
    nodes: options.nodes,
    file: options.file,
    version: options.version,
    'election-ms': options.electionMs,
    'stale-gossip-ms': options.staleGossipMs,
  }).flatMap(([k, v]) => (v === undefined ? [] : [`--${k}`, String(v)]));
  const child = fork(new URL('./main.ts', import.meta.url), args, {
    execArgv: [asTypeScript],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, { resolve: (v: unknown) => void; reject: (e: Error) => void }>();
  child.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(new Error(error));
  });
  void ended.then(() => waiting.forEach((w) => w.reject(new Error('the stand-in has ended'))));
  const lines = createInterface({ input: child.stdout! });
  await Promise.race([
    new Promise((resolve) => lines.once('line', resolve)),
    ended.then(() => {
      throw new Error('the stand-in did not start');
    }),
  ]);
  let n = 0;
  const call = (method: string, a: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!child.connected) return reject(new Error('the stand-in has ended'));
      waiting.set(++n, { resolve, reject });
      // It may end while this is sent: whoever asked is told, and nobody else.
      child.send({ id: n, method, args: a }, (error) => error && reject(error));
    });
  const own = {
    process: child,
    async close(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
  return new Proxy(own, {
    get: (target, name: string) =>
      name in target
        ? target[name as keyof typeof target]
        : name === 'then'
          ? undefined
          : (...a: unknown[]) => call(name, a),
  }) as unknown as RemoteStandIn;
}
