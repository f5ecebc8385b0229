/**
 * What pages call the words of closed lists (statuses, kinds, roles). One that is not here is read as it is
 * written: `not-carried` is "Not carried". A word that stands in several lists is called by what it means in
 * each (`meanings`).
 */
import { sentence } from './format.js';

const words: Readonly<Record<string, string>> = {
  // Of money.
  s75: 'Section 75 agreement',
  s256: 'Section 256 agreement',
  lgf: 'Local government finance',
  // Of who must act, and before whom it stands.
  whitehall: 'Whitehall',
  joint: 'Whitehall and partners',
  local: 'Partners',
  'champions-group': 'Champions’ group',
  // Of colours.
  'no-information': 'No information shared',
  // Of what happened.
  housekeeping: 'Sign-ins, the clock, days that closed, refusals',
  // Of decisions.
  'two-thirds': 'Two thirds',
  // Of what is due.
  'locus-counts': 'Counts by who must act',
  DeedMoved: 'Promise moved',
  DeedReturned: 'Promise returned',
  // Of refusals.
  sod_conflict: 'Parts of two people by one',
  // Kinds of records.
  fundingstream: 'Funding stream',
  submission: 'Return',
  pool: 'Pooled budget',
  collaborative: 'Leadership collaborative',
  nhs: 'NHS',
  pct: 'Primary care trust',
};

/** Who reads, as members that say so have it. */
const readers: Readonly<Record<string, string>> = {
  members: 'Members of the place',
  programme: 'Everybody in the programme',
  public: 'Everybody',
  auditors: 'Auditors',
};
/** Words that mean something of their own where a member of this name has them. */
const meanings: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tier: readers,
  audience: readers,
  role: { public: 'The public' },
  rung: { owner: 'Its owner', champion: 'The champion' },
  legalBasis: { aligned: 'Aligned budgets' },
  code: { rung: 'Direction after escalation', deed: 'What was promised' },
  scheme: { gss: 'GSS', ods: 'ODS', iati: 'IATI', programme: 'The programme’s own' },
};
function wordOf(word: string, member: string): string | undefined {
  const own = Object.hasOwn(meanings, member) ? meanings[member] : undefined;
  if (own && Object.hasOwn(own, word)) return own[word];
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** A word of a closed list as it reads. `member`: which holds it, as a word may mean several things. */
export const choice = (word: string, member = ''): string =>
  wordOf(word, member) ??
  sentence(
    word.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${String(b).toLowerCase()}`),
  );
/** The same within a sentence: a name keeps its capital. */
export const choiceWithin = (word: string, member = ''): string =>
  wordOf(word, member) ?? choice(word).replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());
/** A code, or a word of a closed list, as it reads: `NOT_ALLOWED` is "Not allowed". */
export const codeInWords = (code: string): string =>
  choice(/^[A-Z]+(_[A-Z]+)*$/.test(code) ? code.toLowerCase() : code, 'code');
