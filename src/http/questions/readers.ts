/** Who will be able to read what is recorded, in words (docs/rules/shared.md#previews). */
import type { RecordAccess, Withheld } from '../../domain/shared/access.js';
import { countOf } from '../../domain/shared/wording.js';
import { accounts } from '../../projections/views/accounts.js';
import { register } from '../../projections/views/register.js';
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

/**
 * The members of a place by how many sit at its table, where the reader sees the table: who else may sign in
 * as one of them a record does not say.
 */
function membersOf(context: QueryContext, placeId: string): string {
  const name = `the members of ${placeName(context, placeId)}`;
  const table = context.seen('collaborative', placeId)
    ? context.of(register).one('collaborative', placeId)?.state
    : undefined;
  if (!table) return name;
  const seated = Object.values(table.seats).filter(({ status }) => status === 'accepted');
  const delegates = table.delegations.filter(
    ({ startOn, endOn }) => startOn <= context.day && context.day <= endOn,
  );
  const people = new Set([...seated.map(({ account }) => account), ...delegates.map(({ to }) => to)]).size;
  const bodies = new Set(seated.map(({ agencyId }) => agencyId)).size;
  return people === 0
    ? name
    : `${name} (${countOf(people, 'person', 'people')} of ${countOf(bodies, 'body', 'bodies')} at its table)`;
}

/** Who reads an account (docs/rules/account.md#who-reads-an-account), as many as there are in the log. */
function administratorsOf(
  context: QueryContext,
  { programmeId, alsoOf = [], placeId }: RecordAccess,
): string {
  const programmes = [...(programmeId === undefined ? [] : [programmeId]), ...alsoOf];
  const keepers = new Set(
    programmes.flatMap((programme) =>
      (['access-administrator', 'programme-office'] as const).flatMap((role) =>
        context.of(accounts).holding({ role, programme }, context.day),
      ),
    ),
  );
  const count = keepers.size === 0 ? '' : ` (${countOf(keepers.size, 'person', 'people')})`;
  return listed([
    'whoever holds it',
    `access administrators and the programme office${count}`,
    ...(placeId === undefined ? [] : [`the secretariat of ${placeName(context, placeId)}`]),
    'auditors',
  ]);
}

/** In one sentence's words, without its full stop. */
export function readersText(context: QueryContext, access: RecordAccess, readers: Readers): string {
  if (readers === 'public') return 'everybody';
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
