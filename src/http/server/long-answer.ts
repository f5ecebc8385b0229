/**
 * Answers that are written while they are made: exports, live streams. Each takes a place among those under
 * way, works in slices, waits for its reader, and ends when the reader goes, takes nothing any more, or the
 * server closes. HEAD has the headers of GET, takes no place and reads nothing.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Places, type AtOnce, type Kind } from './at-once.js';
import type { Slice, Slices } from './slices.js';

/** Characters written at once: many small writes cost more than one. */
const mostTogether = 64 * 1024;
/** A reader that takes nothing for so long is let go; it resumes where it stopped. */
const patienceMs = 30_000;

/** One of them, as its maker sees it. */
export class LongAnswer {
  #slice: Slice | undefined;
  #text = '';

  constructor(
    private readonly out: ServerResponse,
    private readonly slices: Slices,
    private readonly patience: number,
    private readonly abort: AbortController,
  ) {}

  /** Aborts when nobody takes the answer any more: return soon. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }
  /** True when it is time for `turn`: the slice is over, or enough was written. */
  get over(): boolean {
    return (this.#slice?.over ?? true) || this.#text.length > mostTogether;
  }
  /**
   * Sends what was written, waits until the reader has taken it, where it is slow, and then for a slice to go
   * on in.
   */
  async turn(): Promise<void> {
    await this.rest();
    if (!this.signal.aborted) this.#slice = await this.slices.turn();
  }
  /** Ends it: nothing more is sent than what was written. */
  end(): void {
    this.abort.abort();
  }
  write(text: string): void {
    this.#text += text;
  }
  /** Sends bytes after what was written, and waits until the reader has taken them, where it is slow. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.rest();
    if (!this.signal.aborted && !this.out.write(bytes)) await this.#taken();
  }
  /** Sends something that means nothing, at once; not to a reader who has something to take. */
  aside(text: string): void {
    if (this.out.writableLength === 0 && !this.signal.aborted) this.out.write(text);
  }
  /** Sends what was written, and works no more until `turn`. */
  async rest(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    const taken = text === '' || this.signal.aborted || this.out.write(text);
    this.#slice?.end();
    this.#slice = undefined;
    if (!taken) await this.#taken();
  }
  async #taken(): Promise<void> {
    try {
      await once(this.out, 'drain', {
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(this.patience)]),
      });
    } catch {
      this.abort.abort();
      this.out.destroy();
    }
  }
}

export interface Described {
  readonly account: string;
  readonly kind: Kind;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * When it ends at the latest, in milliseconds of the machine's clock: an answer lasts no longer than the
   * right to it.
   */
  readonly until?: number | undefined;
  /** Gives back the place that it was made in; without it, it takes one. */
  readonly giveBack?: () => void;
}
/** What was made whole before it is sent. */
export interface Made {
  readonly headers: Described['headers'];
  readonly chunks: readonly Uint8Array[];
}
/** Longer than a timer takes. */
const longest = 2 ** 31 - 1;

export interface LongAnswersOptions {
  readonly slices: Slices;
  readonly atOnce: AtOnce;
  /** Milliseconds for which a reader may take nothing. */
  readonly patience?: number;
  /** Is told of each that begins, before anything of it is sent. */
  readonly onBegin?: (request: FastifyRequest, status: number) => void;
  /** Is told what failed an answer that was already begun. */
  readonly onError?: (error: unknown) => void;
}

export class LongAnswers {
  readonly #open = new Set<AbortController>();
  readonly #places: Readonly<Record<Kind, Places>>;

  constructor(private readonly options: LongAnswersOptions) {
    const { atOnce } = options;
    this.#places = {
      exports: new Places('exports', atOnce.exports),
      streams: new Places('streams', atOnce.streams),
    };
  }

  /** How many of a kind are under way. */
  count(kind: Kind): number {
    return this.#places[kind].taken;
  }
  /** Ends all: a server that closes would wait for them for ever. */
  endAll(): void {
    for (const abort of this.#open) abort.abort();
  }

  #take({ method }: FastifyRequest, kind: Kind, account: string): () => void {
    return method === 'HEAD' ? (): void => {} : this.#places[kind].take(account);
  }

  /**
   * Answers with what `make` has made before anything is sent: what it throws is told as the answer. It keeps
   * its place until its reader has taken it all.
   */
  async sendMade(
    request: FastifyRequest,
    reply: FastifyReply,
    { account, kind }: Pick<Described, 'account' | 'kind'>,
    make: (signal: AbortSignal) => Promise<Made>,
  ): Promise<void> {
    const giveBack = this.#take(request, kind, account);
    const abort = new AbortController();
    const gone = (): void => abort.abort();
    this.#open.add(abort);
    reply.raw.once('close', gone);
    try {
      const { headers, chunks } = await make(abort.signal);
      await this.send(request, reply, { account, kind, headers, giveBack }, async (answer) => {
        for (const chunk of chunks) await answer.send(chunk);
      });
    } catch (error) {
      giveBack();
      if (!abort.signal.aborted) throw error;
      // Nobody is there to be told.
      reply.hijack();
      reply.raw.destroy();
    } finally {
      this.#open.delete(abort);
      reply.raw.off('close', gone);
    }
  }

  /**
   * Answers with what `make` writes. Throws the problem where there is no place; once the headers are sent,
   * what fails cuts the connection, so that nobody takes a part for the whole.
   */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    { account, kind, headers, until, giveBack = this.#take(request, kind, account) }: Described,
    make: (answer: LongAnswer) => Promise<void>,
  ): Promise<void> {
    const { slices, patience = patienceMs, onBegin = () => {}, onError = () => {} } = this.options;
    const out = reply.raw;
    const head = request.method === 'HEAD';
    const abort = new AbortController();
    this.#open.add(abort);
    const expiry =
      until === undefined
        ? undefined
        : setTimeout(() => abort.abort(), Math.min(Math.max(0, until - Date.now()), longest)).unref();
    try {
      onBegin(request, 200);
      reply.hijack();
      out.on('close', () => abort.abort());
      // Whoever has gone before is not told of again.
      if (out.destroyed) return;
      out.writeHead(200, headers);
      if (head) return void out.end();
      out.flushHeaders();
      const answer = new LongAnswer(out, slices, patience, abort);
      await make(answer);
      await answer.rest();
      // A stream has no end that could be missed.
      if (kind === 'exports') abort.signal.throwIfAborted();
      out.end();
    } catch (error) {
      if (!abort.signal.aborted) {
        request.log.error({ err: error }, `${request.routeOptions.url} failed`);
        onError(error);
      }
      out.destroy();
    } finally {
      clearTimeout(expiry);
      this.#open.delete(abort);
      giveBack();
    }
  }
}
