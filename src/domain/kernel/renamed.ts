/**
 * Members of requests that have another name than they had: both are taken for one release. What is sent
 * under an earlier name is read as if it had come under the present one; receipts are made of the earlier
 * names, so that a request that is sent again after the change is the same request.
 */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

/**
 * By the earlier name the present one; of a member within another, the path to it with dots:
 * `{ 'agreement.host': 'hostAgencyId' }`.
 */
export type Renamed = Readonly<Record<string, string>>;

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The earlier name of a member, by its path, and the path to what holds it. */
export function pathOf(path: string): { readonly within: readonly string[]; readonly earlier: string } {
  const parts = path.split('.');
  return { within: parts.slice(0, -1), earlier: parts.slice(-1).join() };
}
/** The members with what stands at a path changed; as they are where nothing stands there. */
function changedAt(
  members: Members,
  [name, ...rest]: readonly string[],
  change: (members: Members) => Members,
): Members {
  if (name === undefined) return change(members);
  const inner = Object.hasOwn(members, name) ? members[name] : undefined;
  return isMembers(inner) ? { ...members, [name]: changedAt(inner, rest, change) } : members;
}
/** A member under another name. */
function underName(members: Members, from: string, to: string): Members {
  if (!Object.hasOwn(members, from)) return members;
  const { [from]: value, ...others } = members;
  return { ...others, [to]: value };
}

/**
 * What was sent, under the present names; and what is wrong with it where a member came under both, with
 * different values.
 */
export function withPresentNames(
  renamed: Renamed,
  sent: Members,
): { readonly members: Members; readonly issues: readonly z.core.$ZodIssueCustom[] } {
  const issues: z.core.$ZodIssueCustom[] = [];
  let members = sent;
  for (const [path, present] of Object.entries(renamed)) {
    // Most send the present names: there is nothing to do.
    if (!path.includes('.') && !Object.hasOwn(members, path)) continue;
    const { within, earlier } = pathOf(path);
    members = changedAt(members, within, (inner) => {
      const both = Object.hasOwn(inner, earlier) && Object.hasOwn(inner, present);
      if (!both) return underName(inner, earlier, present);
      const { [earlier]: value, ...others } = inner;
      if (!isDeepStrictEqual(value, inner[present]))
        issues.push({
          code: 'custom',
          path: [...within, earlier],
          message:
            `${earlier} is the earlier name of ${present}, and they differ here. ` + `Send ${present} alone.`,
          input: value,
        });
      return others;
    });
  }
  return { members, issues };
}

/** What was read under the present names, under the earlier ones: what receipts are made of. */
export function withEarlierNames(renamed: Renamed, data: unknown): unknown {
  if (!isMembers(data)) return data;
  return Object.entries(renamed).reduce((members, [path, present]) => {
    if (!path.includes('.')) return underName(members, present, path);
    const { within, earlier } = pathOf(path);
    return changedAt(members, within, (inner) => underName(inner, present, earlier));
  }, data);
}
