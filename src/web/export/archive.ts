/**
 * A zip while it is made: text goes in, packed bytes wait to be sent. It gives way to everybody else between
 * two pieces of work, and is given up where it grows too large. Its last file says of each what it hashes to,
 * as `sha256sum --check` reads it.
 */
import { createHash, type Hash } from 'node:crypto';
import { Zip, ZipDeflate } from 'fflate';
import { londonDate, londonTime, type Instant } from '../../domain/shared/calendar.js';
import type { ExportLimits } from '../../http/query/place-export.js';
import { Problem } from '../../http/server/problem.js';
import type { Slice, Slices } from '../../http/server/slices.js';

/** Bytes that are packed in one piece of work: a millisecond or two. */
const atOnce = 32 * 1024;
export const sumsName = 'SHA256SUMS';

export interface ArchiveOptions {
  /** In which everything in it stands, once it is unpacked. */
  readonly folder: string;
  /** When it was made: of every file. */
  readonly at: Instant;
  readonly slices: Slices;
  readonly most: ExportLimits;
  /** Throws where it is not worth going on; asked before each piece of work, and at the end. */
  readonly check: () => void;
}

/** The time that a zip's files have by London's clock: a zip knows no zones. */
function timeOf(at: Instant): Date {
  const [year = 0, month = 1, day] = londonDate(at).split('-').map(Number);
  const [hour, minute] = londonTime(at).split(':').map(Number);
  return new Date(year, month - 1, day, hour, minute);
}

export class Archive {
  /** Packed, in order. */
  readonly chunks: Uint8Array[] = [];
  readonly #zip = new Zip((error, chunk) => {
    if (error) throw error;
    this.chunks.push(chunk);
  });
  readonly #options: ArchiveOptions;
  readonly #time: Date;
  readonly #sums: string[] = [];
  #slice: Slice | undefined;
  #bytes = 0;

  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#time = timeOf(options.at);
  }

  /** Begins a file; several may be written side by side. */
  open(name: string): ArchiveFile {
    const { folder, most } = this.#options;
    if (this.#sums.length >= most.files) throw tooLarge(most);
    const at = this.#sums.push('') - 1;
    const packed = new ZipDeflate(`${folder}/${name}`);
    packed.mtime = this.#time;
    this.#zip.add(packed);
    return new ArchiveFile(
      packed,
      (bytes) => this.#work(bytes),
      (hash) => void (this.#sums[at] = `${hash}  ${name}\n`),
    );
  }
  /** A file of one text. */
  async file(name: string, text: string): Promise<void> {
    const file = this.open(name);
    await file.write(text);
    file.end();
  }
  /** Ends it with the sums of its files, and says what it is made of. */
  async end(): Promise<readonly Uint8Array[]> {
    await this.file(sumsName, this.#sums.join(''));
    this.#zip.end();
    this.#slice?.end();
    this.#options.check();
    return this.chunks;
  }

  /** Gives way where it is time to; throws where it is not worth going on. */
  async turn(): Promise<void> {
    const { slices, check } = this.#options;
    if (this.#slice?.over ?? true) this.#slice = await slices.turn();
    check();
  }
  async #work(bytes: number): Promise<void> {
    const { most } = this.#options;
    await this.turn();
    this.#bytes += bytes;
    if (this.#bytes > most.bytes) throw tooLarge(most);
  }
}

/** One file of an archive. */
export class ArchiveFile {
  readonly #hash: Hash = createHash('sha256');
  constructor(
    private readonly packed: ZipDeflate,
    private readonly work: (bytes: number) => Promise<void>,
    private readonly ended: (hash: string) => void,
  ) {}

  async write(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += atOnce) {
      const piece = bytes.subarray(from, from + atOnce);
      await this.work(piece.length);
      this.#hash.update(piece);
      this.packed.push(piece);
    }
  }
  end(): void {
    this.packed.push(new Uint8Array(), true);
    this.ended(this.#hash.digest('hex'));
  }
}

const mebibyte = 2 ** 20;
const tooLarge = ({ bytes, files }: ExportLimits): Problem =>
  new Problem(
    422,
    'EXPORT_TOO_LARGE',
    `More is recorded of this place than one export holds: ${Math.floor(bytes / mebibyte)} MiB, or ` +
      `${files.toLocaleString('en-GB')} files. Read its lists one by one, like ` +
      '/v1/commitments?placeId=…&format=csv, and what happened in /v1/timeline?placeId=…&format=csv.',
  );
