/** A row of the log of reads in words: who, what of which record, and what they were answered. */
import { commandRoutes } from '../../http/query/command-routes.js';
import { placeExportAddress } from '../../http/query/place-export.js';
import { feeds } from '../../http/questions/feeds.js';
import { queries } from '../../http/questions/index.js';
import { isMembers, type Members } from '../../http/words/schemas.js';
import type { Shown } from '../../http/words/shown.js';
import { pageAddress } from '../address.js';
import { choice } from '../../http/words/choices.js';
import { hasPage, subjectOf } from '../words/subjects.js';

/** A column that no member of a row is. */
export interface MadeColumn {
  readonly label: string;
  make(item: Members): Shown;
}

const said = (text: string, href?: string): Shown => ({ is: 'text', text, href });
const quoted = (title: string): string => `“${title}”`;

/** Addresses of pages, and what is at them. */
interface Known {
  readonly at: RegExp;
  readonly words: string;
}
const matching = (url: string): RegExp => new RegExp(`^${url.replace(/:[a-z]+/g, '[^/]+')}$`);
/** The first that fits. */
const known: readonly Known[] = [
  { at: /^\/$/, words: 'the first page' },
  { at: /^\/access$/, words: 'the page “Who has access”' },
  { at: /^\/account\/tokens$/, words: 'their sign-ins and tokens' },
  { at: /^\/account\/calendar$/, words: 'the address of their calendar' },
  { at: /^\/api(\/|$)/, words: 'the description of the API' },
  { at: matching(pageAddress(placeExportAddress)), words: 'everything recorded of it, as one file' },
  ...commandRoutes.map(({ url, entry }) => ({
    at: matching(pageAddress(entry.creates ? `${url}/new` : url)),
    words: `the form ${quoted(entry.title)}`,
  })),
  { at: /^\/[^/]+(\/[^/]+)?\/commands\/[^/]+\/choices$/, words: 'what a form offers to choose from' },
  { at: /^\/[^/]+\/commands$/, words: 'what may be added' },
  { at: /^\/[^/]+\/[^/]+\/commands$/, words: 'what may be done with it' },
  { at: /^\/[^/]+\/[^/]+\/recorded$/, words: 'that it was recorded' },
  { at: /^\/timeline$/, words: 'its history' },
  { at: /^\/compare$/, words: 'what changed in it' },
  { at: /^\/lineage$/, words: 'what led to it, what followed' },
  ...queries
    .filter(({ url }) => hasPage(url))
    .map(({ url, kind }) => ({ at: matching(pageAddress(url)), words: wordsOf(url, kind) })),
  ...feeds.map(({ url, title }) => ({ at: matching(pageAddress(url)), words: quoted(title) })),
];
function wordsOf(url: string, kind: string): string {
  if (kind === 'list') return `the list ${quoted(subjectOf(url).title)}`;
  return /\/:id$/.test(url) ? 'the page' : `the page ${quoted(subjectOf(url).title)}`;
}

/** What was read, at an address that may be the API's, with what was asked of it. */
function whatAt(method: string, address: string): string {
  const [path = '', query = ''] = address.split('?');
  const page = pageAddress(path);
  const asked = new URLSearchParams(query);
  const format = asked.get('format');
  const as = format === 'csv' || format === 'json' ? `, as ${format.toUpperCase()}` : '';
  if (path === page) return `${wordsAt(page, asked) ?? address}${as}`;
  const words = method === 'POST' ? previewAt(path) : wordsAt(page, asked);
  return `${words ?? address}${as}, by a program`;
}
function wordsAt(page: string, asked: URLSearchParams): string | undefined {
  if (page === '/timeline' && !asked.has('record')) return 'the timeline';
  return known.find(({ at }) => at.test(page))?.words;
}
/** Of a command that is only tried. */
function previewAt(path: string): string | undefined {
  const route = commandRoutes.find(({ url }) => matching(url).test(path));
  return route && `what would come of ${quoted(route.entry.title)}`;
}

function whatWasRead({ address, method, record, title, link, missing }: Members): Shown {
  if (isMembers(missing)) return { is: 'nothing', text: 'Reads that do not stand here' };
  const words = whatAt(String(method), String(address));
  const href = typeof link === 'string' ? pageAddress(link) : undefined;
  if (!isMembers(record)) return said(words.charAt(0).toUpperCase() + words.slice(1));
  const name = typeof title === 'string' ? title : `${choice(String(record.aggregate))} ${String(record.id)}`;
  return said(`${name}: ${words}`, href);
}

function who({ name, account, missing }: Members): Shown {
  if (isMembers(missing)) return said('It is not known who');
  return said(String(name ?? account));
}

const byStatus: Readonly<Record<number, string>> = {
  304: 'was told that nothing had changed',
  400: 'was told of mistakes',
  401: 'was asked to sign in',
  403: 'was refused: not allowed',
  404: 'was refused: not found',
  503: 'was not answered: the service was not ready',
};
function answered({ status, code, missing }: Members): Shown {
  if (isMembers(missing)) return { is: 'nothing', text: choice(String(missing.why)) };
  const number = Number(status);
  if (Object.hasOwn(byStatus, number)) return said(`${byStatus[number]}`);
  if (number >= 500) return said('was not answered: the service failed');
  if (number >= 400) return said(`was told why not: ${String(code).toLowerCase().replaceAll('_', ' ')}`);
  return said(number >= 300 ? 'was led to another page' : 'was shown');
}

/** Columns of the log of reads that people read first, by the names that its page lists. */
export const readColumns: Readonly<Record<string, MadeColumn>> = {
  who: { label: 'Who', make: who },
  what: { label: 'Read what', make: whatWasRead },
  answered: { label: 'What they were answered', make: answered },
};
