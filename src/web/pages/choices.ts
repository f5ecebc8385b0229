/** What a form lets somebody choose: records that their reader sees, and the parts a command is about. */
import type { ListQuery } from '../../http/query/declare.js';
import { queries } from '../../http/questions/index.js';
import type { Choice, Choices } from '../form/field.js';
import type { Chooser, Wanted } from '../form/choose.js';
import type { Inputs } from '../form/inputs.js';
import { titleIn } from '../shown.js';
import type { Visit } from '../visit.js';

/** As many are offered at once; the others are looked for. */
const mostOffered = 20;
/** Through so many a list is looked; who seeks something that stands behind them types more of it. */
const mostSearched = 200;

const listAddresses: Readonly<Record<string, string>> = {
  programme: '/v1/programmes',
  place: '/v1/places',
  agency: '/v1/agencies',
  barrier: '/v1/barriers',
  commitment: '/v1/commitments',
  decision: '/v1/decisions',
  fundingstream: '/v1/funding-streams',
  pool: '/v1/pools',
  submission: '/v1/submissions',
  waiver: '/v1/waivers',
};
const listOf = (kind: string): ListQuery | undefined =>
  queries.find((one): one is ListQuery => one.kind === 'list' && one.url === listAddresses[kind]);

/** The kind of record that a field names: its own, or what the field beside it says. */
function kindOf({ node, name }: Wanted, inputs: Inputs): string | undefined {
  if (node.kindFrom === undefined) return node.field === 'ref' ? node.kind : undefined;
  return inputs.filled(name.replace(/[^.]+$/, node.kindFrom));
}

/** `parts`: what the member that names a part may be. */
export const chooserOf =
  (
    visit: Visit,
    inputs: Inputs,
    parts: { readonly member: string; readonly items: readonly Choice[] } | undefined,
  ): Chooser =>
  async (wanted) => {
    if (parts && wanted.member === parts.member) return { items: parts.items, more: false };
    const kind = kindOf(wanted, inputs);
    const list = kind === undefined ? undefined : listOf(kind);
    return list && among(await rowsOf(list, visit), wanted.sought);
  };

async function rowsOf(list: ListQuery, visit: Visit): Promise<Choice[]> {
  const { items } = await visit.list(list, { limit: String(mostSearched) }, list.url);
  return items.map((item) => {
    const row = item as Readonly<Record<string, unknown>> & { readonly id: string };
    return { id: row.id, title: titleIn({ ...row, id: undefined }) ?? row.id };
  });
}
function among(rows: readonly Choice[], sought: string): Choices {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(({ id, title }) => {
    const text = `${title} ${id}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const items = found.sort((a, b) => a.title.localeCompare(b.title, 'en-GB')).slice(0, mostOffered);
  return { items, more: rows.length > mostOffered };
}
