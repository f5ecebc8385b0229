/** Whatever happens to a record, what its table says is there in a status is there. */
import fc from 'fast-check';
import { test, type Test } from 'tap';
import { aggregateNamed } from '../../src/domain/registry.js';
import { statementOf } from '../../src/domain/submission/statement.js';
import type { SubmissionState } from '../../src/domain/submission/state.js';
import { absent } from '../domain/presence.js';
import { World } from './streams.js';

type Step = (w: World) => unknown;
const give =
  (as: string, account: string, aggregate: string, id: string, command: string, data: object = {}): Step =>
  (w) =>
    w.play(as, account, aggregate, id, command, data);
const [council, pct] = ['council', 'pct'].map(
  (a) => [`seat-holder@place:durham+agency:${a}`, `sh.${a}`] as const,
) as [readonly [string, string], readonly [string, string]];
const lead = ['secretariat@place:durham', 'lead'] as const;
const chair = ['chair@place:durham+agency:council', 'sh.council'] as const;
const dwp = ['official@agency:dwp', 'do.dwp'] as const;
const office = ['programme-office@programme:tp', 'po'] as const;
const machinery = ['system', 'system'] as const;
const reason = 'As agreed';
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });
const pass =
  (days: number): Step =>
  (w) =>
    void (w.now += days * 86_400_000);
const later: fc.Arbitrary<Step> = fc.constantFrom(1, 5, 20, 40).map(pass);

function durham(): World {
  const w = new World();
  const template = {
    version: 1,
    sections: [{ sectionId: 'story', title: 'Story', prompt: 'Tell it', kind: 'prose' }],
  };
  w.stands('programme', 'tp', {
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
  w.stands('place', 'durham', { programmeId: 'tp', accountableBodyId: 'council' });
  for (const a of ['council', 'pct']) w.stands('agency', a, { status: 'registered', sector: 'other' });
  w.stands('agency', 'dwp', { status: 'registered', sector: 'department' });
  const seats = Object.fromEntries(
    ['council', 'pct'].map((a) => [
      a,
      { seatId: a, agencyId: a, account: `sh.${a}`, kind: 'voting', status: 'accepted' },
    ]),
  );
  w.stands(
    'collaborative',
    'durham',
    { status: 'active', rule: { kind: 'consent' }, quorum: { n: 1, d: 2 }, seats, chair: 'council' },
    { placeId: 'durham' },
  );
  return w;
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
  const agg = aggregateNamed(aggregate);
  const seen = new Set<string>();
  const step = fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (all) => {
      const w = durham();
      for (const s of [...begin, ...all]) {
        s(w);
        seen.add(w.of<{ status: string }>(aggregate, id).state.status);
      }
    }),
    { numRuns: 400, examples: examples.map((steps): [Step[]] => [steps]) },
  );
  for (const status of new Set(Object.values(agg.present ?? {}).flatMap((statuses) => statuses ?? [])))
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
  const [offer, accept] = [of(lead, 'Offer', terms), of(council, 'Accept', { consent: true })];
  const draft = {
    placeId: 'durham',
    title: 'One form',
    change: 'One',
    ownerAgencyId: 'council',
    level: 'place',
  };
  const carried = (command: string, of: object) => (w: World) =>
    w.stands(
      'decision',
      command.toLowerCase(),
      { status: 'carried', placeId: 'durham', authorises: [{ command, record: 'commitment-c', terms: of }] },
      { placeId: 'durham' },
    );
  const next = (w: World) =>
    w.stands(
      'commitment',
      'next',
      { status: 'accepted', supersedes: 'c', placeId: 'durham' },
      { placeId: 'durham' },
    );
  const begin = [
    carried('Withdraw', {}),
    carried('Supersede', { by: 'next' }),
    next,
    give(...lead, 'commitment', 'c', 'DraftCommitment', draft),
  ];
  property(
    t,
    'commitment',
    'c',
    begin,
    [
      [6, on(lead, 'Offer', terms)],
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
      [1, on(council, 'Reassign', { toAgencyId: 'pct', accountable: { seatId: 'pct' }, reason })],
      [1, on(machinery, 'OrphanDuty')],
      [4, on(council, 'ClaimComplete', { evidence })],
      [1, on(pct, 'ReturnClaim', { reason })],
      [3, on(pct, 'Verify', { level: 'complete' })],
      [1, on(pct, 'Verify', { level: 'limited', reason })],
      [2, on(pct, 'ReopenCommitment', { evidence: [{ ...evidence[0], description: 'Visit' }], reason })],
      [1, on(council, 'Withdraw', { reason, decisionId: 'withdraw' })],
      [1, on(lead, 'Withdraw', { reason })],
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
    give(...lead, 'barrier', 'b', 'RecordBarrier', {
      placeId: 'durham',
      kind: 'guidance',
      statement: 'Three forms',
      effectOnResidents: 'They wait',
    }),
  ];
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'barrier', 'b', command, data);
  const owned = (locus: string, owner: string) => [
    of(lead, 'Triage', { locus, reason }),
    of(lead, 'ProposeOwner', { agencyIds: [owner] }),
  ];
  const wont = { position: 'will-not', reason, official: 'Jane Doe' };
  const direction = { agencyId: 'pct', rung: 'chair', direction: 'Agree', official: 'Jane Doe' };
  const will = { position: 'will-remove', dueOn: '2010-06-30', official: 'Jane Doe', measure: 'One form' };
  const other = (w: World) =>
    w.stands(
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
          .map((locus) => give(...lead, 'barrier', 'b', 'Triage', { locus, reason })),
      ],
      [
        8,
        fc
          .constantFrom('dwp', 'pct')
          .map((a) => give(...lead, 'barrier', 'b', 'ProposeOwner', { agencyIds: [a] })),
      ],
      [8, on(pct, 'Respond', wont)],
      [6, on(machinery, 'Escalate', { agencyId: 'pct' })],
      [8, on(chair, 'Direct', direction)],
      [2, on(dwp, 'AcceptOwnership')],
      [1, on(dwp, 'DeclineOwnership', { reason })],
      [4, on(dwp, 'Respond', will)],
      [4, on(dwp, 'Respond', wont)],
      [1, on(dwp, 'Respond', { position: 'need-evidence', evidenceNeeded: ['Notes'] })],
      [1, on(lead, 'SupplyEvidence', { placeId: 'durham', evidence: 'Notes' })],
      [6, on(machinery, 'Escalate', { agencyId: 'dwp' })],
      [
        6,
        rungs.map((rung) =>
          give(...office, 'barrier', 'b', 'Direct', {
            agencyId: 'dwp',
            rung,
            direction: 'Agree',
            official: 'Jane Doe',
          }),
        ),
      ],
      [4, on(dwp, 'ClaimRemoved', { evidence: ['Circular'] })],
      [1, on(lead, 'DisputeRemoval', { placeId: 'durham', reason })],
      [2, on(chair, 'ConfirmRemoved', { placeId: 'durham' })],
      [1, on(machinery, 'PresumeRemoved')],
      [2, on(lead, 'Reopen', { placeId: 'durham', evidence: 'It is back' })],
      [1, on(lead, 'MergeInto', { barrierId: 'other', reason })],
      [1, on(lead, 'Close', { as: 'not-a-barrier', reason })],
      [4, later],
    ],
    [
      [
        ...owned('whitehall', 'dwp'),
        of(dwp, 'Respond', will),
        of(dwp, 'ClaimRemoved', { evidence: ['Circular'] }),
        of(chair, 'ConfirmRemoved', { placeId: 'durham' }),
      ],
      [
        ...owned('local', 'pct'),
        of(pct, 'Respond', wont),
        of(machinery, 'Escalate', { agencyId: 'pct' }),
        of(chair, 'Direct', direction),
        of(pct, 'Respond', wont),
      ],
      [of(lead, 'MergeInto', { barrierId: 'other', reason })],
    ],
  );
});

test('a decision', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'decision', 'd', command, data);
  const by = (w: World) =>
    w.stands(
      'decision',
      'by',
      { status: 'carried', placeId: 'durham', authorises: [] },
      { placeId: 'durham' },
    );
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'decision', 'd', command, data);
  const open: Step = (w) =>
    w.play(...lead, 'decision', 'd', 'OpenDecision', {
      closesAt: new Date(w.now + 20 * 86_400_000).toISOString(),
    });
  const carried = [
    open,
    of(council, 'TakePosition', { stance: 'agree' }),
    of(pct, 'TakePosition', { stance: 'agree' }),
    of(chair, 'CloseDecision'),
  ];
  const allow =
    (command: string): Step =>
    (w) =>
      void Object.assign(w.of<object>('decision', 'by').state, {
        authorises: [{ command, record: 'decision-d', terms: {} }],
      });
  const begin = [
    by,
    give(...lead, 'decision', 'd', 'DraftDecision', {
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
      [1, on(lead, 'WithdrawDecision', { reason })],
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
  const officer = ['finance-officer@agency:council', 'fo'] as const;
  const where = { programmeId: 'tp', roundNo: 1, placeId: 'durham' };
  const of = (as: readonly [string, string], command: string, data: object = {}) =>
    give(...as, 'submission', 'tp.1.durham', command, data);
  const story = { sectionId: 'story' };
  const sent = [
    of(lead, 'AnswerSection', { ...story, content: { text: 'One' } }),
    of(lead, 'CompleteSection', story),
    of(lead, 'SendForSignOff', { included: [] }),
  ];
  const closing = fc.constantFrom('open', 'open', 'closed').map(
    (status): Step =>
      (w) =>
        void (w.of<{ rounds: Record<number, { status: string }> }>(
          'programme',
          'tp',
        ).state.rounds[1]!.status = status),
  );
  const sign: Step = (w) => {
    const hash = statementOf(w.of<SubmissionState>('submission', 'tp.1.durham').state)?.sha256;
    return hash && w.play(...officer, 'submission', 'tp.1.durham', 'SignOff', { statementHash: hash });
  };
  property(
    t,
    'submission',
    'tp.1.durham',
    [give(...lead, 'submission', 'tp.1.durham', 'StartSubmission', where)],
    [
      [
        4,
        fc.constantFrom('One', 'Two').map((text) =>
          give(...lead, 'submission', 'tp.1.durham', 'AnswerSection', {
            sectionId: 'story',
            content: { text },
          }),
        ),
      ],
      [8, on(lead, 'CompleteSection', { sectionId: 'story' })],
      [1, on(lead, 'ReopenSection', { sectionId: 'story' })],
      [8, on(lead, 'SendForSignOff', { included: [] })],
      [8, fc.constant(sign)],
      [1, on(officer, 'DeclineSignOff', { reason, sections: ['story'] })],
      [6, on(lead, 'Submit')],
      [4, on(office, 'RequestChanges', { sections: ['story'], reason, dueOn: '2010-06-30' })],
      [1, on(office, 'Accept')],
      [1, on(machinery, 'MissSubmission', where)],
      [1, closing],
    ],
    [
      [
        ...sent,
        sign,
        of(lead, 'Submit'),
        of(office, 'RequestChanges', { sections: ['story'], reason, dueOn: '2010-06-30' }),
      ],
    ],
  );
});

test('an agency', async (t) => {
  const on = (command: string, data: object = {}) => always(...office, 'agency', 'new', command, data);
  const identifiers = [{ scheme: 'programme', code: 'NEW', from: '2009-04-01' }];
  const begin = [
    give(...office, 'agency', 'new', 'RegisterAgency', {
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
        .map((d) => give(...office, 'agency', 'new', 'RetireAgency', { on: d, reason })),
    ],
    [1, later],
  ]);
});

test('a pool', async (t) => {
  const on = (as: readonly [string, string], command: string, data: object = {}) =>
    always(...as, 'pool', 'p', command, data);
  const officer = (a: string) => [`finance-officer@agency:${a}`, `fo.${a}`] as const;
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
    amountPence: 100,
  });
  property(
    t,
    'pool',
    'p',
    [give(...lead, 'pool', 'p', 'ProposePool', proposed), pledge],
    [
      [3, on(officer('council'), 'ConfirmPledge', { pledgeId: 'one', consent: true })],
      [
        4,
        fc.constantFrom(1, 2).map((agreementVersion) =>
          give(...lead, 'pool', 'p', 'ProposeAgreement', {
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
        of(lead, 'ProposeAgreement', { agreementVersion: 1, hash: 'a'.repeat(64), riskShare, ...common }),
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
