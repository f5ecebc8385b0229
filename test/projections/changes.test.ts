/**
 * Before and after: what the timeline tells of a value that an event replaces is what the record, folded up to
 * that event, says of it. Each value is looked for in the state here, once more and by its own name.
 */
import { test, type Test } from 'tap';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import type { Audience, RecordAccess } from '../../src/domain/shared/access.js';
import { isForgotten, type SetValue } from '../../src/domain/kernel/set-value.js';
import { withIds } from '../../src/domain/kernel/naming.js';
import { aggregateNamed, aggregates, entryOf } from '../../src/domain/registry.js';
import { decode } from '../../src/log/codec.js';
import Database from '../../src/log/sqlite/driver.js';
import { applyTo, type Recorded } from '../../src/projections/engine/view.js';
import type { KeptChange } from '../../src/projections/views/changes.js';
import { timeline, toldTo } from '../../src/projections/views/timeline.js';
import { loadReference } from '../../src/runtime/reference.js';
import { linesOf } from '../golden/corpus.js';
import { Property } from '../holds.js';
import { copySeeded } from '../seeded.js';
import { openDemo } from '../../src/demo/demo.js';
import { seed } from '../../src/demo/seed/index.js';
import { restless } from '../commands/world.js';
import { tablesIn } from '../views-on.js';

const ref = loadReference();
const pounds = (pence?: number): string | undefined =>
  pence === undefined
    ? undefined
    : `£${(pence / 100).toLocaleString('en-GB', { minimumFractionDigits: pence % 100 === 0 ? 0 : 2 })}`;
const day = (date?: string): string | undefined =>
  date === undefined
    ? undefined
    : new Date(`${date}T12:00:00Z`).toLocaleDateString('en-GB', {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
      });
const days = (fuzzy?: { from: string; to: string }): string | undefined =>
  fuzzy && (fuzzy.from === fuzzy.to ? day(fuzzy.from) : `${day(fuzzy.from)} to ${day(fuzzy.to)}`);
/** What stands at or before a place in an order. */
const upTo = <V>(parts: Readonly<Record<string, V>>, at = '~'): V | undefined =>
  parts[
    Object.keys(parts)
      .filter((key) => key <= at)
      .sort()
      .at(-1) ?? ''
  ];
const terms = (s: any): string =>
  `${s.rule.kind}${s.rule.kind === 'supermajority' ? ` of ${s.rule.n}/${s.rule.d}` : ''} with a quorum of ` +
  `${s.quorum.n}/${s.quorum.d}`;
const kinds: Readonly<Record<string, string>> = { pilot: 'pilot', parallel: 'parallel place' };
const answers: Readonly<Record<string, string>> = {
  'will-remove': 'will remove it',
  'will-pilot': 'will pilot a change',
  'will-not': 'will not change it',
};
const stances: Readonly<Record<string, string>> = {
  agree: 'agreed',
  abstain: 'abstained',
  disagree: 'disagreed',
  object: 'objected',
};
const loci: Readonly<Record<string, string>> = {
  whitehall: 'Whitehall',
  joint: 'Whitehall and the place together',
  local: 'the place itself',
};
const rungs: Readonly<Record<string, string>> = {
  owner: 'the owner',
  champion: 'the champion',
  'champions-group': 'the champions’ group',
  'ministerial-group': 'the ministerial group',
  chair: 'the chair',
};
const held = (owner: any): any => owner?.answer ?? owner?.before;
const whoseOwn = (owner: any): string | undefined => {
  if (!owner) return undefined;
  if (owner.struck) return 'declined';
  return owner.acceptedOn ? 'accepted' : 'proposed';
};
const content = (c: any): string | undefined =>
  c &&
  [
    c.text,
    ...(c.rows ?? []).map((r: any) => `${r.label}: ${r.value}`),
    ...(c.risks ?? []).map((r: any) => `${r.description} (${r.mitigation})`),
    c.counts &&
      `${c.counts.whitehall} for Whitehall, ${c.counts.joint} for both together` +
        (c.counts.local === undefined ? '' : `, ${c.counts.local} for the place itself`),
  ]
    .filter(Boolean)
    .join('; ');
const coloursIn = (rag: any): string | undefined => {
  if (!rag) return undefined;
  const four = ['delivery', 'spend', 'risk', 'confidence'].map((one) => [one, rag[one]]);
  return new Set(four.map(([, colour]) => colour)).size === 1
    ? rag.delivery
    : four.map(([one, colour]) => `${one} ${colour}`).join(', ');
};
const tiers: Readonly<Record<string, string>> = {
  members: 'members of the place',
  programme: 'the programme',
  public: 'the public',
};

type Look = (state: any, part: string[], at: string | undefined) => string | undefined;
/** By record, and by the key's first part: what the state says. */
const looks: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  agency: {
    name: (s) => s.name || undefined,
    code(s, [scheme], at = '') {
      const of = s.identifiers.filter((i: any) => i.scheme === scheme && i.from <= at);
      const last = of.sort((a: any, b: any) => a.from.localeCompare(b.from)).at(-1);
      return last && `${last.code} (${scheme})`;
    },
    successors: (s) => s.successors.join(', ') || undefined,
    succession: (s) => day(s.succeededOn),
    retirement: (s) => day(s.retiredOn),
  },
  person: { name: (s) => s.name || undefined, post: (s) => s.post },
  place: {
    population: (s) => s.population?.value.toLocaleString('en-GB'),
    'accountable-body': (s) => s.accountableBodyId,
    'lead-contact': (s) => s.leadContact,
    champion: (s) => s.champion?.accountId,
    theme: (s, [id]) => s.themes[id!]?.title,
  },
  programme: {
    text: (s) => s.name || undefined,
    place(s, [id, what, step]) {
      const place = s.places[id!];
      if (what === 'excused') return place?.excused[step!];
      return what === 'kind' ? place && kinds[place.kind] : place?.name;
    },
    milestone: (s, [id]) => days(s.milestones[id!]?.date),
    round(s, [no, side, place]) {
      const round = s.rounds[no!];
      if (side === 'begin') return days(round?.window.from);
      return day(place && round?.extensions[place]?.to) ?? days(round?.window.to);
    },
    template: (s, parts) => s.templates[parts.join('.')] && `version ${s.templates[parts.join('.')].version}`,
    steps: (s, [kind]) => s.steps[kind!]?.map((step: any) => step.name).join(', '),
  },
  collaborative: {
    rule: (s) => (s.status === 'none' ? undefined : terms(s)),
    seat: (s, [id]) => s.seats[id!]?.account,
    chair: (s) => s.chair && s.seats[s.chair].account,
    deputy: (s) => s.deputy && s.seats[s.deputy].account,
    secretary: (s) => s.secretary,
    terms: (s) => s.terms,
  },
  barrier: {
    text: (s, [field]) => s[field!] || undefined,
    cost: (s, [id]) => pounds(s.costs[id!]?.pence),
    locus: (s) => loci[s.locus],
    owner(s, [id, what]) {
      const owner = s.owners[id!];
      const of: Readonly<Record<string, string | undefined>> = {
        ownership: whoseOwn(owner),
        answer: answers[held(owner)?.position],
        promised: day(held(owner)?.dueOn),
        'answer-due': owner?.answer ? undefined : day(owner?.directionDueOn ?? owner?.dueOn),
        rung: rungs[owner?.rung],
      };
      return of[what!];
    },
  },
  fundingstream: {
    conditions: (s) => s.conditions || undefined,
    relaxation: (s, [id]) => day(s.relaxations[id!]?.endedOn ?? s.relaxations[id!]?.to),
  },
  pool: {
    text: (s) => s.name || undefined,
    pledge(s, [id, figure]) {
      const pledge = s.pledges[id!];
      const of: Readonly<Record<string, number | undefined>> = {
        pledged: pledge?.pledged,
        confirmed: pledge?.status === 'pledged' ? undefined : pledge?.confirmed,
        'paid-in': pledge?.paidIn,
      };
      return pounds(of[figure!]);
    },
    agreement: (s) => s.inForce && `version ${s.inForce}`,
    notice: (s, [id]) => day(s.notices[id!]),
    forecast: (s, _, at) => pounds(upTo<any>(s.positions, at)?.forecastPence),
    actual: (s, _, at) => pounds(upTo<any>(s.positions, at)?.actualPence),
    budget: (s, _, at) => pounds(upTo<any>(s.positions, at)?.budgetPence),
  },
  commitment: {
    text: (s) => s.title || undefined,
    owner: (s) => s.ownerAgencyId || undefined,
    accountable: (s) => s.accountable && (s.accountable.official ?? `the seat ${s.accountable.seatId}`),
    verifier: (s) => s.verifierAgencyId,
    due: (s) => day(s.dueOn),
    progress: (s, _, at) => upTo<any>(s.reports, at) && `${upTo<any>(s.reports, at).progress} per cent`,
    colours: (s, _, at) => coloursIn(upTo<any>(s.reports, at)?.rag),
    verified: (s) => s.verification?.level.replaceAll('-', ' '),
  },
  decision: {
    question: (s) => s.question || undefined,
    text: (s) => s.text || undefined,
    position: (s, [id]) =>
      s.positions[id!]?.withdrawn ? 'objected, and withdrew it' : stances[s.positions[id!]?.stance],
    review: (s) => day(s.reviewOn),
  },
  submission: {
    section: (s, [id]) => content(s.answers[id!]?.content),
    version: (s) => (s.versions.length > 0 ? String(s.versions.at(-1).version) : undefined),
    'changes-due': (s) => day(s.changes?.dueOn),
  },
  account: {
    invitation: (s) => day(s.invitation?.until),
    rebinding: (s) => day(s.rebinding?.until),
    issuer: (s) => s.issuer,
  },
};
const unset = new Set(['nobody', 'none']);
/** What a state says of a value; nothing where it says that there is none. */
function lookedUp(aggregate: string, loaded: ReturnType<typeof emptyLoaded>, { key, at }: SetValue) {
  if (key === 'tier') return tiers[loaded.access.tier];
  const [first = '', ...parts] = key.split('.');
  return looks[aggregate]?.[first]?.(loaded.state, parts, at);
}
/** Values of which no state keeps what they were. */
const unkept = new Set(['place.kind']);

interface Checked {
  readonly told: Set<string>;
  readonly kept: Property;
}
/** Folds a stream, and asks before each event what the timeline says after it. */
function check(
  t: Test,
  events: readonly Recorded[],
  changesOf: (event: Recorded) => readonly KeptChange[],
  { told, kept }: Checked,
) {
  const [{ aggregate, stream }] = events as [Recorded];
  const agg = aggregateNamed(aggregate);
  const loaded = emptyLoaded(agg);
  for (const event of events) {
    const rows = changesOf(event);
    for (const set of entryOf(event).sets?.(event.data, event) ?? []) {
      if (isForgotten(set) || set.restated || unkept.has(`${aggregate}.${set.key}`)) continue;
      const stood = lookedUp(aggregate, loaded, set);
      // What is given again as it was replaces nothing.
      const was = stood === withIds(set.value) ? undefined : stood;
      const row = rows.find(({ what, after }) => what === set.what && after === set.value);
      const is = row && !unset.has(row.before) ? withIds(row.before) : undefined;
      // What is set only in the stead of something may stand aside.
      if (set.where !== undefined && !row) continue;
      kept.same(t, `${event.type} of ${stream}, version ${event.version}: ${set.key}`, is, was);
      if (row) told.add(`${aggregate}.${event.type}`);
    }
    fold(agg, loaded, event, event);
  }
}

/** Events that replace something in the histories kept of every event, or in the demo. */
const replacing = [
  'account.InvitationRenewed',
  'agency.AgencyIdentifierAdded',
  'agency.AgencyIdentifierCorrected',
  'agency.AgencyRenamed',
  'barrier.BarrierAnswered',
  'barrier.BarrierDirected',
  'barrier.BarrierEscalated',
  'barrier.OwnershipAccepted',
  'barrier.OwnershipDeclined',
  'barrier.RecordCorrected',
  'collaborative.RuleChanged',
  'collaborative.SeatHolderReplaced',
  'commitment.AccountableReplaced',
  'commitment.CommitmentReassigned',
  'commitment.CommitmentRescheduled',
  'commitment.ProgressReported',
  'commitment.RecordCorrected',
  'decision.DecisionAmended',
  'decision.DecisionReviewed',
  'decision.ObjectionWithdrawn',
  'decision.PositionChanged',
  'fundingstream.RelaxationEnded',
  'fundingstream.StreamConditionsAmended',
  'person.PersonPostChanged',
  'person.PersonRenamed',
  'place.ChampionEnded',
  'place.ThemeRenamed',
  'pool.CashPaidIn',
  'pool.CashReturned',
  'pool.PledgeChanged',
  'pool.PledgeReduced',
  'pool.RecordCorrected',
  'pool.RecordDisclosed',
  'programme.ExtensionGranted',
  'programme.MilestoneRescheduled',
  'programme.PlaceKindChanged',
  'programme.PlaceRenamed',
  'programme.ProgrammeRetitled',
  'programme.RecordCorrected',
  'programme.RoundExtended',
  'programme.RoundRescheduled',
  'submission.SectionAnswered',
];
/** What a row of the timeline says was replaced, to members. */
const replaced = (queries: ReturnType<typeof timeline.queries>, { position }: Recorded) =>
  JSON.parse(queries.one(position)?.changes ?? '[]') as KeptChange[];

test('what a value was is what the record said before it was replaced', async (t) => {
  const checked = {
    told: new Set<string>(),
    kept: new Property('before is what the record said'),
  };
  for (const { name } of aggregates)
    for (const line of linesOf(name)) {
      const events = line.events.map((body): Recorded => {
        const { id, stream, version, type } = JSON.parse(body) as Recorded;
        return decode({ position: version, id, stream, version, type, body }) as Recorded;
      });
      const db = new Database(':memory:');
      const tables = tablesIn(db, timeline);
      applyTo(timeline.handlers(db, tables, ref), events);
      const queries = timeline.queries(db, tables, ref);
      check(t, events, (event) => replaced(queries, event), checked);
      db.close();
    }
  const dataDir = t.testdir();
  await copySeeded(dataDir);
  const onError = (error: unknown) => t.error(error);
  const service = await openDemo({ dataDir, ref, seed, speed: 0, machine: restless(), onError });
  t.teardown(() => service.close());
  const queries = service.engine.queries(timeline);
  const events = (await service.log.readAll(0, 100_000)).map((logged) => decode(logged) as Recorded);
  const streams = new Map<string, Recorded[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  for (const of of streams.values()) check(t, of, (event) => replaced(queries, event), checked);
  checked.kept.settle(t);
  t.strictSame([...checked.told].sort(), replacing, 'every event that replaces a value tells what it was');
  const told = events.filter((event) => replaced(queries, event).length > 0);
  const reports = events.filter(({ type }) => type === 'ProgressReported');
  const first = new Set(reports.map(({ stream }) => stream)).size;
  t.equal(
    told.filter(({ type }) => type === 'ProgressReported').length,
    reports.length - first,
    'of every report but a promise’s first',
  );
});

/** What comes of events of a record: rows of the timeline, oldest first. */
function rowsOf(
  aggregate: string,
  ...events: readonly (readonly [type: string, data: object, more?: object])[]
) {
  const db = new Database(':memory:');
  const tables = tablesIn(db, timeline);
  const actor = { account: 'somebody', role: 'official' } as const;
  const given = events.map(([type, data, more], i): Recorded => ({
    id: `${i}`,
    type,
    aggregate,
    recordId: 'one',
    stream: `${aggregate}-one`,
    version: i + 1,
    position: i + 1,
    recordedAt: '2009-09-01T09:00:00.000Z',
    today: '2009-09-01',
    actor,
    commandId: `${i}`,
    data,
    private: false,
    ...more,
  }));
  applyTo(timeline.handlers(db, tables, ref), given);
  return timeline.queries(db, tables, ref).page({}, 99, 99).toReversed();
}
const open: RecordAccess = { tier: 'programme', tierSince: 0, programmeId: 'tp', parties: [] };
/** What each row says was replaced, as `before → after`. */
const told = (rows: ReturnType<typeof rowsOf>, audience: Audience, record = open): string[] =>
  rows.map((row) =>
    toldTo(row, record, audience)
      .changes.map(({ before, after }) => withIds(`${before} → ${after}`))
      .join('; '),
  );

test('what was withheld is not told as what was before', (t) => {
  const cost = (pence: number, consent: boolean) =>
    [
      'BarrierCosted',
      { agencyId: 'pct', pence, evidence: 'Its books', consent },
      { private: !consent },
    ] as const;
  const disclosed = ['BarrierCostDisclosed', { agencyId: 'pct', pence: 700, evidence: 'Its books' }] as const;
  const rows = rowsOf('barrier', cost(500, false), cost(700, true), cost(800, true));
  t.same(told(rows, 'members'), ['', '£5 → £7', '£7 → £8']);
  t.same(told(rows, 'programme'), ['', '', '£7 → £8'], 'to them it was set first in the open');
  const since = rowsOf('barrier', cost(700, false), disclosed, cost(800, true));
  t.same(told(since, 'programme'), ['', '', '£7 → £8'], 'what was opened is told from there');
  t.same(told(since, 'members'), ['', '', '£7 → £8'], 'and was not replaced by being opened');
  const opened = { ...open, tierSince: 3 };
  t.same(told(since, 'programme', opened), ['', '', ''], 'nor is what happened before the record was opened');
  t.end();
});

test('whoever is not told a member is not told what it was, either', (t) => {
  const contact = (accountId: string) => ['LeadContactNominated', { accountId }] as const;
  const rows = rowsOf('place', contact('ann'), contact('ben'));
  t.same(told(rows, 'programme'), ['', 'ann → ben']);
  t.same(told(rows, 'public', { ...open, tier: 'public' }), ['', '']);
  t.end();
});

test('a report that is given again, or late, stands where its period does', (t) => {
  const colour = 'green';
  const rag = { delivery: colour, spend: colour, risk: colour, confidence: colour };
  const report = (period: string, progress: number) =>
    [
      'ProgressReported',
      { placeId: 'durham', ownerAgencyId: 'pct', period, progress, rag, narrative: 'n', nextStep: 's' },
    ] as const;
  const rows = rowsOf(
    'commitment',
    report('2009-05', 10),
    report('2009-07', 30),
    report('2009-06', 20),
    report('2009-05', 15),
    report('2009-08', 30),
  );
  t.same(told(rows, 'members'), [
    '',
    '10 per cent → 30 per cent',
    '10 per cent → 20 per cent',
    '10 per cent → 15 per cent',
    '',
  ]);
  t.end();
});

test('whose sign-in an account answers to is told where it becomes another’s', (t) => {
  const by = (issuer: string) => ({ issuer, subject: 'x', binding: 'b' });
  const rows = rowsOf(
    'account',
    ['AccountActivated', by('https://a.example')],
    ['AccountRebound', { ...by('https://b.example'), from: 'b' }],
  );
  t.same(told(rows, 'members'), ['', 'https://a.example → https://b.example']);
  t.end();
});

test('what begins anew has nothing before it', (t) => {
  const proposed = (answerDueOn: string) =>
    [
      'OwnerProposed',
      { agencyId: 'dh', kind: 'department', placeId: 'durham', acceptanceDueOn: answerDueOn, answerDueOn },
    ] as const;
  const reopened = ['BarrierReopened', { placeId: 'durham', evidence: 'It is back' }] as const;
  const rows = rowsOf(
    'barrier',
    proposed('2009-06-01'),
    proposed('2009-07-01'),
    reopened,
    proposed('2009-08-01'),
  );
  t.same(told(rows, 'members'), ['', '1 June 2009 → 1 July 2009', '', '']);
  t.end();
});
