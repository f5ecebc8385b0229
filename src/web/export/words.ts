/** What an export says of itself: whose sight it is, as at when, and how to check it. */
import type { Audience } from '../../domain/shared/access.js';
import type { Instant } from '../../domain/shared/calendar.js';
import { grouped, instant } from '../../http/words/format.js';
import { sumsName } from './archive.js';

/** By what an export is known: every file of it says this. */
export interface Head {
  readonly placeId: string;
  readonly placeName: string;
  /** The grants of its reader, in words. */
  readonly madeFor: string;
  readonly audience: Audience;
  readonly asAt: Instant;
  /** The last entry of the log that it tells of. */
  readonly entry: number;
  /** The same as `Read-After` takes it. */
  readonly position: string;
}

const audiences: Readonly<Record<Audience, string>> = {
  members: 'what members of the place are told',
  programme: 'what everybody in the programme is told',
  public: 'what everybody is told',
};

/** Whose sight an export is, in words. */
export const sightOf = ({ audience }: Pick<Head, 'audience'>): string => audiences[audience];

export const sentencesOf = ({ placeName, madeFor, audience, asAt, entry }: Head): readonly string[] => [
  `This is what is recorded of ${placeName}, as one reader may see it: ${audiences[audience]}. What is ` +
    'not open to them is left out, or said to be not shared.',
  `It was made for ${madeFor}, as at ${instant(asAt)} by the clock of the service. All of it was read at ` +
    `one entry of the log, number ${entry}: nothing that was recorded later stands in it.`,
  'Passing it on passes on what its reader was trusted with.',
];
export const checksOf = ({ asAt }: Head): readonly string[] => [
  `Each file is as it was made where sha256sum --check ${sumsName}, in the folder of this file, says so. ` +
    'That somebody made another export altogether it cannot tell.',
  'Each JSON file says under “export” what was asked of the service (“asked”), for whom, and at which ' +
    'entry. Each CSV says in its name for which audience and as at which entry, and has the columns and ' +
    'cells that the same address answers with format=csv. The same reader, asking again before anything ' +
    'more is recorded, is answered the same.',
  `A record as it stood is answered to asAt=${asAt} at its own address, for as long as it is open to ` +
    'the reader.',
];

/** Characters of a line of the text file. */
const width = 78;
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** A list of the export, and how many rows it has. */
export interface Listed {
  readonly title: string;
  readonly count: number;
  readonly csv?: string | undefined;
  readonly json: string;
}
/** What stands in the export, as plain text. */
export function readme(head: Head, lists: readonly Listed[]): string {
  const files = ({ csv, json }: Listed): string => [csv, json].filter(Boolean).join(', ');
  const longest = Math.max(...lists.map((one) => files(one).length));
  return [
    `${head.placeName}: what is recorded`,
    '',
    ...sentencesOf(head).flatMap((sentence) => [wrapped(sentence), '']),
    'What stands here',
    '',
    `  ${'index.html'.padEnd(longest)}  The same as a page, with links to what can be printed`,
    ...lists.map((one) => `  ${files(one).padEnd(longest)}  ${one.title}: ${grouped(one.count)}`),
    '',
    wrapped('Each record stands whole in a file of its own, in the folder of its kind.'),
    '',
    'How to check it',
    '',
    ...checksOf(head).flatMap((sentence) => [wrapped(sentence), '']),
  ].join('\n');
}
