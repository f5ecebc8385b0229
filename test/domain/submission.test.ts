import { createHash } from 'node:crypto';
import { test, type Test } from 'tap';
import { z } from 'zod';
import { aggregate, kit } from '../../src/domain/kernel/aggregate.js';
import type { NewEvent } from '../../src/domain/kernel/types.js';
import { emptyLoaded, fold } from '../../src/domain/kernel/fold.js';
import { canSee, type Grant, type Viewer, type Withheld } from '../../src/domain/shared/access.js';
import { held } from '../../src/domain/kernel/parts.js';
import { submission } from '../../src/domain/submission/index.js';
import { returnName, roundTitle } from '../../src/domain/submission/state.js';
import { statementOf } from '../../src/domain/submission/statement.js';
import {
  coverage,
  disclosure,
  eventsFor,
  load,
  metaOf,
  spec,
  type DataFor,
  type EventDataFor,
  type GivenFor,
  named,
} from './spec.js';
import { aggregateNamed } from '../../src/domain/registry.js';

type Given = GivenFor<typeof submission>;
const happened = eventsFor(submission);

// Other records as they stand, so that these specs show this aggregate's rules alone.
const standing = (name: 'programme' | 'place' | 'collaborative' | 'pool' | 'barrier' | 'commitment') => {
  const { event } = kit<object>();
  return aggregate<object>()({
    name,
    collection: name,
    initial: () => ({}),
    title: () => name,
    commands: {},
    events: {
      Stood: event(z.any(), {
        evolve: (s, d) => void Object.assign(s, d),
        describe: () => 'stood',
        access: (d) => ({ tier: d.tier ?? 'members', placeId: d.at, programmeId: d.of ?? 'tp' }),
      }),
      CashPaidIn: event(z.any(), { evolve() {}, describe: () => 'paid' }),
      PledgeChanged: event(z.any(), { evolve() {}, describe: () => 'changed', material: true }),
    },
  });
};
const stood = (data: object) => ({ type: 'Stood' as const, data });
const day = (d: string) => ({ from: d, to: d, precision: 'day', tbc: false });

const template = [
  { sectionId: 'pools', title: 'Pooled budgets', prompt: 'Which pools?', kind: 'prefilled' },
  { sectionId: 'barriers', title: 'Barriers by locus', prompt: 'How many?', kind: 'locus-counts' },
  { sectionId: 'risks', title: 'Risks', prompt: 'What could go wrong?', kind: 'risks' },
  { sectionId: 'narrative', title: 'Narrative', prompt: 'Tell the story', kind: 'prose', maxWords: 5 },
];
const risk = {
  description: 'Funding ends',
  mitigation: 'Pool it',
  before: { impact: 6, likelihood: 4 },
  after: { impact: 1, likelihood: 1 },
  ownerRole: 'Chief executive',
  proximity: 5,
};
const content: Record<string, EventDataFor<typeof submission, 'SectionAnswered'>['content']> = {
  pools: { rows: [{ label: 'Drugs and alcohol', value: 'open' }] },
  barriers: { counts: { whitehall: 2, joint: 0, local: 1 } },
  risks: { risks: [risk] },
  narrative: { text: 'One two three four five' },
};
const begun = (kind: 'pilot' | 'parallel' = 'pilot') => ({
  programmeId: 'tp',
  roundNo: 1,
  roundKind: 'interim',
  placeId: 'durham',
  placeKind: kind,
  templateVersion: 1,
  template,
});
const started = (kind: 'pilot' | 'parallel' = 'pilot') => happened('SubmissionStarted', begun(kind));
const titleOf = (id: string) => template.find((t) => t.sectionId === id)!.title;
const answered = (id: string, prefilled = false) =>
  happened('SectionAnswered', { sectionId: id, title: titleOf(id), content: content[id]!, prefilled });
const givenBy = <E>(account: string, event: E) => ({ event, by: { account, role: 'secretariat' as const } });
const completed = (id: string) => happened('SectionCompleted', { sectionId: id, title: titleOf(id) });
const sectionIds = template.map((t) => t.sectionId);
const ready = (kind: 'pilot' | 'parallel' = 'pilot') => [
  started(kind),
  ...sectionIds.map((id) => givenBy('sec', answered(id))),
  ...sectionIds.map(completed),
];
const head = { placeId: 'durham', roundKind: 'interim', roundNo: 1 };
const sent = (version = 1) =>
  happened('SubmissionSentForSignOff', {
    ...head,
    accountableBodyId: 'council',
    pins: [{ aggregate: 'pool', id: 'drugs', version }],
  });
const hash = 'a'.repeat(64);
const signed = happened('SubmissionSignedOff', { statementHash: hash });
const voided = happened('SignOffVoided', {
  ...head,
  changed: [{ aggregate: 'pool', id: 'drugs', version: 2, type: 'PledgeChanged' }],
  sections: [],
});
const submitted = (version = 1) =>
  happened('FindingsSubmitted', {
    programmeId: 'tp',
    ...head,
    version,
    lateDays: 0,
    statementHash: hash,
    sections: sectionIds.map((id) => ({
      sectionId: id,
      title: titleOf(id),
      kind: template.find((t) => t.sectionId === id)!.kind,
      content: content[id]!,
      prefilled: false,
    })),
    included: [{ aggregate: 'pool', id: 'drugs', version: 1 }],
  });
const changes = (sections = ['narrative'], dueOn = '2009-11-20') =>
  happened('ChangesRequested', { sections, reason: 'Say more', dueOn });
const accepted = happened('SubmissionAccepted', { version: 1 });
const missed = happened('SubmissionMissed', { ...begun(), missing: ['narrative'] });
const queried = happened('SubmissionQueried', { queryId: 'q1', sectionId: 'pools', question: 'All year?' });
const queryAnswered = happened('QueryAnswered', { queryId: 'q1', answer: 'Yes' });

interface World {
  round?: string;
  extension?: string;
  kind?: string;
  place?: string;
  /** Whose place it is, by its own record. */
  programme?: string;
  templates?: object;
  roundKind?: string;
  roundName?: string;
  body?: string | undefined;
  lead?: string | undefined;
  pool?: GivenFor<ReturnType<typeof standing>>[];
}
/** Durham with an open round 1 due on 6 November 2009, its profile and its pool. */
const durham = (t: Test, circumstances: World = {}) =>
  spec(t, submission)
    .id('tp.1.durham')
    .at('2009-11-05')
    .with(
      standing('programme'),
      'tp',
      stood({
        places: {
          durham: {
            name: 'Durham',
            kind: circumstances.kind ?? 'pilot',
            status: circumstances.place ?? 'enrolled',
          },
        },
        rounds: {
          1: {
            no: 1,
            kind: circumstances.roundKind ?? 'interim',
            ...(circumstances.roundName ? { name: circumstances.roundName } : {}),
            window: { from: day('2009-10-01'), to: day('2009-11-06') },
            status: circumstances.round ?? 'open',
            extensions: circumstances.extension
              ? { durham: { to: circumstances.extension, reason: 'Flood' } }
              : {},
          },
        },
        templates: circumstances.templates ?? {
          'interim.pilot': { version: 1, sections: template },
          'interim.parallel': { version: 1, sections: template.slice(3) },
        },
      }),
    )
    .with(
      standing('place'),
      'durham',
      stood({
        programmeId: circumstances.programme ?? 'tp',
        ...('body' in circumstances ? {} : { accountableBodyId: 'council' }),
        ...('lead' in circumstances ? {} : { leadContact: 'lead' }),
      }),
    )
    .with(standing('pool'), 'drugs', ...(circumstances.pool ?? [stood({ at: 'durham' })]))
    .with(standing('pool'), 'elsewhere', stood({ at: 'kent' }))
    .with(
      standing('commitment'),
      'open',
      stood({ at: 'durham', status: 'in-delivery', consented: true, ownerAgencyId: 'council' }),
    )
    .with(
      standing('commitment'),
      'closed',
      stood({ at: 'durham', status: 'completed', consented: false, ownerAgencyId: 'council' }),
    )
    .with(
      standing('commitment'),
      'offered',
      stood({ at: 'durham', status: 'offered', consented: false, ownerAgencyId: 'council' }),
    )
    .with(standing('barrier'), 'own', stood({ at: 'durham' }))
    .with(
      standing('barrier'),
      'nh',
      stood({ at: 'kent', of: 'nh', joined: { durham: { localEffect: 'Same here' } } }),
    )
    .with(
      standing('barrier'),
      'joined',
      stood({ at: 'kent', tier: 'programme', joined: { durham: { localEffect: 'Same here' } } }),
    )
    .with(
      standing('collaborative'),
      'durham',
      stood({
        chair: 's1',
        seats: {
          s1: { seatId: 's1', agencyId: 'council', account: 'chair-1', kind: 'voting', status: 'accepted' },
        },
        delegations: [],
      }),
    )
    .as('secretariat', 'place:durham');
const officer = 'agency:council';
const programmeOffice = 'programme:tp';
const start = { programmeId: 'tp', roundNo: 1, placeId: 'durham' };

test('every round that may be planned has returns', (t) => {
  const { PlanRound } = aggregateNamed('programme').commands;
  const { StartSubmission } = submission.commands;
  const planned = (roundNo: number) => PlanRound?.data.safeParse({ ...PlanRound.example, roundNo }).success;
  const begun = (roundNo: number) =>
    StartSubmission.data.safeParse({ ...StartSubmission.example, roundNo }).success;
  for (const roundNo of [0, 1, 99, 100, 101]) t.equal(begun(roundNo), planned(roundNo), `round ${roundNo}`);
  t.ok(planned(100));
  t.end();
});

test('a return begins with the programme’s template for its kind of place', async (t) => {
  t.equal(submission.commands.StartSubmission!.id!(start), 'tp.1.durham');
  const { state, access } = durham(t)
    .when('StartSubmission', start)
    .then({ type: 'SubmissionStarted', data: begun() });
  t.equal(state.status, 'in-progress');
  t.match(access, { tier: 'members', placeId: 'durham', programmeId: 'tp' });
  durham(t)
    .as('contributor', 'place:durham+agency:pct')
    .when('StartSubmission', start)
    .then({ type: 'SubmissionStarted' });
  // Whatever the programme's stream says, the place's own says that it is another's.
  durham(t, { programme: 'nh' })
    .when('StartSubmission', start)
    .refuses('ROUND_NOT_OPEN', /not enrolled/);
  durham(t, { kind: 'parallel' })
    .as('member', 'place:durham')
    .when('StartSubmission', start)
    .then({ type: 'SubmissionStarted', data: { placeKind: 'parallel' } });
  durham(t).as('member', 'place:durham').when('StartSubmission', start).refuses('NOT_ALLOWED');
  durham(t, { kind: 'parallel' })
    .as('contributor', 'place:durham+agency:pct')
    .when('StartSubmission', start)
    .refuses('NOT_ALLOWED');
  durham(t).given(started()).when('StartSubmission', start).refuses('RECORD_EXISTS');
  durham(t, { templates: {} }).when('StartSubmission', start).refuses('TEMPLATE_NOT_SET');
  durham(t, { round: 'planned' }).when('StartSubmission', start).refuses('ROUND_NOT_OPEN');
  durham(t, { round: 'closed' }).when('StartSubmission', start).refuses('ROUND_NOT_OPEN');
  durham(t, { place: 'withdrawn' }).when('StartSubmission', start).refuses('ROUND_NOT_OPEN');
  durham(t)
    .when('StartSubmission', { ...start, roundNo: 2 })
    .refuses('ROUND_NOT_OPEN');
  durham(t, { round: 'closed', extension: '2009-11-05' })
    .when('StartSubmission', start)
    .then({ type: 'SubmissionStarted' });
  durham(t, { round: 'closed', extension: '2009-11-04' })
    .when('StartSubmission', start)
    .refuses('ROUND_NOT_OPEN');
});

test('a return is called as its round is, from its beginning to its statement', async (t) => {
  const roundKind = 'quarterly';
  const roundName = 'Return for October to December';
  const own = { roundKind, roundName };
  const templates = { 'quarterly.pilot': { version: 1, sections: template } };
  const here = () => durham(t, { ...own, templates });
  here().when('StartSubmission', start).then({ type: 'SubmissionStarted', data: own });
  here().at('2009-11-10').as('system').when('MissSubmission', start).nothing();
  durham(t, { ...own, templates, round: 'closed' })
    .at('2009-11-10')
    .as('system')
    .when('MissSubmission', start)
    .then({ type: 'SubmissionMissed', data: own });
  const given = [
    happened('SubmissionStarted', { ...begun(), ...own }),
    ...sectionIds.map((id) => givenBy('sec', answered(id))),
    ...sectionIds.map(completed),
  ];
  here()
    .given(...given)
    .when('SendForSignOff', { included: [] })
    .then({
      type: 'SubmissionSentForSignOff',
      data: own,
    });
  const signing = [...given, happened('SubmissionSentForSignOff', { ...head, ...own, pins: [] })];
  const { state } = load(submission, 'tp.1.durham', signing);
  t.match(
    statementOf(state)!.text,
    /^I sign version 1 of the return “Return for October to December” of round 1 /,
  );
  t.equal(submission.title(state, named('tp.1.durham')), `${roundName}, durham`);
  t.equal(roundTitle(state), roundName);
  t.equal(roundTitle({ roundKind: 'interim' }), 'Interim findings');
  t.equal(roundTitle({ roundKind: 'final' }), 'Final report');
  t.equal(returnName({ roundKind, roundNo: 2 }), 'quarterly return of round 2');
  t.equal(returnName({ roundKind: 'constructor', roundNo: 2 }), 'constructor return of round 2');
  here()
    .given(...signing, signed)
    .when('Submit', {})
    .then({ type: 'FindingsSubmitted', data: own });
});

test('answers fit the kind of their section', async (t) => {
  const answer = (sectionId: string, c: object) =>
    durham(t).given(started()).when('AnswerSection', { sectionId, content: c });
  for (const id of sectionIds)
    answer(id, content[id]!).then({ type: 'SectionAnswered', data: { sectionId: id, prefilled: false } });
  answer('narrative', { text: 'One two three four five six' }).refuses(
    'SECTION_NOT_VALID',
    /5 words or fewer. It has 6/,
  );
  answer('narrative', {}).refuses('SECTION_NOT_VALID');
  answer('narrative', content.pools!).refuses('SECTION_NOT_VALID');
  answer('narrative', { ...content.narrative, ...content.risks }).refuses('SECTION_NOT_VALID');
  answer('narrative', { ...content.narrative, ...content.barriers }).refuses('SECTION_NOT_VALID');
  answer('risks', { risks: [] }).refuses('SECTION_NOT_VALID', /at least one risk/);
  answer('barriers', { text: 'Some' }).refuses('SECTION_NOT_VALID');
  answer('barriers', { counts: { whitehall: 2, joint: 0 } }).refuses(
    'SECTION_NOT_VALID',
    /how many are local/,
  );
  answer('pools', {}).refuses('SECTION_NOT_VALID');
  const long = { ...risk, description: 'é'.repeat(1000), mitigation: 'é'.repeat(1000) };
  answer('risks', { risks: Array(9).fill(long) }).then({ type: 'SectionAnswered' });
  answer('risks', { risks: Array(10).fill(long) }).refuses('SECTION_NOT_VALID', /Shorten/);
  durham(t)
    .given(started(), {
      type: 'SectionAnswered',
      data: { sectionId: 'risks', title: 'Risks', content: { risks: Array(9).fill(long) }, prefilled: false },
    })
    .when('AnswerSection', { sectionId: 'pools', content: { text: 'é'.repeat(3000) } })
    .refuses('SECTION_NOT_VALID');
  answer('nowhere', { text: 'x' }).refuses('SECTION_UNKNOWN');
  const schema = submission.commands.AnswerSection!.data;
  for (const wrong of [
    { before: { impact: 7, likelihood: 1 } },
    { before: { impact: 0, likelihood: 1 } },
    { after: { impact: 1, likelihood: 5 } },
    { proximity: 6 },
    { ownerRole: '' },
  ]) {
    t.notOk(
      schema.safeParse({ sectionId: 'risks', content: { risks: [{ ...risk, ...wrong }] } }).success,
      JSON.stringify(wrong),
    );
  }
});

test('an edit brings a return back to work, and says so when it was signed', async (t) => {
  const other = { sectionId: 'narrative', content: { text: 'Another story' } };
  // The first answer replaces nothing, nor does the same again; another does, and one in the place of what
  // was prefilled.
  const writes = (sectionId: string, c: object, ...given: Given[]) =>
    durham(t)
      .given(started(), ...given)
      .when('AnswerSection', { sectionId, content: c });
  writes('narrative', content.narrative!).needsVersion(false).then({ type: 'SectionAnswered' });
  writes('narrative', content.narrative!, answered('narrative')).needsVersion(false).nothing();
  writes('narrative', { text: 'Another' }, answered('narrative'))
    .needsVersion(true)
    .then({ type: 'SectionAnswered' });
  writes('pools', content.pools!, answered('pools', true))
    .needsVersion(true)
    .then({ type: 'SectionAnswered' });
  durham(t)
    .given(started(), answered('pools', true))
    .when('AnswerSection', { sectionId: 'pools', content: content.pools! })
    .then({ type: 'SectionAnswered', data: { prefilled: false } });
  for (const given of [ready(), [...ready(), sent()]]) {
    t.equal(
      durham(t)
        .given(...given)
        .when('AnswerSection', other)
        .then({ type: 'SectionAnswered' }).state.status,
      'in-progress',
    );
  }
  const after = durham(t)
    .given(...ready(), sent(), signed)
    .when('AnswerSection', other)
    .then(
      { type: 'SignOffVoided', data: { changed: [], sections: ['narrative'] } },
      { type: 'SectionAnswered' },
    );
  t.equal(after.state.status, 'in-progress');
  t.equal(after.state.statementHash, undefined);
  durham(t)
    .given(...ready(), sent(), signed, submitted())
    .when('AnswerSection', other)
    .refuses('WRONG_STATE');
  durham(t)
    .given(...ready(), sent(), signed, submitted(), accepted)
    .when('AnswerSection', other)
    .refuses('WRONG_STATE');
  durham(t, { round: 'closed' }).given(started()).when('AnswerSection', other).refuses('ROUND_NOT_OPEN');
  durham(t).as('member', 'place:durham').given(started()).when('AnswerSection', other).refuses('NOT_ALLOWED');
  const asked = [...ready(), sent(), signed, submitted(), changes()];
  t.equal(
    durham(t, { round: 'closed' })
      .given(...asked)
      .when('AnswerSection', other)
      .then({ type: 'SectionAnswered' }).state.status,
    'changes-requested',
  );
  durham(t)
    .given(...asked)
    .when('AnswerSection', { sectionId: 'pools', content: { text: 'New' } })
    .refuses('SECTION_NOT_NAMED');
});

test('the last section complete makes a return ready', async (t) => {
  const butTheLast = ready().slice(0, -1);
  t.equal(
    durham(t)
      .given(...butTheLast)
      .when('CompleteSection', { sectionId: 'narrative' })
      .then({ type: 'SectionCompleted' }).state.status,
    'ready',
  );
  t.equal(
    durham(t)
      .given(started(), answered('pools'))
      .when('CompleteSection', { sectionId: 'pools' })
      .then({ type: 'SectionCompleted' }).state.status,
    'in-progress',
  );
  durham(t)
    .given(started(), answered('pools'), completed('pools'))
    .when('CompleteSection', { sectionId: 'pools' })
    .nothing();
  durham(t).given(started()).when('CompleteSection', { sectionId: 'pools' }).refuses('SECTION_INCOMPLETE');
  durham(t).given(started()).when('CompleteSection', { sectionId: 'nowhere' }).refuses('SECTION_UNKNOWN');
  durham(t, { round: 'closed' })
    .given(started(), answered('pools'))
    .when('CompleteSection', { sectionId: 'pools' })
    .refuses('ROUND_NOT_OPEN');
  const asked = [...ready(), sent(), signed, submitted(), changes()];
  t.equal(
    durham(t)
      .given(...asked)
      .when('CompleteSection', { sectionId: 'narrative' })
      .then({ type: 'SectionCompleted' }).state.status,
    'ready',
  );
  durham(t)
    .given(...asked)
    .when('CompleteSection', { sectionId: 'pools' })
    .refuses('SECTION_NOT_NAMED');

  const reopen = (given: any[], sectionId = 'pools', circumstances: World = {}) =>
    durham(t, circumstances)
      .given(...given)
      .when('ReopenSection', { sectionId });
  t.equal(reopen(ready()).then({ type: 'SectionReopened' }).state.status, 'in-progress');
  reopen([...ready(), sent(), signed]).then(
    { type: 'SignOffVoided', data: { sections: ['pools'] } },
    { type: 'SectionReopened' },
  );
  reopen([started(), answered('pools')]).nothing();
  reopen(ready(), 'nowhere').refuses('SECTION_UNKNOWN');
  reopen(ready(), 'pools', { round: 'closed' }).refuses('ROUND_NOT_OPEN');
  reopen(asked).refuses('SECTION_NOT_NAMED');
});

test('sending pins the records included', async (t) => {
  const send = (
    included: DataFor<typeof submission, 'SendForSignOff'>['included'],
    circumstances: World = {},
    given: any[] = ready(),
  ) =>
    durham(t, circumstances)
      .given(...given)
      .when('SendForSignOff', { included });
  const all = [
    { aggregate: 'pool', id: 'drugs' },
    { aggregate: 'barrier', id: 'own' },
    { aggregate: 'barrier', id: 'joined' },
  ];
  const after = send([...all, all[0]!], {
    pool: [stood({ at: 'durham' }), { type: 'CashPaidIn', data: {} }],
  }).then({
    type: 'SubmissionSentForSignOff',
    data: {
      accountableBodyId: 'council',
      pins: [
        { aggregate: 'pool', id: 'drugs', version: 2 },
        { aggregate: 'barrier', id: 'own', version: 1 },
        { aggregate: 'barrier', id: 'joined', version: 1 },
      ],
    },
  });
  t.equal(after.state.status, 'awaiting-sign-off');
  send([{ aggregate: 'pool', id: 'elsewhere' }]).refuses('RECORD_UNKNOWN');
  send([{ aggregate: 'pool', id: 'never' }]).refuses('RECORD_UNKNOWN');
  send([{ aggregate: 'barrier', id: 'nh' }]).refuses('RECORD_UNKNOWN');
  send([{ aggregate: 'commitment', id: 'open' }]).then({
    type: 'SubmissionSentForSignOff',
    data: { pins: [{ aggregate: 'commitment', id: 'open', version: 1 }] },
  });
  send([{ aggregate: 'commitment', id: 'closed' }]).refuses('NOT_DISCLOSED', /council has not consented/);
  send([{ aggregate: 'commitment', id: 'offered' }]).refuses('COMMITMENT_NOT_ACCEPTED');
  send([], {}, [started(), answered('pools'), completed('pools')]).refuses(
    'SECTION_INCOMPLETE',
    /“Narrative”/,
  );
  send([], { body: undefined }).refuses('NO_SIGNER');
  send([], { lead: undefined, kind: 'parallel' }, ready('parallel')).refuses('NO_SIGNER');
  send([], { round: 'closed' }).refuses('ROUND_NOT_OPEN');
  send([], {}, [...ready(), sent()]).refuses('WRONG_STATE');
  durham(t, { kind: 'parallel' })
    .as('member', 'place:durham')
    .given(...ready('parallel'))
    .when('SendForSignOff', { included: [] })
    .then({ type: 'SubmissionSentForSignOff', data: { pins: [] } });
});

/** Signs what is to be signed after these events; any hash where nothing is. */
const signs = (given: readonly Given[]) => ({
  statementHash: statementOf(load(submission, 'tp.1.durham', given).state)?.hash ?? hash,
});

test('who signs', async (t) => {
  t.equal(
    durham(t)
      .as('finance-officer', officer)
      .given(...ready(), sent())
      .when('SignOff', signs([...ready(), sent()]))
      .then({ type: 'SubmissionSignedOff', data: signs([...ready(), sent()]) }).state.status,
    'signed-off',
  );
  durham(t)
    .as('finance-officer', 'agency:pct')
    .given(...ready(), sent())
    .when('SignOff', signs([...ready(), sent()]))
    .refuses('ONLY_SIGNER_SIGNS');
  durham(t)
    .as('secretariat', 'place:durham', 'lead')
    .given(...ready(), sent())
    .when('SignOff', signs([...ready(), sent()]))
    .refuses('ONLY_SIGNER_SIGNS');
  durham(t)
    .as('finance-officer', officer, 'sec')
    .given(...ready(), sent())
    .when('SignOff', signs([...ready(), sent()]))
    .refuses('SOD_CONFLICT');
  durham(t)
    .as('finance-officer', officer, 'sender')
    .given(...ready(), givenBy('sender', sent()))
    .when('SignOff', signs([...ready(), givenBy('sender', sent())]))
    .refuses('SOD_CONFLICT', /or sent it/);
  const finished = [
    started(),
    ...sectionIds.map((id) => answered(id)),
    givenBy('finisher', completed(sectionIds[0]!)),
    ...sectionIds.slice(1).map(completed),
    sent(),
  ];
  durham(t)
    .as('finance-officer', officer, 'finisher')
    .given(...finished)
    .when('SignOff', signs(finished))
    .refuses('SOD_CONFLICT', /completed a section/);
  const light = (role: string, account: string, scope = 'place:durham') =>
    durham(t, { kind: 'parallel' })
      .as(role, scope, account)
      .given(...ready('parallel'), sent())
      .when('SignOff', signs([...ready('parallel'), sent()]));
  light('member', 'lead').then({ type: 'SubmissionSignedOff' });
  light('secretariat', 'lead').then({ type: 'SubmissionSignedOff' });
  light('member', 'another').refuses('ONLY_SIGNER_SIGNS');
  light('finance-officer', 'lead', officer).refuses('ONLY_SIGNER_SIGNS');
  durham(t, { kind: 'parallel' })
    .as('member', 'place:durham', 'lead')
    .given(
      started('parallel'),
      ...sectionIds.map((id) => givenBy('lead', answered(id))),
      ...sectionIds.map(completed),
      sent(),
    )
    .when(
      'SignOff',
      signs([
        started('parallel'),
        ...sectionIds.map((id) => givenBy('lead', answered(id))),
        ...sectionIds.map(completed),
        sent(),
      ]),
    )
    .refuses('SOD_CONFLICT');
  // What the system prefilled is nobody's answer.
  durham(t)
    .as('finance-officer', officer, 'clerk')
    .given(
      started(),
      ...sectionIds.map((id) => givenBy('clerk', answered(id, true))),
      ...sectionIds.map(completed),
      sent(),
    )
    .when(
      'SignOff',
      signs([
        started(),
        ...sectionIds.map((id) => givenBy('clerk', answered(id, true))),
        ...sectionIds.map(completed),
        sent(),
      ]),
    )
    .then({ type: 'SubmissionSignedOff' });
  durham(t)
    .as('finance-officer', officer)
    .given(...ready())
    .when('SignOff', signs([...ready()]))
    .refuses('WRONG_STATE');

  const decline = { reason: 'Last month’s figure', sections: ['pools'] };
  const after = durham(t)
    .as('finance-officer', officer)
    .given(...ready(), sent())
    .when('DeclineSignOff', decline)
    .then({ type: 'SignOffDeclined', data: decline });
  t.equal(after.state.status, 'in-progress');
  t.same(
    sectionIds.map((id) => held(after.state.answers, id).complete),
    [false, true, true, true],
    'only the named section is reset',
  );
  durham(t)
    .as('finance-officer', 'agency:pct')
    .given(...ready(), sent())
    .when('DeclineSignOff', decline)
    .refuses('ONLY_SIGNER_SIGNS');
  durham(t)
    .as('finance-officer', officer)
    .given(...ready(), sent())
    .when('DeclineSignOff', { ...decline, sections: ['nowhere'] })
    .refuses('SECTION_UNKNOWN');
  const again = durham(t)
    .as('finance-officer', officer)
    .given(...ready(), sent(), signed, submitted(), changes(), completed('narrative'), sent())
    .when('DeclineSignOff', decline)
    .then({ type: 'SignOffDeclined' });
  t.same(again.state.changes!.sections, ['narrative', 'pools'], 'a declined section may be edited too');
});

test('what is signed is the statement that the service makes: who, of what, of which records, and what it does not cover', async (t) => {
  const statementAfter = (given: readonly Given[]) =>
    statementOf(load(submission, 'tp.1.durham', given).state);
  const { text, hash } = statementAfter([...ready(), sent()])!;
  t.equal(hash, createHash('sha256').update(text).digest('hex'), 'the hash is of the text as it is read');
  t.match(
    text,
    /^I sign version 1 of the interim findings of round 1 of durham in the programme tp, as a finance officer of council, its accountable body\./,
  );
  t.match(text, /version 10 of its record, 4 sections, whose answers have the SHA-256 [0-9a-f]{64}\./);
  t.match(text, /It includes these records, each as it stood then:\n- pool drugs, version 1 of its record\n/);
  t.match(text, /I answered nothing in it and did not send it\./);
  t.match(text, /does not cover what happens to these records after those versions/);
  const light = happened('SubmissionSentForSignOff', { ...head, pins: [] });
  t.match(
    statementAfter([...ready('parallel'), light])!.text,
    /as its lead contact\.[^]*It includes no other record\./,
  );
  t.equal(statementAfter(ready()), undefined, 'nothing is sent, nothing is to be signed');
  for (const back of [
    voided,
    happened('SignOffDeclined', { reason: 'No', sections: ['pools'] }),
    answered('narrative'),
    happened('SectionReopened', { sectionId: 'pools', title: 'Pools' }),
  ])
    t.equal(
      statementAfter([...ready(), sent(), back]),
      undefined,
      `${back.type}: nothing waits for a signature`,
    );
  t.equal(statementAfter([...ready(), sent(), signed])!.hash, hash, 'signed, it is still what was signed');
  t.equal(statementAfter([...ready(), sent(), signed, submitted()])!.hash, hash, 'and submitted');

  // Whatever it says, another return has another: its answers, its records, the version it was sent at, and
  // which version it would be.
  const told = (words: string) =>
    ready().map((g) =>
      'event' in g && g.event.data.sectionId === 'narrative'
        ? givenBy('sec', happened('SectionAnswered', { ...g.event.data, content: { text: words } }))
        : g,
    );
  const others: Given[][] = [
    [...told('Another story'), sent()],
    [...ready(), sent(2)],
    [...ready(), answered('narrative'), completed('narrative'), sent()],
    [...ready(), sent(), signed, submitted(), changes(), completed('narrative'), sent()],
  ];
  const hashes = others.map((given) => statementAfter(given)!.hash);
  t.equal(new Set([hash, ...hashes]).size, 5);
  const sign = (given: readonly Given[], statementHash: string) =>
    durham(t, { pool: [stood({ at: 'durham' }), { type: 'CashPaidIn', data: {} }] })
      .as('finance-officer', officer)
      .given(...given)
      .when('SignOff', { statementHash });
  for (const given of others) {
    sign(given, hash).refuses('STATEMENT_DIFFERS', /Read the return’s statement again/);
    sign(given, 'a'.repeat(64)).refuses('STATEMENT_DIFFERS');
    sign(given, statementAfter(given)!.hash).then({
      type: 'SubmissionSignedOff',
      data: { statementHash: statementAfter(given)!.hash },
    });
  }
  // It says for which body it is signed: that is the one it was sent to.
  const elsewhere = happened('SubmissionSentForSignOff', { ...head, accountableBodyId: 'pct', pins: [] });
  sign([...ready(), elsewhere], statementAfter([...ready(), elsewhere])!.hash).refuses(
    'SIGN_OFF_VOID',
    /sent to pct/,
  );
});

test('a pledge changed after signing voids the signature; a pay-in does not', async (t) => {
  const changed = [stood({ at: 'durham' }), { type: 'PledgeChanged' as const, data: {} }];
  const paid = [stood({ at: 'durham' }), { type: 'CashPaidIn' as const, data: {} }];
  const all = [...ready(), sent(), signed];
  const voiding = { changed: { aggregate: 'pool', id: 'drugs', version: 2, type: 'PledgeChanged' } };
  // Refused whether or not the reactor has been there.
  durham(t, { pool: changed })
    .given(...all)
    .when('Submit')
    .refuses('SIGN_OFF_VOID', /pool pool-drugs \(pledge changed\)/);
  durham(t, { pool: changed })
    .given(...all, voided)
    .when('Submit')
    .refuses('SIGN_OFF_VOID', /pool pool-drugs \(pledge changed\)/);
  durham(t, { pool: changed })
    .as('finance-officer', officer)
    .given(...ready(), sent())
    .when('SignOff', { statementHash: hash })
    .refuses('SIGN_OFF_VOID');
  durham(t, { pool: changed })
    .as('finance-officer', officer)
    .given(...ready(), sent(), voided)
    .when('SignOff', { statementHash: hash })
    .refuses('SIGN_OFF_VOID');
  for (const given of [all, [...ready(), sent()]]) {
    t.equal(
      durham(t, { pool: changed })
        .as('system')
        .given(...given)
        .when('VoidSignOff', voiding)
        .then({ type: 'SignOffVoided', data: { changed: [voiding.changed] } }).state.status,
      'ready',
    );
  }
  durham(t, { pool: changed })
    .as('system')
    .given(...all, voided)
    .when('VoidSignOff', voiding)
    .nothing();
  durham(t, { pool: changed })
    .as('system')
    .given(...ready(), sent(2), signed)
    .when('VoidSignOff', voiding)
    .nothing();
  durham(t)
    .as('system')
    .given(...all)
    .when('VoidSignOff', { changed: { ...voiding.changed, id: 'other' } })
    .nothing();
  durham(t, { pool: paid })
    .given(...all)
    .when('Submit')
    .then({ type: 'FindingsSubmitted', data: { version: 1 } });
  durham(t, { pool: changed })
    .given(...all, voided, sent(2), signed)
    .when('Submit')
    .then({
      type: 'FindingsSubmitted',
      data: { version: 1, included: [{ aggregate: 'pool', id: 'drugs', version: 2 }] },
    });
  durham(t)
    .given(...ready())
    .when('Submit')
    .refuses('WRONG_STATE');
});

test('submitting carries the whole return, and how late it is', async (t) => {
  const all = [...ready(), sent(), signed];
  const after = durham(t)
    .given(...all)
    .when('Submit')
    .then({
      type: 'FindingsSubmitted',
      data: {
        version: 1,
        lateDays: 0,
        statementHash: hash,
        sections: sectionIds.map((id) => ({ sectionId: id, content: content[id]!, prefilled: false })),
      },
    });
  t.match(after.access, { tier: 'programme', tierSince: after.version });
  const late = (at: string, lateDays: number, circumstances: World = {}, given: any[] = all) =>
    durham(t, circumstances)
      .at(at)
      .given(...given)
      .when('Submit')
      .then({ type: 'FindingsSubmitted', data: { lateDays } });
  late('2009-11-06T23:59:59.999Z', 0);
  late('2009-11-07T00:00:00.000Z', 1);
  late('2009-11-16', 10);
  late('2009-11-16', 0, { extension: '2009-11-16', round: 'closed' });
  late('2009-11-16', 2, { extension: '2009-11-14' });
  durham(t, { round: 'closed' })
    .given(...all)
    .when('Submit')
    .refuses('ROUND_NOT_OPEN');
  durham(t)
    .as('chair', 'place:durham+agency:council')
    .given(...all)
    .when('Submit')
    .then({ type: 'FindingsSubmitted' });
  durham(t)
    .as('chair', 'place:durham+agency:council', 'somebody')
    .given(...all)
    .when('Submit')
    .refuses('NOT_A_SEAT_HOLDER');
  durham(t, { kind: 'parallel' })
    .as('chair', 'place:durham+agency:council')
    .given(...ready('parallel'), sent(), signed)
    .when('Submit')
    .refuses('NOT_ALLOWED');
  // A missed return that the programme office reopened stays late; changes to a submitted one have their own
  // date.
  late('2009-11-20', 14, { round: 'closed' }, [...ready(), missed, changes([]), sent(), signed]);
  late('2009-11-20', 0, { round: 'closed' }, [
    ...all,
    submitted(),
    changes(),
    completed('narrative'),
    sent(),
    signed,
  ]);
  late('2009-11-21', 1, { round: 'closed' }, [
    ...all,
    submitted(),
    changes(),
    completed('narrative'),
    sent(),
    signed,
  ]);
});

test('changes lead to version 2; version 1 stays', async (t) => {
  const v1 = [...ready(), sent(), signed, submitted()];
  const ask = { sections: ['narrative'], reason: 'Say more', dueOn: '2009-11-20' };
  const request = (data: object, given: any[] = v1) =>
    durham(t)
      .as('programme-office', programmeOffice)
      .given(...given)
      .when('RequestChanges', data as any);
  const asked = request(ask).then({ type: 'ChangesRequested', data: ask });
  t.equal(asked.state.status, 'changes-requested');
  t.same(
    sectionIds.map((id) => held(asked.state.answers, id).complete),
    [true, true, true, false],
  );
  request({ ...ask, sections: ['nowhere'] }).refuses('SECTION_UNKNOWN');
  request({ ...ask, sections: [] }).refuses('SECTION_REQUIRED');
  request({ ...ask, dueOn: '2009-11-04' }).refuses('DUE_IN_PAST');
  request({ ...ask, dueOn: '2009-11-05' }).then({ type: 'ChangesRequested' });
  request(ask, [...v1, accepted]).refuses('WRONG_STATE');
  t.equal(
    request({ ...ask, sections: [] }, [missed]).then({ type: 'ChangesRequested' }).state.status,
    'in-progress',
  );
  const again = durham(t)
    .given(...v1, changes(), completed('narrative'), sent(), signed)
    .when('Submit')
    .then({ type: 'FindingsSubmitted', data: { version: 2 } });
  t.match(again.state.versions, [{ version: 1 }, { version: 2 }]);
  t.equal(again.state.changes, undefined);
  t.equal(
    durham(t)
      .as('programme-office', programmeOffice)
      .given(...v1)
      .when('Accept')
      .then({ type: 'SubmissionAccepted', data: { version: 1 } }).state.status,
    'accepted',
  );
  durham(t)
    .as('programme-office', programmeOffice)
    .given(...v1, accepted)
    .when('Accept')
    .refuses('WRONG_STATE');
});

test('queries and their answers', async (t) => {
  const v1 = [...ready(), sent(), signed, submitted()];
  const query = { queryId: 'q1', sectionId: 'pools', question: 'All year?' };
  for (const role of ['treasury', 'programme-office'])
    durham(t)
      .as(role, programmeOffice)
      .given(...v1)
      .when('QueryAnswer', query)
      .then({ type: 'SubmissionQueried', data: query });
  durham(t)
    .as('treasury', programmeOffice)
    .given(...v1, accepted)
    .when('QueryAnswer', query)
    .then({ type: 'SubmissionQueried' });
  durham(t)
    .as('treasury', programmeOffice)
    .given(...v1, queried)
    .when('QueryAnswer', query)
    .refuses('QUERY_EXISTS');
  durham(t)
    .as('treasury', programmeOffice)
    .given(...v1)
    .when('QueryAnswer', { ...query, sectionId: 'nowhere' })
    .refuses('SECTION_UNKNOWN');
  durham(t)
    .as('treasury', programmeOffice)
    .given(started())
    .when('QueryAnswer', query)
    .refuses('WRONG_STATE');
  const answer = { queryId: 'q1', answer: 'Yes' };
  durham(t)
    .given(...v1, queried, accepted)
    .when('AnswerQuery', answer)
    .then({ type: 'QueryAnswered', data: answer });
  durham(t)
    .given(...v1, queried, queryAnswered)
    .when('AnswerQuery', answer)
    .refuses('QUERY_ANSWERED');
  durham(t)
    .given(...v1)
    .when('AnswerQuery', answer)
    .refuses('QUERY_UNKNOWN');
  durham(t)
    .as('member', 'place:durham')
    .given(...v1, queried)
    .when('AnswerQuery', answer)
    .refuses('NOT_ALLOWED');
});

test('a round that closes without a return', async (t) => {
  const miss = (given: any[], circumstances: World = { round: 'closed' }) =>
    durham(t, circumstances)
      .as('system')
      .given(...given)
      .when('MissSubmission', start);
  const none = miss([]).then({ type: 'SubmissionMissed', data: { ...begun(), missing: sectionIds } });
  t.match(none.access, { tier: 'programme', placeId: 'durham', programmeId: 'tp' });
  t.equal(none.state.template.length, 4);
  t.equal(
    miss([started(), answered('pools'), completed('pools')]).then({
      type: 'SubmissionMissed',
      data: { missing: sectionIds.slice(1) },
    }).state.status,
    'not-submitted',
  );
  miss([...ready()]).then({ type: 'SubmissionMissed', data: { missing: [] } });
  miss([], {}).nothing();
  // Another programme's place owes this one nothing.
  miss([], { round: 'closed', programme: 'nh' }).nothing();
  miss([], { round: 'closed', extension: '2009-11-05' }).nothing();
  miss([], { round: 'closed', extension: '2009-11-04' }).then({ type: 'SubmissionMissed' });
  miss([], { round: 'closed', place: 'withdrawn' }).nothing();
  miss([missed]).nothing();
  miss([missed, changes([])]).nothing();
  miss([...ready(), sent(), signed, submitted()]).nothing();
});

test('prefilling never replaces what somebody wrote or confirmed', async (t) => {
  const fill = (given: any[], sectionId = 'pools', c: object = content[sectionId]!) =>
    durham(t)
      .as('system')
      .given(...given)
      .when('PrefillSections', { sections: [{ sectionId, content: c }] });
  const after = fill([started()]).then({
    type: 'SectionAnswered',
    data: { sectionId: 'pools', prefilled: true },
  });
  t.equal(after.acts.size, 0, 'what is prefilled was answered by nobody');
  fill([started()], 'barriers').then({ type: 'SectionAnswered', data: { prefilled: true } });
  // The programme sees no local barriers, so none are counted: how many there are the place says before the
  // section is complete.
  const counts = { whitehall: 2, joint: 0 };
  fill([started()], 'barriers', { counts }).then({
    type: 'SectionAnswered',
    data: { content: { counts }, prefilled: true },
  });
  const counted = happened('SectionAnswered', {
    sectionId: 'barriers',
    title: titleOf('barriers'),
    content: { counts },
    prefilled: true,
  });
  durham(t)
    .given(started(), counted)
    .when('CompleteSection', { sectionId: 'barriers' })
    .refuses('SECTION_INCOMPLETE', /how many are local/);
  durham(t)
    .given(started(), answered('barriers'))
    .when('CompleteSection', { sectionId: 'barriers' })
    .then({ type: 'SectionCompleted' });
  fill([started(), answered('pools', true)]).nothing();
  fill([started(), answered('pools', true)], 'pools', { text: 'Newer' }).then({ type: 'SectionAnswered' });
  fill([started(), answered('pools', true), completed('pools')], 'pools', { text: 'Newer' }).nothing();
  fill([started(), answered('pools')], 'pools', { text: 'Newer' }).nothing();
  fill([started()], 'narrative').nothing();
  fill([started()], 'nowhere', { text: 'x' }).nothing();
  fill([started()], 'pools', {}).nothing();
  fill([]).nothing();
  fill([...ready(), sent()]).nothing();
});

test('what it asks of whom, by when', async (t) => {
  const due = (e: NewEvent) =>
    aggregateNamed(submission.name).events[e.type]!.due?.(
      e.data,
      metaOf(submission, 'tp.1.durham', e.type, 1, '2009-11-05T09:00:00.000Z', {
        account: 'a',
        role: 'system',
      }),
    );
  t.match(due(sent()), [
    { open: 'sign-off', owedBy: [{ kind: 'agency', id: 'council' }], workingDays: 5, place: 'durham' },
  ]);
  t.match(due({ type: 'SubmissionSentForSignOff', data: { ...head, pins: [] } }), [
    { open: 'sign-off', owedBy: [{ kind: 'place', id: 'durham' }] },
  ]);
  t.match(due(voided), [
    { close: 'sign-off' },
    { open: 're-sign', owedBy: [{ kind: 'place', id: 'durham' }], workingDays: 5 },
  ]);
  t.match(due(signed), [{ close: 'sign-off' }, { close: 're-sign' }]);
  t.match(due(missed), [{ close: '*' }]);
  t.match(due({ type: 'SignOffDeclined', data: { reason: 'x', sections: ['pools'] } }), [
    { close: 'sign-off' },
  ]);
});

test('others see what was submitted, not how it came about', async (t) => {
  const grants: Grant[] = [{ role: 'treasury', programme: 'tp' }];
  const reviewer: Viewer = { account: 'tr', grants, placesOf: () => new Set(), programmeOf: () => 'tp' };
  const open = new Set([
    'QueryAnswered',
    'FindingsSubmitted',
    'ChangesRequested',
    'SubmissionQueried',
    'SubmissionAccepted',
    'SubmissionMissed',
    'RecordDisclosed',
  ]);
  for (const [type, entry] of Object.entries(submission.events))
    t.equal(entry.private === true, !open.has(type), `${type} is ${open.has(type) ? 'open' : 'private'}`);
  const before = load(submission, 'tp.1.durham', ready());
  t.notOk(canSee(reviewer, before.access));
  const after = emptyLoaded(submission);
  for (const e of [started(), submitted()])
    fold(
      submission,
      after,
      e,
      metaOf(submission, 'tp.1.durham', e.type, after.version + 1, '2009-11-05T09:00:00.000Z', {
        account: 'a',
        role: 'system',
      }),
    );
  t.ok(canSee(reviewer, after.access));
  t.notOk(canSee(reviewer, after.access, { version: 1, private: false }), 'what happened before');
  const then = (withheld: Withheld): boolean =>
    canSee(reviewer, after.access, { version: after.version, private: withheld });
  t.same([then(false), then('programme'), then(true)], [true, true, false], 'then, all but what is withheld');
  t.equal(submission.title(after.state, named('total-place.1.durham')), 'Return of round 1, durham');
});

test('a return is opened before its time by a decision of its place', async (t) =>
  disclosure(t, submission, [started()], { placeId: 'durham' }));

test('who made a return for its place does not judge it for the programme, and nobody answers their own query', async (t) => {
  const made: [string, Given[]][] = [
    ['answered', [answered('pools')]],
    ['completed', [answered('pools'), completed('pools')]],
    ['sent', [...ready(), sent()]],
    ['signed', [...ready(), sent(), signed]],
    ['submitted', [...ready(), sent(), signed, submitted()]],
  ];
  const rest = [...ready(), sent(), signed, submitted()];
  const again = (given: Given) => givenBy('two-hats', 'event' in given ? given.event : given);
  for (const [what, events] of made) {
    // The same history, and the last step of it by somebody who has a token of the programme office too.
    const own =
      events.length > 2
        ? [...events.slice(0, -1), again(events.at(-1)!), ...rest.slice(events.length)]
        : [started(), ...events.map(again), ...rest.slice(1)];
    const judge = (account: string) =>
      durham(t)
        .as('programme-office', programmeOffice, account)
        .given(...own);
    judge('two-hats').when('Accept').refuses('SOD_CONFLICT');
    judge('two-hats')
      .when('RequestChanges', { sections: ['narrative'], reason: 'More', dueOn: '2009-11-20' })
      .refuses('SOD_CONFLICT');
    judge('somebody').when('Accept').then({ type: 'SubmissionAccepted' });
    t.pass(what);
  }
  const replied = givenBy('two-hats', happened('QueryAnswered', { queryId: 'q1', answer: 'Yes' }));
  for (const [what, own] of [
    ['began', [givenBy('two-hats', started()), ...rest.slice(1)]],
    [
      'reopened a section',
      [
        ...ready(),
        givenBy('two-hats', happened('SectionReopened', { sectionId: 'pools', title: 'Pools' })),
        answered('pools'),
        completed('pools'),
        sent(),
        signed,
        submitted(),
      ],
    ],
    ['answered a query', [...rest, givenBy('another', queried), replied]],
  ] as [string, Given[]][])
    for (const [command, data] of [
      ['Accept', {}],
      ['RequestChanges', { sections: ['narrative'], reason: 'More', dueOn: '2009-11-20' }],
    ] as const) {
      durham(t)
        .as('programme-office', programmeOffice, 'two-hats')
        .given(...own)
        .whenAny(command, data)
        .refuses('SOD_CONFLICT');
      t.pass(what);
    }
  const ask = (id: string) =>
    givenBy('two-hats', happened('SubmissionQueried', { ...queried.data, queryId: id }));
  const answer = (account: string, id: string) =>
    durham(t)
      .as('secretariat', 'place:durham', account)
      .given(
        ...rest,
        ask('q1'),
        givenBy('another', happened('SubmissionQueried', { ...queried.data, queryId: 'q2' })),
      )
      .when('AnswerQuery', { queryId: id, answer: 'Yes' });
  answer('two-hats', 'q1').refuses('SOD_CONFLICT');
  answer('two-hats', 'q2').then({ type: 'QueryAnswered' });
  answer('sec', 'q1').then({ type: 'QueryAnswered' });
});

test('every command and refusal has been shown', async (t) => coverage(t, submission));
