/**
 * What holds for every command: its envelope, the standard refusals, where its role must be held, the states
 * it is possible in.
 */
import type { Grant } from '../shared/access.js';
import {
  refuse,
  type Actor,
  type Aggregate,
  type CommandEntry,
  type Loaded,
  type RefusalKind,
  type Target,
} from './types.js';
import { whole } from '../shared/fields.js';
import { DateOn, Prose } from '../shared/values.js';

/**
 * Members every command body may carry beside its data (docs/rules/shared.md#expected-version,
 * docs/rules/shared.md#scheduling).
 */
export const commandEnvelope = {
  expectedVersion: whole('Enter the version you looked at')
    .min(0)
    .optional()
    .meta({ field: 'given', label: 'Version of the record that you looked at' }),
  effectiveOn: DateOn.optional().meta({
    label: 'Day from which it counts',
    hint: 'Leave this empty for today.',
  }),
  /** Why it takes effect before today; kept with the events' data. */
  backdatedBecause: Prose('remark')
    .optional()
    .meta({ label: 'Why it counts from before today', hint: 'Needed only for a day before today.' }),
};

/** Refusals that the execution of any command may answer. */
export const standardRefusals = {
  NOT_ALLOWED: 'who',
  OTHER_PROGRAMME: 'who',
  SOD_CONFLICT: 'who',
  WRONG_STATE: 'state',
  STALE_REVISION: 'state',
  RECORD_EXISTS: 'state',
  IDEMPOTENCY_MISMATCH: 'rule',
  BACKDATED_BEFORE_START: 'rule',
  BACKDATED_WITHOUT_REASON: 'rule',
  EFFECTIVE_IN_FUTURE: 'rule',
  EVENT_TOO_LARGE: 'rule',
} as const satisfies Record<string, RefusalKind>;
export type StandardCode = keyof typeof standardRefusals;

/**
 * True where a command replaces what somebody else may have changed, so that it names the version its author
 * looked at (docs/rules/shared.md#expected-version).
 */
export const doesReplace = (entry: CommandEntry, state: unknown, data: unknown, actor: Actor): boolean =>
  typeof entry.replaces === 'function' ? entry.replaces(state, data, actor) : entry.replaces === true;

/** The part of its record that a command's data name; empty where they name none. */
export function partNamed(part: CommandEntry['part'], data: unknown): string {
  const named = part && (data as Readonly<Record<string, unknown>>)[part.member];
  return typeof named === 'string' || typeof named === 'number' ? String(named) : '';
}

/** The grants of a reader in which a command may be given. */
export function fittingGrants(entry: CommandEntry, grants: readonly Grant[], target: Target): Grant[] {
  return grants.filter(
    (grant) =>
      entry.givenBy.includes(grant.role) &&
      (!grant.place || !target.placeIds || target.placeIds.includes(grant.place)) &&
      (!grant.programme || !target.programmeId || grant.programme === target.programmeId),
  );
}

/** Where a command's role must be held. */
export function targetOf(entry: CommandEntry, loaded: Loaded, data: unknown): Target {
  if (entry.target) return entry.target(loaded.state, data, loaded);
  const named = (data ?? {}) as { readonly placeId?: unknown; readonly programmeId?: unknown };
  const placeId = loaded.access.placeId ?? (typeof named.placeId === 'string' ? named.placeId : undefined);
  const programmeId =
    loaded.access.programmeId ?? (typeof named.programmeId === 'string' ? named.programmeId : undefined);
  return { ...(placeId ? { placeIds: [placeId] } : {}), ...(programmeId ? { programmeId } : {}) };
}

/**
 * Which commands on a record some grants may give; where the command itself says where, its role alone is
 * asked.
 */
export const mayGive =
  (grants: readonly Grant[], loaded: Loaded) =>
  (entry: CommandEntry): boolean =>
    fittingGrants(entry, grants, entry.target ? {} : targetOf(entry, loaded, {})).length > 0;

/** A status as a sentence has it: `in delivery`. */
const inWords = (status: string): string => status.replaceAll('-', ' ');

/**
 * Refuses a command that its `allowedIn` does not allow in this state, naming what the state allows to
 * whoever gave it: what else each of these asks is said where it is given.
 */
export function checkState(
  agg: Aggregate,
  entry: CommandEntry,
  state: { status?: string },
  mayGive: (entry: CommandEntry) => boolean = () => true,
) {
  if (!entry.allowedIn || entry.allowedIn.includes(state.status ?? '')) return undefined;
  const told = entry.otherwiseRefuse?.(state);
  if (told) return told;
  const possible = Object.values(agg.commands)
    .filter((c) => c.segment && (!c.allowedIn || c.allowedIn.includes(state.status ?? '')) && mayGive(c))
    .map((c) => c.title);
  const status = inWords(state.status ?? 'not begun');
  return refuse(
    'WRONG_STATE',
    `This is ${status}. It needs to be ${entry.allowedIn.map(inWords).join(' or ')}. ` +
      `While it is ${status}, your roles ` +
      (possible.length === 0
        ? 'may do nothing with it.'
        : `may, where nothing else stands in the way: ${possible.join('; ')}.`),
  );
}
