/**
 * Every command × every role × own and foreign scope, whichever way it is asked: with a token through the API
 * (matrix.test.ts), or by somebody who has signed in through its form (test/web/matrix.test.ts).
 */
import type { Test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import { roles, type Grant } from '../../src/domain/shared/access.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { commandRoutes, type CommandRoute } from '../../src/http/query/command-routes.js';
import { saysVersion } from '../../src/http/query/command-schema.js';
import { decode } from '../../src/log/codec.js';
import { Property } from '../holds.js';
import type { Harness } from './harness.js';
import { place as own, plant } from './secrets.js';

export type Named = Grant['role'];
export const names = Object.keys(roles) as Named[];
const council = 'testshire-council';
const department = 'department-of-tests';
type Where = 'own' | 'foreign';
/** A grant of a role in this place and programme, or elsewhere. */
export function grantOf(role: Named, where: Where): string {
  // Of its own place, a role is held for an agency that may have it: officials are of departments.
  const agency = role === 'official' ? department : council;
  const ids =
    where === 'own'
      ? { place: own, programme: 'total-place', agency }
      : {
          place: 'durham',
          programme: 'another-programme',
          agency: role === 'official' ? 'dwp' : 'durham-constabulary',
        };
  const parts: readonly ('place' | 'programme' | 'agency')[] = role === 'auditor' ? ['place'] : roles[role];
  return `${role}@${parts.map((p) => `${p}:${ids[p]}`).join('+')}`;
}
export const ofAgency = new Set<Named>(['official', 'finance-officer']);
/** By those whom a decision affects: they hear of it. */
const affected = 'official@agency:testshire-police';
/** Who asks with a grant: each an account of its own, that holds nothing else. */
export const accountOf = (grant: string): string => `matrix.${grant.replace(/[^a-z0-9-]+/g, '.')}`;
/** Every grant that is asked in. */
export const grantsAsked: readonly string[] = [
  ...names.flatMap((role) => [grantOf(role, 'own'), grantOf(role, 'foreign')]),
  affected,
].filter((grant, index, all) => all.indexOf(grant) === index);

/** What somebody sends: the entry's example, made to fit the world where it names a place. */
function bodyFor(route: CommandRoute, version: number): Record<string, unknown> {
  const { entry, aggregate, ownId } = route;
  const example = { ...(entry.example as Record<string, unknown>) };
  if ('placeId' in example && aggregate.name !== 'programme') example.placeId = own;
  return {
    ...example,
    ...(ownId ? { id: 'from-the-matrix' } : {}),
    // At the version the record has, so that nothing but the role stands in the way.
    ...(saysVersion(route) ? { expectedVersion: version } : {}),
  };
}

/** A command by somebody. */
export interface Asked {
  readonly route: CommandRoute;
  readonly id: string;
  readonly grant: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Another for each. */
  readonly key: string;
}
/** What was answered: its status, by the API's codes why not, and the answer's beginning. */
export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly told: string;
}
export type Ask = (asked: Asked) => Promise<Answered>;

/** Ids of what was planted, one a kind; of what was not, the seed's. */
async function plantedIn(t: Test, harness: Harness): Promise<Readonly<Record<string, string>>> {
  const start = await harness.head();
  await plant(harness);
  const world: Record<string, string> = {
    place: own,
    collaborative: own,
    agency: council,
    barrier: 'barrier-three',
    pool: 'pool-two',
    submission: `total-place.5.${own}`,
  };
  for (const from of [start, 0])
    for (const event of harness.service.log.readAll(from, 100_000).map(decode))
      world[event.aggregate] ??= event.recordId;
  const lacking = aggregates.filter(({ name, machinery }: Aggregate) => !machinery && !world[name]);
  t.strictSame(
    lacking.map(({ name }) => name),
    [],
    'the world has a record of each kind: plant one',
  );
  return world;
}

/** Refused to those without the role? */
const isRefused = ({ status, code }: Answered): boolean =>
  status === 404 || (status === 403 && code === 'NOT_ALLOWED');
/**
 * Refused to those who hold the role elsewhere, or, where the agency decides, by the command itself. Nowhere
 * else does anything but the role refuse.
 */
function isUnheard({ route, role }: Turn, answered: Answered): boolean {
  const { status, code } = answered;
  if (status === 403 || status === 404) return true;
  // Agencies and new programmes are of no programme.
  const { aggregate, name } = route;
  if (name === 'RegisterAgency' || name === 'RegisterPerson') return true;
  const isFree = ['agency', 'person'].includes(aggregate.name) || name === 'DefineProgramme';
  if (role === 'programme-office' && isFree) return true;
  // What is of no place may be open to everybody already.
  if (name === 'Disclose' && ['person', 'fundingstream'].includes(aggregate.name) && code === 'CANNOT_NARROW')
    return true;
  // An agency's role is held anywhere: its command may meet the record's state before it comes to whose the
  // record is.
  return ofAgency.has(role) && (status === 422 || (status === 409 && code === 'WRONG_STATE'));
}
/** Heard, of those who hold the role here, whatever else stands in the way? */
function isHeard({ route, role }: Turn, { status, code }: Answered): boolean {
  const { aggregate, name } = route;
  if (status !== 404 && status !== 400 && status !== 500 && code !== 'NOT_ALLOWED') return true;
  // What is not open to the programme is not there for its office; a light return is not a contributor's.
  if (role === 'programme-office' && name === 'Disclose' && status === 404) return true;
  if (role === 'contributor' && aggregate.name === 'submission') return true;
  // Whoever holds the account does this, in whatever grant.
  return ['JoinProgramme', 'WithdrawCalendarAddress'].includes(name) && status === 404;
}

interface Turn {
  readonly route: CommandRoute;
  readonly role: Named;
  readonly grant: string;
}
const turnsOf = (routes: readonly CommandRoute[], grantsOf: (route: CommandRoute, role: Named) => string[]) =>
  routes.flatMap((route) =>
    names.flatMap((role) => grantsOf(route, role).map((grant): Turn => ({ route, role, grant }))),
  );
/** Without the role here, and with it elsewhere. */
export const withoutRoleOrElsewhere = turnsOf(commandRoutes, ({ entry }, role) => [
  grantOf(role, entry.givenBy.includes(role) ? 'foreign' : 'own'),
]);
/** The same, and without the role elsewhere. */
export const everyRefused = turnsOf(commandRoutes, ({ entry }, role) =>
  entry.givenBy.includes(role)
    ? [grantOf(role, 'foreign')]
    : [grantOf(role, 'own'), grantOf(role, 'foreign')],
);
const heardTurns = turnsOf(commandRoutes, ({ entry, aggregate }, role) => {
  if (!entry.givenBy.includes(role)) return [];
  return [role === 'official' && aggregate.name === 'decision' ? affected : grantOf(role, 'own')];
});

/** Goes through the matrix in one way of asking. */
export async function throughTheMatrix(
  t: Test,
  harness: Harness,
  {
    ask,
    refusedTurns = everyRefused,
    prepare = async () => undefined,
  }: {
    readonly ask: Ask;
    readonly refusedTurns?: readonly Turn[];
    /** What the world needs besides, once all is planted. */
    readonly prepare?: () => Promise<void>;
  },
): Promise<void> {
  const start = await harness.head();
  const world = await plantedIn(t, harness);
  await prepare();
  // A department's own promise is another record than the place's.
  const recordOf = ({ aggregate: { name } }: CommandRoute, grant: string): string =>
    name === 'commitment' && grant.startsWith('official') ? 'commitment-two' : (world[name] as string);
  let turns = 0;
  const give = async ({ route, grant }: Turn): Promise<Answered> => {
    const id = recordOf(route, grant);
    const { version } = await harness.service.executor.load(route.aggregate.name as 'place', id);
    const key = String(turns++).padStart(22, 'n');
    return ask({ route, id, grant, body: bodyFor(route, version), key });
  };
  const saysWhat = ({ route, grant }: Turn): string => `${route.aggregate.name}.${route.name} by ${grant}`;
  const refused = new Property('nobody is heard without the role in the scope');
  for (const turn of refusedTurns) {
    const answered = await give(turn);
    const isRight = turn.route.entry.givenBy.includes(turn.role)
      ? isUnheard(turn, answered)
      : isRefused(answered);
    refused.holds(t, saysWhat(turn), isRight, answered);
  }
  refused.settle(t);
  const heard = new Property('who holds the role in the scope is heard');
  for (const turn of heardTurns) {
    const answered = await give(turn);
    heard.holds(t, saysWhat(turn), isHeard(turn, answered), answered);
  }
  heard.settle(t);
  t.comment(`${commandRoutes.length} commands, ${refusedTurns.length} refused, ${heardTurns.length} heard`);
  const recorded = harness.service.log
    .readAll(start, 100_000)
    .map(decode)
    .filter(({ type }) => type === 'CommandRefused');
  t.ok(recorded.length >= refusedTurns.length - commandRoutes.length, 'refusals are recorded');
  t.same(harness.errors, []);
}

/** With a token, through the API. */
export const withToken =
  (harness: Pick<Harness, 'inject'>): Ask =>
  async ({ route, id, grant, body, key }) => {
    const url = route.url.replace(':id', encodeURIComponent(id));
    const headers = { 'idempotency-key': key };
    const { status, json, raw } = await harness.inject(grant, accountOf(grant), 'POST', url, body, headers);
    return { status, code: json?.code, told: status < 300 ? raw.slice(0, 200) : json.detail };
  };
