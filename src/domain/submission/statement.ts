/**
 * What is signed (docs/rules/submission.md#signing): a statement in the first person, made by the service
 * from the return as it was sent, so that whoever signs reads what they sign and whoever asks later can make
 * it again. Its words are here alone; to change one changes every hash to come.
 */
import { contentHash, textHash } from '../kernel/hash.js';
import { part } from '../kernel/parts.js';
import { returnName, type Sent, type SubmissionState } from './state.js';

export interface Statement {
  readonly text: string;
  /** The SHA-256 of the text's UTF-8 bytes. */
  readonly hash: string;
  /** The records that its text says by their ids. */
  readonly names: readonly { readonly aggregate: string; readonly id: string }[];
}

const counted = (count: number): string => (count === 1 ? '1 section' : `${count} sections`);

/** Of the return that was sent and not taken back since; undefined where none is. */
export function statementOf(s: Sent): Statement;
export function statementOf(s: SubmissionState): Statement | undefined;
export function statementOf(state: SubmissionState): Statement | undefined {
  const { sent } = state;
  if (!sent) return undefined;
  const sections = state.template.map(({ sectionId }) => ({
    sectionId,
    content: part(state.answers, sectionId)?.content,
  }));
  const records = state.pins.map((p) => `- ${p.aggregate} ${p.id}, version ${p.version} of its record`);
  const text = [
    `I sign version ${sent.submittedVersion} of the ${returnName(state)} of ${state.placeId} in the ` +
      `programme ${state.programmeId}, ` +
      `${
        sent.accountableBodyId
          ? `as a finance officer of ${sent.accountableBodyId}, its accountable body`
          : 'as its lead contact'
      }.`,
    `I have read the return as it was sent for sign-off: version ${sent.version} of its record, ` +
      `${counted(sections.length)}, whose answers have the SHA-256 ${contentHash(sections)}.`,
    records.length
      ? `It includes these records, each as it stood then:\n${records.join('\n')}`
      : 'It includes no other record.',
    'I answered nothing in it and did not send it. To the best of my knowledge it is a true account of ' +
      'what it reports, and of the records that it includes.',
    'My signature does not cover what happens to these records after those versions, nor records of the ' +
      'place or of others that the return mentions and does not include. It pledges no money, accepts no ' +
      'commitment, and binds no other body. It is void when an answer is changed, or when a record ' +
      'included changes in what a partner would sign.',
  ].join('\n\n');
  const names = [
    { aggregate: 'place', id: state.placeId },
    { aggregate: 'programme', id: state.programmeId },
    ...(sent.accountableBodyId ? [{ aggregate: 'agency', id: sent.accountableBodyId }] : []),
    ...state.pins.map(({ aggregate, id }) => ({ aggregate, id })),
  ];
  return { text, hash: textHash(text), names };
}
