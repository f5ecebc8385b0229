/** What stands in a place's export, by the queries that answer it. */
import { existing } from '../../domain/kernel/parts.js';
import { kindIn, type ListQuery, type RecordQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import type { Named } from '../../http/words/members.js';
import { decisionHtml, recordHtml, returnHtml, type Print } from './printed.js';

function recordAt(url: string): RecordQuery {
  return existing(
    queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === url),
    url,
  );
}
function listAt(url: string): ListQuery {
  return existing(
    queries.find((one): one is ListQuery => one.kind === 'list' && one.url === url),
    url,
  );
}

/** What is told of one record, in a file of its own. */
export interface Told {
  readonly question: RecordQuery;
  /** The beginning of the file's name, which the record's id ends: no two files are called alike. */
  readonly prefix: string;
  /** The same as a page to print, where it is one. */
  readonly print?: Print;
}
/** The records of one kind: as a list, and each whole. */
export interface Kind {
  readonly title: string;
  /** Of its two lists, and of the folder of its records. */
  readonly name: string;
  readonly of: Named;
  readonly list: ListQuery;
  readonly told: readonly Told[];
}
function kind(title: string, name: string, url: string, ...told: readonly Told[]): Kind {
  const list = listAt(url);
  const of = existing(kindIn({ url: `${url}/:id` }), url) as Named;
  return { title, name, of, list, told };
}
const told = (prefix: string, url: string, print?: Print): Told => ({
  prefix,
  question: recordAt(url),
  ...(print ? { print } : {}),
});
/** A record that is printed as its plain page tells it. */
const toldPlainly = (prefix: string, url: string, caption: string): Told =>
  told(prefix, url, recordHtml(recordAt(url), caption));

/** Those that a list narrows to a place. */
export const kinds: readonly Kind[] = [
  kind('Barriers', 'barriers', '/v1/barriers', toldPlainly('barrier', '/v1/barriers/:id', 'Barrier')),
  kind(
    'Commitments',
    'commitments',
    '/v1/commitments',
    toldPlainly('commitment', '/v1/commitments/:id', 'Commitment'),
  ),
  kind(
    'Decisions',
    'decisions',
    '/v1/decisions',
    told('decision', '/v1/decisions/:id'),
    told('audit', '/v1/decisions/:id/audit', decisionHtml),
  ),
  kind('Pooled budgets', 'pools', '/v1/pools', toldPlainly('pool', '/v1/pools/:id', 'Pooled budget')),
  kind(
    'Returns',
    'returns',
    '/v1/submissions',
    told('return', '/v1/submissions/:id', returnHtml),
    told('versions', '/v1/submissions/:id/versions'),
  ),
  kind('Waivers', 'waivers', '/v1/waivers', toldPlainly('waiver', '/v1/waivers/:id', 'Waiver')),
];

/** A record that there is one of: the place itself, and who sits at its table. */
export interface Single {
  readonly title: string;
  readonly name: string;
  /** The kind of record that its reader has to see. */
  readonly of: string;
  readonly question: RecordQuery;
}
export const singles: readonly Single[] = [
  { title: 'The place', name: 'place', of: 'place', question: recordAt('/v1/places/:id') },
  { title: 'How it stands', name: 'progress', of: 'place', question: recordAt('/v1/places/:id/progress') },
  {
    title: 'Who sits at the table',
    name: 'collaborative',
    of: 'collaborative',
    question: recordAt('/v1/places/:id/collaborative'),
  },
];
