/**
 * What the adapter needs of a client. `eventstore-log.ts` alone makes one; everything else here stands on
 * this.
 */
import type { Host } from './url.js';

/** A place in `$all`. */
export interface Place {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/**
 * An event ready to be sent: serialised and checked before any call, because what a client cannot serialise
 * ends the process.
 */
export interface Prepared {
  readonly id: string;
  readonly type: string;
  readonly content: { readonly json: unknown } | { readonly bytes: Uint8Array };
}

export interface Received {
  readonly id: string;
  /** As the server names it, namespace included. */
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly place: Place | undefined;
  /** Bytes of its data, about. */
  readonly size: number;
  /** The text as it was stored. */
  body(): string;
}

/** A read under way. It has no deadline of its own and leaks unless it is cancelled. */
export interface ReadStream {
  on(event: 'data', listener: (e: Received) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  cancel(): void;
}

/**
 * A subscription under way, read in paused mode. It never reconnects itself: `error`, or only `end`, and it
 * is over.
 */
export interface Subscription {
  on(event: 'confirmation' | 'readable' | 'end' | 'caughtUp', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  read(): Received | undefined;
  cancel(): void;
}

/** One client on one node. It is thrown away at the first sign that the connection is not what it was. */
export interface Driver {
  /** Chooses a node, by gossip where there are several; resolves with its address. */
  connect(): Promise<string>;
  append(
    stream: string,
    expected: bigint | 'no_stream',
    events: readonly Prepared[],
    deadlineMs: number,
  ): Promise<{ readonly revision: bigint; readonly place: Place | undefined }>;
  /** From a revision on, or backwards from the end. */
  readStream(stream: string, from: bigint | 'end', max: number): ReadStream;
  /** From a place on, itself included, or backwards: from the end, or what stands before a place. */
  readAll(from: Place | 'start' | 'end' | { readonly before: Place }, max: number): ReadStream;
  subscribeToStream(stream: string): Subscription;
  /** After a place. */
  subscribeToAll(after: Place | 'start'): Subscription;
  dispose(): void;
}
/** Makes a driver for a role; `only` names the node to use, `avoid` one not to ask first. */
export type MakeDriver = (
  role: string,
  choice: { readonly only?: Host; readonly avoid?: string },
) => Promise<Driver>;
