import { test, type Test } from 'tap';
import { seed } from '../src/demo/seed/index.js';
import { demoStart, openDemo } from '../src/demo/demo.js';
import { isSilent } from '../src/domain/commitment/state.js';
import type { States } from '../src/domain/kernel/types.js';
import { held, part } from '../src/domain/kernel/parts.js';
import { is } from '../src/domain/registry.js';
import { decode } from '../src/log/codec.js';
import { barrierRegister } from '../src/projections/views/barrier-register.js';
import { due as dueView } from '../src/projections/views/due.js';
import { tellsAll } from '../src/projections/views/past.js';
import { poolLedger, statement } from '../src/projections/views/pool-ledger.js';
import type { EmbeddedService } from '../src/runtime/embedded.js';
import { placeProgress } from '../src/projections/place-progress/place-progress.js';
import { loadReference } from '../src/runtime/reference.js';
import { compareViews } from '../src/runtime/verify.js';

const ref = loadReference();

/**
 * Whatever follows from something filled in says so (docs/rules/shared.md#sources): each event of a reactor,
 * and each reason behind a colour.
 */
async function marks(t: Test, service: EmbeddedService): Promise<void> {
  const events = (await service.log.readAll(0, 100_000)).map(decode);
  const bare = events.filter((e) => e.actor.role === 'system' && !e.basis).map((e) => e.type);
  t.same(
    [...new Set(bare)].sort(),
    ['ClockSet', 'DayClosed', 'LogCreated'],
    'only the log and its clock have no basis',
  );
  for (const type of ['BarrierEscalated', 'SubmissionMissed'])
    t.ok(
      events.some((e) => e.type === type && e.basis?.kind === 'illustrative'),
      `${type} is among them`,
    );
  const progress = service.engine.queries(placeProgress);
  const reasons = progress
    .places('total-place')
    .flatMap((p) => progress.place(p.id, 'members', '2009-10-22')!.reasons);
  const barriers = reasons.filter((r) => r.aggregate === 'barrier');
  t.ok(barriers.length > 0);
  t.match(
    barriers.filter((r) => r.recordId === 'll-shared-data'),
    [{ code: 'triage', dueOn: '2009-10-26', illustrative: true }],
    'its text stands in print, the day from which its triage is counted does not',
  );
  t.match(events.find((e) => e.stream === 'barrier-ll-shared-data')!.basis, {
    kind: 'illustrative',
    source: /supplement, October 2009; day filled in/,
  });
  t.same(
    barriers
      .filter((r) => !r.illustrative && service.engine.queries(barrierRegister).one(r.recordId)!.illustrative)
      .map((r) => r.text),
    [],
    'no reason on an illustrative barrier stands as fact',
  );
}

/**
 * Returns were prefilled where the programme could see what fills a section, and hold every section of their
 * template.
 */
async function returns(t: Test, service: EmbeddedService): Promise<void> {
  const of = async (place: string) =>
    (await service.log.read(`submission-total-place.1.${place}`))
      .map(decode)
      .filter((e) => is(e, 'submission', 'SectionAnswered'));
  const prefilled = async (place: string) =>
    Object.fromEntries(
      (await of(place)).filter((e) => e.data.prefilled).map((e) => [e.data.sectionId, e.data.content]),
    ) as Record<string, any>;
  const kent = await prefilled('kent');
  t.same(
    Object.keys(kent).sort(),
    ['barriers', 'place', 'themes'],
    'pools and promises were the members’ own by then',
  );
  t.match(kent.place.rows, [
    { label: 'Accountable body', value: 'Kent County Council' },
    { label: 'Champion', value: 'Cabinet Office' },
    { label: 'Voting seats filled', value: '3: council 1, nhs 1, police 1' },
    { label: 'Decides by', value: 'consent' },
    { label: 'Chair', value: 'Kent County Council' },
  ]);
  t.match(kent.themes.rows[1], { label: 'Single asset management strategy', value: 'confirmed' });
  t.same(kent.barriers, { counts: { whitehall: 1, joint: 0 } });
  t.same(
    (await prefilled('leicester-leicestershire')).barriers,
    { counts: { whitehall: 1, joint: 1 } },
    'not the local one, which the programme does not see',
  );
  t.notOk('barriers' in (await prefilled('worcestershire')), 'nothing to see is not a count of nothing');
  const { state } = await service.executor.load('submission', 'total-place.1.leicester-leicestershire');
  t.same(Object.keys(state.answers).sort(), [
    'barriers',
    'commitments',
    'count',
    'learning',
    'narrative',
    'place',
    'pools',
    'proposals',
    'risks',
    'themes',
  ]);
  t.match(
    part(state.answers, 'barriers'),
    { content: { counts: { whitehall: 1, joint: 1, local: 1 } }, prefilled: false },
    'the place has said how many are local',
  );
  t.match(part(state.answers, 'place'), { prefilled: true, complete: true });
  const light = (await service.executor.load('submission', 'total-place.1.suffolk')).state;
  t.same(
    light.template.map((x) => x.sectionId),
    ['contact', 'theme', 'progress', 'barriers', 'lessons', 'next-step'],
  );
}

/** What the demo is there to show, on its first morning. */
async function tells(t: Test, service: EmbeddedService): Promise<void> {
  const state = async <K extends keyof States>(aggregate: K, id: string): Promise<States[K]> =>
    (await service.executor.load(aggregate, id)).state;
  const suffolk = await state('collaborative', 'suffolk');
  t.equal(
    Object.values(suffolk.seats).filter((x) => x.status === 'accepted').length,
    22,
    'Suffolk’s table of 22',
  );
  const promised = [
    'suffolk-green-enterprises',
    'suffolk-young-people',
    'suffolk-simpler-partnerships',
    'suffolk-all-ages',
  ];
  t.same(
    await Promise.all(promised.map(async (id) => (await state('commitment', id)).status)),
    ['accepted', 'accepted', 'accepted', 'offered'],
    'promises of the summit',
  );

  t.match((await state('commitment', 'll-efficiency-target')).title, /9\.3%/);
  t.same(
    Object.keys((await state('barrier', 'll-unit-price')).asks),
    ['unit-price', 'licensing', 'marketing'],
    'strands as asks',
  );
  const strategy = await state('commitment', 'll-commissioning-strategy');
  t.match(
    strategy,
    { status: 'in-delivery', baselineDueOn: '2009-11-27', dueOn: '2010-01-22', reschedules: 1 },
    'rescheduled by decision',
  );
  t.ok(
    isSilent(await state('commitment', 'll-night-time-economy'), 'month', '2009-10-22', ref.workingDays),
    'one is silent',
  );
  t.match(
    await state('commitment', 'll-websites'),
    { status: 'completed', verification: { level: 'complete' } },
    'one is verified',
  );
  const types = (await service.log.read('commitment-ll-service-centres')).map((e) => e.type);
  t.same(types.slice(-2), ['CompletionClaimed', 'CompletionReturned'], 'one is claimed and returned');
  const byAnswer = held(
    service.engine.queries(barrierRegister).one('ll-ring-fences')!.state.owners,
    'department-of-health',
  );
  t.ok(byAnswer.answer?.inFull, 'a department answered in full');

  const steps = (id: string) =>
    service.engine
      .queries(placeProgress)
      .place(id, 'programme', '2009-10-22')!
      .steps.filter((x) => x.stepId === 'commitments');
  t.match(steps('durham'), [{ doneOn: '2009-10-14' }], 'Durham has a commitment for its one theme');
  t.match(steps('leicester-leicestershire'), [{ doneOn: '2009-07-20' }]);
  t.notOk(steps('kent')[0]!.doneOn);

  const carried = await state('decision', 'll-strategy-date');
  t.equal(carried.status, 'carried');
  t.match(
    Object.values(carried.positions),
    [
      { stance: 'agree' },
      { stance: 'agree' },
      { stance: 'agree' },
      { stance: 'disagree', reason: /winter/ },
      { stance: 'abstain' },
    ],
    'dissent stays',
  );
  const results = await Promise.all(
    ['ll-emergency-team', 'kent-gateway-hours', 'suffolk-after-the-summit'].map(
      async (id) => (await state('decision', id)).status,
    ),
  );
  t.same(
    results,
    ['not-carried', 'lapsed', 'open'],
    'refused for an agency that did not agree, lapsed for want of quorum, and one that is open',
  );
  const closing = (await service.log.read('decision-ll-emergency-team'))
    .map(decode)
    .find((e) => e.type === 'DecisionClosed')!;
  t.match(closing.data, { unagreed: ['leicestershire-police-authority'] });

  const late = service.engine
    .queries(dueView)
    .overdue('2009-10-22')
    .filter((i) => i.code === 'answer' && i.owedBy.some((p) => p.kind === 'department'));
  t.ok(late.length > 0, 'a department is late with an answer');

  const pools = service.engine.queries(poolLedger);
  t.match(statement(pools.one('kent-gateways')!, 'programme', tellsAll, '2009-10-22'), {
    confirmedPence: 900_000_00,
    pledges: [{ pledgedPence: 650_000_00 }, { pledgedPence: 250_000_00 }],
  });
  const durham = statement(pools.one('durham-warm-homes')!, 'programme', tellsAll, '2009-10-22');
  t.match(durham, {
    confirmedPence: null,
    notDisclosed: true,
    pledges: [
      { confirmedPence: 1_200_000_00, paidInPence: 600_000_00 },
      { confirmedPence: null, notDisclosed: true },
    ],
  });
  t.match(
    statement(pools.one('durham-warm-homes')!, 'members', tellsAll, '2009-10-22'),
    { reservedPence: 50_000_00, allocatedPence: 650_000_00 },
    'money reserved for a promise and allocated to it',
  );
  for (const id of ['suffolk', 'sw-somerset', 'sw-west-of-england'])
    t.equal(
      (await state('submission', `total-place.1.${id}`)).status,
      'submitted',
      `${id} made its light return`,
    );
  await returns(t, service);
  const invented = seed.filter((c) => ['commitment', 'decision'].includes(c.aggregate));
  t.ok(
    invented.every((c) => c.basis.kind === 'illustrative'),
    'no promise and no decision stands in print',
  );
}

test(
  'the demo seeds once, goes on when run again, and its views equal a rebuild',
  { timeout: 240_000 },
  async (t) => {
    const dataDir = t.testdir();
    const first = await openDemo({ dataDir, ref, seed, speed: 0 });
    t.ok(first.clock.now() >= demoStart && first.clock.now() < '2009-10-22T08:10');
    const places = first.engine.queries(placeProgress).places('total-place');
    t.equal(places.filter((p) => p.kind === 'pilot').length, 13);
    t.equal(places.filter((p) => p.kind === 'parallel').length, 10);
    t.same(await compareViews(first.log, first.db, ref), []);
    await tells(t, first);
    await marks(t, first);
    const head = await first.log.head();
    await first.close();
    const again = await openDemo({ dataDir, ref, seed, speed: 0 });
    t.equal(await again.log.head(), head + 1, 'only the clock was set again');
    await again.close();
    await t.rejects(openDemo({ dataDir, ref, seed: seed.slice(0, -1), speed: 0 }), {
      message: /seeded by other seed data/,
    });
  },
);
