/** A record as a page: its answer by its declared schema, and what else can be asked about it. */
import {
  isOfRecord,
  type ListQuery,
  type Query as Question,
  type RecordQuery,
} from '../../http/query/declare.js';
import { parametersOf } from '../../http/query/parameters.js';
import { queries } from '../../http/questions/index.js';
import { pageAddress, withAsked, type Query } from '../address.js';
import { fieldsOf, type Field } from '../filter.js';
import { isLine, titleIn, type Row, type Shown } from '../../http/words/shown.js';
import { type RecordAnswer, type Visit } from '../visit.js';
import { choice } from '../../http/words/choices.js';
import { moment } from '../../http/words/format.js';
import { isOfUse } from '../ways.js';
import { labelOf } from '../../http/words/members.js';
import { toldOf } from '../../http/words/names.js';
import type { Unclear } from './asked-by-name.js';
import { possibleModel, type PossibleModel } from './possible.js';
import { hasPage, subjectOf } from '../words/subjects.js';

export interface Way {
  readonly text: string;
  readonly href: string;
  readonly current?: boolean;
}
interface Section {
  readonly title: string;
  readonly id: string;
  readonly value: Shown;
}
export interface RecordModel {
  readonly title: string;
  readonly caption: string;
  /** The place that it is of. */
  readonly place: string | undefined;
  readonly purpose: string | undefined;
  readonly fields: readonly Field[];
  /** Of what can be shown as it stood by a form of its own: the field for when. */
  readonly then: readonly Field[];
  /** Something in its forms is to be mended: of what is asked nothing is told. */
  readonly unclear: boolean;
  readonly rows: readonly Row[];
  /** Members of which there is nothing, by their labels. */
  readonly empty: readonly string[];
  readonly sections: readonly Section[];
  /** Other pages about the same record. */
  readonly pages: readonly Way[];
  readonly lists: readonly Way[];
  readonly illustrative: boolean;
  readonly corrected: boolean;
  readonly readers: string | undefined;
  readonly audience: string | undefined;
  /** The moment as at which it is shown. */
  readonly asAt: string | undefined;
  /** Where its last entry stands, and how many it has. */
  readonly entry: number | undefined;
  readonly entries: number | undefined;
  readonly csv: string | undefined;
  readonly json: string;
  readonly next: string | undefined;
  readonly possible: PossibleModel | undefined;
}

/** Said at the top of the page or under "About this page". */
const apart: ReadonlySet<string> = new Set(['id', 'tier', 'audience', 'corrected', 'name', 'title', 'asAt']);

/** What the page of a record shows. */
export async function recordModel(
  question: RecordQuery,
  id: string,
  visit: Visit,
  asked: Query,
  unclear?: Unclear,
): Promise<RecordModel> {
  // What is not clear is not asked: what the record is called is that of today.
  const answered = await visit.record(question, id, unclear ? {} : asked);
  const { body, own } = answered;
  const subject = subjectOf(question.url);
  const fields = await fieldsOf(parametersOf(question), asked, visit, unclear);
  const isThen = ({ name }: Field): boolean => name === 'asAt' && isOfRecord(question);
  const { url } = visit.request;
  const said = {
    title: titleOf(question, id, answered, visit),
    caption: subject.captioned?.(body) ?? subject.title,
  };
  return {
    ...said,
    place: placeOf(question, id, answered, visit),
    purpose: subject.purpose,
    fields: fields.filter((field) => !isThen(field)),
    then: fields.filter(isThen),
    unclear: unclear !== undefined,
    ...(unclear ? nothingTold : partsOf(question, id, answered, visit)),
    pages: waysOf(question, id, body, visit),
    lists: listsOf(question, id, visit, unclear ? {} : asked),
    illustrative: body.illustrative === true,
    corrected: body.corrected === true,
    readers: typeof body.tier === 'string' ? choice(body.tier, 'tier') : undefined,
    audience: typeof body.audience === 'string' ? choice(body.audience, 'audience') : undefined,
    asAt: unclear || asked.asAt === undefined ? undefined : moment(asked.asAt),
    entry: own?.last,
    entries: own?.count,
    csv: question.csv ? withAsked(url, { format: 'csv' }) : undefined,
    json: withAsked(url, { format: 'json' }),
    next: !unclear && typeof body.next === 'string' ? pageAddress(body.next) : undefined,
    possible: await possibleIn(question, id, visit, asked),
  };
}

type RecordParts = Pick<RecordModel, 'rows' | 'empty' | 'sections'>;
const nothingTold: RecordParts = { rows: [], empty: [], sections: [] };
/** What an answer tells of a record, by its declared schema. */
export function partsOf(
  question: RecordQuery,
  id: string,
  { body, context }: Pick<RecordAnswer, 'body' | 'context'>,
  visit: Visit,
): RecordParts {
  const kind = kindAt(question.url)?.kind;
  const told = toldOf(kind, id, kind === undefined ? undefined : context.seen(kind, id));
  const rows = visit
    .showerOf(context, told, subjectOf(question.url).parts)
    .rowsOf(question.body, body, apart);
  return {
    rows: rows.filter(({ value }) => isLine(value)),
    empty: rows.filter(({ value }) => value.is === 'nothing').map(({ label }) => label),
    sections: rows
      .filter(({ value }) => !isLine(value) && value.is !== 'nothing')
      .map(({ label, value }, i) => ({ title: label, id: `part-${i + 1}`, value })),
  };
}

/** What may be done with the record: of one as it stood, and on a page of a part of it, that is not said. */
function possibleIn(
  question: RecordQuery,
  id: string,
  visit: Visit,
  { asAt }: Query,
): Promise<PossibleModel | undefined> {
  const collection = /^\/v1\/([^/]+)\/:id$/.exec(question.url)?.[1];
  return collection === undefined || asAt !== undefined
    ? Promise.resolve(undefined)
    : possibleModel(collection, id, visit);
}

/** The kind of record at an address, and its own query. */
function kindAt(url: string): { readonly own: RecordQuery; readonly kind: string } | undefined {
  const base = url.replace(/(\/:id)\/.*$/, '$1');
  const own = queries.find((one): one is RecordQuery => one.kind === 'record' && one.url === base);
  return own?.of === undefined ? undefined : { own, kind: own.of };
}

/** What the record is called: by its own words, else by its name wherever it is named. */
function titleOf(question: RecordQuery, id: string, { body, context }: RecordAnswer, visit: Visit): string {
  if (!question.url.includes(':id')) return subjectOf(question.url).title;
  const record = kindAt(question.url);
  const names = visit.names(context);
  const named = record && names.nameOf(record.kind as 'pool', id);
  if (named !== undefined) return named;
  return titleIn({ ...body, id: undefined }) ?? id;
}

/** The place that the record is of, where it is not that place itself. */
function placeOf(
  question: RecordQuery,
  id: string,
  { context }: RecordAnswer,
  visit: Visit,
): string | undefined {
  const record = kindAt(question.url);
  const placeId = record && context.seen(record.kind, id)?.placeId;
  return placeId === undefined || placeId === id ? undefined : visit.names().nameOf('place', placeId);
}

/** Other pages about the same record. */
function waysOf(question: RecordQuery, id: string, body: RecordAnswer['body'], visit: Visit): Way[] {
  const record = kindAt(question.url);
  const at = (url: string): string => pageAddress(url.replace(':id', encodeURIComponent(id)));
  const base = question.url.replace(/(\/:id)\/.*$/, '$1');
  const same = queries.filter(
    (one): one is RecordQuery =>
      one.kind === 'record' && hasPage(one.url) && (one.url === base || one.url.startsWith(`${base}/`)),
  );
  const inOrder = [...same].sort((one, other) => one.url.length - other.url.length);
  const ways: Way[] = inOrder.map((one) => ({
    text: subjectOf(one.url).title,
    href: at(one.url),
    current: one.url === question.url,
  }));
  if (record?.kind === 'agency' && body.sector === 'department')
    ways.push({ text: 'What it owes', href: `/departments/${encodeURIComponent(id)}` });
  if (!record) return ways;
  const stream = encodeURIComponent(`${record.kind}-${id}`);
  return [
    ...ways,
    { text: 'History', href: `/timeline?record=${stream}` },
    { text: labelOf('lineage'), href: `/lineage?record=${stream}` },
    { text: 'Compare two moments', href: `/compare?record=${stream}` },
    ...(visit.principal.grants.some(({ role }) => role === 'auditor')
      ? [{ text: 'Who read this', href: `/reads?record=${stream}` }]
      : []),
  ];
}

/** Lists that can be narrowed to this record. */
const narrowedBy: Readonly<Record<string, string>> = {
  place: 'placeId',
  programme: 'programmeId',
  agency: 'ownerAgencyId',
};
function listsOf(question: RecordQuery, id: string, visit: Visit, { asAt }: Query): Way[] {
  const kind = kindAt(question.url)?.kind;
  const parameter = kind !== undefined && Object.hasOwn(narrowedBy, kind) ? narrowedBy[kind] : undefined;
  if (parameter === undefined) return [];
  return queries
    .filter((one: Question): one is ListQuery => one.kind === 'list' && !one.url.startsWith('/v1/me/'))
    .filter((one) => one.query !== undefined && Object.hasOwn(one.query.shape, parameter))
    .filter((one) => isOfUse(pageAddress(one.url), visit.principal))
    .map((one) => ({
      text: subjectOf(one.url).title,
      // Of a record as it stood those that can be told so are of the same moment.
      href: withAsked(pageAddress(one.url), { [parameter]: id, ...(one.past ? { asAt } : {}) }),
    }));
}
