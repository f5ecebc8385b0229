/**
 * The access matrix: every command × every role × own and foreign scope, made from the registry: a new command adds its rows.
 * Who is not in a command's entry, or holds the role elsewhere, is refused; who is in it and holds it here is heard.
 */
import { test } from 'tap';
import { parseGrant, roles, type Grant } from '../../src/domain/access.js';
import { fittingGrants, targetOf } from '../../src/domain/command.js';
import type { Aggregate } from '../../src/domain/core.js';
import { emptyLoaded } from '../../src/domain/fold.js';
import { aggregates } from '../../src/domain/index.js';
import { commandRoutes, type CommandRoute } from '../../src/http/commands.js';
import { decode } from '../../src/log/codec.js';
import { openHarness } from './harness.js';
import { place as own, plant } from './secrets.js';

type Named = Grant['role'];
const names = Object.keys(roles) as Named[];
const council = 'testshire-council';
/** A grant of a role in this place and programme, or elsewhere. */
function grantOf(role: Named, where: 'own' | 'foreign'): string {
  const ids = where === 'own' ? { place: own, programme: 'total-place', agency: council } : { place: 'durham', programme: 'another-programme', agency: 'durham-constabulary' };
  const parts: readonly ('place' | 'programme' | 'agency')[] = role === 'auditor' ? ['place'] : roles[role];
  return `${role}@${parts.map((p) => `${p}:${ids[p]}`).join('+')}`;
}
const placed = new Set(['place', 'collaborative', 'barrier', 'pool', 'submission', 'commitment', 'decision', 'waiver']);

test('the registry: which grant fits which command', async (t) => {
  const unbound: string[] = [];
  for (const { aggregate, name, entry } of commandRoutes) {
    const loaded = emptyLoaded(aggregate as Aggregate<any>);
    loaded.access.programmeId = 'total-place';
    if (placed.has(aggregate.name)) loaded.access.placeId = own;
    if ('placeId' in (loaded.state as object)) (loaded.state as any).placeId = own;
    if (aggregate.name === 'barrier') (loaded.state as any).joined = { [own]: { since: '2009-10-01' } };
    const example = entry.example as Record<string, unknown>;
    const data = { ...example, ...('placeId' in example ? { placeId: own } : {}), ...('programmeId' in example ? { programmeId: 'total-place' } : {}) };
    const target = targetOf(entry, loaded, data);
    for (const role of names) {
      const heard = (where: 'own' | 'foreign'): boolean => {
        const [r, scope] = grantOf(role, where).split('@');
        return fittingGrants(entry, [parseGrant(r!, scope!)!], target).length > 0;
      };
      t.equal(heard('own'), entry.by.includes(role), `${aggregate.name}.${name} by ${role} here`);
      if (!entry.by.includes(role)) t.notOk(heard('foreign'), `${aggregate.name}.${name} by ${role} elsewhere`);
      else if (heard('foreign')) unbound.push(`${aggregate.name}.${name} ${role}`);
    }
  }
  // An agency's role is held anywhere: the command looks at the agency of the grant.
  const elsewhere = unbound.filter((x) => !/ (official|finance-officer)$/.test(x));
  const known = [
    // Bodies and persons are of the log, not of one place: a secretariat's own partners are the command's to check.
    /^(agency|person)\./,
    // There is no programme yet.
    /^programme\.DefineProgramme/,
    // Those whom it affects, and those who verify, may sit at another place's table.
    /^decision\.RecordExternalConsent/,
    /^commitment\.(Verify|ReturnClaim|ReopenCommitment)/,
    // A funding stream is of no place; only its own department discloses it.
    /^fundingstream\.Disclose/,
  ];
  t.same(
    elsewhere.filter((x) => !known.some((k) => k.test(x))),
    [],
    'a role of a place or a programme is held there',
  );
});

/** What a reader of the API sends: the entry's example, made to fit the world where it names a place. */
function bodyFor({ entry, aggregate, ownId }: CommandRoute): Record<string, unknown> {
  const example = { ...(entry.example as Record<string, unknown>) };
  if ('placeId' in example && aggregate.name !== 'programme') example.placeId = own;
  return { ...example, ...(ownId ? { id: 'from-the-matrix' } : {}) };
}

test('over HTTP: refused without the role, refused elsewhere, heard with it', { timeout: 240_000 }, async (t) => {
  const h = await openHarness(t);
  const start = await h.head();
  await plant(h);
  // What was planted; of what was not, the seed's.
  const world: Record<string, string> = { place: own, collaborative: own, agency: council, barrier: 'barrier-three', pool: 'pool-two', submission: `total-place.4.${own}` };
  for (const from of [start, 0]) for (const e of h.service.log.readAll(from, 100_000).map(decode)) world[e.aggregate] ??= e.recordId;
  for (const a of aggregates as readonly Aggregate[]) if (!a.machinery) t.ok(world[a.name], `the world has a ${a.name}: plant one`);

  const ask = async (route: CommandRoute, grant: string) => {
    const url = route.url.replace(':id', world[route.aggregate.name]!);
    return h.inject(grant, `matrix.${grant.split('@')[0]}`, 'POST', url, { ...bodyFor(route), ...(route.entry.replaces ? { expectedVersion: 0 } : {}) });
  };
  const turns = { refused: 0, heard: 0 };
  const wrong: string[] = [];
  for (const route of commandRoutes) {
    for (const role of names) {
      const mine = route.entry.by.includes(role);
      for (const where of mine ? (['foreign'] as const) : (['own', 'foreign'] as const)) {
        const r = await ask(route, grantOf(role, where));
        turns.refused++;
        const what = `${route.aggregate.name}.${route.name} by ${grantOf(role, where)}: ${r.status} ${r.json?.code}`;
        if (!mine && !(r.status === 404 || (r.status === 403 && r.json.code === 'NOT_ALLOWED'))) wrong.push(what);
        // Held elsewhere: not heard, or, where the agency decides, refused by the command itself. Agencies and new programmes are of no programme.
        const free = role === 'programme-office' && (route.aggregate.name === 'agency' || route.aggregate.name === 'person' || route.name === 'DefineProgramme');
        const registers = route.name === 'RegisterAgency' || route.name === 'RegisterPerson';
        if (mine && r.status < 400 && !free && !registers) wrong.push(what);
      }
    }
  }
  t.same(wrong, [], 'nobody is heard without the role in the scope');
  for (const route of commandRoutes) {
    for (const role of names.filter((x) => route.entry.by.includes(x))) {
      const r = await ask(route, grantOf(role, 'own'));
      turns.heard++;
      const unheard = r.status === 404 || r.json?.code === 'NOT_ALLOWED' || r.status === 400 || r.status === 500;
      const theirs = role !== 'official' && role !== 'finance-officer';
      // What is not open to the programme is not there for its office; a light return is not a contributor's.
      const hidden = role === 'programme-office' && route.name === 'Disclose' && r.status === 404;
      const light = role === 'contributor' && route.aggregate.name === 'submission';
      if (unheard && theirs && !hidden && !light) wrong.push(`${route.aggregate.name}.${route.name} by ${grantOf(role, 'own')}: ${r.status} ${r.raw.slice(0, 200)}`);
    }
  }
  t.same(wrong, [], 'who holds the role in the scope is heard');
  t.comment(`${commandRoutes.length} commands, ${turns.refused} refused, ${turns.heard} heard`);
  const refusals = h.service.log
    .readAll(start, 100_000)
    .map(decode)
    .filter((e) => e.type === 'CommandRefused');
  t.ok(refusals.length >= turns.refused - commandRoutes.length, 'refusals are recorded');
  t.same(h.errors, []);
});
