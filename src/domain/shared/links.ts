/** Which other records an event names, and in what sense: the links that lineage follows. */
import { dataFor, type EventEntry } from '../kernel/types.js';

/** `because`: a step of the system that another record's event caused. The others say it in their data. */
export type LinkKind = 'because' | 'from' | 'decided-by' | 'authorises' | 'refers-to' | 'replaces' | 'depends-on' | 'money' | 'includes' | 'merged-into' | 'carried-by' | 'waived-by';
export interface Link {
  readonly kind: LinkKind;
  /** The other record's stream. */
  readonly to: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it guesses by the names of members, whatever the event
type Find = (data: any, aggregate: string) => readonly (string | undefined)[];
const one =
  (field: string, to: string): Find =>
  (d) => [typeof d[field] === 'string' ? `${to}-${d[field]}` : undefined];
const pinned: Find = (d) =>
  [...(Array.isArray(d.pins) ? d.pins : []), ...(Array.isArray(d.included) ? d.included : [])].map((p: { aggregate: string; id: string }) => `${p.aggregate}-${p.id}`);

/** In one sense each; a field that names a record in a new way is added here. */
const finds: readonly (readonly [LinkKind, Find])[] = [
  ['from', (d) => [d.from?.kind && d.from?.id ? `${d.from.kind}-${d.from.id}` : undefined]],
  ['decided-by', one('decisionId', 'decision')],
  ['authorises', (d) => (Array.isArray(d.authorises) ? d.authorises.map((a: { record: string }) => a.record) : [])],
  ['refers-to', (d) => (Array.isArray(d.refs) ? d.refs.map((x: string | { record: string }) => (typeof x === 'string' ? x : x.record)) : [])],
  ['replaces', (d) => [typeof d.replaces === 'string' ? `decision-${d.replaces}` : undefined, typeof d.supersedes === 'string' ? `commitment-${d.supersedes}` : undefined]],
  ['depends-on', (d) => (Array.isArray(d.dependsOn) ? d.dependsOn.map((id: string) => `commitment-${id}`) : [])],
  ['money', one('poolId', 'pool')],
  ['money', (d) => [typeof d.money?.poolId === 'string' ? `pool-${d.money.poolId}` : undefined]],
  ['money', one('fundingStreamId', 'fundingstream')],
  ['money', (d, aggregate) => [aggregate === 'pool' && typeof d.commitmentId === 'string' ? `commitment-${d.commitmentId}` : undefined]],
  ['carried-by', (d, aggregate) => [aggregate === 'barrier' && typeof d.commitmentId === 'string' ? `commitment-${d.commitmentId}` : undefined]],
  ['includes', pinned],
  ['merged-into', (d, aggregate) => [aggregate === 'barrier' && typeof d.into === 'string' ? `barrier-${d.into}` : undefined]],
  ['waived-by', one('waiverId', 'waiver')],
];

/** Every other record that an event of `stream` names, and whether only members and parties are told of it. */
export function linksTold(entry: EventEntry, e: { stream: string; aggregate: string; data: object; because?: string }): (Link & { readonly inside: boolean })[] {
  const all = linksOf(e.stream, e.aggregate, e.data, e.because);
  if (!entry.inside) return all.map((l) => ({ ...l, inside: false }));
  const named = new Set(linksOf(e.stream, e.aggregate, e.data).map((l) => l.to));
  const open = new Set(linksOf(e.stream, e.aggregate, dataFor(entry, e.data, 'public')).map((l) => l.to));
  // What a member that is withheld names is named by no other way either: that its step followed from there says as much.
  return all.map((l) => ({ ...l, inside: named.has(l.to) && !open.has(l.to) }));
}

/** Every other record that an event of `stream` names; `because` is the causing event, `{stream}@{version}`, where the system acted. */
export function linksOf(stream: string, aggregate: string, data: object, because?: string): Link[] {
  const links = new Map<string, Link>();
  const add = (kind: LinkKind, to: string | undefined): void => {
    if (to !== undefined && to !== stream) links.set(`${kind} ${to}`, { kind, to });
  };
  for (const [kind, find] of finds) for (const to of find(data, aggregate)) add(kind, to);
  add('because', because?.slice(0, because.lastIndexOf('@')));
  return [...links.values()];
}
