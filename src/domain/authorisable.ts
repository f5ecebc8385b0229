/**
 * Whether a decision could authorise something: that there is such a command on such a record, which is acted
 * on by a decision, and that the terms are what it takes (docs/rules/decision.md#drafting).
 */
import { isDeepStrictEqual } from 'node:util';
import { part } from './kernel/parts.js';
import { splitStream } from './kernel/record-ref.js';
import type { Schema } from './kernel/schema.js';
import type { Authorised, CommandEntry, Unauthorisable } from './kernel/types.js';
import { aggregateNamed } from './registry.js';

/** The schemas of a command's members, by their names. */
const membersOf = ({ data }: CommandEntry): Readonly<Record<string, Schema>> =>
  (data as object as { readonly shape?: Readonly<Record<string, Schema>> }).shape ?? {};
const listed = (names: readonly string[]): string => names.join(', ') || 'nothing else';

/** Why nobody could act on a decision that authorises this; undefined where somebody could. */
export function unauthorisable({ command, record, terms }: Authorised): Unauthorisable | undefined {
  const [aggregate] = splitStream(record);
  const { commands } = aggregateNamed(aggregate);
  const entry = part(commands as Record<string, CommandEntry>, command);
  if (!entry?.authorised) {
    const there = Object.entries(commands).flatMap(([name, { authorised }]) => (authorised ? [name] : []));
    return {
      code: 'COMMAND_UNKNOWN',
      detail:
        there.length > 0
          ? `Of a ${aggregate}, a decision authorises ${there.join(' or ')}, and not ${command}.`
          : `A ${aggregate} has no command that a decision authorises.`,
      path: '/command',
    };
  }
  const { on } = entry.authorised;
  const wrong = (member: string, detail: string): Unauthorisable => ({
    code: 'TERMS_NOT_VALID',
    detail: `${command} is authorised on ${listed(on)}. ${member}: ${detail}.`,
    path: `/terms/${member}`,
  });
  const foreign = Object.keys(terms).find((member) => !on.includes(member));
  if (foreign !== undefined) return wrong(foreign, 'leave it out');
  const members = membersOf(entry);
  for (const member of on) {
    const schema = part(members, member);
    const given = part(terms, member);
    const read = schema?.safeParse(given);
    const [issue] = read?.error?.issues ?? [];
    if (issue) return wrong(member, issue.message);
    // What a command takes in another form than it is written would never be the same.
    if (given !== undefined && !isDeepStrictEqual(read?.data, given))
      return wrong(member, 'write it out as the command takes it, with all that it has by default');
  }
  return undefined;
}
