/** How many rows a list has, as a table above it: by kind and month, each number leading to its rows. */
import { existing } from '../../domain/kernel/parts.js';
import type { RecordQuery } from '../../http/query/declare.js';
import type { CountsAnswer } from '../../http/questions/counts.js';
import { queries } from '../../http/questions/index.js';
import { codeInWords } from '../../http/words/choices.js';
import { grouped, month } from '../../http/words/format.js';
import { labelOf } from '../../http/words/members.js';
import type { Shown } from '../../http/words/shown.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import type { Visit } from '../visit.js';

/** Which query counts the rows of a list, and by which parameter of the list they are of a kind. */
export interface CountedBy {
  readonly url: string;
  readonly kind: string;
}
interface CountedRow {
  readonly title: string;
  readonly href: string;
  readonly cells: readonly Shown[];
}
export interface CountsModel {
  readonly count: string;
  readonly titled: { readonly label: string };
  readonly heads: readonly { readonly label: string; readonly figure: true }[];
  readonly rows: readonly CountedRow[];
  readonly csv: string;
  /** The same by place and month; undefined where a place was asked for. */
  readonly places: Pick<CountsModel, 'titled' | 'heads' | 'rows'> | undefined;
}
const figure = (count: number, href: string): Shown => ({
  is: 'text',
  text: grouped(count),
  figure: true,
  href: count === 0 ? undefined : href,
});
/** What a list is asked beside its filters. */
const beside: ReadonlySet<string> = new Set(['sort', 'cursor', 'limit']);

/** The counts of a list, with its own filters; undefined where there is nothing to count. */
export async function countsModel(
  { url, kind: by }: CountedBy,
  list: string,
  visit: Visit,
  asked: Query,
): Promise<CountsModel | undefined> {
  const question = existing(
    queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === url),
    url,
  );
  const filters = Object.fromEntries(Object.entries(asked).filter(([name]) => !beside.has(name)));
  const { kinds, count, items } = (await visit.record(question, undefined, filters)).body as CountsAnswer;
  const [first] = kinds;
  if (!first) return undefined;
  const rowsOf = (changes: Query): string => withAsked(pageAddress(list), { ...filters, ...changes });
  const months = first.months.map((one) => month(one.month));
  const heads = [...months, 'All months'].map((label) => ({ label, figure: true as const }));
  /** Places by name; what is of none stands in the table by kind alone, since no address asks for it. */
  const placeIds = [...new Set(items.flatMap(({ placeId }) => placeId ?? []))];
  const placed = placeIds.map((placeId) => {
    const own = items.filter((item) => item.placeId === placeId);
    const sum = (of: typeof items): number => of.reduce((all, item) => all + item.count, 0);
    return {
      title: visit.names().nameOf('place', placeId) ?? placeId,
      href: rowsOf({ placeId }),
      cells: [
        ...first.months.map(({ month, from, to }) =>
          figure(sum(own.filter((item) => item.month === month)), rowsOf({ placeId, from, to })),
        ),
        figure(sum(own), rowsOf({ placeId })),
      ],
    };
  });
  return {
    count: grouped(count),
    titled: { label: labelOf(by) },
    heads,
    places:
      asked.placeId === undefined && placed.length > 0
        ? {
            titled: { label: labelOf('placeId') },
            heads,
            rows: placed.sort((one, other) => one.title.localeCompare(other.title, 'en-GB')),
          }
        : undefined,
    rows: kinds.map((kind) => ({
      title: codeInWords(kind.kind),
      href: rowsOf({ [by]: kind.kind }),
      cells: [
        ...kind.months.map(({ from, to, count: inMonth }) =>
          figure(inMonth, rowsOf({ [by]: kind.kind, from, to })),
        ),
        figure(kind.count, rowsOf({ [by]: kind.kind })),
      ],
    })),
    csv: withAsked(pageAddress(url), { ...filters, format: 'csv' }),
  };
}
