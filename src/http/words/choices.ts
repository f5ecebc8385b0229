/**
 * What pages call the words of closed lists (statuses, kinds, roles). One that is not here is read as it is
 * written: `not-carried` is "Not carried".
 */
import { sentence } from './format.js';

const words: Readonly<Record<string, string>> = {
  // Of money.
  s75: 'Section 75 agreement',
  s256: 'Section 256 agreement',
  aligned: 'Aligned budgets',
  lgf: 'Local government finance',
  // Of who must act, and before whom it stands.
  whitehall: 'Whitehall',
  joint: 'Whitehall and partners',
  local: 'Partners',
  owner: 'Its owner',
  champion: 'The champion',
  'champions-group': 'Champions’ group',
  // Of who reads.
  members: 'Members of the place',
  programme: 'Everybody in the programme',
  public: 'Everybody',
  auditors: 'Auditors',
  // Of colours.
  'no-information': 'No information shared',
  // Of decisions.
  'two-thirds': 'Two thirds',
  // Of what is due.
  rung: 'Direction after escalation',
  'locus-counts': 'Counts by who must act',
  DeedMoved: 'Promise moved',
  DeedReturned: 'Promise returned',
  deed: 'What was promised',
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

/** A word of a closed list as it reads. */
export const choice = (word: string): string =>
  Object.hasOwn(words, word)
    ? `${words[word]}`
    : sentence(
        word.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${String(b).toLowerCase()}`),
      );
/** The same within a sentence: a name keeps its capital. */
export const choiceWithin = (word: string): string =>
  Object.hasOwn(words, word) ? choice(word) : choice(word).replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());
/** A code, or a word of a closed list, as it reads: `NOT_ALLOWED` is "Not allowed". */
export const codeInWords = (code: string): string =>
  choice(/^[A-Z]+(_[A-Z]+)*$/.test(code) ? code.toLowerCase() : code);
