/** Who will be able to read what is recorded, in words (docs/rules/shared.md#previews). */
import {
  canSee,
  parseGrant,
  type Grant,
  type RecordAccess,
  type Told,
  type Withheld,
} from '../../domain/shared/access.js';
import { countOf } from '../../domain/shared/wording.js';
import { accounts } from '../../projections/views/accounts.js';
import { register } from '../../projections/views/register.js';
import { keptWhile } from '../query/deps.js';
import type { QueryContext } from '../query/context.js';
import { placeName } from './due-items.js';

type Readers = 'members' | 'programme' | 'public' | 'auditors' | 'administrators';

/** The widest audience that an event is told to. */
export function readersOf({ tier }: RecordAccess, withheld: Withheld): Readers {
  if (tier === 'auditors' || tier === 'administrators') return tier;
  if (withheld === true) return 'members';
  return withheld === 'programme' && tier === 'public' ? 'programme' : tier;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
const people = (count: number): string => countOf(count, 'person', 'people');
const bodies = (count: number): string => countOf(count, 'body', 'bodies');

/** Who holds which grants on a day, by their accounts. */
export const holders = keptWhile((engine, day): ReadonlyMap<string, readonly Grant[]> => {
  const held = new Map<string, Grant[]>();
  for (const { accountId, name } of engine.queries(accounts).inForce(day)) {
    const [role = '', scope = ''] = name.split('@');
    const grant = parseGrant(role, scope);
    if (grant) held.set(accountId, [...(held.get(accountId) ?? []), grant]);
  }
  return held;
});
/**
 * How many people may read it by their grants of today, and for how many bodies: the same question that is
 * asked when they read. Where tokens say who may do what, nobody here knows who has one.
 */
function counted(context: QueryContext, access: RecordAccess, event: Told): string | undefined {
  if (!context.viewer.grantsInLog) return undefined;
  const named = new Set<string>();
  let [forBodies, others] = [0, 0];
  for (const [account, grants] of holders(context.deps.service.engine, context.day)) {
    const sees = (some: readonly Grant[]): boolean =>
      canSee({ ...context.viewer, account, grants: some }, access, event);
    if (!sees(grants)) continue;
    const agencies = grants
      .filter((grant) => grant.agency && sees([grant]))
      .map(({ agency }) => agency ?? '');
    for (const agency of agencies) named.add(agency);
    if (agencies.length > 0) forBodies++;
    else others++;
  }
  const all = people(forBodies + others);
  if (forBodies === 0) return all;
  return others === 0
    ? `${all} of ${bodies(named.size)}`
    : `${all}, ${forBodies} of them for ${bodies(named.size)}`;
}

/** The members of a place; where it is not known who has a token, by how many sit at a table that is seen. */
function membersOf(context: QueryContext, placeId: string): string {
  const name = `the members of ${placeName(context, placeId)}`;
  const table =
    !context.viewer.grantsInLog && context.seen('collaborative', placeId)
      ? context.of(register).one('collaborative', placeId)?.state
      : undefined;
  if (!table) return name;
  const seated = Object.values(table.seats).filter(({ status }) => status === 'accepted');
  const delegates = table.delegations.filter(
    ({ startOn, endOn }) => startOn <= context.day && context.day <= endOn,
  );
  const sitting = new Set([...seated.map(({ account }) => account), ...delegates.map(({ to }) => to)]).size;
  const agencies = new Set(seated.map(({ agencyId }) => agencyId)).size;
  return sitting === 0
    ? name
    : `${name} (${people(sitting)} of ${bodies(agencies)} at its table, and whoever else has a token for it)`;
}

/** Who reads an account (docs/rules/account.md#who-reads-an-account). */
const administratorsOf = (context: QueryContext, { placeId }: RecordAccess): string =>
  listed([
    'whoever holds it',
    'access administrators',
    'the programme office',
    ...(placeId === undefined ? [] : [`the secretariat of ${placeName(context, placeId)}`]),
    'auditors',
  ]);

function audienceText(context: QueryContext, access: RecordAccess, readers: Readers): string {
  if (readers === 'auditors') return 'auditors alone';
  if (readers === 'administrators') return administratorsOf(context, access);
  const programmeId =
    access.programmeId ??
    (access.placeId === undefined ? undefined : context.viewer.programmeOf(access.placeId));
  if (readers === 'programme')
    return programmeId === undefined
      ? 'everybody who works in a programme'
      : `everybody who works in ${context.of(register).nameOf('programme', programmeId)}`;
  const parties = access.parties.map((id) => context.of(register).nameOf('agency', id));
  return listed([
    ...(access.placeId === undefined ? [] : [membersOf(context, access.placeId)]),
    ...parties,
    'auditors',
  ]);
}

/**
 * In one sentence's words, without its full stop: who, and how many that is today as far as it is known.
 * `access`: of the record when the event stands there.
 */
export function readersText(context: QueryContext, access: RecordAccess, event: Told): string {
  const readers = readersOf(access, event.private);
  if (readers === 'public') return 'everybody';
  const count = counted(context, access, event);
  const who = audienceText(context, access, readers);
  return count === undefined ? who : `${who}: ${count}`;
}
