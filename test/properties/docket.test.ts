/**
 * Whatever happens to barriers and commitments, a department's docket is what their events come to
 * (docs/rules/progress.md#what-whitehall-owes). Commands go through the executor and the reactors, the docket
 * through the query; the fold here is of the rules' words and knows neither.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { build } from '../../src/app.js';
import { ReadsLog } from '../../src/reads/reads-log.js';
import { closeDays } from '../../src/process-managers/clock.js';
import { Reactors } from '../../src/process-managers/runner.js';
import { createVerifier } from '../../src/http/server/auth.js';
import { localIssuer } from '../../src/demo/issuer.js';
import { textOf } from '../../src/domain/registry.js';
import { decode } from '../../src/log/codec.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { loadReference } from '../../src/runtime/reference.js';
import type { Recorded } from '../../src/projections/engine/view.js';
import { reactorsOf, type Service } from '../../src/runtime/service.js';
import { viewsOn } from '../views-on.js';
import {
  executorOn,
  give,
  seatHolder,
  must,
  office,
  secretariat,
  TestClock,
  world,
  type As,
} from '../commands/world.js';

const ref = loadReference();
const workingDays = ref.workingDays;
const departments = ['dwp', 'dh'] as const;
/** Whose the champion of Durham is. */
const champions = 'dh';
const champion: As = { as: 'champion@place:durham', account: 'champion.dh' };
const official = (id: string): As => ({ as: `official@agency:${id}`, account: `official.${id}` });

/** What one owner of a barrier owes, day by day. */
interface Owes {
  ownership?: string;
  answer?: string;
  /** Its answer to what a rung directed, by rung: beside what it owed before. */
  directed: Record<string, string>;
  /** The clocks that stand still, with so many working days left: of the answer, and of those to a rung. */
  stopped?: Record<string, number>;
  deed?: string;
  /** The rung that is to direct it, and until when. */
  before?: { rung: string; dueOn: string };
  /** The answer that stands, and the day it promised. */
  said?: { position: string; dueOn?: string };
  struck?: boolean;
}
/** What still waits before a rung. */
const rungOf = ({ before }: Owes) => (before ? { before } : {});
/**
 * The docket of every department by these events: `stream code key` to the day it is due; and what is asked
 * and answered.
 */
function folded(events: readonly Recorded[]) {
  const barriers = new Map<
    string,
    { open: boolean; removed: boolean; refused: boolean; owners: Map<string, Owes> }
  >();
  const promises = new Map<
    string,
    {
      owner: string;
      verifier: string;
      offer?: string;
      delivery?: string;
      dueOn?: string;
      verification?: string;
    }
  >();
  for (const e of events) {
    // The model reads events by its own lights: what it takes from them is compared with what the service
    // answers.
    const d = e.data as Record<string, any>;
    if (e.aggregate === 'barrier') {
      if (e.type === 'BarrierRecorded')
        barriers.set(e.recordId, { open: true, removed: false, refused: false, owners: new Map() });
      const b = barriers.get(e.recordId)!;
      const o = (): Owes => b.owners.get(d.agencyId as string)!;
      const clocks = (x: Owes): [string, string][] => [
        ...(x.answer ? ([['answer', x.answer]] as [string, string][]) : []),
        ...Object.entries(x.directed),
      ];
      if (e.type === 'OwnerProposed')
        b.owners.set(d.agencyId, {
          ownership: workingDays.add(e.today, 10),
          answer: workingDays.add(e.today, 20),
          directed: {},
        });
      else if (e.type === 'OwnershipAccepted') delete o().ownership;
      else if (e.type === 'OwnershipDeclined')
        b.owners.set(d.agencyId, { struck: true, directed: {}, ...rungOf(o()) });
      else if (e.type === 'BarrierAnswered') {
        delete o().ownership;
        if (d.position === 'need-evidence')
          o().stopped = Object.fromEntries(
            clocks(o()).map(([clock, dueOn]) => [clock, Math.max(0, workingDays.between(e.today, dueOn))]),
          );
        else {
          const still = d.position === 'will-not' ? rungOf(o()) : {};
          b.owners.set(d.agencyId, {
            said: { position: d.position, dueOn: d.dueOn },
            directed: {},
            ...(d.dueOn ? { deed: d.dueOn } : {}),
            ...still,
          });
        }
      } else if (e.type === 'EvidenceSupplied') {
        for (const x of b.owners.values()) {
          for (const [clock, left] of Object.entries(x.stopped ?? {})) {
            const dueOn = workingDays.add(e.today, Math.max(1, left));
            if (clock === 'answer') x.answer = dueOn;
            else x.directed[clock] = dueOn;
          }
          delete x.stopped;
        }
      } else if (e.type === 'BarrierEscalated')
        o().before = { rung: d.rung, dueOn: workingDays.add(e.today, 5) };
      else if (e.type === 'BarrierDirected') {
        // Beside everything that was promised or owed.
        delete o().before;
        delete o().struck;
        o().directed[d.rung] = workingDays.add(e.today, 5);
      } else if (e.type === 'RemovalClaimed') {
        delete o().deed;
        delete o().before;
      } else if (e.type === 'DeedMoved') delete o().deed;
      else if (e.type === 'RemovalDisputed') {
        const again = workingDays.add(e.today, 10);
        const promised = o().said!.dueOn!;
        o().said!.dueOn = promised > again ? promised : again;
        if (!d.commitmentId) o().deed = o().said!.dueOn!;
      } else if (e.type === 'DeedReturned') o().deed = o().said!.dueOn!;
      else if (['BarrierRemoved', 'BarrierRefused', 'BarrierClosed', 'BarrierMerged'].includes(e.type)) {
        b.open = false;
        b.removed = e.type === 'BarrierRemoved';
        b.refused = e.type === 'BarrierRefused';
      } else if (e.type === 'BarrierReopened')
        barriers.set(e.recordId, { open: true, removed: false, refused: false, owners: new Map() });
    }
    if (e.aggregate === 'commitment') {
      if (e.type === 'CommitmentDrafted')
        promises.set(e.recordId, { owner: d.ownerAgencyId, verifier: d.verifierAgencyId });
      const p = promises.get(e.recordId)!;
      const only = (more: object): void =>
        void promises.set(e.recordId, {
          owner: p.owner,
          verifier: p.verifier,
          ...(p.dueOn ? { dueOn: p.dueOn } : {}),
          ...more,
        });
      if (e.type === 'CommitmentOffered') {
        p.verifier = d.verifierAgencyId;
        only({ offer: workingDays.add(e.today, 20), dueOn: d.dueOn });
      } else if (e.type === 'CommitmentReassigned') {
        p.owner = d.ownerAgencyId;
        only({ offer: workingDays.add(e.today, 20) });
      } else if (e.type === 'CommitmentAccepted') only({ delivery: p.dueOn });
      else if (e.type === 'CommitmentRescheduled') {
        p.dueOn = d.to;
        if (p.delivery) p.delivery = d.to;
      } else if (e.type === 'CompletionClaimed') only({ verification: workingDays.add(e.today, 15) });
      else if (e.type === 'CompletionReturned' || (e.type === 'CompletionVerified' && !d.closes))
        only({ delivery: p.dueOn });
      else if (e.type === 'CommitmentReopened') only({ delivery: d.dueOn, dueOn: d.dueOn });
      else if (
        [
          'CompletionVerified',
          'CommitmentDeclined',
          'OfferLapsed',
          'CommitmentWithdrawn',
          'CommitmentSuperseded',
        ].includes(e.type)
      )
        only({});
    }
  }
  return (department: string) => {
    const items: Record<string, string> = {};
    const owned = [...barriers].flatMap(([id, b]) => {
      const o = b.owners.get(department);
      return o ? [{ id, b, o }] : [];
    });
    for (const { id, b, o } of owned) {
      if (!b.open) continue;
      if (o.ownership) items[`barrier-${id} ownership`] = o.ownership;
      if (o.answer && o.stopped?.answer === undefined) items[`barrier-${id} answer`] = o.answer;
      for (const [rung, dueOn] of Object.entries(o.directed))
        if (o.stopped?.[rung] === undefined) items[`barrier-${id} rung ${department}:${rung}:answer`] = dueOn;
      if (o.deed) items[`barrier-${id} deed`] = o.deed;
    }
    for (const [id, b] of department === champions ? barriers : [])
      for (const [owner, o] of b.owners)
        if (b.open && o.before?.rung === 'champion')
          items[`barrier-${id} rung ${owner}:champion`] = o.before.dueOn;
    for (const [id, p] of promises) {
      if (p.owner === department && p.offer) items[`commitment-${id} offer`] = p.offer;
      if (p.owner === department && p.delivery) items[`commitment-${id} delivery`] = p.delivery;
      if (p.verifier === department && p.verification)
        items[`commitment-${id} verification`] = p.verification;
    }
    const live = owned.filter(({ o }) => !o.struck);
    const said = (position: string): number => live.filter(({ o }) => o.said?.position === position).length;
    return {
      items,
      proposed: live.filter(({ b, o }) => b.open && !o.said).length,
      willRemove: said('will-remove'),
      willPilot: said('will-pilot'),
      willNot: said('will-not'),
      removed: live.filter(({ b }) => b.removed).length,
      refused: live.filter(({ b }) => b.refused).length,
    };
  };
}

/** Of a commitment mostly given by whose it is at the time. */
type Whose = As | 'owner' | 'verifier';
type Move =
  | { as: Whose; aggregate: string; id: string | number; command: string; data: Record<string, unknown> }
  | { days: number };
const evidence = [
  { type: 'document', description: 'Circular 12/2009', date: '2009-07-01', locator: 'Website' },
];
const barrierIds = ['b0', 'b1', 'b2'];
const ownersOf: Record<string, readonly string[]> = { b0: ['dwp'], b1: ['dwp', 'dh'], b2: ['dh', 'council'] };
const by = (id: string): As => (id === 'council' || id === 'pct' ? seatHolder(id) : official(id));
const dueOn = fc
  .integer({ min: 5, max: 120 })
  .map((n) => new Date(Date.parse('2009-07-10') + n * 86_400_000).toISOString().slice(0, 10));
const full = { evidenceExpected: 'The circular', verifierAgencyId: 'pct' };
const answering = fc.oneof(
  fc
    .record({
      position: fc.constantFrom('will-remove', 'will-pilot'),
      dueOn,
      more: fc.constantFrom({}, full),
    })
    .map(({ position, dueOn, more }) => ({
      position,
      dueOn,
      official: 'Jane Doe',
      measure: 'One form',
      ...more,
    })),
  fc.constant({ position: 'need-evidence', evidenceNeeded: ['Case notes'] }),
  fc.constant({ position: 'will-not', reason: 'The law', official: 'Jane Doe' }),
);
const ofBarrier = (id: string, owner = fc.constantFrom(...ownersOf[id]!)): fc.Arbitrary<Move> =>
  fc.oneof(
    ...[
      [2, owner.map((o) => ({ as: by(o), command: 'AcceptOwnership', data: {} }))],
      [1, owner.map((o) => ({ as: by(o), command: 'DeclineOwnership', data: { reason: 'Not ours' } }))],
      [
        6,
        fc
          .record({ o: owner, data: answering })
          .map(({ o, data }) => ({ as: by(o), command: 'Respond', data: data as Record<string, unknown> })),
      ],
      [
        2,
        fc.constant({
          as: secretariat,
          command: 'SupplyEvidence',
          data: { placeId: 'durham', evidence: 'Twelve families' },
        }),
      ],
      [1, owner.map((agencyId) => ({ as: secretariat, command: 'Escalate', data: { agencyId } }))],
      [
        2,
        fc
          .record({
            agencyId: owner,
            rung: fc.constantFrom('champion', 'champions-group', 'ministerial-group'),
          })
          .map((x) => ({
            as: x.rung === 'champion' ? champion : office,
            command: 'Direct',
            data: { ...x, direction: 'Agree', official: 'Jane Doe' },
          })),
      ],
      [3, owner.map((o) => ({ as: by(o), command: 'ClaimRemoved', data: { evidence: ['Circular'] } }))],
      [1, fc.constant({ as: secretariat, command: 'ConfirmRemoved', data: { placeId: 'durham' } })],
      [
        2,
        fc.constant({
          as: secretariat,
          command: 'DisputeRemoval',
          data: { placeId: 'durham', reason: 'Still three forms' },
        }),
      ],
      [
        1,
        fc.constant({
          as: secretariat,
          command: 'Reopen',
          data: { placeId: 'durham', evidence: 'It is back' },
        }),
      ],
      [1, owner.map((o) => ({ as: secretariat, command: 'ProposeOwner', data: { agencyIds: [o] } }))],
    ].map(([weight, arbitrary]) => ({
      weight: weight as number,
      arbitrary: (arbitrary as fc.Arbitrary<{ as: As; command: string; data: Record<string, unknown> }>).map(
        (m) => ({ ...m, aggregate: 'barrier', id }),
      ),
    })),
  );
/** Of a commitment of either department, or one that an answer became: named by its place in the log. */
const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
const anybody = fc.constantFrom(
  official('dwp'),
  official('dh'),
  seatHolder('pct'),
  seatHolder('council'),
  secretariat,
);
const who = fc.oneof({ weight: 1, arbitrary: anybody }, { weight: 5, arbitrary: fc.constant(undefined) });
const ofVerifier = new Set(['Verify', 'ReturnClaim', 'ReopenCommitment']);
const ofPromise: fc.Arbitrary<Move> = fc
  .record({
    as: who,
    id: fc.nat(2),
    what: fc.oneof(
      ...(
        [
          [6, 'Accept', { consent: true }],
          [1, 'Offer', {}],
          [1, 'Decline', { reason: 'Not ours' }],
          [6, 'ClaimComplete', { evidence }],
          [
            4,
            'Report',
            { period: '2009-07', progress: 40, rag: green, narrative: 'As it is', nextStep: 'More' },
          ],
          [3, 'ReturnClaim', { reason: 'One town only' }],
          [2, 'Verify', { level: 'complete' }],
          [1, 'Verify', { level: 'limited', reason: 'One town only' }],
          [1, 'Withdraw', { reason: 'Over', official: 'Jane Doe' }],
          [
            2,
            'ReopenCommitment',
            { evidence: [{ ...evidence[0]!, description: 'A visit' }], reason: 'It is back' },
          ],
        ] as const
      ).map(([weight, command, data]) => ({
        weight,
        arbitrary: fc.constant({ command, data: data as Record<string, unknown> }),
      })),
      {
        weight: 3,
        arbitrary: dueOn.map((d) => ({
          command: 'Reschedule',
          data: { dueOn: d, reason: 'Later', official: 'Jane Doe' },
        })),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...departments).map((d) => ({
          command: 'Reassign',
          data: { ownerAgencyId: d, accountable: { official: 'John Roe' }, reason: 'Moves' },
        })),
      },
    ),
  })
  .map(({ as, id, what }) => ({
    as: as ?? (ofVerifier.has(what.command) ? 'verifier' : 'owner'),
    aggregate: 'commitment',
    id,
    ...what,
  }));
const days: fc.Arbitrary<Move> = fc.constantFrom(1, 1, 3, 8, 21).map((n) => ({ days: n }));
const moves = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...barrierIds).chain((id) => ofBarrier(id)) },
    { weight: 5, arbitrary: ofPromise },
    { weight: 2, arbitrary: days },
  ),
  {
    minLength: 10,
    maxLength: 40,
    size: 'max',
  },
);

/** One of everything that a docket can hold, in a row. */
const of = (
  as: Whose,
  aggregate: string,
  id: string | number,
  command: string,
  data: Record<string, unknown> = {},
): Move => ({ as, aggregate, id, command, data });
const workAndPensions = official('dwp');
const will = { position: 'will-remove', dueOn: '2009-09-30', official: 'Jane Doe', measure: 'One form' };
const wont = { position: 'will-not', reason: 'The law', official: 'Jane Doe' };
const throughEverything: Move[] = [
  of(workAndPensions, 'barrier', 'b0', 'AcceptOwnership'),
  of(workAndPensions, 'barrier', 'b0', 'Respond', will),
  of(workAndPensions, 'barrier', 'b0', 'ClaimRemoved', { evidence: ['Circular'] }),
  of(secretariat, 'barrier', 'b0', 'DisputeRemoval', { placeId: 'durham', reason: 'Still three forms' }),
  of(workAndPensions, 'barrier', 'b1', 'Respond', { ...will, ...full }),
  of(official('dh'), 'barrier', 'b1', 'Respond', {
    position: 'need-evidence',
    evidenceNeeded: ['Case notes'],
  }),
  { days: 8 },
  of(secretariat, 'barrier', 'b1', 'SupplyEvidence', { placeId: 'durham', evidence: 'Twelve families' }),
  of(official('dh'), 'barrier', 'b1', 'Respond', wont),
  of(office, 'barrier', 'b1', 'Direct', {
    agencyId: 'dh',
    rung: 'champions-group',
    direction: 'Agree',
    official: 'Jane Doe',
  }),
  of('owner', 'commitment', 0, 'Accept', { consent: true }),
  of('owner', 'commitment', 0, 'Report', {
    period: '2009-07',
    progress: 40,
    rag: green,
    narrative: 'As it is',
    nextStep: 'More',
  }),
  of('owner', 'commitment', 0, 'Reschedule', { dueOn: '2009-09-25', reason: 'Later', official: 'Jane Doe' }),
  of('owner', 'commitment', 0, 'ClaimComplete', { evidence }),
  { days: 3 },
  of('verifier', 'commitment', 0, 'ReturnClaim', { reason: 'One town only' }),
  { days: 60 },
  of('owner', 'commitment', 0, 'ClaimComplete', { evidence }),
  of('verifier', 'commitment', 0, 'Verify', { level: 'complete' }),
  // Not answered in time: before its champion, who directs about a refusal too; not answered then, before the
  // next rung, which directs as well.
  of(seatHolder('council'), 'barrier', 'b2', 'Respond', wont),
  of(champion, 'barrier', 'b2', 'Direct', {
    agencyId: 'council',
    rung: 'champion',
    direction: 'Answer',
    official: 'Jane Doe',
  }),
  of(official('dh'), 'barrier', 'b2', 'Respond', {
    position: 'need-evidence',
    evidenceNeeded: ['Case notes'],
  }),
  of(office, 'barrier', 'b2', 'Direct', {
    agencyId: 'dh',
    rung: 'champions-group',
    direction: 'Answer',
    official: 'Jane Doe',
  }),
  { days: 9 },
  of(office, 'barrier', 'b2', 'Direct', {
    agencyId: 'dh',
    rung: 'ministerial-group',
    direction: 'Answer',
    official: 'Jane Doe',
  }),
  of(secretariat, 'barrier', 'b2', 'SupplyEvidence', { placeId: 'durham', evidence: 'Twelve families' }),
  // A promise broken: a direction stands beside it, and waits for evidence; a refusal ends both.
  { days: 13 },
  of(champion, 'barrier', 'b0', 'Direct', {
    agencyId: 'dwp',
    rung: 'champion',
    direction: 'Act',
    official: 'Jane Doe',
  }),
  of(workAndPensions, 'barrier', 'b0', 'Respond', {
    position: 'need-evidence',
    evidenceNeeded: ['Case notes'],
  }),
  of(secretariat, 'barrier', 'b0', 'SupplyEvidence', { placeId: 'durham', evidence: 'Twelve families' }),
  of(workAndPensions, 'barrier', 'b0', 'Respond', wont),
];

/** Three barriers with their owners proposed, and a commitment of each department, the first offered. */
async function start(file: string): Promise<void> {
  const log = new SqliteLog(file, { clock: 'simulated' });
  const executor = executorOn(log);
  await world(log, executor);
  for (const id of departments)
    await must(executor, office, 'agency', id, 'RegisterAgency', {
      name: `The ${id}`,
      sector: 'department',
      type: 'department',
      identifiers: [{ scheme: 'programme', code: id, from: '2009-04-01' }],
      startOn: '2009-04-01',
    });
  await must(executor, office, 'place', 'durham', 'AssignChampion', {
    account: champion.account,
    departmentId: champions,
    from: '2009-07-01',
  });
  for (const [i, id] of barrierIds.entries()) {
    await must(executor, secretariat, 'barrier', id, 'RecordBarrier', {
      placeId: 'durham',
      kind: 'guidance',
      statement: `Form ${i}`,
      effectOnResidents: 'They wait',
    });
    await must(executor, secretariat, 'barrier', id, 'Triage', {
      locus: i === 2 ? 'joint' : 'whitehall',
      reason: 'Their rule',
    });
    await must(executor, secretariat, 'barrier', id, 'ProposeOwner', { agencyIds: ownersOf[id] });
  }
  for (const [i, id] of departments.entries()) {
    const terms = {
      measure: 'One form',
      evidenceExpected: 'The circular',
      dueOn: '2009-09-18',
      verifierAgencyId: i === 0 ? 'dh' : 'pct',
    };
    const draft = {
      placeId: 'durham',
      title: `One form ${i}`,
      change: 'One',
      ownerAgencyId: id,
      level: 'whitehall',
      accountable: { official: 'Jane Doe' },
      milestones: [],
      dependsOn: [],
      ...terms,
    };
    await must(executor, official(id), 'commitment', `c${i}`, 'DraftCommitment', draft);
  }
  await must(executor, official('dwp'), 'commitment', 'c0', 'Offer');
  await log.close();
}

test('the docket equals the fold of its barriers and commitments', { timeout: 240_000 }, async (t) => {
  const dir = t.testdir();
  await start(join(dir, 'start.db'));
  const issuer = await localIssuer();
  const authorization = `Bearer ${await issuer.token('auditor', ['auditor@programme:tp'])}`;
  const seen = new Map<string, number>();
  const done = new Map<string, number>();
  const count = (of: Map<string, number>, name: string): void => void of.set(name, (of.get(name) ?? 0) + 1);
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(moves, async (all) => {
      const file = join(dir, `${++runs}.db`);
      copyFileSync(join(dir, 'start.db'), file);
      const log = new SqliteLog(file, { clock: 'simulated' });
      const clock = new TestClock();
      const { engine, built } = viewsOn(log, ref);
      await built;
      const executor = executorOn(log, clock);
      const reactors = new Reactors(log, executor, reactorsOf(executor, engine), {
        get: () => 0,
        set: () => {},
      });
      reactors.start();
      const views = join(dir, String(runs));
      mkdirSync(views);
      const reads = new ReadsLog({ dataDir: views, clock, onError: (error) => t.fail(String(error)) });
      const service = {
        log,
        engine,
        executor,
        reads,
        clock,
        ref,
        position: () => engine.source.head(),
        seen: async () => true,
        logStatus: () => ({ state: 'ready' }),
      } as unknown as Service;
      const app = await build({
        service,
        verify: createVerifier(issuer.verifier),
        version: '0.0.0-test',
        ratePerMinute: 1e6,
        accountRatePerMinute: 1e6,
      });
      try {
        for (const m of all) {
          if ('days' in m) {
            clock.ms += m.days * 86_400_000;
            await closeDays(executor, clock, ['tp']);
          } else {
            const promises = log
              .readAll(0, 100_000)
              .flatMap((e) => (e.type === 'CommitmentDrafted' ? [e.stream.slice('commitment-'.length)] : []));
            const id = typeof m.id === 'string' ? m.id : promises[m.id % promises.length]!;
            const history = (await log.read(`${m.aggregate}-${id}`)).map(decode);
            const whose = (part: 'owner' | 'verifier'): string =>
              history.map((e) => textOf(e, `${part}AgencyId` as const)).findLast(Boolean) ?? 'council';
            const as = typeof m.as === 'string' ? by(whose(m.as)) : m.as;
            const expectedVersion = history.length;
            const outcome = await give(executor, as, m.aggregate, id, m.command, structuredClone(m.data), {
              expectedVersion,
            });
            if (outcome.kind === 'done' && as === champion) count(done, `${m.command} as champion`);
            count(done, outcome.kind === 'done' ? m.command : `${m.command} ${outcome.refusal.code}`);
          }
          await reactors.idle();
          const expected = folded(log.readAll(0, 100_000).map((l) => decode(l) as Recorded));
          for (const department of departments) {
            const answer = await app.inject({
              method: 'GET',
              url: `/v1/departments/${department}/docket`,
              headers: { authorization },
            });
            const docket = answer.json();
            if (answer.statusCode !== 200) throw new Error(answer.body);
            const items = Object.fromEntries(
              docket.items.map((i: any) => [
                `${i.record.aggregate}-${i.record.id} ${i.code}${i.code === 'rung' ? ` ${i.id.split('.rung.')[1]}` : ''}`,
                i.dueOn,
              ]),
            );
            const { willRemove, willPilot, willNot } = docket.answered;
            const actual = {
              items,
              proposed: docket.proposed,
              willRemove,
              willPilot,
              willNot,
              removed: docket.removed,
              refused: docket.refused,
            };
            const wanted = expected(department);
            if (JSON.stringify(sorted(actual)) !== JSON.stringify(sorted(wanted)))
              throw new Error(
                `${department} after ${JSON.stringify(m)}: the docket says ${JSON.stringify(sorted(actual))}, its events ${JSON.stringify(sorted(wanted))}`,
              );
            const day = clock.now().slice(0, 10);
            for (const i of docket.items) {
              if (i.daysLate > 0 !== i.dueOn < day)
                throw new Error(`${i.id} due ${i.dueOn} is ${i.daysLate} days late on ${day}`);
              count(seen, i.code);
            }
          }
        }
      } finally {
        await app.close();
        await reactors.stop();
        reads.close();
        await log.close();
      }
    }),
    { numRuns: 15, examples: [[throughEverything]] },
  );
  t.ok(done.get('Direct as champion'), 'the champion directed, and it was on the docket of the department');
  for (const code of ['ownership', 'answer', 'rung', 'deed', 'offer', 'delivery', 'verification'])
    t.ok(seen.get(code), `${code} was on a docket ${seen.get(code)} times`);
  for (const command of [
    'Respond',
    'DisputeRemoval',
    'SupplyEvidence',
    'Direct',
    'Accept',
    'Reschedule',
    'ReturnClaim',
    'Verify',
  ])
    t.ok(done.get(command), `${command} was done ${done.get(command)} times`);
});

const sorted = ({ items, ...rest }: { items: Record<string, string> }) => [
  Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1)),
  Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)),
];
