/** How much of a rebuild is done at once: much while nobody asks for anything, little while somebody does. */

/** Milliseconds for which whoever asks may have to wait behind a chunk. */
const whileAsked = 2;
/** The same once nobody has asked for a second: long chunks write each record once for many events. */
const whileQuiet = 250;
const quietAfter = 1000;
/** Events of the first chunk, before anything is known of their pace. */
const atFirst = 250;
/** A transaction costs the same for one event as for so many: fewer would be all commits. */
const least = 20;
/** A chunk that took less than the clock tells took so many milliseconds. */
const shortest = 0.1;
/** What views hold back of so many events stays within the memory they may take. */
const most = 5_000;

export class ChunkSize {
  /** Events of the next chunk. */
  size = atFirst;
  #askedAt = -Infinity;

  /** Somebody wrote or read meanwhile. */
  asked(): void {
    this.#askedAt = performance.now();
  }
  /** Milliseconds that a chunk may take now. */
  get target(): number {
    return performance.now() - this.#askedAt < quietAfter ? whileAsked : whileQuiet;
  }
  /** A chunk of so many events took so many milliseconds. */
  took(ms: number, events: number): void {
    const { target } = this;
    // Down at once, up by and by.
    this.size = Math.round(
      Math.min(Math.max(events * (target / Math.max(ms, shortest)), least), this.size * 2, most),
    );
  }
}
