/**
 * Who may do what: roles and what they may do, written down here from the rules; and over HTTP every command
 * × every role × own and foreign scope. There a new command adds its rows: who is not in its entry, or holds
 * the role elsewhere, is refused; who is in it and holds it here is heard.
 */
import { test } from 'tap';
import { parseGrant, roles, type Grant } from '../../src/domain/shared/access.js';
import { fittingGrants, targetOf } from '../../src/domain/kernel/command.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { emptyLoaded } from '../../src/domain/kernel/fold.js';
import { aggregates } from '../../src/domain/registry.js';
import { commandRoutes, type CommandRoute } from '../../src/http/commands.js';
import { decode } from '../../src/log/codec.js';
import { openHarness } from './harness.js';
import { place as own, plant } from './secrets.js';

type Named = Grant['role'];
const names = Object.keys(roles) as Named[];
const council = 'testshire-council';
const department = 'department-of-tests';
/** A grant of a role in this place and programme, or elsewhere. */
function grantOf(role: Named, where: 'own' | 'foreign'): string {
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
const ofAgency = new Set<Named>(['official', 'finance-officer']);
const placed = new Set([
  'place',
  'collaborative',
  'barrier',
  'pool',
  'submission',
  'commitment',
  'decision',
  'waiver',
]);

/** `Disclose` every record has, and its own account every role. */
const everybodys = new Set(['Disclose', 'JoinProgramme', 'WithdrawCalendarAddress']);
/** Commands that this role may give, besides. */
const givenBy = (role: Named): string[] =>
  commandRoutes
    .filter(({ name, entry }) => !everybodys.has(name) && entry.givenBy.includes(role))
    .map(({ aggregate, name }) => `${aggregate.name}.${name}`);

test('what each role may do, written down from docs/rules', async (t) => {
  /** Of which records a role gives commands at all. */
  const writes: Readonly<Record<Named, string>> = {
    'seat-holder': 'barrier collaborative commitment decision pool waiver',
    chair: 'barrier collaborative commitment decision place pool submission waiver',
    secretariat:
      'account agency barrier collaborative commitment decision person place pool submission waiver',
    contributor: 'barrier commitment submission',
    'finance-officer': 'barrier commitment decision pool submission',
    champion: 'barrier collaborative',
    official: 'barrier collaborative commitment decision fundingstream',
    treasury: 'submission',
    'programme-office': 'account agency barrier person place programme submission waiver',
    auditor: '',
    member: 'barrier commitment submission',
    public: '',
    'access-administrator': 'account',
  };
  const recordsOf = (role: Named): string[] => givenBy(role).map((name) => name.split('.', 1)[0]!);
  t.strictSame(
    Object.fromEntries(names.map((role) => [role, [...new Set(recordsOf(role))].sort().join(' ')])),
    writes,
    'the records it writes to; an auditor writes to none',
  );
  t.strictSame(
    { treasury: givenBy('treasury'), champion: givenBy('champion') },
    {
      treasury: ['submission.QueryAnswer'],
      champion: [
        'collaborative.AcceptSeat',
        'collaborative.VacateSeat',
        'barrier.Escalate',
        'barrier.Direct',
      ],
    },
    'the Treasury asks about a return, a champion directs and may sit at the table',
  );
  /** Who says the word by which money is bound, moved or let go (docs/rules/pool.md). */
  const words: Readonly<Record<string, string>> = {
    SignAgreement: 'finance-officer',
    Pledge: 'chair finance-officer seat-holder',
    ConfirmPledge: 'finance-officer',
    ConsentToDisclosure: 'finance-officer',
    ReducePledge: 'finance-officer',
    OpenPool: 'chair',
    SuspendPool: 'chair',
    ClosePool: 'chair',
    PayIn: 'finance-officer',
    Allocate: 'secretariat',
    Vire: 'secretariat',
    Draw: 'finance-officer seat-holder',
    ReleasePledge: 'chair',
    CarryForward: 'finance-officer',
  };
  const says = (command: string): string =>
    names
      .filter((role) => givenBy(role).includes(`pool.${command}`))
      .sort()
      .join(' ');
  t.strictSame(
    Object.fromEntries(Object.keys(words).map((command) => [command, says(command)])),
    words,
    'who says the word by which money is bound, moved or let go',
  );
});

test('a role of a place or a programme is held there', async (t) => {
  const unheard: string[] = [];
  const elsewhere: string[] = [];
  for (const { aggregate, name, entry } of commandRoutes) {
    const loaded = emptyLoaded(aggregate as Aggregate<any>);
    loaded.access.programmeId = 'total-place';
    if (placed.has(aggregate.name)) loaded.access.placeId = own;
    if ('placeId' in (loaded.state as object)) (loaded.state as any).placeId = own;
    if (aggregate.name === 'barrier') (loaded.state as any).joined = { [own]: { since: '2009-10-01' } };
    const example = entry.example as Record<string, unknown>;
    const data = {
      ...example,
      ...('placeId' in example ? { placeId: own } : {}),
      ...('programmeId' in example ? { programmeId: 'total-place' } : {}),
    };
    const target = targetOf(entry, loaded, data);
    for (const role of names.filter((role) => entry.givenBy.includes(role))) {
      const heard = (where: 'own' | 'foreign'): boolean => {
        const [r, scope] = grantOf(role, where).split('@');
        return fittingGrants(entry, [parseGrant(r!, scope!)!], target).length > 0;
      };
      const what = `${aggregate.name}.${name} ${role}`;
      if (!heard('own')) unheard.push(what);
      // An agency's role is held anywhere: the command looks at the agency of the grant.
      if (!ofAgency.has(role) && heard('foreign')) elsewhere.push(what);
    }
  }
  t.strictSame(unheard, [], 'who holds it here is heard');
  const known = [
    // Bodies and persons are of the log, not of one place: a secretariat's own partners are the command's to
    // check.
    /^(agency|person)\./,
    // An account is seen by those who administer it, and the command looks at whose it is.
    /^account\./,
    // There is no programme yet.
    /^programme\.DefineProgramme/,
    // Those whom it affects, and those who verify, may sit at another place's table.
    /^decision\.RecordExternalConsent/,
    /^commitment\.(Verify|ReturnClaim|ReopenCommitment)/,
    // A funding stream is of no place; only its own department discloses it.
    /^fundingstream\.Disclose/,
  ];
  t.strictSame(
    elsewhere.filter((what) => !known.some((k) => k.test(what))),
    [],
    'who holds it elsewhere is not, but for commands that look at more than the place',
  );
});

/** What a reader of the API sends: the entry's example, made to fit the world where it names a place. */
function bodyFor({ entry, aggregate, ownId }: CommandRoute): Record<string, unknown> {
  const example = { ...(entry.example as Record<string, unknown>) };
  if ('placeId' in example && aggregate.name !== 'programme') example.placeId = own;
  return { ...example, ...(ownId ? { id: 'from-the-matrix' } : {}) };
}

test(
  'over HTTP: refused without the role, refused elsewhere, heard with it',
  { timeout: 240_000 },
  async (t) => {
    const harness = await openHarness(t);
    const start = await harness.head();
    await plant(harness);
    // What was planted; of what was not, the seed's.
    const world: Record<string, string> = {
      place: own,
      collaborative: own,
      agency: council,
      barrier: 'barrier-three',
      pool: 'pool-two',
      submission: `total-place.4.${own}`,
    };
    for (const from of [start, 0])
      for (const e of harness.service.log.readAll(from, 100_000).map(decode))
        world[e.aggregate] ??= e.recordId;
    const lacking = aggregates.filter(({ name, machinery }: Aggregate) => !machinery && !world[name]);
    t.strictSame(
      lacking.map(({ name }) => name),
      [],
      'the world has a record of each kind: plant one',
    );

    // A department's own promise is another record than the place's.
    const recordOf = (route: CommandRoute, grant: string) =>
      route.aggregate.name === 'commitment' && grant.startsWith('official')
        ? 'commitment-two'
        : world[route.aggregate.name]!;
    const ask = async (route: CommandRoute, grant: string) => {
      const id = recordOf(route, grant);
      const url = route.url.replace(':id', id);
      // At the version the record has, so that nothing but the role stands in the way.
      const { version } = await harness.service.executor.load(route.aggregate.name as 'place', id);
      return harness.inject(grant, `matrix.${grant.split('@')[0]}`, 'POST', url, {
        ...bodyFor(route),
        ...(route.entry.segment ? { expectedVersion: version } : {}),
      });
    };
    const turns = { refused: 0, heard: 0 };
    const wrong: string[] = [];
    for (const route of commandRoutes) {
      for (const role of names) {
        const mine = route.entry.givenBy.includes(role);
        for (const where of mine ? (['foreign'] as const) : (['own', 'foreign'] as const)) {
          const answer = await ask(route, grantOf(role, where));
          turns.refused++;
          const what = `${route.aggregate.name}.${route.name} by ${grantOf(role, where)}: ${answer.status} ${answer.json?.code}`;
          if (
            !mine &&
            !(answer.status === 404 || (answer.status === 403 && answer.json.code === 'NOT_ALLOWED'))
          )
            wrong.push(what);
          // Held elsewhere: not heard, or, where the agency decides, refused by the command itself. Agencies
          // and new programmes are of no programme.
          const free =
            role === 'programme-office' &&
            (route.aggregate.name === 'agency' ||
              route.aggregate.name === 'person' ||
              route.name === 'DefineProgramme');
          const registers = route.name === 'RegisterAgency' || route.name === 'RegisterPerson';
          // An agency's role is held anywhere: its command may meet the record's state before it comes to
          // whose the record is. What is of no place may be open to everybody already. Nowhere else does
          // anything but the role refuse.
          const ofNoPlace =
            route.name === 'Disclose' &&
            ['person', 'fundingstream'].includes(route.aggregate.name) &&
            answer.json?.code === 'CANNOT_NARROW';
          const unheard =
            answer.status === 403 ||
            answer.status === 404 ||
            ofNoPlace ||
            (ofAgency.has(role) &&
              (answer.status === 422 || (answer.status === 409 && answer.json.code === 'WRONG_STATE')));
          if (mine && !unheard && !free && !registers) wrong.push(what);
        }
      }
    }
    t.same(wrong, [], 'nobody is heard without the role in the scope');
    for (const route of commandRoutes) {
      for (const role of names.filter((x) => route.entry.givenBy.includes(x))) {
        // A decision is heard of by those whom it affects.
        const grant =
          role === 'official' && route.aggregate.name === 'decision'
            ? 'official@agency:testshire-police'
            : grantOf(role, 'own');
        const answer = await ask(route, grant);
        turns.heard++;
        const unheard =
          answer.status === 404 ||
          answer.json?.code === 'NOT_ALLOWED' ||
          answer.status === 400 ||
          answer.status === 500;
        // What is not open to the programme is not there for its office; a light return is not a
        // contributor's.
        const hidden = role === 'programme-office' && route.name === 'Disclose' && answer.status === 404;
        const light = role === 'contributor' && route.aggregate.name === 'submission';
        // Whoever holds the account does this, in whatever grant.
        const anothers =
          ['JoinProgramme', 'WithdrawCalendarAddress'].includes(route.name) && answer.status === 404;
        if (unheard && !hidden && !light && !anothers)
          wrong.push(
            `${route.aggregate.name}.${route.name} by ${grant}: ${answer.status} ${answer.raw.slice(0, 200)}`,
          );
      }
    }
    t.same(wrong, [], 'who holds the role in the scope is heard');
    t.comment(`${commandRoutes.length} commands, ${turns.refused} refused, ${turns.heard} heard`);
    const refusals = harness.service.log
      .readAll(start, 100_000)
      .map(decode)
      .filter((e) => e.type === 'CommandRefused');
    t.ok(refusals.length >= turns.refused - commandRoutes.length, 'refusals are recorded');
    t.same(harness.errors, []);
  },
);
