/**
 * The stand-in's log: streams, one global order, and the server's rules for appends as observed on 23.10.8
 * and 24.10.14. It proves the client's side and our reading of the server; it cannot prove the server.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';

export interface Rec {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly data: Buffer;
  readonly metadata: Buffer;
  /** .NET ticks since the Unix epoch. */
  readonly created: string;
  /** Offset in bytes, commit = prepare: strictly increasing, never consecutive. */
  readonly position: number;
}
export type Proposed = Pick<Rec, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
export type Expected = number | 'none' | 'any' | 'exists';
export type Written =
  | { readonly kind: 'ok'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrong'; readonly current: number }
  | { readonly kind: 'deleted' };

const endOfTime = 2n ** 63n - 1n;

export class Records {
  #all: Rec[] = [];
  #streams = new Map<string, Rec[]>();
  #tombstones = new Set<string>();
  /** Recent event ids by stream, for "any": lost at a restart, as on the server. */
  #recent = new Map<string, Rec>();
  #listeners = new Set<() => void>();
  #fd: number | undefined;

  /** `file` keeps the log over a kill of the process: written before the reply, without fsync. */
  constructor(readonly file?: string) {
    if (file) this.#fd = this.#open(file);
    // A new server writes system events of its own: a follower has to skip them.
    if (this.#all.length === 0)
      for (const user of ['admin', 'ops']) this.append('$users', 'any', [proposed('$User', { user })]);
  }

  get length(): number {
    return this.#all.length;
  }
  get end(): number {
    return this.#all.at(-1)?.position ?? -1;
  }
  all(): readonly Rec[] {
    return this.#all;
  }
  stream(name: string): readonly Rec[] {
    return this.#streams.get(name) ?? [];
  }
  tombstoned(name: string): boolean {
    return this.#tombstones.has(name);
  }
  /** Revision of the first event that may be read; past the last one where the stream was deleted. */
  first(name: string): bigint {
    const meta = this.meta(name);
    return typeof meta?.$tb === 'string' || typeof meta?.$tb === 'number' ? BigInt(meta.$tb) : 0n;
  }
  meta(name: string): Record<string, unknown> | undefined {
    const last = this.stream(`$$${name}`).at(-1);
    // $tb may be larger than a JavaScript number holds.
    return (
      last &&
      (JSON.parse(last.data.toString().replace(/"\$tb":(\d{16,})/, '"$tb":"$1"')) as Record<string, unknown>)
    );
  }

  /** Index of the first record at or after a position; `exact` says whether one begins there. */
  at(position: bigint): { index: number; exact: boolean } {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (BigInt(this.#all[mid]!.position) < position) low = mid + 1;
      else high = mid;
    }
    return { index: low, exact: low < this.#all.length && BigInt(this.#all[low]!.position) === position };
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Written {
    if (this.#tombstones.has(stream)) return { kind: 'deleted' };
    const own = this.stream(stream);
    const current = own.length - 1;
    const deleted = own.length > 0 && this.first(stream) > BigInt(current);
    if (expected === 'exists' && (current < 0 || deleted)) return { kind: 'wrong', current };
    if (expected === 'any' || expected === 'exists') {
      const known = events.map((e) => this.#recent.get(`${stream} ${e.id}`));
      const last = known.at(-1);
      if (last && known.every(Boolean))
        return { kind: 'ok', revision: last.revision, position: last.position };
    } else {
      const after = expected === 'none' ? -1 : expected;
      // A soft-deleted stream may be begun anew; its revisions go on from the old number.
      if (after > current) return { kind: 'wrong', current };
      if (after < current && !(deleted && expected === 'none')) {
        // The same ids at the original revision: the first result again. Content is never compared.
        const same = events.every((e, i) => own[after + 1 + i]?.id === e.id);
        const last = own[after + events.length];
        return same && last
          ? { kind: 'ok', revision: last.revision, position: last.position }
          : { kind: 'wrong', current };
      }
    }
    const created = `${BigInt(Date.now()) * 10_000n}`;
    let position = this.end;
    this.#write(
      ...events.map((e, i) => ({
        ...e,
        stream,
        revision: current + 1 + i,
        created,
        position: (position = this.#next(e, position)),
      })),
    );
    if (deleted) this.append(`$$${stream}`, 'any', [proposed('$metadata', { $tb: current + 1 })]);
    this.#wake();
    return {
      kind: 'ok',
      revision: events.length === 0 ? Math.max(current, 0) : current + events.length,
      position: Math.max(this.end, 0),
    };
  }

  softDelete(stream: string): void {
    this.append(`$$${stream}`, 'any', [
      { ...proposed('$metadata', {}), data: Buffer.from(`{"$tb":${endOfTime}}`) },
    ]);
  }
  tombstone(stream: string): void {
    this.#write({
      ...proposed('$streamDeleted', {}),
      stream,
      revision: Number.MAX_SAFE_INTEGER,
      created: '0',
      position: this.#next(proposed('', {}), this.end),
    });
    this.#wake();
  }

  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** An older copy of the log: only its first `length` records. */
  restore(length: number): void {
    const kept = this.#all.slice(0, length);
    this.#all = [];
    this.#streams.clear();
    this.#tombstones.clear();
    this.forget();
    if (this.#fd !== undefined) {
      closeSync(this.#fd);
      rmSync(this.file!);
      this.#fd = openSync(this.file!, 'a');
    }
    for (const rec of kept) this.#write(rec);
  }
  /** A log of its own with the first `length` records, kept in memory. */
  older(length: number): Records {
    const copy = new Records();
    copy.#all = [];
    copy.#streams.clear();
    copy.forget();
    for (const rec of this.#all.slice(0, length)) copy.#take(rec);
    return copy;
  }
  /** What a restart loses. */
  forget(): void {
    this.#recent.clear();
  }
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The place after a record at `last`, which is as long as it is. */
  #next(e: Proposed, last: number): number {
    return last < 0 ? 1_409 + e.type.length : last + 97 + e.data.length + e.type.length;
  }
  /** What a kill tore off was never acknowledged: it is cut away. */
  #open(file: string): number {
    const text = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length) truncateSync(file, whole);
    for (const line of text.subarray(0, whole).toString().split('\n').filter(Boolean))
      parse(line).forEach((rec) => this.#take(rec));
    return openSync(file, 'a');
  }
  /** One line, one append: all of it is there or nothing. */
  #write(...recs: Rec[]): void {
    if (recs.length === 0) return;
    if (this.#fd !== undefined)
      writeSync(
        this.#fd,
        `${JSON.stringify(recs.map((r) => ({ ...r, data: r.data.toString('base64'), metadata: r.metadata.toString('base64') })))}\n`,
      );
    recs.forEach((rec) => this.#take(rec));
  }
  #take(rec: Rec): void {
    this.#all.push(rec);
    if (rec.type === '$streamDeleted') return void this.#tombstones.add(rec.stream);
    let own = this.#streams.get(rec.stream);
    if (!own) this.#streams.set(rec.stream, (own = []));
    own.push(rec);
    this.#recent.set(`${rec.stream} ${rec.id}`, rec);
    if (this.#recent.size > 20_000) this.#recent.delete(this.#recent.keys().next().value!);
  }
  #wake(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

let n = 0;
/** A JSON event of the server's own. */
export function proposed(type: string, data: object): Proposed {
  return {
    id: `00000000-0000-4000-8000-${String(++n).padStart(12, '0')}`,
    type,
    contentType: 'application/json',
    data: Buffer.from(JSON.stringify(data)),
    metadata: Buffer.alloc(0),
  };
}

const parse = (line: string): Rec[] =>
  (JSON.parse(line) as (Rec & { data: string; metadata: string })[]).map((raw) => ({
    ...raw,
    data: Buffer.from(raw.data, 'base64'),
    metadata: Buffer.from(raw.metadata, 'base64'),
  }));
