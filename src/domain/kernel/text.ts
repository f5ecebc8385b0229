/**
 * What a text may hold: what its reader can see, with nothing that hides, reorders or begins a line unseen.
 * `Name` and `Prose` are made of it.
 */

/** A flag of England, Scotland or Wales: the one use that tag characters still have. */
const flag = '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{3,6}\\u{E007F}';
/**
 * Control characters of both sets but newline and tab, line separators, overrides of direction (trojan
 * source), annotations, tags, what is no character.
 */
const unwanted = new RegExp(
  `(${flag})|[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u206F` +
    '\\uFFF9-\\uFFFB\\u{E0000}-\\u{E007F}\\p{Noncharacter_Code_Point}]',
  'gu',
);
/**
 * Every space and zero-width character, the fillers of Hangul, the blank of Braille, a placeholder of
 * nothing.
 */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\u2800\u{1D159}\uFFFC]/u;
// Between letters they join and part (Persian, emoji), hyphenate and break; at an end they only make two
// texts of one. No character stands in both sets: linear.
const zeroWidth = '\\u00AD\\u034F\\u180E\\u200B-\\u200D\\u2060-\\u2064\\uFEFF';
const atAnEnd = new RegExp(`^[\\p{Zs}\\t\\n]*[${zeroWidth}]|[${zeroWidth}][\\p{Zs}\\t\\n]*$`, 'u');

/**
 * Lines end as they are stored: forms in browsers send CRLF. A carriage return alone is left, and refused.
 */
export const withLineFeeds = (text: string): string => text.replaceAll('\r\n', '\n');
const stripped = (text: string): string => text.replace(unwanted, '$1');
/** Well-formed, and without what no text has a use for. */
export const isPlain = (text: string): boolean => text.isWellFormed() && stripped(text) === text;
/** A reader sees something of it. */
export const isVisible = (text: string): boolean => visible.test(text);
export const hasHiddenEnds = (text: string): boolean => atAnEnd.test(text);
/**
 * Of any age, for where a line's end or an order means something: what is refused today may stand in older
 * events.
 */
export const shownPlain = (text: string): string =>
  stripped(text.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, '\n'));
/** JSON on one line for every reader: some end a line where JSON and event streams do not. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007F-\u009F\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** No longer than `max`, cut between characters as a reader counts them: half of one cannot be stored. */
export function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (const { index } of graphemes.segment(text)) {
    if (index > max - 1) break;
    end = index;
  }
  return `${text.slice(0, end)}…`;
}
