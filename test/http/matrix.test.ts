/**
 * Who may do what: roles and what they may do, written down here from the rules; and over HTTP every command
 * × every role × own and foreign scope. There a new command adds its rows: who is not in its entry, or holds
 * the role elsewhere, is refused; who is in it and holds it here is heard.
 */
import { test } from 'tap';
import { parseGrant } from '../../src/domain/shared/access.js';
import { fittingGrants, targetOf } from '../../src/domain/kernel/command.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { emptyLoaded } from '../../src/domain/kernel/fold.js';
import { commandRoutes } from '../../src/http/query/command-routes.js';
import { openHarness } from './harness.js';
import { grantOf, names, ofAgency, throughTheMatrix, withToken, type Named } from './matrix-cases.js';
import { place as own } from './secrets.js';

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

test(
  'over HTTP: refused without the role, refused elsewhere, heard with it',
  { timeout: 240_000 },
  async (t) => {
    const harness = await openHarness(t);
    await throughTheMatrix(t, harness, { ask: withToken(harness) });
  },
);
