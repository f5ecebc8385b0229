/**
 * Records that a command names are judged by its author's sight (docs/rules/shared.md#hidden-and-unknown).
 * Every member of every command that names one is given a hidden record and one that there never was: the
 * same status, code and sentence, the same reads of the log, the same statements.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'tap';
import { z } from 'zod';
import { parseGrant, roles, type Grant } from '../../src/domain/shared/access.js';
import { Executor } from '../../src/commands/executor.js';
import type { Aggregate, NewEvent } from '../../src/domain/kernel/types.js';
import { aggregates } from '../../src/domain/registry.js';
import { encode } from '../../src/log/codec.js';
import { SqliteLog } from '../../src/log/sqlite/sqlite-log.js';
import { reference } from '../domain/spec.js';
import { executorOn, must, office, secretariat, TestClock, world } from './world.js';
import type { Schema } from '../../src/domain/kernel/schema.js';
import { Id } from '../../src/domain/shared/values.js';
import { Property } from '../holds.js';
import { noViews } from '../no-views.js';

/** A member that names a record or a part of one: where it stands, and the kind it declares (`ref`). */
interface Names {
  readonly path: string;
  readonly kind: string;
}
/**
 * Members that hold plain ids: places, programmes and agencies are open to everybody; there are no lessons
 * yet.
 */
const open =
  /^(place|agency|programme|department|ownerAgency|verifierAgency|hostAgency|managerAgency|lesson)Ids?$|^(partners|successors|suggests|affectedAgencies|placeIds)$/;

function namesIn(schema: Schema, path: string, member: string, plain: string[]): Names[] {
  const def = schema._zod.def as any;
  const meta = z.globalRegistry.get(schema) as
    { names?: string; id?: string; description?: string } | undefined;
  if (meta?.names) return [{ path, kind: meta.names }];
  if (meta?.description === Id.description && !open.test(member)) plain.push(path);
  if (def.type === 'object')
    return Object.entries<Schema>(def.shape).flatMap(([name, s]) =>
      namesIn(s, `${path}/${name}`, name, plain),
    );
  if (def.type === 'array') return namesIn(def.element, `${path}/*`, member, plain);
  if (def.type === 'union') return (def.options as Schema[]).flatMap((s) => namesIn(s, path, member, plain));
  if (def.type === 'record') return namesIn(def.valueType, `${path}/*`, member, plain);
  if (def.type === 'pipe') return namesIn(def.in, path, member, plain);
  return def.innerType ? namesIn(def.innerType, path, member, plain) : [];
}
const given = (aggregates as readonly Aggregate[])
  .filter((a) => !a.machinery)
  .flatMap((a) =>
    Object.entries(a.commands).flatMap(([name, entry]) =>
      entry.givenBy.some((r) => r !== 'system') && (entry.segment || entry.creates)
        ? [{ a, name, entry }]
        : [],
    ),
  );

const at = '2009-07-01T09:00:00.000Z';
const e = (type: string, data: object = {}): NewEvent => ({ type, data: data as NewEvent['data'] });
const purposes = { cofog: ['07'], text: 'Treatment' };
const ofCouncil = { pledgeId: 'p-1', agencyId: 'council', financialYear: '2009-10', consented: false };
const figures = {
  pledgedPence: 900_00,
  confirmedPence: 900_00,
  paidInPence: 0,
  allocatedPence: 0,
  drawnPence: 0,
};
const allocation = (allocationId: string) =>
  e('FundsAllocated', {
    allocationId,
    title: allocationId,
    purposes,
    subBalances: [{ pledgeId: 'p-1', pence: 100_00 }],
    consented: false,
  });
const pool = (placeId: string): NewEvent[] => [
  e('PoolProposed', {
    placeId,
    programmeId: 'tp',
    name: 'Pool',
    legalBasis: 'joint-committee',
    partners: ['council', 'police'],
    host: 'council',
    manager: 'council',
    purposes,
    years: ['2009-10'],
    noticeMonths: 3,
  }),
  e('PledgeMade', { ...ofCouncil, amountPence: 900_00 }),
  e('PledgeConfirmed', { ...ofCouncil, figures }),
  e('PoolOpened', { placeId }),
];
const described = (placeId: string) => ({
  placeId,
  programmeId: 'tp',
  kind: 'guidance',
  statement: 'Forms',
  effectOnResidents: 'Waits',
});
const terms = {
  accountable: { seatId: 'council' },
  measure: 'Visits',
  evidenceExpected: 'Records',
  dueOn: '2009-12-18',
  verifierAgencyId: 'pct',
};
const commitment = (placeId: string, ownerAgencyId = 'council', verifierAgencyId = 'pct'): NewEvent[] => {
  const owned = { placeId, ownerAgencyId, ownerKind: 'partner' };
  return [
    e('CommitmentDrafted', {
      programmeId: 'tp',
      ...owned,
      level: 'place',
      title: 'One',
      change: 'One',
      milestones: [],
      dependsOn: [],
      ...terms,
      verifierAgencyId,
    }),
    e('CommitmentOffered', {
      ...owned,
      title: 'One',
      change: 'One',
      ...terms,
      verifierAgencyId,
      verifierKind: 'partner',
      lapsesOn: '2009-09-10',
    }),
    e('CommitmentAccepted', {
      ...owned,
      dueOn: '2009-12-18',
      baselineDueOn: '2009-12-18',
      reschedules: 0,
      consent: true,
    }),
  ];
};
const motion = {
  question: 'Shall we?',
  text: 'We shall',
  forum: 'collaborative',
  options: [],
  affectedAgencies: [],
  money: [],
  refs: [],
  authorises: [],
};
const decision = (placeId: string): NewEvent[] => [
  e('DecisionDrafted', { ...motion, placeId, programmeId: 'tp' }),
  e('DecisionClosed', {
    placeId,
    how: 'clock',
    mayVote: 1,
    needed: 1,
    spoken: 1,
    tally: { agree: 1, abstain: 0, disagree: 0, object: 0, withdrawn: 0 },
    quorate: true,
    ruleMet: true,
    unagreed: [],
    result: 'carried',
  }),
];
const day = (on: string) => ({ from: on, to: on, precision: 'day', tbc: false });

/** Durham's own records, and Kent's, which Durham does not see; the trust sits at both tables. */
const records: Readonly<Record<string, readonly NewEvent[]>> = {
  'place-durham': [e('AccountableBodyNominated', { agencyId: 'council' }), e('PlaceActivated')],
  'collaborative-durham': [
    e('ChairAppointed', { seatId: 'council', agencyId: 'council', account: 'seat-holder.council' }),
  ],
  'programme-tp': [
    e('RoundPlanned', {
      roundNo: 1,
      kind: 'interim',
      observation: { from: '2009-06-01', to: '2009-06-20' },
      window: { from: day('2009-06-25'), to: day('2009-07-10') },
    }),
    e('RoundOpened', { roundNo: 1, kind: 'interim', to: '2009-07-10' }),
  ],
  'pool-ours': [...pool('durham'), allocation('nurses'), allocation('beds')],
  'barrier-ours': [e('BarrierRecorded', { ...described('durham'), triageDueOn: '2009-07-15' })],
  'commitment-ours': commitment('durham'),
  'decision-ours': [e('DecisionDrafted', { ...motion, placeId: 'durham', programmeId: 'tp' })],
  'decision-carried': decision('durham'),
  'submission-tp.1.durham': [
    e('SubmissionStarted', {
      programmeId: 'tp',
      roundNo: 1,
      roundKind: 'interim',
      placeId: 'durham',
      placeKind: 'pilot',
      templateVersion: 1,
      template: [],
    }),
  ],
  'place-kent': [e('PlaceOpened', { programmeId: 'tp', kind: 'pilot', name: 'Kent' })],
  'collaborative-kent': [
    e('CollaborativeEstablished', {
      placeId: 'kent',
      programmeId: 'tp',
      rule: { kind: 'consent' },
      quorum: { n: 1, d: 2 },
    }),
    e('SeatOffered', {
      placeId: 'kent',
      seatId: 'pct',
      agencyId: 'pct',
      account: 'seat-holder.pct',
      kind: 'voting',
    }),
    e('SeatAccepted', {
      placeId: 'kent',
      seatId: 'pct',
      agencyId: 'pct',
      account: 'seat-holder.pct',
      kind: 'voting',
    }),
  ],
  // The place's own, closed to Whitehall.
  'pool-closed': pool('durham'),
  // Open to Whitehall, with a pledge that nobody consented to show.
  'pool-shown': [
    ...pool('durham'),
    e('RecordDisclosed', { from: 'members', to: 'programme' }),
    e('PledgeMade', { ...ofCouncil, pledgeId: 'closed', amountPence: 900_00 }),
    e('PledgeConfirmed', { ...ofCouncil, pledgeId: 'closed', figures }),
  ],
  'barrier-closed': [e('BarrierRecorded', { ...described('durham'), triageDueOn: '2009-07-15' })],
  'decision-closed': decision('durham'),
  'commitment-closed': commitment('durham'),
  'pool-hidden': pool('kent'),
  'barrier-hidden': [e('BarrierRecorded', { ...described('kent'), triageDueOn: '2009-07-15' })],
  'commitment-hidden': commitment('kent', 'police', 'council'),
  'decision-hidden': decision('kent'),
  'submission-hidden': [
    e('SubmissionStarted', {
      programmeId: 'tp',
      roundNo: 1,
      roundKind: 'interim',
      placeId: 'kent',
      placeKind: 'pilot',
      templateVersion: 1,
      template: [],
    }),
  ],
  'waiver-hidden': [
    e('WaiverRequested', {
      rule: 'EXTENSION_TOO_LONG',
      placeId: 'kent',
      programmeId: 'nh',
      reason: 'Flood',
      until: '2009-12-31',
    }),
    e('WaiverGranted', { rule: 'EXTENSION_TOO_LONG', placeId: 'kent', until: '2009-12-31' }),
  ],
};

interface Case {
  readonly as?: string;
  readonly account?: string;
  readonly id?: string;
  /** The command's data with this id in the member. */
  readonly data: (id: string) => Record<string, unknown>;
  readonly code: string;
  /** Other grants would open it: agencies read the programme tier of every programme. */
  readonly alone?: true;
}
const chair = { as: 'chair@place:durham+agency:council', account: 'seat-holder.council' };
const draft = {
  placeId: 'durham',
  title: 'Two',
  change: 'Two',
  ownerAgencyId: 'council',
  level: 'place',
  ...terms,
};
const money = { poolId: 'ours', financialYear: '2009-10', pence: 1_00, pledgeIds: ['p-1'] };
const byDecision = (data: Record<string, unknown>, more: Partial<Case> = {}): Case => ({
  data: (decisionId) => ({ ...data, decisionId }),
  code: 'DECISION_NOT_CARRIED',
  ...more,
});
const disclosed = byDecision({ to: 'public' });

/**
 * One for each member; `never` says why there is no record that could be hidden from who gives the command.
 */
const cases: Readonly<Record<string, Case | { readonly never: string }>> = {
  'barrier.Disclose /decisionId': disclosed,
  'barrier.MergeInto /barrierId': {
    data: (barrierId) => ({ barrierId, reason: 'Same' }),
    code: 'BARRIER_UNKNOWN',
  },
  'barrier.PrepareAnswer /waiverId': {
    never: 'a waiver is open to every agency, and only agencies answer',
  },
  'barrier.Respond /waiverId': { never: 'a waiver is open to every agency, and only agencies answer' },
  'collaborative.Disclose /decisionId': { ...disclosed, id: 'durham' },
  'collaborative.ChangeRule /decisionId': byDecision(
    { rule: { kind: 'majority' }, quorum: { n: 1, d: 2 } },
    { id: 'durham' },
  ),
  'commitment.Disclose /decisionId': disclosed,
  'commitment.DraftCommitment /money/poolId': {
    id: 'new',
    data: (poolId) => ({ ...draft, money: { ...money, poolId } }),
    code: 'POOL_UNKNOWN',
  },
  'commitment.DraftCommitment /money/pledgeIds/*': {
    id: 'new',
    data: (id) => ({ ...draft, money: { ...money, poolId: id, pledgeIds: ['p-1'] } }),
    code: 'POOL_UNKNOWN',
  },
  'commitment.DraftCommitment /dependsOn/*': {
    id: 'new',
    data: (id) => ({ ...draft, dependsOn: [id] }),
    code: 'DEPENDENCY_CYCLE',
  },
  'commitment.DraftCommitment /from/id': {
    id: 'new',
    data: (id) => ({ ...draft, from: { kind: 'decision', id } }),
    code: 'SOURCE_UNKNOWN',
  },
  'commitment.DraftCommitment /supersedes': {
    id: 'new',
    data: (supersedes) => ({ ...draft, supersedes }),
    code: 'COMMITMENT_UNKNOWN',
  },
  'commitment.Reschedule /decisionId': byDecision({
    dueOn: '2010-02-26',
    reason: 'Later',
    expectedVersion: 3,
  }),
  'commitment.Withdraw /decisionId': byDecision({ reason: 'No' }),
  'commitment.Supersede /by': {
    data: (by) => ({ by, reason: 'No', decisionId: 'carried' }),
    code: 'SUCCESSOR_NOT_ACCEPTED',
  },
  'commitment.Supersede /decisionId': { never: 'looked at behind a successor; the look is that of Withdraw' },
  'commitment.RequestFunds /money/poolId': {
    data: (poolId) => ({ money: { ...money, poolId } }),
    code: 'POOL_UNKNOWN',
  },
  'commitment.RequestFunds /money/pledgeIds/*': {
    data: (id) => ({ money: { ...money, poolId: id, pledgeIds: ['p-1'] } }),
    code: 'POOL_UNKNOWN',
  },
  'commitment.Report /waiverId': {
    never: 'looked at where green contradicts the facts; the look is that of ExtendRoundForPlace',
  },
  'decision.Disclose /decisionId': disclosed,
  'decision.DraftDecision /refs/*': {
    id: 'new',
    data: (id) => ({ ...motion, placeId: 'durham', refs: [`pool-${id}`] }),
    code: 'RECORD_UNKNOWN',
  },
  'decision.DraftDecision /authorises/*/record': {
    id: 'new',
    data: (id) => ({
      ...motion,
      placeId: 'durham',
      authorises: [{ command: 'Disclose', record: `barrier-${id}`, terms: {} }],
    }),
    code: 'RECORD_UNKNOWN',
  },
  'decision.DraftDecision /replaces': {
    id: 'new',
    data: (replaces) => ({ ...motion, placeId: 'durham', replaces }),
    code: 'DECISION_UNKNOWN',
  },
  'decision.AmendDecision /refs/*': {
    data: (id) => ({ ...motion, refs: [`commitment-${id}`] }),
    code: 'RECORD_UNKNOWN',
  },
  'decision.AmendDecision /authorises/*/record': {
    data: (id) => ({
      ...motion,
      authorises: [{ command: 'Disclose', record: `submission-${id}`, terms: {} }],
    }),
    code: 'RECORD_UNKNOWN',
  },
  'decision.Supersede /byDecisionId': {
    ...chair,
    id: 'carried',
    data: (byDecisionId) => ({ byDecisionId }),
    code: 'DECISION_NOT_CARRIED',
  },
  'decision.Rescind /byDecisionId': {
    ...chair,
    id: 'carried',
    data: (byDecisionId) => ({ byDecisionId }),
    code: 'DECISION_NOT_CARRIED',
  },
  'fundingstream.Disclose /decisionId': { never: 'opened by its owner alone' },
  'person.Disclose /decisionId': { never: 'opened by its owner alone' },
  'waiver.Disclose /decisionId': { never: 'opened by its owner alone' },
  'place.CloseOut /commitments/*': {
    ...chair,
    id: 'durham',
    data: (id) => ({ handover: 'On', lessonIds: [], commitments: [id] }),
    code: 'COMMITMENT_UNKNOWN',
  },
  'pool.Disclose /decisionId': disclosed,
  'pool.Pledge /fundingStreamId': { never: 'a funding stream is open to every grant' },
  'pool.Allocate /for/id': {
    data: (id) => ({
      allocationId: 'new',
      title: 'New',
      purposes,
      subBalances: [{ pledgeId: 'p-1', pence: 1 }],
      for: { kind: 'commitment', id },
    }),
    code: 'COMMITMENT_NOT_ACCEPTED',
  },
  'pool.Vire /decisionId': byDecision({
    from: 'nurses',
    to: 'beds',
    subBalances: [{ pledgeId: 'p-1', pence: 1 }],
  }),
  'pool.ReleaseReservation /commitmentId': {
    data: (commitmentId) => ({ commitmentId, reason: 'No' }),
    code: 'RESERVATION_UNKNOWN',
  },
  'programme.ExtendRoundForPlace /waiverId': {
    as: 'programme-office@programme:tp',
    id: 'tp',
    data: (waiverId) => ({ roundNo: 1, placeId: 'durham', to: '2009-12-31', reason: 'Flood', waiverId }),
    code: 'WAIVER_DOES_NOT_APPLY',
    alone: true,
  },
  'submission.Disclose /decisionId': { ...disclosed, id: 'tp.1.durham' },
  'submission.SendForSignOff /included/*/id': {
    id: 'tp.1.durham',
    data: (id) => ({ included: [{ aggregate: 'pool', id }] }),
    code: 'RECORD_UNKNOWN',
  },
  'waiver.RequestWaiver /record': {
    id: 'new',
    data: (id) => ({
      rule: 'EXTENSION_TOO_LONG',
      placeId: 'durham',
      record: `decision-${id}`,
      reason: 'Flood',
      until: '2009-11-30',
    }),
    code: 'RECORD_UNKNOWN',
  },
};

const department = { as: 'official@agency:dwp', account: 'official.dwp', id: 'new' };
const whitehall = {
  ...draft,
  ownerAgencyId: 'dwp',
  level: 'whitehall',
  accountable: { official: 'Jane Doe' },
};
const promiseOf = (more: Record<string, unknown>) => ({ ...whitehall, ...more });
/** A department's official names what the place keeps to itself: `closed` records. */
const ofOfficial: readonly Case[] = [
  { ...department, data: (poolId) => promiseOf({ money: { ...money, poolId } }), code: 'POOL_UNKNOWN' },
  {
    ...department,
    data: (id) => promiseOf({ money: { ...money, poolId: 'shown', pledgeIds: [id] } }),
    code: 'ONLY_OWN_MONEY',
  },
  { ...department, data: (id) => promiseOf({ dependsOn: [id] }), code: 'DEPENDENCY_CYCLE' },
  { ...department, data: (id) => promiseOf({ from: { kind: 'barrier', id } }), code: 'SOURCE_UNKNOWN' },
  { ...department, data: (id) => promiseOf({ from: { kind: 'decision', id } }), code: 'SOURCE_UNKNOWN' },
  { ...department, data: (supersedes) => promiseOf({ supersedes }), code: 'COMMITMENT_UNKNOWN' },
];

test('every member that names a record is declared, and tried', async (t) => {
  const plain: string[] = [];
  const found = given.flatMap(({ a, name, entry }) =>
    namesIn(entry.data, '', '', plain).map(({ path }) => `${a.name}.${name} ${path}`),
  );
  t.same(plain, [], 'an id of a record is declared with ref(), unless its kind is open to everybody');
  t.same([...new Set(found)].sort(), Object.keys(cases).sort());
});

test('a hidden record and one that never was are answered alike, found with the same reads and statements', async (t) => {
  const log = new SqliteLog(join(t.testdir(), 'log.db'), { clock: 'machine' });
  t.teardown(() => log.close());
  const clock = new TestClock();
  await world(log, executorOn(log, clock));
  const identifiers = [{ scheme: 'programme', code: 'P-9', from: '2009-04-01' }];
  await must(executorOn(log, clock), office, 'agency', 'dwp', 'RegisterAgency', {
    name: 'DWP',
    sector: 'department',
    type: 'body',
    identifiers,
    startOn: '2009-04-01',
  });
  for (const [stream, events] of Object.entries(records)) {
    const after = (await log.read(stream)).length;
    const envelope = {
      recordedAt: at,
      actor: { account: 'system:test', role: 'system' as const },
      commandId: randomUUID(),
      fingerprint: 'x',
      correlation: 'x',
    };
    await log.append(stream, after, encode(stream, after, events, envelope));
  }

  let reads: string[] = [];
  let statements: string[] = [];
  log.read = (stream, after) => (reads.push(stream), SqliteLog.prototype.read.call(log, stream, after));
  const statement = Object.getPrototypeOf(log.db.prepare('SELECT 1')) as Record<
    'run' | 'get' | 'all',
    (...args: unknown[]) => unknown
  >;
  for (const method of ['run', 'get', 'all'] as const) {
    const own = statement[method];
    statement[method] = function (this: { source: string }, ...args) {
      statements.push(this.source);
      return own.apply(this, args);
    };
    t.teardown(() => void (statement[method] = own));
  }
  const grant = (as: string): Grant => parseGrant(...(as.split('@') as [string, string]))!;
  /** By a service that has nothing at hand, so that every read is one. */
  const give = async (
    who: { as: string; account: string },
    more: readonly Grant[],
    aggregate: string,
    id: string,
    command: string,
    given: Record<string, unknown>,
  ) => {
    clock.ms += 61_000;
    const { expectedVersion, ...rest } = given;
    const entry = (aggregates as readonly Aggregate[]).find((a) => a.name === aggregate)!.commands[command]!;
    const data: unknown = entry.data.parse(rest);
    const version =
      (expectedVersion ?? entry.replaces) ? (await log.read(`${aggregate}-${id}`)).length : undefined;
    [reads, statements] = [[], []];
    const executor = new Executor({
      log,
      clock,
      ref: reference,
      alone: true,
      views: noViews,
    });
    const principal = { account: who.account, grants: [grant(who.as), ...more] };
    const outcome = await executor.execute({
      aggregate,
      id,
      command,
      data,
      commandId: randomUUID(),
      principal,
      actingAs: grant(who.as),
      ...(version === undefined ? {} : { expectedVersion: version }),
    });
    return {
      outcome: outcome.kind === 'refused' ? { status: outcome.status, ...outcome.refusal } : outcome.kind,
      reads: [...reads],
      statements: [...statements],
    };
  };
  // The day's first refusal begins its stream.
  for (const account of [secretariat.account, chair.account, department.account, 'a'])
    await give({ as: secretariat.as, account }, [], 'pool', 'ours', 'OpenPool', {});
  // An officer of a body at Kent's table too, an official, an auditor of another programme: what else a token
  // may hold.
  const others = [[], ['finance-officer@agency:pct', 'official@agency:dwp'], ['auditor@programme:nh']].map(
    (list) => list.map(grant),
  );
  type Given = Awaited<ReturnType<typeof give>>;
  const codeOf = ({ outcome }: Given) => (typeof outcome === 'string' ? outcome : outcome.code);
  const renamed = (answer: Given, ...names: readonly [from: string, to: string][]): unknown =>
    JSON.parse(names.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(answer)));
  const refused = new Property('what names a hidden record is refused');
  const alike = new Property(
    'hidden and unknown are one: the answer, what is read, what is asked of the log',
  );
  for (const [key, c] of Object.entries(cases)) {
    if ('never' in c) continue;
    const [aggregate = '', command = ''] = key.split(/[. ]/);
    const who = { as: c.as ?? secretariat.as, account: c.account ?? secretariat.account };
    for (const more of c.alone ? [[]] : others) {
      const hidden = await give(who, more, aggregate, c.id ?? 'ours', command, c.data('hidden'));
      const never = await give(who, more, aggregate, c.id ?? 'ours', command, c.data('never1'));
      const what = `${key}, with ${more.length} other grants`;
      refused.same(t, what, codeOf(hidden), c.code);
      alike.same(t, what, renamed(hidden, ['hidden', 'never1']), renamed(never));
    }
  }
  for (const c of ofOfficial) {
    const who = { as: department.as, account: department.account };
    const [closed, never] = [
      await give(who, [], 'commitment', 'new', 'DraftCommitment', c.data('closed')),
      await give(who, [], 'commitment', 'new', 'DraftCommitment', c.data('never1')),
    ];
    refused.same(t, `an official, of what the place keeps to itself`, codeOf(closed), c.code);
    alike.same(t, `an official, ${c.code}`, renamed(closed, ['closed', 'never1']), renamed(never));
  }
  // The record itself, too: as many reads, of a place's records or of nowhere's.
  for (const { a, name, entry } of given) {
    if (entry.creates || !(`${a.name}-hidden` in records) || a.name === 'waiver') continue;
    const role = entry.givenBy.find((r) => r !== 'system')!;
    const scope = Object.entries({ programme: 'tp', place: 'durham', agency: 'fire' }).filter(([x]) =>
      (roles[role as keyof typeof roles] as readonly string[]).includes(x),
    );
    const as = `${role}@${scope.map((x) => x.join(':')).join('+')}`;
    for (const more of [others[0]!, [grant('finance-officer@agency:fire')]]) {
      const hidden = await give({ as, account: 'a' }, more, a.name, 'hidden', name, {
        ...(entry.example as object),
        expectedVersion: 1,
      });
      const never = await give({ as, account: 'a' }, more, a.name, 'never1', name, {
        ...(entry.example as object),
        expectedVersion: 1,
      });
      const what = `${name} on a hidden ${a.name}`;
      refused.same(t, what, codeOf(hidden), 'NOT_FOUND');
      alike.same(t, what, renamed(hidden, ['hidden', 'never1'], ['kent', 'nowhere']), renamed(never));
    }
  }
  refused.settle(t);
  alike.settle(t);
});
