/**
 * The page of CSV columns, made from the queries themselves, and the check that no column goes unless the
 * version of its list is raised.
 */
import { columnName, type Columns } from '../../src/http/query/csv.js';
import type { Query } from '../../src/http/query/declare.js';
import { untold } from '../../src/http/query/why-null.js';
import { feeds } from '../../src/http/questions/feeds.js';
import { queries } from '../../src/http/questions/index.js';

/** What answers CSV; one that has others where a parameter is given stands twice. */
interface CsvList {
  readonly url: string;
  readonly title: string;
  readonly csv: Columns | undefined;
}
function listsOf(q: Query): CsvList[] {
  const { url, title } = q;
  if (q.kind === 'list') return [{ url, title, csv: { columns: q.columns, version: q.columnsVersion } }];
  const asked = q.csv?.asked ?? [];
  return [
    { url, title, csv: q.csv },
    ...asked.map((one) => ({ url: `${url}?${one.parameter}`, title, csv: one })),
  ];
}
/** Everything that answers CSV, by its address. */
export const csvLists = (): { readonly url: string; readonly title: string; readonly csv: Columns }[] =>
  [
    ...queries.flatMap(listsOf),
    ...feeds.map((f): CsvList => ({ url: f.url, title: f.title, csv: f.csv })),
  ].flatMap(({ csv, ...q }) => (csv ? [{ ...q, csv }] : []));

const row = ({ url, csv }: { url: string; csv: Columns }): string =>
  `| \`${url}\` | ${csv.version ?? 1} | ${csv.columns.map((c) => `\`${columnName(c)}\``).join(', ')} |`;

export function csvPage(lists = csvLists()): string {
  return [
    '# CSV columns',
    '',
    'Made by `npm run docs` from the queries. Every list answers CSV to `Accept: text/csv` or ' +
      '`?format=csv`: UTF-8 with a byte order mark, the',
    'names of the columns in the first row. Read columns by name: a new one may come between two ' +
      'others. A column that goes, is renamed,',
    'moves past another or changes its meaning raises the version of its list, which each answer says ' +
      'in its header `Columns-Version`.',
    '',
    'Names ending in `Pence` are whole pence, in `On` days in London, in `At` instants in UTC. An empty ' +
      'cell is no value; of one that is not disclosed to you',
    `it says so: \`${untold.withheld}\`, or \`${untold.either}\` where you are told neither. Several ` +
      'things in one cell stand apart by `; `.',
    '`link` opens the page of the record where its reader may, `lineage` what it comes from and leads to: ' +
      'whole addresses where the operator has set',
    '`PUBLIC_ADDRESS` ([configuration](configuration.md)), else as the API has them. The columns of a ' +
      "place's progress from `ragBefore` to `reasonsGone` are filled",
    "where `since` is asked. Text that a spreadsheet would take for a formula has a `'` before it.",
    '',
    '| List | Version | Columns |',
    '| --- | --- | --- |',
    ...lists.map(row),
    '',
  ].join('\n');
}

interface Listed {
  readonly version: number;
  readonly columns: readonly string[];
}
const read = (page: string): Map<string, Listed> =>
  new Map(
    [...page.matchAll(/^\| `(\S+)` \| (\d+) \| (.*) \|$/gm)].map(([, url = '', version, columns = '']) => [
      url,
      { version: Number(version), columns: [...columns.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name) },
    ]),
  );
/**
 * What a page takes from those who read by an earlier one though the version stands still: a sentence each.
 */
export function columnsLost(earlier: string, page: string): string[] {
  const now = read(page);
  return [...read(earlier)].flatMap(([url, was]) => {
    const is = now.get(url);
    if (!is || is.version > was.version) return [];
    if (is.version < was.version) return [`${url}: version ${was.version} was published already`];
    const kept = is.columns.filter((c) => was.columns.includes(c));
    const lost = was.columns.filter((c) => !is.columns.includes(c));
    if (lost.length === 0 && kept.join() === was.columns.join()) return [];
    return [`${url}: ${lost.length > 0 ? `${lost.join(', ')} went` : 'columns moved'}; raise columnsVersion`];
  });
}
