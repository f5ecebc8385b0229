/**
 * An answer as a page shows it, by the schema that its query declares: names with links, money, days, words
 * for what is withheld. Nothing here knows a kind of record; what is shown of a value depends on its schema,
 * its member's name, and what stands beside it.
 */
import { z } from 'zod';
import type { Schema } from '../../domain/kernel/schema.js';
import { parseGrant } from '../../domain/shared/access.js';
import { grantWords } from '../../domain/shared/grant-words.js';
import { isCivilDate } from '../../domain/shared/calendar.js';
import { isSystems } from '../../domain/shared/values.js';
import { bare, idsOf, isMembers, optionOf, shapeOf, type AnySchema, type Members } from './schemas.js';
import { atLeast, nothing, ofNull } from './withheld.js';
import { choice, codeInWords } from './choices.js';
import { basisPoints, day, financialYear, grouped, instant, money, month, sentence } from './format.js';
import { besides, labelOf, namedBy, partNamedBy, saidBy, unshown, type Named } from './members.js';

/** What a reader may know of other records: what each is called, and the address of its page. */
export interface Names {
  nameOf(kind: Named, id: string): string | undefined;
  hrefOf(kind: string, id: string): string | undefined;
  /** A seat or a theme of the place that is told of. */
  partOf(kind: 'seat' | 'theme', id: string): string | undefined;
  /** A pledge of a pool. */
  pledgeOf?(poolId: string, id: string): string | undefined;
  /** Of a code of the classification of services. */
  serviceOf(code: string): string | undefined;
  /** A text in which organisations that people sign in at are called by their names, where known. */
  issuersIn?(text: string): string;
}

export interface Row {
  readonly label: string;
  readonly value: Shown;
}
interface Card {
  readonly title: string;
  /** Where all of it is shown. */
  readonly href?: string | undefined;
  readonly rows: readonly Row[];
}
export type Shown =
  | { readonly is: 'text'; readonly text: string; readonly href?: string | undefined; readonly figure?: true }
  | { readonly is: 'nothing' | 'withheld'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly Shown[] }
  | { readonly is: 'rows'; readonly rows: readonly Row[] }
  | {
      readonly is: 'table';
      readonly columns: readonly { readonly label: string; readonly figure: boolean }[];
      readonly rows: readonly (readonly Shown[])[];
    }
  | { readonly is: 'cards'; readonly cards: readonly Card[] };

const text = (said: string, href?: string): Shown => ({ is: 'text', text: said, href });
const figure = (said: string): Shown => ({ is: 'text', text: said, figure: true });

/**
 * The name that stands beside an id; undefined where there is none, or what is called so is no name. A null
 * says nothing beside the id.
 */
function besideOf(
  member: string,
  among: Members,
): { readonly member: string; readonly value: unknown } | undefined {
  const beside = Object.hasOwn(besides, member) ? besides[member] : undefined;
  if (beside === undefined || among[member] === undefined) return undefined;
  const value = among[beside];
  return typeof value === 'string' || value === null || Array.isArray(value)
    ? { member: beside, value }
    : undefined;
}
/** In these nothing has come of a record or a part: a zero beside it says that nothing was entered yet. */
const before: ReadonlySet<unknown> = new Set(['draft', 'proposed', 'pledged', 'offered']);
/** Amounts, and what is counted of a promise once it is one; days that are left are none of these. */
const comesLater = /Pence$|^(reschedules|daysLate|slippageDays)$/;
const isBefore = (member: string, { status }: Members): boolean =>
  before.has(status) && comesLater.test(member);
/** Of no use to a person: that nothing is kept back, a code beside its sentence, a place in the log. */
const isOfNoUse = (member: string, schema: AnySchema | undefined, value: unknown, among: Members): boolean =>
  (value === 0 && (member === 'earlierNotShared' || isBefore(member, among))) ||
  (Object.hasOwn(saidBy, member) && saidBy[member]?.some((by) => typeof among[by] === 'string') === true) ||
  (member === 'code' && /^[A-Z]+(_[A-Z]+)+$/.test(String(value)) && typeof among.text === 'string') ||
  (member === 'position' && [z.ZodString, z.ZodNumber].some((kind) => bare(schema) instanceof kind));
/** Cells of a table at most: of what has more members each stands by itself. */
const mostColumns = 7;

/** Shows values to one reader. */
export class Shower {
  /** `parts`: pages of parts that have one, by the member that holds these. */
  constructor(
    private readonly names: Names,
    private readonly parts: Readonly<Record<string, string>> = {},
  ) {}

  /** A value of a member. `among`: the members that it stands among. */
  show(schema: AnySchema | undefined, value: unknown, member = '', among: Members = {}): Shown {
    if (value === undefined) return nothing;
    if (value === null) return atLeast(member, among) ?? ofNull(schema, among);
    const inner = bare(schema);
    if (inner instanceof z.ZodUnion) return this.show(optionOf(inner, value), value, member, among);
    if (Array.isArray(value))
      return this.#list(inner instanceof z.ZodArray ? inner.element : undefined, value, member, among);
    if (isMembers(value)) return this.#object(inner, value);
    return this.#plain(inner, value, member, among);
  }

  /** The members of an object that a page shows, each with its label. */
  rowsOf(schema: AnySchema | undefined, value: Members, but: ReadonlySet<string> = new Set()): Row[] {
    return this.membersOf(schema, value)
      .filter(({ member }) => !but.has(member))
      .map(({ member, schema: of }) => ({
        label: labelOf(member),
        value: this.show(of, value[member], member, value),
      }));
  }
  /** Members that are there, in the order of their schema, without those that a page says elsewhere. */
  membersOf(
    schema: AnySchema | undefined,
    value: Members,
  ): { readonly member: string; readonly schema: AnySchema | undefined }[] {
    const shape = shapeOf(schema, value);
    const names = [...new Set([...Object.keys(shape), ...Object.keys(value)])];
    const said = new Set(names.flatMap((name) => besideOf(name, value)?.member ?? []));
    return names
      .filter((name) => value[name] !== undefined && !unshown.has(name) && !said.has(name))
      .filter((name) => !isOfNoUse(name, shape[name], value[name], value))
      .map((name) => ({ member: name, schema: shape[name] }));
  }

  #plain(schema: AnySchema | undefined, value: unknown, member: string, among: Members): Shown {
    if (typeof value === 'boolean') return text(value ? 'Yes' : 'No');
    if (typeof value === 'number') return this.#number(schema, value, member);
    const said = String(value);
    const ids = idsOf(schema);
    const part = partNamedBy(member);
    const ofPart = part && this.names.partOf(part, said);
    if (ofPart !== undefined) return text(ofPart);
    if (/^pledgeIds?$/.test(member) && typeof among.poolId === 'string')
      return text(this.names.pledgeOf?.(among.poolId, said) ?? said);
    const kind = namedBy(member);
    if (kind !== undefined) return this.#named(kind, said, member, among);
    if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral || ids.includes('Aggregate'))
      return text(choice(said, member));
    if (schema instanceof z.ZodISODate || isCivilDate(said)) return text(day(said));
    if (schema instanceof z.ZodISODateTime) return text(instant(said));
    if (ids.includes('FinancialYear') || ['years', 'financialYear'].includes(member))
      return text(financialYear(said));
    if (
      ['RecordRef', 'LinkEnd'].some((id) => ids.includes(id)) ||
      (member === 'record' && /^[a-z]+-/.test(said))
    )
      return this.#record(said);
    if (['Role', 'EventType', 'CommandName', 'RoundKind'].some((id) => ids.includes(id)))
      return text(choice(said));
    if (member === 'type' && /^([A-Z][a-z]+){2,}$/.test(said)) return text(choice(said));
    if (member === 'code' && /^([a-z-]+|[A-Z_]+)$/.test(said)) return text(codeInWords(said));
    if (['month', 'period', 'lastReport'].includes(member)) return text(month(said));
    if (['as', 'grant', 'grants', 'conflicts'].includes(member)) return text(this.grant(said));
    if (member === 'issuer') return text(sentence(this.names.issuersIn?.(said) ?? said));
    const service = ['cofog', 'purposes'].includes(member) ? this.names.serviceOf(said) : undefined;
    return text(service ?? said);
  }
  #number(schema: AnySchema | undefined, value: number, member: string): Shown {
    if (/pence$/i.test(member) || idsOf(schema).includes('WholePence')) return figure(money(value));
    if (/Bp$/.test(member)) return figure(basisPoints(value));
    if (member === 'percent' || member === 'progress') return figure(`${value}%`);
    return figure(grouped(value));
  }
  #named(kind: Named, id: string, member: string, among: Members): Shown {
    if (kind === 'person' && isSystems(id)) return text('The service itself');
    const beside = besideOf(member, among)?.value;
    const name = typeof beside === 'string' ? beside : this.names.nameOf(kind, id);
    return text(name ?? id, this.names.hrefOf(kind, id));
  }
  /** A record by the name of its stream. */
  #record(stream: string): Shown {
    const cut = stream.indexOf('-');
    const [kind, id] = [stream.slice(0, cut), stream.slice(cut + 1)];
    return text(this.names.nameOf(kind as Named, id) ?? id, this.names.hrefOf(kind, id));
  }
  /** A grant as it is written, in words: `Chair of Durham for Durham County Council`. */
  grant(written: string): string {
    const [role = '', scope = ''] = written.split('@');
    const grant = parseGrant(role, scope);
    return grant ? sentence(grantWords(grant, (part, id) => this.names.nameOf(part, id))) : written;
  }

  #object(schema: AnySchema | undefined, value: Members): Shown {
    if (schema instanceof z.ZodRecord) return this.#map(schema, value);
    // A record by its kind and id.
    if (typeof value.aggregate === 'string' && typeof value.id === 'string') {
      const title = typeof value.title === 'string' ? value.title : undefined;
      const name = title ?? this.names.nameOf(value.aggregate as Named, value.id);
      return text(
        name ?? `${choice(value.aggregate)} ${value.id}`,
        this.names.hrefOf(value.aggregate, value.id),
      );
    }
    if (isParty(value)) return this.#party(value);
    if (idsOf(schema).includes('FuzzyDate')) return text(fuzzy(value));
    if (typeof value.account === 'string' && typeof value.role === 'string')
      return text(actor(value, (id) => this.names.nameOf('person', id)));
    const rows = this.rowsOf(schema, value);
    return rows.length === 0 ? nothing : { is: 'rows', rows };
  }
  /** For whom something waits, or what it is of: by name. */
  #party({ kind, id, name }: { readonly kind: string; readonly id: string; readonly name?: unknown }): Shown {
    const of = Object.hasOwn(recordOfParty, kind) ? `${recordOfParty[kind]}` : kind;
    const named = typeof name === 'string' ? name : this.names.nameOf(of as Named, id);
    return text(named ?? `${choice(kind)} ${id}`, this.names.hrefOf(of, id));
  }
  #map(schema: z.ZodRecord, value: Members): Shown {
    const entries = Object.entries(value);
    if (entries.length === 0) return nothing;
    const rows = entries.map(([key, held]) => ({
      label: choice(key.replaceAll('.', ', ')),
      value: this.show(schema.valueType, held),
    }));
    return rows.every((row) => row.value.is === 'rows')
      ? {
          is: 'cards',
          cards: rows.map(({ label, value: of }) => ({
            title: label,
            rows: of.is === 'rows' ? of.rows : [],
          })),
        }
      : { is: 'rows', rows };
  }
  #list(schema: AnySchema | undefined, values: readonly unknown[], member: string, among: Members): Shown {
    if (values.length === 0) return nothing;
    if (!values.every(isMembers)) {
      const beside = besideOf(member, among);
      const nameAt = (i: number): Members =>
        Array.isArray(beside?.value) ? { ...among, [beside.member]: beside.value[i] as unknown } : among;
      return { is: 'list', items: values.map((value, i) => this.show(schema, value, member, nameAt(i))) };
    }
    const rows = values.map((value) => ({ value, ...this.#rowOf(schema, value, member) }));
    if (rows.every((row) => row.whole !== undefined))
      return { is: 'list', items: rows.flatMap((row) => row.whole ?? []) };
    const labels = [...new Set(rows.flatMap((row) => row.rows.map(({ label }) => label)))];
    const isFlat = rows.every((row) => row.rows.every(({ value }) => isShort(value)));
    if (isFlat && labels.length <= mostColumns) return tableOf(labels, rows);
    return { is: 'cards', cards: rows.map((row, i) => this.#card(row.value, row.rows, i, member)) };
  }
  /** One of several parts. Of what has a page of its own only what is short is said here. */
  #card(value: Members, rows: readonly Row[], at: number, member: string): Card {
    const href = this.#pageOf(value, member);
    const grant = typeof value.grant === 'string' ? this.grant(value.grant) : undefined;
    const title = grant ?? titleIn(value) ?? `${at + 1}`;
    const there = rows.filter((row) => row.value.is !== 'nothing' && !isText(row.value, title));
    const shown = href === undefined ? there : there.filter((row) => isShort(row.value));
    const lacking = rows.filter((row) => row.value.is === 'nothing').map(({ label }) => label);
    const lack: readonly Row[] =
      lacking.length === 0 ? [] : [{ label: 'Nothing recorded of', value: text(lacking.join(', ')) }];
    return { title, href, rows: [...shown, ...lack] };
  }
  #pageOf({ link, id }: Members, member: string): string | undefined {
    if (typeof link === 'string') return link.replace(/^\/v1(?=\/)/, '');
    const page = Object.hasOwn(this.parts, member) ? this.parts[member] : undefined;
    return typeof id === 'string' ? page?.replace(':id', encodeURIComponent(id)) : undefined;
  }
  #rowOf(
    schema: AnySchema | undefined,
    value: Members,
    member: string,
  ): { readonly rows: readonly Row[]; readonly whole?: Shown } {
    const shown = this.show(schema, value);
    if (shown.is !== 'rows') return { rows: [], whole: shown };
    const kind = namedBy(member);
    const { id } = value;
    if (kind === undefined || typeof id !== 'string') return { rows: shown.rows };
    const label = labelOf('id');
    const named = { label, value: this.#named(kind, id, 'id', value) };
    return { rows: shown.rows.map((row) => (row.label === label ? named : row)) };
  }
}

/** Parties that are no kind of record, by whose record is theirs. */
const recordOfParty: Readonly<Record<string, string>> = {
  department: 'agency',
  'programme-office': 'programme',
};
const partyMembers: ReadonlySet<string> = new Set(['kind', 'id', 'name']);
const isParty = (value: Members): value is { kind: string; id: string; name?: unknown } =>
  typeof value.kind === 'string' &&
  typeof value.id === 'string' &&
  Object.keys(value).every((member) => partyMembers.has(member));

/** Does a value say just this? */
const isText = (value: Shown, said: string): boolean =>
  value.is === 'text' && value.text === said && value.href === undefined;
/** What fits a line beside its label. */
export const isLine = (value: Shown): boolean =>
  ['text', 'withheld'].includes(value.is) ||
  (value.is === 'list' && value.items.every((item) => item.is === 'text'));
/** A value that fits a cell. */
const isShort = (value: Shown): boolean =>
  ['text', 'nothing', 'withheld'].includes(value.is) ||
  (value.is === 'list' && value.items.every((item) => item.is === 'text'));

function tableOf(labels: readonly string[], rows: readonly { readonly rows: readonly Row[] }[]): Shown {
  const cells = rows.map((row) =>
    labels.map((label) => row.rows.find((cell) => cell.label === label)?.value ?? nothing),
  );
  return {
    is: 'table',
    columns: labels.map((label, i) => ({
      label,
      figure: cells.some((row) => row[i]?.is === 'text' && row[i].figure === true),
    })),
    rows: cells,
  };
}

/** Members that say what something is called, those that say it best first. */
const titleMembers = ['title', 'name', 'statement', 'question', 'deed', 'remedy', 'label', 'agency', 'id'];
/** What a row or a part is called by its own members. */
export function titleIn(value: Members): string | undefined {
  const own = titleMembers.map((member) => value[member]).find((said) => typeof said === 'string');
  if (typeof own === 'string' && own !== '') return own;
  const held = Object.values(value).find((part) => isMembers(part) && typeof part.name === 'string');
  return isMembers(held) ? String(held.name) : undefined;
}
/** The member that says what the rows of a schema are called. */
export function titleMember(schema: Schema): string | undefined {
  const shape = schema instanceof z.ZodObject ? schema.shape : {};
  return titleMembers.find((member) => Object.hasOwn(shape, member));
}

/** A date that is known to a month or a quarter only. */
function fuzzy({ from, to, tbc }: Members): string {
  const span = from === to ? day(String(to)) : `${day(String(from))} to ${day(String(to))}`;
  return tbc === true ? `${span}, to be confirmed` : span;
}
/** Who acted: by the name of the person, or of the account, in which role, for whom. */
function actor(
  { account, name, role, agency, onBehalfOf }: Members,
  nameOf: (account: string) => string | undefined,
): string {
  const on = typeof onBehalfOf === 'string' ? `, on behalf of ${nameOf(onBehalfOf) ?? onBehalfOf}` : '';
  if (isSystems(String(account))) return `The service itself${on}`;
  const who = typeof name === 'string' ? name : (nameOf(String(account)) ?? String(account));
  const body = typeof agency === 'string' ? ` for ${agency}` : '';
  const as = role === 'public' ? 'without a role' : choice(String(role), 'role').toLowerCase();
  return `${who} (${as}${body}${on})`;
}
