/**
 * A world of records with a past: reported, answered, moved and changed before they were opened, a canary in
 * every text. And what of a record stands at a version, said here by itself, event by event: the rest of what
 * was written before is its history (docs/rules/shared.md#disclosure).
 */
import { randomUUID } from 'node:crypto';
import type { SimulatedClock } from '../../src/commands/clock.js';
import { commandRoutes } from '../../src/http/commands.js';
import type { Recorded } from '../../src/projections/engine/view.js';
import { office, officeAccount, type Harness } from './harness.js';

export const place = 'testshire';
const [council, trust, police] = ['testshire-council', 'testshire-trust', 'testshire-police'] as const;
const url = (aggregate: string, id: string, command: string): string =>
  commandRoutes.find((r) => r.aggregate.name === aggregate && r.name === command)!.url.replace(':id', id);
const lead = { as: `secretariat@place:${place}`, account: 'post.lead' };
const holder = (agency: string) => ({
  as: `seat-holder@place:${place}+agency:${agency}`,
  account: `post.head.${agency}`,
});
const treasurer = (agency: string) => ({
  as: `finance-officer@agency:${agency}`,
  account: `post.treasurer.${agency}`,
});
const chair = { as: `chair@place:${place}+agency:${trust}`, account: `post.head.${trust}` };
type Who = typeof lead;

/** Who is told of what follows the opening, and of what stood then; `member` of everything. */
export const readers = {
  member: lead,
  treasury: { as: 'treasury@programme:total-place', account: 'post.spending-team' },
  neighbour: { as: 'secretariat@place:durham', account: 'post.lead.durham' },
  stranger: { as: 'official@agency:department-for-work-and-pensions', account: 'post.official.dwp' },
  nobody: { as: '', account: 'citizen' },
} as const;
export type Reader = keyof typeof readers;

let words = 0;
/** A text that stands nowhere else. */
const say = (what: string): string => `${what} cnry${++words}x of it`;

/** Opened to the programme with their past behind them, worked on after that, then opened to the public. */
export const opened = [
  ['commitment', 'one'],
  ['commitment', 'ended'],
  ['commitment', 'funded'],
  ['barrier', 'forms'],
  ['decision', 'joint-desk'],
  ['pool', 'treatment'],
  ['waiver', 'late-form'],
  ['collaborative', place],
] as const;

export async function plantPast(harness: Harness): Promise<void> {
  const give = (who: Who, aggregate: string, id: string, command: string, data: object = {}) =>
    harness.command(who.as, who.account, url(aggregate, id, command), data);
  const version = async (aggregate: string, id: string) => ({
    expectedVersion: (await harness.service.executor.load(aggregate as 'pool', id)).version,
  });
  const disclose = async (aggregate: string, id: string, to: string): Promise<void> => {
    const actor = { account: 'system:discloser', role: 'system' as const };
    const outcome = await harness.service.executor.execute({
      aggregate,
      id,
      command: 'Disclose',
      data: { to },
      commandId: randomUUID(),
      actor,
    });
    if (outcome.kind !== 'done')
      throw new Error(`${aggregate} ${id} was not opened: ${JSON.stringify(outcome)}`);
    await harness.service.reactors.idle();
  };
  const until = async (instant: string): Promise<void> => {
    (harness.service.clock as SimulatedClock).advance(instant);
    await harness.service.settle();
  };
  await harness.command(office, officeAccount, url('programme', 'total-place', 'EnrolPlace'), {
    placeId: place,
    name: 'Testshire',
    kind: 'parallel',
    region: 'East of England',
  });
  for (const [n, id] of [council, trust, police].entries())
    await give({ as: office, account: officeAccount }, 'agency', '', 'RegisterAgency', {
      id,
      name: `The ${id}`,
      sector: 'other',
      type: 'body',
      identifiers: [{ scheme: 'programme', code: `TEST-${n}`, from: '2009-06-01' }],
      startOn: '2009-06-01',
    });
  await give(lead, 'collaborative', '', 'EstablishCollaborative', {
    placeId: place,
    rule: { kind: 'consent' },
    quorum: { n: 1, d: 2 },
  });
  for (const agency of [council, trust, police]) {
    await give(lead, 'collaborative', place, 'OfferSeat', {
      seatId: agency,
      agencyId: agency,
      account: `post.head.${agency}`,
      kind: 'voting',
    });
    await give(holder(agency), 'collaborative', place, 'AcceptSeat', { seatId: agency });
  }
  await give(lead, 'collaborative', place, 'OfferSeat', {
    seatId: 'left',
    agencyId: council,
    account: 'post.cnry-left',
    kind: 'observer',
  });
  await give(
    { as: `seat-holder@place:${place}+agency:${council}`, account: 'post.cnry-left' },
    'collaborative',
    place,
    'AcceptSeat',
    { seatId: 'left' },
  );
  await give(lead, 'collaborative', place, 'VacateSeat', { seatId: 'left', reason: say('Left the table') });
  await give(lead, 'collaborative', place, 'AppointChair', {
    seatId: trust,
    ...(await version('collaborative', place)),
  });

  // A pool: a pledge that was withdrawn, one without consent, one with; positions by month.
  await give(lead, 'pool', '', 'ProposePool', {
    id: 'treatment',
    name: say('Treatment'),
    placeId: place,
    legalBasis: 'aligned',
    partners: [council, trust, police],
    hostAgencyId: council,
    managerAgencyId: council,
    purposes: { cofog: ['07'], text: say('Purposes') },
    years: ['2009-10'],
    noticeMonths: 6,
  });
  await give(lead, 'pool', 'treatment', 'Correct', {
    field: 'name',
    to: say('Treatment corrected'),
    reason: say('A slip'),
    ...(await version('pool', 'treatment')),
  });
  for (const [agency, pledgeId] of [
    [council, 'by-council'],
    [trust, 'by-trust'],
    [police, 'withdrawn-one'],
  ] as const)
    await give(holder(agency), 'pool', 'treatment', 'Pledge', {
      pledgeId,
      financialYear: '2009-10',
      pledgedPence: 5_000_000,
    });
  await give(holder(police), 'pool', 'treatment', 'WithdrawPledge', {
    pledgeId: 'withdrawn-one',
    reason: say('Withdrawn'),
    ...(await version('pool', 'treatment')),
  });
  await give(treasurer(council), 'pool', 'treatment', 'ConfirmPledge', {
    pledgeId: 'by-council',
    consent: true,
  });
  await give(treasurer(trust), 'pool', 'treatment', 'ConfirmPledge', {
    pledgeId: 'by-trust',
    consent: false,
  });
  const partners = [council, trust, police];
  const agreement = {
    agreementVersion: 1,
    hash: 'a'.repeat(64),
    partners,
    hostAgencyId: council,
    purposes: { cofog: ['07'], text: say('Agreed') },
    years: ['2009-10'],
  };
  await give(lead, 'pool', 'treatment', 'ProposeAgreement', {
    ...agreement,
    riskShare: [3334, 3333, 3333].map((bp, i) => ({ agencyId: partners[i], overBp: bp, underBp: bp })),
  });
  for (const agency of partners)
    await give(treasurer(agency), 'pool', 'treatment', 'SignAgreement', { agreementVersion: 1 });
  await give(chair, 'pool', 'treatment', 'OpenPool');

  // A barrier of partners: declined, evidence asked for and supplied, answered; costed with and without
  // consent.
  await give(lead, 'barrier', '', 'RecordBarrier', {
    id: 'forms',
    placeId: place,
    kind: 'guidance',
    statement: say('Three forms'),
    effectOnResidents: say('They wait'),
  });
  await give(lead, 'barrier', 'forms', 'Correct', {
    field: 'statement',
    to: say('Three forms indeed'),
    reason: say('A slip'),
    ...(await version('barrier', 'forms')),
  });
  await give(lead, 'barrier', 'forms', 'Triage', { locus: 'local', reason: say('Ours') });
  await give(lead, 'barrier', 'forms', 'ProposeOwner', { agencyIds: [police, council] });
  await give(holder(police), 'barrier', 'forms', 'DeclineOwnership', { reason: say('Not ours') });
  await give(holder(council), 'barrier', 'forms', 'Respond', {
    position: 'need-evidence',
    reason: say('We wonder'),
    evidenceNeeded: [say('How many')],
  });
  await give(lead, 'barrier', 'forms', 'SupplyEvidence', { placeId: place, evidence: say('So many') });
  await give(holder(council), 'barrier', 'forms', 'Respond', {
    position: 'will-remove',
    reason: say('We will'),
    official: say('Official'),
    dueOn: '2009-12-18',
  });
  await give(lead, 'barrier', 'forms', 'Ask', {
    askId: 'one',
    remedy: say('Remedy'),
    detail: say('Detail'),
    dueOn: '2009-12-18',
  });
  await give(treasurer(police), 'barrier', 'forms', 'CostBarrier', {
    pence: 777_123,
    evidence: say('Police ledger'),
    consent: false,
  });
  await give(treasurer(council), 'barrier', 'forms', 'CostBarrier', {
    pence: 888_123,
    evidence: say('Council ledger'),
    consent: true,
  });

  // A decision: an objection withdrawn, a position changed, interests.
  await give(lead, 'decision', '', 'DraftDecision', {
    id: 'joint-desk',
    placeId: place,
    question: say('Shall we'),
    text: say('First text'),
    forum: 'collaborative',
  });
  await give(lead, 'decision', 'joint-desk', 'AmendDecision', {
    question: say('Shall we now'),
    text: say('Second text'),
    forum: 'collaborative',
    ...(await version('decision', 'joint-desk')),
  });
  await give(lead, 'decision', 'joint-desk', 'OpenDecision', {
    closesAt: '2009-11-06T17:00:00Z',
    urgent: false,
  });
  await give(holder(council), 'decision', 'joint-desk', 'DeclareInterest', {
    pecuniary: false,
    nature: say('A cousin'),
  });
  await give(holder(council), 'decision', 'joint-desk', 'TakePosition', {
    stance: 'object',
    reason: say('Too dear'),
  });
  await give(holder(council), 'decision', 'joint-desk', 'WithdrawObjection', { reason: say('Cheaper now') });
  await give(holder(police), 'decision', 'joint-desk', 'TakePosition', {
    stance: 'disagree',
    reason: say('Unsure'),
  });
  await give(holder(police), 'decision', 'joint-desk', 'ChangePosition', {
    stance: 'agree',
    reason: say('Sure'),
  });
  await give(chair, 'decision', 'joint-desk', 'TakePosition', { stance: 'agree', reason: say('Gladly') });
  await give(lead, 'waiver', '', 'RequestWaiver', {
    id: 'late-form',
    rule: 'RAG_CONTRADICTED',
    placeId: place,
    reason: say('The minutes are late'),
    until: '2010-02-28',
  });

  // Promises: one reported, corrected, moved, claimed and returned; one withdrawn after a report.
  const promise = (title: string) => ({ placeId: place, title, change: say('Change'), ownerAgencyId: council, level: 'place', accountable: { seatId: council }, measure: say('Measure'), evidenceExpected: say('Expected'), dueOn: '2009-12-18', verifierAgencyId: trust }); // prettier-ignore
  const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
  const report = async (id: string, period: string, more: object = {}) =>
    give(holder(council), 'commitment', id, 'Report', {
      period,
      progress: 10,
      rag: green,
      narrative: say(`Report ${period}`),
      nextStep: say('Next'),
      ...more,
    });
  const evidence = () => [
    { type: 'monitoring-data', description: say('Records'), date: '2009-10-22', locator: say('Cabinet') },
  ];
  for (const id of ['one', 'ended']) {
    await give(lead, 'commitment', '', 'DraftCommitment', {
      id,
      ...promise(say('Assessment')),
      milestones: [{ milestoneId: 'form', title: say('Form agreed'), dueOn: '2009-12-01' }],
    });
    await give(lead, 'commitment', id, 'Offer');
    await give(holder(council), 'commitment', id, 'Accept', { consent: true });
    await report(id, '2009-10');
    await report(id, '2009-10', { correctionReason: say('Misread'), ...(await version('commitment', id)) });
    await give(lead, 'commitment', id, 'Reschedule', {
      dueOn: '2010-01-08',
      reason: say('The contract'),
      ...(await version('commitment', id)),
    });
  }
  await until('2009-11-09T12:00:00.000Z');
  await report('one', '2009-11', {
    rag: { ...green, risk: 'red' },
    cause: 'other',
    causeText: say('Snow'),
    recovery: say('Salt'),
    recoveryOn: '2009-12-10',
  });
  await give(holder(council), 'commitment', 'one', 'ReachCommitmentMilestone', {
    milestoneId: 'form',
    note: say('At last'),
  });
  for (const level of [undefined, 'limited']) {
    await give(holder(council), 'commitment', 'one', 'ClaimComplete', { evidence: evidence() });
    if (level) await give(holder(trust), 'commitment', 'one', 'Verify', { level, reason: say('Half') });
    else await give(holder(trust), 'commitment', 'one', 'ReturnClaim', { reason: say('Not yet') });
  }
  await give(holder(council), 'commitment', 'one', 'ClaimComplete', { evidence: evidence() });
  await give(chair, 'decision', 'joint-desk', 'RecordOutcome', {
    statement: say('Outcome'),
    reviewOn: '2009-11-10',
  });
  await until('2009-11-10T10:00:00.000Z');
  await give(chair, 'decision', 'joint-desk', 'RecordReview', {
    verdict: 'still-right',
    note: say('Looked at'),
    reviewOn: '2009-11-11',
  });

  await until('2009-11-10T12:00:00.000Z');
  for (const [aggregate, id] of opened)
    if (!['waiver', 'collaborative', 'funded'].some((x) => x === aggregate || x === id))
      await disclose(aggregate, id, 'programme');
  await until('2009-11-11T12:00:00.000Z');
  await give(lead, 'commitment', '', 'DraftCommitment', {
    id: 'funded',
    ...promise(say('Funded')),
    money: { poolId: 'treatment', financialYear: '2009-10', pence: 1_000, pledgeIds: ['by-council'] },
  });
  await give(lead, 'commitment', 'funded', 'Offer');
  await give(holder(council), 'commitment', 'funded', 'Accept', { consent: true });
  await disclose('commitment', 'funded', 'programme');
  // After it: everything of the first opening is history to the second.
  await give(holder(trust), 'commitment', 'one', 'ReturnClaim', { reason: say('Nearly') });
  await report('one', '2009-11', {
    correctionReason: say('Better known'),
    ...(await version('commitment', 'one')),
  });
  await give(holder(council), 'commitment', 'ended', 'ClaimComplete', { evidence: evidence() });
  await give(holder(trust), 'commitment', 'ended', 'Verify', { level: 'complete', reason: say('Seen') });
  await give(lead, 'barrier', 'forms', 'Correct', {
    field: 'statement',
    to: say('Four forms'),
    reason: say('Counted'),
    ...(await version('barrier', 'forms')),
  });
  await give(holder(council), 'barrier', 'forms', 'ClaimRemoved', { evidence: [say('Gone')] });
  await give(lead, 'barrier', 'forms', 'DisputeRemoval', { placeId: place, reason: say('Still there') });
  await give(chair, 'decision', 'joint-desk', 'RecordReview', {
    verdict: 'amend',
    note: say('Amend it'),
    reviewOn: '2010-02-01',
  });
  await until('2009-11-12T12:00:00.000Z');
  for (const [aggregate, id] of opened) await disclose(aggregate, id, 'public');
  await until('2009-11-13T12:00:00.000Z');
  await give(holder(council), 'commitment', 'one', 'ClaimComplete', { evidence: evidence() });
}

/** A text of an event, and where in its data it stands. */
export interface Text {
  readonly path: string;
  readonly text: string;
}
/** Every text of an event that says something: words, no ids or dates. */
export function textsOf(value: unknown, path = ''): Text[] {
  if (typeof value === 'string')
    return /\S\s\S/.test(value) && value.length >= 12 ? [{ path, text: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([k, v]) => textsOf(v, path ? `${path}.${k}` : k));
}

/**
 * The part of the record that a text of an event stands in until another takes it, or undefined: it is
 * history once it is said.
 */
type Slot = (path: string, data: any) => string | undefined;
const field: Slot = (path) => path;
const only =
  (...members: string[]): Slot =>
  (path) =>
    members.includes(path.split('.')[0]!) ? path : undefined;
const corrected: Slot = (path, d) => (path === 'to' ? d.field : undefined);
const answer = (d: any): string => `${d.position === 'need-evidence' ? 'asked' : 'answer'}.${d.agencyId}`;
const stands: Readonly<Record<string, Slot>> = {
  'commitment.CommitmentDrafted': field,
  'commitment.CommitmentOffered': field,
  'commitment.ProgressReported': (path) => `report.${path}`,
  'commitment.CommitmentMilestoneAdded': (path, d) => `milestone.${d.milestoneId}.${path}`,
  'commitment.CompletionClaimed': (path) => `claim.${path}`,
  'commitment.CompletionVerified': (path, d) => (d.closes ? `claim.verified.${path}` : undefined),
  'commitment.CommitmentWithdrawn': only('reason'),
  'commitment.CommitmentSuperseded': only('reason'),
  'commitment.CommitmentDeclined': only('reason'),
  'commitment.AccountableReplaced': (path) =>
    path.startsWith('to') ? `accountable${path.slice(2)}` : undefined,
  'barrier.BarrierRecorded': field,
  'barrier.BarrierTriaged': (path, d) =>
    path === 'reason'
      ? undefined
      : path.startsWith('asks.')
        ? `ask.${d.asks[Number(path.split('.')[1])].askId}.${path.split('.')[2]}`
        : path,
  'barrier.RemedyAsked': (path, d) => `ask.${d.askId}.${path}`,
  'barrier.BarrierJoined': (path, d) => `joined.${d.placeId}.${path}`,
  'barrier.BarrierAnswered': (path, d) =>
    ['reason', 'official', 'measure', 'evidenceExpected'].includes(path) ? `${answer(d)}.${path}` : undefined,
  'barrier.BarrierCosted': (path, d) => (d.consent ? `cost.${d.agencyId}.${path}` : undefined),
  'decision.DecisionDrafted': field,
  'decision.DecisionAmended': field,
  'decision.PositionTaken': (path, d) => `position.${d.seatId}.${path}`,
  'decision.PositionChanged': (path, d) => `position.${d.seatId}.${path}`,
  'decision.InterestDeclared': (path, d) => `interest.${d.seatId}.${d.nature}.${path}`,
  'decision.OutcomeRecorded': only('statement'),
  'pool.PoolProposed': field,
  'pool.AgreementProposed': (path) => (path === 'agreement.purposes.text' ? 'purposes.text' : undefined),
  'pool.FundsAllocated': (path, d) => (d.consented ? `allocation.${d.allocationId}.${path}` : undefined),
  'pool.PositionReported': (path, d) => (d.consented ? `position.${path}` : undefined),
  'collaborative.CollaborativeEstablished': field,
};
/** Slots, by how they begin, that an event empties. */
const ends: Readonly<Record<string, (data: any) => readonly string[]>> = {
  'commitment.ProgressReported': () => ['report.'],
  'commitment.CompletionClaimed': () => ['claim.'],
  'commitment.CompletionReturned': () => ['claim.'],
  'commitment.CompletionVerified': (d) => (d.closes ? [] : ['claim.']),
  'commitment.CommitmentReopened': () => ['claim.'],
  'barrier.OwnershipDeclined': (d) => [`answer.${d.agencyId}.`, `asked.${d.agencyId}.`],
  'barrier.BarrierAnswered': (d) => [
    `asked.${d.agencyId}.`,
    ...(d.position === 'need-evidence' ? [] : [`answer.${d.agencyId}.`]),
  ],
  'barrier.EvidenceSupplied': (d) => d.waiting.map((w: { agencyId: string }) => `asked.${w.agencyId}.`),
  'barrier.BarrierTriaged': (d) => d.struck.flatMap((id: string) => [`answer.${id}.`, `asked.${id}.`]),
  'barrier.BarrierReopened': () => ['answer.', 'asked.'],
  'barrier.BarrierLeft': (d) => [`joined.${d.placeId}.`],
  'decision.PositionChanged': (d) => [`position.${d.seatId}.`],
  'decision.ObjectionWithdrawn': (d) => [`position.${d.seatId}.`],
  'pool.PositionReported': () => ['position.'],
};

/** The texts that stood in a record at any version from one on. */
export function standingSince(events: readonly Recorded[], since: number): Set<string> {
  const now = new Map<string, string>();
  const found = new Set<string>();
  const note = (): void => now.forEach((text) => found.add(text));
  for (const e of events) {
    const type = `${e.aggregate}.${e.type}`;
    for (const prefix of ends[type]?.(e.data) ?? [])
      for (const slot of now.keys()) if (slot.startsWith(prefix)) now.delete(slot);
    const slotOf = e.type === 'RecordCorrected' ? corrected : stands[type];
    for (const { path, text } of textsOf(e.data)) {
      const slot = slotOf?.(path, e.data);
      if (slot) now.set(slot, text);
    }
    if (e.version >= since) note();
  }
  return found;
}
