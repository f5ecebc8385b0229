/** A list as a page: filters and order in the address, a table, a page at a time, and the same as a file. */
import type { z } from 'zod';
import { defaultOrder, type ListQuery } from '../../http/query/declare.js';
import { parametersOf } from '../../http/query/parameters.js';
import { queries } from '../../http/questions/index.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import { fieldsOf, type Field } from '../filter.js';
import { isMembers } from '../../http/words/schemas.js';
import { titleIn, titleMember, type Shown } from '../../http/words/shown.js';
import type { Visit } from '../visit.js';
import { moment } from '../../http/words/format.js';
import { labelOf, unshown } from '../../http/words/members.js';
import { subjectOf } from '../words/subjects.js';
import { barrierBoard, type Board } from './barrier-board.js';
import { readColumns, type MadeColumn } from './read-columns.js';
import type { Unclear } from './asked-by-name.js';
import { countsModel, type CountsModel } from './counts.js';
import { possibleModel, type PossibleModel } from './possible.js';

interface Head {
  readonly label: string;
  readonly figure: boolean;
  /** Where to have it in this order. */
  readonly href?: string | undefined;
  readonly order?: 'ascending' | 'descending' | undefined;
}
interface ListedRow {
  readonly title: string;
  readonly href?: string | undefined;
  readonly illustrative: boolean;
  readonly failed: boolean;
  readonly cells: readonly Shown[];
}
export interface ListModel {
  readonly title: string;
  readonly purpose: string | undefined;
  readonly fields: readonly Field[];
  /** Something in its form is to be mended: no row is told. */
  readonly unclear: boolean;
  /** How many rows it has, by kind and month: of its first page. */
  readonly counts: CountsModel | undefined;
  readonly orders: readonly { readonly value: string; readonly text: string; readonly selected: boolean }[];
  readonly titled: Head;
  readonly heads: readonly Head[];
  readonly rows: readonly ListedRow[];
  /** In the stead of a table of few columns: its rows as cards. */
  readonly board: Board | undefined;
  readonly next: string | null;
  readonly first: string | undefined;
  readonly isFiltered: boolean;
  /** The moment as at which it is shown, and where it is as it stands. */
  readonly asAt: string | undefined;
  readonly now: string;
  /** Of one that begins at today: where what was before is shown as well. */
  readonly earlier: string | undefined;
  /** Where to have every column, or the first ones again. */
  readonly columns: { readonly all: boolean; readonly href: string; readonly isBoard: boolean } | undefined;
  readonly csv: string;
  readonly json: string;
  readonly possible: PossibleModel | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** Columns that are made of several members of a row, by the list and the name of each. */
const madeColumns: Readonly<Record<string, Readonly<Record<string, MadeColumn>>>> = {
  '/v1/reads': readColumns,
};
const madeOf = ({ url }: ListQuery): Readonly<Record<string, MadeColumn>> =>
  Object.hasOwn(madeColumns, url) ? (madeColumns[url] ?? {}) : {};

/** Lists that are shown as a board, unless every column is asked for; so many cards to a page. */
const boards: Readonly<Record<string, (rows: readonly never[], visit: Visit) => Board>> = {
  '/v1/barriers': barrierBoard,
};
const cardsOfPage = '200';

/** What narrows a list of days, or says where its page begins. */
const days = ['from', 'to', 'cursor'];
/** Before everything that is recorded. */
const firstDay = '1900-01-01';

const noRows = { items: [], next: null } as const;

/** What the page of a list shows. `asked` has what its address asks for. */
export async function listModel(
  list: ListQuery,
  visit: Visit,
  asked: Query,
  unclear?: Unclear,
): Promise<ListModel> {
  const { columns: wide, ...sent } = asked;
  const subject = subjectOf(list.url);
  const begun = subject.fromToday === true && !days.some((name) => Object.hasOwn(sent, name));
  const day = visit.context.day;
  const board = wide !== 'all' && Object.hasOwn(boards, list.url) ? boards[list.url] : undefined;
  const given: Query = {
    ...(board ? { limit: cardsOfPage } : {}),
    ...sent,
    ...(begun ? { from: day } : {}),
  };
  const url = begun ? withAsked(visit.request.url, { from: day }) : visit.request.url;
  const page = unclear ? noRows : await visit.list(list, given, url);
  const shape = list.row.shape;
  const titled = subject.titled ?? titleMember(list.row) ?? 'id';
  const first = subject.columns;
  const everything = [...Object.keys(madeOf(list)), ...Object.keys(shape)].filter(
    (name) => !unshown.has(name) && name !== titled,
  );
  const members = first && wide !== 'all' ? first.filter((name) => name !== titled) : everything;
  const rows = page.items.map((item) => rowOf(list, item as Members, members, titled, visit));
  const order = given.sort ?? defaultOrder(list);
  const heads = members.map((name, i) => ({
    ...headOf(name, list, order, url),
    figure: rows.some(({ cells }) => cells[i]?.is === 'text' && cells[i].figure === true),
  }));
  const fields = await fieldsOf(parametersOf(list), given, visit, unclear);
  const here = withAsked(url, { cursor: undefined });
  return {
    title: subject.title,
    purpose: subject.purpose,
    unclear: unclear !== undefined,
    fields,
    asAt: unclear || given.asAt === undefined ? undefined : moment(given.asAt),
    now: withAsked(here, { asAt: undefined }),
    counts:
      subject.counts === undefined || unclear || given.cursor !== undefined || given.asAt !== undefined
        ? undefined
        : await countsModel(subject.counts, list.url, visit, given),
    orders: ordersOf(list, order),
    titled: headOf(titled, list, order, url),
    heads,
    rows,
    board: board?.(page.items as readonly never[], visit),
    next: page.next,
    first: given.cursor === undefined ? undefined : here,
    isFiltered: fields.some(({ name, value }) => value !== '' && !(begun && name === 'from')),
    earlier: begun ? withAsked(url, { from: firstDay }) : undefined,
    columns: first && {
      all: wide === 'all',
      isBoard: Object.hasOwn(boards, list.url),
      href: withAsked(url, { columns: wide === 'all' ? undefined : 'all' }),
    },
    csv: withAsked(here, { format: 'csv', columns: undefined }),
    json: withAsked(url, { format: 'json', columns: undefined }),
    possible:
      given.asAt === undefined
        ? await possibleModel(list.url.replace('/v1/', ''), undefined, visit)
        : undefined,
  };
}

function rowOf(
  list: ListQuery,
  item: Members,
  members: readonly string[],
  titled: string,
  visit: Visit,
): ListedRow {
  const shape: Readonly<Record<string, z.core.$ZodType>> = list.row.shape;
  const shower = visit.showerOf(visit.context, {
    placeId: typeof item.placeId === 'string' ? item.placeId : undefined,
    programmeId: typeof item.programmeId === 'string' ? item.programmeId : undefined,
  });
  const made = madeOf(list);
  const show = (name: string): Shown =>
    made[name]?.make(item) ?? shower.show(shape[name], item[name], name, item);
  return {
    title: titleOf(show(titled), item, titled),
    // Where it is called by what is no record, the record is linked in its own cell.
    href: Object.hasOwn(made, titled) ? undefined : hrefOf(list, item),
    illustrative: item.illustrative === true,
    failed: item.failed === true,
    cells: members.map(show),
  };
}
/** What a row is called; one that nobody named, by whose it is. */
function titleOf(shown: Shown, item: Members, titled: string): string {
  const plainly = [item.name, item.account].find((said) => typeof said === 'string');
  if (item[titled] === null && typeof plainly === 'string') return plainly;
  if (shown.is === 'text' || shown.is === 'withheld') return shown.text;
  return titleIn(item) ?? String(item.id);
}
/** The page of a row: where it says, else that of the record whose list it is. */
function hrefOf(list: ListQuery, item: Members): string | undefined {
  if (isMembers(item.does)) return formOf(item.does);
  if (typeof item.link === 'string') return pageAddress(item.link);
  if (Object.hasOwn(list.row.shape, 'link') || typeof item.id !== 'string') return undefined;
  return queries.some(({ url }) => url === `${list.url}/:id`)
    ? `${pageAddress(list.url)}/${encodeURIComponent(item.id)}`
    : undefined;
}

/** The form of the command that does what a row says, about what the row is about. */
const formOf = ({ path, names }: Members): string =>
  withAsked(pageAddress(String(path)), isMembers(names) ? (names as Readonly<Record<string, string>>) : {});

function headOf(name: string, list: ListQuery, order: string, url: string): Head {
  const label = madeOf(list)[name]?.label ?? labelOf(name);
  if (!list.sorts.includes(name)) return { label, figure: false };
  const isBy = order.replace(/^-/, '') === name;
  const isDown = order.startsWith('-');
  const next = isBy && !isDown ? `-${name}` : name;
  return {
    label,
    figure: false,
    href: withAsked(url, { sort: next, cursor: undefined }),
    order: isBy ? way(isDown) : undefined,
  };
}
const way = (isDown: boolean): 'ascending' | 'descending' => (isDown ? 'descending' : 'ascending');

const ordersOf = (list: ListQuery, order: string): ListModel['orders'] =>
  list.sorts.flatMap((key) =>
    [key, `-${key}`].map((value) => ({
      value,
      text: `${labelOf(key)}${value.startsWith('-') ? ', last first' : ''}`,
      selected: value === order,
    })),
  );
