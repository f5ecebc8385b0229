/** How hard a secret is to guess, measured from below. */

/** What people type where a secret is asked for; each tells as much as one character. */
const phrases = new RegExp(
  (
    'passwor[dt] passphrase pass secret token operator total place change default admin root example ' +
    'sample test demo please letmein welcome qwertyuiop qwerty asdfghjkl asdf zxcvbnm production ' +
    'development staging server service system random string secure safe long enough must very your this ' +
    'that here insert replace with some characters char key bearer county council government programme ' +
    'office x{3,}'
  ).replaceAll(' ', '|'),
  'gi',
);
/** A syllable: letters of one case with vowels among them, as nobody draws them by lot for long. */
const written = /[A-Z]?(?:[^aeiouyA-Z\W\d_]{0,2}[aeiouy]{1,2}[^aeiouyA-Z\W\d_]{0,2}){2,}|[A-Z]{6,}/g;
/** A letter of a word, and a sign between words, tell about so much. */
const bitsOfWritten = 1.5;
/** Letters from which on what reads like a word is one. */
const leastWritten = 5;
const between = /[-_.:/]/;

/**
 * True where a character goes on as those before it: repeated, counted up or down (alone or in turn with
 * another), or a part that stood before.
 */
function follows(text: string, index: number): boolean {
  const at = (back: number): number => text.charCodeAt(index - back);
  const counts = (count: number): boolean =>
    index >= 2 * count && at(0) - at(count) === at(count) - at(2 * count) && Math.abs(at(0) - at(count)) < 2;
  return counts(1) || counts(2) || (index > 1 && text.indexOf(text.slice(index - 2, index + 1)) < index - 2);
}

/** Bits of a secret, as far as no pattern explains it. */
export function bitsOf(secret: string): number {
  const text = secret.replace(phrases, '~');
  const each = Math.log2(new Set(text).size || 1);
  const words = new Set(
    [...text.matchAll(written)]
      .filter((m) => m[0].length >= leastWritten)
      .flatMap((m) => Array.from(m[0], (_, i) => m.index + i)),
  );
  const bits = (character: string, index: number): number => {
    if (follows(text, index)) return 0;
    return words.has(index) || between.test(character) ? Math.min(each, bitsOfWritten) : each;
  };
  return [...text].map(bits).reduce((a, b) => a + b, 0);
}
