/** Which other records an event names, and in what sense: the links that lineage follows. */
import type { Link, LinkKind } from '../kernel/links.js';
import { dataFor, decisionSpent, waiverUsed, type EventEntry } from '../kernel/types.js';

/**
 * Every other record that an event of `stream` names, and whether only members and parties are told of it.
 */
export function linksTold(
  entry: EventEntry,
  event: { stream: string; data: object; because?: string },
): (Link & { readonly membersOnly: boolean })[] {
  const all = linksOf(entry, event.stream, event.data, event.because);
  if (!entry.membersOnly) return all.map((l) => ({ ...l, membersOnly: false }));
  const named = new Set(linksOf(entry, event.stream, event.data).map((l) => l.to));
  const open = new Set(linksOf(entry, event.stream, dataFor(entry, event.data, 'public')).map((l) => l.to));
  // What a member that is withheld names is named by no other way either: that its step followed from there
  // says as much.
  return all.map((l) => ({ ...l, membersOnly: named.has(l.to) && !open.has(l.to) }));
}

/**
 * Every other record that an event of `stream` names; `because` is the causing event, `{stream}@{version}`,
 * where the system acted.
 */
export function linksOf(entry: EventEntry, stream: string, data: object, because?: string): Link[] {
  const links = new Map<string, Link>();
  const add = (kind: LinkKind, to: string | undefined): void => {
    if (to !== undefined && to !== stream) links.set(`${kind} ${to}`, { kind, to });
  };
  const [decision, waiver] = [decisionSpent(entry, data), waiverUsed(entry, data)];
  if (decision !== undefined) add('decided-by', `decision-${decision}`);
  if (waiver !== undefined) add('waived-by', `waiver-${waiver}`);
  for (const [member, naming] of Object.entries(entry.links ?? {})) {
    const value = (data as Readonly<Record<string, unknown>>)[member];
    if (naming && value !== undefined) for (const to of naming.streams(value)) add(naming.kind, to);
  }
  add('because', because?.slice(0, because.lastIndexOf('@')));
  return [...links.values()];
}
