/** How much of a rebuild is done at once: much while nobody asks for anything, little while somebody does. */

/** Milliseconds for which whoever asks may have to wait behind a chunk. */
const whileAsked = 2;
/** The same while nobody asks: long chunks write each record once for many events. */
const whileQuiet = 100;

export class Pace {
  /** Events of the next chunk. */
  size = 500;
  #asked = false;

  /** Somebody wrote or read meanwhile. */
  asked(): void {
    this.#asked = true;
  }
  /** A chunk of so many events took so many milliseconds. */
  took(ms: number, events: number): void {
    const target = this.#asked ? whileAsked : whileQuiet;
    const fits = events * (target / Math.max(ms, 0.1));
    // Down at once, up by and by.
    this.size = Math.round(Math.min(Math.max(fits, 20), this.size * 2, 10_000));
    this.#asked = false;
  }
}
