/** Whatever happens to a record, what its table says is there in a status is there. */
import fc from 'fast-check';
import { test, type Test } from 'tap';
import { aggregateNamed } from '../../src/domain/registry.js';
import { statementOf } from '../../src/domain/submission/statement.js';
import type { SubmissionState } from '../../src/domain/submission/state.js';
import { absent } from '../domain/presence.js';
import { World } from './streams.js';

type Step = (world: World) => unknown;
const give =
  (as: string, account: string, aggregate: string, id: string, command: string, data: object = {}): Step =>
  (world) =>
    world.play(as, account, aggregate, id, command, data);
const [council, pct] = ['council', 'pct'].map(
  (a) => [`seat-holder@place:durham+agency:${a}`, `seat-holder.${a}`] as const,
) as [readonly [string, string], readonly [string, string]];
const secretariat = ['secretariat@place:durham', 'lead'] as const;
const chair = ['chair@place:durham+agency:council', 'seat-holder.council'] as const;
const department = ['official@agency:dwp', 'official.dwp'] as const;
const programmeOffice = ['programme-office@programme:tp', 'programme-office'] as const;
const machinery = ['system', 'system'] as const;
const reason = 'As agreed';
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const pass =
  (days: number): Step =>
  (world) =>
    void (world.now += days * 86_400_000);
const later: fc.Arbitrary<Step> = fc.constantFrom(1, 5, 20, 40).map(pass);

function durham(): World {
  const world = new World();
  const template = {
    version: 1,
    sections: [{ sectionId: 'story', title: 'Story', prompt: 'Tell it', kind: 'prose' }],
  };
  world.stands('programme', 'tp', {
    places: { durham: { status: 'enrolled', kind: 'pilot' } },
    endOn: '2010-12-31',
    period: 'month',
    ragScale: 'five',
    rounds: {
      1: {
        no: 1,
        kind: 'interim',
        window: { from: day('2009-10-01'), to: day('2009-11-06') },
        status: 'open',
        extensions: {},
      },
    },
    templates: { 'interim.pilot': template },
  });
  world.stands('place', 'durham', { programmeId: 'tp', accountableBodyId: 'council' });
  for (const a of ['council', 'pct']) world.stands('agency', a, { status: 'registered', sector: 'other' });
  world.stands('agency', 'dwp', { status: 'registered', sector: 'department' });
  const seats = Object.fromEntries(
    ['council', 'pct'].map((a) => [
      a,
      { seatId: a, agencyId: a, account: `seat-holder.${a}`, kind: 'voting', status: 'accepted' },
    ]),
  );
  world.stands(
    'collaborative',
    'durham',
    { status: 'active', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 }, seats, chair: 'council' },
    { placeId: 'durham' },
  );
  return world;
}

/**
 * Plays sequences of these steps, the examples first; each status that the table names has to come, so that
 * what it says of it was looked at.
 */
function property(
  t: Test,
  aggregate: string,
  id: string,
  begin: readonly Step[],
  steps: readonly (readonly [weight: number, step: fc.Arbitrary<Step>])[],
  examples: Step[][] = [],
): void {
  const record = aggregateNamed(aggregate);
  const seen = new Set<string>();
  const step = fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (all) => {
      const world = durham();
      for (const s of [...begin, ...all]) {
        s(world);
        seen.add(world.of<{ status: string }>(aggregate, id).state.status);
      }
    }),
    { numRuns: 400, examples: examples.map((steps): [Step[]] => [steps]) },
  );
  for (const status of new Set(Object.values(record.present ?? {}).flatMap((statuses) => statuses ?? [])))
    t.ok(seen.has(status), `the sequences made a ${aggregate} that is ${status}`);
}
const always = (...step: Parameters<typeof give>) => fc.constant(give(...step));

test('a commitment', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'commitment', 'c', command, data);
  const evidence = [{ type: 'document', description: 'Paper', date: '2009-09-01', locator: 'Paper 1' }];
  const green = { delivery: 'green', spend: 'green', risk: 'green', confidence: 'green' };
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'commitment', 'c', command, data);
  const terms = {
    accountable: { seatId: 'council' },
    measure: 'Forms',
    evidenceExpected: 'Paper',
    dueOn: '2010-06-30',
    verifierAgencyId: 'pct',
  };
  const [offer, accept] = [of(secretariat, 'Offer', terms), of(council, 'Accept', { consent: true })];
  const draft = {
    placeId: 'durham',
    title: 'One form',
    change: 'One',
    ownerAgencyId: 'council',
    level: 'place',
  };
  const carried = (command: string, of: object) => (world: World) =>
    world.stands(
      'decision',
      command.toLowerCase(),
      { status: 'carried', placeId: 'durham', authorises: [{ command, record: 'commitment-c', terms: of }] },
      { placeId: 'durham' },
    );
  const next = (world: World) =>
    world.stands(
      'commitment',
      'next',
      { status: 'accepted', supersedes: 'c', placeId: 'durham' },
      { placeId: 'durham' },
    );
  const begin = [
    carried('Withdraw', {}),
    carried('Supersede', { by: 'next' }),
    next,
    give(...secretariat, 'commitment', 'c', 'DraftCommitment', draft),
  ];
  property(
    t,
    'commitment',
    'c',
    begin,
    [
      [6, on(secretariat, 'Offer', terms)],
      [6, on(council, 'Accept', { consent: true })],
      [1, on(pct, 'Accept', { consent: true })],
      [1, on(council, 'Decline', { reason })],
      [1, on(machinery, 'LapseOffer')],
      [
        3,
        on(council, 'Report', {
          period: '2009-10',
          progress: 10,
          rag: green,
          narrative: 'Well',
          nextStep: 'More',
        }),
      ],
      [1, on(council, 'Reschedule', { dueOn: '2010-07-15', reason })],
      [1, on(council, 'Reassign', { ownerAgencyId: 'pct', accountable: { seatId: 'pct' }, reason })],
      [1, on(machinery, 'OrphanDuty')],
      [4, on(council, 'ClaimComplete', { evidence })],
      [1, on(pct, 'ReturnClaim', { reason })],
      [3, on(pct, 'Verify', { level: 'complete' })],
      [1, on(pct, 'Verify', { level: 'limited', reason })],
      [2, on(pct, 'ReopenCommitment', { evidence: [{ ...evidence[0], description: 'Visit' }], reason })],
      [1, on(council, 'Withdraw', { reason, decisionId: 'withdraw' })],
      [1, on(secretariat, 'Withdraw', { reason })],
      [1, on(council, 'Supersede', { by: 'next', reason, decisionId: 'supersede' })],
      [1, later],
    ],
    [
      [offer, pass(60), of(machinery, 'LapseOffer')],
      [offer, of(council, 'Decline', { reason })],
      [offer, accept, of(council, 'Supersede', { by: 'next', reason, decisionId: 'supersede' })],
      [offer, accept, of(council, 'ClaimComplete', { evidence }), of(pct, 'Verify', { level: 'complete' })],
    ],
  );
});

test('a barrier', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'barrier', 'b', command, data);
  const begin = [
    give(...secretariat, 'barrier', 'b', 'RecordBarrier', {
      placeId: 'durham',
      kind: 'guidance',
      statement: 'Three forms',
      effectOnResidents: 'They wait',
    }),
  ];
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'barrier', 'b', command, data);
  const owned = (locus: string, owner: string) => [
    of(secretariat, 'Triage', { locus, reason }),
    of(secretariat, 'ProposeOwner', { agencyIds: [owner] }),
  ];
  const wont = { position: 'will-not', reason, official: 'Jane Doe' };
  const direction = { agencyId: 'pct', rung: 'chair', direction: 'Agree', official: 'Jane Doe' };
  const will = { position: 'will-remove', dueOn: '2010-06-30', official: 'Jane Doe', measure: 'One form' };
  const other = (world: World) =>
    world.stands(
      'barrier',
      'other',
      { status: 'raised', placeId: 'durham', recordedAt: '2009-01-01' },
      { placeId: 'durham', tier: 'programme' },
    );
  const rungs = fc.constantFrom('champions-group', 'ministerial-group');
  property(
    t,
    'barrier',
    'b',
    [other, ...begin],
    [
      [
        6,
        fc
          .constantFrom('whitehall', 'local')
          .map((locus) => give(...secretariat, 'barrier', 'b', 'Triage', { locus, reason })),
      ],
      [
        8,
        fc
          .constantFrom('dwp', 'pct')
          .map((a) => give(...secretariat, 'barrier', 'b', 'ProposeOwner', { agencyIds: [a] })),
      ],
      [8, on(pct, 'Respond', wont)],
      [6, on(machinery, 'Escalate', { agencyId: 'pct' })],
      [8, on(chair, 'Direct', direction)],
      [2, on(department, 'AcceptOwnership')],
      [1, on(department, 'DeclineOwnership', { reason })],
      [4, on(department, 'Respond', will)],
      [4, on(department, 'Respond', wont)],
      [1, on(department, 'Respond', { position: 'need-evidence', evidenceNeeded: ['Notes'] })],
      [1, on(secretariat, 'SupplyEvidence', { placeId: 'durham', evidence: 'Notes' })],
      [6, on(machinery, 'Escalate', { agencyId: 'dwp' })],
      [
        6,
        rungs.map((rung) =>
          give(...programmeOffice, 'barrier', 'b', 'Direct', {
            agencyId: 'dwp',
            rung,
            direction: 'Agree',
            official: 'Jane Doe',
          }),
        ),
      ],
      [4, on(department, 'ClaimRemoved', { evidence: ['Circular'] })],
      [1, on(secretariat, 'DisputeRemoval', { placeId: 'durham', reason })],
      [2, on(chair, 'ConfirmRemoved', { placeId: 'durham' })],
      [1, on(machinery, 'PresumeRemoved')],
      [2, on(secretariat, 'Reopen', { placeId: 'durham', evidence: 'It is back' })],
      [1, on(secretariat, 'MergeInto', { barrierId: 'other', reason })],
      [1, on(secretariat, 'Close', { as: 'not-a-barrier', reason })],
      [4, later],
    ],
    [
      [
        ...owned('whitehall', 'dwp'),
        of(department, 'Respond', will),
        of(department, 'ClaimRemoved', { evidence: ['Circular'] }),
        of(chair, 'ConfirmRemoved', { placeId: 'durham' }),
      ],
      [
        ...owned('local', 'pct'),
        of(pct, 'Respond', wont),
        of(machinery, 'Escalate', { agencyId: 'pct' }),
        of(chair, 'Direct', direction),
        of(pct, 'Respond', wont),
      ],
      [of(secretariat, 'MergeInto', { barrierId: 'other', reason })],
    ],
  );
});

test('a decision', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'decision', 'd', command, data);
  const by = (world: World) =>
    world.stands(
      'decision',
      'by',
      { status: 'carried', placeId: 'durham', authorises: [] },
      { placeId: 'durham' },
    );
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'decision', 'd', command, data);
  const open: Step = (world) =>
    world.play(...secretariat, 'decision', 'd', 'OpenDecision', {
      closesAt: new Date(world.now + 20 * 86_400_000).toISOString(),
    });
  const carried = [
    open,
    of(council, 'TakePosition', { stance: 'agree' }),
    of(pct, 'TakePosition', { stance: 'agree' }),
    of(chair, 'CloseDecision'),
  ];
  const allow =
    (command: string): Step =>
    (world) =>
      void Object.assign(world.of<object>('decision', 'by').state, {
        authorises: [{ command, record: 'decision-d', terms: {} }],
      });
  const begin = [
    by,
    give(...secretariat, 'decision', 'd', 'DraftDecision', {
      placeId: 'durham',
      question: 'Shall we?',
      text: 'We shall.',
      forum: 'collaborative',
    }),
  ];
  property(
    t,
    'decision',
    'd',
    begin,
    [
      [8, fc.constant(open)],
      [6, on(council, 'TakePosition', { stance: 'agree' })],
      [
        6,
        fc
          .constantFrom('agree', 'object')
          .map((stance) =>
            give(...pct, 'decision', 'd', 'TakePosition', { stance, reason: 'A reason long enough' }),
          ),
      ],
      [3, on(pct, 'ChangePosition', { stance: 'disagree', reason: 'A reason long enough' })],
      [6, on(chair, 'CloseDecision')],
      [2, on(chair, 'RecordOutcome', { statement: 'Pooled', reviewOn: '2010-06-30' })],
      [2, on(chair, 'RecordReview', { verdict: 'amend', note: 'No' })],
      [1, on(secretariat, 'WithdrawDecision', { reason })],
      [2, fc.constantFrom('Supersede', 'Rescind').map(allow)],
      [2, on(chair, 'Supersede', { byDecisionId: 'by' })],
      [2, on(chair, 'Rescind', { byDecisionId: 'by' })],
      [2, later],
    ],
    [
      ...['Supersede', 'Rescind'].map((command) => [
        ...carried,
        allow(command),
        of(chair, command, { byDecisionId: 'by' }),
      ]),
      [open, pass(40), of(machinery, 'CloseDecision')],
      [
        open,
        of(council, 'TakePosition', { stance: 'agree' }),
        of(pct, 'TakePosition', { stance: 'object', reason: 'A reason long enough' }),
        of(chair, 'CloseDecision'),
      ],
    ],
  );
});

test('a return', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'submission', 'tp.1.durham', command, data);
  const officer = ['finance-officer@agency:council', 'finance-officer.council'] as const;
  const where = { programmeId: 'tp', roundNo: 1, placeId: 'durham' };
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'submission', 'tp.1.durham', command, data);
  const story = { sectionId: 'story' };
  const sent = [
    of(secretariat, 'AnswerSection', { ...story, content: { text: 'One' } }),
    of(secretariat, 'CompleteSection', story),
    of(secretariat, 'SendForSignOff', { included: [] }),
  ];
  const closing = fc.constantFrom('open', 'open', 'closed').map(
    (status): Step =>
      (world) =>
        void (world.of<{ rounds: Record<number, { status: string }> }>(
          'programme',
          'tp',
        ).state.rounds[1]!.status = status),
  );
  const sign: Step = (world) => {
    const hash = statementOf(world.of<SubmissionState>('submission', 'tp.1.durham').state)?.hash;
    return hash && world.play(...officer, 'submission', 'tp.1.durham', 'SignOff', { statementHash: hash });
  };
  property(
    t,
    'submission',
    'tp.1.durham',
    [give(...secretariat, 'submission', 'tp.1.durham', 'StartSubmission', where)],
    [
      [
        4,
        fc.constantFrom('One', 'Two').map((text) =>
          give(...secretariat, 'submission', 'tp.1.durham', 'AnswerSection', {
            sectionId: 'story',
            content: { text },
          }),
        ),
      ],
      [8, on(secretariat, 'CompleteSection', { sectionId: 'story' })],
      [1, on(secretariat, 'ReopenSection', { sectionId: 'story' })],
      [8, on(secretariat, 'SendForSignOff', { included: [] })],
      [8, fc.constant(sign)],
      [1, on(officer, 'DeclineSignOff', { reason, sections: ['story'] })],
      [6, on(secretariat, 'Submit')],
      [4, on(programmeOffice, 'RequestChanges', { sections: ['story'], reason, dueOn: '2010-06-30' })],
      [1, on(programmeOffice, 'Accept')],
      [1, on(machinery, 'MissSubmission', where)],
      [1, closing],
    ],
    [
      [
        ...sent,
        sign,
        of(secretariat, 'Submit'),
        of(programmeOffice, 'RequestChanges', { sections: ['story'], reason, dueOn: '2010-06-30' }),
      ],
    ],
  );
});

test('an agency', async (t) => {
  const on = (command: string, data: object = {}) =>
    always(...programmeOffice, 'agency', 'new', command, data);
  const identifiers = [{ scheme: 'programme', code: 'NEW', from: '2009-04-01' }];
  const begin = [
    give(...programmeOffice, 'agency', 'new', 'RegisterAgency', {
      name: 'New',
      sector: 'other',
      type: 'Board',
      identifiers,
      startOn: '2009-04-01',
    }),
  ];
  property(t, 'agency', 'new', begin, [
    [1, on('RenameAgency', { name: 'Newer' })],
    [
      1,
      fc
        .constantFrom('2009-09-30', '2010-03-31')
        .map((d) => give(...programmeOffice, 'agency', 'new', 'RetireAgency', { retiredOn: d, reason })),
    ],
    [1, later],
  ]);
});

test('a pool', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'pool', 'p', command, data);
  const officer = (a: string) => [`finance-officer@agency:${a}`, `finance-officer.${a}`] as const;
  const partners = ['council', 'pct'];
  const common = {
    partners,
    hostAgencyId: 'council',
    purposes: { cofog: ['07'], text: 'Treatment' },
    years: ['2009-10'],
  };
  const proposed = {
    name: 'Treatment',
    placeId: 'durham',
    legalBasis: 'aligned',
    managerAgencyId: 'council',
    noticeMonths: 6,
    ...common,
  };
  const riskShare = partners.map((agencyId) => ({ agencyId, overBp: 5000, underBp: 5000 }));
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'pool', 'p', command, data);
  const pledge = give(...council, 'pool', 'p', 'Pledge', {
    pledgeId: 'one',
    financialYear: '2009-10',
    pledgedPence: 100,
  });
  property(
    t,
    'pool',
    'p',
    [give(...secretariat, 'pool', 'p', 'ProposePool', proposed), pledge],
    [
      [3, on(officer('council'), 'ConfirmPledge', { pledgeId: 'one', consent: true })],
      [
        4,
        fc.constantFrom(1, 2).map((agreementVersion) =>
          give(...secretariat, 'pool', 'p', 'ProposeAgreement', {
            agreementVersion,
            hash: 'a'.repeat(64),
            riskShare,
            ...common,
          }),
        ),
      ],
      [
        8,
        fc
          .tuple(fc.constantFrom(...partners), fc.constantFrom(1, 1, 2))
          .map(([a, agreementVersion]) =>
            give(...officer(a), 'pool', 'p', 'SignAgreement', { agreementVersion }),
          ),
      ],
      [4, on(chair, 'OpenPool')],
      [1, on(chair, 'SuspendPool', { reason })],
      [1, on(chair, 'ResumePool', { reason })],
      [1, on(chair, 'ClosePool', { reason })],
    ],
    [
      [
        of(officer('council'), 'ConfirmPledge', { pledgeId: 'one', consent: true }),
        of(secretariat, 'ProposeAgreement', {
          agreementVersion: 1,
          hash: 'a'.repeat(64),
          riskShare,
          ...common,
        }),
        ...partners.map((a) => of(officer(a), 'SignAgreement', { agreementVersion: 1 })),
        of(chair, 'OpenPool'),
        of(chair, 'SuspendPool', { reason }),
      ],
    ],
  );
});

test('a table that is wrong is seen', async (t) => {
  const { state } = new World().of<object>('commitment', 'c');
  t.strictSame(absent({ ...aggregateNamed('commitment'), present: { acceptedOn: ['none'] } }, state), [
    'acceptedOn',
  ]);
  t.strictSame(absent({ ...aggregateNamed('commitment'), present: { acceptedOn: ['accepted'] } }, state), []);
});
