/**
 * What keeps a person from a command is declared where the command is, and known to the record whatever token
 * they come with.
 */
import { test } from 'tap';
import { aggregates } from '../../src/domain/registry.js';
import type { Aggregate } from '../../src/domain/kernel/types.js';
import { emptyLoaded } from '../../src/domain/kernel/fold.js';
import { noteAct } from '../../src/domain/shared/acts.js';
import { everyCase, Property } from '../holds.js';

const all: readonly Aggregate[] = aggregates;

test('what a command is kept apart from are acts of its record; every act keeps somebody from something', async (t) => {
  const kept = new Property('what a command is not given after is kept as an act');
  const namedActs = new Property('the acts of a record are those that its commands name');
  for (const aggregate of all) {
    const named = new Set<string>();
    for (const [name, { apart }] of Object.entries(aggregate.commands)) {
      if (!apart) continue;
      for (const type of apart.after) {
        named.add(type);
        kept.holds(t, `${aggregate.name}.${name}: ${type}`, aggregate.events[type]?.act !== undefined);
      }
    }
    const acts = Object.keys(aggregate.events).filter((type) => aggregate.events[type]!.act);
    namedActs.same(t, aggregate.name, acts.sort(), [...named].sort());
  }
  kept.settle(t);
  namedActs.settle(t);
});

test('every command that approves, confirms, signs, verifies or accepts for a body is judged: kept apart, or free for a reason', async (t) => {
  // What binds only the body of the grant, with its seat or its officer, or is decided by others before:
  // nothing to be apart from.
  const free: Readonly<Record<string, string>> = {
    'collaborative.AcceptSeat': 'the person a seat is offered to; the grant is another’s to give',
    'collaborative.ActivateCollaborative': 'what it needs, others have accepted',
    'place.ActivatePlace': 'what it needs, others have confirmed',
    'commitment.Accept': 'binds the own agency alone, which may have drafted its promise itself',
    'commitment.ConsentToCommitmentDisclosure': 'the own agency’s word',
    'pool.OpenPool': 'every partner has signed, and other officers have confirmed',
    'pool.ClosePool': 'settled by its figures',
    'pool.ConsentToDisclosure': 'the own agency’s word on its figure',
    'pool.CarryForward': 'every contributor agrees',
    'submission.DeclineSignOff': 'takes the return back, and opens nothing',
    'submission.Submit': 'signed by somebody else',
    'decision.CloseDecision': 'the result follows from the positions',
    'decision.OpenDecision': 'decides nothing',
    'waiver.Revoke': 'takes back',
    'account.RevokeGrant': 'takes back',
    'programme.OpenRound': 'the programme’s own calendar',
    'programme.CloseRound': 'the programme’s own calendar',
    'programme.CloseProgramme': 'the programme’s own calendar',
    'place.CloseOut': 'what is open is handed on by name',
    'barrier.DeclineOwnership': 'binds nobody',
    'barrier.Reopen': 'asks again',
    'commitment.Decline': 'binds nobody',
    'submission.ReopenSection': 'undoes a completion',
  };
  const judges =
    /^(Accept|Confirm|Sign|Verify|Grant|Refuse|Revoke|Activate|Open|Close|Submit|Consent|Carry|Return|Reopen|Decline|RequestChanges|Direct|Dispute|Draw)/;
  const approvers = all.flatMap((aggregate) =>
    Object.entries(aggregate.commands)
      .filter(([name, c]) => judges.test(name) && c.segment && c.givenBy.some((r) => r !== 'system'))
      .map(([name, c]) => [`${aggregate.name}.${name}`, c] as const),
  );
  const unjudged = approvers.filter(([name, c]) => !c.apart && !free[name]).map(([name]) => name);
  t.same(unjudged, []);
  everyCase(t, 'what is listed as free is a command, and free', (look) => {
    for (const name of Object.keys(free))
      look(
        name,
        approvers.some(([approver, { apart }]) => approver === name && !apart),
        true,
      );
  });
});

test('what is signed, certified or approved in a person’s own name asks them to sign in again', async (t) => {
  const asking = all.flatMap((aggregate) =>
    Object.entries(aggregate.commands)
      .filter(([, { freshSignIn }]) => freshSignIn)
      .map(([name]) => `${aggregate.name}.${name}`),
  );
  t.same(asking.sort(), [
    'account.ApproveGrant',
    'account.ApproveRebinding',
    'account.Reinstate',
    'pool.ConfirmPledge',
    'pool.SignAgreement',
    'submission.SignOff',
  ]);
});

test('an act is its doer’s, once; what the system does is his on whose behalf it does it, or nobody’s', async (t) => {
  const pool = all.find((a) => a.name === 'pool')!;
  const { acts } = emptyLoaded(pool);
  const entry = pool.events.PledgeMade!;
  const note = (actor: Parameters<typeof noteAct>[4], pledgeId = 'one') =>
    noteAct(acts, 'PledgeMade', entry, { pledgeId }, actor);
  note({ account: 'constructor', role: 'finance-officer', agency: 'council' });
  note({ account: 'constructor', role: 'seat-holder', agency: 'council' });
  note({ account: '__proto__', role: 'chair', agency: 'pct' });
  note({ account: 'system:x', role: 'system' });
  note({ account: 'system:x', role: 'system', onBehalfOf: 'jane' }, 'two');
  noteAct(
    acts,
    'CashPaidIn',
    pool.events.CashPaidIn!,
    { pledgeId: 'one' },
    { account: 'nobody', role: 'finance-officer' },
  );
  t.same(
    [...acts].map(([account, parts]) => [account, [...parts.values()].flat()]),
    [
      ['constructor', [{ type: 'PledgeMade', part: 'one', agency: 'council' }]],
      ['__proto__', [{ type: 'PledgeMade', part: 'one', agency: 'pct' }]],
      ['jane', [{ type: 'PledgeMade', part: 'two' }]],
    ],
  );
});
