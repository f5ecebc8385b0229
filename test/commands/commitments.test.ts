/**
 * What a return was signed for turns red before it is submitted
 * (docs/rules/submission.md#sign-off-void); and one person who comes in two tokens.
 */
import { join } from 'node:path';
import { test, type Test } from 'tap';
import { commitmentOfAnswer } from '../../src/process-managers/commitments.js';
import { Reactors } from '../../src/process-managers/runner.js';
import { Prose } from '../../src/domain/shared/values.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { reactorsOf } from '../../src/runtime/service.js';
import { viewsOn } from '../views-on.js';
import { reference } from '../domain/spec.js';
import { promised } from '../process-managers/scenes/commitments.js';
import { id, ofReturn, sent, signed } from '../process-managers/scenes/submissions.js';
import type { Node } from '../process-managers/proof.js';
import { executorOn, give, seatHolder, must, office, secretariat, TestClock, world } from './world.js';

const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const report = { period: '2009-09', progress: 40, rag: green, narrative: 'As it is', nextStep: 'More' };
const red = {
  ...report,
  rag: { ...green, risk: 'red' },
  cause: 'procurement',
  recovery: 'Let again',
  recoveryOn: '2009-10-01',
  correctionReason: 'The contract fell',
};

/** A log with its reactors at hand, not started. */
async function openNode(t: Test) {
  const log = new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'simulated' });
  const clock = new TestClock();
  const { engine, built } = viewsOn(log, reference);
  await built;
  const executor = executorOn(log, clock);
  const node: Node = {
    log,
    engine,
    executor,
    clock,
    must: (as, aggregate, record, command, data = {}, extra = {}) =>
      must(executor, as, aggregate, record, command, data, extra),
    on: (day) => void (clock.ms = Date.parse(`${day}T08:00:00Z`)),
  };
  const reactors = new Reactors(log, executor, reactorsOf(executor, engine), { get: () => 0, set: () => {} });
  return { w: node, log, executor, reactors };
}

test('one person in two tokens is one person, and what the system does on their behalf is theirs', async (t) => {
  const { w: node, log, executor, reactors } = await openNode(t);
  await world(log, executor);
  await promised(node);
  const trust = seatHolder('pct');
  // A contributor's grant of the owner in one token, the seat of the verifier in the other: the account is
  // the same.
  await node.must(
    { as: 'contributor@place:durham+agency:council', account: trust.account! },
    'commitment',
    'one',
    'Report',
    { ...report, period: '2009-07' },
  );
  const evidence = [
    { type: 'document', description: 'Board paper', date: '2009-07-01', locator: 'Paper 12' },
  ];
  await node.must(seatHolder('council'), 'commitment', 'one', 'ClaimComplete', { evidence });
  const verify = (account: string, as = trust.as) =>
    give(executor, { as, account }, 'commitment', 'one', 'Verify', { level: 'complete' });
  t.match(await verify(trust.account!), {
    kind: 'refused',
    status: 403,
    refusal: { code: 'VERIFIER_NOT_INDEPENDENT' },
  });

  await node.must(office, 'agency', 'dwp', 'RegisterAgency', {
    name: 'dwp',
    sector: 'department',
    type: 'body',
    identifiers: [{ scheme: 'programme', code: 'D-1', from: '2009-04-01' }],
    startOn: '2009-04-01',
  });
  await node.must(secretariat, 'barrier', 'forms', 'RecordBarrier', {
    placeId: 'durham',
    kind: 'guidance',
    statement: 'Three forms',
    effectOnResidents: 'They wait',
  });
  await node.must(secretariat, 'barrier', 'forms', 'Triage', { locus: 'whitehall', reason: 'Their rule' });
  await node.must(secretariat, 'barrier', 'forms', 'ProposeOwner', { agencyIds: ['dwp'] });
  const [answers, claims] = ['answers.dwp', 'claims.dwp'].map((account) => ({
    as: 'official@agency:dwp',
    account,
  }));
  const inFull = {
    position: 'will-remove',
    official: 'Jane Doe',
    dueOn: '2009-12-18',
    measure: 'One form',
    evidenceExpected: 'The circular',
    verifierAgencyId: 'pct',
  };
  await node.must(answers!, 'barrier', 'forms', 'Respond', inFull);
  reactors.start();
  await reactors.idle();
  const made = commitmentOfAnswer(
    'forms',
    'dwp',
    (await log.read('barrier-forms')).findIndex((e) => e.type === 'BarrierAnswered') + 1,
  );
  t.match(
    (await executor.load('commitment', made)).acts.get('answers.dwp')?.get(''),
    [{ type: 'CommitmentDrafted' }, { type: 'CommitmentAccepted' }],
    'who answered has promised',
  );
  await node.must(claims!, 'commitment', made, 'ClaimComplete', { evidence });
  await reactors.idle();
  const confirm = (account: string) =>
    give(executor, { as: secretariat.as, account }, 'barrier', 'forms', 'ConfirmRemoved', {
      placeId: 'durham',
    });
  for (const { account } of [answers!, claims!])
    t.match(
      await confirm(account),
      { kind: 'refused', status: 403, refusal: { code: 'OWNER_CANNOT_CONFIRM' } },
      account,
    );
  t.match(await confirm('lead'), { kind: 'done' });
  await reactors.stop();
  await log.close();
});

test('a text that is too long to be promised is cut between characters', async (t) => {
  const { w: node, log, executor, reactors } = await openNode(t);
  await world(log, executor);
  await node.must(office, 'agency', 'dwp', 'RegisterAgency', {
    name: 'dwp',
    sector: 'department',
    type: 'body',
    identifiers: [{ scheme: 'programme', code: 'D-1', from: '2009-04-01' }],
    startOn: '2009-04-01',
  });
  const family = '\u{1F469}\u200d\u{1F469}\u200d\u{1F467}';
  const ids = ['even', 'odd', 'joined'];
  for (const [i, statement] of [
    '\u{1F600}'.repeat(500),
    `a${'\u{1F600}'.repeat(499)}`,
    family.repeat(120),
  ].entries()) {
    const barrier = ids[i]!;
    await node.must(secretariat, 'barrier', barrier, 'RecordBarrier', {
      placeId: 'durham',
      kind: 'guidance',
      statement,
      effectOnResidents: statement,
    });
    await node.must(secretariat, 'barrier', barrier, 'Triage', { locus: 'whitehall', reason: 'Their rule' });
    await node.must(secretariat, 'barrier', barrier, 'ProposeOwner', { agencyIds: ['dwp'] });
    await node.must({ as: 'official@agency:dwp', account: 'answers.dwp' }, 'barrier', barrier, 'Respond', {
      position: 'will-remove',
      official: 'Jane Doe',
      dueOn: '2009-12-18',
    });
  }
  reactors.start();
  await reactors.idle();
  for (const barrier of ids) {
    const made = commitmentOfAnswer(
      barrier,
      'dwp',
      (await log.read(`barrier-${barrier}`)).findIndex((e) => e.type === 'BarrierAnswered') + 1,
    );
    const { version, state } = await executor.load('commitment', made);
    t.ok(version > 0, `${barrier}: is promised`);
    for (const [text, length, max] of [
      [state.title, 'title', 300],
      [state.measure, 'remark', 500],
    ] as const)
      t.ok(
        Prose(length).safeParse(text).success && text!.length > max - 12 && text!.endsWith('…'),
        `${barrier}: ${text?.length} of ${max}`,
      );
  }
  await reactors.stop();
  await log.close();
});

test('a green report leaves a signature alone; one that turns red voids it, until it is signed again', async (t) => {
  const { w: node, log, executor, reactors } = await openNode(t);
  await sent(node, promised, [{ aggregate: 'commitment', id: 'one' }]);
  const sign = () => signed(node);
  const submit = async () =>
    give(
      executor,
      secretariat,
      'submission',
      id,
      'Submit',
      {},
      { expectedVersion: (await log.read(`submission-${id}`)).length },
    );
  await sign();
  await node.must(seatHolder('council'), 'commitment', 'one', 'Report', report);
  await node.must(seatHolder('council'), 'commitment', 'one', 'Report', red, {
    expectedVersion: (await log.read('commitment-one')).length,
  });
  // Refused at once, whether or not the reactor has already said so.
  t.match(await submit(), {
    kind: 'refused',
    status: 422,
    refusal: { code: 'SIGN_OFF_VOID', detail: /commitment .record:commitment-one. \(progress reported\)/ },
  });
  reactors.start();
  await reactors.idle();
  t.match((await executor.load('submission', id)).state, { status: 'ready' }, 'the reactor has voided it');

  await ofReturn(node, 'SendForSignOff', { included: [{ aggregate: 'commitment', id: 'one' }] });
  await sign();
  await node.must(
    seatHolder('council'),
    'commitment',
    'one',
    'Report',
    { ...red, progress: 45, correctionReason: 'Two cases more' },
    { expectedVersion: (await log.read('commitment-one')).length },
  );
  t.match(
    await submit(),
    { kind: 'done', events: ['FindingsSubmitted'] },
    'red as it was signed for: submitted',
  );
  await reactors.idle();
  t.equal((await executor.load('commitment', 'one')).access.tier, 'programme', 'and open to the programme');
  await reactors.stop();
  await log.close();
});
